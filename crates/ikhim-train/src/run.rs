use crate::baseline::{Baseline, LeastSquaresGap};
use ikhim_run::metric::{Difference, Direction};
use ikhim_run::{EpochRecord, Finding, Judgement, Model};

/// How a training ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// All epochs or steps were done.
    Completed,
    /// Validation did not improve any more.
    EarlyStopped,
    /// Someone asked it to stop; it can be resumed.
    Interrupted,
    /// A finding stopped it; the best weights before are the model.
    StoppedByFinding,
}

impl Status {
    /// The word in files and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Status::Completed => "completed",
            Status::EarlyStopped => "early_stopped",
            Status::Interrupted => "interrupted",
            Status::StoppedByFinding => "stopped_by_finding",
        }
    }
}

/// What a training gave: the model, how it does, and what stands beside it.
#[derive(Debug, Clone)]
#[must_use]
#[non_exhaustive]
pub struct Run {
    /// How it ended.
    pub status: Status,
    /// Whole epochs done.
    pub epochs: u64,
    /// Steps done.
    pub steps: u64,
    /// The epoch whose weights the model has, chosen on validation; `None` when
    /// it has those of the last step.
    pub best_epoch: Option<u64>,
    /// The part that `validation` and the baselines were measured on: `train`
    /// when there are no validation rows.
    pub role: &'static str,
    /// The model on the rows that it was selected on.
    pub validation: Judgement,
    /// The model on the train rows, layers behaving as in use.
    pub train: Judgement,
    /// What can be had without a network, on the rows of `validation`.
    pub baselines: Vec<Baseline>,
    /// How far a regression is from the exact least-squares solution.
    pub least_squares: Option<LeastSquaresGap>,
    /// What was found wrong.
    pub findings: Vec<Finding>,
    /// The measured epochs.
    pub history: Vec<EpochRecord>,
    /// Seconds of training.
    pub seconds: f64,
    /// The rate before its schedule.
    pub learning_rate: f64,
    /// The seed of weights, order and dropout.
    pub seed: u64,
    /// The model.
    pub model: Model,
}

impl Run {
    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The best of the simple rules by the selecting metric.
    pub fn best_baseline(&self) -> Option<&Baseline> {
        let (metric, _) = self.validation.first()?;
        let value = |baseline: &Baseline| baseline.judgement.first().map_or(f64::NAN, |it| it.1);
        let finite = self.baselines.iter().filter(|baseline| value(baseline).is_finite());
        finite.max_by(|one, other| match metric.direction() {
            Direction::Higher => value(one).total_cmp(&value(other)),
            Direction::Lower => value(other).total_cmp(&value(one)),
        })
    }

    /// The rule that nothing changes, and how far the network is from it on the same
    /// rows; `None` where the rows are not in time.
    pub fn beside_no_change(&self) -> Option<(f64, Difference)> {
        let (metric, _) = self.validation.first()?;
        let rule = self.baselines.iter().find(|baseline| baseline.name == "last_value")?;
        let (_, value) = rule.judgement.first()?;
        let difference = Difference::of(metric, &rule.judgement.outcome, &self.validation.outcome)?;
        Some((value, difference))
    }

    /// Whether the network is clearly better than the rule that nothing changes:
    /// the interval of their difference leaves out zero.
    pub fn beats_no_change(&self) -> Option<bool> {
        let (metric, value) = self.validation.first()?;
        let (rule, difference) = self.beside_no_change()?;
        Some(metric.direction().improves(value, rule, 0.0) && difference.is_clear())
    }

    /// How far the network is from the best of the simple rules on the same rows.
    pub fn gain(&self) -> Option<Difference> {
        let (metric, _) = self.validation.first()?;
        let rule = self.best_baseline()?;
        Difference::of(metric, &rule.judgement.outcome, &self.validation.outcome)
    }
}
