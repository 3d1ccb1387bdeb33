//! What the reference evaluator computes with.

use crate::{Array, DType, Data};
use ikhim_numeric::Real;

/// An evaluated tensor: sizes and elements in row-major order, real numbers in
/// the precision of the evaluation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Value<T> {
    pub(crate) shape: Vec<usize>,
    pub(crate) buffer: Buffer<T>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Buffer<T> {
    Real(Vec<T>),
    I32(Vec<i32>),
    Bool(Vec<bool>),
}

impl<T: Precise> Value<T> {
    pub(crate) fn real(shape: &[usize], values: Vec<T>) -> Value<T> {
        debug_assert_eq!(values.len(), shape.iter().product::<usize>());
        Value { shape: shape.to_vec(), buffer: Buffer::Real(values) }
    }

    pub(crate) fn i32(shape: &[usize], values: Vec<i32>) -> Value<T> {
        debug_assert_eq!(values.len(), shape.iter().product::<usize>());
        Value { shape: shape.to_vec(), buffer: Buffer::I32(values) }
    }

    pub(crate) fn bool(shape: &[usize], values: Vec<bool>) -> Value<T> {
        debug_assert_eq!(values.len(), shape.iter().product::<usize>());
        Value { shape: shape.to_vec(), buffer: Buffer::Bool(values) }
    }

    pub(crate) fn len(&self) -> usize {
        match &self.buffer {
            Buffer::Real(values) => values.len(),
            Buffer::I32(values) => values.len(),
            Buffer::Bool(values) => values.len(),
        }
    }

    pub(crate) fn dtype(&self) -> DType {
        match &self.buffer {
            Buffer::Real(_) => DType::F32,
            Buffer::I32(_) => DType::I32,
            Buffer::Bool(_) => DType::Bool,
        }
    }

    /// The elements of a tensor that the shape rule has proved to be real.
    pub(crate) fn reals(&self) -> &[T] {
        match &self.buffer {
            Buffer::Real(values) => values,
            _ => unreachable!("the shape rule admits real numbers only"),
        }
    }

    /// The elements of a tensor that the shape rule has proved to be integers.
    pub(crate) fn integers(&self) -> &[i32] {
        match &self.buffer {
            Buffer::I32(values) => values,
            _ => unreachable!("the shape rule admits integers only"),
        }
    }

    /// The elements of a tensor that the shape rule has proved to be truth values.
    pub(crate) fn truths(&self) -> &[bool] {
        match &self.buffer {
            Buffer::Bool(values) => values,
            _ => unreachable!("the shape rule admits truth values only"),
        }
    }

    /// The elements rearranged: entry `i` of the result is entry `source(i)` of
    /// this value, for tensors of any type.
    pub(crate) fn rearranged(&self, shape: &[usize], source: impl Fn(usize) -> usize) -> Value<T> {
        let length = shape.iter().product();
        fn take<E: Copy>(from: &[E], length: usize, source: impl Fn(usize) -> usize) -> Vec<E> {
            (0..length).map(|index| from[source(index)]).collect()
        }
        let buffer = match &self.buffer {
            Buffer::Real(values) => Buffer::Real(take(values, length, source)),
            Buffer::I32(values) => Buffer::I32(take(values, length, source)),
            Buffer::Bool(values) => Buffer::Bool(take(values, length, source)),
        };
        Value { shape: shape.to_vec(), buffer }
    }

    pub(crate) fn of_array(array: &Array) -> Value<T> {
        let buffer = match array.data() {
            Data::F32(values) => Buffer::Real(values.iter().map(|v| T::from_f32(*v)).collect()),
            Data::F64(values) => Buffer::Real(values.iter().map(|v| T::from_f64(*v)).collect()),
            Data::I32(values) => Buffer::I32(values.clone()),
            Data::Bool(values) => Buffer::Bool(values.clone()),
        };
        Value { shape: array.shape().to_vec(), buffer }
    }

    pub(crate) fn into_array(self) -> Array {
        let data = match self.buffer {
            Buffer::Real(values) => T::into_data(values),
            Buffer::I32(values) => Data::I32(values),
            Buffer::Bool(values) => Data::Bool(values),
        };
        Array::new(&self.shape, data)
    }
}

/// The precisions of the evaluator: how their numbers are stored in an array.
pub trait Precise: Real {
    /// The elements as the data of an [`Array`].
    fn into_data(values: Vec<Self>) -> Data;
}

impl Precise for f32 {
    fn into_data(values: Vec<f32>) -> Data {
        Data::F32(values)
    }
}

impl Precise for f64 {
    fn into_data(values: Vec<f64>) -> Data {
        Data::F64(values)
    }
}

/// The row-major strides of sizes.
pub(crate) fn strides(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis] * shape[axis];
    }
    strides
}

/// The position of each axis of a row-major index.
pub(crate) fn unravel(mut index: usize, shape: &[usize]) -> Vec<usize> {
    let mut position = vec![0; shape.len()];
    for axis in (0..shape.len()).rev() {
        position[axis] = index % shape[axis];
        index /= shape[axis];
    }
    position
}
