//! The three graphs of a model: one that takes a training step, one that
//! measures, one that predicts. They declare the same parameters, so one state
//! serves all three; the training graph adds the optimizer's slots.

use crate::layer::recurrent::mask;
use crate::optimizer::{Descent, count_updates};
use crate::penalty::marked;
use crate::{
    Combine, Embedding, FEATURES, Inputs, LENGTHS, Loss, Model, Objective, Penalty, Reduction,
    Result, Spec, Target,
};
use ikhim_graph::{Array, DType, Definition, Dim, Graph, Mode, N, Tensor, Variable, gradients};
use ikhim_text::Fault;
use ikhim_text::nearest::nearest;

/// The graph of a training step.
///
/// Inputs: those of the spec, `target`, `learning_rate` (f32, a single number)
/// and, where the spec says so, `weight` (f32 `[N]`), `target_partner` and
/// `mixing`. Outputs:
///
/// | name | value |
/// |---|---|
/// | `loss` | the loss of the rows, without penalties; of an ensemble the mean of its members' |
/// | `objective` | the loss with penalties, which is differentiated; of an ensemble the sum |
/// | `prediction` | logits or values |
/// | `<path>.grad` | the gradient by each trained parameter, before hook and clipping |
/// | `gradient_norm` | the Euclidean norm of all of them together |
///
/// Updates: parameters, slots, `optimizer.step`. All outputs are values before
/// the update.
///
/// ```
/// use ikhim_graph::{Array, Evaluator, Feed, State};
/// use ikhim_nn::{Linear, Mse, Objective, Sgd, Spec, Target, training};
///
/// let spec = Spec::new([1], Target::number(1));
/// let step = training(&Linear::new(), &spec, &Objective::new(Mse::new(), Sgd::new(0.1)))?;
/// let mut state = State::initial(&step, 7);
/// let step = Evaluator::<f32>::with_updates(step.into(), &["loss", "dense_1.kernel.grad"])?;
/// let (x, rate) = (Array::f32(&[3, 1], vec![1.0, 2.0, 3.0]), Array::scalar(0.1));
/// let feed = Feed::rows(3).input("features", &x).input("target", &x);
/// for _ in 0..1000 {
///     step.run(&mut state, &feed.clone().input("learning_rate", &rate))?;
/// }
/// let kernel = state.get("dense_1.kernel").unwrap().to_f64();
/// assert!((kernel[0] - 1.0).abs() < 0.01);
/// # Ok::<(), ikhim_text::Fault>(())
/// ```
///
/// # Errors
/// The first fault of construction: shapes that do not fit, names that are
/// taken, a target that the loss or the model does not fit, a group or a class
/// weight for what is not there.
#[track_caller]
pub fn training(model: &dyn Model, spec: &Spec, objective: &Objective) -> Result<Definition> {
    let graph = Graph::with_mode(Mode::Training);
    let total = build_objective(&graph, model, spec, objective)?;
    let trained = trained(&graph, objective);
    let rate = graph.input("learning_rate", DType::F32, &[]);
    let by: Vec<Tensor<'_>> = trained.iter().map(|(_, tensor, _)| *tensor).collect();
    let slopes = gradients(total, &by);
    for ((variable, ..), slope) in trained.iter().zip(&slopes) {
        slope.named(&format!("{}.grad", variable.path));
    }
    norm(&graph, &slopes).named("gradient_norm");

    let slopes = treated(&graph, objective, &trained, slopes);
    let step = count_updates(&graph);
    for ((variable, parameter, multiplier), gradient) in trained.iter().zip(slopes) {
        let rate = if *multiplier == 1.0 { rate } else { *multiplier * rate };
        let descent = objective.optimizer.descent(&Descent {
            optimizer: objective.optimizer.name(),
            path: &variable.path,
            parameter: *parameter,
            gradient,
            rate,
            step,
        });
        let kept = match objective.weight_decay {
            decay if decay != 0.0 && is_kernel(&variable.path) => *parameter * (1.0 - decay * rate),
            _ => *parameter,
        };
        graph.update(*parameter, kept - descent);
    }
    graph.finish()
}

