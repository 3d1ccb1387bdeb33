//! What an evaluation has found so far, in a file: one that was cut off goes on
//! where it was, and what several parts of it need is found once.

use ikhim_data::ContentHash;
use ikhim_run::durable;
use ikhim_text::Result;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Values by what they answer. Each is a line of the file as soon as it is known;
/// a line that was cut off is no answer.
pub(crate) struct Kept {
    program: String,
    known: Mutex<HashMap<String, Value>>,
    file: Option<(PathBuf, Mutex<File>)>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    program: String,
    key: String,
    value: Value,
}

impl Kept {
    /// Goes on with a file; without one, remembers while it lives. Answers of
    /// another program are not taken: another rule may give others.
    ///
    /// # Errors
    /// A file that cannot be read or written.
    pub(crate) fn open(path: Option<&Path>) -> Result<Kept> {
        let program = program();
        let mut known = HashMap::new();
        let Some(path) = path else {
            return Ok(Kept { program, known: Mutex::new(known), file: None });
        };
        let fault = |error: std::io::Error| durable::fault(path, &error);
        let mut text = match std::fs::read(path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(fault(error)),
        };
        let is_cut = !text.is_empty() && !text.ends_with('\n');
        text.truncate(text.rfind('\n').map_or(0, |end| end + 1));
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok());
        known.extend(
            lines.filter(|line| line.program == program).map(|line| (line.key, line.value)),
        );
        let mut file = File::options().create(true).append(true).open(path).map_err(fault)?;
        if is_cut {
            // What follows stands on a line of its own.
            file.write_all(b"\n").map_err(fault)?;
        }
        let file = Some((path.to_path_buf(), Mutex::new(file)));
        Ok(Kept { program, known: Mutex::new(known), file })
    }

    /// The answer to a question, given where it is known and found where not.
    ///
    /// # Errors
    /// What finding it meets; a disk that is full.
    pub(crate) fn answer<T: Serialize + DeserializeOwned>(
        &self,
        question: &[&str],
        find: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        let key = question.join("\n");
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(answer) = known.and_then(|value| serde_json::from_value(value).ok()) {
            return Ok(answer);
        }
        let found = find()?;
        // A value without a form in JSON is found again by whoever asks again.
        let Ok(value) = serde_json::to_value(&found) else { return Ok(found) };
        if let Some((path, file)) = &self.file {
            let (program, key) = (self.program.clone(), key.clone());
            let line = Line { program, key, value: value.clone() };
            let mut line = serde_json::to_string(&line).unwrap_or_default();
            line.push('\n');
            // One write for a line: lines of two threads do not mix.
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            file.write_all(line.as_bytes()).map_err(|error| durable::fault(path, &error))?;
        }
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(key, value);
        Ok(found)
    }
}

/// What runs: its bytes by their hash, or its version where they cannot be read.
fn program() -> String {
    let bytes = std::env::current_exe().and_then(std::fs::read);
    match bytes {
        Ok(bytes) => ContentHash::of(&bytes).to_string()[..16].to_string(),
        Err(_) => env!("CARGO_PKG_VERSION").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_not_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kept.jsonl");
        let first = Kept::open(Some(&path)).unwrap();
        assert_eq!(first.answer(&["a", "1"], || Ok(3)).unwrap(), 3);
        assert_eq!(first.answer(&["a", "1"], || -> Result<i32> { unreachable!() }).unwrap(), 3);
        assert_eq!(first.answer(&["a", "2"], || Ok(4)).unwrap(), 4);
        // Cut in the middle of the second line.
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, &text[..text.len() - 5]).unwrap();
        let again = Kept::open(Some(&path)).unwrap();
        assert_eq!(again.answer(&["a", "1"], || -> Result<i32> { unreachable!() }).unwrap(), 3);
        assert_eq!(again.answer(&["a", "2"], || Ok(5)).unwrap(), 5);
        let third = Kept::open(Some(&path)).unwrap();
        assert_eq!(third.answer(&["a", "2"], || -> Result<i32> { unreachable!() }).unwrap(), 5);
    }

    #[test]
    fn another_program_s_answers_are_not_taken() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kept.jsonl");
        std::fs::write(&path, "{\"program\":\"another\",\"key\":\"a\",\"value\":3}\n").unwrap();
        let kept = Kept::open(Some(&path)).unwrap();
        assert_eq!(kept.answer(&["a"], || Ok(4)).unwrap(), 4);
    }
}
