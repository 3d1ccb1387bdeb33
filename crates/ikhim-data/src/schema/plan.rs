//! What becomes of each column: type, role, policy, decided before any value
//! is converted.

use super::infer::{Finding, Leaving, infer, only_commas};
use super::levels::different;
use super::request::Request;
use super::scan::{MissingWords, Scan, TOLD};
use super::target::{self, TargetCells};
use crate::cores::on_all_cores;
use crate::source::csv::{Typed, list};
use crate::source::table::{Raw, Table};
use crate::{ArrayData, ColumnType, Notice, Policy, Role, Task, date};
use ikhim_text::{Fault, Result, sentence};

/// What becomes of a column.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) kind: ColumnType,
    pub(crate) role: Role,
    pub(crate) policy: Policy,
    /// Why it is left out, when the person did not say so.
    pub(crate) leaving: Option<Leaving>,
    /// Whether a person said its type.
    pub(crate) is_given: bool,
    /// Its cells, when they are text.
    pub(crate) scan: Option<Scan>,
}

/// Decides for all columns. All columns at fault are told in one go.
pub(crate) fn plan(
    table: &Table,
    targets: &[usize],
    request: &Request,
    notices: &mut Vec<Notice>,
) -> Result<(Task, Vec<Plan>)> {
    let missing = MissingWords(&request.missing_values);
    let scans: Vec<Option<Scan>> =
        on_all_cores(table.columns.iter().collect(), |raw| Scan::of_raw(raw, missing));
    if let Some(fault) = second_header(table, &scans) {
        return Err(fault);
    }
    let task = task(table, targets, request, &scans, notices)?;
    let mut plans = Vec::new();
    let mut faults = Vec::new();
    for (index, scan) in scans.into_iter().enumerate() {
        let is_target = targets.contains(&index);
        let name = &table.names[index];
        let given = given_type(table, request, index);
        let decided = if is_target {
            Ok((target_type(task), None))
        } else {
            input_type(table, index, given, scan.as_ref(), missing)
        };
        let decided = decided.and_then(|(kind, leaving)| {
            check_values(table, index, kind, scan.as_ref(), "data.not_a_number")?;
            let policy = request.policy(name, kind, is_target);
            Ok((kind, leaving, policy.map_err(|fault| table.places.header(fault, index))?))
        });
        match decided {
            Ok((kind, leaving, policy)) => {
                // Text that was found and is too short for sentences is left out.
                let role = match leaving {
                    _ if is_target => Role::Target,
                    Some(_) => Role::Ignored,
                    None => role_of(kind),
                };
                let is_given = request.column(name).given_type().is_some();
                plans.push(Plan { kind, role, policy, leaving, is_given, scan });
            }
            Err(fault) => faults.push(fault),
        }
    }
    let mut faults = faults.into_iter();
    match faults.next() {
        Some(fault) => Err(fault.also(faults)),
        None => Ok((task, plans)),
    }
}

/// A first row with text above the numbers of every column: the names once more, or
/// their units. With one column of numbers it is a wrong cell, unless it repeats the
/// name.
fn second_header(table: &Table, scans: &[Option<Scan>]) -> Option<Fault> {
    if !table.places.has_header() {
        return None;
    }
    let numeric = || {
        let scans = scans.iter().enumerate();
        scans
            .filter_map(|(index, scan)| Some((index, scan.as_ref()?)))
            .filter(|(_, scan)| scan.is_numeric() && scan.rows() > 1)
    };
    let is_above = |scan: &Scan| scan.words.count == 1 && scan.words.first == [0];
    if !numeric().all(|(_, scan)| is_above(scan)) {
        return None;
    }
    let (first, _) = numeric().next()?;
    let repeats = cell(&table.columns[first], 0) == table.names[first];
    if numeric().count() < 2 && !repeats {
        return None;
    }
    let found: Vec<&str> = table.columns.iter().map(|raw| cell(raw, 0)).collect();
    let fault = Fault::of("data.second_header").with("found", list(&found));
    Some(table.at(fault, 0, first))
}

fn given_type(table: &Table, request: &Request, index: usize) -> Option<ColumnType> {
    request.column(&table.names[index]).given_type().or(table.kinds[index])
}

