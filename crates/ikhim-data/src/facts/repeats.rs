use crate::{Dataset, Role, RowHash, RowHasher};
use serde::Serialize;
use std::collections::HashMap;

/// How many rows repeat another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Repeats {
    /// All rows.
    pub rows: usize,
    /// Rows whose inputs are those of an earlier row.
    pub repeated: usize,
    /// Rows whose inputs stand beside other targets in other rows: no function of
    /// the inputs is right on all of them.
    pub contradicting: usize,
}

/// Counts rows with equal inputs.
///
/// ```
/// use ikhim_data::{Dataset, facts::repeats};
/// let rows = [["1", "a"], ["1", "a"], ["2", "a"], ["2", "b"]];
/// let found = repeats(&Dataset::rows(["x", "y"], rows).target("y").load()?);
/// assert_eq!((found.repeated, found.contradicting), (2, 2));
/// # Ok::<(), ikhim_text::Fault>(())
/// ```
pub fn repeats(data: &Dataset) -> Repeats {
    let mut of_inputs: HashMap<&RowHash, (usize, RowHash, bool)> = HashMap::new();
    for (row, inputs) in data.input_hashes().iter().enumerate() {
        let targets = targets(data, row);
        let known = of_inputs.entry(inputs).or_insert((0, targets, false));
        known.0 += 1;
        known.2 |= known.1 != targets;
    }
    let contradicting = of_inputs.values().filter(|(_, _, differ)| *differ);
    Repeats {
        rows: data.len(),
        repeated: data.len() - of_inputs.len(),
        contradicting: contradicting.map(|(rows, ..)| rows).sum(),
    }
}

fn targets(data: &Dataset, row: usize) -> RowHash {
    let mut hasher = RowHasher::new();
    let targets = data.columns().iter().filter(|column| column.role == Role::Target);
    targets.for_each(|column| column.values.hash(row, &mut hasher));
    hasher.finish()
}
