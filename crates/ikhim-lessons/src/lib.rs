//! The lessons of a course on deep learning, as experiments that check
//! themselves.
//!
//! A lesson is a folder of `lessons/`: a text in Korean and in English,
//! experiment files, claims with the number that is expected of each, figures
//! that a run draws, and exercises. All of it is part of the executable, and
//! small.
//!
//! - [`Lesson`]: one lesson, read and checked.
//! - [`Study`]: where its experiments are run; [`Study::check`] compares every
//!   claim with what the engine finds.
//! - [`page`]: the lesson as one page, with its figures and numbers.
//! - [`rows`]: the list of everything that the course says, each with the place
//!   where it is shown.

mod claim;
mod figure;
mod glossary;
mod lesson;
mod measure;
mod origin;
pub mod page;
mod progress;
pub mod rows;
mod source;
mod study;
mod terminal;
mod text;

pub use claim::{Checked, Claim, Expected, Found, MustFail, Verdict};
pub use glossary::{Term, glossary};
pub use lesson::{Answer, Exercise, Idea, Lesson, Words};
pub use progress::{Progress, Standing};
pub use source::lessons;
pub use study::Study;
pub use terminal::{plotted, shown};
