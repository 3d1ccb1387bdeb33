//! Values brought to mean 0 and variance 1, then scaled and shifted by learned
//! numbers: `y = (x − mean) · γ / √(variance + ε) + β`, with the biased variance
//! `Σ(x − mean)² / count`.
//!
//! Of batch norm, with d = x − mean, σ = √(variance + ε), n = count and the
//! derivative u by the value, sums over all values of a channel:
//!
//! | by | derivative |
//! |---|---|
//! | x | (u − Σu / n − d · Σ(u·d) / (n·σ²)) · γ / σ |
//! | γ | Σ(u·d) / σ |
//! | β | Σu |

use crate::autodiff::{Derivative, Rule};
use crate::{Dim, Shape, Tensor};
use std::rc::Rc;

/// What [`Tensor::batch_norm`] gives.
#[derive(Debug, Clone, Copy)]
pub struct BatchNorm<'g> {
    /// The normalized values.
    pub value: Tensor<'g>,
    /// The mean of each channel over the batch.
    pub mean: Tensor<'g>,
    /// Its unbiased variance, `Σ(x − mean)² / (count − 1)`.
    pub variance: Tensor<'g>,
}

impl<'g> Tensor<'g> {
    /// Each channel (the last axis) over all other axes, with the statistics of
    /// the batch (Ioffe and Szegedy 2015). One value for each channel has no
    /// variance: a run over one row of `[N, channels]` is an error
    /// (`train.few_rows`).
    ///
    /// Where a row has several values for a channel, their mean and the squares
    /// around it are found for each row first, and those of all rows from them
    /// (Chan, Golub and LeVeque 1979): a row is visited while it is near, and no
    /// large number is taken from another one.
    #[track_caller]
    pub fn batch_norm(self, gamma: Tensor<'g>, beta: Tensor<'g>, epsilon: f64) -> BatchNorm<'g> {
        let rank = self.rank();
        let dims = self.shape();
        let axes: Vec<usize> = (0..rank.saturating_sub(1)).collect();
        let inputs = [self, gamma, beta];
        let rule: Rule = Rc::new(batch_norm_slopes);
        let outputs = self.graph().composite("batch_norm", &inputs, Some(rule), || {
            let over: Shape = axes.iter().map(|axis| dims[*axis]).collect();
            let count = match over.elements() {
                Dim::Fixed(count) => self.number(count as f64),
                Dim::Batch(multiple) if multiple > 0 => {
                    let rows = self.graph().enough_rows(2_usize.div_ceil(multiple));
                    if multiple == 1 { rows } else { rows * multiple as f64 }
                }
                Dim::Batch(_) => self.number(0.0),
            };
            let (mean, squares) = self.moments(&axes, count);
            let deviation = (squares / count + epsilon).sqrt();
            let value = (self - mean) * (gamma / deviation) + beta;
            vec![value, mean, squares / (count - 1.0), deviation, count]
        });
        BatchNorm { value: outputs[0], mean: outputs[1], variance: outputs[2] }
    }

    /// The mean of each channel over so many values, and the sum of the squares
    /// around it.
    #[track_caller]
    fn moments(self, axes: &[usize], count: Tensor<'g>) -> (Tensor<'g>, Tensor<'g>) {
        let dims = self.shape();
        let between = axes.get(1..).unwrap_or_default();
        let of_row: Shape = between.iter().map(|axis| dims[*axis]).collect();
        let of_row = match of_row.elements() {
            Dim::Fixed(values) if values > 1 => values as f64,
            _ => {
                let mean = self.sum_over(axes) / count;
                return (mean, (self - mean).square().sum_over(axes));
            }
        };
        let sums = self.sum_over(between);
        let mean = sums.sum_over(&[0]) / count;
        let means = sums / of_row;
        let kept: Vec<Dim> = (0..dims.rank())
            .map(|axis| if between.contains(&axis) { Dim::Fixed(1) } else { dims[axis] })
            .collect();
        let within = (self - means.reshape(&kept)).square().sum_over(between);
        let across = (means - mean).square() * of_row;
        (mean, (within + across).sum_over(&[0]))
    }

    /// Each channel (the last axis) with statistics that are given.
    #[track_caller]
    pub fn normalized(
        self,
        mean: Tensor<'g>,
        variance: Tensor<'g>,
        gamma: Tensor<'g>,
        beta: Tensor<'g>,
        epsilon: f64,
    ) -> Tensor<'g> {
        let inputs = [self, mean, variance, gamma, beta];
        let body = || vec![(self - mean) * (gamma / (variance + epsilon).sqrt()) + beta];
        self.graph().composite("normalized", &inputs, None, body)[0]
    }

    /// Each row over its last axis (Ba, Kiros and Hinton 2016).
    #[track_caller]
    pub fn layer_norm(self, gamma: Tensor<'g>, beta: Tensor<'g>, epsilon: f64) -> Tensor<'g> {
        let inputs = [self, gamma, beta];
        let body = || vec![self.standardized(&[-1], epsilon) * gamma + beta];
        self.graph().composite("layer_norm", &inputs, None, body)[0]
    }

    /// Each row and each group of neighboring channels (the last axis) over the
    /// axes between and the channels of the group (Wu and He 2018).
    ///
    /// Groups that do not divide the channels are a fault (`shape.groups`).
    #[track_caller]
    pub fn group_norm(
        self,
        groups: usize,
        gamma: Tensor<'g>,
        beta: Tensor<'g>,
        epsilon: f64,
    ) -> Tensor<'g> {
        if self.node().is_none() {
            return self;
        }
        let shape = self.shape();
        let (Some(Dim::Fixed(channels)), true) = (shape.last().copied(), shape.rank() > 1) else {
            let fault = ikhim_text::Fault::of("shape.rank").with("expected", "[N, …, channels]");
            return self.graph().fail(fault.with("found", shape));
        };
        if channels.checked_rem(groups) != Some(0) {
            let fault = ikhim_text::Fault::of("shape.groups").with("op", "group_norm");
            return self.graph().fail(fault.with("groups", groups).with("found", channels));
        }
        let between = Shape::from(&shape[1..shape.rank() - 1]).elements();
        let inputs = [self, gamma, beta];
        self.graph().composite("group_norm", &inputs, None, || {
            let parted = [shape[0], between, groups.into(), (channels / groups).into()];
            let even = self.reshape(&parted).standardized(&[1, 3], epsilon);
            vec![even.reshape(&shape) * gamma + beta]
        })[0]
    }

    /// Mean 0 and variance 1 over axes.
    #[track_caller]
    fn standardized(self, axes: &[isize], epsilon: f64) -> Tensor<'g> {
        let keep = |reduced: Tensor<'g>| {
            let Some(axes) = self.resolve_axes(axes) else { return reduced };
            let shape = self.shape();
            let kept: Vec<Dim> = (0..shape.rank())
                .map(|axis| if axes.contains(&axis) { Dim::Fixed(1) } else { shape[axis] })
                .collect();
            reduced.reshape(&kept)
        };
        let centered = self - keep(self.mean(axes));
        centered / keep((centered.square().mean(axes) + epsilon).sqrt())
    }
}

