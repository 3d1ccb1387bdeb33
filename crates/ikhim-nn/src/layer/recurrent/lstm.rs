use super::{RecurrentValues, Sequence};
use crate::module::path_of;
use crate::{Initializer, Lstm};
use ikhim_graph::{Array, DType, Initial, Role, Tensor};
use std::sync::Arc;

impl Lstm {
    /// Whether the forget gate's bias begins at 1, which keeps the cell at first
    /// (Jozefowicz et al. 2015; Keras's default). PyTorch has no such setting.
    pub fn unit_forget_bias(mut self, unit_forget_bias: bool) -> Lstm {
        self.unit_forget_bias = unit_forget_bias;
        self
    }

    #[track_caller]
    pub(super) fn recur<'g>(&self, x: Tensor<'g>, given: Sequence<'g>) -> RecurrentValues<'g> {
        self.common(4).run(x, given, true, |direction| {
            let mut projected = direction.projected;
            if self.use_bias {
                let name = format!("{}bias", direction.prefix);
                let initial = self.bias(&path_of(x.graph(), &name));
                let shape = [4 * self.units];
                let bias = x.graph().variable(&name, &shape, DType::F32, Role::Parameter, initial);
                projected = projected + bias;
            }
            let cell = direction.cell.unwrap_or(direction.state);
            let values = direction.sequence(projected).lstm(
                direction.kernel,
                direction.state,
                cell,
                direction.how,
            );
            (values.states, Some(values.cells))
        })
    }

    /// The bias at step 0: drawn, then 1 for the forget gate.
    fn bias(&self, path: &str) -> Initial {
        let drawn = self.bias_initializer.initial(path, &[4 * self.units]);
        if !self.unit_forget_bias {
            return drawn;
        }
        let ones = Initializer::Ones.initial(path, &[self.units]);
        let units = self.units;
        Arc::new(move |seed| {
            let mut values = drawn(seed).to_f32();
            values[units..2 * units].copy_from_slice(&ones(seed).to_f32());
            Array::f32(&[4 * units], values)
        })
    }
}
