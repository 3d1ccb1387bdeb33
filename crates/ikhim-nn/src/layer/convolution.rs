//! Convolutions of sequences and images.

use super::Activation;
use super::sizes::{Padding, Pair, image};
use crate::module::{declare, path_of};
use crate::{Initializer, Module, Penalty};
use ikhim_graph::op::Window;
use ikhim_graph::{Dim, Tensor};
use ikhim_text::Fault;
use serde::{Deserialize, Serialize};

fn yes() -> bool {
    true
}

fn one() -> Pair {
    Pair([1; 2])
}

fn single() -> usize {
    1
}

/// Declares a layer with the settings that convolutions share, and the methods
/// that give them.
macro_rules! convolution {
    (
        $(#[$doc:meta])*
        $name:ident, $size:ty, $one:literal
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[non_exhaustive]
        pub struct $name {
            filters: usize,
            kernel_size: $size,
            #[serde(default = $one)]
            stride: $size,
            #[serde(default)]
            padding: Padding,
            #[serde(default = $one)]
            dilation: $size,
            #[serde(default = "single")]
            groups: usize,
            #[serde(default)]
            activation: Activation,
            #[serde(default = "yes")]
            use_bias: bool,
            #[serde(default = "Initializer::glorot_uniform")]
            kernel_initializer: Initializer,
            #[serde(default = "Initializer::zeros")]
            bias_initializer: Initializer,
            #[serde(default, skip_serializing_if = "Penalty::is_none")]
            kernel_regularizer: Penalty,
        }

        impl $name {
            /// So many filters of a size, with a bias, without padding and without
            /// an activation; the kernel is Glorot uniform and the bias 0 (Keras).
            pub fn new(filters: usize, kernel_size: impl Into<$size>) -> $name {
                $name {
                    filters,
                    kernel_size: kernel_size.into(),
                    stride: 1_usize.into(),
                    padding: Padding::Valid,
                    dilation: 1_usize.into(),
                    groups: 1,
                    activation: Activation::Linear,
                    use_bias: true,
                    kernel_initializer: Initializer::GlorotUniform,
                    bias_initializer: Initializer::Zeros,
                    kernel_regularizer: Penalty::default(),
                }
            }

            /// Cells from one window to the next.
            pub fn stride(mut self, stride: impl Into<$size>) -> $name {
                self.stride = stride.into();
                self
            }

            /// Zeros around the input.
            pub fn padding(mut self, padding: impl Into<Padding>) -> $name {
                self.padding = padding.into();
                self
            }

            /// Cells from one cell of the kernel to the next.
            pub fn dilation(mut self, dilation: impl Into<$size>) -> $name {
                self.dilation = dilation.into();
                self
            }

            /// Into how many groups the channels fall; each filter sees one of
            /// them. As many as channels is a depthwise convolution.
            pub fn groups(mut self, groups: usize) -> $name {
                self.groups = groups;
                self
            }

            /// The function of the result.
            pub fn activation(mut self, activation: Activation) -> $name {
                self.activation = activation;
                self
            }

            /// Whether there is a bias.
            pub fn use_bias(mut self, use_bias: bool) -> $name {
                self.use_bias = use_bias;
                self
            }

            /// The kernel at step 0.
            pub fn kernel_initializer(mut self, initializer: Initializer) -> $name {
                self.kernel_initializer = initializer;
                self
            }

            /// The bias at step 0.
            pub fn bias_initializer(mut self, initializer: Initializer) -> $name {
                self.bias_initializer = initializer;
                self
            }

            /// A penalty on this kernel.
            pub fn kernel_regularizer(mut self, penalty: Penalty) -> $name {
                self.kernel_regularizer = penalty;
                self
            }

            /// Declares the kernel.
            #[track_caller]
            fn kernel<'g>(&self, x: Tensor<'g>, sizes: &[usize]) -> Tensor<'g> {
                let kernel = declare(x, "kernel", sizes, None, &self.kernel_initializer);
                self.kernel_regularizer.mark(&path_of(x.graph(), "kernel"), kernel);
                kernel
            }

            /// Adds the bias and applies the activation.
            #[track_caller]
            fn finished<'g>(&self, mut y: Tensor<'g>) -> Tensor<'g> {
                if self.use_bias {
                    y = y + declare(y, "bias", &[self.filters], None, &self.bias_initializer);
                }
                self.activation.forward(y)
            }

            /// The channels that each filter sees. Groups that do not divide them
            /// are a fault of the op.
            fn of_group(&self, channels: usize) -> usize {
                channels.checked_div(self.groups).unwrap_or(channels).max(1)
            }
        }
    };
}

convolution! {
    /// Filters moved along a sequence: each value is the sum of products of a
    /// filter with the cells under it, plus the bias.
    ///
    /// # Shapes
    /// `x` is `[N, length, channels]`, the kernel is `[kernel_size, channels /
    /// groups, filters]`, the bias is `[filters]` and `y` is `[N, windows,
    /// filters]` with `windows = (length + padding − reach) / stride + 1`, rounded
    /// down, where `reach = dilation · (kernel_size − 1) + 1`.
    ///
    /// ```
    /// use ikhim_nn::{Activation, Conv1d, Padding};
    /// let layer = Conv1d::new(32, 5_usize).padding(Padding::Same).activation(Activation::Relu);
    /// # let _ = layer;
    /// ```
    Conv1d, usize, "single"
}

