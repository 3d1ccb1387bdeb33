use crate::arguments::toml_string;
use crate::command::Answer;
use crate::console::Console;
use crate::data_source::DataSource;
use crate::document::Document;
use crate::experiment_source::{is_experiment, stem, target_line};
use crate::project::typed;
use clap::Args;
use ikhim_data::{ColumnData, ColumnType, Missing, Role, Scaling, SplitMethod};
use ikhim_run::durable;
use ikhim_run::experiment::Experiment;
use ikhim_text::{Fault, Result, sentence};
use ikhim_train::experiment::Prepared;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Write a commented experiment file for some data
#[derive(Debug, Args)]
#[command(after_help = "Example: ikhim init houses.csv --target price")]
pub(crate) struct Arguments {
    /// A table, a folder of images or of idx files, or the name of a data set
    data: String,
    /// The column to be learned; may be repeated; else the last one
    #[arg(long, value_name = "COLUMN")]
    target: Vec<String>,
    /// The file to write; else DATA.toml in the current folder
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file when it is there already
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(arguments: Arguments, console: &Console) -> Result<Answer> {
    if is_experiment(&arguments.data) {
        let fault = Fault::of("usage.no_effect").with("flag", "init");
        let fault = fault.with_words("with", "an experiment file", "실험 파일");
        return Err(fault.help("name the data that the experiment is for"));
    }
    let source = DataSource::of(&arguments.data)?;
    source.tell_apart(console);
    let name = match &source {
        DataSource::Carried(name) => name.to_string(),
        DataSource::Path(path) => stem(path),
    };
    let file = arguments.output.unwrap_or_else(|| PathBuf::from(format!("{name}.toml")));
    if file.exists() && !arguments.force {
        return Err(Fault::of("file.exists").with("path", file.display()).file(&file));
    }
    let place = Place { source: &source, file: &file };
    let text = written(&place, &name, &arguments.target)?;
    durable::replace(&file, text.as_bytes())?;
    console.say(sentence::INIT_WRITTEN, &[("path", file.display().to_string())]);
    for command in ["check", "train"] {
        console.line(format!("  ikhim {command} {}", typed(&file)));
    }
    let document = Document::new("init").with("file", file.display().to_string());
    Ok(Answer::done(document.with("experiment", text)))
}

/// Where data and file are.
struct Place<'a> {
    source: &'a DataSource,
    file: &'a Path,
}

impl Place<'_> {
    /// The line that names the data.
    fn line(&self) -> Result<String> {
        let path = match self.source {
            DataSource::Carried(name) => return Ok(format!("dataset = {}", toml_string(name))),
            DataSource::Path(path) => path,
        };
        // Paths are relative to the file; from another folder only the whole
        // path is sure.
        let beside = self.file.parent().is_none_or(|folder| folder.as_os_str().is_empty());
        let path = match beside {
            true => path.clone(),
            false => std::path::absolute(path).map_err(|error| durable::fault(path, &error))?,
        };
        Ok(format!("path = {}", toml_string(&path.to_string_lossy())))
    }

    fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }
}

/// Columns that are listed; of more, only those that are not plain numbers.
const LISTED: usize = 40;

/// The text of the file, read once by the reader of experiments.
fn written(place: &Place<'_>, name: &str, targets: &[String]) -> Result<String> {
    let line = place.line()?;
    let base = format!("[data]\n{line}\n{}", target_line(targets));
    let read = |settings: &[String]| -> Result<Prepared> {
        Prepared::new(&Experiment::parse(&base, place.file, settings)?, place.folder())
    };
    // Rows that are too few for three parts are all train rows.
    let prepared =
        read(&[]).or_else(|fault| read(&["split.method=none".to_string()]).map_err(|_| fault))?;
    let text = compose(&prepared, name, &line);
    Experiment::parse(&text, place.file, &[])?;
    Ok(text)
}

fn compose(prepared: &Prepared, name: &str, line: &str) -> String {
    let mut lines = Lines::default();
    lines.plain("#:schema ./experiment.schema.json");
    lines.plain("# `ikhim schema > experiment.schema.json` gives completion in editors;");
    lines.plain("# `ikhim check FILE --resolved` prints every key with its default.");
    lines.key("version", "1", "");
    lines.key("name", &toml_string(name), "");
    lines.key("seed", "0", "weights, order of batches, dropout; never the split");
    data(&mut lines, prepared, line);
    split(&mut lines, prepared.report.method);
    model(&mut lines, prepared);
    training(&mut lines, prepared);
    lines.text
}

