//! From an experiment to a trainer: rows in parts, open questions decided by the
//! data, the network and its objective.

mod decide;
mod kept;
mod record;
mod source;

pub use decide::Decision;
pub use source::{dataset, dataset_reading, placed, split};

use crate::{DecisionThreshold, EarlyStopping, Length, OnNonFinite, Trainer, TrainingData};
use ikhim_data::{
    Assigned, Dataset, Ledger, Mistake, Notice, Parts, Preprocessing, Reading, SealedTest,
    SplitMethod, SplitRecord, SplitReport,
};
use ikhim_graph::{Definition, Precision, Role, State};
use ikhim_nn::{CARRIED, LayerRow, Objective, prediction, stepping, summary, training};
use ikhim_run::experiment::{self, Experiment};
use ikhim_run::metric::Metric;
use ikhim_run::{About, Checkpoint, Control, Model, carried};
use ikhim_text::sentence::Sentence;
use ikhim_text::{Fault, Result, sentence};
use std::path::Path;

/// What a person must hear of a run that does something wrong on purpose.
const MISTAKE: Sentence = Sentence {
    english: "wrong on purpose: `[fault]` has {key}",
    korean: "일부러 틀리게 했습니다: `[fault]`에 {key}가 있습니다",
};

/// The key of the mistake that is about both parts.
const TRAIN_ON_VALIDATION: &str = "train_on_validation";

/// The mistakes that an experiment asks for, each with its key; one that is not
/// about train rows alone has no value here.
fn mistakes(experiment: &Experiment) -> Vec<(&'static str, Option<Mistake>)> {
    let Some(fault) = &experiment.fault else { return Vec::new() };
    let offset = fault.label_offset();
    let scale = fault.label_scale();
    let features = fault.feature_scale();
    let all = [
        (fault.shuffles_features(), "shuffle_features", Some(Mistake::ShuffleFeatures)),
        (offset != 0, "label_offset", Some(Mistake::LabelOffset(offset))),
        (scale != 1.0, "label_scale", Some(Mistake::LabelScale(scale))),
        (features != 1.0, "feature_scale", Some(Mistake::FeatureScale(features))),
        (fault.trains_on_validation(), TRAIN_ON_VALIDATION, None),
        (fault.flips_gradient(), "flip_gradient", None),
    ];
    let asked = all.into_iter().filter(|(asked, ..)| *asked);
    asked.map(|(_, key, mistake)| (key, mistake)).collect()
}

/// An experiment with its rows, ready to be trained as often as one likes.
#[derive(Debug)]
#[non_exhaustive]
pub struct Prepared {
    /// The experiment with nothing left open.
    pub experiment: Experiment,
    /// What the data decided.
    pub decisions: Vec<Decision>,
    /// The whole data as they were read.
    pub dataset: Dataset,
    /// The rows of train and validation, encoded.
    pub data: TrainingData,
    /// The sealed rows.
    pub test: SealedTest,
    /// How the rows were parted.
    pub split: SplitRecord,
    /// What is to be said about the parts.
    pub report: SplitReport,
    /// What is to be said about the data.
    pub notices: Vec<Notice>,
    /// Where the assignment of the rows is kept, and what it is now.
    assignment: Option<(kept::Kept, Assigned)>,
    /// Whether the preprocessing is that of another model.
    goes_on: bool,
}

impl Prepared {
    /// Loads the rows, splits them before anything else reads them, fits
    /// preprocessing to the train rows and decides what is open.
    ///
    /// # Errors
    /// What the data, the split or the preprocessing say.
    pub fn new(experiment: &Experiment, base: &Path) -> Result<Prepared> {
        let placed = |fault| experiment.place(fault);
        let dataset = dataset(experiment, base).map_err(placed)?;
        let parts = dataset.split(split(&experiment.split)).map_err(placed)?;
        Prepared::of_parts(experiment, dataset, parts)
    }

    /// The same in the project of a ledger, in which looks at the sealed rows are
    /// counted. Of a file that was split before, rows that are known keep their
    /// part.
    ///
    /// # Errors
    /// What [`Prepared::new`] says.
    pub fn in_project(experiment: &Experiment, base: &Path, ledger: Ledger) -> Result<Prepared> {
        Prepared::in_project_reading(experiment, base, ledger, &Reading::default())
    }

    /// As [`Prepared::in_project`], telling how far reading in pieces has come.
    ///
    /// # Errors
    /// What [`Prepared::new`] says.
    pub fn in_project_reading(
        experiment: &Experiment,
        base: &Path,
        ledger: Ledger,
        reading: &Reading,
    ) -> Result<Prepared> {
        let placed = |fault| experiment.place(fault);
        let dataset = dataset_reading(experiment, base, reading).map_err(placed)?;
        Prepared::of_dataset(experiment, dataset, ledger)
    }

