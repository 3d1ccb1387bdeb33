//! Sizes along height and width, and padding, as layers are given them.

use ikhim_graph::op::Along;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

/// A number for the height and one for the width; one number is both.
///
/// ```
/// use ikhim_nn::Pair;
/// assert_eq!(Pair::from(3), Pair::from([3, 3]));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Pair(pub(crate) [usize; 2]);

impl From<usize> for Pair {
    fn from(size: usize) -> Pair {
        Pair([size; 2])
    }
}

impl From<[usize; 2]> for Pair {
    fn from(sizes: [usize; 2]) -> Pair {
        Pair(sizes)
    }
}

impl<'de> Deserialize<'de> for Pair {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Pair, D::Error> {
        match Sizes::deserialize(deserializer)? {
            Sizes::Both(size) => Ok(Pair([size; 2])),
            Sizes::Each(sizes) => match sizes[..] {
                [Side::Both(height), Side::Both(width)] => Ok(Pair([height, width])),
                _ => Err(Error::custom("a size is one number or [height, width]")),
            },
        }
    }
}

/// One number, one for each axis, or one for each side of each axis.
#[derive(Deserialize)]
#[serde(untagged)]
enum Sizes {
    Both(usize),
    Each(Vec<Side>),
}

#[derive(Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Side {
    Both(usize),
    Each([usize; 2]),
}

/// Cells of zeros around an image.
///
/// ```
/// use ikhim_nn::Padding;
/// assert_eq!(Padding::from(1), Padding::from([[1, 1], [1, 1]]));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Padding {
    /// None: windows stand on the image only.
    #[default]
    Valid,
    /// As many that there are `size / stride` windows, rounded up: of an odd
    /// number the larger part comes after the image (TensorFlow).
    Same,
    /// Before and after the image, for height and width.
    Explicit([[usize; 2]; 2]),
}

impl From<usize> for Padding {
    fn from(size: usize) -> Padding {
        Padding::Explicit([[size; 2]; 2])
    }
}

impl From<[[usize; 2]; 2]> for Padding {
    fn from(sizes: [[usize; 2]; 2]) -> Padding {
        Padding::Explicit(sizes)
    }
}

impl Padding {
    /// The cells for each side of an image.
    pub(super) fn of(
        self,
        image: [usize; 2],
        kernel: Pair,
        stride: Pair,
        dilation: Pair,
    ) -> [[usize; 2]; 2] {
        match self {
            Padding::Valid => [[0; 2]; 2],
            Padding::Explicit(sizes) => sizes,
            Padding::Same => [0, 1].map(|axis| {
                let along = Along {
                    kernel: kernel.0[axis],
                    stride: stride.0[axis],
                    dilation: dilation.0[axis],
                    padding: [0; 2],
                };
                along.same(image[axis])
            }),
        }
    }
}

/// How an experiment file writes padding: a word, one number, one for each axis,
/// or one for each side of each axis.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Word(String),
    Tagged {
        #[serde(rename = "type")]
        word: String,
    },
    Sizes(Sizes),
}

impl<'de> Deserialize<'de> for Padding {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Padding, D::Error> {
        match Written::deserialize(deserializer)? {
            Written::Word(word) | Written::Tagged { word } => match word.as_str() {
                "valid" => Ok(Padding::Valid),
                "same" => Ok(Padding::Same),
                _ => Err(Error::custom("padding is \"valid\", \"same\" or numbers")),
            },
            Written::Sizes(Sizes::Both(size)) => Ok(Padding::from(size)),
            Written::Sizes(Sizes::Each(sizes)) => {
                let side = |side: &Side| match *side {
                    Side::Both(size) => [size; 2],
                    Side::Each(sizes) => sizes,
                };
                match &sizes[..] {
                    [height, width] => Ok(Padding::Explicit([side(height), side(width)])),
                    _ => Err(Error::custom(
                        "padding is one number, [height, width] or \
                         [[top, bottom], [left, right]]",
                    )),
                }
            }
        }
    }
}

impl Serialize for Padding {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Padding::Valid => serializer.serialize_str("valid"),
            Padding::Same => serializer.serialize_str("same"),
            Padding::Explicit(sizes) => sizes.serialize(serializer),
        }
    }
}

/// Height and width of an image; `None` for another shape, which the op refuses.
pub(super) fn image(x: ikhim_graph::Tensor<'_>) -> Option<[usize; 2]> {
    use ikhim_graph::Dim::Fixed;
    match x.shape()[..] {
        [_, Fixed(height), Fixed(width), Fixed(_)] => Some([height, width]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_is_tensorflows() {
        let of = |size, kernel, stride| {
            Padding::Same.of([size; 2], Pair::from(kernel), Pair::from(stride), Pair::from(1))[0]
        };
        // Sizes, kernels and strides with TensorFlow's padding before and after.
        assert_eq!(of(28, 3, 1), [1, 1]);
        assert_eq!(of(28, 3, 2), [0, 1]);
        assert_eq!(of(7, 2, 2), [0, 1]);
        assert_eq!(of(28, 2, 2), [0, 0]);
        assert_eq!(of(5, 2, 1), [0, 1]);
        assert_eq!(of(224, 7, 2), [2, 3]);
        assert_eq!(of(3, 1, 2), [0, 0]);
    }

    #[test]
    fn is_read_as_it_may_be_written() {
        let padding = |text: &str| serde_json::from_str::<Padding>(text);
        assert_eq!(padding("\"same\"").unwrap(), Padding::Same);
        assert_eq!(padding("{\"type\": \"valid\"}").unwrap(), Padding::Valid);
        assert_eq!(padding("2").unwrap(), Padding::from(2));
        assert_eq!(padding("[1, 0]").unwrap(), Padding::Explicit([[1, 1], [0, 0]]));
        assert_eq!(padding("[[1, 2], [3, 4]]").unwrap(), Padding::Explicit([[1, 2], [3, 4]]));
        assert!(padding("\"full\"").is_err() && padding("[1]").is_err());
        let pair = |text: &str| serde_json::from_str::<Pair>(text);
        assert_eq!(pair("3").unwrap(), Pair::from(3));
        assert_eq!(pair("[3, 5]").unwrap(), Pair::from([3, 5]));
        assert!(pair("[3]").is_err() && pair("[[1, 2], [3, 4]]").is_err());
        for padding in [Padding::Valid, Padding::Same, Padding::Explicit([[1, 2], [3, 4]])] {
            let text = serde_json::to_string(&padding).unwrap();
            assert_eq!(serde_json::from_str::<Padding>(&text).unwrap(), padding);
        }
    }
}
