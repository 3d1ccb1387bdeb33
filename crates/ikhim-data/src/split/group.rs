//! Rows that belong together.

use super::fault;
use crate::{Dataset, Role, RowHash, RowHasher};
use ikhim_text::{Fault, Result};
use std::collections::HashMap;

/// For each row the name of those that it stays together with: rows with the
/// same value in the column, with equal inputs beside it, or with a chain of such
/// rows between them. The name is the smallest hash of a value among them, so it
/// is a function of the data and of nothing else.
pub(super) fn groups(data: &Dataset, name: &str) -> Result<Vec<RowHash>> {
    let column =
        data.column(name).ok_or_else(|| fault::no_such_column("split.group", name, data))?;
    let mut values = Vec::with_capacity(data.len());
    for row in 0..data.len() {
        if column.values.is_missing(row) {
            return Err(Fault::of("data.group_missing")
                .with("column", name)
                .with("row", data.row_ids()[row] + 1));
        }
        let mut hasher = RowHasher::new();
        column.values.hash(row, &mut hasher);
        values.push(hasher.finish());
    }
    let inputs = inputs_beside(data, name);
    let mut sets = Sets::new(data.len());
    for hashes in [&values, &inputs] {
        let mut first = HashMap::new();
        for (row, hash) in hashes.iter().enumerate() {
            let earlier = *first.entry(hash).or_insert(row);
            sets.join(earlier, row);
        }
    }
    let mut smallest: HashMap<usize, RowHash> = HashMap::new();
    for (row, &value) in values.iter().enumerate() {
        let least = smallest.entry(sets.root(row)).or_insert(value);
        *least = (*least).min(value);
    }
    Ok((0..data.len()).map(|row| smallest[&sets.root(row)]).collect())
}

/// Hashes of the inputs without the column that names the group.
fn inputs_beside(data: &Dataset, name: &str) -> Vec<RowHash> {
    if data.column(name).is_none_or(|column| column.role != Role::Input) {
        return data.input_hashes().to_vec();
    }
    let hash = |row: usize| {
        let mut hasher = RowHasher::new();
        let inputs = data.inputs().filter(|column| column.name != name);
        inputs.for_each(|column| column.values.hash(row, &mut hasher));
        hasher.finish()
    };
    match data.inputs().count() {
        // Nothing beside it: no two rows are equal by it.
        1 => data.row_hashes().to_vec(),
        _ => (0..data.len()).map(hash).collect(),
    }
}

/// Disjoint sets with path halving.
struct Sets(Vec<usize>);

impl Sets {
    fn new(count: usize) -> Sets {
        Sets((0..count).collect())
    }

    fn root(&mut self, mut member: usize) -> usize {
        while self.0[member] != member {
            self.0[member] = self.0[self.0[member]];
            member = self.0[member];
        }
        member
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.0[one.max(other)] = one.min(other);
    }
}
