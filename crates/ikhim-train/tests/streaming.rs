//! A training over a table that is read in pieces: what it leaves, that it goes on
//! within an epoch with the same bits, and that nothing of the sealed rows enters it.

use ikhim_cpu::Runtime;
use ikhim_data::Ledger;
use ikhim_run::experiment::Experiment;
use ikhim_run::{Checkpoint, RunFolder};
use ikhim_train::experiment::Prepared;
use ikhim_train::{Flow, Interrupt, Launch, Observer, Run, Status, StepReport, reopen};
use std::fmt::Write;
use std::path::Path;

const EXPERIMENT: &str = "
version = 1
name = 'table'
[data]
path = 'table.csv'
target = 'y'
streaming = true
[split]
method = 'random'
[model]
hidden = [8]
dropout = 0.2
[training]
learning_rate = 1e-2
batch_size = 64
epochs = 3
";

fn table(label: impl Fn(usize) -> usize) -> String {
    let mut text = "a,b,kind,y\n".to_string();
    for row in 0..2_000_usize {
        let [a, b] = [7_919, 104_729].map(|prime| (row * prime % 1_009) as f64 / 1_009.0);
        let kind = ["red", "green", "blue"][row * 31 % 3];
        let gap = if row % 11 == 0 { String::new() } else { b.to_string() };
        writeln!(text, "{a},{gap},{kind},{}", ["no", "yes"][label(row)]).unwrap();
    }
    text
}

/// Whether the first number of a row is above a half.
fn truth(row: usize) -> usize {
    usize::from(row * 7_919 % 1_009 > 504)
}

fn prepared(project: &Path, text: &str) -> Prepared {
    let experiment = Experiment::parse(text, "table.toml", &[]).unwrap();
    Prepared::in_project(&experiment, project, Ledger::in_project(project)).unwrap()
}

fn launch(project: &Path, name: &str) -> Launch {
    let folder = RunFolder::create(&project.join(name)).unwrap();
    Launch::new(folder, Ledger::in_project(project)).original(EXPERIMENT)
}

fn project() -> tempfile::TempDir {
    let project = tempfile::tempdir().unwrap();
    std::fs::write(project.path().join("table.csv"), table(truth)).unwrap();
    project
}

fn kept(project: &Path, run: &str) -> (Vec<u8>, Vec<u8>) {
    let read = |file: &str| std::fs::read(project.join(run).join(file)).unwrap();
    (read("checkpoints/last.safetensors"), read("metrics.csv"))
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
}

#[test]
fn it_learns_and_says_how_it_read() {
    let project = project();
    let prepared = prepared(project.path(), EXPERIMENT);
    assert!(prepared.data.train().is_streamed());
    let run: Run = launch(project.path(), "run").run(&prepared).unwrap();
    assert_eq!((run.status, run.steps), (Status::Completed, 3 * 1_400_u64.div_ceil(64)));
    assert!(run.validation.first().unwrap().1 > 0.9);
    // The rows, their parts and what is done to them are those of a table in memory.
    let other = EXPERIMENT.replace("streaming = true", "streaming = false");
    let other = self::prepared(project.path(), &other);
    assert_eq!(other.split, prepared.split);
    assert_eq!(other.data.preprocessing(), prepared.data.preprocessing());
    assert_eq!(other.data.validation(), prepared.data.validation());
    assert_eq!(other.data.class_counts(), prepared.data.class_counts());
    let judged = run.model.judge(other.data.validation().encoded(), &run.model.metrics()).unwrap();
    assert_eq!(judged.metrics, run.validation.metrics);
    // Its file of the experiment computes the same.
    let folder = RunFolder::read(&project.path().join("run")).unwrap();
    let again = Prepared::new(&folder.experiment().unwrap(), folder.path()).unwrap();
    let again = again.trainer(0).unwrap().fit_encoded(&again.data).unwrap();
    assert_eq!(again.model.state(), run.model.state());
}

#[test]
fn a_run_that_was_stopped_within_an_epoch_resumes_to_the_same_bits() {
    let project = project();
    let whole = launch(project.path(), "whole").run(&prepared(project.path(), EXPERIMENT)).unwrap();
    let expected = kept(project.path(), "whole");
    for stop in [1, 21, 22, 23, 40, whole.steps - 1] {
        let name = format!("stopped-{stop}");
        let interrupt = Interrupt::new();
        let stopped = launch(project.path(), &name)
            .observer(StopAfter(stop, interrupt.clone()))
            .interrupt(interrupt)
            .run(&prepared(project.path(), EXPERIMENT))
            .unwrap();
        assert_eq!((stopped.status, stopped.steps), (Status::Interrupted, stop));
        let (folder, prepared, checkpoint) = reopen(&project.path().join(&name)).unwrap();
        let resumed = Launch::new(folder, Ledger::in_project(project.path()))
            .resume(&prepared, checkpoint)
            .unwrap();
        assert_eq!((resumed.status, resumed.steps), (Status::Completed, whole.steps));
        assert!(kept(project.path(), &name) == expected, "{name}");
    }
}

