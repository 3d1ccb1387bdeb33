//! A text as data: windows of tokens, each with the tokens that follow.

mod tokenizer;
mod windows;

pub use tokenizer::Tokenizer;
pub use windows::{TokenWindows, TokenizedText};

use crate::source::{bytes, encoding};
use crate::{
    Column, ColumnData, ColumnType, ContentHash, Dataset, FileFormat, HandleUnknown, Notice,
    Origin, Role, RowHash, RowHasher, Task, Values,
};
use ikhim_text::{Fault, Result, sentence};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The column of windows, and the column of what follows each of their tokens.
pub(crate) const INPUT: &str = "text";
pub(crate) const TARGET: &str = "next";

/// A text that is described and not yet read.
///
/// ```
/// use ikhim_data::{Dataset, Split, Task, Tokenizer};
/// let data = Dataset::text_of("hihello").tokenizer(Tokenizer::Char).window(6, 6).load()?;
/// assert_eq!((data.len(), data.task()), (1, Task::NextToken)); // hihell → ihello
/// # Ok::<(), ikhim_text::Fault>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is read before `load`"]
pub struct TextBuilder {
    source: Source,
    tokenizer: Tokenizer,
    length: usize,
    stride: usize,
    unknown: HandleUnknown,
    name: Option<String>,
}

#[derive(Debug, Clone)]
enum Source {
    Path(PathBuf),
    Inline(String),
}

impl Dataset {
    /// A text file, plain or packed by gzip, for learning which token follows.
    pub fn text(path: impl AsRef<Path>) -> TextBuilder {
        TextBuilder::of(Source::Path(path.as_ref().to_path_buf()))
    }

    /// A text at hand, for learning which token follows.
    pub fn text_of(text: impl Into<String>) -> TextBuilder {
        TextBuilder::of(Source::Inline(text.into()))
    }
}

/// What must be said of the tokens behind the last window.
fn rest(text: &TokenizedText, end: usize) -> Option<Notice> {
    let count = text.len() - end;
    let notice = || Notice::new("data.text_rest", sentence::DATA_TEXT_REST);
    (count > 0).then(|| notice().with("count", count).with("of", text.len()))
}

impl TextBuilder {
    fn of(source: Source) -> TextBuilder {
        TextBuilder {
            source,
            tokenizer: Tokenizer::Char,
            length: 64,
            stride: 64,
            unknown: HandleUnknown::Error,
            name: None,
        }
    }

    /// What the text is cut into; characters without it.
    pub fn tokenizer(mut self, tokenizer: Tokenizer) -> TextBuilder {
        self.tokenizer = tokenizer;
        self
    }

    /// How many tokens a row has, and how many lie between the starts of two
    /// rows; 64 and 64 without it.
    pub fn window(mut self, length: usize, stride: usize) -> TextBuilder {
        (self.length, self.stride) = (length, stride);
        self
    }

    /// What happens to a token that the train part does not have: a fault, or
    /// with [`HandleUnknown::Ignore`] one token that stands for all of them.
    pub fn handle_unknown(mut self, unknown: HandleUnknown) -> TextBuilder {
        self.unknown = unknown;
        self
    }

    /// A name for the data.
    pub fn name(mut self, name: impl Into<String>) -> TextBuilder {
        self.name = Some(name.into());
        self
    }

    /// Reads the text and lays the windows.
    ///
    /// # Errors
    /// A missing or empty file, text that is not UTF-8, a text that is shorter
    /// than a window and the token behind it, a window or stride of 0.
    pub fn load(self) -> Result<Dataset> {
        for (key, value) in [("length", self.length), ("stride", self.stride)] {
            if value == 0 {
                return Err(Fault::of("data.window").with("key", key).with("found", value));
            }
        }
        let (origin, name, source) = match &self.source {
            Source::Path(path) => {
                let stem = crate::source::table::stem(path);
                (Origin::File(path.clone()), stem, encoding::decode(bytes::read(path)?, path)?.0)
            }
            Source::Inline(text) => (Origin::Inline, "text".to_string(), text.clone()),
        };
        let content_hash = ContentHash::of(source.as_bytes());
        let file = match &origin {
            Origin::File(path) => Some(path.clone()),
            _ => None,
        };
        let text = TokenizedText::new(source, self.tokenizer, file);
        let needed = self.length + 1;
        if text.len() < needed {
            let fault = Fault::of("data.text_too_short")
                .with("found", text.len())
                .with("expected", needed)
                .with("length", self.length);
            return Err(match text.path() {
                Some(path) => fault.file(path),
                None => fault,
            });
        }
        if let [only] = text.symbols() {
            let fault = Fault::of("data.one_token").with("token", self.tokenizer.shown(only));
            return Err(text.at(fault, 0));
        }
        let starts: Vec<usize> = (0..=text.len() - needed).step_by(self.stride).collect();
        let notices = rest(&text, starts.last().map_or(0, |start| start + needed));
        let text = Arc::new(text);
        let windows = |shift: usize| TokenWindows {
            text: text.clone(),
            length: self.length,
            stride: self.stride,
            starts: starts.iter().map(|start| start + shift).collect(),
        };
        let (inputs, targets) = (windows(0), windows(1));
        let hash = |length: usize| -> Vec<RowHash> {
            let of_row = |start: &usize| {
                let mut hasher = RowHasher::new();
                (0..length).for_each(|place| hasher.text(text.token(start + place)));
                hasher.finish()
            };
            starts.iter().map(of_row).collect()
        };
        let policy = Column::of(ColumnType::Text)
            .handle_unknown(self.unknown)
            .decide(ColumnType::Text, false);
        let column = |name: &str, role: Role, windows: TokenWindows| ColumnData {
            name: name.to_string(),
            kind: ColumnType::Text,
            role,
            policy: policy.clone(),
            is_given: true,
            values: Values::Tokens(windows),
        };
        Ok(Dataset {
            name: self.name.unwrap_or(name),
            origin,
            task: Task::NextToken,
            row_ids: (0..starts.len() as u64).collect(),
            row_hashes: hash(needed),
            input_hashes: hash(self.length),
            columns: vec![
                column(INPUT, Role::Input, inputs),
                column(TARGET, Role::Target, targets),
            ],
            content_hash,
            parts: None,
            notices: notices.into_iter().collect(),
            credit: None,
            format: FileFormat::default(),
            series: None,
            sequence: None,
            stream: None,
            in_source: Vec::new(),
        })
    }
}
