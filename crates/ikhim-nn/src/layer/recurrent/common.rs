//! What all recurrent layers have in common: checks, directions, states and what is
//! dropped.

use super::{InitialState, RecurrentValues, Sequence, mask};
use crate::module::declare;
use crate::{CARRIED, Initializer};
use ikhim_graph::{DType, Dim, Mode, Recurrence, Shape, Tensor};
use ikhim_text::Fault;

/// What all recurrent layers have in common, borrowed from one of them.
pub(super) struct Common<'a> {
    pub(super) units: usize,
    pub(super) gates: usize,
    pub(super) return_sequences: bool,
    pub(super) stateful: bool,
    pub(super) bidirectional: bool,
    pub(super) initial_state: InitialState,
    pub(super) dropout: f64,
    pub(super) recurrent_dropout: f64,
    pub(super) kernel_initializer: &'a Initializer,
    pub(super) recurrent_initializer: &'a Initializer,
}

/// One direction of a layer, ready for its recurrence.
pub(super) struct Direction<'g> {
    /// The inputs of all gates without bias, a row for each row and step.
    pub(super) projected: Tensor<'g>,
    /// The number of rows and of steps.
    sizes: [Dim; 2],
    pub(super) kernel: Tensor<'g>,
    pub(super) state: Tensor<'g>,
    pub(super) cell: Option<Tensor<'g>>,
    pub(super) how: Recurrence<'g>,
    /// What stands before the name of a parameter.
    pub(super) prefix: &'static str,
}

