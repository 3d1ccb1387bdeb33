use crate::{
    Activation, Apply, Conv2d, Dense, Dropout, Flatten, Initializer, MaxPool2d, Module, Padding,
    Sizes,
};
use ikhim_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Cells of an image that the last two blocks are for, e.g. 16×16.
const CELLS: usize = 256;

/// A small convolutional network for images `[N, height, width, channels]`: in
/// each block convolutions of 3×3 with ReLU that keep the size, then a maximum of
/// 2×2; at the end dropout of one half and one dense layer as wide as the target.
///
/// Without [`blocks`](Cnn::blocks) it has those that [`Cnn::blocks_for`] chooses
/// by the size of its images.
///
/// ```
/// use ikhim_nn::Cnn;
/// let small = Cnn::new();
/// let own = Cnn::new().blocks([vec![16], vec![32, 32]]).dropout(0.3);
/// # let _ = (small, own);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Cnn {
    blocks: Option<Vec<Vec<usize>>>,
    activation: Activation,
    dropout: f64,
    kernel_initializer: Initializer,
    bias_initializer: Initializer,
    units: Option<usize>,
}

impl Default for Cnn {
    fn default() -> Cnn {
        Cnn {
            blocks: None,
            activation: Activation::Relu,
            dropout: 0.5,
            kernel_initializer: Initializer::GlorotUniform,
            bias_initializer: Initializer::Zeros,
            units: None,
        }
    }
}

impl Cnn {
    /// The network that fits its images.
    pub fn new() -> Cnn {
        Cnn::default()
    }

    /// The filters of each convolution for images of this size, block by block:
    /// `[[32, 32], [64]]` up to 256 cells, as of 8×8 or 16×16. Before these, a
    /// convolution of 16 filters and its maximum halve larger images until they
    /// are as small, so that the cost of a row grows no faster than its cells.
    ///
    /// ```
    /// use ikhim_nn::Cnn;
    /// assert_eq!(Cnn::blocks_for(8, 8), [vec![32, 32], vec![64]]);
    /// assert_eq!(Cnn::blocks_for(28, 28), [vec![16], vec![32, 32], vec![64]]);
    /// ```
    pub fn blocks_for(height: usize, width: usize) -> Vec<Vec<usize>> {
        let (mut height, mut width) = (height, width);
        let mut blocks = Vec::new();
        while height.saturating_mul(width) > CELLS {
            (height, width) = (height.div_ceil(2), width.div_ceil(2));
            blocks.push(vec![16]);
        }
        blocks.extend([vec![32, 32], vec![64]]);
        blocks
    }

    /// The filters of each convolution, block by block.
    pub fn blocks(mut self, blocks: impl Into<Vec<Vec<usize>>>) -> Cnn {
        self.blocks = Some(blocks.into());
        self
    }

    /// The function after each convolution.
    pub fn activation(mut self, activation: Activation) -> Cnn {
        self.activation = activation;
        self
    }

    /// The share of values dropped before the dense layer.
    pub fn dropout(mut self, rate: f64) -> Cnn {
        self.dropout = rate;
        self
    }

    /// All kernels at step 0.
    pub fn kernel_initializer(mut self, initializer: Initializer) -> Cnn {
        self.kernel_initializer = initializer;
        self
    }

    /// All biases at step 0.
    pub fn bias_initializer(mut self, initializer: Initializer) -> Cnn {
        self.bias_initializer = initializer;
        self
    }

    fn convolution(&self, filters: usize) -> Conv2d {
        Conv2d::new(filters, 3)
            .padding(Padding::Same)
            .activation(self.activation)
            .kernel_initializer(self.kernel_initializer.clone())
            .bias_initializer(self.bias_initializer.clone())
    }
}

impl Module for Cnn {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        // What is no image gets one convolution, which tells what it lacks.
        let blocks = match &self.blocks {
            Some(blocks) => blocks.clone(),
            None if x.node().is_none() || x.shape().rank() != 4 => vec![vec![32]],
            None => Cnn::blocks_for(x.dim(1), x.dim(2)),
        };
        let mut x = x;
        for block in &blocks {
            for filters in block {
                x = x.apply(self.convolution(*filters));
            }
            // The last odd row and column have a maximum of their own.
            x = x.apply(MaxPool2d::new(2).padding(Padding::Same));
        }
        x = x.apply(Flatten::new());
        if self.dropout != 0.0 {
            x = x.apply(Dropout::new(self.dropout));
        }
        let last = self.units.map_or_else(Dense::auto, Dense::new);
        let last = last.kernel_initializer(self.kernel_initializer.clone());
        x.apply(last.bias_initializer(self.bias_initializer.clone()))
    }

    fn kind(&self) -> Option<String> {
        None
    }

    fn sized(&self, sizes: &Sizes) -> Option<Box<dyn Module>> {
        Some(Box::new(Cnn { units: self.units.or(sizes.width), ..self.clone() }))
    }

    fn is_opaque(&self) -> bool {
        true
    }
}
