//! A training that is watched is the training that is not, to the last bit.

use ikhim_cpu::Runtime;
use ikhim_data::Ledger;
use ikhim_doctor::{Course, Watch};
use ikhim_run::RunFolder;
use ikhim_run::experiment::Experiment;
use ikhim_train::experiment::Prepared;
use ikhim_train::{Flow, Interrupt, Launch, Observer, Run, StepReport, reopen};
use std::path::Path;

fn prepared(text: &str) -> Prepared {
    let experiment = Experiment::parse(text, "watched.toml", &[]).unwrap();
    Prepared::new(&experiment, Path::new(".")).unwrap()
}

fn train(prepared: &Prepared, runtime: &Runtime, watch: Option<Watch>) -> Run {
    let trainer = prepared.trainer(3).unwrap().runtime(runtime.clone());
    let trainer = match watch {
        Some(watch) => trainer.observer(watch),
        None => trainer,
    };
    trainer.fit_encoded(&prepared.data).unwrap()
}

const NETWORKS: [&str; 3] = [
    "[data]\ndataset = 'digits'\n[model]\nhidden = [32, 16]\ndropout = 0.3\n[training]\nepochs = 3\n",
    "[data]\ndataset = 'digits'\n[model]\nlayers = [{ type = 'conv2d', filters = 4, kernel_size = 3 }, \
     { type = 'batch_norm' }, { type = 'relu' }, { type = 'flatten' }, { type = 'dense', units = 10 }]\n\
     [training]\nepochs = 1\noptimizer = { type = 'sgd', momentum = 0.9 }\nlearning_rate = 0.05\n",
    "[data]\nheader = ['x', 'y']\nrows = [[0, 1], [1, 3], [2, 9], [3, 19]]\ntarget = 'y'\n\
     [split]\nmethod = 'none'\n[model]\ntype = 'linear'\n[training]\noptimizer = 'sgd'\n\
     learning_rate = 0.1\nbatch_size = 'full'\nsteps = 700\n",
];

#[test]
fn watching_changes_no_bit_on_any_number_of_threads() {
    for text in NETWORKS {
        let prepared = prepared(text);
        for threads in [1, 2] {
            let runtime = Runtime::builder().threads(threads).build();
            let alone = train(&prepared, &runtime, None);
            let watch = Watch::new(&prepared, &runtime).unwrap();
            let record = watch.record();
            let watched = train(&prepared, &runtime, Some(watch));
            assert_eq!(alone.model.to_bytes().unwrap(), watched.model.to_bytes().unwrap());
            assert_eq!(alone.history, watched.history);
            assert!(record.course().looks.len() >= 3, "{text}");
        }
    }
}

#[test]
fn a_look_sees_the_step_that_follows() {
    let prepared = prepared(NETWORKS[2]);
    let watch = Watch::new(&prepared, &Runtime::single()).unwrap();
    let record = watch.record();
    let run = train(&prepared, &Runtime::single(), Some(watch));
    let mut course = record.course();
    course.ended(&run, &prepared);
    // Plain descent over all rows: the update is the rate times the gradient.
    for look in &course.looks {
        for parameter in &look.parameters {
            let expected = look.learning_rate * parameter.gradient;
            let update = parameter.update.unwrap();
            let slack = 1e-3 * expected + 1e-6 * parameter.weight.max(1.0);
            assert!((update - expected).abs() <= slack, "{}: {update} {expected}", parameter.path);
        }
    }
    assert_eq!(course.spans.iter().map(|span| span.steps).sum::<u64>(), 700);
}

#[test]
fn a_course_is_read_as_it_was_written_also_where_numbers_are_not_finite() {
    let prepared = prepared(NETWORKS[2]);
    let watch = Watch::new(&prepared, &Runtime::single()).unwrap();
    let record = watch.record();
    let run = train(&prepared, &Runtime::single(), Some(watch));
    let mut course = record.course();
    course.ended(&run, &prepared);
    course.spans[0].high = f64::INFINITY;
    course.looks[0].loss = f64::NEG_INFINITY;
    let text = serde_json::to_string(&course).unwrap();
    let read: Course = serde_json::from_str(&text).unwrap();
    // Without rows for validation its loss is not a number, which equals nothing,
    // so the numbers are compared as they are written.
    assert!(course.epochs.iter().all(|epoch| epoch.validation_loss.is_nan()));
    assert_eq!(format!("{read:?}"), format!("{course:?}"));
    course.looks[0].loss = f64::NAN;
    let text = serde_json::to_string(&course).unwrap();
    assert!(serde_json::from_str::<Course>(&text).unwrap().looks[0].loss.is_nan());
}

struct StopAfter(u64, Interrupt);

impl Observer for StopAfter {
    fn on_step(&mut self, step: &StepReport) -> Flow {
        if step.step == self.0 {
            self.1.request();
        }
        Flow::Continue
    }
}

#[test]
fn a_training_that_goes_on_keeps_the_course_of_the_steps_before() {
    let project = tempfile::tempdir().unwrap();
    let ledger = || Ledger::in_project(project.path());
    let prepared = prepared(NETWORKS[0]).in_ledger(ledger());
    let watch = || Watch::new(&prepared, &Runtime::single()).unwrap();
    let whole = watch();
    let record = whole.record();
    let run = train(&prepared, &Runtime::single(), Some(whole));
    let whole = record.course();
    assert!(run.steps > 70 && whole.looks.len() > 20, "{} steps", run.steps);

    let path = project.path().join("stopped");
    let (first, interrupt) = (watch(), Interrupt::new());
    let record = first.record();
    let stopped = Launch::new(RunFolder::create(&path).unwrap(), ledger())
        .seed(3)
        .observer(first)
        .observer(StopAfter(50, interrupt.clone()))
        .interrupt(interrupt)
        .run(&prepared)
        .unwrap();
    assert_eq!(stopped.steps, 50);
    let mut earlier = record.course();
    earlier.ended(&stopped, &prepared);

    let (folder, prepared, checkpoint) = reopen(&path).unwrap();
    let second = Watch::new(&prepared, &Runtime::single()).unwrap().after(earlier);
    let record = second.record();
    let prepared = prepared.in_ledger(ledger());
    let launch = Launch::new(folder, ledger()).observer(second);
    let resumed = launch.resume(&prepared, checkpoint).unwrap();
    assert_eq!(resumed.steps, run.steps);
    let course = record.course();
    assert_eq!(course.looks, whole.looks);
    assert_eq!(course.ending, None);
    let losses = |course: &Course| -> Vec<(u64, u64, f64)> {
        course.spans.iter().map(|span| (span.first, span.steps, span.mean)).collect()
    };
    assert_eq!(losses(&course), losses(&whole));
}
