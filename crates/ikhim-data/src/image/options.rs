use crate::column::words;
use serde::{Deserialize, Serialize};

words! {
    /// How an image comes to another size.
    Resize {
        /// The largest part from the middle that has the wanted proportions is
        /// brought to the size. Nothing is distorted, the borders may be lost.
        Crop = "crop",
        /// The whole image is brought into the middle of the size, and what is
        /// left beside it is black. Nothing is distorted and nothing lost.
        Pad = "pad",
        /// The whole image is brought to the size, whatever its proportions.
        Stretch = "stretch",
    }
}

words! {
    /// What happens to an image that cannot be read.
    Unreadable {
        /// It is a fault; all of them are told together.
        Error = "error",
        /// It is left out, and a notice says how many were.
        Skip = "skip",
    }
}

/// How image files become rows.
///
/// ```
/// use ikhim_data::{ImageOptions, Resize};
/// let photos = ImageOptions::new().size(96, 96).resize(Resize::Pad);
/// assert_eq!(photos.given_size(), Some([96, 96]));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ImageOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<[usize; 2]>,
    resize: Resize,
    #[serde(skip_serializing_if = "Option::is_none")]
    channels: Option<usize>,
    unreadable: Unreadable,
    /// Where a cache is kept is no property of a model.
    #[serde(skip, default = "yes")]
    cache: bool,
}

fn yes() -> bool {
    true
}

impl Default for ImageOptions {
    fn default() -> ImageOptions {
        ImageOptions {
            size: None,
            resize: Resize::Crop,
            channels: None,
            unreadable: Unreadable::Error,
            cache: true,
        }
    }
}

impl ImageOptions {
    /// The size and the channels that the images suggest, by cropping.
    pub fn new() -> ImageOptions {
        ImageOptions::default()
    }

    /// Height and width of every row. Without it images of one size of at most
    /// 256 × 256 keep theirs, and all others become 64 × 64.
    pub fn size(mut self, height: usize, width: usize) -> ImageOptions {
        self.size = Some([height.max(1), width.max(1)]);
        self
    }

    /// How an image comes to the size.
    pub fn resize(mut self, resize: Resize) -> ImageOptions {
        self.resize = resize;
        self
    }

    /// 1 for grey, 3 for color; without it grey when all images are.
    pub fn channels(mut self, channels: usize) -> ImageOptions {
        self.channels = Some(if channels == 1 { 1 } else { 3 });
        self
    }

    /// What happens to a file that cannot be read.
    pub fn unreadable(mut self, unreadable: Unreadable) -> ImageOptions {
        self.unreadable = unreadable;
        self
    }

    /// Whether decoded images of a large folder are kept in `.ikhim-cache`
    /// within it, which makes the next reading faster and changes nothing.
    pub fn cache(mut self, cache: bool) -> ImageOptions {
        self.cache = cache;
        self
    }

    /// The size, where one was given.
    pub fn given_size(&self) -> Option<[usize; 2]> {
        self.size
    }

    /// The number of channels, where one was given.
    pub fn given_channels(&self) -> Option<usize> {
        self.channels
    }

    /// How an image comes to the size.
    pub fn resizing(&self) -> Resize {
        self.resize
    }

    /// What happens to a file that cannot be read.
    pub fn on_unreadable(&self) -> Unreadable {
        self.unreadable
    }

    pub(super) fn is_cached(&self) -> bool {
        self.cache
    }

    /// Whether nothing was said.
    pub(crate) fn is_default(&self) -> bool {
        *self == ImageOptions::default()
    }
}
