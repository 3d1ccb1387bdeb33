//! The slope of a convolution by its image, and the convolution turned around
//! (transposed, "deconvolution"): every value of `v` spreads a kernel over the
//! image,
//! `x[n, h, w, g·C + c] = Σᵢⱼ𝒻 v[n, p, q, f] · K[i, j, c, f]` over the filters
//! `f` of group `g` and the cells of the kernel where
//! `p·s = h + low − i·d` and `q·s = w + low − j·d` have a solution.
//!
//! Sizes: `v` is `[N, windows, windows, filters]`, `K` is `[kernel height,
//! kernel width, channels / groups, filters]`, `x` is `[N, height, width,
//! channels]`. The size of the image is a setting: several lead to the same
//! windows when the stride is above 1.
//!
//! Each element is one chain of fused multiply-adds from 0 over ascending
//! `(i, j, f)`. Cells of the kernel without a whole `p` and `q` are left out; a
//! `p` or `q` outside of `v` counts as a factor of 0. By [`Method::Winograd`] it
//! is the convolution of `v` with the kernel rotated by half a turn, with channels
//! for filters: see there.
//!
//! Slopes: by `v` a [`Conv2d`](super::Conv2d), by the kernel a
//! [`Conv2dWeightGrad`](super::Conv2dWeightGrad).

use super::window::{image, kernel, share};
use super::{Along, Argument, Method, Operand, Primitive, Run, Window, rule, winograd};
use crate::autodiff::Derivative;
use crate::value::{Precise, Value};
use crate::{DType, Dim, Op, Result, Shape, Tensor};
use ikhim_text::Fault;

/// The slope of a convolution by its image.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Conv2dInputGrad {
    /// Where the windows stand.
    pub window: Window,
    /// Height and width of the image.
    pub size: [usize; 2],
    /// How it is computed; [`Method::of`] says for which settings.
    #[serde(default, skip_serializing_if = "Method::is_direct")]
    pub method: Method,
}

impl<'g> Tensor<'g> {
    /// The convolution turned around: from values `[N, windows, windows,
    /// filters]` and a kernel `[height, width, channels / groups, filters]` to
    /// images of a size, of which a [`Tensor::conv2d`] makes so many windows.
    #[track_caller]
    pub fn conv2d_input_grad(
        self,
        kernel: Tensor<'g>,
        window: Window,
        size: [usize; 2],
    ) -> Tensor<'g> {
        let method = Method::of(&window, &kernel.shape(), size);
        let op = Op::Conv2dInputGrad(Conv2dInputGrad { window, size, method });
        self.graph().push(op, &[self, kernel])
    }
}

