//! The command line as clap reads it.

use crate::command::Command;
use crate::console::{Console, has_color};
use crate::document::Document;
use crate::exit::Exit;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, Parser};
use ikhim_cpu::{Level, Runtime};
use ikhim_text::{Fault, Language, Result};
use std::io;
use std::num::NonZero;
use std::str::FromStr;

/// Train neural networks that you can check
#[derive(Debug, Parser)]
#[command(name = "ikhim", version, disable_help_subcommand = true)]
#[command(after_help = "\
Measuring:
  bench        Time one of the known workloads

`ikhim COMMAND --help` tells more about a command.")]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) computing: Computing,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// How every command speaks.
#[derive(Debug, Clone, Args)]
pub(crate) struct Output {
    /// Speak English (en) or Korean (ko); else as the locale says
    #[arg(long, global = true, value_name = "LANGUAGE", display_order = 900)]
    pub(crate) lang: Option<Language>,
    /// Print one JSON document on one line, also on failure
    #[arg(long, global = true, display_order = 901)]
    pub(crate) json: bool,
}

/// Flags that change an experiment.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Changes {
    /// Set a key of the experiment, e.g. training.epochs=20; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE", display_order = 100)]
    pub(crate) set: Vec<String>,
    /// Set what drives weights, order of batches and dropout (not the split)
    #[arg(long, value_name = "N", display_order = 101)]
    #[arg(value_parser = whole, allow_negative_numbers = true)]
    pub(crate) seed: Option<u64>,
    /// Set how often training goes through the rows
    #[arg(long, value_name = "N", display_order = 102)]
    #[arg(value_parser = whole, allow_negative_numbers = true)]
    pub(crate) epochs: Option<u64>,
    /// Set the name of the experiment and of its run folders
    #[arg(long, value_name = "NAME", display_order = 103)]
    pub(crate) name: Option<String>,
}

/// What computes; results do not depend on it.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Computing {
    /// Threads to compute on; with --seeds, runs at a time [default: all cores]
    #[arg(long, global = true, value_name = "N", display_order = 902)]
    #[arg(value_parser = positive::<NonZero<usize>>, allow_negative_numbers = true)]
    threads: Option<NonZero<usize>>,
    /// Instructions to compute with: avx512, avx2 or portable; else as IKHIM_CPU says, else the best
    #[arg(long, global = true, value_name = "LEVEL", display_order = 903)]
    cpu: Option<String>,
}

impl Computing {
    /// What computes, as the flags say it, else the variable, else the machine.
    ///
    /// # Errors
    /// A level that does not exist or that the processor lacks.
    pub(crate) fn runtime(&self) -> Result<Runtime> {
        let level = self.level()?;
        let builder = Runtime::builder().threads(self.threads());
        Ok(level.map_or(builder.clone(), |level| builder.cpu(level)).build())
    }

    fn level(&self) -> Result<Option<Level>> {
        let variable = std::env::var("IKHIM_CPU").ok().filter(|level| !level.is_empty());
        let (place, name) = match (&self.cpu, variable) {
            (Some(level), _) => ("--cpu", level.clone()),
            (None, Some(level)) => ("IKHIM_CPU", level),
            (None, None) => return Ok(None),
        };
        match Level::of(&name) {
            Some(level) if level.is_available() => Ok(Some(level)),
            known => {
                let available: Vec<&str> = Level::ALL
                    .into_iter()
                    .rev()
                    .filter(|level| level.is_available())
                    .map(Level::name)
                    .collect();
                let code =
                    if known.is_some() { "usage.cpu_lacks_level" } else { "usage.unknown_cpu" };
                Err(Fault::of(code)
                    .with("place", place)
                    .with("expected", available.join(", "))
                    .with("found", name))
            }
        }
    }

    fn threads(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, NonZero::get);
        self.threads.map_or_else(cores, NonZero::get)
    }
}

impl Changes {
    /// All changes as `--set` takes them; a flag of its own comes last and wins.
    pub(crate) fn settings(&self) -> Vec<String> {
        let seed = self.seed.map(|seed| format!("seed={seed}"));
        let epochs = self.epochs.map(|epochs| format!("training.epochs={epochs}"));
        let name = self.name.as_ref().map(|name| format!("name={}", toml_string(name)));
        self.set.iter().cloned().chain(seed).chain(epochs).chain(name).collect()
    }
}

/// Reads a whole number from 0 on.
fn whole(text: &str) -> std::result::Result<u64, &'static str> {
    text.parse().map_err(|_| "expected a whole number, at least 0")
}

/// Reads a whole number from 1 on.
pub(crate) fn positive<N: FromStr>(text: &str) -> std::result::Result<N, &'static str> {
    text.parse().map_err(|_| "expected a whole number, at least 1")
}

/// Reads a number above 0.
pub(crate) fn positive_number(text: &str) -> std::result::Result<f64, &'static str> {
    let number = text.parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0);
    number.ok_or("expected a number above 0")
}

/// A string in TOML, which has the escapes of JSON.
pub(crate) fn toml_string(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}

/// Answers arguments that ask for help or cannot be read.
pub(crate) fn refuse(refusal: &clap::Error, console: &Console) -> Exit {
    let rendered = refusal.render();
    match refusal.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let color = has_color(&io::stdout());
            console.write(&if color { rendered.ansi().to_string() } else { rendered.to_string() });
            Exit::Done
        }
        _ if console.json => {
            console.write(&format!("{}\n", Document::of_fault(&fault(refusal))));
            Exit::Usage
        }
        _ => {
            let color = has_color(&io::stderr());
            let text = if color { rendered.ansi().to_string() } else { rendered.to_string() };
            console.warn(text.trim_end());
            Exit::Usage
        }
    }
}

/// What clap says, as a fault: its first paragraph, and the usage as help.
fn fault(refusal: &clap::Error) -> Fault {
    let text = refusal.to_string();
    let message = text.strip_prefix("error: ").unwrap_or(&text);
    let message = message.split("\n\n").next().unwrap_or(message);
    let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let fault = Fault::of("usage.arguments").with("found", message);
    match refusal.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) => fault.help(usage.to_string()),
        _ => fault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_declarations_agree_with_each_other() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_page_of_commands_names_every_command_document_and_exit_code() {
        let page = include_str!("../../../docs/commands.md");
        for command in Arguments::command().get_subcommands() {
            let name = command.get_name();
            assert!(page.contains(&format!("| `ikhim {name}")), "{name}");
        }
        for name in crate::document::schema::names() {
            assert!(page.contains(&format!("`{name}`")), "{name}");
        }
        let ended = [Exit::Done, Exit::Failed, Exit::Usage, Exit::Finding, Exit::Bug];
        for exit in ended.into_iter().chain([Exit::Interrupted, Exit::Terminated]) {
            assert!(page.contains(&format!("| {} |", exit as u8)), "{exit:?}");
        }
    }

    #[test]
    fn flags_of_their_own_come_after_settings() {
        let changes = Changes {
            set: vec!["seed=1".to_string()],
            seed: Some(2),
            epochs: None,
            name: Some("집값 \"예측\"".to_string()),
        };
        assert_eq!(changes.settings(), ["seed=1", "seed=2", r#"name="집값 \"예측\"""#]);
    }
}
