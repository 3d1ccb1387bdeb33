//! The fixed order of every sum.
//!
//! Addition of floating-point numbers is not associative, so a sum has exact bits only together with its
//! order. These orders depend on the shapes alone, never on threads, tiles or vector width:
//!
//! | sum | order |
//! |---|---|
//! | over axes without the batch | [`lane_sum`]: 16 lanes, then the tree 8, 4, 2, 1 |
//! | over rows of the batch | [`row_sum`]: leaves of 32 rows in ascending order, joined by the tree of pairs |
//! | of products, one element of a matrix product | [`dot`]: one chain of fused multiply-adds |
//! | of products over rows of the batch | [`row_dot`]: one such chain per leaf, joined by the tree of pairs |

use crate::Real;

/// How many partial sums a reduction without the batch axis keeps side by side.
pub const LANES: usize = 16;

/// How many rows of the batch a leaf holds; the last one may hold fewer.
pub const LEAF_ROWS: usize = 32;

/// The sum of values in logical row-major order, by the lane rule.
///
/// Value `i` is added to lane `i mod 16`, in ascending order, each lane starting from 0; then the lanes are
/// joined by [`join_lanes`]. The sum of nothing is 0.
///
/// ```
/// use ikhim_numeric::reduction::lane_sum;
/// assert_eq!(lane_sum((1..=100).map(|i| i as f32)), 5050.0);
/// ```
pub fn lane_sum<T: Real>(values: impl IntoIterator<Item = T>) -> T {
    let mut lanes = [T::ZERO; LANES];
    for (i, value) in values.into_iter().enumerate() {
        lanes[i % LANES] += value;
    }
    join_lanes(lanes)
}

/// The 16 lanes as one: lane `j` takes lane `j + 8` for `j < 8`, then `j + 4`, `j + 2` and `j + 1`.
pub fn join_lanes<T: Real>(mut lanes: [T; LANES]) -> T {
    for half in [8, 4, 2, 1] {
        for j in 0..half {
            let other = lanes[j + half];
            lanes[j] += other;
        }
    }
    lanes[0]
}

/// The sum over rows of the batch.
///
/// A value is what its row contributes: the element itself, or the row's [`lane_sum`] if other axes are
/// reduced too. The rows are cut in leaves of [`LEAF_ROWS`]; within a leaf they are added in ascending order,
/// starting from the first; the leaves are joined by [`join_leaves`]. The sum of nothing is 0.
///
/// ```
/// use ikhim_numeric::reduction::row_sum;
/// assert_eq!(row_sum((1..=100).map(|i| i as f32)), 5050.0);
/// ```
pub fn row_sum<T: Real>(rows: impl IntoIterator<Item = T>) -> T {
    let mut leaves = Vec::new();
    for (row, value) in rows.into_iter().enumerate() {
        match leaves.last_mut() {
            Some(leaf) if row % LEAF_ROWS != 0 => *leaf += value,
            _ => leaves.push(value),
        }
    }
    join_leaves(leaves, |left, right| left + right).unwrap_or(T::ZERO)
}

/// One chain `pₖ = aₖ · bₖ + pₖ₋₁` of fused multiply-adds over ascending `k`, starting from 0.
///
/// ```
/// use ikhim_numeric::reduction::dot;
/// assert_eq!(dot([(1.0, 4.0), (2.0, 5.0), (3.0, 6.0)]), 32.0);
/// ```
pub fn dot<T: Real>(pairs: impl IntoIterator<Item = (T, T)>) -> T {
    pairs.into_iter().fold(T::ZERO, |sum, (a, b)| a.mul_add(b, sum))
}

/// The sum of products over rows of the batch: each leaf of [`LEAF_ROWS`] rows is one [`dot`] chain of its own,
/// starting from 0, and [`join_leaves`] joins them. The sum of nothing is 0.
pub fn row_dot<T: Real>(pairs: impl IntoIterator<Item = (T, T)>) -> T {
    let mut leaves = Vec::new();
    for (row, (a, b)) in pairs.into_iter().enumerate() {
        match leaves.last_mut() {
            Some(leaf) if row % LEAF_ROWS != 0 => *leaf = a.mul_add(b, *leaf),
            _ => leaves.push(a.mul_add(b, T::ZERO)),
        }
    }
    join_leaves(leaves, |left, right| left + right).unwrap_or(T::ZERO)
}

