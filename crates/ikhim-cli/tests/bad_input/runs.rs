//! Runs that are not there or not whole, and runs that stop.

use crate::case::{case, check, text};
use crate::project::{Project, with_fourth_row};
use serde_json::Value;
use std::fs;

#[test]
fn runs_that_are_missing_or_damaged() {
    let project = Project::new();
    let half = |bytes: Vec<u8>| bytes[..bytes.len() / 2].to_vec();
    project.damaged("cut_model", "model.safetensors", half);
    project.damaged("cut_checkpoint", "checkpoints/last.safetensors", half);
    project.damaged("one_bit", "checkpoints/last.safetensors", |mut bytes| {
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        bytes
    });
    project.damaged("cut_record", "run.json", |_| b"{\n  \"format\": 1,\n".to_vec());
    project.damaged("newer", "run.json", |bytes| {
        text(bytes).replacen("\"format\": 1", "\"format\": 99", 1).into_bytes()
    });
    project.write("word.csv", with_fourth_row("x12,6,8").as_bytes());
    project.write("lacks.csv", b"a,y\n1,2\n");
    project.write("file", b"in the way");
    let cases = [
        case("predict gone --row 1,2", 1, "file.no_run", "", "`ikhim runs`"),
        case("train --resume gone", 1, "file.no_run", "", "`ikhim runs`"),
        case("compare earlier gone", 1, "file.no_run", "", "`ikhim runs`"),
        case("test latest --yes", 1, "file.no_runs", "", "`ikhim train` makes one"),
        case("predict earlier missing.csv", 1, "file.missing", "missing.csv", "spelling"),
        case("predict earlier word.csv", 1, "data.number_expected", "word.csv:5:1", "correct"),
        case("predict earlier lacks.csv", 1, "data.missing_column", "lacks.csv:1:1", "column `b`"),
        case(
            "predict cut_model --row 1,2",
            1,
            "file.model_damaged",
            "cut_model/model.safetensors",
            "no whole model file",
        ),
        case(
            "train --resume cut_checkpoint",
            1,
            "file.checkpoint_damaged",
            "cut_checkpoint/checkpoints/last.safetensors",
            "ikhim train --resume cut_checkpoint/checkpoints/previous.safetensors",
        ),
        case(
            "train --resume one_bit",
            1,
            "file.checkpoint_damaged",
            "one_bit/checkpoints/last.safetensors",
            "ikhim train --resume one_bit/checkpoints/previous.safetensors",
        ),
        case(
            "predict cut_record --row 1,2",
            1,
            "file.damaged",
            "cut_record/run.json:3:1",
            "put back a copy",
        ),
        case("predict newer --row 1,2", 1, "file.newer_format", "newer/run.json", "that wrote it"),
        case("train good.csv --out earlier", 1, "file.run_exists", "earlier", "by `--resume`"),
        case("train good.csv --out file", 1, "file.not_a_folder", "file", "another name"),
    ];
    check(&project, "runs", true, &cases);
    // What the message promised.
    let whole = "cut_checkpoint/checkpoints/previous.safetensors";
    let output = project.ikhim(&["train", "--resume", whole]);
    assert!(output.status.success(), "{output:?}");
    let last = "checkpoints/last.safetensors";
    let read = |run: &str| fs::read(project.path().join(run).join(last)).unwrap();
    assert!(read("cut_checkpoint") == read("earlier"), "the resumed run has other bits");
}

/// A loss that overflows stops the run with exit code 3; the weights before it
/// are the model, and they are finite.
#[test]
fn a_rate_of_1e30_stops_with_a_finding_and_keeps_good_weights() {
    let project = Project::new();
    let before = project.earlier();
    for optimizer in ["adam", "sgd"] {
        let settings = ["training.learning_rate=1e30", &format!("training.optimizer={optimizer}")];
        let call = |out: &str, json: &[&str]| {
            let fixed = ["train", "good.csv", "--set", settings[0], "--set", settings[1]];
            let rest = ["--epochs", "5", "--out", out];
            let output = project.ikhim(&[&fixed[..], &rest, json].concat());
            assert_eq!(output.status.code(), Some(3), "{output:?}");
            text(output.stdout)
        };
        let told = call(&format!("{optimizer}_told"), &[]);
        assert!(told.contains("loss-not-finite"), "{told}");
        assert!(told.contains("the learning rate was 1e30\n"), "{told}");
        assert!(!told.contains("00000000"), "{told}");
        let document = call(optimizer, &["--json"]);
        assert_eq!(document.lines().count(), 1, "{document}");
        let document: Value = serde_json::from_str(&document).unwrap();
        assert_eq!(document["status"], "stopped_by_finding");
        assert_eq!(document["findings"][0]["id"], "loss-not-finite");
        assert_eq!(document["findings"][0]["evidence"][1], "the learning rate was 1e30");
        let set = document["findings"][0]["treatments"][0]["set"][0].as_str().unwrap();
        // The advice works: that rate trains to the end.
        let again = ["train", "good.csv", "--set", settings[1], "--set", set, "--epochs", "5"];
        let output =
            project.ikhim(&[&again[..], &["--out", &format!("{optimizer}_cured")]].concat());
        assert!(output.status.success(), "{set}: {output:?}");

        let output = project.ikhim(&["predict", optimizer, "--row", "1,2", "--json"]);
        let predicted: Value = serde_json::from_slice(&output.stdout).unwrap();
        let value = predicted["predictions"][0]["prediction"].as_f64();
        assert!(value.is_some_and(f64::is_finite), "{predicted}");
        let page = fs::read_to_string(project.path().join(optimizer).join("report.html")).unwrap();
        assert!(page.contains("the learning rate was 1e30"));
    }
    assert!(project.earlier() == before);
}
