//! Max pooling by saved places. For each window `(p, q)` of each channel `c`,
//! [`MaxPoolIndex`] is the place of the largest cell of the image,
//! `I[n, p, q, c] = height · width-of-image + width`; the first of equal ones in
//! row-major order, and the first NaN where there is one. Padding is never the
//! largest. [`TakePooled`] reads the cells at these places and [`MaxUnpool`]
//! adds values at them, in ascending order of `(p, q)`, starting from 0:
//!
//! `y[n, p, q, c] = x[n, I[n, p, q, c], c]` and
//! `x[n, h, c] = Σ y[n, p, q, c]` over the windows with `I[n, p, q, c] = h`.
//!
//! Sizes: `x` is `[N, height, width, channels]`, `I` and `y` are `[N, windows,
//! windows, channels]`.
//!
//! Slopes: that of `TakePooled` is a `MaxUnpool` and that of `MaxUnpool` a
//! `TakePooled`. The places are integers and have none.

use super::window::{Along, image};
use super::{Argument, Operand, Primitive, Run, rule};
use crate::autodiff::Derivative;
use crate::value::{Precise, Value};
use crate::{DType, Dim, Op, Result, Shape, Tensor};
use ikhim_text::Fault;

/// The places of the largest cells of windows.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct MaxPoolIndex {
    /// Height and width of a window.
    pub kernel: [usize; 2],
    /// Cells from one window to the next.
    pub stride: [usize; 2],
    /// Cells of padding before and after the image, for height and width.
    pub padding: [[usize; 2]; 2],
}

/// The cells of an image at saved places.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct TakePooled;

/// Values added into an image at saved places.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct MaxUnpool {
    /// Height and width of the image.
    pub size: [usize; 2],
}

impl<'g> Tensor<'g> {
    /// The places of the largest cells of windows on images `[N, height, width,
    /// channels]`, as i32: row times the width of the image plus column. The
    /// padding on each side is smaller than the window, so every window sees a
    /// cell.
    #[track_caller]
    pub fn max_pool2d_index(
        self,
        kernel: [usize; 2],
        stride: [usize; 2],
        padding: [[usize; 2]; 2],
    ) -> Tensor<'g> {
        self.then(Op::MaxPoolIndex(MaxPoolIndex { kernel, stride, padding }))
    }

    /// The cells of images at saved places.
    #[track_caller]
    pub fn take_pooled(self, index: Tensor<'g>) -> Tensor<'g> {
        self.graph().push(Op::TakePooled(TakePooled), &[self, index])
    }

    /// Images of a size with values at saved places and 0 elsewhere; values of
    /// the same place are added.
    #[track_caller]
    pub fn max_unpool2d(self, index: Tensor<'g>, size: [usize; 2]) -> Tensor<'g> {
        self.graph().push(Op::MaxUnpool(MaxUnpool { size }), &[self, index])
    }
}

impl MaxPoolIndex {
    fn along(&self, axis: usize) -> Along {
        Along {
            kernel: self.kernel[axis],
            stride: self.stride[axis],
            dilation: 1,
            padding: self.padding[axis],
        }
    }

    /// How a window lies along the height and the width.
    pub fn windows(&self) -> [Along; 2] {
        [self.along(0), self.along(1)]
    }
}

impl Primitive for MaxPoolIndex {
    fn name(&self) -> &'static str {
        "max_pool_index"
    }

    fn equation(&self, inputs: &[&str]) -> String {
        let MaxPoolIndex { kernel, stride, padding } = self;
        let padded = if *padding == [[0; 2]; 2] { String::new() } else { format!(", padding={padding:?}") };
        format!("max_pool_index({}, {kernel:?}, stride={stride:?}{padded})", inputs.join(", "))
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        let name = "max_pool2d";
        rule::reals(name, inputs)?;
        let [height, width, channels] = image(name, inputs[0].shape)?;
        let high = self.along(0).fit(name, 0, height)?;
        let wide = self.along(1).fit(name, 1, width)?;
        for (padding, kernel) in self.padding.iter().zip(self.kernel) {
            if let Some(padding) = padding.iter().find(|padding| **padding >= kernel) {
                return Err(Fault::of("shape.setting")
                    .with("op", name)
                    .with("setting", "padding")
                    .with("expected", format!("less than the window, {kernel}"))
                    .with("found", padding));
            }
        }
        if height.checked_mul(width).is_none_or(|cells| i32::try_from(cells).is_err()) {
            return Err(Fault::of("shape.setting")
                .with("op", name)
                .with("setting", "the image")
                .with("expected", "below 2³¹ cells")
                .with("found", format!("{height} · {width}")));
        }
        let sizes = [high, wide, channels].map(Dim::Fixed);
        Ok((DType::I32, [inputs[0].shape[0]].into_iter().chain(sizes).collect()))
    }

    fn gradient<'g>(&self, _: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        vec![None]
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let sizes = run.sizes();
        let (down, right) = (self.along(0), self.along(1));
        let image = inputs[0].value;
        let &[_, height, width, channels] = image.shape.as_slice() else { unreachable!() };
        let x = image.reals();
        let is_nan = |x: T| x.partial_cmp(&x).is_none();
        let better = |best: T, value: T| !is_nan(best) && (value > best || is_nan(value));
        let mut places = Vec::with_capacity(sizes.iter().product());
        let windows = sizes[1] * sizes[2];
        for window in 0..sizes[0] * windows {
            let (n, p, q) = (window / windows, window / sizes[2] % sizes[1], window % sizes[2]);
            let cells: Vec<usize> = (0..self.kernel[0])
                .filter_map(|i| down.cell(p, i, height))
                .flat_map(|y| {
                    (0..self.kernel[1])
                        .filter_map(move |j| right.cell(q, j, width))
                        .map(move |x| y * width + x)
                })
                .collect();
            for channel in 0..channels {
                let at = |cell: usize| x[(n * height * width + cell) * channels + channel];
                let best = cells[1..].iter().fold(cells[0], |best, cell| {
                    if better(at(best), at(*cell)) { *cell } else { best }
                });
                places.push(best as i32);
            }
        }
        Ok(Value::i32(&sizes, places))
    }
}

