//! What a person means by DATA: a path, or the name of a data set that ikhim
//! carries.

use crate::console::Console;
use ikhim_data::{Dataset, DatasetBuilder};
use ikhim_text::nearest::nearest;
use ikhim_text::{Fault, Result, sentence};
use std::path::{Path, PathBuf};

/// Where data is, as a person named it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DataSource {
    /// A file or folder.
    Path(PathBuf),
    /// A data set in the executable.
    Carried(&'static str),
}

impl DataSource {
    /// A path that exists wins over a data set's name.
    pub(crate) fn of(meant: &str) -> Result<DataSource> {
        if Path::new(meant).exists() {
            return Ok(DataSource::Path(PathBuf::from(meant)));
        }
        if let Some(name) = carried(meant) {
            return Ok(DataSource::Carried(name));
        }
        // What is wrong with a pattern or an address is told when it is read.
        if meant.contains(['*', '?']) || meant.contains("://") {
            return Ok(DataSource::Path(PathBuf::from(meant)));
        }
        // What looks like a path is a path that does not exist.
        if meant.contains(['/', '\\', '.']) {
            return Err(Fault::of("file.missing").with("path", meant).file(meant).help_words(
                "a path is relative to the current folder; `ikhim data list` names the data sets that ikhim carries",
                "경로는 현재 폴더를 기준으로 합니다. ikhim에 들어 있는 데이터는 `ikhim data list`로 볼 수 있습니다",
            ));
        }
        let fault = Fault::of("usage.no_data").with("found", meant);
        Err(match nearest(meant, Dataset::NAMES) {
            Some(near) => fault.help_words(
                format!("did you mean the data set `{near}`?"),
                format!("혹시 `{near}` 데이터인가요?"),
            ),
            None => fault,
        })
    }

    /// Says which was meant, where both exist.
    pub(crate) fn tell_apart(&self, console: &Console) {
        if let DataSource::Path(path) = self
            && let Some(name) = path.to_str().and_then(carried)
        {
            console.say(sentence::PATH_WINS, &[("name", name.to_string())]);
        }
    }

    pub(crate) fn builder(&self) -> DatasetBuilder {
        match self {
            DataSource::Path(path) => Dataset::path(path),
            DataSource::Carried(name) => Dataset::named(*name),
        }
    }
}

fn carried(name: &str) -> Option<&'static str> {
    Dataset::NAMES.into_iter().find(|known| *known == name)
}
