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

#[cfg(test)]
mod tests {
    use crate::check::{batch, check_gradient};
    use crate::{Array, Dim, Evaluator, Feed, Graph, N, Precise, State};
    use ikhim_numeric::random::{Stream, stream_id};

    /// The value `numbers` of a graph, for row ids at seed 5 and step 9.
    fn draw<T: Precise>(graph: Graph, ids: &[u64]) -> Array {
        let definition = graph.finish().unwrap().into();
        let evaluator = Evaluator::<T>::new(definition, &["numbers"]).unwrap();
        let feed = Feed::rows(ids.len()).row_ids(ids).random(5, 9);
        evaluator.run(&mut State::new(), &feed).unwrap().remove(0)
    }

    fn masks(ids: &[u64]) -> Vec<f64> {
        let graph = Graph::new();
        graph.layer("dropout", None, || {
            graph.output("numbers", graph.random_uniform("mask", &[N, Dim::Fixed(3)]));
        });
        draw::<f32>(graph, ids).to_f64()
    }

    #[test]
    fn a_number_is_a_function_of_its_row() {
        let stream = Stream::new(5, stream_id("dropout_1", "mask"));
        let of_row = |row: u64| (0..3).map(move |at| f64::from(stream.uniform(9, row * 3 + at)));
        let expected: Vec<f64> = [4, 0, 1 << 40].into_iter().flat_map(of_row).collect();
        assert_eq!(masks(&[4, 0, 1 << 40]), expected);
        assert_eq!(masks(&[0]), expected[3..6]);
        assert!(masks(&[]).is_empty());
    }

    #[test]
    fn without_a_leading_batch_axis_the_place_counts() {
        let graph = Graph::new();
        let numbers = graph.random_normal("noise", &[Dim::Fixed(2), N]);
        graph.output("numbers", numbers);
        let stream = Stream::new(5, stream_id("", "noise"));
        let expected: Vec<f64> = (0..6).map(|at| f64::from(stream.normal(9, at))).collect();
        let found = draw::<f32>(graph, &[70, 80, 90]);
        assert_eq!(found, Array::f32(&[2, 3], expected.iter().map(|x| *x as f32).collect()));
    }

    #[test]
    fn both_precisions_see_the_same_numbers() {
        let graph = || {
            let graph = Graph::new();
            let shape = [Dim::Fixed(20)];
            let numbers = graph.random_normal("noise", &shape) + graph.random_uniform("u", &shape);
            graph.output("numbers", numbers * 0.0 + graph.random_normal("noise", &shape));
            graph
        };
        assert_eq!(draw::<f32>(graph(), &[]).to_f64(), draw::<f64>(graph(), &[]).to_f64());
    }

    #[test]
    fn layers_and_purposes_have_numbers_of_their_own() {
        let all = |build: &dyn Fn(&Graph)| {
            let graph = Graph::new();
            build(&graph);
            draw::<f32>(graph, &[]).to_f64()
        };
        let shape = [Dim::Fixed(4)];
        let first = all(&|graph| graph.output("numbers", graph.random_uniform("a", &shape)));
        let other = all(&|graph| graph.output("numbers", graph.random_uniform("b", &shape)));
        let inside = all(&|graph| {
            graph.layer("a", None, || graph.output("numbers", graph.random_uniform("a", &shape)))
        });
        let second = all(&|graph| {
            graph.random_uniform("a", &shape);
            graph.output("numbers", graph.random_uniform("a", &shape));
        });
        let beside_another = all(&|graph| {
            graph.layer("dropout", None, || graph.random_uniform("a", &shape));
            graph.output("numbers", graph.random_uniform("a", &shape));
        });
        for (name, numbers) in [("other", &other), ("inside", &inside), ("second", &second)] {
            assert_ne!(numbers, &first, "{name}");
        }
        assert_eq!(beside_another, first);
    }

    #[test]
    fn rows_in_two_axes_are_a_fault() {
        let graph = Graph::new();
        graph.random_uniform("mask", &[N, N]);
        assert_eq!(graph.finish().unwrap_err().code(), "shape.mismatch");
    }

    #[test]
    fn gradients_agree_with_differences() {
        check_gradient(&[batch(&[2, 2], &[0.5, -1.0, 2.0, 0.3])], |x| {
            let graph = x[0].graph();
            let uniform = graph.random_uniform("uniform", &x[0].shape());
            let normal = graph.random_normal("normal", &x[0].shape());
            x[0] * x[0] * uniform + x[0] * normal
        });
    }
}
