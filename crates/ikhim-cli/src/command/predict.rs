mod writing;

use crate::command::Answer;
use crate::console::Console;
use crate::document::Document;
use crate::project::Project;
use crate::{pictures, run};
use clap::{ArgGroup, Args};
use csv::{ReaderBuilder, Writer};
use ikhim_cpu::Runtime;
use ikhim_data::{Cell, Dataset, NewRows, Preprocessing, RawRows, Role, RowWarning, Values};
use ikhim_report::figure::Picture;
use ikhim_run::{Margins, Model, Predictions, durable};
use ikhim_text::{Fault, Result, sentence};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use writing::Writing;

/// The level of the intervals that stand beside numbers without being asked for.
const USUAL: f64 = 0.95;

/// Predict rows with the model of a run
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("rows").required(true).args(["input", "row", "prefix"]))]
#[command(after_help = "\
Keeps the columns of the input and adds `prediction` and `probability_<class>`, or
of numbers `prediction_low` and `prediction_high`: between them the truth lies with
the chance of the level, by the residuals of the validation rows.

Examples:
  ikhim predict latest flowers.csv -o predicted.csv
  ikhim predict latest --row 5.1,3.5,1.4,0.2
  ikhim predict latest photo.png --saliency
  cat flowers.csv | ikhim predict latest -
  ikhim predict latest --prefix \"ROMEO:\" --length 200 --temperature 0.8")]
pub(crate) struct Arguments {
    /// A run, or the file of a model
    run: String,
    /// A table, an image, a folder or an idx file of images, or - for a table on standard input
    input: Option<String>,
    /// One row: a value for each input column, in their order
    #[arg(long, value_name = "VALUES", allow_hyphen_values = true)]
    row: Option<String>,
    #[command(flatten)]
    writing: Writing,
    /// Write the table into this file instead of printing it
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Of numbers, the level of the interval beside each: 0.5, 0.8, 0.9, 0.95 or 0.99, or none
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    interval: Option<Level>,
    /// For each image, write a picture of what its answer depends on
    #[arg(long)]
    saliency: bool,
    /// For each image, write pictures of what the layers with filters give; and one of the filters
    #[arg(long)]
    activations: bool,
    /// The folder for pictures; the current one without it
    #[arg(long, value_name = "DIR")]
    pictures: Option<PathBuf>,
}

pub(crate) fn run(arguments: Arguments, runtime: &Runtime, console: &Console) -> Result<Answer> {
    let model = run::model(&Project::find(), &arguments.run, runtime)?;
    if let Some(prefix) = &arguments.writing.prefix {
        let output = arguments.output.as_deref();
        return arguments.writing.write(prefix, &model, output, console);
    }
    let preprocessing = model.preprocessing();
    if preprocessing.vocabulary().is_some() {
        return Err(Fault::of("usage.text_model"));
    }
    let mut rows = match (&arguments.row, &arguments.input) {
        (Some(row), _) => typed(row, preprocessing, console)?,
        (None, Some(input)) => read(input, preprocessing, console)?,
        (None, None) => return Err(Fault::of("usage.arguments").with("found", "no rows")),
    };
    let (predictions, intervals) = predicted(&model, &rows.new, arguments.interval)?;
    let mut table = Table::of(&predictions, preprocessing).with_intervals(intervals, preprocessing);
    rows.give_way(&mut table.header, preprocessing, console);
    for sentence in RowWarning::sentences(&rows.new.warnings, console.language) {
        console.warn(sentence);
    }
    let text = table.csv(&rows).map_err(|error| {
        Fault::of("file.failed").with("path", "predictions").with("found", error)
    })?;
    let document = Document::new("predict")
        .with("model", &model.about().name)
        .with("run", &model.about().run)
        .with("n", predictions.rows())
        .with("warnings", &rows.new.warnings);
    let drawn = draw(&arguments, &model, &rows, console)?;
    let document = if drawn.is_empty() { document } else { document.with("pictures", drawn) };
    let document = match &arguments.output {
        Some(path) => {
            durable::replace(path, text.as_bytes())?;
            let path = path.display().to_string();
            console.say(
                sentence::PREDICT_WRITTEN,
                &[("n", predictions.rows().to_string()), ("path", path.clone())],
            );
            document.with("file", path)
        }
        None => {
            console.text(&text);
            document.with("predictions", table.documents())
        }
    };
    Ok(Answer::done(document))
}

/// The level of prediction intervals, or none of them.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Level {
    None,
    Of(f64),
}

