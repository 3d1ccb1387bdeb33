//! From the keys of `[data]` and `[split]` to rows in parts.

use ikhim_data::{
    Cell, Column, ColumnType, Dataset, DatasetBuilder, Encoding, Generator, HandleUnknown, Missing,
    Origin, Reading, Rule, Scaling, SequenceColumn, Series, Split, SplitMethod, Streaming, Task,
    TextBuilder, Tokenizer, Transform,
};
use ikhim_run::experiment::{Choice, DataSection, Experiment, Settings, SplitSection, Value};
use ikhim_text::{Fault, Result};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The setting that names files where they lie, wherever the experiment will
/// stand; `None` for data that are no files.
pub fn placed(origin: &Origin) -> Option<String> {
    let whole = |path: &PathBuf| {
        let whole = std::fs::canonicalize(path).unwrap_or_else(|_| path.clone());
        Value::Text(whole.to_string_lossy().into_owned())
    };
    let value = match origin {
        Origin::File(path) => whole(path),
        Origin::Files(paths) => Value::List(paths.iter().map(whole).collect()),
        _ => return None,
    };
    Some(format!("data.path={}", value.to_toml()))
}

/// Loads the rows of an experiment. Paths are relative to `base`, the folder of
/// its file.
///
/// # Errors
/// What loading the data says.
pub fn dataset(experiment: &Experiment, base: &Path) -> Result<Dataset> {
    dataset_reading(experiment, base, &Reading::default())
}

/// As [`dataset`], telling how far reading in pieces has come.
///
/// # Errors
/// What loading the data says.
pub fn dataset_reading(experiment: &Experiment, base: &Path, reading: &Reading) -> Result<Dataset> {
    let data = &experiment.data;
    if let Some(rule) = data.generate() {
        let builder = columns(settings(Dataset::generated(generator(rule)), data), data);
        return in_windows(in_sequence(builder, experiment), experiment).load();
    }
    if data.task() == Some("next_token") {
        return text(data, base)?.load();
    }
    let builder = match (data.rows(), data.dataset(), data.path()) {
        (Some(rows), ..) => inline(data, rows),
        (_, Some(name), _) => Dataset::named(name),
        (_, _, Some(path)) => of_path(base, path),
        _ if !data.paths().is_empty() => {
            Dataset::files(data.paths().into_iter().map(|path| base.join(path)))
        }
        _ => return Err(Fault::of("experiment.missing_key").with("key", "data.path")),
    };
    let streaming = match data.streaming() {
        Some(true) => Streaming::Always,
        Some(false) => Streaming::Never,
        None => Streaming::Auto,
    };
    let builder = builder.streaming(streaming).reading(reading.clone());
    let builder = columns(settings(builder, data), data);
    in_windows(in_sequence(builder, experiment), experiment).load()
}

/// A column of text as the input, where the experiment says so.
fn in_sequence(builder: DatasetBuilder, experiment: &Experiment) -> DatasetBuilder {
    let Some(said) = experiment.data.sequence() else { return builder };
    let mut sequence = SequenceColumn::new(said.text("column").unwrap_or_default());
    if let Some(tokenizer) = said.word("tokenizer").and_then(|word| word.parse().ok()) {
        sequence = sequence.tokenizer(tokenizer);
    }
    if let Some(length) = said.count("length") {
        sequence = sequence.length(length);
    }
    if said.word("unknown") == Some("error") {
        sequence = sequence.handle_unknown(HandleUnknown::Error);
    }
    if let Some(buckets) = said.count("buckets") {
        sequence = sequence.buckets(buckets);
    }
    builder.sequence(sequence)
}

/// The rows as moments of a series, where the experiment says so.
fn in_windows(builder: DatasetBuilder, experiment: &Experiment) -> DatasetBuilder {
    let Some(said) = experiment.data.series() else { return builder };
    let mut series = Series::new(said.count("window").unwrap_or(1));
    if let Some(horizon) = said.count("horizon") {
        series = series.horizon(horizon);
    }
    if let Some(stride) = said.count("stride") {
        series = series.stride(stride);
    }
    if let Some(time) = said.text("time").or(experiment.split.column()) {
        series = series.time(time);
    }
    if let Some(gaps) = said.word("gaps").and_then(|word| word.parse().ok()) {
        series = series.gaps(gaps);
    }
    if let Some(order) = experiment.split.order().and_then(|order| order.parse().ok()) {
        series = series.order(order);
    }
    builder.series(series)
}

