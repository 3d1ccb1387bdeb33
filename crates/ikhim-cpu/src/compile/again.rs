//! Values of rows that a later stage computes again instead of reading them.
//!
//! What is kept for a later stage goes to memory and comes back, and of images both
//! take longer than a few operations on numbers that are read anyway. So `x − mean` of
//! batch norm is computed wherever it is needed, and where a rectifier was closed is
//! asked again on the way back: of what it gave, where that is kept, else of what it
//! was given.

use super::item::{Id, Item, Kind, Lowered, Reading, Space};
use crate::kernel::MapOp;
use ikhim_graph::DType;
use std::collections::{BTreeMap, BTreeSet};

/// The most ops that a value is computed again by.
const OPS: usize = 6;

/// Kept values that are read for it and that nobody else of the stage reads, at most.
const READ: usize = 1;

/// The same work with such values computed again in each stage that needs them.
/// `stages` are those of all items, odd where they go by rows.
pub(super) fn computed_again(lowered: &Lowered, stages: &[Option<usize>]) -> Lowered {
    let mut choice = Choice::new(lowered, stages);
    for id in 0..lowered.items.len() {
        choice.is_kept(id);
    }
    let ways = choice.ways;
    let mut again = Again {
        old: &lowered.items,
        stages,
        ways: &ways,
        new: Lowered::default(),
        places: Vec::with_capacity(lowered.items.len()),
        copies: BTreeMap::new(),
    };
    for (id, item) in lowered.items.iter().enumerate() {
        let place = again.item(id, item);
        again.places.push(place);
    }
    let Again { mut new, places, .. } = again;
    let at = |id: Id| places[id];
    new.fetches = lowered.fetches.clone();
    new.fetches.iter_mut().for_each(|view| view.item = at(view.item));
    new
}

/// How later stages come by a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Unknown,
    /// It is being asked.
    Asked,
    /// They read it.
    Kept,
    /// No later stage needs it.
    Near,
    /// They do its op again.
    Again,
    /// They ask a rectified value whether it is 0.
    Rectified(Id),
}

struct Choice<'a> {
    items: &'a [Item],
    stages: &'a [Option<usize>],
    users: Vec<Vec<Id>>,
    is_fetched: Vec<bool>,
    ways: Vec<Way>,
}

