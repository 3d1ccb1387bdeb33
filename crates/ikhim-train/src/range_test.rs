//! The range test of the learning rate.

use crate::Step;
use crate::experiment::Prepared;
use ikhim_cpu::Runtime;
use ikhim_data::BatchSize;
use ikhim_graph::Precision;
use ikhim_text::Result;

/// The smallest and the largest rate that are tried.
const RATES: (f64, f64) = (1e-7, 10.0);
/// Steps from one to the other.
const STEPS: u64 = 160;
/// How much of the running mean stays at each step.
const MEMORY: f64 = 0.9;
/// A running mean of so many times its best is the end.
const DIVERGED: f64 = 4.0;
/// The suggestion lies so far below the rate of the smallest loss.
const BELOW: f64 = 10.0;

/// The loss at growing learning rates.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RangeTest {
    /// Rate and running mean of the loss, up to where it grows beyond all bounds.
    pub points: Vec<(f64, f64)>,
    /// A tenth of the rate of the smallest loss; `None` where the loss never fell.
    pub suggested: Option<f64>,
}

/// Takes single steps with a learning rate that grows from 10⁻⁷ to 10, each on
/// the next batch, and follows the running mean of the loss (Smith, "Cyclical
/// learning rates for training neural networks", 2017, section 3.3). The network
/// is thrown away, and no validation row is looked at.
///
/// # Errors
/// A network that does not fit the rows.
pub fn range_test(prepared: &Prepared, seed: u64, runtime: Runtime) -> Result<RangeTest> {
    let training = &prepared.experiment.training;
    let precision = if training.precision() == "f64" { Precision::F64 } else { Precision::F32 };
    let mut step = Step::shared(prepared.experiment.network()?.into(), prepared.objective()?)
        .seed(seed)
        .precision(precision)
        .runtime(runtime)
        .compile(&prepared.data.spec())?;
    let mut state = step.init();
    let size = training.batch_size().map_or(BatchSize::Full, BatchSize::Rows);
    let (mut points, mut mean, mut best) = (Vec::new(), 0.0, f64::INFINITY);
    let (mut taken, mut epoch) = (0, 0);
    'steps: loop {
        for batch in prepared.data.train().batches(size).shuffled(seed, epoch) {
            if taken == STEPS {
                break 'steps;
            }
            let share = taken as f64 / (STEPS - 1) as f64;
            let rate = RATES.0 * libm::pow(RATES.1 / RATES.0, share);
            step.set_learning_rate(rate);
            let loss = step.run(&mut state, &batch?)?.loss();
            taken += 1;
            mean = MEMORY * mean + (1.0 - MEMORY) * loss;
            // Without this the mean of the first steps would be too small.
            let running = mean / (1.0 - MEMORY.powi(taken as i32));
            if !running.is_finite() || running > DIVERGED * best {
                break 'steps;
            }
            best = running.min(best);
            points.push((rate, running));
        }
        epoch += 1;
    }
    let lowest = points.iter().min_by(|one, other| one.1.total_cmp(&other.1));
    let fell = |point: &&(f64, f64)| points.first().is_some_and(|first| point.1 < 0.98 * first.1);
    let suggested = lowest.filter(fell).map(|(rate, _)| rate / BELOW);
    Ok(RangeTest { points, suggested })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ikhim_run::experiment::Experiment;
    use std::path::Path;

    fn tested(training: &str) -> RangeTest {
        let text =
            format!("[data]\ndataset = 'digits'\n[model]\nhidden = [32]\n[training]\n{training}");
        let experiment = Experiment::parse(&text, "x.toml", &[]).unwrap();
        let prepared = Prepared::new(&experiment, Path::new("")).unwrap();
        range_test(&prepared, 0, Runtime::builder().threads(1).build()).unwrap()
    }

    /// Adam on the digits learns well at about 10⁻², and its loss grows from
    /// about 1 on; gradient descent needs larger rates.
    #[test]
    fn finds_the_order_of_magnitude() {
        let adam = tested("optimizer = 'adam'");
        let rate = adam.suggested.unwrap();
        assert!((1e-3..=1e-1).contains(&rate), "{rate}");
        assert!(adam.points.iter().all(|(_, loss)| loss.is_finite()));
        let rates: Vec<f64> = adam.points.iter().map(|(rate, _)| *rate).collect();
        assert!(rates.is_sorted() && rates[0] == 1e-7);
        let sgd = tested("optimizer = 'sgd'").suggested.unwrap();
        assert!(sgd > 3.0 * rate, "{sgd} {rate}");
    }

    /// The same seed gives the same points.
    #[test]
    fn is_a_function_of_the_seed() {
        assert_eq!(tested("optimizer = 'adam'"), tested("optimizer = 'adam'"));
    }
}
