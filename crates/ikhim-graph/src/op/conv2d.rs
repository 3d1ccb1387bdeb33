//! Convolution of images with kernels, without turning the kernel around (what
//! mathematics calls a cross-correlation):
//! `y[n, p, q, f] = Σᵢⱼ𝒸 x[n, p·s + i·d − low, q·s + j·d − low, g·C + c] · K[i, j, c, f]`,
//! where filter `f` belongs to group `g` and each group has `C` channels.
//!
//! Sizes: `x` is `[N, height, width, channels]`, `K` is `[kernel height, kernel
//! width, channels / groups, filters]`, `y` is `[N, windows, windows, filters]`.
//! With as many groups as channels it is a depthwise convolution.
//!
//! Each element is one chain of fused multiply-adds from 0 over ascending
//! `(i, j, c)`. A cell in the padding counts as a factor of 0, so the value is
//! that of the image with zeros around it. By [`Method::Winograd`] it is another
//! sum of the same value, with fewer multiplications: see there.
//!
//! Slopes: by the image a [`Conv2dInputGrad`](super::Conv2dInputGrad), by the
//! kernel a [`Conv2dWeightGrad`](super::Conv2dWeightGrad). Each of the three is
//! linear in both of its factors, and its slopes are the other two.

use super::window::{self, image, share};
use super::{Argument, Method, Operand, Primitive, Run, Window, rule, winograd};
use crate::autodiff::Derivative;
use crate::value::{Precise, Value};
use crate::{DType, Dim, Op, Result, Shape, Tensor};
use ikhim_text::Fault;

/// Convolution of images with kernels.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Conv2d {
    /// Where the windows stand.
    pub window: Window,
    /// How it is computed; [`Method::of`] says for which settings.
    #[serde(default, skip_serializing_if = "Method::is_direct")]
    pub method: Method,
}

impl<'g> Tensor<'g> {
    /// The convolution of images `[N, height, width, channels]` with a kernel
    /// `[height, width, channels / groups, filters]`.
    ///
    /// ```
    /// use ikhim_graph::{Array, DType, Evaluator, Feed, Graph, N, State, op::Window};
    /// let graph = Graph::new();
    /// let x = graph.input("x", DType::F32, &[N, 3.into(), 3.into(), 1.into()]);
    /// let kernel = graph.constant(Array::f32(&[2, 2, 1, 1], vec![1.0; 4]));
    /// graph.output("y", x.conv2d(kernel, Window::default()));
    /// let evaluator = Evaluator::<f32>::new(graph.finish()?.into(), &["y"])?;
    /// let image = Array::f32(&[1, 3, 3, 1], (1..=9).map(|x| x as f32).collect());
    /// let y = evaluator.run(&mut State::new(), &Feed::rows(1).input("x", &image))?;
    /// assert_eq!(y[0].to_f64(), [12.0, 16.0, 24.0, 28.0]);
    /// # Ok::<(), ikhim_text::Fault>(())
    /// ```
    #[track_caller]
    pub fn conv2d(self, kernel: Tensor<'g>, window: Window) -> Tensor<'g> {
        let (images, weights) = (self.shape(), kernel.shape());
        let sizes = image("conv2d", &images).and_then(|[height, width, _]| {
            let [tall, wide, ..] = window::kernel("conv2d", &weights)?;
            window.fit("conv2d", [height, width], [tall, wide])
        });
        // What does not fit is found by the rule of the shapes.
        let method = sizes.map_or(Method::Direct, |cells| Method::of(&window, &weights, cells));
        self.graph().push(Op::Conv2d(Conv2d { window, method }), &[self, kernel])
    }
}

impl Primitive for Conv2d {
    fn name(&self) -> &'static str {
        "conv2d"
    }

