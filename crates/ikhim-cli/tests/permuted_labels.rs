//! Whoever permutes the labels inside the sealed part changes nothing that a
//! person or a program sees before the seal is opened: not a weight, not a
//! choice, not a number or a figure of the page. Only the hash of the file and
//! the ledger know.

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

fn ikhim(project: &Path, arguments: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ikhim"));
    let command = command.current_dir(project).args(arguments).args(["--json", "--threads", "2"]);
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{arguments:?}: {text}");
    serde_json::from_str(&text).unwrap()
}

/// A share in [0, 1) that looks drawn, from a row and a purpose (the finalizer of
/// SplitMix64).
fn share(row: usize, purpose: u64) -> f64 {
    let mut bits = (row as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(purpose << 32);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

const ROWS: usize = 160;

/// A table: a date, a house of four rows, a part, numbers, a level, and targets of
/// three kinds.
fn table(labels: &[usize]) -> String {
    let mut text = "day,house,part,a,b,kind,class,price,yes,no\n".to_string();
    for row in 0..ROWS {
        let (day, label) = (row * 37 % ROWS, labels[row]);
        let (a, b) = (share(label, 1), share(label, 2));
        let part = ["train", "train", "validation", "test"][row % 4];
        let kind = ["red", "green", "blue"][(share(row, 3) * 3.0) as usize];
        text += &format!(
            "2024-{:02}-{:02},house {},{part},{:.4},{:.4},{kind},{},{:.4},{},{}\n",
            1 + day / 28,
            1 + day % 28,
            row / 4,
            share(row, 1),
            share(row, 2),
            if a + b > 1.0 { "high" } else { "low" },
            3.0 * a - b + 0.1 * share(label, 4),
            usize::from(a > 0.4),
            usize::from(b > 0.6),
        );
    }
    text
}

/// All files below a folder with what may not differ of them.
fn kept(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(place) = waiting.pop() {
        for entry in std::fs::read_dir(&place).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
                continue;
            }
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            // Events carry the moment of each number, and the ledger the hash of
            // the sealed rows.
            if name.starts_with("events.") || name == "ledger.jsonl" {
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let bytes = match name.as_str() {
                "report.html" => without_facts(&bytes),
                "experiment.toml" | "winner.toml" => without_lines(&bytes, "sha256 = "),
                name if name.ends_with(".json") || name.ends_with(".jsonl") => {
                    without_times(&bytes)
                }
                "trials.csv" => without_last_column(&bytes),
                _ => bytes,
            };
            found.insert(path.strip_prefix(folder).unwrap().to_path_buf(), bytes);
        }
    }
    found
}

/// The page without the line of duration and moment at its top, and without the
/// hash of the file.
fn without_facts(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let start = text.find("<ul class=\"facts\">").unwrap();
    let end = start + text[start..].find("</ul>").unwrap();
    let text = text[..start].to_string() + &text[end..];
    let without = |text: String, before: &str, behind: &str| {
        let mut parts = text.split(before);
        let first = parts.next().unwrap().to_string();
        parts.fold(first, |text, part| text + part.split_once(behind).map_or("", |(_, it)| it))
    };
    without(without(text, "sha256 = ", ","), "sha256 <code>", "</code>").into()
}

fn without_lines(bytes: &[u8], beginning: &str) -> Vec<u8> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let cut = |line: &str| match line.split_once(beginning) {
        Some((before, after)) => before.to_string() + after.split_once(',').map_or("", |it| it.1),
        None => line.to_string(),
    };
    text.lines().map(|line| cut(line) + "\n").collect::<String>().into()
}

fn without_last_column(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    text.lines()
        .map(|line| line.rsplit_once(',').unwrap().0.to_string() + "\n")
        .collect::<String>()
        .into()
}

fn without_times(bytes: &[u8]) -> Vec<u8> {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for name in
                    ["seconds", "started", "ended", "created", "data_hash", "ledger_head", "sha256"]
                {
                    fields.remove(name);
                }
                // The page holds the text of the experiment, which names the hash
                // of the file.
                for field in fields.values_mut() {
                    strip(field);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            Value::String(text) if text.contains("sha256 = ") => {
                *text = String::from_utf8(without_lines(text.as_bytes(), "sha256 = ")).unwrap();
            }
            _ => {}
        }
    }
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let mut kept = Vec::new();
    let whole = serde_json::from_str::<Value>(&text);
    let documents = match whole {
        Ok(whole) => vec![whole],
        Err(_) => text.lines().map(|line| serde_json::from_str(line).unwrap()).collect(),
    };
    for mut document in documents {
        strip(&mut document);
        kept.push(document.to_string() + "\n");
    }
    // A tuning writes down its trials as they end, on several threads.
    kept.sort();
    kept.concat().into()
}

