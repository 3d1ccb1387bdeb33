//! Tables and folders of sentences, learned by one command.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

fn said(project: &Path, arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_ikhim"))
        .current_dir(project)
        .args(arguments)
        .args(
            ["--no-doctor", "--json"]
                .iter()
                .filter(|flag| arguments[0] == "train" || **flag == "--json"),
        )
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| {
        panic!("{}", String::from_utf8_lossy(&output.stderr).chars().take(500).collect::<String>())
    })
}

/// Sentences about weather and about food, no two of them equal.
fn sentence(row: usize) -> (String, &'static str) {
    let who = ["나는", "우리는", "친구는", "동생은", "선생님은"][row % 5];
    let when = ["오늘", "어제", "내일", "주말에"][row / 5 % 4];
    let (what, label) = match row % 2 {
        0 => (["비를 맞았다", "눈을 봤다", "바람을 느꼈다"][row / 20 % 3], "날씨"),
        _ => (["김밥을 먹었다", "라면을 끓였다", "떡볶이를 샀다"][row / 20 % 3], "음식"),
    };
    (format!("{who} {when} {what} {row}번"), label)
}

#[test]
fn a_column_of_sentences_is_learned_and_new_ones_are_answered() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    let rows: String = (0..240)
        .map(|row| {
            let (text, label) = sentence(row);
            let text = if row % 60 == 7 { String::new() } else { text };
            format!("\"{text}\",{},{label}\n", row * 7 % 11)
        })
        .collect();
    std::fs::write(project.join("글.csv"), format!("말,수,갈래\n{rows}")).unwrap();
    let run = said(project, &["train", "글.csv", "--target", "갈래"]);
    assert_eq!(run["status"], "completed", "{run}");
    assert!(run["validation"]["metrics"]["accuracy"].as_f64().unwrap() >= 0.9, "{run}");
    let notices = run["notices"].to_string();
    assert!(notices.contains("data.text_inputs"), "{notices}");

    // Words that no train row has, of pieces that some have; and no text at all.
    let new = "말,수\n할머니는 비를 맞으셨다,3\n\"라면을 끓이고, 김밥을 말았다\",3\n,3\n";
    std::fs::write(project.join("new.csv"), new).unwrap();
    let answers = said(project, &["predict", "latest", "new.csv"]);
    let answers = answers["predictions"].as_array().unwrap();
    assert_eq!(
        (&answers[0]["prediction"], &answers[1]["prediction"]),
        (&"날씨".into(), &"음식".into())
    );
    assert_eq!(answers.len(), 3);

    // The resolved experiment says what is done to text; it can be said otherwise.
    let path = project.join(run["run"].as_str().unwrap()).join("experiment.toml");
    let resolved = std::fs::read_to_string(path).unwrap();
    assert!(resolved.contains("tf_idf"), "{resolved}");
    for (setting, width) in [
        ("data.columns.\"말\".encoding={type='tf_idf', max_features=50}", 51),
        ("data.columns.\"말\".encoding=hash", 1025),
        ("data.columns.\"말\".type=ignore", 1),
    ] {
        let checked = said(project, &["check", "글.csv", "--target", "갈래", "--set", setting]);
        let first = &checked["layers"][0]["parameters"];
        let units = 64;
        assert_eq!(first, &Value::from((width + 1) * units), "{setting}: {checked}");
    }
    let wrong =
        ["check", "글.csv", "--target", "갈래", "--set", "data.columns.\"말\".encoding=one_hot"];
    assert_eq!(
        said(project, &wrong)["error"]["code"],
        "data.word_does_not_fit",
        "as text it has terms"
    );
}

#[test]
fn a_folder_of_texts_has_a_class_for_each_folder() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    for row in 0..60 {
        let (text, label) = sentence(row);
        let folder = project.join("글").join(label);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{row}.txt")), text).unwrap();
    }
    std::fs::write(project.join("글/날씨/표.csv"), "x").unwrap();
    let run = said(project, &["train", "글", "--epochs", "40"]);
    assert_eq!(run["status"], "completed", "{run}");
    assert_eq!((&run["train"]["n"], &run["test"]["n"]), (&42.into(), &9.into()));
    assert!(run["notices"].to_string().contains("표.csv"), "{run}");
    std::fs::create_dir(project.join("new")).unwrap();
    std::fs::write(project.join("new/a.txt"), "우리는 라면을 끓였다").unwrap();
    let answers = said(project, &["predict", "latest", "new"]);
    assert_eq!(answers["predictions"][0]["prediction"], "음식", "{answers}");

    std::fs::write(project.join("글/밖.txt"), "밖").unwrap();
    let fault = said(project, &["train", "글"]);
    assert_eq!(fault["error"]["code"], "data.no_class_folder", "{fault}");
}

/// 11,823 questions and answers of which scikit-learn's network with 2,000 terms of
/// each column gets 0.84 (`bench/tables.py`).
#[test]
fn korean_chat_is_learned_by_one_command() {
    let folder = std::env::var_os("IKHIM_SHARED_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let file = folder.join("text/ChatbotData-ko.csv");
    if !file.exists() {
        let required = std::env::var_os("IKHIM_REQUIRE_DATA").is_some_and(|word| word == "1");
        assert!(!required, "{} is missing", file.display());
        println!("skipped: text/ChatbotData-ko.csv needs the reference data");
        return;
    }
    let project = tempfile::tempdir().unwrap();
    let path = file.to_str().unwrap();
    let run = said(project.path(), &["train", path, "--target", "label", "--epochs", "4"]);
    let accuracy = run["validation"]["metrics"]["accuracy"].as_f64().unwrap();
    assert!(accuracy >= 0.84, "validation accuracy {accuracy}");
}
