use crate::command::Answer;
use crate::console::Console;
use crate::document::{Document, schema};
use clap::Args;
use ikhim_run::experiment;
use ikhim_text::nearest::nearest;
use ikhim_text::{Fault, Result};
use serde_json::Value;

/// Print the JSON Schema of the experiment file or of a command's document
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ikhim schema > experiment.schema.json   for completion in an editor
  ikhim schema train                      what `ikhim train --json` prints")]
pub(crate) struct Arguments {
    /// `experiment`, or the command whose document is meant
    #[arg(default_value = EXPERIMENT)]
    name: String,
}

const EXPERIMENT: &str = "experiment";

pub(crate) fn run(arguments: Arguments, console: &Console) -> Result<Answer> {
    let name = arguments.name.as_str();
    let text = match schema::find(name) {
        Some(declared) => schema::json_schema(declared),
        None if name == EXPERIMENT => experiment::schema::schema(),
        None => return Err(unknown(name)),
    };
    console.line(text.trim_end());
    let content: Value = serde_json::from_str(&text).unwrap_or_default();
    Ok(Answer::done(Document::new("schema").with("name", name).with("content", content)))
}

fn unknown(name: &str) -> Fault {
    let known: Vec<&str> = [EXPERIMENT].into_iter().chain(schema::names()).collect();
    let fault = Fault::of("usage.unknown_schema").with("found", name);
    let fault = fault.with("expected", known.join(", "));
    match nearest(name, known.iter().copied()) {
        Some(near) => {
            fault.help_words(format!("did you mean `{near}`?"), format!("혹시 `{near}`인가요?"))
        }
        None => fault,
    }
}
