//! The same numbers in another type, element by element. Shape: as the input's.
//!
//! | from | to f32 | to i32 | to bool |
//! |---|---|---|---|
//! | f32 | – | cut toward 0, held to the range of i32, NaN is 0 | x ≠ 0 |
//! | i32 | nearest | – | x ≠ 0 |
//! | bool | 0, 1 | 0, 1 | – |
//!
//! No slope: every cast starts or ends at a type that has none.

use super::{Argument, Operand, Primitive, Run};
use crate::autodiff::Derivative;
use crate::value::{Buffer, Precise, Value};
use crate::{DType, Op, Result, Shape, Tensor};

/// The same numbers in another type.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Cast {
    /// The new type.
    pub dtype: DType,
}

impl<'g> Tensor<'g> {
    /// The same numbers in another type: real numbers are cut toward 0 and held
    /// to the range of i32, truth values are 0 and 1, and what is not 0 is true.
    #[track_caller]
    pub fn cast(self, dtype: DType) -> Tensor<'g> {
        if self.node().is_none() || self.dtype() == dtype {
            return self;
        }
        self.then(Op::Cast(Cast { dtype }))
    }
}

impl Primitive for Cast {
    fn name(&self) -> &'static str {
        "cast"
    }

    fn equation(&self, inputs: &[&str]) -> String {
        format!("cast({}, {})", inputs.join(", "), self.dtype)
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        Ok((self.dtype, inputs[0].shape.clone()))
    }

    fn gradient<'g>(&self, _: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        vec![None]
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let sizes = run.sizes();
        // f64 holds every f32 and every i32, so one way through it rounds once.
        let numbers: Vec<f64> = match &inputs[0].value.buffer {
            Buffer::Real(values) => values.iter().map(|value| value.to_f64()).collect(),
            Buffer::I32(values) => values.iter().map(|value| f64::from(*value)).collect(),
            Buffer::Bool(values) => values.iter().map(|value| f64::from(u8::from(*value))).collect(),
        };
        let numbers = numbers.into_iter();
        Ok(match self.dtype {
            DType::F32 => Value::real(&sizes, numbers.map(T::from_f64).collect()),
            DType::I32 => Value::i32(&sizes, numbers.map(|number| number as i32).collect()),
            DType::Bool => Value::bool(&sizes, numbers.map(|number| number != 0.0).collect()),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::check::{array, check_gradient, evaluate, fixed, slopes};
    use crate::{Array, DType};

    #[test]
    fn cuts_and_holds_real_numbers() {
        let values = [1.9, -1.9, 0.0, 3e9, -3e9, f64::INFINITY, f64::NAN];
        let expected = vec![1, -1, 0, i32::MAX, i32::MIN, i32::MAX, 0];
        let found = evaluate::<f32>(&[fixed(&[7], &values)], |x| x[0].cast(DType::I32));
        assert_eq!(found, Array::i32(&[7], expected));
    }

    #[test]
    fn rounds_integers_once() {
        // 2²⁴ + 1 lies midway between two f32 and goes to the even one.
        let inputs = [array(Array::i32(&[3], vec![-7, (1 << 24) + 1, i32::MAX]))];
        let found = evaluate::<f32>(&inputs, |x| x[0].cast(DType::F32));
        assert_eq!(found, Array::f32(&[3], vec![-7.0, 16_777_216.0, 2_147_483_648.0]));
        let found = evaluate::<f64>(&inputs, |x| x[0].cast(DType::F32));
        assert_eq!(found, Array::f64(&[3], vec![-7.0, 16_777_217.0, 2_147_483_647.0]));
    }

    #[test]
    fn truths_are_zero_and_one() {
        let truths = [array(Array::bool(&[2], vec![false, true]))];
        let found = evaluate::<f32>(&truths, |x| x[0].cast(DType::F32));
        assert_eq!(found, Array::f32(&[2], vec![0.0, 1.0]));
        let found = evaluate::<f32>(&truths, |x| x[0].cast(DType::I32));
        assert_eq!(found, Array::i32(&[2], vec![0, 1]));
        let numbers = [fixed(&[4], &[0.0, -0.0, 0.25, f64::NAN])];
        let found = evaluate::<f32>(&numbers, |x| x[0].cast(DType::Bool));
        assert_eq!(found, Array::bool(&[4], vec![false, false, true, true]));
    }

    #[test]
    fn has_no_slope_unless_it_changes_nothing() {
        let inputs = [fixed(&[2], &[1.5, 2.5])];
        let found = slopes::<f64>(&inputs, |x| x[0] * x[0].cast(DType::I32).cast(DType::F32));
        assert_eq!(found, [[1.0, 2.0]]);
        let found = slopes::<f64>(&inputs, |x| x[0].cast(DType::F32));
        assert_eq!(found, [[1.0, 1.0]]);
    }

    #[test]
    fn gradients_agree_with_differences() {
        // Away from the whole numbers, where the integer jumps, and from 0.
        let inputs = [fixed(&[4], &[1.5, -2.25, 0.5, -0.75])];
        check_gradient(&inputs, |x| {
            let whole = x[0].cast(DType::I32).cast(DType::F32);
            let truth = x[0].cast(DType::Bool).cast(DType::F32);
            x[0] * x[0] * whole + x[0] * truth
        });
    }

    #[test]
    fn slope_where_the_integer_jumps() {
        let inputs = [fixed(&[3], &[2.0, -1.0, 0.0])];
        let found = slopes::<f64>(&inputs, |x| x[0] * x[0].cast(DType::I32).cast(DType::F32));
        assert_eq!(found, [[2.0, -1.0, 0.0]]);
    }
}
