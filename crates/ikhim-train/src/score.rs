//! A run in one line.

use crate::Run;
use ikhim_run::Judgement;
use std::fmt;

/// The part that the model was judged on, its first metric, the number of rows,
/// and the baselines on the same rows:
/// `validation rmse 49830 (n 3096); mean 115400; linear 68900`.
impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.role)?;
        if let Some((metric, value)) = self.validation.first() {
            write!(f, " {} {}", metric.name(), number(value))?;
        }
        write!(f, " (n {})", self.validation.rows)?;
        self.baselines.iter().try_for_each(|baseline| {
            write!(f, "; {} {}", baseline.name, first(&baseline.judgement))
        })
    }
}

fn first(judgement: &Judgement) -> String {
    judgement.first().map_or_else(|| "-".to_string(), |(_, value)| number(value))
}

/// Four decimals, one fewer for each digit before the point: enough to tell two
/// networks apart, and no more than the rows can show.
fn number(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-3 {
        return format!("{value:.3e}");
    }
    let before = value.abs().max(1.0).log10().floor() as usize;
    format!("{value:.*}", 4_usize.saturating_sub(before))
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_have_what_tells_networks_apart() {
        for (value, text) in [
            (0.966_66, "0.9667"),
            (1.0, "1.0000"),
            (12.345_678, "12.346"),
            (49_830.4, "49830"),
            (115_412.0, "115412"),
            (0.000_123_4, "1.234e-4"),
            (-2.5, "-2.5000"),
            (0.0, "0.0000"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
