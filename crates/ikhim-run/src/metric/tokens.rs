//! Metrics of a text: how well each next token was foreseen.

use super::Metric;

/// What each row of a text came to. Sums are kept instead of probabilities: a text
/// has too many tokens to hold those of all classes for each.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct TokenScores {
    /// Sum of −ln p(token) over the steps of each row.
    pub losses: Vec<f64>,
    /// Steps of each row.
    pub counts: Vec<f64>,
    /// Steps of each row whose most probable token is the right one.
    pub right: Vec<f64>,
    /// Characters that the tokens of each row stand for.
    pub characters: Vec<f64>,
}

impl TokenScores {
    /// Room for so many rows.
    pub fn of_rows(rows: usize) -> TokenScores {
        let zeros = vec![0.0; rows];
        TokenScores {
            losses: zeros.clone(),
            counts: zeros.clone(),
            right: zeros.clone(),
            characters: zeros,
        }
    }

    /// Scores a row: the probabilities of all tokens, step by step, the true
    /// tokens, and how many characters each token stands for.
    pub fn set(&mut self, row: usize, probabilities: &[f64], tokens: &[i32], characters: &[f64]) {
        let (mut loss, mut right, mut length) = (0.0, 0.0, 0.0);
        for (of_step, token) in probabilities.chunks(characters.len().max(1)).zip(tokens) {
            let token = *token as usize;
            // A probability that f32 cannot hold is not impossible.
            loss -= libm::log(of_step[token].max(f64::from(f32::MIN_POSITIVE)));
            right += f64::from(u8::from(super::most_probable(of_step) == token));
            length += characters[token];
        }
        self.losses[row] = loss;
        self.counts[row] = tokens.len() as f64;
        self.right[row] = right;
        self.characters[row] = length;
    }

    /// The rows of the given indices.
    pub(super) fn select(&self, rows: &[usize]) -> TokenScores {
        let take = |values: &[f64]| rows.iter().map(|row| values[*row]).collect();
        TokenScores {
            losses: take(&self.losses),
            counts: take(&self.counts),
            right: take(&self.right),
            characters: take(&self.characters),
        }
    }
}

pub(super) fn value(metric: &Metric, scores: &TokenScores) -> f64 {
    let sum = |values: &[f64]| values.iter().sum::<f64>();
    let loss = sum(&scores.losses) / sum(&scores.counts);
    match metric {
        Metric::Accuracy => sum(&scores.right) / sum(&scores.counts),
        Metric::LogLoss => loss,
        Metric::Perplexity => libm::exp(loss),
        Metric::BitsPerCharacter => {
            sum(&scores.losses) / std::f64::consts::LN_2 / sum(&scores.characters)
        }
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::*;

    #[test]
    fn values_of_closed_form() {
        // Two rows of two steps over three tokens; the third stands for two
        // characters.
        let probabilities =
            [[0.5, 0.25, 0.25], [0.25, 0.25, 0.5], [0.25, 0.5, 0.25], [0.125, 0.75, 0.125]];
        let mut scores = TokenScores::of_rows(2);
        for (row, probabilities) in probabilities.chunks(2).enumerate() {
            scores.set(row, &probabilities.concat(), &[0, 2], &[1.0, 1.0, 2.0]);
        }
        let outcome = Outcome::Tokens(scores);
        let bits = 1.0 + 1.0 + 2.0 + 3.0;
        let of = |name: &str| Metric::named(name).unwrap().value(&outcome);
        assert_eq!(outcome.rows(), 2);
        assert!((of("accuracy") - 0.5).abs() < 1e-12);
        assert!((of("perplexity") - 2f64.powf(bits / 4.0)).abs() < 1e-12);
        assert!((of("bits_per_character") - bits / 6.0).abs() < 1e-12);
        assert!((of("log_loss") - bits / 4.0 * std::f64::consts::LN_2).abs() < 1e-12);
        assert!(of("rmse").is_nan());
        let first = outcome.select(&[0, 0]);
        assert!((Metric::Perplexity.value(&first) - 2.0).abs() < 1e-12);
    }
}
