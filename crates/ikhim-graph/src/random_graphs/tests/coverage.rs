//! Each op and each composite stands in enough of the graphs, and the graphs
//! are what they are said to be.

use crate::random_graphs::RandomGraph;
use crate::{Definition, Evaluator, Op};
use std::collections::{BTreeMap, BTreeSet};

/// How many graphs the tests go through.
pub(super) const GRAPHS: u64 = 520;

/// In how many of them each op stands at least.
const EACH: usize = 20;

/// Every composite.
const COMPOSITES: [&str; 29] = [
    "average_pool2d",
    "batch_norm",
    "clip",
    "cross_entropy",
    "dropout",
    "elu",
    "gelu",
    "group_norm",
    "gru",
    "layer_norm",
    "leaky_relu",
    "log_softmax",
    "logsumexp",
    "lstm",
    "max_pool2d",
    "maxout",
    "normalized",
    "one_hot",
    "pow",
    "reciprocal",
    "relu",
    "selu",
    "sigmoid",
    "sigmoid_cross_entropy",
    "silu",
    "simple_rnn",
    "softmax",
    "softplus",
    "square",
];

#[test]
fn every_op_and_composite_is_in_enough_graphs() {
    let mut counts: BTreeMap<String, usize> =
        Op::VARIANTS.iter().chain(&COMPOSITES).map(|name| (name.to_string(), 0)).collect();
    for seed in 0..GRAPHS {
        let definition = RandomGraph::new(seed).definition();
        let ops = definition.nodes().iter().map(|node| node.op.variant().to_string());
        let composites = definition.composites().iter().map(|span| span.name.to_string());
        for name in ops.chain(composites).collect::<BTreeSet<_>>() {
            let Some(count) = counts.get_mut(&name) else { panic!("`{name}` is in no list") };
            *count += 1;
        }
    }
    println!("graphs with each op, of {GRAPHS}: {counts:?}");
    let rare: Vec<_> = counts.iter().filter(|(_, count)| **count < EACH).collect();
    assert!(rare.is_empty(), "in less than {EACH} graphs: {rare:?}");
}

#[test]
fn graphs_have_broadcasting_shared_nodes_outputs_and_updates() {
    let mut found = [0; 5];
    for seed in 0..GRAPHS {
        let random = RandomGraph::new(seed);
        let definition = random.definition();
        let is = [
            definition.nodes().iter().any(|node| matches!(node.op, Op::Broadcast(_))),
            shares(&definition),
            definition.outputs().len() > 2,
            !definition.updates().is_empty(),
            random.slopes().iter().any(|slope| slope.of != "loss"),
        ];
        found.iter_mut().zip(is).for_each(|(count, is)| *count += usize::from(is));
    }
    let [broadcasting, sharing, several, updating, second] = found;
    println!(
        "{broadcasting} with broadcasting, {sharing} with shared nodes, {several} with several outputs, {updating} with updates, {second} with second derivatives"
    );
    assert_eq!(several as u64, GRAPHS);
    assert!([broadcasting, sharing].iter().all(|count| *count as u64 > GRAPHS * 9 / 10));
    assert!(updating as u64 > GRAPHS / 2 && second as u64 > GRAPHS / 8);
}

/// Whether an op's value is taken by several others.
fn shares(definition: &Definition) -> bool {
    let mut uses = vec![0; definition.nodes().len()];
    for input in definition.nodes().iter().flat_map(|node| &node.inputs) {
        uses[input.index()] += 1;
    }
    definition.nodes().iter().zip(uses).any(|(node, uses)| uses > 1 && !node.inputs.is_empty())
}

#[test]
fn a_seed_gives_one_graph_that_runs_over_any_number_of_rows() {
    for seed in 0..40 {
        let (random, again) = (RandomGraph::new(seed), RandomGraph::new(seed));
        let evaluator = |random: &RandomGraph| {
            Evaluator::<f32>::with_updates(random.definition(), &random.fetches()).unwrap()
        };
        let evaluators = [evaluator(&random), evaluator(&again)];
        for rows in [1, 2, 33, 70, 300] {
            let inputs = random.inputs(rows);
            let [first, second] = evaluators.each_ref().map(|evaluator| {
                let mut state = random.state();
                let feed = random.feed(&inputs, rows);
                (evaluator.run(&mut state, &feed).unwrap(), state)
            });
            assert_eq!(first, second, "seed {seed}, {rows} rows");
            let values = first.0.iter().flat_map(|array| array.to_f64());
            assert!(values.into_iter().all(f64::is_finite), "seed {seed}, {rows} rows");
        }
    }
}
