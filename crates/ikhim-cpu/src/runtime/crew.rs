//! How many workers take part in a step.
//!
//! On a machine where something else runs too, the system puts a worker aside for
//! milliseconds at a time, and the others wait for the tile that it holds: single
//! steps take five times as long as their neighbors. With one worker fewer, the
//! other process has a processor for itself and every step takes as long as the
//! one before. So a crew whose steps are disturbed tries the smaller crew, stays
//! with it where it is hardly slower, and looks now and then whether it may grow
//! again. Which workers take part never changes a bit.

use std::time::Duration;

/// A window holds as many steps as this, at least, …
const STEPS: u64 = 8;

/// … and lasts as long: a few of the slices in which a system shares a processor.
const WINDOW: Duration = Duration::from_millis(24);

/// Steps so many times as long as undisturbed ones, in the mean of a window, …
const DISTURBED: f64 = 1.25;

/// … in so many windows after each other, ask for a trial. A single one may come
/// from anything.
const IN_A_ROW: u32 = 4;

/// An even pace is worth a crew that is slower by this part of what one of its
/// workers does.
const WORTH: f64 = 0.2;

/// From one trial to the next it takes as many windows, at least, …
const WINDOWS: u32 = 12;

/// … and as long; twice as long each time that a trial changed nothing, …
const PAUSE: Duration = Duration::from_millis(250);

/// … up to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(4);

/// The workers that take part, the caller among them, and how it went with them.
#[derive(Debug)]
pub(super) struct Crew {
    workers: usize,
    active: usize,
    stage: Stage,
    window: Window,
    /// When the next trial may begin, and the pause after it.
    next: Duration,
    pause: Duration,
    /// How long steps took when the last trial ended.
    known: f64,
    /// Disturbed windows after each other, and the sum of their means.
    disturbed: (u32, f64),
}

/// How long steps took in a stretch of time.
#[derive(Debug, Default)]
struct Window {
    begin: Duration,
    steps: u64,
    /// The time of the steps, as a multiple of that of undisturbed ones.
    sum: f64,
}

/// What the present window is for.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stage {
    Settled,
    /// To try a crew of another size; the mean that the one before had.
    Trial {
        before: f64,
        grown: bool,
    },
}

impl Crew {
    /// A crew of all workers.
    pub(super) fn new(workers: usize) -> Crew {
        Crew {
            workers,
            active: workers,
            stage: Stage::Settled,
            window: Window::default(),
            next: Duration::ZERO,
            pause: PAUSE,
            known: 1.0,
            disturbed: (0, 0.0),
        }
    }

    /// How many workers take part in the next step.
    pub(super) fn active(&self) -> usize {
        self.active
    }

    /// Whether all do.
    pub(super) fn is_whole(&self) -> bool {
        self.active == self.workers
    }

    /// Takes how long steps took, as a multiple of the fastest that all workers
    /// needed for the same work. `now` is counted from any fixed moment.
    pub(super) fn took(&mut self, now: Duration, steps: u64, multiple: f64) {
        self.window.steps += steps;
        self.window.sum += multiple * steps as f64;
        let length = now.saturating_sub(self.window.begin);
        if self.window.steps < STEPS || length < WINDOW {
            return;
        }
        let mean = self.window.sum / self.window.steps as f64;
        match self.stage {
            Stage::Settled => self.settled(now, mean),
            Stage::Trial { before, grown } => {
                let (more, fewer) = if grown { (mean, before) } else { (before, mean) };
                let smaller = if grown { self.active - 1 } else { self.active };
                let fewer_is_better = fewer <= more * (1.0 + WORTH / smaller as f64);
                if grown == fewer_is_better {
                    // As it was before; the next trial may wait longer.
                    self.active = if grown { self.active - 1 } else { self.active + 1 };
                    self.pause = (self.pause * 2).min(LONGEST_PAUSE);
                } else {
                    self.pause = PAUSE;
                }
                self.known = if fewer_is_better { fewer } else { more };
                self.stage = Stage::Settled;
                self.next = now + self.pause.max(length * WINDOWS);
            }
        }
        self.window = Window { begin: now, ..Window::default() };
    }

    /// Whether to try another size after a window of the present one.
    fn settled(&mut self, now: Duration, mean: f64) {
        let usual = self.workers as f64 / self.active as f64;
        if mean <= DISTURBED * usual {
            self.disturbed = (0, 0.0);
            if now >= self.next && !self.is_whole() {
                self.resize(true, mean);
            }
            return;
        }
        let (windows, sum) = (self.disturbed.0 + 1, self.disturbed.1 + mean);
        self.disturbed = (windows, sum);
        let before = sum / f64::from(windows);
        // What is as it was when it was decided need not be tried again soon.
        let is_due = now >= self.next || before > DISTURBED * self.known;
        if windows >= IN_A_ROW && is_due {
            // A single worker cannot make way.
            self.resize(self.active == 1, before);
        }
    }

