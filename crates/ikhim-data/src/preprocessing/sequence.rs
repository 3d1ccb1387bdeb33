//! A column of text as sequences of tokens, each padded to one length.

use super::fault;
use crate::text::Tokenizer;
use crate::{HandleUnknown, Missing, Policy, SequenceColumn, Values};
use ikhim_text::{Fault, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What stands behind the end of a sequence.
const PADDING: i32 = 0;

/// The tokens of the train rows and how a text becomes indices of them: 0 is
/// padding, then come the tokens in sorted order, then the one that stands for all
/// others, where there is one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SequenceStep {
    tokenizer: Tokenizer,
    length: usize,
    tokens: Vec<String>,
    unknown: bool,
    /// The text in the place of a missing one; without it a missing one is a fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fill: Option<String>,
}

impl SequenceStep {
    pub(super) fn fit(values: &Values, said: &SequenceColumn, policy: &Policy) -> SequenceStep {
        let fill = match &policy.missing {
            Missing::Constant(text) => Some(text.clone()),
            _ => None,
        };
        let (mut tokens, mut longest) = (BTreeSet::new(), 0);
        if let Values::Text(cells) = values {
            for text in cells.iter().filter_map(|cell| cell.as_ref().or(fill.as_ref())) {
                let mut length = 0;
                said.tokenizer.cut(text, |_, token| {
                    length += 1;
                    if !tokens.contains(token) {
                        tokens.insert(token.to_string());
                    }
                });
                longest = longest.max(length);
            }
        }
        SequenceStep {
            tokenizer: said.tokenizer,
            length: said.length.unwrap_or(longest).max(1),
            tokens: tokens.into_iter().collect(),
            unknown: said.unknown == HandleUnknown::Ignore,
            fill,
        }
    }

    /// Tokens of a row, padding counted.
    pub fn length(&self) -> usize {
        self.length
    }

    /// How many indices there are, that of padding counted.
    pub fn indices(&self) -> usize {
        1 + self.tokens.len() + usize::from(self.unknown)
    }

    /// The tokens of the train rows, sorted.
    pub fn tokens(&self) -> &[String] {
        &self.tokens
    }

    /// Indices and lengths of all rows. What is longer than a row is cut off.
    pub(super) fn encode(
        &self,
        name: &str,
        values: &Values,
        ids: &[u64],
    ) -> Result<(Vec<i32>, Vec<i32>)> {
        let Values::Text(cells) = values else {
            return Err(fault::misfit(name, "type", "number", "sequence"));
        };
        let mut indices = Vec::with_capacity(cells.len() * self.length);
        let mut lengths = Vec::with_capacity(cells.len());
        for (cell, &id) in cells.iter().zip(ids) {
            let text = cell.as_ref().or(self.fill.as_ref());
            let text = text.ok_or_else(|| fault::value_needed(name, id))?;
            let start = indices.len();
            let mut outside = None;
            self.tokenizer.cut(text, |_, token| {
                if indices.len() == start + self.length {
                    return;
                }
                let known = self.tokens.binary_search_by(|known| known.as_str().cmp(token));
                match known {
                    Ok(place) => indices.push(1 + place as i32),
                    Err(_) => {
                        indices.push(1 + self.tokens.len() as i32);
                        outside.get_or_insert_with(|| self.tokenizer.shown(token));
                    }
                }
            });
            if let Some(token) = outside.filter(|_| !self.unknown) {
                return Err(Fault::of("data.sequence_token")
                    .with("column", name)
                    .with("row", id + 1)
                    .with("token", token));
            }
            lengths.push((indices.len() - start) as i32);
            indices.resize(start + self.length, PADDING);
        }
        Ok((indices, lengths))
    }

    /// How many of some texts are longer than a row.
    pub(super) fn cut_off(&self, values: &Values) -> usize {
        let Values::Text(cells) = values else { return 0 };
        let is_longer = |text: &&String| {
            let mut length = 0;
            self.tokenizer.cut(text, |_, _| length += 1);
            length > self.length
        };
        cells.iter().flatten().filter(is_longer).count()
    }
}
