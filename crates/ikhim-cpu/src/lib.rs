//! The compiled engine: a graph becomes a [`Program`], kernels for the
//! processor's instructions compute it, and the workers of a [`Runtime`] share
//! its tiles. The bits are those of the reference evaluator.

mod compile;
mod kernel;
mod level;
mod limits;
mod memory;
mod program;
mod runtime;
mod vector;

pub use level::Level;
pub use limits::Limits;
pub use memory::check_state;
pub use program::{InstructionProfile, Profile, Program};
pub use runtime::{Runtime, RuntimeBuilder};
