//! What is said about bad data: the texts as a person sees them.

use ikhim_data::{Column, Dataset, DatasetBuilder, Missing, Scaling, Task};
use ikhim_text::{Fault, Language, block::block};

/// Writes a file, loads it, and returns the fault as a person sees it, in both
/// languages.
fn told(content: &[u8], say: impl Fn(DatasetBuilder) -> DatasetBuilder) -> (Fault, [String; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.csv");
    std::fs::write(&path, content).unwrap();
    let fault = say(Dataset::csv(&path)).load().expect_err("a fault");
    let shown = [Language::English, Language::Korean].map(|language| {
        block(&fault, language, false).replace(&format!("{}/", folder.path().display()), "")
    });
    (fault, shown)
}

/// Checks code and English block; the Korean one must say something else.
#[track_caller]
fn check(
    content: impl AsRef<[u8]>,
    say: impl Fn(DatasetBuilder) -> DatasetBuilder,
    code: &str,
    expected: &str,
) {
    let (fault, [english, korean]) = told(content.as_ref(), say);
    assert_eq!(fault.code(), code);
    assert_eq!(english.trim_end(), expected.trim(), "\n{english}");
    assert!(korean.starts_with("오류: ") && korean.contains("도움말: "), "{korean}");
    assert!(!korean.contains('{') && !english.contains('{'), "a hole is left: {english}{korean}");
}

fn as_is(builder: DatasetBuilder) -> DatasetBuilder {
    builder
}

#[test]
fn missing_file() {
    let fault = Dataset::csv("no/such.csv").load().unwrap_err();
    assert_eq!(fault.code(), "file.missing");
    assert_eq!(fault.to_string(), "no such file or folder: no/such.csv");
    let fault = Dataset::idx("no/such/folder").load().unwrap_err();
    assert_eq!(fault.code(), "file.missing");
}

#[test]
fn folder_for_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let fault = Dataset::csv(folder.path()).load().unwrap_err();
    assert_eq!(fault.code(), "file.is_folder");
    let fault = Dataset::path(folder.path()).load().unwrap_err();
    assert_eq!(fault.code(), "file.is_folder");
    std::fs::write(folder.path().join("train-labels-idx1-ubyte"), b"").unwrap();
    let fault = Dataset::path(folder.path()).load().unwrap_err();
    assert_eq!(fault.code(), "data.idx_files");
    assert_eq!(
        fault.to_string().replace(&folder.path().display().to_string(), "FOLDER"),
        "FOLDER lacks train-images-idx3-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte"
    );
}

#[test]
fn empty_file() {
    check(
        "",
        as_is,
        "file.empty",
        "
error: data.csv is empty
  --> data.csv
   = help: check whether the file was written or copied completely",
    );
}

#[test]
fn header_without_rows() {
    let expected = "
error: data.csv holds no row of data
  --> data.csv
   = help: a file needs at least one row below its header; `header = false` says that the first line is a row";
    check("a,b\n", as_is, "data.no_rows", expected);
    check("\n\r\n", as_is, "data.no_rows", expected);
    check(
        "# only\n# comments",
        as_is,
        "data.only_comments",
        "
error: data.csv holds comments alone: 2 lines that begin with `#`
  --> data.csv
   = help: if these lines are rows, name another sign for comments: data.comment = \"none\"",
    );
}

#[test]
fn cut_gzip() {
    check(
        b"\x1f\x8b\x08\x00\x00",
        as_is,
        "file.broken_gzip",
        "
error: data.csv cannot be unpacked: unexpected end of file
  --> data.csv
   = help: the file was cut or is damaged; fetch or pack it again",
    );
}

