use crate::cores::on_all_cores;
use crate::{Dataset, Role, RowHash, RowHasher};
use serde::Serialize;

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
    let inputs = data.input_hashes();
    // Equal rows lie in one bucket, and each bucket in a processor's cache.
    let mut buckets: Vec<Vec<usize>> = vec![Vec::new(); 256];
    for (row, hash) in inputs.iter().enumerate() {
        buckets[usize::from(hash.0[0])].push(row);
    }
    let counted = on_all_cores(buckets, |mut rows| {
        rows.sort_unstable_by_key(|&row| inputs[row]);
        let (mut different, mut contradicting) = (0, 0);
        for equal in rows.chunk_by(|&one, &other| inputs[one] == inputs[other]) {
            different += 1;
            if differ(data, equal) {
                contradicting += equal.len();
            }
        }
        (different, contradicting)
    });
    let different: usize = counted.iter().map(|(different, _)| different).sum();
    Repeats {
        rows: data.len(),
        repeated: data.len() - different,
        contradicting: counted.iter().map(|(_, contradicting)| contradicting).sum(),
    }
}

/// Whether rows have different targets. One row alone is not looked at.
fn differ(data: &Dataset, rows: &[usize]) -> bool {
    let [first, others @ ..] = rows else { return false };
    if others.is_empty() {
        return false;
    }
    let first = targets(data, *first);
    others.iter().any(|&row| targets(data, row) != first)
}

fn targets(data: &Dataset, row: usize) -> RowHash {
    let mut hasher = RowHasher::new();
    let targets = data.columns().iter().filter(|column| column.role == Role::Target);
    targets.for_each(|column| column.values.hash(row, &mut hasher));
    hasher.finish()
}
