//! The reference evaluator: every node computed alone, one after the other,
//! slow and right. It is the oracle of every compiled program.

use crate::op::{Argument, Run};
use crate::value::{Precise, Value, Watch};
use crate::{Array, Definition, NodeId, Op, Result, Shape, State};
use ikhim_text::Fault;
use ikhim_text::nearest::nearest;
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::Arc;

/// What a run is given: named inputs, the number of rows, and where its random
/// numbers stand.
#[derive(Debug, Clone, Default)]
pub struct Feed<'a> {
    rows: usize,
    inputs: BTreeMap<&'a str, &'a Array>,
    seed: u64,
    step: u64,
    row_ids: Option<&'a [u64]>,
    unchanged: bool,
}

impl<'a> Feed<'a> {
    /// A run over so many rows: the value of `N`.
    pub fn rows(rows: usize) -> Feed<'a> {
        Feed { rows, ..Feed::default() }
    }

    /// Gives an input.
    pub fn input(mut self, name: &'a str, value: &'a Array) -> Feed<'a> {
        self.inputs.insert(name, value);
        self
    }

    /// The seed and the step of the random numbers.
    pub fn random(mut self, seed: u64, step: u64) -> Feed<'a> {
        self.seed = seed;
        self.step = step;
        self
    }

    /// The id of each row, which its random numbers depend on; 0, 1, 2, … when
    /// not given.
    pub fn row_ids(mut self, ids: &'a [u64]) -> Feed<'a> {
        self.row_ids = Some(ids);
        self
    }

    /// Promises that the inputs with a batch axis are, at the same addresses and
    /// element by element, those of the same program's run before, which a
    /// compiled program then need not copy again.
    pub fn unchanged(mut self) -> Feed<'a> {
        self.unchanged = true;
        self
    }

    /// Whether [`Feed::unchanged`] was promised.
    pub fn is_unchanged(&self) -> bool {
        self.unchanged
    }

    /// The number of rows.
    pub fn row_count(&self) -> usize {
        self.rows
    }

    /// A given input.
    pub fn get(&self, name: &str) -> Option<&'a Array> {
        self.inputs.get(name).copied()
    }

    /// The seed of the random numbers.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The step of the random numbers.
    pub fn step(&self) -> u64 {
        self.step
    }

    /// The ids of the rows where they are given.
    pub fn given_row_ids(&self) -> Option<&'a [u64]> {
        self.row_ids
    }
}

/// The reference evaluation of one op in f32: for a compiler, which falls back
/// on it where it has no kernel.
///
/// `inputs` holds the symbolic sizes and the value of each input, `shape` the
/// symbolic sizes of the result; rows, seed, step and row ids are those of the
/// feed. Of an op that works on each row alone, some of the rows can be computed
/// by a feed of these rows.
///
/// # Errors
/// An index out of range.
pub fn evaluate(
    op: &Op,
    inputs: &[(&Shape, Array)],
    shape: &Shape,
    feed: &Feed<'_>,
) -> Result<Array> {
    let values: Vec<Value<f32>> = inputs.iter().map(|(_, array)| Value::of_array(array)).collect();
    let arguments: Vec<Argument<'_, f32>> =
        inputs.iter().zip(&values).map(|((shape, _), value)| Argument { shape, value }).collect();
    let run = Run {
        shape,
        rows: feed.rows,
        seed: feed.seed,
        step: feed.step,
        row_ids: feed.row_ids.unwrap_or_default(),
    };
    Ok(op.evaluate(&arguments, &run)?.into_array())
}

/// Runs a definition in the precision `T`, f32 or f64.
#[derive(Debug, Clone)]
pub struct Evaluator<T> {
    definition: Arc<Definition>,
    fetches: Vec<NodeId>,
    updates: Vec<(usize, NodeId)>,
    /// For each node that is needed, in order: the nodes used for the last time.
    order: Vec<(NodeId, Vec<NodeId>)>,
    precision: PhantomData<T>,
}

impl<T: Precise> Evaluator<T> {
    /// An evaluator that fetches the named values and changes no variable.
    ///
    /// # Errors
    /// A name that is not in the graph.
    pub fn new(definition: Arc<Definition>, fetches: &[&str]) -> Result<Evaluator<T>> {
        let fetches = find_all(&definition, fetches)?;
        Ok(Evaluator::over(definition, fetches, Vec::new()))
    }

