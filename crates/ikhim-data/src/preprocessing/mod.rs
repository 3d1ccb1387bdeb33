//! What is done to values before a network sees them: fitted on train rows
//! only, saved with the model, undone before any metric.

mod category;
mod embedded;
mod encoded;
mod fault;
mod image;
mod mistake;
mod number;
mod place;
mod rows;
mod scaler;
mod sequence;
mod streamed;
mod target;
mod text;
mod tokens;

pub use embedded::EmbeddedColumn;
pub use encoded::{
    Encoded, EncodedInput, EncodedTarget, EncodedTrain, EncodedValidation, EncodedValues,
};
pub use image::ImageLevels;
pub use mistake::Mistake;
pub use place::InputColumn;
pub use rows::{NewRows, RawRows, RowWarning};
pub use scaler::Scaler;
pub use sequence::SequenceStep;
pub use streamed::StreamedEpoch;
pub use tokens::Vocabulary;

use crate::{ColumnData, Dataset, OpenedRows, Role, Schema, Task, Train, Validation, Values};
use category::CategoryStep;
use ikhim_text::Result;
use image::ImageStep;
use number::NumberStep;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use streamed::StreamedTrain;
use target::{TargetStep, used_levels, vocabulary};
use text::TextStep;

/// The name of the main input.
const FEATURES: &str = "features";
/// The name of the input that says how many steps of a row count.
const LENGTHS: &str = "lengths";

/// Fitted preprocessing: for each input column its transform, what takes the
/// place of missing values, scaling or encoding, and for the target its classes
/// or its scaling.
///
/// [`fit`](Preprocessing::fit) takes train rows and nothing else, so no
/// statistic can know of a validation or test row. What is done to a column is
/// its [`Policy`](crate::Policy). Tables become one input `features` of shape
/// `[width]`; an image keeps its shape, and is named `features` when there is
/// no table beside it. A column whose levels are embedded is an input of
/// integers of its own: see [`embedded`](Preprocessing::embedded).
///
/// ```
/// # fn main() -> ikhim_text::Result<()> {
/// use ikhim_data::{Column, Dataset, Missing, Preprocessing, Split};
/// let data = Dataset::rows(
///     ["rooms", "sea", "price"],
///     [["3", "near", "300"], ["5", "far", "200"], ["", "island", "400"], ["4", "near", "250"]],
/// )
/// .column("rooms", Column::number().missing(Missing::Median))
/// .column("price", Column::number())
/// .target("price")
/// .load()?;
/// let parts = data.split(Split::none())?;
/// let preprocessing = Preprocessing::fit(&parts.train)?;
/// assert_eq!(preprocessing.feature_names(), ["rooms", "sea=far", "sea=island", "sea=near"]);
///
/// let train = preprocessing.encode_train(&parts.train)?;
/// let features = train.encoded().input("features").unwrap();
/// assert_eq!(features.shape, [4]);
/// // 3, 5, 4 and 4 have mean 4 and standard deviation √½.
/// let third_row = &features.values.as_f32().unwrap()[8..12];
/// assert_eq!(third_row, [0.0, 0.0, 1.0, 0.0]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preprocessing {
    format: u32,
    schema: Schema,
    inputs: Vec<InputStep>,
    target: TargetStep,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct InputStep {
    name: String,
    step: Step,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    Number(NumberStep),
    Category(CategoryStep),
    Image(ImageStep),
    Text(TextStep),
    Tokens(Vocabulary),
    Sequence(SequenceStep),
}