/// The derivatives of batch norm by its inputs, for its value, mean, unbiased
/// variance and deviation. That of the squares by x is 2d: what the mean adds
/// cancels.
fn batch_norm_slopes<'g>(derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
    let (x, gamma) = (derivative.inputs[0], derivative.inputs[1]);
    let [_, mean, _, deviation, count] = derivative.outputs[..] else { return Vec::new() };
    let axes: Vec<usize> = (0..x.rank() - 1).collect();
    let centered = x - mean;
    let mut by_x: Vec<Tensor<'g>> = Vec::new();
    let (mut by_gamma, mut by_beta) = (None, None);
    if let Some(u) = derivative.upstream_of(0) {
        let sum = u.sum_over(&axes);
        let with_centered = (u * centered).sum_over(&axes);
        let along = with_centered / (count * (deviation * deviation));
        by_x.push((u - sum / count - centered * along) * (gamma / deviation));
        by_gamma = Some(with_centered / deviation);
        by_beta = Some(sum);
    }
    if let Some(u) = derivative.upstream_of(1) {
        by_x.push((u / count).broadcast_to(&x.shape()));
    }
    if let Some(u) = derivative.upstream_of(2) {
        by_x.push(centered * (u * 2.0 / (count - 1.0)));
    }
    if let Some(u) = derivative.upstream_of(3) {
        by_x.push(centered * (u / (count * deviation)));
    }
    vec![by_x.into_iter().reduce(|left, right| left + right), by_gamma, by_beta]
}

#[cfg(test)]
mod tests {
    use crate::check::{Given, assert_close, batch, check_gradient, evaluate, fault, fixed};
    use crate::{DType, Evaluator, Feed, Graph, N, State};

    fn drawn(count: usize) -> Vec<f64> {
        (0..count).map(|at| 1.5 * (at as f64 * 3.1).sin() + 0.3).collect()
    }

    fn given(sizes: &[usize]) -> [Given; 3] {
        let channels = sizes[sizes.len() - 1];
        let scale: Vec<f64> = (0..channels).map(|at| 1.0 + 0.25 * at as f64).collect();
        let shift: Vec<f64> = (0..channels).map(|at| 0.5 - at as f64).collect();
        [
            batch(sizes, &drawn(sizes.iter().product())),
            fixed(&[channels], &scale),
            fixed(&[channels], &shift),
        ]
    }