/// Builds the model, its loss and its penalties: the number that is made small.
#[track_caller]
pub(crate) fn build_objective<'g>(
    graph: &'g Graph,
    model: &dyn Model,
    spec: &Spec,
    objective: &Objective,
) -> Result<Tensor<'g>> {
    let predictions = predictions(graph, model, spec, &objective.loss);
    let total = Targets::of(graph, spec, objective).losses(&predictions);
    check_groups(graph, objective, &graph.trainable());
    let penalties = penalties(model, spec, objective, &trained(graph, objective))?;
    Ok(penalties.into_iter().fold(total, |sum, penalty| sum + penalty).named("objective"))
}

/// What the predictions of a step are held against.
struct Targets<'a, 'g> {
    graph: &'g Graph,
    spec: &'a Spec,
    loss: &'a Loss,
    target: Tensor<'g>,
    of_rows: Option<Tensor<'g>>,
    of_classes: Option<Tensor<'g>>,
    /// For rows that are mixtures: the class of the other row, the weight of that
    /// class, and the share of the first.
    mixed: Option<(Tensor<'g>, Option<Tensor<'g>>, Tensor<'g>)>,
}

impl<'a, 'g> Targets<'a, 'g> {
    #[track_caller]
    fn of(graph: &'g Graph, spec: &'a Spec, objective: &'a Objective) -> Targets<'a, 'g> {
        let first = target(graph, spec.target());
        let weights = |target| class_weights(graph, spec, objective, target);
        let mixed = spec.has_mixed_classes().then(|| {
            let partner = graph.input("target_partner", DType::I32, &[N]);
            (partner, weights(partner), graph.input("mixing", DType::F32, &[N]))
        });
        let (of_rows, of_classes) = (row_weights(graph, spec), weights(first));
        Targets { graph, spec, loss: &objective.loss, target: first, of_rows, of_classes, mixed }
    }

