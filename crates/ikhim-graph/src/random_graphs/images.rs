//! Convolutions and pooling on values that are given the axes of an image.

use super::builder::{Builder, Real, Step};
use crate::op::{Along, Window};
use crate::{Dim, N, Shape};

pub(super) const STEPS: &[Step] = &[
    |b| b.convolution(),
    |b| b.convolution(),
    |b| b.turned_convolution(),
    |b| b.kernel_slope(),
    |b| {
        let (x, kernel, stride, padding) = b.pooling();
        b.keep(x.tensor.max_pool2d(kernel, stride, padding), x.low, x.high);
    },
    |b| {
        let (x, kernel, stride, padding) = b.pooling();
        let count_padding = b.draw.percent(50);
        let tensor = x.tensor.average_pool2d(kernel, stride, padding, count_padding);
        b.keep(tensor, x.low.min(0.0), x.high.max(0.0));
    },
    |b| b.normalization(),
    |b| b.normalization(),
];

/// Added to variances, so that normalized values have a bound.
const EPSILON: f64 = 0.25;

impl<'g> Builder<'g> {
    /// A value as images: its axes behind the first become three.
    fn image(&mut self) -> (Real<'g>, [usize; 3]) {
        let wide = |shape: &Shape| shape.rank() > 1 && shape[1..].iter().all(|dim| !dim.is_batch());
        let x = self.any_where(wide).unwrap_or(self.reals[0]);
        let shape = x.tensor.shape();
        let (Dim::Fixed(mut left) | Dim::Batch(mut left)) = Shape::from(&shape[1..]).elements();
        let mut sizes = [1; 3];
        for size in &mut sizes[..2] {
            let divisors: Vec<usize> =
                (1..=left).filter(|divisor| left.is_multiple_of(*divisor)).collect();
            *size = self.draw.of(&divisors);
            left /= *size;
        }
        sizes[2] = left;
        let dims: Vec<Dim> =
            [shape[0]].into_iter().chain(sizes.into_iter().map(Dim::Fixed)).collect();
        (Real { tensor: x.tensor.reshape(&dims), ..x }, sizes)
    }

    /// A kernel that fits on an axis of an image, with padding where it must.
    fn lying(&mut self, size: usize) -> Along {
        let mut along = Along {
            kernel: 1 + self.draw.below(3),
            stride: 1 + self.draw.below(2),
            dilation: 1 + usize::from(self.draw.percent(25)),
            padding: [self.draw.below(2), self.draw.below(2)],
        };
        while along.count(size).is_none() {
            along.padding[1] += 1;
        }
        along
    }

    fn convolution(&mut self) {
        let (x, [height, width, channels]) = self.image();
        let (down, right) = (self.lying(height), self.lying(width));
        let window = self.window(down, right, channels);
        let filters = window.groups * (1 + self.draw.below(2));
        let of_group = channels / window.groups;
        let kernel = self.leaf(&[down.kernel, right.kernel, of_group, filters].map(Dim::Fixed));
        let tensor = x.tensor.conv2d(kernel.tensor, window);
        let terms = down.kernel * right.kernel * of_group;
        self.keep_convolved(tensor, x, kernel, terms);
    }

    /// From windows back to an image.
    fn turned_convolution(&mut self) {
        let (x, [high, wide, filters]) = self.image();
        let (down, right) = (self.lying(3), self.lying(3));
        let window = self.window(down, right, filters);
        let size = |along: Along, count: usize| {
            let reach = along.reach().unwrap_or(1);
            ((count - 1) * along.stride + reach).checked_sub(along.padding[0] + along.padding[1])
        };
        let sizes = size(down, high).zip(size(right, wide));
        let Some((height, width)) = sizes.filter(|(height, width)| *height > 0 && *width > 0)
        else {
            return;
        };
        let of_group = 1 + self.draw.below(2);
        let kernel = self.leaf(&[down.kernel, right.kernel, of_group, filters].map(Dim::Fixed));
        let tensor = x.tensor.conv2d_input_grad(kernel.tensor, window, [height, width]);
        let terms = down.kernel * right.kernel * (filters / window.groups);
        self.keep_convolved(tensor, x, kernel, terms);
    }

    /// A sum over rows, divided by their number.
    fn kernel_slope(&mut self) {
        let (x, [height, width, channels]) = self.image();
        if x.tensor.shape()[0] != N {
            return;
        }
        let (down, right) = (self.lying(height), self.lying(width));
        let window = self.window(down, right, channels);
        let kernel = [down.kernel, right.kernel];
        let Some([high, wide]) = window.counts([height, width], kernel) else { return };
        let dims = [high, wide, window.groups].map(Dim::Fixed);
        let slope = self.leaf(&[N, dims[0], dims[1], dims[2]]);
        let tensor = x.tensor.conv2d_weight_grad(slope.tensor, window, kernel);
        self.keep_convolved(tensor / self.graph.enough_rows(1), x, slope, high * wide);
    }

    /// Channels, rows or groups brought to mean 0, scaled and shifted.
    fn normalization(&mut self) {
        let (x, [.., channels]) = self.image();
        let scale = self.leaf(&[channels.into()]);
        let shift = self.leaf(&[channels.into()]);
        let (gamma, beta) = (scale.tensor, shift.tensor);
        let tensor = match self.draw.below(4) {
            // One value for each channel is refused.
            0 if x.tensor.shape()[1..3] != [Dim::Fixed(1); 2] => {
                x.tensor.batch_norm(gamma, beta, EPSILON).value
            }
            1 => {
                let (mean, root) = (self.leaf(&[channels.into()]), self.leaf(&[channels.into()]));
                let variance = root.tensor.square();
                x.tensor.normalized(mean.tensor, variance, gamma, beta, EPSILON)
            }
            2 => x.tensor.layer_norm(gamma, beta, EPSILON),
            _ => {
                let divisors: Vec<usize> =
                    (1..=channels).filter(|groups| channels.is_multiple_of(*groups)).collect();
                x.tensor.group_norm(self.draw.of(&divisors), gamma, beta, EPSILON)
            }
        };
        // No value is further from a mean than 4, and √ε is a half.
        let bound = (x.bound() + 4.0) / EPSILON.sqrt() * scale.bound() + shift.bound();
        self.keep(tensor, -bound, bound);
    }

    fn window(&mut self, down: Along, right: Along, channels: usize) -> Window {
        let divisors: Vec<usize> =
            (1..=channels).filter(|groups| channels.is_multiple_of(*groups)).collect();
        Window {
            stride: [down.stride, right.stride],
            dilation: [down.dilation, right.dilation],
            padding: [down.padding, right.padding],
            groups: self.draw.of(&divisors),
        }
    }

    fn pooling(&mut self) -> (Real<'g>, [usize; 2], [usize; 2], [[usize; 2]; 2]) {
        let (x, [height, width, _]) = self.image();
        let mut along = |size: usize| {
            let kernel = 1 + self.draw.below(size.min(3));
            let padding = [self.draw.below(kernel), self.draw.below(kernel)];
            (kernel, 1 + self.draw.below(3), padding)
        };
        let (down, right) = (along(height), along(width));
        (x, [down.0, right.0], [down.1, right.1], [down.2, right.2])
    }

    fn keep_convolved(
        &mut self,
        tensor: crate::Tensor<'g>,
        x: Real<'g>,
        kernel: Real<'g>,
        terms: usize,
    ) {
        let bound = x.bound() * kernel.bound() * terms as f64;
        self.keep(tensor, -bound, bound);
    }
}
