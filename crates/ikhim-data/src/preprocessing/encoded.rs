use super::streamed::{StreamedEpoch, StreamedTrain};
use crate::RowHash;
use crate::batch::{BatchSize, Batches};
use ikhim_text::Result;
use std::collections::HashSet;

/// Rows as a network takes them: arrays of numbers, row after row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Encoded {
    /// The inputs; the main one is named `features`.
    pub inputs: Vec<EncodedInput>,
    /// What is to be learned.
    pub target: EncodedTarget,
    /// For each row its position in the source.
    pub row_ids: Vec<u64>,
    /// Number of rows.
    pub rows: usize,
}

/// One input of a network.
#[derive(Debug, Clone, PartialEq)]
pub struct EncodedInput {
    /// Its name.
    pub name: String,
    /// The shape of one row: `[13]` of a table with 13 features, `[8, 8, 1]`
    /// (height, width, channels) of an image.
    pub shape: Vec<usize>,
    /// All rows, each in row-major order.
    pub values: EncodedValues,
}

/// The numbers of an input.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum EncodedValues {
    /// Single precision.
    F32(Vec<f32>),
    /// Indices.
    I32(Vec<i32>),
}

/// What is to be learned.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub enum EncodedTarget {
    /// For each row the index of its class.
    Class(Vec<i32>),
    /// For each row `width` numbers.
    Number {
        /// Number of targets.
        width: usize,
        /// Transformed and scaled, for the loss.
        values: Vec<f32>,
        /// As they stand in the data, for the metrics.
        original: Vec<f64>,
    },
    /// For each row `width` answers, 0 or 1.
    MultiLabel {
        /// Number of targets.
        width: usize,
        /// The answers.
        values: Vec<f32>,
    },
    /// For each row the index of a class for each of its steps.
    Sequence {
        /// Number of steps.
        steps: usize,
        /// The classes.
        values: Vec<i32>,
    },
    /// Nothing: new rows.
    #[default]
    None,
}

impl Encoded {
    /// The given rows in the given order; an index out of range is left out.
    pub fn gather(&self, rows: &[usize]) -> Encoded {
        let known: Vec<usize> = rows.iter().copied().filter(|&row| row < self.rows).collect();
        let input = |input: &EncodedInput| {
            let width = input.shape.iter().product();
            let values = match &input.values {
                EncodedValues::F32(values) => EncodedValues::F32(gather(values, width, &known)),
                EncodedValues::I32(values) => EncodedValues::I32(gather(values, width, &known)),
            };
            EncodedInput { name: input.name.clone(), shape: input.shape.clone(), values }
        };
        let target = match &self.target {
            EncodedTarget::Class(classes) => EncodedTarget::Class(gather(classes, 1, &known)),
            EncodedTarget::Number { width, values, original } => EncodedTarget::Number {
                width: *width,
                values: gather(values, *width, &known),
                original: gather(original, *width, &known),
            },
            EncodedTarget::MultiLabel { width, values } => {
                EncodedTarget::MultiLabel { width: *width, values: gather(values, *width, &known) }
            }
            EncodedTarget::Sequence { steps, values } => {
                EncodedTarget::Sequence { steps: *steps, values: gather(values, *steps, &known) }
            }
            EncodedTarget::None => EncodedTarget::None,
        };
        Encoded {
            inputs: self.inputs.iter().map(input).collect(),
            target,
            row_ids: gather(&self.row_ids, 1, &known),
            rows: known.len(),
        }
    }

