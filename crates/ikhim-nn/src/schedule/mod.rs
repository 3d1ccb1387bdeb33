//! Schedules: how the learning rate changes in the course of training, as pure
//! functions of the step. The rate is an input of a training graph, so none of
//! them touches the graph.

mod plateau;
mod shape;

pub use plateau::{Plateau, ReduceOnPlateau};
pub use shape::{Cosine, Exponential, OneCycle, StepDecay};

use serde::{Deserialize, Serialize};

/// Where training stands: what a schedule may look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// Updates made so far; 0 before the first.
    pub step: u64,
    /// Updates of the whole training.
    pub total_steps: u64,
    /// Updates of an epoch.
    pub steps_per_epoch: u64,
}

/// Any schedule as a value, with its warm-up.
///
/// During warm-up the rate rises in a line, `(step + 1) / warmup`, and the
/// schedule itself runs over the steps that are left.
///
/// ```
/// use ikhim_nn::{Clock, Cosine, Schedule};
/// let schedule = Schedule::from(Cosine::new()).warmup_steps(10);
/// let at = |step| schedule.factor(Clock { step, total_steps: 110, steps_per_epoch: 10 });
/// assert_eq!((at(0), at(9), at(10)), (0.1, 1.0, 1.0));
/// assert!((at(60) - 0.5).abs() < 1e-12);
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Schedule {
    #[serde(flatten)]
    course: Course,
    #[serde(skip_serializing_if = "Warmup::is_none")]
    warmup: Warmup,
}

/// The course of the rate after warm-up.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Course {
    /// Always the same.
    #[default]
    Constant,
    /// A fall every few epochs.
    Step(StepDecay),
    /// A fall every epoch.
    Exponential(Exponential),
    /// Half a cosine.
    Cosine(Cosine),
    /// Up and down once.
    OneCycle(OneCycle),
    /// A fall whenever a metric stops getting better.
    ReduceOnPlateau(ReduceOnPlateau),
}

/// How long the rate rises at the beginning.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Warmup {
    /// Not at all.
    #[default]
    None,
    /// For so many epochs, also a part of one.
    Epochs(f64),
    /// For so many steps.
    Steps(u64),
}

impl Warmup {
    fn is_none(&self) -> bool {
        *self == Warmup::None
    }

    fn steps(self, clock: Clock) -> u64 {
        match self {
            Warmup::None => 0,
            Warmup::Epochs(epochs) => (epochs * clock.steps_per_epoch as f64).round() as u64,
            Warmup::Steps(steps) => steps,
        }
    }
}

impl Schedule {
    /// The names that an experiment file may use.
    pub const NAMES: &[&str] =
        &["constant", "step", "exponential", "cosine", "one_cycle", "reduce_on_plateau"];

    /// Always the same rate.
    pub fn constant() -> Schedule {
        Schedule::default()
    }

    /// The schedule of a name with its default settings; `None` for an unknown
    /// name.
    pub fn of(name: &str) -> Option<Schedule> {
        Some(match name {
            "constant" => Schedule::constant(),
            "step" => StepDecay::default().into(),
            "exponential" => Exponential::default().into(),
            "cosine" => Cosine::default().into(),
            "one_cycle" => OneCycle::default().into(),
            "reduce_on_plateau" => ReduceOnPlateau::default().into(),
            _ => return None,
        })
    }

    /// The name.
    pub fn name(&self) -> &'static str {
        match &self.course {
            Course::Constant => "constant",
            Course::Step(_) => "step",
            Course::Exponential(_) => "exponential",
            Course::Cosine(_) => "cosine",
            Course::OneCycle(_) => "one_cycle",
            Course::ReduceOnPlateau(_) => "reduce_on_plateau",
        }
    }

    /// Rises for so many epochs first, also a part of one.
    pub fn warmup_epochs(mut self, epochs: f64) -> Schedule {
        self.warmup = Warmup::Epochs(epochs);
        self
    }

    /// Rises for so many steps first.
    pub fn warmup_steps(mut self, steps: u64) -> Schedule {
        self.warmup = Warmup::Steps(steps);
        self
    }

    /// The factor on the learning rate at a step. A schedule that looks at a
    /// metric gives its warm-up here; the rest is in [`Plateau::factor`].
    pub fn factor(&self, clock: Clock) -> f64 {
        let warmup = self.warmup.steps(clock);
        if clock.step < warmup {
            return (clock.step + 1) as f64 / warmup as f64;
        }
        let rest = Clock {
            step: clock.step - warmup,
            total_steps: clock.total_steps.saturating_sub(warmup),
            ..clock
        };
        match &self.course {
            Course::Constant | Course::ReduceOnPlateau(_) => 1.0,
            Course::Step(course) => course.factor(rest),
            Course::Exponential(course) => course.factor(rest),
            Course::Cosine(course) => course.factor(rest),
            Course::OneCycle(course) => course.factor(rest),
        }
    }

    /// The settings of a schedule that looks at a metric.
    pub fn plateau(&self) -> Option<&ReduceOnPlateau> {
        match &self.course {
            Course::ReduceOnPlateau(plateau) => Some(plateau),
            _ => None,
        }
    }
}

impl Clock {
    /// Epochs finished so far.
    fn epoch(self) -> u64 {
        self.step / self.steps_per_epoch.max(1)
    }
}

macro_rules! from {
    ($($name:ident($course:ident)),+) => {$(
        impl From<$course> for Schedule {
            fn from(course: $course) -> Schedule {
                Schedule { course: Course::$name(course), warmup: Warmup::None }
            }
        }
    )+};
}

from!(
    Step(StepDecay),
    Exponential(Exponential),
    Cosine(Cosine),
    OneCycle(OneCycle),
    ReduceOnPlateau(ReduceOnPlateau)
);
