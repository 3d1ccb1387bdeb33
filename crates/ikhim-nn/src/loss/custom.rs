use super::{Reduction, unequal};
use ikhim_graph::{N, Shape, Tensor};
use std::fmt;
use std::sync::Arc;

type Function = dyn for<'g> Fn(Tensor<'g>, Tensor<'g>) -> Tensor<'g> + Send + Sync;

/// A loss from a function of prediction and target, see
/// [`Loss::custom`](super::Loss::custom). It gives one number for each row
/// `[N]`, or one for each element `[N, …]`, whose mean over a row counts, or a
/// single number for all rows.
#[derive(Clone)]
pub struct CustomLoss {
    name: String,
    function: Arc<Function>,
    pub(super) reduction: Reduction,
}

impl CustomLoss {
    /// A loss by name and function, mean over rows.
    pub fn new<F>(name: impl Into<String>, function: F) -> CustomLoss
    where
        F: for<'g> Fn(Tensor<'g>, Tensor<'g>) -> Tensor<'g> + Send + Sync + 'static,
    {
        CustomLoss {
            name: name.into(),
            function: Arc::new(function),
            reduction: Reduction::default(),
        }
    }

    /// How the losses of rows become one number.
    pub fn reduction(mut self, reduction: Reduction) -> CustomLoss {
        self.reduction = reduction;
        self
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    #[track_caller]
    pub(super) fn elements<'g>(&self, prediction: Tensor<'g>, target: Tensor<'g>) -> Tensor<'g> {
        let value = (self.function)(prediction, target);
        if value.node().is_none() {
            return value;
        }
        match value.shape().first() {
            None => value.broadcast_to(&Shape::from([N].as_slice())),
            Some(rows) if rows.is_batch() => value,
            Some(_) => unequal(value, target),
        }
    }
}

/// Two custom losses are equal when they are the same function value.
impl PartialEq for CustomLoss {
    fn eq(&self, other: &CustomLoss) -> bool {
        self.name == other.name
            && self.reduction == other.reduction
            && Arc::ptr_eq(&self.function, &other.function)
    }
}

impl fmt::Debug for CustomLoss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomLoss").field("name", &self.name).finish_non_exhaustive()
    }
}
