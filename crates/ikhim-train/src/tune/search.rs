//! The trials of a tuning, one on each thread, in rounds.

use super::{Space, Trial};
use crate::experiment::Prepared;
use crate::{Interrupt, Status, Trainer, TrainingData};
use ikhim_cpu::Runtime;
use ikhim_data::Ledger;
use ikhim_run::experiment::Experiment;
use ikhim_run::metric::{Direction, Metric};
use ikhim_text::{Fault, Result};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

/// A tuning, ready to be run.
#[derive(Debug)]
pub struct Tuning {
    experiment: Experiment,
    base: PathBuf,
    prepared: Prepared,
    metric: Metric,
    trials: Vec<Trial>,
    rounds: Vec<Round>,
    /// Whether a key of the data is tuned, so that rows are read anew.
    reads_anew: bool,
    /// Whether only keys of the network and its training are tuned.
    shares_rows: bool,
    retrain_seeds: usize,
}

/// A round: how long its trials train, and how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// Epochs of each trial; as the experiment says, where there is one round.
    pub epochs: Option<usize>,
    /// Trials of the round: the best of the round before.
    pub trials: usize,
}

/// What became of a trial in a round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tried {
    /// The number of the trial, from 1.
    pub trial: usize,
    /// The round, from 1.
    pub round: usize,
    /// Epochs done.
    pub epochs: u64,
    /// The metric on validation; `None` where there is none.
    pub value: Option<f64>,
    /// The epoch that it is of.
    pub best_epoch: Option<u64>,
    /// How the training ended, or the code of the fault that kept it from
    /// beginning.
    pub status: String,
    /// Seconds of training.
    pub seconds: f64,
}

impl Tuning {
    /// Reads the rows of an experiment that has a `[tune]` section and chooses
    /// what is tried.
    ///
    /// # Errors
    /// No `[tune]`, what [`Space`] and [`Prepared`] say, and no validation rows:
    /// nothing else may choose.
    pub fn new(experiment: &Experiment, base: &Path, ledger: Ledger) -> Result<Tuning> {
        if experiment.tune.is_none() {
            return Err(Fault::of("experiment.no_tune"));
        }
        let prepared = Prepared::in_project(&plain(experiment), base, ledger)?;
        Tuning::over(experiment, base, prepared)
    }

    /// The same over rows that are in their parts already.
    pub(super) fn over(experiment: &Experiment, base: &Path, prepared: Prepared) -> Result<Tuning> {
        let Some(section) = &experiment.tune else {
            return Err(Fault::of("experiment.no_tune"));
        };
        let trials = Space::of(section)?.trials(section)?;
        let rounds = rounds(&section.choice().settings, section.choice().kind, trials.len());
        let plain = plain(experiment);
        if prepared.data.validation().is_empty() {
            return Err(Fault::of("experiment.no_validation"));
        }
        let asked = section.choice().settings.word("metric").filter(|word| *word != "auto");
        let first = prepared.experiment.training.metrics().unwrap_or_default();
        let name = asked.or(first.first().copied()).unwrap_or_default();
        let metric = Metric::named(name).ok_or_else(|| Fault::of("train.no_metric"))?;
        let plain = judged_by(&plain, &prepared, metric.name())?;
        let of_data = |(path, _): &(String, String)| path.starts_with("data.");
        let reads_anew = trials.first().is_some_and(|trial| trial.settings.iter().any(of_data));
        let apart = |(path, _): &(String, String)| {
            !path.starts_with("model.") && !path.starts_with("training.")
        };
        let shares_rows = !trials.iter().any(|trial| trial.settings.iter().any(apart));
        let base = base.to_path_buf();
        let retrain = section.choice().settings.table("retrain");
        let retrain_seeds = retrain.and_then(|it| it.count("seeds")).unwrap_or(0);
        let experiment = plain;
        let tuning = Tuning {
            experiment,
            base,
            prepared,
            metric,
            trials,
            rounds,
            reads_anew,
            shares_rows,
            retrain_seeds,
        };
        Ok(tuning)
    }

    /// Whether only keys of the network and its training are tried.
    pub(super) fn shares_rows(&self) -> bool {
        self.shares_rows
    }

