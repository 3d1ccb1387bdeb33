mod get;

use crate::command::Answer;
use crate::console::Console;
use crate::data_source::DataSource;
use crate::document::Document;
use crate::report::progress::ReadingBar;
use clap::{Args, Subcommand, ValueEnum};
use ikhim_data::{
    ColumnSummary, Dataset, KNOWN_SETS, Parts, Role, Split, SplitReport, Streaming, Summary, Task,
};
use ikhim_report::terminal::{Side, Table};
use ikhim_text::{Language, Result, sentence};
use serde_json::Value;

/// Show data sets and files as ikhim reads them
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the data sets that ikhim carries, with their authors and licences
    List,
    /// Show columns, classes, parts and what was noticed
    Show(Reading),
    /// Read and split the data as training would; print only what is noticed
    Check(Reading),
    /// Download a known set; its licence is shown first, its content confirmed
    Get(get::Arguments),
}

/// Data and what is said about it.
#[derive(Debug, Clone, Args)]
pub(crate) struct Reading {
    /// A file, a folder of images or of idx files, or the name of a data set
    data: String,
    /// The column to be learned; may be repeated; else the last one
    #[arg(long, value_name = "COLUMN")]
    target: Vec<String>,
    /// What is learned, where the target alone does not tell
    #[arg(long, value_name = "TASK")]
    task: Option<TaskWord>,
    /// Read a CSV file in pieces, or not; without it, from 512 MiB on
    #[arg(long, value_name = "true|false")]
    streaming: Option<bool>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum TaskWord {
    Classification,
    Regression,
    MultiLabel,
    Reconstruction,
}

pub(crate) fn run(arguments: Arguments, console: &Console) -> Result<Answer> {
    match arguments.action {
        Action::List => list(console),
        Action::Show(reading) => show(&reading, console),
        Action::Check(reading) => check(&reading, console),
        Action::Get(arguments) => get::run(&arguments, console),
    }
}

impl Reading {
    /// Reads the data; of a large table only what `keeps` needs.
    fn load(&self, console: &Console, keeps: bool) -> Result<Dataset> {
        let source = DataSource::of(&self.data)?;
        source.tell_apart(console);
        let mut builder = source.builder();
        if !self.target.is_empty() {
            builder = builder.targets(&self.target);
        }
        if let Some(task) = self.task {
            builder = builder.task(match task {
                TaskWord::Classification => Task::Classification,
                TaskWord::Regression => Task::Regression,
                TaskWord::MultiLabel => Task::MultiLabel,
                TaskWord::Reconstruction => Task::Reconstruction,
            });
        }
        let reading = ikhim_data::Reading::default();
        builder = builder.streaming(self.streaming()).reading(reading.clone());
        if !keeps {
            builder = builder.without_rows();
        }
        let bar = ReadingBar::of(&reading, console.language, console.glyphs());
        let data = builder.load();
        drop(bar);
        data
    }

