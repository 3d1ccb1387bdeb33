//! What the crate builds, run on the reference evaluator and compared with
//! PyTorch, closed forms, central differences and the course's numbers.

mod batch_norm;
mod composition;
mod convnets;
mod course;
mod ensembles;
mod fault_places;
mod initializers;
mod losses;
mod optimizers;
mod recurrence;
mod refusals;
mod schedules;
mod support;
mod torch_layers;
mod torch_sequences;
