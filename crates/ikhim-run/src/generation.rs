//! A text that a model writes: token by token from a prefix, each drawn from the
//! probabilities that the model gives.

use crate::Model;
use ikhim_data::{Tokenizer, Vocabulary};
use ikhim_graph::{Array, Feed};
use ikhim_nn::{CARRIED, FEATURES};
use ikhim_numeric::random::{Stream, stream_id};
use ikhim_text::{Fault, Result};
use std::collections::BTreeMap;

/// How the next token is drawn.
///
/// ```
/// use ikhim_run::Sampling;
/// let usual = Sampling::new().temperature(0.8).top_p(0.95).seed(7);
/// assert_eq!(Sampling::greedy().choose(&[0.2, 0.5, 0.3], 0), 1);
/// # let _ = usual;
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Sampling {
    temperature: f64,
    top_k: Option<usize>,
    top_p: Option<f64>,
    seed: u64,
}

impl Default for Sampling {
    fn default() -> Sampling {
        Sampling { temperature: 1.0, top_k: None, top_p: None, seed: 0 }
    }
}

impl Sampling {
    /// By the probabilities as they are.
    pub fn new() -> Sampling {
        Sampling::default()
    }

    /// Always the most probable token.
    pub fn greedy() -> Sampling {
        Sampling::new().temperature(0.0)
    }

    /// Probabilities to the power of 1 / temperature: below 1 the probable ones
    /// gain, 0 takes the most probable one.
    pub fn temperature(mut self, temperature: f64) -> Sampling {
        self.temperature = temperature;
        self
    }

    /// Among so many of the most probable tokens only.
    pub fn top_k(mut self, top_k: impl Into<Option<usize>>) -> Sampling {
        self.top_k = top_k.into();
        self
    }

    /// Among the fewest most probable tokens only whose probabilities come to this
    /// (Holtzman et al. 2020).
    pub fn top_p(mut self, top_p: impl Into<Option<f64>>) -> Sampling {
        self.top_p = top_p.into();
        self
    }

    /// What drives the draws.
    pub fn seed(mut self, seed: u64) -> Sampling {
        self.seed = seed;
        self
    }

    /// The token drawn at a place by probabilities, which need not have the sum 1.
    pub fn choose(&self, probabilities: &[f64], place: u64) -> usize {
        let mut order: Vec<usize> = (0..probabilities.len()).collect();
        order.sort_by(|a, b| probabilities[*b].total_cmp(&probabilities[*a]).then(a.cmp(b)));
        if self.temperature <= 0.0 || order.is_empty() {
            return order.first().copied().unwrap_or(0);
        }
        let largest = probabilities[order[0]].max(f64::MIN_POSITIVE);
        let weight =
            |token: usize| libm::pow(probabilities[token] / largest, 1.0 / self.temperature);
        order.truncate(self.top_k.unwrap_or(order.len()).max(1));
        if let Some(share) = self.top_p {
            let whole: f64 = order.iter().map(|token| weight(*token)).sum();
            let mut sum = 0.0;
            let kept = order.iter().position(|token| {
                sum += weight(*token);
                sum >= share * whole
            });
            order.truncate(kept.map_or(order.len(), |last| last + 1));
        }
        let whole: f64 = order.iter().map(|token| weight(*token)).sum();
        let stream = Stream::new(self.seed, stream_id("generation", "token"));
        let mut left = f64::from(stream.uniform(0, place)) * whole;
        for token in &order {
            left -= weight(*token);
            if left < 0.0 {
                return *token;
            }
        }
        *order.last().unwrap_or(&0)
    }
}