    /// The number that is made small: the sum of the losses of all members, so
    /// that each has the gradient that it would have alone. Their mean is named
    /// `loss`.
    #[track_caller]
    fn losses(&self, predictions: &[Tensor<'g>]) -> Tensor<'g> {
        let losses: Vec<Tensor<'g>> = predictions.iter().map(|one| self.loss(*one)).collect();
        let total = losses.iter().copied().reduce(|sum, loss| sum + loss);
        let total = total.unwrap_or_else(|| self.graph.scalar(0.0));
        match losses.len() {
            0 | 1 => total.named("loss"),
            count => {
                (total / count as f64).named("loss");
                total
            }
        }
    }

    #[track_caller]
    fn loss(&self, prediction: Tensor<'g>) -> Tensor<'g> {
        check(self.graph, self.loss, prediction, self.spec.target());
        let against = |target, of_classes| {
            let (spec, loss) = (self.spec, self.loss);
            rows_of(self.graph, spec, loss, prediction, target, self.of_rows, of_classes)
        };
        let (rows, weights) = against(self.target, self.of_classes);
        let Some((partner, of_partner, share)) = self.mixed else {
            return self.loss.reduce(rows, weights);
        };
        let of = |first, second| share * first + (1.0 - share) * second;
        let (others, other_weights) = against(partner, of_partner);
        let (Some(first), Some(second)) = (weights, other_weights) else {
            return self.loss.reduce(of(rows, others), None);
        };
        let sum = of(first * rows, second * others).sum_all();
        match self.loss.reduction() {
            Reduction::Sum => sum,
            _ => sum / of(first, second).sum_all(),
        }
    }
}

/// The parameters that are trained, each with the factor on its rate.
pub(crate) fn trained<'g>(
    graph: &'g Graph,
    objective: &Objective,
) -> Vec<(Variable, Tensor<'g>, f64)> {
    let parameters = graph.trainable().into_iter();
    parameters
        .filter_map(|(variable, tensor)| {
            let rate = rate_of(objective, &variable.path)?;
            Some((variable, tensor, rate))
        })
        .collect()
}

/// The graph that measures a model on rows with targets; layers behave as in
/// use. Inputs as [`training`] but for the rate. Outputs: `loss` (without class
/// weights), `row_losses` `[N]`, `prediction`, `probability`.
///
/// # Errors
/// As [`training`].
#[track_caller]
pub fn evaluation(model: &dyn Model, spec: &Spec, loss: &Loss) -> Result<Definition> {
    let graph = Graph::new();
    let prediction = build(&graph, model, spec, loss);
    let target = target(&graph, spec.target());
    check(&graph, loss, prediction, spec.target());
    let of_rows = row_weights(&graph, spec);
    let (rows, weights) = rows_of(&graph, spec, loss, prediction, target, of_rows, None);
    rows.named("row_losses");
    if let (Target::Sequence { .. }, Some(weights)) = (spec.target(), weights) {
        weights.named("row_weights");
    }
    loss.reduce(rows, weights).named("loss");
    loss.probability(prediction).named("probability");
    graph.finish()
}

/// The graph that predicts one step of a sequence after the other: as
/// [`prediction`] over sequences of a single step, with inputs and outputs
/// [`CARRIED`](crate::CARRIED) for the state of every recurrent layer.
///
/// Only where no layer looks at other steps in another way does it give what the
/// graph over whole sequences gives.
///
/// # Errors
/// As [`training`]; a network that needs more than one step.
#[track_caller]
pub fn stepping(model: &dyn Model, spec: &Spec, loss: &Loss) -> Result<Definition> {
    let graph = Graph::carrying();
    let prediction = build(&graph, model, &spec.clone().of_one_step(), loss);
    loss.probability(prediction).named("probability");
    graph.finish()
}

/// The graph that predicts; layers behave as in use. Inputs: those of the spec.
/// Outputs: `prediction` and `probability`, which is the softmax or the sigmoid
/// of the prediction where the loss holds it, else the prediction itself.
///
/// # Errors
/// As [`training`].
#[track_caller]
pub fn prediction(model: &dyn Model, spec: &Spec, loss: &Loss) -> Result<Definition> {
    let graph = Graph::new();
    let prediction = build(&graph, model, spec, loss);
    loss.probability(prediction).named("probability");
    graph.finish()
}

/// Builds the model on the inputs of a spec.
#[track_caller]
pub(crate) fn build<'g>(
    graph: &'g Graph,
    model: &dyn Model,
    spec: &Spec,
    loss: &Loss,
) -> Tensor<'g> {
    combined(loss, model.combination(), &members(graph, model, spec, loss)).named("prediction")
}

/// Builds the model on the inputs of a spec. Gives the predictions of its
/// members; the one that they give together has the name `prediction`.
#[track_caller]
fn predictions<'g>(
    graph: &'g Graph,
    model: &dyn Model,
    spec: &Spec,
    loss: &Loss,
) -> Vec<Tensor<'g>> {
    let members = members(graph, model, spec, loss);
    combined(loss, model.combination(), &members).named("prediction");
    members
}

/// One prediction from those of all members: the mean of their outputs, or the
/// output that has the mean of their probabilities.
#[track_caller]
fn combined<'g>(loss: &Loss, combine: Combine, members: &[Tensor<'g>]) -> Tensor<'g> {
    match (members, combine) {
        ([one], _) => *one,
        (members, Combine::Logits) => Combine::mean(members),
        (members, Combine::Probabilities) => {
            let shares: Vec<Tensor<'g>> =
                members.iter().map(|member| loss.probability(*member)).collect();
            loss.of_probability(Combine::mean(&shares))
        }
    }
}

