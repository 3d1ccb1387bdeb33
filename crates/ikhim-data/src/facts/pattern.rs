use crate::{ColumnData, Dataset, RowHash, RowHasher, Values};
use std::collections::HashMap;

/// From this number of rows on, columns that agree do so for a reason.
pub(super) const FEWEST_ROWS: usize = 20;

/// Groups of input columns that say the same in other words: wherever two rows
/// are equal in one they are equal in the other. Columns whose values nearly all
/// differ are left aside, for among them this says nothing.
///
/// ```
/// use ikhim_data::{Dataset, facts::same_columns};
/// let rows = (0..40).map(|i| [["1", "2", "3"][i % 3], ["a", "b", "c"][i % 3], ["x", "y"][i % 2]]);
/// let data = Dataset::rows(["class", "name", "y"], rows).target("y").load()?;
/// assert_eq!(same_columns(&data), [["class", "name"]]);
/// # Ok::<(), ikhim_text::Fault>(())
/// ```
pub fn same_columns(data: &Dataset) -> Vec<Vec<String>> {
    if data.len() < FEWEST_ROWS {
        return Vec::new();
    }
    let mut names: Vec<Vec<String>> = Vec::new();
    let mut known: HashMap<RowHash, usize> = HashMap::new();
    for column in data.inputs() {
        let Some(codes) = codes(column) else { continue };
        let levels = codes.iter().max().map_or(0, |last| *last as usize + 1);
        if levels < 2 || levels * 2 > codes.len() {
            continue;
        }
        let mut hasher = RowHasher::new();
        hasher.bytes(&codes.iter().flat_map(|code| code.to_le_bytes()).collect::<Vec<u8>>());
        match known.get(&hasher.clone().finish()) {
            Some(&group) => names[group].push(column.name.clone()),
            None => {
                known.insert(hasher.finish(), names.len());
                names.push(vec![column.name.clone()]);
            }
        }
    }
    names.retain(|group| group.len() > 1);
    names
}

/// For each row the number of its value, counted by their first appearance; a
/// missing one counts as a value. `None` for arrays and texts.
pub(super) fn codes(column: &ColumnData) -> Option<Vec<u32>> {
    fn count<K: std::hash::Hash + Eq>(keys: impl Iterator<Item = K>) -> Vec<u32> {
        let mut known = HashMap::new();
        keys.map(|key| {
            let next = known.len() as u32;
            *known.entry(key).or_insert(next)
        })
        .collect()
    }
    match &column.values {
        Values::Number(values) => Some(count(values.iter().map(|value| match value.is_nan() {
            true => None,
            false => Some((value + 0.0).to_bits()),
        }))),
        Values::Category { indices, .. } => Some(count(indices.iter())),
        Values::Text(texts) => Some(count(texts.iter())),
        Values::Array { .. } | Values::Tokens(_) | Values::Series(_) => None,
    }
}