impl Preprocessing {
    /// Fits to train rows what the policies of their columns say.
    ///
    /// # Errors
    /// A column without a value in any train row, a value that is missing
    /// where nothing may take its place, a logarithm of a number that has none.
    pub fn fit(train: &Train) -> Result<Preprocessing> {
        if let Some(rows) = train.streamed() {
            return Preprocessing::fit_streamed(train.dataset(), rows);
        }
        let train = train.dataset();
        let fit = |column: &ColumnData| {
            // Looking for one goes over all columns.
            let is_text = matches!(column.values, Values::Tokens(_));
            let step = match (is_text.then(|| vocabulary(train)).flatten(), &train.sequence) {
                (Some(vocabulary), _) => Step::Tokens(vocabulary),
                (None, Some(said)) if matches!(column.values, Values::Text(_)) => {
                    Step::Sequence(SequenceStep::fit(&column.values, said, &column.policy))
                }
                _ => return InputStep::fit(column),
            };
            Ok(InputStep { name: column.name.clone(), step })
        };
        // Of a series each moment counts once, however many windows see it.
        let moments = train.moments();
        let of_inputs = moments.as_ref().unwrap_or(train);
        let inputs: Vec<InputStep> = of_inputs.inputs().map(fit).collect::<Result<_>>()?;
        if let (Some(_), Some(column)) = (&moments, inputs.iter().find(|it| it.is_embedded())) {
            return Err(fault::misfit(&column.name, "encoding", "embedding", "series"));
        }
        let mut fitted = Preprocessing {
            format: 1,
            schema: train_schema(train),
            inputs,
            target: TargetStep::fit(train)?,
        };
        if let TargetStep::Inputs { .. } = fitted.target {
            fitted.target = TargetStep::Inputs { names: fitted.numbers_of_input()? };
        }
        Ok(fitted)
    }

    /// This preprocessing for other train rows, on which a network that was trained
    /// by it goes on: a weight keeps its meaning only where its input does. A target
    /// with classes that it does not know is fitted to the new rows. `None` where the
    /// inputs have other names or types, or something else is done to them.
    ///
    /// ```
    /// # fn main() -> ikhim_text::Result<()> {
    /// use ikhim_data::{Dataset, Preprocessing, Split};
    /// let rows = |scale: i32| (0..20).map(move |x| [x * scale, x % 2]).collect::<Vec<_>>();
    /// let first = Dataset::rows(["x", "y"], rows(1)).load()?.split(Split::none())?;
    /// let later = Dataset::rows(["x", "y"], rows(10)).load()?.split(Split::none())?;
    /// let fitted = Preprocessing::fit(&first.train)?;
    /// assert_eq!(fitted.going_on(&later.train)?, Some(fitted));
    /// let other = Dataset::rows(["z", "y"], rows(1)).load()?.split(Split::none())?;
    /// assert_eq!(Preprocessing::fit(&first.train)?.going_on(&other.train)?, None);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Targets that cannot be encoded.
    pub fn going_on(&self, train: &Train) -> Result<Option<Preprocessing>> {
        let train = train.dataset();
        let now = train_schema(train);
        let inputs = |schema: &Schema| -> Vec<_> {
            let inputs = schema.columns.iter().filter(|column| column.role == Role::Input);
            inputs
                .map(|it| (it.name.clone(), it.kind, it.policy.clone(), it.shape.clone()))
                .collect()
        };
        if self.schema.task != now.task || inputs(&self.schema) != inputs(&now) {
            return Ok(None);
        }
        let target = TargetStep::fit(train)?;
        let is_known = self.target.names() == target.names()
            && target.classes().iter().all(|class| self.classes().contains(class));
        Ok(match (is_known, now.task) {
            (true, _) | (_, Task::Reconstruction) => Some(self.clone()),
            // The tokens of a text are its inputs too.
            (false, Task::NextToken) => None,
            (false, _) => {
                let kept = self.schema.columns.iter().filter(|it| it.role != Role::Target);
                let targets = now.columns.into_iter().filter(|it| it.role == Role::Target);
                let columns = kept.cloned().chain(targets).collect();
                let schema = Schema { columns, ..self.schema.clone() };
                Some(Preprocessing { target, schema, ..self.clone() })
            }
        })
    }

    /// What is learned.
    pub fn task(&self) -> Task {
        self.schema.task
    }

