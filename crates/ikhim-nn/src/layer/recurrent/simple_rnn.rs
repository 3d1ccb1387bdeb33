use super::{RecurrentValues, Sequence, recurrent};
use crate::module::declare;
use ikhim_graph::{RnnActivation, Tensor};

recurrent! {
    /// A recurrence without gates: `h = f(x·kernel + h·recurrent_kernel + bias)`
    /// (Elman 1990).
    ///
    /// # Shapes
    /// `x` is `[N, steps, features]`, the value `[N, steps, units]` or, without
    /// `return_sequences`, `[N, units]`.
    ///
    /// ```
    /// let layer = ikhim_nn::SimpleRnn::new(8).return_sequences(false);
    /// # let _ = layer;
    /// ```
    SimpleRnn, "simple_rnn" {
        /// The function of the new state.
        activation: RnnActivation = RnnActivation::Tanh, "RnnActivation::default";
    }
}

impl SimpleRnn {
    #[track_caller]
    fn recur<'g>(&self, x: Tensor<'g>, given: Sequence<'g>) -> RecurrentValues<'g> {
        self.common(1).run(x, given, false, |direction| {
            let mut projected = direction.projected;
            if self.use_bias {
                let name = format!("{}bias", direction.prefix);
                projected =
                    projected + declare(x, &name, &[self.units], None, &self.bias_initializer);
            }
            let (kernel, state) = (direction.kernel, direction.state);
            (projected.simple_rnn(kernel, state, self.activation, direction.how), None)
        })
    }
}