impl Primitive for Conv2dInputGrad {
    fn name(&self) -> &'static str {
        "conv2d_input_grad"
    }

    fn equation(&self, inputs: &[&str]) -> String {
        let settings = self.window.settings();
        format!("conv2d_input_grad({}, size={:?}{settings})", inputs.join(", "), self.size)
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        let name = self.name();
        rule::reals(name, inputs)?;
        let [high, wide, filters] = image(name, inputs[0].shape)?;
        let [tall, broad, of_group, of_kernel] = kernel(name, inputs[1].shape)?;
        share(name, self.window.groups, filters)?;
        let counts = self.window.fit(name, self.size, [tall, broad])?;
        let expected = [counts[0], counts[1], of_kernel];
        if expected != [high, wide, filters] {
            let sizes = [inputs[0].shape[0]].into_iter().chain(expected.map(Dim::Fixed));
            return Err(Fault::of("shape.mismatch")
                .with("expected", sizes.collect::<Shape>())
                .with("found", inputs[0].shape));
        }
        self.method.check(name, &self.window, inputs[1].shape, self.size)?;
        let channels = of_group.saturating_mul(self.window.groups);
        let sizes = [self.size[0], self.size[1], channels].map(Dim::Fixed);
        Ok((DType::F32, [inputs[0].shape[0]].into_iter().chain(sizes).collect()))
    }

    fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        let (values, kernel) = (derivative.inputs[0], derivative.inputs[1]);
        let slope = derivative.upstream();
        vec![
            Some(slope.conv2d(kernel, self.window)),
            Some(slope.conv2d_weight_grad(values, self.window, [kernel.dim(0), kernel.dim(1)])),
        ]
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let sizes = run.sizes();
        let (given, kernel) = (inputs[0].value, inputs[1].value);
        let &[count, high, wide, filters] = given.shape.as_slice() else { unreachable!() };
        let &[tall, broad, of_group, _] = kernel.shape.as_slice() else { unreachable!() };
        let &[_, height, width, channels] = sizes.as_slice() else { unreachable!() };
        if self.method == Method::Winograd {
            let weights = kernel.reals();
            let result = winograd::windows(
                given.reals(),
                [count, high, wide, filters],
                self.window.padding.map(|padding| 2 - padding[0]),
                |i, j, f, c| weights[(((2 - i) * 3 + 2 - j) * channels + c) * filters + f],
                [height, width],
                channels,
            );
            return Ok(Value::real(&sizes, result));
        }
        let of_filters = filters / self.window.groups;
        let (down, right) = (self.window.along(0, tall), self.window.along(1, broad));
        let (values, kernel) = (given.reals(), kernel.reals());
        let mut result = vec![T::ZERO; sizes.iter().product()];
        for group in 0..self.window.groups {
            for (rows, in_rows) in phases(&down, height) {
                for (columns, in_columns) in phases(&right, width) {
                    let taps: Vec<(usize, usize)> = in_rows
                        .iter()
                        .flat_map(|i| in_columns.iter().map(move |j| (*i, *j)))
                        .collect();
                    let weight = |(i, j): (usize, usize), c: usize, f: usize| {
                        let at = ((i * broad + j) * of_group + c) * filters;
                        kernel[at + group * of_filters + f]
                    };
                    let matrix: Vec<T> = taps
                        .iter()
                        .flat_map(|tap| (0..of_filters).map(move |f| (*tap, f)))
                        .flat_map(|(tap, f)| (0..of_group).map(move |c| weight(tap, c, f)))
                        .collect();
                    let mut multiply = T::products(&matrix, of_group);
                    let mut factors = vec![T::ZERO; taps.len() * of_filters];
                    for n in 0..count {
                        for (h, w) in rows.iter().flat_map(|h| columns.iter().map(|w| (*h, *w))) {
                            for ((i, j), part) in
                                taps.iter().zip(factors.chunks_mut(of_filters))
                            {
                                let place = window_at(&down, h, *i, high)
                                    .zip(window_at(&right, w, *j, wide));
                                match place {
                                    Some((p, q)) => {
                                        let at = ((n * high + p) * wide + q) * filters
                                            + group * of_filters;
                                        part.copy_from_slice(&values[at..at + of_filters]);
                                    }
                                    None => part.fill(T::ZERO),
                                }
                            }
                            let at = ((n * height + h) * width + w) * channels + group * of_group;
                            multiply(&factors, 0, &mut result[at..at + of_group]);
                        }
                    }
                }
            }
        }
        Ok(Value::real(&sizes, result))
    }
}

/// The cells of an axis that see the same cells of the kernel, with these, in
/// ascending order.
fn phases(along: &Along, size: usize) -> Vec<(Vec<usize>, Vec<usize>)> {
    let phase = |place: usize| place % along.stride;
    (0..size.min(along.stride))
        .map(|first| {
            let wanted = phase(first + along.padding[0]);
            let taps = (0..along.kernel).filter(|tap| phase(tap * along.dilation) == wanted);
            ((first..size).step_by(along.stride).collect(), taps.collect())
        })
        .collect()
}

/// The window that has a cell of the image at a cell of its kernel; `None`
/// outside of the windows.
fn window_at(along: &Along, cell: usize, tap: usize, count: usize) -> Option<usize> {
    let from = (cell + along.padding[0]).checked_sub(tap * along.dilation)?;
    let window = from / along.stride;
    (window < count).then_some(window)
}

#[cfg(test)]
mod tests {
    use crate::check::{Given, batch, check_gradient, evaluate, fault, fixed};
    use crate::op::Window;
    use crate::{Array, gradients};
    use ikhim_numeric::reduction::dot;

    fn drawn(count: usize, from: usize) -> Vec<f64> {
        (from..from + count).map(|at| f64::from((at as f64 * 2.3).cos() as f32)).collect()
    }

    fn pair(values: &[usize; 4], kernel: &[usize; 4]) -> [Given; 2] {
        let count = |sizes: &[usize; 4]| sizes.iter().product();
        [batch(values, &drawn(count(values), 1)), fixed(kernel, &drawn(count(kernel), 500))]
    }

    /// Values, kernel, window and the size of the image.
    type Case = ([usize; 4], [usize; 4], Window, [usize; 2]);

