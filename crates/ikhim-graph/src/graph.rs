use crate::autodiff::Rule;
use crate::definition::{CompositeSpan, Definition, InputSpec, Node, NodeId, Variable};
use crate::op::{self, Op};
use crate::{Array, DType, Dim, Result, Shape, Tensor};
use ikhim_text::Fault;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::Location;
use std::sync::Arc;

/// The most elements of a variable: half of what can be addressed, in f64.
const MOST_ELEMENTS: usize = isize::MAX as usize / 16;

/// The value of a variable at step 0 as a function of the run's seed.
pub type Initial = Arc<dyn Fn(u64) -> Array + Send + Sync>;

/// Whether a graph is built for training or for use: dropout and batch
/// statistics depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Mode {
    /// Layers behave as while learning.
    Training,
    /// Layers behave as in use: dropout does nothing.
    #[default]
    Evaluation,
}

/// What a variable is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Role {
    /// Learned by the optimizer: kernels, biases.
    Parameter,
    /// Kept by the optimizer: velocities, moments.
    Slot,
    /// Measured by a layer: running means and variances.
    Statistic,
    /// Counted: the number of updates.
    Counter,
}

/// A graph under construction.
///
/// Building never fails: the first fault is kept with the path of its layer and
/// the caller's line, later operations on a faulty value do nothing, and
/// [`Graph::finish`] returns the fault.
#[derive(Default)]
pub struct Graph {
    pub(crate) building: RefCell<Building>,
    mode: Mode,
    carries: bool,
}

#[derive(Default)]
pub(crate) struct Building {
    pub(crate) nodes: Vec<Node>,
    inputs: Vec<InputSpec>,
    variables: Vec<Variable>,
    outputs: BTreeMap<String, NodeId>,
    updates: Vec<(usize, NodeId)>,
    pub(crate) composites: Vec<CompositeSpan>,
    /// The gradient rule of each composite, where it has one.
    pub(crate) rules: Vec<Option<Rule>>,
    scopes: Vec<Scope>,
    taken: BTreeSet<String>,
    counts: BTreeMap<(String, String), usize>,
    /// Who asked for what is under construction; see [`Graph::on_behalf_of`].
    author: Option<Author>,
    pub(crate) fault: Option<Fault>,
}

/// Who wrote the line that a fault belongs to: its place, or `None` where it is
/// no line of a program.
type Author = Option<&'static Location<'static>>;

#[derive(Clone)]
struct Scope {
    path: String,
    shared: bool,
    trainable: bool,
}

impl Graph {
    /// An empty graph for use, not for training.
    pub fn new() -> Graph {
        Graph::default()
    }

    /// An empty graph whose layers behave as the mode says.
    pub fn with_mode(mode: Mode) -> Graph {
        Graph { mode, ..Graph::default() }
    }

    /// A finished graph under construction again, to add derivatives or outputs
    /// to it: its values are the first of [`Graph::tensors`], in their order.
    /// Composites have no rules of their own any more; their nodes tell the
    /// derivatives.
    ///
    /// ```
    /// use ikhim_graph::{Array, DType, Evaluator, Feed, Graph, N, State, gradients};
    /// let graph = Graph::new();
    /// graph.output("cube", graph.input("x", DType::F32, &[N]).pow(3.0));
    /// let finished = graph.finish()?;
    ///
    /// let graph = Graph::reopened(&finished);
    /// let (x, cube) = (graph.tensors()[0], graph.value(finished.outputs()["cube"]));
    /// graph.output("slope", gradients(cube.sum_all(), &[x])[0]);
    /// let run = Evaluator::<f64>::new(graph.finish()?.into(), &["slope"])?;
    /// let x = Array::f32(&[1], vec![2.0]);
    /// let slope = run.read(&State::default(), &Feed::rows(1).input("x", &x))?;
    /// assert_eq!(slope[0].to_f64(), [12.0]);
    /// # Ok::<(), ikhim_text::Fault>(())
    /// ```
    pub fn reopened(definition: &Definition) -> Graph {
        let building = Building {
            nodes: definition.nodes.clone(),
            inputs: definition.inputs.clone(),
            variables: definition.variables.clone(),
            outputs: definition.outputs.clone(),
            updates: definition.updates.clone(),
            composites: definition.composites.clone(),
            rules: vec![None; definition.composites.len()],
            ..Building::default()
        };
        Graph { building: RefCell::new(building), ..Graph::default() }
    }