    /// As [`Prepared::in_project`] of rows that were read before, for several
    /// splits of the same rows. Keys of the data are those that they were read by.
    ///
    /// # Errors
    /// What [`Prepared::new`] says.
    pub fn of_dataset(
        experiment: &Experiment,
        dataset: Dataset,
        ledger: Ledger,
    ) -> Result<Prepared> {
        let placed = |fault| experiment.place(fault);
        let split = split(&experiment.split);
        let Some(kept) = kept::Kept::of(experiment, &dataset, &ledger) else {
            let parts = dataset.split(split).map_err(placed)?;
            return Ok(Prepared::of_parts(experiment, dataset, parts)?.in_ledger(ledger));
        };
        let parts = kept.split(&dataset, &split).map_err(placed)?;
        let assignment = match parts.record.fold {
            _ if !parts.record.method.is_drawn() => None,
            None => Some(parts.assigned()),
            // What is kept is the split that all folds share.
            Some(_) => {
                let whole = kept.split(&dataset, &split.clone().without_fold()).map_err(placed)?;
                Some(whole.assigned())
            }
        };
        let mut prepared = Prepared::of_parts(experiment, dataset, parts)?;
        prepared.assignment = assignment.map(|assignment| (kept, assignment));
        Ok(prepared.in_ledger(ledger))
    }

    /// Writes down in the project which part each row has, so that it keeps it
    /// when rows are appended.
    ///
    /// # Errors
    /// The folder of the project cannot be written.
    pub fn keep_assignment(&self) -> Result<()> {
        match &self.assignment {
            Some((kept, assignment)) => kept.write(assignment),
            None => Ok(()),
        }
    }

    /// The same with a split that was drawn before, by its record.
    ///
    /// # Errors
    /// The data changed since; what [`Prepared::new`] says.
    pub fn again(experiment: &Experiment, base: &Path, record: &SplitRecord) -> Result<Prepared> {
        let dataset = dataset(experiment, base).map_err(|fault| experiment.place(fault))?;
        let parts = dataset.split_by_record(record)?;
        Prepared::of_parts(experiment, dataset, parts)
    }

    /// Another experiment over the same source, its rows in the same parts: keys of
    /// the data may say otherwise what its columns are.
    ///
    /// # Errors
    /// The data changed since; what [`Prepared::new`] says.
    pub fn changed(&self, experiment: &Experiment, base: &Path) -> Result<Prepared> {
        let dataset = dataset(experiment, base).map_err(|fault| experiment.place(fault))?;
        let parts = match dataset.content_hash() == self.dataset.content_hash() {
            true => dataset.split_by_places(&self.split)?,
            false => dataset.split_by_record(&self.split)?,
        };
        Prepared::of_parts(experiment, dataset, parts)
    }

    /// Another experiment over the same rows in the same parts, without reading
    /// them again. Keys of data and split are those of this one.
    ///
    /// # Errors
    /// What [`Prepared::new`] says.
    pub fn with_experiment(&self, experiment: &Experiment) -> Result<Prepared> {
        let parts = self.dataset.split_by_record(&self.split)?;
        Prepared::of_parts(experiment, self.dataset.clone(), parts)
    }

    /// The same rows by the preprocessing of another model, on whose weights training
    /// goes on; `None` where it does not fit their columns.
    ///
    /// # Errors
    /// What [`Prepared::new`] says.
    pub fn going_on(&self, kept: &Preprocessing) -> Result<Option<Prepared>> {
        let parts = self.dataset.split_by_record(&self.split)?;
        let Some(kept) = kept.going_on(&parts.train)? else { return Ok(None) };
        let dataset = self.dataset.clone();
        let prepared = Prepared::by(&self.experiment, dataset, parts, Some(kept))?;
        // What was said of the split is not said by its record.
        Ok(Some(Prepared {
            decisions: self.decisions.clone(),
            report: self.report.clone(),
            ..prepared
        }))
    }

    /// Whether the preprocessing is that of another model.
    pub fn goes_on(&self) -> bool {
        self.goes_on
    }

    /// Rows that are in their parts already.
    pub(crate) fn of_rows(
        experiment: &Experiment,
        dataset: Dataset,
        parts: Parts,
    ) -> Result<Prepared> {
        Prepared::by(experiment, dataset, parts, None)
    }

    fn of_parts(experiment: &Experiment, dataset: Dataset, parts: Parts) -> Result<Prepared> {
        Prepared::by(experiment, dataset, parts, None)
    }

