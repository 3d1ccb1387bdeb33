//! One training under way: state, control and the programs over them.

use crate::baseline::{LeastSquaresGap, LinearFit, baselines};
use crate::calibration::calibration;
use crate::narrow::Narrow;
use crate::observer::{EpochReport, Flow, Start, StepReport, StepStart};
use crate::replay::Moment;
use crate::run::{Run, Status};
use crate::stopping::Watched;
use crate::store::{self, Store};
use crate::trainer::{Length, OnNonFinite, Trainer, default_epochs};
use crate::{TrainingData, finding};
use ikhim_data::{Batches, Encoded, EncodedTarget, Preprocessing, StreamedEpoch};
use ikhim_graph::{Array, Data, State};
use ikhim_nn::{CARRIED, Clock, Objective, Reduction, evaluation, prediction, stepping, training};
use ikhim_run::metric::{Direction, Metric, Outcome, TokenScores};
use ikhim_run::{
    About, Best, Checkpoint, Control, EpochRecord, Finding, Finish, Judgement, Model, Predictions,
    Program, Rows, carried, read_rows, zeros,
};
use ikhim_text::{Fault, Result};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

/// Without validation rows an epoch is measured on the train rows, and so many
/// times at the most: a full-batch training of ten thousand steps would
/// otherwise spend half its time on measuring.
const MOST_MEASUREMENTS: u64 = 200;

/// One training under way.
pub(crate) struct Session<'a> {
    trainer: Trainer,
    data: &'a TrainingData,
    objective: Objective,
    metrics: Vec<Metric>,
    step_program: Program,
    /// The step over batches of short rows, where rows go by buckets.
    narrow: Option<Narrow>,
    measure_program: Program,
    state: State,
    control: Control,
    best_state: Option<State>,
    /// The rows of the step under way, in arrays that every step uses again.
    batch: Rows,
    /// Whether the step program has seen the batch.
    is_fed: bool,
    /// The names of the states that a batch goes on from.
    states: Vec<String>,
    /// The states that the next batch of the epoch goes on from, by name; none in
    /// a network that begins every row at zero.
    carried: BTreeMap<String, Array>,
    /// The rate of the step under way.
    rate: Array,
    steps_per_epoch: u64,
    total_steps: u64,
    /// Epochs from one checkpoint that stays to the next.
    epochs_between: u64,
    store: Store,
    history: Vec<EpochRecord>,
    findings: Vec<Finding>,
    started: Instant,
    /// The step before which the loop pauses, for looking at it.
    pause: Option<u64>,
}

/// Why the loop ended.
enum End {
    Finished(Finish),
    Interrupted,
    Paused,
}

