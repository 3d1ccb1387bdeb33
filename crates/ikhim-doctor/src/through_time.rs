//! How slopes grow on their way back through the steps of a recurrence.

use ikhim_graph::{Definition, Dim, NodeId, Op};
use serde::{Deserialize, Serialize};

/// The slopes of the loss by what enters each step of a recurrent layer.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct StepSlopes {
    /// The path of the layer.
    pub path: String,
    /// Their norm at each step over all rows, in the order in which the layer
    /// takes the steps.
    #[serde(with = "list")]
    pub norms: Vec<f64>,
}

impl StepSlopes {
    /// How many times as large they are at the first step as at the last; NaN of
    /// less than two steps.
    pub(crate) fn growth(&self) -> f64 {
        match self.norms.as_slice() {
            [first, .., last] if *last > 0.0 => first / last,
            _ => f64::NAN,
        }
    }

    /// The share of the whole norm that is left where no step has more than the
    /// last one.
    pub(crate) fn without_growth(&self) -> f64 {
        let last = self.norms.last().copied().unwrap_or(f64::NAN);
        let norm =
            |values: &mut dyn Iterator<Item = f64>| values.map(|x| x * x).sum::<f64>().sqrt();
        let whole = norm(&mut self.norms.iter().copied());
        norm(&mut self.norms.iter().map(|value| value.min(last))) / whole
    }
}

/// The ways back through time in the graph of a training step.
#[derive(Debug, Clone)]
pub(crate) struct WayBack {
    node: NodeId,
    path: String,
    steps: usize,
    /// Numbers of a step: values of a unit times units.
    width: usize,
    reverse: bool,
}

impl WayBack {
    /// All that a graph has, in the order of the network.
    pub(crate) fn all(step: &Definition) -> Vec<WayBack> {
        let nodes = step.nodes().iter().enumerate().rev();
        nodes
            .filter_map(|(index, node)| {
                let Op::RecurGrad(grad) = &node.op else { return None };
                let (Dim::Fixed(whole), states) = (*node.shape.last()?, grad.recur.cell.states())
                else {
                    return None;
                };
                let kernel = &step.node(*node.inputs.get(1)?).shape;
                let Dim::Fixed(units) = *kernel.first()? else { return None };
                let in_step: usize = grad.recur.cell.slope_parts().iter().sum();
                Some(WayBack {
                    node: NodeId::at(index),
                    // The way back stands outside of the layer that it belongs to.
                    path: step.node(*node.inputs.first()?).scope.clone(),
                    steps: (whole / units - states) / in_step,
                    width: grad.recur.cell.slope_parts()[0] * units,
                    reverse: grad.recur.reverse,
                })
            })
            .collect()
    }

    /// The node whose value holds the slopes.
    pub(crate) fn node(&self) -> NodeId {
        self.node
    }

    /// The norms of the steps from its value, by its sizes and numbers.
    pub(crate) fn slopes(&self, sizes: &[usize], values: &[f32]) -> StepSlopes {
        let mut squares = vec![0.0_f64; self.steps];
        let in_row = sizes.last().copied().unwrap_or(1).max(1);
        for row in values.chunks_exact(in_row) {
            for (sum, step) in squares.iter_mut().zip(row.chunks_exact(self.width)) {
                *sum += step.iter().map(|slope| f64::from(*slope).powi(2)).sum::<f64>();
            }
        }
        if self.reverse {
            squares.reverse();
        }
        let norms = squares.into_iter().map(f64::sqrt).collect();
        StepSlopes { path: self.path.clone(), norms }
    }
}

/// Numbers in JSON, those that are not finite as words.
mod list {
    use crate::loose;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct One(#[serde(with = "loose")] f64);

    pub(super) fn serialize<S: Serializer>(values: &[f64], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(values.iter().map(|value| One(*value)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<f64>, D::Error> {
        Ok(Vec::<One>::deserialize(from)?.into_iter().map(|one| one.0).collect())
    }
}