    /// Trains a trial to its full length.
    pub(super) fn train(
        &self,
        trial: &Trial,
        runtime: &Runtime,
        interrupt: &Interrupt,
    ) -> Result<crate::Run> {
        let experiment = self.experiment(trial)?;
        let trainer = self.prepared.trainer_for(&experiment)?;
        trainer
            .runtime(runtime.clone())
            .interrupt(interrupt.clone())
            .fit_encoded(&self.prepared.data)
    }

    /// With how many seeds the winner is trained once more.
    pub fn retrain_seeds(&self) -> usize {
        self.retrain_seeds
    }

    /// The rows and the experiment without `[tune]`.
    pub fn prepared(&self) -> &Prepared {
        &self.prepared
    }

    /// The metric that must get better.
    pub fn metric(&self) -> &Metric {
        &self.metric
    }

    /// What is tried.
    pub fn trials(&self) -> &[Trial] {
        &self.trials
    }

    /// The rounds.
    pub fn rounds(&self) -> &[Round] {
        &self.rounds
    }

    /// The experiment of a trial, with its full length.
    ///
    /// # Errors
    /// Values that do not go together.
    pub fn experiment(&self, trial: &Trial) -> Result<Experiment> {
        let mut settings = trial.arguments();
        settings.extend(self.rounds.last().and_then(|round| round.epochs).map(epochs));
        self.experiment.with(&settings)
    }

    /// Runs all trials that are not `known`, as many at a time as the runtime has
    /// threads, and tells each that ended. Returns all that was tried, round by
    /// round, up to an interrupt.
    ///
    /// # Errors
    /// What `tell` returns. A trial that fails is one that cannot win.
    pub fn run(
        &self,
        runtime: &Runtime,
        interrupt: &Interrupt,
        known: Vec<Tried>,
        tell: impl Fn(&Tried) -> Result<()> + Sync,
    ) -> Result<Vec<Tried>> {
        let mut all = Vec::new();
        let mut going: Vec<&Trial> = self.trials.iter().collect();
        for (round, length) in self.rounds.iter().enumerate() {
            going.truncate(length.trials);
            let waiting = Mutex::new(going.iter());
            let ended = Mutex::new(Vec::new());
            let failure = Mutex::new(None);
            thread::scope(|scope| {
                for _ in 0..runtime.threads().clamp(1, going.len().max(1)) {
                    scope.spawn(|| {
                        while let Some(trial) = next(&waiting, interrupt) {
                            let same = |tried: &&Tried| {
                                tried.trial == trial.number && tried.round == round + 1
                            };
                            let before = known.iter().find(same).cloned();
                            let is_new = before.is_none();
                            let run = || self.attempt(trial, round, *length, runtime, interrupt);
                            let Some(tried) = before.or_else(run) else { break };
                            let told = if is_new { tell(&tried) } else { Ok(()) };
                            if let (Err(fault), Ok(mut failure)) = (told, failure.lock()) {
                                failure.get_or_insert(fault);
                            }
                            if let Ok(mut ended) = ended.lock() {
                                ended.push(tried);
                            }
                        }
                    });
                }
            });
            if let Some(fault) = failure.into_inner().ok().flatten() {
                return Err(fault);
            }
            let mut ended = ended.into_inner().unwrap_or_default();
            ended.sort_by_key(|tried| tried.trial);
            all.extend(ended.iter().cloned());
            if interrupt.is_requested() {
                break;
            }
            ended.sort_by(|one, other| self.order(one, other));
            going = ended.iter().filter_map(|tried| self.trial(tried.trial)).collect();
        }
        Ok(all)
    }