    fn cases() -> Vec<Case> {
        let window = Window::default();
        vec![
            ([2, 2, 3, 2], [2, 2, 3, 2], window, [3, 4]),
            ([1, 2, 2, 1], [3, 2, 2, 1], window.stride([2, 3]), [5, 6]),
            ([2, 2, 2, 2], [3, 3, 1, 2], window.stride([2, 2]).padding([[1, 0], [0, 1]]), [4, 5]),
            ([1, 2, 3, 4], [2, 2, 3, 4], window.dilation([2, 1]).groups(2), [4, 4]),
            ([1, 2, 2, 3], [1, 2, 1, 3], window.stride([3, 2]).groups(3), [6, 5]),
        ]
    }

    #[test]
    fn spreads_the_kernel() {
        // Hand-made: two values two cells apart under a kernel of three.
        let given = [batch(&[1, 1, 2, 1], &[1.0, 10.0]), fixed(&[1, 3, 1, 1], &[1.0, 2.0, 3.0])];
        let window = Window::default().stride([1, 2]);
        let found = evaluate::<f32>(&given, |x| x[0].conv2d_input_grad(x[1], window, [1, 6]));
        assert_eq!(found, Array::f32(&[1, 1, 6, 1], vec![1.0, 2.0, 13.0, 20.0, 30.0, 0.0]));
    }

    #[test]
    fn each_element_is_a_chain_over_height_width_and_filter() {
        for (values, kernel, window, size) in cases() {
            let given = pair(&values, &kernel);
            let found =
                evaluate::<f32>(&given, |x| x[0].conv2d_input_grad(x[1], window, size)).to_f32();
            let v = drawn(values.iter().product(), 1);
            let k = drawn(kernel.iter().product(), 500);
            let channels = kernel[2] * window.groups;
            let of_filters = kernel[3] / window.groups;
            let mut expected = Vec::new();
            for at in 0..values[0] * size[0] * size[1] * channels {
                let (n, h, w, c) = (
                    at / (size[0] * size[1] * channels),
                    at / (size[1] * channels) % size[0],
                    at / channels % size[1],
                    at % channels,
                );
                let mut pairs = Vec::new();
                let taps = (0..kernel[0]).flat_map(|i| (0..kernel[1]).map(move |j| (i, j)));
                for (i, j) in taps {
                    let whole = |axis: usize, cell: usize, tap: usize| {
                        let from = (cell + window.padding[axis][0]) as isize
                            - (tap * window.dilation[axis]) as isize;
                        let stride = window.stride[axis] as isize;
                        (from % stride == 0).then_some(from / stride)
                    };
                    let (Some(p), Some(q)) = (whole(0, h, i), whole(1, w, j)) else { continue };
                    let inside = p >= 0
                        && q >= 0
                        && (p as usize) < values[1]
                        && (q as usize) < values[2];
                    for f in 0..of_filters {
                        let filter = c / kernel[2] * of_filters + f;
                        let value = if inside {
                            let at = (n * values[1] + p as usize) * values[2] + q as usize;
                            v[at * values[3] + filter] as f32
                        } else {
                            0.0
                        };
                        let at = ((i * kernel[1] + j) * kernel[2] + c % kernel[2]) * kernel[3];
                        pairs.push((value, k[at + filter] as f32));
                    }
                }
                expected.push(dot(pairs));
            }
            assert_eq!(found, expected, "{values:?} {kernel:?} {window:?}");
        }
    }

    #[test]
    fn gradients_agree_with_differences() {
        for (values, kernel, window, size) in cases() {
            check_gradient(&pair(&values, &kernel), |x| {
                x[0].conv2d_input_grad(x[1], window, size)
            });
            for by in 0..2 {
                check_gradient(&pair(&values, &kernel), |x| {
                    let y = x[0].conv2d_input_grad(x[1], window, size);
                    gradients((y * y).sum_all(), &[x[by]])[0]
                });
            }
        }
    }

    #[test]
    fn a_size_with_other_windows_is_a_fault() {
        let window = Window::default();
        let turned = |values: [usize; 4], kernel: [usize; 4], window: Window, size: [usize; 2]| {
            fault(&pair(&values, &kernel), |x| x[0].conv2d_input_grad(x[1], window, size))
        };
        assert_eq!(turned([1, 2, 2, 1], [2, 2, 1, 1], window, [4, 3]), "shape.mismatch");
        assert_eq!(turned([1, 2, 2, 2], [2, 2, 1, 1], window, [3, 3]), "shape.mismatch");
        assert_eq!(turned([1, 2, 2, 1], [2, 2, 1, 1], window, [1, 3]), "shape.window");
        assert_eq!(turned([1, 2, 2, 3], [2, 2, 1, 3], window.groups(2), [3, 3]), "shape.groups");
    }
}
