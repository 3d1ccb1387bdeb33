//! Keys of `[data]` that say how image files become rows.

use super::KnownAs::Here;
use super::{AUTO, Choices, Key, Type, key, kind};

/// A number of pixels for both, or height and width.
const SIZE: Type = Type::Either(&[AUTO, Type::Integer(1), Type::NonEmpty(&Type::Integer(1))]);

pub(super) const IMAGE_SIZE: Key = key(
    "image_size",
    SIZE,
    "Height and width of image files as rows: one number for both, or [height, width]; `auto` \
     keeps one common size up to 256 and takes 64 otherwise.",
)
.default("auto")
.only_with("path", "*")
.builder("ImageOptions::size")
.known_as(&[
    Here("target_size", "Keras", "`image_size`"),
    Here("img_size", "", "`image_size`"),
    Here("imgsz", "Ultralytics", "`image_size`"),
]);

pub(super) const RESIZE: Key = key(
    "resize",
    Type::Choice(&Choices {
        what: ("way to resize", "크기를 맞추는 방법"),
        tag: "type",
        kinds: &[&[
            kind("crop", "The largest part from the middle with the proportions of `image_size`.")
                .known_as(&[
                    Here("crop_to_aspect_ratio", "Keras", "`crop`"),
                    Here("CenterCrop", "torchvision", "`crop`"),
                ]),
            kind("pad", "The whole image, black beside it.").known_as(&[Here(
                "pad_to_aspect_ratio",
                "Keras",
                "`pad`",
            )]),
            kind("stretch", "The whole image, distorted where its proportions are others."),
        ]],
    }),
    "How image files come to `image_size`.",
)
.default("crop")
.only_with("path", "*")
.builder("ImageOptions::resize");

pub(super) const CHANNELS: Key = key(
    "channels",
    Type::Either(&[AUTO, Type::Integer(1)]),
    "1 for grey, 3 for color; `auto` is grey when all image files are.",
)
.default("auto")
.only_with("path", "*")
.builder("ImageOptions::channels")
.known_as(&[Here("color_mode", "Keras", "`channels` = 1 or 3")]);

pub(super) const UNREADABLE: Key = key(
    "unreadable",
    Type::Choice(&Choices {
        what: ("policy for unreadable images", "읽을 수 없는 이미지 처리 방법"),
        tag: "type",
        kinds: &[&[
            kind("error", "A fault that names them."),
            kind("skip", "They are left out, and a notice counts them."),
        ]],
    }),
    "What happens to image files that cannot be read.",
)
.default("error")
.only_with("path", "*")
.builder("ImageOptions::unreadable");

pub(super) const CACHE: Key = key(
    "cache",
    Type::Boolean,
    "Whether decoded images of a large folder are kept in `.ikhim-cache` within it; deleting that \
     is harmless.",
)
.default("true")
.only_with("path", "*")
.builder("ImageOptions::cache");

#[cfg(test)]
mod tests {
    use super::*;
    use ikhim_data::{Resize, Unreadable};

    #[test]
    fn words_are_those_of_the_data_crate() {
        let words = |key: Key| match key.holds {
            Type::Choice(choices) => choices.kinds().map(|kind| kind.name).collect::<Vec<_>>(),
            _ => Vec::new(),
        };
        assert_eq!(words(RESIZE), Resize::WORDS);
        assert_eq!(words(UNREADABLE), Unreadable::WORDS);
    }
}
