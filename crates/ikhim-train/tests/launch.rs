//! A run with a folder, from the experiment to the sealed test: what it leaves
//! behind, and that a resumed run has the bits of one that was never stopped.

use ikhim_cpu::Runtime;
use ikhim_data::Ledger;
use ikhim_run::experiment::Experiment;
use ikhim_run::{Checkpoint, Model, Rows, RunFolder};
use ikhim_train::experiment::Prepared;
use ikhim_train::{
    EpochReport, Flow, Interrupt, Launch, Observer, Run, Start, Status, StepReport, reopen, rewind,
    trace,
};
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::{Arc, Mutex};

const CIRCLE: &str = "
version = 1
name = 'iris-small'
[data]
dataset = 'iris'
[model]
hidden = [8]
dropout = 0.2
[training]
optimizer = 'adam'
learning_rate = 1e-2
schedule = { type = 'cosine', warmup_epochs = 1 }
batch_size = 16
epochs = 6
";

fn prepared(project: &Path) -> Prepared {
    let experiment = Experiment::parse(CIRCLE, "iris-small.toml", &[]).unwrap();
    Prepared::new(&experiment, project).unwrap().in_ledger(Ledger::in_project(project))
}

fn launch(project: &Path, name: &str) -> Launch {
    let folder = RunFolder::create(&project.join(name)).unwrap();
    Launch::new(folder, Ledger::in_project(project)).original(CIRCLE)
}

/// Asks for a stop after so many steps.
struct StopAfter(u64, Interrupt);

impl Observer for StopAfter {
    fn on_step(&mut self, step: &StepReport) -> Flow {
        if step.step >= self.0 {
            self.1.request();
        }
        Flow::Continue
    }

    fn on_epoch(&mut self, epoch: &EpochReport<'_>) -> Flow {
        assert_eq!(epoch.role, "validation");
        Flow::Continue
    }
}

/// Ends the run before the loop has written anything, as a kill might.
struct FallsAtOnce;

impl Observer for FallsAtOnce {
    fn on_start(&mut self, _: &Start) {
        panic!("the process ends here");
    }
}

#[test]
fn a_run_leaves_everything_that_later_commands_need() {
    let project = tempfile::tempdir().unwrap();
    let prepared = prepared(project.path());
    let run: Run = launch(project.path(), "whole").run(&prepared).unwrap();
    assert_eq!((run.status, run.epochs), (Status::Completed, 6));
    let folder = RunFolder::read(&project.path().join("whole")).unwrap();
    for file in [
        "run.json",
        "experiment.toml",
        "experiment.original.toml",
        "metrics.csv",
        "log.jsonl",
        "model.safetensors",
        "split.json",
        "ledger.jsonl",
        "findings.json",
        "predictions/validation.csv",
        "checkpoints/last.safetensors",
        "checkpoints/best.safetensors",
    ] {
        assert!(folder.file(file).is_file(), "{file}");
    }
    let record = folder.record().unwrap();
    assert_eq!((record.status.as_str(), record.epochs), ("completed", 6));
    assert_eq!(record.best_epoch, run.best_epoch);
    assert_eq!(run.baselines[0].name, "majority");

    // The resolved experiment leaves nothing open and says what it was run on.
    let again = folder.experiment().unwrap();
    assert_eq!(again.hash(), record.experiment_hash);
    assert_eq!(again.split.method(), "stratified");
    let noted = again.resolved.as_ref().unwrap();
    let data = noted.table("data").unwrap();
    let counts = ["rows", "train", "validation", "test"].map(|key| data.count(key).unwrap());
    assert_eq!(counts, [150, 104, 23, 23]);
    assert_eq!(data.text("sha256").unwrap(), record.data_hash);
    assert_eq!(data.text("split_hash").unwrap(), prepared.split.hash().to_string());
    let species = noted.table("schema").unwrap().table("species").unwrap();
    assert_eq!((species.text("type"), species.count("levels")), (Some("category"), Some(3)));
    assert_eq!((noted.text("bits"), noted.text("ikhim")), (Some("fma"), Some("0.1.0")));

    // The resolved experiment computes the same again.
    let again = Prepared::new(&again, folder.path()).unwrap();
    let other = again.trainer(record.seed).unwrap().fit_encoded(&again.data).unwrap();
    assert_eq!(other.model.state(), run.model.state());

    // The model file alone says what the run said.
    let model = Model::load(folder.file("model.safetensors")).unwrap();
    let rows = prepared.data.validation().encoded();
    assert_eq!(model.predict(rows).unwrap(), run.model.predict(rows).unwrap());
    let table = std::fs::read_to_string(folder.file("predictions/validation.csv")).unwrap();
    assert_eq!(table.lines().count(), rows.rows + 1);
}

