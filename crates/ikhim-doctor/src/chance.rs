//! Whether treatments drawn by chance would have repaired what the doctor's did.

use crate::kept::Kept;
use crate::repair::{COVERED, Repaired, Tried};
use crate::treatment::general;
use crate::trial::Standing;
use ikhim_numeric::random::{Stream, stream_id};
use ikhim_text::Result;
use serde::Serialize;

/// What treatments by chance repair, beside the doctor.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chance {
    /// The cases that each draw has repaired.
    pub repaired: Vec<usize>,
    /// Their mean.
    pub mean: f64,
    /// The cases that the doctor has repaired.
    pub doctor: usize,
    /// Of how many.
    pub of: usize,
    /// The probability of as many repairs as the doctor's if its treatment were
    /// one more draw in every case: exact, by exchanging it with the draws of its
    /// case.
    pub p: f64,
}

impl Chance {
    /// Counts over the cases that are certified; `None` where nothing was drawn.
    pub(crate) fn of<'a>(repairs: impl Iterator<Item = &'a Repaired>) -> Option<Chance> {
        let cases: Vec<(bool, &[bool])> = repairs
            .filter_map(|it| Some((it.repaired?, it.by_chance.as_slice())))
            .filter(|(_, draws)| !draws.is_empty())
            .collect();
        let draws = cases.iter().map(|(_, draws)| draws.len()).min()?;
        let repaired: Vec<usize> =
            (0..draws).map(|draw| cases.iter().filter(|(_, of)| of[draw]).count()).collect();
        let doctor = cases.iter().filter(|(own, _)| *own).count();
        let shares = cases.iter().map(|(own, of)| {
            let hits = of.iter().filter(|hit| **hit).count() + usize::from(*own);
            hits as f64 / (of.len() + 1) as f64
        });
        Some(Chance {
            p: at_least(doctor, shares),
            mean: repaired.iter().sum::<usize>() as f64 / draws as f64,
            repaired,
            doctor,
            of: cases.len(),
        })
    }
}

/// The probability of at least so many hits of independent trials, each with a
/// probability of its own.
fn at_least(hits: usize, each: impl Iterator<Item = f64>) -> f64 {
    let mut exactly = vec![1.0];
    for share in each {
        exactly.push(0.0);
        for count in (0..exactly.len()).rev() {
            let from_below = if count > 0 { exactly[count - 1] * share } else { 0.0 };
            exactly[count] = exactly[count] * (1.0 - share) + from_below;
        }
    }
    exactly.iter().skip(hits).sum::<f64>().min(1.0)
}

/// The treatments that chance draws from, beside what anybody might try: those of
/// all findings of all cases.
pub(crate) fn pool<'a>(proposed: impl Iterator<Item = &'a Vec<String>>) -> Vec<Vec<String>> {
    let mut pool: Vec<Vec<String>> = Vec::new();
    for set in proposed {
        if !pool.contains(set) {
            pool.push(set.clone());
        }
    }
    pool
}

impl Tried<'_> {
    /// One draw: as many treatments of a pool as the doctor has tried, each on the
    /// same seeds, the best of them judged on fresh ones. Whether it repairs.
    pub(crate) fn by_chance(&self, pool: &[Vec<String>], draw: usize, kept: &Kept) -> Result<bool> {
        let own = general(self.case.prepared.experiment.training.learning_rate());
        let own = own.into_iter().map(|setting| vec![setting]);
        let pool: Vec<Vec<String>> = own.chain(pool.iter().cloned()).collect();
        let stream = Stream::new(0, stream_id(&self.case.name, "treatment-by-chance"));
        let (mut best, mut left) = (None, self.outcome.tried.max(1));
        // What this network does not take is drawn again.
        for at in 0..20 * left as u64 {
            if left == 0 {
                break;
            }
            let index = stream.below(pool.len() as u64, draw as u64, at) as usize;
            let Some(found) = self.standing(&pool[index], kept)? else { continue };
            left -= 1;
            if best.is_none_or(|(most, _): (Standing, usize)| found.beats(&most, 0.0)) {
                best = Some((found, index));
            }
        }
        match best {
            Some((_, index)) => Ok(self.covered(&pool[index], kept)? >= COVERED),
            None => Ok(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_of_unequal_trials_are_counted_exactly() {
        // Three fair coins: 4 of 8 outcomes have two heads or more.
        assert!((at_least(2, [0.5; 3].into_iter()) - 0.5).abs() < 1e-12);
        // Both of 0.5 and 0.2.
        assert!((at_least(2, [0.5, 0.2].into_iter()) - 0.1).abs() < 1e-12);
        assert_eq!(at_least(0, [0.5, 0.2].into_iter()), 1.0);
    }

    #[test]
    fn a_doctor_that_is_one_more_draw_is_not_better() {
        let case = |own: bool, draws: &[bool]| Repaired {
            case: String::new(),
            held_out: false,
            certified: true,
            set: Vec::new(),
            tried: 1,
            covered: 0.0,
            repaired: Some(own),
            by_chance: draws.to_vec(),
        };
        // Alone in three cases of 1 + 3: (1/4)³.
        let alone = [case(true, &[false; 3]), case(true, &[false; 3]), case(true, &[false; 3])];
        let chance = Chance::of(alone.iter()).unwrap();
        assert!((chance.p - 1.0 / 64.0).abs() < 1e-12);
        assert_eq!((chance.doctor, chance.of, chance.mean), (3, 3, 0.0));
        assert_eq!(chance.repaired, [0, 0, 0]);
        // Where every draw repairs, the doctor's proves nothing.
        let all = [case(true, &[true; 3]), case(true, &[true; 3])];
        assert_eq!(Chance::of(all.iter()).unwrap().p, 1.0);
        // A case that is not certified takes no part.
        let none = [Repaired { repaired: None, ..case(true, &[]) }];
        assert_eq!(Chance::of(none.iter()), None);
    }
}
