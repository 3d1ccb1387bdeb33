//! Dropout: Srivastava et al., *Dropout: A Simple Way to Prevent Neural Networks
//! from Overfitting*, 2014, in the inverted form that needs nothing in use.

use crate::{Mode, Tensor};

impl<'g> Tensor<'g> {
    /// In training, each element is 0 with probability `rate` and x/(1 − rate)
    /// else, so the expected value is x; in use, x itself. Which elements fall
    /// depends on the seed, the path of the layer, the step and the row.
    ///
    /// A rate outside of 0 ≤ rate < 1 is a fault (`shape.setting`).
    #[track_caller]
    pub fn dropout(self, rate: f64) -> Tensor<'g> {
        if !(0.0..1.0).contains(&rate) {
            return self.refuse("dropout", "rate", "at least 0 and below 1", rate);
        }
        if self.node().is_none() || rate == 0.0 || self.graph().mode() == Mode::Evaluation {
            return self;
        }
        self.composed("dropout", None, |x| {
            let noise = x.graph().random_uniform("dropout", &x.shape());
            let kept = noise.greater_equal(x.number(rate));
            kept.select(x * (1.0 / (1.0 - rate)), x.number(0.0))
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::check::{check_gradient, evaluate, fault, fixed, slopes};
    use crate::{Array, DType, Evaluator, Feed, Graph, Mode, N, State};

    #[test]
    fn drops_at_the_rate_and_scales_the_rest() {
        let count = 20_000;
        let inputs = [fixed(&[count], &vec![3.0; count])];
        let found = evaluate::<f32>(&inputs, |x| x[0].dropout(0.25)).to_f64();
        assert!(found.iter().all(|value| *value == 0.0 || *value == 4.0));
        let dropped = found.iter().filter(|value| **value == 0.0).count() as f64;
        // Five standard deviations of a binomial count.
        let deviation = (count as f64 * 0.25 * 0.75).sqrt();
        assert!((dropped - 0.25 * count as f64).abs() < 5.0 * deviation, "{dropped} dropped");
    }

    #[test]
    fn slope_is_the_mask() {
        let inputs = [fixed(&[50], &[1.0; 50])];
        let value = evaluate::<f64>(&inputs, |x| x[0].dropout(0.5)).to_f64();
        assert_eq!(slopes::<f64>(&inputs, |x| x[0].dropout(0.5))[0], value);
        assert!(value.contains(&0.0) && value.contains(&2.0));
    }

    #[test]
    fn does_nothing_in_use() {
        let graph = Graph::with_mode(Mode::Evaluation);
        let x = graph.input("x", DType::F32, &[N]);
        assert_eq!(x.dropout(0.5).node(), x.node());
        let graph = Graph::with_mode(Mode::Training);
        let x = graph.input("x", DType::F32, &[N]);
        assert_eq!(x.dropout(0.0).node(), x.node());
    }

    #[test]
    fn a_row_keeps_its_mask_within_a_step() {
        let graph = Graph::with_mode(Mode::Training);
        let x = graph.input("x", DType::F32, &[N, 64.into()]);
        let dropped = graph.layer("dropout", None, || x.dropout(0.5));
        graph.output("y", dropped);
        let evaluator = Evaluator::<f32>::new(graph.finish().unwrap().into(), &["y"]).unwrap();
        let run = |ids: &[u64], step: u64| {
            let x = Array::f32(&[ids.len(), 64], vec![1.0; ids.len() * 64]);
            let feed = Feed::rows(ids.len()).input("x", &x).row_ids(ids).random(1, step);
            evaluator.run(&mut State::new(), &feed).unwrap()[0].to_f32()
        };
        let both = run(&[5, 9], 0);
        assert_eq!(run(&[9], 0), both[64..]);
        assert_ne!(both[..64], both[64..]);
        assert_ne!(run(&[9], 1), both[64..]);
    }

    #[test]
    fn refuses_rates_that_leave_nothing() {
        for rate in [1.0, -0.1, f64::NAN] {
            assert_eq!(fault(&[fixed(&[1], &[1.0])], |x| x[0].dropout(rate)), "shape.setting");
        }
    }

    #[test]
    fn gradients_agree_with_differences() {
        let inputs = [fixed(&[2, 3], &[0.5, -1.0, 2.0, 0.3, 1.2, -0.4])];
        check_gradient(&inputs, |x| (x[0] * x[0]).dropout(0.5));
        check_gradient(&inputs, |x| {
            let dropped = x[0].dropout(0.5);
            crate::gradients((dropped * dropped * dropped).sum_all(), x)[0]
        });
    }
}
