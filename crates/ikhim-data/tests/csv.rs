//! What is read from files of separated values.

use flate2::{Compression, write::GzEncoder};
use ikhim_data::{
    Column, ColumnType, ContentHash, Dataset, DatasetBuilder, Missing, Origin, Role, Task, Values,
};
use proptest::prelude::*;
use std::io::Write;

fn file(content: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rooms.csv");
    std::fs::write(&path, content).unwrap();
    (folder, path)
}

fn load(content: impl AsRef<[u8]>) -> Dataset {
    load_as(content, |data| data)
}

fn load_as(content: impl AsRef<[u8]>, say: impl Fn(DatasetBuilder) -> DatasetBuilder) -> Dataset {
    let (_folder, path) = file(content.as_ref());
    say(Dataset::csv(path)).load().unwrap()
}

fn numbers(data: &Dataset, column: &str) -> Vec<f64> {
    match &data.column(column).unwrap().values {
        Values::Number(values) => values.clone(),
        other => panic!("{column}: {other:?}"),
    }
}

fn texts(data: &Dataset, column: &str) -> Vec<Option<String>> {
    match &data.column(column).unwrap().values {
        Values::Text(values) => values.clone(),
        other => panic!("{column}: {other:?}"),
    }
}

fn codes(data: &Dataset) -> Vec<&str> {
    data.notices().iter().map(ikhim_data::Notice::code).collect()
}

#[test]
fn a_plain_file() {
    let content = b"area,price\n30,1.5\n45,2.25\n60,3\n";
    let (_folder, path) = file(content);
    let data = Dataset::csv(&path).target("price").load().unwrap();
    assert_eq!((data.name(), data.len(), data.task()), ("rooms", 3, Task::Regression));
    assert_eq!(data.origin(), &Origin::File(path));
    assert_eq!(data.content_hash(), ContentHash::of(content));
    assert_eq!(data.row_ids(), [0, 1, 2]);
    assert_eq!(numbers(&data, "area"), [30.0, 45.0, 60.0]);
    assert_eq!(data.column("price").unwrap().role, Role::Target);
    assert_eq!(codes(&data), ["data.header"]);
}

#[test]
fn the_same_table_in_many_clothes() {
    let plain = load("a,b,y\n1,2.5,0\n3,4.5,1\n");
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(b"a,b,y\n1,2.5,0\n3,4.5,1\n").unwrap();
    let packed = packed.finish().unwrap();
    for (content, notice) in [
        (&b"a,b,y\n1,2.5,0\n3,4.5,1"[..], None),
        (b"a,b,y\r\n1,2.5,0\r\n3,4.5,1\r\n", None),
        (b"\xef\xbb\xbfa,b,y\n1,2.5,0\n3,4.5,1\n", None),
        (b"a;b;y\n1;2.5;0\n3;4.5;1\n", Some("data.separator")),
        (b"a\tb\ty\n1\t2.5\t0\n3\t4.5\t1\n", Some("data.separator")),
        (b"\"a\",\"b\",\"y\"\n\"1\",2.50,0\n 3 ,4.5,\"1\"\n", None),
        (
            b"# note\n\"# quoted, note\"\na,b,y\n1,2.5,0\n# note\n\n3,4.5,1\n# end",
            Some("data.comments"),
        ),
        (&packed, None),
    ] {
        let data = load(content);
        assert_eq!(data.columns(), plain.columns());
        assert_eq!(data.row_hashes(), plain.row_hashes());
        let rest: Vec<&str> = codes(&data)
            .into_iter()
            .filter(|code| !["data.header", "data.last_is_target"].contains(code))
            .collect();
        assert_eq!(rest, notice.into_iter().collect::<Vec<_>>());
    }
    let (_folder, path) = file(&packed);
    let data = Dataset::csv(path).load().unwrap();
    assert_eq!(data.content_hash(), plain.content_hash(), "the hash is that of the content");
}

