//! What is tried.

use ikhim_numeric::{Stream, stream_id};
use ikhim_run::experiment::{Settings, Trials, TuneSection, Value};
use ikhim_text::{Fault, Result};
use serde::{Deserialize, Serialize};

/// More combinations of a grid are refused: nobody waits for them.
const MOST_TRIALS: usize = 100_000;

/// The values of each key that is tuned.
#[derive(Debug, Clone, PartialEq)]
pub struct Space {
    axes: Vec<Axis>,
}

/// The values of one key.
#[derive(Debug, Clone, PartialEq)]
struct Axis {
    /// The path of the key, as `--set` takes it.
    path: String,
    values: Values,
}

#[derive(Debug, Clone, PartialEq)]
enum Values {
    Listed(Vec<String>),
    Between { min: f64, max: f64, log: bool, whole: bool },
}

/// One choice of values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Trial {
    /// Its number, from 1.
    pub number: usize,
    /// The path of each tuned key with its value as TOML.
    pub settings: Vec<(String, String)>,
}

impl Trial {
    /// The settings as `--set` takes them.
    pub fn arguments(&self) -> Vec<String> {
        self.settings.iter().map(|(path, value)| format!("{path} = {value}")).collect()
    }
}

impl Space {
    /// The keys of a section.
    ///
    /// # Errors
    /// A key of the split: trials would be judged on other rows.
    pub fn of(section: &TuneSection) -> Result<Space> {
        let mut axes = Vec::new();
        for parameter in section.parameters() {
            if parameter.path.split('.').next() == Some("split") {
                return Err(Fault::of("experiment.tuned_split").with("key", parameter.path));
            }
            axes.push(Axis { path: parameter.path.to_string(), values: values(parameter.range) });
        }
        Ok(Space { axes })
    }

    /// The trials of a section: all combinations of a grid, or so many draws.
    ///
    /// # Errors
    /// A grid over a range, or over more combinations than anybody tries.
    pub fn trials(&self, section: &TuneSection) -> Result<Vec<Trial>> {
        let seed = section.choice().settings.integer("seed").unwrap_or_default().unsigned_abs();
        match section.trials() {
            Trials::All => self.grid(),
            Trials::Count(count) => Ok((0..count).map(|trial| self.drawn(seed, trial)).collect()),
        }
    }

    /// All combinations; the last key changes fastest.
    fn grid(&self) -> Result<Vec<Trial>> {
        let mut lists = Vec::new();
        for axis in &self.axes {
            match &axis.values {
                Values::Listed(values) => lists.push(values),
                Values::Between { .. } => {
                    return Err(Fault::of("experiment.grid_of_range").with("key", &axis.path));
                }
            }
        }
        let count = lists.iter().try_fold(1_usize, |count, list| count.checked_mul(list.len()));
        let count = count.filter(|count| *count <= MOST_TRIALS);
        let count =
            count.ok_or_else(|| Fault::of("experiment.large_grid").with("most", MOST_TRIALS))?;
        let trial = |number: usize| {
            let mut rest = number;
            let mut settings: Vec<(String, String)> = Vec::new();
            for (axis, list) in self.axes.iter().zip(&lists).rev() {
                settings.push((axis.path.clone(), list[rest % list.len()].clone()));
                rest /= list.len();
            }
            settings.reverse();
            Trial { number: number + 1, settings }
        };
        Ok((0..count).map(trial).collect())
    }

    /// One draw: of each key, from a stream of its own.
    fn drawn(&self, seed: u64, trial: usize) -> Trial {
        let value = |axis: &Axis| {
            let stream = Stream::new(seed, stream_id(&axis.path, "tune"));
            let value = match &axis.values {
                Values::Listed(values) => {
                    let place = stream.below(values.len() as u64, trial as u64, 0) as usize;
                    values[place].clone()
                }
                Values::Between { min, max, log, whole } => {
                    // 53 bits, so that a range of f64 has no visible steps.
                    let share =
                        stream.below(1 << 53, trial as u64, 0) as f64 / (1_u64 << 53) as f64;
                    between(share, *min, *max, *log, *whole)
                }
            };
            (axis.path.clone(), value)
        };
        Trial { number: trial + 1, settings: self.axes.iter().map(value).collect() }
    }
}

