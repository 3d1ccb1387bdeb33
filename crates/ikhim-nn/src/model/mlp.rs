use crate::{Activation, Apply, Dense, Dropout, Initializer, Module, Sizes};
use ikhim_graph::Tensor;
use serde::{Deserialize, Serialize};

/// A multi-layer perceptron: for each hidden width a dense layer, an activation
/// and, where asked for, dropout; then a dense layer as wide as the target. A
/// row of several axes is flattened first.
///
/// ```
/// use ikhim_nn::{Activation, Mlp};
/// let model = Mlp::new([64, 32]).activation(Activation::Tanh).dropout(0.1);
/// # let _ = model;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Mlp {
    hidden: Vec<usize>,
    #[serde(default = "relu")]
    activation: Activation,
    #[serde(default)]
    dropout: f64,
    #[serde(default = "Initializer::glorot_uniform")]
    kernel_initializer: Initializer,
    #[serde(default = "Initializer::zeros")]
    bias_initializer: Initializer,
    #[serde(default)]
    units: Option<usize>,
}

fn relu() -> Activation {
    Activation::Relu
}

impl Mlp {
    /// Hidden layers of these widths with ReLU and without dropout.
    pub fn new(hidden: impl Into<Vec<usize>>) -> Mlp {
        Mlp {
            hidden: hidden.into(),
            activation: Activation::Relu,
            dropout: 0.0,
            kernel_initializer: Initializer::GlorotUniform,
            bias_initializer: Initializer::Zeros,
            units: None,
        }
    }

    /// The function after each hidden layer.
    pub fn activation(mut self, activation: Activation) -> Mlp {
        self.activation = activation;
        self
    }

    /// The share of values dropped after each hidden layer.
    pub fn dropout(mut self, rate: f64) -> Mlp {
        self.dropout = rate;
        self
    }

    /// All kernels at step 0.
    pub fn kernel_initializer(mut self, initializer: Initializer) -> Mlp {
        self.kernel_initializer = initializer;
        self
    }

    /// All biases at step 0.
    pub fn bias_initializer(mut self, initializer: Initializer) -> Mlp {
        self.bias_initializer = initializer;
        self
    }

    /// A width of its own for the last layer.
    pub fn units(mut self, units: usize) -> Mlp {
        self.units = Some(units);
        self
    }

    fn dense(&self, units: Option<usize>) -> Dense {
        units
            .map_or_else(Dense::auto, Dense::new)
            .kernel_initializer(self.kernel_initializer.clone())
            .bias_initializer(self.bias_initializer.clone())
    }
}

impl Module for Mlp {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        let mut x = x.flatten();
        for units in &self.hidden {
            x = x.apply(self.dense(Some(*units)).activation(self.activation));
            if self.dropout != 0.0 {
                x = x.apply(Dropout::new(self.dropout));
            }
        }
        x.apply(self.dense(self.units))
    }

    fn kind(&self) -> Option<String> {
        None
    }

    fn sized(&self, sizes: &Sizes) -> Option<Box<dyn Module>> {
        Some(Box::new(Mlp { units: self.units.or(sizes.width), ..self.clone() }))
    }

    fn is_opaque(&self) -> bool {
        true
    }
}
