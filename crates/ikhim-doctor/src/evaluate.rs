//! How good the doctor is: a folder of experiments that say what is wrong with
//! them, over several seeds.

use crate::chance::{Chance, pool};
use crate::course::Course;
use crate::diagnosis::diagnose;
use crate::kept::Kept;
use crate::repair::{Repaired, repair};
use crate::watch::Watch;
use ikhim_cpu::Runtime;
use ikhim_run::experiment::Experiment;
use ikhim_run::metric::wilson;
use ikhim_run::{Finding, Severity};
use ikhim_text::{Fault, Result};
use ikhim_train::experiment::Prepared;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// A share with its 95 % interval (Wilson).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rate {
    /// How often.
    pub hits: usize,
    /// Of how many.
    pub of: usize,
    /// The share; `None` of nothing.
    pub value: Option<f64>,
    /// The low end of the interval.
    pub low: f64,
    /// The high end.
    pub high: f64,
}

impl Rate {
    pub(crate) fn of(outcomes: impl Iterator<Item = bool>) -> Rate {
        let (mut hits, mut of) = (0, 0);
        for outcome in outcomes {
            hits += usize::from(outcome);
            of += 1;
        }
        let (low, high) = if of > 0 { wilson(hits, of) } else { (0.0, 1.0) };
        Rate { hits, of, value: (of > 0).then(|| hits as f64 / of as f64), low, high }
    }
}

/// What an experiment says is wrong with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// The finding that names the cause; `None` of a healthy experiment.
    pub finding: Option<String>,
    /// Findings that are as good.
    pub accept: Vec<String>,
    /// Where it is, when that counts.
    pub place: Option<String>,
    /// The same experiment without the fault.
    pub twin: Option<PathBuf>,
}

/// One training of a case.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trained {
    /// The case: the name of its file.
    pub case: String,
    /// Its seed.
    pub seed: u64,
    /// Whether the case was held out while numbers were chosen.
    pub held_out: bool,
    /// The finding that is expected; `None` where nothing is wrong.
    pub expected: Option<String>,
    /// What was found, first-ranked first: id, place, severity.
    pub found: Vec<(String, String, Severity)>,
    /// Whether a warning or error was raised while the twin had none.
    pub detected: Option<bool>,
    /// Whether the first finding names the cause.
    pub diagnosed: Option<bool>,
    /// Whether it names the place.
    pub localized: Option<bool>,
    /// Whether a healthy run was given a warning or an error.
    pub false_alarm: Option<bool>,
}

/// How a folder of cases is gone through.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Seeds of each case.
    pub seeds: u64,
    /// Trainings at a time.
    pub threads: usize,
    /// Whether faulty cases are treated.
    pub repairs: bool,
    /// Treatments by chance that the doctor's are compared with, of each case.
    pub draws: usize,
    /// The file that keeps what was found, so that one that is cut off goes on.
    pub keep: Option<PathBuf>,
}

/// How far an evaluation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is done: `trainings`, `treatments` or `draws`.
    pub what: &'static str,
    /// So many of them.
    pub done: usize,
    /// Of how many.
    pub of: usize,
}

/// What a folder of cases gives.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Number of cases.
    pub cases: usize,
    /// Seeds of each.
    pub seeds: u64,
    /// Faulty trainings with a warning or an error, their healthy twin without.
    pub detection: Rate,
    /// Of the faulty ones, those whose first finding names the cause.
    pub diagnosis: Rate,
    /// Of those that say where, those whose first finding names the place.
    pub localization: Rate,
    /// Healthy trainings with a warning or an error.
    pub false_alarms: Rate,
    /// Faulty cases that the doctor's treatment repairs, of those that are
    /// certainly worse than their twin.
    pub repair: Rate,
    /// Every training.
    pub trainings: Vec<Trained>,
    /// Every repair.
    pub repairs: Vec<Repaired>,
}

/// A case with everything that is the same for all seeds.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) prepared: Prepared,
    pub(crate) base: PathBuf,
    expects: Expectation,
    /// The healthy one, with its mark.
    pub(crate) twin: Option<(Prepared, String)>,
    /// What tells its training from those of other experiments or rows.
    pub(crate) mark: String,
}

