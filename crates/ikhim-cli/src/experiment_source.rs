//! What a person wants to train: an experiment file, or data alone, which is an
//! experiment with nothing said but where the rows are.

use crate::arguments::{Changes, toml_string};
use crate::console::Console;
use crate::data_source::DataSource;
use ikhim_run::durable;
use ikhim_run::experiment::Experiment;
use ikhim_text::{Fault, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// An experiment with the folder that its paths are relative to.
#[derive(Debug)]
pub(crate) struct ExperimentSource {
    pub(crate) experiment: Experiment,
    pub(crate) base: PathBuf,
    /// The text of the file, as the person wrote it.
    pub(crate) original: Option<String>,
}

impl ExperimentSource {
    /// The experiment of a file, of data, or of the digits when nothing is
    /// named.
    pub(crate) fn of(
        meant: Option<&str>,
        targets: &[String],
        changes: &Changes,
        console: &Console,
    ) -> Result<ExperimentSource> {
        let meant = meant.unwrap_or("digits");
        if is_experiment(meant) {
            if !targets.is_empty() {
                let fault = Fault::of("usage.no_effect").with("flag", "--target");
                let fault = fault.with_words("with", "an experiment file", "실험 파일");
                return Err(fault.help_words(
                    "the file names its target; `--set data.target=COLUMN` changes it",
                    "목표는 실험 파일에 적습니다. `--set data.target=열이름`으로 바꿀 수 있습니다",
                ));
            }
            return ExperimentSource::of_file(Path::new(meant), &changes.settings());
        }
        let source = DataSource::of(meant)?;
        source.tell_apart(console);
        let (text, file) = of_data(&source, targets);
        let experiment = Experiment::parse(&text, &file, &changes.settings())?.unwritten();
        Ok(ExperimentSource { experiment, base: PathBuf::new(), original: None })
    }

    /// The experiment of a file.
    pub(crate) fn of_file(file: &Path, settings: &[String]) -> Result<ExperimentSource> {
        let experiment = Experiment::read(file, settings)?;
        let original = fs::read_to_string(file).map_err(|error| durable::fault(file, &error))?;
        let base = file.parent().unwrap_or(Path::new("")).to_path_buf();
        Ok(ExperimentSource { experiment, base, original: Some(original) })
    }
}

/// Whether an experiment file is meant; one that is missing is meant by its
/// ending.
pub(crate) fn is_experiment(meant: &str) -> bool {
    let path = Path::new(meant);
    path.extension().is_some_and(|extension| extension == "toml") && !path.is_dir()
}

/// The experiment that says only where data are, and the file in which it would
/// stand.
pub(crate) fn of_data(source: &DataSource, targets: &[String]) -> (String, PathBuf) {
    let (place, name) = match source {
        DataSource::Carried(name) => (format!("dataset = {}", toml_string(name)), name.to_string()),
        DataSource::Path(path) => {
            let place = format!("path = {}", toml_string(&path.to_string_lossy()));
            (place, stem(path))
        }
    };
    let text = format!("[data]\n{place}\n{}", target_line(targets));
    (text, PathBuf::from(format!("{name}.toml")))
}

/// The line that names the targets; none where nothing is said.
pub(crate) fn target_line(targets: &[String]) -> String {
    let targets: Vec<String> = targets.iter().map(|target| toml_string(target)).collect();
    match targets.as_slice() {
        [] => String::new(),
        [one] => format!("target = {one}\n"),
        several => format!("target = [{}]\n", several.join(", ")),
    }
}

/// The name of a file up to its first dot, of a folder all of it.
pub(crate) fn stem(path: &Path) -> String {
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let name = whole.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    let stem = if path.is_dir() { name.as_str() } else { name.split('.').next().unwrap_or("") };
    // Of a pattern what stands in it.
    let stem = stem.replace(['*', '?'], "");
    let stem = stem.trim_matches(['-', '_', ' ']);
    if stem.is_empty() { "experiment".to_string() } else { stem.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_alone_is_an_experiment() {
        let source = DataSource::Path(PathBuf::from("집값 \"원본\".csv.gz"));
        let (text, file) = of_data(&source, &["a".to_string(), "b".to_string()]);
        let experiment = Experiment::parse(&text, &file, &[]).unwrap();
        assert_eq!(experiment.data.path(), Some("집값 \"원본\".csv.gz"));
        assert_eq!(experiment.data.targets(), ["a", "b"]);
        assert_eq!(file, Path::new("집값 \"원본\".toml"));
        assert!(is_experiment("x.toml") && !is_experiment("x.csv") && !is_experiment("toml"));
    }
}