/// The value at a share of a range. A whole number from `min` to `max` has the
/// same chance as any other, both ends included.
fn between(share: f64, min: f64, max: f64, log: bool, whole: bool) -> String {
    let (low, high) = if whole { (min - 0.5, max + 0.5) } else { (min, max) };
    let value = if log {
        let low = low.max(min.min(0.5));
        libm::exp(libm::log(low) + share * (libm::log(high) - libm::log(low)))
    } else {
        low + share * (high - low)
    };
    if whole {
        format!("{}", value.round().clamp(min, max) as i64)
    } else {
        format!("{:?}", value.clamp(min, max))
    }
}

fn values(range: &Settings) -> Values {
    if let Some(values) = range.list("values") {
        return Values::Listed(values.iter().map(Value::to_toml).collect());
    }
    let whole = |key| matches!(range.get(key), Some(Value::Integer(_)));
    Values::Between {
        min: range.number("min").unwrap_or(0.0),
        max: range.number("max").unwrap_or(1.0),
        log: range.word("distribution") == Some("log_uniform"),
        whole: whole("min") && whole("max"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ikhim_run::experiment::Experiment;

    fn trials(tune: &str) -> Result<Vec<Trial>> {
        let text = format!("[data]\ndataset = 'iris'\n[tune]\n{tune}");
        let experiment = Experiment::parse(&text, "x.toml", &[])?;
        let section = experiment.tune.as_ref().unwrap();
        Space::of(section)?.trials(section)
    }

    #[test]
    fn a_grid_is_all_combinations() {
        let trials = trials(
            "method = 'grid'\n[tune.parameters]\ntraining.batch_size = { values = [8, 16] }\n\
             model.hidden = { values = [[4], [8, 4], []] }",
        )
        .unwrap();
        let written: Vec<String> =
            trials.iter().map(|trial| trial.arguments().join("; ")).collect();
        assert_eq!(written.len(), 6);
        assert_eq!(written[0], "training.batch_size = 8; model.hidden = [4]");
        assert_eq!(written[4], "training.batch_size = 16; model.hidden = [8, 4]");
        assert_eq!(trials[5].number, 6);
    }

    #[test]
    fn draws_keep_their_range_and_do_not_depend_on_other_keys() {
        let rate =
            "training.learning_rate = { min = 1e-4, max = 1e-1, distribution = 'log_uniform' }";
        let batch = "training.batch_size = { min = 2, max = 5 }";
        let head = "method = 'random'\ntrials = 400\nseed = 3\n[tune.parameters]\n";
        let both = trials(&format!("{head}{rate}\n{batch}")).unwrap();
        let alone = trials(&format!("{head}{rate}")).unwrap();
        let mut below = 0;
        let mut counts = [0_usize; 6];
        for (trial, alone) in both.iter().zip(&alone) {
            assert_eq!(trial.settings[0], alone.settings[0]);
            let rate: f64 = trial.settings[0].1.parse().unwrap();
            assert!((1e-4..=1e-1).contains(&rate), "{rate}");
            below += usize::from(rate < 10_f64.powf(-2.5));
            counts[trial.settings[1].1.parse::<usize>().unwrap()] += 1;
        }
        // Half of the orders of magnitude lie below, ± 4 standard errors; each of
        // four sizes has a quarter.
        assert!(below.abs_diff(200) < 40, "{below}");
        assert!(counts[2..].iter().all(|count| count.abs_diff(100) < 35), "{counts:?}");
        assert_eq!(counts[..2], [0, 0]);
    }

    #[test]
    fn what_cannot_be_tuned_is_refused() {
        let code = |tune: &str| trials(tune).unwrap_err().code();
        let rate = "training.learning_rate = { min = 1e-4, max = 1e-1 }";
        assert_eq!(
            code(&format!("method = 'grid'\n[tune.parameters]\n{rate}")),
            "experiment.grid_of_range"
        );
        assert_eq!(
            code("method = 'random'\n[tune.parameters]\nsplit.seed = { min = 0, max = 9 }"),
            "experiment.tuned_split"
        );
    }
}
