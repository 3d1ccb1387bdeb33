use ikhim_run::metric::Direction;

/// Stops when the monitored value has not become better for a while.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct EarlyStopping {
    pub(crate) patience: u64,
    pub(crate) min_delta: f64,
    pub(crate) monitor: Option<String>,
}

impl EarlyStopping {
    /// Stops after so many epochs without improvement of the selecting metric on
    /// validation.
    pub fn patience(epochs: u64) -> EarlyStopping {
        EarlyStopping { patience: epochs, min_delta: 0.0, monitor: None }
    }

    /// An improvement counts only when it is larger than this.
    pub fn min_delta(mut self, min_delta: f64) -> EarlyStopping {
        self.min_delta = min_delta;
        self
    }

    /// Watches another value: `validation.loss`, `train.loss` or a metric as
    /// `validation.rmse`.
    pub fn monitor(mut self, monitor: impl Into<String>) -> EarlyStopping {
        self.monitor = Some(monitor.into());
        self
    }
}

/// A value that is watched over the epochs and which way it is better.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Watched {
    pub(crate) value: f64,
    pub(crate) direction: Direction,
}
