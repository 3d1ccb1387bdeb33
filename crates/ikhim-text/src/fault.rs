use crate::{Language, code, template::fill};
use std::fmt;
use std::path::{Path, PathBuf};

/// The part of ikhim that a fault is about; the first word of its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Shapes, dtypes and structure of a network.
    Shape,
    /// Contents of data files.
    Data,
    /// The experiment file.
    Experiment,
    /// Training and running.
    Train,
    /// The sealed test part and its ledger.
    Seal,
    /// Files and folders.
    File,
    /// Arguments of a command.
    Usage,
    /// ikhim itself.
    Bug,
}

/// Where a fault is: a file with line and column, a layer, or both.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Location {
    /// The file, as the person named it.
    pub file: Option<PathBuf>,
    /// Line, from 1.
    pub line: Option<usize>,
    /// Column in characters, from 1.
    pub column: Option<usize>,
    /// Number of characters that the fault covers on its line.
    pub width: Option<usize>,
    /// The text of the line, for showing it.
    pub source: Option<String>,
    /// Path of the layer, e.g. `residual_1/conv2d_1`.
    pub layer: Option<String>,
}

/// Words in English and, where they differ, in Korean.
#[derive(Debug, Clone, PartialEq)]
struct Words {
    english: String,
    korean: Option<String>,
}

impl Words {
    fn plain(english: impl Into<String>) -> Words {
        Words { english: english.into(), korean: None }
    }