impl Model {
    /// Goes on with a prefix for so many tokens and gives what was written;
    /// `each` gets every piece of it as soon as it is sure.
    ///
    /// # Errors
    /// The model is none of a text, the prefix is empty or has a token that the
    /// vocabulary has not.
    pub fn generate(
        &self,
        prefix: &str,
        length: usize,
        sampling: &Sampling,
        mut each: impl FnMut(&str),
    ) -> Result<String> {
        let vocabulary =
            self.preprocessing().vocabulary().ok_or_else(|| Fault::of("usage.not_a_text"))?;
        let mut tokens = vocabulary.encode_text(prefix)?;
        if tokens.is_empty() {
            return Err(Fault::of("usage.empty_prefix"));
        }
        let mut reader = Reader::new(self, vocabulary);
        let mut writer = Writer::new(vocabulary);
        for place in 0..length {
            let mut probabilities = reader.next(&tokens)?;
            for (token, probability) in probabilities.iter_mut().enumerate() {
                // What stands for unknown tokens has no text.
                if vocabulary.is_unknown(token) || !probability.is_finite() {
                    *probability = 0.0;
                }
            }
            let token = sampling.choose(&probabilities, place as u64);
            tokens.push(token);
            writer.write(token, &mut each);
        }
        Ok(writer.finish(&mut each))
    }
}

/// Turns tokens into text as they come: only the few whose text may still change
/// are looked at again, so that a text of any length costs the same for each token.
struct Writer<'a> {
    vocabulary: &'a Vocabulary,
    /// What no further token can change, but for `open`.
    written: String,
    /// The tokens whose text is not whole in `written`.
    open: Vec<usize>,
    /// How many bytes of their text are.
    shown: usize,
}

impl<'a> Writer<'a> {
    fn new(vocabulary: &'a Vocabulary) -> Writer<'a> {
        Writer { vocabulary, written: String::new(), open: Vec::new(), shown: 0 }
    }

    fn write(&mut self, token: usize, each: &mut impl FnMut(&str)) {
        self.open.push(token);
        let text = self.vocabulary.decode(&self.open);
        let sure = sure(self.vocabulary.tokenizer(), &text);
        self.show(&text, sure, each);
        // The fewest tokens that still say what is open; what stands before them
        // says what is sure, and is done with.
        let says = |from: usize| {
            self.vocabulary.decode(&self.open[from..]) == text[sure..]
                && self.vocabulary.decode(&self.open[..from]) == text[..sure]
        };
        if sure > 0
            && let Some(from) = (1..=self.open.len()).rev().find(|from| says(*from))
        {
            self.open.drain(..from);
            self.shown = 0;
        }
    }

    fn show(&mut self, text: &str, end: usize, each: &mut impl FnMut(&str)) {
        if end > self.shown {
            each(&text[self.shown..end]);
            self.written.push_str(&text[self.shown..end]);
            self.shown = end;
        }
    }

    fn finish(mut self, each: &mut impl FnMut(&str)) -> String {
        let text = self.vocabulary.decode(&self.open);
        self.show(&text, text.len(), each);
        self.written
    }
}

/// How many bytes of a text no further token can change.
fn sure(tokenizer: Tokenizer, text: &str) -> usize {
    match tokenizer {
        Tokenizer::Byte => text.trim_end_matches('\u{fffd}').len(),
        // A letter may still join the last syllable.
        Tokenizer::Jamo => text.char_indices().next_back().map_or(0, |(place, _)| place),
        _ => text.len(),
    }
}

/// Gives the probabilities of the token behind a text: by single steps with the
/// state kept, where the network allows it, else over the last window.
struct Reader<'a> {
    model: &'a Model,
    length: usize,
    classes: usize,
    /// The state after so many tokens.
    carried: BTreeMap<String, Array>,
    read: usize,
    last: Vec<f64>,
}

