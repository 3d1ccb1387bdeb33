//! Which separator a file of separated values uses, and whether its first
//! record names the columns.

use super::csv::Options;
use super::is_missing_word;
use csv::{ReaderBuilder, StringRecord};
use std::collections::HashSet;
use std::io::Cursor;

/// Records looked at.
const SAMPLE: usize = 200;

/// What must be known to read a file of separated values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) separator: u8,
    pub(crate) header: Header,
    pub(crate) comment: Option<u8>,
    /// Whether each row ends with a separator that the names lack.
    pub(crate) is_ended: bool,
}

/// What the first record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Header {
    /// It names the columns.
    Names,
    /// It is the first row.
    Absent,
    /// scikit-learn's form: number of rows, number of inputs, class names.
    Counts { rows: usize, inputs: usize },
}

/// Finds what was not given. The separator may be given by the file itself.
pub(crate) fn detect(text: &str, separator: Option<u8>, options: &Options) -> Dialect {
    let comment = options.comment;
    let given = separator.filter(|separator| {
        // A model has seen another file: this one may be written otherwise.
        options.inputs.len() < 2 || sample(text, *separator, comment).iter().any(is_cut)
    });
    let separator = given.unwrap_or_else(|| detect_separator(text, comment));
    let records = sample(text, separator, comment);
    let known = |cell: &str| options.known.iter().any(|name| name == cell.trim());
    let header = match options.header {
        _ if options.names.is_some() => Header::Absent,
        Some(true) => Header::Names,
        Some(false) if records.first().is_some_and(|first| names_all(first, &options.inputs)) => {
            Header::Names
        }
        Some(false) => Header::Absent,
        None if records.first().is_some_and(|first| first.iter().any(known)) => Header::Names,
        None => detect_header(&records),
    };
    let is_ended = header == Header::Names && is_ended(&records);
    Dialect { separator, header, comment, is_ended }
}

/// Whether all rows have one cell more than there are names, and nothing in it.
fn is_ended(records: &[StringRecord]) -> bool {
    let Some((names, rows)) = records.split_first() else { return false };
    let ends = |row: &StringRecord| {
        row.len() == names.len() + 1
            && row.iter().next_back().is_some_and(|it| it.trim().is_empty())
    };
    names.len() > 1 && !rows.is_empty() && rows.iter().all(ends)
}

/// The separator that Excel writes into a line of its own above the names, and where that
/// line ends: `sep=;`.
pub(super) fn announced(text: &str) -> Option<(u8, usize)> {
    let end = text.find('\n').map_or(text.len(), |end| end + 1);
    let line = text[..end].trim_end_matches(['\r', '\n']);
    let line = line.strip_prefix('"').and_then(|line| line.strip_suffix('"')).unwrap_or(line);
    let (key, sign) = line.split_at_checked(4)?;
    let [sign] = sign.as_bytes()[..] else { return None };
    let is_sign = sign.is_ascii_punctuation() || sign.is_ascii_whitespace();
    (key.eq_ignore_ascii_case("sep=") && is_sign && sign != b'"').then_some((sign, end))
}

fn is_cut(record: &StringRecord) -> bool {
    record.len() > 1
}

/// Whether a record holds the names of all inputs of a model. Names that are
/// numbers may as well be a row.
fn names_all(record: &StringRecord, inputs: &[String]) -> bool {
    let there = |input: &String| record.iter().any(|cell| cell.trim() == input);
    inputs.iter().any(|input| input.parse::<f64>().is_err()) && inputs.iter().all(there)
}

fn sample(text: &str, separator: u8, comment: Option<u8>) -> Vec<StringRecord> {
    reader(text, separator, comment).into_records().take(SAMPLE).filter_map(Result::ok).collect()
}

/// A reader that leaves every decision to its caller.
pub(crate) fn reader(text: &str, separator: u8, comment: Option<u8>) -> csv::Reader<Cursor<&[u8]>> {
    ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .comment(comment)
        .from_reader(Cursor::new(text.as_bytes()))
}

/// The separator that cuts most records, the first one among them, into the
/// same number of fields. Commas come last: they stand inside numbers and
/// sentences, tabs and semicolons hardly do.
fn detect_separator(text: &str, comment: Option<u8>) -> u8 {
    let mut best = (0.0, b',');
    for separator in [b'\t', b';', b','] {
        let widths: Vec<usize> =
            sample(text, separator, comment).iter().map(StringRecord::len).collect();
        let Some(&width) = widths.last() else { continue };
        let share = widths.iter().filter(|&&w| w == width).count() as f64 / widths.len() as f64;
        let first = widths.first() == Some(&width) || separator == b',';
        if width > 1 && first && share > best.0 {
            best = (share, separator);
        }
    }
    best.1
}

