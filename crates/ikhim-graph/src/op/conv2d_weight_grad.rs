//! The slope of a convolution by its kernel:
//! `K[i, j, c, f] = Σₙₚ𝓆 x[n, p·s + i·d − low, q·s + j·d − low, g·C + c] · v[n, p, q, f]`,
//! where filter `f` belongs to group `g` and each group has `C` channels.
//!
//! Sizes: `x` is `[N, height, width, channels]`, `v` is `[N, windows, windows,
//! filters]`, `K` is `[kernel height, kernel width, channels / groups,
//! filters]`. The size of the kernel is a setting: several lead to the same
//! windows when the stride is above 1.
//!
//! Each element is a sum of products over rows: a leaf of 32 rows is one chain
//! of fused multiply-adds from 0 over ascending `(n, p, q)`, and the leaves are
//! joined pairwise. Without a batch axis all of it is one chain. A cell in the
//! padding counts as a factor of 0. By [`Method::Winograd`] it is another sum of the
//! same value, with fewer multiplications: F(3×3, 2×2), in `winograd_slopes`.
//!
//! Slopes: by the image a [`Conv2dInputGrad`](super::Conv2dInputGrad), by `v` a
//! [`Conv2d`](super::Conv2d).

use super::conv2d::part_of_columns;
use super::window::{image, share};
use super::{Argument, Method, Operand, Primitive, Run, Window, rule, winograd_slopes};
use crate::autodiff::Derivative;
use crate::value::{Precise, Value};
use crate::{DType, Dim, Op, Result, Shape, Tensor};
use ikhim_numeric::reduction::{LEAF_ROWS, join_leaves};
use ikhim_text::Fault;

/// The slope of a convolution by its kernel.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Conv2dWeightGrad {
    /// Where the windows stand.
    pub window: Window,
    /// Height and width of the kernel.
    pub kernel: [usize; 2],
    /// How it is computed; [`Method::of`] says for which settings.
    #[serde(default, skip_serializing_if = "Method::is_direct")]
    pub method: Method,
}

impl<'g> Tensor<'g> {
    /// For images `[N, height, width, channels]` and the derivative by the value
    /// of their [`Tensor::conv2d`], the derivative by its kernel.
    #[track_caller]
    pub fn conv2d_weight_grad(
        self,
        slope: Tensor<'g>,
        window: Window,
        kernel: [usize; 2],
    ) -> Tensor<'g> {
        let sizes = image("conv2d_weight_grad", &self.shape())
            .and_then(|own| Ok((own, image("conv2d_weight_grad", &slope.shape())?)));
        // What does not fit is found by the rule of the shapes.
        let method = sizes.map_or(Method::Direct, |([.., channels], [high, wide, filters])| {
            Method::of(&window, &sizes_of(kernel, channels, filters), [high, wide])
        });
        let op = Op::Conv2dWeightGrad(Conv2dWeightGrad { window, kernel, method });
        self.graph().push(op, &[self, slope])
    }
}

