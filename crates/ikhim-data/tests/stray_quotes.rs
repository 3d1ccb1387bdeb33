//! Quotes that nobody meant, and cells that go over several lines on purpose.

use ikhim_data::{Dataset, Notice};
use ikhim_text::{Fault, Result};

/// Rows of two numbers, a word and a class.
fn rows(count: usize) -> Vec<[String; 4]> {
    let row = |row: usize| {
        let word = ["red", "green", "blue"][row % 3];
        [format!("{row}.25"), format!("{}", row * 7 % 11), word.into(), format!("{}", row % 2)]
    };
    (1..=count).map(row).collect()
}

/// Puts a quote before the cells of these rows, counted from 1, and columns.
fn with_quotes(mut rows: Vec<[String; 4]>, places: &[(usize, usize)]) -> String {
    for (row, column) in places {
        rows[row - 1][*column].insert(0, '"');
    }
    let lines: Vec<String> = rows.iter().map(|row| row.join(",")).collect();
    format!("x,z,word,y\n{}\n", lines.join("\n"))
}

fn load(text: &str) -> Result<Dataset> {
    load_for("", text)
}

fn load_for(target: &str, text: &str) -> Result<Dataset> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.csv");
    std::fs::write(&path, text).unwrap();
    let data = Dataset::csv(path);
    if target.is_empty() { data.load() } else { data.target(target).load() }
}

fn place(fault: &Fault) -> (&str, Option<usize>, Option<usize>) {
    (fault.code(), fault.location().line, fault.location().column)
}

#[test]
fn two_stray_quotes_are_a_fault_at_the_first_of_them() {
    // The second size is read by stretches on all cores.
    for count in [100, 100_000] {
        for column in 0..4 {
            let text = with_quotes(rows(count), &[(20, column), (40, column)]);
            let fault = load(&text).unwrap_err();
            let line = text.lines().nth(20).unwrap();
            let at = line.find('"').unwrap() + 1;
            assert_eq!(place(&fault), ("data.stray_quote", Some(21), Some(at)));
            assert_eq!(fault.argument("lines"), Some("21"));
        }
    }
}

#[test]
fn each_pair_is_told() {
    let text = with_quotes(rows(100), &[(20, 2), (40, 2), (50, 0), (51, 0)]);
    let fault = load(&text).unwrap_err();
    assert_eq!(place(&fault).1, Some(21));
    assert_eq!(
        fault.others().iter().map(place).collect::<Vec<_>>(),
        [("data.stray_quote", Some(51), Some(1))]
    );
}

/// Where the columns differ, the record has another width: the quote is the cause.
#[test]
fn quotes_in_two_columns_are_no_ragged_row() {
    let fault = load(&with_quotes(rows(100), &[(20, 2), (40, 0)])).unwrap_err();
    assert_eq!(place(&fault), ("data.stray_quote", Some(21), Some(9)));
}

/// The second quote belongs to a cell that is quoted as it should be.
#[test]
fn a_quoted_cell_ends_what_a_stray_quote_began() {
    let mut table = rows(100);
    table[39][2] = "\"red, or blue\"".to_string();
    let fault = load(&with_quotes(table, &[(20, 2)])).unwrap_err();
    assert_eq!(place(&fault), ("data.stray_quote", Some(21), Some(9)));
}

/// A quote at the end of a cell, such as one of inches, closes without a letter behind it;
/// the columns of numbers tell.
#[test]
fn numbers_in_each_line_tell_rows() {
    let mut table = rows(100);
    table[39][2] = "12\"".to_string();
    let text = with_quotes(table, &[(20, 2)]);
    assert_eq!(place(&load(&text).unwrap_err()), ("data.stray_quote", Some(21), Some(9)));
    // Windows ends its lines by two letters.
    let fault = load(&text.replace('\n', "\r\n")).unwrap_err();
    assert_eq!(place(&fault), ("data.stray_quote", Some(21), Some(9)));
}

#[test]
fn texts_over_several_lines_are_read() {
    let comments = [
        "Good.\nWould come again.",
        "First, the room.\nThen, the food.\n",
        "\n\nNothing, really\n",
        "1, mix\n2, bake\n3, eat",
        "He said \"\"no\"\".\nI left, angry, at 5.",
        "4.25,5,6\nare numbers",
    ];
    let mut text = "stars,price,comment,kind\n".to_string();
    for row in 0..60 {
        let comment = comments[row % comments.len()];
        text += &format!("{},{}.5,\"{comment}\",{}\n", row % 5, row, ["a", "b"][row % 2]);
    }
    let data = load(&text).unwrap();
    assert_eq!(data.len(), 60);
    let codes: Vec<&str> = data.notices().iter().map(Notice::code).collect();
    assert!(!codes.contains(&"data.lines_in_cell"), "{codes:?}");
    // Addresses have a comma in their second line, as a row of two cells would.
    let rows = (0..60).map(|row| format!("{row},\"Main St {row}\nTroy, {row} IL\"\n"));
    let data = load_for("n", &format!("n,address\n{}", rows.collect::<String>())).unwrap();
    assert_eq!(data.len(), 60);
    assert!(data.notices().iter().all(|notice| notice.code() != "data.lines_in_cell"));
}

/// Without numbers to compare, nobody can know: it is said and read.
#[test]
fn lines_that_could_be_rows_are_told() {
    let line = |row: usize| format!("{},{}\n", ["a", "b"][row % 2], ["no", "yes"][row / 2 % 2]);
    let mut lines: Vec<String> = (0..60).map(line).collect();
    lines[19] = "\"a,no\n".to_string();
    lines[22] = "b\",no\n".to_string();
    let data = load(&format!("x,y\n{}", lines.concat())).unwrap();
    assert_eq!(data.len(), 57);
    let notice = data.notices().iter().find(|notice| notice.code() == "data.lines_in_cell");
    let notice = notice.unwrap();
    assert!(notice.argument("place").unwrap().ends_with("data.csv:21:1"));
    assert_eq!((notice.argument("count"), notice.argument("lines")), (Some("1"), Some("4")));
}
