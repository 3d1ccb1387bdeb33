use super::{RecurrentValues, Sequence};
use crate::module::declare;
use crate::{Gru, Initializer};
use ikhim_graph::Tensor;

impl Gru {
    #[track_caller]
    pub(super) fn recur<'g>(&self, x: Tensor<'g>, given: Sequence<'g>) -> RecurrentValues<'g> {
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
            (direction.sequence(projected).gru(kernel, of_state, state, direction.how).states, None)
        })
    }
}
