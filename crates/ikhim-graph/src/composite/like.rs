//! Constants in the shape and type of a value.

use crate::{Array, DType, Tensor};

impl<'g> Tensor<'g> {
    /// Zeros in the shape and type of this value; `false` for truth values.
    #[track_caller]
    pub fn zeros_like(self) -> Tensor<'g> {
        self.filled_like(0)
    }

    /// Ones in the shape and type of this value; `true` for truth values.
    #[track_caller]
    pub fn ones_like(self) -> Tensor<'g> {
        self.filled_like(1)
    }

    #[track_caller]
    fn filled_like(self, value: u8) -> Tensor<'g> {
        if self.node().is_none() {
            return self;
        }
        let number = match self.dtype() {
            DType::F32 => Array::f32(&[], vec![f32::from(value)]),
            DType::I32 => Array::i32(&[], vec![i32::from(value)]),
            DType::Bool => Array::bool(&[], vec![value != 0]),
        };
        self.graph().constant(number).broadcast_to(&self.shape())
    }
}

#[cfg(test)]
mod tests {
    use crate::Array;
    use crate::check::{array, batch, check_gradient, evaluate, slopes};

    #[test]
    fn keeps_shape_and_type() {
        let real = [batch(&[2, 1], &[1.5, f64::NAN])];
        assert_eq!(
            evaluate::<f32>(&real, |x| x[0].zeros_like()),
            Array::f32(&[2, 1], vec![0.0; 2])
        );
        assert_eq!(evaluate::<f32>(&real, |x| x[0].ones_like()), Array::f32(&[2, 1], vec![1.0; 2]));
        let whole = [array(Array::i32(&[1], vec![7]))];
        assert_eq!(evaluate::<f32>(&whole, |x| x[0].ones_like()), Array::i32(&[1], vec![1]));
        let truth = [array(Array::bool(&[1], vec![true]))];
        assert_eq!(evaluate::<f32>(&truth, |x| x[0].zeros_like()), Array::bool(&[1], vec![false]));
        assert_eq!(slopes::<f64>(&real, |x| x[0].ones_like()), [[0.0, 0.0]]);
    }

    #[test]
    fn gradients_agree_with_differences() {
        check_gradient(&[batch(&[2], &[0.5, -1.0])], |x| {
            x[0] * x[0] * x[0].ones_like() + x[0].zeros_like()
        });
    }
}
