//! The log of a run: one line per epoch in `metrics.csv`, everything in
//! `log.jsonl`.

use crate::durable;
use ikhim_text::Result;
use serde_json::{Map, Value, json};
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// What one epoch gave.
#[derive(Debug, Clone, PartialEq)]
pub struct EpochRecord {
    /// The epoch, from 1.
    pub epoch: u64,
    /// Steps done at its end.
    pub step: u64,
    /// The rate of its last step.
    pub learning_rate: f64,
    /// Mean loss over the batches as they were learned from, with dropout and
    /// before each update: the mode `running`.
    pub train_loss: f64,
    /// Mean loss over the validation rows; `None` without such rows.
    pub validation_loss: Option<f64>,
    /// The metrics over the validation rows (over the train rows when there are
    /// no others), in the order of the experiment.
    pub metrics: Vec<(String, f64)>,
}

/// The open log of a run.
#[derive(Debug)]
pub struct Log {
    table: BufWriter<File>,
    events: BufWriter<File>,
    paths: (PathBuf, PathBuf),
    header: bool,
}

impl Log {
    /// Opens the log of a folder, dropping what was written after a checkpoint:
    /// epochs after `epoch` and a line that was cut.
    ///
    /// # Errors
    /// The files cannot be read or written.
    pub fn open(folder: &Path, epoch: u64) -> Result<Log> {
        let paths = (folder.join("metrics.csv"), folder.join("log.jsonl"));
        let header = keep_lines(&paths.0, |line| {
            let first = line.split(',').next().unwrap_or_default();
            first == "epoch" || first.parse::<u64>().is_ok_and(|number| number <= epoch)
        })? > 0;
        keep_lines(&paths.1, |line| {
            let event: Option<Value> = serde_json::from_str(line).ok();
            event.is_some_and(|event| {
                event["event"] != "epoch" || event["epoch"].as_u64().is_some_and(|e| e <= epoch)
            })
        })?;
        let append = |path: &Path| {
            let file = OpenOptions::new().create(true).append(true).open(path);
            file.map(BufWriter::new).map_err(|error| durable::fault(path, &error))
        };
        Ok(Log { table: append(&paths.0)?, events: append(&paths.1)?, paths, header })
    }

    /// Writes one epoch to both files. `role` is the part that the metrics were
    /// measured on.
    ///
    /// # Errors
    /// The disk is full or the folder gone.
    pub fn epoch(&mut self, record: &EpochRecord, role: &str) -> Result<()> {
        if !self.header {
            self.header = true;
            let metrics: String =
                record.metrics.iter().map(|(name, _)| format!(",{role}_{name}")).collect();
            let validation = if record.validation_loss.is_some() { ",validation_loss" } else { "" };
            let line = format!("epoch,step,learning_rate,train_loss{validation}{metrics}\n");
            self.table(&line)?;
        }
        let mut line = format!(
            "{},{},{},{}",
            record.epoch, record.step, record.learning_rate, record.train_loss
        );
        let numbers = record.validation_loss.iter().chain(record.metrics.iter().map(|(_, v)| v));
        for number in numbers {
            line.push_str(&format!(",{number}"));
        }
        line.push('\n');
        self.table(&line)?;
        let mut event = Map::new();
        event.insert("epoch".to_string(), json!(record.epoch));
        event.insert("step".to_string(), json!(record.step));
        insert_number(&mut event, "learning_rate", record.learning_rate);
        insert_number(&mut event, "train_loss", record.train_loss);
        if let Some(loss) = record.validation_loss {
            insert_number(&mut event, "validation_loss", loss);
        }
        for (name, value) in &record.metrics {
            insert_number(&mut event, &format!("{role}_{name}"), *value);
        }
        self.event("epoch", event)
    }

    /// Writes an event to `log.jsonl`.
    ///
    /// # Errors
    /// The disk is full or the folder gone.
    pub fn event(&mut self, name: &str, mut content: Map<String, Value>) -> Result<()> {
        let mut event = Map::new();
        event.insert("event".to_string(), json!(name));
        event.append(&mut content);
        let line = format!("{}\n", Value::Object(event));
        self.events
            .write_all(line.as_bytes())
            .map_err(|error| durable::fault(&self.paths.1, &error))
    }

    fn table(&mut self, line: &str) -> Result<()> {
        self.table.write_all(line.as_bytes()).map_err(|error| durable::fault(&self.paths.0, &error))
    }

    /// Hands everything written so far to the system.
    ///
    /// # Errors
    /// The disk is full or the folder gone.
    pub fn flush(&mut self) -> Result<()> {
        self.table.flush().map_err(|error| durable::fault(&self.paths.0, &error))?;
        self.events.flush().map_err(|error| durable::fault(&self.paths.1, &error))
    }
}