#[test]
fn other_encodings() {
    check(
        b"a,y\n1,2\ncaf\xe9,3\n",
        as_is,
        "data.not_utf8",
        "
error: data.csv is not UTF-8: byte 12 belongs to no character
  --> data.csv:3:4
   = help: it seems to be Western European text: save the file as UTF-8 (Excel: \"CSV UTF-8\"), or convert it: iconv -f WINDOWS-1252 -t UTF-8",
    );
    // 가나,1 in UTF-8, then in CP949.
    check(
        ["a,y\n가나,1\n".as_bytes(), b"\xb0\xa1\xb3\xaa,2\n"].concat(),
        as_is,
        "data.mixed_encodings",
        "
error: data.csv holds lines in UTF-8 and lines in another encoding
  --> data.csv:3:1
   = help: convert the part that begins here to UTF-8, or put the files together again after both are in UTF-8",
    );
}

#[test]
fn ragged_rows_are_told_together() {
    check(
        "a,b,y\n1,2,0\n1,2,3,4\n1,2\n1,2,1\n",
        as_is,
        "data.ragged_row",
        r#"
error: row 2: expected 3 cells, found 4
  --> data.csv:3:7
   |
 3 | 1,2,3,4
   |       ^
   = help: correct the row; a cell that holds the separator needs quotes: "a, b"

error: row 3: expected 3 cells, found 2
  --> data.csv:4:3
   |
 4 | 1,2
   |   ^
   = help: correct the row; a cell that holds the separator needs quotes: "a, b""#,
    );
}

#[test]
fn lines_are_counted_over_comments_blanks_and_quoted_line_ends() {
    let (fault, _) =
        told(b"# c\n\na,y\r\n\"1\n2\",0\r\n\r\n# c\r\n\"\xea\xb0\x80\n,\",1,2\n3,4\n", as_is);
    let location = fault.location();
    assert_eq!(
        (fault.code(), location.line, location.column),
        ("data.ragged_row", Some(9), Some(6))
    );
}

#[test]
fn unclosed_quote() {
    check(
        "a,y\n1,0\n\"x,1\n3,0\n",
        as_is,
        "data.unclosed_quote",
        r#"
error: a quote is opened here and never closed
  --> data.csv:3:1
   |
 3 | "x,1
   | ^
   = help: close the quote; a quote inside a quoted cell is written twice: "say ""hi""""#,
    );
}

#[test]
fn repeated_names() {
    check(
        "a,b,a\n1,2,0\n",
        as_is,
        "data.duplicate_column",
        "
error: columns 1 and 3 are both named `a`
  --> data.csv:1:5
   |
 1 | a,b,a
   |     ^
   = help: rename one of them",
    );
    let fault = Dataset::rows(["x", "x"], [[1, 2]]).load().unwrap_err();
    assert_eq!(fault.code(), "data.duplicate_column");
}

#[test]
fn text_in_a_column_of_numbers() {
    let file = "키,몸무게,y\n1,2,0\n2,3,1\n3,4,0\n4,없음,1\n5,6,0\n";
    check(
        file,
        as_is,
        "data.not_a_number",
        r#"
error: column `몸무게`, row 4: `없음` is not a number; 4 of 5 values are
  --> data.csv:5:3
   |
 5 | 4,없음,1
   |   ^^^^
   = help: correct the value, or read the column as levels: data.columns.몸무게.type = "category", or name the word for a missing value: data.missing_values = ["없음"]"#,
    );
    // Both ways out that the help names.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.csv");
    std::fs::write(&path, file).unwrap();
    let data = Dataset::csv(&path).missing_values(["없음"]).load().unwrap();
    assert_eq!(data.column("몸무게").unwrap().values.missing(), 1);
    assert!(Dataset::csv(&path).column("몸무게", Column::category()).load().is_ok());
}

#[test]
fn infinite_numbers() {
    check(
        "a,y\n1,0\ninf,1\n2,0\n1e999,1\n",
        as_is,
        "data.infinite",
        "
error: column `a`, row 2: `inf` is not finite
  --> data.csv:3:1
   |
 3 | inf,1
   | ^^^
   = help: correct the value, or leave the cell empty when it is unknown

error: column `a`, row 4: `1e999` is not finite
  --> data.csv:5:1
   |
 5 | 1e999,1
   | ^^^^^
   = help: correct the value, or leave the cell empty when it is unknown",
    );
    let fault = Dataset::from_arrays(&[1], vec![1.0, f64::INFINITY], vec![0.0, 1.0]).load();
    assert_eq!(fault.unwrap_err().code(), "data.infinite");
    let fault = Dataset::from_arrays(&[1, 1], vec![1.0_f32, f32::NAN], vec![0_u8, 1]).load();
    assert_eq!(fault.unwrap_err().to_string(), "column `image`, row 2: `NaN` is not finite");
}

#[test]
fn commas_in_numbers() {
    check(
        "a;y\n1,5;0\n2,5;1\n",
        as_is,
        "data.comma_in_number",
        r#"
error: column `a`, row 1: `1,5` has a comma in a number
  --> data.csv:2:1
   |
 2 | 1,5;0
   | ^^^
   = help: write 1.5 instead of 1,5 and 1000 instead of 1,000; if these are no numbers, set data.columns.a.type = "category""#,
    );
}

#[test]
fn names_that_do_not_exist() {
    check(
        "area,price\n1,0\n2,1\n",
        |data| data.target("prise"),
        "data.unknown_target",
        "
error: no column `prise` to be the target; the columns are `area`, `price`
  --> data.csv:1:1
   |
 1 | area,price
   | ^^^^^^^^^^
   = help: did you mean `price`?",
    );
    check(
        "area,price\n1,0\n2,1\n",
        |data| data.target("3"),
        "data.unknown_target",
        "
error: no column `3` to be the target; the columns are `area`, `price`
  --> data.csv:1:1
   |
 1 | area,price
   | ^^^^^^^^^^
   = help: give the name of a column, or its number from 1",
    );
    check(
        "area,price\n1,0\n2,1\n",
        |data| data.column("Area", Column::ignore()),
        "data.unknown_column",
        "
error: no column `Area`; the columns are `area`, `price`
  --> data.csv:1:1
   |
 1 | area,price
   | ^^^^^^^^^^
   = help: did you mean `area`?",
    );
}

#[test]
fn targets_that_cannot_be_learned() {
    check(
        "a,y\n1,yes\n2,yes\n",
        as_is,
        "data.one_class",
        "
error: the target `y` has one class only: `yes`
  --> data.csv:1:3
   |
 1 | a,y
   |   ^
   = help: a network has nothing to tell apart; check the target and the rows that were kept",
    );
    check(
        "a,y\n1,7.5\n2,7.5\n",
        as_is,
        "data.constant_target",
        "
error: the target `y` is 7.5 in all 2 rows
  --> data.csv:1:3
   |
 1 | a,y
   |   ^
   = help: there is nothing to learn; check which column is the target",
    );
    let names: String = ('a'..='j').map(|name| format!("1,{name}\n")).collect();
    check(
        format!("a,y\n2,k\n{names}"),
        as_is,
        "data.labels_almost_unique",
        "
error: the target `y` has 11 classes in 11 rows
  --> data.csv:1:3
   |
 1 | a,y
   |   ^
   = help: almost every row has a class of its own; check the target, or set task = \"regression\" when it is a number",
    );
}

#[test]
fn several_targets() {
    let file = "a,y,z\n1,1.5,a\n2,2.5,b\n3,1,c\n";
    check(
        file,
        |data| data.targets(["y", "z"]),
        "data.mixed_targets",
        "
error: the targets are neither all numbers nor all yes/no
  --> data.csv
   = help: choose targets of one kind, or train one model for each",
    );
    check(
        file,
        |data| data.targets(["y", "z"]).task(Task::Classification),
        "data.one_target",
        "
error: classification has one target, found 2
  --> data.csv
   = help: name one target, or set task = \"multi_label\" when each is a yes or no",
    );
    check(
        "a,y,z\n1,1,a\n2,0,b\n3,1,c\n",
        |data| data.targets(["y", "z"]).task(Task::MultiLabel),
        "data.not_binary",
        "
error: column `z` has 3 levels, a binary column has 2: `a`, `b`, `c`
  --> data.csv:1:5
   |
 1 | a,y,z
   |     ^
   = help: use type = \"category\", or name words for missing values in data.missing_values",
    );
}

#[test]
fn nothing_left_to_learn_from() {
    check(
        "who,note,y\nkim,,1\nkim,,0\n",
        as_is,
        "data.no_inputs",
        "
error: no column is left to learn from: `who` (constant), `note` (empty), `y` (target)
  --> data.csv
   = help: give a column a type to keep it, e.g. data.columns.NAME.type = \"category\"; one wide column may mean another separator",
    );
    check(
        "a,y\n1,\n2,?\n",
        |data| data.target("y"),
        "data.all_dropped",
        "
error: none of 2 rows is left after rows with missing values are dropped
  --> data.csv
   = help: check the target and the columns with missing = \"drop\"",
    );
}

#[test]
fn missing_values_that_a_policy_forbids() {
    check(
        "a,y\n1,0\n,1\nNA,1\n",
        |data| data.column("a", Column::number().missing(Missing::Error)),
        "data.missing_value",
        "
error: column `a`, row 2: the value is missing (2 in all), and missing = \"error\" forbids it
  --> data.csv:3:1
   |
 3 | ,1
   | ^
   = help: fill in the value, or choose another policy, e.g. missing = \"median\"",
    );
}

#[test]
fn words_that_do_not_fit() {
    check(
        "a,y\nx,0\nz,1\nw,1\n",
        |data| data.column("a", Column::inferred().missing(Missing::Mean)),
        "data.word_does_not_fit",
        "
error: column `a`: missing = \"mean\" does not fit a column of type category
  --> data.csv:1:1
   |
 1 | a,y
   | ^
   = help: leave the key out, or give the column another type",
    );
    let rows =
        || Dataset::rows(["a", "b", "y"], [["1", "x", "0"], ["2", "z", "1"], ["3", "w", "1"]]);
    for (column, said) in [
        ("a", Column::image()),
        ("a", Column::inferred().missing(Missing::constant("none"))),
        ("a", Column::inferred().missing(Missing::Category)),
        ("a", Column::inferred().scaling(Scaling::Unit)),
        ("a", Column::inferred().encoding(ikhim_data::Encoding::OneHot)),
        ("a", Column::inferred().handle_unknown(ikhim_data::HandleUnknown::Ignore)),
        ("b", Column::inferred().scaling(Scaling::Standard)),
        ("b", Column::inferred().transform(ikhim_data::Transform::Log)),
        ("y", Column::inferred().missing(Missing::MostFrequent)),
        ("y", Column::inferred().handle_unknown(ikhim_data::HandleUnknown::Ignore)),
        ("y", Column::text()),
    ] {
        let fault = rows().column(column, said.clone()).load().expect_err(&format!("{said:?}"));
        assert_eq!(fault.code(), "data.word_does_not_fit", "{said:?}");
    }
}

#[test]
fn a_count_that_the_first_line_does_not_keep() {
    check(
        "3,2,no,yes\n1,2,0\n3,4,1\n",
        as_is,
        "data.row_count",
        "
error: the first line announces 3 rows, the file has 2
  --> data.csv:1:1
   |
 1 | 3,2,no,yes
   | ^
   = help: the file was cut, or its first line is out of date",
    );
    // An ideographic blank is a blank of three bytes.
    let (fault, _) = told("\u{3000}3,2,no,yes\n1,2,0\n3,4,1\n".as_bytes(), as_is);
    assert_eq!((fault.code(), fault.location().width), ("data.row_count", Some(2)));
}

#[test]
fn sets_and_arrays_that_do_not_exist() {
    let fault = Dataset::named("digit").load().unwrap_err();
    assert_eq!(fault.code(), "data.unknown_set");
    assert_eq!(
        fault.to_string(),
        "no data set `digit`; ikhim carries digits, iris, wine, breast_cancer"
    );
    assert_eq!(fault.help_text(Language::Korean).as_deref(), Some("혹시 `digits`인가요?"));
    let fault = Dataset::from_arrays(&[2], vec![1.0, 2.0, 3.0], vec![0.0, 1.0]).load().unwrap_err();
    assert_eq!(fault.to_string(), "3 elements do not make 2 rows of shape [2]");
    let fault = Dataset::from_arrays(&[0], Vec::<f64>::new(), Vec::<f64>::new()).load();
    assert_eq!(fault.unwrap_err().code(), "data.array_length");
    let fault = Dataset::rows(["a", "y"], [[1.0, 2.0]; 0]).load().unwrap_err();
    assert_eq!(fault.code(), "data.no_rows");
}

#[test]
fn a_column_beyond_what_squares_can_hold() {
    let rows = |power: &str| -> String {
        let rows = (0..30).map(|row| format!("{row},{}e{power}\n", row + 1));
        "a,y\n".chars().chain(rows.collect::<String>().chars()).collect()
    };
    let fault = |content: &str| told(content.as_bytes(), |builder| builder.target("y")).0;
    let large = fault(&rows("200"));
    assert_eq!((large.code(), large.location().line), ("data.too_large", Some(31)));
    assert_eq!(
        large.to_string(),
        "column `y`, row 30: 3e201 is too large to compute with; at most 1.0e150"
    );
    let small = fault(&rows("-200"));
    assert_eq!((small.code(), small.argument("column")), ("data.too_small", Some("y")));
    assert_eq!(small.argument("power"), Some("1e199"));
    // One cell of an input is named too.
    let one = fault("a,y\n1,2\n-1e308,3\n3,4\n");
    assert_eq!((one.code(), one.argument("column")), ("data.too_large", Some("a")));
    assert_eq!((one.location().line, one.location().column), (Some(3), Some(1)));
    // Numbers of astronomy are computed with, and so is the logarithm of any input.
    let loaded = |content: &str, column: Column| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.csv");
        std::fs::write(&path, content).unwrap();
        Dataset::csv(&path).target("y").column("a", column).load().map(|data| data.len())
    };
    let wide = "a,y\n1e44,2\n3e51,3\n3e30,4\n";
    assert_eq!(loaded(wide, Column::number()).unwrap(), 3);
    let logarithm = Column::number().transform(ikhim_data::Transform::Log);
    assert_eq!(loaded("a,y\n1e200,2\n3e210,3\n3e30,4\n", logarithm).unwrap(), 3);
    // What is not scaled goes into the network in single precision.
    let as_it_is = loaded(wide, Column::number().scaling(Scaling::None)).unwrap_err();
    assert_eq!((as_it_is.code(), as_it_is.argument("most")), ("data.too_large", Some("3.4e38")));
}

#[test]
fn a_day_that_the_calendar_lacks() {
    let days = ["2024-02-27", "2024-02-28", "2024-02-30", "2024-03-01", "2024-03-02"];
    let rows: String =
        days.iter().enumerate().map(|(row, day)| format!("{day},{row},{}\n", row * 2)).collect();
    let (fault, _) = told(format!("day,a,y\n{rows}").as_bytes(), as_is);
    assert_eq!((fault.code(), fault.found()), ("data.no_day", Some("2024-02-30")));
    assert_eq!((fault.location().line, fault.location().column), (Some(4), Some(1)));
}

#[test]
fn lines_of_json() {
    let fault = |content: &str| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.jsonl");
        std::fs::write(&path, content).unwrap();
        Dataset::path(&path).load().unwrap_err()
    };
    let twice = fault("{\"a\": 1, \"y\": 2}\n{\"a\": 1, \"a\": 99, \"y\": 3}\n");
    assert_eq!((twice.code(), twice.location().line), ("data.json_repeated", Some(2)));
    assert_eq!((twice.argument("column"), twice.found()), (Some("a"), Some("99")));
    let cut = fault("{\"a\": 1, \"y\": 2}\n{\"a\": 1, \"y\": 2}\n{\"a\": 1, \"y\"");
    assert_eq!((cut.code(), cut.location().line), ("data.json_line", Some(3)));
    assert!(!cut.to_string().contains("line 1"), "{cut}");
    let nan = fault("{\"a\": NaN, \"y\": 2}\n");
    assert_eq!((nan.location().line, nan.location().column), (Some(1), Some(7)));
    for document in ["[{\"a\": 1}, {\"a\": 2}]\n", "\n[\n{\"a\": 1}\n]\n", "{\n\"a\": 1\n}\n"] {
        assert_eq!(fault(document).code(), "data.json_document", "{document}");
    }
}

#[test]
fn values_that_another_sign_separates() {
    for (sign, expected) in [("|", "data.separator = \"|\""), (" ", "data.separator = \" \"")] {
        let rows: String = (0..12).map(|row| format!("{row}{sign}{}\n", row * 2)).collect();
        let content = format!("a{sign}y\n{rows}");
        let (fault, [english, _]) = told(content.as_bytes(), |builder| builder.target("y"));
        assert_eq!(fault.code(), "data.unknown_target");
        assert!(english.contains(expected), "{english}");
    }
}

#[test]
fn a_value_of_json_is_told_with_its_own_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.jsonl");
    let rows = (1..=20).map(|row| match row {
        12 => "{\"y\": 0, \"x\": \"word\"}\n".to_string(),
        row => format!("{{\"y\": {}, \"x\": {row}}}\n", row % 2),
    });
    std::fs::write(&path, rows.collect::<String>()).unwrap();
    let fault = Dataset::path(&path).target("y").load().unwrap_err();
    let place = (fault.location().line, fault.location().column);
    assert_eq!((fault.code(), place), ("data.not_a_number", (Some(12), Some(1))));
}

#[test]
fn a_long_cell_is_told_by_its_beginning() {
    let long = "word ".repeat(20_000);
    let (fault, shown) = told(format!("a,y\n1,0\n2,1\n3,0\n4,1\n{long},0\n").as_bytes(), as_is);
    assert_eq!(fault.code(), "data.not_a_number");
    for block in shown {
        assert!(block.contains("word… (99999)`"), "{block}");
        assert!(block.len() < 800, "{}", block.len());
    }
}

/// R and some exports end each row, but not the names, with a separator.
#[test]
fn rows_that_end_with_a_separator() {
    let rows = |count: usize, end: &str| -> String {
        (0..count).map(|row| format!("{row}.5,{},{}{end}\n", row * 3 % 7, row % 2)).collect()
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.csv");
    let load = |text: &str| {
        std::fs::write(&path, text).unwrap();
        Dataset::csv(&path).load()
    };
    // The second size is read by stretches on all cores.
    for count in [40, 200_000] {
        let plain = load(&format!("a,b,y\n{}", rows(count, ""))).unwrap();
        let ended = load(&format!("a,b,y\n{}", rows(count, ","))).unwrap();
        assert_eq!(ended.columns(), plain.columns());
        assert_eq!(ended.row_hashes(), plain.row_hashes());
        let told = |data: &Dataset| {
            data.notices().iter().any(|notice| notice.code() == "data.trailing_separator")
        };
        assert!(told(&ended) && !told(&plain));
    }
    // What stands there in one row is a value without a name.
    let value = format!("a,b,y\n{}7,7,1,9\n", rows(300, ","));
    let fault = load(&value).unwrap_err();
    assert_eq!((fault.code(), fault.location().line), ("data.ragged_row", Some(302)));
}

#[test]
fn one_row_of_zeros_and_ones_is_no_column_of_two_levels() {
    let fault = told(b"a,b,y\n1,2,0\n", as_is).0;
    assert_eq!(fault.code(), "data.one_class");
}

#[test]
fn splits_are_told_with_their_line() {
    use ikhim_data::Split;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.csv");
    let days = (1..=28).map(|day| match day {
        12 => "12,,,,0\n".to_string(),
        day => format!("{day},g{},2024-01-{day:02},train,{}\n", day % 5, day % 2),
    });
    std::fs::write(&path, format!("x,who,day,part,y\n{}", days.collect::<String>())).unwrap();
    let data = Dataset::csv(&path).target("y").load().unwrap();
    for (split, code, column) in [
        (Split::group("who"), "data.group_missing", 4),
        (Split::time_by("day"), "data.no_moment", 5),
        (Split::column("part"), "data.split_word", 6),
    ] {
        let fault = data.split(split).unwrap_err();
        let place = (fault.location().line, fault.location().column);
        assert_eq!((fault.code(), place), (code, (Some(13), Some(column))), "{fault}");
    }
    let unknown = data.split(Split::group("whom")).unwrap_err();
    assert_eq!(unknown.to_string(), "split.group = `whom`: there is no such column");
    assert!(unknown.help_text(Language::Korean).unwrap().contains("`who`"));
    let unknown = data.split(Split::time_by("zz")).unwrap_err();
    assert_eq!(unknown.to_string(), "split.column = `zz`: there is no such column");
    assert!(unknown.help_text(Language::English).unwrap().contains("`x`, `who`, `day`"));
}

#[test]
fn too_few_groups_are_counted_as_groups() {
    use ikhim_data::Split;
    let rows = |groups: i32| {
        (0..60)
            .map(move |row| [row.to_string(), format!("g{}", row % groups), (row % 2).to_string()])
    };
    let load = |groups| Dataset::rows(["x", "who", "y"], rows(groups)).target("y").load().unwrap();
    let one = load(1).split(Split::group("who")).unwrap();
    let told = one.report.notices.iter().find(|notice| notice.code() == "split.no_validation");
    let told = told.unwrap().to_string();
    assert!(told.contains("of one `who`") && told.contains("groups is 1."), "{told}");
    // Of three groups one is sealed.
    for (groups, open) in [(1, "1"), (3, "2")] {
        let fault = load(groups).split(Split::group("who").fold(1, 5)).unwrap_err();
        assert_eq!(fault.code(), "data.folds_of_groups");
        assert_eq!(fault.argument("groups"), Some(open));
    }
    assert!(load(12).split(Split::group("who").fold(1, 5)).is_ok());
}