impl<'a> Session<'a> {
    pub(crate) fn new(mut trainer: Trainer, data: &'a TrainingData) -> Result<Session<'a>> {
        if let Some(threshold) = &trainer.decision_threshold {
            threshold.check(data)?;
        }
        let objective = trainer.objective_for(data);
        let metrics = trainer.metrics_for(data);
        let spec = data.spec();
        let model = trainer.model.as_ref();
        let step = training(model, &spec, &objective)?;
        let measure = evaluation(model, &spec, objective.loss())?;

        ikhim_cpu::check_state(&step)?;
        let mut state = State::initial(&step, trainer.seed);
        if let Some(initial) = trainer.initial.take() {
            adopt(&mut state, &initial);
        }
        let mut control = Control { seed: trainer.seed, ..Control::default() };
        let mut held = BTreeMap::new();
        if let Some(checkpoint) = trainer.checkpoint.take() {
            fits(&state, &checkpoint.state)?;
            let (kept, of_batch) = apart(checkpoint.state);
            state = kept;
            held = of_batch;
            control = checkpoint.control;
        }
        let narrow = Narrow::of(&trainer, data, &objective, &step, &state)?;
        let (precision, runtime) = (trainer.precision, &trainer.runtime);
        let states = carried(&step);
        let fetches: Vec<&str> =
            ["loss"].into_iter().chain(states.iter().map(String::as_str)).collect();
        let step_program =
            Program::updating(Arc::new(step), &fetches, precision)?.on(runtime.clone());
        let mut fetches = vec!["probability", "row_losses"];
        if measure.outputs().contains_key("row_weights") {
            fetches.push("row_weights");
        }
        fetches.extend(states.iter().map(String::as_str));
        let measure_program =
            Program::reading(Arc::new(measure), &fetches, precision)?.on(runtime.clone());
        let mut batches = data.train().batches(trainer.batch_size);
        if !states.is_empty() {
            batches = batches.in_streams();
        }
        let steps_per_epoch = batches.per_epoch() as u64;
        let total_steps = match trainer.length {
            Some(Length::Steps(steps)) => steps,
            Some(Length::Epochs(epochs)) => epochs * steps_per_epoch,
            None => default_epochs(steps_per_epoch) * steps_per_epoch,
        };
        let epochs = total_steps.div_ceil(steps_per_epoch.max(1));
        let epochs_between = store::epochs_between(epochs, &state);
        let (store, best_state) = Store::open(&trainer, &control)?;
        Ok(Session {
            data,
            objective,
            metrics,
            step_program,
            narrow,
            measure_program,
            state,
            control,
            best_state,
            batch: Rows::of(data.train().encoded(), &[]),
            is_fed: false,
            states,
            carried: held,
            rate: Array::f64(&[], vec![0.0]),
            steps_per_epoch,
            total_steps,
            epochs_between,
            history: store.history()?,
            store,
            findings: Vec::new(),
            started: Instant::now(),
            pause: None,
            trainer,
        })
    }

    pub(crate) fn run(mut self) -> Result<Run> {
        let start = Start {
            epochs: self.total_steps.div_ceil(self.steps_per_epoch.max(1)),
            steps: self.total_steps,
            steps_per_epoch: self.steps_per_epoch,
            step: self.control.step,
            train_rows: self.data.train().len(),
            validation_rows: self.data.validation().len(),
            parameters: self.step_program.definition().parameters(),
        };
        self.trainer.observers.iter_mut().for_each(|observer| observer.on_start(&start));
        if self.control.step == 0 && self.control.best.is_none() {
            self.measure_start()?;
        }
        let end = match self.control.finished {
            Some(finish) => End::Finished(finish),
            None => self.train()?,
        };
        self.finish(end)
    }

    /// Trains up to a step and gives what it starts from. The loop is the one of
    /// [`Session::run`], so the bits are those of the training. When training
    /// ends before, the step where it ended.
    pub(crate) fn moment(mut self, step: u64) -> Result<std::result::Result<Moment, u64>> {
        self.pause = Some(step);
        if self.control.step < step {
            self.control.finished = None;
            self.train()?;
        }
        if self.control.step != step {
            return Ok(Err(self.control.step));
        }
        if self.data.train().is_streamed() {
            let found = "looking into a step";
            return Err(Fault::of("data.streaming_training").with("found", found));
        }
        let indices = self.batches().indices(self.control.position as usize).to_vec();
        Ok(Ok(Moment {
            learning_rate: self.learning_rate(),
            batch: indices,
            state: self.whole_state(),
            control: self.control,
        }))
    }

    /// The state before the first step is the first candidate for the best, and
    /// the first checkpoint.
    fn measure_start(&mut self) -> Result<()> {
        if !self.data.validation().is_empty() {
            let judgement = self.judge()?;
            let value = judgement.first().map_or(f64::NAN, |(_, value)| value);
            self.control.best = Some(Best { epoch: 0, step: 0, value, loss: judgement.loss });
            self.best_state = Some(self.state.clone());
        }
        self.save()
    }

    fn train(&mut self) -> Result<End> {
        while self.control.step < self.total_steps {
            if let Some(end) = self.epoch()? {
                return Ok(end);
            }
        }
        Ok(End::Finished(Finish::Completed))
    }

    /// The steps that are left of the epoch under way, then its measurement.
    fn epoch(&mut self) -> Result<Option<End>> {
        // A batch of all rows stays from epoch to epoch.
        let is_whole = self.is_fixed();
        let mut streamed = self.streamed()?;
        let is_taken = streamed.is_none() && (!is_whole || self.batch.is_empty());
        let batches = is_taken.then(|| self.batches());
        while self.control.position < self.steps_per_epoch && self.control.step < self.total_steps {
            if self.pause == Some(self.control.step) {
                return Ok(Some(End::Paused));
            }
            if self.trainer.interrupt.is_requested() {
                return Ok(Some(End::Interrupted));
            }
            if let Some(epoch) = &mut streamed {
                self.batch = Rows::whole(epoch.batch(self.control.position as usize)?);
            }
            if let Some(batches) = &batches {
                let indices = batches.indices(self.control.position as usize);
                match self.data.augmenter() {
                    Some(_) => {
                        let (seed, epoch) = (self.trainer.seed, self.control.epoch);
                        self.batch = self.data.batch(indices, seed, epoch);
                    }
                    None => match &self.narrow {
                        // Batches differ in their steps, so none is filled anew.
                        Some(narrow) => {
                            let rows = Rows::of(self.data.train().encoded(), indices);
                            self.batch = narrow.cut(rows, indices);
                        }
                        None => self.batch.take(self.data.train().encoded(), indices),
                    },
                }
            }
            if let Some(finding) = self.step()? {
                self.findings.push(finding);
                return Ok(Some(End::Finished(Finish::StoppedByFinding)));
            }
            if self.store.is_due(self.control.step) && self.control.position < self.steps_per_epoch
            {
                self.save()?;
            }
        }
        self.end_of_epoch()
    }

    /// Whether every step has the same rows.
    fn is_fixed(&self) -> bool {
        let is_streamed = self.data.train().is_streamed();
        self.steps_per_epoch == 1 && self.data.augmenter().is_none() && !is_streamed
    }

    /// The batches of the epoch under way, where rows are read in pieces.
    fn streamed(&self) -> Result<Option<StreamedEpoch>> {
        let shuffle = (self.trainer.seed, self.control.epoch);
        let shuffle = self.trainer.shuffle.then_some(shuffle);
        self.data.train().streamed_epoch(self.trainer.batch_size, shuffle)
    }

    /// The batches of the epoch under way.
    fn batches(&self) -> Batches<'a> {
        let batches = self.data.train().batches(self.trainer.batch_size);
        if self.goes_on() {
            return batches.in_streams();
        }
        // One batch of all rows is the same gradient in every order.
        let batches = match self.trainer.shuffle && self.steps_per_epoch != 1 {
            true => batches.shuffled(self.trainer.seed, self.control.epoch),
            false => batches,
        };
        match &self.narrow {
            Some(narrow) => batches.in_buckets(narrow.buckets()),
            None => batches,
        }
    }