impl Primitive for TakePooled {
    fn name(&self) -> &'static str {
        "take_pooled"
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        rule::reals(self.name(), &inputs[..1])?;
        let [.., channels] = image(self.name(), inputs[0].shape)?;
        saved(self.name(), &inputs[1], inputs[0].shape[0], channels)?;
        Ok((DType::F32, inputs[1].shape.clone()))
    }

    fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        let (x, index) = (derivative.inputs[0], derivative.inputs[1]);
        vec![Some(derivative.upstream().max_unpool2d(index, [x.dim(1), x.dim(2)])), None]
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let (image, index) = (inputs[0].value, inputs[1].value);
        let x = image.reals();
        let places = places(index, image.shape[1] * image.shape[2], image.shape[3])?;
        Ok(Value::real(&run.sizes(), places.into_iter().map(|place| x[place]).collect()))
    }
}

impl Primitive for MaxUnpool {
    fn name(&self) -> &'static str {
        "max_unpool"
    }

    fn equation(&self, inputs: &[&str]) -> String {
        format!("max_unpool({}, size={:?})", inputs.join(", "), self.size)
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        rule::reals(self.name(), &inputs[..1])?;
        let [.., channels] = image(self.name(), inputs[0].shape)?;
        saved(self.name(), &inputs[1], inputs[0].shape[0], channels)?;
        if inputs[0].shape != inputs[1].shape {
            return Err(Fault::of("shape.unequal")
                .with("op", self.name())
                .with("expected", inputs[1].shape)
                .with("found", inputs[0].shape));
        }
        let sizes = [self.size[0], self.size[1], channels].map(Dim::Fixed);
        Ok((DType::F32, [inputs[0].shape[0]].into_iter().chain(sizes).collect()))
    }

    fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        vec![Some(derivative.upstream().take_pooled(derivative.inputs[1])), None]
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let sizes = run.sizes();
        let (values, index) = (inputs[0].value.reals(), inputs[1].value);
        let mut sums = vec![T::ZERO; sizes.iter().product()];
        for (place, value) in places(index, sizes[1] * sizes[2], sizes[3])?.into_iter().zip(values) {
            sums[place] += *value;
        }
        Ok(Value::real(&sizes, sums))
    }
}

