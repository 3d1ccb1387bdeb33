//! An encoder and a decoder: a sequence is read to its end, kept as one state,
//! and written anew in another alphabet.

use ikhim_graph::{Array, Feed, Precision, State};
use ikhim_nn::{
    Adam, CrossEntropy, Dense, Layer, Lstm, Network, Objective, OneHot, RepeatVector, Spec, Target,
    prediction, training,
};
use ikhim_numeric::{Stream, stream_id};
use ikhim_run::Program;
use ikhim_text::Result;
use serde::Deserialize;

/// Digits in, letters out: each of the ten digits has its letter, and the letters
/// come in the order of the digits. The whole row has to pass through the state
/// of the encoder.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Translation {
    rows: usize,
    fresh: usize,
    length: usize,
    units: usize,
    steps: u64,
    rate: f64,
    /// `train` or `fresh`: the rows that are looked at; or their `gap`.
    of: String,
    /// Whether a row counts only if all its letters are right.
    #[serde(default)]
    whole: bool,
    /// Whether the letters are those of other digits, drawn by chance.
    #[serde(default)]
    unrelated: bool,
}

const DIGITS: usize = 10;
const BATCH: usize = 100;

struct Pairs {
    digits: Vec<i32>,
    letters: Vec<i32>,
}

impl Translation {
    fn pairs(&self, part: &str, rows: usize, seed: u64) -> Pairs {
        let draw = |purpose: &str| -> Vec<i32> {
            let stream = Stream::new(seed, stream_id(part, purpose));
            let cells = 0..(rows * self.length) as u64;
            cells.map(|at| (f64::from(stream.uniform(0, at)) * DIGITS as f64) as i32).collect()
        };
        let digits = draw("digits");
        let read = if self.unrelated { draw("others") } else { digits.clone() };
        // 0 is a, 1 is d, 2 is g, … : times 3, around the ten letters.
        Pairs { digits, letters: read.iter().map(|digit| digit * 3 % DIGITS as i32).collect() }
    }

    fn network(&self) -> Network {
        [
            Layer::from(OneHot::new().depth(DIGITS)),
            Lstm::new(self.units).return_sequences(false).into(),
            RepeatVector::new(self.length).into(),
            Lstm::new(self.units).into(),
            Dense::new(DIGITS).into(),
        ]
        .into_iter()
        .collect()
    }

    pub(crate) fn take(&self, seed: u64) -> Result<f64> {
        let train = self.pairs("train", self.rows, seed);
        let fresh = self.pairs("fresh", self.fresh, seed);
        let network = self.network();
        let target = Target::sequence(self.length, DIGITS);
        let input = ikhim_nn::ModelInput::integers("features", [self.length], Some(DIGITS));
        let spec = Spec::with_inputs([input], target);
        let loss = CrossEntropy::new();
        let objective = Objective::new(loss.clone(), Adam::new(self.rate));
        let definition = std::sync::Arc::new(training(&network, &spec, &objective)?);
        let mut state = State::initial(&definition, seed);
        let step = Program::updating(definition, &["loss"], Precision::F32)?;
        let rate = Array::f64(&[], vec![self.rate]);
        let batches = (self.rows / BATCH).max(1);
        let slice = |values: &[i32], batch: usize| -> Array {
            let width = BATCH.min(self.rows) * self.length;
            let cells = values[batch * width..(batch + 1) * width].to_vec();
            Array::i32(&[BATCH.min(self.rows), self.length], cells)
        };
        for count in 0..self.steps {
            let batch = count as usize % batches;
            let (digits, letters) = (slice(&train.digits, batch), slice(&train.letters, batch));
            let feed = Feed::rows(BATCH.min(self.rows))
                .input("features", &digits)
                .input("target", &letters)
                .input("learning_rate", &rate);
            step.run(&mut state, &feed)?;
        }
        let definition = std::sync::Arc::new(prediction(&network, &spec, &loss.into())?);
        let answer = Program::reading(definition, &["prediction"], Precision::F32)?;
        let right = |pairs: &Pairs| self.right(&answer, &state, pairs);
        Ok(match self.of.as_str() {
            "train" => right(&train)?,
            "fresh" => right(&fresh)?,
            _ => right(&train)? - right(&fresh)?,
        })
    }

    /// The share of letters, or of whole rows, that are right.
    fn right(&self, answer: &Program, state: &State, pairs: &Pairs) -> Result<f64> {
        let rows = pairs.digits.len() / self.length;
        let digits = Array::i32(&[rows, self.length], pairs.digits.clone());
        let found = answer.read(state, &Feed::rows(rows).input("features", &digits))?;
        let scores = found.first().map(Array::to_f64).unwrap_or_default();
        let most = |scores: &[f64]| -> i32 {
            let best = (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b]));
            best.map_or(-1, |place| place as i32)
        };
        let said: Vec<i32> = scores.chunks(DIGITS).map(most).collect();
        let hits = |said: &[i32], truth: &[i32]| {
            said.iter().zip(truth).filter(|(said, truth)| said == truth).count()
        };
        if !self.whole {
            return Ok(hits(&said, &pairs.letters) as f64 / pairs.letters.len() as f64);
        }
        let both = said.chunks(self.length).zip(pairs.letters.chunks(self.length));
        let whole = both.filter(|(said, truth)| hits(said, truth) == self.length).count();
        Ok(whole as f64 / rows as f64)
    }
}