#[test]
fn files_without_a_header() {
    let data = load("1,2,0\n3,4,1\n5,6,1\n");
    let names: Vec<&str> = data.columns().iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["column_1", "column_2", "column_3"]);
    assert_eq!(codes(&data), ["data.no_header", "data.last_is_target"]);
    assert_eq!(data.targets().next().unwrap().name, "column_3");

    let data = load_as("1,2,0\n3,4,1\n5,6,1\n", |data| data.target("1"));
    assert_eq!(data.targets().next().unwrap().name, "column_1");
    assert_eq!(codes(&data), ["data.no_header"]);

    let data = load("# http://…\n# size,price\n1,2.5\n3,4.5\n");
    assert_eq!(codes(&data), ["data.comments", "data.comment_header", "data.last_is_target"]);
    assert_eq!(data.targets().next().unwrap().name, "price");

    let data = load_as("1,2,0\n3,4,1\n5,6,0\n", |data| data.header(true));
    assert_eq!((data.len(), data.columns()[0].name.as_str()), (2, "1"));
    let data = load_as("a,b\nc,d\na,d\n", |data| data.header(false));
    assert_eq!(data.len(), 3);
}

#[test]
fn names_that_are_given_leave_every_record_a_row() {
    let named = |data: DatasetBuilder| data.names(["area", "city", "price"]);
    // Without the names the first record would be a header.
    let data = load_as("old,a,b\n2,c,d\n3,c,e\n", named);
    let names: Vec<&str> = data.columns().iter().map(|column| column.name.as_str()).collect();
    assert_eq!((data.len(), names), (3, vec!["area", "city", "price"]));
    assert_eq!(codes(&data), ["data.last_is_target"]);
    let data = load_as("1,a,1.5\n2,b,2.5\n3,b,0\n", |data| named(data).target("area"));
    assert_eq!(data.targets().next().unwrap().name, "area");
    assert_eq!(numbers(&data, "price"), [1.5, 2.5, 0.0]);

    let (_folder, path) = file(b"1,2\n3,4\n5,6\n");
    let fault = Dataset::csv(&path).names(["a", "b", "c"]).load().unwrap_err();
    assert_eq!(fault.to_string(), "3 names are given for 2 columns");
    let fault = Dataset::csv(&path).names(["a"]).load().unwrap_err();
    assert_eq!((fault.code(), fault.location().column), ("data.names_width", Some(3)));
    let fault = Dataset::csv(&path).names(["a", "a"]).load().unwrap_err();
    assert_eq!(fault.to_string(), "columns 1 and 2 are both named `a`");
}

#[test]
fn a_first_cell_that_is_missing_is_no_comment() {
    let text = "# note\ntag,b\n#N/A,2\nx,1\n# between\n#NA,5\n\"#N/A\",4\nx,3\n";
    let data = load(text);
    assert_eq!((data.len(), numbers(&data, "b")), (5, vec![2.0, 1.0, 5.0, 4.0, 3.0]));
    let comments = data.notices().iter().find(|notice| notice.code() == "data.comments");
    assert!(comments.is_some_and(|notice| notice.to_string().contains('2')), "{comments:?}");
    assert_eq!(data.column("tag").unwrap().values.missing(), 3);
    // The same where a long text is read in stretches, and where no line names columns.
    let long = "#N/A,2\nx,1\n".repeat(100_000);
    assert_eq!(load(format!("tag,b\n{long}")).len(), 200_000);
    assert_eq!(load("#N/A,2,1\n1,2,3\n4,5,6\n").len(), 3);
}

#[test]
fn comments_start_with_the_given_sign() {
    let data = load_as("% note\na,b\n1,2\n% between\n3,4\n5,1\n", |data| data.comment(b'%'));
    assert_eq!((data.len(), numbers(&data, "a")), (3, vec![1.0, 3.0, 5.0]));
    assert!(codes(&data).contains(&"data.comments"));
    // What starts with another sign is a value, and without a sign all is.
    for comment in [Some(b'%'), None] {
        let data = load_as("tag,b\n#1,2\n#2,4\n#1,1\n#2,1\n", |data| data.comment(comment));
        assert_eq!((data.len(), codes(&data).contains(&"data.comments")), (4, false));
    }
    let data = load_as("% size;price\n1;2.5\n3;4.5\n", |data| data.comment(b'%'));
    assert_eq!(data.targets().next().unwrap().name, "price");
}

#[test]
fn class_names_in_the_first_line() {
    let data = load("4,2,no,yes\n1,2,0\n3,4,1\n5,6,1\n7,8,0\n");
    assert_eq!((data.len(), data.classes()), (4, &["no".to_string(), "yes".to_string()][..]));
    assert_eq!(codes(&data), ["data.counts_header", "data.last_is_target"]);
}

