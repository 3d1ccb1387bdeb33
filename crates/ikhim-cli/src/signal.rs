//! Ctrl-C and termination: the first asks the training to stop after its step,
//! a second Ctrl-C ends the process at once, which loses no file.

use crate::exit::Exit;
use ikhim_data::Reading;
use ikhim_run::durable;
use ikhim_text::Result;
use ikhim_train::Interrupt;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What the system asks for while a command works.
#[derive(Debug, Clone)]
pub(crate) struct Signals {
    asked: Arc<AtomicBool>,
    which: Arc<AtomicUsize>,
}

impl Signals {
    /// Listens from now on.
    pub(crate) fn listen() -> Result<Signals> {
        let signals = Signals { asked: Arc::default(), which: Arc::default() };
        signals.register().map_err(|error| durable::fault(Path::new("signal handler"), &error))?;
        Ok(signals)
    }

    fn register(&self) -> io::Result<()> {
        for signal in [SIGINT, SIGTERM] {
            // In this order: the first signal finds the flag unset.
            let code = Exit::Interrupted as i32;
            flag::register_conditional_shutdown(signal, code, Arc::clone(&self.asked))?;
            flag::register_usize(signal, Arc::clone(&self.which), signal as usize)?;
            flag::register(signal, Arc::clone(&self.asked))?;
        }
        Ok(())
    }

    /// The request for a training to stop.
    pub(crate) fn interrupt(&self) -> Interrupt {
        Interrupt::from(Arc::clone(&self.asked))
    }

    /// Reading that stops when the training would.
    pub(crate) fn reading(&self) -> Reading {
        Reading::stopped_by(Arc::clone(&self.asked))
    }

    /// The exit code of what was interrupted.
    pub(crate) fn exit(&self) -> Exit {
        let terminated = self.which.load(Ordering::Relaxed) == SIGTERM as usize;
        if terminated { Exit::Terminated } else { Exit::Interrupted }
    }
}
