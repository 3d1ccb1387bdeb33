//! Elementary functions, reductions and counter-based random numbers with fixed bits.
//!
//! Everything here is made of IEEE 754 additions, multiplications, divisions, square roots, fused
//! multiply-adds and operations on bits. The same input therefore gives the same bits on every processor with
//! fused multiply-add, scalar or vector, whatever the system's mathematical library.
//!
//! - [`Lane`]: one `f32` or a vector of them; the elementary functions are written once over it.
//! - [`exp()`], [`expm1()`], [`log()`], [`log1p()`], [`tanh()`], [`erf()`], [`pow()`].
//! - [`Real`]: `f32` or `f64`, for evaluation in either precision.
//! - [`reduction`]: the fixed order of every sum.
//! - [`fused`]: fused multiply-adds without an instruction for them.
//! - [`sum_of_squares`] and [`sum_of_squared_differences`]: norms of values that are looked at.
//! - [`philox`] and [`random`]: random numbers as a function of seed, stream, step and index.
//!
//! The coefficients come from `fit/minimax.py`, beside this crate's sources.

mod erf;
mod exp;
mod expm1;
pub mod fused;
mod lane;
mod log;
mod log1p;
pub mod philox;
mod pow;
mod quantile;
pub mod random;
mod real;
pub mod reduction;
mod squares;
mod tanh;

pub use erf::erf;
pub use exp::exp;
pub use expm1::expm1;
pub use lane::Lane;
pub use log::log;
pub use log1p::log1p;
pub use pow::pow;
pub use quantile::normal_quantile;
pub use random::{Stream, stream_id};
pub use real::Real;
pub use squares::{sum_of_squared_differences, sum_of_squares};
pub use tanh::tanh;
