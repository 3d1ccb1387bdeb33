//! A series in time from its file to what a report says of it: windows as rows of
//! dense and recurrent networks, and the rule that nothing changes beside them.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

fn said(project: &Path, arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_ikhim"))
        .current_dir(project)
        .args(arguments)
        .arg("--json")
        .output()
        .unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(output.status.success(), "{arguments:?}: {document}");
    document
}

fn written(project: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_ikhim"))
        .current_dir(project)
        .args(arguments)
        .args(["--lang", "en"])
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn write(project: &Path, name: &str, text: &str) {
    std::fs::write(project.join(name), text).unwrap();
}

/// Days from the first of January 2000 on as dates, by the civil calendar.
fn date(day: usize) -> String {
    let (mut year, mut left) = (2000, day);
    loop {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let lengths = [31, 28 + usize::from(leap), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        if left >= lengths.iter().sum::<usize>() {
            left -= lengths.iter().sum::<usize>();
            year += 1;
            continue;
        }
        let mut month = 0;
        while left >= lengths[month] {
            left -= lengths[month];
            month += 1;
        }
        return format!("{year}-{:02}-{:02}", month + 1, left + 1);
    }
}

/// Numbers that look like normal deviates: sums of twelve fractions of a congruence
/// (Park and Miller 1988).
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        let mut sum = -6.0;
        for _ in 0..12 {
            self.0 = self.0 * 48_271 % 2_147_483_647;
            sum += self.0 as f64 / 2_147_483_647.0;
        }
        sum
    }
}

/// An AR(2) process whose roots have the modulus 0.9 and the angle 0.5, as levels of
/// each day: a prediction errs by the noise, 0.1, at least, the last value by more
/// than twice as much.
fn swinging(days: usize) -> String {
    let mut noise = Noise(1);
    let (mut before, mut last) = (0.0_f64, 0.0_f64);
    let mut text = String::from("day,level\n");
    for day in 0..days {
        let next = 1.8 * 0.5_f64.cos() * last - 0.81 * before + 0.1 * noise.next();
        (before, last) = (last, next);
        text.push_str(&format!("{},{next:.6}\n", date(day)));
    }
    text
}

fn experiment(data: &str, layers: &str, training: &str) -> String {
    format!("[data]\n{data}\n[model]\n{layers}\n[training]\n{training}\n")
}

const LSTM: &str = "layers = [\n  { type = \"lstm\", units = 8, return_sequences = false },\n  \
                    { type = \"dense\", units = \"auto\" },\n]";

#[test]
fn a_swinging_series_is_foreseen_and_the_report_says_so() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    write(project, "level.csv", &swinging(700));
    let data = "path = 'level.csv'\ntarget = 'level'\nseries = { window = 7 }";
    let training = "learning_rate = 0.01\nepochs = 30\nbatch_size = 32";
    write(project, "lstm.toml", &experiment(data, LSTM, training));
    write(project, "dense.toml", &experiment(data, "type = 'mlp'\nhidden = [16]", training));
    for name in ["lstm", "dense"] {
        let run = said(project, &["train", &format!("{name}.toml"), "--out", name]);
        // 700 days, windows of 7 and the day behind: 693 rows, of which 104 and 104
        // are validation and sealed and 7 before each of them belong to none.
        let sizes = [&run["train"]["n"], &run["validation"]["n"], &run["test"]["n"]];
        assert_eq!(sizes, [693 - 2 * (104 + 7), 104, 104]);
        let rules = &run["validation"]["baselines"];
        let value = run["validation"]["value"].as_f64().unwrap();
        let unchanged = rules["last_value"].as_f64().unwrap();
        assert!(value < 0.7 * unchanged, "{name}: {value}, {unchanged}");
        assert_eq!(run["validation"]["beats_no_change"], true, "{name}");
        let report = std::fs::read_to_string(project.join(name).join("report.html")).unwrap();
        assert!(report.contains("The network beats"), "{name}");

        // What is foreseen of the day after the last one.
        let found = said(project, &["predict", name, "level.csv"]);
        let rows = found["predictions"].as_array().unwrap();
        assert_eq!(rows.len(), 700 - 7 + 1);
        assert_eq!(rows.last().unwrap()["day"], date(699));
        let looked = said(project, &["test", name, "--yes"]);
        assert!(looked["value"].as_f64().unwrap() < unchanged, "{looked}");
        let judged = said(project, &["evaluate", name, "level.csv"]);
        assert_eq!((&judged["n"], &judged["rows_in_train"]), (&693.into(), &471.into()));
        assert_eq!(judged["sealed_rows"], 104);
        let again = said(project, &["verify", name]);
        assert_eq!(
            (&again["differing"], &again["test_confirmed"]),
            (&Value::Array(Vec::new()), &true.into())
        );
    }
}

