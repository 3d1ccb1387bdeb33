use ikhim_graph::DType;
use serde::{Deserialize, Serialize};

/// What a model reads and what it has to predict: all that training graphs need
/// to know of the data.
///
/// ```
/// use ikhim_nn::{Spec, Target};
/// let digits = Spec::new([8, 8, 1], Target::class(10));
/// assert_eq!(digits.inputs()[0].name(), "features");
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Spec {
    inputs: Vec<ModelInput>,
    target: Target,
    #[serde(default)]
    row_weights: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    mixed_classes: bool,
}

/// One input of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModelInput {
    name: String,
    integers: bool,
    shape: Vec<usize>,
    #[serde(default)]
    categories: Option<usize>,
    /// The length of the learned vector that each integer becomes.
    #[serde(default)]
    output_dim: Option<usize>,
}

/// What is to be predicted for each row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Target {
    /// One of several classes. The target is i32 `[N]`, from 0.
    Class {
        /// How many classes there are.
        count: usize,
    },
    /// One or several numbers. The target is f32 `[N, width]`.
    Number {
        /// How many numbers.
        width: usize,
    },
    /// Several yes or no. The target is f32 `[N, width]` of 0 and 1.
    MultiLabel {
        /// How many.
        width: usize,
    },
    /// One of several classes for each step. The target is i32 `[N, steps]`, from
    /// 0. With an input [`LENGTHS`](crate::LENGTHS) the steps behind the length of
    /// a row do not count.
    Sequence {
        /// How many steps.
        steps: usize,
        /// How many classes there are.
        classes: usize,
    },
}

impl Target {
    /// One of so many classes.
    pub fn class(count: usize) -> Target {
        Target::Class { count }
    }

    /// So many numbers.
    pub fn number(width: usize) -> Target {
        Target::Number { width }
    }

    /// One of so many classes for each of so many steps.
    pub fn sequence(steps: usize, classes: usize) -> Target {
        Target::Sequence { steps, classes }
    }

    /// So many yes or no.
    pub fn multi_label(width: usize) -> Target {
        Target::MultiLabel { width }
    }
}

impl Spec {
    /// One input `features` of real numbers with these sizes for each row.
    pub fn new(features: impl Into<Vec<usize>>, target: Target) -> Spec {
        let features = ModelInput::real(crate::FEATURES, features);
        Spec { inputs: vec![features], target, row_weights: false, mixed_classes: false }
    }

    /// Inputs of one's own instead of `features`.
    pub fn with_inputs(inputs: impl IntoIterator<Item = ModelInput>, target: Target) -> Spec {
        Spec {
            inputs: inputs.into_iter().collect(),
            target,
            row_weights: false,
            mixed_classes: false,
        }
    }

    /// Adds an input.
    pub fn input(mut self, input: ModelInput) -> Spec {
        self.inputs.push(input);
        self
    }

    /// Whether each row has a weight: an input `weight`, f32 `[N]`.
    pub fn row_weights(mut self, row_weights: bool) -> Spec {
        self.row_weights = row_weights;
        self
    }

    /// Whether each train row is a mixture of two: an input `target_partner`,
    /// i32 `[N]`, holds the class of the other one, and `mixing`, f32 `[N]`, the
    /// share of the first. The loss of a row in training is then the sum of its
    /// losses against both, each times its share.
    pub fn mixed_classes(mut self, mixed_classes: bool) -> Spec {
        self.mixed_classes = mixed_classes;
        self
    }

    /// The same for sequences of a single step.
    pub(crate) fn of_one_step(mut self) -> Spec {
        for input in &mut self.inputs {
            if let Some(steps) = input.shape.first_mut() {
                *steps = 1;
            }
        }
        if let Target::Sequence { steps, .. } = &mut self.target {
            *steps = 1;
        }
        self
    }

    /// The inputs in order.
    pub fn inputs(&self) -> &[ModelInput] {
        &self.inputs
    }

    /// What is to be predicted.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Whether each train row is a mixture of two.
    pub fn has_mixed_classes(&self) -> bool {
        self.mixed_classes
    }

    /// Whether each row has a weight.
    pub fn has_row_weights(&self) -> bool {
        self.row_weights
    }
}

impl ModelInput {
    /// Real numbers with these sizes for each row; `[]` for a single one.
    pub fn real(name: impl Into<String>, shape: impl Into<Vec<usize>>) -> ModelInput {
        ModelInput {
            name: name.into(),
            integers: false,
            shape: shape.into(),
            categories: None,
            output_dim: None,
        }
    }

    /// Integers from 0 with these sizes for each row, and how many values they
    /// have, where known.
    pub fn integers(
        name: impl Into<String>,
        shape: impl Into<Vec<usize>>,
        categories: Option<usize>,
    ) -> ModelInput {
        ModelInput {
            name: name.into(),
            integers: true,
            shape: shape.into(),
            categories,
            output_dim: None,
        }
    }

    /// One integer for each row, of which a model reads a learned vector: it is
    /// joined to the end of `features`. The integers from 0 to `levels − 1` have
    /// a row of the parameter `<name>.embeddings`, which is `[levels,
    /// output_dim]`; `levels` itself stands for none of them and becomes zeros.
    pub fn embedded(name: impl Into<String>, levels: usize, output_dim: usize) -> ModelInput {
        ModelInput {
            name: name.into(),
            integers: true,
            shape: Vec::new(),
            categories: Some(levels),
            output_dim: Some(output_dim),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The type of its elements.
    pub fn dtype(&self) -> DType {
        if self.integers { DType::I32 } else { DType::F32 }
    }

    /// The sizes of a row.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The length of the learned vector that each integer becomes, where it
    /// becomes one.
    pub fn output_dim(&self) -> Option<usize> {
        self.output_dim
    }

    /// How many values the integers have, where known.
    pub fn categories(&self) -> Option<usize> {
        self.categories
    }
}
