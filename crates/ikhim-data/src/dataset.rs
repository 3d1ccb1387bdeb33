//! [`Dataset`]: typed columns, row ids and hashes of one source.

use crate::column::words;
use crate::cores::on_all_cores;
use crate::stream::Stream;
use crate::values::pick;
use crate::{
    ColumnType, ContentHash, Credit, FileFormat, Notice, Policy, RowHash, RowHasher,
    SequenceColumn, Series, SeriesWindows, Values,
};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::path::PathBuf;

words! {
    /// What is to be learned.
    Task {
        /// One of two or more classes: the target is one category column.
        Classification = "classification",
        /// Numbers: the targets are numeric columns.
        Regression = "regression",
        /// Several yes/no answers: the targets are binary columns.
        MultiLabel = "multi_label",
        /// The input itself: for autoencoders. No column is a target, and what
        /// would be one is left out.
        Reconstruction = "reconstruction",
        /// What follows each token of a text: the target is the text, one token on.
        NextToken = "next_token",
    }
}

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The network sees it.
    Input,
    /// The network learns it.
    Target,
    /// Neither: ids, constants, text, and what the person left out.
    Ignored,
}

/// A part of the data that its source has fixed already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Rows for training (of which validation rows may be drawn).
    Train,
    /// Rows for validation.
    Validation,
    /// Rows that stay sealed.
    Test,
}

/// Where data came from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// A file or folder, as the person named it.
    File(PathBuf),
    /// Several files as one, in their order.
    Files(Vec<PathBuf>),
    /// A set that ikhim carries, by name.
    Embedded(&'static str),
    /// Rows written in the experiment or handed over by a program.
    Inline,
}

/// One column: its name, type, role, policy and values.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ColumnData {
    /// Name; unique within the data.
    pub name: String,
    /// Type, given or inferred.
    pub kind: ColumnType,
    /// What it is for.
    pub role: Role,
    /// What preprocessing does to it.
    pub policy: Policy,
    /// Whether a person said its type; else it was found from the cells.
    pub is_given: bool,
    /// Its values. Numbers for `number`, categories for `category` and
    /// `binary`, arrays for `image`, text for all other types.
    pub values: Values,
}

/// Data of one source: typed columns of equal length.
///
/// Rows keep the id that they have in their source (its position there, from
/// 0), also when others are dropped or taken apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    pub(crate) name: String,
    pub(crate) origin: Origin,
    pub(crate) task: Task,
    pub(crate) columns: Vec<ColumnData>,
    pub(crate) row_ids: Vec<u64>,
    pub(crate) row_hashes: Vec<RowHash>,
    pub(crate) input_hashes: Vec<RowHash>,
    pub(crate) content_hash: ContentHash,
    pub(crate) parts: Option<Vec<Part>>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) credit: Option<Credit>,
    pub(crate) format: FileFormat,
    /// How moments became rows, where they are windows of a series.
    pub(crate) series: Option<Series>,
    /// Which column is read token by token, where one is.
    pub(crate) sequence: Option<SequenceColumn>,
    /// All rows, where they are read in pieces and these are some of them.
    pub(crate) stream: Option<Stream>,
    /// Names of the columns as the source has them, where a schema put them into
    /// another order.
    pub(crate) in_source: Vec<String>,
}

/// From so many rows on, columns are copied on all cores.
const MANY_ROWS: usize = 1 << 14;

impl Dataset {
    /// The name: of an embedded set its own, of a file the name without
    /// folder and extension.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where the data came from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The columns in the order of their source. What the source did not name by its
    /// own stands behind.
    pub fn columns_in_source_order(&self) -> Vec<&ColumnData> {
        let place = |column: &&ColumnData| {
            let place = self.in_source.iter().position(|name| *name == column.name);
            place.unwrap_or(self.in_source.len())
        };
        let mut columns: Vec<&ColumnData> = self.columns.iter().collect();
        columns.sort_by_key(place);
        columns
    }

    /// What is to be learned.
    pub fn task(&self) -> Task {
        self.task
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.row_ids.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.row_ids.is_empty()
    }

    /// All columns, in the order of the source.
    pub fn columns(&self) -> &[ColumnData] {
        &self.columns
    }

    /// The column of a name.
    pub fn column(&self, name: &str) -> Option<&ColumnData> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The column of a name, looked for from a place on and then from the first:
    /// whoever asks for one after the other in their order finds each at once.
    pub(crate) fn column_from(&self, from: usize, name: &str) -> Option<(usize, &ColumnData)> {
        let is_it = |column: &ColumnData| column.name == name;
        let from = from.min(self.columns.len());
        let (before, behind) = self.columns.split_at(from);
        let place = match behind.iter().position(is_it) {
            Some(place) => from + place,
            None => before.iter().position(is_it)?,
        };
        Some((place, &self.columns[place]))
    }

    /// The columns that a network sees.
    pub fn inputs(&self) -> impl Iterator<Item = &ColumnData> {
        self.columns.iter().filter(|column| column.role == Role::Input)
    }

    /// The columns that a network learns; none in new rows without labels.
    pub fn targets(&self) -> impl Iterator<Item = &ColumnData> {
        self.columns.iter().filter(|column| column.role == Role::Target)
    }

    /// Names of the classes in the order of their indices; empty when the task
    /// is not classification.
    pub fn classes(&self) -> &[String] {
        match self.targets().next().map(|target| &target.values) {
            Some(Values::Category { levels, .. }) if self.task == Task::Classification => levels,
            _ => &[],
        }
    }

    /// For each row its id: the position in the source, from 0.
    pub fn row_ids(&self) -> &[u64] {
        &self.row_ids
    }

