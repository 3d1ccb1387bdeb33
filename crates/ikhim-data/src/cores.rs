//! Independent work on all cores, with results in the order of the items.

use std::panic::resume_unwind;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The results of independent work, in the order of its items. Each item is taken
/// by one worker and can be used up by it.
pub(crate) fn on_all_cores<T: Send, R: Send>(
    items: Vec<T>,
    work: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from).min(items.len());
    if cores <= 1 {
        return items.into_iter().map(work).collect();
    }
    let items: Vec<Mutex<Option<T>>> =
        items.into_iter().map(|item| Mutex::new(Some(item))).collect();
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { return done };
            // A panic of another worker is told by its join below.
            let item = item.lock().map(|mut item| item.take());
            if let Ok(Some(item)) = item {
                done.push((index, work(item)));
            }
        }
    };
    let mut all: Vec<(usize, R)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(worker)).collect();
        // Results without those of a worker that panicked would belong to other items.
        let done = workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)));
        done.collect()
    });
    all.sort_by_key(|(index, _)| *index);
    all.into_iter().map(|(_, result)| result).collect()
}

/// Fewer rows are not worth a thread.
const FEW: usize = 1 << 14;

/// For each row what a function of its number says, computed by ranges of rows on
/// all cores.
pub(crate) fn by_rows<R: Send>(
    rows: usize,
    of_range: impl Fn(std::ops::Range<usize>) -> Vec<R> + Sync,
) -> Vec<R> {
    if rows <= FEW {
        return of_range(0..rows);
    }
    let ranges = (0..rows).step_by(FEW).map(|start| start..(start + FEW).min(rows)).collect();
    let parts = on_all_cores(ranges, of_range);
    let mut all = Vec::with_capacity(rows);
    parts.into_iter().for_each(|part| all.extend(part));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_the_order_of_the_items() {
        let items: Vec<usize> = (0..1_000).collect();
        let squares: Vec<usize> = items.iter().map(|item| item * item).collect();
        assert_eq!(on_all_cores(items, |item| item * item), squares);
        assert!(on_all_cores(Vec::<usize>::new(), |item| item).is_empty());
        let rows = 3 * FEW + 5;
        let all: Vec<usize> = (0..rows).collect();
        assert_eq!(by_rows(rows, |range| range.collect()), all);
    }
}
