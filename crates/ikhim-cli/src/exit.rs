//! Exit codes, a stable contract.

use ikhim_text::{Fault, Kind};
use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// It did its work.
    Done = 0,
    /// Data or files were not as they must be.
    Failed = 1,
    /// Arguments or the experiment file were not as they must be.
    Usage = 2,
    /// A finding stopped it.
    Finding = 3,
    /// Ctrl-C.
    Interrupted = 130,
    /// The system asked it to end.
    Terminated = 143,
    /// A bug of ikhim.
    Bug = 101,
}

impl Exit {
    /// A network is written in the experiment, so its shapes are too.
    pub(crate) fn of(fault: &Fault) -> Exit {
        match fault.kind() {
            Kind::Usage | Kind::Experiment | Kind::Shape => Exit::Usage,
            Kind::Bug => Exit::Bug,
            _ => Exit::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}