impl<'a> Choice<'a> {
    fn new(lowered: &'a Lowered, stages: &'a [Option<usize>]) -> Choice<'a> {
        let items = &lowered.items;
        let mut users = vec![Vec::new(); items.len()];
        for (user, item) in items.iter().enumerate().filter(|(user, _)| stages[*user].is_some()) {
            item.inputs().into_iter().for_each(|input| users[input].push(user));
        }
        let mut is_fetched = vec![false; items.len()];
        lowered.fetches.iter().for_each(|view| is_fetched[view.item] = true);
        Choice { items, stages, users, is_fetched, ways: vec![Way::Unknown; items.len()] }
    }

    /// Whether a value is in memory for later stages.
    fn is_kept(&mut self, id: Id) -> bool {
        if self.ways[id] == Way::Unknown {
            self.ways[id] = Way::Asked;
            self.ways[id] = self.way(id);
        }
        self.ways[id] == Way::Kept
    }

    fn way(&mut self, id: Id) -> Way {
        let Some(own) = self.stages[id] else { return Way::Kept };
        let later = self.users[id].iter().filter_map(|user| self.stages[*user]);
        let later: BTreeSet<usize> = later.filter(|stage| *stage > own).collect();
        if self.is_fetched[id] {
            return Way::Kept;
        }
        if later.is_empty() {
            return Way::Near;
        }
        if !is_cheap(&self.items[id]) || later.iter().any(|stage| stage % 2 == 0) {
            return Way::Kept;
        }
        if let Some(rectified) = self.rectified(id, own) {
            return Way::Rectified(rectified);
        }
        match later.into_iter().all(|stage| self.is_affordable(id, stage)) {
            true => Way::Again,
            false => Way::Kept,
        }
    }

    /// The kept value `x where x > 0, else 0` of a mask `x ≤ 0`: it is at most 0 in
    /// the same places, and NaN in the same.
    fn rectified(&mut self, mask: Id, own: usize) -> Option<Id> {
        let Kind::Map { op: MapOp::LessEqual, operands, .. } = &self.items[mask].kind else {
            return None;
        };
        let [(x, Reading::Each), (zero, Reading::Single)] = operands[..] else { return None };
        if !self.is_zero(zero) {
            return None;
        }
        let wanted = [(mask, Reading::Each), (zero, Reading::Single), (x, Reading::Each)];
        let later = self.users[mask].iter().filter(|user| self.stages[**user] > Some(own));
        let first = later.min().copied()?;
        let found = self.users[mask].iter().copied().find(|user| {
            *user < first
                && matches!(&self.items[*user].kind,
                    Kind::Map { op: MapOp::Select, operands, .. } if operands[..] == wanted)
        })?;
        self.is_kept(found).then_some(found)
    }

    fn is_zero(&self, id: Id) -> bool {
        match &self.items[id].kind {
            Kind::Constant(value) if value.dtype() == DType::F32 && value.len() == 1 => {
                value.to_f32()[0].to_bits() == 0
            }
            _ => false,
        }
    }

    /// Whether a stage can compute a value again for little.
    fn is_affordable(&mut self, id: Id, stage: usize) -> bool {
        let (mut ops, mut read) = (BTreeSet::new(), BTreeSet::new());
        if !self.needs(id, &mut ops, &mut read) {
            return false;
        }
        let is_new =
            |input: &&Id| !self.users[**input].iter().any(|user| self.stages[*user] == Some(stage));
        read.iter().filter(is_new).count() <= READ
    }

    /// The ops, and the kept values of rows, that a value is computed again by.
    fn needs(&mut self, id: Id, ops: &mut BTreeSet<Id>, read: &mut BTreeSet<Id>) -> bool {
        if !is_cheap(&self.items[id]) || !ops.insert(id) || ops.len() > OPS {
            return ops.len() <= OPS && is_cheap(&self.items[id]);
        }
        for input in self.items[id].inputs() {
            if self.items[input].space == Space::Fixed {
                continue;
            }
            let fits = if self.is_kept(input) {
                read.insert(input);
                true
            } else if let Way::Rectified(rectified) = self.ways[input] {
                read.insert(rectified);
                ops.insert(input);
                ops.len() <= OPS
            } else {
                self.needs(input, ops, read)
            };
            if !fits {
                return false;
            }
        }
        true
    }
}

/// Whether an op on each element of rows costs no more than reading it.
fn is_cheap(item: &Item) -> bool {
    use MapOp::{
        Abs, Add, And, Copy, Equal, Greater, GreaterEqual, Less, LessEqual, Maximum, Minimum,
        Multiply, Negate, Not, NotEqual, Or, Select, Subtract,
    };
    item.space == Space::Rows
        && match item.kind {
            Kind::Map { op, .. } => matches!(
                op,
                Abs | Add
                    | And
                    | Copy
                    | Equal
                    | Greater
                    | GreaterEqual
                    | Less
                    | LessEqual
                    | Maximum
                    | Minimum
                    | Multiply
                    | Negate
                    | Not
                    | NotEqual
                    | Or
                    | Select
                    | Subtract
            ),
            _ => false,
        }
}

/// The items, as they are copied.
struct Again<'a> {
    old: &'a [Item],
    stages: &'a [Option<usize>],
    ways: &'a [Way],
    new: Lowered,
    /// The new place of each old item.
    places: Vec<Id>,
    /// Values computed again, by their old place and the stage.
    copies: BTreeMap<(Id, usize), Id>,
}