    fn equation(&self, inputs: &[&str]) -> String {
        format!("conv2d({}{})", inputs.join(", "), self.window.settings())
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        rule::reals("conv2d", inputs)?;
        let [height, width, channels] = image("conv2d", inputs[0].shape)?;
        let [tall, wide, of_group, filters] = window::kernel("conv2d", inputs[1].shape)?;
        let groups = self.window.groups;
        let expected = share("conv2d", groups, channels)?;
        share("conv2d", groups, filters)?;
        if expected != of_group {
            return Err(Fault::of("shape.mismatch")
                .with("expected", format!("[{tall}, {wide}, {expected}, {filters}]"))
                .with("found", inputs[1].shape));
        }
        let counts = self.window.fit("conv2d", [height, width], [tall, wide])?;
        self.method.check("conv2d", &self.window, inputs[1].shape, counts)?;
        let sizes = [counts[0], counts[1], filters].map(Dim::Fixed);
        Ok((DType::F32, [inputs[0].shape[0]].into_iter().chain(sizes).collect()))
    }

    fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        let (x, kernel) = (derivative.inputs[0], derivative.inputs[1]);
        let slope = derivative.upstream();
        vec![
            Some(slope.conv2d_input_grad(kernel, self.window, [x.dim(1), x.dim(2)])),
            Some(x.conv2d_weight_grad(slope, self.window, [kernel.dim(0), kernel.dim(1)])),
        ]
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let sizes = run.sizes();
        let (image, kernel) = (inputs[0].value, inputs[1].value);
        let &[_, height, width, channels] = image.shape.as_slice() else { unreachable!() };
        let &[tall, wide, of_group, filters] = kernel.shape.as_slice() else { unreachable!() };
        if self.method == Method::Winograd {
            let weights = kernel.reals();
            let result = winograd::windows(
                image.reals(),
                [sizes[0], height, width, channels],
                self.window.padding.map(|padding| padding[0]),
                |i, j, c, f| weights[((i * 3 + j) * channels + c) * filters + f],
                [sizes[1], sizes[2]],
                filters,
            );
            return Ok(Value::real(&sizes, result));
        }
        let (rows, columns) = (self.window.along(0, tall), self.window.along(1, wide));
        let groups = self.window.groups;
        let of_filters = filters / groups;
        let mut result = vec![T::ZERO; sizes.iter().product()];
        let mut patch = vec![T::ZERO; tall * wide * of_group];
        for group in 0..groups {
            let matrix = part_of_columns(kernel.reals(), filters, group * of_filters, of_filters);
            let mut multiply = T::products(&matrix, of_filters);
            let places = (0..sizes[0] * sizes[1] * sizes[2]).zip(result.chunks_mut(filters));
            for (place, values) in places {
                let (row, p, q) =
                    (place / (sizes[1] * sizes[2]), place / sizes[2] % sizes[1], place % sizes[2]);
                for (tap, cells) in patch.chunks_mut(of_group).enumerate() {
                    let cell = rows
                        .cell(p, tap / wide, height)
                        .zip(columns.cell(q, tap % wide, width))
                        .map(|(y, x)| ((row * height + y) * width + x) * channels);
                    match cell {
                        Some(at) => cells.copy_from_slice(
                            &image.reals()[at + group * of_group..][..of_group],
                        ),
                        None => cells.fill(T::ZERO),
                    }
                }
                multiply(&patch, 0, &mut values[group * of_filters..][..of_filters]);
            }
        }
        Ok(Value::real(&sizes, result))
    }
}