fn role_of(kind: ColumnType) -> Role {
    use ColumnType::{Binary, Category, Image, Number, Text};
    if matches!(kind, Number | Category | Binary | Image | Text) {
        Role::Input
    } else {
        Role::Ignored
    }
}

/// The task, given or found.
fn task(
    table: &Table,
    targets: &[usize],
    request: &Request,
    scans: &[Option<Scan>],
    notices: &mut Vec<Notice>,
) -> Result<Task> {
    let missing = MissingWords(&request.missing_values);
    let mut found = Vec::new();
    for &index in targets {
        let given = given_type(table, request, index);
        let usable = matches!(
            given,
            None | Some(ColumnType::Number | ColumnType::Category | ColumnType::Binary)
        );
        if !usable || matches!(table.columns[index], Raw::Arrays { .. }) {
            let fault = Fault::of("data.word_does_not_fit")
                .with("column", &table.names[index])
                .with("key", "type")
                .with("found", given.map_or("image", ColumnType::word))
                .with("expected", "target");
            return Err(table.places.header(fault, index));
        }
        let raw = &table.columns[index];
        let most = target::CLASSES_OF_NUMBERS + 1;
        let cells = match (&scans[index], raw) {
            // Prices with commas are no classes of their own.
            (Some(_), _) if given.is_none() && only_commas(raw, missing) => {
                return Err(comma(table, index));
            }
            (Some(scan), _) => TargetCells::of(scan, different(raw, scan, missing, most)),
            (None, Raw::Numbers(values)) => {
                let scan = Scan::of_numbers(values);
                TargetCells::of(&scan, different(raw, &scan, missing, most))
            }
            _ => TargetCells { numeric: true, few_whole_numbers: false, levels: most },
        };
        found.push((given, cells));
    }
    if let Some(task) = request.task {
        if task == Task::Classification && targets.len() > 1 {
            let fault = Fault::of("data.one_target").with("found", targets.len());
            return Err(table.places.whole(fault));
        }
        return Ok(task);
    }
    let task =
        target::infer(&found).ok_or_else(|| table.places.whole(Fault::of("data.mixed_targets")))?;
    if let ([index], [(None, cells)], Task::Classification) = (targets, found.as_slice(), task)
        && cells.few_whole_numbers
        && cells.levels > 2
        && table.class_names.is_empty()
    {
        notices.push(
            Notice::new("data.numbers_are_classes", sentence::DATA_NUMBERS_ARE_CLASSES)
                .with("column", &table.names[*index])
                .with("count", cells.levels),
        );
    }
    Ok(task)
}

/// The type that the task asks of a target.
fn target_type(task: Task) -> ColumnType {
    match task {
        // Without targets nobody asks.
        Task::Regression | Task::Reconstruction => ColumnType::Number,
        Task::MultiLabel => ColumnType::Binary,
        Task::Classification => ColumnType::Category,
        Task::NextToken => ColumnType::Text,
    }
}

/// The type of an input, given or found.
fn input_type(
    table: &Table,
    index: usize,
    given: Option<ColumnType>,
    scan: Option<&Scan>,
    missing: MissingWords<'_>,
) -> Result<(ColumnType, Option<Leaving>)> {
    let name = &table.names[index];
    if let Some(kind) = given {
        let arrays = matches!(table.columns[index], Raw::Arrays { .. });
        let fits = match kind {
            ColumnType::Image => arrays,
            ColumnType::Ignore => true,
            _ => !arrays,
        };
        if !fits {
            let fault = Fault::of("data.word_does_not_fit")
                .with("column", name)
                .with("key", "type")
                .with("found", kind)
                .with("expected", if arrays { "image" } else { "text" });
            return Err(table.places.header(fault, index));
        }
        return Ok((kind, None));
    }
    let Some(scan) = scan else {
        return Ok((ColumnType::Number, None));
    };
    match infer(name, &table.columns[index], scan, missing) {
        Finding::Kind(kind) => Ok((kind, None)),
        Finding::Left(leaving) => Ok((leaving.kind(), Some(leaving))),
        // The check of the values says which cells are wrong.
        Finding::Wrong => Ok((ColumnType::Number, None)),
        Finding::Commas => Err(comma(table, index)),
        Finding::NoDay => Err(no_day(table, index, missing)),
    }
}

