use crate::observer::{Interrupt, Observer};
use crate::session::Session;
use crate::{DecisionThreshold, EarlyStopping, Run, TrainingData};
use ikhim_cpu::Runtime;
use ikhim_data::{Augmentation, BatchSize, Preprocessing, Task, Train, Validation};
use ikhim_graph::{Precision, State};
use ikhim_nn::{
    Adam, BinaryCrossEntropy, CrossEntropy, Loss, Model, Mse, Objective, Optimizer, Schedule,
};
use ikhim_run::metric::Metric;
use ikhim_run::{Checkpoint, RunFolder};
use ikhim_text::Result;
use std::sync::Arc;

/// How long training goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// So many times over all train rows.
    Epochs(u64),
    /// So many updates; 0 only measures.
    Steps(u64),
}

/// What happens when the loss is not a finite number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnNonFinite {
    /// Training stops with a finding, and the best weights so far are kept.
    #[default]
    Stop,
    /// Training goes on, for watching what happens.
    Continue,
}

/// The share of the rarest class below which accuracy says little.
const RARE: f64 = 0.2;

/// Of many classes none has a fifth of the rows: there a class is rare that has
/// less than this part of an even share.
const RARE_OF_EVEN: f64 = 0.6;

/// Trains a network: a plain list of settings until [`Trainer::fit`].
///
/// ```
/// use ikhim_data::{Dataset, Split};
/// use ikhim_nn::Mlp;
/// use ikhim_train::Trainer;
///
/// let parts = Dataset::named("iris").load()?.split(Split::new())?;
/// let run = Trainer::new(Mlp::new([16])).epochs(30).seed(7).fit(&parts.train, &parts.validation)?;
/// let (metric, value) = run.validation.first().unwrap();
/// assert_eq!(metric.name(), "accuracy");
/// assert!(value > 0.8, "{value}");
/// # Ok::<(), ikhim_text::Fault>(())
/// ```
pub struct Trainer {
    pub(crate) name: String,
    pub(crate) model: Arc<dyn Model + Send + Sync>,
    loss: Option<Loss>,
    optimizer: Option<Optimizer>,
    objective: Option<Objective>,
    pub(crate) learning_rate: Option<f64>,
    pub(crate) schedule: Schedule,
    metrics: Vec<Metric>,
    pub(crate) batch_size: BatchSize,
    /// Without it, [`default_epochs`].
    pub(crate) length: Option<Length>,
    pub(crate) shuffle: bool,
    pub(crate) seed: u64,
    pub(crate) precision: Precision,
    pub(crate) runtime: Runtime,
    pub(crate) early_stopping: Option<EarlyStopping>,
    pub(crate) restore_best: bool,
    pub(crate) on_nonfinite: OnNonFinite,
    pub(crate) checkpoint_every: Option<u64>,
    pub(crate) observers: Vec<Box<dyn Observer + Send>>,
    pub(crate) interrupt: Interrupt,
    pub(crate) folder: Option<Arc<RunFolder>>,
    pub(crate) checkpoint: Option<Checkpoint>,
    pub(crate) initial: Option<State>,
    augmentation: Option<Augmentation>,
    pub(crate) decision_threshold: Option<DecisionThreshold>,
}

impl Trainer {
    /// A trainer of a network with the defaults: the loss and the metrics that
    /// fit the target, Adam, batches of 32 shuffled rows, [`default_epochs`].
    pub fn new(model: impl Model + Send + Sync + 'static) -> Trainer {
        Trainer::of(Arc::new(model))
    }

    /// As [`Trainer::new`] of a network that is shared or of unknown type.
    pub fn of(model: Arc<dyn Model + Send + Sync>) -> Trainer {
        Trainer {
            name: "run".to_string(),
            model,
            loss: None,
            optimizer: None,
            objective: None,
            learning_rate: None,
            schedule: Schedule::constant(),
            metrics: Vec::new(),
            batch_size: BatchSize::Rows(32),
            length: None,
            shuffle: true,
            seed: 0,
            precision: Precision::F32,
            runtime: Runtime::default(),
            early_stopping: None,
            restore_best: true,
            on_nonfinite: OnNonFinite::Stop,
            checkpoint_every: None,
            observers: Vec::new(),
            interrupt: Interrupt::new(),
            folder: None,
            checkpoint: None,
            initial: None,
            augmentation: None,
            decision_threshold: None,
        }
    }

    /// The name of the run in its model file.
    pub fn name(mut self, name: impl Into<String>) -> Trainer {
        self.name = name.into();
        self
    }

    /// What training makes small. Without it: cross-entropy for classes, the
    /// mean squared error for numbers.
    pub fn loss(mut self, loss: impl Into<Loss>) -> Trainer {
        self.loss = Some(loss.into());
        self
    }

    /// How parameters are updated; Adam without it.
    pub fn optimizer(mut self, optimizer: impl Into<Optimizer>) -> Trainer {
        self.optimizer = Some(optimizer.into());
        self
    }

