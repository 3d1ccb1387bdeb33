//! Pooling: one value for each window of each channel.

use super::convolution::not_an_image;
use super::sizes::{Padding, Pair, image};
use crate::Module;
use ikhim_graph::Tensor;
use ikhim_text::Fault;
use serde::{Deserialize, Serialize};

/// Which value stands for a window.
#[derive(Clone, Copy)]
enum Pool {
    Max,
    Average { count_include_pad: bool },
}

impl Pool {
    #[track_caller]
    fn of<'g>(
        self,
        x: Tensor<'g>,
        size: Pair,
        stride: Option<Pair>,
        padding: Padding,
    ) -> Tensor<'g> {
        let Some(sizes) = image(x) else { return x.graph().fail(not_an_image(x)) };
        let stride = stride.unwrap_or(size);
        let padding = padding.of(sizes, size, stride, Pair([1; 2]));
        match self {
            Pool::Max => x.max_pool2d(size.0, stride.0, padding),
            Pool::Average { count_include_pad } => {
                x.average_pool2d(size.0, stride.0, padding, count_include_pad)
            }
        }
    }

    /// The same along the one axis of a sequence `[N, length, channels]`.
    #[track_caller]
    fn along<'g>(
        self,
        x: Tensor<'g>,
        size: usize,
        stride: Option<usize>,
        padding: Padding,
    ) -> Tensor<'g> {
        let shape = x.shape();
        if shape.rank() != 3 {
            let fault = Fault::of("shape.rank").with("expected", "[N, length, channels]");
            return x.graph().fail(fault.with("found", shape));
        }
        let padding = match padding {
            // One number for the height and the width: here there is one axis.
            Padding::Explicit([_, along]) => Padding::Explicit([[0; 2], along]),
            padding => padding,
        };
        let stride = stride.map(|stride| Pair([1, stride]));
        let y = self.of(x.expand_dims(1), Pair([1, size]), stride, padding);
        if y.node().is_none() { y } else { y.squeeze(&[1]) }
    }
}

