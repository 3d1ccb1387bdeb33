//! `ikhim verify`.

use crate::command::{Answer, data};
use crate::console::Console;
use crate::document::Document;
use crate::exit::Exit;
use crate::project::Project;
use crate::run::KeptRun;
use crate::signal::Signals;
use clap::Args;
use ikhim_cpu::Runtime;
use ikhim_report::number;
use ikhim_text::{Fault, Result, sentence};
use ikhim_train::Status;

/// Train a run once more from its folder and compare every bit
#[derive(Debug, Args)]
#[command(after_help = "\
Draws the split again from its record, trains with the same seed, and compares all
weights with those of the model. Where the ledger holds a look of this model, its
value is computed again and compared; that shows nothing new and is no look.")]
pub(crate) struct Arguments {
    /// A run: its path, its name, the beginning of its name, or `latest`
    run: String,
}

pub(crate) fn run(arguments: Arguments, runtime: &Runtime, console: &Console) -> Result<Answer> {
    let project = Project::find();
    let signals = Signals::listen()?;
    let run = KeptRun::find(&project, &arguments.run)?;
    let ended = matches!(run.record.status.as_str(), "completed" | "early_stopped");
    if !ended || run.record.parent.is_some() {
        let why = if ended { "parent" } else { run.record.status.as_str() };
        return Err(Fault::of("train.not_verifiable")
            .with("run", run.folder.name())
            .with("found", why));
    }
    let model = run.model(runtime)?;
    // Rows that are not what they were are refused here.
    let prepared = run.prepared(&project)?;
    data::headline(&prepared.dataset, console);
    console.say(sentence::VERIFY_SPLIT, &data::sizes(&prepared.report));
    let trainer = prepared.trainer(run.record.seed)?.runtime(runtime.clone());
    let again = trainer.interrupt(signals.interrupt()).fit_encoded(&prepared.data)?;
    if again.status == Status::Interrupted {
        return Ok(Answer { document: Document::new("verify"), exit: signals.exit() });
    }
    let all = model.state().iter().count();
    let differing: Vec<String> = model
        .state()
        .iter()
        .filter(|(path, array)| again.model.state().get(path) != Some(*array))
        .map(|(path, _)| path.to_string())
        .collect();
    let same_weights = differing.is_empty();
    if same_weights {
        console.say(sentence::VERIFY_SAME, &[("arrays", all.to_string())]);
    } else {
        console.say(
            sentence::VERIFY_DIFFERS,
            &[
                ("differing", differing.len().to_string()),
                ("arrays", all.to_string()),
                ("first", differing[0].clone()),
            ],
        );
    }
    let validation = again.validation.first();
    if let Some((metric, value)) = validation {
        let part = console.word(crate::score::role(again.role));
        console.line(format!("{part} {} {}", metric.name(), number(value)));
    }
    let test = if prepared.test.is_empty() { None } else { prepared.test.confirm(&model)? };
    match test {
        Some(true) => console.say(sentence::VERIFY_TEST_SAME, &[]),
        Some(false) => console.say(sentence::VERIFY_TEST_DIFFERS, &[]),
        None => console.say(sentence::VERIFY_NO_LOOK, &[]),
    }
    let state = run.ledger_state(&project)?;
    if let Some(notice) = state.notice() {
        console.warn(notice.text(console.language));
    }
    let document = Document::new("verify")
        .with("run", run.path().display().to_string())
        .with("id", &run.record.id)
        .with("arrays", all)
        .with("differing", &differing)
        .with("metric", validation.map(|(metric, _)| metric.name().to_string()))
        .maybe("value", validation.map(|(_, value)| value))
        .with("test_confirmed", test)
        .with("ledger", state);
    let holds = same_weights && test != Some(false);
    Ok(Answer { document, exit: if holds { Exit::Done } else { Exit::Failed } })
}
