//! One case: the arguments, and what its fault must say.

use crate::project::Project;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// What is told of one call.
pub(crate) struct Case {
    /// The arguments, split at blanks.
    pub(crate) call: &'static str,
    pub(crate) exit: i32,
    pub(crate) code: &'static str,
    /// `file`, `file:line:column`, or nothing where no file is meant.
    pub(crate) place: &'static str,
    /// A word of the sentence or of its help: what to do, or what is wrong.
    pub(crate) says: &'static str,
    /// Faults that are told besides the first.
    pub(crate) others: usize,
}

pub(crate) fn case(
    call: &'static str,
    exit: i32,
    code: &'static str,
    place: &'static str,
    says: &'static str,
) -> Case {
    Case { call, exit, code, place, says, others: 0 }
}

impl Case {
    pub(crate) fn others(self, others: usize) -> Case {
        Case { others, ..self }
    }
}

/// Runs the cases for a person in English and Korean and for a program, and
/// compares the texts with the golden ones. Arguments that cannot be read are
/// told in English only.
pub(crate) fn check(project: &Project, name: &str, korean: bool, cases: &[Case]) {
    let before = project.earlier();
    let mut texts = [String::new(), String::new()];
    for case in cases {
        document(project, case);
        let [english, translated] = &mut texts;
        english.push_str(&told(project, case, "en"));
        if korean {
            let text = told(project, case, "ko");
            assert!(text.chars().any(is_hangul), "{text}");
            translated.push_str(&text);
        }
    }
    assert!(project.earlier() == before, "{name}: the earlier run was changed");
    golden(&format!("{name}.en.txt"), &texts[0]);
    if korean {
        golden(&format!("{name}.ko.txt"), &texts[1]);
    }
}

/// What a person reads: nothing of a fault goes to standard output.
fn told(project: &Project, case: &Case, language: &str) -> String {
    let arguments = case.call.split(' ').chain(["--lang", language]);
    let output = project.ikhim(&arguments.collect::<Vec<_>>());
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    let whole = format!("$ ikhim {}\n{stdout}{stderr}", case.call);
    assert_eq!(output.status.code(), Some(case.exit), "{whole}");
    assert_eq!(stdout, "", "{whole}");
    assert!(!whole.contains(project.path().to_str().unwrap()), "{whole}");
    if !case.place.is_empty() {
        assert!(stderr.contains(&format!("--> {}\n", case.place)), "{whole}");
    }
    let faults = stderr.lines().filter(|line| line.starts_with("error: "));
    if language == "en" {
        assert!(stderr.contains(case.says), "{whole}");
        assert_eq!(faults.count(), 1 + case.others, "{whole}");
    }
    without_digests(&format!("{whole}exit {}\n\n", case.exit))
}

/// The beginning of a digest is of the bits of a run, not of the sentence.
fn without_digests(text: &str) -> String {
    let is_digit = |letter: &char| letter.is_ascii_hexdigit();
    let parts = text.split('…').map(|part| {
        let digits = part.chars().rev().take_while(is_digit).count();
        if digits == 12 { format!("{}DIGEST", &part[..part.len() - digits]) } else { part.into() }
    });
    parts.collect::<Vec<String>>().join("…")
}

/// What a program reads.
fn document(project: &Project, case: &Case) {
    let arguments = case.call.split(' ').chain(["--json"]);
    let output = project.ikhim(&arguments.collect::<Vec<_>>());
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    let whole = format!("{}: {stdout}{stderr}", case.call);
    assert_eq!(output.status.code(), Some(case.exit), "{whole}");
    assert_eq!((stdout.lines().count(), stderr.as_str()), (1, ""), "{whole}");
    let document: Value = serde_json::from_str(&stdout).unwrap();
    let keys: Vec<&String> = document.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["schema", "ikhim", "error"], "{whole}");
    assert_eq!(document["schema"], "ikhim/error/1", "{whole}");
    let error = &document["error"];
    for key in ["code", "message", "file", "line", "column", "expected", "found", "help"] {
        assert!(error.get(key).is_some(), "{key}: {whole}");
    }
    assert_eq!(error["code"], case.code, "{whole}");
    assert_eq!(place(error), case.place, "{whole}");
    assert_eq!(error["others"].as_array().map_or(0, Vec::len), case.others, "{whole}");
    assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{whole}");
}

fn place(error: &Value) -> String {
    let part = |key: &str| match &error[key] {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        number => Some(number.to_string()),
    };
    let parts = ["file", "line", "column"].into_iter().filter_map(part);
    parts.collect::<Vec<_>>().join(":")
}

fn golden(name: &str, text: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_input/golden");
    let path = folder.join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, text).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    for (found, expected) in text.split("\n$ ").zip(expected.split("\n$ ")) {
        assert_eq!(found, expected, "{name}");
    }
    assert_eq!(text, expected, "{name}");
}

pub(crate) fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

pub(crate) fn is_hangul(letter: char) -> bool {
    ('가'..='힣').contains(&letter)
}
