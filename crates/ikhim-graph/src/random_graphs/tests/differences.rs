//! The gradients of random graphs against central differences in f64, to a
//! relative error of 1e-6.
//!
//! A derivative along a direction is found by differences of fourth order with
//! steps 2h, h and h/2, extrapolated once more. The two orders tell how good the
//! difference is; where it is not good enough h is made smaller. Where a choice
//! (a truth value, an integer, a sign, a floor, all of which a gradient reads
//! too) is another at one of the points, a kink or a jump lies within the step:
//! h is made smaller there as well, and the direction is left out when that does
//! not help. What stands behind a stopped gradient keeps its value.

use super::coverage::GRAPHS;
use super::nodes::{Nodes, numbers};
use crate::random_graphs::RandomGraph;
use crate::value::{Buffer, Value};
use crate::{NodeId, Op};
use ikhim_numeric::{Stream, stream_id};
use std::collections::BTreeMap;

/// The relative error that a gradient may have.
const RELATIVE: f64 = 1e-6;

/// The steps that are tried.
const STEPS: [f64; 4] = [1.0 / 512.0, 1.0 / 4096.0, 1.0 / 32768.0, 1.0 / 262_144.0];

/// Single elements of each input or variable that are moved; besides, all of
/// them are moved at once.
const ELEMENTS: usize = 6;

#[derive(Debug, Default)]
struct Tally {
    /// Directions whose derivatives were compared.
    compared: usize,
    /// Of these, those where the relative error decides and not the rounding of
    /// the difference.
    decided: usize,
    /// Directions with a kink or a jump within every step.
    kinks: usize,
    /// Directions without a step that gives a good difference.
    unclear: usize,
    /// Derivatives that differ, with where.
    wrong: Vec<String>,
}

#[test]
fn gradients_agree_with_central_differences() {
    let mut tally = Tally::default();
    for seed in 0..GRAPHS {
        compare(seed, 1.0, &mut tally);
    }
    let Tally { compared, decided, kinks, unclear, wrong } = &tally;
    println!(
        "{compared} compared, {decided} to the relative error, {kinks} kinks, {unclear} unclear"
    );
    assert!(wrong.is_empty(), "{} wrong: {:#?}", wrong.len(), &wrong[..wrong.len().min(20)]);
    let all = compared + kinks + unclear;
    assert!(kinks * 10 < all, "{kinks} of {all} directions have kinks");
    assert!(unclear * 50 < all, "{unclear} of {all} directions have no good difference");
    assert!(decided * 10 > compared * 7, "{decided} of {compared} are told by the relative error");
}

#[test]
fn a_gradient_off_by_some_millionths_is_noticed() {
    let mut tally = Tally::default();
    for seed in 0..12 {
        compare(seed, 1.0 + 4.0 * RELATIVE, &mut tally);
    }
    assert!(tally.decided > 100);
    assert!(tally.wrong.len() >= tally.decided);
}

/// Compares all gradients of a graph, taken times a factor, with differences.
fn compare(seed: u64, factor: f64, tally: &mut Tally) {
    let random = RandomGraph::new(seed);
    // One graph of eight has more rows than a leaf of a sum over rows.
    let nodes = Nodes::new(&random, if seed % 8 == 7 { 35 } else { 3 });
    let leaves = nodes.leaves::<f64>(&random);
    let base = nodes.values(&leaves);
    let mut by_leaf: BTreeMap<NodeId, Vec<(NodeId, NodeId)>> = BTreeMap::new();
    let find = |name: &str| nodes.definition.find(name).expect("the graph has the name");
    for slope in random.slopes() {
        let pair = (find(&slope.of), find(&slope.gradient));
        by_leaf.entry(find(&slope.by)).or_default().push(pair);
    }
    for (leaf, pairs) in by_leaf {
        let moved = Moved::new(&nodes, &base, leaf, &pairs);
        let stream = Stream::new(seed, stream_id("directions", &leaf.index().to_string()));
        let count = base[leaf.index()].reals().len();
        for direction in directions(count, stream) {
            let found: Vec<f64> = pairs
                .iter()
                .map(|(_, gradient)| {
                    let gradient = base[gradient.index()].reals().iter().zip(&direction);
                    factor * gradient.map(|(slope, along)| slope * along).sum::<f64>()
                })
                .collect();
            for (place, difference) in moved.differences(&direction).into_iter().enumerate() {
                let (found, of) = (found[place], pairs[place].0);
                match difference {
                    Difference::Kink => tally.kinks += 1,
                    Difference::Unclear => tally.unclear += 1,
                    Difference::Good { slope, noise } => {
                        let scale = found.abs().max(slope.abs());
                        tally.compared += 1;
                        tally.decided += usize::from(RELATIVE * scale > noise);
                        let error = (found - slope).abs();
                        // A comparison with NaN does not hold.
                        let right = error <= RELATIVE * scale + noise;
                        if !right {
                            let names = nodes.definition.names();
                            tally.wrong.push(format!(
                                "graph {seed}: d {} / d {}: {found}, differences say {slope}, \
                                 noise {noise}",
                                names[of.index()],
                                names[leaf.index()]
                            ));
                        }
                    }
                }
            }
        }
    }
}

