//! The checkpoints of epochs that a run leaves on the way.

use ikhim_cpu::Runtime;
use ikhim_data::Ledger;
use ikhim_run::experiment::Experiment;
use ikhim_run::{Checkpoint, RunFolder};
use ikhim_train::experiment::Prepared;
use ikhim_train::{Flow, Interrupt, Launch, Observer, Status, StepReport, reopen, rewind};
use std::collections::BTreeMap;
use std::path::Path;

const EXPERIMENT: &str = "
name = 'kept'
[data]
dataset = 'iris'
[model]
hidden = [8]
dropout = 0.2
[training]
learning_rate = 1e-2
schedule = { type = 'reduce_on_plateau', factor = 0.5, patience = 2 }
early_stopping = { patience = 1000 }
";

fn prepared(project: &Path, length: &str) -> Prepared {
    let experiment = Experiment::parse(EXPERIMENT, "kept.toml", &[length.to_string()]).unwrap();
    Prepared::new(&experiment, project).unwrap()
}

fn launch(project: &Path, name: &str) -> Launch {
    let folder = RunFolder::create(&project.join(name)).unwrap();
    Launch::new(folder, Ledger::in_project(project))
}

/// The names and the bytes of the checkpoints of epochs.
fn kept(run: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(run.join("checkpoints")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter_map(|path| {
            let name = path.file_stem()?.to_str()?.to_string();
            name.starts_with("epoch-").then(|| (name, std::fs::read(&path).unwrap()))
        })
        .collect()
}

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
fn every_tenth_part_of_a_training_is_kept() {
    let project = tempfile::tempdir().unwrap();
    for (name, length, expected) in [
        ("long", "training.epochs=25", vec![3, 6, 9, 12, 15, 18, 21, 24]),
        ("ten", "training.epochs=10", (1..=10).collect()),
        ("short", "training.epochs=3", vec![1, 2, 3]),
        ("steps", "training.steps=50", vec![2, 4, 6, 8, 10, 12]),
        ("none", "training.epochs=0", vec![]),
    ] {
        let prepared = prepared(project.path(), length);
        let run = launch(project.path(), name).run(&prepared).unwrap();
        let found = kept(&project.path().join(name));
        let names: Vec<String> = expected.iter().map(|epoch| format!("epoch-{epoch:04}")).collect();
        assert_eq!(found.keys().collect::<Vec<_>>(), names.iter().collect::<Vec<_>>(), "{name}");
        for (epoch, bytes) in expected.iter().zip(found.values()) {
            let Checkpoint { control, .. } = Checkpoint::from_bytes(bytes).unwrap();
            // 4 steps an epoch.
            assert_eq!((control.epoch, control.step), (*epoch, epoch * 4), "{name}");
            assert!(control.finished.is_none());
        }
        assert_eq!(run.status, Status::Completed);
    }
}

#[test]
fn a_stopped_run_leaves_the_same_ones_and_goes_on_from_each() {
    let project = tempfile::tempdir().unwrap();
    let place = |name: &str| project.path().join(name);
    let last =
        |name: &str| std::fs::read(place(name).join("checkpoints/last.safetensors")).unwrap();
    let length = "training.epochs=25";
    let _whole = launch(project.path(), "whole").run(&prepared(project.path(), length)).unwrap();
    let expected = kept(&place("whole"));
    for stop in [11, 12, 13, 50] {
        let name = format!("stopped-{stop}");
        let interrupt = Interrupt::new();
        let _stopped = launch(project.path(), &name)
            .observer(StopAfter(stop, interrupt.clone()))
            .interrupt(interrupt)
            .run(&prepared(project.path(), length))
            .unwrap();
        assert!(kept(&place(&name)).keys().eq(expected.keys().take((stop / 12) as usize)));
        let (folder, prepared, checkpoint) = reopen(&place(&name)).unwrap();
        let ledger = Ledger::in_project(project.path());
        let _resumed = Launch::new(folder, ledger).resume(&prepared, checkpoint).unwrap();
        assert!(kept(&place(&name)) == expected, "stopped after {stop}");
        assert!(last(&name) == last("whole"));
    }
    let table = std::fs::read(place("whole").join("metrics.csv")).unwrap();
    let end = last("whole");
    for name in expected.keys() {
        let path = place("whole").join(format!("checkpoints/{name}.safetensors"));
        let (folder, prepared, checkpoint) = reopen(&path).unwrap();
        let ledger = Ledger::in_project(project.path());
        let _again = Launch::new(folder, ledger).resume(&prepared, checkpoint).unwrap();
        assert!(last("whole") == end, "from {name}");
        assert_eq!(std::fs::read(place("whole").join("metrics.csv")).unwrap(), table, "{name}");
        assert!(kept(&place("whole")) == expected, "from {name}");
    }
}

/// A moment is the same from the beginning and from a checkpoint on the way.
#[test]
fn a_moment_is_reached_from_the_checkpoint_before_it() {
    let project = tempfile::tempdir().unwrap();
    let prepared = prepared(project.path(), "training.epochs=25");
    let _run = launch(project.path(), "run").run(&prepared).unwrap();
    let folder = RunFolder::read(&project.path().join("run")).unwrap();
    let runtime = Runtime::default();
    for step in [5, 23, 24, 25, 71, 99] {
        let from_start =
            prepared.trainer(folder.record().unwrap().seed).unwrap().moment(&prepared.data, step);
        let rewound = rewind(&folder, &prepared, Some(step), &runtime).unwrap();
        assert_eq!(rewound, from_start.unwrap(), "step {step}");
    }
}
