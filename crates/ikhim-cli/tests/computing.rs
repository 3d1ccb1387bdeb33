//! What computes: `--threads`, `--cpu` and IKHIM_CPU change the time and nothing
//! else.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn ikhim(project: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ikhim"));
    command.current_dir(project).args(arguments).args(["--lang", "en"]).env_remove("IKHIM_CPU");
    command
}

fn done(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
    output
}

fn document(command: &mut Command) -> Value {
    serde_json::from_slice(&command.arg("--json").output().unwrap().stdout).unwrap()
}

/// The levels of this machine, as it says itself.
fn levels(project: &Path) -> Vec<String> {
    let fault = document(&mut ikhim(project, &["runs", "--cpu", "?"]));
    let expected = fault["error"]["expected"].as_str().unwrap();
    expected.split(", ").map(str::to_string).collect()
}

/// Wide enough for the work of a step to be shared among threads.
const DIGITS: &str = "
[data]
dataset = 'digits'
[model]
hidden = [256, 192]
dropout = 0.2
[training]
batch_size = 200
epochs = 2
";

const EMBEDDED: &str = "
[data]
path = 'table.csv'
target = 'price'
task = 'regression'
[data.columns]
kind = { type = 'category', encoding = 'embedding' }
[model]
hidden = [24]
activation = 'tanh'
[training]
optimizer = { type = 'rmsprop', momentum = 0.5 }
clip_norm = 1.0
l2 = 1e-3
epochs = 5
";

/// Convolutions, pooling and statistics over the batch.
const IMAGES: &str = "
[data]
dataset = 'digits'
[model]
layers = [
  { type = 'conv2d', filters = 6, kernel_size = 3, padding = 'same', use_bias = false },
  { type = 'batch_norm' },
  { type = 'relu', name = 'stem' },
  { type = 'conv2d', filters = 6, kernel_size = 3, padding = 'same', groups = 3 },
  { type = 'add', inputs = ['previous', 'stem'] },
  { type = 'max_pool2d', pool_size = 3, stride = 2, padding = 'same' },
  { type = 'spatial_dropout', rate = 0.2 },
  { type = 'average_pool2d', pool_size = 2 },
  { type = 'flatten' },
  { type = 'dense', units = 'auto' },
]
[training]
batch_size = 200
epochs = 1
";

fn table(project: &Path) {
    let row = |row: usize| {
        let kind = ["a", "b", "c"][row * 7 % 3];
        format!("{},{kind},{}\n", row % 11, (row % 11) * 2 + row * 7 % 3)
    };
    let rows: String = (0..300).map(row).collect();
    std::fs::write(project.join("table.csv"), format!("size,kind,price\n{rows}")).unwrap();
}

#[test]
fn threads_and_levels_change_no_byte_of_a_run() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    table(project);
    for (name, text) in [("digits", DIGITS), ("embedded", EMBEDDED), ("images", IMAGES)] {
        std::fs::write(project.join("experiment.toml"), text).unwrap();
        let mut first = None;
        for level in levels(project) {
            for threads in ["1", "2", "3", "8"] {
                let run = format!("{name}-{level}-{threads}");
                let arguments = ["train", "experiment.toml", "--out", &run];
                let mut command = ikhim(project, &arguments);
                let trained = document(command.args(["--threads", threads, "--cpu", &level]));
                assert_eq!(trained["threads"].to_string(), threads);
                assert_eq!(trained["cpu"], level.as_str());
                let files = ["checkpoints/last.safetensors", "metrics.csv", "experiment.toml"];
                let read = |file| std::fs::read(project.join(&run).join(file)).unwrap();
                let bytes = files.map(read);
                assert!(*first.get_or_insert_with(|| bytes.clone()) == bytes, "{run}");
            }
        }
    }
}

#[test]
fn a_row_alone_is_predicted_as_among_others() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    table(project);
    std::fs::write(project.join("experiment.toml"), EMBEDDED).unwrap();
    done(&mut ikhim(project, &["train", "experiment.toml", "--out", "run"]));
    let together = done(&mut ikhim(project, &["predict", "run", "table.csv", "--threads", "3"]));
    let together = String::from_utf8(together.stdout).unwrap();
    let last = |line: &str| line.rsplit(',').next().unwrap().to_string();
    for row in [0, 1, 31, 32, 257, 299] {
        let line = together.lines().nth(row + 1).unwrap();
        let input: Vec<&str> = line.split(',').take(2).collect();
        let alone = ["predict", "run", "--row", &input.join(",")];
        let alone = done(&mut ikhim(project, &alone));
        let alone = String::from_utf8(alone.stdout).unwrap();
        assert_eq!(last(alone.lines().nth(1).unwrap()), last(line), "row {row}");
    }
}

