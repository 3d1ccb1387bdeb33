//! Where data comes from. Every source becomes a [`table::Table`] of cells;
//! what the cells mean is the schema's business.

pub(crate) mod arrays;
pub(crate) mod bytes;
pub(crate) mod class_folders;
pub(crate) mod columnar;
pub(crate) mod csv;
mod dialect;
pub(crate) mod embedded;
pub(crate) mod encoding;
mod format;
pub(crate) mod generator;
pub(crate) mod idx;
pub(crate) mod inline;
pub(crate) mod json_lines;
mod locate;
mod missing_word;
mod names;
mod npy;
pub(crate) mod numpy;
pub(crate) mod place;
pub(crate) mod several;
pub(crate) mod table;
pub(crate) mod text_files;

pub use arrays::{Features, Labels};
pub use format::FileFormat;
pub use generator::{Generator, Rule};
pub use inline::Cell;
pub(crate) use missing_word::is_missing_word;