/// Some neighboring columns of a row-major matrix.
pub(super) fn part_of_columns<T: Copy>(
    matrix: &[T],
    width: usize,
    first: usize,
    count: usize,
) -> Vec<T> {
    matrix.chunks(width).flat_map(|row| row[first..first + count].iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use crate::check::{Given, batch, check_gradient, evaluate, fault, fixed};
    use crate::op::Window;
    use crate::{Array, Graph, N, gradients};
    use ikhim_numeric::reduction::dot;

    fn drawn(count: usize, from: usize) -> Vec<f64> {
        (from..from + count).map(|at| f64::from((at as f64 * 1.7).sin() as f32)).collect()
    }

    fn pair(image: &[usize; 4], kernel: &[usize; 4]) -> [Given; 2] {
        let count = |sizes: &[usize; 4]| sizes.iter().product();
        [batch(image, &drawn(count(image), 1)), fixed(kernel, &drawn(count(kernel), 500))]
    }

    /// Shapes of every kind: image, kernel, window.
    fn cases() -> Vec<([usize; 4], [usize; 4], Window)> {
        let window = Window::default();
        vec![
            ([2, 4, 5, 2], [3, 2, 2, 3], window),
            ([1, 5, 4, 1], [2, 3, 1, 2], window.stride([2, 1]).padding([[1, 0], [2, 1]])),
            ([2, 5, 5, 2], [2, 2, 2, 2], window.dilation([2, 3]).padding([[0, 1], [1, 1]])),
            ([2, 3, 4, 4], [2, 2, 2, 6], window.groups(2).stride([2, 3])),
            ([2, 4, 3, 3], [3, 3, 1, 6], window.groups(3).padding([[1, 1], [1, 1]])),
            ([1, 1, 1, 3], [1, 1, 3, 2], window),
            ([2, 2, 2, 1], [3, 3, 1, 1], window.padding([[3, 2], [2, 3]]).stride([3, 2])),
        ]
    }

    #[test]
    fn each_element_is_a_chain_over_height_width_and_channel() {
        for (image, kernel, window) in cases() {
            let given = pair(&image, &kernel);
            let found = evaluate::<f32>(&given, |x| x[0].conv2d(x[1], window));
            let x = drawn(image.iter().product(), 1);
            let k = drawn(kernel.iter().product(), 500);
            let [rows, high, wide, filters] = [0, 1, 2, 3].map(|axis| found.shape()[axis]);
            let mut expected = Vec::new();
            for at in 0..rows * high * wide * filters {
                let (n, p, q, f) = (
                    at / (high * wide * filters),
                    at / (wide * filters) % high,
                    at / filters % wide,
                    at % filters,
                );
                let group = f / (filters / window.groups);
                let mut pairs = Vec::new();
                for i in 0..kernel[0] {
                    for j in 0..kernel[1] {
                        for c in 0..kernel[2] {
                            let y = (p * window.stride[0] + i * window.dilation[0]) as isize
                                - window.padding[0][0] as isize;
                            let z = (q * window.stride[1] + j * window.dilation[1]) as isize
                                - window.padding[1][0] as isize;
                            let inside = y >= 0
                                && z >= 0
                                && (y as usize) < image[1]
                                && (z as usize) < image[2];
                            let place = ((n * image[1] + y.max(0) as usize) * image[2]
                                + z.max(0) as usize)
                                * image[3]
                                + group * kernel[2]
                                + c;
                            let value = if inside { x[place] as f32 } else { 0.0 };
                            let weight = ((i * kernel[1] + j) * kernel[2] + c) * filters + f;
                            pairs.push((value, k[weight] as f32));
                        }
                    }
                }
                expected.push(dot(pairs));
            }
            assert_eq!(found.to_f32(), expected, "{image:?} {kernel:?} {window:?}");
        }
    }

    #[test]
    fn values_of_the_lecture() {
        let image = batch(&[1, 3, 3, 1], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
        let ones = fixed(&[2, 2, 1, 1], &[1.0; 4]);
        let valid = evaluate::<f32>(&[image.clone(), ones.clone()], |x| {
            x[0].conv2d(x[1], Window::default())
        });
        assert_eq!(valid, Array::f32(&[1, 2, 2, 1], vec![12.0, 16.0, 24.0, 28.0]));
        let same = Window::default().padding([[0, 1], [0, 1]]);
        let expected = [12.0, 16.0, 9.0, 24.0, 28.0, 15.0, 15.0, 17.0, 9.0];
        let found = evaluate::<f32>(&[image.clone(), ones], |x| x[0].conv2d(x[1], same));
        assert_eq!(found, Array::f32(&[1, 3, 3, 1], expected.to_vec()));
        let three = fixed(&[2, 2, 1, 3], &[1.0, 10.0, -1.0].repeat(4));
        let found = evaluate::<f32>(&[image, three], |x| x[0].conv2d(x[1], same));
        let each = expected.iter().flat_map(|x| [*x, 10.0 * x, -x]);
        assert_eq!(found, Array::f32(&[1, 3, 3, 3], each.collect()));
    }

    #[test]
    fn gradients_agree_with_differences() {
        for (image, kernel, window) in cases() {
            check_gradient(&pair(&image, &kernel), |x| x[0].conv2d(x[1], window));
        }
    }

    #[test]
    fn second_derivatives_agree_with_differences() {
        for (image, kernel, window) in cases() {
            for by in 0..2 {
                check_gradient(&pair(&image, &kernel), |x| {
                    let y = x[0].conv2d(x[1], window);
                    gradients((y * y).sum_all(), &[x[by]])[0]
                });
            }
        }
    }

    #[test]
    fn rows_stay_the_symbol() {
        let graph = Graph::new();
        let sizes = [N, 28.into(), 28.into(), 1.into()];
        let x = graph.input("x", crate::DType::F32, &sizes);
        let kernel = graph.constant(Array::f32(&[3, 3, 1, 32], vec![0.0; 288]));
        assert_eq!(x.conv2d(kernel, Window::default()).shape().to_string(), "[N, 26, 26, 32]");
    }

    #[test]
    fn what_does_not_fit_is_a_fault() {
        let window = Window::default();
        for (image, kernel, window, code) in [
            ([1, 3, 3, 1], [4, 1, 1, 1], window, "shape.window"),
            ([1, 3, 3, 1], [2, 2, 1, 1], window.dilation([1, 3]), "shape.window"),
            ([1, 0, 3, 1], [1, 1, 1, 1], window.padding([[1, 1], [0, 0]]), "shape.window"),
            ([1, 3, 3, 2], [1, 1, 3, 1], window, "shape.mismatch"),
            ([1, 3, 3, 3], [1, 1, 1, 2], window.groups(2), "shape.groups"),
            ([1, 3, 3, 2], [1, 1, 1, 3], window.groups(2), "shape.groups"),
            ([1, 3, 3, 2], [1, 1, 2, 3], window.groups(0), "shape.groups"),
            ([1, 3, 3, 2], [1, 1, 2, 3], window.stride([0, 1]), "shape.setting"),
            ([1, 3, 3, 2], [1, 1, 2, 3], window.dilation([1, 0]), "shape.setting"),
            ([1, 3, 3, 2], [1, 1, 2, 0], window, "shape.mismatch"),
        ] {
            let found = fault(&pair(&image, &kernel), |x| x[0].conv2d(x[1], window));
            assert_eq!(found, code, "{image:?} {kernel:?} {window:?}");
        }
        let row = [batch(&[2, 9], &drawn(18, 0)), fixed(&[1, 1, 1, 1], &[1.0])];
        assert_eq!(fault(&row, |x| x[0].conv2d(x[1], window)), "shape.rank");
    }

    #[test]
    fn a_filter_that_does_not_fit_shows_the_arithmetic() {
        let graph = Graph::new();
        let x = graph.input("x", crate::DType::F32, &[N, 3.into(), 9.into(), 1.into()]);
        let kernel = graph.constant(Array::f32(&[5, 5, 1, 1], vec![0.0; 25]));
        graph.layer("conv2d", None, || x.conv2d(kernel, Window::default()));
        let text = graph.finish().unwrap_err().to_string();
        assert!(text.contains("`conv2d_1`") && text.contains("(3 + 0 + 0 - 5) / 1 + 1 = -1"), "{text}");
    }
}