#[track_caller]
fn members<'g>(graph: &'g Graph, model: &dyn Model, spec: &Spec, loss: &Loss) -> Vec<Tensor<'g>> {
    let width = loss.width(spec.target());
    let mut inputs = Inputs::new(graph, Some(width));
    let mut vectors = Vec::new();
    for input in spec.inputs() {
        let sizes = input.shape().iter().copied().map(Dim::Fixed);
        let shape: Vec<Dim> = [N].into_iter().chain(sizes).collect();
        let value = graph.input(input.name(), input.dtype(), &shape);
        match (input.output_dim(), input.categories()) {
            (Some(output_dim), Some(levels)) => {
                vectors.push(vector(graph, input.name(), value, levels, output_dim));
            }
            _ => inputs = inputs.with(input.name(), value, input.categories()),
        }
    }
    if !vectors.is_empty() {
        inputs = inputs.joined(FEATURES, &vectors);
    }
    model.members(&inputs)
}

/// The learned vector of each row's level; zeros for the index behind the last
/// level. The layer has the name of the input.
#[track_caller]
fn vector<'g>(
    graph: &'g Graph,
    name: &str,
    levels: Tensor<'g>,
    count: usize,
    output_dim: usize,
) -> Tensor<'g> {
    graph.layer("embedding", Some(name), || {
        Embedding::new(output_dim).input_dim(count).or_zeros(levels)
    })
}

fn target<'g>(graph: &'g Graph, target: &Target) -> Tensor<'g> {
    match target {
        Target::Class { .. } => graph.input("target", DType::I32, &[N]),
        Target::Sequence { steps, .. } => {
            graph.input("target", DType::I32, &[N, Dim::Fixed(*steps)])
        }
        Target::Number { width } | Target::MultiLabel { width } => {
            graph.input("target", DType::F32, &[N, Dim::Fixed(*width)])
        }
    }
}

#[track_caller]
fn check(graph: &Graph, loss: &Loss, prediction: Tensor<'_>, target: &Target) {
    if let Some(fault) = loss.check(prediction, target) {
        graph.fail(fault);
    }
}

/// The weight of each row, where the data give one.
fn row_weights<'g>(graph: &'g Graph, spec: &Spec) -> Option<Tensor<'g>> {
    spec.has_row_weights().then(|| graph.input("weight", DType::F32, &[N]))
}

/// The loss of each row, and how much each counts where that differs: by the
/// weight of its class, by its own, by the steps of a sequence that count.
#[track_caller]
fn rows_of<'g>(
    graph: &'g Graph,
    spec: &Spec,
    loss: &Loss,
    prediction: Tensor<'g>,
    target: Tensor<'g>,
    of_rows: Option<Tensor<'g>>,
    of_classes: Option<Tensor<'g>>,
) -> (Tensor<'g>, Option<Tensor<'g>>) {
    let both = |one: Option<Tensor<'g>>, other: Option<Tensor<'g>>| match (one, other) {
        (Some(one), Some(other)) => Some(one * other),
        (one, other) => one.or(other),
    };
    let Target::Sequence { steps, .. } = spec.target() else {
        return (loss.rows(prediction, target), both(of_rows, of_classes));
    };
    // Lengths are those of what is read; a target of another number of steps is
    // another sequence.
    let named = |name: &str| spec.inputs().iter().find(|input| input.name() == name);
    let read = named(FEATURES).and_then(|input| input.shape().first());
    let lengths = named(LENGTHS).is_some() && read == Some(steps);
    let within = lengths.then(|| {
        let lengths = graph.given(LENGTHS);
        mask(lengths, *steps).cast(DType::F32)
    });
    match both(within, of_classes) {
        None => (loss.rows(prediction, target), of_rows),
        Some(weights) => {
            let (rows, whole) = loss.sequence_rows(prediction, target, weights);
            (rows, both(Some(whole), of_rows))
        }
    }
}