#[test]
fn double_precision_stays_on_the_evaluator() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    let arguments = ["train", "iris", "--epochs", "2", "--set", "training.precision=f64"];
    let trained = document(&mut ikhim(project, &[&arguments[..], &["--threads", "2"]].concat()));
    assert_eq!(
        (trained["cpu"].as_str(), trained["threads"].as_u64()),
        (Some("reference"), Some(1))
    );
    // One kernel in f64 holds numbers that f32 has not.
    let run = trained["run"].as_str().unwrap();
    let traced = document(&mut ikhim(project, &["trace", run, "--row", "1"]));
    let nodes = traced["nodes"].as_array().unwrap();
    let kernel = nodes.iter().find(|node| node["name"] == "dense_1.kernel").unwrap();
    assert_eq!(kernel["dtype"], "f32");
    let numbers: Vec<f64> = kernel["value"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|row| row.as_array().unwrap())
        .map(|number| number.as_f64().unwrap())
        .collect();
    assert!(numbers.iter().any(|number| f64::from(*number as f32) != *number));
}

#[test]
fn a_level_that_is_not_there_is_a_fault_that_lists_what_is() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    let levels = levels(project);
    assert_eq!(levels.last().map(String::as_str), Some("portable"));
    let output = ikhim(project, &["train", "iris", "--cpu", "avx9"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    let expected = format!("error: --cpu is `avx9`; expected one of {}", levels.join(", "));
    assert!(text.starts_with(&expected), "{text}");

    let mut of_variable = ikhim(project, &["train", "iris"]);
    let output = of_variable.env("IKHIM_CPU", "mmx").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.starts_with("error: IKHIM_CPU is `mmx`"), "{text}");
    assert!(!project.join("runs").exists());

    // The flag wins over the variable.
    let mut both = ikhim(project, &["doctor", "--cpu", "portable"]);
    let machine = &document(both.env("IKHIM_CPU", "mmx"))["machine"];
    assert_eq!(machine["cpu"], "portable");
    let mut variable = ikhim(project, &["doctor", "--threads", "3"]);
    let machine = &document(variable.env("IKHIM_CPU", "portable"))["machine"];
    assert_eq!((&machine["cpu"], &machine["threads"]), (&"portable".into(), &3.into()));
    for level in ["avx512", "avx2"].iter().filter(|level| !levels.contains(&level.to_string())) {
        let lacks = document(&mut ikhim(project, &["doctor", "--cpu", level]));
        assert_eq!(lacks["error"]["code"], "usage.cpu_lacks_level");
    }
}

#[test]
fn seeds_beside_each_other_have_the_bits_of_seeds_alone() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    let seeds = ["train", "iris", "--epochs", "3", "--seed", "1", "--seeds", "3", "--threads", "2"];
    let several = document(&mut ikhim(project, &seeds));
    for (run, seed) in several["runs"].as_array().unwrap().iter().zip(["1", "2", "3"]) {
        assert_eq!(run["threads"], 1);
        let alone = format!("alone-{seed}");
        let arguments = ["train", "iris", "--epochs", "3", "--seed", seed, "--out", &alone];
        done(&mut ikhim(project, &arguments));
        let read = |run: &str| {
            std::fs::read(project.join(run).join("checkpoints/last.safetensors")).unwrap()
        };
        assert!(read(run["run"].as_str().unwrap()) == read(&alone), "seed {seed}");
    }
}

/// The keys of the peers' documents (bench/peers/peer.py).
#[test]
fn bench_gives_the_fields_of_its_peers() {
    let project = tempfile::tempdir().unwrap();
    let bench = |workload: &str| {
        let arguments = ["bench", workload, "--seconds", "0.01", "--threads", "2"];
        document(&mut ikhim(project.path(), &arguments))
    };
    for workload in ["softmax", "infer_mlp", "xor"] {
        let found = bench(workload);
        assert_eq!((&found["workload"], &found["framework"]), (&workload.into(), &"ikhim".into()));
        assert_eq!(found["threads"], 2);
        let number = |name: &str| found[name].as_f64().unwrap_or_else(|| panic!("{name}: {found}"));
        let step = number("seconds_per_step_median");
        assert!(step > 0.0 && number("startup_s") > 0.0 && number("samples_per_s") > 0.0);
        if workload == "xor" {
            assert_eq!(found["steps"], 10_001);
            assert_eq!(number("total_s") / 10_001.0, step);
            assert!(found.get("p10").is_none() && found.get("p90").is_none());
        } else {
            assert!(number("steps") >= 30.0 && found.get("total_s").is_none());
            assert!(number("p10") <= step && step <= number("p90"));
        }
    }
}
