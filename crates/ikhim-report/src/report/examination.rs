use crate::figure::Image;
use crate::number::{many, optional, plain};
use serde::{Deserialize, Serialize};

/// Predictions of one part of the data, row by row.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Examination {
    /// Rows that were predicted.
    pub n: u64,
    /// True against predicted classes.
    pub confusion: Option<Confusion>,
    /// Predicted minus true values of a regression.
    #[serde(with = "many")]
    pub residuals: Vec<f64>,
    /// Rows with a wrong class, or with the largest errors; the worst first.
    /// The page shows a selection.
    pub wrong: Vec<WrongExample>,
    /// Number of all wrong rows; `None` for a regression, where each row is
    /// wrong by something.
    pub wrong_rows: Option<u64>,
}

impl Examination {
    pub(crate) fn is_empty(&self) -> bool {
        self.confusion.is_none() && self.residuals.is_empty() && self.wrong.is_empty()
    }
}

/// How often each class was taken for each.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Confusion {
    /// Names of the classes.
    pub classes: Vec<String>,
    /// `counts[i][j]`: rows of class `i` predicted as class `j`.
    pub counts: Vec<Vec<u64>>,
}

/// Rows of one class that were predicted as another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mistake {
    pub(crate) truth: usize,
    pub(crate) predicted: usize,
    pub(crate) rows: u64,
}

impl Confusion {
    /// The count of a cell; 0 where the matrix has none.
    pub(crate) fn count(&self, truth: usize, predicted: usize) -> u64 {
        self.counts.get(truth).and_then(|row| row.get(predicted)).copied().unwrap_or(0)
    }

    pub(crate) fn rows_of(&self, truth: usize) -> u64 {
        self.counts.get(truth).map_or(0, |row| row.iter().sum())
    }

    pub(crate) fn class(&self, index: usize) -> &str {
        self.classes.get(index).map_or("?", String::as_str)
    }

    /// The most frequent mistakes, most frequent first, equal ones in the
    /// order of the classes.
    pub(crate) fn mistakes(&self, limit: usize) -> Vec<Mistake> {
        let mut all: Vec<Mistake> = self
            .counts
            .iter()
            .enumerate()
            .flat_map(|(truth, row)| {
                row.iter().enumerate().map(move |(predicted, &rows)| Mistake {
                    truth,
                    predicted,
                    rows,
                })
            })
            .filter(|mistake| mistake.truth != mistake.predicted && mistake.rows > 0)
            .collect();
        all.sort_by_key(|mistake| std::cmp::Reverse(mistake.rows));
        all.truncate(limit);
        all
    }
}

/// A row that the network got wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WrongExample {
    /// The id of the row in the data.
    pub row: u64,
    /// The row as a person sees it.
    pub input: Input,
    /// The true class or value.
    pub truth: String,
    /// The predicted class or value.
    pub predicted: String,
    /// Probability of the predicted class, 0 to 1.
    #[serde(with = "optional", default)]
    pub probability: Option<f64>,
}

/// A row as a person sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// An image.
    Image(Image),
    /// Fields of a table: column name and value.
    Fields(Vec<(String, String)>),
}

/// The sealed part of the data.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// The data have no test part.
    #[default]
    Absent,
    /// Nobody looked with this run.
    Sealed {
        /// Rows under the seal.
        n: u64,
        /// Looks at these rows by other models.
        looks: u64,
    },
    /// The seal was opened.
    Opened(Box<Look>),
}

/// What a look at the sealed part gave.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Look {
    /// Name of the metric.
    pub metric: String,
    /// Its value.
    #[serde(with = "plain")]
    pub value: f64,
    /// Lower end of the confidence interval.
    #[serde(with = "plain")]
    pub low: f64,
    /// Upper end of the confidence interval.
    #[serde(with = "plain")]
    pub high: f64,
    /// Level of the interval, e.g. 0.95.
    #[serde(with = "plain")]
    pub level: f64,
    /// How the interval was made, e.g. `wilson`.
    pub method: String,
    /// The count of this look at these rows, from 1.
    pub look: u64,
    /// Models that looked at these rows, this one included.
    pub models_looked: u64,
    /// How much better than it is the best of so many equally good models looks
    /// on average, in units of the metric.
    #[serde(with = "plain")]
    pub luck: f64,
    /// The share of true numbers within their 95 % prediction intervals.
    pub coverage: Option<f64>,
    /// The test part row by row.
    pub examination: Examination,
}