/// Some single elements and one direction that moves all of them.
fn directions(count: usize, stream: Stream) -> Vec<Vec<f64>> {
    let single = (0..ELEMENTS.min(count) as u64).map(|place| {
        let element = stream.below(count as u64, 0, place) as usize;
        (0..count).map(|at| f64::from(u8::from(at == element))).collect()
    });
    let all = (0..count as u64).map(|at| f64::from(2.0 * stream.uniform(1, at) - 1.0));
    let all: Vec<f64> = all.collect();
    single.chain([all]).collect()
}

enum Difference {
    Good { slope: f64, noise: f64 },
    Kink,
    Unclear,
}

/// A graph whose values follow when one leaf moves.
struct Moved<'a> {
    nodes: &'a Nodes,
    base: &'a [Value<f64>],
    leaf: NodeId,
    /// The values that are differentiated.
    of: Vec<NodeId>,
    /// The nodes that change, in order.
    changing: Vec<NodeId>,
}

impl<'a> Moved<'a> {
    fn new(
        nodes: &'a Nodes,
        base: &'a [Value<f64>],
        leaf: NodeId,
        pairs: &[(NodeId, NodeId)],
    ) -> Moved<'a> {
        let definition = &nodes.definition;
        let mut needed = vec![false; definition.nodes().len()];
        for (of, gradient) in pairs {
            needed[of.index()] = true;
            needed[gradient.index()] = true;
        }
        for index in (0..needed.len()).rev() {
            if needed[index] {
                definition.nodes()[index].inputs.iter().for_each(|id| needed[id.index()] = true);
            }
        }
        let mut changes = vec![false; needed.len()];
        changes[leaf.index()] = true;
        let mut changing = Vec::new();
        for (index, node) in definition.nodes().iter().enumerate().skip(leaf.index() + 1) {
            let stopped = matches!(node.op, Op::StopGradient(_));
            if needed[index] && !stopped && node.inputs.iter().any(|id| changes[id.index()]) {
                changes[index] = true;
                changing.push(NodeId(index as u32));
            }
        }
        Moved { nodes, base, leaf, of: pairs.iter().map(|pair| pair.0).collect(), changing }
    }

    /// The derivatives of all values along a direction.
    fn differences(&self, direction: &[f64]) -> Vec<Difference> {
        let mut best: Vec<Difference> = self.of.iter().map(|_| Difference::Kink).collect();
        for h in STEPS {
            let points = [-2.0, -1.0, -0.5, 0.5, 1.0, 2.0];
            let points: Option<Vec<Vec<f64>>> =
                points.iter().map(|at| self.at(direction, at * h)).collect();
            let Some(points) = points else { continue };
            for (place, best) in best.iter_mut().enumerate() {
                if matches!(best, Difference::Good { .. }) {
                    continue;
                }
                let [a, b, c, d, e, f] = [0, 1, 2, 3, 4, 5].map(|point| points[point][place]);
                let coarse = (8.0 * (e - b) - (f - a)) / (12.0 * h);
                let fine = (8.0 * (d - c) - (e - b)) / (6.0 * h);
                let slope = fine + (fine - coarse) / 15.0;
                let size = self.base[self.of[place].index()].reals()[0].abs().max(1.0);
                let noise = 64.0 * f64::EPSILON * size / h;
                // The extrapolation is better than either by far.
                let good = (fine - coarse).abs() <= RELATIVE * slope.abs() + noise;
                *best = if good { Difference::Good { slope, noise } } else { Difference::Unclear };
            }
            if best.iter().all(|best| matches!(best, Difference::Good { .. })) {
                break;
            }
        }
        best
    }

    /// The values at a point; none when a choice is another there.
    fn at(&self, direction: &[f64], offset: f64) -> Option<Vec<f64>> {
        let leaf = &self.base[self.leaf.index()];
        let along = leaf.reals().iter().zip(direction);
        let point = along.map(|(value, along)| value + offset * along).collect();
        let point = Value { shape: leaf.shape.clone(), buffer: Buffer::Real(point) };
        let mut values: BTreeMap<usize, Value<f64>> = BTreeMap::from([(self.leaf.index(), point)]);
        for id in &self.changing {
            let value = {
                let inputs: Vec<&Value<f64>> = self
                    .nodes
                    .inputs(*id)
                    .map(|input| values.get(&input).unwrap_or(&self.base[input]))
                    .collect();
                self.nodes.apply(&self.nodes.definition.node(*id).op, *id, &inputs)
            };
            if self.nodes.jumps(*id) && numbers(&value) != numbers(&self.base[id.index()]) {
                return None;
            }
            values.insert(id.index(), value);
        }
        let value = |of: &NodeId| values.get(&of.index()).unwrap_or(&self.base[of.index()]);
        Some(self.of.iter().map(|of| value(of).reals()[0]).collect())
    }
}
