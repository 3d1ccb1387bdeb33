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
    /// How far one row moves it.
    pub influence: Influence,
}

/// How far one row moves a metric, as a share of its range: what the inequality of
/// McDiarmid asks ("On the method of bounded differences", 1989), the number of rows of
/// each class given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Influence {
    /// The mean of a value of each of n rows: 1/n.
    Rows,
    /// The mean over K classes of the means over their rows: 1/(K·n_k) for a row of
    /// class k.
    Classes,
    /// The mean over the rows of the second of two classes: 1/n_1 for each of them, 0 for
    /// the others.
    Positives,
    /// The share of pairs of rows in and not in a class, the mean over K classes:
    /// (1/n_k + Σ over others j of 1/(n − n_j)) / K for a row of class k.
    Pairs,
    /// No bound is known.
    Unknown,
}

impl Influence {
    /// The sum of the squares over all rows, of which there are so many in each class.
    fn squares(self, rows: usize, classes: &[usize]) -> Option<f64> {
        let there: Vec<f64> = classes.iter().filter(|n| **n > 0).map(|n| *n as f64).collect();
        let (all, count) = (there.iter().sum::<f64>(), there.len() as f64);
        match self {
            Influence::Rows => Some(1.0 / rows as f64),
            Influence::Classes if count > 0.0 => {
                Some(there.iter().map(|n| 1.0 / n).sum::<f64>() / (count * count))
            }
            Influence::Positives => {
                classes.get(1).filter(|n| classes.len() == 2 && **n > 0).map(|n| 1.0 / *n as f64)
            }
            Influence::Pairs if count > 1.0 => {
                let as_others: f64 = there.iter().map(|n| 1.0 / (all - n)).sum();
                let of_row = |n: f64| (1.0 / n + as_others - 1.0 / (all - n)) / count;
                Some(there.iter().map(|n| n * of_row(*n).powi(2)).sum())
            }
            Influence::Classes | Influence::Pairs | Influence::Unknown => None,
        }
    }
}

impl MetricScale {
    /// A scale on which larger values, or smaller ones, are better. Of how far one row
    /// moves the metric nothing is known.
    pub fn new(higher_is_better: bool, range: [f64; 2]) -> MetricScale {
        MetricScale { higher_is_better, range, influence: Influence::Unknown }
    }