#[test]
fn a_walk_is_not_foreseen_and_that_is_said_too() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    // Sums of independent steps: nothing is better than the last value.
    let mut steps = Noise(2);
    let mut level = 0.0;
    let mut text = String::from("level\n");
    for _ in 0..400 {
        level += steps.next();
        text.push_str(&format!("{level:.6}\n"));
    }
    write(project, "walk.csv", &text);
    let data = "path = 'walk.csv'\ntarget = 'level'\nseries = { window = 5, horizon = 2 }";
    let training = "learning_rate = 0.01\nepochs = 20";
    write(project, "walk.toml", &experiment(data, LSTM, training));
    let said = written(project, &["train", "walk.toml", "--out", "walk"]);
    assert!(said.contains("The network does not beat \"nothing changes\""), "{said}");
    assert!(said.contains("no change"), "{said}");
    let report = std::fs::read_to_string(project.join("walk/report.html")).unwrap();
    assert!(report.contains("The network does not beat"));
}

/// Lab 12-5 by an experiment file, on the course's prices.
#[test]
fn the_prices_of_the_course_are_not_foreseen() {
    let Some(path) = reference("course/data-02-stock_daily.csv") else { return };
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    let data = format!(
        "path = '{}'\nheader = ['open', 'high', 'low', 'volume', 'close']\ntarget = 'close'\n\
         series = {{ window = 7 }}\ndefaults = {{ number = {{ scaling = 'min_max' }} }}\n\
         [split]\nmethod = 'time'\norder = 'newest_first'\nvalidation = 0.3\ntest = 0",
        path.display()
    );
    let layers = LSTM.replace("units = 8", "units = 10");
    let training =
        "loss = 'sum_squared_error'\nlearning_rate = 0.01\nbatch_size = 'full'\nsteps = 500";
    write(project, "stock.toml", &experiment(&data, &layers, training));
    for seed in ["1", "2", "3"] {
        let out = format!("stock-{seed}");
        let run = said(project, &["train", "stock.toml", "--seed", seed, "--out", &out]);
        // 732 days make 725 windows: 0.3 of them are 218, and 7 are left out.
        assert_eq!((&run["train"]["n"], &run["validation"]["n"]), (&500.into(), &218.into()));
        assert_eq!(run["validation"]["beats_no_change"], false, "{run}");
        let rmse = run["validation"]["baselines"]["last_value"].as_f64().unwrap();
        // Of the last 218 days; the lab's 220 have 7.97 dollars.
        assert!((rmse - 7.97).abs() < 0.1, "{rmse}");
    }
}

fn reference(name: &str) -> Option<PathBuf> {
    let shared = std::env::var_os("IKHIM_SHARED_DATA").map(PathBuf::from);
    let near = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let path = shared.unwrap_or(near).join(name);
    if path.exists() {
        return Some(path);
    }
    assert!(
        std::env::var_os("IKHIM_REQUIRE_DATA").is_none_or(|value| value != "1"),
        "{} is required",
        path.display()
    );
    eprintln!("skipped: no {}", path.display());
    None
}