fn level(text: &str) -> std::result::Result<Level, &'static str> {
    if text == "none" {
        return Ok(Level::None);
    }
    let level = text.parse().ok().filter(|level: &f64| Margins::levels().any(|it| it == *level));
    level.map(Level::Of).ok_or("expected 0.5, 0.8, 0.9, 0.95, 0.99 or none")
}

/// Predictions, and the intervals that were asked for; without being asked, those
/// of 95 % where the model has them.
fn predicted(
    model: &Model,
    rows: &NewRows,
    asked: Option<Level>,
) -> Result<(Predictions, Option<Vec<[f64; 2]>>)> {
    let found = answered(model, rows, asked)?;
    found.0.finite()?;
    Ok(found)
}

fn answered(
    model: &Model,
    rows: &NewRows,
    asked: Option<Level>,
) -> Result<(Predictions, Option<Vec<[f64; 2]>>)> {
    match asked {
        Some(Level::None) => Ok((model.predict_new(rows)?, None)),
        Some(Level::Of(level)) => {
            let (predictions, intervals) = model.predict_within(&rows.encoded, level)?;
            if intervals.is_none() {
                let validation = model.calibration().margins.as_ref();
                return Err(Fault::of("usage.no_interval")
                    .with("level", level)
                    .with("rows", validation.map_or(0, |margins| margins.rows)));
            }
            Ok((predictions, intervals))
        }
        None => model.predict_within(&rows.encoded, USUAL),
    }
}

/// Writes the pictures that were asked for; gives their paths.
fn draw(
    arguments: &Arguments,
    model: &Model,
    rows: &Rows,
    console: &Console,
) -> Result<Vec<String>> {
    if !(arguments.saliency || arguments.activations) {
        return match &arguments.pictures {
            Some(_) => Err(Fault::of("usage.no_effect")
                .with("flag", "--pictures")
                .with_words("with", "no picture", "그림 없음")
                .help("add --saliency or --activations")),
            None => Ok(Vec::new()),
        };
    }
    let Some(levels) = pictures::image_input(model) else {
        return Err(Fault::of("usage.no_images"));
    };
    let language = console.language;
    let folder = arguments.pictures.clone().unwrap_or_default();
    let mut written = Vec::new();
    let mut keep = |name: String, picture: &Picture| -> Result<()> {
        let path = folder.join(format!("{name}.png"));
        let bytes = picture.image.png().unwrap_or_default();
        durable::replace(&path, &bytes)?;
        written.push(path.display().to_string());
        Ok(())
    };
    if !folder.as_os_str().is_empty() {
        std::fs::create_dir_all(&folder).map_err(|error| durable::fault(&folder, &error))?;
    }
    if let Some(filters) = pictures::filters(model, language).filter(|_| arguments.activations) {
        keep(filters.name.clone(), &filters)?;
    }
    let all = &rows.new.encoded;
    for index in 0..all.rows {
        let row = all.gather(&[index]);
        let name = rows.name(index);
        if arguments.saliency
            && let Some(picture) = pictures::saliency(model, &levels, &row, &name, language)?
        {
            keep(format!("{name}-{}", picture.name), &picture)?;
        }
        if arguments.activations {
            for picture in pictures::activations(model, &row, &name, language)? {
                keep(format!("{name}-{}", picture.name), &picture)?;
            }
        }
    }
    let count = written.len().to_string();
    let files = match written.as_slice() {
        few if few.len() <= 4 => few.join(", "),
        [first, .., last] => format!("{first}, …, {last}"),
        _ => String::new(),
    };
    console.say(sentence::PICTURES_WRITTEN, &[("n", count), ("files", files)]);
    Ok(written)
}

/// Rows to predict, with the columns that are shown beside the predictions.
struct Rows {
    new: NewRows,
    header: Vec<String>,
    cells: Vec<Vec<String>>,
}

impl Rows {
    /// Columns of an earlier prediction give way to the new one; where one is an input
    /// of the model, the new one has another name.
    fn give_way(&mut self, answers: &mut [String], model: &Preprocessing, console: &Console) {
        let is_known = |name: &String| model.schema().column(name).is_some();
        let old: Vec<usize> = (0..self.header.len())
            .filter(|&index| {
                answers.contains(&self.header[index]) && !is_known(&self.header[index])
            })
            .collect();
        if !old.is_empty() {
            let names = old.iter().map(|&index| format!("`{}`", self.header[index]));
            let columns = names.collect::<Vec<_>>().join(", ");
            console.warn(console.sentence(sentence::PREDICT_REPLACED, &[("columns", columns)]));
        }
        for &index in old.iter().rev() {
            self.header.remove(index);
            self.cells.iter_mut().for_each(|cells| drop(cells.remove(index)));
        }
        for name in answers {
            while self.header.contains(name) {
                name.push_str("_2");
            }
        }
    }