impl<'a> Reader<'a> {
    fn new(model: &'a Model, vocabulary: &Vocabulary) -> Reader<'a> {
        Reader {
            model,
            length: vocabulary.length(),
            classes: vocabulary.tokens().len(),
            carried: BTreeMap::new(),
            read: 0,
            last: Vec::new(),
        }
    }

    fn next(&mut self, tokens: &[usize]) -> Result<Vec<f64>> {
        if self.model.stepping().is_none() {
            return self.of_window(tokens);
        }
        for token in &tokens[self.read..] {
            self.last = self.model.step(*token, &mut self.carried)?;
        }
        self.read = tokens.len();
        Ok(self.last.clone())
    }

    /// Over the last window, with padding behind it that a causal network does
    /// not see.
    fn of_window(&self, tokens: &[usize]) -> Result<Vec<f64>> {
        let window = &tokens[tokens.len().saturating_sub(self.length)..];
        let mut padded: Vec<i32> = window.iter().map(|token| *token as i32).collect();
        padded.resize(self.length, 0);
        let all = self.model.windows(&padded, 1)?;
        let last = (window.len() - 1) * self.classes;
        Ok(all[last..last + self.classes].to_vec())
    }
}

impl Model {
    /// The probabilities of all steps of whole windows, from a state of zeros.
    fn windows(&self, tokens: &[i32], rows: usize) -> Result<Vec<f64>> {
        let x = Array::i32(&[rows, tokens.len() / rows.max(1)], tokens.to_vec());
        let definition = self.definition();
        let zeros = zeros(definition, rows);
        let feed = Feed::rows(rows).input(FEATURES, &x);
        let feed = zeros.iter().fold(feed, |feed, (name, value)| feed.input(name, value));
        let values = self.program().read(self.state(), &feed)?;
        Ok(values.first().map(Array::to_f64).unwrap_or_default())
    }

    /// The probabilities behind one token, and the state after it.
    fn step(&self, token: usize, carried: &mut BTreeMap<String, Array>) -> Result<Vec<f64>> {
        let Some(program) = self.stepping() else { return Ok(Vec::new()) };
        let x = Array::i32(&[1, 1], vec![token as i32]);
        if carried.is_empty() {
            carried.extend(zeros(program.definition(), 1));
        }
        let feed = Feed::rows(1).input(FEATURES, &x);
        let feed = carried.iter().fold(feed, |feed, (name, value)| feed.input(name, value));
        let mut values = program.read(self.state(), &feed)?.into_iter();
        let probabilities = values.next().map(|value| value.to_f64()).unwrap_or_default();
        // Fetched in the order of the names.
        carried.values_mut().zip(values).for_each(|(kept, value)| *kept = value);
        Ok(probabilities)
    }