/// That saved places are integers for rows and channels.
fn saved(op: &str, index: &Operand<'_>, rows: Dim, channels: usize) -> Result<()> {
    rule::of_type(op, std::slice::from_ref(index), DType::I32)?;
    let [high, wide, found] = image(op, index.shape)?;
    if found == channels && index.shape[0] == rows {
        return Ok(());
    }
    let sizes = [high, wide, channels].map(Dim::Fixed);
    let expected: Shape = [rows].into_iter().chain(sizes).collect();
    Err(Fault::of("shape.mismatch").with("expected", expected).with("found", index.shape))
}

/// Saved places as places in all images; each is checked.
fn places<T: Precise>(index: &Value<T>, cells: usize, channels: usize) -> Result<Vec<usize>> {
    let of_row: usize = index.shape[1..].iter().product();
    let place = |(at, place): (usize, &i32)| match usize::try_from(*place) {
        Ok(cell) if cell < cells => Ok((at / of_row * cells + cell) * channels + at % channels),
        _ => Err(Fault::of("train.index_out_of_range").with("expected", cells).with("found", place)),
    };
    index.integers().iter().enumerate().map(place).collect()
}

#[cfg(test)]
mod tests {
    use crate::check::{batch, batch_array, check_gradient, evaluate, fault, fixed, slopes};
    use crate::{Array, DType, Evaluator, Feed, Graph, State, Tensor, gradients};

    const NAN: f64 = f64::NAN;
    const NONE: [[usize; 2]; 2] = [[0; 2]; 2];

