//! What a person said of a file, kept with what was learned from it.

use super::csv::Options;
use crate::ImageOptions;
use serde::{Deserialize, Serialize};

/// What a person said of the file that held the data. A model keeps it, so that
/// a new file is read as the first one was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FileFormat {
    /// The character between two cells; without it, the file shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub separator: Option<char>,
    /// Whether the first record names the columns; without it, the file shows
    /// it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<bool>,
    /// What a comment line starts with; without it no line is a comment.
    pub comment: Option<char>,
    /// Further words that stand for a missing value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing_values: Vec<String>,
    /// How images are brought to the shape of a row.
    #[serde(default, skip_serializing_if = "ImageOptions::is_default")]
    pub images: ImageOptions,
}

/// Nothing was said.
impl Default for FileFormat {
    fn default() -> FileFormat {
        FileFormat::of(&Options::default(), &[], &ImageOptions::default())
    }
}

impl FileFormat {
    /// Names that were given stand in no file, so its first record is a row.
    pub(crate) fn of(
        options: &Options,
        missing_values: &[String],
        images: &ImageOptions,
    ) -> FileFormat {
        FileFormat {
            separator: options.separator.map(char::from),
            header: options.names.as_ref().map(|_| false).or(options.header),
            comment: options.comment.map(char::from),
            missing_values: missing_values.to_vec(),
            images: images.clone(),
        }
    }

    /// Whether nothing was said.
    pub(crate) fn is_default(&self) -> bool {
        *self == FileFormat::default()
    }

    /// The same as options of reading, for a file with these inputs. A
    /// character beyond one byte is in no file that was read.
    pub(crate) fn options(&self, inputs: Vec<String>) -> Options {
        let byte = |sign: Option<char>| sign.and_then(|sign| u8::try_from(sign).ok());
        Options {
            separator: byte(self.separator),
            header: self.header,
            comment: byte(self.comment),
            inputs,
            ..Options::default()
        }
    }
}