    /// All that was tried, the best first: those of later rounds before those
    /// that did not reach them.
    pub fn ranked<'a>(&self, tried: &'a [Tried]) -> Vec<&'a Tried> {
        let mut last: Vec<&Tried> = Vec::new();
        for tried in tried {
            match last.iter_mut().find(|known| known.trial == tried.trial) {
                Some(known) if known.round < tried.round => *known = tried,
                Some(_) => {}
                None => last.push(tried),
            }
        }
        last.sort_by(|a, b| b.round.cmp(&a.round).then_with(|| self.order(a, b)));
        last
    }

    /// The trial of a number.
    pub fn trial(&self, number: usize) -> Option<&Trial> {
        self.trials.get(number.checked_sub(1)?)
    }

    /// Better before worse, the earlier of two that are equal.
    fn order(&self, one: &Tried, other: &Tried) -> std::cmp::Ordering {
        let worst = match self.metric.direction() {
            Direction::Higher => f64::NEG_INFINITY,
            Direction::Lower => f64::INFINITY,
        };
        let value = |tried: &Tried| tried.value.filter(|value| !value.is_nan()).unwrap_or(worst);
        let ascending = value(one).total_cmp(&value(other));
        let better = match self.metric.direction() {
            Direction::Higher => ascending.reverse(),
            Direction::Lower => ascending,
        };
        better.then(one.trial.cmp(&other.trial))
    }

    /// One training; nothing when it was interrupted.
    fn attempt(
        &self,
        trial: &Trial,
        round: usize,
        length: Round,
        runtime: &Runtime,
        interrupt: &Interrupt,
    ) -> Option<Tried> {
        let mut tried = Tried {
            trial: trial.number,
            round: round + 1,
            epochs: 0,
            value: None,
            best_epoch: None,
            status: String::new(),
            seconds: 0.0,
        };
        let mut settings = trial.arguments();
        settings.extend(length.epochs.map(epochs));
        let one = Runtime::builder().threads(1).cpu(runtime.level()).build();
        let train = |trainer: Trainer, data: &TrainingData| {
            trainer.runtime(one).interrupt(interrupt.clone()).fit_encoded(data)
        };
        let run = self.experiment.with(&settings).and_then(|experiment| {
            // Where no tuned key says what is done to the rows, all trials share
            // the encoded ones.
            if self.shares_rows {
                return train(self.prepared.trainer_for(&experiment)?, &self.prepared.data);
            }
            let prepared = if self.reads_anew {
                Prepared::again(&experiment, &self.base, &self.prepared.split)?
            } else {
                self.prepared.with_experiment(&experiment)?
            };
            train(prepared.trainer(prepared.experiment.seed)?, &prepared.data)
        });
        match run {
            Ok(run) if run.status == Status::Interrupted => return None,
            Ok(run) => {
                tried.epochs = run.epochs;
                let found = run.validation.metrics.iter().find(|(known, _)| *known == self.metric);
                tried.value = found.map(|(_, value)| *value).filter(|value| value.is_finite());
                tried.best_epoch = run.best_epoch;
                tried.status = run.status.word().to_string();
                tried.seconds = run.seconds;
            }
            Err(fault) => tried.status = fault.code().to_string(),
        }
        Some(tried)
    }
}

/// The experiment without its tuning.
pub(super) fn plain(experiment: &Experiment) -> Experiment {
    let mut plain = experiment.clone();
    plain.tune = None;
    plain
}

fn epochs(epochs: usize) -> String {
    format!("training.epochs = {epochs}")
}

/// The metric stands first, so that it chooses the epoch as well.
fn judged_by(experiment: &Experiment, prepared: &Prepared, name: &str) -> Result<Experiment> {
    let known = prepared.experiment.training.metrics().unwrap_or_default();
    if known.first() == Some(&name) {
        return Ok(experiment.clone());
    }
    let others = known.into_iter().filter(|known| *known != name);
    let names: Vec<String> = [name].into_iter().chain(others).map(|it| format!("'{it}'")).collect();
    experiment.with(&[format!("training.metrics = [{}]", names.join(", "))])
}

fn next<'a>(
    waiting: &Mutex<impl Iterator<Item = &'a &'a Trial>>,
    interrupt: &Interrupt,
) -> Option<&'a Trial> {
    let mut waiting = waiting.lock().ok()?;
    if interrupt.is_requested() { None } else { waiting.next().copied() }
}