#[test]
fn looks_at_the_sealed_rows_count_on_over_runs_and_seeds() {
    let project = tempfile::tempdir().unwrap();
    let mut prepared = prepared(project.path());
    for look in 1..=3 {
        let name = format!("seed-{look}");
        let run = launch(project.path(), &name).seed(look).run(&prepared).unwrap();
        let shown = prepared.test.open(run.model(), "how good is it").unwrap();
        assert_eq!(shown.number, look as usize);
        assert_eq!(shown.models_looked, look as usize);
        let [low, high] = shown.examination.interval;
        assert!(low <= shown.examination.value && shown.examination.value <= high);
        assert!(shown.examination.extra["confusion"].is_array());
    }
}

#[test]
fn a_run_that_was_stopped_anywhere_resumes_to_the_same_bits() {
    let project = tempfile::tempdir().unwrap();
    let whole = launch(project.path(), "whole").run(&prepared(project.path())).unwrap();
    let expected =
        std::fs::read(project.path().join("whole/checkpoints/last.safetensors")).unwrap();
    let table = std::fs::read(project.path().join("whole/metrics.csv")).unwrap();
    assert!(whole.steps > 30, "{}", whole.steps);
    for stop in [1, 6, 7, 8, 20, whole.steps - 1] {
        let name = format!("stopped-{stop}");
        let interrupt = Interrupt::new();
        let stopped = launch(project.path(), &name)
            .observer(StopAfter(stop, interrupt.clone()))
            .interrupt(interrupt)
            .run(&prepared(project.path()))
            .unwrap();
        assert_eq!((stopped.status, stopped.steps), (Status::Interrupted, stop));
        let (folder, prepared, checkpoint) = reopen(&project.path().join(&name)).unwrap();
        assert_eq!(checkpoint.control.step, stop);
        let resumed = Launch::new(folder, Ledger::in_project(project.path()))
            .resume(&prepared, checkpoint)
            .unwrap();
        assert_eq!((resumed.status, resumed.steps), (Status::Completed, whole.steps));
        let place = project.path().join(&name);
        assert!(std::fs::read(place.join("checkpoints/last.safetensors")).unwrap() == expected);
        assert_eq!(std::fs::read(place.join("metrics.csv")).unwrap(), table);
        assert_eq!(resumed.model.state(), whole.model.state());
    }
}

#[test]
fn a_damaged_checkpoint_is_refused_and_the_one_before_it_offered() {
    let project = tempfile::tempdir().unwrap();
    let _run =
        launch(project.path(), "run").checkpoint_every(5).run(&prepared(project.path())).unwrap();
    let place = project.path().join("run");
    let last = place.join("checkpoints/last.safetensors");
    let bytes = std::fs::read(&last).unwrap();
    std::fs::write(&last, &bytes[..bytes.len() / 2]).unwrap();
    let fault = reopen(&place).unwrap_err();
    assert_eq!(fault.code(), "file.checkpoint_damaged");
    let help = fault.help_text(ikhim_text::Language::English).unwrap();
    let previous = place.join("checkpoints/previous.safetensors");
    assert!(help.contains(&previous.display().to_string()), "{help}");

    let (folder, prepared, checkpoint) = reopen(&previous).unwrap();
    assert!(checkpoint.control.finished.is_none());
    let ledger = Ledger::in_project(project.path());
    let _resumed = Launch::new(folder, ledger).resume(&prepared, checkpoint).unwrap();
    assert!(std::fs::read(&last).unwrap() == bytes);
}

