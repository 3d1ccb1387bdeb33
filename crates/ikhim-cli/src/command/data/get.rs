//! `ikhim data get`.

use crate::command::Answer;
use crate::console::Console;
use crate::document::Document;
use clap::Args;
use ikhim_data::{Fetched, KNOWN_SETS, KnownSet, known_set};
use ikhim_text::{Fault, Result, sentence};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::path::{Path, PathBuf};

/// What is to be downloaded, and where to.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The name of the set: mnist, fashion-mnist, shakespeare
    name: String,
    /// Another address whose folder holds the files, such as a mirror in one's own network
    #[arg(long, value_name = "ADDRESS")]
    from: Option<String>,
    /// The folder of the files; by default one with the name of the set
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, console: &Console) -> Result<Answer> {
    let set = known_set(&arguments.name).ok_or_else(|| {
        let known: Vec<&str> = KNOWN_SETS.iter().map(|set| set.name).collect();
        let fault = Fault::of("file.unknown_set").with("found", &arguments.name);
        fault.with("expected", known.join(", "))
    })?;
    let addresses: Vec<&str> = match &arguments.from {
        Some(address) => vec![address],
        None => set.addresses.to_vec(),
    };
    let folder = arguments.out.clone().unwrap_or_else(|| PathBuf::from(set.name));
    let bytes: u64 = set.files.iter().map(|file| file.bytes).sum();
    console.say(
        sentence::GET_SET,
        &[
            ("title", set.title.to_string()),
            ("authors", set.authors.to_string()),
            ("licence", set.licence.to_string()),
            ("files", set.files.len().to_string()),
            ("size", format!("{:.1}", bytes as f64 / 1e6)),
            ("address", addresses.first().map_or(String::new(), |it| it.to_string())),
        ],
    );
    let mut new = 0;
    for file in set.files {
        let bar = bar(file.name, console);
        let fetched = set.fetch(file, &addresses, &folder, &mut |bytes| bar.set_position(bytes));
        bar.finish_and_clear();
        let is_new = fetched? == Fetched::New;
        let said = if is_new { sentence::GET_NEW } else { sentence::GET_KNOWN };
        new += usize::from(is_new);
        console.say(said, &[("file", file.name.to_string())]);
    }
    let next = next(set, &folder);
    console.line("");
    console.line(format!("  {next}"));
    let document = Document::new("data")
        .with("name", set.name)
        .with("folder", folder.display().to_string())
        .with("licence", set.licence)
        .with("files", set.files.len())
        .with("downloaded", new)
        .with("next", next);
    Ok(Answer::done(document))
}

/// The command that learns from the set.
fn next(set: &KnownSet, folder: &Path) -> String {
    match set.files {
        [text] => {
            let path = folder.join(text.name);
            format!("ikhim train {} --set data.task=next_token", path.display())
        }
        _ => format!("ikhim train {}", folder.display()),
    }
}

/// The bytes of a file under way. How many there will be depends on how the server
/// packs it, so there is no end.
fn bar(name: &str, console: &Console) -> ProgressBar {
    let bar = ProgressBar::no_length();
    let is_shown = console.is_watched();
    bar.set_draw_target(match is_shown {
        true => ProgressDrawTarget::stderr(),
        false => ProgressDrawTarget::hidden(),
    });
    if let Ok(style) = ProgressStyle::with_template("  {msg}  {bytes}  {bytes_per_sec}") {
        bar.set_style(style);
    }
    bar.set_message(name.to_string());
    bar
}
