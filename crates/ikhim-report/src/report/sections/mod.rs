//! The sections of the page, in the order in which a person asks: what came
//! out, is it any good, where is it wrong, what was it made of.

mod curves;
mod importance;
mod origin;
mod result;
mod rows;

pub(super) use curves::{curves, metric_names};
pub(super) use importance::importance;
pub(super) use origin::{data, experiment, layers};
pub(super) use result::{baselines, findings, result, test};
pub(super) use rows::{examination, images};