    /// Whether a row goes on from the state in which the row before ended.
    fn goes_on(&self) -> bool {
        !self.states.is_empty()
    }

    /// One update; a finding when training must stop.
    fn step(&mut self) -> Result<Option<Finding>> {
        let rate = self.learning_rate();
        let is_shown = self.show(rate);
        if let Data::F64(values) = self.rate.data_mut() {
            values.fill(rate);
        }
        // An epoch begins at the beginning of every stream.
        if self.goes_on() && (self.control.position == 0 || self.carried.is_empty()) {
            self.carried = zeros(self.step_program.definition(), self.batch.len());
        }
        let feed = self
            .batch
            .feed()
            .input("learning_rate", &self.rate)
            .random(self.trainer.seed, self.control.step);
        let feed = self.carried.iter().fold(feed, |feed, (name, value)| feed.input(name, value));
        // A batch of all rows stays what it was.
        let feed = if self.is_fed && self.is_fixed() { feed.unchanged() } else { feed };
        let narrow = self.narrow.as_ref().and_then(|narrow| narrow.program(&self.batch));
        let program = narrow.unwrap_or(&self.step_program);
        let fetched = program.run(&mut self.state, &feed)?;
        self.is_fed = true;
        let mut fetched = fetched.into_iter();
        let first = fetched.next();
        for (name, value) in self.states.iter().zip(fetched) {
            self.carried.insert(name.clone(), value);
        }
        if is_shown {
            let state = &self.state;
            self.trainer.observers.iter_mut().for_each(|observer| observer.after_step(state));
        }
        let loss = first.and_then(|loss| loss.to_f64().first().copied());
        let loss = loss.unwrap_or(f64::NAN);
        if !loss.is_finite() && self.trainer.on_nonfinite == OnNonFinite::Stop {
            return Ok(Some(finding::loss_not_finite(self.control.step, loss, rate)));
        }
        self.control.step += 1;
        self.control.position += 1;
        self.control.running.add(loss, self.batch.len() as u64);
        let report = StepReport {
            epoch: self.control.epoch + 1,
            step: self.control.step,
            loss,
            learning_rate: rate,
        };
        let mut finding = None;
        for observer in &mut self.trainer.observers {
            if let Flow::Stop(found) = observer.on_step(&report) {
                finding = finding.or(Some(found));
            }
        }
        Ok(finding)
    }