    /// An evaluator that fetches the named values and applies the updates of the
    /// definition at the end of each run.
    ///
    /// # Errors
    /// A name that is not in the graph.
    pub fn with_updates(definition: Arc<Definition>, fetches: &[&str]) -> Result<Evaluator<T>> {
        let fetches = find_all(&definition, fetches)?;
        let updates = definition.updates().to_vec();
        Ok(Evaluator::over(definition, fetches, updates))
    }

    fn over(
        definition: Arc<Definition>,
        fetches: Vec<NodeId>,
        updates: Vec<(usize, NodeId)>,
    ) -> Evaluator<T> {
        let roots = fetches.iter().chain(updates.iter().map(|(_, id)| id));
        let order = schedule(&definition, roots.copied());
        Evaluator { definition, fetches, updates, order, precision: PhantomData }
    }

    /// The definition that it runs.
    pub fn definition(&self) -> &Arc<Definition> {
        &self.definition
    }

    /// Computes the fetched values over a state, then applies the updates.
    ///
    /// # Errors
    /// An input that is missing or has another type or shape, a variable that is
    /// not in the state, an index out of range. The state is then unchanged.
    pub fn run(&self, state: &mut State, feed: &Feed<'_>) -> Result<Vec<Array>> {
        self.run_watched(state, feed, |_, _| {})
    }

    /// Computes the fetched values over a state and applies no update.
    ///
    /// # Errors
    /// As [`Evaluator::run`].
    pub fn read(&self, state: &State, feed: &Feed<'_>) -> Result<Vec<Array>> {
        Ok(T::compute(self, state, feed, &mut |_, _| {})?.0)
    }

    /// As [`Evaluator::run`], showing the value of every computed node.
    ///
    /// # Errors
    /// As [`Evaluator::run`].
    pub fn run_watched(
        &self,
        state: &mut State,
        feed: &Feed<'_>,
        mut watch: impl FnMut(NodeId, &dyn Fn() -> Array),
    ) -> Result<Vec<Array>> {
        let (fetched, updated) = T::compute(self, state, feed, &mut watch)?;
        for ((variable, _), value) in self.updates.iter().zip(updated) {
            state.set(self.definition.variables()[*variable].path.clone(), value);
        }
        Ok(fetched)
    }

    /// The values that are fetched, and those that are stored.
    pub(crate) fn compute(
        &self,
        state: &State,
        feed: &Feed<'_>,
        watch: Watch<'_>,
    ) -> Result<(Vec<Array>, Vec<Array>)> {
        let counted: Vec<u64>;
        let row_ids = match feed.row_ids {
            Some(ids) if ids.len() == feed.rows => ids,
            Some(ids) => {
                return Err(Fault::of("train.row_ids")
                    .with("expected", feed.rows)
                    .with("found", ids.len()));
            }
            None => {
                counted = (0..feed.rows as u64).collect();
                &counted
            }
        };
        let mut values: Vec<Option<Value<T>>> = vec![None; self.definition.nodes().len()];
        let mut kept: BTreeMap<NodeId, Value<T>> = BTreeMap::new();
        for (id, last_uses) in &self.order {
            let value = self.value(*id, &values, state, feed, row_ids)?;
            watch(*id, &|| value.clone().into_array());
            values[id.index()] = Some(value);
            for used in last_uses {
                let value = values[used.index()].take();
                let wanted = self.fetches.contains(used)
                    || self.updates.iter().any(|(_, source)| source == used);
                if let (true, Some(value)) = (wanted, value) {
                    kept.insert(*used, value);
                }
            }
        }
        let fetched = self.fetches.iter().map(|id| kept[id].clone().into_array());
        let updated = self.updates.iter().map(|(_, id)| flushed(kept[id].clone()).into_array());
        Ok((fetched.collect(), updated.collect()))
    }

