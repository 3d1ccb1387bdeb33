use super::{RecurrentValues, Sequence, recurrent};
use crate::Initializer;
use crate::module::path_of;
use ikhim_graph::{Array, DType, Initial, Role, Tensor};
use std::sync::Arc;

recurrent! {
    /// Long short-term memory: `z = x·kernel + h·recurrent_kernel + bias` in four
    /// parts i, f, g, o; `c = σ(f)·c + σ(i)·tanh(g)`, `h = σ(o)·tanh(c)`
    /// (Hochreiter and Schmidhuber 1997, Gers et al. 2000).
    ///
    /// # Shapes
    /// `x` is `[N, steps, features]`, the value `[N, steps, units]` or, without
    /// `return_sequences`, `[N, units]`.
    ///
    /// ```
    /// let layer = ikhim_nn::Lstm::new(128).dropout(0.2).stateful(true);
    /// # let _ = layer;
    /// ```
    Lstm, "lstm" {
        /// Whether the forget gate's bias begins at 1, which keeps the cell at
        /// first (Jozefowicz et al. 2015; Keras's default). PyTorch has no such
        /// setting.
        unit_forget_bias: bool = true, "super::yes";
    }
}

impl Lstm {
    #[track_caller]
    fn recur<'g>(&self, x: Tensor<'g>, given: Sequence<'g>) -> RecurrentValues<'g> {
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
            let values = projected.lstm(direction.kernel, direction.state, cell, direction.how);
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
