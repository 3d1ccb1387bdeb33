//! Adam in one pass: the chain that its graph makes, with everything between
//! gradient and stored values in registers of the processor.
//!
//! `m' = β₁m + (1 − β₁)g`, `v' = β₂v + (1 − β₂)g²`,
//! `w' = w − s · m' / (u · √v' + ε)` with the single numbers `s = rate / (1 − β₁ᵗ)`
//! and `u = 1 / √(1 − β₂ᵗ)`, each operation rounded on its own and in the order of
//! the graph, so the bits are those of the chain. With decoupled weight decay, w is
//! multiplied by a number before; what changes the gradient before, such as a clipped
//! norm or a penalty, stays a chain in front of this one.
//! D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", 2015.

use super::map::{Address, MapOp, Range, Step};
use crate::vector::Vector;

/// The operands of an update by Adam.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Adam {
    gradient: Address,
    /// The running mean, the running square and the parameter, as they are read.
    old: [Address; 3],
    /// Where their new values go.
    new: [Address; 3],
    /// Single numbers: `1 − β₁`, `β₁`, `1 − β₂`, `β₂`, s, u, ε.
    numbers: [Address; 7],
    /// What is left of a parameter before it moves, where that is not all of it.
    kept: Option<Address>,
}

/// The ops of the chain in their order: up to how far a parameter moves, then the
/// new values.
const DESCENT: [MapOp; 12] = [
    MapOp::Multiply,
    MapOp::Multiply,
    MapOp::Add,
    MapOp::Multiply,
    MapOp::Multiply,
    MapOp::Multiply,
    MapOp::Add,
    MapOp::Multiply,
    MapOp::Sqrt,
    MapOp::Multiply,
    MapOp::Add,
    MapOp::Divide,
];
const VALUES: [MapOp; 4] = [MapOp::Subtract, MapOp::Flush, MapOp::Flush, MapOp::Flush];

/// Where an operand of a step comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    /// An earlier step of the chain.
    Step(usize),
    Memory,
    Single,
}

impl Adam {
    /// The update that the last steps of a chain are, where they are exactly this
    /// one, and how many steps there are before.
    pub(crate) fn of(steps: &[Step]) -> Option<(Adam, usize)> {
        [false, true].into_iter().find_map(|decays| {
            let length = DESCENT.len() + usize::from(decays) + VALUES.len();
            let before = steps.len().checked_sub(length)?;
            Some((Adam::at_end(&steps[before..], decays)?, before))
        })
    }

    fn at_end(steps: &[Step], decays: bool) -> Option<Adam> {
        let decay = if decays { &[MapOp::Multiply][..] } else { &[] };
        let ops = DESCENT.iter().chain(decay).chain(&VALUES);
        if !steps.iter().map(|step| &step.op).eq(ops) {
            return None;
        }
        let from = |step: usize, operand: usize| {
            let address = steps[step].inputs[operand];
            let writer = (0..step).rev().find(|earlier| {
                let out = steps[*earlier].out;
                out.base == address.base && out.origin == address.origin
            });
            match writer {
                Some(writer) => From::Step(writer),
                None if address.splat => From::Single,
                None => From::Memory,
            }
        };
        let is = |step: usize, expected: [From; 2]| {
            from(step, 0) == expected[0] && from(step, 1) == expected[1]
        };
        let last = DESCENT.len() + usize::from(decays);
        let fits = is(0, [From::Single, From::Memory])
            && is(1, [From::Single, From::Memory])
            && is(2, [From::Step(1), From::Step(0)])
            && is(3, [From::Memory, From::Memory])
            && is(4, [From::Single, From::Step(3)])
            && is(5, [From::Single, From::Memory])
            && is(6, [From::Step(5), From::Step(4)])
            && is(7, [From::Single, From::Step(2)])
            && from(8, 0) == From::Step(6)
            && is(9, [From::Single, From::Step(8)])
            && is(10, [From::Step(9), From::Single])
            && is(11, [From::Step(7), From::Step(10)])
            && (!decays || is(12, [From::Memory, From::Single]))
            && is(last, [if decays { From::Step(12) } else { From::Memory }, From::Step(11)])
            && from(last + 1, 0) == From::Step(2)
            && from(last + 2, 0) == From::Step(6)
            && from(last + 3, 0) == From::Step(last);
        let same = |a: Address, b: Address| a.base == b.base && a.origin == b.origin;
        let gradient = steps[0].inputs[1];
        let once = same(gradient, steps[3].inputs[0]) && same(gradient, steps[3].inputs[1]);
        (fits && once).then(|| Adam {
            gradient,
            old: [steps[1].inputs[1], steps[5].inputs[1], steps[12].inputs[0]],
            new: [steps[last + 1].out, steps[last + 2].out, steps[last + 3].out],
            numbers: [
                steps[0].inputs[0],
                steps[1].inputs[0],
                steps[4].inputs[0],
                steps[5].inputs[0],
                steps[7].inputs[0],
                steps[9].inputs[0],
                steps[10].inputs[1],
            ],
            kept: decays.then(|| steps[12].inputs[1]),
        })
    }
}

/// Updates a range of elements.
///
/// # Safety
/// As for the chain that it stands for.
#[inline(always)]
pub(super) unsafe fn run<V: Vector>(adam: &Adam, range: Range) {
    let at = |address: &Address| address.flat(&range);
    let gradient = at(&adam.gradient);
    let old = [at(&adam.old[0]), at(&adam.old[1]), at(&adam.old[2])];
    let new = [at(&adam.new[0]), at(&adam.new[1]), at(&adam.new[2])];
    // SAFETY: Single numbers are as long as a vector; the rest as the caller
    // promises, whole vectors within the range and then the rest of it.
    unsafe {
        let fresh_1 = V::load(adam.numbers[0].base);
        let beta_1 = V::load(adam.numbers[1].base);
        let fresh_2 = V::load(adam.numbers[2].base);
        let beta_2 = V::load(adam.numbers[3].base);
        let rate = V::load(adam.numbers[4].base);
        let unbiased = V::load(adam.numbers[5].base);
        let epsilon = V::load(adam.numbers[6].base);
        // Times 1 is the number itself to the last bit.
        let kept = adam.kept.map_or(V::splat(1.0), |kept| V::load(kept.base));
        let zero = V::splat(0.0);
        let smallest = V::splat(f32::MIN_POSITIVE);
        let mut place = 0;
        while place < range.count {
            let count = range.count - place;
            macro_rules! load {
                ($from:expr) => {
                    if count >= V::LANES {
                        V::load($from.add(place))
                    } else {
                        V::load_first($from.add(place), count)
                    }
                };
            }
            macro_rules! store {
                ($value:expr, $to:expr) => {{
                    let value = V::select($value.abs().is_less(smallest), zero, $value);
                    if count >= V::LANES {
                        value.store($to.add(place));
                    } else {
                        value.store_first($to.add(place), count);
                    }
                }};
            }
            let g = load!(gradient);
            let m = beta_1 * load!(old[0]) + fresh_1 * g;
            let v = beta_2 * load!(old[1]) + fresh_2 * (g * g);
            let descent = rate * m / (unbiased * v.sqrt() + epsilon);
            let w = load!(old[2]) * kept - descent;
            store!(m, new[0]);
            store!(v, new[1]);
            store!(w, new[2]);
            place += V::LANES;
        }
    }
}
