use crate::arguments::Arguments as Whole;
use crate::command::Answer;
use crate::console::Console;
use crate::document::Document;
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use ikhim_text::Result;

/// Print a completion script for a shell
#[derive(Debug, Args)]
#[command(after_help = "Example, for the current bash: source <(ikhim completions bash)")]
pub(crate) struct Arguments {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(arguments: Arguments, console: &Console) -> Result<Answer> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Whole::command(), "ikhim", &mut script);
    let script = String::from_utf8_lossy(&script);
    console.text(&script);
    let document = Document::new("completions").with("shell", arguments.shell.to_string());
    Ok(Answer::done(document.with("script", script)))
}