/// The weight of the class of each target.
#[track_caller]
fn class_weights<'g>(
    graph: &'g Graph,
    spec: &Spec,
    objective: &Objective,
    target: Tensor<'g>,
) -> Option<Tensor<'g>> {
    let weights = objective.class_weight.as_ref()?;
    let classes = match spec.target() {
        Target::Class { count } => *count,
        Target::Sequence { classes, .. } => *classes,
        _ => 0,
    };
    if weights.len() != classes {
        let fault = Fault::of("shape.class_weight").with("expected", classes);
        return Some(graph.fail(fault.with("found", weights.len())));
    }
    let table = weights.iter().map(|weight| *weight as f32).collect();
    Some(graph.constant(Array::f32(&[classes], table)).gather(target, 0))
}

/// The factor on the rate of a parameter; `None` when it is not trained.
fn rate_of(objective: &Objective, path: &str) -> Option<f64> {
    match objective.groups.iter().rev().find(|group| group.holds(path)) {
        Some(group) => group.trainable.then_some(group.rate),
        None => Some(1.0),
    }
}

fn check_groups(graph: &Graph, objective: &Objective, parameters: &[(Variable, Tensor<'_>)]) {
    let paths = || parameters.iter().map(|(variable, _)| variable.path.as_str());
    for group in &objective.groups {
        if paths().any(|path| group.holds(path)) {
            continue;
        }
        let layers = paths().filter_map(|path| path.rsplit_once('.').map(|(layer, _)| layer));
        let fault = Fault::of("shape.unknown_value").with("name", &group.layer);
        graph.fail(match nearest(&group.layer, layers) {
            Some(near) => fault.help(format!("the nearest layer is `{near}`")),
            None => fault,
        });
    }
}

/// The penalties of the objective and of single layers on trained kernels.
fn penalties<'g>(
    model: &dyn Model,
    spec: &Spec,
    objective: &Objective,
    trained: &[(Variable, Tensor<'g>, f64)],
) -> Result<Vec<Tensor<'g>>> {
    let alone = Graph::with_mode(Mode::Training);
    build(&alone, model, spec, &objective.loss);
    let of_layers = marked(&alone.finish()?);
    let penalty = |(variable, tensor, _): &(Variable, Tensor<'g>, f64)| {
        let of_all = if is_kernel(&variable.path) { objective.penalty } else { Penalty::default() };
        let own = of_layers.get(&variable.path).copied().unwrap_or_default();
        of_all.plus(own).value(*tensor)
    };
    Ok(trained.iter().filter_map(penalty).collect())
}

/// Whether decay and penalties touch the parameter: kernels, never biases,
/// scales or embeddings.
fn is_kernel(path: &str) -> bool {
    path.rsplit('.').next().is_some_and(|name| name.ends_with("kernel"))
}

/// The Euclidean norm of several values together.
fn norm<'g>(graph: &'g Graph, values: &[Tensor<'g>]) -> Tensor<'g> {
    let squares = values.iter().map(|value| value.square().sum_all());
    squares.reduce(|sum, square| sum + square).unwrap_or_else(|| graph.scalar(0.0)).sqrt()
}

/// The gradients after the hook, then `clip_value`, then `clip_norm`.
fn treated<'g>(
    graph: &'g Graph,
    objective: &Objective,
    trained: &[(Variable, Tensor<'g>, f64)],
    mut slopes: Vec<Tensor<'g>>,
) -> Vec<Tensor<'g>> {
    if let Some(hook) = &objective.gradient_hook {
        for ((variable, ..), slope) in trained.iter().zip(&mut slopes) {
            *slope = (hook.0)(&variable.path, *slope);
        }
    }
    if let Some(limit) = objective.clip_value {
        slopes.iter_mut().for_each(|slope| *slope = slope.clip(-limit, limit));
    }
    if let Some(max_norm) = objective.clip_norm {
        let scale = (max_norm / (norm(graph, &slopes) + 1e-6)).minimum(graph.scalar(1.0));
        slopes.iter_mut().for_each(|slope| *slope = *slope * scale);
    }
    slopes
}
