//! How long steps take, and what the process has used.

use ikhim_text::Result;
use std::time::{Duration, Instant};

/// Steps before any is timed: the processor reaches its speed, the caches fill.
const WARM_UP: Duration = Duration::from_secs(1);

/// Fewer steps have no percentiles.
const LEAST_STEPS: usize = 30;

/// When the process began.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Beginning {
    main: Instant,
    /// What the system and the loader took before `main`.
    before: Duration,
}

impl Beginning {
    /// To be called first in `main`.
    pub(crate) fn now() -> Beginning {
        Beginning { main: Instant::now(), before: processor_time() }
    }

    /// Seconds since.
    pub(super) fn elapsed(&self) -> f64 {
        (self.before + self.main.elapsed()).as_secs_f64()
    }
}

/// Time that processors have worked for this process.
#[cfg(unix)]
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

#[cfg(not(unix))]
fn processor_time() -> Duration {
    Duration::ZERO
}

/// What the timed steps took.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Taken {
    pub(super) steps: u64,
    /// Seconds of the median step.
    pub(super) median: f64,
    /// The 10th and the 90th percentile, where single steps are timed.
    pub(super) percentiles: Option<(f64, f64)>,
    /// Seconds of all steps, where they are timed as one.
    pub(super) total: Option<f64>,
}

/// Times single steps: at least 30 and at least so many seconds.
pub(super) fn steps(mut step: impl FnMut() -> Result<()>, seconds: f64) -> Result<Taken> {
    let taken = times(&mut step, seconds, LEAST_STEPS)?;
    let percentiles = Some((taken[taken.len() / 10], taken[taken.len() * 9 / 10]));
    Ok(Taken { steps: taken.len() as u64, median: median(&taken), percentiles, total: None })
}

/// Times so many steps that are one call: at least one call and at least so many
/// seconds.
pub(super) fn whole_loop(
    mut all: impl FnMut() -> Result<()>,
    steps: u64,
    seconds: f64,
) -> Result<Taken> {
    let total = median(&times(&mut all, seconds, 1)?);
    let median = total / steps as f64;
    Ok(Taken { steps, median, percentiles: None, total: Some(total) })
}

/// What each call took in seconds, in ascending order.
fn times(call: &mut dyn FnMut() -> Result<()>, seconds: f64, least: usize) -> Result<Vec<f64>> {
    let begin = Instant::now();
    while begin.elapsed() < WARM_UP {
        call()?;
    }
    let mut taken = Vec::new();
    let begin = Instant::now();
    while taken.len() < least || begin.elapsed().as_secs_f64() < seconds {
        let start = Instant::now();
        call()?;
        taken.push(start.elapsed().as_secs_f64());
    }
    taken.sort_by(f64::total_cmp);
    Ok(taken)
}

fn median(ascending: &[f64]) -> f64 {
    let middle = ascending.len() / 2;
    if ascending.len().is_multiple_of(2) {
        (ascending[middle - 1] + ascending[middle]) / 2.0
    } else {
        ascending[middle]
    }
}

/// The most bytes that the process had in memory, where the system says so.
pub(super) fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between() {
        assert_eq!(median(&[1.0, 2.0, 4.0]), 2.0);
        assert_eq!(median(&[1.0, 2.0, 4.0, 8.0]), 3.0);
    }

    #[test]
    fn steps_are_counted_and_a_whole_loop_is_divided() {
        let mut calls = 0_u64;
        let taken = steps(
            || {
                calls += 1;
                std::thread::sleep(Duration::from_millis(20));
                Ok(())
            },
            0.1,
        );
        let taken = taken.unwrap();
        assert!(taken.steps >= 30 && taken.steps < calls, "{taken:?}, {calls} calls");
        let (low, high) = taken.percentiles.unwrap();
        assert!(low <= taken.median && taken.median <= high, "{taken:?}");
        let loops = whole_loop(
            || {
                std::thread::sleep(Duration::from_millis(5));
                Ok(())
            },
            10,
            0.1,
        );
        let loops = loops.unwrap();
        assert_eq!(loops.median, loops.total.unwrap() / 10.0);
    }
}
