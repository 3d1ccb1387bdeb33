use super::draw::Source;

/// An orthonormal matrix times `gain`, uniform among all such (Saxe et al.
/// 2014; Mezzadri 2007): the columns of a normal matrix, orthonormalized by
/// modified Gram–Schmidt in f64. Gram–Schmidt gives an R with a positive
/// diagonal, so no correction of signs is needed. Columns are orthonormal when
/// there are at least as many rows, else rows are.
pub(super) fn matrix(source: &Source, shape: &[usize], gain: f64) -> Vec<f64> {
    let columns = shape.last().copied().unwrap_or(1);
    let rows = shape.iter().rev().skip(1).product::<usize>();
    let (long, short) = (rows.max(columns), rows.min(columns));
    let normal = source.normal(long * short, 0.0, 1.0);
    let mut basis: Vec<Vec<f64>> = normal.chunks(long.max(1)).map(<[f64]>::to_vec).collect();
    for index in 0..basis.len() {
        let (done, rest) = basis.split_at_mut(index);
        let vector = &mut rest[0];
        // Twice is enough: the second round removes what rounding left (Parlett,
        // The Symmetric Eigenvalue Problem, section 6-9).
        for _ in 0..2 {
            for other in done.iter() {
                let shadow = dot(vector, other);
                vector.iter_mut().zip(other).for_each(|(value, unit)| *value -= shadow * unit);
            }
        }
        let length = dot(vector, vector).sqrt();
        vector.iter_mut().for_each(|value| *value /= length);
    }
    let entry = |row: usize, column: usize| {
        if rows >= columns { basis[column][row] } else { basis[row][column] }
    };
    (0..rows * columns).map(|index| gain * entry(index / columns, index % columns)).collect()
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}
