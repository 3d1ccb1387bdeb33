use crate::{Dataset, Values};
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
    let found = data.inputs().filter_map(|column| {
        let Values::Number(values) = &column.values else { return None };
        let mut counts: HashMap<u64, usize> = HashMap::new();
        for value in values.iter().filter(|value| !value.is_nan()) {
            *counts.entry((value + 0.0).to_bits()).or_default() += 1;
        }
        let of = counts.values().sum();
        let zeros = counts.remove(&0.0_f64.to_bits()).unwrap_or(0);
        let next = counts.values().copied().max().unwrap_or(0);
        let heap = zeros as f64 >= HEAP * of as f64 && zeros >= 2 * next;
        let varied = counts.len() + 1 >= FEWEST_VALUES;
        (heap && varied && zeros > 0).then(|| Zeros { column: column.name.clone(), zeros, of })
    });
    found.collect()
}
