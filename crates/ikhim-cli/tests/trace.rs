//! One step taken apart by the command.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

/// The network of the course's XOR lecture with its given weights.
const LECTURE: &str = "
seed = 1
[data]
header = ['x1', 'x2', 'y']
rows = [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]
target = 'y'
task = 'classification'
[data.defaults]
number = { scaling = 'none' }
[split]
method = 'none'
[model]
layers = [
  { type = 'dense', name = 'hidden', units = 2, activation = 'sigmoid', kernel = [[5, -7], [5, -7]], bias = [-8, 3] },
  { type = 'dense', name = 'output', units = 1, activation = 'sigmoid', kernel = [[-11], [-11]], bias = [6] },
]
[training]
loss = { type = 'binary_cross_entropy', from_logits = false, clip = 0.0 }
optimizer = 'sgd'
learning_rate = 0.1
batch_size = 'full'
steps = 40
";

/// What the lecture finds for the four rows.
const PREDICTIONS: [f64; 4] = [0.0112, 0.9949, 0.9949, 0.0244];

fn ikhim(project: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ikhim"));
    command.current_dir(project).args(arguments).env("LC_ALL", "en_US.UTF-8").output().unwrap()
}

fn text(project: &Path, arguments: &[&str]) -> String {
    let output = ikhim(project, arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn document(project: &Path, arguments: &[&str]) -> Value {
    let text = text(project, &[arguments, &["--json"]].concat());
    assert_eq!(text.lines().count(), 1);
    serde_json::from_str(&text).unwrap()
}

fn refused(project: &Path, arguments: &[&str]) -> (i32, String) {
    let output = ikhim(project, &[arguments, &["--json"]].concat());
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    (output.status.code().unwrap(), document["error"]["code"].as_str().unwrap().to_string())
}

fn project() -> tempfile::TempDir {
    let project = tempfile::tempdir().unwrap();
    std::fs::write(project.path().join("xor.toml"), LECTURE).unwrap();
    project
}

fn node<'a>(document: &'a Value, name: &str) -> &'a Value {
    let nodes = document["nodes"].as_array().unwrap();
    nodes.iter().find(|node| node["name"] == name).unwrap_or_else(|| panic!("no {name}"))
}

fn near(found: &Value, expected: f64, within: f64) {
    let number = found.as_f64().unwrap_or_else(|| panic!("{found}"));
    assert!((number - expected).abs() < within, "{found} {expected}");
}

#[test]
fn the_lecture_s_numbers_forward_and_backward() {
    let project = project();
    let shown = document(project.path(), &["trace", "xor.toml", "--equation"]);
    assert_eq!(shown["schema"], "ikhim/trace/1");
    assert_eq!((&shown["step"], &shown["rows"]), (&0.into(), &serde_json::json!([1, 2, 3, 4])));
    let prediction = node(&shown, "prediction");
    for (row, expected) in PREDICTIONS.into_iter().enumerate() {
        near(&prediction["value"][row][0], expected, 5e-5);
    }
    // z = x·W + b of the lecture's hidden layer.
    let sums = serde_json::json!([[-8.0, 3.0], [-3.0, -4.0], [-3.0, -4.0], [2.0, -11.0]]);
    assert_eq!(node(&shown, "hidden/add_1")["value"], sums);
    assert_eq!(node(&shown, "hidden/matmul_1")["equation"], "features @ hidden.kernel");
    // −(ln(1 − p₁) + ln p₂ + ln p₃ + ln(1 − p₄)) / 4 of the exact values.
    let sigmoid = |z: f64| 1.0 / (1.0 + (-z).exp());
    let outputs: Vec<f64> = [[-8.0, 3.0], [-3.0, -4.0], [-3.0, -4.0], [2.0, -11.0]]
        .map(|[a, b]| sigmoid(-11.0 * sigmoid(a) - 11.0 * sigmoid(b) + 6.0))
        .to_vec();
    let targets = [0.0, 1.0, 1.0, 0.0];
    let rows = outputs.iter().zip(targets);
    let loss = rows.clone().map(|(p, y)| -(y * p.ln() + (1.0 - y) * (1.0 - p).ln()));
    near(&shown["loss"], loss.sum::<f64>() / 4.0, 1e-6);
    // Backward: (p − y) / 4 at the last sum.
    for (row, (p, y)) in rows.enumerate() {
        near(&node(&shown, "output/add_1")["slope"][row][0], (p - y) / 4.0, 1e-6);
    }
    assert_eq!(node(&shown, "output/negate_1")["local"][0]["input"], "output/add_1");
    near(&node(&shown, "output/negate_1")["local"][0]["value"][0][0], -1.0, 1e-9);

    let second = document(project.path(), &["trace", "xor.toml", "--row", "2"]);
    assert_eq!(
        (&second["rows"], &second["data_rows"]),
        (&serde_json::json!([2]), &serde_json::json!([2]))
    );
    near(&node(&second, "prediction")["value"][0][0], PREDICTIONS[1], 5e-5);
    assert!(node(&second, "prediction").get("equation").is_none());
}