    /// Shows the step that comes to those who ask for it.
    fn show(&mut self, learning_rate: f64) -> bool {
        let (step, seed) = (self.control.step, self.trainer.seed);
        let start = StepStart { step, learning_rate, seed, state: &self.state };
        let mut is_shown = false;
        for observer in &mut self.trainer.observers {
            if observer.looks_at(step) {
                observer.before_step(&start);
                is_shown = true;
            }
        }
        is_shown
    }

    fn end_of_epoch(&mut self) -> Result<Option<End>> {
        let learning_rate = self.learning_rate_of(self.control.step.saturating_sub(1));
        self.control.epoch += 1;
        self.control.position = 0;
        let train_loss = std::mem::take(&mut self.control.running).mean();
        if self.trainer.on_nonfinite == OnNonFinite::Stop && !is_finite(&self.state) {
            self.findings.push(finding::weights_not_finite(self.control.step, learning_rate));
            return Ok(Some(End::Finished(Finish::StoppedByFinding)));
        }
        if !self.is_measured() {
            self.keep()?;
            if self.store.is_due(self.control.step) {
                self.save()?;
            }
            return Ok(None);
        }
        let judgement = self.judge()?;
        let has_validation = !self.data.validation().is_empty();
        let record = EpochRecord {
            epoch: self.control.epoch,
            step: self.control.step,
            learning_rate,
            train_loss,
            validation_loss: has_validation.then_some(judgement.loss),
            metrics: judgement
                .metrics
                .iter()
                .map(|(metric, value)| (metric.name().to_string(), *value))
                .collect(),
        };
        let best = has_validation && self.select(&judgement);
        self.store.log(&record, self.data.judged().1)?;
        let report =
            EpochReport { record: &record, role: self.data.judged().1, best, state: &self.state };
        let flows: Vec<Flow> =
            self.trainer.observers.iter_mut().map(|observer| observer.on_epoch(&report)).collect();
        let patient = self.is_patient(&record, &judgement);
        self.watch_plateau(&record, &judgement);
        self.history.push(record);
        if let Some(finding) = stopped(flows) {
            self.findings.push(finding);
            return Ok(Some(End::Finished(Finish::StoppedByFinding)));
        }
        self.keep()?;
        if !patient {
            return Ok(Some(End::Finished(Finish::EarlyStopped)));
        }
        if self.store.is_due(self.control.step) {
            self.save()?;
        }
        Ok(None)
    }

    /// Keeps the state of every tenth part of the training, for going back to it.
    fn keep(&mut self) -> Result<()> {
        if !self.control.epoch.is_multiple_of(self.epochs_between) {
            return Ok(());
        }
        self.store.keep(&Checkpoint { state: self.state.clone(), control: self.control.clone() })
    }

    /// With validation rows every epoch is measured, because every epoch may be
    /// the best; else an even selection of them, and the last.
    fn is_measured(&self) -> bool {
        let epochs = self.total_steps.div_ceil(self.steps_per_epoch.max(1));
        let spacing = epochs.div_ceil(MOST_MEASUREMENTS).max(1);
        !self.data.validation().is_empty()
            || self.control.epoch.is_multiple_of(spacing)
            || self.control.step >= self.total_steps
    }

    /// Keeps the state when it is the best so far by the first metric. Few rows
    /// give few values, so that many epochs share the best one; of those the one
    /// with the lowest loss is kept.
    fn select(&mut self, judgement: &Judgement) -> bool {
        let Some((metric, value)) = judgement.first() else { return false };
        let loss = judgement.loss;
        if let Some(best) = self.control.best {
            let is_as_good = value == best.value && loss < best.loss;
            if !is_as_good && !metric.direction().improves(value, best.value, 0.0) {
                return false;
            }
        }
        let (epoch, step) = (self.control.epoch, self.control.step);
        self.control.best = Some(Best { epoch, step, value, loss });
        self.best_state = Some(self.state.clone());
        true
    }