    fn of(&self, language: Language) -> &str {
        match (language, &self.korean) {
            (Language::Korean, Some(korean)) => korean,
            _ => &self.english,
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
struct Content {
    code: &'static str,
    message: Option<String>,
    help: Option<Words>,
    arguments: Vec<(&'static str, Words)>,
    location: Location,
    others: Vec<Fault>,
}

/// An error of ikhim: what is wrong, where, what was expected and found, and
/// what to do. Its code is declared in [`code`] with its sentences.
///
/// ```
/// use ikhim_text::Fault;
/// let fault = Fault::of("file.missing").with("path", "data.csv");
/// assert_eq!(fault.to_string(), "no such file or folder: data.csv");
/// assert_eq!(fault.code(), "file.missing");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Fault(Box<Content>);

impl Fault {
    /// A fault whose sentences are declared under `code`.
    pub fn of(code: &'static str) -> Fault {
        debug_assert!(code::find(code).is_some(), "undeclared code {code}");
        Fault(Box::new(Content {
            code,
            message: None,
            help: None,
            arguments: Vec::new(),
            location: Location::default(),
            others: Vec::new(),
        }))
    }

    /// Fills the hole `name` of the sentences. `expected` and `found` are the
    /// names that JSON reports as fields of their own.
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Fault {
        self.0.arguments.push((name, Words::plain(value.to_string())));
        self
    }

    /// Fills the hole `name` with words that differ by language, such as "an
    /// integer" and "정수". JSON reports the English ones.
    pub fn with_words(
        mut self,
        name: &'static str,
        english: impl Into<String>,
        korean: impl Into<String>,
    ) -> Fault {
        let words = Words { english: english.into(), korean: Some(korean.into()) };
        self.0.arguments.push((name, words));
        self
    }

    /// Replaces the declared message by a more exact one (English only).
    pub fn message(mut self, message: impl Into<String>) -> Fault {
        self.0.message = Some(message.into());
        self
    }

    /// Replaces the declared help by a more exact one (English only).
    pub fn help(mut self, help: impl Into<String>) -> Fault {
        self.0.help = Some(Words::plain(help));
        self
    }

    /// Replaces the declared help by a more exact one in both languages.
    pub fn help_words(mut self, english: impl Into<String>, korean: impl Into<String>) -> Fault {
        self.0.help = Some(Words { english: english.into(), korean: Some(korean.into()) });
        self
    }

    /// Names the file.
    pub fn file(mut self, file: impl AsRef<Path>) -> Fault {
        self.0.location.file = Some(file.as_ref().to_path_buf());
        self
    }

    /// Names line and column, both from 1.
    pub fn line(mut self, line: usize, column: usize) -> Fault {
        self.0.location.line = Some(line);
        self.0.location.column = Some(column);
        self
    }

    /// Gives the text of the line and how many characters are at fault.
    pub fn source_line(mut self, source: impl Into<String>, width: usize) -> Fault {
        self.0.location.source = Some(source.into());
        self.0.location.width = Some(width);
        self
    }

    /// Forgets file and line, for whom the fault's own place means nothing: a
    /// line of a program under an experiment file. The layer stays.
    pub fn without_place(mut self) -> Fault {
        let layer = self.0.location.layer.take();
        self.0.location = Location { layer, ..Location::default() };
        self
    }

    /// Names the layer by its path.
    pub fn layer(mut self, path: impl Into<String>) -> Fault {
        self.0.location.layer = Some(path.into());
        self
    }

    /// Adds further faults of the same file, so that all are told in one go.
    pub fn also(mut self, others: impl IntoIterator<Item = Fault>) -> Fault {
        self.0.others.extend(others);
        self
    }

    /// Changes the fault and each of its [`others`](Fault::others).
    pub fn each(mut self, change: impl Fn(Fault) -> Fault) -> Fault {
        let others = std::mem::take(&mut self.0.others);
        let others: Vec<Fault> = others.into_iter().map(&change).collect();
        change(self).also(others)
    }

    /// The stable code, e.g. `data.ragged_row`.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// The part of ikhim that this is about.
    pub fn kind(&self) -> Kind {
        match self.0.code.split('.').next() {
            Some("shape") => Kind::Shape,
            Some("data") => Kind::Data,
            Some("experiment") => Kind::Experiment,
            Some("seal") => Kind::Seal,
            Some("file") => Kind::File,
            Some("usage") => Kind::Usage,
            Some("bug") => Kind::Bug,
            _ => Kind::Train,
        }
    }

    /// Where it is.
    pub fn location(&self) -> &Location {
        &self.0.location
    }

    /// The value given for a hole of the sentences.
    pub fn argument(&self, name: &str) -> Option<&str> {
        let (_, words) = self.0.arguments.iter().find(|(known, _)| *known == name)?;
        Some(&words.english)
    }

    /// What was expected, where the fault says so.
    pub fn expected(&self) -> Option<&str> {
        self.argument("expected")
    }

    /// What was found, where the fault says so.
    pub fn found(&self) -> Option<&str> {
        self.argument("found")
    }

    /// Further faults found in the same go.
    pub fn others(&self) -> &[Fault] {
        &self.0.others
    }

    /// The message in a language; English where no translation is declared.
    pub fn text(&self, language: Language) -> String {
        if let Some(message) = &self.0.message {
            return message.clone();
        }
        let Some(entry) = code::find(self.0.code) else { return self.0.code.to_string() };
        let template = match language {
            Language::Korean if !entry.korean.is_empty() => entry.korean,
            _ => entry.english,
        };
        fill(template, &self.arguments(language))
    }

    /// What to do, in a language.
    pub fn help_text(&self, language: Language) -> Option<String> {
        if let Some(help) = &self.0.help {
            return Some(help.of(language).to_string());
        }
        let entry = code::find(self.0.code)?;
        let template = match language {
            Language::Korean if !entry.help_korean.is_empty() => entry.help_korean,
            _ => entry.help,
        };
        (!template.is_empty()).then(|| fill(template, &self.arguments(language)))
    }

    /// The holes with their words in a language.
    fn arguments(&self, language: Language) -> Vec<(&'static str, String)> {
        let words = |(name, words): &(&'static str, Words)| (*name, words.of(language).to_string());
        self.0.arguments.iter().map(words).collect()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::English))
    }
}

impl std::error::Error for Fault {}
