//! Networks for images through the command: what `check` tells of their windows,
//! and running statistics in the files of a run.

use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};

const NET: &str = "
[data]
dataset = 'digits'
[model]
layers = [
  { type = 'conv2d', filters = 4, kernel_size = 3, padding = 'same' },
  { type = 'batch_norm' },
  { type = 'conv2d', filters = 8, kernel_size = 3, stride = 3, activation = 'relu' },
  { type = 'flatten' },
  { type = 'dense', units = 'auto' },
]
[training]
epochs = 2
batch_size = 100
learning_rate = 0.01
";

fn ikhim(project: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ikhim"));
    command.current_dir(project).args(arguments);
    command.output().unwrap()
}

/// Course, row 1.7: a stride that leaves cells out is told, with how many.
#[test]
fn check_tells_receptive_fields_and_skipped_cells() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    std::fs::write(project.join("net.toml"), NET).unwrap();
    let told = ikhim(project, &["check", "net.toml", "--lang", "en"]);
    assert!(told.status.success());
    let (table, warnings) =
        (String::from_utf8(told.stdout).unwrap(), String::from_utf8(told.stderr).unwrap());
    assert!(table.contains("receptive field") && table.contains("5×5"), "{table}");
    let sentence = "leave out 2 of the last columns of cells: (8 + 0 + 0 - 3) / 3 + 1 = 2.67";
    assert!(warnings.contains(sentence), "{warnings}");
    let korean = ikhim(project, &["check", "net.toml", "--lang", "ko"]);
    let korean = String::from_utf8(korean.stderr).unwrap();
    assert!(korean.contains("마지막 2개 열"), "{korean}");
    let told = ikhim(project, &["check", "net.toml", "--json", "--fail-on", "warning"]);
    assert_eq!(told.status.code(), Some(3));
    let document: Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(document["findings"][0]["id"], "cells-skipped");
    assert_eq!(document["findings"][0]["where"], "conv2d_2");
    let fields: Vec<&Value> =
        document["layers"].as_array().unwrap().iter().map(|row| &row["receptive_field"]).collect();
    assert_eq!(fields, [&json!([3, 3]), &json!([3, 3]), &json!([5, 5]), &json!([]), &json!([])]);
    // A stride of 1 leaves nothing out.
    let set = ["--set", "model.layers.conv2d_2.stride=1"];
    let told = ikhim(project, &[&["check", "net.toml", "--fail-on", "warning"], &set[..]].concat());
    assert_eq!(told.status.code(), Some(0));
}

/// The running statistics are part of the state and of the model file.
#[test]
fn statistics_are_saved_and_used() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    std::fs::write(project.join("net.toml"), NET).unwrap();
    let trained = ikhim(project, &["train", "net.toml", "--out", "run"]);
    assert!(trained.status.success(), "{trained:?}");
    for file in ["checkpoints/last.safetensors", "model.safetensors"] {
        let bytes = std::fs::read(project.join("run").join(file)).unwrap();
        let names = String::from_utf8_lossy(&bytes);
        for name in ["gamma", "beta", "moving_mean", "moving_variance"] {
            assert!(names.contains(&format!("batch_norm_1.{name}")), "{file}: {name}");
        }
    }
    // In training, a batch of one row would have no variance.
    let row = vec!["3"; 64].join(",");
    let alone = ikhim(project, &["predict", "run", "--row", &row]);
    assert!(alone.status.success(), "{alone:?}");
}

/// 1257 train rows: the last batch of 157 has one row, which has no variance.
#[test]
fn a_batch_of_one_row_is_refused_in_training() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    let net = "
data = { dataset = 'digits' }
training = { epochs = 1, batch_size = 157 }
[model]
layers = [{ type = 'flatten' }, { type = 'batch_norm' }, { type = 'dense', units = 'auto' }]
";
    std::fs::write(project.join("net.toml"), net).unwrap();
    let refused = ikhim(project, &["train", "net.toml", "--lang", "en"]);
    assert_eq!(refused.status.code(), Some(1));
    let told = String::from_utf8(refused.stderr).unwrap();
    let sentence = "layer `batch_norm_1`: a batch of 1 in training, at least 2 rows are needed";
    assert!(told.contains(sentence), "{told}");
    let set = "training.batch_size=100";
    assert!(ikhim(project, &["train", "net.toml", "--set", set]).status.success());
}
