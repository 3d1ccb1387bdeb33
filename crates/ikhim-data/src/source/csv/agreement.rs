//! Both ways of reading a file give the same table: cell by cell, and typed by
//! stretches on all cores.

use super::{Options, parse};
use crate::schema::{Request, assemble};
use crate::{Column, ColumnType, Dataset, Origin};
use ikhim_text::Result;
use proptest::prelude::*;
use std::path::Path;

fn read(text: &str, stretch: (usize, usize), request: &Request) -> Result<Dataset> {
    let options =
        Options { stretch, missing: request.missing_values.clone(), ..Options::default() };
    let table = parse(text.as_bytes().to_vec(), Origin::Inline, Path::new("x.csv"), &options)?;
    assemble(table, request)
}

/// What is said of a text, whichever way it is read. NaN is written as a word.
fn told(found: Result<Dataset>) -> String {
    match found {
        Ok(data) => format!("{data:?}"),
        Err(fault) => format!("{fault:?}"),
    }
}

fn agree(text: &str, request: &Request) {
    let whole = told(read(text, (usize::MAX, 1), request));
    for stretch in [1, 7, 40, 1 << 20] {
        let stretches = told(read(text, (0, stretch), request));
        assert_eq!(whole, stretches, "by {stretch} bytes: {text:?}");
    }
}

#[test]
fn on_what_tables_hold() {
    let request = Request::default();
    for text in [
        "x,y\n1,2\n3,4\n",
        "x,y\r\n1,a\r\n\r\n# no row\r\n3,b\r\n5,a",
        "x,y\n1,\"a\nb\"\n2,\"c,\"\"d\"\"\"\n\"3\",\"\"\n4,e\"f\n",
        "x,y\n1,2\n3\n4,5,6\n7,8\n",
        "x,y\n1,\"a\n2,b\n3,c\n",
        "x,y\n1,a\n2,\"b\"c\"d\n3,e\n",
        "# top\n# x,y\n1,2\n#\n3,4\n#end",
        "x,y\n\"1,5\",a\n\"2,5\",b\n\"1,000\",a\n",
        "x,y\n1,a\ninf,b\n1e400,c\nNAN,d\n-0,e\n",
        "x,y\n007,a\n 8 ,b\n+9,c\n.5,d\n5.,e\n1e3,f\n",
        "id,z,y\n1,,a\n2,?,b\n3,NA,a\n",
        "x;y\n1,5;2\n2,5;3\n",
        "4,2,a,b\n1,2,0\n3,4,1\n5,6,0\n7,8,1\n",
        "이름,도시\n가,서울\n나,부산\n다,서울\n",
        "x,y\n1,2",
        "x,y\n",
        "x\ty\n1\t\"\t\"\n2\tb\n",
        "x,y\n1,가\n2,\u{1100}\u{1161}\n3,나\n",
        "sep=;\nx;y\n1,5;a\n2,5;b\n",
        "x,y\n1,a,\n2,b,\n3,a, \n",
        "x,y\n1,a,\n2,b,\n3,a,7\n",
        "x,y\n1,\"a\n2,b\n3,\"c\n4,d\n",
        "x,y\n1,\"\n2,b\n3,\"\n4,d\n",
    ] {
        agree(text, &request);
    }
}

#[test]
fn with_words_of_a_persons_own() {
    let text = "x,z,y\n1,-,0\n-999,a,1\n3,b,0\n4,-,1\n-999,a,0\n6,b,1\n";
    let missing_values = vec!["-".to_string(), "-999".to_string()];
    agree(text, &Request { missing_values, ..Request::default() });
}

#[test]
fn with_types_that_are_given() {
    let text = "x,z,w,y\n1,a,,0\n2,b,,1\n3,a,,0\n2,c,,1\n";
    for kind in [ColumnType::Category, ColumnType::Number, ColumnType::Text, ColumnType::Id] {
        for name in ["x", "z", "w"] {
            let columns = vec![(name.to_string(), Column::of(kind))];
            agree(text, &Request { columns, ..Request::default() });
        }
    }
}

#[test]
fn where_words_are_many() {
    let rows: String = (0..5_000).map(|row| format!("word {row},{}\n", row % 3)).collect();
    agree(&format!("x,y\n{rows}"), &Request::default());
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "-?[0-9]{1,4}(\\.[0-9]{1,3})?",
        2 => Just(String::new()),
        2 => "[a-c]{1,2}",
        1 => Just("NA".to_string()),
        1 => Just("\"q\"\"q\n\"".to_string()),
        1 => Just("\"1\"".to_string()),
        1 => Just(" 7 ".to_string()),
        1 => Just("a\"b".to_string()),
    ]
}

proptest! {
    #[test]
    fn on_any_table(
        rows in prop::collection::vec(prop::collection::vec(cell(), 3), 1..30),
        width in 2_usize..4,
        end in prop_oneof![Just("\n"), Just("\r\n"), Just("\n\n"), Just("\n# comment\n")],
    ) {
        let lines = rows.iter().map(|row| row[..width].join(","));
        let text = ["a,b,c".chars().take(width * 2 - 1).collect::<String>()]
            .into_iter()
            .chain(lines)
            .collect::<Vec<_>>()
            .join(end);
        agree(&text, &Request::default());
    }
}
