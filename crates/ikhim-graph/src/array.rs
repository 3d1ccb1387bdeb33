use crate::DType;

/// The elements of an [`Array`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Data {
    /// Real numbers in single precision.
    F32(Vec<f32>),
    /// Real numbers in double precision; only under `precision = "f64"`.
    F64(Vec<f64>),
    /// Integers.
    I32(Vec<i32>),
    /// Truth values.
    Bool(Vec<bool>),
}

/// A value: sizes and elements in row-major order.
///
/// ```
/// use ikhim_graph::Array;
/// let array = Array::f32(&[2, 2], vec![1.0, 2.0, 3.0, 4.0]);
/// assert_eq!(array.shape(), [2, 2]);
/// assert_eq!(array.to_f64(), [1.0, 2.0, 3.0, 4.0]);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    shape: Vec<usize>,
    data: Data,
}

impl Array {
    /// An array of any type.
    ///
    /// # Panics
    /// When the number of elements is not the product of the sizes: that is a
    /// fault of the calling program, not of its data.
    pub fn new(shape: &[usize], data: Data) -> Array {
        let array = Array { shape: shape.to_vec(), data };
        assert_eq!(
            array.len(),
            shape.iter().product::<usize>(),
            "the number of elements must be the product of the sizes {shape:?}"
        );
        array
    }

    /// Real numbers in single precision; panics as [`Array::new`].
    pub fn f32(shape: &[usize], values: Vec<f32>) -> Array {
        Array::new(shape, Data::F32(values))
    }

    /// Real numbers in double precision; panics as [`Array::new`].
    pub fn f64(shape: &[usize], values: Vec<f64>) -> Array {
        Array::new(shape, Data::F64(values))
    }

    /// Integers; panics as [`Array::new`].
    pub fn i32(shape: &[usize], values: Vec<i32>) -> Array {
        Array::new(shape, Data::I32(values))
    }

    /// Truth values; panics as [`Array::new`].
    pub fn bool(shape: &[usize], values: Vec<bool>) -> Array {
        Array::new(shape, Data::Bool(values))
    }

    /// A single real number.
    pub fn scalar(value: f32) -> Array {
        Array::f32(&[], vec![value])
    }

    /// The sizes of all axes.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The elements.
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// The elements, to be changed in place; their number stays.
    pub fn data_mut(&mut self) -> &mut Data {
        &mut self.data
    }

    /// The elements, given away.
    pub fn into_data(self) -> Data {
        self.data
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        match &self.data {
            Data::F32(values) => values.len(),
            Data::F64(values) => values.len(),
            Data::I32(values) => values.len(),
            Data::Bool(values) => values.len(),
        }
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The type of the elements; both precisions of real numbers are
    /// [`DType::F32`].
    pub fn dtype(&self) -> DType {
        match &self.data {
            Data::F32(_) | Data::F64(_) => DType::F32,
            Data::I32(_) => DType::I32,
            Data::Bool(_) => DType::Bool,
        }
    }

    /// The elements as f64, whatever their type; truth values as 0 and 1.
    pub fn to_f64(&self) -> Vec<f64> {
        match &self.data {
            Data::F32(values) => values.iter().map(|value| f64::from(*value)).collect(),
            Data::F64(values) => values.clone(),
            Data::I32(values) => values.iter().map(|value| f64::from(*value)).collect(),
            Data::Bool(values) => values.iter().map(|value| f64::from(u8::from(*value))).collect(),
        }
    }

    /// The elements as f32, whatever their type.
    pub fn to_f32(&self) -> Vec<f32> {
        match &self.data {
            Data::F32(values) => values.clone(),
            _ => self.to_f64().into_iter().map(|value| value as f32).collect(),
        }
    }

    /// The same elements under other sizes; panics as [`Array::new`].
    pub fn reshaped(self, shape: &[usize]) -> Array {
        Array::new(shape, self.data)
    }
}
