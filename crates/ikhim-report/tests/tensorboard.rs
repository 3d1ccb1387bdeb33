//! Event files: their framing is checked here byte by byte, their meaning by
//! TensorBoard's own reader where a Python with it is named by `IKHIM_PYTHON`.

use ikhim_report::tensorboard::{EventWriter, Node, RunEvents};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// CRC-32C bit by bit, as RFC 3720 defines it; the crate uses a table.
fn crc32c(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc: u32, _| {
            if crc & 1 == 1 { (crc >> 1) ^ 0x82F6_3B78 } else { crc >> 1 }
        })
    })
}

fn masked(bytes: &[u8]) -> [u8; 4] {
    let crc = crc32c(bytes);
    crc.rotate_right(15).wrapping_add(0xA282_EAD8).to_le_bytes()
}

/// The contents of the records of a file, all checksums checked.
fn records(path: &Path) -> Vec<Vec<u8>> {
    let bytes = fs::read(path).unwrap();
    let mut rest = bytes.as_slice();
    let mut records = Vec::new();
    while !rest.is_empty() {
        let (length, after) = rest.split_at(8);
        assert_eq!(after[..4], masked(length), "checksum of the length in {}", path.display());
        let length = u64::from_le_bytes(length.try_into().unwrap()) as usize;
        let (content, after) = after[4..].split_at(length);
        assert_eq!(after[..4], masked(content), "checksum of the content in {}", path.display());
        records.push(content.to_vec());
        rest = &after[4..];
    }
    records
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn contains(content: &[u8], part: &[u8]) -> bool {
    content.windows(part.len()).any(|window| window == part)
}

fn nodes() -> Vec<Node> {
    let node = |name: &str, op: &str, inputs: &[&str], width, parameters| Node {
        name: name.into(),
        op: op.into(),
        inputs: inputs.iter().map(|input| input.to_string()).collect(),
        shape: vec![None, Some(width)],
        parameters,
    };
    vec![
        node("features", "input", &[], 64, 0),
        node("block_1/dense_1", "dense", &["features"], 32, 2080),
        node("block_1/relu_1", "relu", &["block_1/dense_1"], 32, 0),
        node("dense_2", "dense", &["block_1/relu_1"], 10, 330),
        node("add_1", "add", &["dense_2", "dense_2"], 10, 0),
    ]
}

/// Five epochs, then a crash; resumed from the checkpoint after the third, the
/// fourth and the fifth give other values, and a sixth follows.
fn write_run(run: &Path) {
    let epochs = |events: &mut RunEvents, range: std::ops::RangeInclusive<u64>, offset: f64| {
        for epoch in range {
            let loss = 1.0 / epoch as f64 + offset;
            events.train.scalar(epoch, "loss", loss).unwrap();
            events.validation.scalar(epoch, "loss", loss * 2.0).unwrap();
            events.validation.scalar(epoch, "accuracy", 1.0 - loss / 2.0).unwrap();
            let weights: Vec<f32> = (0..60).map(|i| (i * i * epoch) as f32 - 100.0).collect();
            events.train.histogram(epoch, "weights/dense_2.kernel", &weights).unwrap();
            events.flush().unwrap();
        }
    };
    let mut events = RunEvents::open(run, 0).unwrap();
    events.train.graph(&nodes()).unwrap();
    epochs(&mut events, 1..=5, 0.5);
    drop(events);
    let mut events = RunEvents::open(run, 4).unwrap();
    epochs(&mut events, 4..=6, 0.0);
    let odd = [f32::NAN, 2.0, f32::INFINITY, 2.0];
    events.train.histogram(6, "gradients/검증 <b>", &odd).unwrap();
    events.train.histogram(6, "gradients/empty", &[]).unwrap();
    events.validation.scalar(6, "broken", f64::NAN).unwrap();
    events.flush().unwrap();
}

#[test]
fn records_are_framed_with_masked_checksums() {
    let run = tempfile::tempdir().unwrap();
    write_run(run.path());
    for part in ["train", "validation"] {
        let files = files(&run.path().join(part));
        assert_eq!(files.len(), 2, "one file for each opening");
        for file in &files {
            let name = file.file_name().unwrap().to_str().unwrap();
            let digits = name
                .strip_prefix("events.out.tfevents.")
                .and_then(|rest| rest.strip_suffix(".ikhim"))
                .unwrap();
            assert!(digits.len() >= 10 && digits.bytes().all(|digit| digit.is_ascii_digit()));
            let records = records(file);
            assert!(contains(&records[0], b"brain.Event:2"), "the first event is the version");
            // Field 7, a message of two bytes: status START.
            assert!(records[1].ends_with(&[0x3A, 2, 0x08, 1]), "the second event is the start");
        }
    }
    let train = files(&run.path().join("train"));
    assert_eq!(records(&train[0]).len(), 2 + 1 + 5 * 2);
    // Field 2, the step: the resumed file voids step 4 and later.
    assert!(contains(&records(&train[1])[1], &[0x10, 4]));
    assert!(contains(&records(&train[0])[2], b"block_1/dense_1"));
}

#[test]
fn a_reader_sees_what_was_flushed() {
    let run = tempfile::tempdir().unwrap();
    let mut events = EventWriter::open(run.path(), 0).unwrap();
    let file = files(run.path()).remove(0);
    assert_eq!(records(&file).len(), 2, "a new file is readable at once");
    for epoch in 1..=3 {
        events.scalar(epoch, "loss", 0.5).unwrap();
        events.flush().unwrap();
        assert_eq!(records(&file).len(), 2 + epoch as usize);
    }
}

#[test]
fn a_new_file_sorts_behind_one_from_the_future() {
    let folder = tempfile::tempdir().unwrap();
    let future = folder.path().join("events.out.tfevents.9000000000.other");
    fs::write(&future, b"").unwrap();
    EventWriter::open(folder.path(), 3).unwrap();
    EventWriter::open(folder.path(), 5).unwrap();
    let files = files(folder.path());
    assert_eq!(files.len(), 3);
    assert_eq!(files[0], future);
    assert!(files[2].ends_with("events.out.tfevents.9000000002.ikhim"));
}

#[test]
fn a_folder_that_cannot_be_made_is_a_fault_with_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run");
    fs::write(&file, b"a file, not a folder").unwrap();
    let fault = RunEvents::open(&file, 0).unwrap_err();
    assert_eq!(fault.code(), "file.failed");
    assert!(fault.to_string().contains("run"));
}

#[test]
fn tensorboard_reads_back_what_was_written() {
    let Ok(python) = std::env::var("IKHIM_PYTHON") else {
        println!("skipped: reading back needs a Python with tensorboard, named by IKHIM_PYTHON");
        return;
    };
    let run = tempfile::tempdir().unwrap();
    write_run(run.path());
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tensorboard");
    let output =
        Command::new(python).arg(here.join("read_back.py")).arg(run.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let without_version = |text: &str| text.split_once('\n').unwrap().1.to_string();
    let found = String::from_utf8(output.stdout).unwrap();
    let recorded = fs::read_to_string(here.join("read_back.txt")).unwrap();
    assert_eq!(without_version(&found), without_version(&recorded), "{found}");
}
