//! Bad input through the command: every text says where and what to do, in both
//! languages, the exit code is the documented one, `--json` prints one document
//! on one line, and no earlier result is touched.
//!
//! What each case must say stands beside it in the tables here; the whole texts
//! stand in `golden`, for reading. `UPDATE_GOLDEN=1 cargo test` writes them anew.

mod arguments;
mod case;
mod data;
mod experiment;
mod folders;
mod pipe;
mod project;
mod runs;
mod series;
mod texts;