#[test]
fn the_bits_are_those_of_any_number_of_threads() {
    let project = project();
    let of_threads = |threads: usize| {
        let name = format!("threads-{threads}");
        let runtime = Runtime::builder().threads(threads).build();
        let run = launch(project.path(), &name).runtime(runtime);
        let _run = run.run(&prepared(project.path(), EXPERIMENT)).unwrap();
        kept(project.path(), &name)
    };
    let one = of_threads(1);
    assert!(of_threads(2) == one && of_threads(3) == one);
}

#[test]
fn labels_of_sealed_rows_change_nothing() {
    let project = project();
    let first = prepared(project.path(), EXPERIMENT);
    let sealed = first.split.sealed_ids.clone();
    let _run = launch(project.path(), "first").run(&first).unwrap();
    drop(first);
    let other = |row: usize| truth(row) ^ usize::from(sealed.contains(&(row as u64)));
    std::fs::write(project.path().join("table.csv"), table(other)).unwrap();
    let second = prepared(project.path(), EXPERIMENT);
    assert_eq!(second.split.sealed_ids, sealed);
    let _run = launch(project.path(), "second").run(&second).unwrap();
    assert!(kept(project.path(), "first") == kept(project.path(), "second"));
    let predictions =
        |run: &str| std::fs::read(project.path().join(run).join("predictions/validation.csv"));
    assert_eq!(predictions("first").unwrap(), predictions("second").unwrap());
    let last = project.path().join("first/checkpoints/last.safetensors");
    assert!(Checkpoint::load(&last).unwrap().control.finished.is_some());
}

#[test]
fn what_needs_all_rows_is_refused() {
    let project = project();
    let fault = |old: &str, new: &str| {
        let text = EXPERIMENT.replace(old, new);
        let experiment = Experiment::parse(&text, "table.toml", &[]).unwrap();
        match Prepared::new(&experiment, project.path()) {
            Err(fault) => fault,
            Ok(prepared) => {
                let trainer = prepared.trainer(0).unwrap();
                trainer.fit_encoded(&prepared.data).unwrap_err()
            }
        }
    };
    assert_eq!(fault("batch_size = 64", "batch_size = 'full'").code(), "data.streaming_training");
    assert_eq!(fault("'random'", "'group'\ngroup = 'kind'").code(), "data.streaming_split");
    let augmented = "streaming = true\naugmentation = { noise = 0.1 }";
    assert_eq!(fault("streaming = true", augmented).code(), "data.streaming_training");
}

/// The project keeps the parts of a table that is read in pieces, in one file with
/// those of the same table in memory, and reads what earlier versions kept.
#[test]
fn rows_that_are_appended_leave_the_sealed_ones_sealed() {
    let in_memory = EXPERIMENT.replace("streaming = true", "streaming = false");
    let (pieces, memory) = (EXPERIMENT, in_memory.as_str());
    for (first, second) in [(pieces, pieces), (pieces, memory), (memory, pieces)] {
        let project = project();
        let whole = table(truth);
        let lines: Vec<&str> = whole.lines().collect();
        let table = project.path().join("table.csv");
        std::fs::write(&table, lines[..1_201].join("\n")).unwrap();
        let before = prepared(project.path(), first);
        before.keep_assignment().unwrap();
        std::fs::write(&table, &whole).unwrap();
        let later = prepared(project.path(), second);
        for (earlier, now) in [
            (&before.split.sealed_ids, &later.split.sealed_ids),
            (&before.split.validation_ids, &later.split.validation_ids),
        ] {
            assert_eq!((earlier.len(), now.len()), (180, 300));
            assert!(earlier.iter().all(|id| now.contains(id)));
        }
        assert!(later.report.notices.iter().any(|notice| notice.code() == "split.new_rows"));
        for other in [pieces, memory] {
            assert_eq!(prepared(project.path(), other).split, later.split);
        }
        // Rows that were taken out come back into their parts.
        later.keep_assignment().unwrap();
        std::fs::write(&table, lines[..601].join("\n")).unwrap();
        prepared(project.path(), first).keep_assignment().unwrap();
        std::fs::write(&table, &whole).unwrap();
        assert_eq!(prepared(project.path(), second).split, later.split);
        let kept: Vec<_> =
            std::fs::read_dir(project.path().join(".ikhim/splits")).unwrap().collect();
        assert_eq!(kept.len(), 1, "{kept:?}");
    }
}
