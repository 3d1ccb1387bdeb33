//! Which instructions the kernels use.

#[cfg(target_arch = "x86_64")]
use crate::vector::{F32x8, F32x16};
use crate::vector::{Portable, Vector};
use std::fmt;

/// A set of vector instructions. All levels give the same bits; they differ in
/// speed only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Plain Rust for every processor; a fused multiply-add is computed exactly
    /// by other operations where the processor has none.
    Portable,
    /// 8 numbers side by side, on x86-64 with AVX2 and FMA.
    Avx2,
    /// 16 numbers side by side, on x86-64 with AVX-512 F, BW, DQ and VL.
    Avx512,
}

impl Level {
    /// All levels, the simplest first.
    pub const ALL: [Level; 3] = [Level::Portable, Level::Avx2, Level::Avx512];

    /// The best level of this processor.
    pub fn detect() -> Level {
        let best = Level::ALL.into_iter().rev().find(|level| level.is_available());
        best.unwrap_or(Level::Portable)
    }

    /// Whether this processor has the instructions.
    pub fn is_available(self) -> bool {
        match self {
            Level::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => {
                Level::Avx2.is_available()
                    && is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
            }
            #[cfg(not(target_arch = "x86_64"))]
            _ => false,
        }
    }

    /// The level of a name: `portable`, `avx2` or `avx512`.
    ///
    /// ```
    /// use ikhim_cpu::Level;
    /// assert_eq!(Level::of("avx2"), Some(Level::Avx2));
    /// assert_eq!(Level::of("mmx"), None);
    /// ```
    pub fn of(name: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.name() == name)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Level::Portable => "portable",
            Level::Avx2 => "avx2",
            Level::Avx512 => "avx512",
        }
    }

    /// Numbers of a vector.
    pub(crate) fn lanes(self) -> usize {
        match self {
            Level::Portable => Portable::LANES,
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => F32x8::LANES,
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => F32x16::LANES,
            #[cfg(not(target_arch = "x86_64"))]
            _ => Portable::LANES,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
