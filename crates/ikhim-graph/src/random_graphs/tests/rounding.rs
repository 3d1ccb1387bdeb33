//! Every node of the random graphs in f32 against f64: it is off by at most 8
//! times the rounding that its own way through the graph explains.
//!
//! A choice (a truth value, an integer, a sign, a floor) that is another in f32
//! must lie within that error of where it changes; what follows from it is then
//! another function, so the rest of the graph is left out and counted.

use super::coverage::GRAPHS;
use super::nodes::{Nodes, numbers};
use super::rounding_bound::{Bounds, distance};
use crate::random_graphs::RandomGraph;
use crate::value::{Buffer, Value};
use crate::{NodeId, Op};

/// How many times its own rounding a value may be off.
const TIMES: f64 = 8.0;

#[derive(Debug, Default)]
struct Tally {
    /// Elements that were compared.
    elements: usize,
    /// Of these, those whose bound is less than a ten-thousandth of their size
    /// or of 1.
    sharp: usize,
    /// The largest error as a multiple of its bound.
    largest: f64,
    /// Graphs that were left before their end.
    cut: usize,
    nodes: usize,
    /// Nodes that were left out.
    left: usize,
    wrong: Vec<String>,
}

#[test]
fn f32_is_within_its_own_rounding_of_f64() {
    let mut tally = Tally::default();
    for seed in 0..GRAPHS {
        compare(seed, 0.0, &mut tally);
    }
    let Tally { elements, sharp, largest, cut, nodes, left, wrong } = &tally;
    println!(
        "{elements} elements, {sharp} with a sharp bound, largest error {largest} of its bound, \
         {cut} graphs cut, {left} of {nodes} nodes left out"
    );
    assert!(wrong.is_empty(), "{} wrong: {:#?}", wrong.len(), &wrong[..wrong.len().min(20)]);
    assert!(left * 50 < *nodes, "{left} of {nodes} nodes are left out");
    assert!(sharp * 100 > elements * 98, "{sharp} of {elements} bounds say something");
}

#[test]
fn inputs_off_by_a_hundred_thousandth_are_noticed() {
    let mut noticed = 0;
    for seed in 0..20 {
        let mut tally = Tally::default();
        compare(seed, 1e-5, &mut tally);
        noticed += usize::from(!tally.wrong.is_empty());
    }
    assert_eq!(noticed, 20);
}

/// Compares a graph in both precisions; what it is given in f32 is moved by a
/// share of itself.
fn compare(seed: u64, moved: f64, tally: &mut Tally) {
    let random = RandomGraph::new(seed);
    let nodes = Nodes::new(&random, 1 + (seed * 7 % 90) as usize);
    let exact = nodes.values(&nodes.leaves::<f64>(&random));
    let mut leaves = nodes.leaves::<f32>(&random);
    for leaf in leaves.values_mut() {
        if let Buffer::Real(values) = &mut leaf.buffer {
            values.iter_mut().for_each(|value| *value *= 1.0 + moved as f32);
        }
    }
    let single = nodes.values(&leaves);
    let mut bounds = Bounds { nodes: &nodes, values: &exact, errors: Vec::new() };
    let names = nodes.definition.names();
    tally.nodes += names.len();
    for (index, name) in names.iter().enumerate() {
        let id = NodeId(index as u32);
        let (found, expected) = (numbers(&single[index]), numbers(&exact[index]));
        if nodes.jumps(id) && found != expected {
            if let Some(wrong) = unexplained(&bounds, id, &single[index]) {
                tally.wrong.push(format!("graph {seed}: choice of {name}: {wrong}"));
            }
            tally.cut += 1;
            tally.left += names.len() - index;
            return;
        }
        let errors = bounds.next();
        for (at, bound) in errors.iter().enumerate() {
            let error = distance(found[at], expected[at]);
            tally.elements += 1;
            tally.sharp += usize::from(*bound <= 1e-4 * expected[at].abs().max(1.0));
            if *bound > 0.0 {
                tally.largest = tally.largest.max(error / bound);
            }
            let right = bound.is_finite() && error <= TIMES * bound;
            if !right {
                tally.wrong.push(format!(
                    "graph {seed}: {name} ({:?}) element {at}: {}, in f64 {}, off {error}, its own \
                     rounding {bound}",
                    nodes.definition.node(id).op.name(),
                    found[at],
                    expected[at]
                ));
            }
        }
        bounds.errors.push(errors);
    }
}

/// What of another choice in f32 the errors of its inputs do not explain.
fn unexplained(bounds: &Bounds<'_>, id: NodeId, single: &Value<f32>) -> Option<String> {
    let node = bounds.nodes.definition.node(id);
    let inputs: Vec<usize> = bounds.nodes.inputs(id).collect();
    let (found, expected) = (numbers(single), numbers(&bounds.values[id.index()]));
    let x = |input: usize, at: usize| numbers(&bounds.values[inputs[input]])[at];
    let e = |input: usize, at: usize| bounds.errors[inputs[input]].get(at).copied().unwrap_or(0.0);
    let margin = |at: usize| -> (f64, f64) {
        match &node.op {
            Op::Equal(_)
            | Op::NotEqual(_)
            | Op::Less(_)
            | Op::LessEqual(_)
            | Op::Greater(_)
            | Op::GreaterEqual(_) => ((x(0, at) - x(1, at)).abs(), e(0, at) + e(1, at)),
            Op::Sign(_) => (x(0, at).abs(), e(0, at)),
            Op::Cast(_) | Op::Floor(_) => ((x(0, at) - x(0, at).round()).abs(), e(0, at)),
            Op::Argmax(crate::op::Argmax { axis }) | Op::Argmin(crate::op::Argmin { axis }) => {
                let sizes = &bounds.values[inputs[0]].shape;
                let inner: usize = sizes[axis + 1..].iter().product();
                let place =
                    |entry: f64| (at / inner * sizes[*axis] + entry as usize) * inner + at % inner;
                let (one, other) = (place(found[at]), place(expected[at]));
                ((x(0, one) - x(0, other)).abs(), e(0, one) + e(0, other))
            }
            Op::MaxPoolIndex(_) => {
                let image = &bounds.values[inputs[0]].shape;
                let (cells, channels) = (image[1] * image[2], image[3]);
                let row = at / bounds.values[id.index()].shape[1..].iter().product::<usize>();
                let place = |cell: f64| (row * cells + cell as usize) * channels + at % channels;
                let (one, other) = (place(found[at]), place(expected[at]));
                ((x(0, one) - x(0, other)).abs(), e(0, one) + e(0, other))
            }
            // No error of a real input can be the reason.
            _ => (f64::INFINITY, 0.0),
        }
    };
    (0..found.len()).filter(|at| found[*at] != expected[*at]).find_map(|at| {
        let (distance, error) = margin(at);
        let explained = distance <= TIMES * error;
        (!explained).then(|| format!("element {at} is {distance} away, its error {error}"))
    })
}