/// A text: a file, or a single cell.
fn text(data: &DataSection, base: &Path) -> Result<TextBuilder> {
    let cell = data.rows().and_then(|rows| match rows {
        [row] => match row.list()? {
            [text] => text.text(),
            _ => None,
        },
        _ => None,
    });
    let builder = match (cell, data.path()) {
        (Some(text), _) => Dataset::text_of(text),
        (_, Some(path)) => Dataset::text(base.join(path)),
        _ if !data.paths().is_empty() => {
            let path = data.paths().join(", ");
            return Err(Fault::of("data.several_texts").with("path", path));
        }
        _ => return Err(Fault::of("experiment.missing_key").with("key", "data.path")),
    };
    let [length, stride] = data.window();
    let tokenizer = data.tokenizer().parse().unwrap_or(Tokenizer::Char);
    let unknown = match data.unknown_is_token() {
        true => HandleUnknown::Ignore,
        false => HandleUnknown::Error,
    };
    Ok(builder.tokenizer(tokenizer).window(length, stride).handle_unknown(unknown))
}

/// A path names a file or folder; where there is none, it may be the name of a
/// set that ikhim carries.
fn of_path(base: &Path, path: &str) -> DatasetBuilder {
    let found: PathBuf = base.join(path);
    if !found.exists() && Dataset::NAMES.contains(&path) {
        return Dataset::named(path);
    }
    Dataset::path(found)
}

/// The rule that makes the rows; its word is one of those that are declared.
fn generator(said: &Choice) -> Generator {
    let mut generator = Generator::new(said.kind.parse().unwrap_or(Rule::Xor));
    let settings = &said.settings;
    if let Some(rows) = settings.count("rows") {
        generator = generator.rows(rows);
    }
    if let Some(noise) = settings.number("noise") {
        generator = generator.noise(noise);
    }
    if let Some(seed) = settings.integer("seed") {
        generator = generator.seed(seed.unsigned_abs());
    }
    if let Some(classes) = settings.count("classes") {
        generator = generator.classes(classes);
    }
    if let Some(features) = settings.count("features") {
        generator = generator.features(features);
    }
    if let Some(coefficients) = settings.list("coefficients") {
        let coefficients: Vec<f64> = coefficients.iter().filter_map(Value::number).collect();
        generator = generator.coefficients(coefficients);
    }
    generator
}

fn inline(data: &DataSection, rows: &[Value]) -> DatasetBuilder {
    let cells =
        |row: &Value| -> Vec<Cell> { row.list().unwrap_or_default().iter().map(cell).collect() };
    let width = rows.first().map_or(0, |row| cells(row).len());
    let header = match data.header() {
        Some(names) => names.into_iter().map(str::to_string).collect(),
        None => (1..=width).map(|column| format!("column_{column}")).collect::<Vec<_>>(),
    };
    Dataset::rows(header, rows.iter().map(cells))
}

fn cell(value: &Value) -> Cell {
    match (value.number(), value.boolean(), value.text()) {
        (Some(number), ..) => Cell::Number(number),
        (_, Some(truth), _) => Cell::Text(truth.to_string()),
        (_, _, Some(text)) => Cell::Text(text.to_string()),
        _ => Cell::Missing,
    }
}

