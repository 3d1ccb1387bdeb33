//! Losses: how far a prediction is from its target, one number for each row.
//!
//! A loss never broadcasts: a prediction `[N, 1]` against a target `[N]` is a
//! fault (`shape.loss`), not an N×N table.

mod binary_cross_entropy;
mod cross_entropy;
mod custom;
mod huber;
mod mae;
mod mse;
mod sum_squared_error;

pub use binary_cross_entropy::BinaryCrossEntropy;
pub use cross_entropy::CrossEntropy;
pub use custom::CustomLoss;
pub use huber::Huber;
pub use mae::Mae;
pub use mse::Mse;
pub use sum_squared_error::SumSquaredError;

use crate::Target;
use ikhim_graph::{DType, Dim, Tensor};
use ikhim_text::Fault;
use serde::{Deserialize, Serialize};

/// How the losses of rows become one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reduction {
    /// Their mean; with weights `Σ w·l / Σ w`, as PyTorch's class weights
    /// (Keras divides by the number of rows instead).
    #[default]
    Mean,
    /// Their sum; with weights `Σ w·l`.
    Sum,
}

/// Any loss as a value.
///
/// ```
/// use ikhim_nn::{CrossEntropy, Loss};
/// let smoothed: Loss = CrossEntropy::new().label_smoothing(0.05).into();
/// let cubic = Loss::custom("cubic", |prediction, target| (prediction - target).abs().pow(3.0));
/// assert_eq!((smoothed.name(), cubic.name()), ("cross_entropy", "cubic"));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Loss {
    /// Mean squared error.
    Mse(Mse),
    /// Mean absolute error.
    Mae(Mae),
    /// Squared near 0, absolute far away.
    Huber(Huber),
    /// Sum of squared errors.
    SumSquaredError(SumSquaredError),
    /// Cross-entropy over classes.
    CrossEntropy(CrossEntropy),
    /// Cross-entropy of yes or no.
    BinaryCrossEntropy(BinaryCrossEntropy),
    /// A function of one's own; it cannot be written to a file.
    #[serde(skip)]
    Custom(CustomLoss),
}

impl Loss {
    /// The names that an experiment file may use.
    pub const NAMES: &[&str] =
        &["mse", "mae", "huber", "sum_squared_error", "cross_entropy", "binary_cross_entropy"];

    /// The loss of a name with its default parameters; `None` for an unknown
    /// name.
    pub fn of(name: &str) -> Option<Loss> {
        Some(match name {
            "mse" => Mse::new().into(),
            "mae" => Mae::new().into(),
            "huber" => Huber::new().into(),
            "sum_squared_error" => SumSquaredError::new().into(),
            "cross_entropy" => CrossEntropy::new().into(),
            "binary_cross_entropy" => BinaryCrossEntropy::new().into(),
            _ => return None,
        })
    }

    /// A loss from a function of prediction and target that gives one number
    /// for each row or for each element.
    pub fn custom<F>(name: impl Into<String>, function: F) -> Loss
    where
        F: for<'g> Fn(Tensor<'g>, Tensor<'g>) -> Tensor<'g> + Send + Sync + 'static,
    {
        Loss::Custom(CustomLoss::new(name, function))
    }

    /// The name.
    pub fn name(&self) -> &str {
        match self {
            Loss::Mse(_) => "mse",
            Loss::Mae(_) => "mae",
            Loss::Huber(_) => "huber",
            Loss::SumSquaredError(_) => "sum_squared_error",
            Loss::CrossEntropy(_) => "cross_entropy",
            Loss::BinaryCrossEntropy(_) => "binary_cross_entropy",
            Loss::Custom(custom) => custom.name(),
        }
    }

    /// The number of columns that the prediction of a target needs: what
    /// `units = "auto"` takes. Two classes need one column, but two under
    /// `cross_entropy`; more classes one for each.
    pub fn width(&self, target: &Target) -> usize {
        match (target, self) {
            (Target::Class { count }, Loss::CrossEntropy(_)) => *count,
            (Target::Class { count: 2 }, _) => 1,
            (Target::Class { count }, _) => *count,
            (Target::Sequence { classes, .. }, _) => *classes,
            (Target::Number { width } | Target::MultiLabel { width }, _) => *width,
        }
    }

    /// The loss of each row, `[N]`. A target of classes is i32 `[N]`; the
    /// losses on numbers see it as 0 and 1 against one column, as one-hot rows
    /// against several.
    #[track_caller]
    pub fn rows<'g>(&self, prediction: Tensor<'g>, target: Tensor<'g>) -> Tensor<'g> {
        if let Loss::SumSquaredError(loss) = self {
            return loss.rows(prediction, target);
        }
        let elements = self.elements(prediction, target);
        let columns = columns(elements);
        if columns.is_empty() { elements } else { elements.mean(&columns) }
    }

