//! Where a command speaks: sentences on standard output, progress, warnings and
//! faults on standard error, or one JSON document.

use crate::arguments::Output;
use crate::command::Answer;
use crate::document::Document;
use crate::exit::Exit;
use ikhim_report::terminal::Glyphs;
use ikhim_run::durable;
use ikhim_text::block::block;
use ikhim_text::sentence::Sentence;
use ikhim_text::{Fault, Language, Result};
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::Path;
use std::sync::Mutex;

/// Where a command speaks, and in which language and form.
#[derive(Debug)]
pub(crate) struct Console {
    pub(crate) language: Language,
    pub(crate) json: bool,
    /// What went wrong first with standard output.
    failure: Mutex<Option<io::Error>>,
}

impl Console {
    pub(crate) fn new(output: &Output) -> Console {
        let language = output.lang.unwrap_or_else(|| Language::of_locale(&locale("LC_MESSAGES")));
        Console { language, json: output.json, failure: Mutex::new(None) }
    }

    /// Arguments that cannot be read still say whether a program asks.
    pub(crate) fn of_refused_arguments() -> Console {
        let own = std::env::args_os().skip(1).take_while(|argument| argument != "--");
        let json = own.into_iter().any(|argument| argument == "--json");
        Console::new(&Output { lang: None, json })
    }

    /// Prints a line for a person; nothing under `--json`.
    pub(crate) fn line(&self, text: impl AsRef<str>) {
        self.text(&format!("{}\n", text.as_ref()));
    }

    /// Prints a text as it is for a person; nothing under `--json`.
    pub(crate) fn text(&self, text: &str) {
        if !self.json {
            self.write(text);
        }
    }

    /// Prints a sentence in the person's language.
    pub(crate) fn say(&self, sentence: Sentence, arguments: &[(&'static str, String)]) {
        self.line(self.sentence(sentence, arguments));
    }

    /// A sentence in the person's language.
    pub(crate) fn sentence(
        &self,
        sentence: Sentence,
        arguments: &[(&'static str, String)],
    ) -> String {
        sentence.say(self.language, arguments)
    }

    /// A sentence without holes.
    pub(crate) fn word(&self, sentence: Sentence) -> String {
        sentence.say(self.language, &[])
    }

    /// Says something beside the result, on standard error.
    pub(crate) fn warn(&self, text: impl AsRef<str>) {
        // When nobody reads warnings there is nobody to tell.
        let _ = writeln!(io::stderr(), "{}", text.as_ref());
    }

    /// Whether a person watches, so that progress may be shown and questions
    /// asked.
    pub(crate) fn is_watched(&self) -> bool {
        io::stderr().is_terminal()
    }

    /// What the locale can show.
    pub(crate) fn glyphs(&self) -> Glyphs {
        let locale = locale("LC_CTYPE").to_ascii_lowercase();
        let unicode = locale.contains("utf-8") || locale.contains("utf8");
        if unicode || self.language == Language::Korean { Glyphs::Unicode } else { Glyphs::Ascii }
    }

    /// Columns for a table: what a terminal has, or as many as it takes.
    pub(crate) fn columns(&self) -> usize {
        if io::stdout().is_terminal() { terminal_columns() } else { usize::MAX / 2 }
    }

    /// Tells how a command ended, in the form that was asked for.
    pub(crate) fn answer(&self, answer: Result<Answer>) -> Exit {
        let exit = match answer {
            Ok(answer) => {
                self.document(&answer.document);
                answer.exit
            }
            Err(fault) => {
                self.document(&Document::of_fault(&fault));
                if !self.json {
                    self.fault(&fault);
                }
                Exit::of(&fault)
            }
        };
        match self.failure.lock().ok().and_then(|mut failure| failure.take()) {
            Some(error) if error.kind() != ErrorKind::BrokenPipe => {
                self.fault(&durable::fault(Path::new("standard output"), &error));
                Exit::Failed
            }
            _ => exit,
        }
    }

    /// Prints the document for a program; nothing for a person.
    fn document(&self, document: &Document) {
        if self.json {
            self.write(&format!("{document}\n"));
        }
    }

    /// Shows a fault to a person.
    pub(crate) fn fault(&self, fault: &Fault) {
        self.warn(block(fault, self.language, has_color(&io::stderr())).trim_end());
    }

    /// Writes to standard output. A reader that has gone away is no fault, and
    /// the command goes on: it may have more to do than to print.
    pub(crate) fn write(&self, text: &str) {
        let Ok(mut failure) = self.failure.lock() else { return };
        if failure.is_none() {
            let mut stdout = io::stdout().lock();
            *failure = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).err();
        }
    }
}

/// Whether a stream shows colors and the person wants them
/// (<https://no-color.org>).
pub(crate) fn has_color(stream: &impl IsTerminal) -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    stream.is_terminal() && !set("NO_COLOR") && !dumb
}

/// The locale of a category: the first of these variables that says something.
fn locale(category: &str) -> String {
    ["LC_ALL", category, "LANG"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .unwrap_or_default()
}

#[cfg(unix)]
fn terminal_columns() -> usize {
    let size = rustix::termios::tcgetwinsize(io::stdout());
    // A terminal that does not know its width says 0.
    let columns = size.map_or(0, |size| usize::from(size.ws_col));
    if columns == 0 { 100 } else { columns.max(40) }
}

#[cfg(not(unix))]
fn terminal_columns() -> usize {
    100
}

/// A text in lines of at most 80 letters, each behind a margin.
pub(crate) fn wrapped(text: &str, margin: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().filter(|line| {
            line.is_empty() || line.chars().count() + 1 + word.chars().count() <= 80
        });
        match line {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) => *line = format!("{line} {word}"),
            None => lines.push(word.to_string()),
        }
    }
    lines.iter().map(|line| format!("{margin}{line}\n")).collect()
}