    /// The columns as new rows must have them, with the levels of train rows.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Names of the features of the input `features`, in order, when it is a
    /// table: `rooms`, `rooms:missing` (1 where it was missing), `sea=near`
    /// (one of the levels), `city#7` (a hashed level), `says~hel` (a term of a
    /// text, with `_` for a blank).
    pub fn feature_names(&self) -> Vec<String> {
        self.inputs.iter().flat_map(InputStep::feature_names).collect()
    }

    /// The number of features of the table.
    fn width(&self) -> usize {
        self.inputs.iter().map(InputStep::width).sum()
    }

    /// Whether a column of free text is among the inputs.
    pub fn has_texts(&self) -> bool {
        self.inputs.iter().any(|input| matches!(input.step, Step::Text(_)))
    }

    /// Name and shape of one row of each input.
    pub fn inputs(&self) -> Vec<(String, Vec<usize>)> {
        let width = self.width();
        let table = (width > 0).then(|| (FEATURES.to_string(), self.table_shape(width)));
        let images = self.images().map(|(name, _, image)| (name.to_string(), image.shape.clone()));
        let embedded = self.embedded().map(|column| (column.input, Vec::new()));
        let tokens = self.vocabulary().map(|text| (FEATURES.to_string(), vec![text.length()]));
        let sequence = self.sequence().map(|(_, step)| {
            [(FEATURES.to_string(), vec![step.length()]), (LENGTHS.to_string(), Vec::new())]
        });
        let sequence = sequence.into_iter().flatten();
        table.into_iter().chain(images).chain(embedded).chain(tokens).chain(sequence).collect()
    }

    /// The shape of one row of a table, or of a window of its rows.
    fn table_shape(&self, width: usize) -> Vec<usize> {
        match &self.schema.series {
            Some(series) => vec![series.window(), width],
            None => vec![width],
        }
    }

    /// The vocabulary of a text; `None` for rows of another kind.
    pub fn vocabulary(&self) -> Option<&Vocabulary> {
        self.inputs.iter().find_map(|input| match &input.step {
            Step::Tokens(vocabulary) => Some(vocabulary),
            _ => None,
        })
    }

    /// The column that is read token by token, and how; `None` for rows of another
    /// kind.
    pub fn sequence(&self) -> Option<(&str, &SequenceStep)> {
        self.inputs.iter().find_map(|input| match &input.step {
            Step::Sequence(step) => Some((input.name.as_str(), step)),
            _ => None,
        })
    }

    /// How many train rows are longer than a row of the input is, and how long that
    /// is; `None` where nothing is cut off.
    pub fn cut_off(&self, train: &Train) -> Option<(usize, usize)> {
        let (name, step) = self.sequence()?;
        let rows = step.cut_off(&train.dataset().column(name)?.values);
        (rows > 0).then(|| (rows, step.length()))
    }

    /// For each input of images: its shape, and what black and full intensity
    /// are after scaling. Arrays of other than three axes are no images.
    pub fn image_levels(&self) -> Vec<ImageLevels> {
        self.images().filter_map(|(name, _, image)| image.levels(name)).collect()
    }

    /// Names of the target columns.
    pub fn target_names(&self) -> Vec<&str> {
        self.target.names()
    }

    /// Names of the classes by index; empty when the task is another.
    pub fn classes(&self) -> &[String] {
        self.target.classes()
    }

    /// Numbers of a target as they stand in the data, from encoded ones;
    /// row-major with one entry per target.
    pub fn invert(&self, values: &[f32]) -> Vec<f64> {
        match (&self.target, self.images().next()) {
            (TargetStep::Inputs { .. }, Some((.., image))) => image.invert(values),
            _ => self.target.invert(values),
        }
    }

    /// A name for each number of the one input that is to be given back.
    fn numbers_of_input(&self) -> Result<Vec<String>> {
        let inputs = self.inputs();
        let [(_, shape)] = inputs.as_slice() else {
            return Err(fault::several_inputs(&inputs));
        };
        let features = self.feature_names();
        let count: usize = shape.iter().product();
        Ok(if features.len() == count {
            features
        } else {
            (1..=count).map(|n| n.to_string()).collect()
        })
    }

