//! What convolutions and pooling share: where a window stands on an image.
//!
//! An image is `[N, height, width, channels]`. Along an axis of `n` cells with
//! `low` and `high` cells of padding, a kernel of `k` cells that are `d` apart
//! reaches over `r = d·(k − 1) + 1` cells, and there are
//! `(n + low + high − r) / s + 1` windows, rounded down, each `s` cells behind
//! the one before. Cell `i` of window `y` is the cell `y·s + i·d − low` of the
//! image.

use crate::{Dim, Result, Shape};
use ikhim_text::Fault;

/// Where the windows of a convolution stand; first for the height, then for the
/// width.
///
/// ```
/// use ikhim_graph::op::Window;
/// let window = Window::default().stride([2, 2]).padding([[0, 1], [0, 1]]);
/// assert_eq!(window.counts([28, 28], [3, 3]), Some([14, 14]));
/// assert_eq!(window.counts([1, 28], [3, 3]), None); // 1 + 0 + 1 is less than 3
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Window {
    /// Cells from one window to the next.
    pub stride: [usize; 2],
    /// Cells from one cell of the kernel to the next.
    pub dilation: [usize; 2],
    /// Zeros before the first and after the last cell of the image.
    pub padding: [[usize; 2]; 2],
    /// Into how many groups the channels fall; each filter sees one of them.
    pub groups: usize,
}

impl Default for Window {
    fn default() -> Window {
        Window { stride: [1; 2], dilation: [1; 2], padding: [[0; 2]; 2], groups: 1 }
    }
}

impl Window {
    /// Cells from one window to the next.
    pub fn stride(self, stride: [usize; 2]) -> Window {
        Window { stride, ..self }
    }

    /// Cells from one cell of the kernel to the next.
    pub fn dilation(self, dilation: [usize; 2]) -> Window {
        Window { dilation, ..self }
    }

    /// Zeros before the first and after the last cell.
    pub fn padding(self, padding: [[usize; 2]; 2]) -> Window {
        Window { padding, ..self }
    }

    /// Into how many groups the channels fall.
    pub fn groups(self, groups: usize) -> Window {
        Window { groups, ..self }
    }

    /// How a window lies along the height (0) or the width (1).
    pub fn along(&self, axis: usize, kernel: usize) -> Along {
        Along {
            kernel,
            stride: self.stride[axis],
            dilation: self.dilation[axis],
            padding: self.padding[axis],
        }
    }

    /// How many windows there are along each axis; `None` where none fits.
    pub fn counts(&self, image: [usize; 2], kernel: [usize; 2]) -> Option<[usize; 2]> {
        let count = |axis: usize| self.along(axis, kernel[axis]).count(image[axis]);
        Some([count(0)?, count(1)?])
    }

    /// The settings that are not the usual ones, as an equation shows them.
    pub(super) fn settings(&self) -> String {
        let usual = Window::default();
        let mut settings = String::new();
        let mut add = |name: &str, value: String, is_usual: bool| {
            if !is_usual {
                settings.push_str(&format!(", {name}={value}"));
            }
        };
        add("stride", format!("{:?}", self.stride), self.stride == usual.stride);
        add("padding", format!("{:?}", self.padding), self.padding == usual.padding);
        add("dilation", format!("{:?}", self.dilation), self.dilation == usual.dilation);
        add("groups", self.groups.to_string(), self.groups == usual.groups);
        settings
    }

    /// The number of windows along each axis, or the fault that shows the
    /// arithmetic.
    pub(super) fn fit(
        &self,
        op: &str,
        image: [usize; 2],
        kernel: [usize; 2],
    ) -> Result<[usize; 2]> {
        let mut counts = [0; 2];
        for (axis, count) in counts.iter_mut().enumerate() {
            *count = self.along(axis, kernel[axis]).fit(op, axis, image[axis])?;
        }
        Ok(counts)
    }
}

/// How a window lies along one axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Along {
    /// Cells of the kernel.
    pub kernel: usize,
    /// Cells from one window to the next.
    pub stride: usize,
    /// Cells from one cell of the kernel to the next.
    pub dilation: usize,
    /// Cells of padding before and after the image.
    pub padding: [usize; 2],
}

impl Along {
    /// Over how many cells a window reaches, `dilation · (kernel − 1) + 1`;
    /// `None` when there is no such number.
    pub fn reach(&self) -> Option<usize> {
        self.dilation.checked_mul(self.kernel.checked_sub(1)?)?.checked_add(1)
    }

    /// How many windows stand on an axis of so many cells; `None` where none
    /// fits.
    pub fn count(&self, size: usize) -> Option<usize> {
        let free = self.padded(size)?.checked_sub(self.reach()?)?;
        Some(free.checked_div(self.stride)? + 1)
    }

    /// How many cells behind the last window no window sees.
    pub fn skipped(&self, size: usize) -> usize {
        let free = self
            .padded(size)
            .zip(self.reach())
            .and_then(|(padded, reach)| padded.checked_sub(reach));
        free.and_then(|free| free.checked_rem(self.stride)).unwrap_or(0)
    }

    /// The cells of padding before and after an axis of so many cells under which
    /// there are as many windows as cells, divided by the stride and rounded up; what
    /// is odd stands behind (TensorFlow's `SAME`).
    ///
    /// ```
    /// use ikhim_graph::op::Window;
    /// assert_eq!(Window::default().stride([2, 2]).along(0, 3).same(28), [0, 1]);
    /// ```
    pub fn same(&self, size: usize) -> [usize; 2] {
        // A stride or a kernel of 0 is a fault of the op.
        let windows = size.div_ceil(self.stride.max(1));
        let used = windows.saturating_sub(1).saturating_mul(self.stride);
        let total = used.saturating_add(self.reach().unwrap_or(0)).saturating_sub(size);
        [total / 2, total - total / 2]
    }

