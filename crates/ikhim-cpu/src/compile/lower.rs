//! Lowering: from the nodes of a graph to items that have a kernel.
//!
//! Nodes that compute the same are one item; a reshape is another name for the
//! same elements; a transpose before a product, and a repetition before an
//! elementwise op, disappear in the item that follows. Arithmetic is never
//! rewritten.

use super::by_row::is_by_row;
use super::elementwise::map_op;
use super::item::elements_of;
pub(crate) use super::item::{
    Id, Item, Kind, Lowered, Packed, Reading, Space, View, elements, space,
};
use super::window::WindowOp;
use crate::kernel::{Fold, MapOp};
use ikhim_graph::{Array, DType, Data, Definition, Dim, NodeId, Op, Shape, op};
use std::collections::HashMap;
use std::sync::Arc;

/// Lowers what the fetches, and the updates if wanted, need.
pub(crate) fn lower(definition: &Definition, fetches: &[NodeId], updates: bool) -> Lowered {
    let updated: Vec<(usize, NodeId)> =
        if updates { definition.updates().to_vec() } else { Vec::new() };
    let mut needed = vec![false; definition.nodes().len()];
    let mut stack: Vec<NodeId> =
        fetches.iter().copied().chain(updated.iter().map(|(_, source)| *source)).collect();
    while let Some(id) = stack.pop() {
        if !std::mem::replace(&mut needed[id.index()], true) {
            stack.extend(&definition.node(id).inputs);
        }
    }
    let mut lowering = Lowering {
        definition,
        lowered: Lowered::default(),
        views: vec![None; definition.nodes().len()],
        needed,
        known: HashMap::new(),
        sources: HashMap::new(),
    };
    for index in 0..definition.nodes().len() {
        if lowering.needed[index] {
            lowering.node(index);
        }
    }
    for (variable, source) in updated {
        let value = lowering.view(source).item;
        let node = definition.node(source);
        lowering.push(Item {
            kind: Kind::Store { variable, value },
            shape: node.shape.clone(),
            dtype: node.dtype,
            space: Space::Fixed,
            node: source,
        });
    }
    let fetched = fetches.iter().map(|id| lowering.view(*id).clone()).collect();
    lowering.lowered.fetches = fetched;
    lowering.lowered
}

pub(super) struct Lowering<'a> {
    pub(super) definition: &'a Definition,
    lowered: Lowered,
    /// The value of each node.
    views: Vec<Option<View>>,
    /// The nodes that are lowered.
    needed: Vec<bool>,
    /// Items by what they compute.
    known: HashMap<String, Id>,
    /// What an item is a repetition of.
    sources: HashMap<Id, View>,
}

