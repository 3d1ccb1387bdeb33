//! Recurrent layers over sequences `[N, steps, features]`.
//!
//! The inputs of all steps enter by one product over all rows and steps. The
//! parameters have Keras's names and its order of gates, which is PyTorch's too
//! but for the gru:
//!
//! | layer | `kernel`, `recurrent_kernel` | `bias` |
//! |---|---|---|
//! | simple_rnn | `[features, units]`, `[units, units]` | `[units]` |
//! | lstm | gates i, f, g, o: `[features, 4·units]`, `[units, 4·units]` | `[4·units]` |
//! | gru | gates z, r, n: `[features, 3·units]`, `[units, 3·units]` | `[2, 3·units]`, of the inputs and of the state |
//!
//! PyTorch has two biases for each layer, of which the lstm needs the sum; it
//! writes the gates of a gru as r, z, n. The second direction of a bidirectional
//! layer has parameters `backward_kernel` and so on.

mod gru;
mod lstm;
mod simple_rnn;

use crate::module::declare;
use crate::{CARRIED, Initializer, Module};
use ikhim_graph::{DType, Dim, Mode, Recurrence, RnnActivation, Shape, Tensor};
use ikhim_text::Fault;
use serde::{Deserialize, Serialize};

/// The state of a recurrent layer before the first step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum InitialState {
    /// Zeros.
    #[default]
    Zeros,
    /// Parameters `initial_state` (and `initial_cell`) `[units]`, the same for
    /// all rows, which begin at zero.
    Learned,
}

/// What [`Lstm::run`] and its like give.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct RecurrentValues<'g> {
    /// The states of all steps, `[N, steps, units]`; exactly 0 from the length of
    /// a row on. Of a bidirectional layer those of both directions beside each
    /// other.
    pub sequence: Tensor<'g>,
    /// The state at the length of each row, `[N, units]`.
    pub state: Tensor<'g>,
    /// The cell there, where the layer has one.
    pub cell: Option<Tensor<'g>>,
}

/// What a recurrent layer may be given beside its sequence.
///
/// ```
/// use ikhim_nn::Sequence;
/// let nothing = Sequence::new();
/// # let _ = nothing;
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Sequence<'g> {
    lengths: Option<Tensor<'g>>,
    state: Option<Tensor<'g>>,
    cell: Option<Tensor<'g>>,
}

impl<'g> Sequence<'g> {
    /// All steps of all rows, from the layer's own initial state.
    pub fn new() -> Sequence<'g> {
        Sequence::default()
    }

    /// The number of steps of each row, integers `[N]`; what stands behind is
    /// padding.
    pub fn lengths(mut self, lengths: impl Into<Option<Tensor<'g>>>) -> Sequence<'g> {
        self.lengths = lengths.into();
        self
    }

    /// The state before the first step, `[N, units]`: that of an encoder.
    pub fn state(mut self, state: impl Into<Option<Tensor<'g>>>) -> Sequence<'g> {
        self.state = state.into();
        self
    }

    /// The cell before the first step, `[N, units]`.
    pub fn cell(mut self, cell: impl Into<Option<Tensor<'g>>>) -> Sequence<'g> {
        self.cell = cell.into();
        self
    }
}

/// Whether each step of a sequence of `steps` stands before the length of its
/// row: `[N, steps]`.
#[track_caller]
pub(crate) fn mask<'g>(lengths: Tensor<'g>, steps: usize) -> Tensor<'g> {
    lengths.graph().iota(steps).less(lengths.expand_dims(-1))
}

/// What all recurrent layers have in common, borrowed from one of them.
struct Common<'a> {
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
struct Direction<'g> {
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