fn data(lines: &mut Lines, prepared: &Prepared, line: &str) {
    lines.section("data", "");
    let (key, value) = line.split_once(" = ").unwrap_or((line, ""));
    lines.key(key, value, "paths are relative to this file");
    let names: Vec<String> =
        prepared.dataset.targets().map(|column| toml_string(&column.name)).collect();
    match names.as_slice() {
        [one] => lines.key("target", one, ""),
        several => lines.key("target", &format!("[{}]", several.join(", ")), ""),
    }
    let task = serde_json::to_value(prepared.dataset.task()).unwrap_or_default();
    lines.key("task", &task.to_string(), "");
    if let Some(sides) = image_shape(prepared) {
        images(lines, prepared, sides);
    }
    let all: Vec<&ColumnData> = prepared.dataset.columns().iter().collect();
    let plain =
        |column: &&&ColumnData| column.kind == ColumnType::Number && column.role == Role::Input;
    let listed: Vec<&&ColumnData> = match all.len() {
        few if few <= LISTED => all.iter().collect(),
        _ => all.iter().filter(|column| !plain(column)).take(LISTED).collect(),
    };
    let said: Vec<String> = listed.iter().filter_map(|column| said(column)).collect();
    if !said.is_empty() {
        lines.section("data.columns", "as they were read; uncomment a line to change it");
        said.iter().for_each(|line| lines.plain(&format!("# {line}")));
    }
    if prepared.dataset.inputs().any(|column| column.kind == ColumnType::Image) {
        lines.section("data.defaults", "");
        lines.key("image", "{ scaling = \"unit\" }", "unit | standard | none");
    }
}

/// Height, width and channels where rows are images.
fn image_shape(prepared: &Prepared) -> Option<[usize; 3]> {
    let mut inputs = prepared.dataset.inputs();
    inputs.find(|column| column.kind == ColumnType::Image)?;
    match prepared.data.spec().inputs() {
        [image] => <[usize; 3]>::try_from(image.shape()).ok(),
        _ => None,
    }
}

/// How files become rows, and how rows change. Only files have a size that can
/// be chosen: their folder has a column of their names.
fn images(lines: &mut Lines, prepared: &Prepared, [height, width, channels]: [usize; 3]) {
    if prepared.dataset.columns().iter().any(|column| column.kind == ColumnType::Id) {
        let size = match height == width {
            true => height.to_string(),
            false => format!("[{height}, {width}]"),
        };
        lines.key("image_size", &size, "height and width of a row, or one number for both");
        lines.key("resize", "\"crop\"", "crop | pad | stretch");
        lines.key("channels", &channels.to_string(), "1 is grey, 3 is color");
        lines.key("unreadable", "\"error\"", "error | skip");
    }
    let shift = (height.min(width) / 16).max(1);
    lines.plain("# Train rows may change each time they are seen; all keys are off by default.");
    lines.plain(&format!(
        "# augmentation = {{ shift = {shift}, rotate = 10.0, scale = 0.1, crop = 0.9, flip = \"none\", \
         noise = 0.02, mixup = 0.1 }}"
    ));
}

/// What holds for a column, as one would write it.
fn said(column: &ColumnData) -> Option<String> {
    let policy = &column.policy;
    let mut parts = vec![format!("type = \"{}\"", column.kind)];
    let is_input = column.role == Role::Input;
    match column.kind {
        ColumnType::Image => return None,
        ColumnType::Number if is_input => {
            parts.push(format!("missing = \"{}\"", policy.missing.word()));
            parts.push(format!("scaling = \"{}\"", policy.scaling));
        }
        ColumnType::Number => {
            let scaling = if policy.scaling == Scaling::None { "none" } else { "standard" };
            parts.push(format!("scaling = \"{scaling}\", transform = \"none\""));
        }
        ColumnType::Text if is_input => {
            parts.push(format!("encoding = \"{}\"", policy.encoding));
        }
        ColumnType::Category if is_input => {
            if !matches!(policy.missing, Missing::Constant(_)) {
                parts.push(format!("missing = \"{}\"", policy.missing.word()));
            }
            parts.push(format!("encoding = \"{}\"", policy.encoding));
            parts.push(format!("handle_unknown = \"{}\"", policy.handle_unknown));
        }
        _ => {}
    }
    Some(format!("{} = {{ {} }}", toml_key(&column.name), parts.join(", ")))
}

fn split(lines: &mut Lines, method: SplitMethod) {
    lines.section("split", "drawn before anything else reads the rows");
    let method_note = match method {
        SplitMethod::None => "too few rows for three parts: every number is one of train rows",
        _ => "random | stratified | group | time | column | files | none",
    };
    lines.key("method", &format!("\"{method}\""), method_note);
    if method == SplitMethod::None {
        return;
    }
    lines.key("validation", "0.15", "below 1 a share; an integer is a number of rows");
    if method != SplitMethod::Files {
        lines.key("test", "0.15", "sealed until `ikhim test`");
    }
    lines.key("seed", "0", "drives the split, and nothing else does");
}

fn model(lines: &mut Lines, prepared: &Prepared) {
    let model = &prepared.experiment.model;
    lines.section("model", "");
    if model.kind() == "cnn" {
        lines.key(
            "type",
            "\"cnn\"",
            "cnn | mlp | resnet | vgg | …; or layers = [ { type = \"conv2d\", filters = 32, kernel_size = 3 }, … ]",
        );
        let blocks = format!("{:?}", model.blocks().unwrap_or_default());
        let note =
            format!("filters, each block halves the image; {}", because(prepared, "model.blocks"));
        lines.key("blocks", &blocks, &note);
        lines.key("activation", "\"relu\"", "");
        lines.key("dropout", "0.5", "before the last layer");
        return;
    }
    let hidden = model.hidden().unwrap_or_default();
    lines.key(
        "type",
        "\"mlp\"",
        "mlp | linear; or layers = [ { type = \"dense\", units = 64 }, … ]",
    );
    lines.key("hidden", &format!("{hidden:?}"), &because(prepared, "model.hidden"));
    lines.key("activation", "\"relu\"", "");
    lines.key("dropout", "0.0", "");
}