/// The first record names columns when it has text above numbers in more
/// columns than it has numbers. Where no column below holds numbers, it names
/// them when its cells differ and at least one of them is no value of its own
/// column.
fn detect_header(records: &[StringRecord]) -> Header {
    let Some((first, rows)) = records.split_first() else { return Header::Absent };
    if let Some(counts) = counts(first, rows) {
        return counts;
    }
    if rows.is_empty() {
        let words = first.iter().filter(|cell| !is_number(cell) && !is_missing_word(cell.trim()));
        return if words.count() == first.len() { Header::Names } else { Header::Absent };
    }
    let (mut names, mut values, mut new, mut numeric) = (0, 0, false, false);
    for (column, cell) in first.iter().enumerate() {
        let below = rows.iter().filter_map(|row| row.get(column)).map(str::trim);
        let below: Vec<&str> = below.filter(|cell| !is_missing_word(cell)).collect();
        let numbers = below.iter().filter(|cell| is_number(cell)).count();
        new |= !below.contains(&cell.trim());
        if numbers * 2 > below.len() {
            numeric = true;
            names += usize::from(!is_number(cell) && !is_missing_word(cell.trim()));
            values += usize::from(is_number(cell));
        }
    }
    let mut seen = HashSet::new();
    let differ = first.iter().all(|cell| seen.insert(cell));
    let text = first.iter().all(|cell| !is_number(cell) && !cell.trim().is_empty());
    let header = if numeric { names > values } else { text && differ && new };
    if header { Header::Names } else { Header::Absent }
}

fn counts(first: &StringRecord, rows: &[StringRecord]) -> Option<Header> {
    let count = |index: usize| first.get(index)?.trim().parse::<usize>().ok();
    let (total, inputs) = (count(0)?, count(1)?);
    let names = first.len() >= 4 && first.iter().skip(2).all(|name| !is_number(name));
    let fits = rows.first()?.len() == inputs.checked_add(1)?;
    (names && fits).then_some(Header::Counts { rows: total, inputs })
}

pub(crate) fn is_number(cell: &str) -> bool {
    cell.trim().parse::<f64>().is_ok_and(f64::is_finite)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (char, bool) {
        let dialect = detect(text, None, &Options::default());
        (char::from(dialect.separator), dialect.header == Header::Names)
    }

    #[test]
    fn finds_the_separator() {
        assert_eq!(found("a,b\n1,2\n").0, ',');
        assert_eq!(found("a;b\n1,5;2,5\n").0, ';');
        assert_eq!(found("a\tb\n1,5\t2;5\n").0, '\t');
        assert_eq!(found("text,n\none; two,1\nthree; four,2\n").0, ',');
        assert_eq!(found("one\n").0, ',');
        assert_eq!(found("").0, ',');
    }

    #[test]
    fn finds_the_header() {
        assert!(found("x,y\n1,2\n3,4\n").1);
        assert!(!found("1,2\n3,4\n").1);
        assert!(!found("?,2\n3,4\n").1, "a missing value is no name");
        assert!(!found("Adelie,39.1,18.7\nGentoo,47.0,15.0\n").1);
        assert!(found("이름,도시\n김,서울\n이,부산\n").1);
        assert!(!found("a,a\nb,c\n").1, "names differ");
        assert!(!found("x,y\ny,y\nx,x\ny,x\n").1, "the first record looks like all others");
        assert!(found("x,y\n").1, "names only");
        assert!(!found("1,2\n").1);
    }

    #[test]
    fn a_line_of_excel_announces_the_separator() {
        assert_eq!(announced("sep=;\r\na;b\n"), Some((b';', 7)));
        assert_eq!(announced("SEP=,"), Some((b',', 5)));
        assert_eq!(announced("\"sep=;\"\na;b\n"), Some((b';', 8)));
        assert_eq!(announced("sep=\t\na\tb\n"), Some((b'\t', 6)));
        for text in ["sep,y\n1,2\n", "sep=\n", "sep=;;\n", "separate\n", "sep=a\n", ""] {
            assert_eq!(announced(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_known_name_makes_a_header() {
        let text = "x,y\ny,y\nx,x\n";
        let options = Options { known: vec!["y".to_string()], ..Options::default() };
        assert_eq!(detect(text, None, &options).header, Header::Names);
        let options = Options { header: Some(false), ..options };
        assert_eq!(detect(text, None, &options).header, Header::Absent);
    }

    #[test]
    fn recognizes_counts_and_class_names() {
        let dialect = detect("2,3,a,b\n1,2,3,0\n4,5,6,1\n", None, &Options::default());
        assert_eq!(dialect.header, Header::Counts { rows: 2, inputs: 3 });
    }
}