#[test]
fn korean_names_and_values() {
    let (folder, _) = file(b"x");
    let path = folder.path().join("월별 소득.csv");
    std::fs::write(&path, "이름,소득,도시\n김철수,310.5,서울\n이영희,280,부산\n박민수,295,서울\n")
        .unwrap();
    let data = Dataset::csv(&path).target("소득").load().unwrap();
    assert_eq!(data.name(), "월별 소득");
    let Values::Category { levels, indices } = &data.column("도시").unwrap().values else {
        panic!("no category")
    };
    assert_eq!(
        (levels.as_slice(), indices.as_slice()),
        (&["부산".to_string(), "서울".to_string()][..], &[Some(1), Some(0), Some(1)][..])
    );
}

#[test]
fn missing_values_are_counted_and_told() {
    let data = load("a,b,y\n1,x,0\nNA,?,1\n,z,1\nnull,x,0\n");
    assert_eq!(data.column("a").unwrap().values.missing(), 3);
    assert_eq!(data.column("b").unwrap().values.missing(), 1);
    let notice = data.notices().iter().find(|n| n.code() == "data.missing_values").unwrap();
    assert_eq!(
        notice.to_string(),
        "missing values and what is done: `a` 3 (mean), `b` 1 (category)"
    );
}

#[test]
fn rows_are_dropped_with_a_word_and_keep_their_ids() {
    let content = "a,b,y\n1,x,0\n2,z,\n3,,1\n4,x,1\n";
    let data = load_as(content, |data| data.target("y"));
    assert_eq!(data.row_ids(), [0, 2, 3]);
    let notice = data.notices().iter().find(|n| n.code() == "data.rows_dropped").unwrap();
    assert_eq!(notice.to_string(), "1 of 4 rows have no `y` and are left out");

    let drop = Column::category().missing(Missing::Drop);
    let data = load_as(content, |data| data.target("y").column("b", drop.clone()));
    assert_eq!(data.row_ids(), [0, 3]);
    assert_eq!(numbers(&data, "a"), [1.0, 4.0]);
}

#[test]
fn columns_that_say_nothing_are_left_out_with_a_word() {
    let rows: String = (0..12)
        .map(|i| format!("{i},n{i},7,,this is sentence {i},{},{}\n", i * i, i % 2))
        .collect();
    let data = load(format!("id,name,same,none,note,x,y\n{rows}"));
    let inputs: Vec<&str> = data.inputs().map(|column| column.name.as_str()).collect();
    assert_eq!(inputs, ["note", "x"]);
    let told: Vec<String> = data
        .notices()
        .iter()
        .filter(|notice| notice.code().ends_with("_columns"))
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        told,
        [
            "left out, no value at all: `none`",
            "left out, one value in all rows: `same`",
            "left out, names rows and says nothing about them: `id`, `name`",
        ]
    );
    let text = data.notices().iter().find(|notice| notice.code() == "data.text_inputs").unwrap();
    assert_eq!(text.to_string(), "read as text, by words and pieces of words: `note`");
    let codes: String =
        (0..100).map(|i| format!("C{},{},{}\n", i % 99, i * i % 7, i % 2)).collect();
    let coded = load(format!("code,x,y\n{codes}"));
    assert_eq!(coded.inputs().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["x"]);
    let left = coded.notices().iter().find(|notice| notice.code() == "data.text_columns");
    assert!(left.unwrap().to_string().contains("type = \"text\""));
    let coded = load_as(format!("code,x,y\n{codes}"), |data| data.column("code", Column::text()));
    assert_eq!(coded.inputs().count(), 2);
    assert_eq!(data.column("id").unwrap().kind, ColumnType::Id);
    assert_eq!(texts(&data, "name")[3].as_deref(), Some("n3"));
    let data = load_as(format!("id,name,same,none,note,x,y\n{rows}"), |data| {
        data.column("same", Column::number()).column("x", Column::ignore())
    });
    let inputs: Vec<&str> = data.inputs().map(|column| column.name.as_str()).collect();
    assert_eq!(inputs, ["same", "note"], "what a person says is done");
}

