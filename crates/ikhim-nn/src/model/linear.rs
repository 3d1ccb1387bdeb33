use crate::{Apply, Dense, Initializer, Module, Sizes};
use ikhim_graph::Tensor;
use serde::{Deserialize, Serialize};

/// A single dense layer as wide as the target: linear, logistic or softmax
/// regression, as the loss says. A row of several axes is flattened.
///
/// ```
/// let model = ikhim_nn::Linear::new();
/// # let _ = model;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Linear {
    units: Option<usize>,
    use_bias: bool,
    kernel_initializer: Initializer,
    bias_initializer: Initializer,
}

impl Default for Linear {
    fn default() -> Linear {
        Linear {
            units: None,
            use_bias: true,
            kernel_initializer: Initializer::GlorotUniform,
            bias_initializer: Initializer::Zeros,
        }
    }
}

impl Linear {
    /// As wide as the target needs.
    pub fn new() -> Linear {
        Linear::default()
    }

    /// Of a width of its own.
    pub fn units(mut self, units: usize) -> Linear {
        self.units = Some(units);
        self
    }

    /// Whether a bias is added.
    pub fn use_bias(mut self, use_bias: bool) -> Linear {
        self.use_bias = use_bias;
        self
    }

    /// The kernel at step 0.
    pub fn kernel_initializer(mut self, initializer: Initializer) -> Linear {
        self.kernel_initializer = initializer;
        self
    }

    /// The bias at step 0.
    pub fn bias_initializer(mut self, initializer: Initializer) -> Linear {
        self.bias_initializer = initializer;
        self
    }
}

impl Module for Linear {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        let dense = self.units.map_or_else(Dense::auto, Dense::new);
        x.flatten().apply(
            dense
                .use_bias(self.use_bias)
                .kernel_initializer(self.kernel_initializer.clone())
                .bias_initializer(self.bias_initializer.clone()),
        )
    }

    fn kind(&self) -> Option<String> {
        None
    }

    fn sized(&self, sizes: &Sizes) -> Option<Box<dyn Module>> {
        Some(Box::new(Linear { units: self.units.or(sizes.width), ..self.clone() }))
    }

    fn is_opaque(&self) -> bool {
        true
    }
}
