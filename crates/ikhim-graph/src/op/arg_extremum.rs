//! The place of the largest or smallest element along one axis, which leaves
//! the shape; the first of equal ones. A NaN counts as the extremum, as in
//! NumPy and PyTorch. No gradient: the place is an integer.

use super::groups::remaining;
use super::{Argument, Operand, Primitive, Run, form, rule};
use crate::autodiff::Derivative;
use crate::tensor::{axis_fault, resolve_axis};
use crate::value::{Precise, Value};
use crate::{DType, Op, Result, Shape, Tensor};
use ikhim_text::Fault;

/// The place of the largest element along an axis.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Argmax {
    /// The axis.
    pub axis: usize,
}

/// The place of the smallest element along an axis.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Argmin {
    /// The axis.
    pub axis: usize,
}

impl<'g> Tensor<'g> {
    /// The place of the largest element along an axis, as i32.
    #[track_caller]
    pub fn argmax(self, axis: isize) -> Tensor<'g> {
        self.along(axis, |axis| Op::Argmax(Argmax { axis }))
    }

    /// The place of the smallest element along an axis, as i32.
    #[track_caller]
    pub fn argmin(self, axis: isize) -> Tensor<'g> {
        self.along(axis, |axis| Op::Argmin(Argmin { axis }))
    }

    #[track_caller]
    fn along(self, axis: isize, op: impl FnOnce(usize) -> Op) -> Tensor<'g> {
        if self.node().is_none() {
            return self;
        }
        let shape = self.shape();
        match resolve_axis(axis, shape.rank()) {
            Some(axis) => self.then(op(axis)),
            None => self.graph().fail(axis_fault(axis, &shape)),
        }
    }
}

/// The rules of both, with whether a later element takes the place of the best.
macro_rules! arg_extremum {
    ($op:ident, $name:literal, |$best:ident, $value:ident| $better:expr) => {
        impl Primitive for $op {
            fn name(&self) -> &'static str {
                $name
            }

            fn equation(&self, inputs: &[&str]) -> String {
                form::over($name, inputs, &[self.axis])
            }

            fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
                rule::reals($name, inputs)?;
                Ok((DType::I32, remaining(inputs[0].shape, &[self.axis])?))
            }

            fn gradient<'g>(&self, _: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
                vec![None]
            }

            fn evaluate<T: Precise>(
                &self,
                inputs: &[Argument<'_, T>],
                run: &Run<'_>,
            ) -> Result<Value<T>> {
                let value = inputs[0].value;
                let better = |$best: T, $value: T| $best == $best && ($better || $value != $value);
                let places = places(value.reals(), &value.shape, self.axis, better);
                places.map(|places| Value::i32(&run.sizes(), places)).ok_or_else(|| {
                    Fault::of("train.empty_axis").with("op", $name).with("axis", self.axis)
                })
            }
        }
    };
}

arg_extremum!(Argmax, "argmax", |best, value| value > best);
arg_extremum!(Argmin, "argmin", |best, value| value < best);

/// The place of the best element along an axis; none when the axis is empty
/// though the result is not.
fn places<T: Copy>(
    values: &[T],
    sizes: &[usize],
    axis: usize,
    better: impl Fn(T, T) -> bool,
) -> Option<Vec<i32>> {
    let outer: usize = sizes[..axis].iter().product();
    let inner: usize = sizes[axis + 1..].iter().product();
    let size = sizes[axis];
    if size == 0 && outer * inner > 0 {
        return None;
    }
    let mut places = Vec::with_capacity(outer * inner);
    for block in 0..outer {
        for place in 0..inner {
            let at = |entry: usize| values[(block * size + entry) * inner + place];
            let best = (1..size).fold(
                0,
                |best, entry| {
                    if better(at(best), at(entry)) { entry } else { best }
                },
            );
            places.push(best as i32);
        }
    }
    Some(places)
}

#[cfg(test)]
mod tests {
    use crate::check::{batch, check_gradient, evaluate, fault, fixed, slopes};
    use crate::{Array, DType, Evaluator, Feed, Graph, State};

    const NAN: f64 = f64::NAN;

    #[test]
    fn takes_the_first_of_equal_ones() {
        let table = [fixed(&[2, 4], &[1.0, 3.0, 3.0, 0.5, -2.0, -2.0, -7.0, -7.0])];
        let found = evaluate::<f32>(&table, |x| x[0].argmax(1));
        assert_eq!(found, Array::i32(&[2], vec![1, 0]));
        let found = evaluate::<f32>(&table, |x| x[0].argmin(-1));
        assert_eq!(found, Array::i32(&[2], vec![3, 2]));
        let found = evaluate::<f32>(&table, |x| x[0].argmax(0));
        assert_eq!(found, Array::i32(&[4], vec![0, 0, 0, 0]));
        let rows = [batch(&[3, 2], &[1.0, 5.0, 2.0, 4.0, 0.0, 9.0])];
        assert_eq!(evaluate::<f32>(&rows, |x| x[0].argmax(0)), Array::i32(&[2], vec![1, 2]));
    }

    #[test]
    fn a_nan_is_the_extremum() {
        let table = [fixed(&[3, 3], &[1.0, NAN, 3.0, NAN, 2.0, NAN, 5.0, 4.0, NAN])];
        let expected = Array::i32(&[3], vec![1, 0, 2]);
        assert_eq!(evaluate::<f32>(&table, |x| x[0].argmax(1)), expected);
        assert_eq!(evaluate::<f32>(&table, |x| x[0].argmin(1)), expected);
    }

    #[test]
    fn has_no_slope() {
        let found = slopes::<f64>(&[fixed(&[2], &[1.0, 2.0])], |x| x[0].argmax(0).cast(DType::F32));
        assert_eq!(found, [[0.0, 0.0]]);
    }

    #[test]
    fn of_nothing_is_a_fault() {
        let graph = Graph::new();
        let x = graph.input("x", DType::F32, &[crate::N, 2.into()]);
        graph.output("place", x.argmax(0));
        let evaluator = Evaluator::<f32>::new(graph.finish().unwrap().into(), &["place"]).unwrap();
        let none = Array::f32(&[0, 2], vec![]);
        let fault = evaluator.run(&mut State::new(), &Feed::rows(0).input("x", &none)).unwrap_err();
        assert_eq!(fault.code(), "train.empty_axis");
        assert!(fault.to_string().contains("argmax over axis 0"), "{fault}");
    }

    #[test]
    fn an_axis_that_is_not_there_is_a_fault() {
        assert_eq!(fault(&[fixed(&[], &[1.0])], |x| x[0].argmax(0)), "shape.axis");
    }

    #[test]
    fn gradients_agree_with_differences() {
        let table = [fixed(&[3, 2], &[1.0, 5.0, 2.5, 4.0, 0.5, 9.0])];
        check_gradient(&table, |x| {
            let chosen = x[0].gather(x[0].argmax(1), 1);
            let place = x[0].argmin(0).cast(DType::F32);
            (chosen * chosen).sum_all() + x[0] * place
        });
    }

    #[test]
    fn the_first_of_ties_takes_the_slope() {
        let row = [fixed(&[4], &[1.0, 3.0, 3.0, 1.0])];
        let at_largest = slopes::<f64>(&row, |x| x[0].gather(x[0].argmax(0), 0));
        assert_eq!(at_largest, [[0.0, 1.0, 0.0, 0.0]]);
        let at_smallest = slopes::<f64>(&row, |x| x[0].gather(x[0].argmin(0), 0));
        assert_eq!(at_smallest, [[1.0, 0.0, 0.0, 0.0]]);
    }
}