    /// The name of a row for files of its own: that of its image without folder
    /// and extension, or its number.
    fn name(&self, row: usize) -> String {
        let column = self.header.iter().position(|name| name == "file");
        let file = column.and_then(|column| self.cells.get(row)?.get(column));
        let stem = |file: &String| {
            let stem = file.rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem);
            stem.replace(['/', '\\'], "-")
        };
        file.map_or_else(|| format!("row-{}", row + 1), stem)
    }
}

/// The row of a line of values.
fn typed(row: &str, preprocessing: &Preprocessing, console: &Console) -> Result<Rows> {
    let values = values(row);
    let columns = inputs(preprocessing);
    let shapes = preprocessing.inputs();
    let width = shapes.iter().map(|(_, shape)| shape.iter().product::<usize>());
    let is_image = columns.iter().any(|(_, is_image)| *is_image);
    let expected = if is_image { width.sum() } else { columns.len() };
    let names: Vec<String> = columns.into_iter().map(|(name, _)| name).collect();
    if values.len() != expected {
        return Err(Fault::of("usage.row")
            .with("expected", expected)
            .with("found", values.len())
            .with("columns", names.join(", ")));
    }
    let cells = values.iter().map(|value| match value.as_str() {
        "" => Cell::Missing,
        text => Cell::Text(text.to_string()),
    });
    let new = preprocessing.encode_rows(&RawRows::new().by_place(cells));
    let new = new.map_err(|fault| fault.each(|fault| placed(fault, row, &names)))?;
    for notice in &new.notices {
        console.warn(notice.text(console.language));
    }
    // The numbers of an image say nothing to a person.
    let (header, cells) =
        if is_image { (Vec::new(), vec![Vec::new()]) } else { (names, vec![values]) };
    Ok(Rows { new, header, cells })
}

/// A fault with the place of its column's value in `--row`.
fn placed(fault: Fault, row: &str, names: &[String]) -> Fault {
    let column = fault.argument("column");
    let Some(index) = names.iter().position(|name| Some(name.as_str()) == column) else {
        return fault;
    };
    // With quotes a comma may be part of a value.
    let (false, Some(value)) = (row.contains('"'), row.split(',').nth(index)) else { return fault };
    let before = row.split(',').take(index).map(|value| value.chars().count() + 1).sum::<usize>();
    let blank = value.chars().take_while(|letter| letter.is_whitespace()).count();
    let width = value.trim().chars().count().max(1);
    fault.file("--row").line(1, before + blank + 1).source_line(row, width)
}

/// The values of a line, by the rules of CSV.
fn values(row: &str) -> Vec<String> {
    let mut reader = ReaderBuilder::new().has_headers(false).from_reader(row.as_bytes());
    let record = reader.records().next().and_then(|record| record.ok());
    record
        .map_or_else(Vec::new, |record| record.iter().map(|cell| cell.trim().to_string()).collect())
}

/// The input columns in their order, and whether each is an image.
fn inputs(preprocessing: &Preprocessing) -> Vec<(String, bool)> {
    let columns = preprocessing.schema().columns.iter();
    columns
        .filter(|column| column.role == Role::Input)
        .map(|column| (column.name.clone(), !column.shape.is_empty()))
        .collect()
}

fn read(input: &str, preprocessing: &Preprocessing, console: &Console) -> Result<Rows> {
    let builder = match input {
        "-" => {
            let mut bytes = Vec::new();
            let name = Path::new("standard input");
            let read = io::stdin().lock().read_to_end(&mut bytes);
            read.map_err(|error| durable::fault(name, &error))?;
            if bytes.is_empty() {
                return Err(Fault::of("file.empty").with("path", name.display()).file(name));
            }
            Dataset::csv_bytes(name, bytes)
        }
        path => Dataset::path(path),
    };
    let data = builder.schema(preprocessing.schema()).load()?;
    for notice in data.notices() {
        console.warn(notice.text(console.language));
    }
    let new = preprocessing.encode_new(&data).map_err(|fault| data.locate(fault))?;
    let mut shown = data.columns_in_source_order();
    shown.retain(|column| !matches!(column.values, Values::Array { .. }));
    let cells =
        (0..data.len()).map(|row| shown.iter().map(|column| cell(&column.values, row)).collect());
    Ok(Rows {
        new,
        header: shown.iter().map(|column| column.name.clone()).collect(),
        cells: cells.collect(),
    })
}