/// Declares a layer that pools windows.
macro_rules! pooling {
    (
        $(#[$doc:meta])*
        $name:ident, $size:ty, $method:ident, |$layer:ident| $pool:expr
        $(, $(#[$field_doc:meta])* $field:ident)? $(,)?
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[non_exhaustive]
        pub struct $name {
            pool_size: $size,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            stride: Option<$size>,
            #[serde(default)]
            padding: Padding,
            $(#[serde(default)] $field: bool,)?
        }

        impl $name {
            /// Windows of a size, side by side and without padding.
            pub fn new(pool_size: impl Into<$size>) -> $name {
                $name {
                    pool_size: pool_size.into(),
                    stride: None,
                    padding: Padding::Valid,
                    $($field: false,)?
                }
            }

            /// Cells from one window to the next; the size of a window without it.
            pub fn stride(mut self, stride: impl Into<$size>) -> $name {
                self.stride = Some(stride.into());
                self
            }

            /// Cells around the input, smaller than a window.
            pub fn padding(mut self, padding: impl Into<Padding>) -> $name {
                self.padding = padding.into();
                self
            }

            $($(#[$field_doc])*
            pub fn $field(mut self, $field: bool) -> $name {
                self.$field = $field;
                self
            })?
        }

        impl Module for $name {
            #[track_caller]
            fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
                if x.node().is_none() {
                    return x;
                }
                let $layer = self;
                $pool.$method(x, self.pool_size, self.stride, self.padding)
            }

            fn is_opaque(&self) -> bool {
                true
            }
        }
    };
}

pooling! {
    /// The largest value of each window of each channel of an image `[N, height,
    /// width, channels]`; padding is never the largest.
    ///
    /// ```
    /// use ikhim_nn::{MaxPool2d, Padding};
    /// let half = MaxPool2d::new(2);
    /// let overlapping = MaxPool2d::new(3).stride(2).padding(Padding::Same);
    /// # let _ = (half, overlapping);
    /// ```
    MaxPool2d, Pair, of, |_layer| Pool::Max
}

pooling! {
    /// The mean of each window of each channel of an image `[N, height, width,
    /// channels]`. Cells of padding count as 0 and are not among those that the
    /// sum is divided by (Keras), unless `count_include_pad` says so (PyTorch's
    /// usual).
    ///
    /// ```
    /// let half = ikhim_nn::AveragePool2d::new(2);
    /// # let _ = half;
    /// ```
    AveragePool2d, Pair, of,
    |layer| (Pool::Average { count_include_pad: layer.count_include_pad }),
    /// Whether cells of padding are among those that the sum is divided by.
    count_include_pad,
}

pooling! {
    /// The largest value of each window of each channel of a sequence `[N, length,
    /// channels]`; padding is never the largest.
    ///
    /// ```
    /// let half = ikhim_nn::MaxPool1d::new(2_usize);
    /// # let _ = half;
    /// ```
    MaxPool1d, usize, along, |_layer| Pool::Max
}

pooling! {
    /// The mean of each window of each channel of a sequence `[N, length,
    /// channels]`, as [`AveragePool2d`] of an image.
    ///
    /// ```
    /// let half = ikhim_nn::AveragePool1d::new(2_usize);
    /// # let _ = half;
    /// ```
    AveragePool1d, usize, along,
    |layer| (Pool::Average { count_include_pad: layer.count_include_pad }),
    /// Whether cells of padding are among those that the sum is divided by.
    count_include_pad,
}

/// Declares a layer that pools whole images.
macro_rules! global {
    ($(#[$doc:meta])* $name:ident, |$x:ident, $size:ident| $pool:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[non_exhaustive]
        pub struct $name {}

        impl $name {
            /// The layer; it has no settings.
            pub fn new() -> $name {
                $name {}
            }
        }

        impl Module for $name {
            #[track_caller]
            fn forward<'g>(&self, $x: Tensor<'g>) -> Tensor<'g> {
                if $x.node().is_none() {
                    return $x;
                }
                let Some($size) = image($x) else { return $x.graph().fail(not_an_image($x)) };
                let _ = $size;
                $pool
            }

            fn is_opaque(&self) -> bool {
                true
            }
        }
    };
}

global! {
    /// The mean of each channel over a whole image: `[N, height, width, channels]`
    /// becomes `[N, channels]`.
    ///
    /// ```
    /// let layer = ikhim_nn::GlobalAveragePool2d::new();
    /// # let _ = layer;
    /// ```
    GlobalAveragePool2d, |x, size| x.mean(&[1, 2])
}

global! {
    /// The largest value of each channel over a whole image: `[N, height, width,
    /// channels]` becomes `[N, channels]`. The first of equal ones has the slope.
    ///
    /// ```
    /// let layer = ikhim_nn::GlobalMaxPool2d::new();
    /// # let _ = layer;
    /// ```
    GlobalMaxPool2d, |x, size| {
        let y = x.max_pool2d(size, [1, 1], [[0; 2]; 2]);
        if y.node().is_none() { y } else { y.squeeze(&[1, 2]) }
    }
}

/// Declares a layer whose windows follow from the size of its result.
macro_rules! adaptive {
    ($(#[$doc:meta])* $name:ident, $pool:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[non_exhaustive]
        pub struct $name {
            output_size: Pair,
        }

        impl $name {
            /// A result of so many windows for height and width.
            pub fn new(output_size: impl Into<Pair>) -> $name {
                $name { output_size: output_size.into() }
            }
        }

        impl Module for $name {
            #[track_caller]
            fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
                if x.node().is_none() {
                    return x;
                }
                let Some(size) = image(x) else { return x.graph().fail(not_an_image(x)) };
                let Pair(counts) = self.output_size;
                if counts.contains(&0) || size.contains(&0) {
                    let fault = Fault::of("shape.setting").with("op", "adaptive pooling");
                    let fault = fault.with("setting", "output_size");
                    return x.graph().fail(
                        fault.with("expected", "1 or more").with("found", format!("{counts:?}")),
                    );
                }
                (0..2).fold(x, |x, axis| adapted(x, axis, size[axis], counts[axis], $pool))
            }

            fn is_opaque(&self) -> bool {
                true
            }
        }
    };
}

adaptive! {
    /// The mean of as many windows as the result has: along an axis of `n` cells,
    /// window `i` of `m` goes from `i·n/m`, rounded down, to `(i + 1)·n/m`, rounded
    /// up (PyTorch).
    ///
    /// ```
    /// let seven = ikhim_nn::AdaptiveAveragePool2d::new(7);
    /// # let _ = seven;
    /// ```
    AdaptiveAveragePool2d, Pool::Average { count_include_pad: false }
}

adaptive! {
    /// The largest value of as many windows as the result has, which lie as those
    /// of [`AdaptiveAveragePool2d`].
    ///
    /// ```
    /// let seven = ikhim_nn::AdaptiveMaxPool2d::new(7);
    /// # let _ = seven;
    /// ```
    AdaptiveMaxPool2d, Pool::Max
}

/// Pools one axis of an image (0 is the height) into so many windows: a mean of
/// means over windows of one size is the mean of all.
#[track_caller]
fn adapted<'g>(x: Tensor<'g>, axis: usize, size: usize, count: usize, pool: Pool) -> Tensor<'g> {
    let window = |length: usize| {
        let mut sizes = [1; 2];
        sizes[axis] = length;
        Pair(sizes)
    };
    if size.is_multiple_of(count) {
        return pool.of(x, window(size / count), None, Padding::Valid);
    }
    let parts: Vec<Tensor<'g>> = (0..count)
        .map(|at| {
            let (start, end) = (at * size / count, ((at + 1) * size).div_ceil(count));
            let part = x.slice(axis as isize + 1, start..end);
            pool.of(part, window(end - start), None, Padding::Valid)
        })
        .collect();
    Tensor::concat(&parts, axis as isize + 1)
}
