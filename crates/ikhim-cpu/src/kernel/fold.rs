//! How two numbers of a reduction become one.

use crate::vector::Vector;

/// What a reduction makes of two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Fold {
    /// Their sum; 0 of nothing.
    Sum,
    /// Their product; 1 of nothing.
    Product,
    /// The larger one; −∞ of nothing.
    Max,
    /// The smaller one; ∞ of nothing.
    Min,
}

impl Fold {
    /// What a reduction starts from. Combined with a number from the left it
    /// gives the number.
    pub(crate) const fn identity(self) -> f32 {
        match self {
            Fold::Sum => 0.0,
            Fold::Product => 1.0,
            Fold::Max => f32::NEG_INFINITY,
            Fold::Min => f32::INFINITY,
        }
    }
}

impl Fold {
    /// Two single numbers combined.
    pub(crate) fn combine(self, left: f32, right: f32) -> f32 {
        match self {
            Fold::Sum => left + right,
            Fold::Product => left * right,
            Fold::Max => ikhim_numeric::Lane::max(left, right),
            Fold::Min => ikhim_numeric::Lane::min(left, right),
        }
    }
}

/// A fold as a type, so that a loop holds no choice.
pub(super) trait Combine {
    const FOLD: Fold;

    #[inline(always)]
    fn combine<V: Vector>(left: V, right: V) -> V {
        match Self::FOLD {
            Fold::Sum => left + right,
            Fold::Product => left * right,
            Fold::Max => left.max(right),
            Fold::Min => left.min(right),
        }
    }

    #[inline(always)]
    fn identity<V: Vector>() -> V {
        V::splat(Self::FOLD.identity())
    }
}

/// [`Fold::Sum`].
pub(super) struct Sum;
/// [`Fold::Product`].
pub(super) struct Product;
/// [`Fold::Max`].
pub(super) struct Max;
/// [`Fold::Min`].
pub(super) struct Min;

impl Combine for Sum {
    const FOLD: Fold = Fold::Sum;
}

impl Combine for Product {
    const FOLD: Fold = Fold::Product;
}

impl Combine for Max {
    const FOLD: Fold = Fold::Max;
}

impl Combine for Min {
    const FOLD: Fold = Fold::Min;
}
