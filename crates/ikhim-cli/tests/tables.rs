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

#[test]
fn predictions_keep_the_order_of_the_file_and_replace_earlier_ones() {
    let project = tempfile::tempdir().unwrap();
    let at = |name: &str| project.path().join(name);
    let rows = (0..60).map(|row| {
        let flag = ["no", "yes"][usize::from(row % 10 > 4)];
        format!("{},{},{flag}\n", row % 10, row % 7)
    });
    std::fs::write(at("table.csv"), format!("a,b,flag\n{}", rows.collect::<String>())).unwrap();
    ikhim(project.path(), &["train", "table.csv", "--epochs", "3", "--out", "run"]);
    std::fs::write(at("new.csv"), "note,b,a\nx,1,2\ny,2,\n").unwrap();
    ikhim(project.path(), &["predict", "run", "new.csv", "-o", "first.csv"]);
    let first = std::fs::read_to_string(at("first.csv")).unwrap();
    assert!(
        first.starts_with("note,b,a,prediction,probability_no,probability_yes\nx,1,2,"),
        "{first}"
    );

    // What was written is read again, and each answer stands there once.
    let again = ikhim(project.path(), &["predict", "run", "first.csv", "-o", "second.csv"]);
    assert_eq!(std::fs::read_to_string(at("second.csv")).unwrap(), first);
    let told = String::from_utf8(again.stderr).unwrap();
    assert!(told.contains("columns of an earlier prediction give way"), "{told}");

    // A row of the command line is told what a row of a file is.
    let typed = ikhim(project.path(), &["predict", "run", "--row", ",1"]);
    let told = String::from_utf8(typed.stderr).unwrap();
    assert!(told.contains("missing values and what is done: `a` 1 (mean)"), "{told}");
}

#[test]
fn a_network_that_is_no_number_is_ahead_of_nothing_and_can_be_tested() {
    let project = tempfile::tempdir().unwrap();
    let rows = (0..60).map(|row| format!("{},{}\n", row % 10, row % 7));
    let table = format!("a,y\n{}", rows.collect::<String>());
    std::fs::write(project.path().join("table.csv"), table).unwrap();
    let file = "[data]\npath = 'table.csv'\ntarget = 'y'\ntask = 'regression'\n\
                [training]\nepochs = 2\nlearning_rate = 1e38\noptimizer = 'sgd'\n\
                on_nonfinite = 'continue'\n";
    std::fs::write(project.path().join("table.toml"), file).unwrap();
    let trained = ikhim(project.path(), &["train", "table.toml", "--out", "run", "--no-doctor"]);
    let told = String::from_utf8(trained.stdout).unwrap();
    if told.contains("validation rmse nan") {
        assert!(told.contains("The network has no rmse on these rows"), "{told}");
    }
    assert!(!told.contains("is ahead of"), "{told}");
    ikhim(project.path(), &["test", "run", "--yes"]);
}