impl Again<'_> {
    /// An item with what it reads at the new places.
    fn item(&mut self, id: Id, item: &Item) -> Id {
        let stage = self.stages[id];
        let mut item = item.clone();
        let inputs = item.inputs();
        let inputs: BTreeMap<Id, Id> =
            inputs.into_iter().map(|input| (input, self.input(input, stage))).collect();
        item.set_inputs(|input| inputs[&input]);
        self.push(item)
    }

    fn push(&mut self, item: Item) -> Id {
        self.new.items.push(item);
        self.new.items.len() - 1
    }

    /// Where a stage reads a value.
    fn input(&mut self, id: Id, stage: Option<usize>) -> Id {
        let Some(stage) = stage.filter(|stage| self.stages[id].is_some_and(|own| own < *stage))
        else {
            return self.places[id];
        };
        if let Some(known) = self.copies.get(&(id, stage)) {
            return *known;
        }
        let copy = match (self.ways[id], &self.old[id].kind) {
            (Way::Rectified(rectified), Kind::Map { op, operands, width }) => {
                let operands = vec![
                    (self.places[rectified], Reading::Each),
                    (self.places[operands[1].0], Reading::Single),
                ];
                let kind = Kind::Map { op: *op, operands, width: *width };
                Item { kind, ..self.old[id].clone() }
            }
            (Way::Again | Way::Near, Kind::Map { .. })
                if self.old[id].space == Space::Rows && stage % 2 == 1 =>
            {
                let mut item = self.old[id].clone();
                let inputs = item.inputs().into_iter();
                let inputs: BTreeMap<Id, Id> =
                    inputs.map(|input| (input, self.input(input, Some(stage)))).collect();
                item.set_inputs(|input| inputs[&input]);
                item
            }
            _ => return self.places[id],
        };
        let copy = self.push(copy);
        self.new.earliest.insert(copy, stage);
        self.copies.insert((id, stage), copy);
        copy
    }
}

#[cfg(test)]
mod tests {
    use crate::compile::lower::{Item, Kind, Space};
    use crate::compile::schedule::Storage;
    use crate::compile::{Schedule, compile};
    use crate::kernel::MapOp;
    use ikhim_graph::op::Window;
    use ikhim_graph::{DType, Graph, N, Tensor, gradients};

    fn layer<'g>(x: Tensor<'g>, kernel: Tensor<'g>, scale: Tensor<'g>) -> Tensor<'g> {
        let window = Window::default().padding([[1; 2]; 2]);
        x.conv2d(kernel, window).batch_norm(scale, scale, 1e-3).value
    }

    /// A convolution with batch norm, twice, and what `end` makes of both.
    fn scheduled(end: impl for<'g> Fn(Tensor<'g>, Tensor<'g>) -> Tensor<'g>) -> Schedule {
        let graph = Graph::new();
        let x = graph.input("x", DType::F32, &[N, 6.into(), 6.into(), 16.into()]);
        let kernel = graph.input("kernel", DType::F32, &[3.into(), 3.into(), 16.into(), 16.into()]);
        let scale = graph.input("scale", DType::F32, &[16.into()]);
        let first = layer(x, kernel, scale).relu();
        let loss = end(layer(first, kernel, scale), first).square().sum_all();
        gradients(loss, &[kernel])[0].named("slope");
        let definition = graph.finish().unwrap();
        let slope = definition.find("slope").unwrap();
        compile(&definition, &[slope], false)
    }

    /// How often such values of rows are kept for all of them.
    fn kept(schedule: &Schedule, which: impl Fn(&Item) -> bool) -> usize {
        let items = schedule.lowered.items.iter().enumerate();
        items
            .filter(|(id, item)| {
                schedule.spots[*id].is_some()
                    && item.space == Space::Rows
                    && schedule.storage[*id] == Storage::Whole
                    && which(item)
            })
            .count()
    }

    fn is_mask(item: &Item) -> bool {
        item.dtype == DType::Bool
    }

    fn is_difference(item: &Item) -> bool {
        matches!(item.kind, Kind::Map { op: MapOp::Subtract, .. })
    }

    #[test]
    fn masks_and_differences_are_not_kept() {
        let schedule = scheduled(|second, _| second.relu());
        assert_eq!(kept(&schedule, is_mask), 0);
        // The difference from the means of rows is of 16 numbers.
        assert_eq!(kept(&schedule, |item| is_difference(item) && item.shape.rank() == 4), 0);
        let asked = schedule.lowered.items.iter().filter(|item| is_mask(item)).count();
        assert!(asked > 2, "masks are asked again: {asked}");
    }

    #[test]
    fn a_sum_behind_a_convolution_is_kept() {
        // The slope of `first` comes from two sides and is needed twice.
        let schedule = scheduled(|second, first| (second + first).relu());
        let is_chosen = |item: &Item| matches!(item.kind, Kind::Map { op: MapOp::Select, .. });
        assert_eq!(kept(&schedule, is_mask), 0);
        assert!(kept(&schedule, is_chosen) > 0);
    }
}
