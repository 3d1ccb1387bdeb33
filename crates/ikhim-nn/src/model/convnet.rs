//! Convolutional networks of the field, layer after layer, for images `[N,
//! height, width, channels]`. Each ends with a dense layer as wide as the target,
//! which gives logits.

use crate::{
    Activation, AveragePool2d, BatchNorm, Conv2d, Dense, Dropout, Flatten, Initializer, Layer,
    MaxPool2d, Module, Padding, Sequential, Sizes,
};
use ikhim_graph::Tensor;
use serde::{Deserialize, Serialize};

/// A network of this file as a module without a path of its own.
macro_rules! network {
    ($name:ident) => {
        impl Module for $name {
            #[track_caller]
            fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
                self.layers().forward(x)
            }

            fn kind(&self) -> Option<String> {
                None
            }

            fn sized(&self, sizes: &Sizes) -> Option<Box<dyn Module>> {
                self.layers().sized(sizes)
            }

            fn is_opaque(&self) -> bool {
                true
            }
        }
    };
}

/// Which of the course's networks for MNIST.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Lab {
    /// Two convolutions of 3×3 with 32 and 64 filters, each with ReLU and a
    /// pooling of 2×2, and one dense layer: 50,090 parameters for MNIST.
    #[serde(rename = "11-1")]
    L11_1,
    /// Three such blocks, with 32, 64 and 128 filters, a dense layer of 625 with
    /// ReLU and one for the classes, and dropout of 0.3 after each block and the
    /// hidden layer: 1,379,333 parameters for MNIST.
    #[serde(rename = "11-2")]
    L11_2,
    /// The same with biases in the convolutions, Glorot's initial weights, and a
    /// dropout of 0.5 after the hidden layer: 1,379,557 parameters for MNIST.
    #[serde(rename = "11-4")]
    L11_4,
}

/// A convolutional network of the course "Deep Learning for Everyone", lecture 11.
///
/// ```
/// use ikhim_nn::{CourseNet, Lab};
/// let model = CourseNet::new(Lab::L11_1);
/// # let _ = model;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CourseNet {
    lab: Lab,
}

impl CourseNet {
    /// The network of a lab.
    pub fn new(lab: Lab) -> CourseNet {
        CourseNet { lab }
    }

    /// Its layers.
    pub fn layers(&self) -> Sequential {
        let by_hand = self.lab != Lab::L11_4;
        let small = || Initializer::Normal { mean: 0.0, stddev: 0.01 };
        let mut layers = Sequential::new();
        let filters: &[usize] = if self.lab == Lab::L11_1 { &[32, 64] } else { &[32, 64, 128] };
        for filters in filters {
            let conv = Conv2d::new(*filters, 3).padding(Padding::Same).activation(Activation::Relu);
            layers = layers.then(match by_hand {
                true => conv.use_bias(false).kernel_initializer(small()),
                false => conv,
            });
            layers = layers.then(MaxPool2d::new(2).padding(Padding::Same));
            if self.lab != Lab::L11_1 {
                layers = layers.then(Dropout::new(0.3));
            }
        }
        layers = layers.then(Flatten::new());
        if self.lab != Lab::L11_1 {
            let rate = if by_hand { 0.3 } else { 0.5 };
            let hidden = Dense::new(625).activation(Activation::Relu);
            layers = layers.then(hidden).then(Dropout::new(rate));
        }
        layers.then(Dense::auto())
    }
}

network!(CourseNet);

/// LeNet-5 (LeCun et al. 1998) as it is built today: two convolutions of 5×5 with
/// tanh, each with an average pooling, and dense layers of 120 and 84. The first
/// convolution pads, so that images of 28×28 take the place of the paper's 32×32:
/// 61,706 parameters for MNIST.
///
/// ```
/// let model = ikhim_nn::LeNet5::new();
/// # let _ = model;
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct LeNet5 {}

impl LeNet5 {
    /// The network; it has no settings.
    pub fn new() -> LeNet5 {
        LeNet5 {}
    }

    /// Its layers.
    pub fn layers(&self) -> Sequential {
        let tanh = Activation::Tanh;
        Sequential::new()
            .then(Conv2d::new(6, 5).padding(Padding::Same).activation(tanh))
            .then(AveragePool2d::new(2))
            .then(Conv2d::new(16, 5).activation(tanh))
            .then(AveragePool2d::new(2))
            .then(Flatten::new())
            .then(Dense::new(120).activation(tanh))
            .then(Dense::new(84).activation(tanh))
            .then(Dense::auto())
    }
}

network!(LeNet5);

/// A network in the manner of VGG (Simonyan and Zisserman 2015): in each block
/// convolutions of 3×3 with batch norm and ReLU, and then a pooling of 2×2; at the
/// end one dense layer.
///
/// ```
/// use ikhim_nn::Vgg;
/// let small = Vgg::new();
/// let vgg16 = Vgg::sixteen();
/// # let _ = (small, vgg16);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Vgg {
    blocks: Vec<Vec<usize>>,
}

impl Default for Vgg {
    fn default() -> Vgg {
        Vgg { blocks: vec![vec![32, 32], vec![64, 64], vec![128, 128]] }
    }
}

impl Vgg {
    /// Three blocks of two convolutions with 32, 64 and 128 filters.
    pub fn new() -> Vgg {
        Vgg::default()
    }

    /// The thirteen convolutions of VGG-16 with batch norm, for images of 32×32:
    /// 14,728,266 parameters for ten classes.
    pub fn sixteen() -> Vgg {
        let repeated = [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)];
        Vgg::new().blocks(repeated.map(|(filters, times)| vec![filters; times]))
    }

    /// The filters of each convolution, block by block.
    pub fn blocks(mut self, blocks: impl Into<Vec<Vec<usize>>>) -> Vgg {
        self.blocks = blocks.into();
        self
    }

    /// Its layers.
    pub fn layers(&self) -> Sequential {
        let mut layers: Vec<Layer> = Vec::new();
        for block in &self.blocks {
            for filters in block {
                let conv = Conv2d::new(*filters, 3).padding(Padding::Same);
                layers.push(conv.kernel_initializer(Initializer::HeNormal).into());
                layers.push(BatchNorm::new().into());
                layers.push(Activation::Relu.into());
            }
            layers.push(MaxPool2d::new(2).into());
        }
        layers.push(Flatten::new().into());
        layers.push(Dense::auto().into());
        layers.into_iter().collect()
    }
}

network!(Vgg);
