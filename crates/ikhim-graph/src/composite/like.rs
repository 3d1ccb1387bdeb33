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