    /// Encodes the train rows.
    pub fn encode_train(&self, train: &Train) -> Result<EncodedTrain> {
        let encoded = self.encode_with_target(train.dataset())?;
        let streamed = match train.streamed() {
            Some(rows) => Some(StreamedTrain::new(self, train, rows)?),
            None => None,
        };
        Ok(EncodedTrain(encoded, streamed))
    }

    /// Encodes the validation rows.
    pub fn encode_validation(&self, validation: &Validation) -> Result<EncodedValidation> {
        self.encode_with_target(validation.dataset()).map(EncodedValidation)
    }

    /// Encodes the rows of a test part while it is open.
    pub fn encode_opened(&self, rows: &OpenedRows<'_>) -> Result<Encoded> {
        self.encode_with_target(rows.dataset())
    }

    /// Encodes new rows with their targets, read by [`schema`](Self::schema):
    /// rows to evaluate a model on. When some of them are sealed, that is a
    /// look: see [`Ledger::overlap`](crate::Ledger::overlap).
    pub fn encode_labelled(&self, data: &Dataset) -> Result<NewRows> {
        let encoded = self.encode_with_target(data)?;
        let (warnings, notices) = (self.warnings(data), data.notices().to_vec());
        Ok(NewRows { encoded, warnings, notices })
    }

    /// Encodes new rows without targets, read by [`schema`](Self::schema):
    /// rows to predict.
    pub fn encode_new(&self, data: &Dataset) -> Result<NewRows> {
        let encoded = self.encode(data, EncodedTarget::None)?;
        let (warnings, notices) = (self.warnings(data), data.notices().to_vec());
        Ok(NewRows { encoded, warnings, notices })
    }

    fn encode_with_target(&self, data: &Dataset) -> Result<Encoded> {
        let mut encoded = self.encode(data, self.target.encode(data)?)?;
        if let (TargetStep::Inputs { names }, Some(EncodedValues::F32(values))) =
            (&self.target, encoded.inputs.first().map(|input| &input.values))
        {
            let (values, original) = (values.clone(), self.invert(values));
            encoded.target = EncodedTarget::Number { width: names.len(), values, original };
        }
        Ok(encoded)
    }

    fn encode(&self, data: &Dataset, target: EncodedTarget) -> Result<Encoded> {
        let width = self.width();
        let mut inputs = Vec::new();
        if width > 0 {
            let values = match data.moments() {
                Some(moments) => gathered(data, &self.encode_table(&moments, width)?, width),
                None => self.encode_table(data, width)?,
            };
            let (shape, values) = (self.table_shape(width), EncodedValues::F32(values));
            inputs.push(EncodedInput { name: FEATURES.to_string(), shape, values });
        }
        for (name, column, image) in self.images() {
            let values = EncodedValues::F32(encode_image(column, image, data)?);
            inputs.push(EncodedInput {
                name: name.to_string(),
                shape: image.shape.clone(),
                values,
            });
        }
        inputs.extend(self.encode_embedded(data)?);
        inputs.extend(self.encode_tokens(data)?);
        inputs.extend(self.encode_sequence(data)?);
        Ok(Encoded { inputs, target, row_ids: data.row_ids().to_vec(), rows: data.len() })
    }

    /// A column of text as indices, and the lengths of its rows.
    fn encode_sequence(&self, data: &Dataset) -> Result<Vec<EncodedInput>> {
        let Some((name, step)) = self.sequence() else { return Ok(Vec::new()) };
        let column = data.column(name).ok_or_else(|| fault::missing_column(name, data))?;
        let (indices, lengths) = step.encode(name, &column.values, data.row_ids())?;
        let input = |name: &str, shape, values| EncodedInput {
            name: name.to_string(),
            shape,
            values: EncodedValues::I32(values),
        };
        Ok(vec![input(FEATURES, vec![step.length()], indices), input(LENGTHS, Vec::new(), lengths)])
    }

