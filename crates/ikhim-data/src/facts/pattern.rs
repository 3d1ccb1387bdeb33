use crate::cores::on_all_cores;
use crate::values::Mixing;
use crate::{ColumnData, Dataset, RowHash, RowHasher, Values};
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};

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
    // Columns that say the same do so in the first rows too.
    let columns: Vec<&ColumnData> = data.inputs().collect();
    let mut firsts = on_all_cores(columns, |column| (hash(codes(column, FIRST_ROWS)), column));
    let mut count: HashMap<Option<RowHash>, usize> = HashMap::new();
    firsts.iter().for_each(|(first, _)| *count.entry(*first).or_default() += 1);
    firsts.retain(|(first, _)| first.is_some() && count[first] > 1);
    let wholes = on_all_cores(firsts, |(_, column)| {
        let codes = codes(column, data.len())?;
        let levels = codes.iter().max().map_or(0, |last| *last as usize + 1);
        let tells = levels >= 2 && levels * 2 <= codes.len();
        tells.then(|| (hash(Some(codes)), column))
    });
    let mut names: Vec<Vec<String>> = Vec::new();
    let mut known: HashMap<Option<RowHash>, usize> = HashMap::new();
    for (whole, column) in wholes.into_iter().flatten() {
        let group = *known.entry(whole).or_insert(names.len());
        if group == names.len() {
            names.push(Vec::new());
        }
        names[group].push(column.name.clone());
    }
    names.retain(|group| group.len() > 1);
    names
}

/// Rows that show most columns to be different.
const FIRST_ROWS: usize = 1000;

fn hash(codes: Option<Vec<u32>>) -> Option<RowHash> {
    let bytes: Vec<u8> = codes?.iter().flat_map(|code| code.to_le_bytes()).collect();
    let mut hasher = RowHasher::new();
    hasher.bytes(&bytes);
    Some(hasher.finish())
}

/// For each of the first rows the number of its value, counted by their first appearance; a
/// missing one counts as a value. `None` for arrays and texts.
pub(super) fn codes(column: &ColumnData, rows: usize) -> Option<Vec<u32>> {
    fn count<K: Hash + Eq, S: BuildHasher + Default>(keys: impl Iterator<Item = K>) -> Vec<u32> {
        let mut known: HashMap<K, u32, S> = HashMap::default();
        keys.map(|key| {
            let next = known.len() as u32;
            *known.entry(key).or_insert(next)
        })
        .collect()
    }
    match &column.values {
        Values::Number(values) => {
            Some(count::<_, Mixing>(values.iter().take(rows).map(|value| bits(*value))))
        }
        Values::Category { indices, .. } => {
            Some(count::<_, Mixing>(indices.iter().take(rows).map(|index| level(*index))))
        }
        Values::Text(texts) => Some(count::<_, RandomState>(texts.iter().take(rows))),
        Values::Array { .. } | Values::Tokens(_) | Values::Series(_) => None,
    }
}

/// A number by which equal values are known; a missing one is a value too.
pub(super) fn bits(value: f64) -> u64 {
    if value.is_nan() { f64::NAN.to_bits() } else { (value + 0.0).to_bits() }
}

/// The same of a level.
pub(super) fn level(index: Option<u32>) -> u64 {
    index.map_or(u64::MAX, u64::from)
}
