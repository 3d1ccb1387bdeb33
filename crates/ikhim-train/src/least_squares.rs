//! Linear least squares: the best that any linear model can do on given rows,
//! and so the yardstick for gradient descent.

use nalgebra::{DMatrix, DVector};

/// A column counts as a combination of the others when what is left of it is
/// below this share of its length.
const DEPENDENT: f64 = 1e-13;

/// The coefficients `b` that minimize `‖X·b − y‖²`, X given row by row.
///
/// Columns are scaled to length 1, then factored by Householder reflections
/// with column pivoting; columns that depend on earlier ones get the
/// coefficient 0. Two steps of refinement use residuals in twice the working
/// precision (Golub and Van Loan, *Matrix Computations*, sections 5.2–5.5;
/// Björck 1967). `None` when X has no rows or no columns or holds a value that
/// is not finite.
///
/// ```
/// use ikhim_train::least_squares;
/// let design = [1.0, 1.0, 1.0, 2.0, 1.0, 3.0]; // a column of ones, then x
/// let b = least_squares(2, &design, &[3.0, 5.0, 7.0]).unwrap();
/// assert!((b[0] - 1.0).abs() < 1e-14 && (b[1] - 2.0).abs() < 1e-14);
/// ```
pub fn least_squares(columns: usize, design: &[f64], target: &[f64]) -> Option<Vec<f64>> {
    let rows = target.len();
    let usable = rows > 0 && columns > 0 && design.len() == rows * columns;
    if !usable || design.iter().chain(target).any(|value| !value.is_finite()) {
        return None;
    }
    let mut scaled = DMatrix::from_row_slice(rows, columns, design);
    let lengths: Vec<f64> = scaled
        .column_iter()
        .map(|column| if column.norm() > 0.0 { column.norm() } else { 1.0 })
        .collect();
    for (mut column, length) in scaled.column_iter_mut().zip(&lengths) {
        column /= *length;
    }
    let factors = scaled.clone().col_piv_qr();
    let triangle = factors.r();
    let rank = (0..rows.min(columns))
        .take_while(|i| triangle[(*i, *i)].abs() > DEPENDENT * triangle[(0, 0)].abs())
        .count();
    let solve = |residual: DVector<f64>| -> Option<DVector<f64>> {
        let mut rotated = residual;
        factors.q_tr_mul(&mut rotated);
        let leading = triangle.view((0, 0), (rank, rank));
        let solution = leading.solve_upper_triangular(&rotated.rows(0, rank))?;
        let mut whole = DVector::zeros(columns);
        whole.rows_mut(0, rank).copy_from(&solution);
        factors.p().inv_permute_rows(&mut whole);
        Some(whole)
    };
    let mut coefficients = solve(DVector::from_row_slice(target))?;
    for _ in 0..2 {
        let rest = residual(&scaled, &coefficients, target);
        coefficients += solve(rest)?;
    }
    Some(coefficients.iter().zip(&lengths).map(|(value, length)| value / length).collect())
}

/// `y − X·b`, each element summed in twice the working precision (the
/// compensated dot product of Ogita, Rump and Oishi 2005).
fn residual(design: &DMatrix<f64>, coefficients: &DVector<f64>, target: &[f64]) -> DVector<f64> {
    DVector::from_iterator(
        target.len(),
        target.iter().enumerate().map(|(row, y)| {
            let (mut sum, mut rest) = (*y, 0.0);
            for (x, b) in design.row(row).iter().zip(coefficients) {
                let product = -x * b;
                let product_error = (-x).mul_add(*b, -product);
                let next = sum + product;
                let back = next - sum;
                rest += (sum - (next - back)) + (product - back) + product_error;
                sum = next;
            }
            sum + rest
        }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependent_column_gets_no_weight_and_does_no_harm() {
        // Two indicator columns add up to the column of ones.
        let design = [1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0];
        let b = least_squares(3, &design, &[2.0, 5.0, 2.0]).unwrap();
        let fitted: Vec<f64> =
            design.chunks(3).map(|row| row.iter().zip(&b).map(|(x, b)| x * b).sum()).collect();
        for (fitted, expected) in fitted.iter().zip([2.0, 5.0, 2.0]) {
            assert!((fitted - expected).abs() < 1e-12, "{fitted}");
        }
    }

    #[test]
    fn says_nothing_without_numbers() {
        assert_eq!(least_squares(1, &[f64::NAN], &[1.0]), None);
        assert_eq!(least_squares(0, &[], &[1.0]), None);
        assert_eq!(least_squares(1, &[], &[]), None);
    }
}