    #[track_caller]
    fn elements<'g>(&self, prediction: Tensor<'g>, target: Tensor<'g>) -> Tensor<'g> {
        match self {
            Loss::Mse(loss) => loss.elements(prediction, target),
            Loss::Mae(loss) => loss.elements(prediction, target),
            Loss::Huber(loss) => loss.elements(prediction, target),
            Loss::SumSquaredError(loss) => loss.rows(prediction, target),
            Loss::CrossEntropy(loss) => loss.elements(prediction, target),
            Loss::BinaryCrossEntropy(loss) => loss.elements(prediction, target),
            Loss::Custom(loss) => loss.elements(prediction, target),
        }
    }

    /// The loss of each row of a sequence, `[N]`, and how much the row counts: the
    /// mean over its steps by their weights `[N, steps]`, and the sum of those. A
    /// mean over rows by that is the mean over all steps.
    #[track_caller]
    pub fn sequence_rows<'g>(
        &self,
        prediction: Tensor<'g>,
        target: Tensor<'g>,
        weights: Tensor<'g>,
    ) -> (Tensor<'g>, Tensor<'g>) {
        let elements = self.elements(prediction, target);
        let further: Vec<isize> = (2..elements.rank() as isize).collect();
        let steps = if further.is_empty() { elements } else { elements.mean(&further) };
        let whole = weights.sum(&[1]);
        // A row without a step that counts has the loss 0 and counts for nothing.
        let zero = prediction.graph().scalar(0.0);
        let divisor = whole.greater(zero).select(whole, prediction.graph().scalar(1.0));
        ((steps * weights).sum(&[1]) / divisor, whole)
    }

    /// The losses of all rows as one number, with a weight for each row where
    /// given.
    #[track_caller]
    pub fn reduce<'g>(&self, rows: Tensor<'g>, weights: Option<Tensor<'g>>) -> Tensor<'g> {
        match (self.reduction(), weights) {
            (Reduction::Mean, None) => rows.mean_all(),
            (Reduction::Mean, Some(weights)) => (rows * weights).sum_all() / weights.sum_all(),
            (Reduction::Sum, None) => rows.sum_all(),
            (Reduction::Sum, Some(weights)) => (rows * weights).sum_all(),
        }
    }

    /// How the losses of rows become one number.
    pub fn reduction(&self) -> Reduction {
        match self {
            Loss::Mse(loss) => loss.reduction,
            Loss::Mae(loss) => loss.reduction,
            Loss::Huber(loss) => loss.reduction,
            Loss::SumSquaredError(loss) => loss.reduction,
            Loss::CrossEntropy(loss) => loss.reduction,
            Loss::BinaryCrossEntropy(loss) => loss.reduction,
            Loss::Custom(loss) => loss.reduction,
        }
    }

    /// The prediction as probabilities: softmax or sigmoid of logits where the
    /// loss holds it, the prediction itself everywhere else.
    pub fn probability<'g>(&self, prediction: Tensor<'g>) -> Tensor<'g> {
        match self {
            Loss::CrossEntropy(loss) if loss.from_logits => prediction.softmax(-1),
            Loss::BinaryCrossEntropy(loss) if loss.from_logits => prediction.sigmoid(),
            _ => prediction,
        }
    }

    /// The prediction that has these probabilities: the reverse of
    /// [`probability`](Loss::probability). A probability of 0 counts as 2⁻¹²⁶,
    /// so that its logarithm is a number.
    pub fn of_probability<'g>(&self, probability: Tensor<'g>) -> Tensor<'g> {
        const LEAST: f64 = f32::MIN_POSITIVE as f64;
        match self {
            Loss::CrossEntropy(loss) if loss.from_logits => probability.clip(LEAST, 1.0).log(),
            Loss::BinaryCrossEntropy(loss) if loss.from_logits => {
                let yes = probability.clip(LEAST, 1.0).log();
                yes - (1.0 - probability).clip(LEAST, 1.0).log()
            }
            _ => probability,
        }
    }

    /// Whether the prediction of a graph has the width that a target needs. Two
    /// classes may have a column each under every loss.
    pub(crate) fn check<'g>(&self, prediction: Tensor<'g>, target: &Target) -> Option<Fault> {
        if prediction.node().is_none() || matches!(self, Loss::Custom(_)) {
            return None;
        }
        if let Target::Sequence { steps, classes } = target {
            return self.check_sequence(prediction, *steps, *classes);
        }
        let Target::Class { count } = target else { return None };
        let (shape, width) = (prediction.shape(), self.width(target));
        let found = shape.last().copied();
        let is_wide = found == Some(Dim::Fixed(width)) || found == Some(Dim::Fixed(*count));
        if is_wide && shape.rank() != 3 {
            return None;
        }
        let fault = Fault::of("shape.loss").with("found", &shape).with_words(
            "expected",
            format!("[N] of {count} classes"),
            format!("클래스 {count}개의 [N]"),
        );
        Some(if shape.rank() == 3 {
            fault.help_words(
                "the target has one class a row; the last recurrent layer needs \
                 `return_sequences = false`",
                "목표가 행마다 클래스 하나입니다. 마지막 순환층에 `return_sequences = false`가 \
                 필요합니다",
            )
        } else if found == Some(Dim::Fixed(1)) && *count == 2 {
            fault.help_words(
                "one column for two classes belongs to `binary_cross_entropy`; `cross_entropy` \
                 needs a column for each class",
                "두 클래스에 열이 하나이면 `binary_cross_entropy`를 쓰세요. `cross_entropy`는 \
                 클래스마다 열이 하나씩 필요합니다",
            )
        } else {
            fault.help_words(
                format!("the last layer needs {width} units"),
                format!("마지막 층의 units는 {width}이어야 합니다"),
            )
        })
    }
}