    /// Whether single steps give the bits of a whole window: then no layer looks
    /// at anything but the state before, and a text can go on step by step.
    pub(crate) fn steps_are_exact(&self) -> bool {
        let Some(vocabulary) = self.preprocessing().vocabulary() else { return false };
        let (length, classes) = (vocabulary.length(), vocabulary.tokens().len());
        let stream = Stream::new(0, stream_id("generation", "check"));
        let tokens: Vec<i32> =
            (0..length as u64).map(|at| stream.below(classes as u64, 0, at) as i32).collect();
        let Ok(whole) = self.windows(&tokens, 1) else { return false };
        let mut carried = BTreeMap::new();
        let of_steps: Result<Vec<Vec<f64>>> =
            tokens.iter().map(|token| self.step(*token as usize, &mut carried)).collect();
        of_steps.is_ok_and(|of_steps| of_steps.concat() == whole)
    }
}

/// Zeros for every state that a graph goes on from.
pub fn zeros(definition: &ikhim_graph::Definition, rows: usize) -> BTreeMap<String, Array> {
    let carried = definition.inputs().iter().filter(|input| input.name.starts_with(CARRIED));
    carried
        .map(|input| {
            let sizes = input.shape.sizes(rows);
            let count = sizes.iter().product();
            (input.name.clone(), Array::f32(&sizes, vec![0.0; count]))
        })
        .collect()
}

/// The states that a graph goes on from over so many rows: those that another run
/// left in the state, zeros where it left none for as many rows.
pub fn held(
    definition: &ikhim_graph::Definition,
    state: &ikhim_graph::State,
    rows: usize,
) -> BTreeMap<String, Array> {
    let mut held = zeros(definition, rows);
    for (name, zeros) in &mut held {
        if let Some(kept) = state.get(name).filter(|kept| kept.shape() == zeros.shape()) {
            *zeros = kept.clone();
        }
    }
    held
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROBABILITIES: [f64; 4] = [0.1, 0.4, 0.3, 0.2];

    /// The share of each token in many draws.
    fn shares(sampling: Sampling) -> Vec<f64> {
        let draws = 20_000;
        let mut counts = [0.0; 4];
        (0..draws).for_each(|place| counts[sampling.choose(&PROBABILITIES, place)] += 1.0);
        counts.iter().map(|count| count / draws as f64).collect()
    }

    fn assert_shares(sampling: Sampling, expected: [f64; 4]) {
        let found = shares(sampling);
        for (found, expected) in found.iter().zip(expected) {
            // Five deviations of a share of 20,000 draws.
            let bound = 5.0 * (expected * (1.0 - expected) / 20_000.0).sqrt();
            assert!((found - expected).abs() <= bound, "{found} {expected}");
        }
    }

    #[test]
    fn draws_have_the_shares_of_closed_form() {
        assert_shares(Sampling::new(), PROBABILITIES);
        assert_shares(Sampling::greedy(), [0.0, 1.0, 0.0, 0.0]);
        assert_shares(Sampling::new().top_k(2), [0.0, 4.0 / 7.0, 3.0 / 7.0, 0.0]);
        assert_shares(Sampling::new().top_k(1), [0.0, 1.0, 0.0, 0.0]);
        // 0.4 and 0.3 come to 0.7, which 0.65 needs and 0.4 does not.
        assert_shares(Sampling::new().top_p(0.65), [0.0, 4.0 / 7.0, 3.0 / 7.0, 0.0]);
        assert_shares(Sampling::new().top_p(0.4), [0.0, 1.0, 0.0, 0.0]);
        // Squares of 1, 4, 3, 2 over their sum 30.
        let squared = [1.0 / 30.0, 16.0 / 30.0, 9.0 / 30.0, 4.0 / 30.0];
        assert_shares(Sampling::new().temperature(0.5), squared);
    }

    #[test]
    fn a_seed_gives_the_same_draws() {
        let draws = |seed: u64| -> Vec<usize> {
            let sampling = Sampling::new().seed(seed);
            (0..50).map(|place| sampling.choose(&PROBABILITIES, place)).collect()
        };
        assert_eq!(draws(3), draws(3));
        assert_ne!(draws(3), draws(4));
    }

    /// Token by token the same text comes out as of all of them together, and few
    /// tokens are kept open.
    #[test]
    fn tokens_are_written_as_they_come() {
        let texts = [
            "가나다 똑같은 값을 ㄱㅏ 쓴다",
            "naïve 한글 🙂!",
            "\u{1100}\u{1161}각가",
            "plain text\n",
        ];
        for tokenizer in [Tokenizer::Char, Tokenizer::Byte, Tokenizer::Word, Tokenizer::Jamo] {
            for text in texts {
                let length = 2;
                let data = ikhim_data::Dataset::text_of(format!("{text} ").repeat(4));
                let data = data.tokenizer(tokenizer).window(length, 1).load().unwrap();
                let parts = data.split(ikhim_data::Split::none()).unwrap();
                let preprocessing = ikhim_data::Preprocessing::fit(&parts.train).unwrap();
                let vocabulary = preprocessing.vocabulary().unwrap();
                let tokens = vocabulary.encode_text(&format!("{text} {text}")).unwrap();
                for cut in 0..=tokens.len() {
                    let (mut writer, mut pieces) = (Writer::new(vocabulary), String::new());
                    for token in &tokens[..cut] {
                        writer.write(*token, &mut |piece: &str| pieces.push_str(piece));
                        assert!(writer.open.len() <= 4, "{text}: {:?}", writer.open);
                    }
                    let written = writer.finish(&mut |piece: &str| pieces.push_str(piece));
                    assert_eq!(written, vocabulary.decode(&tokens[..cut]), "{tokenizer} {text}");
                    assert_eq!(pieces, written);
                }
            }
        }
    }

    #[test]
    fn what_may_still_change_is_not_shown() {
        assert_eq!(sure(Tokenizer::Char, "가나"), 6);
        assert_eq!(sure(Tokenizer::Jamo, "가나"), 3);
        assert_eq!(sure(Tokenizer::Byte, "a\u{fffd}\u{fffd}"), 1);
    }
}