    /// Whether early stopping lets training go on.
    fn is_patient(&mut self, record: &EpochRecord, judgement: &Judgement) -> bool {
        let Some(rule) = self.trainer.early_stopping.clone() else { return true };
        let watched = self.watched(rule.monitor.as_deref(), record, judgement);
        let Some(Watched { value, direction }) = watched else { return true };
        let old = self.control.patience_best.0;
        if direction.improves(value, old, rule.min_delta) {
            self.control.patience_best.0 = value;
            self.control.epochs_without_improvement = 0;
        } else {
            self.control.epochs_without_improvement += 1;
        }
        self.control.epochs_without_improvement <= rule.patience.saturating_sub(1)
            || rule.patience == 0
    }

    fn watch_plateau(&mut self, record: &EpochRecord, judgement: &Judgement) {
        let Some(rule) = self.trainer.schedule.plateau().cloned() else { return };
        let Some(watched) = self.watched(None, record, judgement) else { return };
        let rate = self.base_rate();
        let plateau = self.control.plateau.get_or_insert_default();
        plateau.observe(&rule, watched.value, watched.direction == Direction::Higher, rate);
    }

    /// The value of a monitor's name; the first metric without one.
    fn watched(
        &self,
        monitor: Option<&str>,
        record: &EpochRecord,
        judgement: &Judgement,
    ) -> Option<Watched> {
        let lower = |value| Some(Watched { value, direction: Direction::Lower });
        match monitor {
            Some("train.loss") => lower(record.train_loss),
            Some("validation.loss") => lower(record.validation_loss?),
            Some(name) => {
                let name = name.rsplit('.').next().unwrap_or(name);
                let found = judgement.metrics.iter().find(|(metric, _)| metric.name() == name)?;
                Some(Watched { value: found.1, direction: found.0.direction() })
            }
            None => {
                let (metric, value) = judgement.first()?;
                Some(Watched { value, direction: metric.direction() })
            }
        }
    }

    fn learning_rate(&self) -> f64 {
        self.learning_rate_of(self.control.step)
    }

    fn learning_rate_of(&self, step: u64) -> f64 {
        let clock =
            Clock { step, total_steps: self.total_steps, steps_per_epoch: self.steps_per_epoch };
        let plateau = self.control.plateau.as_ref().map_or(1.0, |plateau| plateau.factor());
        self.base_rate() * self.trainer.schedule.factor(clock) * plateau
    }

    fn base_rate(&self) -> f64 {
        let own = self.objective.optimizer().learning_rate();
        self.trainer.learning_rate.unwrap_or(own)
    }

    fn judge(&mut self) -> Result<Judgement> {
        let rows = self.data.judged().0;
        self.judge_on(rows)
    }

    /// Measures the state on rows with targets, layers behaving as in use.
    fn judge_on(&mut self, rows: &Encoded) -> Result<Judgement> {
        let preprocessing = self.data.preprocessing();
        let mut measured = Measured::new(rows, preprocessing);
        read_rows(&self.measure_program, &self.state, rows, |indices, values| {
            measured.add(indices, values);
        })?;
        let (losses, weights) = (&measured.losses, &measured.weights);
        let sum: f64 = losses.iter().zip(weights).map(|(loss, weight)| loss * weight).sum();
        let loss = match self.objective.loss().reduction() {
            Reduction::Sum => sum,
            _ => sum / weights.iter().sum::<f64>(),
        };
        if let Some(scores) = measured.scores {
            return Ok(Judgement::of(Outcome::Tokens(scores), loss, &self.metrics));
        }
        let output = measured.output.concat();
        let outcome = Predictions::read(self.data.preprocessing(), rows.rows, output)
            .beside(rows)
            .ok_or_else(|| Fault::of("data.no_target_values"))?;
        Ok(Judgement::of(outcome, loss, &self.metrics))
    }

    /// The state, and within an epoch what the next batch goes on from.
    fn whole_state(&self) -> State {
        let mut state = self.state.clone();
        if self.control.position > 0 {
            self.carried.iter().for_each(|(name, value)| state.set(name, value.clone()));
        }
        state
    }

    fn save(&mut self) -> Result<()> {
        let last = Checkpoint { state: self.whole_state(), control: self.control.clone() };
        self.store.save(&last, self.best_state.as_ref())
    }

