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
