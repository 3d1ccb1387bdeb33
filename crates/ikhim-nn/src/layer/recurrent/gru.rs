use super::{RecurrentValues, Sequence, recurrent};
use crate::Initializer;
use crate::module::declare;
use ikhim_graph::Tensor;

recurrent! {
    /// A gated recurrent unit: gates z and r, `n = tanh(x·W + b + r·(h·R + b'))`,
    /// `h = z·h + (1 − z)·n` (Cho et al. 2014, with the reset gate behind the
    /// product as in PyTorch, and in Keras with `reset_after`).
    ///
    /// # Shapes
    /// `x` is `[N, steps, features]`, the value `[N, steps, units]` or, without
    /// `return_sequences`, `[N, units]`. The parameter `bias` is `[2, 3·units]`:
    /// that of the inputs, then that of the state.
    ///
    /// ```
    /// let layer = ikhim_nn::Gru::new(64).bidirectional(true);
    /// # let _ = layer;
    /// ```
    Gru, "gru" {}
}

impl Gru {
    #[track_caller]
    fn recur<'g>(&self, x: Tensor<'g>, given: Sequence<'g>) -> RecurrentValues<'g> {
        self.common(3).run(x, given, false, |direction| {
            let width = 3 * self.units;
            let (projected, of_state) = match self.use_bias {
                true => {
                    let name = format!("{}bias", direction.prefix);
                    let bias = declare(x, &name, &[2, width], None, &self.bias_initializer);
                    let part = |place: usize| bias.slice(0, place..place + 1).squeeze(&[0]);
                    (direction.projected + part(0), part(1))
                }
                false => {
                    let zeros = Initializer::Zeros.initial("", &[width])(0);
                    (direction.projected, x.graph().constant(zeros))
                }
            };
            let (kernel, state) = (direction.kernel, direction.state);
            (projected.gru(kernel, of_state, state, direction.how).states, None)
        })
    }
}