    #[test]
    fn values_by_hand() {
        let table = [
            batch(&[2, 2], &[1.0, 10.0, 5.0, 30.0]),
            fixed(&[2], &[2.0, 1.0]),
            fixed(&[2], &[0.0, 1.0]),
        ];
        // Deviations 2 and 10: every value is one deviation from its mean.
        let found = evaluate::<f64>(&table, |x| x[0].batch_norm(x[1], x[2], 0.0).value);
        assert_close(&found.to_f64(), &[-2.0, 0.0, 2.0, 2.0], 1e-15);
        let found = evaluate::<f64>(&table, |x| x[0].batch_norm(x[1], x[2], 0.0).variance);
        assert_close(&found.to_f64(), &[8.0, 200.0], 1e-15);
        let found = evaluate::<f64>(&table, |x| x[0].layer_norm(x[1], x[2], 0.0));
        assert_close(&found.to_f64(), &[-2.0, 2.0, -2.0, 2.0], 1e-15);
    }

    #[test]
    fn gradients_agree_with_differences() {
        for sizes in [&[3, 2][..], &[2, 2, 3, 4]] {
            check_gradient(&given(sizes), |x| x[0].batch_norm(x[1], x[2], 1e-3).value);
            check_gradient(&given(sizes), |x| x[0].batch_norm(x[1], x[2], 1e-3).mean);
            check_gradient(&given(sizes), |x| {
                let all = x[0].batch_norm(x[1], x[2], 1e-3);
                all.value * all.variance + all.mean
            });
            check_gradient(&given(sizes), |x| x[0].layer_norm(x[1], x[2], 1e-3));
            check_gradient(&given(sizes), |x| x[0].group_norm(2, x[1], x[2], 1e-3));
            check_gradient(&given(sizes), |x| {
                let statistics = x[0].batch_norm(x[1], x[2], 1e-3);
                x[0].normalized(statistics.mean, statistics.variance, x[1], x[2], 1e-3)
            });
        }
    }

    #[test]
    fn the_deviation_inside_has_its_slope() {
        let graph = Graph::new();
        let x = graph.input("x", DType::F32, &[N, 2.into(), 1.into()]);
        let one = graph.scalar(1.0).broadcast_to(&crate::Shape::from(&[1_usize][..]));
        x.batch_norm(one, one, 0.0);
        let root = graph.tensors().into_iter().find(|tensor| tensor.op_name() == "sqrt").unwrap();
        graph.output("slope", crate::gradients(root.sum_all(), &[x])[0]);
        let evaluator = Evaluator::<f64>::new(graph.finish().unwrap().into(), &["slope"]).unwrap();
        let value = crate::Array::f32(&[2, 2, 1], vec![-3.0, 1.0, 3.0, -1.0]);
        let found = evaluator.run(&mut State::new(), &Feed::rows(2).input("x", &value)).unwrap();
        // Mean 0 and variance 5: the slope is x / (4 √5).
        let expected = [-3.0, 1.0, 3.0, -1.0].map(|x: f64| x / (4.0 * 5.0_f64.sqrt()));
        assert_close(&found[0].to_f64(), &expected, 1e-15);
    }

    #[test]
    fn values_far_from_zero_keep_their_variance() {
        // 10,000 + j, whose squares f32 does not hold, in rows of different means.
        let values: Vec<f64> = (0..24).map(|at| 10_000.0 + f64::from(at)).collect();
        let table = [batch(&[4, 3, 2, 1], &values), fixed(&[1], &[1.0]), fixed(&[1], &[0.0])];
        let found = evaluate::<f32>(&table, |x| x[0].batch_norm(x[1], x[2], 0.0).variance);
        // n(n + 1)/12 of n neighbors, unbiased.
        assert_close(&found.to_f64(), &[50.0], 1e-6);
    }

    #[test]
    fn one_value_for_each_channel_is_refused() {
        let graph = Graph::new();
        let x = graph.input("x", DType::F32, &[N, 3.into()]);
        let one = graph.scalar(1.0).broadcast_to(&crate::Shape::from(&[3_usize][..]));
        graph.output("y", x.batch_norm(one, one, 1e-3).value);
        let image = graph.input("image", DType::F32, &[N, 1.into(), 2.into(), 3.into()]);
        graph.output("of images", image.batch_norm(one, one, 1e-3).value);
        let definition = std::sync::Arc::new(graph.finish().unwrap());
        let x = crate::Array::f32(&[1, 3], vec![1.0; 3]);
        let image = crate::Array::f32(&[1, 1, 2, 3], vec![1.0; 6]);
        let run = |name| {
            let evaluator = Evaluator::<f32>::new(definition.clone(), &[name]).unwrap();
            let feed = Feed::rows(1).input("x", &x).input("image", &image);
            evaluator.run(&mut State::new(), &feed)
        };
        assert_eq!(run("y").unwrap_err().code(), "train.few_rows");
        assert!(run("of images").is_ok());
    }

    #[test]
    fn groups_that_do_not_divide_are_a_fault() {
        let of =
            |groups| fault(&given(&[2, 2, 2, 3]), |x| x[0].group_norm(groups, x[1], x[2], 1.0));
        assert_eq!((of(2), of(0)), ("shape.groups".to_string(), "shape.groups".to_string()));
    }
}