    fn by(
        experiment: &Experiment,
        dataset: Dataset,
        parts: Parts,
        kept: Option<Preprocessing>,
    ) -> Result<Prepared> {
        let dataset = dataset.with_rows_of(&parts);
        let is_changed =
            !mistakes(experiment).is_empty() || experiment.data.augmentation().is_some();
        if dataset.is_streamed() && is_changed {
            let found = "a mistake on purpose or an augmentation";
            return Err(Fault::of("data.streaming_training").with("found", found));
        }
        let mut notices = dataset.notices().to_vec();
        let all = parts.train.len();
        let train = match experiment.data.limit() {
            Some(limit) if limit < all => {
                let notice = Notice::new("data.limit", sentence::DATA_LIMIT);
                notices.push(notice.with("rows", all).with("limit", limit));
                parts.train.first(limit)
            }
            _ => parts.train,
        };
        let goes_on = kept.is_some();
        let preprocessing = match kept {
            Some(kept) => kept,
            None => Preprocessing::fit(&train)?,
        };
        if let Some((rows, length)) = preprocessing.cut_off(&train) {
            let notice = Notice::new("data.sequence_cut", sentence::DATA_SEQUENCE_CUT);
            notices.push(notice.with("rows", rows).with("length", length));
        }
        let mut data = TrainingData::new(preprocessing, &train, &parts.validation)?;
        for (key, mistake) in mistakes(experiment) {
            notices.push(Notice::new("experiment.fault", MISTAKE).with("key", key));
            match mistake {
                Some(mistake) => data = data.mistaken(mistake, experiment.seed),
                None if key == TRAIN_ON_VALIDATION => data = data.trained_on_validation(),
                None => {}
            }
        }
        if let Some(augmentation) = experiment.data.augmentation() {
            data = data.augmented(augmentation)?;
        }
        if parts.record.method == SplitMethod::Time {
            data = data.in_order_of_time();
        }
        let (experiment, decisions) = decide::decide(experiment, &data, &parts.report)?;
        let experiment = experiment.with_record(record::record(&dataset, &parts.record));
        let test = match experiment.split.ladder() {
            Some(step) => parts.test.on_ladder(step),
            None => parts.test,
        };
        Ok(Prepared {
            experiment,
            decisions,
            dataset,
            data,
            test,
            split: parts.record,
            report: parts.report,
            notices,
            assignment: None,
            goes_on,
        })
    }

    /// Counts the looks at the sealed rows in a ledger.
    pub fn in_ledger(mut self, ledger: Ledger) -> Prepared {
        self.test = self.test.in_ledger(ledger);
        self
    }

    /// The loss with all that belongs to it.
    ///
    /// # Errors
    /// A class weight for a class that is not there.
    pub fn objective(&self) -> Result<Objective> {
        let classes = self.data.preprocessing().classes();
        self.experiment.objective(classes, &self.data.class_counts())
    }

    /// The layers of the network on these rows. Building it tells every fault
    /// of its shapes.
    ///
    /// # Errors
    /// Shapes that do not fit.
    pub fn layers(&self) -> Result<Vec<LayerRow>> {
        let network = self.experiment.network()?;
        summary(network.as_ref(), &self.data.spec(), self.objective()?.loss())
            .map_err(|fault| self.experiment.place(fault))
    }

    /// The graph of a step of training on these rows.
    ///
    /// # Errors
    /// Shapes that do not fit, at their place in the experiment file.
    pub fn step(&self) -> Result<Definition> {
        let network = self.experiment.network()?;
        training(network.as_ref(), &self.data.spec(), &self.objective()?)
            .and_then(|step| self.checked(step))
            .and_then(|step| ikhim_cpu::check_state(&step).map(|()| step))
            .map_err(|fault| self.experiment.place(fault))
    }

    /// The step, unless it goes on from the window before where windows do not
    /// follow each other.
    fn checked(&self, step: Definition) -> Result<Definition> {
        let [length, stride] = self.experiment.data.window();
        let is_text = self.data.preprocessing().vocabulary().is_some();
        match carried(&step).first() {
            Some(name) if is_text && length != stride => {
                let path = name.trim_start_matches(CARRIED);
                let layer = path.rsplit_once('.').map_or(path, |(layer, _)| layer);
                Err(Fault::of("shape.setting")
                    .with("layer", layer)
                    .with("op", "stateful")
                    .with("setting", "data.window.stride")
                    .with("expected", format!("the length of a window, {length}"))
                    .with("found", stride)
                    .layer(layer))
            }
            _ => Ok(step),
        }
    }