/// Evaluates the doctor on the experiments of a folder that say what to expect.
/// Each thread takes one training at a time. All cases have their first seed
/// before any has its second, and so for draws, so that what is kept of an
/// evaluation that was cut off is whole for fewer of them.
///
/// # Errors
/// A folder that cannot be read, an experiment that is not right, a file of what
/// is kept that cannot be written.
pub fn evaluate(
    folder: &Path,
    plan: &Plan,
    expects: impl Fn(&Experiment) -> Option<Expectation>,
    tell: &(dyn Fn(Progress) + Sync),
) -> Result<Evaluation> {
    let cases = cases(folder, expects)?;
    if cases.is_empty() {
        return Err(Fault::of("file.missing").with("path", folder.display()).file(folder));
    }
    let kept = &Kept::open(plan.keep.as_deref())?;
    let (seeds, threads) = (plan.seeds, plan.threads);
    let jobs: Vec<(usize, u64)> =
        (1..=seeds).flat_map(|seed| (0..cases.len()).map(move |case| (case, seed))).collect();
    let told = |what| move |done, of| tell(Progress { what, done, of });
    let mut trainings =
        each(&jobs, threads, told("trainings"), |(case, seed)| train(&cases[*case], *seed, kept))?;
    trainings.sort_by(|a, b| a.case.cmp(&b.case).then(a.seed.cmp(&b.seed)));
    let faulty = cases.iter().filter(|case| case.expects.finding.is_some());
    let treated: Vec<&Case> = faulty.filter(|case| plan.repairs && case.twin.is_some()).collect();
    let mut tried = each(&treated, threads, told("treatments"), |case| repair(case, kept))?;
    let pool = pool(tried.iter().flat_map(|tried| &tried.proposed));
    let certified: Vec<usize> =
        (0..tried.len()).filter(|at| tried[*at].outcome.certified).collect();
    let jobs: Vec<(usize, usize)> =
        (0..plan.draws).flat_map(|draw| certified.iter().map(move |at| (*at, draw))).collect();
    let draws =
        each(&jobs, threads, told("draws"), |(at, draw)| tried[*at].by_chance(&pool, *draw, kept))?;
    for ((at, _), repairs) in jobs.iter().zip(draws) {
        tried[*at].outcome.by_chance.push(repairs);
    }
    let repairs: Vec<Repaired> = tried.into_iter().map(|tried| tried.outcome).collect();
    let of = |outcome: fn(&Trained) -> Option<bool>| Rate::of(trainings.iter().filter_map(outcome));
    Ok(Evaluation {
        cases: cases.len(),
        seeds,
        detection: of(|training| training.detected),
        diagnosis: of(|training| training.diagnosed),
        localization: of(|training| training.localized),
        false_alarms: of(|training| training.false_alarm),
        repair: Rate::of(repairs.iter().filter_map(|repair| repair.repaired)),
        trainings,
        repairs,
    })
}

/// Whether a case is held out while numbers are chosen: by its name alone, one
/// in three (FNV-1a of its bytes).
pub(crate) fn is_held_out(name: &str) -> bool {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash >> 32).is_multiple_of(3)
}

impl Evaluation {
    /// What treatments by chance repair of the same cases, of all or of those that
    /// were held out or not; `None` when nothing was drawn.
    pub fn chance(&self, held_out: Option<bool>) -> Option<Chance> {
        let inside = |repair: &&Repaired| held_out.is_none_or(|out| repair.held_out == out);
        Chance::of(self.repairs.iter().filter(inside))
    }

    /// The same rates over a part of the cases.
    pub fn part(&self, held_out: bool) -> [(&'static str, Rate); 5] {
        let of = |outcome: fn(&Trained) -> Option<bool>| {
            let part = self.trainings.iter().filter(|training| training.held_out == held_out);
            Rate::of(part.filter_map(outcome))
        };
        let repairs = self.repairs.iter().filter(|repair| repair.held_out == held_out);
        [
            ("detection", of(|training| training.detected)),
            ("diagnosis", of(|training| training.diagnosed)),
            ("localization", of(|training| training.localized)),
            ("false_alarms", of(|training| training.false_alarm)),
            ("repair", Rate::of(repairs.filter_map(|repair| repair.repaired))),
        ]
    }
}

fn cases(folder: &Path, expects: impl Fn(&Experiment) -> Option<Expectation>) -> Result<Vec<Case>> {
    let entries =
        std::fs::read_dir(folder).map_err(|error| ikhim_run::durable::fault(folder, &error))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let experiment = Experiment::read(&file, &[])?;
        let Some(expects) = expects(&experiment) else { continue };
        let prepared = Prepared::new(&experiment, folder)?;
        let twin = match expects.twin.as_ref().filter(|_| expects.finding.is_some()) {
            Some(twin) => {
                let experiment = Experiment::read(folder.join(twin), &[])?;
                let twin = Prepared::new(&experiment, folder)?;
                let mark = mark(&twin);
                Some((twin, mark))
            }
            None => None,
        };
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mark = mark(&prepared);
        cases.push(Case { name, prepared, base: folder.to_path_buf(), expects, twin, mark });
    }
    Ok(cases)
}

