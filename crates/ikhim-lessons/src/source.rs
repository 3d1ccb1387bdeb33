//! The lessons that are part of the executable.

use crate::Lesson;
use ikhim_text::Result;

struct Source {
    name: &'static str,
    settings: &'static str,
    english: &'static str,
    korean: &'static str,
    files: &'static [(&'static str, &'static str)],
}

/// The files of a lesson, as the build finds them.
macro_rules! lesson {
    ($name:literal, [$($file:literal),*]) => {
        Source {
            name: $name,
            settings: include_str!(concat!("../../../lessons/", $name, "/lesson.toml")),
            english: include_str!(concat!("../../../lessons/", $name, "/en.md")),
            korean: include_str!(concat!("../../../lessons/", $name, "/ko.md")),
            files: &[$((
                concat!($file, ".toml"),
                include_str!(concat!("../../../lessons/", $name, "/", $file, ".toml")),
            )),*],
        }
    };
}

/// In the order of the course.
const SOURCES: &[Source] = &[
    lesson!("lab01", []),
    lesson!("lec04", ["line", "slope", "exams", "ones", "scaled", "scores"]),
    lesson!("lab03", ["falling", "slope", "half", "clipped", "again", "batches"]),
    lesson!("lab05", ["hours", "random", "diabetes"]),
    lesson!("lab06", ["eight", "zoo"]),
    lesson!("lec07-1", ["line", "softmax", "stable"]),
    lesson!("lab07", ["raw", "scaled"]),
    lesson!("lec07-2", ["parts", "copies", "gap"]),
    lesson!("lec08", ["gate", "hand", "xor", "net"]),
    lesson!("lec09", ["single", "pair", "wide", "deep", "given", "swapped"]),
    lesson!("lab09", ["points", "exams", "animals", "zoo", "watched"]),
    lesson!("lec10-1", ["depth", "five", "relu"]),
    lesson!("lab10", ["one-layer", "plain", "normal", "xavier"]),
    lesson!("lab10-4", ["deep", "dropout", "plain", "normed", "all", "squares"]),
    lesson!("lec11-1", ["chain", "skip", "branches", "shared", "wrong", "images"]),
    lesson!("lab11", ["digits", "flat", "normed", "several", "mnist", "deep", "written"]),
    lesson!(
        "lab12",
        ["hello", "blind", "want", "want-blind", "sentence", "bounded", "names", "counted"]
    ),
    lesson!("lab12-5", ["walk", "returning"]),
    lesson!("seq2seq", []),
    lesson!("lab13", ["digits"]),
];

/// All lessons, in the order of the course.
///
/// # Errors
/// None: a test reads them all.
pub fn lessons() -> Result<Vec<Lesson>> {
    let read = |source: &Source| {
        Lesson::read(source.name, source.settings, source.english, source.korean, source.files)
    };
    SOURCES.iter().map(read).collect()
}