impl Primitive for Conv2dWeightGrad {
    fn name(&self) -> &'static str {
        "conv2d_weight_grad"
    }

    fn equation(&self, inputs: &[&str]) -> String {
        let settings = self.window.settings();
        format!("conv2d_weight_grad({}, kernel={:?}{settings})", inputs.join(", "), self.kernel)
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        let name = self.name();
        rule::reals(name, inputs)?;
        let [height, width, channels] = image(name, inputs[0].shape)?;
        let [high, wide, filters] = image(name, inputs[1].shape)?;
        let of_group = share(name, self.window.groups, channels)?;
        share(name, self.window.groups, filters)?;
        let counts = self.window.fit(name, [height, width], self.kernel)?;
        if counts != [high, wide] || inputs[0].shape[0] != inputs[1].shape[0] {
            let sizes = [counts[0], counts[1], filters].map(Dim::Fixed);
            let expected = [inputs[0].shape[0]].into_iter().chain(sizes);
            return Err(Fault::of("shape.mismatch")
                .with("expected", expected.collect::<Shape>())
                .with("found", inputs[1].shape));
        }
        let shape = sizes_of(self.kernel, of_group, filters);
        self.method.check(name, &self.window, &shape, counts)?;
        Ok((DType::F32, shape))
    }

    fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        let (x, values) = (derivative.inputs[0], derivative.inputs[1]);
        let slope = derivative.upstream();
        vec![
            Some(values.conv2d_input_grad(slope, self.window, [x.dim(1), x.dim(2)])),
            Some(x.conv2d(slope, self.window)),
        ]
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let sizes = run.sizes();
        let (image, given) = (inputs[0].value, inputs[1].value);
        let &[count, height, width, channels] = image.shape.as_slice() else { unreachable!() };
        let &[_, high, wide, filters] = given.shape.as_slice() else { unreachable!() };
        let of_group = sizes[2];
        let of_filters = filters / self.window.groups;
        let images_of_leaf = match inputs[0].shape[0] {
            Dim::Fixed(_) => count.max(1),
            Dim::Batch(per_row) => (LEAF_ROWS * per_row).max(1),
        };
        if self.method == Method::Winograd {
            let result = winograd_slopes::of_kernel(
                image.reals(),
                [count, height, width, channels],
                self.window.padding.map(|padding| padding[0]),
                given.reals(),
                [high, wide, filters],
                images_of_leaf,
            );
            return Ok(Value::real(&sizes, result));
        }
        let (down, right) =
            (self.window.along(0, self.kernel[0]), self.window.along(1, self.kernel[1]));
        let leaf = images_of_leaf * high * wide;
        let mut result = vec![T::ZERO; sizes.iter().product()];
        let mut factors = vec![T::ZERO; count * high * wide];
        for group in 0..self.window.groups {
            let matrix = part_of_columns(given.reals(), filters, group * of_filters, of_filters);
            let mut multiply = T::products(&matrix, of_filters);
            for (entry, sums) in result.chunks_mut(filters).enumerate() {
                let (tap, channel) = (entry / of_group, group * of_group + entry % of_group);
                let (i, j) = (tap / self.kernel[1], tap % self.kernel[1]);
                for (place, factor) in factors.iter_mut().enumerate() {
                    let (n, p, q) = (place / (high * wide), place / wide % high, place % wide);
                    *factor = match down.cell(p, i, height).zip(right.cell(q, j, width)) {
                        Some((y, x)) => {
                            image.reals()[((n * height + y) * width + x) * channels + channel]
                        }
                        None => T::ZERO,
                    };
                }
                let leaves = factors.chunks(leaf).enumerate().map(|(at, part)| {
                    let mut sums = vec![T::ZERO; of_filters];
                    multiply(part, at * leaf, &mut sums);
                    sums
                });
                let joined = join_leaves(leaves.collect(), |mut left: Vec<T>, right| {
                    left.iter_mut().zip(right).for_each(|(sum, value)| *sum += value);
                    left
                });
                if let Some(joined) = joined {
                    sums[group * of_filters..][..of_filters].copy_from_slice(&joined);
                }
            }
        }
        Ok(Value::real(&sizes, result))
    }
}

