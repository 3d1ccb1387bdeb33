//! A text from its experiment to what its model writes: windows that no cut goes
//! through, a state carried over batches that a resumed run takes up, the table of
//! pairs beside the network.

use ikhim_data::Ledger;
use ikhim_run::experiment::Experiment;
use ikhim_run::{Model, RunFolder, Sampling};
use ikhim_train::experiment::Prepared;
use ikhim_train::{Flow, Interrupt, Launch, Observer, Status, StepReport, reopen};
use std::path::Path;

/// A text in which a character hangs on the two before it.
fn text() -> String {
    let mut text = String::from("ab");
    let letters = ['a', 'b', 'c', 'd'];
    for place in 0..1200_usize {
        let last = text.as_bytes()[text.len() - 1] as usize;
        let before = text.as_bytes()[text.len() - 2] as usize;
        text.push(letters[(last + 2 * before + place / 300) % 4]);
    }
    text
}

fn experiment(settings: &[&str]) -> Experiment {
    let toml = format!(
        "
version = 1
name = 'small-text'
[data]
rows = [['{}']]
task = 'next_token'
window = {{ length = 8 }}
[split]
method = 'time'
validation = 0.2
test = 0.1
[model]
layers = [
  {{ type = 'embedding', output_dim = 6 }},
  {{ type = 'lstm', units = 12, stateful = true }},
  {{ type = 'gru', units = 10, stateful = true, dropout = 0.1 }},
  {{ type = 'dense', units = 'auto' }},
]
[training]
optimizer = 'adam'
learning_rate = 2e-2
batch_size = 6
epochs = 3
",
        text()
    );
    let settings: Vec<String> = settings.iter().map(|line| line.to_string()).collect();
    Experiment::parse(&toml, "small-text.toml", &settings).unwrap()
}

fn prepared(project: &Path, settings: &[&str]) -> Prepared {
    Prepared::new(&experiment(settings), project).unwrap().in_ledger(Ledger::in_project(project))
}

fn launch(project: &Path, name: &str) -> Launch {
    let folder = RunFolder::create(&project.join(name)).unwrap();
    Launch::new(folder, Ledger::in_project(project))
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
fn a_stateful_run_that_was_stopped_in_an_epoch_resumes_to_the_same_bits() {
    let project = tempfile::tempdir().unwrap();
    let whole = launch(project.path(), "whole").run(&prepared(project.path(), &[])).unwrap();
    let last = |name: &str| {
        std::fs::read(project.path().join(name).join("checkpoints/last.safetensors")).unwrap()
    };
    let per_epoch = whole.steps / 3;
    assert!(per_epoch > 5, "{per_epoch}");
    for stop in [1, 4, per_epoch, per_epoch + 1, whole.steps - 2] {
        let name = format!("stopped-{stop}");
        let interrupt = Interrupt::new();
        let stopped = launch(project.path(), &name)
            .observer(StopAfter(stop, interrupt.clone()))
            .interrupt(interrupt)
            .run(&prepared(project.path(), &[]))
            .unwrap();
        assert_eq!((stopped.status, stopped.steps), (Status::Interrupted, stop));
        let (folder, prepared, checkpoint) = reopen(&project.path().join(&name)).unwrap();
        let carried = checkpoint.state.iter().filter(|(path, _)| path.starts_with("carried/"));
        // State and cell of the lstm, state of the gru; none between two epochs.
        assert_eq!(carried.count(), if stop % per_epoch == 0 { 0 } else { 3 }, "step {stop}");
        let resumed = Launch::new(folder, Ledger::in_project(project.path()))
            .resume(&prepared, checkpoint)
            .unwrap();
        assert_eq!((resumed.status, resumed.steps), (Status::Completed, whole.steps));
        assert!(last(&name) == last("whole"), "step {stop}");
        assert_eq!(resumed.model.state(), whole.model.state());
    }
}

#[test]
fn the_model_file_writes_what_the_run_would() {
    let project = tempfile::tempdir().unwrap();
    let prepared = prepared(project.path(), &["training.epochs=8"]);
    let run = launch(project.path(), "run").run(&prepared).unwrap();
    assert_eq!(run.baselines[0].name, "bigram");
    let bits = |judgement: &ikhim_run::Judgement| {
        let named = judgement.metrics.iter().find(|(m, _)| m.name() == "bits_per_character");
        named.unwrap().1
    };
    assert!(bits(&run.validation) < bits(&run.baselines[0].judgement));

    let model = Model::load(project.path().join("run/model.safetensors")).unwrap();
    let usual = Sampling::new().temperature(0.7).top_p(0.9).seed(5);
    for sampling in [Sampling::greedy(), usual] {
        let mut pieces = String::new();
        let written =
            model.generate("abca", 40, &sampling, |piece| pieces.push_str(piece)).unwrap();
        assert_eq!(pieces, written);
        assert_eq!(written.chars().count(), 40);
        assert_eq!(run.model.generate("abca", 40, &sampling, |_| {}).unwrap(), written);
    }
    assert_ne!(
        model.generate("abca", 40, &usual, |_| {}).unwrap(),
        model.generate("abca", 40, &usual.seed(6), |_| {}).unwrap()
    );
    let fault = model.generate("abXa", 3, &usual, |_| {}).unwrap_err();
    assert_eq!((fault.code(), fault.argument("place")), ("data.unknown_token", Some("3")));
    assert_eq!(model.generate("", 3, &usual, |_| {}).unwrap_err().code(), "usage.empty_prefix");

    // The model judges a text as the run did.
    let rows = prepared.data.validation().encoded();
    let judged = model.judge(rows, &model.metrics()).unwrap();
    assert_eq!(judged.metrics, run.validation.metrics);
}

/// A causal transformer has no state to step by and writes over its window.
#[test]
fn a_network_without_a_state_writes_too() {
    let project = tempfile::tempdir().unwrap();
    let layers = "model.layers=[{type='embedding', output_dim=8}, {type='position_embedding'}, \
                  {type='transformer_block', num_heads=2, intermediate_dim=16, causal=true}, \
                  {type='dense', units='auto'}]";
    let prepared = prepared(project.path(), &[layers]);
    let run = launch(project.path(), "run").run(&prepared).unwrap();
    let written = run.model.generate("abca", 30, &Sampling::greedy(), |_| {}).unwrap();
    assert_eq!(written.chars().count(), 30);
    // What is written is what the whole window foresees, token by token.
    let shorter = run.model.generate("abca", 10, &Sampling::greedy(), |_| {}).unwrap();
    assert_eq!(shorter, written[..10]);
}

#[test]
fn a_state_cannot_go_on_over_windows_that_overlap() {
    let project = tempfile::tempdir().unwrap();
    let prepared = prepared(project.path(), &["data.window.stride=4"]);
    let fault = prepared.step().unwrap_err();
    assert_eq!((fault.code(), fault.argument("layer")), ("shape.setting", Some("lstm_1")));
}