#[test]
fn a_person_reads_names_equations_and_numbers_in_columns() {
    let project = project();
    let shown = text(project.path(), &["trace", "xor.toml", "--equation", "--lang", "en"]);
    let line = |start: &str| {
        let line = shown.lines().find(|line| line.split_whitespace().next() == Some(start));
        line.unwrap_or_else(|| panic!("no {start} in {shown}"))
    };
    let sum = line("hidden/add_1");
    assert!(sum.contains("hidden/matmul_1 + hidden/broadcast_1"), "{sum}");
    assert!(sum.ends_with("[4, 2]  [[ -8,   3], [ -3,  -4], [ -3,  -4], [  2, -11]]"), "{sum}");
    let prediction = line("prediction");
    assert!(prediction.ends_with("[[0.01118], [ 0.9949], [ 0.9949], [0.02439]]"), "{prediction}");
    // The numbers stand below their heading.
    let place = |line: &str, what: &str| line.find(what).map(|at| line[..at].chars().count());
    assert_eq!(place(line("name"), "value"), place(prediction, "[[0.0"));
    assert!(shown.lines().any(|line| line.trim_start().starts_with("by output/add_2")));
    let korean = text(project.path(), &["trace", "xor.toml", "--lang", "ko"]);
    assert!(korean.contains("순전파") && korean.contains("역전파"), "{korean}");
    assert!(!korean.contains(" + "), "equations are asked for: {korean}");
}

#[test]
fn a_run_is_traced_at_any_of_its_steps() {
    let project = project();
    document(project.path(), &["train", "xor.toml", "--out", "run"]);
    let last = document(project.path(), &["trace", "run"]);
    assert_eq!(last["step"], 40);
    let of_run = document(project.path(), &["trace", "run", "--step", "17"]);
    let of_file = document(project.path(), &["trace", "xor.toml", "--step", "17"]);
    assert_eq!((&of_run["step"], &of_run["nodes"]), (&17.into(), &of_file["nodes"]));
    assert_ne!(of_run["nodes"], last["nodes"]);
    // One step of gradient descent leads from one step to the next.
    let next = document(project.path(), &["trace", "run", "--step", "18"]);
    let (bias, after) = (node(&of_run, "output.bias"), node(&next, "output.bias"));
    let number = |value: &Value| value[0].as_f64().unwrap();
    let expected = number(&bias["value"]) - 0.1 * number(&bias["slope"]);
    near(&after["value"][0], expected, 1e-6);
}

#[test]
fn what_is_not_there_is_refused() {
    let project = project();
    document(project.path(), &["train", "xor.toml", "--out", "run"]);
    for (arguments, exit, code) in [
        (&["trace", "xor.toml", "--row", "0"][..], 2, "usage.no_such_row"),
        (&["trace", "run", "--row", "5"], 2, "usage.no_such_row"),
        (&["trace", "xor.toml", "--step", "41"], 2, "usage.no_such_step"),
        (&["trace", "run", "--step", "41"], 2, "usage.no_such_step"),
        (&["trace", "run", "--set", "training.steps=9"], 2, "usage.no_effect"),
        (&["trace", "xor.toml", "--row", "two"], 2, "usage.arguments"),
        (&["trace", "gone"], 1, "file.no_run"),
        (&["trace", "gone.toml"], 1, "file.missing"),
    ] {
        assert_eq!(refused(project.path(), arguments), (exit, code.to_string()), "{arguments:?}");
    }
}

#[test]
fn rows_of_the_sealed_part_are_out_of_reach() {
    let project = tempfile::tempdir().unwrap();
    let iris = "[data]\ndataset = 'iris'\n[model]\nhidden = [4]\n\
                [training]\nbatch_size = 'full'\nepochs = 1\n";
    std::fs::write(project.path().join("iris.toml"), iris).unwrap();
    document(project.path(), &["train", "iris.toml", "--out", "run"]);
    let split = std::fs::read(project.path().join("run/split.json")).unwrap();
    let split: Value = serde_json::from_slice(&split).unwrap();
    let shown = document(project.path(), &["trace", "run"]);
    let shown: Vec<u64> =
        shown["data_rows"].as_array().unwrap().iter().map(|row| row.as_u64().unwrap()).collect();
    let (train, sealed) = (shown.len(), split["sealed_ids"].as_array().unwrap());
    assert!(train < 150 && !sealed.is_empty());
    // Ids count from 0, rows from 1.
    assert!(sealed.iter().all(|id| !shown.contains(&(id.as_u64().unwrap() + 1))));
    let beyond = (train + 1).to_string();
    let refused = refused(project.path(), &["trace", "run", "--row", &beyond]);
    assert_eq!(refused, (2, "usage.no_such_row".to_string()));
}

/// A field that is required is there, and what is there has its type.
fn check(value: &Value, schema: &Value, place: &str) {
    for required in schema["required"].as_array().into_iter().flatten() {
        let name = required.as_str().unwrap();
        assert!(value.get(name).is_some(), "{place}.{name} is missing");
    }
    if let Some(fields) = schema["properties"].as_object() {
        for (name, found) in value.as_object().unwrap() {
            let declared = fields.get(name).unwrap_or_else(|| panic!("{place}.{name} is unknown"));
            check(found, declared, &format!("{place}.{name}"));
        }
    }
    if let Some(items) = schema.get("items") {
        value.as_array().unwrap().iter().for_each(|item| check(item, items, place));
    }
    if let Some(words) = schema["enum"].as_array() {
        assert!(words.contains(value), "{place}: {value}");
    }
    let fits = |kind: &Value| match kind.as_str() {
        Some("string") => value.is_string(),
        Some("integer") => value.is_u64(),
        Some("number") => value.is_number(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        Some("null") => value.is_null(),
        _ => true,
    };
    match &schema["type"] {
        Value::Array(kinds) => assert!(kinds.iter().any(fits), "{place}: {value}"),
        kind => assert!(fits(kind), "{place}: {value}"),
    }
}

#[test]
fn the_document_is_as_its_schema_says() {
    let project = project();
    let schema: Value = serde_json::from_str(&text(project.path(), &["schema", "trace"])).unwrap();
    assert_eq!(schema["title"], "ikhim/trace/1");
    for extra in [&[][..], &["--equation"], &["--row", "1"]] {
        let shown = document(project.path(), &[&["trace", "xor.toml"], extra].concat());
        check(&shown, &schema, "trace");
    }
}