    /// The value of a node; a faulty one where there is no such node.
    pub fn value(&self, node: NodeId) -> Tensor<'_> {
        let known = node.index() < self.building.borrow().nodes.len();
        if known { Tensor::of(self, node) } else { Tensor::faulty(self) }
    }

    /// An empty graph for use whose recurrent layers all go on from a given state
    /// and give the one after it, so that a sequence can go on step by step.
    pub fn carrying() -> Graph {
        Graph { carries: true, ..Graph::default() }
    }

    /// Whether every recurrent layer goes on from a given state.
    pub fn carries(&self) -> bool {
        self.carries
    }

    /// Whether layers behave as while learning.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// A value given at each run under a name.
    #[track_caller]
    pub fn input(&self, name: &str, dtype: DType, shape: &[Dim]) -> Tensor<'_> {
        if self.building.borrow().inputs.iter().any(|input| input.name == name) {
            return self
                .fail(Fault::of("shape.duplicate_name").with("name", name).with("kind", "input"));
        }
        let index = self.building.borrow().inputs.len();
        let shape = Shape::from(shape);
        let op = op::Input { index, dtype, shape: shape.clone() };
        let tensor = self.push(Op::Input(op), &[]);
        if let Some(node) = tensor.node() {
            let name = name.to_string();
            self.building.borrow_mut().inputs.push(InputSpec { name, dtype, shape, node });
        }
        tensor
    }

    /// The input of a name that was declared before.
    #[track_caller]
    pub fn given(&self, name: &str) -> Tensor<'_> {
        let found = {
            let building = self.building.borrow();
            building.inputs.iter().find(|input| input.name == name).map(|input| input.node)
        };
        match found {
            Some(node) => Tensor::of(self, node),
            None => self.fail(Fault::of("shape.unknown_value").with("name", name)),
        }
    }

    /// A constant.
    #[track_caller]
    pub fn constant(&self, value: Array) -> Tensor<'_> {
        self.push(Op::Constant(op::Constant { value: Arc::new(value) }), &[])
    }

    /// A constant real number.
    #[track_caller]
    pub fn scalar(&self, value: f64) -> Tensor<'_> {
        self.constant(Array::f64(&[], vec![value]))
    }

    /// A variable of the current layer: `<path of the layer>.<name>`. In a layer
    /// entered as shared, the variable of an earlier entry is given again.
    #[track_caller]
    pub fn variable(
        &self,
        name: &str,
        shape: &[usize],
        dtype: DType,
        role: Role,
        initial: Initial,
    ) -> Tensor<'_> {
        let scope = self.scope();
        let (shared, trainable) = match self.building.borrow().scopes.last() {
            Some(scope) => (scope.shared, scope.trainable),
            None => (false, true),
        };
        let path = if scope.is_empty() { name.to_string() } else { format!("{scope}.{name}") };
        self.variable_at(&path, shape, dtype, role, initial, shared, trainable)
    }

    /// A variable under a full path, whatever the current layer: for the slots
    /// of an optimizer.
    #[track_caller]
    #[allow(clippy::too_many_arguments)] // Every one is a field of the variable.
    pub fn variable_at(
        &self,
        path: &str,
        shape: &[usize],
        dtype: DType,
        role: Role,
        initial: Initial,
        shared: bool,
        trainable: bool,
    ) -> Tensor<'_> {
        let known = {
            let building = self.building.borrow();
            building.variables.iter().find(|v| v.path == path).map(|v| (v.node, v.shape.clone()))
        };
        if let Some((node, known_shape)) = known {
            if !shared {
                return self.fail(
                    Fault::of("shape.duplicate_name").with("name", path).with("kind", "variable"),
                );
            }
            if known_shape != shape {
                return self.fail(
                    Fault::of("shape.mismatch")
                        .with("expected", Shape::from(known_shape.as_slice()))
                        .with("found", Shape::from(shape))
                        .help(format!("`{path}` is shared, so both uses need the same widths")),
                );
            }
            return Tensor::of(self, node);
        }
        // Nobody can keep more bytes than this, and what follows may multiply sizes.
        let elements = shape.iter().try_fold(1_usize, |all, size| all.checked_mul(*size));
        if elements.is_none_or(|elements| elements > MOST_ELEMENTS) {
            return self.fail(
                Fault::of("shape.too_large").with("name", path).with("found", Shape::from(shape)),
            );
        }
        let index = self.building.borrow().variables.len();
        let op = op::Read { index, dtype, shape: Shape::from(shape) };
        let tensor = self.push(Op::Read(op), &[]);
        if let Some(node) = tensor.node() {
            self.building.borrow_mut().variables.push(Variable {
                path: path.to_string(),
                shape: shape.to_vec(),
                dtype,
                role,
                trainable,
                initial,
                node,
            });
        }
        tensor
    }

    /// At the end of a step, the variable takes this value.
    #[track_caller]
    pub fn update(&self, variable: Tensor<'_>, value: Tensor<'_>) {
        let (Some(target), Some(source)) = (variable.node(), value.node()) else { return };
        let fault = {
            let building = self.building.borrow();
            let Some(index) = building.variables.iter().position(|v| v.node == target) else {
                drop(building);
                self.keep(Fault::of("shape.not_a_variable"));
                return;
            };
            let (target, source_node) =
                (&building.nodes[target.index()], &building.nodes[source.index()]);
            if building.updates.iter().any(|(updated, _)| *updated == index) {
                let path = &building.variables[index].path;
                Err(Fault::of("shape.updated_twice").with("name", path))
            } else if target.shape == source_node.shape && target.dtype == source_node.dtype {
                Ok(index)
            } else {
                Err(Fault::of("shape.mismatch")
                    .with("expected", format!("{} {}", target.dtype, target.shape))
                    .with("found", format!("{} {}", source_node.dtype, source_node.shape))
                    .help("an update has the shape and type of its variable"))
            }
        };
        match fault {
            Ok(index) => self.building.borrow_mut().updates.push((index, source)),
            Err(fault) => self.keep(fault),
        }
    }

    /// Makes a value fetchable under a name of its own.
    #[track_caller]
    pub fn output(&self, name: &str, tensor: Tensor<'_>) {
        let Some(node) = tensor.node() else { return };
        let earlier = self.building.borrow_mut().outputs.insert(name.to_string(), node);
        if earlier.is_some_and(|earlier| earlier != node) {
            self.keep(Fault::of("shape.duplicate_name").with("name", name).with("kind", "output"));
        }
    }

    /// The path of the current layer; empty outside of every layer.
    pub fn scope(&self) -> String {
        self.building.borrow().scopes.last().map(|scope| scope.path.clone()).unwrap_or_default()
    }

    /// Builds a layer: what `body` declares stands under the layer's path. An
    /// unnamed layer is `<kind>_<k>`, k from 1 per kind and enclosing layer; a
    /// name that is taken is a fault.
    #[track_caller]
    pub fn layer<R>(&self, kind: &str, name: Option<&str>, body: impl FnOnce() -> R) -> R {
        let parent = self.scope();
        let (name, automatic) = match name {
            Some(name) => (name.to_string(), false),
            None => (self.next_name(&parent, kind), true),
        };
        let path = if parent.is_empty() { name } else { format!("{parent}/{name}") };
        let fresh = self.building.borrow_mut().taken.insert(path.clone());
        if !fresh && !automatic {
            self.keep(
                Fault::of("shape.duplicate_name").with("name", &path).with("kind", "layer").help(
                    "give each layer a name of its own, or use the layer as shared to reuse its \
                     parameters",
                ),
            );
        }
        self.within(path, false, body)
    }

    /// Builds a layer whose parameters are shared by every use of the name.
    pub fn shared_layer<R>(&self, name: &str, body: impl FnOnce() -> R) -> R {
        let parent = self.scope();
        let path = if parent.is_empty() { name.to_string() } else { format!("{parent}/{name}") };
        self.building.borrow_mut().taken.insert(path.clone());
        self.within(path, true, body)
    }

    /// Builds with the variables of `body` frozen: no optimizer changes them.
    pub fn frozen<R>(&self, body: impl FnOnce() -> R) -> R {
        let mut scope = self.building.borrow().scopes.last().cloned().unwrap_or(Scope {
            path: String::new(),
            shared: false,
            trainable: true,
        });
        scope.trainable = false;
        self.building.borrow_mut().scopes.push(scope);
        let result = body();
        self.building.borrow_mut().scopes.pop();
        result
    }

    /// Builds what `author` asked for and did not write, such as a composite or
    /// a layer of a library: a fault inside has the place of the author, and no
    /// place where that is `None`. The outermost of nested authors counts.
    pub fn on_behalf_of<R>(
        &self,
        author: Option<&'static Location<'static>>,
        body: impl FnOnce() -> R,
    ) -> R {
        let outermost = {
            let mut building = self.building.borrow_mut();
            let outermost = building.author.is_none();
            building.author.get_or_insert(author);
            outermost
        };
        let result = body();
        if outermost {
            self.building.borrow_mut().author = None;
        }
        result
    }

    /// Builds under a full path, whatever the current layer.
    pub(crate) fn within<R>(&self, path: String, shared: bool, body: impl FnOnce() -> R) -> R {
        let (outer_shared, trainable) = match self.building.borrow().scopes.last() {
            Some(scope) => (scope.shared, scope.trainable),
            None => (false, true),
        };
        let scope = Scope { path, shared: shared || outer_shared, trainable };
        // In a shared layer the automatic names of inner layers start again, so
        // that a second use finds the variables of the first.
        if scope.shared {
            let prefix = scope.path.clone();
            self.building.borrow_mut().counts.retain(|(parent, _), _| *parent != prefix);
        }
        self.building.borrow_mut().scopes.push(scope);
        let result = body();
        self.building.borrow_mut().scopes.pop();
        result
    }

    fn next_name(&self, parent: &str, kind: &str) -> String {
        let mut building = self.building.borrow_mut();
        let count = building.counts.entry((parent.to_string(), kind.to_string())).or_default();
        *count += 1;
        format!("{kind}_{count}")
    }

    /// Builds a composite: its nodes form one span that a compiler may replace.
    /// With a rule, first derivatives use the rule instead of the nodes.
    #[track_caller]
    pub(crate) fn composite<'g>(
        &'g self,
        name: &'static str,
        inputs: &[Tensor<'g>],
        rule: Option<Rule>,
        body: impl FnOnce() -> Vec<Tensor<'g>>,
    ) -> Vec<Tensor<'g>> {
        let caller = Location::caller();
        let (start, slot) = {
            let mut building = self.building.borrow_mut();
            let start = NodeId(building.nodes.len() as u32);
            // The span is entered before its inner ones, so that an outer
            // composite stands before those that it holds.
            building.composites.push(CompositeSpan {
                name: Cow::Borrowed(name),
                inputs: inputs.iter().filter_map(|tensor| tensor.node()).collect(),
                outputs: Vec::new(),
                start,
                end: start,
            });
            building.rules.push(None);
            (start, building.composites.len() - 1)
        };
        let outputs = self.on_behalf_of(Some(caller), body);
        let mut building = self.building.borrow_mut();
        let end = NodeId(building.nodes.len() as u32);
        let span = &mut building.composites[slot];
        span.end = end;
        span.outputs = outputs.iter().filter_map(|tensor| tensor.node()).collect();
        let closed = building.is_closed(slot, start, end);
        building.rules[slot] = rule.filter(|_| closed);
        outputs
    }

    /// The finished graph, or the first fault of its construction.
    pub fn finish(self) -> Result<Definition> {
        let building = self.building.into_inner();
        match building.fault {
            Some(fault) => Err(fault),
            None => Ok(Definition {
                nodes: building.nodes,
                inputs: building.inputs,
                variables: building.variables,
                outputs: building.outputs,
                updates: building.updates,
                composites: building.composites,
            }),
        }
    }

    /// Every value built so far, in order.
    pub fn tensors(&self) -> Vec<Tensor<'_>> {
        let count = self.building.borrow().nodes.len() as u32;
        (0..count).map(|index| Tensor::of(self, NodeId(index))).collect()
    }

    /// The variables declared so far that an optimizer may change.
    pub fn trainable(&self) -> Vec<(Variable, Tensor<'_>)> {
        let building = self.building.borrow();
        let chosen = building.variables.iter().filter(|v| v.trainable && v.role == Role::Parameter);
        chosen.map(|v| (v.clone(), Tensor::of(self, v.node))).collect()
    }

    /// Adds a node; a fault of its shape rule is kept with layer and line.
    #[track_caller]
    pub(crate) fn push<'g>(&'g self, op: Op, inputs: &[Tensor<'g>]) -> Tensor<'g> {
        let mut nodes = Vec::with_capacity(inputs.len());
        for input in inputs {
            let Some(node) = input.node() else { return Tensor::faulty(self) };
            if !std::ptr::eq(input.graph(), self) {
                return self.fail(Fault::of("shape.graphs_mixed"));
            }
            nodes.push(node);
        }
        let outcome = {
            let building = self.building.borrow();
            let operands: Vec<op::Operand<'_>> = nodes
                .iter()
                .map(|id| &building.nodes[id.index()])
                .map(|node| op::Operand { dtype: node.dtype, shape: &node.shape })
                .collect();
            op.output(&operands)
        };
        match outcome {
            Ok((dtype, shape)) => {
                let scope = self.scope();
                let mut building = self.building.borrow_mut();
                let id = NodeId(building.nodes.len() as u32);
                building.nodes.push(Node { op, inputs: nodes, shape, dtype, scope });
                Tensor::of(self, id)
            }
            Err(fault) => self.fail(fault),
        }
    }

    /// Keeps the fault, unless an earlier one is kept, and gives a faulty value.
    #[track_caller]
    pub fn fail(&self, fault: Fault) -> Tensor<'_> {
        self.keep(fault);
        Tensor::faulty(self)
    }

    #[track_caller]
    fn keep(&self, fault: Fault) {
        let caller = Location::caller();
        let scope = self.scope();
        let mut building = self.building.borrow_mut();
        if building.fault.is_none() {
            let layer = if scope.is_empty() { "the network".to_string() } else { scope };
            let fault = fault.with("layer", &layer).layer(layer);
            building.fault = Some(match building.author.unwrap_or(Some(caller)) {
                Some(author) => {
                    fault.file(author.file()).line(author.line() as usize, author.column() as usize)
                }
                None => fault,
            });
        }
    }
}

impl Building {
    /// Whether everything that a span reads from outside is among its declared
    /// inputs and everything that it gives is its own: only then does a rule
    /// over its inputs and outputs tell the whole derivative.
    fn is_closed(&self, slot: usize, start: NodeId, end: NodeId) -> bool {
        let span = &self.composites[slot];
        let inside = |id: &NodeId| *id >= start && *id < end;
        let reads_declared = self.nodes[start.index()..end.index()].iter().all(|node| {
            !matches!(node.op, Op::Read(_))
                && node.inputs.iter().all(|id| inside(id) || span.inputs.contains(id))
        });
        reads_declared && span.outputs.iter().all(inside)
    }
}