impl Loss {
    /// Whether there is a column for each class in each step.
    fn check_sequence(
        &self,
        prediction: Tensor<'_>,
        steps: usize,
        classes: usize,
    ) -> Option<Fault> {
        let shape = prediction.shape();
        if shape[1..] == [Dim::Fixed(steps), Dim::Fixed(classes)] {
            return None;
        }
        let fault = Fault::of("shape.loss").with("found", &shape).with_words(
            "expected",
            format!("[N, {steps}] of {classes} classes"),
            format!("클래스 {classes}개의 [N, {steps}]"),
        );
        Some(match shape.rank() {
            2 => fault.help_words(
                "the target has a class for each step, so every layer must give a value for each: \
                 `return_sequences = true`",
                "목표에 단계마다 클래스가 있으므로 모든 층이 단계마다 값을 내야 합니다: \
                 `return_sequences = true`",
            ),
            _ => fault.help_words(
                format!("the last layer needs {classes} units"),
                format!("마지막 층의 units는 {classes}이어야 합니다"),
            ),
        })
    }
}

/// The target in the shape and type of the prediction, class numbers as 0 and 1
/// or as one-hot rows; the fault `shape.loss` when the shapes do not fit.
#[track_caller]
fn paired<'g>(prediction: Tensor<'g>, target: Tensor<'g>) -> Tensor<'g> {
    let paired = match target.dtype() {
        DType::I32 if prediction.rank() == target.rank() + 1 => one_hot(prediction, target),
        DType::I32 => target.cast(DType::F32),
        _ => target,
    };
    if prediction.shape() == paired.shape() { paired } else { unequal(prediction, target) }
}

/// Class numbers as one-hot rows of the prediction's width, or as 0 and 1 for a
/// single column. A class that is not there is an error of the run: the lookup
/// checks it.
#[track_caller]
fn one_hot<'g>(prediction: Tensor<'g>, target: Tensor<'g>) -> Tensor<'g> {
    let graph = target.graph();
    match prediction.dim(-1) {
        1 => graph.iota(2).gather(target, 0).cast(DType::F32).expand_dims(-1),
        width => graph.iota(width).gather(target, 0).one_hot(width),
    }
}

/// The fault of a prediction and a target of different shapes.
#[track_caller]
fn unequal<'g>(prediction: Tensor<'g>, target: Tensor<'g>) -> Tensor<'g> {
    let fault = Fault::of("shape.loss").with("found", prediction.shape());
    prediction.graph().fail(fault.with("expected", target.shape()))
}

/// All axes of a value but the first.
fn columns(value: Tensor<'_>) -> Vec<isize> {
    (1..value.rank() as isize).collect()
}

/// The setter of `reduction` and the conversion to [`Loss`], which every loss
/// has.
macro_rules! common {
    ($($loss:ident),+) => {$(
        impl $loss {
            /// How the losses of rows become one number.
            pub fn reduction(mut self, reduction: Reduction) -> $loss {
                self.reduction = reduction;
                self
            }
        }

        impl From<$loss> for Loss {
            fn from(loss: $loss) -> Loss {
                Loss::$loss(loss)
            }
        }
    )+};
}

common!(Mse, Mae, Huber, SumSquaredError, CrossEntropy, BinaryCrossEntropy);

impl From<CustomLoss> for Loss {
    fn from(loss: CustomLoss) -> Loss {
        Loss::Custom(loss)
    }
}
