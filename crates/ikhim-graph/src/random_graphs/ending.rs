//! What a graph ends with: a loss over everything that nothing else takes,
//! derivatives, further outputs and updates.

use super::Slope;
use super::builder::{Builder, Real, Values};
use crate::{DType, Dim, NodeId, Role, Tensor, gradients};
use std::collections::BTreeSet;
use std::sync::Arc;

impl<'g> Builder<'g> {
    /// Names the outputs, adds derivatives and updates.
    pub(super) fn end(&mut self) -> Vec<Slope> {
        let taken: BTreeSet<NodeId> = self
            .graph
            .tensors()
            .iter()
            .flat_map(|tensor| tensor.inputs())
            .filter_map(|input| input.node())
            .collect();
        let untaken = |tensor: &Tensor<'g>| tensor.node().is_some_and(|id| !taken.contains(&id));
        let ends: Vec<Real<'g>> =
            self.reals.iter().copied().filter(|real| untaken(&real.tensor)).collect();
        let mut loss = self.graph.scalar(0.25);
        for (place, real) in ends.iter().enumerate() {
            if place % 2 == 0 {
                self.graph.output(&format!("value_{place}"), real.tensor);
            }
            loss = loss + self.weighted(real.tensor).mean_all();
        }
        for (place, truth) in self.truths.iter().filter(|truth| untaken(truth)).enumerate() {
            self.graph.output(&format!("truth_{place}"), *truth);
        }
        let integers = self.integers.iter().filter(|integer| untaken(&integer.tensor));
        for (place, integer) in integers.enumerate() {
            self.graph.output(&format!("integer_{place}"), integer.tensor);
        }
        self.graph.output("loss", loss);
        let slopes = self.derivatives("loss", loss, "gradient");
        let mut named: Vec<Slope> = slopes.iter().map(|(slope, _)| slope.clone()).collect();
        self.updates(&slopes);
        if self.draw.percent(25) {
            let mut curved = self.graph.scalar(0.0);
            for (_, gradient) in &slopes {
                curved = curved + self.weighted(gradient.square()).mean_all();
            }
            self.graph.output("penalty", curved);
            let second = self.derivatives("penalty", curved, "second");
            named.extend(second.into_iter().map(|(slope, _)| slope));
        }
        named
    }

    /// The value with a weight for each element of a row, all different.
    fn weighted(&mut self, value: Tensor<'g>) -> Tensor<'g> {
        let sizes: Vec<usize> = value
            .shape()
            .iter()
            .map(|dim| match dim {
                Dim::Fixed(size) => *size,
                Dim::Batch(_) => 1,
            })
            .collect();
        value * self.constant(&sizes).tensor
    }

    fn derivatives(
        &mut self,
        name: &str,
        of: Tensor<'g>,
        prefix: &str,
    ) -> Vec<(Slope, Tensor<'g>)> {
        let by: Vec<Tensor<'g>> = self.leaves.iter().map(|(_, tensor)| *tensor).collect();
        let slopes = gradients(of, &by);
        let named = self.leaves.iter().zip(slopes).map(|((leaf, _), slope)| {
            let gradient = format!("{prefix}_{leaf}");
            self.graph.output(&gradient, slope);
            (Slope { of: name.to_string(), by: leaf.clone(), gradient }, slope)
        });
        named.collect()
    }

    /// Updates of some variables along the gradient, with momentum or without,
    /// and a running mean.
    fn updates(&mut self, slopes: &[(Slope, Tensor<'g>)]) {
        if self.draw.percent(40) {
            return;
        }
        let rate = self.given(&[], Values::Real { low: 0.01, high: 0.1 });
        let learned: Vec<(Tensor<'g>, Tensor<'g>, String)> = self
            .leaves
            .iter()
            .zip(slopes)
            .filter(|((_, leaf), _)| leaf.op_name() == "read")
            .map(|((path, leaf), (_, slope))| (*leaf, *slope, path.clone()))
            .collect();
        for (variable, gradient, path) in learned {
            let step = if self.draw.percent(40) {
                let Some(sizes) = variable.shape().fixed() else { continue };
                let initial = {
                    let sizes = sizes.clone();
                    move |_| crate::Array::f32(&sizes, vec![0.125; sizes.iter().product()])
                };
                let slot = format!("{path}.momentum.velocity");
                let velocity = self.graph.variable_at(
                    &slot,
                    &sizes,
                    DType::F32,
                    Role::Slot,
                    Arc::new(initial),
                    false,
                    false,
                );
                let moved = velocity * 0.9 + gradient;
                self.graph.update(velocity, moved);
                moved
            } else {
                gradient
            };
            self.graph.update(variable, variable - rate * step);
        }
        let mean = self.reals[0].tensor.mean_all();
        let initial = Arc::new(|_| crate::Array::scalar(0.5));
        let running =
            self.graph.variable("running_mean", &[], DType::F32, Role::Statistic, initial);
        self.graph.update(running, running * 0.9 + mean * 0.1);
    }
}
