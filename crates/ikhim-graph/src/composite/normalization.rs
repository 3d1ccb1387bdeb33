//! Values brought to mean 0 and variance 1, then scaled and shifted by learned
//! numbers: `y = (x − mean) / √(variance + ε) · γ + β`, with the biased variance
//! `Σ(x − mean)² / count`.

use crate::{Dim, Shape, Tensor};

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
    #[track_caller]
    pub fn batch_norm(self, gamma: Tensor<'g>, beta: Tensor<'g>, epsilon: f64) -> BatchNorm<'g> {
        let rank = self.rank();
        let dims = self.shape();
        let inputs = [self, gamma, beta];
        let outputs = self.graph().composite("batch_norm", &inputs, None, || {
            let axes: Vec<usize> = (0..rank.saturating_sub(1)).collect();
            let over: Shape = axes.iter().map(|axis| dims[*axis]).collect();
            let count = match over.elements() {
                Dim::Fixed(count) => self.number(count as f64),
                Dim::Batch(multiple) if multiple > 0 => {
                    let rows = self.graph().enough_rows(2_usize.div_ceil(multiple));
                    if multiple == 1 { rows } else { rows * multiple as f64 }
                }
                Dim::Batch(_) => self.number(0.0),
            };
            let mean = self.sum_over(&axes) / count;
            let centered = self - mean;
            let squares = centered.square().sum_over(&axes);
            let deviation = (squares / count + epsilon).sqrt();
            let value = centered / deviation * gamma + beta;
            vec![value, mean, squares / (count - 1.0)]
        });
        BatchNorm { value: outputs[0], mean: outputs[1], variance: outputs[2] }
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
        let body = || vec![(self - mean) / (variance + epsilon).sqrt() * gamma + beta];
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
            check_gradient(&given(sizes), |x| x[0].layer_norm(x[1], x[2], 1e-3));
            check_gradient(&given(sizes), |x| x[0].group_norm(2, x[1], x[2], 1e-3));
            check_gradient(&given(sizes), |x| {
                let statistics = x[0].batch_norm(x[1], x[2], 1e-3);
                x[0].normalized(statistics.mean, statistics.variance, x[1], x[2], 1e-3)
            });
        }
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
