use super::Activation;
use super::recurrent::as_rows;
use crate::module::{declare, path_of};
use crate::{Initializer, Module, Penalty, Sizes};
use ikhim_graph::{Shape, Tensor};
use ikhim_text::Fault;
use serde::{Deserialize, Serialize};

/// A fully connected layer: `y = activation(x W + b)`.
///
/// # Shapes
/// `x` is `[N, inputs]`, the kernel `W` is `[inputs, units]`, the bias `b` is
/// `[units]` and `y` is `[N, units]`. Of a sequence `[N, steps, inputs]` each step
/// goes through the same layer, by one product over all of them. More axes are
/// refused: put a [`Flatten`](super::Flatten) before the layer.
///
/// ```
/// use ikhim_nn::{Activation, Dense, Initializer};
/// let hidden = Dense::new(64)
///     .activation(Activation::Relu)
///     .kernel_initializer(Initializer::he_normal());
/// let lecture = Dense::new(2).kernel([[5.0, -7.0], [5.0, -7.0]]).bias([-8.0, 3.0]);
/// # let _ = (hidden, lecture);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Dense {
    units: Option<usize>,
    #[serde(default = "yes")]
    use_bias: bool,
    #[serde(default)]
    activation: Activation,
    #[serde(default = "Initializer::glorot_uniform")]
    kernel_initializer: Initializer,
    #[serde(default = "Initializer::zeros")]
    bias_initializer: Initializer,
    #[serde(default, skip_serializing_if = "Penalty::is_none")]
    kernel_regularizer: Penalty,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kernel: Option<Vec<Vec<f64>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bias: Option<Vec<f64>>,
}

fn yes() -> bool {
    true
}

impl Dense {
    /// A layer of so many units, with a bias and without an activation; the
    /// kernel is Glorot uniform and the bias 0 (Keras).
    pub fn new(units: usize) -> Dense {
        Dense::with_units(Some(units))
    }

    /// A layer as wide as the target needs: one unit for a number or two
    /// classes under `binary_cross_entropy`, one for each class, and so on.
    pub fn auto() -> Dense {
        Dense::with_units(None)
    }

    fn with_units(units: Option<usize>) -> Dense {
        Dense {
            units,
            use_bias: true,
            activation: Activation::Linear,
            kernel_initializer: Initializer::GlorotUniform,
            bias_initializer: Initializer::Zeros,
            kernel_regularizer: Penalty::default(),
            kernel: None,
            bias: None,
        }
    }

    /// Whether there is a bias.
    pub fn use_bias(mut self, use_bias: bool) -> Dense {
        self.use_bias = use_bias;
        self
    }

    /// The function of the result.
    pub fn activation(mut self, activation: Activation) -> Dense {
        self.activation = activation;
        self
    }

    /// The kernel at step 0.
    pub fn kernel_initializer(mut self, initializer: Initializer) -> Dense {
        self.kernel_initializer = initializer;
        self
    }

    /// The bias at step 0.
    pub fn bias_initializer(mut self, initializer: Initializer) -> Dense {
        self.bias_initializer = initializer;
        self
    }

    /// A penalty on this kernel.
    pub fn kernel_regularizer(mut self, penalty: Penalty) -> Dense {
        self.kernel_regularizer = penalty;
        self
    }

    /// The very numbers of the kernel at step 0, row by row `[inputs, units]`.
    pub fn kernel<R: Into<Vec<f64>>>(mut self, rows: impl IntoIterator<Item = R>) -> Dense {
        self.kernel = Some(rows.into_iter().map(Into::into).collect());
        self
    }

    /// The very numbers of the bias at step 0.
    pub fn bias(mut self, values: impl Into<Vec<f64>>) -> Dense {
        self.bias = Some(values.into());
        self
    }

    /// The number of units; `None` when the target decides.
    pub fn units(&self) -> Option<usize> {
        self.units
    }

    pub(crate) fn filled(&self, sizes: &Sizes) -> Dense {
        Dense { units: self.units.or(sizes.width), ..self.clone() }
    }
}

impl Module for Dense {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        let graph = x.graph();
        if x.node().is_none() {
            return x;
        }
        let Some(units) = self.units else { return graph.fail(Fault::of("shape.units_auto")) };
        if !matches!(x.rank(), 2 | 3) {
            return graph.fail(wrong_rank(&x.shape()));
        }
        let inputs = x.dim(-1);
        let given = self.kernel.as_deref().map(|rows| {
            let columns = rows.first().map_or(0, Vec::len);
            (vec![rows.len(), columns], rows.concat())
        });
        let kernel = declare(x, "kernel", &[inputs, units], given, &self.kernel_initializer);
        self.kernel_regularizer.mark(&path_of(graph, "kernel"), kernel);
        // All steps of a sequence are rows of one product, and of one sum that is
        // the gradient of the bias.
        let steps = (x.rank() == 3).then(|| x.shape());
        let mut y = if steps.is_some() { as_rows(x) } else { x }.matmul(kernel);
        if self.use_bias {
            let given = self.bias.as_ref().map(|values| (vec![values.len()], values.clone()));
            y = y + declare(x, "bias", &[units], given, &self.bias_initializer);
        }
        match steps {
            Some(shape) if y.node().is_some() => {
                self.activation.forward(y.reshape(&[shape[0], shape[1], y.shape()[1]]))
            }
            _ => self.activation.forward(y),
        }
    }

    fn sized(&self, sizes: &Sizes) -> Option<Box<dyn Module>> {
        Some(Box::new(self.filled(sizes)))
    }

    fn is_opaque(&self) -> bool {
        true
    }
}

fn wrong_rank(found: &Shape) -> Fault {
    let fault = Fault::of("shape.rank").with("expected", "[N, features]").with("found", found);
    if found.rank() > 3 {
        fault.help_words("add `flatten` before it", "앞에 `flatten` 층을 넣으세요")
    } else {
        fault.help_words(
            "give the input an axis of features, e.g. with `reshape`",
            "`reshape`로 특성 축을 만드세요",
        )
    }
}
