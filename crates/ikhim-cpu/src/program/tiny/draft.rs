//! Entries of a tape while it is made, and their order.

use crate::kernel::{Entry, LAST, MapOp, TapeOp, Tapes};
use std::collections::HashMap;

/// An entry to be.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) op: TapeOp,
    pub(super) out: u32,
    /// The places of the operands, for a gather also sizes.
    pub(super) inputs: Vec<u32>,
    pub(super) table: u32,
    pub(super) count: u32,
    /// The vectors that it reads and writes.
    pub(super) reads: Vec<u32>,
    pub(super) writes: Vec<u32>,
}

impl Draft {
    /// An entry of vectors.
    pub(super) fn new(op: TapeOp, out: u32, inputs: &[u32]) -> Draft {
        Draft {
            op,
            out,
            inputs: inputs.to_vec(),
            table: 0,
            count: 0,
            reads: inputs.to_vec(),
            writes: vec![out],
        }
    }

    /// How many operations it is of, about.
    pub(super) fn length(&self) -> u32 {
        self.count.max(1)
    }

    /// About how many cycles its value takes.
    fn latency(&self) -> u32 {
        let own = match self.op {
            TapeOp::Sigmoid => 65,
            TapeOp::Map(op) => match op {
                MapOp::Exp | MapOp::ExpM1 | MapOp::Log | MapOp::Log1p => 45,
                MapOp::Tanh | MapOp::Erf | MapOp::Power => 80,
                MapOp::Divide | MapOp::Sqrt => 12,
                _ => 3,
            },
            TapeOp::Product | TapeOp::Chain(_) => 5 + 4 * self.count,
            TapeOp::Gather => 30,
            _ => 5,
        };
        own + 3
    }
}

/// A tape of entries, each as soon as possible behind the one whose value it
/// waits for the longest.
pub(super) fn tape(drafts: &[Draft], tapes: &Tapes) -> Box<[Entry]> {
    let order = order(drafts);
    let mut before: Option<&Draft> = None;
    let entries = order.into_iter().map(|at| {
        let draft = &drafts[at];
        let mut inputs = [0; 3];
        for (input, place) in inputs.iter_mut().zip(&draft.inputs) {
            let is_last = before.is_some_and(|before| {
                before.out == *place && before.op != TapeOp::Gather && draft.op != TapeOp::Gather
            });
            *input = if is_last { LAST } else { *place };
        }
        before = Some(draft);
        Entry {
            function: tapes.function(draft.op),
            out: draft.out,
            inputs,
            table: draft.table,
            count: draft.count,
        }
    });
    entries.collect()
}

/// The entries that each one must follow.
fn before(drafts: &[Draft]) -> Vec<Vec<usize>> {
    let mut writer: HashMap<u32, usize> = HashMap::new();
    let mut readers: HashMap<u32, Vec<usize>> = HashMap::new();
    let mut all = Vec::with_capacity(drafts.len());
    for (at, draft) in drafts.iter().enumerate() {
        let mut own: Vec<usize> =
            draft.reads.iter().filter_map(|place| writer.get(place).copied()).collect();
        for place in &draft.writes {
            own.extend(writer.get(place));
            own.extend(readers.get(place).into_iter().flatten().filter(|reader| **reader != at));
        }
        for place in &draft.reads {
            readers.entry(*place).or_default().push(at);
        }
        for place in &draft.writes {
            writer.insert(*place, at);
            readers.remove(place);
        }
        own.sort_unstable();
        own.dedup();
        all.push(own);
    }
    all
}

/// An order that keeps all values: made from its end, where each place is given
/// to what the entry behind it waits for, if it can be.
fn order(drafts: &[Draft]) -> Vec<usize> {
    let before = before(drafts);
    let mut depth = vec![0; drafts.len()];
    let mut followers = vec![0; drafts.len()];
    for at in 0..drafts.len() {
        for own in &before[at] {
            depth[at] = depth[at].max(depth[*own] + drafts[*own].latency());
            followers[*own] += 1;
        }
    }
    let mut ready: Vec<usize> = (0..drafts.len()).filter(|at| followers[*at] == 0).collect();
    let mut order = Vec::with_capacity(drafts.len());
    let mut behind: Option<usize> = None;
    while !ready.is_empty() {
        let feeds =
            |at: usize| behind.is_some_and(|behind| drafts[behind].reads.contains(&drafts[at].out));
        let best = (0..ready.len()).max_by_key(|place| {
            let at = ready[*place];
            (feeds(at), depth[at] + drafts[at].latency(), at)
        });
        let at = ready.swap_remove(best.unwrap_or(0));
        order.push(at);
        for own in &before[at] {
            followers[*own] -= 1;
            if followers[*own] == 0 {
                ready.push(*own);
            }
        }
        behind = Some(at);
    }
    order.reverse();
    order
}
