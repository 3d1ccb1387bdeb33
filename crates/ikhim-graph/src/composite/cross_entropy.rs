//! Cross-entropy of logits, computed so that no logarithm of a rounded
//! probability is taken.
//!
//! Over classes: `−Σ t·ln softmax(x)` along the last axis, the slope by x
//! `softmax(x)·Σt − t`. A target is a class number or a row of probabilities t;
//! smoothing by ε puts `(1 − ε)·t + ε/classes` in its place. Shapes: logits
//! `[…, classes]`, class numbers `[…]` or probabilities `[…, classes]`, result
//! `[…]`.
//!
//! Of a truth value: `−z·ln σ(x) − (1 − z)·ln(1 − σ(x))`, computed as
//! `max(x, 0) − x·z + ln(1 + e^(−|x|))`, the slope by x `σ(x) − z`. Shapes:
//! equal, also of the result.
//!
//! Targets never broadcast: unequal shapes are a fault (`shape.loss`).

use crate::autodiff::{Derivative, Rule};
use crate::{DType, Shape, Tensor};
use ikhim_text::Fault;
use std::rc::Rc;

impl<'g> Tensor<'g> {
    /// The cross-entropy of logits over the classes of the last axis, one number
    /// for each row: `targets` are class numbers (i32) in the shape without that
    /// axis, or probabilities (f32) in the shape of the logits.
    #[track_caller]
    pub fn cross_entropy(self, targets: Tensor<'g>) -> Tensor<'g> {
        self.cross_entropy_smoothed(targets, 0.0)
    }

    /// [`Tensor::cross_entropy`] with the share `smoothing` of each target,
    /// between 0 and 1, spread evenly over all classes.
    #[track_caller]
    pub fn cross_entropy_smoothed(self, targets: Tensor<'g>, smoothing: f64) -> Tensor<'g> {
        if self.node().is_none() || targets.node().is_none() {
            return Tensor::faulty(self.graph());
        }
        if !(0.0..=1.0).contains(&smoothing) {
            let name = "cross_entropy";
            return self.refuse(name, "smoothing", "between 0 and 1", smoothing);
        }
        let shape = self.shape();
        let expected = match targets.dtype() {
            DType::I32 if shape.rank() > 0 => shape.without(shape.rank() - 1),
            _ => shape.clone(),
        };
        if targets.shape() != expected || shape.rank() == 0 {
            return self.unequal(targets);
        }
        let classes = self.dim(-1);
        let rule: Rule = Rc::new(move |d| cross_entropy_slopes(d, classes, smoothing));
        let inputs = [self, targets];
        let loss = self.graph().composite("cross_entropy", &inputs, Some(rule), || {
            let logarithms = self.log_softmax(-1);
            let loss = match targets.dtype() {
                // Other classes are left out rather than multiplied by 0: a
                // logit of −∞ must not make the loss NaN.
                DType::I32 if smoothing == 0.0 => {
                    let own = checked(targets, classes).one_hot(classes).cast(DType::Bool);
                    own.select(logarithms, self.number(0.0))
                }
                DType::I32 => smoothed(checked(targets, classes), classes, smoothing) * logarithms,
                _ => smoothed(targets, classes, smoothing) * logarithms,
            };
            vec![-loss.sum(&[-1])]
        });
        loss.first().copied().unwrap_or(self)
    }

    /// The cross-entropy of the logit of a truth value, element by element:
    /// `targets` are probabilities, usually 0 or 1, in the shape of the logits.
    #[track_caller]
    pub fn sigmoid_cross_entropy(self, targets: Tensor<'g>) -> Tensor<'g> {
        if self.node().is_none() || targets.node().is_none() {
            return Tensor::faulty(self.graph());
        }
        if self.shape() != targets.shape() {
            return self.unequal(targets);
        }
        let rule: Rule = Rc::new(|d| {
            let (x, z, u) = (d.inputs[0], d.inputs[1], d.upstream());
            vec![Some(u * (x.sigmoid() - z)), Some(-(u * x))]
        });
        let inputs = [self, targets];
        let loss = self.graph().composite("sigmoid_cross_entropy", &inputs, Some(rule), || {
            let positive = self.maximum(self.number(0.0));
            vec![positive - self * targets + (-self.abs()).exp().log_1p()]
        });
        loss.first().copied().unwrap_or(self)
    }

    /// The fault of a prediction and a target of different shapes.
    #[track_caller]
    fn unequal(self, targets: Tensor<'g>) -> Tensor<'g> {
        let name = |shape: Shape| shape.to_string();
        let fault = Fault::of("shape.loss")
            .with("found", name(self.shape()))
            .with("expected", name(targets.shape()));
        self.graph().fail(fault)
    }
}

fn cross_entropy_slopes<'g>(
    derivative: &Derivative<'_, 'g>,
    classes: usize,
    smoothing: f64,
) -> Vec<Option<Tensor<'g>>> {
    let (logits, targets) = (derivative.inputs[0], derivative.inputs[1]);
    let u = derivative.upstream().expand_dims(-1);
    let probabilities = smoothed(targets, classes, smoothing);
    if targets.dtype() == DType::I32 {
        return vec![Some(u * (logits.softmax(-1) - probabilities)), None];
    }
    // Given probabilities need not have the sum 1.
    let total = probabilities.sum(&[-1]).expand_dims(-1);
    let by_targets = -(u * logits.log_softmax(-1)) * (1.0 - smoothing);
    vec![Some(u * (logits.softmax(-1) * total - probabilities)), Some(by_targets)]
}

/// The same class numbers, each known to be one: a row of `one_hot` would be all
/// zeros for a class that is not there, and the loss 0.
#[track_caller]
fn checked<'g>(targets: Tensor<'g>, classes: usize) -> Tensor<'g> {
    targets.graph().iota(classes).gather(targets, 0)
}

/// Targets as probabilities of all classes.
#[track_caller]
fn smoothed<'g>(targets: Tensor<'g>, classes: usize, smoothing: f64) -> Tensor<'g> {
    let probabilities = match targets.dtype() {
        DType::I32 => targets.one_hot(classes),
        _ => targets,
    };
    if smoothing == 0.0 {
        return probabilities;
    }
    probabilities * (1.0 - smoothing) + smoothing / classes as f64
}