    fn pooled<'g>(
        x: Tensor<'g>,
        kernel: [usize; 2],
        stride: [usize; 2],
        padding: [[usize; 2]; 2],
    ) -> Tensor<'g> {
        x.take_pooled(x.max_pool2d_index(kernel, stride, padding))
    }

    #[test]
    fn values_of_the_lecture() {
        let image = [batch(&[1, 2, 2, 1], &[4.0, 3.0, 2.0, 1.0])];
        let valid = evaluate::<f32>(&image, |x| pooled(x[0], [2, 2], [1, 1], NONE));
        assert_eq!(valid, Array::f32(&[1, 1, 1, 1], vec![4.0]));
        let same = evaluate::<f32>(&image, |x| pooled(x[0], [2, 2], [1, 1], [[0, 1], [0, 1]]));
        assert_eq!(same, Array::f32(&[1, 2, 2, 1], vec![4.0, 3.0, 2.0, 1.0]));
    }

    #[test]
    fn takes_the_first_of_equal_ones_and_a_nan_before_all() {
        // Two channels side by side.
        let image = [1.0, NAN, 3.0, 5.0, 3.0, NAN, 2.0, 7.0, 3.0, 7.0, 0.0, 7.0];
        let given = [batch(&[1, 2, 3, 2], &image)];
        let found = evaluate::<f32>(&given, |x| x[0].max_pool2d_index([2, 2], [1, 1], NONE));
        assert_eq!(found, Array::i32(&[1, 1, 2, 2], vec![1, 0, 1, 2]));
        let values = [batch(&[1, 2, 3, 1], &[-1.0, -3.0, -2.0, -4.0, -5.0, -6.0])];
        // Padding is never the largest, though it would be of negative numbers.
        let found = evaluate::<f32>(&values, |x| pooled(x[0], [2, 2], [2, 2], [[1, 1], [1, 0]]));
        assert_eq!(found, Array::f32(&[1, 2, 2, 1], vec![-1.0, -2.0, -4.0, -5.0]));
    }

    #[test]
    fn overlapping_windows_add_their_slopes() {
        let image = [batch(&[1, 3, 3, 1], &[1.0, 2.0, 3.0, 4.0, 9.0, 5.0, 6.0, 7.0, 8.0])];
        let found = slopes::<f64>(&image, |x| pooled(x[0], [2, 2], [1, 1], NONE));
        assert_eq!(found, [[0.0, 0.0, 0.0, 0.0, 4.0, 0.0, 0.0, 0.0, 0.0]]);
        // The first of equal ones has all of it.
        let tied = slopes::<f64>(&[batch(&[1, 1, 3, 1], &[2.0; 3])], |x| {
            pooled(x[0], [1, 3], [1, 3], NONE)
        });
        assert_eq!(tied, [[1.0, 0.0, 0.0]]);
    }

    #[test]
    fn unpooling_puts_values_at_their_places() {
        let index = batch_array(Array::i32(&[2, 1, 2, 1], vec![1, 3, 2, 2]));
        let given = [batch(&[2, 1, 2, 1], &[5.0, 6.0, 7.0, 8.0]), index];
        let found = evaluate::<f32>(&given, |x| x[0].max_unpool2d(x[1], [2, 2]));
        let expected = vec![0.0, 5.0, 0.0, 6.0, 0.0, 0.0, 15.0, 0.0];
        assert_eq!(found, Array::f32(&[2, 2, 2, 1], expected));
    }

    #[test]
    fn gradients_agree_with_differences() {
        let image: Vec<f64> = (0..2 * 5 * 4 * 2).map(|at| 3.0 * (at as f64 * 7.3).sin()).collect();
        let given = [batch(&[2, 5, 4, 2], &image)];
        for (kernel, stride, padding) in [
            ([2, 2], [2, 2], NONE),
            ([3, 3], [1, 2], [[1, 1], [1, 1]]),
            ([2, 3], [3, 1], [[1, 0], [0, 2]]),
            ([5, 4], [1, 1], NONE),
        ] {
            check_gradient(&given, |x| {
                let y = pooled(x[0], kernel, stride, padding);
                y * y
            });
            check_gradient(&given, |x| {
                let y = pooled(x[0], kernel, stride, padding);
                gradients((y * y * y).sum_all(), x)[0]
            });
        }
        let values = [fixed(&[1, 1, 2, 1], &[0.5, -2.0])];
        check_gradient(&values, |x| {
            let index = x[0].graph().constant(Array::i32(&[1, 1, 2, 1], vec![2, 2]));
            let y = x[0].max_unpool2d(index, [2, 2]);
            y * y
        });
    }

    #[test]
    fn what_does_not_fit_is_a_fault() {
        let image = [batch(&[1, 3, 3, 1], &[0.0; 9])];
        let pool = |kernel: [usize; 2], stride: [usize; 2], padding: [[usize; 2]; 2]| {
            fault(&image, |x| x[0].max_pool2d_index(kernel, stride, padding))
        };
        assert_eq!(pool([4, 2], [1, 1], NONE), "shape.window");
        assert_eq!(pool([0, 2], [1, 1], NONE), "shape.setting");
        assert_eq!(pool([2, 2], [1, 0], NONE), "shape.setting");
        assert_eq!(pool([2, 2], [1, 1], [[0, 2], [0, 0]]), "shape.setting");
        let row = [fixed(&[3], &[0.0; 3])];
        assert_eq!(fault(&row, |x| x[0].max_pool2d_index([1, 1], [1, 1], NONE)), "shape.rank");
        let index = batch_array(Array::i32(&[1, 1, 1, 2], vec![0, 0]));
        assert_eq!(fault(&[image[0].clone(), index], |x| x[0].take_pooled(x[1])), "shape.mismatch");
        let index = batch_array(Array::i32(&[1, 2, 1, 1], vec![0, 0]));
        let both = [image[0].clone(), index];
        assert_eq!(fault(&both, |x| x[0].max_unpool2d(x[1], [2, 2])), "shape.unequal");
        assert_eq!(fault(&image, |x| x[0].take_pooled(x[0])), "shape.dtype");
    }

    #[test]
    fn a_place_outside_of_the_image_is_an_error() {
        let graph = Graph::new();
        let x = graph.input("x", DType::F32, &[1.into(), 2.into(), 2.into(), 1.into()]);
        let index = graph.input("index", DType::I32, &[1.into(), 1.into(), 1.into(), 1.into()]);
        graph.output("y", x.take_pooled(index));
        let evaluator = Evaluator::<f32>::new(graph.finish().unwrap().into(), &["y"]).unwrap();
        let image = Array::f32(&[1, 2, 2, 1], vec![0.0; 4]);
        for place in [-1, 4] {
            let index = Array::i32(&[1, 1, 1, 1], vec![place]);
            let feed = Feed::rows(1).input("x", &image).input("index", &index);
            let fault = evaluator.run(&mut State::new(), &feed).unwrap_err();
            assert_eq!(fault.code(), "train.index_out_of_range");
        }
    }
}
