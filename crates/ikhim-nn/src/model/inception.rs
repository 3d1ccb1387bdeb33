use crate::{
    Activation, Apply, Conv2d, Dense, GlobalAveragePool2d, Initializer, MaxPool2d, Module, Padding,
    Sizes,
};
use ikhim_graph::Tensor;
use serde::{Deserialize, Serialize};

/// A block of GoogLeNet (Szegedy et al. 2015): four ways side by side, whose
/// channels are joined. A convolution of 1×1; one of 3×3 and one of 5×5, each
/// behind one of 1×1 that makes the channels fewer; and a pooling of 3×3 before
/// one of 1×1. All of them keep the size of the image and have ReLU.
///
/// ```
/// use ikhim_nn::Inception;
/// let block_3a = Inception::new(64, [96, 128], [16, 32], 32); // 256 channels
/// # let _ = block_3a;
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Inception {
    one: usize,
    three: [usize; 2],
    five: [usize; 2],
    pool: usize,
}

impl Inception {
    /// The filters of the 1×1; of the two before and of the 3×3; of the two before
    /// and of the 5×5; and of the one behind the pooling.
    pub fn new(one: usize, three: [usize; 2], five: [usize; 2], pool: usize) -> Inception {
        Inception { one, three, five, pool }
    }
}

fn conv(filters: usize, size: usize) -> Conv2d {
    Conv2d::new(filters, size)
        .padding(Padding::Same)
        .activation(Activation::Relu)
        .kernel_initializer(Initializer::HeNormal)
}

impl Module for Inception {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        let ways = [
            x.apply(conv(self.one, 1)),
            x.apply(conv(self.three[0], 1)).apply(conv(self.three[1], 3)),
            x.apply(conv(self.five[0], 1)).apply(conv(self.five[1], 5)),
            x.apply(MaxPool2d::new(3).stride(1).padding(Padding::Same)).apply(conv(self.pool, 1)),
        ];
        Tensor::concat(&ways, -1)
    }

    fn is_opaque(&self) -> bool {
        true
    }
}

/// A small network of [`Inception`] blocks: a convolution of 3×3 with 32 filters,
/// two blocks, each behind a pooling of 2×2, the mean of each channel, and a dense
/// layer as wide as the target.
///
/// ```
/// let model = ikhim_nn::InceptionNet::new();
/// # let _ = model;
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct InceptionNet {
    units: Option<usize>,
}

impl InceptionNet {
    /// The network; its size is fixed.
    pub fn new() -> InceptionNet {
        InceptionNet::default()
    }
}

impl Module for InceptionNet {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        x.apply(conv(32, 3))
            .apply(MaxPool2d::new(2).padding(Padding::Same))
            .apply(Inception::new(16, [24, 32], [4, 8], 8))
            .apply(MaxPool2d::new(2).padding(Padding::Same))
            .apply(Inception::new(32, [48, 64], [8, 16], 16))
            .apply(GlobalAveragePool2d::new())
            .apply(self.units.map_or_else(Dense::auto, Dense::new))
    }

    fn kind(&self) -> Option<String> {
        None
    }

    fn sized(&self, sizes: &Sizes) -> Option<Box<dyn Module>> {
        Some(Box::new(InceptionNet { units: self.units.or(sizes.width) }))
    }

    fn is_opaque(&self) -> bool {
        true
    }
}
