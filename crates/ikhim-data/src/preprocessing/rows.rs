use super::image::ImageStep;
use super::{
    Encoded, EncodedInput, EncodedTarget, EncodedValues, FEATURES, InputStep, Preprocessing, Step,
    fault,
};
use crate::source::csv::list;
use crate::{ArrayData, Cell, Dataset, Notice};
use ikhim_text::{Language, Result, sentence};
use serde::{Serialize, Serializer};
use std::fmt;

/// New rows, encoded, with what is unlike the train rows.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NewRows {
    /// The rows.
    pub encoded: Encoded,
    /// Values outside the range of train rows and levels that they do not have,
    /// in the order of the rows.
    pub warnings: Vec<RowWarning>,
    /// What was said while the rows were read, such as which values are missing and
    /// what takes their place.
    pub notices: Vec<Notice>,
}

/// A value that the train rows give no reason to trust an answer for. Serialized, its
/// row counts from 1, as predictions do and as a sentence says it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum RowWarning {
    /// A number outside the range of the train rows.
    Extrapolation {
        /// The row, by its position in the source, from 0.
        #[serde(serialize_with = "from_one")]
        row: u64,
        /// The column.
        column: String,
        /// The number.
        value: f64,
        /// Smallest and largest number of the train rows.
        range: [f64; 2],
    },
    /// A level that no train row has.
    UnseenLevel {
        /// The row, by its position in the source, from 0.
        #[serde(serialize_with = "from_one")]
        row: u64,
        /// The column.
        column: String,
        /// The level.
        level: String,
    },
}

fn from_one<S: Serializer>(row: &u64, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_u64(row + 1)
}

impl RowWarning {
    /// The row, by its position in the source, from 0.
    pub fn row(&self) -> u64 {
        match self {
            RowWarning::Extrapolation { row, .. } | RowWarning::UnseenLevel { row, .. } => *row,
        }
    }

    /// The warning as a sentence.
    pub fn text(&self, language: Language) -> String {
        match self {
            RowWarning::Extrapolation { row, column, value, range: [low, high] } => {
                sentence::ROW_EXTRAPOLATION.say(
                    language,
                    &[
                        ("row", (row + 1).to_string()),
                        ("column", column.clone()),
                        ("value", value.to_string()),
                        ("low", low.to_string()),
                        ("high", high.to_string()),
                    ],
                )
            }
            RowWarning::UnseenLevel { row, column, level } => sentence::ROW_UNSEEN_LEVEL.say(
                language,
                &[
                    ("row", (row + 1).to_string()),
                    ("column", column.clone()),
                    ("level", level.clone()),
                ],
            ),
        }
    }

    fn column(&self) -> &str {
        match self {
            RowWarning::Extrapolation { column, .. } | RowWarning::UnseenLevel { column, .. } => {
                column
            }
        }
    }

    /// Warnings as sentences: several of a column are one, with their number, so that
    /// a file of many rows does not say the same many times.
    pub fn sentences(warnings: &[RowWarning], language: Language) -> Vec<String> {
        let mut columns: Vec<(&str, Vec<&RowWarning>)> = Vec::new();
        for warning in warnings {
            match columns.iter_mut().find(|(column, _)| *column == warning.column()) {
                Some((_, found)) => found.push(warning),
                None => columns.push((warning.column(), vec![warning])),
            }
        }
        columns.iter().map(|(column, found)| together(column, found, language)).collect()
    }
}

/// Levels that a sentence names; of more it tells the first ones.
const NAMED_LEVELS: usize = 5;

/// All warnings of a column in one sentence. They are of one kind, for a column is
/// one of numbers or of levels.
fn together(column: &str, warnings: &[&RowWarning], language: Language) -> String {
    let [first, _, ..] = warnings else {
        return warnings.first().map_or_else(String::new, |warning| warning.text(language));
    };
    let said = |sentence: sentence::Sentence, more: &[(&'static str, String)]| {
        let all = [
            ("column", column.to_string()),
            ("count", warnings.len().to_string()),
            ("row", (first.row() + 1).to_string()),
        ];
        sentence.say(language, &[&all, more].concat())
    };
    match first {
        RowWarning::Extrapolation { range: [low, high], .. } => {
            let value = |warning: &&RowWarning| match warning {
                RowWarning::Extrapolation { value, .. } => Some(*value),
                RowWarning::UnseenLevel { .. } => None,
            };
            let values = || warnings.iter().filter_map(value);
            said(
                sentence::ROWS_EXTRAPOLATION,
                &[
                    ("low", low.to_string()),
                    ("high", high.to_string()),
                    ("least", values().fold(f64::INFINITY, f64::min).to_string()),
                    ("most", values().fold(f64::NEG_INFINITY, f64::max).to_string()),
                ],
            )
        }
        RowWarning::UnseenLevel { .. } => {
            let mut levels: Vec<&str> = Vec::new();
            for warning in warnings {
                if let RowWarning::UnseenLevel { level, .. } = warning
                    && !levels.contains(&level.as_str())
                {
                    levels.push(level);
                }
                if levels.len() > NAMED_LEVELS {
                    break;
                }
            }
            let more = if levels.len() > NAMED_LEVELS { ", …" } else { "" };
            let named = levels.iter().take(NAMED_LEVELS).copied().collect::<Vec<&str>>();
            let levels = list(&named) + more;
            said(sentence::ROWS_UNSEEN_LEVEL, &[("levels", levels)])
        }
    }
}

impl fmt::Display for RowWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::English))
    }
}

