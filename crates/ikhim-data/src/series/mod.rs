//! A table as a series in time: windows of its rows, each with the target some
//! steps ahead.

mod lay;
mod windows;

pub(crate) use lay::lay;
pub use windows::SeriesWindows;

use crate::Order;
use crate::column::words;
use serde::{Deserialize, Serialize};

words! {
    /// What happens where a moment is missing.
    Gaps {
        /// No window goes across, and a notice says so.
        Cut = "cut",
        /// It is a fault.
        Error = "error",
        /// The rows follow each other, however much time lies between them.
        Ignore = "ignore",
    }
}

/// How the rows of a table, one for each moment, become rows to learn from: a row
/// is a window of moments, its target the value of the target column some steps
/// behind the last of them. The past of the target is an input too.
///
/// ```
/// use ikhim_data::{Dataset, Order, Preprocessing, Series, Split, Task};
/// let days = (0..40).map(|day| [f64::from(day % 7), f64::from(day)]);
/// let data = Dataset::rows(["rain", "level"], days).target("level").task(Task::Regression);
/// let data = data.series(Series::new(7).horizon(2)).load()?;
/// assert_eq!(data.len(), 40 - 7 - 2 + 1);
/// let parts = data.split(Split::new().test(5).validation(5))?;
/// // 8 rows before a cut would see what lies behind it.
/// assert_eq!(parts.train.len(), 32 - 5 - 8 - 5 - 8);
/// let preprocessing = Preprocessing::fit(&parts.train)?;
/// assert_eq!(preprocessing.inputs(), [("features".to_string(), vec![7, 2])]);
/// assert_eq!(preprocessing.target_names(), ["level+2"]);
/// # Ok::<(), ikhim_text::Fault>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Series {
    pub(crate) window: usize,
    pub(crate) horizon: usize,
    pub(crate) stride: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) time: Option<String>,
    pub(crate) order: Order,
    pub(crate) gaps: Gaps,
}

impl Series {
    /// Windows of so many moments; the target stands one step ahead, and a window
    /// begins at each moment.
    pub fn new(window: usize) -> Series {
        Series {
            window,
            horizon: 1,
            stride: 1,
            time: None,
            order: Order::OldestFirst,
            gaps: Gaps::Cut,
        }
    }

    /// How many steps behind the last moment of a window its target stands.
    pub fn horizon(mut self, horizon: usize) -> Series {
        self.horizon = horizon;
        self
    }

    /// How many moments lie between the starts of two windows.
    pub fn stride(mut self, stride: usize) -> Series {
        self.stride = stride;
        self
    }

    /// The column that tells the moment of a row; without it the one column of
    /// dates, and where there is none, the order of the rows.
    pub fn time(mut self, column: impl Into<String>) -> Series {
        self.time = Some(column.into());
        self
    }

    /// Which end of the rows is the past, where no column tells.
    pub fn order(mut self, order: Order) -> Series {
        self.order = order;
        self
    }

    /// What happens where a moment is missing.
    pub fn gaps(mut self, gaps: Gaps) -> Series {
        self.gaps = gaps;
        self
    }

    /// Moments of a window.
    pub fn window(&self) -> usize {
        self.window
    }

    /// Steps from the last moment of a window to its target.
    pub fn steps_ahead(&self) -> usize {
        self.horizon
    }
}