/// Trains, permutes the targets of the sealed rows, trains again in the same
/// place, and compares all that was left. Returns the ids of the sealed rows.
fn unchanged(name: &str, experiment: &str, commands: &[&[&str]]) {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    let mut labels: Vec<usize> = (0..ROWS).collect();
    std::fs::write(project.join("table.csv"), table(&labels)).unwrap();
    std::fs::write(project.join("x.toml"), experiment).unwrap();
    let run = || -> Vec<BTreeMap<PathBuf, Vec<u8>>> {
        for command in commands {
            ikhim(project, command);
        }
        let folders = ["runs", "tunings"].map(|folder| project.join(folder));
        let made = folders.iter().filter(|folder| folder.exists());
        made.map(|folder| kept(folder)).collect()
    };
    let first = run();
    let split = std::fs::read(project.join("runs/x-0001/split.json")).unwrap();
    let split: Value = serde_json::from_slice(&split).unwrap();
    let sealed: Vec<usize> = split["sealed_ids"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_u64().unwrap() as usize)
        .collect();
    assert!(sealed.len() >= 15, "{name}: {} rows are sealed", sealed.len());
    for (place, row) in sealed.iter().enumerate() {
        labels[*row] = sealed[(place + 5) % sealed.len()];
    }
    let permuted = table(&labels);
    let before = std::fs::read_to_string(project.join("table.csv")).unwrap();
    let differing = before.lines().zip(permuted.lines()).filter(|(one, other)| one != other);
    assert!(differing.count() * 3 > sealed.len(), "{name}: the permutation changed little");
    std::fs::write(project.join("table.csv"), permuted).unwrap();
    for folder in ["runs", "tunings"] {
        if project.join(folder).exists() {
            std::fs::rename(project.join(folder), project.join(format!("earlier {folder}")))
                .unwrap();
        }
    }
    let second = run();
    assert_eq!(first.len(), second.len());
    for (first, second) in first.iter().zip(&second) {
        let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(first), names(second), "{name}");
        for (path, bytes) in first {
            let (was, is) =
                (String::from_utf8_lossy(bytes), String::from_utf8_lossy(&second[path]));
            assert!(*bytes == second[path], "{name}: {} differs\n{was}\n{is}", path.display());
        }
    }
    // The ledger alone knows that other rows are sealed.
    let ledger = std::fs::read_to_string(project.join(".ikhim/ledger.jsonl")).unwrap();
    assert!(ledger.matches("\"kind\":\"seal\"").count() >= 2, "{name}: {ledger}");
}

const TRAIN: &[&[&str]] = &[&["train", "x.toml"]];

fn experiment(target: &str, more: &str) -> String {
    let targets = ["class", "price", "yes", "no"];
    let others = targets.into_iter().filter(|name| !target.contains(name));
    let ignored: String = others.map(|name| format!("{name} = {{ type = 'ignore' }}\n")).collect();
    format!(
        "[data]\npath = 'table.csv'\ntarget = {target}\n[data.columns]\n{ignored}\
         [model]\nhidden = [6]\n{more}\n"
    )
}

const SHORT: &str = "[training]\nepochs = 6\nearly_stopping = { patience = 2 }\n";

#[test]
fn of_classes_in_a_stratified_split_that_is_kept() {
    unchanged("stratified", &experiment("'class'", SHORT), TRAIN);
}

#[test]
fn of_numbers_in_a_random_split() {
    let split = "[split]\nmethod = 'random'\n";
    unchanged("random", &experiment("'price'", &format!("{split}{SHORT}")), TRAIN);
}

#[test]
fn of_numbers_in_a_stratified_split_that_is_kept() {
    let split = "[split]\nmethod = 'stratified'\nseed = 4\n";
    unchanged("tenths", &experiment("'price'", &format!("{split}{SHORT}")), TRAIN);
}

#[test]
fn of_groups() {
    let split = "[split]\nmethod = 'group'\ngroup = 'house'\n";
    unchanged("group", &experiment("'class'", &format!("{split}{SHORT}")), TRAIN);
}

#[test]
fn of_a_series_by_its_dates() {
    let split = "[split]\nmethod = 'time'\ncolumn = 'day'\ngap = 3\n";
    unchanged("time", &experiment("'price'", &format!("{split}{SHORT}")), TRAIN);
}

#[test]
fn of_parts_that_a_column_says() {
    let split = "[split]\nmethod = 'column'\ncolumn = 'part'\n";
    unchanged("column", &experiment("'class'", &format!("{split}{SHORT}")), TRAIN);
}

#[test]
fn of_several_answers() {
    let training =
        "[training]\nepochs = 5\nschedule = { type = 'reduce_on_plateau', patience = 1 }\n";
    unchanged("multi-label", &experiment("['yes', 'no']", training), TRAIN);
}

#[test]
fn of_a_cross_validation_and_a_tuning() {
    let tune = "[tune]\nmethod = 'random'\ntrials = 4\nretrain = { seeds = 2 }\n[tune.parameters]\n\
                training.learning_rate = { min = 1e-3, max = 1e-1, distribution = 'log_uniform' }\n\
                model.hidden = { values = [[3], [8]] }\n";
    unchanged(
        "tuning",
        &experiment("'class'", &format!("{SHORT}{tune}")),
        &[&["train", "x.toml", "--folds", "3"], &["tune", "x.toml"]],
    );
}
