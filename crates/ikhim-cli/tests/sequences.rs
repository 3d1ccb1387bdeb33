//! Texts by class: a column read token by token, by an experiment file, with a
//! recurrent network and with convolutions.

use serde_json::Value;
use std::path::Path;
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

/// Words of syllables of different lengths: those of one class have `an` somewhere,
/// those of the other `na`, and neither has both. No single letter tells.
fn words() -> String {
    let others = ["b", "do", "ki", "lu", "pe", "so", "ti"];
    let mut text = String::from("word,group\n");
    let mut state = 12_345_u64;
    let mut draw = |below: usize| {
        state = state * 48_271 % 2_147_483_647;
        state as usize % below
    };
    for row in 0..600 {
        let class = row % 2;
        let length = 1 + draw(4);
        let place = draw(length + 1);
        let mut word = String::new();
        for at in 0..=length {
            // Consonants on both sides, so that the letters meet no others.
            word.push_str(if at == place { ["pant", "inab"][class] } else { others[draw(7)] });
        }
        text.push_str(&format!("{word},{}\n", ["an", "na"][class]));
    }
    text
}

const START: &str = "[data]\npath = 'words.csv'\ntarget = 'group'\nsequence = { column = 'word' }\n\
                     [model]\nlayers = [\n  { type = 'embedding', output_dim = 8 },\n";
const END: &str = "  { type = 'dense', units = 'auto' },\n]\n[training]\nlearning_rate = 0.01\n\
                   epochs = 25\n";

#[test]
fn texts_are_told_apart_by_recurrence_and_by_convolution() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    std::fs::write(project.join("words.csv"), words()).unwrap();
    let networks = [
        ("lstm", "  { type = 'lstm', units = 12, return_sequences = false },\n"),
        (
            "convolution",
            "  { type = 'conv1d', filters = 12, kernel_size = 3, padding = 'same', activation = 'relu' },\n  \
             { type = 'global_max_pool1d' },\n",
        ),
    ];
    for (name, layers) in networks {
        let file = format!("{name}.toml");
        std::fs::write(project.join(&file), format!("{START}{layers}{END}")).unwrap();
        let run = said(project, &["train", &file, "--out", name]);
        let accuracy = run["validation"]["metrics"]["accuracy"].as_f64().unwrap();
        assert!(accuracy > 0.95, "{name}: {run}");
        let found = said(project, &["predict", name, "--row", "dopantki"]);
        assert_eq!(found["predictions"][0]["prediction"], "an", "{found}");
        // Longer than every train row, with a letter that none has.
        let long = "z".repeat(3) + &"do".repeat(3) + "inab" + &"ki".repeat(40);
        let found = said(project, &["predict", name, "--row", &long]);
        assert!(found["predictions"][0]["prediction"].is_string(), "{found}");
        assert_eq!(said(project, &["test", name, "--yes"])["n"], 90);
        let judged = said(project, &["evaluate", name, "words.csv"]);
        assert_eq!(judged["n"], 600);
        // Equal words are one row to the seal.
        assert!(judged["sealed_rows"].as_u64().unwrap() > 50, "{judged}");
    }
}

/// Of a tenth of the names the language is drawn anew, so that the best is right about
/// 1 − 0.1 · 2/3 of all; whoever reads the first syllable alone is right by chance.
#[test]
fn the_language_of_a_name_is_told_about_as_well_as_it_can_be() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    let text = "[data]\ngenerate = { type = 'names', rows = 1500, noise = 0.1 }\n\
                sequence = { column = 'name', buckets = 3 }\n\
                [model]\nlayers = [\n  { type = 'embedding', output_dim = 8 },\n  \
                { type = 'lstm', units = 16, bidirectional = true, return_sequences = false },\n  \
                { type = 'dense', units = 'auto' },\n]\n\
                [training]\nlearning_rate = 1e-2\nbatch_size = 16\nepochs = 30\n";
    std::fs::write(project.join("names.toml"), text).unwrap();
    let accuracy = |name: &str, more: &[&str]| {
        let run = said(project, &[&["train", "names.toml", "--out", name], more].concat());
        let rows = run["validation"]["n"].as_f64().unwrap();
        (run["validation"]["metrics"]["accuracy"].as_f64().unwrap(), rows)
    };
    // Four deviations of a share of so many rows.
    let bound = |share: f64, rows: f64| 4.0 * (share * (1.0 - share) / rows).sqrt();
    let (found, rows) = accuracy("whole", &[]);
    let best = 1.0 - 0.1 * 2.0 / 3.0;
    assert!((found - best).abs() < bound(best, rows), "{found} of {rows}");
    let (found, rows) = accuracy("first", &["--set", "data.sequence.length=2"]);
    assert!((found - 1.0 / 3.0).abs() < bound(1.0 / 3.0, rows), "{found} of {rows}");
    // The distances from ba to de to fi are 1, those from ba to ku to sa 4 and 6.
    for (name, language) in [("badefi", "a"), ("bakusa", "b"), ("banifi", "c")] {
        let found = said(project, &["predict", "whole", "--row", name]);
        assert_eq!(found["predictions"][0]["prediction"], language, "{name}: {found}");
    }
    // A step of a batch of short names is taken apart as it was taken.
    let traced = said(project, &["trace", "whole", "--step", "3"]);
    assert!(traced.to_string().contains("lstm_1"), "{traced}");
    let again = said(project, &["verify", "whole"]);
    assert_eq!(again["differing"], Value::Array(Vec::new()), "{again}");
}

#[test]
fn buckets_are_refused_where_padding_is_something() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    let text =
        "[data]\ngenerate = { type = 'names' }\nsequence = { column = 'name', buckets = 3 }\n\
                [model]\nlayers = [\n  { type = 'embedding', output_dim = 8 },\n  \
                { type = 'flatten' },\n"
            .to_string()
            + END;
    std::fs::write(project.join("names.toml"), text).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_ikhim"))
        .current_dir(project)
        .args(["train", "names.toml", "--json"])
        .output()
        .unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["error"]["code"], "train.buckets", "{document}");
}