convolution! {
    /// Filters moved over an image: each value is the sum of products of a filter
    /// with the cells under it, plus the bias.
    ///
    /// # Shapes
    /// `x` is `[N, height, width, channels]`, the kernel is `[height, width,
    /// channels / groups, filters]`, the bias is `[filters]` and `y` is `[N,
    /// windows, windows, filters]` with `windows = (size + padding − reach) /
    /// stride + 1`, rounded down, along each axis, where `reach = dilation ·
    /// (kernel_size − 1) + 1`.
    ///
    /// ```
    /// use ikhim_nn::{Activation, Conv2d, Padding};
    /// let same = Conv2d::new(32, 3).padding(Padding::Same).activation(Activation::Relu);
    /// let depthwise = Conv2d::new(32, 3).groups(32).use_bias(false);
    /// # let _ = (same, depthwise);
    /// ```
    Conv2d, Pair, "one"
}

convolution! {
    /// A convolution turned around: each value of the input spreads a filter over
    /// the image, so the image grows by the stride.
    ///
    /// # Shapes
    /// `x` is `[N, height, width, channels]`, the kernel is `[height, width,
    /// filters / groups, channels]` as in Keras, the bias is `[filters]` and `y`
    /// is `[N, size, size, filters]`. Along each axis the size is `height · stride`
    /// with padding `same`, `(height − 1) · stride + max(reach, stride)` with
    /// `valid`, and `(height − 1) · stride + reach − padding` with numbers, where
    /// `reach = dilation · (kernel_size − 1) + 1`.
    ///
    /// ```
    /// use ikhim_nn::{Conv2dTranspose, Padding};
    /// let twice = Conv2dTranspose::new(16, 3).stride(2).padding(Padding::Same);
    /// # let _ = twice;
    /// ```
    Conv2dTranspose, Pair, "one"
}

impl Module for Conv1d {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        if x.node().is_none() {
            return x;
        }
        let shape = x.shape();
        let &[rows, Dim::Fixed(length), Dim::Fixed(channels)] = &shape[..] else {
            let fault = Fault::of("shape.rank").with("expected", "[N, length, channels]");
            return x.graph().fail(fault.with("found", shape));
        };
        let of_group = self.of_group(channels);
        let kernel = self.kernel(x, &[self.kernel_size, of_group, self.filters]);
        let [size, stride, dilation] =
            [self.kernel_size, self.stride, self.dilation].map(|along| Pair([1, along]));
        let padding = match self.padding {
            // One number for the height and the width: here there is one axis.
            Padding::Explicit([_, along]) => [[0; 2], along],
            padding => padding.of([1, length], size, stride, dilation),
        };
        let window =
            Window { stride: stride.0, dilation: dilation.0, padding, groups: self.groups };
        let image = x.reshape(&[rows, 1.into(), length.into(), channels.into()]);
        let y = image.conv2d(kernel.expand_dims(0), window);
        self.finished(if y.node().is_none() { y } else { y.squeeze(&[1]) })
    }

    fn is_opaque(&self) -> bool {
        true
    }
}

impl Module for Conv2d {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        if x.node().is_none() {
            return x;
        }
        let Some(size) = image(x) else { return x.graph().fail(not_an_image(x)) };
        let Pair([height, width]) = self.kernel_size;
        let of_group = self.of_group(x.dim(3));
        let kernel = self.kernel(x, &[height, width, of_group, self.filters]);
        let padding = self.padding.of(size, self.kernel_size, self.stride, self.dilation);
        let window = Window {
            stride: self.stride.0,
            dilation: self.dilation.0,
            padding,
            groups: self.groups,
        };
        self.finished(x.conv2d(kernel, window))
    }

    fn is_opaque(&self) -> bool {
        true
    }
}

impl Module for Conv2dTranspose {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        if x.node().is_none() {
            return x;
        }
        let Some(given) = image(x) else { return x.graph().fail(not_an_image(x)) };
        let Pair([height, width]) = self.kernel_size;
        let of_group = self.of_group(self.filters);
        let kernel = self.kernel(x, &[height, width, of_group, x.dim(3)]);
        let mut size = [0; 2];
        for (axis, size) in size.iter_mut().enumerate() {
            let stride = self.stride.0[axis];
            let reach = self.dilation.0[axis] * self.kernel_size.0[axis].saturating_sub(1) + 1;
            let grown = given[axis].saturating_sub(1) * stride;
            *size = match self.padding {
                Padding::Same => given[axis] * stride,
                Padding::Valid => grown + reach.max(stride),
                Padding::Explicit(padding) => {
                    (grown + reach).saturating_sub(padding[axis][0] + padding[axis][1])
                }
            };
        }
        let padding = self.padding.of(size, self.kernel_size, self.stride, self.dilation);
        let window = Window {
            stride: self.stride.0,
            dilation: self.dilation.0,
            padding,
            groups: self.groups,
        };
        self.finished(x.conv2d_input_grad(kernel, window, size))
    }

    fn is_opaque(&self) -> bool {
        true
    }
}

/// The fault of a value that is no image.
pub(super) fn not_an_image(x: Tensor<'_>) -> Fault {
    let fault = Fault::of("shape.rank").with("expected", "[N, height, width, channels]");
    fault.with("found", x.shape()).help_words(
        "give each row the axes of an image, e.g. { type = \"reshape\", target_shape = [28, 28, 1] }",
        "행마다 이미지의 축을 주세요. 예: { type = \"reshape\", target_shape = [28, 28, 1] }",
    )
}
