//! What is told of images that cannot be read.

use super::MOST_PIXELS;
use ikhim_text::Fault;
use std::path::Path;

/// Why an image cannot be read.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Unusable {
    /// A known format that is not read.
    Format(&'static str),
    /// No image at all.
    NoImage,
    /// A file without a byte.
    Empty,
    /// More pixels than are decoded.
    TooLarge { height: u64, width: u64 },
    /// Damaged, with what the decoder says.
    Broken(String),
    /// This program was built without the decoders.
    NotBuilt,
    /// The system does not give the file.
    Unreadable(Fault),
}

impl Unusable {
    pub(super) fn fault(&self, path: &Path) -> Fault {
        let of = |code| Fault::of(code).with("path", path.display()).file(path);
        match self {
            Unusable::Format(name) => of("data.image_format").with("found", name),
            Unusable::NoImage => of("data.no_image"),
            Unusable::Empty => of("file.empty"),
            Unusable::TooLarge { height, width } => of("data.image_too_large")
                .with("height", height)
                .with("width", width)
                .with("expected", MOST_PIXELS / 1_000_000),
            Unusable::Broken(found) => of("data.image_broken").with("found", found),
            Unusable::NotBuilt => of("data.images_not_built"),
            Unusable::Unreadable(fault) => fault.clone(),
        }
    }
}

/// Faults that are told one by one; more are only counted.
const TOLD: usize = 10;

/// All that cannot be read as one fault.
pub(super) fn all(files: &[(&Path, &Unusable)], of: usize) -> Option<Fault> {
    let mut faults = files.iter().take(TOLD).map(|(path, unusable)| unusable.fault(path));
    let first = faults.next()?;
    let fault = first.also(faults);
    let more = (files.len() > 1)
        .then(|| Fault::of("data.images_unreadable").with("count", files.len()).with("of", of));
    Some(fault.also(more))
}