/// How a file is read.
fn settings(mut builder: DatasetBuilder, data: &DataSection) -> DatasetBuilder {
    if !data.paths().is_empty() {
        builder = builder.missing_values(data.missing_values());
        if let Some(header) = data.has_header() {
            builder = builder.header(header);
        }
        if let Some(names) = data.header() {
            builder = builder.names(names);
        }
        builder = builder.comment(data.comment().and_then(|sign| u8::try_from(sign).ok()));
        if let Some(separator) = data.separator().and_then(|c| u8::try_from(c).ok()) {
            builder = builder.separator(separator);
        }
    }
    builder = builder.image_options(data.image_options());
    let targets = data.targets();
    if !targets.is_empty() {
        builder = builder.targets(targets);
    }
    match data.task() {
        Some("regression") => builder.task(Task::Regression),
        Some("classification") => builder.task(Task::Classification),
        Some("multi_label") => builder.task(Task::MultiLabel),
        Some("reconstruction") => builder.task(Task::Reconstruction),
        _ => builder,
    }
}

/// What is said about columns.
fn columns(mut builder: DatasetBuilder, data: &DataSection) -> DatasetBuilder {
    for (name, said) in data.columns() {
        builder = builder.column(name, column(said));
    }
    for (word, kind) in [
        ("number", ColumnType::Number),
        ("category", ColumnType::Category),
        ("binary", ColumnType::Binary),
        ("text", ColumnType::Text),
        ("image", ColumnType::Image),
    ] {
        if let Some(said) = data.defaults(word) {
            builder = builder.defaults(kind, column(said));
        }
    }
    builder
}

fn column(said: &Settings) -> Column {
    fn word<W: FromStr>(said: &Settings, key: &str) -> Option<W> {
        said.word(key)?.parse().ok()
    }
    let kind = word::<ColumnType>(said, "type");
    let mut column = kind.map_or_else(Column::inferred, Column::of);
    if let Some(missing) = said.word("missing").and_then(|word| missing(said, word)) {
        column = column.missing(missing);
    }
    if said.boolean("missing_indicator") == Some(true) {
        column = column.missing_indicator();
    }
    if let Some(scaling) = word::<Scaling>(said, "scaling") {
        column = column.scaling(scaling);
    }
    if let Some(encoding) = word::<Encoding>(said, "encoding") {
        column = column.encoding(encoding);
    }
    if let Some(length) = said.choice("encoding").and_then(|it| it.settings.count("output_dim")) {
        column = column.output_dim(length);
    }
    if let Some(most) = said.choice("encoding").and_then(|it| it.settings.count("max_features")) {
        column = column.max_features(most);
    }
    if let Some(handle) = word::<HandleUnknown>(said, "handle_unknown") {
        column = column.handle_unknown(handle);
    }
    if let Some(transform) = word::<Transform>(said, "transform") {
        column = column.transform(transform);
    }
    column
}

fn missing(said: &Settings, word: &str) -> Option<Missing> {
    Some(match word {
        "mean" => Missing::Mean,
        "median" => Missing::Median,
        "most_frequent" => Missing::MostFrequent,
        "drop" => Missing::Drop,
        "category" => Missing::Category,
        "error" => Missing::Error,
        "constant" => match said.get("fill_value")? {
            Value::Text(text) => Missing::constant(text),
            value => Missing::constant(value.number()?),
        },
        _ => return None,
    })
}

/// The split of an experiment.
pub fn split(section: &SplitSection) -> Split {
    let mut split = match section.method() {
        "column" => Split::column(section.column().unwrap_or_default()),
        "group" => Split::group(section.group().unwrap_or_default()),
        "time" => section.column().map_or_else(Split::time, Split::time_by),
        "auto" if section.group().is_some() => Split::group(section.group().unwrap_or_default()),
        word => SplitMethod::from_str(word).map_or_else(|_| Split::new(), Split::of),
    };
    let size = |value: &Value| match value {
        Value::Integer(rows) => ikhim_data::Size::Rows((*rows).max(0) as usize),
        value => ikhim_data::Size::Share(value.number().unwrap_or(0.0)),
    };
    if let Some(validation) = section.validation() {
        split = split.validation(size(validation));
    }
    if let Some(test) = section.test() {
        split = split.test(size(test));
    }
    if let Some(order) = section.order().and_then(|order| order.parse().ok()) {
        split = split.order(order);
    }
    if let Some(gap) = section.gap() {
        split = split.gap(gap);
    }
    if let Some(folds) = section.folds() {
        split = split.fold(section.fold().unwrap_or(1), folds);
    }
    split.seed(section.seed())
}