/// A cell as it would stand in a file; empty when it is missing.
fn cell(values: &Values, row: usize) -> String {
    let written = match values {
        Values::Series(windows) => return cell(&windows.at_end(row), 0),
        Values::Number(values) => values.get(row).filter(|v| !v.is_nan()).map(f64::to_string),
        Values::Category { levels, indices } => {
            let level = indices.get(row).copied().flatten();
            level.and_then(|level| levels.get(level as usize).cloned())
        }
        Values::Text(values) => values.get(row).cloned().flatten(),
        _ => None,
    };
    written.unwrap_or_default()
}

/// Predictions as columns.
struct Table {
    header: Vec<String>,
    rows: Vec<Vec<Answered>>,
}

/// A predicted class or a number.
enum Answered {
    Class(String),
    Number(f64),
}

impl Table {
    fn of(predictions: &Predictions, preprocessing: &Preprocessing) -> Table {
        let names = preprocessing.target_names();
        let classes = preprocessing.classes();
        let several = |prefix: &str| -> Vec<String> {
            names.iter().map(|name| format!("{prefix}_{name}")).collect()
        };
        let numbers = |values: &[f64], width: usize| -> Vec<Vec<Answered>> {
            let row = |row: &[f64]| row.iter().map(|value| Answered::Number(*value)).collect();
            values.chunks(width.max(1)).map(row).collect()
        };
        match predictions {
            Predictions::Classes { classes: count, probabilities, .. } => {
                let row = |(row, class): (&[f64], usize)| {
                    let class = classes.get(class).cloned().unwrap_or_default();
                    let shares = row.iter().map(|share| Answered::Number(*share));
                    [Answered::Class(class)].into_iter().chain(shares).collect()
                };
                let shares = classes.iter().map(|class| format!("probability_{class}"));
                Table {
                    header: ["prediction".to_string()].into_iter().chain(shares).collect(),
                    rows: probabilities
                        .chunks((*count).max(1))
                        .zip(predictions.decided())
                        .map(row)
                        .collect(),
                }
            }
            Predictions::Numbers { width: 1, values } => {
                Table { header: vec!["prediction".to_string()], rows: numbers(values, 1) }
            }
            Predictions::Numbers { width, values } => {
                Table { header: several("prediction"), rows: numbers(values, *width) }
            }
            Predictions::Labels { width, probabilities } => {
                Table { header: several("probability"), rows: numbers(probabilities, *width) }
            }
            _ => Table { header: Vec::new(), rows: Vec::new() },
        }
    }

    /// With the ends of the interval of each number behind the predictions.
    fn with_intervals(
        mut self,
        intervals: Option<Vec<[f64; 2]>>,
        preprocessing: &Preprocessing,
    ) -> Table {
        let Some(intervals) = intervals else { return self };
        let names = preprocessing.target_names();
        for name in &names {
            let of = if names.len() == 1 { String::new() } else { format!("_{name}") };
            self.header.extend([format!("prediction_low{of}"), format!("prediction_high{of}")]);
        }
        for (row, ends) in self.rows.iter_mut().zip(intervals.chunks(names.len().max(1))) {
            row.extend(ends.iter().flatten().map(|end| Answered::Number(*end)));
        }
        self
    }

    fn csv(&self, rows: &Rows) -> std::result::Result<String, csv::Error> {
        let mut writer = Writer::from_writer(Vec::new());
        writer.write_record(rows.header.iter().chain(&self.header))?;
        for (cells, answers) in rows.cells.iter().zip(&self.rows) {
            let answers: Vec<String> = answers.iter().map(Answered::text).collect();
            writer.write_record(cells.iter().chain(&answers))?;
        }
        let bytes = writer.into_inner().map_err(|error| error.into_error())?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// One object a row, under the names of the columns.
    fn documents(&self) -> Vec<Document> {
        let row = |(index, answers): (usize, &Vec<Answered>)| {
            let fields = self.header.iter().zip(answers);
            fields.fold(Document::part().with("row", index + 1), |document, (name, answer)| {
                match answer {
                    Answered::Class(class) => document.with(name, class),
                    Answered::Number(value) => document.number(name, *value),
                }
            })
        };
        self.rows.iter().enumerate().map(row).collect()
    }
}

impl Answered {
    fn text(&self) -> String {
        match self {
            Answered::Class(class) => class.clone(),
            Answered::Number(value) => value.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_by_the_rules_of_csv() {
        assert_eq!(values("1, -2.5,,\"a, b\""), ["1", "-2.5", "", "a, b"]);
        assert_eq!(values(""), Vec::<String>::new());
    }
}