/// The first cell of a column of dates that is written as one and is no day.
fn no_day(table: &Table, index: usize, missing: MissingWords<'_>) -> Fault {
    let raw = &table.columns[index];
    let is_none = |&row: &usize| {
        missing.present(cell(raw, row)).is_some_and(|cell| date::seconds(cell).is_none())
    };
    let row = (0..raw.len()).find(is_none).unwrap_or(0);
    let fault = Fault::of("data.no_day")
        .with("column", &table.names[index])
        .with("row", row + 1)
        .with("found", cell(raw, row));
    table.at(fault, row, index)
}

/// The first cell of a column whose numbers are written with commas.
fn comma(table: &Table, index: usize) -> Fault {
    let raw = &table.columns[index];
    let has_comma = |&row: &usize| cell(raw, row).contains(',');
    let row = (0..raw.len()).find(has_comma).unwrap_or(0);
    let fault = Fault::of("data.comma_in_number")
        .with("column", &table.names[index])
        .with("row", row + 1)
        .with("found", cell(raw, row));
    table.at(fault, row, index)
}

/// The text of a cell, without the blanks around it.
fn cell(raw: &Raw, row: usize) -> &str {
    match raw {
        Raw::Text(cells) => cells.get(row).trim(),
        Raw::Typed(typed) => match typed.as_ref() {
            Typed::Words(words) => words.get(row).unwrap_or_default(),
            _ => "",
        },
        _ => "",
    }
}

/// Every value of a column of numbers must be a finite number, every element
/// of an array too.
pub(super) fn check_values(
    table: &Table,
    index: usize,
    kind: ColumnType,
    scan: Option<&Scan>,
    not_a_number: &'static str,
) -> Result<()> {
    let name = &table.names[index];
    match (&table.columns[index], scan) {
        (raw, Some(scan)) if kind == ColumnType::Number => {
            let fault = |code, row: usize, count: usize| {
                let fault = Fault::of(code)
                    .with("column", name)
                    .with("row", row + 1)
                    .with("found", cell(raw, row))
                    .with("count", count)
                    .with("numbers", scan.finite)
                    .with("present", scan.present());
                table.at(fault, row, index)
            };
            let words = &scan.words;
            let words = words.first.iter().map(|&row| (row, not_a_number, words.count));
            let infinite = &scan.infinite;
            let infinite = infinite.first.iter().map(|&row| (row, "data.infinite", infinite.count));
            let mut faults =
                words.chain(infinite).take(TOLD).map(|(row, code, count)| fault(code, row, count));
            match faults.next() {
                Some(fault) => Err(fault.also(faults)),
                None => Ok(()),
            }
        }
        (Raw::Numbers(values), _) => {
            let position = values.iter().position(|value| value.is_infinite());
            element(table, index, 1, position.map(|at| (at, values[at])))
        }
        (Raw::Arrays { shape, data: ArrayData::F32(data), .. }, _) => {
            let width = shape.iter().product::<usize>();
            let position = data.iter().position(|value| !value.is_finite());
            element(table, index, width, position.map(|at| (at, f64::from(data[at]))))
        }
        _ => Ok(()),
    }
}

/// The first element of arrays that is no finite number.
fn element(table: &Table, index: usize, width: usize, wrong: Option<(usize, f64)>) -> Result<()> {
    let Some((position, found)) = wrong else { return Ok(()) };
    let row = position / width.max(1);
    let fault = Fault::of("data.infinite")
        .with("column", &table.names[index])
        .with("row", row + 1)
        .with("found", found)
        .with("count", 1);
    let fault = match width > 1 {
        true => fault,
        // Of an array there are no cells that could be left empty.
        false => fault.help_words(
            "correct the value, or write NaN where it is unknown",
            "값을 고치세요. 모르는 값이면 NaN으로 적으세요",
        ),
    };
    Err(table.at(fault, row, index))
}

impl Leaving {
    /// The type of a column that is left out.
    fn kind(self) -> ColumnType {
        match self {
            Leaving::Empty | Leaving::Constant | Leaving::Merged => ColumnType::Ignore,
            Leaving::Unit | Leaving::OtherDate => ColumnType::Ignore,
            Leaving::Id => ColumnType::Id,
            Leaving::Text => ColumnType::Text,
            Leaving::Date => ColumnType::Date,
            Leaving::Part => ColumnType::Part,
        }
    }
}
