//! Files that cannot be learned from.

use crate::case::{case, check, text};
use crate::project::{Project, good, with_fourth_row};
use std::fs;
use std::process::Command;

/// "면적,방,가격" as the code page 949 of Windows has it.
const CP949: &[u8] = b"\xb8\xe9\xc0\xfb,\xb9\xe6,\xb0\xa1\xb0\xdd";

#[test]
fn data_that_cannot_be_read_or_learned() {
    let project = Project::new();
    let tables = [
        ("empty.csv", String::new()),
        ("header.csv", "a,b,y\n".to_string()),
        ("ragged.csv", "a,b,y\n1,2,3\n4,5\n6,7,8\n9,1,2,3\n".to_string()),
        ("quote.csv", "a,b,y\n1,\"x,3\n2,3,4\n".to_string()),
        ("same.csv", good().replacen("a,b", "a,a", 1)),
        ("word.csv", with_fourth_row("x12,6,8")),
        ("infinite.csv", with_fourth_row("4,inf,8")),
        ("one_class.csv", good().lines().map(|line| format!("{line},cat\n")).collect()),
        ("twice.csv", good().replacen("a,b,y\n", "a,b,y\nm,kg,won\n", 1)),
        (
            "prices.csv",
            (0..30).map(|row| format!("\"{},000\",{row},{}\n", row + 1, row * 2)).collect(),
        ),
        ("comments.csv", "# a\n# b\n".to_string()),
        ("stray.csv", good().replacen("a,b,y\n", "a,b,y\n\"1,2,3\n2,3,4\n\"3,4,5\n", 1)),
        ("names.csv", (0..30).map(|row| format!("{row},{},name{row}\n", row % 7)).collect()),
        (
            "houses.csv",
            std::iter::once("a,house,y\n".to_string())
                .chain((0..30).map(|row| format!("{row},h{},{}\n", row % 2, row % 7)))
                .collect(),
        ),
        ("flat.csv", (0..30).map(|row| format!("{row},{},1.5\n", row % 7)).collect()),
        ("zero.csv", with_fourth_row("4,\0,8")),
        ("집값.csv", good().replacen("a,b,y", "면적,방,가격", 1)),
    ];
    for (name, content) in tables {
        project.write(name, content.as_bytes());
    }
    project.write("mixed.csv", &["면적,방,가격\n1,2,3\n".as_bytes(), CP949, b"\n1,2,3\n"].concat());
    project.write("latin.csv", b"drink,y\ncaf\xe9,1\ntea,2\n");
    project.write("rows.jsonl", b"{\"a\": 1, \"y\": 2}\n{\"a\": [1, 2], \"y\": 3}\n");
    project.write("list.jsonl", b"[\n{\"a\": 1}\n]\n");
    project.write("dates.csv", b"day,a,y\n2024-01-01,1,2\n01/02/2024,2,3\n2024-01-03,3,4\n");
    project.write("workbook.xlsx", b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00\xff\xa4");
    project.write("program.csv", b"\x7fELF\x02\x01\x01\x00\x00\x00\xf7\xff\n\x00");
    project.write("cut.csv.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b");
    project.write("folder/notes.txt", b"nothing to learn from");
    let cases = [
        case("train missing.csv", 1, "file.missing", "missing.csv", "relative to the current"),
        case("train irys", 2, "usage.no_data", "", "did you mean the data set `iris`"),
        case("train nothing", 2, "usage.no_data", "", "`ikhim data list`"),
        case("train empty.csv", 1, "file.empty", "empty.csv", "copied completely"),
        case("train header.csv", 1, "data.no_rows", "header.csv", "header = false"),
        case("train folder", 1, "file.is_folder", "folder", "name the file in it"),
        case(
            "train ragged.csv",
            1,
            "data.ragged_row",
            "ragged.csv:3:3",
            "expected 3 cells, found 2",
        )
        .others(1),
        case("train quote.csv", 1, "data.unclosed_quote", "quote.csv:2:3", "close the quote"),
        case("train stray.csv", 1, "data.stray_quote", "stray.csv:2:1", "else delete it"),
        case("train comments.csv", 1, "data.only_comments", "comments.csv", "another sign"),
        case("train same.csv", 1, "data.duplicate_column", "same.csv:1:3", "rename one"),
        case("train word.csv", 1, "data.not_a_number", "word.csv:5:1", "correct the value"),
        case("train twice.csv", 1, "data.second_header", "twice.csv:2:1", "`m`, `kg`, `won`"),
        case("train prices.csv", 1, "data.comma_in_number", "prices.csv:1:1", "1000 instead of"),
        case("train names.csv", 1, "data.labels_almost_unique", "names.csv", "check the target"),
        case("train flat.csv", 1, "data.constant_target", "flat.csv", "nothing to learn"),
        case("train zero.csv", 1, "data.not_utf8", "zero.csv:5:3", "this is no text"),
        case("train infinite.csv", 1, "data.infinite", "infinite.csv:5:3", "leave the cell empty"),
        case("train one_class.csv", 1, "data.one_class", "one_class.csv:1:7", "check the target"),
        case(
            "train mixed.csv",
            1,
            "data.mixed_encodings",
            "mixed.csv:3:1",
            "put the files together",
        ),
        case("train latin.csv", 1, "data.not_utf8", "latin.csv:2:4", "save the file as UTF-8"),
        case("train rows.jsonl", 1, "data.json_nested", "rows.jsonl:2:1", "a field of its own"),
        case("train list.jsonl", 1, "data.json_document", "list.jsonl:1:1", "jq -c"),
        case(
            "train dates.csv --set split.method=time --set split.column=day",
            1,
            "data.no_moment",
            "dates.csv:3:1",
            "write dates as 2024-01-31",
        ),
        case(
            "train good.csv --set split.method=group --set split.group=house",
            1,
            "data.unknown_split_column",
            "--set:1:13",
            "the columns are `a`, `b`, `y`",
        ),
        case(
            "train good.csv --set split.method=none --set split.test=0.2",
            2,
            "experiment.unknown_key",
            "--set:1:7",
            "this is `none`",
        ),
        case("train good.csv --folds 100", 1, "data.folds", "", "2 folds at least"),
        case(
            "train good.csv --folds 3 --set split.method=time",
            2,
            "experiment.unknown_key",
            "--set:1:7",
            "this is `time`",
        ),
        case(
            "train houses.csv --folds 5 --set split.method=group --set split.group=house",
            1,
            "data.folds_of_groups",
            "",
            "take fewer folds",
        ),
        case("tune good.csv", 2, "experiment.no_tune", "", "add a section [tune]"),
        case(
            "train workbook.xlsx",
            1,
            "data.not_utf8",
            "workbook.xlsx:1:15",
            "a workbook of Excel",
        ),
        case("train program.csv", 1, "data.not_utf8", "program.csv:1:11", "this is no text"),
        case("train cut.csv.gz", 1, "file.broken_gzip", "cut.csv.gz", "fetch or pack it again"),
        case("data show missing.csv", 1, "file.missing", "missing.csv", "relative to the current"),
        case("init missing.csv", 1, "file.missing", "missing.csv", "relative to the current"),
        case(
            "train good.csv --target price",
            1,
            "data.unknown_target",
            "good.csv:1:1",
            "the columns are `a`, `b`, `y`",
        ),
        case(
            "train 집값.csv --target 가겨",
            1,
            "data.unknown_target",
            "집값.csv:1:1",
            "did you mean `가격`?",
        ),
    ];
    check(&project, "data", true, &cases);
}

/// Without `--target` the last column is one, and that is said; a value that is
/// missing is filled in, and that is said.
#[test]
fn what_is_guessed_is_said() {
    let project = Project::new();
    project.write("hole.csv", with_fourth_row("NaN,6,8").as_bytes());
    let output = project.ikhim(&["train", "hole.csv", "--epochs", "1", "--out", "hole"]);
    let told = text(output.stdout);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains("no target is named: the last column, `y`, is taken"), "{told}");
    assert!(told.contains("missing values and what is done: `a` 1 (mean)"), "{told}");

    project.write("집값.csv", good().replacen("a,b,y", "면적,방,가격", 1).as_bytes());
    let output =
        project.ikhim(&["train", "집값.csv", "--epochs", "1", "--out", "집", "--lang", "ko"]);
    let told = text(output.stdout);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains("마지막 열 `가격`을(를) 목표로 삼습니다"), "{told}");
    // Excel in Korea writes CP949.
    let rows = good().replacen("a,b,y", "", 1);
    project.write("cp949.csv", &[CP949, rows.as_bytes()].concat());
    let output = project.ikhim(&["train", "cp949.csv", "--epochs", "1", "--out", "949"]);
    let told = text(output.stdout);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains("the file is read as CP949") && told.contains("`가격`"), "{told}");
    let output = project.ikhim(&["predict", "집", "--row", "3,4"]);
    assert!(text(output.stdout).starts_with("면적,방,prediction\n3,4,"));
}

/// Whoever may read everything loses that in a user namespace of its own, so
/// that the test means something there too.
#[cfg(unix)]
#[test]
fn a_file_without_permission_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::new();
    project.write("secret.csv", good().as_bytes());
    let path = project.path().join("secret.csv");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    let mut output = project.ikhim(&["train", "secret.csv", "--json"]);
    if output.status.success() {
        let apart = Command::new("unshare")
            .args(["--user", env!("CARGO_BIN_EXE_ikhim"), "train", "secret.csv", "--json"])
            .current_dir(project.path())
            .output();
        match apart {
            Ok(apart) if apart.status.code() == Some(1) && !apart.stdout.is_empty() => {
                output = apart;
            }
            _ => return println!("skipped: this user may read every file"),
        }
    }
    let told = text(output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains(r#""code":"file.no_permission""#), "{told}");
    assert!(
        told.contains(r#""message":"secret.csv: no permission","file":"secret.csv""#),
        "{told}"
    );
}