/// Reads the epochs of a run's `metrics.csv`; a line that was cut is left out.
///
/// # Errors
/// The file cannot be read. A file that is not there gives no epochs.
pub fn epochs(folder: &Path) -> Result<Vec<EpochRecord>> {
    let path = folder.join("metrics.csv");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(durable::fault(&path, &error)),
    };
    // A line that a process was killed in may end in the middle of a number.
    let whole = text.rfind('\n').map_or(0, |end| end + 1);
    let mut lines = text[..whole].lines();
    let names: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    Ok(lines.filter_map(|line| record(&names, line)).collect())
}

/// How many epochs stand whole in a run's `log.jsonl`; none where it cannot be read.
pub fn logged_epochs(folder: &Path) -> usize {
    let text = std::fs::read_to_string(folder.join("log.jsonl")).unwrap_or_default();
    let events = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    events.filter(|event| event["event"] == "epoch").count()
}

fn record(names: &[&str], line: &str) -> Option<EpochRecord> {
    let cells: Vec<&str> = line.split(',').collect();
    if cells.len() != names.len() || cells.len() < 4 {
        return None;
    }
    let mut record = EpochRecord {
        epoch: cells[0].parse().ok()?,
        step: cells[1].parse().ok()?,
        learning_rate: cells[2].parse().ok()?,
        train_loss: cells[3].parse().ok()?,
        validation_loss: None,
        metrics: Vec::new(),
    };
    for (name, cell) in names.iter().zip(&cells).skip(4) {
        let value = cell.parse().ok()?;
        match name.split_once('_') {
            Some(("validation", "loss")) => record.validation_loss = Some(value),
            Some((_, metric)) => record.metrics.push((metric.to_string(), value)),
            None => {}
        }
    }
    Some(record)
}

/// Puts a number into a JSON object; one that is not finite becomes `null` with
/// a second key `<name>_is` that says which, because JSON has no word for it.
pub fn insert_number(object: &mut Map<String, Value>, name: &str, value: f64) {
    object.insert(name.to_string(), json!(value));
    if let Some(word) = non_finite(value) {
        object.insert(format!("{name}_is"), json!(word));
    }
}

/// The word for a number that is not finite.
pub fn non_finite(value: f64) -> Option<&'static str> {
    match value {
        _ if value.is_nan() => Some("nan"),
        _ if value == f64::INFINITY => Some("inf"),
        _ if value == f64::NEG_INFINITY => Some("-inf"),
        _ => None,
    }
}

/// Rewrites a file with the whole lines that are kept; gives their number. A
/// file that is not there has none.
fn keep_lines(path: &Path, keep: impl Fn(&str) -> bool) -> Result<usize> {
    let text = match std::fs::read(path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(durable::fault(path, &error)),
    };
    let whole = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
    let kept: String = whole.split_inclusive('\n').filter(|line| keep(line.trim_end())).collect();
    if kept != text {
        durable::replace(path, kept.as_bytes())?;
    }
    Ok(kept.lines().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(epoch: u64) -> EpochRecord {
        EpochRecord {
            epoch,
            step: epoch * 10,
            learning_rate: 0.1,
            train_loss: 1.0 / epoch as f64,
            validation_loss: Some(f64::NAN),
            metrics: vec![("accuracy".to_string(), 0.5), ("rmse".to_string(), f64::INFINITY)],
        }
    }

    #[test]
    fn reads_back_what_it_wrote_and_drops_what_a_checkpoint_does_not_know() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = Log::open(folder.path(), 0).unwrap();
        for epoch in 1..=3 {
            log.epoch(&record(epoch), "validation").unwrap();
        }
        log.flush().unwrap();
        drop(log);
        let whole = std::fs::read(folder.path().join("metrics.csv")).unwrap();
        std::fs::write(folder.path().join("metrics.csv"), &whole[..whole.len() - 4]).unwrap();

        let mut log = Log::open(folder.path(), 2).unwrap();
        log.epoch(&record(3), "validation").unwrap();
        log.flush().unwrap();
        assert_eq!(std::fs::read(folder.path().join("metrics.csv")).unwrap(), whole);
        let found = epochs(folder.path()).unwrap();
        assert_eq!(found.len(), 3);
        assert_eq!(found[1].train_loss, 0.5);
        assert_eq!(found[2].metrics[1], ("rmse".to_string(), f64::INFINITY));
        let events = std::fs::read_to_string(folder.path().join("log.jsonl")).unwrap();
        assert_eq!(events.lines().count(), 3);
        assert!(events.contains(r#""validation_loss":null,"validation_loss_is":"nan""#));
    }
}
