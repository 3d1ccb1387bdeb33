//! Random numbers: each is a function of seed, stream, step and a logical
//! index, never of the order in which they are drawn.
//!
//! The stream is a hash of the layer's path and of the purpose, so another layer
//! moves no number of this one. Where the leading axis carries `N`, the index is
//! `row id · elements of a row + place in the row`: a row meets the same numbers
//! in whatever batch and at whatever place it stands. Else the index is the
//! place in row-major order.
//!
//! The numbers are made in f32 and widened in f64, so that both precisions see
//! the same ones. They have no gradient.

use super::{Argument, Operand, Primitive, Run, rule};
use crate::autodiff::Derivative;
use crate::value::{Precise, Value};
use crate::{DType, Dim, Graph, Op, Result, Shape, Tensor};
use ikhim_numeric::random::{Stream, stream_id};

/// Uniform numbers from 0 up to, not including, 1.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct RandomUniform {
    /// Hash of the layer's path and of the purpose.
    pub stream: u64,
    /// The sizes.
    pub shape: Shape,
}

/// Numbers of the normal distribution with mean 0 and deviation 1.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct RandomNormal {
    /// Hash of the layer's path and of the purpose.
    pub stream: u64,
    /// The sizes.
    pub shape: Shape,
}

impl Graph {
    /// Uniform numbers in `[0, 1)` for a purpose of the current layer, e.g.
    /// `"mask"`. A further use of a purpose in one layer has numbers of its own.
    #[track_caller]
    pub fn random_uniform(&self, purpose: &str, shape: &[Dim]) -> Tensor<'_> {
        let stream = self.fresh_stream(purpose);
        self.push(Op::RandomUniform(RandomUniform { stream, shape: Shape::from(shape) }), &[])
    }

    /// Normal numbers with mean 0 and deviation 1 for a purpose of the current
    /// layer. A further use of a purpose in one layer has numbers of its own.
    #[track_caller]
    pub fn random_normal(&self, purpose: &str, shape: &[Dim]) -> Tensor<'_> {
        let stream = self.fresh_stream(purpose);
        self.push(Op::RandomNormal(RandomNormal { stream, shape: Shape::from(shape) }), &[])
    }

    /// The first stream of a purpose that no node draws from yet: two masks of
    /// a shared layer must not be equal.
    fn fresh_stream(&self, purpose: &str) -> u64 {
        let scope = self.scope();
        let building = self.building.borrow();
        let taken = |stream: u64| {
            building.nodes.iter().any(|node| match &node.op {
                Op::RandomUniform(op) => op.stream == stream,
                Op::RandomNormal(op) => op.stream == stream,
                _ => false,
            })
        };
        let mut stream = stream_id(&scope, purpose);
        let mut use_of = 1;
        while taken(stream) {
            use_of += 1;
            stream = stream_id(&scope, &format!("{purpose}_{use_of}"));
        }
        stream
    }
}

/// The rules that both distributions share, with the draw of one number.
macro_rules! random {
    ($op:ident, $name:literal, $draw:ident) => {
        impl Primitive for $op {
            fn name(&self) -> &'static str {
                $name
            }

            fn output(&self, _: &[Operand<'_>]) -> Result<(DType, Shape)> {
                rule::one_batch_axis(&self.shape)?;
                Ok((DType::F32, self.shape.clone()))
            }

            fn gradient<'g>(&self, _: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
                Vec::new()
            }

            fn evaluate<T: Precise>(
                &self,
                _: &[Argument<'_, T>],
                run: &Run<'_>,
            ) -> Result<Value<T>> {
                let stream = Stream::new(run.seed, self.stream);
                let draws = indices(run).map(|index| T::from_f32(stream.$draw(run.step, index)));
                Ok(Value::real(&run.sizes(), draws.collect()))
            }
        }
    };
}

random!(RandomUniform, "random_uniform", uniform);
random!(RandomNormal, "random_normal", normal);

/// The logical index of each element in row-major order.
fn indices(run: &Run<'_>) -> impl Iterator<Item = u64> {
    let by_row = run.shape.first().is_some_and(|dim| dim.is_batch());
    let (Dim::Fixed(width) | Dim::Batch(width)) = run.shape.elements();
    let whole = [0];
    let rows = if by_row { run.row_ids.to_vec() } else { whole.to_vec() };
    let count = if by_row { width } else { run.sizes().iter().product() };
    rows.into_iter().flat_map(move |row| {
        let start = row.wrapping_mul(width as u64);
        (0..count as u64).map(move |place| start.wrapping_add(place))
    })
}