fn training(lines: &mut Lines, prepared: &Prepared) {
    let training = &prepared.experiment.training;
    let metrics: Vec<String> =
        training.metrics().unwrap_or_default().iter().map(|name| format!("\"{name}\"")).collect();
    lines.section("training", "");
    lines.key(
        "loss",
        &format!("\"{}\"", training.loss().kind),
        &because(prepared, "training.loss"),
    );
    lines.key(
        "metrics",
        &format!("[{}]", metrics.join(", ")),
        "the first one selects the best epoch",
    );
    lines.key("optimizer", &format!("\"{}\"", training.optimizer().kind), "");
    lines.key("learning_rate", &format!("{:?}", training.learning_rate()), "");
    if training.schedule().kind != "constant" {
        lines.key("schedule", &format!("\"{}\"", training.schedule().kind), "the rate falls to 0");
    }
    match training.batch_size() {
        Some(rows) => lines.key("batch_size", &rows.to_string(), "rows of a step, or \"full\""),
        None => lines.key("batch_size", "\"full\"", ""),
    }
    lines.key("epochs", &training.epochs().unwrap_or_default().to_string(), "");
    lines.plain("# early_stopping = { patience = 20 }");
}

/// The facts that decided a key.
fn because(prepared: &Prepared, key: &str) -> String {
    let decision = prepared.decisions.iter().find(|decision| decision.key == key);
    decision.map_or(String::new(), |decision| decision.because.to_string())
}

/// A key that TOML reads; in quotes where it must be.
fn toml_key(name: &str) -> String {
    let bare = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
    if !name.is_empty() && name.chars().all(bare) { name.to_string() } else { toml_string(name) }
}

/// A file under construction, its notes in one column.
#[derive(Default)]
struct Lines {
    text: String,
}

impl Lines {
    const NOTES: usize = 40;

    fn plain(&mut self, line: &str) {
        let _ = writeln!(self.text, "{line}");
    }

    fn noted(&mut self, line: &str, note: &str) {
        // A note is one line, whatever the names of the data hold.
        let note = note.replace(char::is_control, " ");
        match note.as_str() {
            "" => self.plain(line),
            note => {
                let blanks = Lines::NOTES.saturating_sub(line.chars().count()).max(2);
                self.plain(&format!("{line}{}# {note}", " ".repeat(blanks)));
            }
        }
    }

    fn key(&mut self, key: &str, value: &str, note: &str) {
        self.noted(&format!("{key} = {value}"), note);
    }

    fn section(&mut self, name: &str, note: &str) {
        self.plain("");
        self.noted(&format!("[{name}]"), note);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ikhim_data::Dataset;

    fn written_for(source: &DataSource, file: &str) -> String {
        written(&Place { source, file: Path::new(file) }, "name", &[]).unwrap()
    }

    /// Each commented line can be taken as it stands.
    #[test]
    fn every_data_set_has_a_valid_file_also_uncommented() {
        for name in Dataset::NAMES {
            let text = written_for(&DataSource::Carried(name), "new.toml");
            let uncommented: String = text
                .lines()
                .map(|line| match line.strip_prefix("# ") {
                    Some(rest) if rest.contains(" = {") => format!("{rest}\n"),
                    _ => format!("{line}\n"),
                })
                .collect();
            assert_ne!(uncommented, text, "{name}");
            Experiment::parse(&uncommented, "new.toml", &[]).unwrap();
        }
    }

    #[test]
    fn a_file_says_what_its_data_would_be_trained_with() {
        let text = written_for(&DataSource::Carried("iris"), "iris.toml");
        let experiment = Experiment::parse(&text, "iris.toml", &[]).unwrap();
        assert_eq!(experiment.data.dataset(), Some("iris"));
        assert_eq!(experiment.data.targets(), ["species"]);
        assert_eq!(experiment.training.loss().kind, "cross_entropy");
        assert!(experiment.model.hidden().is_some_and(|hidden| !hidden.is_empty()));
    }

    #[test]
    fn a_file_for_images_has_a_network_for_images() {
        let text = written_for(&DataSource::Carried("digits"), "digits.toml");
        let experiment = Experiment::parse(&text, "digits.toml", &[]).unwrap();
        assert_eq!(experiment.model.kind(), "cnn");
        assert_eq!(experiment.model.blocks(), Some(vec![vec![32, 32], vec![64]]));
        assert_eq!(experiment.training.schedule().kind, "cosine");
        assert_eq!(experiment.training.epochs(), Some(30));
        assert_eq!(experiment.data.augmentation(), None);
        // These images have no files whose size could be chosen.
        assert!(text.contains("# augmentation = {") && !text.contains("image_size"), "{text}");
    }
}
