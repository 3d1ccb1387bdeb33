//! Random graphs: whatever the operations are combined to, gradients are those
//! of central differences, f32 stays near f64, and nodes that do not matter do
//! not matter.
//!
//! A graph has a number, and everything about it follows from the number. It
//! reads given values and variables with and without rows, broadcasts, uses
//! values several times and has up to three outputs. Its values are drawn again
//! where one comes near a kink, because central differences look to both sides
//! of it; kinks and ties are tested beside each operation.

mod dice;
mod generator;
mod kinks;
mod sample;

use ikhim_graph::Op;
use sample::Sample;
use std::collections::BTreeMap;

/// How many graphs are compared.
const GRAPHS: usize = 500;

/// In how many of them each operation is found at least.
const USES: usize = 20;

/// Everything that is made of primitives and has a name of its own.
const COMPOSITES: [&str; 20] = [
    "clip",
    "cross_entropy",
    "dropout",
    "elu",
    "gelu",
    "leaky_relu",
    "log_softmax",
    "logsumexp",
    "maxout",
    "one_hot",
    "pow",
    "reciprocal",
    "relu",
    "selu",
    "sigmoid",
    "sigmoid_cross_entropy",
    "silu",
    "softmax",
    "softplus",
    "square",
];

#[test]
fn gradients_and_precision_on_random_graphs() {
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    for sample in samples().take(GRAPHS) {
        sample.check_first_derivatives();
        sample.check_precision();
        if sample.number % 5 == 0 {
            sample.check_second_derivatives();
        }
        sample.check_unrelated_nodes();
        for operation in sample.operations() {
            *uses.entry(operation).or_default() += 1;
        }
    }
    for operation in primitives().iter().map(String::as_str).chain(COMPOSITES) {
        let count = uses.get(operation).copied().unwrap_or(0);
        assert!(count >= USES, "`{operation}` is in {count} graphs only: {uses:?}");
    }
    let known = |name: &String| primitives().contains(name) || COMPOSITES.contains(&name.as_str());
    let unlisted: Vec<&String> = uses.keys().filter(|name| !known(name)).collect();
    assert!(unlisted.is_empty(), "operations that no list names: {unlisted:?}");
}

/// Graphs whose values are moderate and away from kinks.
fn samples() -> impl Iterator<Item = Sample> {
    (0..).filter_map(Sample::draw)
}

/// The variants of [`Op`], which is what reading another one names.
fn primitives() -> Vec<String> {
    let refusal = serde_json::from_str::<Op>("\"\"").unwrap_err().to_string();
    let (_, list) = refusal.split_once("expected one of ").expect("a list of the variants");
    list.split('`').skip(1).step_by(2).map(String::from).collect()
}
