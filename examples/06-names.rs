//! Which language a name is from: a network that reads it letter by letter from both
//! ends, beside the best that anyone can do.

use ikhim::data::{Generator, Rule};
use ikhim::prelude::*;
use std::collections::BTreeMap;

/// The share of names whose language was drawn without looking at them.
const NOISE: f64 = 0.1;
const LANGUAGES: usize = 3;

fn main() -> Result<()> {
    let rule = Generator::new(Rule::Names).rows(3_000).classes(LANGUAGES).noise(NOISE).seed(1);
    // Short names train together, so that they are not computed up to the longest.
    let letters = SequenceColumn::new("name").buckets(3);
    let parts = Dataset::generated(rule).sequence(letters).load()?.split(Split::new())?;
    let network = Sequential::new()
        .then(Embedding::new(16))
        .then(Lstm::new(32).bidirectional(true).return_sequences(false))
        .then(Dense::auto());
    let trainer = Trainer::new(network).learning_rate(5e-3).epochs(12).seed(7);
    let run = trainer.fit(&parts.train, &parts.validation)?;
    let best = 1.0 - NOISE * (LANGUAGES - 1) as f64 / LANGUAGES as f64;
    println!("{run}");
    println!("the best that anyone can do, in the mean: {best:.4}");
    let predictor = Predictor::new(run.model);
    for name in ["badefi", "bakusa", "banifi"] {
        let prediction = predictor.predict(&BTreeMap::from([("name", name)]))?;
        println!("{name}: language {}", prediction.class().unwrap_or_default());
    }
    Ok(())
}
