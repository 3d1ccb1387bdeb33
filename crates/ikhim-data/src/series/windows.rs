use crate::values::pick;
use crate::{RowHasher, Values};
use std::sync::Arc;

/// Windows over the values of a column, one for each row.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesWindows {
    /// The values of all moments, the oldest first.
    pub(crate) values: Arc<Values>,
    /// The row of each moment in the source, from 0.
    pub(crate) ids: Arc<Vec<u64>>,
    pub(crate) length: usize,
    pub(crate) stride: usize,
    pub(crate) horizon: usize,
    /// The first moment of each row.
    pub(crate) starts: Vec<usize>,
}

impl SeriesWindows {
    /// The values of all moments of the series, the oldest first.
    pub fn moments(&self) -> &Values {
        &self.values
    }

    /// Moments of a row.
    pub fn length(&self) -> usize {
        self.length
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// The moments that the rows see, each once, in order.
    pub(crate) fn seen(&self) -> Vec<usize> {
        let mut seen = vec![false; self.values.len()];
        for start in &self.starts {
            seen[*start..start + self.length].fill(true);
        }
        (0..seen.len()).filter(|moment| seen[*moment]).collect()
    }

    /// The value of the last moment of a row.
    pub fn at_end(&self, row: usize) -> Values {
        self.take(&[row]).last()
    }

    /// The value of the last moment of each row.
    pub(crate) fn last(&self) -> Values {
        let last: Vec<usize> = self.starts.iter().map(|start| start + self.length - 1).collect();
        self.values.take(&last)
    }

    /// How many rows must lie between two rows so that these have no moment in
    /// common, that of the target counted, and so many moments lie between them.
    pub(crate) fn rows_between(&self, moments: usize) -> usize {
        (self.length + self.horizon + moments).div_ceil(self.stride) - 1
    }

    pub(crate) fn hash(&self, row: usize, hasher: &mut RowHasher) {
        let start = self.starts.get(row).copied().unwrap_or(self.values.len());
        let end = (start + self.length).min(self.values.len());
        (start..end).for_each(|moment| self.values.hash(moment, hasher));
    }

    pub(crate) fn take(&self, rows: &[usize]) -> SeriesWindows {
        SeriesWindows { starts: pick(&self.starts, rows), ..self.clone() }
    }
}
