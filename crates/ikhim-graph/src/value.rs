//! What the reference evaluator computes with.

use crate::{Array, Data, Evaluator, Feed, NodeId, Result, State};
use ikhim_numeric::{Real, fused};
use std::ops::Range;

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

    /// Parts of several tensors of one type, one after the other.
    pub(crate) fn joined(
        sources: &[&Value<T>],
        shape: &[usize],
        parts: impl Iterator<Item = (usize, Range<usize>)>,
    ) -> Value<T> {
        fn join<E: Copy>(
            sources: Vec<&[E]>,
            length: usize,
            parts: impl Iterator<Item = (usize, Range<usize>)>,
        ) -> Vec<E> {
            let mut joined = Vec::with_capacity(length);
            parts.for_each(|(source, range)| joined.extend_from_slice(&sources[source][range]));
            joined
        }
        let length = shape.iter().product();
        let buffer = match &sources[0].buffer {
            Buffer::Real(_) => {
                Buffer::Real(join(sources.iter().map(|s| s.reals()).collect(), length, parts))
            }
            Buffer::I32(_) => {
                Buffer::I32(join(sources.iter().map(|s| s.integers()).collect(), length, parts))
            }
            Buffer::Bool(_) => {
                Buffer::Bool(join(sources.iter().map(|s| s.truths()).collect(), length, parts))
            }
        };
        Value { shape: shape.to_vec(), buffer }
    }

    /// The elements read along axes of given sizes and strides, in row-major
    /// order; a stride of 0 repeats, which makes a broadcast, and other strides
    /// than the value's own make a transpose.
    pub(crate) fn strided(&self, shape: &[usize], strides: &[usize]) -> Value<T> {
        let buffer = match &self.buffer {
            Buffer::Real(values) => Buffer::Real(strided(values, shape, strides)),
            Buffer::I32(values) => Buffer::I32(strided(values, shape, strides)),
            Buffer::Bool(values) => Buffer::Bool(strided(values, shape, strides)),
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

    /// Products of rows with a row-major matrix of a width: given a row and the
    /// matrix row that it starts at, for each column the chain of fused
    /// multiply-adds over ascending `k`, from 0.
    fn products(matrix: &[Self], width: usize) -> impl FnMut(&[Self], usize, &mut [Self]);

    /// What an evaluator fetches, and the values of the variables that it updates.
    ///
    /// As a function of each precision it is compiled here, with all ops, and not
    /// again in every crate that runs an evaluator.
    ///
    /// # Errors
    /// As [`Evaluator::run`].
    fn compute(
        evaluator: &Evaluator<Self>,
        state: &State,
        feed: &Feed<'_>,
        watch: Watch<'_>,
    ) -> Result<(Vec<Array>, Vec<Array>)>;
}

/// Is shown the value of every computed node.
pub type Watch<'a> = &'a mut dyn FnMut(NodeId, &dyn Fn() -> Array);

macro_rules! compute {
    () => {
        fn compute(
            evaluator: &Evaluator<Self>,
            state: &State,
            feed: &Feed<'_>,
            watch: Watch<'_>,
        ) -> Result<(Vec<Array>, Vec<Array>)> {
            evaluator.compute(state, feed, watch)
        }
    };
}

impl Precise for f32 {
    fn into_data(values: Vec<f32>) -> Data {
        Data::F32(values)
    }

    fn products(matrix: &[f32], width: usize) -> impl FnMut(&[f32], usize, &mut [f32]) {
        let mut matrix = fused::RightFactor::new(matrix, width);
        move |row, from, sums| matrix.multiply(row, from, sums)
    }

    compute!();
}

impl Precise for f64 {
    fn into_data(values: Vec<f64>) -> Data {
        Data::F64(values)
    }

    fn products(matrix: &[f64], width: usize) -> impl FnMut(&[f64], usize, &mut [f64]) {
        move |row, from, sums| {
            sums.fill(0.0);
            for (factor, values) in row.iter().zip(matrix[from * width..].chunks(width.max(1))) {
                for (sum, value) in sums.iter_mut().zip(values) {
                    *sum = factor.mul_add(*value, *sum);
                }
            }
        }
    }

    compute!();
}

/// The row-major strides of sizes.
pub(crate) fn strides(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis] * shape[axis];
    }
    strides
}

/// The offset of each element over axes of given sizes and strides, in
/// row-major order.
pub(crate) fn offsets(axes: &[(usize, usize)]) -> Vec<usize> {
    axes.iter().fold(vec![0], |offsets, (size, stride)| {
        offsets.iter().flat_map(|start| (0..*size).map(move |at| start + at * stride)).collect()
    })
}

fn strided<E: Copy>(values: &[E], shape: &[usize], strides: &[usize]) -> Vec<E> {
    let length = shape.iter().product();
    let mut read = Vec::with_capacity(length);
    if length == 0 {
        return read;
    }
    // The last axes in one go, as far as they are neighbors or all repeat.
    let mut axes: Vec<(usize, usize)> =
        shape.iter().copied().zip(strides.iter().copied()).filter(|(size, _)| *size != 1).collect();
    let (mut run, mut step) = axes.pop().unwrap_or((1, 1));
    while let Some((size, stride)) =
        axes.last().copied().filter(|(_, stride)| *stride == run * step)
    {
        run *= size;
        step = if step == 0 { 0 } else { stride / (run / size) };
        axes.pop();
    }
    for start in offsets(&axes) {
        match step {
            0 => read.extend(std::iter::repeat_n(values[start], run)),
            1 => read.extend_from_slice(&values[start..start + run]),
            _ => read.extend(values[start..].iter().step_by(step).take(run)),
        }
    }
    read
}