#[test]
fn the_task_follows_the_target() {
    for (target, task, classes) in [
        ("0\n1\n1\n0\n", Task::Classification, 2),
        ("cat\ndog\ncat\nbird\n", Task::Classification, 3),
        ("2\n1\n2\n1\n", Task::Classification, 2),
        ("2\n1\n3\n4\n", Task::Regression, 0),
        ("1.5\n1.5\n2.5\n2.5\n", Task::Regression, 0),
    ] {
        let rows: String =
            target.lines().enumerate().map(|(i, y)| format!("{}.5,{y}\n", i * i)).collect();
        let data = load(format!("x,y\n{rows}"));
        assert_eq!((data.task(), data.classes().len()), (task, classes), "{target}");
    }
    let data = load_as("x,y\n1,0\n2,1\n4,1\n", |data| data.task(Task::Regression));
    assert_eq!(numbers(&data, "y"), [0.0, 1.0, 1.0]);
    let data = load_as("x,y,z\n1,0,a\n2,1,b\n4,1,a\n", |data| data.targets(["y", "z"]));
    assert_eq!((data.task(), data.targets().count()), (Task::MultiLabel, 2));
}

#[test]
fn defaults_hold_for_inputs_and_only_their_scaling_for_the_target() {
    let data = load_as("a,b,y\n1,,1.5\n2,4,2.5\n3,5,3.5\n", |data| {
        let number = Column::inferred().missing(Missing::Median).scaling(ikhim_data::Scaling::None);
        data.defaults(ColumnType::Number, number)
            .column("a", Column::inferred().missing(Missing::Mean))
    });
    let policy = |name| data.column(name).unwrap().policy.clone();
    assert_eq!(policy("a").missing, Missing::Mean);
    assert_eq!(policy("b").missing, Missing::Median);
    assert_eq!(policy("y").missing, Missing::Drop);
    assert_eq!(policy("y").scaling, ikhim_data::Scaling::None);
}

#[test]
fn hashes_know_rows_again() {
    let data = load_as("id,a,y\n7,1,0\n8,2,1\n9,1,1\n", |data| data.target("y"));
    assert_eq!(data.input_hashes()[0], data.input_hashes()[2], "ids and targets are no inputs");
    assert_ne!(data.row_hashes()[0], data.row_hashes()[2]);
    let other = load_as("ID,A,Y\n9,1.0,1\n7,1.0,0\n8,2.0,1\n", |data| {
        data.target("Y").column("A", Column::category())
    });
    let order = [1, 2, 0].map(|row| other.row_hashes()[row]);
    assert_eq!(data.row_hashes(), order, "in another order, with other names and types");
}