/// Successive halving (Jamieson and Talwalkar 2016): each round trains the best of
/// the one before for a multiple of its epochs, from the start, so that a schedule
/// runs to its end in every round.
fn rounds(settings: &ikhim_run::experiment::Settings, method: &str, trials: usize) -> Vec<Round> {
    let halving = settings.table("halving");
    let Some(halving) = halving.filter(|_| method == "successive_halving") else {
        return vec![Round { epochs: None, trials }];
    };
    let count = |key, default| halving.count(key).unwrap_or(default);
    let (least, most) = (count("min_epochs", 5), count("max_epochs", 100));
    let factor = count("reduction_factor", 3).max(2);
    let (mut epochs, mut left) = (least.min(most), trials);
    let mut rounds = vec![Round { epochs: Some(epochs), trials: left }];
    while epochs < most && left > 1 {
        epochs = (epochs * factor).min(most);
        left = left.div_ceil(factor);
        rounds.push(Round { epochs: Some(epochs), trials: left });
    }
    // Whoever is left alone still trains to the end.
    if let Some(last) = rounds.last_mut() {
        last.epochs = Some(most.max(least));
    }
    rounds
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tuning(tune: &str) -> Result<Tuning> {
        let text = format!(
            "[data]\ndataset = 'iris'\n[model]\nhidden = [4]\n[training]\nepochs = 3\n[tune]\n{tune}"
        );
        let experiment = Experiment::parse(&text, "x.toml", &[])?;
        let project = tempfile::tempdir().unwrap();
        Tuning::new(&experiment, Path::new(""), Ledger::in_project(project.path()))
    }

    const RATES: &str =
        "[tune.parameters]\ntraining.learning_rate = { values = [1e-9, 3e-2, 1e-3] }";

    #[test]
    fn rounds_follow_the_factor() {
        let tuning = tuning(&format!(
            "method = 'successive_halving'\ntrials = 20\n\
             halving = {{ min_epochs = 2, max_epochs = 30, reduction_factor = 3 }}\n{RATES}"
        ));
        let rounds: Vec<(Option<usize>, usize)> =
            tuning.unwrap().rounds.iter().map(|round| (round.epochs, round.trials)).collect();
        assert_eq!(rounds, [(Some(2), 20), (Some(6), 7), (Some(18), 3), (Some(30), 1)]);
    }

    #[test]
    fn the_winner_does_not_depend_on_threads_and_a_tuning_goes_on() {
        let tuning = tuning(&format!("method = 'grid'\n{RATES}")).unwrap();
        let run = |threads, known| {
            let runtime = Runtime::builder().threads(threads).build();
            let told = Mutex::new(0);
            let tell = |_: &Tried| {
                *told.lock().unwrap() += 1;
                Ok(())
            };
            let tried = tuning.run(&runtime, &Interrupt::new(), known, tell).unwrap();
            let told = *told.lock().unwrap();
            let values: Vec<Option<f64>> = tried.iter().map(|tried| tried.value).collect();
            (values, tuning.ranked(&tried)[0].trial, told, tried)
        };
        let (values, winner, told, tried) = run(1, Vec::new());
        assert_eq!((winner, told), (2, 3), "{values:?}");
        let (again, same, ..) = run(3, Vec::new());
        assert_eq!((again, same), (values.clone(), winner));
        let (later, same, told, _) = run(2, tried[..2].to_vec());
        assert_eq!((later, same, told), (values, winner, 1));
    }

    #[test]
    fn a_trial_that_fails_cannot_win() {
        let tuning = tuning(
            "method = 'grid'\n[tune.parameters]\n\
             data.columns.species.type = { values = ['number', 'category'] }",
        );
        let tuning = tuning.unwrap();
        let runtime = Runtime::builder().threads(1).build();
        let tried = tuning.run(&runtime, &Interrupt::new(), Vec::new(), |_| Ok(())).unwrap();
        assert_eq!(tried[0].value, None);
        assert!(tried[0].status.contains('.'), "{}", tried[0].status);
        assert_eq!(tuning.ranked(&tried)[0].trial, 2);
    }

    #[test]
    fn without_validation_rows_nothing_is_tuned() {
        let text = format!(
            "[data]\ndataset = 'iris'\n[split]\nmethod = 'none'\n[tune]\nmethod = 'grid'\n{RATES}"
        );
        let experiment = Experiment::parse(&text, "x.toml", &[]).unwrap();
        let ledger = Ledger::in_project("nowhere");
        let fault = Tuning::new(&experiment, Path::new(""), ledger).unwrap_err();
        assert_eq!(fault.code(), "experiment.no_validation");
        let plain = Experiment::parse("[data]\ndataset = 'iris'", "x.toml", &[]).unwrap();
        let fault = Tuning::new(&plain, Path::new(""), Ledger::in_project("nowhere")).unwrap_err();
        assert_eq!(fault.code(), "experiment.no_tune");
    }
}