/// An experiment and its rows by their hashes.
fn mark(prepared: &Prepared) -> String {
    format!("{} {}", prepared.experiment.hash(), prepared.dataset.content_hash())
}

/// A training that is watched.
///
/// # Errors
/// A network that does not fit the data.
pub fn watched(prepared: &Prepared, seed: u64) -> Result<Course> {
    let watch = Watch::new(prepared, &Runtime::single())?;
    let record = watch.record();
    let trainer = prepared.trainer(seed)?.runtime(Runtime::single()).observer(watch);
    let run = trainer.fit_encoded(&prepared.data)?;
    let mut course = record.course();
    course.ended(&run, prepared);
    Ok(course)
}

pub(crate) fn found(prepared: &Prepared, base: &Path, seed: u64) -> Result<Vec<Finding>> {
    let course = watched(prepared, seed)?;
    diagnose(prepared, base, seed, &course)
}

/// A finding as an evaluation counts it: id, place, severity.
type Counted = (String, String, Severity);

/// What is found in a training, the first-ranked first.
fn counted(
    prepared: &Prepared,
    mark: &str,
    base: &Path,
    seed: u64,
    kept: &Kept,
) -> Result<Vec<Counted>> {
    kept.answer(&["found", mark, &seed.to_string()], || {
        let findings = found(prepared, base, seed)?;
        Ok(findings.into_iter().map(|it| (it.id, it.place, it.severity)).collect())
    })
}

fn grave(findings: &[Counted]) -> Option<&Counted> {
    findings.iter().find(|(.., severity)| *severity > Severity::Information)
}

fn train(case: &Case, seed: u64, kept: &Kept) -> Result<Trained> {
    let findings = counted(&case.prepared, &case.mark, &case.base, seed, kept)?;
    let first = grave(&findings);
    let mut trained = Trained {
        case: case.name.clone(),
        seed,
        held_out: is_held_out(&case.name),
        expected: case.expects.finding.clone(),
        found: findings.clone(),
        detected: None,
        diagnosed: None,
        localized: None,
        false_alarm: None,
    };
    match &case.expects.finding {
        None => trained.false_alarm = Some(first.is_some()),
        Some(cause) => {
            let twin = match &case.twin {
                Some((twin, mark)) => {
                    grave(&counted(twin, mark, &case.base, seed, kept)?).is_some()
                }
                None => false,
            };
            let names = |id: &str| id == cause || case.expects.accept.iter().any(|it| it == id);
            trained.detected = Some(first.is_some() && !twin);
            trained.diagnosed = Some(first.is_some_and(|(id, ..)| names(id)));
            trained.localized = case
                .expects
                .place
                .as_ref()
                .map(|expected| first.is_some_and(|(_, place, _)| place == expected));
        }
    }
    Ok(trained)
}

/// Does a job for each item, on so many threads; the results in order.
fn each<I: Sync, R: Send>(
    items: &[I],
    threads: usize,
    tell: impl Fn(usize, usize) + Sync,
    work: impl Fn(&I) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Result<R>)>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, items.len().max(1)) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(at) else { break };
                    let result = work(item);
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    done.push((at, result));
                    tell(done.len(), items.len());
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_of_nothing_says_so_and_others_have_wilson_s_interval() {
        assert_eq!(Rate::of(std::iter::empty()).value, None);
        // Wilson (1927) for 8 of 10: 0.490 to 0.943.
        let rate = Rate::of((0..10).map(|at| at < 8));
        assert!((rate.low - 0.490).abs() < 1e-3 && (rate.high - 0.943).abs() < 1e-3, "{rate:?}");
    }

    #[test]
    fn about_a_third_of_the_names_is_held_out() {
        let held = (0..900).filter(|number| is_held_out(&format!("case-{number}"))).count();
        assert!((240..360).contains(&held), "{held}");
    }
}
