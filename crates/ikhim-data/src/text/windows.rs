use super::Tokenizer;
use crate::source::place;
use ikhim_text::Fault;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A text cut into tokens, each kept as the place of its symbol among all symbols
/// of the text, which are sorted.
#[derive(Clone, PartialEq)]
pub struct TokenizedText {
    tokenizer: Tokenizer,
    source: String,
    path: Option<PathBuf>,
    symbols: Vec<String>,
    tokens: Vec<u32>,
    /// The byte at which each token stands.
    places: Vec<usize>,
}

impl TokenizedText {
    pub(super) fn new(
        source: String,
        tokenizer: Tokenizer,
        path: Option<PathBuf>,
    ) -> TokenizedText {
        let mut known: BTreeMap<String, u32> = BTreeMap::new();
        let (mut tokens, mut places) = (Vec::new(), Vec::new());
        tokenizer.cut(&source, |place, token| {
            let next = known.len() as u32;
            let id = match known.get(token) {
                Some(id) => *id,
                None => *known.entry(token.to_string()).or_insert(next),
            };
            tokens.push(id);
            places.push(place);
        });
        // In order of first sight so far; the place in sorted order is the same
        // on every run and machine, whatever came first.
        let mut sorted = vec![0; known.len()];
        for (place, id) in known.values().enumerate() {
            sorted[*id as usize] = place as u32;
        }
        tokens.iter_mut().for_each(|token| *token = sorted[*token as usize]);
        TokenizedText {
            tokenizer,
            source,
            path,
            symbols: known.into_keys().collect(),
            tokens,
            places,
        }
    }

    /// What it was cut into.
    pub fn tokenizer(&self) -> Tokenizer {
        self.tokenizer
    }

    /// Number of tokens.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether there is no token.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// All symbols, sorted.
    pub fn symbols(&self) -> &[String] {
        &self.symbols
    }

    /// The file that it stands in.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The token at a place.
    pub(crate) fn token(&self, place: usize) -> &str {
        self.tokens.get(place).map_or("", |token| &self.symbols[*token as usize])
    }

    /// The place of the symbol of a token among all symbols.
    pub(crate) fn symbol(&self, place: usize) -> usize {
        self.tokens.get(place).map_or(0, |token| *token as usize)
    }

    /// The fault of a token that no train row has, at its place.
    pub(crate) fn outside(&self, place: usize) -> Fault {
        let token = self.tokenizer.shown(self.token(place));
        self.at(Fault::of("data.token_outside").with("token", token), place)
    }

    /// Adds file, line and column of a token to a fault.
    pub(crate) fn at(&self, fault: Fault, place: usize) -> Fault {
        let Some(start) = self.places.get(place).copied() else { return fault };
        let fault = match &self.path {
            Some(path) => fault.file(path),
            None => fault,
        };
        let end = start + self.source[start..].chars().next().map_or(1, char::len_utf8);
        place::mark(fault, &self.source, start, end)
    }
}

impl fmt::Debug for TokenizedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenizedText({} {} tokens)", self.tokens.len(), self.tokenizer)
    }
}

/// Windows over a text, one for each row.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenWindows {
    pub(crate) text: Arc<TokenizedText>,
    pub(crate) length: usize,
    pub(crate) stride: usize,
    /// The place of the first token of each row.
    pub(crate) starts: Vec<usize>,
}

impl TokenWindows {
    /// The whole text.
    pub fn text(&self) -> &TokenizedText {
        &self.text
    }

    /// Tokens of a row.
    pub fn length(&self) -> usize {
        self.length
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// The text of a row.
    pub fn row(&self, row: usize) -> String {
        let start = self.starts.get(row).copied().unwrap_or(self.text.len());
        let end = (start + self.length).min(self.text.len());
        self.text.tokenizer.join((start..end).map(|place| self.text.token(place)))
    }

    /// How many symbols stand in rows or behind them, where a row is learned from:
    /// what no window holds is not counted.
    pub fn symbols_in_rows(&self) -> usize {
        let mut seen = vec![false; self.text.symbols.len()];
        for start in &self.starts {
            for place in *start..(start + self.length + 1).min(self.text.len()) {
                seen[self.text.symbol(place)] = true;
            }
        }
        seen.iter().filter(|seen| **seen).count()
    }

    /// The places of all tokens of all rows.
    pub(crate) fn places(&self) -> impl Iterator<Item = usize> + '_ {
        self.starts.iter().flat_map(|start| *start..start + self.length)
    }

    /// How many rows must lie between two rows so that these have no token in
    /// common, the one behind each window counted, and so many tokens lie between
    /// them.
    pub(crate) fn rows_between(&self, tokens: usize) -> usize {
        (self.length + 1 + tokens).div_ceil(self.stride) - 1
    }

    pub(crate) fn take(&self, rows: &[usize]) -> TokenWindows {
        TokenWindows { starts: crate::values::pick(&self.starts, rows), ..self.clone() }
    }
}
