//! Several runs at a time, one on each thread.

use super::Session;
use ikhim_run::{RunFolder, folder};
use ikhim_text::Result;
use std::sync::Mutex;
use std::thread;

impl Session<'_> {
    /// Does every job with a folder of its own, as many at a time as there are
    /// threads; after an interrupt no further one begins. The results are in the
    /// order of the jobs.
    pub(super) fn many<J: Sync, E: Send>(
        &self,
        jobs: &[J],
        name: &str,
        work: impl Fn(&J, RunFolder) -> Result<E> + Sync,
    ) -> Result<Vec<E>> {
        let waiting = Mutex::new(jobs.iter().enumerate());
        // The folder is made under the lock, so that folders are numbered as the
        // jobs.
        let next = || {
            let mut waiting = waiting.lock().ok()?;
            if self.signals.interrupt().is_requested() {
                return None;
            }
            let (place, job) = waiting.next()?;
            Some((place, job, self.next_folder(name)))
        };
        let ended = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for _ in 0..self.runtime.threads().clamp(1, jobs.len().max(1)) {
                scope.spawn(|| {
                    while let Some((place, job, folder)) = next() {
                        let result = folder.and_then(|folder| work(job, folder));
                        if let Ok(mut ended) = ended.lock() {
                            ended.push((place, result));
                        }
                    }
                });
            }
        });
        let mut ended = ended.into_inner().unwrap_or_default();
        ended.sort_by_key(|(place, _)| *place);
        ended.into_iter().map(|(_, result)| result).collect()
    }

    /// The next free folder of a name; it becomes the latest run.
    pub(super) fn next_folder(&self, name: &str) -> Result<RunFolder> {
        let runs = self.project.runs();
        let folder = RunFolder::next(&runs, name)?;
        folder::set_latest(&runs, &folder.name())?;
        Ok(folder)
    }
}