    /// Puts rows that were encoded alike behind these.
    pub(super) fn append(&mut self, more: &Encoded) {
        for (input, other) in self.inputs.iter_mut().zip(&more.inputs) {
            match (&mut input.values, &other.values) {
                (EncodedValues::F32(own), EncodedValues::F32(other)) => own.extend(other),
                (EncodedValues::I32(own), EncodedValues::I32(other)) => own.extend(other),
                _ => {}
            }
        }
        match (&mut self.target, &more.target) {
            (EncodedTarget::Class(own), EncodedTarget::Class(other)) => own.extend(other),
            (
                EncodedTarget::Number { values, original, .. },
                EncodedTarget::Number { values: other, original: truth, .. },
            ) => {
                values.extend(other);
                original.extend(truth);
            }
            (
                EncodedTarget::MultiLabel { values, .. },
                EncodedTarget::MultiLabel { values: other, .. },
            ) => values.extend(other),
            (
                EncodedTarget::Sequence { values, .. },
                EncodedTarget::Sequence { values: other, .. },
            ) => values.extend(other),
            _ => {}
        }
        self.row_ids.extend(&more.row_ids);
        self.rows += more.rows;
    }

    /// The input of a name.
    pub fn input(&self, name: &str) -> Option<&EncodedInput> {
        self.inputs.iter().find(|input| input.name == name)
    }
}

impl EncodedValues {
    /// The values, where they are of single precision.
    pub fn as_f32(&self) -> Option<&[f32]> {
        match self {
            EncodedValues::F32(values) => Some(values),
            EncodedValues::I32(_) => None,
        }
    }
}

fn gather<T: Copy>(values: &[T], width: usize, rows: &[usize]) -> Vec<T> {
    let mut gathered = Vec::with_capacity(rows.len() * width);
    for &row in rows {
        gathered.extend_from_slice(&values[row * width..(row + 1) * width]);
    }
    gathered
}

/// Encoded train rows. Only they can be taken in batches, and only
/// [`Preprocessing::encode_train`](crate::Preprocessing::encode_train) makes
/// them, so that a training loop cannot be given other rows.
#[derive(Debug, Clone, PartialEq)]
pub struct EncodedTrain(pub(super) Encoded, pub(super) Option<StreamedTrain>);

impl EncodedTrain {
    /// The rows; of rows that are read in pieces the first of them.
    pub fn encoded(&self) -> &Encoded {
        &self.0
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.1.as_ref().map_or(self.0.rows, StreamedTrain::len)
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.0.rows == 0
    }

    /// Whether the rows are read in pieces, so that
    /// [`encoded`](EncodedTrain::encoded) are some of them.
    pub fn is_streamed(&self) -> bool {
        self.1.is_some()
    }

    /// Rows of each class, where rows with classes are read in pieces.
    pub fn streamed_classes(&self) -> Option<&[usize]> {
        self.1.as_ref().map(|streamed| streamed.classes.as_slice())
    }

    /// Which of some rows, known by their hashes, are train rows that are read in
    /// pieces; `None` for rows in memory.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn streamed_among(&self, wanted: &HashSet<RowHash>) -> Result<Option<HashSet<RowHash>>> {
        self.1.as_ref().map(|streamed| streamed.among(wanted)).transpose()
    }

    /// The batches of an epoch over rows that are read in pieces, shuffled by a seed
    /// and the epoch or in their order; `None` for rows in memory.
    ///
    /// # Errors
    /// A batch of all rows.
    pub fn streamed_epoch(
        &self,
        size: impl Into<BatchSize>,
        shuffle: Option<(u64, u64)>,
    ) -> Result<Option<StreamedEpoch>> {
        let epoch = |streamed| StreamedEpoch::new(streamed, size.into(), shuffle);
        self.1.as_ref().map(epoch).transpose()
    }

    /// The rows in batches, in their order;
    /// [`shuffled`](Batches::shuffled) draws another. Of rows that are read in pieces
    /// those in memory are given out, and all are counted.
    pub fn batches(&self, size: impl Into<BatchSize>) -> Batches<'_> {
        Batches::new(&self.0, size.into()).out_of(self.len())
    }
}

/// Encoded validation rows, on which choices are made.
#[derive(Debug, Clone, PartialEq)]
pub struct EncodedValidation(pub(super) Encoded);

impl EncodedValidation {
    /// The rows.
    pub fn encoded(&self) -> &Encoded {
        &self.0
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.0.rows
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.0.rows == 0
    }
}