    fn streaming(&self) -> Streaming {
        match self.streaming {
            Some(true) => Streaming::Always,
            Some(false) => Streaming::Never,
            None => Streaming::Auto,
        }
    }
}

fn list(console: &Console) -> Result<Answer> {
    let mut table = Table::new([
        (console.word(sentence::COLUMN_DATA), Side::Left),
        (console.word(sentence::COLUMN_ROWS), Side::Right),
        (console.word(sentence::COLUMN_INPUTS), Side::Right),
        (console.word(sentence::COLUMN_TASK), Side::Left),
    ]);
    let mut credits = String::new();
    let mut documents = Vec::new();
    for name in Dataset::NAMES {
        let data = Dataset::named(name).load()?;
        let inputs = data.summary().columns.iter().map(width).sum::<usize>();
        table.row([
            name.to_string(),
            data.len().to_string(),
            inputs.to_string(),
            task(&data, console.language),
        ]);
        if let Some(credit) = data.credit() {
            credits.push_str(&format!("{name}: {credit}\n"));
        }
        let document = Document::part()
            .with("name", name)
            .with("rows", data.len())
            .with("inputs", inputs)
            .with("task", data.task())
            .with("classes", data.classes())
            .with("credit", data.credit());
        documents.push(document);
    }
    console.text(&table.render(console.columns(), console.glyphs()));
    console.text(&format!("\n{credits}"));
    console.line("");
    console.say(sentence::GET_LIST, &[]);
    for set in KNOWN_SETS {
        console.line(format!("  {}  {}, by {}; {}", set.name, set.title, set.authors, set.licence));
    }
    let downloads: Vec<Document> = KNOWN_SETS
        .iter()
        .map(|set| {
            let document = Document::part().with("name", set.name).with("title", set.title);
            document.with("authors", set.authors).with("licence", set.licence)
        })
        .collect();
    let document = Document::new("data").with("datasets", documents).with("downloads", downloads);
    Ok(Answer::done(document))
}

/// Numbers that a column gives to a network: pixels of an image, else one.
fn width(column: &ColumnSummary) -> usize {
    if column.role == Role::Input { column.shape.iter().product() } else { 0 }
}

fn show(reading: &Reading, console: &Console) -> Result<Answer> {
    let data = reading.load(console, false)?;
    headline(&data, console);
    for notice in data.notices() {
        console.line(format!("  {}", notice.text(console.language)));
    }
    console.line("");
    // Statistics of all rows would tell something of the rows that a training
    // seals, so the train part is shown where there is one.
    let parts = data.in_memory().split(Split::new()).ok();
    let (summary, report) = match &parts {
        Some(parts) if data.is_streamed() => {
            let rows = parts.train.len().to_string();
            console.say(sentence::SHOW_SAMPLE, &[("rows", rows)]);
            (parts.train.dataset().summary(), None)
        }
        Some(parts) => {
            let report = &parts.report;
            console.say(sentence::SHOW_TRAIN_ROWS, &sizes(report));
            (parts.train.dataset().summary(), Some(report))
        }
        None => {
            console.say(sentence::SHOW_ALL_ROWS, &[("rows", data.len().to_string())]);
            (data.summary(), None)
        }
    };
    console.text(&format!("\n{}", summary.table(console.language)));
    if let Some(report) = report.filter(|report| !report.train.classes.is_empty()) {
        console.text(&format!("\n{}", classes(report, console)));
    }
    if let Some(credit) = data.credit() {
        console.text(&format!("\n{credit}\n"));
    }
    let statistics_of = match &parts {
        _ if data.is_streamed() => "sample",
        Some(_) => "train",
        None => "all",
    };
    let document = Document::new("data")
        .with("name", data.name())
        .with("rows", data.all_rows())
        .with("task", data.task())
        .with("target", data.targets().map(|column| &column.name).collect::<Vec<_>>())
        .with("sha256", data.content_hash())
        .with("statistics_of", statistics_of)
        .with("columns", columns(&summary))
        .with("split", report.map_or(Value::Null, described))
        .with("notices", data.notices())
        .with("credit", data.credit());
    Ok(Answer::done(document))
}

fn check(reading: &Reading, console: &Console) -> Result<Answer> {
    let data = reading.load(console, false)?;
    headline(&data, console);
    let Parts { report, .. } = data.in_memory().split(Split::new())?;
    match data.is_streamed() {
        true => {
            let rows = [("sample", data.len().to_string()), ("method", report.method.to_string())];
            console.say(sentence::CHECK_SAMPLE, &rows);
        }
        false => console.say(sentence::CHECK_PARTS, &sizes(&report)),
    }
    let notices: Vec<_> = data.notices().iter().chain(&report.notices).collect();
    for notice in &notices {
        console.line(format!("  {}", notice.text(console.language)));
    }
    let document = Document::new("data")
        .with("name", data.name())
        .with("rows", data.all_rows())
        .with("task", data.task())
        .with("target", data.targets().map(|column| &column.name).collect::<Vec<_>>())
        .with("sha256", data.content_hash())
        .with("split", if data.is_streamed() { Value::Null } else { described(&report) })
        .with("notices", notices);
    Ok(Answer::done(document))
}

/// The data in one line.
pub(crate) fn headline(data: &Dataset, console: &Console) {
    let targets: Vec<String> = data.targets().map(|column| format!("`{}`", column.name)).collect();
    console.say(
        sentence::SHOW_DATA,
        &[
            ("name", data.name().to_string()),
            ("rows", data.all_rows().to_string()),
            ("target", targets.join(", ")),
            ("task", task(data, console.language)),
        ],
    );
}

/// What is learned, in words.
pub(crate) fn task(data: &Dataset, language: Language) -> String {
    match data.task() {
        Task::Classification => sentence::TASK_CLASSIFICATION
            .say(language, &[("classes", data.classes().len().to_string())]),
        Task::MultiLabel => sentence::TASK_MULTI_LABEL.say(language, &[]),
        Task::Reconstruction => sentence::TASK_RECONSTRUCTION.say(language, &[]),
        Task::NextToken => {
            let tokens = data.inputs().find_map(|column| match &column.values {
                ikhim_data::Values::Tokens(windows) => Some(windows.symbols_in_rows()),
                _ => None,
            });
            let tokens = tokens.unwrap_or_default().to_string();
            sentence::TASK_NEXT_TOKEN.say(language, &[("tokens", tokens)])
        }
        _ => sentence::TASK_REGRESSION.say(language, &[]),
    }
}

/// The sizes of the parts.
pub(crate) fn sizes(report: &SplitReport) -> [(&'static str, String); 4] {
    [
        ("train", report.train.rows.to_string()),
        ("validation", report.validation.rows.to_string()),
        ("test", report.test.rows.to_string()),
        ("method", report.method.to_string()),
    ]
}

/// Rows of each class in each part.
fn classes(report: &SplitReport, console: &Console) -> String {
    let mut table = Table::new([
        (console.word(sentence::COLUMN_CLASS), Side::Left),
        (console.word(sentence::ROLE_TRAIN), Side::Right),
        (console.word(sentence::ROLE_VALIDATION), Side::Right),
        (console.word(sentence::ROLE_TEST), Side::Right),
    ]);
    let parts = [&report.train, &report.validation, &report.test];
    for (index, class) in report.train.classes.iter().enumerate() {
        let rows = parts.map(|part| part.classes.get(index).map_or(0, |class| class.rows));
        let rows = rows.map(|rows| rows.to_string());
        table.row([class.class.clone()].into_iter().chain(rows));
    }
    table.render(console.columns(), console.glyphs())
}

/// The report of a split; its ranges are numbers that may be not finite.
fn described(report: &SplitReport) -> Value {
    serde_json::to_value(report).unwrap_or_default()
}

fn columns(summary: &Summary) -> Vec<Document> {
    let column = |column: &ColumnSummary| {
        let document = Document::part()
            .with("name", &column.name)
            .with("type", column.kind)
            .with("role", column.role)
            .with("missing", column.missing)
            .with("distinct", column.distinct)
            .with("shape", &column.shape)
            .with("histogram", &column.histogram)
            .with("examples", &column.examples);
        let levels = |(level, rows): &(String, usize)| {
            Document::part().with("level", level).with("rows", rows)
        };
        let document =
            document.with("levels", column.levels.iter().map(levels).collect::<Vec<_>>());
        match &column.numbers {
            Some(numbers) => document
                .number("min", numbers.min)
                .number("mean", numbers.mean)
                .number("max", numbers.max)
                .number("sd", numbers.sd),
            None => document,
        }
    };
    summary.columns.iter().map(column).collect()
}