    fn value(
        &self,
        id: NodeId,
        values: &[Option<Value<T>>],
        state: &State,
        feed: &Feed<'_>,
        row_ids: &[u64],
    ) -> Result<Value<T>> {
        let node = self.definition.node(id);
        match &node.op {
            Op::Input(input) => {
                let name = self.definition.inputs()[input.index].name.as_str();
                let Some(array) = feed.inputs.get(name) else {
                    return Err(Fault::of("train.missing_input").with("name", name));
                };
                let expected = format!("{} {:?}", node.dtype, node.shape.sizes(feed.rows));
                check(array, &expected, node.dtype, &node.shape.sizes(feed.rows), name)?;
                Ok(Value::of_array(array))
            }
            Op::Read(read) => {
                let path = self.definition.variables()[read.index].path.as_str();
                let Some(array) = state.get(path) else {
                    return Err(Fault::of("train.missing_variable").with("name", path));
                };
                let sizes = node.shape.sizes(feed.rows);
                check(array, &format!("{} {sizes:?}", node.dtype), node.dtype, &sizes, path)?;
                Ok(Value::of_array(array))
            }
            op => {
                let mut arguments = Vec::with_capacity(node.inputs.len());
                for input in &node.inputs {
                    let Some(value) = &values[input.index()] else {
                        unreachable!("the order puts every node after its inputs")
                    };
                    arguments.push(Argument { shape: &self.definition.node(*input).shape, value });
                }
                let run = Run {
                    shape: &node.shape,
                    rows: feed.rows,
                    seed: feed.seed,
                    step: feed.step,
                    row_ids,
                };
                op.evaluate(&arguments, &run).map_err(|fault| {
                    let layer =
                        if node.scope.is_empty() { "the network" } else { node.scope.as_str() };
                    fault.with("layer", layer).layer(layer)
                })
            }
        }
    }
}

fn check(
    array: &Array,
    expected: &str,
    dtype: crate::DType,
    sizes: &[usize],
    name: &str,
) -> Result<()> {
    if array.dtype() == dtype && array.shape() == sizes {
        return Ok(());
    }
    Err(Fault::of("train.value_mismatch")
        .with("name", name)
        .with("expected", expected)
        .with("found", format!("{} {:?}", array.dtype(), array.shape())))
}

/// Numbers below the smallest normal f32 become 0 when they are stored, so that
/// no optimizer drags denormals along.
fn flushed<T: Precise>(mut value: Value<T>) -> Value<T> {
    if let crate::value::Buffer::Real(values) = &mut value.buffer {
        for value in values {
            *value = value.flush_stored();
        }
    }
    value
}

fn find_all(definition: &Definition, names: &[&str]) -> Result<Vec<NodeId>> {
    names
        .iter()
        .map(|name| {
            definition.find(name).ok_or_else(|| {
                let known = definition.names();
                let fault = Fault::of("train.unknown_fetch").with("name", name);
                match nearest(name, known.iter().map(String::as_str)) {
                    Some(near) => fault.help(format!("the nearest name is `{near}`")),
                    None => fault,
                }
            })
        })
        .collect()
}

/// The nodes that the roots need, each with the nodes used there for the last
/// time.
fn schedule(
    definition: &Definition,
    roots: impl Iterator<Item = NodeId>,
) -> Vec<(NodeId, Vec<NodeId>)> {
    let mut needed = vec![false; definition.nodes().len()];
    let mut stack: Vec<NodeId> = roots.collect();
    while let Some(id) = stack.pop() {
        if !std::mem::replace(&mut needed[id.index()], true) {
            stack.extend(&definition.node(id).inputs);
        }
    }
    let mut last: Vec<usize> = (0..needed.len()).collect();
    for (index, node) in definition.nodes().iter().enumerate() {
        if needed[index] {
            for input in &node.inputs {
                last[input.index()] = index;
            }
        }
    }
    let mut uses: BTreeMap<usize, Vec<NodeId>> = BTreeMap::new();
    for (index, last) in last.iter().enumerate().filter(|(index, _)| needed[*index]) {
        uses.entry(*last).or_default().push(NodeId(index as u32));
    }
    (0..needed.len())
        .filter(|index| needed[*index])
        .map(|index| (NodeId(index as u32), uses.remove(&index).unwrap_or_default()))
        .collect()
}
