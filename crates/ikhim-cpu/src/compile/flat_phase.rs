//! Phases that do not go by rows: instructions that do not depend on each other.

use super::lower::{Id, Item, Lowered, elements};
use super::schedule::{Instruction, Phase, is_head, is_map, reads_each, width_of};
use ikhim_graph::Dim;
use std::collections::BTreeSet;

pub(super) fn flat_phases(lowered: &Lowered, members: &[Id]) -> Vec<Phase> {
    let mut flat = Flat {
        items: &lowered.items,
        instructions: Vec::new(),
        place: vec![None; lowered.items.len()],
        waiting: vec![false; lowered.items.len()],
    };
    for &id in members {
        flat.item(id);
    }
    for &id in members {
        flat.settle(id);
    }
    let depth = flat.instructions.iter().map(|(level, _)| level + 1).max().unwrap_or(0);
    (0..depth)
        .map(|level| {
            let own = flat
                .instructions
                .iter()
                .filter(|(own, instruction)| *own == level && !instruction.items().is_empty());
            Phase::new(false, own.map(|(_, instruction)| instruction.clone()).collect())
        })
        .filter(|phase| !phase.instructions.is_empty())
        .collect()
}

/// The instructions of a stage that does not go by rows, as they are made.
struct Flat<'a> {
    items: &'a [Item],
    /// Each with its level: one more than that of what it waits for.
    instructions: Vec<(usize, Instruction)>,
    place: Vec<Option<usize>>,
    /// Elementwise ops that depend on nothing of the stage: they go where they
    /// are first needed.
    waiting: Vec<bool>,
}

impl Flat<'_> {
    fn level(&self, id: Id) -> usize {
        self.place[id].map_or(0, |at| self.instructions[at].0)
    }

    /// What an item reads of this stage that has its place.
    fn placed_inputs(&self, id: Id) -> Vec<Id> {
        let inputs = self.items[id].inputs().into_iter();
        inputs.filter(|input| self.place[*input].is_some()).collect()
    }

    fn item(&mut self, id: Id) {
        let item = &self.items[id];
        if !is_map(item) {
            item.inputs().into_iter().for_each(|input| self.settle(input));
            let level = self.placed_inputs(id).iter().map(|input| self.level(*input) + 1).max();
            self.place[id] = Some(self.instructions.len());
            self.instructions.push((level.unwrap_or(0), Instruction::One(id)));
            return;
        }
        let single = elements(&item.shape) == 1;
        if single {
            item.inputs().into_iter().for_each(|input| self.settle(input));
        }
        if self.placed_inputs(id).is_empty() && !single {
            self.waiting[id] = true;
            return;
        }
        self.map(id);
    }

    /// Gives a waiting item a place after all.
    fn settle(&mut self, id: Id) {
        if std::mem::take(&mut self.waiting[id]) {
            self.map(id);
        }
    }

    /// The waiting items that an item needs, each after those that it needs.
    fn needed(&self, id: Id, found: &mut Vec<Id>) {
        for input in self.items[id].inputs() {
            if self.waiting[input] && !found.contains(&input) {
                self.needed(input, found);
                found.push(input);
            }
        }
    }

    /// Puts an elementwise op, and the waiting ones that it needs, into a chain.
    fn map(&mut self, id: Id) {
        let item = &self.items[id];
        let extent = item.shape.elements();
        let mut group = Vec::new();
        self.needed(id, &mut group);
        group.push(id);
        let alike = |other: &Id| self.items[*other].shape.elements() == extent;
        // Waiting ones of other sizes need chains of their own.
        if let Some(other) = group.iter().copied().find(|other| !alike(other)) {
            self.settle(other);
            return self.map(id);
        }
        let widths: BTreeSet<usize> =
            group.iter().map(|id| width_of(&self.items[*id])).filter(|width| *width > 0).collect();
        if widths.len() > 1 || group[..group.len() - 1].iter().any(|one| !reads_each(item, *one)) {
            let first = group[0];
            if first != id {
                self.settle(first);
                return self.map(id);
            }
        }
        let width = widths.first().copied().unwrap_or(0);
        let inside: Vec<Id> = group
            .iter()
            .flat_map(|member| self.placed_inputs(*member))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let mut candidates = inside.iter().filter_map(|input| self.place[*input]);
        let found = candidates.find(|at| self.fits(*at, &group, &inside, width));
        let at = found.unwrap_or_else(|| self.new_chain(&inside, &group, extent));
        for member in group {
            self.waiting[member] = false;
            self.place[member] = Some(at);
            if let Instruction::Chain { items: chain, .. } = &mut self.instructions[at].1 {
                chain.push(member);
            }
        }
        if let Instruction::Chain { width: own, .. } = &mut self.instructions[at].1 {
            *own = (*own).max(width);
        }
    }

    /// Whether a chain can take a group of items: what they read is in the
    /// chain or before it.
    fn fits(&self, at: usize, group: &[Id], inside: &[Id], width: usize) -> bool {
        let (level, Instruction::Chain { items: chain, width: own, .. }) = &self.instructions[at]
        else {
            return false;
        };
        let Some(first) = chain.first() else { return false };
        let alike = self.items[*first].shape.elements() == self.items[group[0]].shape.elements();
        alike
            && (width == 0 || *own == 0 || width == *own)
            && inside.iter().all(|input| {
                if self.place[*input] == Some(at) {
                    return group.iter().all(|member| reads_each(&self.items[*member], *input));
                }
                self.level(*input) < *level
            })
    }

    /// A new chain, behind a product or sum over rows where there is one.
    fn new_chain(&mut self, inside: &[Id], group: &[Id], extent: Dim) -> usize {
        let alone = inside.iter().map(|input| self.level(*input) + 1).max().unwrap_or(0);
        let head = inside.iter().copied().find(|input| {
            let is_one = |at: usize| matches!(self.instructions[at].1, Instruction::One(_));
            is_head(&self.items[*input])
                && self.items[*input].shape.elements() == extent
                && self.place[*input].is_some_and(is_one)
                && group.iter().all(|member| reads_each(&self.items[*member], *input))
                // The others must not hold it up.
                && inside.iter().all(|other| {
                    other == input || self.level(*other) < self.level(*input)
                })
        });
        let level = head.map_or(alone, |head| self.level(head));
        let at = self.instructions.len();
        self.instructions.push((level, Instruction::Chain { head, items: Vec::new(), width: 0 }));
        if let Some(from) = head.and_then(|head| self.place[head].replace(at)) {
            // Its own instruction is no more.
            self.instructions[from].1 =
                Instruction::Chain { head: None, items: Vec::new(), width: 0 };
        }
        at
    }
}
