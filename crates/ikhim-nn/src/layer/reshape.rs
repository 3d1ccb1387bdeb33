use crate::Module;
use ikhim_graph::{Dim, Shape, Tensor};
use ikhim_text::Fault;
use serde::{Deserialize, Serialize};

/// Each row under other sizes: with `target_shape` `[8, 8, 1]`, `[N, 64]`
/// becomes `[N, 8, 8, 1]`. One size may be −1: it takes what is left.
///
/// ```
/// let layer = ikhim_nn::Reshape::new([8, 8, -1]);
/// # let _ = layer;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Reshape {
    target_shape: Vec<i64>,
}

impl Reshape {
    /// The sizes of a row.
    pub fn new(target_shape: impl Into<Vec<i64>>) -> Reshape {
        Reshape { target_shape: target_shape.into() }
    }

    /// The sizes of a row that has so many elements; `None` when they do not
    /// fit.
    fn sizes(&self, elements: usize) -> Option<Vec<usize>> {
        let free = self.target_shape.iter().filter(|size| **size == -1).count();
        let mut given = self.target_shape.iter().filter(|size| **size != -1);
        let product = given
            .try_fold(1usize, |product, size| product.checked_mul(usize::try_from(*size).ok()?))?;
        let rest = match free {
            0 => (product == elements).then_some(1)?,
            1 => elements.is_multiple_of(product.max(1)).then_some(elements / product.max(1))?,
            _ => return None,
        };
        let size = |size: &i64| usize::try_from(*size).unwrap_or(rest);
        Some(self.target_shape.iter().map(size).collect())
    }
}

impl Module for Reshape {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        if x.node().is_none() {
            return x;
        }
        let shape = x.shape();
        let Some((rows, row)) = shape.split_first() else {
            let fault = Fault::of("shape.rank").with("expected", "[N, …]");
            return x.graph().fail(fault.with("found", shape));
        };
        let (Dim::Fixed(elements) | Dim::Batch(elements)) = Shape::from(row).elements();
        match self.sizes(elements) {
            Some(sizes) => {
                let target: Vec<Dim> =
                    [*rows].into_iter().chain(sizes.into_iter().map(Dim::Fixed)).collect();
                x.reshape(&target)
            }
            None => x.graph().fail(
                Fault::of("shape.elements")
                    .with_words(
                        "expected",
                        format!("{elements} elements a row"),
                        format!("한 행의 원소가 {elements}개"),
                    )
                    .with("found", format!("{:?}", self.target_shape)),
            ),
        }
    }

    fn is_opaque(&self) -> bool {
        true
    }
}
