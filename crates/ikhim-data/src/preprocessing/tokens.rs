//! Windows of tokens as indices into a vocabulary of the train rows.

use crate::text::{TokenWindows, Tokenizer};
use crate::{HandleUnknown, Policy};
use ikhim_text::{Fault, Result};
use serde::{Deserialize, Serialize};

/// What stands for every token that the train rows do not have.
pub(super) const UNKNOWN: &str = "<unknown>";

/// A vocabulary and how a text becomes indices into it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Vocabulary {
    tokenizer: Tokenizer,
    length: usize,
    /// The tokens of the train rows, sorted; the unknown token at the end where
    /// there is one.
    tokens: Vec<String>,
    unknown: bool,
}

impl Vocabulary {
    /// The tokens that train rows and what follows them have.
    pub(super) fn fit(
        inputs: &TokenWindows,
        targets: Option<&TokenWindows>,
        policy: &Policy,
    ) -> Vocabulary {
        let text = &inputs.text;
        let mut used = vec![false; text.symbols().len()];
        for windows in [Some(inputs), targets].into_iter().flatten() {
            for start in &windows.starts {
                (*start..start + windows.length).for_each(|place| used[text.symbol(place)] = true);
            }
        }
        let known = text.symbols().iter().zip(used).filter(|(_, used)| *used);
        let mut tokens: Vec<String> = known.map(|(symbol, _)| symbol.clone()).collect();
        let unknown = policy.handle_unknown == HandleUnknown::Ignore;
        tokens.extend(unknown.then(|| UNKNOWN.to_string()));
        Vocabulary { tokenizer: text.tokenizer(), length: inputs.length, tokens, unknown }
    }

    /// What a text is cut into.
    pub fn tokenizer(&self) -> Tokenizer {
        self.tokenizer
    }

    /// Tokens of a window.
    pub fn length(&self) -> usize {
        self.length
    }

    /// The tokens by their index.
    pub fn tokens(&self) -> &[String] {
        &self.tokens
    }

    /// The index of a token that is known.
    fn known(&self, token: &str) -> Option<usize> {
        let tokens = &self.tokens[..self.tokens.len() - usize::from(self.unknown)];
        tokens.binary_search_by(|known| known.as_str().cmp(token)).ok()
    }

    fn index(&self, token: &str) -> Option<usize> {
        self.known(token).or(self.unknown.then(|| self.tokens.len() - 1))
    }

    /// The windows of all rows as indices.
    pub(super) fn encode(&self, windows: &TokenWindows) -> Result<Vec<i32>> {
        let text = &windows.text;
        let of_symbol: Vec<Option<usize>> =
            text.symbols().iter().map(|symbol| self.index(symbol)).collect();
        let mut indices = Vec::with_capacity(windows.len() * windows.length);
        for start in &windows.starts {
            for place in *start..start + windows.length {
                match of_symbol[text.symbol(place)] {
                    Some(index) => indices.push(index as i32),
                    None => return Err(text.outside(place)),
                }
            }
        }
        Ok(indices)
    }

    /// A text at hand as indices.
    ///
    /// # Errors
    /// A token that the train rows do not have, with its place, where none stands
    /// for it.
    pub fn encode_text(&self, text: &str) -> Result<Vec<usize>> {
        let mut indices = Vec::new();
        let mut fault = None;
        self.tokenizer.cut(text, |place, token| match self.index(token) {
            Some(index) => indices.push(index),
            None if fault.is_none() => {
                let before = text[..place].chars().count();
                let found = self.tokenizer.shown(token);
                fault = Some(
                    Fault::of("data.unknown_token")
                        .with("token", found)
                        .with("place", before + 1)
                        .source_line(text.lines().next().unwrap_or_default(), 1),
                );
            }
            None => {}
        });
        fault.map_or(Ok(indices), Err)
    }

    /// The text of indices; an index that is not there is nothing.
    pub fn decode(&self, indices: &[usize]) -> String {
        self.tokenizer
            .join(indices.iter().filter_map(|index| self.tokens.get(*index)).map(String::as_str))
    }

    /// How many characters of a text each token stands for.
    pub fn characters(&self) -> Vec<f64> {
        let all = self.tokens.iter().enumerate();
        all.map(|(place, token)| match self.unknown && place + 1 == self.tokens.len() {
            true => 1.0,
            false => self.tokenizer.characters(token) as f64,
        })
        .collect()
    }

    /// Whether the index is the one that stands for all unknown tokens.
    pub fn is_unknown(&self, index: usize) -> bool {
        self.unknown && index + 1 == self.tokens.len()
    }
}