/// Leaves joined by the tree of pairs, level by level: (0, 1), (2, 3) and so on, an odd last one carried up
/// unchanged. `None` without leaves.
///
/// A leaf may be a number or a whole array of partial sums.
///
/// ```
/// use ikhim_numeric::reduction::join_leaves;
/// let leaves = ["a", "b", "c", "d", "e"].map(String::from).to_vec();
/// let tree = join_leaves(leaves, |left, right| format!("({left}{right})"));
/// assert_eq!(tree.as_deref(), Some("(((ab)(cd))e)"));
/// ```
pub fn join_leaves<T>(mut leaves: Vec<T>, mut join: impl FnMut(T, T) -> T) -> Option<T> {
    while leaves.len() > 1 {
        let mut level = Vec::with_capacity(leaves.len().div_ceil(2));
        let mut below = leaves.into_iter();
        while let Some(left) = below.next() {
            level.push(match below.next() {
                Some(right) => join(left, right),
                None => left,
            });
        }
        leaves = level;
    }
    leaves.pop()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of very different sizes, so that another order gives other bits.
    fn uneven(n: usize) -> Vec<f32> {
        (0..n as u32)
            .map(|i| f32::from_bits(0x3000_0000 + i.wrapping_mul(2_654_435_769) % 0x1800_0000))
            .collect()
    }

    /// The lane rule by strides: lane `j` is the sum of every sixteenth value from `j` on.
    fn lanes_by_stride(values: &[f32]) -> f32 {
        let lane = |j: usize| values.iter().skip(j).step_by(16).fold(0.0, |sum, x| sum + x);
        let quad = |j: usize| (lane(j) + lane(j + 8)) + (lane(j + 4) + lane(j + 12));
        (quad(0) + quad(2)) + (quad(1) + quad(3))
    }

    /// The tree of pairs by recursion: the left part is the largest full tree that leaves something over.
    fn tree_by_recursion(leaves: &[f32]) -> f32 {
        match leaves {
            [] => 0.0,
            [leaf] => *leaf,
            _ => {
                let full = leaves.len().next_power_of_two() / 2;
                tree_by_recursion(&leaves[..full]) + tree_by_recursion(&leaves[full..])
            }
        }
    }

    #[test]
    fn the_lane_rule_is_sixteen_strided_sums_and_a_tree() {
        for n in 0..200 {
            let values = uneven(n);
            assert_eq!(lane_sum(values.iter().copied()), lanes_by_stride(&values), "{n} values");
        }
    }

    #[test]
    fn rows_are_summed_in_leaves_of_32_joined_by_pairs() {
        for n in (0..400).chain([1000, 4097]) {
            let values = uneven(n);
            let leaves: Vec<f32> = values
                .chunks(32)
                .filter_map(|leaf| leaf.iter().copied().reduce(|a, b| a + b))
                .collect();
            assert_eq!(row_sum(values.iter().copied()), tree_by_recursion(&leaves), "{n} rows");
        }
    }

    #[test]
    fn products_of_rows_are_chains_per_leaf_joined_by_pairs() {
        for n in (0..400).chain([1000, 4097]) {
            let (a, mut b) = (uneven(n), uneven(n));
            b.reverse();
            let mut leaves = Vec::new();
            for (a, b) in a.chunks(32).zip(b.chunks(32)) {
                let mut sum = 0.0_f32;
                for k in 0..a.len() {
                    sum = a[k].mul_add(b[k], sum);
                }
                leaves.push(sum);
            }
            assert_eq!(row_dot(a.into_iter().zip(b)), tree_by_recursion(&leaves), "{n} rows");
        }
    }

    #[test]
    fn the_order_matters_for_these_numbers() {
        let values = uneven(1000);
        let ascending = values.iter().fold(0.0, |sum, x| sum + x);
        assert_ne!(lane_sum(values.iter().copied()), ascending);
        assert_ne!(row_sum(values.iter().copied()), ascending);
    }

    #[test]
    fn whole_numbers_are_summed_exactly() {
        let numbers = || (1..=1000).map(f64::from);
        assert_eq!(lane_sum(numbers()), 500_500.0);
        assert_eq!(row_sum(numbers()), 500_500.0);
        let squares = 1000.0 * 1001.0 * 2001.0 / 6.0;
        assert_eq!(dot(numbers().zip(numbers())), squares);
        assert_eq!(row_dot(numbers().zip(numbers())), squares);
    }

    #[test]
    fn a_chain_rounds_once_per_product() {
        // (1 + 2⁻¹²)² - (1 + 2⁻¹¹) = 2⁻²⁴, which a rounded product would lose.
        let a = 1.0 + 2.0_f32.powi(-12);
        assert_eq!(dot([(-1.0, 1.0 + 2.0_f32.powi(-11)), (a, a)]), 2.0_f32.powi(-24));
    }

    #[test]
    fn the_sum_of_nothing_is_zero() {
        assert_eq!(lane_sum::<f32>([]), 0.0);
        assert_eq!(row_sum::<f32>([]), 0.0);
        assert_eq!(row_dot::<f32>([]), 0.0);
    }
}
