use crate::Module;
use ikhim_graph::{Mode, Tensor};
use ikhim_text::Fault;
use serde::{Deserialize, Serialize};

/// The value that SELU goes to for large negative arguments, `−λα` of
/// Klambauer et al. 2017.
const SATURATED: f64 = -1.050_700_987_355_480_5 * 1.673_263_242_354_377_2;

/// Dropout for SELU: with the probability `rate` a value becomes SELU's lower
/// limit `s = −1.7581`, and then all values are scaled and shifted, `a·v + b`,
/// so that mean 0 and variance 1 stay: `a = ((1 − rate)(1 + rate·s²))^(−1/2)`,
/// `b = −a·rate·s` (Klambauer et al. 2017). Nothing happens in use.
///
/// ```
/// let layer = ikhim_nn::AlphaDropout::new(0.1);
/// # let _ = layer;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AlphaDropout {
    rate: f64,
}

impl AlphaDropout {
    /// Drops the share `rate` of the values, at least 0 and below 1.
    pub fn new(rate: f64) -> AlphaDropout {
        AlphaDropout { rate }
    }
}

impl Module for AlphaDropout {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        let (graph, rate) = (x.graph(), self.rate);
        if !(0.0..1.0).contains(&rate) {
            let fault = Fault::of("shape.setting").with("op", "alpha_dropout");
            let fault = fault.with("setting", "rate").with("expected", "at least 0 and below 1");
            return graph.fail(fault.with("found", rate));
        }
        if graph.mode() == Mode::Evaluation || rate == 0.0 || x.node().is_none() {
            return x;
        }
        let scale = ((1.0 - rate) * (1.0 + rate * SATURATED * SATURATED)).sqrt().recip();
        let shift = -scale * rate * SATURATED;
        let draws = graph.random_uniform("alpha_dropout", &x.shape());
        let kept = draws.greater_equal(graph.scalar(rate));
        kept.select(x, graph.scalar(SATURATED)) * scale + shift
    }

    fn is_opaque(&self) -> bool {
        true
    }
}
