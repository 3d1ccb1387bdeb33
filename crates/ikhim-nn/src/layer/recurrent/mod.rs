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

mod common;
mod gru;
mod lstm;
mod simple_rnn;

pub(crate) use common::as_rows;

use crate::{Initializer, Module};
use common::Common;
use ikhim_graph::{RnnActivation, Tensor};
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

            #[track_caller]
            fn forward_within<'g>(&self, x: Tensor<'g>, lengths: Option<Tensor<'g>>) -> Tensor<'g> {
                self.join(&[x], lengths)
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
