//! Sequence to sequence: digits are read by an encoder and written as letters, last
//! one first, by a decoder that begins in the state which the encoder left.

use ikhim_graph::{Array, Feed, Precision, State};
use ikhim_nn::{
    Adam, CrossEntropy, Dense, Embedding, Entry, Lstm, ModelInput, Network, Objective,
    RepeatVector, Spec, Target, prediction, training,
};
use ikhim_numeric::random::{Stream, stream_id};
use ikhim_run::Program;
use std::collections::BTreeSet;

const DIGITS: usize = 4;
const UNITS: usize = 64;
const TRAIN: usize = 3_000;
const FRESH: usize = 1_000;
const BATCH: usize = 50;

/// Different numbers of four digits, so that none of the fresh ones was learned.
fn numbers() -> Vec<Vec<i32>> {
    let stream = Stream::new(1, stream_id("test", "numbers"));
    let mut known = BTreeSet::new();
    let mut all = Vec::new();
    for place in 0.. {
        let number = stream.below(10_u64.pow(DIGITS as u32), 0, place);
        if known.insert(number) {
            let digits = (0..DIGITS).map(|at| (number / 10_u64.pow(at as u32) % 10) as i32);
            all.push(digits.collect());
        }
        if all.len() == TRAIN + FRESH {
            break;
        }
    }
    all
}

fn inputs(rows: &[Vec<i32>]) -> Array {
    Array::i32(&[rows.len(), DIGITS], rows.concat())
}

/// 0 is written as a, 1 as b and so on; the last digit first.
fn letters(rows: &[Vec<i32>]) -> Vec<i32> {
    rows.iter().flat_map(|row| row.iter().rev().copied()).collect()
}

#[test]
fn whole_sequences_are_written_on_fresh_samples_as_on_learned_ones() {
    let network = Network::new([
        Entry::new(Embedding::new(16)),
        Entry::new(Lstm::new(UNITS).return_sequences(false)).named("encoder"),
        Entry::new(RepeatVector::new(DIGITS)),
        Entry::new(Lstm::new(UNITS)).named("decoder").inputs(["previous", "encoder"]),
        Entry::new(Dense::auto()),
    ]);
    let spec = Spec::with_inputs(
        [ModelInput::integers("features", [DIGITS], Some(10))],
        Target::sequence(DIGITS, 10),
    );
    let objective = Objective::new(CrossEntropy::new(), Adam::new(5e-3));
    let definition = training(&network, &spec, &objective).unwrap();
    let mut state = State::initial(&definition, 3);
    let step = Program::updating(definition.into(), &["loss"], Precision::F32).unwrap();
    let all = numbers();
    let (train, fresh) = all.split_at(TRAIN);
    let rate = Array::scalar(5e-3);
    for epoch in 0..30 {
        let order = Stream::new(3, stream_id("test", "order")).permutation(TRAIN, epoch);
        for batch in order.chunks(BATCH) {
            let rows: Vec<Vec<i32>> = batch.iter().map(|row| train[*row].clone()).collect();
            let x = inputs(&rows);
            let y = Array::i32(&[rows.len(), DIGITS], letters(&rows));
            let feed = Feed::rows(rows.len()).input("features", &x).input("target", &y);
            step.run_steps(&mut state, &feed.input("learning_rate", &rate), 1).unwrap();
        }
    }
    let definition = prediction(&network, &spec, &CrossEntropy::new().into()).unwrap();
    let program = Program::reading(definition.into(), &["prediction"], Precision::F32).unwrap();
    let whole = |rows: &[Vec<i32>]| -> f64 {
        let x = inputs(rows);
        let feed = Feed::rows(rows.len()).input("features", &x);
        let logits = program.read(&state, &feed).unwrap()[0].to_f64();
        let written: Vec<i32> = logits
            .chunks(10)
            .map(|of_step| {
                let best = (0..10).max_by(|a, b| of_step[*a].total_cmp(&of_step[*b]));
                best.unwrap() as i32
            })
            .collect();
        let expected = letters(rows);
        let right = written.chunks(DIGITS).zip(expected.chunks(DIGITS)).filter(|(a, b)| a == b);
        right.count() as f64 / rows.len() as f64
    };
    let (learned, new) = (whole(&train[..FRESH]), whole(fresh));
    println!(
        "whole sequences: {learned:.3} of {FRESH} learned ones, {new:.3} of {FRESH} fresh ones"
    );
    // A decoder that knew nothing of the number would have one in 10,000 right.
    assert!(learned > 0.97 && new > 0.93, "{learned} {new}");
}
