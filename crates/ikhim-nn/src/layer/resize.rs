//! Images made larger: cells repeated, and zeros around.

use super::convolution::not_an_image;
use super::sizes::{Padding, Pair, image};
use crate::Module;
use ikhim_graph::{Dim, Tensor};
use serde::{Deserialize, Serialize};

/// Each cell repeated, so that an image grows by whole factors.
///
/// # Shapes
/// `[N, height, width, channels]` becomes `[N, size · height, size · width,
/// channels]`.
///
/// ```
/// let twice = ikhim_nn::UpSampling2d::new(2);
/// # let _ = twice;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct UpSampling2d {
    size: Pair,
}

impl UpSampling2d {
    /// Each cell so many times along height and width.
    pub fn new(size: impl Into<Pair>) -> UpSampling2d {
        UpSampling2d { size: size.into() }
    }
}

impl Module for UpSampling2d {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        if x.node().is_none() {
            return x;
        }
        let Some([height, width]) = image(x) else { return x.graph().fail(not_an_image(x)) };
        let shape = x.shape();
        let (rows, channels, Pair([down, right])) = (shape[0], shape[3], self.size);
        let one = Dim::Fixed(1);
        let (tall, wide): (Dim, Dim) = (height.into(), width.into());
        x.reshape(&[rows, tall, one, wide, one, channels])
            .broadcast_to(&[rows, tall, down.into(), wide, right.into(), channels][..].into())
            .reshape(&[rows, (height * down).into(), (width * right).into(), channels])
    }

    fn is_opaque(&self) -> bool {
        true
    }
}

/// Zeros around an image.
///
/// ```
/// use ikhim_nn::ZeroPadding2d;
/// let around = ZeroPadding2d::new(1);
/// let below = ZeroPadding2d::new([[0, 1], [0, 0]]);
/// # let _ = (around, below);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ZeroPadding2d {
    padding: Padding,
}

impl ZeroPadding2d {
    /// So many cells before and after, for height and width.
    pub fn new(padding: impl Into<Padding>) -> ZeroPadding2d {
        ZeroPadding2d { padding: padding.into() }
    }
}

impl Module for ZeroPadding2d {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        if x.node().is_none() {
            return x;
        }
        if image(x).is_none() {
            return x.graph().fail(not_an_image(x));
        }
        match self.padding {
            Padding::Explicit([[top, bottom], [left, right]]) => {
                x.pad(1, top, bottom).pad(2, left, right)
            }
            Padding::Valid | Padding::Same => x,
        }
    }

    fn is_opaque(&self) -> bool {
        true
    }
}
