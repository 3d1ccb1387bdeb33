//! Codes of the kind `shape`: shapes, dtypes and structure of a network.

use super::Code;

pub(super) const CODES: &[Code] = &[Code {
    code: "shape.mismatch",
    english: "layer `{layer}`: expected {expected}, got {found}",
    korean: "층 `{layer}`: {expected} 모양이어야 하는데 {found} 모양입니다",
    help: "",
    help_korean: "",
    page: "An operation received arrays whose shapes do not fit together. The message names the \
               layer, the shape that the operation needs and the shape that it received; `N` is \
               the number of rows. Change the layer named, or the one before it.",
}];
