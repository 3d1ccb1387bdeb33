use crate::{
    Activation, Apply, BatchNorm, Conv2d, Dense, GlobalAveragePool2d, Initializer, Module, Padding,
    Sizes,
};
use ikhim_graph::Tensor;
use ikhim_text::Fault;
use serde::{Deserialize, Serialize};

/// The residual network for images of 32×32 (He et al. 2016, section 4.2): a
/// convolution of 16 filters, three stages of `(depth − 2) / 6` blocks with 16, 32
/// and 64 filters, the mean of each channel, and a dense layer as wide as the
/// target. The way around a block that halves the image takes every second cell
/// and adds channels of zeros, so it has no parameters (the paper's option A).
///
/// With depth 20 it has 0.27 million parameters, as the paper says.
///
/// ```
/// let model = ikhim_nn::ResNet::new(20);
/// # let _ = model;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ResNet {
    depth: usize,
    #[serde(default)]
    units: Option<usize>,
}

impl ResNet {
    /// A network of so many layers with a kernel: 20, 32, 44, 56, 110 or another
    /// number that is 2 more than a multiple of 6.
    pub fn new(depth: usize) -> ResNet {
        ResNet { depth, units: None }
    }
}

impl Module for ResNet {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        if self.depth < 8 || self.depth % 6 != 2 {
            let fault = Fault::of("shape.setting").with("op", "resnet").with("setting", "depth");
            let fault = fault.with("expected", "6n + 2: 8, 14, 20, 32, 44, 56, 110, …");
            return x.graph().fail(fault.with("found", self.depth));
        }
        let mut x = x.apply(conv(16, 1)).apply(BatchNorm::new()).apply(Activation::Relu);
        for filters in [16, 32, 64] {
            for block in 0..(self.depth - 2) / 6 {
                let stride = if filters > 16 && block == 0 { 2 } else { 1 };
                x = x.apply(Residual { filters, stride });
            }
        }
        let units = self.units.map_or_else(Dense::auto, Dense::new);
        x.apply(GlobalAveragePool2d::new()).apply(units.kernel_initializer(Initializer::HeNormal))
    }

    fn kind(&self) -> Option<String> {
        None
    }

    fn sized(&self, sizes: &Sizes) -> Option<Box<dyn Module>> {
        Some(Box::new(ResNet { units: self.units.or(sizes.width), ..self.clone() }))
    }

    fn is_opaque(&self) -> bool {
        true
    }
}

fn conv(filters: usize, stride: usize) -> Conv2d {
    // Padding of 1 on each side, as in the paper's code: with a stride of 2 the
    // rule `same` would pad on one side only.
    Conv2d::new(filters, 3)
        .stride(stride)
        .padding(Padding::from(1))
        .use_bias(false)
        .kernel_initializer(Initializer::HeNormal)
}

/// Two convolutions and the way around them.
struct Residual {
    filters: usize,
    stride: usize,
}

impl Module for Residual {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        let inner = x
            .apply(conv(self.filters, self.stride))
            .apply(BatchNorm::new())
            .apply(Activation::Relu)
            .apply(conv(self.filters, 1))
            .apply(BatchNorm::new());
        if inner.node().is_none() {
            return inner;
        }
        let mut around = x;
        if self.stride > 1 {
            around = around.slice_step(1, 0..x.dim(1), self.stride);
            around = around.slice_step(2, 0..x.dim(2), self.stride);
        }
        let missing = self.filters - x.dim(3);
        if missing > 0 {
            around = around.pad(3, missing / 2, missing - missing / 2);
        }
        (inner + around).apply(Activation::Relu)
    }

    fn is_opaque(&self) -> bool {
        true
    }
}
