use super::Node;
use super::event::{Content, event};
use super::record::record;
use ikhim_text::{Fault, Result};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

const PREFIX: &str = "events.out.tfevents.";

/// The event files of a run: `train/` and `validation/` inside its folder, so
/// that TensorBoard draws both into one chart.
#[derive(Debug)]
pub struct RunEvents {
    /// Events of the train part, and the graph.
    pub train: EventWriter,
    /// Events of the validation part.
    pub validation: EventWriter,
}

impl RunEvents {
    /// Begins new event files in the folder of a run. `first_step` is the first
    /// step that will be written: 0 for a new run, the step after the
    /// checkpoint for a resumed one.
    ///
    /// # Errors
    /// `file.no_permission`, `file.disk_full`, `file.failed`.
    pub fn open(run: &Path, first_step: u64) -> Result<RunEvents> {
        Ok(RunEvents {
            train: EventWriter::open(&run.join("train"), first_step)?,
            validation: EventWriter::open(&run.join("validation"), first_step)?,
        })
    }

    /// Makes everything written so far visible to a reader.
    ///
    /// # Errors
    /// `file.no_permission`, `file.disk_full`, `file.failed`.
    pub fn flush(&mut self) -> Result<()> {
        self.train.flush()?;
        self.validation.flush()
    }
}

/// Writes the events of one part of a run.
///
/// Each opening begins a file of its own, whose first events make readers drop
/// what earlier files say about `first_step` and later: a run that was killed
/// after its last checkpoint and resumed there has no line drawn twice. Earlier
/// files are never changed, because a reader may be in the middle of one.
///
/// ```
/// use ikhim_report::tensorboard::EventWriter;
/// let folder = tempfile::tempdir().unwrap();
/// let mut events = EventWriter::open(folder.path(), 0)?;
/// events.scalar(1, "loss", 0.25)?;
/// events.flush()?;
/// # Ok::<(), ikhim_text::Fault>(())
/// ```
#[derive(Debug)]
pub struct EventWriter {
    path: PathBuf,
    file: BufWriter<File>,
}

impl EventWriter {
    /// Begins a new event file in `folder`, which is made where it is absent.
    ///
    /// # Errors
    /// `file.no_permission`, `file.disk_full`, `file.failed`.
    pub fn open(folder: &Path, first_step: u64) -> Result<EventWriter> {
        let (path, file) = begin(folder).map_err(|fault| not_written(folder, &fault))?;
        let mut writer = EventWriter { path, file: BufWriter::new(file) };
        writer.write(0, Content::Version)?;
        writer.write(first_step, Content::Start)?;
        writer.flush()?;
        Ok(writer)
    }

    /// The value of `tag` at a step, kept in f32. A value that is not finite
    /// is written as it is: TensorBoard marks it.
    ///
    /// # Errors
    /// `file.no_permission`, `file.disk_full`, `file.failed`.
    pub fn scalar(&mut self, step: u64, tag: &str, value: f64) -> Result<()> {
        self.write(step, Content::Scalar { tag, value })
    }

    /// The distribution of the finite values of a tensor at a step, in 30
    /// buckets from the smallest to the greatest; nothing where none is finite.
    ///
    /// # Errors
    /// `file.no_permission`, `file.disk_full`, `file.failed`.
    pub fn histogram(&mut self, step: u64, tag: &str, values: &[f32]) -> Result<()> {
        if !values.iter().any(|value| value.is_finite()) {
            return Ok(());
        }
        self.write(step, Content::Histogram { tag, values })
    }

    /// The graph of the network, written once.
    ///
    /// # Errors
    /// `file.no_permission`, `file.disk_full`, `file.failed`.
    pub fn graph(&mut self, nodes: &[Node]) -> Result<()> {
        self.write(0, Content::Graph(nodes))
    }

    /// Makes everything written so far visible to a reader.
    ///
    /// # Errors
    /// `file.no_permission`, `file.disk_full`, `file.failed`.
    pub fn flush(&mut self) -> Result<()> {
        self.file.flush().map_err(|fault| not_written(&self.path, &fault))
    }

    fn write(&mut self, step: u64, content: Content<'_>) -> Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let bytes = record(&event(now.as_secs_f64(), step, content));
        self.file.write_all(&bytes).map_err(|fault| not_written(&self.path, &fault))
    }
}

/// A new file whose name sorts behind those of all earlier ones, because
/// readers take the files of a folder in the order of their names: a clock set
/// back, or two openings within a second, must not mix them up. The name holds
/// no host and no process id: a run folder says nothing about the machine.
fn begin(folder: &Path) -> io::Result<(PathBuf, File)> {
    fs::create_dir_all(folder)?;
    let mut latest = None;
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let second = name
            .to_str()
            .and_then(|name| name.strip_prefix(PREFIX)?.split('.').next()?.parse::<u64>().ok());
        latest = latest.max(second);
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let second = latest.map_or(now, |latest| now.max(latest.saturating_add(1)));
    let path = folder.join(format!("{PREFIX}{second:010}.ikhim"));
    let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
    Ok((path, file))
}

fn not_written(path: &Path, error: &io::Error) -> Fault {
    let code = match error.kind() {
        io::ErrorKind::PermissionDenied => "file.no_permission",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "file.disk_full",
        _ => "file.failed",
    };
    Fault::of(code).with("path", path.display()).with("found", error).file(path)
}
