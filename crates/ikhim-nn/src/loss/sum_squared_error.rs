use super::{Reduction, columns, paired};
use ikhim_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Sum of squared errors: `(prediction − target)²`, summed over columns and, by
/// default, over rows. Its slope grows with the number of rows.
///
/// ```
/// let loss = ikhim_nn::SumSquaredError::new();
/// # let _ = loss;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct SumSquaredError {
    pub(super) reduction: Reduction,
}

impl Default for SumSquaredError {
    fn default() -> SumSquaredError {
        SumSquaredError { reduction: Reduction::Sum }
    }
}

impl SumSquaredError {
    /// The sum over rows.
    pub fn new() -> SumSquaredError {
        SumSquaredError::default()
    }

    #[track_caller]
    pub(super) fn rows<'g>(&self, prediction: Tensor<'g>, target: Tensor<'g>) -> Tensor<'g> {
        let squares = (prediction - paired(prediction, target)).square();
        let columns = columns(squares);
        if columns.is_empty() { squares } else { squares.sum(&columns) }
    }
}
