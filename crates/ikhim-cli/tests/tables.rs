//! A table with embedded levels through the command: train, trace, predict.

use std::path::Path;
use std::process::{Command, Output};

fn ikhim(project: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ikhim"));
    let output = command.current_dir(project).args(arguments).args(["--lang", "en"]).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    output
}

#[test]
fn embedded_levels_from_an_experiment_file_to_an_unseen_level() {
    let project = tempfile::tempdir().unwrap();
    let rows = (0..60).map(|row| format!("{},{},{}\n", row % 5, ["a", "b", "c"][row % 3], row % 3));
    let file = "[data]\npath = 'table.csv'\nheader = ['size', 'kind', 'price']\ncomment = '%'\n\
                target = 'price'\ntask = 'regression'\n\
                [data.columns]\nkind = { type = 'category', encoding = 'embedding' }\n\
                [model]\nhidden = [4]\n[training]\nepochs = 3\n";
    std::fs::write(project.path().join("table.csv"), rows.collect::<String>()).unwrap();
    std::fs::write(project.path().join("table.toml"), file).unwrap();
    ikhim(project.path(), &["train", "table.toml", "--out", "run"]);
    let traced = ikhim(project.path(), &["trace", "run", "--row", "1", "--equation"]);
    let traced = String::from_utf8(traced.stdout).unwrap();
    assert!(traced.contains("columns/kind.embeddings"), "{traced}");
    let predicted = ikhim(project.path(), &["predict", "run", "--row", "2,d"]);
    let (table, warning) = (predicted.stdout, String::from_utf8(predicted.stderr).unwrap());
    let table = String::from_utf8(table).unwrap();
    assert!(table.starts_with("size,kind,prediction\n2,d,"), "{table}");
    assert!(warning.contains("no train row has the level `d` of `kind`"), "{warning}");
    // A new file is read as the experiment said of the first one: no record
    // names the columns, and `%` starts a comment.
    std::fs::write(project.path().join("new.csv"), "% two rows\n2,a\n3,b\n").unwrap();
    let predicted = String::from_utf8(ikhim(project.path(), &["predict", "run", "new.csv"]).stdout);
    let lines: Vec<String> = predicted.unwrap().lines().map(str::to_string).collect();
    assert_eq!((lines.len(), lines[0].as_str()), (3, "size,kind,prediction"));
    assert!(lines[1].starts_with("2,a,") && lines[2].starts_with("3,b,"), "{lines:?}");
}
