//! What a table of tokens knows of a text: a scale for how much a network has
//! learned of it.

use ikhim_data::{EncodedTarget, EncodedValues};
use ikhim_train::TrainingData;
use std::collections::HashMap;

/// Two ways to guess the next token of the train rows, by their losses in nats.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TextFacts {
    /// By how often each token stands in the text: the entropy of the tokens.
    pub(crate) alone: f64,
    /// By the token before, every count one higher (Laplace).
    pub(crate) after: f64,
}

impl TextFacts {
    /// Counts the tokens of the train rows; `None` of anything but a text.
    pub(crate) fn of(data: &TrainingData) -> Option<TextFacts> {
        let train = data.train().encoded();
        let EncodedTarget::Sequence { steps, values: next } = &train.target else { return None };
        let before = train.inputs.iter().find_map(|input| match &input.values {
            EncodedValues::I32(values) if values.len() == next.len() => Some(values),
            _ => None,
        })?;
        let kinds = data.preprocessing().classes().len();
        if next.is_empty() || *steps == 0 || kinds == 0 {
            return None;
        }
        let mut single: HashMap<i32, f64> = HashMap::new();
        let mut first: HashMap<i32, f64> = HashMap::new();
        let mut pairs: HashMap<(i32, i32), f64> = HashMap::new();
        for (before, next) in before.iter().zip(next) {
            *single.entry(*next).or_default() += 1.0;
            *first.entry(*before).or_default() += 1.0;
            *pairs.entry((*before, *next)).or_default() += 1.0;
        }
        let all = next.len() as f64;
        let alone = single.values().map(|count| -count * (count / all).ln()).sum::<f64>() / all;
        let of_pair = |((before, _), count): (&(i32, i32), &f64)| {
            -count * ((count + 1.0) / (first[before] + kinds as f64)).ln()
        };
        let mut losses: Vec<f64> = pairs.iter().map(of_pair).collect();
        // In a fixed order, so that the sum is the same each time.
        losses.sort_by(f64::total_cmp);
        Some(TextFacts { alone, after: losses.iter().sum::<f64>() / all })
    }

    /// Half of what a table of pairs knows more than the frequencies is a half:
    /// a network that is worth its steps beats the table.
    pub(crate) fn gain(&self, loss: f64) -> f64 {
        // Rare tokens may make a table of pairs no better than frequencies.
        let known = (self.alone - self.after).max(0.1 * self.alone);
        (0.5 * (self.alone - loss) / known).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::prepared;

    #[test]
    fn a_table_of_pairs_knows_what_follows_in_turn() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("turn.txt"), "ab".repeat(400)).unwrap();
        let path = folder.path().join("turn.txt");
        let text = format!(
            "[data]\npath = '{}'\ntask = 'next_token'\nwindow = {{ length = 8 }}\n\
             [model]\nlayers = [{{ type = 'embedding', output_dim = 4 }}, {{ type = 'dense', units = 'auto' }}]\n",
            path.display()
        );
        let facts = TextFacts::of(&prepared(&text).data).unwrap();
        assert!((facts.alone - 2_f64.ln()).abs() < 0.01, "{facts:?}");
        assert!(facts.after < 0.05, "{facts:?}");
        assert!(
            facts.gain(facts.alone).abs() < 1e-12 && (facts.gain(facts.after) - 0.5).abs() < 1e-12
        );
        assert_eq!(facts.gain(-10.0), 1.0);
    }
}
