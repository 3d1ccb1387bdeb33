use crate::{Inputs, Model};
use ikhim_graph::Tensor;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How the predictions of several networks become one.
///
/// Both are means and not sums: the answer is the same, and probabilities stay
/// those of one network instead of becoming surer with every member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Combine {
    /// The mean of what they give: of logits, or of numbers.
    #[default]
    Logits,
    /// The mean of their probabilities.
    Probabilities,
}

impl Combine {
    /// The mean of values of one shape, of which there is one at least.
    #[track_caller]
    pub(crate) fn mean<'g>(values: &[Tensor<'g>]) -> Tensor<'g> {
        let mut sum = values[0];
        for value in &values[1..] {
            sum = sum + *value;
        }
        if values.len() == 1 { sum } else { sum / values.len() as f64 }
    }
}

/// Several networks that answer together. Each is trained by its own loss on the
/// same batches, as if it were alone: they differ by their initial weights and
/// their dropout. It is one model: one state, one file, one prediction.
///
/// A member's layers stand under `member_1`, `member_2`, …. Shared by all are
/// the learned vectors of columns, which belong to the inputs; and clipping by
/// the norm of all gradients looks at all members.
///
/// ```
/// use ikhim_nn::{Combine, Ensemble, Mlp};
/// let five = Ensemble::new(5, Mlp::new([32])).combine(Combine::Probabilities);
/// let mixed = Ensemble::of([Mlp::new([32]), Mlp::new([64, 64])]);
/// # let _ = (five, mixed);
/// ```
#[derive(Clone)]
pub struct Ensemble {
    members: Vec<Arc<dyn Model + Send + Sync>>,
    combine: Combine,
}

impl Ensemble {
    /// So many networks of one kind, at least one.
    pub fn new(count: usize, member: impl Model + Send + Sync + 'static) -> Ensemble {
        Ensemble::shared(count, Arc::new(member))
    }

    /// As [`Ensemble::new`] of a network of unknown type.
    pub fn shared(count: usize, member: Arc<dyn Model + Send + Sync>) -> Ensemble {
        Ensemble { members: vec![member; count.max(1)], combine: Combine::default() }
    }

    /// Networks of several kinds; of none, their prediction would be nothing.
    pub fn of<M>(members: impl IntoIterator<Item = M>) -> Ensemble
    where
        M: Model + Send + Sync + 'static,
    {
        let members = members.into_iter().map(|member| Arc::new(member) as _).collect();
        Ensemble { members, combine: Combine::default() }
    }

    /// Adds a network, of any kind.
    pub fn member(mut self, member: impl Model + Send + Sync + 'static) -> Ensemble {
        self.members.push(Arc::new(member));
        self
    }

    /// How their predictions become one.
    pub fn combine(mut self, combine: Combine) -> Ensemble {
        self.combine = combine;
        self
    }

    /// How many networks there are.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

impl Model for Ensemble {
    /// The mean of what the members give: within another model nobody knows of
    /// probabilities.
    fn forward<'g>(&self, inputs: &Inputs<'g>) -> Tensor<'g> {
        Combine::mean(&self.members(inputs))
    }

    #[track_caller]
    fn members<'g>(&self, inputs: &Inputs<'g>) -> Vec<Tensor<'g>> {
        if self.members.is_empty() {
            return vec![inputs.graph().fail(ikhim_text::Fault::of("shape.no_members"))];
        }
        let build = |(index, member): (usize, &Arc<dyn Model + Send + Sync>)| {
            let name = format!("member_{}", index + 1);
            inputs.graph().layer("member", Some(&name), || member.forward(inputs))
        };
        self.members.iter().enumerate().map(build).collect()
    }

    fn combination(&self) -> Combine {
        self.combine
    }
}
