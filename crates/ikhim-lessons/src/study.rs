//! Where the experiments of lessons are run.

use crate::claim::{Checked, Claim, Found, Verdict};
use crate::measure::{self, Measure, Ways};
use crate::{Lesson, Progress};
use ikhim_cpu::Runtime;
use ikhim_run::durable;
use ikhim_run::experiment::Experiment;
use ikhim_text::{Fault, Result};
use ikhim_train::experiment::Prepared;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A folder in which lessons are worked through: it holds their experiment
/// files, the pages and what has been passed.
#[derive(Debug, Clone)]
pub struct Study {
    folder: PathBuf,
    data: Option<PathBuf>,
    settings: Vec<String>,
    quick: bool,
    threads: usize,
    pub(crate) runtime: Runtime,
    trained: Arc<Mutex<BTreeMap<String, Kept>>>,
}

/// A training that is done once: who comes while it goes on waits for it.
type Kept = Arc<Mutex<Option<Arc<measure::Trained>>>>;

impl Study {
    /// A study in a folder, which need not exist yet.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Study {
        Study {
            folder: folder.into(),
            data: None,
            settings: Vec::new(),
            quick: false,
            threads: 1,
            runtime: Runtime::single(),
            trained: Arc::default(),
        }
    }

    /// The folder with the course's own files and MNIST; without it, claims
    /// that need them are skipped.
    pub fn data(mut self, folder: Option<PathBuf>) -> Study {
        self.data = folder;
        self
    }

    /// Keys that are set in every experiment, as after `--set`; `NAME:KEY=VALUE`
    /// sets one in the experiment NAME alone.
    pub fn settings(mut self, settings: Vec<String>) -> Study {
        self.settings = settings;
        self
    }

    /// A third of the seeds.
    pub fn quick(mut self, quick: bool) -> Study {
        self.quick = quick;
        self
    }

    /// So many claims at a time; each is computed by one thread.
    pub fn threads(mut self, threads: usize) -> Study {
        self.threads = threads.max(1);
        self
    }

    /// The folder of a lesson.
    pub fn place(&self, lesson: &Lesson) -> PathBuf {
        self.folder.join(&lesson.name)
    }

    /// The folder of all lessons.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether nothing was changed by settings: only then is a pass one.
    pub fn is_plain(&self) -> bool {
        self.settings.is_empty()
    }

    /// Writes the experiment files of a lesson where they are not there yet,
    /// and gives the names of those that the reader has changed: they are kept.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn unpack(&self, lesson: &Lesson) -> Result<Vec<String>> {
        let place = self.place(lesson);
        std::fs::create_dir_all(&place).map_err(|error| durable::fault(&place, &error))?;
        let mut changed = Vec::new();
        for (name, text) in &lesson.files {
            let path = place.join(name);
            match std::fs::read(&path) {
                Ok(found) if found == text.as_bytes() => {}
                Ok(_) => changed.push(name.clone()),
                Err(_) => durable::replace(&path, text.as_bytes())?,
            }
        }
        Ok(changed)
    }

    /// Looks at every claim of a lesson. `told` hears of each as it is done.
    ///
    /// # Errors
    /// The folder cannot be written. A claim that cannot be measured has failed.
    pub fn check(&self, lesson: &Lesson, told: &(dyn Fn(&Checked) + Sync)) -> Result<Vec<Checked>> {
        self.unpack(lesson)?;
        Ok(self.each(&lesson.claims, told, |claim| self.checked(lesson, claim)))
    }

    /// Looks at every claim under the change that it must not survive. Passed
    /// means here that the claim failed, as it must.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn must_fail(
        &self,
        lesson: &Lesson,
        told: &(dyn Fn(&Checked) + Sync),
    ) -> Result<Vec<Checked>> {
        self.unpack(lesson)?;
        Ok(self.each(&lesson.claims, told, |claim| self.broken(lesson, claim)))
    }

    /// Works on all claims, several at a time; the answers keep their order.
    /// Claims of one training are one piece of work: two of them at a time would
    /// wait for each other.
    fn each(
        &self,
        claims: &[Claim],
        told: &(dyn Fn(&Checked) + Sync),
        work: impl Fn(&Claim) -> Checked + Sync,
    ) -> Vec<Checked> {
        let mut pieces: Vec<Vec<usize>> = Vec::new();
        for (index, claim) in claims.iter().enumerate() {
            let same = |piece: &&mut Vec<usize>| {
                let first = &claims[piece[0]];
                claim.experiment.is_some()
                    && (&first.experiment, &first.set) == (&claim.experiment, &claim.set)
            };
            match pieces.iter_mut().find(same) {
                Some(piece) => piece.push(index),
                None => pieces.push(vec![index]),
            }
        }
        let next = AtomicUsize::new(0);
        let done: Mutex<Vec<Option<Checked>>> = Mutex::new(vec![None; claims.len()]);
        std::thread::scope(|scope| {
            for _ in 0..self.threads.min(pieces.len()) {
                scope.spawn(|| {
                    while let Some(piece) = pieces.get(next.fetch_add(1, Ordering::Relaxed)) {
                        for index in piece {
                            let checked = work(&claims[*index]);
                            told(&checked);
                            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                            done[*index] = Some(checked);
                        }
                    }
                });
            }
        });
        let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.into_iter().flatten().collect()
    }

    fn checked(&self, lesson: &Lesson, claim: &Claim) -> Checked {
        let outcome = match self.is_skipped(claim) {
            true => None,
            false => Some(self.found(lesson, claim)),
        };
        self.judged(lesson, claim, outcome)
    }

    fn judged(
        &self,
        lesson: &Lesson,
        claim: &Claim,
        outcome: Option<Result<Vec<Found>>>,
    ) -> Checked {
        let (verdict, found, value, hits) = match outcome {
            None => (Verdict::Skipped, String::new(), None, None),
            Some(Err(fault)) => (Verdict::Failed, fault.to_string(), None, None),
            Some(Ok(found)) => {
                let (pass, text) = claim.expect.judge(&found);
                let hits = claim.expect.hits(&found);
                let value = match hits {
                    Some((hits, seeds)) => hits as f64 / seeds.max(1) as f64,
                    None => crate::claim::median(&found),
                };
                let verdict = if pass { Verdict::Passed } else { Verdict::Failed };
                (verdict, text, (!value.is_nan()).then_some(value), hits)
            }
        };
        Checked {
            lesson: lesson.name.clone(),
            row: claim.row.clone(),
            name: claim.name.clone(),
            words: claim.words.clone(),
            expected: claim.expect.shown(),
            found,
            value,
            hits,
            verdict,
            needs_data: self.needs_data(claim),
        }
    }

    fn broken(&self, lesson: &Lesson, claim: &Claim) -> Checked {
        let mut changed = claim.clone();
        let change = &claim.must_fail;
        changed.set.extend(change.set.iter().cloned());
        if let Some(experiment) = &change.experiment {
            changed.experiment = Some(experiment.clone());
        }
        for (key, value) in &change.measure {
            changed.measure.insert(key.clone(), value.clone());
        }
        if self.is_skipped(&changed) {
            return self.judged(lesson, &changed, None);
        }
        let outcome = self.found(lesson, &changed);
        // What cannot be measured shows nothing: the change itself is wrong.
        let could = outcome.is_ok();
        let mut checked = self.judged(lesson, &changed, Some(outcome));
        checked.verdict = match (could, checked.verdict) {
            (true, Verdict::Failed) => Verdict::Passed,
            _ => Verdict::Failed,
        };
        checked
    }

    fn is_skipped(&self, claim: &Claim) -> bool {
        self.needs_data(claim) || (claim.long && self.quick)
    }

    fn needs_data(&self, claim: &Claim) -> bool {
        claim.data.as_ref().is_some_and(|file| self.file(file).is_none())
    }

    /// A file of `--data`: by its path, or by its name alone.
    fn file(&self, file: &str) -> Option<PathBuf> {
        let data = self.data.as_ref()?;
        let name = Path::new(file).file_name()?;
        let mut places = vec![data.join(file), data.join(name)];
        // The folder may be that of the images itself.
        if file == "mnist" && data.join("train-images-idx3-ubyte.gz").exists() {
            places.push(data.clone());
        }
        let path = places.into_iter().find(|path| path.exists())?;
        Some(std::fs::canonicalize(&path).unwrap_or(path))
    }

    fn found(&self, lesson: &Lesson, claim: &Claim) -> Result<Vec<Found>> {
        let measure = Measure::read(&lesson.name, claim)?;
        let seeds = match (claim.seeds, self.quick) {
            (Some(seeds), true) => Some((seeds / 3).max(5).min(seeds)),
            (seeds, _) => seeds,
        };
        let mut settings = claim.set.clone();
        if let Some(path) = claim.data.as_ref().and_then(|file| self.file(file)) {
            settings.push(format!("data.path={}", serde_json::json!(path.to_string_lossy())));
        }
        let ways = Ways { study: self, lesson, claim, settings };
        match seeds {
            Some(seeds) => (1..=seeds).map(|seed| measure.take(&ways, Some(seed))).collect(),
            None => Ok(vec![measure.take(&ways, None)?]),
        }
    }

    /// The experiment of a lesson with settings over it, those of the study
    /// last.
    ///
    /// # Errors
    /// No such experiment; what its file says.
    pub(crate) fn experiment(
        &self,
        lesson: &Lesson,
        name: &str,
        settings: &[String],
    ) -> Result<Experiment> {
        if !lesson.experiments().any(|known| known == name) {
            return Err(Fault::of("experiment.lesson")
                .with("lesson", &lesson.name)
                .with("found", format!("no experiment `{name}`")));
        }
        let own = self.settings.iter().filter_map(|setting| match setting.split_once(':') {
            Some((file, rest)) if lesson.experiments().any(|known| known == file) => {
                (file == name).then(|| rest.to_string())
            }
            _ => Some(setting.clone()),
        });
        let settings: Vec<String> = settings.iter().cloned().chain(own).collect();
        Experiment::read(self.place(lesson).join(format!("{name}.toml")), &settings)
    }

    /// An experiment with its rows.
    ///
    /// # Errors
    /// As [`Study::experiment`]; what the data say.
    pub(crate) fn prepared(
        &self,
        lesson: &Lesson,
        name: &str,
        settings: &[String],
    ) -> Result<Prepared> {
        Prepared::new(&self.experiment(lesson, name, settings)?, &self.place(lesson))
    }

    /// A training of an experiment, which is done once.
    ///
    /// # Errors
    /// As [`Study::prepared`]; what training says.
    pub(crate) fn trained(
        &self,
        lesson: &Lesson,
        name: &str,
        settings: &[String],
        seed: Option<u64>,
    ) -> Result<Arc<measure::Trained>> {
        let key = format!("{}\0{name}\0{settings:?}\0{seed:?}", lesson.name);
        let all = self.trained.lock().unwrap_or_else(PoisonError::into_inner);
        let place: Kept = { all }.entry(key).or_default().clone();
        let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(trained) = &*place {
            return Ok(trained.clone());
        }
        let prepared = self.prepared(lesson, name, settings)?;
        let trained = Arc::new(measure::train(&prepared, seed, &self.runtime)?);
        *place = Some(trained.clone());
        Ok(trained)
    }

    /// What has been passed in this folder.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn progress(&self) -> Result<Progress> {
        Progress::read(&self.folder)
    }
}
