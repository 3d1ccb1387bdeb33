use serde::{Deserialize, Serialize};
use std::fmt;

/// The type of the elements of a tensor. Real numbers are [`DType::F32`]
/// everywhere; under [`Precision::F64`] the evaluator holds them as f64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DType {
    /// Real numbers.
    F32,
    /// Signed 32-bit integers: class labels and indices.
    I32,
    /// Truth values: results of comparisons, masks.
    Bool,
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DType::F32 => "f32",
            DType::I32 => "i32",
            DType::Bool => "bool",
        })
    }
}

/// The width in which the evaluator holds real numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Precision {
    /// 32 bits, the width of every compiled program.
    #[default]
    F32,
    /// 64 bits, for checking gradients and for experiments in double precision.
    F64,
}