/// Any number, also none; beyond 10¹⁵⁰ a table is refused.
fn in_range() -> impl Strategy<Value = f64> {
    any::<f64>().prop_map(|number| number % 1e150)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever text and numbers are written by the csv crate come back, with
    /// any separator and line end.
    #[test]
    fn cells_come_back(
        rows in prop::collection::vec(("\\PC{0,6}|[\",;\t\r\n# ]{0,4}", in_range()), 1..12),
        separator in prop::sample::select(vec![b',', b';', b'\t']),
        crlf in any::<bool>(),
    ) {
        let mut writer = csv::WriterBuilder::new()
            .delimiter(separator)
            .quote_style(csv::QuoteStyle::NonNumeric)
            .terminator(if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') })
            .from_writer(Vec::new());
        writer.write_record(["note", "x", "y"]).unwrap();
        for (index, (text, number)) in rows.iter().enumerate() {
            let number = if number.is_finite() { number.to_string() } else { String::new() };
            writer.write_record([text, &number, &(index % 2).to_string()]).unwrap();
        }
        // One more row, so that there are two classes and a number.
        writer.write_record(["last", "1", &(rows.len() % 2).to_string()]).unwrap();
        let content = writer.into_inner().unwrap();
        let (_folder, path) = file(&content);
        let data = Dataset::csv(path)
            .header(true)
            .separator(separator)
            .target("y")
            .column("note", Column::text())
            .column("x", Column::number())
            .load()
            .unwrap();
        let (notes, x) = (texts(&data, "note"), numbers(&data, "x"));
        prop_assert_eq!(data.len(), rows.len() + 1);
        for (index, (text, number)) in rows.iter().enumerate() {
            let known = notes[index].as_deref().unwrap_or("");
            if notes[index].is_some() {
                prop_assert_eq!(known, text);
            }
            if number.is_finite() {
                prop_assert_eq!(x[index], *number);
            } else {
                prop_assert!(x[index].is_nan());
            }
        }
    }

    /// No content makes a panic, and every fault says something.
    #[test]
    fn any_bytes_give_data_or_a_fault(content in prop::collection::vec(
        prop::sample::select(b"ab1.,;\t\"\n\r# -?\xea\xb0\x80\xff".to_vec()), 0..60))
    {
        let (_folder, path) = file(&content);
        match Dataset::csv(&path).load() {
            Ok(data) => prop_assert!(!data.is_empty() && data.inputs().count() > 0),
            Err(fault) => {
                prop_assert!(!fault.to_string().contains('{'), "{}", fault);
                let place = fault.location();
                if let (Some(line), Ok(text)) = (place.line, String::from_utf8(content)) {
                    prop_assert!(line <= text.matches('\n').count() + 1);
                }
            }
        }
    }
}

/// Excel in Korea writes CP949; some systems write UTF-16. Both are read, and a
/// notice says so.
#[test]
fn korean_files_of_other_encodings_are_read() {
    let text = "이름,값,등급\n가나,1,하\n다라,2,상\n마바,3,하\n사아,4,상\n";
    // By Python's `text.encode("cp949")`.
    let cp949 = b"\xc0\xcc\xb8\xa7,\xb0\xaa,\xb5\xee\xb1\xde\n\xb0\xa1\xb3\xaa,1,\xc7\xcf\n\
        \xb4\xd9\xb6\xf3,2,\xbb\xf3\n\xb8\xb6\xb9\xd9,3,\xc7\xcf\n\xbb\xe7\xbe\xc6,4,\xbb\xf3\n";
    let utf16: Vec<u8> =
        [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let plain = Dataset::csv_bytes("x", text.as_bytes()).load().unwrap();
    for (bytes, name) in [(cp949.to_vec(), "CP949"), (utf16, "UTF-16")] {
        let data = Dataset::csv_bytes("x", bytes).load().unwrap();
        assert_eq!(data.columns(), plain.columns());
        assert_eq!(data.row_hashes(), plain.row_hashes());
        let notice = data.notices().iter().find(|notice| notice.code() == "data.encoding").unwrap();
        assert_eq!(notice.argument("encoding"), Some(name));
    }
}

#[test]
fn json_lines_are_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.jsonl");
    let lines = "{\"a\": 1.5, \"b\": \"x, y\", \"ok\": true}\n\n\
                 {\"b\": \"z\", \"a\": null, \"ok\": false, \"c\": 7}\n";
    std::fs::write(&path, lines).unwrap();
    let data = Dataset::path(&path).target("ok").load().unwrap();
    let names: Vec<&str> = data.columns().iter().map(|column| column.name.as_str()).collect();
    assert_eq!((data.len(), data.name()), (2, "rows"));
    assert_eq!(names, ["a", "b", "ok", "c"]);
    let same = Dataset::csv_bytes("x", "a,b,ok,c\n1.5,\"x, y\",true,\n,z,false,7\n").target("ok");
    let same = same.load().unwrap();
    // A missing number is no number, and not equal to itself.
    assert_eq!(format!("{:?}", data.columns()), format!("{:?}", same.columns()));
    assert_eq!(data.row_hashes(), same.row_hashes());
}

/// What is said of a very wide table stays short enough to be read.
#[test]
fn a_hundred_thousand_columns() {
    const COLUMNS: usize = 100_000;
    let line =
        |cell: &dyn Fn(usize) -> String| (0..COLUMNS).map(cell).collect::<Vec<_>>().join(",");
    let mut text = line(&|column| format!("c{column}"));
    for row in 0..25 {
        text.push('\n');
        text.push_str(&line(&|column| (row * column % 7).to_string()));
    }
    let data = load(text);
    assert_eq!((data.columns().len(), data.len()), (COLUMNS, 25));
    assert!(codes(&data).contains(&"data.same_columns"), "{:?}", codes(&data));
    for notice in data.notices() {
        let said = notice.text(ikhim_text::Language::English);
        assert!(said.len() < 1_000, "{said}");
    }
}
