//! What it costs that the doctor watches: a look and the step after it, beside
//! their neighbors without a look in the same training, so that slow spells of the
//! machine weigh on both alike.
//!
//! ```text
//! cargo run --release -p ikhim-doctor --example cost -- bench/mnist/mlp.toml \
//!     'data.path="../shared/data/mnist"' split.validation=100 training.steps=600
//! ```

use ikhim_cpu::Runtime;
use ikhim_doctor::Watch;
use ikhim_run::experiment::Experiment;
use ikhim_text::Result;
use ikhim_train::experiment::Prepared;
use ikhim_train::{Flow, Observer, StepReport};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Steps on each side that a look is compared with.
const NEIGHBORS: usize = 8;

/// Writes down when each step has ended.
struct Clock(Arc<Mutex<Vec<Instant>>>);

impl Observer for Clock {
    fn on_step(&mut self, _: &StepReport) -> Flow {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
        Flow::Continue
    }
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let Some(file) = arguments.next() else {
        eprintln!("usage: cost EXPERIMENT.toml [SETTING …]");
        std::process::exit(2);
    };
    let settings: Vec<String> = arguments.collect();
    let experiment = Experiment::read(&file, &settings)?;
    let base = Path::new(&file).parent().unwrap_or(Path::new("."));
    let prepared = Prepared::new(&experiment, base)?;
    for threads in [1, 2] {
        let runtime = Runtime::builder().threads(threads).build();
        let watch = Watch::new(&prepared, &runtime)?;
        let record = watch.record();
        let ends = Arc::new(Mutex::new(Vec::new()));
        let trainer = prepared.trainer(1)?.runtime(runtime).observer(watch);
        let _run = trainer.observer(Clock(ends.clone())).fit_encoded(&prepared.data)?;
        let ends = ends.lock().unwrap_or_else(PoisonError::into_inner);
        // The step after `n` steps lies between the ends n - 1 and n.
        let length = |step: usize| (ends[step] - ends[step - 1]).as_secs_f64();
        let looks: Vec<usize> =
            record.course().looks.iter().map(|look| look.step as usize).collect();
        let is_plain =
            |step: &usize| !looks.contains(step) && !looks.contains(&step.saturating_sub(1));
        let mut costs = Vec::new();
        let mut plain = Vec::new();
        for look in looks.iter().copied().filter(|look| (2..ends.len() - 1).contains(look)) {
            let from = look.saturating_sub(NEIGHBORS).max(1);
            let around = from..(look + 2 + NEIGHBORS).min(ends.len());
            let beside = middle(around.filter(is_plain).map(length).collect());
            costs.push((length(look) + length(look + 1)) / beside - 2.0);
            plain.push(beside);
        }
        let early = looks.iter().filter(|look| **look < 600).count();
        let steps = ends.len().min(600);
        let (first, second, third) = quartiles(costs);
        println!(
            "{threads} threads: a look costs {second:.2} steps (quartiles {first:.2} to {third:.2}) \
             of {:.2} ms; {early} looks in {steps} steps cost {:.2} %",
            middle(plain) * 1000.0,
            100.0 * second * early as f64 / steps as f64
        );
    }
    Ok(())
}

fn middle(values: Vec<f64>) -> f64 {
    quartiles(values).1
}

fn quartiles(mut values: Vec<f64>) -> (f64, f64, f64) {
    values.sort_by(f64::total_cmp);
    let at = |share: usize| values.get(values.len() * share / 4).copied().unwrap_or(f64::NAN);
    (at(1), at(2), at(3))
}