impl Lowering<'_> {
    fn view(&self, id: NodeId) -> &View {
        match &self.views[id.index()] {
            Some(view) => view,
            None => unreachable!("a node stands after its inputs"),
        }
    }

    pub(super) fn items(&self) -> &[Item] {
        &self.lowered.items
    }

    pub(super) fn push(&mut self, item: Item) -> Id {
        self.lowered.items.push(item);
        self.lowered.items.len() - 1
    }

    fn node(&mut self, index: usize) {
        let node = &self.definition.nodes()[index];
        let inputs: Vec<View> = node.inputs.iter().map(|id| self.view(*id).clone()).collect();
        if let Op::Reshape(_) | Op::StopGradient(_) = node.op {
            let view = View { item: inputs[0].item, shape: node.shape.clone() };
            self.views[index] = Some(view);
            return;
        }
        // A number over 1, and times 1, is the number itself to the last bit.
        let neutral = match node.op {
            Op::Multiply(_) if self.is_one(&inputs[0]) => Some(0),
            Op::Multiply(_) | Op::Divide(_) if self.is_one(&inputs[1]) => Some(1),
            _ => None,
        };
        if let Some(neutral) = neutral {
            let view = View { item: inputs[1 - neutral].item, shape: node.shape.clone() };
            if self.lowered.items[view.item].shape.elements() == node.shape.elements() {
                self.views[index] = Some(view);
                return;
            }
        }
        let key = key(&node.op, &inputs, &node.shape);
        let id = match self.known.get(&key) {
            Some(id) => *id,
            None => {
                let kind = self.kind(index, &inputs);
                let id = self.push(Item {
                    kind,
                    shape: node.shape.clone(),
                    dtype: node.dtype,
                    space: space(&node.shape),
                    node: NodeId::at(index),
                });
                self.known.insert(key, id);
                if let Op::Broadcast(_) = node.op {
                    self.sources.insert(id, inputs[0].clone());
                }
                id
            }
        };
        self.views[index] = Some(View { item: id, shape: node.shape.clone() });
    }

    /// Whether a view shows the constant 1, repeated or not.
    fn is_one(&self, view: &View) -> bool {
        self.shows(view, 1.0)
    }

    /// The same for 0, and not -0.
    pub(super) fn is_zero(&self, view: &View) -> bool {
        self.shows(view, 0.0)
    }

    fn shows(&self, view: &View, number: f32) -> bool {
        self.number(view).is_some_and(|own| own.to_bits() == number.to_bits())
    }

    /// The number that all elements are, where it is known.
    pub(super) fn number(&self, view: &View) -> Option<f32> {
        let item = self.sources.get(&view.item).map_or(view.item, |source| source.item);
        match &self.lowered.items[item].kind {
            Kind::Constant(value) if value.dtype() == DType::F32 && value.len() == 1 => {
                Some(value.to_f32()[0])
            }
            _ => None,
        }
    }

    fn kind(&mut self, index: usize, inputs: &[View]) -> Kind {
        let node = &self.definition.nodes()[index];
        if let Op::Select(_) = node.op
            && let Some(kind) = self.masked_unpool(index, inputs)
        {
            return kind;
        }
        if let Some(op) = map_op(&node.op, inputs, |view| self.lowered.items[view.item].dtype) {
            return self.map(op, inputs, &node.shape);
        }
        match &node.op {
            Op::Input(input) => Kind::Input(input.index),
            Op::Read(read) => Kind::Read(read.index),
            Op::Constant(constant) => Kind::Constant(constant.value.clone()),
            Op::RowCount(_) => Kind::RowCount,
            Op::Iota(iota) => {
                let counted = (0..iota.length as i32).collect();
                Kind::Constant(Arc::new(Array::i32(&[iota.length], counted)))
            }
            Op::Matmul(_) => self.product(index, inputs),
            Op::Sum(op) => self.fold(index, Fold::Sum, &op.axes, &inputs[0]),
            Op::Prod(op) => self.fold(index, Fold::Product, &op.axes, &inputs[0]),
            Op::Max(op) => self.fold(index, Fold::Max, &op.axes, &inputs[0]),
            Op::Min(op) => self.fold(index, Fold::Min, &op.axes, &inputs[0]),
            Op::RandomUniform(op::RandomUniform { stream, shape })
            | Op::RandomNormal(op::RandomNormal { stream, shape })
                if shape.first().is_some_and(|dim| dim.is_batch()) =>
            {
                let normal = matches!(node.op, Op::RandomNormal(_));
                Kind::Random { normal, stream: *stream, width: elements(shape) }
            }
            Op::Broadcast(broadcast) => match self.through(&inputs[0], &broadcast.shape) {
                Some((id, reading, width)) => {
                    Kind::Map { op: MapOp::Copy, operands: vec![(id, reading)], width }
                }
                None => self.other(index, inputs),
            },
            Op::Gather(op::Gather { axis: 0 }) => self.gather(index, inputs),
            Op::Slice(_) => match self.slopes_of_steps(index, &inputs[0]) {
                Some(kind) => kind,
                None => self.other(index, inputs),
            },
            Op::EnoughRows(op::EnoughRows { least }) => Kind::EnoughRows(*least),
            _ => self.other(index, inputs),
        }
    }

    /// Entries of a table of fixed sizes.
    fn gather(&mut self, index: usize, inputs: &[View]) -> Kind {
        let (table, indices) = (&inputs[0], &inputs[1]);
        let stored_alike = |view: &View| self.lowered.items[view.item].space == space(&view.shape);
        if let (Space::Fixed, Some(entries), true) =
            (space(&table.shape), elements_of(&table.shape[..1]), stored_alike(table))
            && space(&indices.shape) != Space::Whole
            && stored_alike(indices)
            && !self.is_single(table.item)
        {
            let inner = elements_of(&table.shape[1..]).unwrap_or(0);
            return Kind::Gather { table: table.item, indices: indices.item, entries, inner };
        }
        self.other(index, inputs)
    }

    /// The slopes of all steps of a recurrence, where nobody asks for those by the
    /// states before them: the recurrence gives them alone, and nothing is copied.
    fn slopes_of_steps(&self, index: usize, input: &View) -> Option<Kind> {
        let nodes = self.definition.nodes();
        let from = nodes[index].inputs[0];
        let Op::Slice(op::Slice { axis: 1, start: 0, end, step: 1 }) = nodes[index].op else {
            return None;
        };
        let Op::RecurGrad(grad) = &nodes[from.index()].op else { return None };
        let Kind::Loops { op, inputs, .. } = &self.lowered.items[input.item].kind else {
            return None;
        };
        let kernel = &nodes[nodes[from.index()].inputs[1].index()].shape;
        let starts = grad.recur.cell.states() * elements_of(&kernel[..1])?;
        let is_all_steps = end + starts == elements(&nodes[from.index()].shape);
        let readers = nodes
            .iter()
            .enumerate()
            .filter(|(reader, node)| self.needed[*reader] && node.inputs.contains(&from));
        let is_alone = readers.count() == 1;
        (is_all_steps && is_alone).then(|| self.loops(op.clone(), inputs, &nodes[index].shape))
    }

    /// An elementwise op. Repetitions that a chain can read through are read
    /// through.
    fn map(&mut self, op: MapOp, inputs: &[View], shape: &Shape) -> Kind {
        let mut operands = Vec::with_capacity(inputs.len());
        let mut width = 0;
        for view in inputs {
            let (id, reading, row) = self.reading(view, shape);
            let agrees = row == 0 || width == 0 || row == width;
            if agrees {
                width = width.max(row);
                operands.push((id, reading));
            } else {
                operands.push((view.item, Reading::Each));
            }
        }
        Kind::Map { op, operands, width }
    }

    /// The item behind a repetition, how it is read, and the length of a row
    /// where that matters.
    fn reading(&self, view: &View, shape: &Shape) -> (Id, Reading, usize) {
        let each = (view.item, Reading::Each, 0);
        if self.is_single(view.item) {
            return (view.item, Reading::Single, 0);
        }
        let Some(source) = self.sources.get(&view.item) else { return each };
        if self.is_single(source.item) {
            return (source.item, Reading::Single, 0);
        }
        // The view may have another split of axes than the repetition had; only
        // equal sizes are read through.
        if self.lowered.items[view.item].shape != *shape {
            return each;
        }
        self.through(source, shape).unwrap_or(each)
    }

    /// Whether an item is a single number.
    fn is_single(&self, id: Id) -> bool {
        let item = &self.lowered.items[id];
        item.space == Space::Fixed && elements(&item.shape) == 1
    }

    /// How a value is read whose repetition has the given sizes, where a chain
    /// can.
    fn through(&self, source: &View, shape: &Shape) -> Option<(Id, Reading, usize)> {
        let from = &self.lowered.items[source.item];
        if self.is_single(source.item) {
            return Some((source.item, Reading::Single, 0));
        }
        // Both as sizes of equal rank.
        let missing = shape.rank() - source.shape.rank();
        let size = |axis: usize| match axis.checked_sub(missing) {
            Some(own) => source.shape[own],
            None => Dim::Fixed(1),
        };
        let rank = shape.rank();
        // The axes that repeat are a first part or a last part of all.
        let first_kept = (0..rank).find(|axis| size(*axis) != Dim::Fixed(1)).unwrap_or(rank);
        let last_kept = (0..rank).rev().find(|axis| size(*axis) != Dim::Fixed(1)).unwrap_or(0);
        let kept_equal = (first_kept..=last_kept).all(|axis| size(axis) == shape[axis]);
        let ones = |axes: std::ops::Range<usize>| {
            axes.into_iter().all(|axis| shape[axis] == Dim::Fixed(1))
        };
        if !kept_equal {
            return None;
        }
        let stored_alike = space(&source.shape) == from.space;
        if ones(0..first_kept) && stored_alike {
            let row = elements_of(&shape[last_kept + 1..]);
            if let Some(row) = row.filter(|row| *row > 0) {
                return Some((source.item, Reading::OfRow, row));
            }
        }
        if ones(last_kept + 1..rank) && from.space == Space::Fixed {
            let row = elements(&source.shape);
            if row > 0 {
                return Some((source.item, Reading::OfColumn, row));
            }
        }
        None
    }

    fn product(&mut self, index: usize, inputs: &[View]) -> Kind {
        let node = &self.definition.nodes()[index];
        let (left, right) = (&inputs[0], &inputs[1]);
        if node.shape.rank() != 2 {
            return self.other(index, inputs);
        }
        let inner = left.shape[1];
        // Of the right side, a transpose is read through.
        let fixed = |view: &View| self.lowered.items[view.item].space == Space::Fixed;
        if let Dim::Fixed(inner) = inner
            && space(&right.shape) == Space::Fixed
            && fixed(right)
            && space(&left.shape) != Space::Whole
            && self.lowered.items[left.item].space == space(&left.shape)
        {
            let (right, transposed) = match self.transposed(right) {
                Some(source) if fixed(&source) => (source.item, true),
                _ => (right.item, false),
            };
            let (Dim::Fixed(rows) | Dim::Batch(rows)) = left.shape[0];
            let columns = elements_of(&node.shape[1..]).unwrap_or(0);
            return Kind::Product { left: left.item, right, transposed, rows, inner, columns };
        }
        if let Dim::Batch(per_row) = inner
            && let Some(source) = self.transposed(left)
            && source.shape[0] == inner
            && self.lowered.items[source.item].space == Space::Rows
            && self.lowered.items[right.item].space == Space::Rows
            && let (Dim::Fixed(rows), Dim::Fixed(columns)) = (node.shape[0], node.shape[1])
        {
            return Kind::RowsProduct {
                left: source.item,
                right: right.item,
                per_row,
                rows,
                columns,
            };
        }
        self.other(index, inputs)
    }

    /// What a matrix is the transpose of.
    fn transposed(&self, view: &View) -> Option<View> {
        let item = &self.lowered.items[view.item];
        match &item.kind {
            Kind::Loops { op: Op::Transpose(transpose), inputs, .. }
                if transpose.order == [1, 0] && item.shape == view.shape =>
            {
                Some(inputs[0].clone())
            }
            _ => None,
        }
    }

    fn fold(&mut self, index: usize, fold: Fold, axes: &[usize], input: &View) -> Kind {
        let node = &self.definition.nodes()[index];
        if let Some(kind) = self.centered_sum(fold, axes, input) {
            return kind;
        }
        let shape = &input.shape;
        let batch = shape.batch_axis();
        let item = &self.lowered.items[input.item];
        let stored_alike = item.space == space(shape);
        let trailing = axes.iter().copied().eq(shape.rank() - axes.len()..shape.rank());
        match batch.filter(|axis| axes.contains(axis)) {
            None => {
                let inner = elements_of(&shape[shape.rank() - axes.len()..]);
                if let (true, true, Some(inner)) = (trailing, stored_alike, inner)
                    && space(shape) != Space::Whole
                    && space(&node.shape) == space(shape)
                {
                    if inner == 1 {
                        return self.alone(fold, input.item);
                    }
                    return Kind::Fold { fold, input: input.item, inner };
                }
            }
            Some(batch) => {
                let Dim::Batch(per_row) = shape[batch] else { unreachable!("the batch axis") };
                let others: Vec<usize> =
                    axes.iter().copied().filter(|axis| *axis != batch).collect();
                let kept = elements(&node.shape);
                // First along the other axes, then over the rows.
                let input = self.fold_others(index, fold, &others, input);
                let input = self.rows_first(index, input);
                return Kind::FoldRows { fold, input, per_row, columns: kept };
            }
        }
        self.other(index, std::slice::from_ref(input))
    }

    /// A reduction over axes without the batch, which stays.
    fn fold_others(&mut self, index: usize, fold: Fold, axes: &[usize], input: &View) -> View {
        let shape = &input.shape;
        if axes.iter().all(|axis| shape[*axis] == Dim::Fixed(1)) {
            let kept = (0..shape.rank()).filter(|axis| !axes.contains(axis));
            let kept = kept.map(|axis| shape[axis]).collect();
            return View { item: input.item, shape: kept };
        }
        let kept: Vec<usize> = (0..shape.rank()).filter(|axis| !axes.contains(axis)).collect();
        let kept: Shape = kept.into_iter().map(|axis| shape[axis]).collect();
        let stored_alike = self.lowered.items[input.item].space == space(shape);
        let first = shape.rank() - axes.len();
        let trailing = axes.iter().copied().eq(first..shape.rank());
        if let Some(kind) = self.centered_sum(fold, axes, input) {
            return View { item: self.unnamed(index, kind, &kept), shape: kept };
        }
        let kind = match elements_of(&shape[first..]) {
            Some(inner) if trailing && stored_alike && space(shape) == Space::Rows => {
                Kind::Fold { fold, input: input.item, inner }
            }
            _ => {
                let axes = axes.to_vec();
                let op = match fold {
                    Fold::Sum => Op::Sum(op::Sum { axes }),
                    Fold::Product => Op::Prod(op::Prod { axes }),
                    Fold::Max => Op::Max(op::Max { axes }),
                    Fold::Min => Op::Min(op::Min { axes }),
                };
                self.loops(op, std::slice::from_ref(input), &kept)
            }
        };
        View { item: self.unnamed(index, kind, &kept), shape: kept }
    }

    /// A value with its rows one after the other.
    fn rows_first(&mut self, index: usize, view: View) -> Id {
        let shape = &view.shape;
        let stored_alike = self.lowered.items[view.item].space == space(shape);
        if stored_alike && space(shape) == Space::Rows {
            return view.item;
        }
        let batch = shape.batch_axis().unwrap_or(0);
        let others = (0..shape.rank()).filter(|axis| *axis != batch);
        let order: Vec<usize> = [batch].into_iter().chain(others).collect();
        let turned: Shape = order.iter().map(|axis| shape[*axis]).collect();
        let op = Op::Transpose(op::Transpose { order });
        let kind = self.loops(op, std::slice::from_ref(&view), &turned);
        self.unnamed(index, kind, &turned)
    }

    /// An item that is a part of a node.
    fn unnamed(&mut self, index: usize, kind: Kind, shape: &Shape) -> Id {
        let dtype = self.definition.nodes()[index].dtype;
        let (shape, space) = (shape.clone(), space(shape));
        self.push(Item { kind, shape, dtype, space, node: NodeId::at(index) })
    }

    /// A reduction of single numbers: each is combined with what a reduction
    /// starts from. Of all folds, only the sum changes a number: -0 becomes 0.
    fn alone(&mut self, fold: Fold, input: Id) -> Kind {
        let read = if self.is_single(input) { Reading::Single } else { Reading::Each };
        if fold != Fold::Sum {
            return Kind::Map { op: MapOp::Copy, operands: vec![(input, read)], width: 0 };
        }
        let zero = Arc::new(Array::scalar(0.0));
        let zero = self.push(Item {
            kind: Kind::Constant(zero),
            shape: Shape::scalar(),
            dtype: DType::F32,
            space: Space::Fixed,
            node: NodeId::at(0),
        });
        let operands = vec![(zero, Reading::Single), (input, read)];
        Kind::Map { op: MapOp::Add, operands, width: 0 }
    }

    fn other(&mut self, index: usize, inputs: &[View]) -> Kind {
        let node = &self.definition.nodes()[index];
        let (op, shape) = (node.op.clone(), node.shape.clone());
        let Some(over_windows) = WindowOp::of(&op, inputs, |view| self.pooled(view)) else {
            return self.loops(op, inputs, &shape);
        };
        let by_row = self.is_by_row(&op, inputs, &shape);
        // The largest cells are found anew, so their places need not be known.
        let read = if matches!(over_windows, WindowOp::Max(_)) { &inputs[..1] } else { inputs };
        Kind::Windows { op: over_windows, inputs: read.to_vec(), by_row }
    }

    /// The pooling whose places a view holds, and its image.
    fn pooled(&self, view: &View) -> Option<(op::MaxPoolIndex, View)> {
        let item = &self.lowered.items[view.item];
        match &item.kind {
            Kind::Windows { op: WindowOp::MaxPlace(pool), inputs, .. }
                if item.shape == view.shape =>
            {
                Some((pool.clone(), inputs[0].clone()))
            }
            _ => None,
        }
    }

    fn loops(&self, op: Op, inputs: &[View], shape: &Shape) -> Kind {
        let by_row = self.is_by_row(&op, inputs, shape);
        Kind::Loops { op, inputs: inputs.to_vec(), by_row }
    }

    fn is_by_row(&self, op: &Op, inputs: &[View], shape: &Shape) -> bool {
        is_by_row(op, inputs, shape)
            && inputs.iter().all(|view| self.lowered.items[view.item].space == space(&view.shape))
    }
}

/// What tells two computations apart.
fn key(op: &Op, inputs: &[View], shape: &Shape) -> String {
    match op {
        Op::Constant(constant) if constant.value.len() > 64 => {
            format!("constant at {:p}", Arc::as_ptr(&constant.value))
        }
        // The type and the bits, for 0.0 and -0.0 are not the same constant.
        Op::Constant(constant) => {
            let bits: Vec<u64> = constant.value.to_f64().iter().map(|x| x.to_bits()).collect();
            let real = matches!(constant.value.data(), Data::F32(_) | Data::F64(_));
            let narrowed: Vec<u32> = constant.value.to_f32().iter().map(|x| x.to_bits()).collect();
            format!(
                "constant {:?} {shape} {:?}",
                constant.value.dtype(),
                if real { narrowed.iter().map(|x| u64::from(*x)).collect() } else { bits }
            )
        }
        _ => format!("{op:?} {inputs:?} {shape}"),
    }
}
