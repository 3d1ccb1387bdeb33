use crate::{Activation, Apply, Conv2d, Conv2dTranspose, Flatten, Initializer, Module, Padding};
use ikhim_graph::Tensor;
use serde::{Deserialize, Serialize};

/// A convolutional autoencoder: convolutions of 3×3 with a stride of 2 and ReLU
/// make the image smaller, convolutions turned around make it large again. The
/// result has a column for each number of the image, as a target of numbers has.
/// Height and width are multiples of 2 for each layer of filters.
///
/// ```
/// let model = ikhim_nn::Autoencoder::new([16, 32]);
/// # let _ = model;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Autoencoder {
    filters: Vec<usize>,
}

impl Autoencoder {
    /// The filters of each layer on the way to the smallest image.
    pub fn new(filters: impl Into<Vec<usize>>) -> Autoencoder {
        Autoencoder { filters: filters.into() }
    }
}

impl Module for Autoencoder {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        if x.node().is_none() || self.filters.is_empty() {
            return x.apply(Flatten::new());
        }
        let channels = x.dim(-1);
        let mut code = x;
        for filters in &self.filters {
            let halved = Conv2d::new(*filters, 3)
                .stride(2)
                .padding(Padding::Same)
                .activation(Activation::Relu)
                .kernel_initializer(Initializer::HeNormal);
            code = code.apply(halved);
        }
        let widths = self.filters.iter().rev().skip(1).copied();
        let mut image = code;
        for filters in widths {
            let doubled = Conv2dTranspose::new(filters, 3)
                .stride(2)
                .padding(Padding::Same)
                .activation(Activation::Relu)
                .kernel_initializer(Initializer::HeNormal);
            image = image.apply(doubled);
        }
        let last = Conv2dTranspose::new(channels, 3).stride(2).padding(Padding::Same);
        image.apply(last).apply(Flatten::new())
    }

    fn kind(&self) -> Option<String> {
        None
    }

    fn is_opaque(&self) -> bool {
        true
    }
}
