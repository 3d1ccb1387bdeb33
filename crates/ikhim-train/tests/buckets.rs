//! Batches of texts of like length.

use ikhim_cpu::Runtime;
use ikhim_data::{Dataset, Generator, Rule, SequenceColumn, Split};
use ikhim_graph::State;
use ikhim_nn::{
    Activation, Adam, Conv1d, CrossEntropy, Dense, Embedding, Flatten, GlobalMaxPool1d, Lstm,
    Padding, Sequential,
};
use ikhim_run::Checkpoint;
use ikhim_text::Fault;
use ikhim_train::{Moment, Step, Trainer, TrainingData};

/// The seed of all trainings.
const SEED: u64 = 7;

/// Names of three languages in so many groups of lengths.
fn names(buckets: usize, noise: f64) -> TrainingData {
    let rule = Generator::new(Rule::Names).rows(900).noise(noise).seed(5);
    let column = SequenceColumn::new("name").buckets(buckets);
    let data = Dataset::generated(rule).sequence(column).load().unwrap();
    let parts = data.split(Split::new()).unwrap();
    TrainingData::fit(&parts.train, &parts.validation).unwrap()
}

fn reader() -> Sequential {
    Sequential::new()
        .then(Embedding::new(8))
        .then(Lstm::new(16).bidirectional(true).return_sequences(false))
        .then(Dense::auto())
}

fn trainer(network: Sequential) -> Trainer {
    Trainer::new(network)
        .loss(CrossEntropy::new())
        .optimizer(Adam::new(0.01))
        .batch_size(16)
        .seed(SEED)
        .epochs(3)
}

fn moment(data: &TrainingData, step: u64) -> Moment {
    trainer(reader()).moment(data, step).unwrap()
}

/// The largest difference between two states, which have the same names.
fn apart(one: &State, other: &State) -> f64 {
    let mut largest = 0.0_f64;
    for ((name, one), (same, other)) in one.iter().zip(other.iter()) {
        assert_eq!(name, same);
        for (one, other) in one.to_f64().iter().zip(other.to_f64()) {
            largest = largest.max((one - other).abs());
        }
    }
    largest
}

#[test]
fn a_step_over_short_rows_is_the_step_over_their_padding_too() {
    let data = names(4, 0.0);
    let buckets = data.buckets().unwrap();
    assert!(buckets.bounds().len() > 2, "{:?}", buckets.bounds());
    let step = Step::new(reader(), CrossEntropy::new(), Adam::new(0.01));
    let step = step.seed(SEED).compile(&data.spec()).unwrap();
    let mut state = step.init();
    let batches = data.train().batches(16).shuffled(SEED, 0).in_buckets(&buckets);
    let (mut steps, mut seen) = (0, Vec::new());
    for batch in batches.clone().take(12) {
        let before = moment(&data, steps);
        assert_eq!(before.batch, batches.indices(steps as usize));
        seen.push(buckets.steps(&before.batch));
        step.run(&mut state, &batch.unwrap()).unwrap();
        steps += 1;
    }
    // The trainer took fewer steps over most batches; the sums of gradients have
    // another order there, and nothing else differs.
    assert!(seen.iter().any(|steps| *steps < *seen.iter().max().unwrap()), "{seen:?}");
    let found = moment(&data, steps).state;
    let difference = apart(&found, &state);
    assert!(difference < 2e-5, "{difference}");
    assert!(apart(&found, &step.init()) > 1e-2);
}

#[test]
fn a_run_that_was_stopped_in_an_epoch_goes_on_to_the_same_bits_on_any_threads() {
    let data = names(3, 0.0);
    let per_epoch = data.train().batches(16).per_epoch() as u64;
    let (stop, end) = (per_epoch + 5, 2 * per_epoch + 3);
    let whole = moment(&data, end);
    let first = moment(&data, stop);
    let checkpoint = Checkpoint { state: first.state, control: first.control };
    for threads in [1, 3] {
        let runtime = Runtime::builder().threads(threads).build();
        let again = trainer(reader()).runtime(runtime).resume(checkpoint.clone());
        assert_eq!(again.moment(&data, end).unwrap(), whole, "{threads} threads");
    }
    // Another epoch has another order.
    let other = moment(&data, per_epoch);
    assert_ne!(other.batch, moment(&data, 0).batch);
}

/// Of a share of 0.1 of the names the language is drawn anew, so the best is right
/// about 1 − 0.1 · 2/3 = 0.9333 of all.
#[test]
fn names_are_told_apart_about_as_well_as_they_can_be() {
    let data = names(3, 0.1);
    let run = trainer(reader()).epochs(30).fit_encoded(&data).unwrap();
    let (_, accuracy) = run.validation.first().unwrap();
    let rows = data.validation().len() as f64;
    let best = 1.0 - 0.1 * 2.0 / 3.0;
    // Four deviations of the share of so many rows.
    let bound = 4.0 * (best * (1.0 - best) / rows).sqrt();
    assert!((accuracy - best).abs() < bound, "{accuracy} {best} {bound}");
}

#[test]
fn a_network_to_which_padding_is_something_is_refused() {
    let data = names(3, 0.0);
    let convolution =
        |padding: Padding| Conv1d::new(8, 3_usize).padding(padding).activation(Activation::Relu);
    let networks = [
        Sequential::new().then(Embedding::new(4)).then(Flatten::new()).then(Dense::auto()),
        // The last letter of a row sees the vector of the padding behind it.
        Sequential::new()
            .then(Embedding::new(4))
            .then(convolution(Padding::Same))
            .then(GlobalMaxPool1d::new())
            .then(Dense::auto()),
        // Longer than the shortest rows.
        Sequential::new()
            .then(Embedding::new(4))
            .then(Conv1d::new(8, 11_usize).padding(Padding::Valid))
            .then(Flatten::new())
            .then(Dense::auto()),
        Sequential::new()
            .then(Embedding::new(4))
            .then(Lstm::new(4).stateful(true).return_sequences(false))
            .then(Dense::auto()),
    ];
    for (place, network) in networks.into_iter().enumerate() {
        let fault: Fault = trainer(network).fit_encoded(&data).unwrap_err();
        assert_eq!(fault.code(), "train.buckets", "{place}: {fault}");
    }
}
