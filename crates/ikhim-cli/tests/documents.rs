//! Every command prints one JSON document on one line, and the document is what
//! `ikhim schema` says of it, field by field: nothing is missing, nothing is of
//! another type, and nothing is there that is not declared.

use serde_json::{Map, Value};
use std::path::Path;
use std::process::Command;

fn output(project: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_ikhim"))
        .current_dir(project)
        .args(arguments)
        .arg("--json")
        .output()
        .unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

/// The document of a command, held to its schema.
fn document(project: &Path, arguments: &[&str], exit: i32) -> Value {
    let (code, text) = output(project, arguments);
    assert_eq!(code, exit, "{arguments:?}: {text}");
    assert_eq!(text.lines().count(), 1, "{arguments:?}: {text}");
    let document: Value = serde_json::from_str(&text).unwrap();
    let title = document["schema"].as_str().unwrap();
    let keys: Vec<&String> = document.as_object().unwrap().keys().take(2).collect();
    assert_eq!(keys, ["schema", "ikhim"], "{arguments:?}");
    let name = title.strip_prefix("ikhim/").and_then(|name| name.strip_suffix("/1")).unwrap();
    let (_, schema) = output(project, &["schema", name]);
    let schema: Value = serde_json::from_str(&schema).unwrap();
    assert_eq!(schema["content"]["title"], title);
    let mut faults = Vec::new();
    held(&schema["content"], &document, name, &mut faults);
    assert!(faults.is_empty(), "{arguments:?}:\n{}\n{text}", faults.join("\n"));
    document
}

/// What of a value is not as its schema says. It knows the words that the
/// schemas of ikhim use, and takes none for granted.
fn held(schema: &Value, value: &Value, place: &str, faults: &mut Vec<String>) {
    for (word, said) in schema.as_object().unwrap() {
        let good = match word.as_str() {
            "$schema" | "title" | "description" => true,
            "type" => types(said).any(|name| is(name, value)),
            "enum" => said.as_array().unwrap().contains(value),
            "required" => said.as_array().unwrap().iter().all(|name| {
                let there = value.get(name.as_str().unwrap()).is_some();
                if !there {
                    faults.push(format!("{place}: {name} is missing"));
                }
                there
            }),
            "properties" => {
                let known = said.as_object().unwrap();
                for (name, value) in value.as_object().unwrap_or(&Map::new()) {
                    match known.get(name) {
                        Some(schema) => held(schema, value, &format!("{place}.{name}"), faults),
                        None => faults.push(format!("{place}.{name} is not declared")),
                    }
                }
                true
            }
            "additionalProperties" => {
                for (name, value) in value.as_object().unwrap() {
                    held(said, value, &format!("{place}.{name}"), faults);
                }
                true
            }
            "items" => {
                for (index, item) in value.as_array().unwrap().iter().enumerate() {
                    held(said, item, &format!("{place}[{index}]"), faults);
                }
                true
            }
            "minItems" => value.as_array().unwrap().len() as u64 >= said.as_u64().unwrap(),
            "maxItems" => value.as_array().unwrap().len() as u64 <= said.as_u64().unwrap(),
            "anyOf" => {
                let mut told = Vec::new();
                let good = said.as_array().unwrap().iter().any(|schema| {
                    let mut own = Vec::new();
                    held(schema, value, place, &mut own);
                    let good = own.is_empty();
                    told.extend(own);
                    good
                });
                if !good {
                    faults.extend(told);
                }
                good
            }
            other => panic!("{place}: the test does not know `{other}`"),
        };
        if !good {
            faults.push(format!("{place}: {value} is not {word} {said}"));
        }
    }
}

fn types(said: &Value) -> impl Iterator<Item = &str> {
    let several = said.as_array().into_iter().flatten();
    several.chain([said]).filter_map(Value::as_str)
}

fn is(name: &str, value: &Value) -> bool {
    match name {
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        other => panic!("no type `{other}`"),
    }
}

fn project() -> tempfile::TempDir {
    let project = tempfile::tempdir().unwrap();
    let mut table = "면적,방,값\n".to_string();
    for row in 0..60 {
        table += &format!("{},{},{}\n", 30 + row * 7 % 50, 1 + row % 4, 3 * (row * 7 % 50) + 100);
    }
    std::fs::write(project.path().join("집값 표.csv"), table).unwrap();
    project
}

#[test]
fn what_is_checked_here_can_fail() {
    let schema: Value = serde_json::json!({
        "type": "object",
        "properties": { "n": { "type": "integer" } },
        "required": ["n"],
    });
    for (text, count) in
        [(r#"{"n":1}"#, 0), (r#"{}"#, 2), (r#"{"n":"1"}"#, 1), (r#"{"n":1,"m":2}"#, 1)]
    {
        let mut faults = Vec::new();
        held(&schema, &serde_json::from_str(text).unwrap(), "it", &mut faults);
        assert_eq!(faults.len(), count, "{text}: {faults:?}");
    }
}

#[test]
fn documents_of_a_classification_are_as_declared() {
    let project = project();
    let project = project.path();
    let short = ["--set", "model.hidden=[4]", "--epochs", "3"];
    let with = |words: &[&'static str]| [words, short.as_slice()].concat();
    let trained = document(project, &with(&["train", "iris"]), 0);
    assert_eq!(trained["run"], "runs/iris-0001");
    assert_eq!(trained["test"]["sealed"], true);
    assert_eq!(trained["train"]["mode"], "eval");
    let seeds = document(project, &with(&["train", "iris", "--seed", "1", "--seeds", "2"]), 0);
    assert_eq!(seeds["runs"].as_array().unwrap().len(), 2);
    let folds = document(project, &with(&["train", "iris", "--folds", "2", "--name", "folds"]), 0);
    assert_eq!((&folds["folds"], &folds["runs"][1]["run"]), (&2.into(), &"runs/folds-0002".into()));
    let found = document(project, &with(&["train", "iris", "--lr-find"]), 0);
    assert!(found["points"].as_array().unwrap().len() > 10, "{found}");
    let limited = ["train", "iris", "--time-limit", "0.2", "--name", "limited"];
    assert!(document(project, &limited, 0)["epochs"].as_u64().unwrap() >= 1);
    let tune = "[data]\ndataset = 'iris'\n[training]\nepochs = 2\n[tune]\nmethod = 'grid'\n\
                retrain = { seeds = 2 }\n[tune.parameters]\nmodel.hidden = { values = [[2], [4]] }\n";
    std::fs::write(project.join("tuned.toml"), tune).unwrap();
    let tuned = document(project, &["tune", "tuned.toml"], 0);
    assert_eq!(tuned["trials"].as_array().unwrap().len(), 2);
    assert_eq!(tuned["retrained"]["runs"].as_array().unwrap().len(), 2);
    assert!(project.join("tunings/tuned-0001/figures/trials.svg").exists());
    let nested = ["tune", "tuned.toml", "--folds", "3", "--inner", "2"];
    let nested = document(project, &nested, 0);
    assert_eq!((&nested["outer_folds"], &nested["inner_folds"]), (&3.into(), &2.into()));
    assert_eq!(nested["folds"].as_array().unwrap().len(), 3);
    assert!(project.join("tunings/tuned-0002/nested.csv").exists());
    let verified = document(project, &["verify", "iris-0001"], 0);
    assert_eq!(
        (&verified["differing"], &verified["test_confirmed"]),
        (&Value::Array(vec![]), &Value::Null)
    );
    let again = document(project, &["train", "--resume", "iris-0003"], 0);
    assert_eq!(again["status"], "completed");
    let child = document(project, &["train", "--from", "iris-0001", "--epochs", "1"], 0);
    assert_eq!(child["parent"], trained["id"]);
    let other = document(project, &["train", "digits", "--from", "iris-0001"], 1);
    assert_eq!(other["error"]["code"], "train.no_weights_fit");
    let look = document(project, &["test", "iris-0001", "--yes", "--reason", "검사"], 0);
    assert_eq!((&look["look"], &look["method"]), (&1.into(), &"wilson".into()));
    assert_eq!(look["reason"], "검사");
    let second = document(project, &["test", "iris-0002", "--yes"], 0);
    assert_eq!((&second["look"], &second["method"]), (&2.into(), &"wilson_bonferroni".into()));
    assert!(second["luck"].as_f64().unwrap() > 0.0, "{second}");
    let verified = document(project, &["verify", "iris-0002"], 0);
    assert_eq!(verified["test_confirmed"], true, "{verified}");
    let counted = document(project, &["train", "iris", "--epochs", "1", "--name", "counted"], 0);
    assert_eq!(counted["test"]["looks"], 2, "to verify is no look");
    document(project, &["predict", "iris-0001", "--row", "5.1,3.5,1.4,99"], 0);
    document(project, &["compare", "iris-0001", "iris-0002"], 0);
    let importance = document(project, &["importance", "iris-0001", "--repetitions", "2"], 0);
    assert_eq!(importance["columns"].as_array().unwrap().len(), 4);
    assert_eq!(importance["columns"][0]["losses"].as_array().unwrap().len(), 2);
    let page = std::fs::read_to_string(project.join("runs/iris-0001/report.html")).unwrap();
    assert!(page.contains("id=\"importance\""));
    document(project, &["check", "iris"], 0);
    document(project, &["trace", "iris-0001", "--row", "1", "--equation"], 0);
    let runs = document(project, &["runs"], 0);
    let own = runs["runs"].as_array().unwrap().iter();
    let own: Vec<&Value> =
        own.filter(|run| run["name"].as_str().unwrap().starts_with("iris-")).collect();
    assert_eq!(own.len(), 4);
    assert_eq!(own[0]["test"]["look"], 1);
    let stopped = with(&["train", "iris", "--set", "training.learning_rate=1e30"]);
    let stopped = document(project, &stopped, 3);
    assert_eq!(stopped["findings"][0]["id"], "loss-not-finite");
}

#[test]
fn documents_of_a_regression_are_as_declared() {
    let project = project();
    let project = project.path();
    let trained = document(
        project,
        &["train", "집값 표.csv", "--target", "값", "--epochs", "2", "--set", "model.type=linear"],
        0,
    );
    let gap = &trained["least_squares"];
    assert!(gap["network"].as_f64().unwrap() >= gap["floor"].as_f64().unwrap(), "{gap}");
    assert!(gap["distance"].as_f64().unwrap() > 0.0, "{gap}");
    let names: Vec<&String> =
        trained["validation"]["baselines"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["mean", "linear"]);
    let look = document(project, &["evaluate", "latest", "집값 표.csv"], 0);
    assert_eq!((&look["rows_in_train"], &look["look"]), (&42.into(), &1.into()), "{look}");
    let coverage = look["coverage"].as_f64();
    assert_eq!(coverage, None, "9 validation rows know no interval of 95 %");
    let predicted = document(project, &["predict", "latest", "집값 표.csv"], 0);
    assert_eq!(predicted["predictions"][0].get("prediction_low"), None);
    let refused = document(project, &["predict", "latest", "집값 표.csv", "--interval", "0.99"], 2);
    assert_eq!(refused["error"]["code"], "usage.no_interval");
    let within = ["predict", "latest", "집값 표.csv", "--interval", "0.8"];
    let within = &document(project, &within, 0)["predictions"][0];
    let of = |name: &str| within[name].as_f64().unwrap();
    assert!(of("prediction_low") < of("prediction") && of("prediction") < of("prediction_high"));
    document(project, &["predict", "latest", "집값 표.csv", "-o", "예측.csv"], 0);
    document(project, &["init", "집값 표.csv", "--target", "값"], 0);
    document(project, &["check", "집값 표.toml"], 0);
    document(project, &["data", "show", "집값 표.csv"], 0);
    document(project, &["data", "check", "집값 표.csv"], 0);
    document(project, &["doctor", "latest"], 0);
    // Nothing is held back: the train rows take the place of the others.
    let all = ["train", "집값 표.csv", "--epochs", "2", "--set", "split.method=none"];
    assert_eq!(document(project, &all, 0)["validation"], Value::Null);
}

#[test]
fn documents_of_the_other_commands_are_as_declared() {
    let project = project();
    let project = project.path();
    for arguments in [
        ["eval", "log([0, 1, -1])"].as_slice(),
        &["data", "list"],
        &["data", "show", "digits"],
        &["doctor"],
        &["explain"],
        &["explain", "data.ragged_row"],
        &["explain", "double-softmax"],
        &["doctor", "--list"],
        &["schema"],
        &["completions", "bash"],
        &["runs"],
    ] {
        document(project, arguments, 0);
    }
    document(project, &["train", "없는 파일.csv"], 1);
    document(project, &["train", "iris", "--set", "model.hiden=[4]"], 2);
    document(project, &["frobnicate"], 2);
}

#[test]
fn lessons_have_documents() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    let is_passed = || -> bool {
        let listed = document(project, &["lesson", "list"], 0);
        let lessons = listed["lessons"].as_array().unwrap();
        assert!(lessons.len() >= 20);
        lessons.iter().find(|lesson| lesson["name"] == "lec04").unwrap()["passed"] == true
    };
    assert!(!is_passed());
    let shown = document(project, &["lesson", "show", "4", "--lang", "ko"], 0);
    assert!(shown["lessons"][0]["text"].as_str().unwrap().contains("경사 하강법"));

    let checked = document(project, &["lesson", "check", "4", "--quick"], 0);
    let claims = checked["claims"].as_array().unwrap();
    assert_eq!(checked["passed"].as_u64().unwrap() as usize, claims.len());
    assert_eq!(checked["failed"], 0);
    // The course's own table was not given, so what needs it was not measured.
    assert_eq!(checked["skipped"], 2);
    for field in ["lesson", "claim", "expected", "found", "pass"] {
        assert!(claims.iter().all(|claim| claim.get(field).is_some()), "{field}");
    }
    assert!(is_passed());

    let broken = document(project, &["lesson", "check", "4", "--quick", "--must-fail"], 0);
    assert_eq!((&broken["must_fail"], &broken["failed"]), (&true.into(), &0.into()));

    let slower = ["lesson", "check", "4", "--set", "line:training.learning_rate=0.02"];
    let changed = document(project, &slower, 1);
    assert!(changed["failed"].as_u64().unwrap() >= 3);

    let pages = document(project, &["lesson", "run", "lec04", "--quick"], 0);
    let page = project.join(pages["pages"][0].as_str().unwrap());
    assert!(std::fs::read_to_string(page).unwrap().contains("<svg "));

    let unknown = document(project, &["lesson", "show", "lec99"], 2);
    assert_eq!(unknown["error"]["code"], "usage.no_lesson");
}