#[test]
fn an_edited_experiment_is_refused() {
    let project = tempfile::tempdir().unwrap();
    let _run = launch(project.path(), "run").run(&prepared(project.path())).unwrap();
    let path = project.path().join("run/experiment.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    // A comment and the section that informs may change.
    let harmless = format!("# mine\n{}", text.replace("bits = \"fma\"", "bits = \"other\""));
    std::fs::write(&path, harmless).unwrap();
    assert!(reopen(&project.path().join("run")).is_ok());
    std::fs::write(&path, text.replace("hidden = [8]", "hidden = [9]")).unwrap();
    let fault = reopen(&project.path().join("run")).unwrap_err();
    assert_eq!(fault.code(), "file.edited_experiment");
}

/// A build that knew fewer keys wrote them down with their defaults, and hashed that.
#[test]
fn a_run_of_a_build_with_fewer_keys_goes_on() {
    let project = tempfile::tempdir().unwrap();
    let _run = launch(project.path(), "run").run(&prepared(project.path())).unwrap();
    let folder = RunFolder::read(&project.path().join("run")).unwrap();
    let now = std::fs::read_to_string(folder.file("experiment.toml")).unwrap();
    let earlier = now.replace("precision = \"f32\"\n", "").replace("limit = \"none\"\n", "");
    assert_eq!(earlier.lines().count() + 2, now.lines().count());
    folder.write("experiment.toml", &earlier).unwrap();
    // As the earlier build hashed it: the file without the section that informs.
    let (trained, _) = earlier.split_once("\n[resolved]").unwrap();
    let mut record = folder.record().unwrap();
    record.experiment_hash = sha256(trained);
    folder.set_record(&record).unwrap();
    let experiment = folder.experiment().unwrap();
    assert_eq!(experiment.training.precision(), "f32");
    assert_ne!(experiment.hash(), record.experiment_hash);
    assert!(reopen(folder.path()).is_ok());
    for edited in [
        earlier.replace("hidden = [8]", "hidden = [9]"),
        earlier.replace("batch_size = 16", "batch_size = 16\nprecision = \"f64\""),
        format!("{earlier}\n[fault]\nflip_gradient = true\n"),
    ] {
        assert_ne!(edited, earlier);
        folder.write("experiment.toml", edited).unwrap();
        assert_eq!(folder.experiment().unwrap_err().code(), "file.edited_experiment");
    }
}

fn sha256(text: &str) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The weights of the first run lie in the second from its first moment on, so
/// that it can be killed before any step.
#[test]
fn a_run_from_the_weights_of_another_resumes_from_its_beginning() {
    let project = tempfile::tempdir().unwrap();
    let first = launch(project.path(), "first").run(&prepared(project.path())).unwrap();
    let weights = first.model.state().clone();
    let from = |name: &str| launch(project.path(), name).from_run("first", weights.clone());
    let whole = from("whole").run(&prepared(project.path())).unwrap();

    let rows = prepared(project.path());
    let cut = from("cut").observer(FallsAtOnce);
    let fell = std::panic::catch_unwind(AssertUnwindSafe(|| cut.run(&rows).is_ok()));
    assert!(fell.is_err());
    let (folder, prepared, checkpoint) = reopen(&project.path().join("cut")).unwrap();
    for (path, array) in weights.iter() {
        assert_eq!(checkpoint.state.get(path), Some(array), "{path}");
    }
    let ledger = Ledger::in_project(project.path());
    let resumed = Launch::new(folder, ledger).resume(&prepared, checkpoint).unwrap();
    assert_eq!(resumed.model.state(), whole.model.state());
    let last = |run: &str| {
        std::fs::read(project.path().join(run).join("checkpoints/last.safetensors")).unwrap()
    };
    assert!(last("cut") == last("whole"));
}

#[test]
fn a_rate_that_is_far_too_high_stops_with_a_finding_and_good_weights() {
    let project = tempfile::tempdir().unwrap();
    let settings = ["training.learning_rate=1e30".to_string()];
    let experiment = Experiment::parse(CIRCLE, "iris.toml", &settings).unwrap();
    let prepared = Prepared::new(&experiment, project.path())
        .unwrap()
        .in_ledger(Ledger::in_project(project.path()));
    let run = launch(project.path(), "hot").run(&prepared).unwrap();
    assert_eq!(run.status, Status::StoppedByFinding);
    assert!(run.findings[0].id.ends_with("-not-finite"), "{:?}", run.findings);
    assert!(!run.findings[0].treatments.is_empty());
    let finite = |array: &ikhim_graph::Array| array.to_f64().iter().all(|value| value.is_finite());
    assert!(run.model.state().iter().all(|(_, array)| finite(array)));
    let saved = Checkpoint::load(&project.path().join("hot/checkpoints/last.safetensors")).unwrap();
    assert!(saved.state.iter().all(|(_, array)| finite(array)));
}

/// Notes the loss of each step.
#[derive(Clone, Default)]
struct Losses(Arc<Mutex<Vec<f64>>>);

impl Observer for Losses {
    fn on_step(&mut self, step: &StepReport) -> Flow {
        self.0.lock().unwrap().push(step.loss);
        Flow::Continue
    }
}

#[test]
fn a_run_is_rewound_to_any_of_its_steps_with_its_bits() {
    let project = tempfile::tempdir().unwrap();
    let prepared = prepared(project.path());
    let losses = Losses::default();
    let whole = launch(project.path(), "whole").observer(losses.clone()).run(&prepared).unwrap();
    let losses = losses.0.lock().unwrap().clone();
    let folder = RunFolder::read(&project.path().join("whole")).unwrap();
    assert_eq!(losses.len() as u64, whole.steps);
    for step in [0, 1, 6, 7, 8, 20, whole.steps - 1] {
        let moment = rewind(&folder, &prepared, Some(step), &Runtime::single()).unwrap();
        assert_eq!(moment.control.step, step);
        let rows = Rows::of(prepared.data.train().encoded(), &moment.batch);
        let table =
            trace(&prepared, &moment.state, &rows, moment.control.seed, step, &Runtime::single())
                .unwrap();
        let loss = table.iter().find(|row| row.name == "objective").unwrap();
        assert_eq!(loss.value.to_f64(), [losses[step as usize]], "step {step}");

        // A run that was stopped there has the same state.
        let name = format!("stopped-{step}");
        let interrupt = Interrupt::new();
        if step == 0 {
            interrupt.request();
        }
        let _stopped = launch(project.path(), &name)
            .observer(StopAfter(step, interrupt.clone()))
            .interrupt(interrupt)
            .run(&prepared)
            .unwrap();
        let last = project.path().join(&name).join("checkpoints/last.safetensors");
        let stopped = Checkpoint::load(&last).unwrap();
        assert_eq!(moment.state, stopped.state, "step {step}");
        assert_eq!(moment.control.epoch, stopped.control.epoch);
        assert_eq!(moment.control.position, stopped.control.position);
    }
    let last = rewind(&folder, &prepared, None, &Runtime::single()).unwrap();
    assert_eq!(last.control.step, whole.steps);
    let fault = rewind(&folder, &prepared, Some(whole.steps + 1), &Runtime::single()).unwrap_err();
    assert_eq!(fault.code(), "usage.no_such_step");
}

#[test]
fn a_run_that_a_finding_stopped_is_rewound_to_the_step_that_failed() {
    let project = tempfile::tempdir().unwrap();
    let settings = ["training.learning_rate=1e30".to_string()];
    let experiment = Experiment::parse(CIRCLE, "iris.toml", &settings).unwrap();
    let prepared = Prepared::new(&experiment, project.path())
        .unwrap()
        .in_ledger(Ledger::in_project(project.path()));
    let run = launch(project.path(), "hot").run(&prepared).unwrap();
    assert_eq!(run.status, Status::StoppedByFinding);
    let folder = RunFolder::read(&project.path().join("hot")).unwrap();
    let moment = rewind(&folder, &prepared, Some(run.steps), &Runtime::single()).unwrap();
    let rows = Rows::of(prepared.data.train().encoded(), &moment.batch);
    let table =
        trace(&prepared, &moment.state, &rows, moment.control.seed, run.steps, &Runtime::single())
            .unwrap();
    let loss = table.iter().find(|row| row.name == "objective").unwrap();
    assert!(!loss.value.to_f64()[0].is_finite(), "{:?}", loss.value);
}

#[test]
fn an_experiment_is_traced_without_a_run() {
    let project = tempfile::tempdir().unwrap();
    let prepared = prepared(project.path());
    let trainer = || prepared.trainer(3).unwrap();
    let start = trainer().moment(&prepared.data, 0).unwrap();
    assert_eq!(start.state, prepared.start(3).unwrap().state);
    assert_eq!(start.batch.len(), 16);
    let later = trainer().moment(&prepared.data, 9).unwrap();
    // Going on from a moment is the same way.
    let from = Checkpoint { state: start.state, control: start.control };
    let again = trainer().resume(from).moment(&prepared.data, 9).unwrap();
    assert_eq!((again.state, again.batch), (later.state, later.batch));
    let fault = trainer().moment(&prepared.data, 10_000).unwrap_err();
    assert_eq!(fault.code(), "usage.no_such_step");
}
