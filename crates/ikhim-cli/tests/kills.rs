//! A run that is killed anywhere, also inside the writing of a checkpoint,
//! resumes to the bits of a run that was never stopped.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Kills of each experiment.
const KILLS: u32 = 30;

const CLASSES: &str = "
[data]
dataset = 'iris'
[model]
hidden = [8]
dropout = 0.2
[training]
learning_rate = 1e-2
schedule = 'one_cycle'
batch_size = 8
epochs = 25
";

const NUMBERS: &str = "
[data]
header = ['a', 'b', 'y']
rows = [
  [1.0, 2.0, 3.1], [2.0, 1.0, 2.9], [3.0, 5.0, 8.2], [4.0, 4.0, 7.9], [5.0, 1.0, 6.1],
  [6.0, 2.0, 8.0], [7.0, 7.0, 14.1], [8.0, 3.0, 11.0], [9.0, 9.0, 18.2], [10.0, 1.0, 11.1],
  [2.5, 2.5, 5.0], [4.5, 3.5, 8.1],
]
target = 'y'
task = 'regression'
[model]
type = 'linear'
[training]
optimizer = { type = 'sgd', momentum = 0.9 }
learning_rate = 1e-2
schedule = { type = 'reduce_on_plateau', patience = 3 }
batch_size = 4
epochs = 120
early_stopping = { patience = 110 }
";

const XOR: &str = "
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
hidden = [4]
activation = 'tanh'
[training]
learning_rate = 1e-2
batch_size = 'full'
steps = 400
";

/// A text whose network carries its state from batch to batch, so that a kill within
/// an epoch has to bring it back too.
const CARRIED: &str = "
[data]
rows = [['TEXT']]
task = 'next_token'
window = { length = 8 }
[split]
method = 'time'
validation = 0.2
test = 0
[model]
layers = [
  { type = 'embedding', output_dim = 4 },
  { type = 'lstm', units = 8, stateful = true },
  { type = 'gru', units = 6, stateful = true, dropout = 0.1 },
  { type = 'dense', units = 'auto' },
]
[training]
learning_rate = 1e-2
batch_size = 4
epochs = 8
";

/// Which moments are tried must not depend on the code under test, so the
/// generator is one of the test's own (Knuth's linear congruence).
struct Moments(u64);

impl Moments {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) % below.max(1)
    }
}

fn ikhim(project: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ikhim"));
    command.current_dir(project).args(arguments).args(["--checkpoint-every", "1", "--json"]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Whether the process died between the first and the last system call of
/// writing a checkpoint.
fn inside_a_write(run: &Path) -> bool {
    let entries = std::fs::read_dir(run.join("checkpoints")).into_iter().flatten();
    let names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    let holds = |name: &str| names.iter().any(|known| known == name);
    names.iter().any(|name| name.ends_with(".unfinished"))
        || (holds("previous.safetensors") && !holds("last.safetensors"))
}

fn survives(name: &str, text: &str) {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    std::fs::write(project.join("experiment.toml"), text).unwrap();
    let fresh = |run: &'static str| ["train", "experiment.toml", "--out", run];
    let started = Instant::now();
    assert!(ikhim(project, &fresh("whole")).status().unwrap().success(), "{name}");
    let span = started.elapsed().as_micros() as u64;

    let (mut kills, mut inside) = (0, 0);
    let mut moments = Moments(7);
    let place = project.join("killed");
    while kills < KILLS {
        // One run is killed again and again until it comes to its end.
        if place.exists() {
            std::fs::remove_dir_all(&place).unwrap();
        }
        loop {
            let resumable = place.join("run.json").exists();
            let arguments: &[&str] =
                if resumable { &["train", "--resume", "killed"] } else { &fresh("killed") };
            let mut child = ikhim(project, arguments).spawn().unwrap();
            if kills < KILLS {
                std::thread::sleep(Duration::from_micros(moments.next(span)));
                // An error means that the run has ended before.
                let _ = child.kill();
            }
            let status = child.wait().unwrap();
            if status.code().is_some() {
                assert!(status.success(), "{name} after {kills} kills: {status}");
                break;
            }
            kills += 1;
            inside += u32::from(inside_a_write(&place));
        }
        for file in ["checkpoints/last.safetensors", "metrics.csv", "predictions/validation.csv"] {
            let read = |run: &str| std::fs::read(project.join(run).join(file)).ok();
            assert!(read("killed") == read("whole"), "{name} after {kills} kills: {file}");
        }
    }
    println!("{name}: {kills} kills, {inside} of them inside a checkpoint write");
    assert!(inside >= 5, "{name}: {inside} of {kills} kills inside a checkpoint write");
}

#[test]
fn a_killed_classification_resumes_to_the_same_bits() {
    survives("classes", CLASSES);
}

#[test]
fn a_killed_regression_resumes_to_the_same_bits() {
    survives("numbers", NUMBERS);
}

#[test]
fn a_killed_run_of_single_steps_resumes_to_the_same_bits() {
    survives("xor", XOR);
}

#[test]
fn a_killed_run_with_a_carried_state_resumes_to_the_same_bits() {
    let mut moments = Moments(3);
    let letters = "abcd ".as_bytes();
    let text: String = (0..700).map(|_| char::from(letters[moments.next(5) as usize])).collect();
    survives("carried", &CARRIED.replace("TEXT", &text));
}
