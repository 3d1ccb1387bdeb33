//! The event files of a real training, read back by TensorBoard's own reader
//! where a Python with it is named by `IKHIM_PYTHON`. What it found is recorded
//! beside the script.

use std::path::Path;
use std::process::Command;

#[test]
fn tensorboard_reads_back_a_training() {
    let Ok(python) = std::env::var("IKHIM_PYTHON") else {
        println!("skipped: reading back needs a Python with tensorboard, named by IKHIM_PYTHON");
        return;
    };
    let project = tempfile::tempdir().unwrap();
    let trained = Command::new(env!("CARGO_BIN_EXE_ikhim"))
        .current_dir(project.path())
        .args(["train", "wine", "--set", "model.hidden=[8, 4]", "--epochs", "25", "--json"])
        .output()
        .unwrap();
    assert!(trained.status.success(), "{}", String::from_utf8_lossy(&trained.stdout));
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tensorboard");
    let output = Command::new(python)
        .arg(here.join("check_run.py"))
        .arg(project.path().join("runs/wine-0001"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let without_version = |text: &str| text.split_once('\n').unwrap().1.to_string();
    let found = String::from_utf8(output.stdout).unwrap();
    let recorded = std::fs::read_to_string(here.join("check_run.txt")).unwrap();
    assert_eq!(without_version(&found), without_version(&recorded), "{found}");
}