    /// The same for a metric that one row moves so far.
    pub fn influence(mut self, influence: Influence) -> MetricScale {
        self.influence = influence;
        self
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
    /// of McDiarmid, which is that of Hoeffding for a mean over rows, and half a step for
    /// the rounding. It depends on no row beside how many each class has. A metric
    /// without bounds, or one of which it is not known how far a row moves it, has none:
    /// its whole range.
    pub(crate) fn interval(
        &self,
        rows: usize,
        classes: &[usize],
        looks: usize,
        scale: &MetricScale,
    ) -> [f64; 2] {
        let [least, most] = scale.range;
        let Some(squares) = scale.influence.squares(rows, classes) else { return scale.range };
        let room = (most - least) * (squares * (2.0 * looks as f64 / 0.05).ln() / 2.0).sqrt();
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
        let accuracy = MetricScale::new(true, [0.0, 1.0]).influence(Influence::Rows);
        let rung = Rung { step: 0.02, value: 0.5, is_best: true };
        let [low, high] = rung.interval(200, &[], 1, &accuracy);
        assert!((low - (0.5 - 0.096_032 - 0.01)).abs() < 1e-5, "{low}");
        assert!((high - (0.5 + 0.096_032 + 0.01)).abs() < 1e-5, "{high}");
        let rmse = MetricScale::new(false, [0.0, f64::INFINITY]);
        assert_eq!(rung.interval(200, &[], 1, &rmse), [0.0, f64::INFINITY]);
        // Of f1 it is not known how far a row moves it.
        let f1 = MetricScale::new(true, [0.0, 1.0]);
        assert_eq!(rung.interval(200, &[100, 100], 1, &f1), [0.0, 1.0]);
    }

    /// The squares by the definition: each row of each class, one by one.
    #[test]
    fn one_row_of_a_rare_class_moves_much() {
        let squares = |influence: Influence, classes: &[usize]| {
            influence.squares(classes.iter().sum(), classes).unwrap()
        };
        let close = |one: f64, other: f64| (one - other).abs() < 1e-12;
        assert!(close(squares(Influence::Rows, &[295, 5]), 1.0 / 300.0));
        assert!(close(squares(Influence::Positives, &[295, 5]), 5.0 / 25.0));
        let both = 295.0 / (2.0_f64 * 295.0).powi(2) + 5.0 / (2.0_f64 * 5.0).powi(2);
        assert!(close(squares(Influence::Classes, &[295, 5]), both));
        // Of two classes: a positive is in a fifth of the pairs.
        let pairs = 295.0 / 295.0_f64.powi(2) + 5.0 / 25.0;
        assert!(close(squares(Influence::Pairs, &[295, 5]), pairs));
        assert!(close(squares(Influence::Pairs, &[295, 0, 5]), pairs));
        // Of three, each class against the rest.
        let row = |own: f64, others: [f64; 2]| {
            (1.0 / own + others.iter().map(|n| 1.0 / (60.0 - n)).sum::<f64>()) / 3.0
        };
        let three = 10.0 * row(10.0, [20.0, 30.0]).powi(2)
            + 20.0 * row(20.0, [10.0, 30.0]).powi(2)
            + 30.0 * row(30.0, [10.0, 20.0]).powi(2);
        assert!(close(squares(Influence::Pairs, &[10, 20, 30]), three));
        assert_eq!(Influence::Pairs.squares(9, &[9, 0]), None);
        assert_eq!(Influence::Classes.squares(9, &[]), None);
    }

    /// Five positives among 300 rows, scores that tell little, 4,000 draws: nineteen of
    /// twenty intervals at least hold the true share of pairs, and so they do for the
    /// mean of both classes.
    #[test]
    fn nineteen_of_twenty_intervals_hold_the_true_value() {
        let stream = ikhim_numeric::Stream::new(1, 7);
        let (negatives, positives, draws) = (295_usize, 5_usize, 4_000_u64);
        // A positive scores uniformly in [0.2, 1.2], a negative in [0, 1]: the true share
        // is 1 − 0.8²/2 = 0.68, and 0.5 cuts 0.5 and 0.7 of them rightly.
        let (mut ranked, mut balanced) = (0, 0);
        let pairs = MetricScale::new(true, [0.0, 1.0]).influence(Influence::Pairs);
        let means = MetricScale::new(true, [0.0, 1.0]).influence(Influence::Classes);
        for draw in 0..draws {
            let score = |row: usize| f64::from(stream.uniform(draw, row as u64));
            let low: Vec<f64> = (0..negatives).map(score).collect();
            let high: Vec<f64> = (0..positives).map(|row| 0.2 + score(negatives + row)).collect();
            let wins = high.iter().map(|p| low.iter().filter(|n| *n < p).count()).sum::<usize>();
            let right = |own: usize, all: usize| own as f64 / all as f64;
            let mean = 0.5
                * (right(low.iter().filter(|n| **n < 0.5).count(), negatives)
                    + right(high.iter().filter(|p| **p >= 0.5).count(), positives));
            let holds = |value: f64, truth: f64, scale: &MetricScale| {
                let rung = Rung { step: 1e-9, value, is_best: true };
                let [least, most] = rung.interval(300, &[negatives, positives], 1, scale);
                usize::from(least <= truth && truth <= most)
            };
            ranked += holds(right(wins, negatives * positives), 0.68, &pairs);
            balanced += holds(mean, 0.6, &means);
        }
        let least = draws as usize * 19 / 20;
        assert!(ranked >= least && balanced >= least, "{ranked} and {balanced} of {draws}");
    }
}