    /// Loss, optimizer, penalties and clipping in one value, in the place of
    /// [`Trainer::loss`] and [`Trainer::optimizer`].
    pub fn objective(mut self, objective: Objective) -> Trainer {
        self.objective = Some(objective);
        self
    }

    /// The rate, in the place of the optimizer's own.
    pub fn learning_rate(mut self, rate: f64) -> Trainer {
        self.learning_rate = Some(rate);
        self
    }

    /// The course of the rate over the steps.
    pub fn schedule(mut self, schedule: impl Into<Schedule>) -> Trainer {
        self.schedule = schedule.into();
        self
    }

    /// How the network is judged; the first metric selects the best epoch, on
    /// validation.
    pub fn metrics(mut self, metrics: impl IntoIterator<Item = Metric>) -> Trainer {
        self.metrics = metrics.into_iter().collect();
        self
    }

    /// Rows of a batch.
    pub fn batch_size(mut self, size: impl Into<BatchSize>) -> Trainer {
        self.batch_size = size.into();
        self
    }

    /// Trains so many times over all train rows.
    pub fn epochs(mut self, epochs: u64) -> Trainer {
        self.length = Some(Length::Epochs(epochs));
        self
    }

    /// Trains for so many updates; 0 only measures.
    pub fn steps(mut self, steps: u64) -> Trainer {
        self.length = Some(Length::Steps(steps));
        self
    }

    /// Whether the order of the rows changes from epoch to epoch.
    pub fn shuffle(mut self, shuffle: bool) -> Trainer {
        self.shuffle = shuffle;
        self
    }

    /// Drives initial weights, order of batches and dropout.
    pub fn seed(mut self, seed: u64) -> Trainer {
        self.seed = seed;
        self
    }

    /// Computes in f64 instead of f32.
    pub fn precision(mut self, precision: Precision) -> Trainer {
        self.precision = precision;
        self
    }

    /// Computes on the threads and at the level of a runtime; without it on all
    /// cores at the best level. The bits are the same on every runtime, and in
    /// f64 the calling thread computes alone.
    pub fn runtime(mut self, runtime: Runtime) -> Trainer {
        self.runtime = runtime;
        self
    }

    /// Stops when validation does not improve any more.
    pub fn early_stopping(mut self, early_stopping: EarlyStopping) -> Trainer {
        self.early_stopping = Some(early_stopping);
        self
    }

    /// Whether the model has the weights of the best epoch on validation (the
    /// default) or those of the last.
    pub fn restore_best(mut self, restore_best: bool) -> Trainer {
        self.restore_best = restore_best;
        self
    }

    /// What happens when the loss is not a finite number.
    pub fn on_nonfinite(mut self, on_nonfinite: OnNonFinite) -> Trainer {
        self.on_nonfinite = on_nonfinite;
        self
    }

    /// Saves a checkpoint every so many steps; without it about once a second.
    pub fn checkpoint_every(mut self, steps: u64) -> Trainer {
        self.checkpoint_every = Some(steps.max(1));
        self
    }

    /// Adds someone who watches.
    pub fn observer(mut self, observer: impl Observer + Send + 'static) -> Trainer {
        self.observers.push(Box::new(observer));
        self
    }

    /// The request on which training stops after the step under way.
    pub fn interrupt(mut self, interrupt: Interrupt) -> Trainer {
        self.interrupt = interrupt;
        self
    }

    /// Keeps log, checkpoints and the model in a run folder.
    pub fn folder(mut self, folder: Arc<RunFolder>) -> Trainer {
        self.folder = Some(folder);
        self
    }

    /// Goes on from a checkpoint instead of from step 0: the result has the bits
    /// of a training that was never stopped.
    pub fn resume(mut self, checkpoint: Checkpoint) -> Trainer {
        self.checkpoint = Some(checkpoint);
        self
    }

    /// Begins with these weights where their paths and shapes fit, instead of
    /// drawn ones.
    pub fn initial(mut self, state: State) -> Trainer {
        self.initial = Some(state);
        self
    }

    /// From which probability on a row is called the second of two classes: a
    /// number, or a metric that is to be highest on the validation rows. Without
    /// it, one half. Weights and the best epoch do not depend on it.
    pub fn decision_threshold(mut self, threshold: impl Into<DecisionThreshold>) -> Trainer {
        self.decision_threshold = Some(threshold.into());
        self
    }

    /// Changes the train rows each time they are seen.
    pub fn augmentation(mut self, augmentation: Augmentation) -> Trainer {
        self.augmentation = Some(augmentation);
        self
    }

