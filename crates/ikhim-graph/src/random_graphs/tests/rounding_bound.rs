//! How far the f32 value of a node may be from its exact value, to first order
//! in u = 2⁻²⁴, the rounding of one operation: a running error analysis after
//! Higham, *Accuracy and Stability of Numerical Algorithms*, chapters 3 and 4.
//!
//! The error of a node is what the errors of its inputs make of it, plus its own
//! rounding:
//!
//! | op | from the errors e of the inputs | own rounding |
//! |---|---|---|
//! | given values, integers | 0 | 0; of a constant, its distance to f32 |
//! | x ± y | eₓ + eᵧ | u·\|result\| |
//! | x·y | \|x\|·eᵧ + \|y\|·eₓ + eₓ·eᵧ | u·\|result\| |
//! | x/y | (eₓ + \|x/y\|·eᵧ)/(\|y\| − eᵧ) | u·\|result\| |
//! | rising f(x) | the larger of f(x + e) − f(x) and f(x) − f(x − e) | u·\|result\| |
//! | x^y, x > 0 | the largest distance among the four corners of x ± eₓ, y ± eᵧ | u·\|result\| |
//! | \|x\|, −x, moved elements, select | e of the element | 0 |
//! | largest, smallest | the largest e | 0 |
//! | sum, d additions deep | Σe | d·u·Σ(\|x\| + e) |
//! | running sum | Σe | u·Σ\|partial sums\| |
//! | product of n | Π(\|x\| + e) − Π\|x\| | (n − 1)·u·Π(\|x\| + e) |
//! | recurrences | those of their cells, one by one | |
//! | matrices and convolutions, d deep | (\|A\| + e)(\|B\| + e) − \|A\|·\|B\| | d·u·(\|A\| + e)(\|B\| + e) |
//!
//! No derivative is taken: a rising function is asked at both ends of the
//! interval, so a slope that is infinite at a point (the root at 0) or that
//! meets an error of 0 gives no 0·∞. An interval that leaves the domain has an
//! infinite bound, which the test refuses.
//!
//! A function counts as one rounding though its polynomial may be off by up to
//! 4 units in the last place, 8 u. That, and what is second-order in u, is what
//! the factor 8 is for. A result below the smallest normal number may become 0.

use super::nodes::{Nodes, numbers};
use crate::composite::recurrent;
use crate::op::{Max, Op};
use crate::value::Value;
use crate::{DType, Dim, NodeId};
use ikhim_numeric::Real as Functions;
use ikhim_numeric::reduction::LEAF_ROWS;

/// Half the distance from 1 to the next f32.
const UNIT: f64 = 1.0 / 16_777_216.0;

/// Below this, f32 has less precision or none.
const TINY: f64 = f32::MIN_POSITIVE as f64;

/// Bounds for the nodes of a graph.
pub(super) struct Bounds<'a> {
    pub(super) nodes: &'a Nodes,
    /// The values in f64.
    pub(super) values: &'a [Value<f64>],
    /// The bounds of the nodes so far; none for integers and truth values.
    pub(super) errors: Vec<Vec<f64>>,
}