    /// For each row the hash of all its cells, target included, by which the
    /// seal knows it again in another order of the file.
    pub fn row_hashes(&self) -> &[RowHash] {
        &self.row_hashes
    }

    /// For each row the hash of its input cells only: equal inputs have equal
    /// hashes, whatever their target.
    pub fn input_hashes(&self) -> &[RowHash] {
        &self.input_hashes
    }

    /// SHA-256 of the source after decompression.
    pub fn content_hash(&self) -> ContentHash {
        self.content_hash
    }

    /// For each row the part that the source has put it in, where it has.
    pub fn parts(&self) -> Option<&[Part]> {
        self.parts.as_deref()
    }

    /// Number of rows of the source, of which these may be some: see
    /// [`is_streamed`](Dataset::is_streamed).
    pub fn all_rows(&self) -> usize {
        self.stream.as_ref().map_or(self.len(), |stream| match &stream.part {
            Some(part) => part.len(),
            None => stream.blocks.rows(),
        })
    }

    /// The rows that are in memory, as a data set of their own where others stand
    /// behind them.
    pub fn in_memory(&self) -> Cow<'_, Dataset> {
        match &self.stream {
            Some(_) => Cow::Owned(self.take(&(0..self.len()).collect::<Vec<_>>())),
            None => Cow::Borrowed(self),
        }
    }

    /// Whether the rows are read in pieces, so that these are some of them.
    pub fn is_streamed(&self) -> bool {
        self.stream.is_some()
    }

    /// What must be said about how the data was read.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// How moments became rows, where the rows are windows of a series in time.
    pub fn series(&self) -> Option<&Series> {
        self.series.as_ref()
    }

    /// Which column is read token by token, where one is.
    pub fn sequence(&self) -> Option<&SequenceColumn> {
        self.sequence.as_ref()
    }

    /// The windows of the rows of a series.
    pub(crate) fn windows(&self) -> Option<&SeriesWindows> {
        self.columns.iter().find_map(|column| match &column.values {
            Values::Series(windows) => Some(windows),
            _ => None,
        })
    }

    /// The moments that the rows of a series see, each once, as a table of them.
    pub(crate) fn moments(&self) -> Option<Dataset> {
        let windows = self.windows()?;
        let seen = windows.seen();
        let columns = self.columns.iter().filter_map(|column| match &column.values {
            Values::Series(windows) => {
                Some(ColumnData { values: windows.values.take(&seen), ..column.clone() })
            }
            _ => None,
        });
        let columns = columns.collect();
        Some(Dataset { columns, row_ids: pick(&windows.ids, &seen), ..self.take(&[]) })
    }

    /// What the targets of the rows of a series were at the last moment of their
    /// windows, row after row: what a rule says that expects no change.
    pub fn last_values(&self) -> Option<Vec<f64>> {
        let series = self.series.as_ref()?;
        let suffix = format!("+{}", series.horizon);
        let of_target = |target: &ColumnData| {
            let past = self.column(target.name.strip_suffix(&suffix)?)?;
            match &past.values {
                Values::Series(windows) => match windows.last() {
                    Values::Number(values) => Some(values),
                    _ => None,
                },
                _ => None,
            }
        };
        let columns: Vec<Vec<f64>> = self.targets().map(of_target).collect::<Option<_>>()?;
        let rows = 0..self.len();
        Some(rows.flat_map(|row| columns.iter().map(move |values| values[row])).collect())
    }

    /// The rows that have a target. Of a series, the windows behind which it ends
    /// have none; of other data these are all.
    pub fn with_targets(self) -> Dataset {
        let has = |row: &usize| self.targets().all(|target| !target.values.is_missing(*row));
        match self.series.is_some() {
            true => self.take(&(0..self.len()).filter(has).collect::<Vec<_>>()),
            false => self,
        }
    }

    /// Authors and licence, where known.
    pub fn credit(&self) -> Option<&Credit> {
        self.credit.as_ref()
    }

    /// The same without a column among the inputs: the hashes of the inputs are
    /// those of the others.
    pub(crate) fn without_input(&self, name: &str) -> Dataset {
        let mut data = self.clone();
        for column in data.columns.iter_mut().filter(|column| column.name == name) {
            column.role = Role::Ignored;
        }
        let hash = |row: usize| {
            let mut hasher = RowHasher::new();
            data.inputs().for_each(|column| column.values.hash(row, &mut hasher));
            hasher.finish()
        };
        data.input_hashes = (0..data.len()).map(hash).collect();
        data
    }

    /// The given rows (positions, not ids) in the given order. Levels, policy
    /// and notices stay; a position out of range is left out.
    pub fn take(&self, rows: &[usize]) -> Dataset {
        let taken = |column: &ColumnData| ColumnData {
            name: column.name.clone(),
            kind: column.kind,
            role: column.role,
            policy: column.policy.clone(),
            is_given: column.is_given,
            values: column.values.take(rows),
        };
        // Threads would take longer to begin than a small table to copy.
        let columns = match rows.len() >= MANY_ROWS {
            true => on_all_cores(self.columns.iter().collect(), taken),
            false => self.columns.iter().map(taken).collect(),
        };
        Dataset {
            columns,
            row_ids: pick(&self.row_ids, rows),
            row_hashes: pick(&self.row_hashes, rows),
            input_hashes: pick(&self.input_hashes, rows),
            parts: self.parts.as_ref().map(|parts| pick(parts, rows)),
            name: self.name.clone(),
            origin: self.origin.clone(),
            task: self.task,
            content_hash: self.content_hash,
            notices: self.notices.clone(),
            credit: self.credit.clone(),
            format: self.format.clone(),
            series: self.series.clone(),
            sequence: self.sequence.clone(),
            stream: None,
            in_source: self.in_source.clone(),
        }
    }
}
