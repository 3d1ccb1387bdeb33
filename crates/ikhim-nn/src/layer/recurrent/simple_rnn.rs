use super::{RecurrentValues, Sequence};
use crate::SimpleRnn;
use crate::module::declare;
use ikhim_graph::{RnnActivation, Tensor};

impl SimpleRnn {
    /// The function of the new state.
    pub fn activation(mut self, activation: RnnActivation) -> SimpleRnn {
        self.activation = activation;
        self
    }

    #[track_caller]
    pub(super) fn recur<'g>(&self, x: Tensor<'g>, given: Sequence<'g>) -> RecurrentValues<'g> {
        self.common(1).run(x, given, false, |direction| {
            let mut projected = direction.projected;
            if self.use_bias {
                let name = format!("{}bias", direction.prefix);
                projected =
                    projected + declare(x, &name, &[self.units], None, &self.bias_initializer);
            }
            let (kernel, state) = (direction.kernel, direction.state);
            (
                direction.sequence(projected).simple_rnn(
                    kernel,
                    state,
                    self.activation,
                    direction.how,
                ),
                None,
            )
        })
    }
}
