use crate::cores::on_all_cores;
use crate::values::Mixing;
use crate::{ColumnData, Dataset, Values};
use serde::Serialize;
use std::collections::HashMap;

/// A column with a heap of zeros.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Zeros {
    /// The column.
    pub column: String,
    /// Values that are exactly 0.
    pub zeros: usize,
    /// Values that are there.
    pub of: usize,
}

/// From this share of zeros on they are a heap.
const HEAP: f64 = 0.1;
/// Fewer different values are counts or codes, where 0 is a value like others.
const FEWEST_VALUES: usize = 20;

/// The input columns of numbers in which 0 is a heap: at least a tenth of the
/// values, twice as frequent as any other, among 20 different ones. Such a zero
/// often stands for a value that nobody measured.
pub fn many_zeros(data: &Dataset) -> Vec<Zeros> {
    let heap = |column: &ColumnData| {
        let Values::Number(values) = &column.values else { return None };
        // Without a heap of zeros nothing else need be counted.
        let there = values.iter().filter(|value| !value.is_nan()).count();
        let none = values.iter().filter(|value| **value == 0.0).count();
        if none == 0 || (none as f64) < HEAP * there as f64 {
            return None;
        }
        let mut counts: HashMap<u64, usize, Mixing> = HashMap::default();
        for value in values.iter().filter(|value| !value.is_nan()) {
            *counts.entry((value + 0.0).to_bits()).or_default() += 1;
        }
        let of = counts.values().sum();
        let zeros = counts.remove(&0.0_f64.to_bits()).unwrap_or(0);
        let next = counts.values().copied().max().unwrap_or(0);
        let heap = zeros as f64 >= HEAP * of as f64 && zeros >= 2 * next;
        let varied = counts.len() + 1 >= FEWEST_VALUES;
        (heap && varied && zeros > 0).then(|| Zeros { column: column.name.clone(), zeros, of })
    };
    on_all_cores(data.inputs().collect(), heap).into_iter().flatten().collect()
}
