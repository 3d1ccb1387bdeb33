use crate::column::words;
use serde::{Deserialize, Serialize};

words! {
    /// Along which axes images are mirrored, each with probability ½.
    Flip {
        /// None.
        None = "none",
        /// Left and right change places.
        Horizontal = "horizontal",
        /// Top and bottom change places.
        Vertical = "vertical",
        /// Both, independent of each other.
        Both = "both",
    }
}

words! {
    /// What stands where an image was moved away from.
    Fill {
        /// The nearest pixel of its border.
        Edge = "edge",
        /// Black.
        Black = "black",
    }
}

/// How train rows are changed each time they are seen.
///
/// An image is changed in this order: a part of it is enlarged (`crop`), it is
/// scaled, turned, mirrored and shifted; all of that is one sampling between
/// pixels, and a shift or a mirroring alone moves whole pixels. Noise and a
/// mixture with another row come last.
///
/// ```
/// use ikhim_data::{Augmentation, Flip};
/// let photos = Augmentation::new().shift(2).rotate(10.0).flip(Flip::Horizontal).mixup(0.2);
/// assert!(photos.changes_images());
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Augmentation {
    pub(super) shift: u32,
    pub(super) rotate: f64,
    pub(super) flip: Flip,
    pub(super) crop: f64,
    pub(super) scale: f64,
    pub(super) noise: f64,
    pub(super) mixup: f64,
    pub(super) fill: Fill,
}

impl Default for Augmentation {
    fn default() -> Augmentation {
        Augmentation {
            shift: 0,
            rotate: 0.0,
            flip: Flip::None,
            crop: 1.0,
            scale: 0.0,
            noise: 0.0,
            mixup: 0.0,
            fill: Fill::Edge,
        }
    }
}

impl Augmentation {
    /// Nothing.
    pub fn new() -> Augmentation {
        Augmentation::default()
    }

    /// Moves an image by so many whole pixels at most, in each direction.
    pub fn shift(mut self, pixels: u32) -> Augmentation {
        self.shift = pixels;
        self
    }

    /// Turns an image around its middle by so many degrees at most, to either
    /// side.
    pub fn rotate(mut self, degrees: f64) -> Augmentation {
        self.rotate = degrees.abs();
        self
    }

    /// Mirrors every second image.
    pub fn flip(mut self, flip: Flip) -> Augmentation {
        self.flip = flip;
        self
    }

    /// Enlarges a part at a random place to the whole image; its height and
    /// width are this share at least.
    pub fn crop(mut self, share: f64) -> Augmentation {
        self.crop = share.clamp(0.01, 1.0);
        self
    }

    /// Enlarges or shrinks an image around its middle by this share at most.
    pub fn scale(mut self, share: f64) -> Augmentation {
        self.scale = share.clamp(0.0, 0.99);
        self
    }

    /// Adds normal noise of this standard deviation, in shares of full
    /// intensity.
    pub fn noise(mut self, deviation: f64) -> Augmentation {
        self.noise = deviation.abs();
        self
    }

    /// Mixes each row, of images or not, with another train row by a share from
    /// the distribution Beta(α, α), and so the losses of their targets (Zhang
    /// and others, "mixup: Beyond Empirical Risk Minimization", 2018).
    pub fn mixup(mut self, alpha: f64) -> Augmentation {
        self.mixup = alpha.max(0.0);
        self
    }

    /// What stands where an image was moved away from.
    pub fn fill(mut self, fill: Fill) -> Augmentation {
        self.fill = fill;
        self
    }

    /// Whether nothing is done.
    pub fn is_nothing(&self) -> bool {
        !self.changes_images() && self.mixup == 0.0
    }

    /// Whether something is done that only images take.
    pub fn changes_images(&self) -> bool {
        !self.words().is_empty()
    }

    /// The words for what only images take.
    pub(super) fn words(&self) -> Vec<&'static str> {
        let used = [
            ("shift", self.shift > 0),
            ("rotate", self.rotate > 0.0),
            ("flip", self.flip != Flip::None),
            ("crop", self.crop < 1.0),
            ("scale", self.scale > 0.0),
            ("noise", self.noise > 0.0),
        ];
        used.iter().filter(|(_, used)| *used).map(|(word, _)| *word).collect()
    }
}
