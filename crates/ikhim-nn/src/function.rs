use crate::{Inputs, Model, Module};
use ikhim_graph::Tensor;

/// A module from a function.
///
/// ```
/// use ikhim_nn::{Apply, Dense, Model, from_fn};
/// let network = from_fn(|x| x.apply(Dense::new(8)).tanh().apply(Dense::new(1)));
/// # fn takes(_: impl Model) {}
/// # takes(network);
/// ```
pub fn from_fn<F>(function: F) -> FromFn<F>
where
    F: for<'g> Fn(Tensor<'g>) -> Tensor<'g>,
{
    FromFn(function)
}

/// A module from a function, see [`from_fn`].
#[derive(Clone, Copy)]
pub struct FromFn<F>(F);

impl<F: for<'g> Fn(Tensor<'g>) -> Tensor<'g>> Module for FromFn<F> {
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        (self.0)(x)
    }

    fn kind(&self) -> Option<String> {
        None
    }
}

/// A model of several inputs from a function.
pub fn from_inputs<F>(function: F) -> FromInputs<F>
where
    F: for<'a, 'g> Fn(&'a Inputs<'g>) -> Tensor<'g>,
{
    FromInputs(function)
}

/// A model from a function, see [`from_inputs`].
#[derive(Clone, Copy)]
pub struct FromInputs<F>(F);

impl<F: for<'a, 'g> Fn(&'a Inputs<'g>) -> Tensor<'g>> Model for FromInputs<F> {
    fn forward<'g>(&self, inputs: &Inputs<'g>) -> Tensor<'g> {
        (self.0)(inputs)
    }
}
