//! Real networks on the compiled engine against the reference evaluator: the
//! same bits at every level and on any number of threads.

mod digests;
mod faults;
mod kinds;
mod normalized;
mod predictions;
mod runs;
mod runtimes;
mod support;
mod tall;
mod tiles;
mod workers;