impl<'g> Direction<'g> {
    /// Rows of all rows and steps as a sequence. A bias is added before, so that
    /// its gradient is one sum over rows.
    pub(super) fn sequence(&self, rows: Tensor<'g>) -> Tensor<'g> {
        if rows.node().is_none() {
            return rows;
        }
        let width = rows.shape()[1];
        rows.reshape(&[self.sizes[0], self.sizes[1], width])
    }
}

impl Common<'_> {
    /// Builds the layer: `recur` gives states and cells of all steps of one
    /// direction.
    #[track_caller]
    pub(super) fn run<'g>(
        &self,
        x: Tensor<'g>,
        given: Sequence<'g>,
        has_cell: bool,
        recur: impl Fn(&Direction<'g>) -> (Tensor<'g>, Option<Tensor<'g>>),
    ) -> RecurrentValues<'g> {
        let graph = x.graph();
        let steps = match self.checked(x) {
            Some(steps) => steps,
            None => return RecurrentValues { sequence: x, state: x, cell: Some(x) },
        };
        let mask = given.lengths.map(|lengths| mask(lengths, steps));
        let x = self.dropped(x, self.dropout, "dropout");
        let directions = if self.bidirectional { 2 } else { 1 };
        let mut sequences = Vec::new();
        let (mut last_states, mut last_cells) = (Vec::new(), Vec::new());
        for reverse in [false, true].into_iter().take(directions) {
            let prefix = if reverse { "backward_" } else { "" };
            let direction = self.direction(x, given, has_cell, mask, reverse, prefix);
            let (states, cells) = recur(&direction);
            if states.node().is_none() {
                return RecurrentValues { sequence: states, state: states, cell: Some(states) };
            }
            // The state stays from the length on, so the last one is that at the
            // length; backwards the first one is.
            let last = |values: Tensor<'g>| {
                let step = if reverse { 0 } else { steps - 1 };
                values.slice(1, step..step + 1).squeeze(&[1])
            };
            last_states.push(last(states));
            last_cells.extend(cells.map(last));
            sequences.push(match mask {
                Some(mask) => mask.expand_dims(-1).select(states, graph.scalar(0.0)),
                None => states,
            });
        }
        if self.carries(x) {
            graph.output(&carried(x, "state"), last_states[0]);
            if let Some(cell) = last_cells.first() {
                graph.output(&carried(x, "cell"), *cell);
            }
        }
        let join = |parts: &[Tensor<'g>]| Tensor::concat(parts, -1);
        RecurrentValues {
            sequence: join(&sequences),
            state: join(&last_states),
            cell: has_cell.then(|| join(&last_cells)),
        }
    }

    /// Whether the state comes from the batch before.
    fn carries(&self, x: Tensor<'_>) -> bool {
        self.stateful || x.graph().carries()
    }

    /// What the layer gives to the next one.
    pub(super) fn value<'g>(&self, values: RecurrentValues<'g>) -> Tensor<'g> {
        if self.return_sequences { values.sequence } else { values.state }
    }

    /// The number of steps, unless something does not fit.
    #[track_caller]
    fn checked(&self, x: Tensor<'_>) -> Option<usize> {
        x.node()?;
        let graph = x.graph();
        let refuse = |setting: &str, expected: &str, found: String| {
            let fault = Fault::of("shape.setting").with("op", "recurrent layer");
            let fault = fault.with("setting", setting).with("expected", expected);
            graph.fail(fault.with("found", found));
        };
        for (name, rate) in
            [("dropout", self.dropout), ("recurrent_dropout", self.recurrent_dropout)]
        {
            if !(0.0..1.0).contains(&rate) {
                refuse(name, "at least 0 and below 1", rate.to_string());
                return None;
            }
        }
        if self.units == 0 {
            refuse("units", "at least 1", "0".to_string());
            return None;
        }
        if self.stateful && self.bidirectional {
            refuse(
                "stateful",
                "false in a bidirectional layer, which needs the end of a sequence at its start",
                "true".to_string(),
            );
            return None;
        }
        if self.stateful && self.initial_state == InitialState::Learned {
            refuse(
                "initial_state",
                "zeros in a stateful layer, whose epoch begins at zero",
                "learned".to_string(),
            );
            return None;
        }
        if x.dtype() != DType::F32 {
            let fault = Fault::of("shape.dtype").with("op", "recurrent layer");
            let fault = fault.with("expected", DType::F32).with("found", x.dtype());
            graph.fail(fault.help_words(
                "put an `embedding` or a `one_hot` layer before it",
                "앞에 `embedding`이나 `one_hot` 층을 넣으세요",
            ));
            return None;
        }
        match *x.shape() {
            [_, Dim::Fixed(steps), Dim::Fixed(_)] if steps > 0 => Some(steps),
            _ => {
                let fault = Fault::of("shape.rank").with("expected", "[N, steps, features]");
                let fault = fault.with("found", x.shape());
                graph.fail(if x.rank() == 2 {
                    fault.help_words(
                        "the layer above gives one state a row; with `return_sequences = true` it \
                         gives one for each step",
                        "위의 층이 행마다 상태 하나만 냅니다. `return_sequences = true`이면 \
                         단계마다 하나씩 냅니다",
                    )
                } else {
                    fault
                });
                None
            }
        }
    }

    #[track_caller]
    fn direction<'g>(
        &self,
        x: Tensor<'g>,
        given: Sequence<'g>,
        has_cell: bool,
        mask: Option<Tensor<'g>>,
        reverse: bool,
        prefix: &'static str,
    ) -> Direction<'g> {
        let (units, width) = (self.units, self.gates * self.units);
        let features = x.dim(-1);
        let name = |parameter: &str| format!("{prefix}{parameter}");
        let kernel = declare(x, &name("kernel"), &[features, width], None, self.kernel_initializer);
        let recurrent = declare(
            x,
            &name("recurrent_kernel"),
            &[units, width],
            None,
            self.recurrent_initializer,
        );
        let rows = x.shape()[0];
        let whole = Shape::from(vec![rows, Dim::Fixed(units)]);
        let initial = |given: Option<Tensor<'g>>, word: &str| {
            if let Some(given) = given {
                return given;
            }
            if self.carries(x) {
                return x.graph().input(&carried(x, word), DType::F32, &whole);
            }
            match self.initial_state {
                InitialState::Zeros => x.graph().scalar(0.0).broadcast_to(&whole),
                InitialState::Learned => {
                    let parameter = name(&format!("initial_{word}"));
                    let learned = declare(x, &parameter, &[units], None, &Initializer::Zeros);
                    learned.expand_dims(0).broadcast_to(&whole)
                }
            }
        };
        let state = initial(given.state, "state");
        let cell = has_cell.then(|| initial(given.cell, "cell"));
        let ones = x.graph().scalar(1.0).broadcast_to(&whole);
        let drops = self.recurrent_dropout > 0.0 && x.graph().mode() == Mode::Training;
        let keep = drops.then(|| self.factor(ones, self.recurrent_dropout, "recurrent_dropout"));
        Direction {
            projected: as_rows(x).matmul(kernel),
            sizes: [x.shape()[0], x.shape()[1]],
            kernel: recurrent,
            state,
            cell,
            how: Recurrence::new().mask(mask).keep(keep).reverse(reverse),
            prefix,
        }
    }

    /// Inputs dropped in training, the same ones in all steps of a row, as in
    /// Keras.
    fn dropped<'g>(&self, x: Tensor<'g>, rate: f64, purpose: &str) -> Tensor<'g> {
        if rate == 0.0 || x.graph().mode() == Mode::Evaluation {
            return x;
        }
        let step = x.slice(1, 0..1);
        x * self.factor(step, rate, purpose)
    }

    /// 0 with the probability `rate`, else 1 / (1 − rate), in the shape of `like`.
    fn factor<'g>(&self, like: Tensor<'g>, rate: f64, purpose: &str) -> Tensor<'g> {
        let graph = like.graph();
        let kept = graph.random_uniform(purpose, &like.shape()).greater_equal(graph.scalar(rate));
        let shape = like.shape();
        kept.select(
            graph.scalar(1.0 / (1.0 - rate)).broadcast_to(&shape),
            graph.scalar(0.0).broadcast_to(&shape),
        )
    }
}

/// `[N, steps, features]` as a table of all rows and steps.
pub(crate) fn as_rows(x: Tensor<'_>) -> Tensor<'_> {
    let shape = x.shape();
    let (rows, width) = shape.split_at(2);
    x.reshape(&[Shape::from(rows).elements(), width[0]])
}

/// The name under which a state goes from one batch to the next.
fn carried(x: Tensor<'_>, word: &str) -> String {
    format!("{CARRIED}{}.{word}", x.graph().scope())
}