    /// The model before the first step.
    ///
    /// # Errors
    /// Shapes that do not fit.
    pub fn untrained(&self) -> Result<Model> {
        let network = self.experiment.network()?;
        let (spec, objective) = (self.data.spec(), self.objective()?);
        let definition = prediction(network.as_ref(), &spec, objective.loss())
            .map_err(|fault| self.experiment.place(fault))?;
        ikhim_cpu::check_state(&definition)?;
        let state = State::initial(&definition, self.experiment.seed);
        let about = About {
            name: self.experiment.name.clone(),
            run: String::new(),
            metrics: Vec::new(),
            double: self.experiment.training.precision() == "f64",
        };
        let preprocessing = self.data.preprocessing().clone();
        let model = Model::new(about, preprocessing, definition.into(), &state)?;
        match stepping(network.as_ref(), &spec, objective.loss()) {
            Ok(definition) if self.data.preprocessing().vocabulary().is_some() => {
                model.with_stepping(definition.into())
            }
            _ => Ok(model),
        }
    }

    /// The paths of the parameters of the network.
    ///
    /// # Errors
    /// Shapes that do not fit.
    pub fn parameters(&self) -> Result<Vec<String>> {
        let step = self.step()?;
        let variables = step.variables().iter();
        let parameters = variables.filter(|variable| variable.role == Role::Parameter);
        Ok(parameters.map(|variable| variable.path.clone()).collect())
    }

    /// The checkpoint before the first step.
    ///
    /// # Errors
    /// Shapes that do not fit.
    pub fn start(&self, seed: u64) -> Result<Checkpoint> {
        let step = self.step()?;
        let control = Control { seed, ..Control::default() };
        Ok(Checkpoint { state: State::initial(&step, seed), control })
    }

    /// The trainer of the experiment with a seed of its choice.
    ///
    /// # Errors
    /// A class weight for a class that is not there.
    pub fn trainer(&self, seed: u64) -> Result<Trainer> {
        trainer_of(&self.experiment, &self.data, seed)
    }

    /// The trainer of another experiment over the same encoded rows, which differs
    /// from this one in keys of `[model]` and `[training]` alone.
    ///
    /// # Errors
    /// What [`Prepared::trainer`] says.
    pub fn trainer_for(&self, experiment: &Experiment) -> Result<Trainer> {
        let (experiment, _) = decide::decide(experiment, &self.data, &self.report)?;
        trainer_of(&experiment, &self.data, experiment.seed)
    }
}

/// The rate of an experiment, negative where its steps go up the slope on
/// purpose.
fn signed_rate(experiment: &Experiment) -> f64 {
    let rate = experiment.training.learning_rate();
    let flips = experiment.fault.as_ref().is_some_and(|fault| fault.flips_gradient());
    if flips { -rate } else { rate }
}

fn trainer_of(experiment: &Experiment, data: &TrainingData, seed: u64) -> Result<Trainer> {
    let training = &experiment.training;
    let metrics = training.metrics().unwrap_or_default();
    let mut trainer = Trainer::of(experiment.network()?.into())
        .name(experiment.name.clone())
        .objective(experiment.objective(data.preprocessing().classes(), &data.class_counts())?)
        .learning_rate(signed_rate(experiment))
        .schedule(experiment.schedule()?)
        .metrics(metrics.into_iter().filter_map(Metric::named))
        .shuffle(training.shuffle())
        .seed(seed)
        .precision(if training.precision() == "f64" { Precision::F64 } else { Precision::F32 })
        .on_nonfinite(if training.stop_on_nonfinite() {
            OnNonFinite::Stop
        } else {
            OnNonFinite::Continue
        });
    if let Some(threshold) = training.decision_threshold() {
        let threshold = threshold_of(threshold);
        threshold.check(data).map_err(|fault| experiment.place(fault))?;
        trainer = trainer.decision_threshold(threshold);
    }
    trainer.batch_size = match training.batch_size() {
        Some(rows) => rows.into(),
        None => ikhim_data::BatchSize::Full,
    };
    trainer.length = match (training.steps(), training.epochs()) {
        (Some(steps), _) => Some(Length::Steps(steps as u64)),
        (None, epochs) => epochs.map(|epochs| Length::Epochs(epochs as u64)),
    };
    if let Some(rule) = training.early_stopping() {
        trainer.restore_best = rule.restore_best;
        let stopping = EarlyStopping::patience(rule.patience as u64).min_delta(rule.min_delta);
        trainer.early_stopping = Some(match rule.monitor {
            Some(monitor) => stopping.monitor(monitor),
            None => stopping,
        });
    }
    Ok(trainer)
}

/// The threshold of an experiment; the names of its metrics are declared.
fn threshold_of(said: experiment::DecisionThreshold) -> DecisionThreshold {
    match said {
        experiment::DecisionThreshold::At(value) => value.into(),
        experiment::DecisionThreshold::Highest(name) => {
            Metric::named(name).unwrap_or(Metric::BalancedAccuracy).into()
        }
    }
}