/// The settings that every recurrent layer has, and what it shares with other
/// layers.
macro_rules! recurrent {
    ($(#[$doc:meta])* $layer:ident, $cell:literal { $($own:ident: $type:ty = $default:expr, $default_name:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[non_exhaustive]
        pub struct $layer {
            units: usize,
            #[serde(default = "yes")]
            return_sequences: bool,
            #[serde(default)]
            stateful: bool,
            #[serde(default)]
            bidirectional: bool,
            #[serde(default)]
            initial_state: InitialState,
            #[serde(default)]
            dropout: f64,
            #[serde(default)]
            recurrent_dropout: f64,
            #[serde(default = "yes")]
            use_bias: bool,
            #[serde(default = "Initializer::glorot_uniform")]
            kernel_initializer: Initializer,
            #[serde(default = "orthogonal")]
            recurrent_initializer: Initializer,
            #[serde(default = "Initializer::zeros")]
            bias_initializer: Initializer,
            $(#[serde(default = $default_name)] $own: $type,)*
        }

        impl $layer {
            /// So many units, with Keras's initializers: a Glorot uniform kernel,
            /// an orthogonal recurrent kernel, a bias of 0.
            pub fn new(units: usize) -> $layer {
                $layer {
                    units,
                    return_sequences: true,
                    stateful: false,
                    bidirectional: false,
                    initial_state: InitialState::Zeros,
                    dropout: 0.0,
                    recurrent_dropout: 0.0,
                    use_bias: true,
                    kernel_initializer: Initializer::GlorotUniform,
                    recurrent_initializer: orthogonal(),
                    bias_initializer: Initializer::Zeros,
                    $($own: $default,)*
                }
            }

            /// Whether it gives the state of every step, which is the default, or
            /// only that at the end of each row.
            pub fn return_sequences(mut self, return_sequences: bool) -> $layer {
                self.return_sequences = return_sequences;
                self
            }

            /// Whether a row of a batch goes on from the state where the same row
            /// of the batch before ended (truncated back-propagation through
            /// time). An epoch begins at zero.
            pub fn stateful(mut self, stateful: bool) -> $layer {
                self.stateful = stateful;
                self
            }

            /// Whether a second one reads the sequence from its end; the values of
            /// both stand beside each other.
            pub fn bidirectional(mut self, bidirectional: bool) -> $layer {
                self.bidirectional = bidirectional;
                self
            }

            /// The state before the first step.
            pub fn initial_state(mut self, initial_state: InitialState) -> $layer {
                self.initial_state = initial_state;
                self
            }

            /// The share of inputs that are 0 in training, the same in all steps.
            pub fn dropout(mut self, dropout: f64) -> $layer {
                self.dropout = dropout;
                self
            }

            /// The share of the state that the recurrent product sees as 0 in
            /// training, the same in all steps (Gal and Ghahramani 2016).
            pub fn recurrent_dropout(mut self, recurrent_dropout: f64) -> $layer {
                self.recurrent_dropout = recurrent_dropout;
                self
            }

            /// Whether there is a bias.
            pub fn use_bias(mut self, use_bias: bool) -> $layer {
                self.use_bias = use_bias;
                self
            }

            /// The kernel at step 0.
            pub fn kernel_initializer(mut self, initializer: Initializer) -> $layer {
                self.kernel_initializer = initializer;
                self
            }

            /// The recurrent kernel at step 0.
            pub fn recurrent_initializer(mut self, initializer: Initializer) -> $layer {
                self.recurrent_initializer = initializer;
                self
            }

            /// The bias at step 0.
            pub fn bias_initializer(mut self, initializer: Initializer) -> $layer {
                self.bias_initializer = initializer;
                self
            }

            fn common(&self, gates: usize) -> Common<'_> {
                Common {
                    units: self.units,
                    gates,
                    return_sequences: self.return_sequences,
                    stateful: self.stateful,
                    bidirectional: self.bidirectional,
                    initial_state: self.initial_state,
                    dropout: self.dropout,
                    recurrent_dropout: self.recurrent_dropout,
                    kernel_initializer: &self.kernel_initializer,
                    recurrent_initializer: &self.recurrent_initializer,
                }
            }

            /// The layer on a sequence with lengths or an initial state of its
            /// own: what an encoder and a decoder need.
            #[track_caller]
            pub fn run<'g>(
                &self,
                x: Tensor<'g>,
                given: Sequence<'g>,
            ) -> RecurrentValues<'g> {
                self.recur(x, given)
            }

            /// The value for the next layer, with further inputs in their order:
            /// initial state, initial cell.
            #[track_caller]
            pub(crate) fn join<'g>(
                &self,
                inputs: &[Tensor<'g>],
                lengths: Option<Tensor<'g>>,
            ) -> Tensor<'g> {
                let state = |place: usize| inputs.get(place).copied();
                let given = Sequence::new().lengths(lengths).state(state(1)).cell(state(2));
                let values = self.recur(inputs[0], given);
                self.common(0).value(values)
            }
        }

        impl Module for $layer {
            #[track_caller]
            fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
                self.join(&[x], None)
            }

            fn kind(&self) -> Option<String> {
                Some($cell.to_string())
            }

            fn is_opaque(&self) -> bool {
                true
            }
        }
    };
}

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
        activation: RnnActivation = RnnActivation::Tanh, "RnnActivation::default";
    }
}

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
        unit_forget_bias: bool = true, "yes";
    }
}

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

fn yes() -> bool {
    true
}

fn orthogonal() -> Initializer {
    Initializer::orthogonal(1.0)
}
