//! The Ladder of Blum and Hardt, "The Ladder: a reliable leaderboard for machine
//! learning competitions" (2015): of repeated looks at the same rows only those tell
//! something that are clearly better than all before them, and they tell it in whole
//! steps. Whoever chooses the next model by what the last look showed learns so
//! little of the rows that the best value stays near what it is worth.

use serde::{Deserialize, Serialize};

/// How the values of a metric are compared.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct MetricScale {
    /// Whether a larger value is better.
    pub higher_is_better: bool,
    /// Smallest and largest value; infinite where there is none.
    pub range: [f64; 2],
}

impl MetricScale {
    /// A scale on which larger values, or smaller ones, are better.
    pub fn new(higher_is_better: bool, range: [f64; 2]) -> MetricScale {
        MetricScale { higher_is_better, range }
    }

    /// The better of two values; one that is no number is worse than any.
    pub(crate) fn better(&self, one: f64, other: f64) -> f64 {
        match self.higher_is_better {
            true => one.max(other),
            false => one.min(other),
        }
    }

    fn beats(&self, value: f64, best: f64, step: f64) -> bool {
        match self.higher_is_better {
            true => value > best + step,
            false => value < best - step,
        }
    }
}

/// What a ladder shows of a look.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Rung {
    /// The step.
    pub step: f64,
    /// The best value that has been shown, this look included, in whole steps.
    pub value: f64,
    /// Whether this look is that best one.
    pub is_best: bool,
}

impl Rung {
    /// What is shown of a value, when the best shown so far is `best`.
    pub(crate) fn of(value: f64, best: Option<f64>, step: f64, scale: &MetricScale) -> Rung {
        match best {
            Some(best) if !scale.beats(value, best, step) => {
                Rung { step, value: best, is_best: false }
            }
            _ => Rung { step, value: (value / step).round() * step, is_best: true },
        }
    }

    /// An interval that holds what the shown model is worth in 95 of 100 cases, for
    /// all looks together, whatever they have to do with each other: the inequality
    /// of Hoeffding for n rows, and half a step for the rounding. It depends on no
    /// row. A metric without bounds has none.
    pub(crate) fn interval(&self, rows: usize, looks: usize, scale: &MetricScale) -> [f64; 2] {
        let [least, most] = scale.range;
        let span = most - least;
        let room = span * ((2.0 * looks as f64 / 0.05).ln() / (2.0 * rows as f64)).sqrt();
        let room = room + self.step / 2.0;
        [(self.value - room).max(least), (self.value + room).min(most)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_clear_gains_are_shown_and_in_whole_steps() {
        let accuracy = MetricScale::new(true, [0.0, 1.0]);
        let shown = |value, best| {
            let rung = Rung::of(value, best, 0.05, &accuracy);
            ((rung.value * 1e6).round() / 1e6, rung.is_best)
        };
        assert_eq!(shown(0.512, None), (0.5, true));
        assert_eq!(shown(0.549, Some(0.5)), (0.5, false));
        assert_eq!(shown(0.3, Some(0.5)), (0.5, false));
        assert_eq!(shown(0.56, Some(0.5)), (0.55, true));
        assert_eq!(shown(f64::NAN, Some(0.5)), (0.5, false));
        let rmse = MetricScale::new(false, [0.0, f64::INFINITY]);
        assert!(Rung::of(1.0, Some(1.2), 0.1, &rmse).is_best);
        assert!(!Rung::of(1.15, Some(1.2), 0.1, &rmse).is_best);
        assert_eq!((rmse.better(1.0, 2.0), accuracy.better(f64::NAN, 0.5)), (1.0, 0.5));
    }

    /// n = 200 and one look: sqrt(ln(40) / 400) = 0.096.
    #[test]
    fn the_interval_depends_on_no_row() {
        let accuracy = MetricScale::new(true, [0.0, 1.0]);
        let rung = Rung { step: 0.02, value: 0.5, is_best: true };
        let [low, high] = rung.interval(200, 1, &accuracy);
        assert!((low - (0.5 - 0.096_032 - 0.01)).abs() < 1e-5, "{low}");
        assert!((high - (0.5 + 0.096_032 + 0.01)).abs() < 1e-5, "{high}");
        let rmse = MetricScale::new(false, [0.0, f64::INFINITY]);
        assert_eq!(rung.interval(200, 1, &rmse), [0.0, f64::INFINITY]);
    }
}