    /// Trains on the train rows and selects on the validation rows. It blocks
    /// until training is over. A sealed test part does not fit in here:
    ///
    /// ```compile_fail,E0308
    /// # use ikhim_data::{Dataset, Split};
    /// # use ikhim_nn::Mlp;
    /// # use ikhim_train::Trainer;
    /// let parts = Dataset::named("iris").load().unwrap().split(Split::new()).unwrap();
    /// Trainer::new(Mlp::new([16])).fit(&parts.test, &parts.validation);
    /// ```
    ///
    /// # Errors
    /// A network that does not fit the data (before the first step), values
    /// that cannot be encoded, a folder that cannot be written. Divergence is no
    /// error: see [`Run::status`].
    pub fn fit(self, train: &Train, validation: &Validation) -> Result<Run> {
        let data = TrainingData::fit(train, validation)?;
        match self.augmentation.clone() {
            Some(augmentation) => self.fit_encoded(&data.augmented(augmentation)?),
            None => self.fit_encoded(&data),
        }
    }

    /// As [`Trainer::fit`] on rows that were encoded before, for several
    /// trainings on the same rows. They change as
    /// [`TrainingData::augmented`] says.
    ///
    /// # Errors
    /// As [`Trainer::fit`].
    pub fn fit_encoded(self, data: &TrainingData) -> Result<Run> {
        Session::new(self, data)?.run()
    }

    /// What training makes small on such data.
    pub(crate) fn objective_for(&self, data: &TrainingData) -> Objective {
        if let Some(objective) = &self.objective {
            return objective.clone();
        }
        let loss = self.loss.clone().unwrap_or_else(|| default_loss(data.preprocessing()));
        let optimizer = self.optimizer.clone().unwrap_or_else(|| Adam::default().into());
        Objective::new(loss, optimizer)
    }

    /// The metrics on such data.
    pub(crate) fn metrics_for(&self, data: &TrainingData) -> Vec<Metric> {
        if self.metrics.is_empty() { default_metrics(data) } else { self.metrics.clone() }
    }
}

/// The epochs of a training that does not say: 100, and so many more that few
/// rows get 4,000 steps.
///
/// Chosen on the validation parts of eight small tables with three splits and
/// three seeds each: with 400 steps iris reaches an accuracy of 0.87 in the mean,
/// zoo 0.90; with 4,000 they reach 0.95 and 0.97, and 8,000 bring nothing more.
pub fn default_epochs(steps_per_epoch: u64) -> u64 {
    const EPOCHS: u64 = 100;
    const LEAST_STEPS: u64 = 4_000;
    EPOCHS.max(LEAST_STEPS.div_ceil(steps_per_epoch.max(1)))
}

/// The epochs of a [`Cnn`](ikhim_nn::Cnn) whose experiment does not say: 10, and
/// so many more that few rows get 1,200 steps.
///
/// Chosen on the validation rows of the digits with five seeds, under a rate that
/// falls along a cosine: 1,200 steps bring 0.989 to 0.993.
pub fn default_epochs_of_images(steps_per_epoch: u64) -> u64 {
    const EPOCHS: u64 = 10;
    const LEAST_STEPS: u64 = 1_200;
    EPOCHS.max(LEAST_STEPS.div_ceil(steps_per_epoch.max(1)))
}

/// The epochs of a network that reads text and whose experiment does not say: 10,
/// and so many more that few rows get 2,000 steps. Thousands of terms are learned by
/// heart within a few epochs: of 8,277 Korean sentences the third was the best.
pub fn default_epochs_of_text(steps_per_epoch: u64) -> u64 {
    const EPOCHS: u64 = 10;
    const LEAST_STEPS: u64 = 2_000;
    EPOCHS.max(LEAST_STEPS.div_ceil(steps_per_epoch.max(1)))
}

/// The loss that fits a target.
pub fn default_loss(preprocessing: &Preprocessing) -> Loss {
    match preprocessing.task() {
        Task::Regression | Task::Reconstruction => Mse::new().into(),
        Task::MultiLabel => BinaryCrossEntropy::new().into(),
        Task::NextToken => CrossEntropy::new().into(),
        _ if preprocessing.classes().len() == 2 => BinaryCrossEntropy::new().into(),
        _ => CrossEntropy::new().into(),
    }
}

/// The metrics that fit a target, the selecting one first. Where the rarest class
/// has less than a fifth of the rows (of many classes: less than 0.6 of an even
/// share), accuracy says little, and the ranking selects. With few rows it is soon
/// perfect; of the epochs that share it the one with the lowest loss is kept.
pub fn default_metrics(data: &TrainingData) -> Vec<Metric> {
    let classes = data.preprocessing().classes().len();
    let rare = RARE.min(RARE_OF_EVEN / classes.max(1) as f64);
    match data.preprocessing().task() {
        Task::Regression | Task::Reconstruction => {
            vec![Metric::Rmse, Metric::Mae, Metric::R2]
        }
        Task::NextToken => {
            vec![Metric::Perplexity, Metric::BitsPerCharacter, Metric::Accuracy]
        }
        _ if data.rarest_class_share() >= rare => vec![Metric::Accuracy],
        _ if classes == 2 => vec![Metric::RocAuc, Metric::AveragePrecision, Metric::Accuracy],
        _ => vec![
            Metric::RocAuc,
            Metric::AveragePrecision,
            Metric::BalancedAccuracy,
            Metric::Accuracy,
        ],
    }
}
