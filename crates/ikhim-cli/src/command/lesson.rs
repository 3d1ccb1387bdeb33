//! The lessons: listed, read, made into pages, and checked.

mod check;
mod list;
mod page;
mod show;

use crate::command::Answer;
use crate::console::Console;
use crate::project::Project;
use clap::{Args, Subcommand};
use ikhim_cpu::Runtime;
use ikhim_lessons::{Lesson, Study, lessons};
use ikhim_text::{Fault, Result};
use std::path::PathBuf;

/// The folder in the project where lessons are worked through.
const FOLDER: &str = "my-lessons";

/// Learn: lessons that run and check themselves
#[derive(Debug, Args)]
#[command(after_help = "\
A lesson is meant by its name, its number, or the beginning of a name.

Examples:
  ikhim lesson list
  ikhim lesson show 4 --plots
  ikhim lesson run 4
  ikhim lesson run 07-1 --lang ko
  ikhim lesson check --all")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the lessons; a tick stands at what has been passed
    List,
    /// Read a lesson in the terminal
    Show(Showing),
    /// Make a lesson into a page with its figures and numbers
    Run(Work),
    /// Check what a lesson claims, claim by claim
    Check(Checking),
}

/// Which lessons are meant.
#[derive(Debug, Clone, Args)]
struct Which {
    /// Its name, number, or the beginning of its name
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// All lessons
    #[arg(long, conflicts_with = "names")]
    all: bool,
}

/// How lessons are run.
#[derive(Debug, Clone, Args)]
struct Work {
    #[command(flatten)]
    which: Which,
    /// Set a key in the experiments, or in one of them: NAME:KEY=VALUE
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// A folder with MNIST and the course's own files, for what needs them
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// A third of the seeds
    #[arg(long)]
    quick: bool,
    /// Where pages and experiments are put [default: my-lessons in the project]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
struct Showing {
    #[command(flatten)]
    which: Which,
    /// Train its experiments and draw their curves
    #[arg(long)]
    plots: bool,
    /// Where experiments are put [default: my-lessons in the project]
    #[arg(long, value_name = "DIR", requires = "plots")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
struct Checking {
    #[command(flatten)]
    work: Work,
    /// Make the change that each claim must not survive
    #[arg(long)]
    must_fail: bool,
}

pub(crate) fn run(arguments: Arguments, runtime: &Runtime, console: &Console) -> Result<Answer> {
    match arguments.action {
        Action::List => list::run(console),
        Action::Show(showing) => show::run(&showing, runtime, console),
        Action::Run(work) => page::run(&work, runtime, console),
        Action::Check(checking) => check::run(&checking, runtime, console),
    }
}

impl Which {
    /// The lessons that are meant, in the order of the course; all without a
    /// name.
    fn lessons(&self) -> Result<Vec<Lesson>> {
        let all = lessons()?;
        if self.all || self.names.is_empty() {
            return Ok(all);
        }
        let mut meant = vec![false; all.len()];
        for name in &self.names {
            let found = places(&all, name);
            if found.is_empty() {
                let names: Vec<&str> = all.iter().map(|lesson| lesson.name.as_str()).collect();
                let fault = Fault::of("usage.no_lesson").with("found", name);
                return Err(fault.with("expected", names.join(", ")));
            }
            found.into_iter().for_each(|place| meant[place] = true);
        }
        Ok(all
            .into_iter()
            .zip(meant)
            .filter_map(|(lesson, meant)| meant.then_some(lesson))
            .collect())
    }
}

/// The lessons that a name means: its own, else those with its number (7 means
/// 07-1 and 07-2), else those that begin so.
fn places(all: &[Lesson], name: &str) -> Vec<usize> {
    let name = name.to_lowercase();
    let bare = name.strip_prefix("lec").unwrap_or(&name);
    let of = |test: &dyn Fn(&str) -> bool| -> Vec<usize> {
        let places = all.iter().enumerate();
        places.filter(|(_, lesson)| test(&lesson.name)).map(|(place, _)| place).collect()
    };
    let exact = of(&|own| own == name || own.strip_prefix("lec") == Some(bare));
    if !exact.is_empty() || bare.is_empty() {
        return exact;
    }
    let (number, part) = bare.split_once('-').map_or((bare, None), |(n, part)| (n, Some(part)));
    if let Ok(number) = number.parse::<u32>() {
        let whole = part.map_or(format!("lec{number:02}"), |part| format!("lec{number:02}-{part}"));
        let found =
            of(&|own| own == whole || (part.is_none() && own.starts_with(&format!("{whole}-"))));
        if !found.is_empty() {
            return found;
        }
    }
    of(&|own| own.starts_with(&name))
}

impl Work {
    fn study(&self, runtime: &Runtime) -> Study {
        study(self.out.as_ref())
            .data(self.data.clone())
            .settings(self.set.clone())
            .quick(self.quick)
            .threads(runtime.threads())
    }
}

/// The study in the folder that is meant.
fn study(out: Option<&PathBuf>) -> Study {
    let folder = match out {
        Some(folder) => folder.clone(),
        None => Project::find().folder().join(FOLDER),
    };
    Study::in_folder(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lesson_is_meant_by_name_number_or_beginning() {
        let all = lessons().unwrap();
        let names = |meant: &str| -> Vec<&str> {
            places(&all, meant).into_iter().map(|place| all[place].name.as_str()).collect()
        };
        for meant in ["lec04", "4", "04", "Lec04", "lec4"] {
            assert_eq!(names(meant), ["lec04"], "{meant}");
        }
        assert!(names("lec99").is_empty() && names("").is_empty() && names("xyz").is_empty());
    }
}
