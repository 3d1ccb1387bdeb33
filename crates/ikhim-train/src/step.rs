//! The step of a training loop that one writes oneself.

use crate::{TrainingData, default_metrics};
use ikhim_cpu::Runtime;
use ikhim_data::Batch;
use ikhim_graph::{Array, Precision, State};
use ikhim_nn::{Loss, Model, Objective, Optimizer, Spec, prediction, training};
use ikhim_run::{About, Program, Rows, held, zeros};
use ikhim_text::{Fault, Result};
use std::sync::Arc;

/// One update of a network, described and not yet compiled: for a training loop
/// that one writes oneself, where [`Trainer`](crate::Trainer) does too much.
///
/// ```
/// use ikhim_data::{Dataset, Split};
/// use ikhim_nn::{CrossEntropy, Mlp, Sgd};
/// use ikhim_train::{Step, TrainingData};
///
/// let parts = Dataset::named("iris").load()?.split(Split::new())?;
/// let data = TrainingData::fit(&parts.train, &parts.validation)?;
/// let step = Step::new(Mlp::new([16]), CrossEntropy::new(), Sgd::new(0.1).momentum(0.9))
///     .fetch("dense_1.kernel.grad")
///     .seed(7)
///     .compile(&data.spec())?;
/// let mut state = step.init();
/// for epoch in 0..10 {
///     for batch in data.train().batches(32).shuffled(7, epoch) {
///         let out = step.run(&mut state, &batch?)?;
///         assert!(out.loss().is_finite());
///         assert_eq!(out.tensor("dense_1.kernel.grad")?.shape(), [4, 16]);
///     }
/// }
/// let model = step.model(&data, &state)?;
/// let judgement = model.judge(data.validation().encoded(), &model.metrics())?;
/// assert!(judgement.first().unwrap().1 > 0.8);
/// # Ok::<(), ikhim_text::Fault>(())
/// ```
#[derive(Clone)]
#[must_use = "nothing is built before `compile`"]
pub struct Step {
    network: Arc<dyn Model + Send + Sync>,
    objective: Objective,
    fetches: Vec<String>,
    learning_rate: f64,
    seed: u64,
    precision: Precision,
    runtime: Runtime,
}

impl Step {
    /// An update of a network by the gradient of a loss.
    pub fn new(
        network: impl Model + Send + Sync + 'static,
        loss: impl Into<Loss>,
        optimizer: impl Into<Optimizer>,
    ) -> Step {
        Step::of(network, Objective::new(loss, optimizer))
    }

    /// As [`Step::new`] with penalties, clipping, groups and what else an
    /// objective has.
    pub fn of(network: impl Model + Send + Sync + 'static, objective: Objective) -> Step {
        Step::shared(Arc::new(network), objective)
    }

    /// As [`Step::of`] of a network that is shared.
    pub(crate) fn shared(network: Arc<dyn Model + Send + Sync>, objective: Objective) -> Step {
        Step {
            network,
            learning_rate: objective.optimizer().learning_rate(),
            objective,
            fetches: Vec::new(),
            seed: 0,
            precision: Precision::F32,
            runtime: Runtime::default(),
        }
    }

    /// Gives a value of the graph with each update, by its name: an output of
    /// [`training`], e.g. `dense_1.kernel.grad`, or what the network itself has
    /// named.
    pub fn fetch(mut self, name: impl Into<String>) -> Step {
        self.fetches.push(name.into());
        self
    }

    /// Drives initial weights and dropout.
    pub fn seed(mut self, seed: u64) -> Step {
        self.seed = seed;
        self
    }

    /// Computes in f64 instead of f32.
    pub fn precision(mut self, precision: Precision) -> Step {
        self.precision = precision;
        self
    }

    /// Computes on the threads and at the level of a runtime; without it on all
    /// cores at the best level. The bits are the same on every runtime.
    pub fn runtime(mut self, runtime: Runtime) -> Step {
        self.runtime = runtime;
        self
    }

