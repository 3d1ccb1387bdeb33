//! Plots and tables for a terminal, in characters.
//!
//! Nothing here prints or asks for the size of a terminal: each function gives
//! the text for the width that it is told.

mod curve;
mod sparkline;
mod table;
mod width;

pub use curve::{Line, curve};
pub use sparkline::sparkline;
pub use table::{Side, Table};
pub use width::{pad, truncate, width};

/// The characters that a terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Glyphs {
    /// Block and braille characters.
    #[default]
    Unicode,
    /// Letters and signs of ASCII only, for terminals and logs without UTF-8.
    Ascii,
}

/// The smallest and the greatest finite value.
fn range(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let finite = values.filter(|value| value.is_finite());
    finite.fold(None, |range, value| match range {
        None => Some((value, value)),
        Some((low, high)) => Some((f64::min(low, value), f64::max(high, value))),
    })
}

/// Where `value` lies between `low` and `high`, as one of `steps` steps; the
/// middle one where the range is empty.
fn step(value: f64, (low, high): (f64, f64), steps: usize) -> usize {
    if low == high {
        return steps / 2;
    }
    // Halves, because the difference of two finite numbers may be none.
    let share = (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
    (share * (steps - 1) as f64).round() as usize
}