    /// Writes what is left to write and makes the result.
    fn finish(mut self, end: End) -> Result<Run> {
        let status = match end {
            End::Interrupted | End::Paused => {
                self.save()?;
                Status::Interrupted
            }
            // The last good checkpoint stays the last one.
            End::Finished(Finish::StoppedByFinding) => Status::StoppedByFinding,
            End::Finished(finish) => {
                self.control.finished = Some(finish);
                self.save()?;
                match finish {
                    Finish::EarlyStopped => Status::EarlyStopped,
                    _ => Status::Completed,
                }
            }
        };
        let diverged = status == Status::StoppedByFinding && !is_finite(&self.state);
        let best_epoch = self.control.best.map(|best| best.epoch);
        let use_best = self.best_state.is_some() && (self.trainer.restore_best || diverged);
        if let Some(best) = self.best_state.take_if(|_| use_best) {
            self.state = best;
        } else if status == Status::StoppedByFinding
            && let Some(saved) = self.store.last()?
        {
            self.state = apart(saved.state).0;
        }
        let validation = self.judge()?;
        let train = self.judge_on(self.data.train().encoded())?;
        let model = self.model()?;
        let threshold = self.trainer.decision_threshold.as_ref();
        let calibration = calibration(&model, self.data, &validation, threshold)?;
        let model = model.with_calibration(calibration);
        let validation = validation.with_threshold(model.threshold());
        let train = train.with_threshold(model.threshold());
        let gap = self.least_squares_gap(&model, &train)?;
        let preprocessing = self.data.preprocessing();
        let baselines = baselines(
            self.data.train().encoded(),
            self.data.judged().0,
            &self.metrics,
            |scaled| preprocessing.invert(scaled),
            preprocessing.classes().len(),
            self.data.no_change(),
            &preprocessing.vocabulary().map(|all| all.characters()).unwrap_or_default(),
        );
        self.store.finish(&model)?;
        Ok(Run {
            status,
            epochs: self.control.epoch,
            steps: self.control.step,
            best_epoch: if use_best { best_epoch } else { None },
            role: self.data.judged().1,
            validation,
            train,
            baselines,
            least_squares: gap,
            findings: self.findings,
            history: self.history,
            seconds: self.started.elapsed().as_secs_f64(),
            learning_rate: self
                .trainer
                .learning_rate
                .unwrap_or(self.objective.optimizer().learning_rate()),
            seed: self.trainer.seed,
            model,
        })
    }

    fn model(&self) -> Result<Model> {
        let spec = self.data.spec();
        let loss = self.objective.loss();
        let definition = prediction(self.trainer.model.as_ref(), &spec, loss)?;
        let about = About {
            name: self.trainer.name.clone(),
            run: self.store.run_id(),
            metrics: self.metrics.iter().map(|metric| metric.name().to_string()).collect(),
            double: self.trainer.precision == ikhim_graph::Precision::F64,
        };
        let preprocessing = self.data.preprocessing().clone();
        let model = Model::new(about, preprocessing, definition.into(), &self.state)?;
        let model = match preprocessing_of(self).vocabulary() {
            // A network that needs more than one step is none of single steps.
            Some(_) => match stepping(self.trainer.model.as_ref(), &spec, loss) {
                Ok(definition) => model.with_stepping(definition.into())?,
                Err(_) => model,
            },
            None => model,
        };
        Ok(model.on(self.trainer.runtime.clone()))
    }

    /// How far the network is from the exact solution, for one number a row.
    fn least_squares_gap(
        &self,
        model: &Model,
        _train: &Judgement,
    ) -> Result<Option<LeastSquaresGap>> {
        let rows = self.data.train().encoded();
        let EncodedTarget::Number { width: 1, values, .. } = &rows.target else { return Ok(None) };
        let Some(fit) = LinearFit::of(rows, 0) else { return Ok(None) };
        let Some(fitted) = fit.predict(rows) else { return Ok(None) };
        let scaled = model.scaled_outputs(rows)?;
        let error = |predictions: &[f64]| {
            let squares = predictions.iter().zip(values).map(|(p, t)| (p - f64::from(*t)).powi(2));
            squares.sum::<f64>() / values.len() as f64
        };
        Ok(Some(LeastSquaresGap {
            floor: error(&fitted),
            network: error(&scaled),
            distance: distance(model, &fit.coefficients),
        }))
    }
}

fn preprocessing_of<'a>(session: &Session<'a>) -> &'a Preprocessing {
    session.data.preprocessing()
}

