//! `[data.augmentation]`: how train rows change each time they are seen.

use super::KnownAs::Here;
use super::{Choices, Key, NONE, Range, Table, Type, key, kind};

pub(super) const AUGMENTATION: Key = key(
    "augmentation",
    Type::Either(&[Type::Table(&TABLE), NONE]),
    "How train rows are changed each time they are seen; other rows never are.",
)
.default("none")
.builder("Augmentation::new");

const TABLE: Table = Table {
    keys: &[
        key("shift", Type::Integer(0), "Whole pixels that an image moves at most, each way.")
            .default("0")
            .builder("Augmentation::shift")
            .known_as(&[
                Here("width_shift_range", "Keras", "`shift`, in pixels"),
                Here("height_shift_range", "Keras", "`shift`, in pixels"),
                Here("translate", "torchvision", "`shift`, in pixels"),
            ]),
        key(
            "rotate",
            Type::Number(Range::Between(0.0, 180.0)),
            "Degrees that an image is turned at most, to either side.",
        )
        .default("0.0")
        .builder("Augmentation::rotate")
        .known_as(&[
            Here("rotation_range", "Keras", "`rotate`"),
            Here("degrees", "torchvision", "`rotate`"),
        ]),
        key("flip", Type::Choice(&FLIPS), "Along which axes every second image is mirrored.")
            .default("none")
            .builder("Augmentation::flip")
            .known_as(&[
                Here("horizontal_flip", "Keras", "`flip` = \"horizontal\""),
                Here("vertical_flip", "Keras", "`flip` = \"vertical\""),
            ]),
        key(
            "crop",
            Type::Number(Range::Between(0.01, 1.0)),
            "Enlarges a random part whose sides are this share of the image's at least.",
        )
        .default("1.0")
        .builder("Augmentation::crop"),
        key("scale", Type::Number(Range::Share), "The share by which an image grows or shrinks at most.")
            .default("0.0")
            .builder("Augmentation::scale")
            .known_as(&[Here("zoom_range", "Keras", "`scale`"), Here("zoom", "", "`scale`")]),
        key(
            "noise",
            Type::Number(Range::AtLeast(0.0)),
            "The standard deviation of normal noise, in shares of full intensity.",
        )
        .default("0.0")
        .builder("Augmentation::noise"),
        key(
            "mixup",
            Type::Number(Range::AtLeast(0.0)),
            "Mixes each row and its loss with another's by a share from Beta(mixup, mixup); 0 is off.",
        )
        .default("0.0")
        .builder("Augmentation::mixup"),
        key("fill", Type::Choice(&FILLS), "What stands where an image was moved away from.")
            .default("edge")
            .builder("Augmentation::fill")
            .known_as(&[Here("fill_mode", "Keras", "`fill`")]),
    ],
    foreign: &[],
};

const FLIPS: Choices = Choices {
    what: ("axes", "축"),
    tag: "type",
    kinds: &[&[
        kind("none", "None."),
        kind("horizontal", "Left and right change places."),
        kind("vertical", "Top and bottom change places."),
        kind("both", "Both, independent of each other."),
    ]],
};

const FILLS: Choices = Choices {
    what: ("fill", "채움"),
    tag: "type",
    kinds: &[&[
        kind("edge", "The nearest pixel of the border.")
            .known_as(&[Here("nearest", "Keras", "`edge`")]),
        kind("black", "Black.").known_as(&[Here("constant", "Keras", "`black`")]),
    ]],
};

#[cfg(test)]
mod tests {
    use super::*;
    use ikhim_data::{Fill, Flip};

    #[test]
    fn words_are_those_of_the_data_crate() {
        let words = |choices: &Choices| choices.kinds().map(|kind| kind.name).collect::<Vec<_>>();
        assert_eq!(words(&FLIPS), Flip::WORDS);
        assert_eq!(words(&FILLS), Fill::WORDS);
    }
}
