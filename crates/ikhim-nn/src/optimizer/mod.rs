//! Optimizers as graphs: the new value of a parameter from its gradient, the
//! rate and slots of its own.
//!
//! Slots are variables `<path>.<optimizer>.<slot>`; the number of updates is the
//! variable `optimizer.step`, an f32 that counts exactly up to 2²⁴, where the
//! corrections that read it have long become 1. The rate is a value of the
//! graph, so schedules never change a program. The formulas are PyTorch's, the
//! default settings Keras's; each page says where the two differ.

mod adadelta;
mod adagrad;
mod adam;
mod rmsprop;
mod sgd;

pub use adadelta::Adadelta;
pub use adagrad::Adagrad;
pub use adam::{Adam, AdamW};
pub use rmsprop::Rmsprop;
pub use sgd::Sgd;

use ikhim_graph::{Array, DType, Graph, Role, Tensor};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Any optimizer as a value.
///
/// ```
/// use ikhim_nn::{Optimizer, Sgd};
/// let optimizer: Optimizer = Sgd::new(0.1).momentum(0.9).into();
/// assert_eq!(optimizer.learning_rate(), 0.1);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Optimizer {
    /// Gradient descent.
    Sgd(Sgd),
    /// Rates that fall with the sum of squared gradients.
    Adagrad(Adagrad),
    /// Steps in the units of the parameter.
    Adadelta(Adadelta),
    /// Steps divided by the running size of the gradient.
    Rmsprop(Rmsprop),
    /// Running mean and size of the gradient.
    Adam(Adam),
    /// Adam with decoupled weight decay.
    #[serde(rename = "adamw")]
    AdamW(AdamW),
}

impl Optimizer {
    /// The names that an experiment file may use.
    pub const NAMES: &[&str] = &["sgd", "adagrad", "adadelta", "rmsprop", "adam", "adamw"];

    /// The optimizer of a name with its default settings; `None` for an unknown
    /// name.
    pub fn of(name: &str) -> Option<Optimizer> {
        Some(match name {
            "sgd" => Sgd::default().into(),
            "adagrad" => Adagrad::default().into(),
            "adadelta" => Adadelta::default().into(),
            "rmsprop" => Rmsprop::default().into(),
            "adam" => Adam::default().into(),
            "adamw" => AdamW::default().into(),
            _ => return None,
        })
    }

    /// The name.
    pub fn name(&self) -> &'static str {
        match self {
            Optimizer::Sgd(_) => "sgd",
            Optimizer::Adagrad(_) => "adagrad",
            Optimizer::Adadelta(_) => "adadelta",
            Optimizer::Rmsprop(_) => "rmsprop",
            Optimizer::Adam(_) => "adam",
            Optimizer::AdamW(_) => "adamw",
        }
    }

    /// The rate before any schedule. A graph takes the rate as an input, so
    /// this number is for the loop around it.
    pub fn learning_rate(&self) -> f64 {
        match self {
            Optimizer::Sgd(optimizer) => optimizer.learning_rate,
            Optimizer::Adagrad(optimizer) => optimizer.learning_rate,
            Optimizer::Adadelta(optimizer) => optimizer.learning_rate,
            Optimizer::Rmsprop(optimizer) => optimizer.learning_rate,
            Optimizer::Adam(optimizer) => optimizer.learning_rate,
            Optimizer::AdamW(optimizer) => optimizer.adam.learning_rate,
        }
    }

    /// The decoupled weight decay of the optimizer itself: only AdamW has one.
    pub fn weight_decay(&self) -> f64 {
        match self {
            Optimizer::AdamW(optimizer) => optimizer.weight_decay,
            _ => 0.0,
        }
    }

    /// How far the parameter moves against its gradient: the new value is
    /// `parameter − descent`.
    pub(crate) fn descent<'g>(&self, descent: &Descent<'_, 'g>) -> Tensor<'g> {
        match self {
            Optimizer::Sgd(optimizer) => optimizer.descent(descent),
            Optimizer::Adagrad(optimizer) => optimizer.descent(descent),
            Optimizer::Adadelta(optimizer) => optimizer.descent(descent),
            Optimizer::Rmsprop(optimizer) => optimizer.descent(descent),
            Optimizer::Adam(optimizer) => optimizer.descent(descent),
            Optimizer::AdamW(optimizer) => optimizer.adam.descent(descent),
        }
    }
}

/// What an optimizer knows when it moves one parameter.
pub(crate) struct Descent<'a, 'g> {
    pub(crate) optimizer: &'static str,
    pub(crate) path: &'a str,
    pub(crate) parameter: Tensor<'g>,
    pub(crate) gradient: Tensor<'g>,
    pub(crate) rate: Tensor<'g>,
    /// The number of this update, from 1.
    pub(crate) step: Tensor<'g>,
}

impl<'g> Descent<'_, 'g> {
    /// Declares a slot in the shape of the parameter.
    fn slot(&self, name: &str, initial: f64) -> Tensor<'g> {
        let path = format!("{}.{}.{name}", self.path, self.optimizer);
        let shape = self.parameter.shape().fixed().unwrap_or_default();
        slot_at(self.parameter.graph(), &path, &shape, initial, Role::Slot)
    }

    /// Keeps the next value of a slot, and gives it.
    fn keep(&self, slot: Tensor<'g>, next: Tensor<'g>) -> Tensor<'g> {
        slot.graph().update(slot, next);
        next
    }
}

/// The counter of updates: declares it, counts on, and gives the number of this
/// update, from 1.
pub(crate) fn count_updates(graph: &Graph) -> Tensor<'_> {
    let counter = slot_at(graph, "optimizer.step", &[], 0.0, Role::Counter);
    let step = counter + 1.0;
    graph.update(counter, step);
    step
}

fn slot_at<'g>(
    graph: &'g Graph,
    path: &str,
    shape: &[usize],
    initial: f64,
    role: Role,
) -> Tensor<'g> {
    // Made when it is asked for: a network that is only looked at has no slots.
    let sizes = shape.to_vec();
    let make = move |_| Array::f32(&sizes, vec![initial as f32; sizes.iter().product()]);
    let initial = Arc::new(make);
    graph.variable_at(path, shape, DType::F32, role, initial, false, false)
}

macro_rules! from {
    ($($optimizer:ident),+) => {$(
        impl From<$optimizer> for Optimizer {
            fn from(optimizer: $optimizer) -> Optimizer {
                Optimizer::$optimizer(optimizer)
            }
        }
    )+};
}

from!(Sgd, Adagrad, Adadelta, Rmsprop, Adam, AdamW);