impl Bounds<'_> {
    /// The bound of each element of the next node.
    pub(super) fn next(&self) -> Vec<f64> {
        let id = NodeId(self.errors.len() as u32);
        let node = self.nodes.definition.node(id);
        if node.dtype != DType::F32 {
            return Vec::new();
        }
        let value = self.values[id.index()].reals();
        let inputs: Vec<usize> = self.nodes.inputs(id).collect();
        let x = |at: usize| self.values[inputs[at]].reals();
        let e = |at: usize| self.errors[inputs[at]].as_slice();
        let rounded = |at: usize, error: f64| error + UNIT * value[at].abs() + TINY;
        let each = |error: &dyn Fn(usize) -> f64| -> Vec<f64> {
            (0..value.len()).map(|at| rounded(at, error(at))).collect()
        };
        match &node.op {
            Op::Input(_) | Op::Read(_) | Op::RowCount(_) | Op::EnoughRows(_) | Op::Iota(_) => {
                vec![0.0; value.len()]
            }
            // Random numbers are made in f32.
            Op::RandomUniform(_) | Op::RandomNormal(_) => vec![0.0; value.len()],
            // A step that is the same in both precisions.
            Op::Sign(_) | Op::Floor(_) => vec![0.0; value.len()],
            // From integers and truth values, which are small.
            Op::Cast(_) => vec![0.0; value.len()],
            Op::Constant(_) => value.iter().map(|x| distance(*x, f64::from(*x as f32))).collect(),
            Op::Add(_) | Op::Subtract(_) => each(&|at| e(0)[at] + e(1)[at]),
            Op::Multiply(_) => each(&|at| {
                let (ex, ey) = (e(0)[at], e(1)[at]);
                x(0)[at].abs() * ey + x(1)[at].abs() * ex + ex * ey
            }),
            Op::Divide(_) => each(&|at| {
                let (ex, ey, y) = (e(0)[at], e(1)[at], x(1)[at].abs());
                if y <= ey { f64::INFINITY } else { (ex + value[at].abs() * ey) / (y - ey) }
            }),
            Op::Negate(_) | Op::Abs(_) => e(0).to_vec(),
            Op::Maximum(_) | Op::Minimum(_) => {
                e(0).iter().zip(e(1)).map(|(left, right)| left.max(*right)).collect()
            }
            Op::Exp(_) => each(&|at| rising(|x| x.exp(), x(0)[at], e(0)[at])),
            Op::ExpM1(_) => each(&|at| rising(|x| x.exp_m1(), x(0)[at], e(0)[at])),
            Op::Tanh(_) => each(&|at| rising(|x| x.tanh(), x(0)[at], e(0)[at])),
            Op::Erf(_) => each(&|at| rising(Functions::erf, x(0)[at], e(0)[at])),
            Op::Sqrt(_) => each(&|at| rising(|x| x.max(0.0).sqrt(), x(0)[at], e(0)[at])),
            Op::Log(_) => each(&|at| rising(log, x(0)[at], e(0)[at])),
            Op::Log1p(_) => each(&|at| rising(|x| log(1.0 + x), x(0)[at], e(0)[at])),
            Op::Power(_) => each(&|at| corners(x(0)[at], e(0)[at], x(1)[at], e(1)[at])),
            Op::Reshape(_)
            | Op::Transpose(_)
            | Op::Broadcast(_)
            | Op::Slice(_)
            | Op::Pad(_)
            | Op::Concat(_)
            | Op::StopGradient(_)
            | Op::Gather(_)
            | Op::TakePooled(_)
            | Op::Select(_) => self.over_errors(&node.op, id),
            Op::Max(crate::op::Max { axes }) | Op::Min(crate::op::Min { axes }) => {
                self.over_errors(&Op::Max(Max { axes: axes.clone() }), id)
            }
            Op::Sum(_) | Op::ScatterAdd(_) | Op::MaxUnpool(_) => {
                let carried = self.over_errors(&node.op, id);
                let whole = self.over_magnitudes(&node.op, id, true);
                let depth = self.depths(id);
                let own = whole.iter().zip(depth).map(|(whole, depth)| depth * UNIT * whole);
                carried.iter().zip(own).map(|(carried, own)| carried + own + TINY).collect()
            }
            Op::Cumsum(_) => {
                let sums = Value::real(
                    &self.values[id.index()].shape,
                    value.iter().zip(e(0)).map(|(sum, error)| UNIT * sum.abs() + error).collect(),
                );
                self.nodes.apply(&node.op, id, &[&sums]).reals().to_vec()
            }
            Op::Prod(_)
            | Op::Matmul(_)
            | Op::Conv2d(_)
            | Op::Conv2dInputGrad(_)
            | Op::Conv2dWeightGrad(_) => {
                let without = self.over_magnitudes(&node.op, id, false);
                let whole = self.over_magnitudes(&node.op, id, true);
                let parts = whole.iter().zip(&without).zip(self.depths(id));
                parts
                    .map(|((whole, without), depth)| {
                        (whole - without).max(0.0) + depth * UNIT * whole + TINY
                    })
                    .collect()
            }
            Op::Recur(_) | Op::RecurGrad(_) => self.by_cells(&node.op, id),
            Op::Equal(_)
            | Op::NotEqual(_)
            | Op::Less(_)
            | Op::LessEqual(_)
            | Op::Greater(_)
            | Op::GreaterEqual(_)
            | Op::And(_)
            | Op::Or(_)
            | Op::Not(_)
            | Op::Argmax(_)
            | Op::Argmin(_)
            | Op::MaxPoolIndex(_) => unreachable!("its value is not real"),
        }
    }

    /// The bounds of a recurrence are those of its cells, built one by one.
    fn by_cells(&self, op: &Op, id: NodeId) -> Vec<f64> {
        let graph = crate::Graph::new();
        let inputs: Vec<crate::Tensor<'_>> = self
            .nodes
            .inputs(id)
            .enumerate()
            .map(|(at, input)| {
                let node = &self.nodes.definition.nodes()[input];
                graph.input(&at.to_string(), node.dtype, &node.shape)
            })
            .collect();
        let value = match op {
            Op::Recur(recur) => recurrent::values_by_cells(recur, &inputs),
            Op::RecurGrad(grad) => recurrent::slopes_by_cells(grad, &inputs),
            _ => unreachable!("only these have cells"),
        };
        let value = value.node().expect("the cells fit").index();
        let nodes = self.nodes.part(graph.finish().expect("the cells fit"));
        let leaves = self.nodes.inputs(id).enumerate();
        let leaves = leaves.map(|(at, input)| (NodeId(at as u32), self.values[input].clone()));
        let values = nodes.values(&leaves.collect());
        let given: Vec<usize> = self.nodes.inputs(id).collect();
        let mut bounds = Bounds { nodes: &nodes, values: &values, errors: Vec::new() };
        for index in 0..nodes.definition.nodes().len() {
            let errors = match given.get(index) {
                Some(input) => self.errors[*input].clone(),
                None => bounds.next(),
            };
            bounds.errors.push(errors);
        }
        bounds.errors.swap_remove(value)
    }

    /// An op over the errors of its real inputs in place of their values.
    fn over_errors(&self, op: &Op, id: NodeId) -> Vec<f64> {
        self.over(op, id, |_, error| error)
    }

    /// An op over the magnitudes of its inputs, with their errors or without.
    fn over_magnitudes(&self, op: &Op, id: NodeId, with_errors: bool) -> Vec<f64> {
        self.over(op, id, |x, error| x.abs() + if with_errors { error } else { 0.0 })
    }

    fn over(&self, op: &Op, id: NodeId, number: impl Fn(f64, f64) -> f64) -> Vec<f64> {
        let inputs: Vec<Value<f64>> = self
            .nodes
            .inputs(id)
            .map(|input| {
                let value = &self.values[input];
                if self.nodes.definition.nodes()[input].dtype != DType::F32 {
                    return value.clone();
                }
                let pairs = value.reals().iter().zip(&self.errors[input]);
                Value::real(&value.shape, pairs.map(|(x, e)| number(*x, *e)).collect())
            })
            .collect();
        numbers(&self.nodes.apply(op, id, &inputs.iter().collect::<Vec<_>>()))
    }

    /// How many roundings stand one after the other on the longest way to each
    /// element, by the orders of the numeric contract.
    fn depths(&self, id: NodeId) -> Vec<f64> {
        let node = self.nodes.definition.node(id);
        let input = &self.nodes.definition.node(node.inputs[0]).shape;
        let count = self.values[id.index()].reals().len();
        let depth = match &node.op {
            Op::Sum(op) => self.reduction_depth(input, &op.axes),
            Op::Prod(op) => self.reduction_depth(input, &op.axes),
            Op::Matmul(_) => match input[input.rank() - 1] {
                Dim::Fixed(inner) => inner,
                Dim::Batch(per_row) => self.rows_depth(per_row) + 1,
            },
            // A kernel [height, width, channels, filters]: all but the filters.
            Op::Conv2d(_) => self.values[node.inputs[1].index()].shape[..3].iter().product(),
            Op::Conv2dInputGrad(_) => {
                let kernel = &self.values[node.inputs[1].index()].shape;
                kernel[0] * kernel[1] * kernel[3]
            }
            Op::Conv2dWeightGrad(_) => {
                let slope = &self.values[node.inputs[1].index()].shape;
                let windows = slope[1] * slope[2];
                match input[0] {
                    Dim::Fixed(rows) => rows * windows,
                    Dim::Batch(per_row) => self.rows_depth(per_row * windows) + 1,
                }
            }
            _ => {
                // As many as there are values for one place, the first added to 0.
                let ones = Value::real(
                    &input.sizes(self.nodes.rows),
                    vec![1.0; self.values[node.inputs[0].index()].reals().len()],
                );
                let indices = &self.values[node.inputs[1].index()];
                let counts = self.nodes.apply(&node.op, id, &[&ones, indices]);
                return counts.reals().iter().map(|count| (count - 1.0).max(0.0)).collect();
            }
        };
        vec![depth as f64; count]
    }

    /// Additions over 16 lanes and their tree, then over rows.
    fn reduction_depth(&self, shape: &crate::Shape, axes: &[usize]) -> usize {
        let (mut fixed, mut rows) = (1, 0);
        for axis in axes {
            match shape[*axis] {
                Dim::Fixed(size) => fixed *= size,
                Dim::Batch(per_row) => rows = self.rows_depth(per_row),
            }
        }
        let lanes = fixed.saturating_sub(1).min(fixed.div_ceil(16) + 3);
        lanes + rows
    }

    /// Additions within a leaf of rows, then from level to level.
    fn rows_depth(&self, per_row: usize) -> usize {
        let (entries, leaf) = (per_row * self.nodes.rows, per_row * LEAF_ROWS);
        let levels = entries.div_ceil(leaf).next_power_of_two().ilog2() as usize;
        entries.min(leaf) - 1 + levels
    }
}

/// How far a rising function goes within an interval.
fn rising(function: impl Fn(f64) -> f64, x: f64, error: f64) -> f64 {
    let value = function(x);
    (function(x + error) - value).max(value - function(x - error)).max(0.0)
}

/// The logarithm, −∞ left of its domain too.
fn log(x: f64) -> f64 {
    if x > 0.0 { x.ln() } else { f64::NEG_INFINITY }
}

/// How far a power of a positive number goes within two intervals: it rises or
/// falls in each of them, so its extremes lie at the corners.
fn corners(x: f64, ex: f64, y: f64, ey: f64) -> f64 {
    if x <= ex {
        return f64::INFINITY;
    }
    let value = x.powf(y);
    let corner = |x: f64, y: f64| (x.powf(y) - value).abs();
    let pairs = [(x - ex, y - ey), (x - ex, y + ey), (x + ex, y - ey), (x + ex, y + ey)];
    pairs.iter().map(|(x, y)| corner(*x, *y)).fold(0.0, f64::max)
}

/// The distance of two numbers, 0 between equal infinities.
pub(super) fn distance(x: f64, y: f64) -> f64 {
    if x == y { 0.0 } else { (x - y).abs() }
}
