//! What is chosen on the validation rows after training: from which probability
//! on a row is called the second of two classes, and how far a prediction may be
//! from the truth.

use crate::metric::{Metric, Outcome, best_threshold};
use serde::{Deserialize, Serialize};

/// The levels of prediction intervals, in percent.
const LEVELS: [usize; 5] = [50, 80, 90, 95, 99];

/// What a model keeps of the validation rows beside its weights.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Calibration {
    /// Where a probability becomes the second class; `None` at one half.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<Threshold>,
    /// How far predicted numbers lie from the truth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub margins: Option<Margins>,
}

impl Calibration {
    pub(crate) fn is_empty(&self) -> bool {
        self == &Calibration::default()
    }
}

/// The probability of the second of two classes above which it is predicted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// The probability.
    pub value: f64,
    /// How it was chosen; `None` where it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<ThresholdChoice>,
}

/// Why a threshold was chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ThresholdChoice {
    /// The metric that is highest there.
    pub metric: String,
    /// Its value there, on the rows that chose.
    pub value: f64,
    /// Its value at one half, on the same rows.
    pub at_half: f64,
    /// Number of rows.
    pub rows: usize,
}

impl Threshold {
    /// A threshold that is given.
    pub fn given(value: f64) -> Threshold {
        Threshold { value, choice: None }
    }

    /// The threshold at which a metric is highest over validation rows; `None`
    /// where there are no two classes, or the metric has no value.
    pub fn chosen(metric: &Metric, outcome: &Outcome) -> Option<Threshold> {
        let (threshold, value) = best_threshold(metric, outcome)?;
        let at_half = metric.value(&outcome.clone().with_threshold(Some(0.5)));
        let (metric, rows) = (metric.name().to_string(), outcome.rows());
        let choice = Some(ThresholdChoice { metric, value, at_half, rows });
        Some(Threshold { value: threshold, choice })
    }
}

/// How far predicted numbers lie from the truth of rows that no weight was fitted
/// to, in the units that the network learns in.
///
/// Of `n` absolute residuals the margin of the level `1 − α` is the
/// `⌈(n + 1)(1 − α)⌉`-th smallest: of a new row that is like the validation rows,
/// the truth lies within it with at least that chance (split conformal
/// prediction; Lei, G'Sell, Rinaldo, Tibshirani and Wasserman 2018). Where there
/// are too few rows for a level, it has no margin. That validation also chose the
/// best epoch makes margins a little too narrow; `ikhim test` says how many of
/// the sealed rows they hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Margins {
    /// Rows that the residuals are of.
    pub rows: usize,
    /// For each target its margins, by level.
    pub targets: Vec<Vec<Margin>>,
}

/// A margin of one level.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Margin {
    /// The level, in percent.
    pub percent: usize,
    /// Half the width of the interval.
    pub half: f64,
}

impl Margins {
    /// The margins of residuals, row-major with `width` targets a row; `None`
    /// where a residual is no finite number, or there are too few for any level.
    ///
    /// ```
    /// use ikhim_run::Margins;
    /// let residuals: Vec<f64> = (1..=19).map(f64::from).collect();
    /// let margins = Margins::of(&residuals, 1).unwrap();
    /// // The 19th of 19, because 20 · 0.95 = 19; of 0.99 there is none.
    /// assert_eq!(margins.halves(0.95), Some(vec![19.0]));
    /// assert_eq!(margins.halves(0.5), Some(vec![10.0]));
    /// assert_eq!(margins.halves(0.99), None);
    /// ```
    pub fn of(residuals: &[f64], width: usize) -> Option<Margins> {
        let rows = residuals.len() / width.max(1);
        if residuals.iter().any(|residual| !residual.is_finite()) {
            return None;
        }
        let of_target = |target: usize| -> Vec<Margin> {
            let column = residuals.iter().skip(target).step_by(width);
            let mut sizes: Vec<f64> = column.map(|residual| residual.abs()).collect();
            sizes.sort_by(f64::total_cmp);
            let margin = |&percent: &usize| {
                let rank = ((rows + 1) * percent).div_ceil(100);
                let half = *sizes.get(rank.checked_sub(1)?)?;
                Some(Margin { percent, half })
            };
            LEVELS.iter().filter_map(margin).collect()
        };
        let targets: Vec<Vec<Margin>> = (0..width).map(of_target).collect();
        let any = targets.iter().any(|margins| !margins.is_empty());
        any.then_some(Margins { rows, targets })
    }

    /// The levels that an interval can have.
    pub fn levels() -> impl Iterator<Item = f64> {
        LEVELS.iter().map(|percent| *percent as f64 / 100.0)
    }

    /// For each target half the width of its interval of a level; `None` where
    /// there is none of the level.
    pub fn halves(&self, level: f64) -> Option<Vec<f64>> {
        let percent = (level * 100.0).round() as usize;
        let half = |margins: &Vec<Margin>| {
            let margin = margins.iter().find(|margin| margin.percent == percent)?;
            Some(margin.half)
        };
        self.targets.iter().map(half).collect()
    }
}
