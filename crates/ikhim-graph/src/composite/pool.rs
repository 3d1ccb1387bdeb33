//! Pooling of images `[N, height, width, channels]`: the largest or the mean
//! value of each window of each channel.

use crate::op::Window;
use crate::{Array, Dim, Tensor};

impl<'g> Tensor<'g> {
    /// The largest cell of each window of each channel; the first of equal ones
    /// has the whole slope. Padding is never the largest, and is smaller than
    /// the window.
    ///
    /// A window that does not fit is a fault (`shape.window`).
    #[track_caller]
    pub fn max_pool2d(
        self,
        kernel: [usize; 2],
        stride: [usize; 2],
        padding: [[usize; 2]; 2],
    ) -> Tensor<'g> {
        self.composed("max_pool2d", None, |x| {
            x.take_pooled(x.max_pool2d_index(kernel, stride, padding))
        })
    }

    /// The mean of each window of each channel: the sum of its cells, by a
    /// depthwise convolution with ones, divided by their number. Padding counts
    /// as 0; with `count_padding` it is among the cells that the sum is divided
    /// by (PyTorch's usual), without only the cells of the image are (Keras).
    ///
    /// A window that does not fit is a fault (`shape.window`), and so is padding
    /// that is not smaller than the window (`shape.setting`).
    #[track_caller]
    pub fn average_pool2d(
        self,
        kernel: [usize; 2],
        stride: [usize; 2],
        padding: [[usize; 2]; 2],
        count_padding: bool,
    ) -> Tensor<'g> {
        let least = |axis: usize| padding[axis].iter().find(|padding| **padding >= kernel[axis]);
        if let (true, Some(padding)) = (!kernel.contains(&0), least(0).or(least(1))) {
            let expected = "less than the window";
            return self.refuse("average_pool2d", "padding", expected, padding);
        }
        self.composed("average_pool2d", None, |x| {
            if x.node().is_none() {
                return x;
            }
            let window = Window::default().stride(stride).padding(padding);
            let (Some(channels), Some([height, width])) = (x.last_size(), x.height_and_width())
            else {
                // The convolution tells what is wrong with the axes.
                let one = x.graph().constant(Array::f32(&[1; 4], vec![1.0]));
                return x.conv2d(one, window);
            };
            let ones = x.number(1.0).broadcast_to(&[kernel[0], kernel[1], 1, channels][..].into());
            let sums = x.conv2d(ones, window.groups(channels));
            let Some(counts) = window.counts([height, width], kernel) else { return sums };
            let inside = |axis: usize, size: usize| -> Vec<usize> {
                let [low, high] = padding[axis];
                let cells = |at: usize| {
                    let start = at * stride[axis];
                    let whole = start..start + kernel[axis];
                    let end = if count_padding { low + size + high } else { low + size };
                    let begin = if count_padding { 0 } else { low };
                    whole.end.min(end).saturating_sub(whole.start.max(begin))
                };
                (0..counts[axis]).map(cells).collect()
            };
            let (down, right) = (inside(0, height), inside(1, width));
            let cells: Vec<usize> =
                down.iter().flat_map(|tall| right.iter().map(move |wide| tall * wide)).collect();
            if cells.iter().all(|count| *count == cells[0]) {
                return sums / x.number(cells[0] as f64);
            }
            let sizes = [counts[0], counts[1], 1];
            let values = cells.iter().map(|count| *count as f32).collect();
            sums / x.graph().constant(Array::f32(&sizes, values))
        })
    }

    fn last_size(self) -> Option<usize> {
        match self.shape().last() {
            Some(Dim::Fixed(size)) => Some(*size),
            _ => None,
        }
    }

    fn height_and_width(self) -> Option<[usize; 2]> {
        match self.shape()[..] {
            [_, Dim::Fixed(height), Dim::Fixed(width), _] => Some([height, width]),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::{batch, check_gradient, evaluate, fault, slopes};
    use crate::{Array, gradients};

    const NONE: [[usize; 2]; 2] = [[0; 2]; 2];

    fn image() -> Vec<f64> {
        (0..2 * 4 * 5 * 2).map(|at| 2.0 * (at as f64 * 5.1).sin()).collect()
    }

    #[test]
    fn means_by_hand() {
        let given = [batch(&[1, 2, 3, 1], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])];
        let valid = evaluate::<f32>(&given, |x| x[0].average_pool2d([2, 2], [1, 1], NONE, false));
        assert_eq!(valid, Array::f32(&[1, 1, 2, 1], vec![3.0, 4.0]));
        let padding = [[1, 0], [0, 1]];
        let own = evaluate::<f32>(&given, |x| x[0].average_pool2d([2, 2], [2, 2], padding, false));
        assert_eq!(own, Array::f32(&[1, 1, 2, 1], vec![1.5, 3.0]));
        let all = evaluate::<f32>(&given, |x| x[0].average_pool2d([2, 2], [2, 2], padding, true));
        assert_eq!(all, Array::f32(&[1, 1, 2, 1], vec![0.75, 0.75]));
    }

    #[test]
    fn overlapping_means_add_their_slopes() {
        let given = [batch(&[1, 1, 3, 1], &[1.0, 5.0, 2.0])];
        let found = slopes::<f64>(&given, |x| x[0].average_pool2d([1, 2], [1, 1], NONE, false));
        assert_eq!(found, [[0.5, 1.0, 0.5]]);
    }

    #[test]
    fn gradients_agree_with_differences() {
        let given = [batch(&[2, 4, 5, 2], &image())];
        for (kernel, stride, padding) in
            [([2, 2], [2, 2], NONE), ([3, 2], [1, 2], [[1, 2], [0, 1]]), ([4, 5], [1, 1], NONE)]
        {
            for count_padding in [false, true] {
                check_gradient(&given, |x| {
                    let y = x[0].average_pool2d(kernel, stride, padding, count_padding);
                    y * y
                });
            }
            check_gradient(&given, |x| {
                let y = x[0].max_pool2d(kernel, stride, padding);
                gradients((y * y * y).sum_all(), x)[0]
            });
        }
    }

    #[test]
    fn what_does_not_fit_is_a_fault() {
        let given = [batch(&[2, 4, 5, 2], &image())];
        let average = |kernel: [usize; 2], stride: [usize; 2], padding: [[usize; 2]; 2]| {
            fault(&given, |x| x[0].average_pool2d(kernel, stride, padding, false))
        };
        assert_eq!(average([5, 2], [1, 1], NONE), "shape.window");
        assert_eq!(average([2, 2], [0, 1], NONE), "shape.setting");
        assert_eq!(average([2, 2], [1, 1], [[2, 0], [0, 0]]), "shape.setting");
        assert_eq!(average([0, 2], [1, 1], NONE), "shape.mismatch");
        let row = [batch(&[2, 4], &[0.0; 8])];
        let flat = fault(&row, |x| x[0].average_pool2d([1, 1], [1, 1], NONE, false));
        assert_eq!(flat, "shape.rank");
        assert_eq!(fault(&row, |x| x[0].max_pool2d([1, 1], [1, 1], NONE)), "shape.rank");
    }
}
