use crate::{Loss, Optimizer, Penalty};
use ikhim_graph::Tensor;
use std::fmt;
use std::sync::Arc;

/// What training makes small, and how: the loss with its penalties, the
/// treatment of gradients, the optimizer.
///
/// ```
/// use ikhim_nn::{Adam, CrossEntropy, Objective};
/// let objective = Objective::new(CrossEntropy::new(), Adam::new(1e-3))
///     .weight_decay(1e-4)
///     .clip_norm(1.0)
///     .class_weight([1.0, 5.0]);
/// # let _ = objective;
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Objective {
    pub(crate) loss: Loss,
    pub(crate) optimizer: Optimizer,
    pub(crate) penalty: Penalty,
    pub(crate) weight_decay: f64,
    pub(crate) clip_norm: Option<f64>,
    pub(crate) clip_value: Option<f64>,
    pub(crate) class_weight: Option<Vec<f64>>,
    pub(crate) groups: Vec<Group>,
    pub(crate) gradient_hook: Option<GradientHook>,
}

/// Layers that are trained in their own way.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Group {
    pub(crate) layer: String,
    pub(crate) rate: f64,
    pub(crate) trainable: bool,
}

impl Group {
    /// The layer of this path and all layers inside it.
    pub fn new(layer: impl Into<String>) -> Group {
        Group { layer: layer.into(), rate: 1.0, trainable: true }
    }

    /// A factor on the learning rate.
    pub fn learning_rate_multiplier(mut self, factor: f64) -> Group {
        self.rate = factor;
        self
    }

    /// With `false`, no parameter of the group changes.
    pub fn trainable(mut self, trainable: bool) -> Group {
        self.trainable = trainable;
        self
    }

    /// Whether the parameter at `path` belongs to the group.
    pub(crate) fn holds(&self, path: &str) -> bool {
        let Some(rest) = path.strip_prefix(self.layer.as_str()) else { return false };
        rest.starts_with(['.', '/'])
    }
}

type Hook = dyn for<'g> Fn(&str, Tensor<'g>) -> Tensor<'g> + Send + Sync;

/// A function that puts another gradient in the place of each one.
#[derive(Clone)]
pub struct GradientHook(pub(crate) Arc<Hook>);

impl fmt::Debug for GradientHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GradientHook")
    }
}

/// Two hooks are equal when they are the same function value.
impl PartialEq for GradientHook {
    fn eq(&self, other: &GradientHook) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Objective {
    /// A loss and an optimizer, and nothing else.
    pub fn new(loss: impl Into<Loss>, optimizer: impl Into<Optimizer>) -> Objective {
        let optimizer = optimizer.into();
        Objective {
            loss: loss.into(),
            weight_decay: optimizer.weight_decay(),
            optimizer,
            penalty: Penalty::default(),
            clip_norm: None,
            clip_value: None,
            class_weight: None,
            groups: Vec::new(),
            gradient_hook: None,
        }
    }

    /// Adds `l1 · Σ|w|` over all kernels to the objective.
    pub fn l1(mut self, l1: f64) -> Objective {
        self.penalty.l1 = l1;
        self
    }

    /// Adds `l2 · Σw²` over all kernels to the objective.
    pub fn l2(mut self, l2: f64) -> Objective {
        self.penalty.l2 = l2;
        self
    }

    /// Multiplies all kernels by `1 − rate · weight_decay` before each step,
    /// with any optimizer; in the place of AdamW's own decay.
    pub fn weight_decay(mut self, weight_decay: f64) -> Objective {
        self.weight_decay = weight_decay;
        self
    }

    /// Scales all gradients together so that their common Euclidean norm is at
    /// most `max_norm`: by `min(1, max_norm / (norm + 1e-6))`, as PyTorch.
    pub fn clip_norm(mut self, max_norm: f64) -> Objective {
        self.clip_norm = Some(max_norm);
        self
    }

    /// Moves each number of each gradient into `[−limit, limit]`, before
    /// `clip_norm`.
    pub fn clip_value(mut self, limit: f64) -> Objective {
        self.clip_value = Some(limit);
        self
    }

    /// A weight for the rows of each class, in the order of the classes.
    pub fn class_weight(mut self, weights: impl Into<Vec<f64>>) -> Objective {
        self.class_weight = Some(weights.into());
        self
    }

    /// Trains some layers in their own way. Of several groups that hold a
    /// parameter, the last counts.
    pub fn group(mut self, group: Group) -> Objective {
        self.groups.push(group);
        self
    }

    /// Replaces each gradient, given with its parameter's path, before it is
    /// clipped and used: gradients are values of the graph.
    ///
    /// ```
    /// use ikhim_nn::{Mse, Objective, Sgd};
    /// let by_hand = Objective::new(Mse::new(), Sgd::new(0.01))
    ///     .gradient_hook(|_path, gradient| gradient.clip(-1.0, 1.0));
    /// # let _ = by_hand;
    /// ```
    pub fn gradient_hook<F>(mut self, hook: F) -> Objective
    where
        F: for<'g> Fn(&str, Tensor<'g>) -> Tensor<'g> + Send + Sync + 'static,
    {
        self.gradient_hook = Some(GradientHook(Arc::new(hook)));
        self
    }

    /// The loss.
    pub fn loss(&self) -> &Loss {
        &self.loss
    }

    /// The optimizer.
    pub fn optimizer(&self) -> &Optimizer {
        &self.optimizer
    }
}
