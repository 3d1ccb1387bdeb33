//! Photos and drawings as data: PNG and JPEG files, decoded, turned upright,
//! brought to one size and one number of channels.
//!
//! The stated policy, in the order in which it is applied:
//!
//! 1. A file is what its first bytes say, whatever its name.
//! 2. The header is read before the image: more than [`MOST_PIXELS`] are refused.
//! 3. Palettes are looked up, and 16 bits become 8 by rounding.
//! 4. The EXIF orientation turns the image upright.
//! 5. Transparent pixels are laid over white.
//! 6. Channels: all grey when every image is, else color, grey ones in three
//!    equal channels. Color becomes grey by the weights of ITU-R BT.601.
//! 7. Size: see [`Resize`]; the average of a triangle as wide as two cells of
//!    the result, so that nothing is skipped when an image shrinks.

// Without decoders nothing is there to be turned, laid over white or resized.
#![cfg_attr(not(feature = "images"), allow(dead_code))]

mod cache;
mod decode;
mod fault;
mod format;
mod options;
mod orientation;
mod raster;
mod read;
mod resize;
mod source;

pub use options::{ImageOptions, Resize, Unreadable};
pub(crate) use source::{column, folder, is_image, single};

/// Images of more pixels are refused before they are decoded, so that a small
/// file cannot fill the memory.
pub const MOST_PIXELS: u64 = 100_000_000;
