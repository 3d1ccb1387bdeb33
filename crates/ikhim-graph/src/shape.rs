use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Deref;

/// The batch axis: one entry for each row.
pub const N: Dim = Dim::Batch(1);

/// The size of one axis: fixed, or a fixed multiple of the number of rows `N`,
/// which is known only when a program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dim {
    /// The same for every run.
    Fixed(usize),
    /// `k` entries for each row: `k·N`.
    Batch(usize),
}

impl Dim {
    /// The size for a run over `rows` rows.
    pub fn size(self, rows: usize) -> usize {
        match self {
            Dim::Fixed(size) => size,
            Dim::Batch(multiple) => multiple * rows,
        }
    }

    /// Whether the size depends on the number of rows.
    pub fn is_batch(self) -> bool {
        matches!(self, Dim::Batch(_))
    }
}

impl From<usize> for Dim {
    fn from(size: usize) -> Dim {
        Dim::Fixed(size)
    }
}

impl fmt::Display for Dim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Dim::Fixed(size) => write!(f, "{size}"),
            Dim::Batch(1) => f.write_str("N"),
            Dim::Batch(multiple) => write!(f, "{multiple}N"),
        }
    }
}

/// The sizes of all axes, the slowest first. At most one axis carries `N`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Shape(Vec<Dim>);

impl Shape {
    /// The shape of a single number.
    pub fn scalar() -> Shape {
        Shape(Vec::new())
    }

    /// Number of axes.
    pub fn rank(&self) -> usize {
        self.0.len()
    }

    /// The axis that carries `N`, if one does.
    pub fn batch_axis(&self) -> Option<usize> {
        self.0.iter().position(|dim| dim.is_batch())
    }

    /// The sizes for a run over `rows` rows.
    pub fn sizes(&self, rows: usize) -> Vec<usize> {
        self.0.iter().map(|dim| dim.size(rows)).collect()
    }

    /// The number of elements as a multiple of 1 or of `N`.
    pub fn elements(&self) -> Dim {
        let product = self
            .0
            .iter()
            .map(|dim| match dim {
                Dim::Fixed(size) | Dim::Batch(size) => *size,
            })
            .product();
        if self.batch_axis().is_some() { Dim::Batch(product) } else { Dim::Fixed(product) }
    }

    /// All sizes when none depends on the number of rows.
    pub fn fixed(&self) -> Option<Vec<usize>> {
        self.0
            .iter()
            .map(|dim| match dim {
                Dim::Fixed(size) => Some(*size),
                Dim::Batch(_) => None,
            })
            .collect()
    }

    /// The shape without one axis.
    pub fn without(&self, axis: usize) -> Shape {
        let mut dims = self.0.clone();
        dims.remove(axis);
        Shape(dims)
    }

    /// The shape with another size for one axis.
    pub fn replace(&self, axis: usize, dim: Dim) -> Shape {
        let mut dims = self.0.clone();
        dims[axis] = dim;
        Shape(dims)
    }

    /// The common shape of two arrays by the rule of NumPy: axes are aligned
    /// from the right, a size of 1 repeats, a missing axis counts as 1.
    pub fn broadcast(&self, other: &Shape) -> Option<Shape> {
        let rank = self.rank().max(other.rank());
        let at = |shape: &Shape, axis: usize| {
            let missing = rank - shape.rank();
            if axis < missing { Dim::Fixed(1) } else { shape.0[axis - missing] }
        };
        (0..rank)
            .map(|axis| match (at(self, axis), at(other, axis)) {
                (left, right) if left == right => Some(left),
                (Dim::Fixed(1), right) => Some(right),
                (left, Dim::Fixed(1)) => Some(left),
                _ => None,
            })
            .collect::<Option<Vec<_>>>()
            // [N] against [N, 1] would be a table of all rows with all rows.
            .filter(|dims| dims.iter().filter(|dim| dim.is_batch()).count() <= 1)
            .map(Shape)
    }
}

impl Deref for Shape {
    type Target = [Dim];

    fn deref(&self) -> &[Dim] {
        &self.0
    }
}

impl From<Vec<Dim>> for Shape {
    fn from(dims: Vec<Dim>) -> Shape {
        Shape(dims)
    }
}

impl From<&[Dim]> for Shape {
    fn from(dims: &[Dim]) -> Shape {
        Shape(dims.to_vec())
    }
}

impl From<&[usize]> for Shape {
    fn from(sizes: &[usize]) -> Shape {
        sizes.iter().map(|size| Dim::Fixed(*size)).collect()
    }
}

impl FromIterator<Dim> for Shape {
    fn from_iter<I: IntoIterator<Item = Dim>>(dims: I) -> Shape {
        Shape(dims.into_iter().collect())
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (axis, dim) in self.0.iter().enumerate() {
            if axis > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{dim}")?;
        }
        f.write_str("]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(dims: &[Dim]) -> Shape {
        Shape::from(dims)
    }

    #[test]
    fn broadcasts_as_numpy_does() {
        let (one, three, four) = (Dim::Fixed(1), Dim::Fixed(3), Dim::Fixed(4));
        let pairs = [
            (shape(&[N, three]), shape(&[three]), Some(shape(&[N, three]))),
            (shape(&[three, one]), shape(&[four]), Some(shape(&[three, four]))),
            (shape(&[N, one]), shape(&[N, four]), Some(shape(&[N, four]))),
            (shape(&[N]), shape(&[three]), None),
            (shape(&[N]), shape(&[N, one]), None),
            (shape(&[three]), shape(&[four]), None),
            (Shape::scalar(), shape(&[N]), Some(shape(&[N]))),
        ];
        for (left, right, expected) in pairs {
            assert_eq!(left.broadcast(&right), expected, "{left} with {right}");
            assert_eq!(right.broadcast(&left), expected, "{right} with {left}");
        }
    }

    #[test]
    fn prints_the_batch_symbol() {
        assert_eq!(shape(&[N, Dim::Fixed(3)]).to_string(), "[N, 3]");
        assert_eq!(shape(&[Dim::Batch(4)]).to_string(), "[4N]");
        assert_eq!(Shape::scalar().to_string(), "[]");
    }
}