    /// The formula of the number of windows with its numbers, e.g.
    /// `(7 + 0 + 0 - 3) / 3 + 1 = 2.33`.
    pub fn arithmetic(&self, size: usize) -> String {
        let Along { kernel, stride, dilation, padding: [low, high] } = self;
        let kernel_words = match dilation {
            1 => kernel.to_string(),
            _ => format!("({dilation} * ({kernel} - 1) + 1)"),
        };
        let free = size as f64 + *low as f64 + *high as f64
            - (*dilation as f64 * (*kernel as f64 - 1.0) + 1.0);
        let count = (free / *stride as f64 + 1.0) * 100.0;
        let count = count.round() / 100.0;
        format!("({size} + {low} + {high} - {kernel_words}) / {stride} + 1 = {count}")
    }

    fn padded(&self, size: usize) -> Option<usize> {
        size.checked_add(self.padding[0])?.checked_add(self.padding[1])
    }

    /// The number of windows, or the fault that shows the arithmetic.
    pub(super) fn fit(&self, op: &str, axis: usize, size: usize) -> Result<usize> {
        let settings =
            [("kernel_size", self.kernel), ("stride", self.stride), ("dilation", self.dilation)];
        for (setting, value) in settings {
            if value == 0 {
                return Err(Fault::of("shape.setting")
                    .with("op", op)
                    .with("setting", setting)
                    .with("expected", "1 or more")
                    .with("found", value));
            }
        }
        let (word, korean) = if axis == 0 { ("height", "높이") } else { ("width", "너비") };
        match self.count(size) {
            Some(count) if size > 0 => Ok(count),
            _ => Err(Fault::of("shape.window")
                .with("op", op)
                .with_words("axis", word, korean)
                .with("arithmetic", self.arithmetic(size))),
        }
    }

    /// The place in the image of a cell of a window; `None` in the padding.
    pub(super) fn cell(&self, window: usize, tap: usize, size: usize) -> Option<usize> {
        let place = (window * self.stride + tap * self.dilation).checked_sub(self.padding[0])?;
        (place < size).then_some(place)
    }
}

/// The height, width and channels of an image.
pub(super) fn image(op: &str, shape: &Shape) -> Result<[usize; 3]> {
    let fault = || {
        Fault::of("shape.rank")
            .with("expected", "[N, height, width, channels]")
            .with("found", shape)
            .help_words(
                format!("{op} works on images; `reshape` gives a row the axes of one"),
                format!("{op} 층은 이미지를 받습니다. `reshape`로 행을 이미지 모양으로 만드세요"),
            )
    };
    match shape[..] {
        [_, Dim::Fixed(height), Dim::Fixed(width), Dim::Fixed(channels)] => {
            Ok([height, width, channels])
        }
        _ => Err(fault()),
    }
}

/// The sizes of a kernel `[height, width, channels of a group, filters]`.
pub(super) fn kernel(op: &str, shape: &Shape) -> Result<[usize; 4]> {
    match shape.fixed().as_deref() {
        Some(&[height, width, channels, filters])
            if ![height, width, channels, filters].contains(&0) =>
        {
            Ok([height, width, channels, filters])
        }
        _ => Err(Fault::of("shape.mismatch")
            .with("expected", format!("a kernel [height, width, channels, filters] for {op}"))
            .with("found", shape)),
    }
}

/// That groups divide a number of channels: how many each has.
pub(super) fn share(op: &str, groups: usize, channels: usize) -> Result<usize> {
    match channels.checked_rem(groups) {
        Some(0) if channels > 0 => Ok(channels / groups),
        _ => Err(Fault::of("shape.groups")
            .with("op", op)
            .with("groups", groups)
            .with("found", channels)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn along(kernel: usize, stride: usize, padding: usize) -> Along {
        Along { kernel, stride, dilation: 1, padding: [padding; 2] }
    }

    /// The lecture's sizes: (N − F + 2P) / S + 1.
    #[test]
    fn counts_are_those_of_the_formula() {
        for (size, window, count, skipped) in [
            (7, along(3, 1, 0), 5, 0),
            (7, along(3, 2, 0), 3, 0),
            (7, along(3, 3, 0), 2, 1),
            (32, along(5, 1, 0), 28, 0),
            (28, along(5, 1, 0), 24, 0),
            (7, along(3, 1, 1), 7, 0),
            (32, along(2, 3, 1), 11, 2),
            (5, Along { dilation: 2, ..along(3, 1, 0) }, 1, 0),
        ] {
            assert_eq!(window.count(size), Some(count), "{size} {window:?}");
            assert_eq!(window.skipped(size), skipped, "{size} {window:?}");
            // Nothing is lost: windows, reach and what is skipped make the axis.
            let used = (count - 1) * window.stride + window.reach().unwrap() + skipped;
            assert_eq!(used, size + 2 * window.padding[0]);
        }
        assert_eq!(along(8, 1, 0).count(7), None);
        assert_eq!(along(1, 0, 0).count(7), None);
        assert_eq!(along(usize::MAX, 1, 3).count(7), None);
        assert_eq!(along(2, 1, usize::MAX).count(7), None);
    }

    #[test]
    fn arithmetic_shows_every_number() {
        assert_eq!(along(3, 3, 0).arithmetic(7), "(7 + 0 + 0 - 3) / 3 + 1 = 2.33");
        let dilated = Along { dilation: 2, ..along(3, 1, 1) };
        assert_eq!(dilated.arithmetic(2), "(2 + 1 + 1 - (2 * (3 - 1) + 1)) / 1 + 1 = 0");
    }
}