    /// Builds the graph of the step.
    ///
    /// # Errors
    /// Every fault of the network's shapes, before any row is read; a fetched
    /// name that is not in the graph.
    #[track_caller]
    pub fn compile(self, spec: &Spec) -> Result<CompiledStep> {
        let definition = Arc::new(training(self.network.as_ref(), spec, &self.objective)?);
        let fetches: Vec<&str> =
            ["loss"].into_iter().chain(self.fetches.iter().map(String::as_str)).collect();
        let held = zeros(&definition, 1);
        let fetches: Vec<&str> =
            fetches.into_iter().chain(held.keys().map(String::as_str)).collect();
        let program =
            Program::updating(definition, &fetches, self.precision)?.on(self.runtime.clone());
        Ok(CompiledStep { step: self, program })
    }
}

/// A step that is ready to run: one for each thread.
///
/// A stateful layer goes on from the state that the run before left in the
/// [`State`], as long as batches have as many rows; [`CompiledStep::rewind`] lets
/// it begin at zero.
///
/// The [`State`] is all that a loop has to keep: it counts its updates itself,
/// so a loop that goes on from a saved state draws the dropout that it would
/// have drawn.
#[derive(Clone)]
pub struct CompiledStep {
    step: Step,
    program: Program,
}

/// What one update gave: values from before it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StepOutput {
    loss: f64,
    fetched: Vec<(String, Array)>,
}

impl CompiledStep {
    /// The state at step 0.
    pub fn init(&self) -> State {
        State::initial(self.program.definition(), self.step.seed)
    }

    /// Lets stateful layers begin at zero: for a new epoch.
    pub fn rewind(&self, state: &mut State) {
        for (name, zeros) in zeros(self.program.definition(), 0) {
            state.set(name, zeros);
        }
    }

    /// The rate of the updates that follow: for a schedule of one's own.
    pub fn set_learning_rate(&mut self, rate: f64) {
        self.step.learning_rate = rate;
    }

    /// Updates the state by the gradient on a batch.
    ///
    /// # Errors
    /// A batch that was encoded for another network, a state of another
    /// network. The state is then unchanged.
    pub fn run(&self, state: &mut State, batch: &Batch) -> Result<StepOutput> {
        let rows = Rows::whole(batch.rows.clone());
        let rate = Array::f64(&[], vec![self.step.learning_rate]);
        let updates = state.get("optimizer.step").and_then(|count| count.to_f64().first().copied());
        let feed = rows
            .feed()
            .input("learning_rate", &rate)
            .random(self.step.seed, updates.unwrap_or(0.0) as u64);
        // A state of another number of rows belongs to other batches.
        let held = held(self.program.definition(), state, rows.len());
        let feed = held.iter().fold(feed, |feed, (name, value)| feed.input(name, value));
        let mut fetched = self.program.run(state, &feed)?;
        let states = fetched.split_off(fetched.len() - held.len());
        for (name, value) in held.keys().zip(states) {
            state.set(name, value);
        }
        let mut fetched = fetched.into_iter();
        let loss = fetched.next().and_then(|loss| loss.to_f64().first().copied());
        Ok(StepOutput {
            loss: loss.unwrap_or(f64::NAN),
            fetched: self.step.fetches.iter().cloned().zip(fetched).collect(),
        })
    }

    /// The model of a state, with the preprocessing of the data and the metrics
    /// that fit its target: it predicts, is saved and opens a sealed test.
    ///
    /// # Errors
    /// Data that do not fit the network.
    pub fn model(&self, data: &TrainingData, state: &State) -> Result<ikhim_run::Model> {
        let step = &self.step;
        let definition = prediction(step.network.as_ref(), &data.spec(), step.objective.loss())?;
        let about = About {
            name: "by-hand".to_string(),
            run: String::new(),
            metrics: default_metrics(data).iter().map(|m| m.name().to_string()).collect(),
            double: step.precision == Precision::F64,
        };
        ikhim_run::Model::new(about, data.preprocessing().clone(), definition.into(), state)
    }
}

impl StepOutput {
    /// The mean loss of the batch, without penalties.
    pub fn loss(&self) -> f64 {
        self.loss
    }

    /// A fetched value by its name.
    ///
    /// # Errors
    /// The name was not fetched.
    pub fn tensor(&self, name: &str) -> Result<&Array> {
        let found = self.fetched.iter().find(|(fetched, _)| fetched == name);
        found.map(|(_, array)| array).ok_or_else(|| {
            Fault::of("train.unknown_fetch")
                .with("name", name)
                .help("ask for it by `Step::fetch` before `compile`")
        })
    }
}