    fn resize(&mut self, grown: bool, before: f64) {
        self.disturbed = (0, 0.0);
        self.active = if grown { self.active + 1 } else { self.active - 1 };
        self.stage = Stage::Trial { before, grown };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps of 0.7 ms by a crew, for so many seconds. `multiple` is how long the
    /// step at a number takes with so many workers. The multiples, and the share
    /// of time in which all workers took part.
    fn steps(
        crew: &mut Crew,
        clock: &mut Duration,
        seconds: f64,
        multiple: impl Fn(u64, usize) -> f64,
    ) -> (Vec<f64>, f64) {
        let begin = *clock;
        let (mut taken, mut whole) = (Vec::new(), Duration::ZERO);
        while (*clock - begin).as_secs_f64() < seconds {
            let of_step = multiple(taken.len() as u64, crew.active());
            let length = Duration::from_secs_f64(0.7e-3 * of_step);
            *clock += length;
            if crew.is_whole() {
                whole += length;
            }
            crew.took(*clock, 1, of_step);
            taken.push(of_step);
        }
        (taken, whole.as_secs_f64() / (*clock - begin).as_secs_f64())
    }

    /// The 90th percentile over the median.
    fn unevenness(mut multiples: Vec<f64>) -> f64 {
        multiples.sort_by(f64::total_cmp);
        multiples[multiples.len() * 9 / 10] / multiples[multiples.len() / 2]
    }

    /// A worker is put aside for 4 of 8 ms.
    fn shared(step: u64, active: usize) -> f64 {
        match active {
            1 => 1.9,
            _ if step % 7 == 6 => 6.0,
            _ => 1.0,
        }
    }

    fn quiet(_: u64, active: usize) -> f64 {
        if active == 1 { 1.9 } else { 1.0 }
    }

    #[test]
    fn beside_another_process_steps_are_even_and_hardly_slower() {
        let (mut crew, mut clock) = (Crew::new(2), Duration::ZERO);
        let (before, whole) = steps(&mut crew, &mut clock, 3.0, quiet);
        assert_eq!((unevenness(before), whole), (1.0, 1.0));
        let always_all: Vec<f64> = (0..3000).map(|step| shared(step, 2)).collect();
        assert_eq!(unevenness(always_all.clone()), 6.0);
        let mean = |multiples: &[f64]| multiples.iter().sum::<f64>() / multiples.len() as f64;
        let of_all = mean(&always_all);
        let (beside, whole) = steps(&mut crew, &mut clock, 5.0, shared);
        assert!(mean(&beside) <= (1.0 + WORTH) * of_all, "{} {of_all}", mean(&beside));
        assert_eq!(unevenness(beside), 1.0);
        assert!(whole < 0.15, "{whole}");
        // The processor is free again.
        steps(&mut crew, &mut clock, 5.0, quiet);
        assert!(crew.is_whole());
    }

    #[test]
    fn a_slow_machine_is_no_reason_for_fewer_workers() {
        let (mut crew, mut clock) = (Crew::new(2), Duration::ZERO);
        steps(&mut crew, &mut clock, 1.0, quiet);
        let slow = |step: u64, active: usize| 1.6 * quiet(step, active);
        let (_, whole) = steps(&mut crew, &mut clock, 20.0, slow);
        assert!(whole > 0.95, "{whole}");
    }

    #[test]
    fn a_pause_now_and_then_is_no_reason_either() {
        let (mut crew, mut clock) = (Crew::new(2), Duration::ZERO);
        let rarely = |step: u64, active: usize| match step % 150 {
            149 => 15.0,
            _ => quiet(step, active),
        };
        let (_, whole) = steps(&mut crew, &mut clock, 10.0, rarely);
        assert_eq!(whole, 1.0);
    }

    #[test]
    fn of_eight_workers_one_makes_way_for_one_process() {
        let (mut crew, mut clock) = (Crew::new(8), Duration::ZERO);
        let beside = |step: u64, active: usize| match active {
            8 if step % 7 == 6 => 6.0,
            8 => 1.0,
            fewer => 8.0 / fewer as f64,
        };
        steps(&mut crew, &mut clock, 1.0, beside);
        assert_eq!(crew.active(), 7);
        // With three others, three do.
        let beside = |_: u64, active: usize| match active {
            6..=8 => 3.0,
            fewer => 8.0 / fewer as f64,
        };
        steps(&mut crew, &mut clock, 3.0, beside);
        assert_eq!(crew.active(), 5);
        let quiet = |_: u64, active: usize| 8.0 / active as f64;
        steps(&mut crew, &mut clock, 20.0, quiet);
        assert!(crew.is_whole());
    }
}
