//! Many files: surveyed, brought to one form, decoded on all cores.

use super::cache::{self, Cache};
use super::decode::{Header, decode, header};
use super::fault::{self, Unusable};
use super::options::{ImageOptions, Unreadable};
use super::resize::resized;
use crate::cores::on_all_cores;
use crate::source::bytes::unreadable;
use crate::{ContentHash, Notice};
use ikhim_text::{Result, sentence};
use std::fs;
use std::path::{Path, PathBuf};

/// Images of one size that are no larger than this keep it.
const LARGEST_KEPT: usize = 256;
/// The height and the width of images that do not tell one.
const SIDE: usize = 64;
/// A folder of fewer images is read faster than its cache is worth.
const WORTH_A_CACHE: usize = 100;
/// Names that a notice lists.
const LISTED: usize = 5;

/// Images of one shape.
pub(super) struct Images {
    pub(super) shape: [usize; 3],
    pub(super) pixels: Vec<u8>,
    /// The hash of each file.
    pub(super) hashes: Vec<ContentHash>,
    /// For each row its place among the files.
    pub(super) rows: Vec<usize>,
    pub(super) notices: Vec<Notice>,
}

/// Reads files as rows of a shape, or of the shape that they suggest. `cached`
/// is the folder for a cache.
pub(super) fn read(
    files: &[PathBuf],
    options: &ImageOptions,
    shape: Option<[usize; 3]>,
    cached: Option<&Path>,
) -> Result<Images> {
    let surveyed = on_all_cores(files.iter().collect(), |path| survey(path));
    let mut unusable: Vec<(usize, Unusable)> = Vec::new();
    let mut usable: Vec<(usize, ContentHash, Header)> = Vec::new();
    for (row, found) in surveyed.into_iter().enumerate() {
        match found {
            Ok((hash, header)) => usable.push((row, hash, header)),
            Err(reason) => unusable.push((row, reason)),
        }
    }
    let mut notices = Vec::new();
    let headers: Vec<Header> = usable.iter().map(|(.., header)| *header).collect();
    let shape = shape.unwrap_or_else(|| decided(&headers, options, &mut notices));
    let [height, width, channels] = shape;
    let bytes = height * width * channels;

    let policy = format!("{} {height} {width} {channels}", options.resizing());
    let place = cached.filter(|_| options.is_cached() && usable.len() >= WORTH_A_CACHE);
    let place = place.map(|folder| cache::place(folder, &policy));
    let cache =
        place.as_deref().map_or_else(Cache::default, |path| Cache::read(path, &policy, bytes));
    let decoded = on_all_cores(usable.iter().collect(), |(row, hash, _)| match cache.get(hash) {
        Some(pixels) => Ok(pixels.to_vec()),
        None => pixels(&files[*row], shape, options),
    });
    let mut images =
        Images { shape, pixels: Vec::new(), hashes: Vec::new(), rows: Vec::new(), notices };
    for ((row, hash, _), found) in usable.into_iter().zip(decoded) {
        match found {
            Ok(pixels) => {
                images.pixels.extend_from_slice(&pixels);
                images.hashes.push(hash);
                images.rows.push(row);
            }
            Err(reason) => unusable.push((row, reason)),
        }
    }
    unusable.sort_by_key(|(row, _)| *row);
    told(files, &unusable, options, &mut images.notices)?;
    if let Some(path) = place.filter(|_| !cache.holds_all(images.hashes.iter())) {
        // Without a cache the next reading is slower, and nothing else.
        let _ = cache::write(&path, &policy, &images.hashes, &images.pixels);
    }
    Ok(images)
}

/// Hash and header of a file.
fn survey(path: &Path) -> std::result::Result<(ContentHash, Header), Unusable> {
    let bytes = bytes(path)?;
    Ok((ContentHash::of(&bytes), header(&bytes)?))
}

/// The pixels of a file in a shape.
fn pixels(
    path: &Path,
    [height, width, channels]: [usize; 3],
    options: &ImageOptions,
) -> std::result::Result<Vec<u8>, Unusable> {
    let image = decode(&bytes(path)?)?.over_white().in_channels(channels);
    Ok(resized(&image, [height, width], options.resizing()).data)
}

fn bytes(path: &Path) -> std::result::Result<Vec<u8>, Unusable> {
    fs::read(path).map_err(|error| Unusable::Unreadable(unreadable(path, &error)))
}

/// The shape that the images suggest, and what is to be said of it.
fn decided(headers: &[Header], options: &ImageOptions, notices: &mut Vec<Notice>) -> [usize; 3] {
    let mut sizes: Vec<[usize; 2]> =
        headers.iter().map(|header| [header.height, header.width]).collect();
    sizes.sort_by_key(|[height, width]| (height * width, *height));
    sizes.dedup();
    let kept = match sizes.as_slice() {
        [[height, width]] if *height.max(width) <= LARGEST_KEPT => Some([*height, *width]),
        _ => None,
    };
    let [height, width] = options.given_size().or(kept).unwrap_or([SIDE, SIDE]);
    if let (None, None, Some(smallest), Some(largest)) =
        (options.given_size(), kept, sizes.first(), sizes.last())
    {
        let size = |[height, width]: &[usize; 2]| format!("{height}×{width}");
        notices.push(
            Notice::new("data.image_size", sentence::DATA_IMAGE_SIZE)
                .with("count", sizes.len())
                .with("smallest", size(smallest))
                .with("largest", size(largest))
                .with("size", size(&[height, width]))
                .with("resize", options.resizing()),
        );
    }
    let grey = headers.iter().filter(|header| header.is_grey).count();
    let colored = headers.len() - grey;
    let channels = options.given_channels().unwrap_or(if colored == 0 { 1 } else { 3 });
    if options.given_channels().is_none() && grey > 0 && colored > 0 {
        notices.push(
            Notice::new("data.image_channels", sentence::DATA_IMAGE_CHANNELS)
                .with("grey", grey)
                .with("colored", colored),
        );
    }
    let clear = headers.iter().filter(|header| header.has_alpha).count();
    if clear > 0 {
        let notice = Notice::new("data.image_alpha", sentence::DATA_IMAGE_ALPHA);
        notices.push(notice.with("count", clear));
    }
    [height, width, channels]
}

/// A fault of the files that cannot be read, or a notice where they are left
/// out.
fn told(
    files: &[PathBuf],
    unusable: &[(usize, Unusable)],
    options: &ImageOptions,
    notices: &mut Vec<Notice>,
) -> Result<()> {
    let named: Vec<(&Path, &Unusable)> =
        unusable.iter().map(|(row, reason)| (files[*row].as_path(), reason)).collect();
    let Some(fault) = fault::all(&named, files.len()) else { return Ok(()) };
    let not_built = unusable.iter().any(|(_, reason)| *reason == Unusable::NotBuilt);
    if options.on_unreadable() == Unreadable::Error || not_built || unusable.len() == files.len() {
        return Err(fault);
    }
    let listed: Vec<String> =
        named.iter().take(LISTED).map(|(path, reason)| reason.fault(path).to_string()).collect();
    let more = if named.len() > LISTED { ", …" } else { "" };
    notices.push(
        Notice::new("data.images_skipped", sentence::DATA_IMAGES_SKIPPED)
            .with("count", named.len())
            .with("of", files.len())
            .with("files", format!("{}{more}", listed.join(", "))),
    );
    Ok(())
}