/// What a measuring run over all rows gives, row by row.
struct Measured<'a> {
    rows: &'a Encoded,
    losses: Vec<f64>,
    weights: Vec<f64>,
    output: Vec<Vec<f64>>,
    /// Of a text the scores; its probabilities are not kept.
    scores: Option<TokenScores>,
    characters: Vec<f64>,
}

impl<'a> Measured<'a> {
    fn new(rows: &'a Encoded, preprocessing: &Preprocessing) -> Measured<'a> {
        let characters = preprocessing.vocabulary().map(|all| all.characters());
        Measured {
            rows,
            losses: vec![0.0; rows.rows],
            weights: vec![1.0; rows.rows],
            output: vec![Vec::new(); rows.rows],
            scores: characters.is_some().then(|| TokenScores::of_rows(rows.rows)),
            characters: characters.unwrap_or_default(),
        }
    }

    fn add(&mut self, indices: &[usize], values: &[Array]) {
        let [probability, losses, weights @ ..] = values else { return };
        let (probability, losses) = (probability.to_f64(), losses.to_f64());
        let weights = weights.first().map(Array::to_f64);
        let width = (probability.len() / indices.len().max(1)).max(1);
        for (place, (row, probabilities)) in
            indices.iter().zip(probability.chunks(width)).enumerate()
        {
            self.losses[*row] = losses[place];
            if let Some(weights) = &weights {
                self.weights[*row] = weights[place];
            }
            match (&mut self.scores, &self.rows.target) {
                (Some(scores), EncodedTarget::Sequence { steps, values }) => {
                    let tokens = &values[row * steps..(row + 1) * steps];
                    scores.set(*row, probabilities, tokens, &self.characters);
                }
                _ => self.output[*row] = probabilities.to_vec(),
            }
        }
    }
}

/// Parameters, slots and statistics, and the states that a batch goes on from.
fn apart(state: State) -> (State, BTreeMap<String, Array>) {
    let (of_batch, kept): (Vec<_>, Vec<_>) = state
        .iter()
        .map(|(path, array)| (path.to_string(), array.clone()))
        .partition(|(path, _)| path.starts_with(CARRIED));
    (kept.into_iter().collect(), of_batch.into_iter().collect())
}

/// `‖w − w*‖ / ‖w*‖` when the model is one dense layer of one unit.
fn distance(model: &Model, exact: &[f64]) -> Option<f64> {
    let entries: Vec<(&str, &Array)> = model.state().iter().collect();
    let [(bias_path, bias), (kernel_path, kernel)] = entries.as_slice() else { return None };
    let one_layer = bias_path.ends_with(".bias") && kernel_path.ends_with(".kernel");
    let found: Vec<f64> = kernel.to_f64().into_iter().chain(bias.to_f64()).collect();
    if !one_layer || found.len() != exact.len() {
        return None;
    }
    let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>().sqrt();
    let apart = norm(&mut found.iter().zip(exact).map(|(a, b)| a - b));
    Some(apart / norm(&mut exact.iter().copied()))
}

fn stopped(flows: Vec<Flow>) -> Option<Finding> {
    flows.into_iter().find_map(|flow| match flow {
        Flow::Stop(finding) => Some(finding),
        Flow::Continue => None,
    })
}

/// Whether every number of a state is finite.
fn is_finite(state: &State) -> bool {
    state.iter().all(|(_, array)| match array.data() {
        Data::F32(values) => values.iter().all(|value| value.is_finite()),
        Data::F64(values) => values.iter().all(|value| value.is_finite()),
        _ => true,
    })
}

/// Puts the entries of another state in place where paths and shapes fit.
pub(crate) fn adopt(state: &mut State, other: &State) {
    let fitting: Vec<(String, Array)> = other
        .iter()
        .filter(|(path, array)| state.get(path).is_some_and(|own| own.shape() == array.shape()))
        .map(|(path, array)| (path.to_string(), array.clone()))
        .collect();
    for (path, array) in fitting {
        state.set(path, array);
    }
}

/// Whether a checkpoint belongs to this network.
fn fits(expected: &State, found: &State) -> Result<()> {
    for (path, array) in expected.iter() {
        let shape = found.get(path).map(|array| array.shape());
        if shape != Some(array.shape()) {
            return Err(Fault::of("train.other_network")
                .with("name", path)
                .with("expected", format!("{:?}", array.shape()))
                .with("found", shape.map_or("nothing".to_string(), |shape| format!("{shape:?}"))));
        }
    }
    Ok(())
}