    /// Windows of a text as indices.
    fn encode_tokens(&self, data: &Dataset) -> Result<Option<EncodedInput>> {
        let Some(vocabulary) = self.vocabulary() else { return Ok(None) };
        let windows = data.inputs().find_map(|column| match &column.values {
            Values::Tokens(windows) => Some(windows),
            _ => None,
        });
        let windows = windows.ok_or_else(|| fault::missing_column(crate::text::INPUT, data))?;
        let values = EncodedValues::I32(vocabulary.encode(windows)?);
        let shape = vec![windows.length()];
        Ok(Some(EncodedInput { name: FEATURES.to_string(), shape, values }))
    }

    /// All columns that are no images, beside each other.
    fn encode_table(&self, data: &Dataset, width: usize) -> Result<Vec<f32>> {
        let mut values = vec![0.0; data.len() * width];
        let (mut start, mut next) = (0, 0);
        for input in &self.inputs {
            let end = start + input.width();
            if start < end {
                let found = data.column_from(next, &input.name);
                let (place, column) =
                    found.ok_or_else(|| fault::missing_column(&input.name, data))?;
                next = place + 1;
                let rows = values.chunks_mut(width).map(|row| &mut row[start..end]);
                input.write(column, data.row_ids(), rows)?;
            }
            start = end;
        }
        Ok(values)
    }

    /// The images: the name of the input, the column, what is done.
    fn images(&self) -> impl Iterator<Item = (&str, &str, &ImageStep)> {
        // Embedded columns are joined to `features`, so they are a table too.
        let alone = self.width() == 0 && self.embedded().next().is_none();
        let images = self.inputs.iter().filter_map(|input| match &input.step {
            Step::Image(image) => Some((input.name.as_str(), image)),
            _ => None,
        });
        images.enumerate().map(move |(index, (column, image))| {
            (if alone && index == 0 { FEATURES } else { column }, column, image)
        })
    }

    /// What is unlike train rows.
    fn warnings(&self, data: &Dataset) -> Vec<RowWarning> {
        let moments = data.moments();
        let data = moments.as_ref().unwrap_or(data);
        let mut next = 0;
        let columns = self.inputs.iter().filter_map(|input| {
            let (place, column) = data.column_from(next, &input.name)?;
            next = place + 1;
            Some((input, column))
        });
        let mut warnings: Vec<RowWarning> =
            columns.flat_map(|(input, column)| input.warnings(column, data.row_ids())).collect();
        warnings.sort_by_key(RowWarning::row);
        warnings
    }
}

impl InputStep {
    fn fit(column: &ColumnData) -> Result<InputStep> {
        let (name, policy) = (&column.name, &column.policy);
        let step = match &column.values {
            Values::Number(values) => Step::Number(NumberStep::fit(name, values, policy)?),
            Values::Category { levels, indices } => {
                Step::Category(CategoryStep::fit(name, levels, indices, policy)?)
            }
            Values::Array { shape, data, full_scale } => {
                Step::Image(ImageStep::fit(name, shape, data, *full_scale, policy)?)
            }
            Values::Text(texts) => Step::Text(TextStep::fit(name, texts, policy)?),
            Values::Tokens(_) | Values::Series(_) => {
                return Err(fault::misfit(name, "type", column.kind.word(), "input"));
            }
        };
        Ok(InputStep { name: name.clone(), step })
    }

    /// Whether its levels are vectors that are learned.
    fn is_embedded(&self) -> bool {
        matches!(&self.step, Step::Category(step) if step.vectors().is_some())
    }

    /// Names of the features in the table; an image has none.
    fn feature_names(&self) -> Vec<String> {
        match &self.step {
            Step::Number(number) => number.feature_names(&self.name),
            Step::Category(category) => category.feature_names(&self.name),
            Step::Text(text) => text.feature_names(&self.name),
            Step::Image(_) | Step::Tokens(_) | Step::Sequence(_) => Vec::new(),
        }
    }

    /// How many they are.
    fn width(&self) -> usize {
        match &self.step {
            Step::Text(text) => text.width(),
            _ => self.feature_names().len(),
        }
    }