/// The shape of a kernel.
fn sizes_of([tall, wide]: [usize; 2], of_group: usize, filters: usize) -> Shape {
    [tall, wide, of_group, filters].map(Dim::Fixed).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use crate::check::{Given, batch, check_gradient, evaluate, fault, fixed};
    use crate::op::Window;
    use crate::{Array, gradients};
    use ikhim_numeric::reduction::{dot, join_leaves};

    fn drawn(count: usize, from: usize) -> Vec<f64> {
        (from..from + count).map(|at| f64::from((at as f64 * 0.9).sin() as f32)).collect()
    }

    fn values(sizes: &[usize; 4], from: usize) -> Vec<f64> {
        drawn(sizes.iter().product(), from)
    }

    fn pair(image: &[usize; 4], slope: &[usize; 4]) -> [Given; 2] {
        [batch(image, &values(image, 1)), batch(slope, &values(slope, 5000))]
    }

    #[test]
    fn hand_values() {
        // Each cell of the kernel sees one of four corners.
        let image = batch(&[1, 2, 2, 1], &[1.0, 2.0, 3.0, 4.0]);
        let given = [image, batch(&[1, 1, 1, 2], &[1.0, -10.0])];
        let found =
            evaluate::<f32>(&given, |x| x[0].conv2d_weight_grad(x[1], Window::default(), [2, 2]));
        let expected = vec![1.0, -10.0, 2.0, -20.0, 3.0, -30.0, 4.0, -40.0];
        assert_eq!(found, Array::f32(&[2, 2, 1, 2], expected));
    }

    #[test]
    fn rows_are_summed_by_leaves_and_fixed_axes_by_one_chain() {
        for rows in [0, 1, 31, 33, 70, 161] {
            let (image, slope) = ([rows, 3, 2, 2], [rows, 2, 2, 2]);
            let window = Window::default().padding([[0, 0], [1, 1]]).dilation([1, 2]);
            let (x, v) = (values(&image, 1), values(&slope, 5000));
            // Kernel [2, 2]: element (i, j, c, f) by its own formula.
            let element = |at: usize, leaf: usize| {
                let (i, j, c, f) = (at / 8, at / 4 % 2, at / 2 % 2, at % 2);
                let pairs: Vec<(f32, f32)> = (0..rows * 4)
                    .map(|place| {
                        let (n, p, q) = (place / 4, place / 2 % 2, place % 2);
                        let (y, z) = (p + i, (q + 2 * j).checked_sub(1).filter(|z| *z < 2));
                        let cell = z.map_or(0.0, |z| x[((n * 3 + y) * 2 + z) * 2 + c] as f32);
                        (cell, v[place * 2 + f] as f32)
                    })
                    .collect();
                let leaves = pairs.chunks(leaf).map(|part| dot(part.iter().copied()));
                join_leaves(leaves.collect(), |left, right| left + right).unwrap_or(0.0)
            };
            let found = evaluate::<f32>(&pair(&image, &slope), |x| {
                x[0].conv2d_weight_grad(x[1], window, [2, 2])
            });
            let expected: Vec<f32> = (0..16).map(|at| element(at, 32 * 4)).collect();
            assert_eq!(found, Array::f32(&[2, 2, 2, 2], expected), "{rows} rows");
            let found = evaluate::<f32>(&[fixed(&image, &x), fixed(&slope, &v)], |x| {
                x[0].conv2d_weight_grad(x[1], window, [2, 2])
            });
            let expected: Vec<f32> = (0..16).map(|at| element(at, usize::MAX)).collect();
            assert_eq!(found, Array::f32(&[2, 2, 2, 2], expected), "{rows} fixed rows");
        }
    }

    #[test]
    fn gradients_agree_with_differences() {
        let window = Window::default();
        for (image, slope, window, kernel) in [
            ([2, 3, 4, 2], [2, 2, 3, 3], window, [2, 2]),
            ([2, 5, 4, 1], [2, 3, 2, 2], window.stride([2, 3]).padding([[1, 0], [1, 1]]), [2, 3]),
            ([1, 4, 4, 4], [1, 2, 3, 2], window.dilation([2, 1]).groups(2), [2, 2]),
            ([2, 2, 2, 2], [2, 2, 2, 4], window.groups(2), [1, 1]),
        ] {
            let given = pair(&image, &slope);
            check_gradient(&given, |x| x[0].conv2d_weight_grad(x[1], window, kernel));
            for by in 0..2 {
                check_gradient(&given, |x| {
                    let y = x[0].conv2d_weight_grad(x[1], window, kernel);
                    gradients((y * y).sum_all(), &[x[by]])[0]
                });
            }
        }
    }

    #[test]
    fn other_windows_are_a_fault() {
        let of = |image: [usize; 4], slope: [usize; 4], window: Window, kernel: [usize; 2]| {
            fault(&pair(&image, &slope), |x| x[0].conv2d_weight_grad(x[1], window, kernel))
        };
        let window = Window::default();
        assert_eq!(of([1, 3, 3, 1], [1, 3, 2, 1], window, [2, 2]), "shape.mismatch");
        assert_eq!(of([1, 3, 3, 1], [1, 2, 2, 1], window, [4, 2]), "shape.window");
        assert_eq!(of([1, 3, 3, 3], [1, 2, 2, 2], window.groups(2), [2, 2]), "shape.groups");
        assert_eq!(of([1, 3, 3, 1], [1, 2, 2, 1], window, [0, 2]), "shape.setting");
    }
}