/// New rows of a program or of a command line, by names or by place.
///
/// ```
/// # fn main() -> ikhim_text::Result<()> {
/// use ikhim_data::{Dataset, Preprocessing, RawRows, Split};
/// let data = Dataset::rows(["x", "y"], [[1.0, 10.5], [2.0, 20.0], [3.0, 30.0]]).target("y").load()?;
/// let preprocessing = Preprocessing::fit(&data.split(Split::none())?.train)?;
///
/// let rows = RawRows::new().named([("x", 2.0)]).by_place([9.0]);
/// let new = preprocessing.encode_rows(&rows)?;
/// assert_eq!(new.encoded.inputs[0].values.as_f32().unwrap()[0], 0.0);
/// assert_eq!(new.warnings[0].to_string(), "row 2: `x` = 9 lies outside the train rows' 1 to 3");
///
/// let fault = preprocessing.encode_rows(&RawRows::new().named([("z", 2.0)])).unwrap_err();
/// assert_eq!(fault.to_string(), "no column `z`; the columns are x, y");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RawRows {
    rows: Vec<RawRow>,
}

#[derive(Debug, Clone, PartialEq)]
enum RawRow {
    Named(Vec<(String, Cell)>),
    ByPlace(Vec<Cell>),
}

impl RawRows {
    /// No rows.
    pub fn new() -> RawRows {
        RawRows::default()
    }

    /// Adds a row of named values. Targets and unused columns may stand in it;
    /// every input must.
    pub fn named<N, C>(mut self, fields: impl IntoIterator<Item = (N, C)>) -> RawRows
    where
        N: Into<String>,
        C: Into<Cell>,
    {
        let fields = fields.into_iter().map(|(name, cell)| (name.into(), cell.into())).collect();
        self.rows.push(RawRow::Named(fields));
        self
    }

    /// Adds a row of values in the order of the input columns, or of the
    /// elements of the one image.
    pub fn by_place<C: Into<Cell>>(mut self, values: impl IntoIterator<Item = C>) -> RawRows {
        self.rows.push(RawRow::ByPlace(values.into_iter().map(Into::into).collect()));
        self
    }
}

impl Preprocessing {
    /// Encodes rows that stand in no file.
    ///
    /// # Errors
    /// A field that is no column (with the nearest one), an input that is not
    /// given, a row that is too long or too short, text where a number belongs,
    /// a missing value where nothing may take its place.
    pub fn encode_rows(&self, rows: &RawRows) -> Result<NewRows> {
        match self.inputs.as_slice() {
            [InputStep { name, step: Step::Image(image) }] => image_rows(name, image, rows),
            _ => self.encode_new(&self.table_rows(rows)?),
        }
    }

    fn table_rows(&self, rows: &RawRows) -> Result<Dataset> {
        let header: Vec<String> = self.inputs.iter().map(|input| input.name.clone()).collect();
        let cells = rows.rows.iter().enumerate().map(|(index, row)| match row {
            RawRow::Named(fields) => self.in_order(&header, fields),
            RawRow::ByPlace(cells) if cells.len() == header.len() => Ok(cells.clone()),
            RawRow::ByPlace(cells) => Err(fault::row_length(index, header.len(), cells.len())),
        });
        let cells = cells.collect::<Result<Vec<Vec<Cell>>>>()?;
        Dataset::rows(header.clone(), cells).schema(&self.schema).load()
    }

    /// The cells of a row in the order of the inputs.
    fn in_order(&self, header: &[String], fields: &[(String, Cell)]) -> Result<Vec<Cell>> {
        if let Some((name, _)) = fields.iter().find(|(name, _)| self.schema.column(name).is_none())
        {
            let known = self.schema.columns.iter().map(|column| column.name.clone());
            return Err(fault::unknown_field(name, &known.collect::<Vec<_>>()));
        }
        let given: Vec<String> = fields.iter().map(|(name, _)| name.clone()).collect();
        let cell = |column: &String| {
            let field = fields.iter().find(|(name, _)| name == column);
            field.map(|(_, cell)| cell.clone()).ok_or_else(|| fault::missing_field(column, &given))
        };
        header.iter().map(cell).collect()
    }
}

fn image_rows(name: &str, image: &ImageStep, rows: &RawRows) -> Result<NewRows> {
    let width = image.width();
    let mut pixels = Vec::with_capacity(rows.rows.len() * width);
    for (index, row) in rows.rows.iter().enumerate() {
        let cells = match row {
            RawRow::ByPlace(cells) => cells.as_slice(),
            RawRow::Named(_) => &[],
        };
        if cells.len() != width {
            return Err(fault::row_length(index, width, cells.len()));
        }
        for cell in cells {
            pixels.push(pixel(index, cell)?);
        }
    }
    let pixels = ArrayData::F32(pixels);
    let row_ids: Vec<u64> = (0..rows.rows.len() as u64).collect();
    let warnings = image.warnings(name, &pixels, &row_ids);
    let values = EncodedValues::F32(image.encode(&pixels));
    let shape = image.shape.clone();
    let input = EncodedInput { name: FEATURES.to_string(), shape, values };
    let (target, rows) = (EncodedTarget::None, row_ids.len());
    let encoded = Encoded { inputs: vec![input], target, row_ids, rows };
    Ok(NewRows { encoded, warnings, notices: Vec::new() })
}

/// The number of a cell of an image.
fn pixel(row: usize, cell: &Cell) -> Result<f32> {
    let number = match cell {
        Cell::Number(number) => Some(*number),
        Cell::Text(text) => text.trim().parse().ok(),
        Cell::Missing => None,
    };
    let found = || match cell {
        Cell::Text(text) => text.clone(),
        other => format!("{other:?}"),
    };
    let number = number.filter(|number: &f64| number.is_finite());
    number.map(|number| number as f32).ok_or_else(|| fault::pixel(row, &found()))
}