    /// Writes the features of all rows of a column.
    fn write<'a>(
        &self,
        column: &ColumnData,
        ids: &[u64],
        rows: impl Iterator<Item = &'a mut [f32]>,
    ) -> Result<()> {
        match (&self.step, &column.values) {
            (Step::Number(number), Values::Number(values)) => {
                for ((out, &value), &id) in rows.zip(values).zip(ids) {
                    number.write(&self.name, id, value, out)?;
                }
                Ok(())
            }
            (Step::Category(category), Values::Category { levels, indices }) => {
                // Every level is looked up once, not once a row.
                let mut known: HashMap<Option<u32>, Vec<f32>> = HashMap::new();
                for ((out, &index), &id) in rows.zip(indices).zip(ids) {
                    if let Some(features) = known.get(&index) {
                        out.copy_from_slice(features);
                        continue;
                    }
                    let level = index.and_then(|index| levels.get(index as usize));
                    category.write(&self.name, id, level.map(String::as_str), out)?;
                    known.insert(index, out.to_vec());
                }
                Ok(())
            }
            (Step::Text(text), Values::Text(texts)) => {
                for ((out, cell), &id) in rows.zip(texts).zip(ids) {
                    text.write(&self.name, id, cell.as_deref(), out)?;
                }
                Ok(())
            }
            _ => Err(fault::misfit(&self.name, "type", column.kind.word(), "input")),
        }
    }

    fn warnings(&self, column: &ColumnData, ids: &[u64]) -> Vec<RowWarning> {
        let extrapolation = |row: u64, value: f64, range: [f64; 2]| RowWarning::Extrapolation {
            row,
            column: self.name.clone(),
            value,
            range,
        };
        match (&self.step, &column.values) {
            (Step::Number(number), Values::Number(values)) => values
                .iter()
                .zip(ids)
                .filter_map(|(&value, &id)| {
                    Some(extrapolation(id, value, number.range_left_by(value)?))
                })
                .collect(),
            (Step::Category(category), Values::Category { levels, indices }) => {
                let unknown: Vec<bool> =
                    levels.iter().map(|level| category.is_unknown(level)).collect();
                let warning = |(&index, &row): (&Option<u32>, &u64)| {
                    let index = index? as usize;
                    let level = levels.get(index).filter(|_| unknown[index])?.clone();
                    Some(RowWarning::UnseenLevel { row, column: self.name.clone(), level })
                };
                indices.iter().zip(ids).filter_map(warning).collect()
            }
            (Step::Image(image), Values::Array { data, .. }) => {
                image.warnings(&self.name, data, ids)
            }
            _ => Vec::new(),
        }
    }
}

/// The encoded moments of each window, one behind the other.
fn gathered(data: &Dataset, moments: &[f32], width: usize) -> Vec<f32> {
    let Some(windows) = data.windows() else { return Vec::new() };
    let seen = windows.seen();
    let mut values = Vec::with_capacity(windows.len() * windows.length() * width);
    for start in &windows.starts {
        // All moments of a window are seen, so they follow each other.
        let first = seen.partition_point(|moment| moment < start);
        values.extend_from_slice(&moments[first * width..(first + windows.length()) * width]);
    }
    values
}

fn encode_image(name: &str, image: &ImageStep, data: &Dataset) -> Result<Vec<f32>> {
    let column = data.column(name).ok_or_else(|| fault::missing_column(name, data))?;
    match &column.values {
        Values::Array { shape, data, .. } if *shape == image.shape => Ok(image.encode(data)),
        Values::Array { shape, .. } => Err(fault::image_shape(name, &image.shape, shape)),
        _ => Err(fault::image_shape(name, &image.shape, &[])),
    }
}

/// The schema of the data with the levels of train rows: those that only other
/// rows have are not known when the network is trained.
fn train_schema(train: &Dataset) -> Schema {
    let mut schema = train.schema();
    for (schema, column) in schema.columns.iter_mut().zip(train.columns()) {
        schema.levels = match column.role {
            Role::Ignored => Vec::new(),
            _ => used_levels(column),
        };
    }
    schema
}
