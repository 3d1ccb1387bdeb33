//! Image files as a table: the name of each file, its image, its class.

use super::format::{Format, is_named_as_image, sniff};
use super::options::ImageOptions;
use super::read::{Images, read};
use crate::source::class_folders::{self, ClassFile, Found};
use crate::source::place::Places;
use crate::source::table::{Cells, Raw, Table, stem};
use crate::{ArrayData, ColumnType, ContentHash, Notice, Origin, Role, Schema};
use ikhim_text::{Fault, Result, sentence};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// The column of file names.
const FILE: &str = "file";
/// Full intensity of a byte.
const FULL: f64 = 255.0;
/// Names that a notice lists.
const LISTED: usize = 3;

/// What the columns are named and which shape images have, where a model needs
/// it.
struct Needed<'a> {
    image: &'a str,
    label: &'a str,
    shape: Option<[usize; 3]>,
    full_scale: f64,
}

impl<'a> Needed<'a> {
    fn of(schema: Option<&'a Schema>) -> Result<Needed<'a>> {
        let free = Needed { image: "image", label: "label", shape: None, full_scale: FULL };
        let Some(schema) = schema else { return Ok(free) };
        let target = schema.columns.iter().find(|column| column.role == Role::Target);
        let label = target.map_or(free.label, |target| &target.name);
        let image = schema
            .columns
            .iter()
            .find(|column| column.role == Role::Input && column.kind == ColumnType::Image);
        // What is missing then is told by whoever reads the columns.
        let Some(image) = image else { return Ok(Needed { label, ..free }) };
        let full_scale = image.full_scale.unwrap_or(FULL);
        match image.shape.as_slice() {
            [height, width, channels @ (1 | 3)] => Ok(Needed {
                image: &image.name,
                label,
                shape: Some([*height, *width, *channels]),
                full_scale,
            }),
            other => Err(Fault::of("data.image_shape")
                .with("column", &image.name)
                .with("expected", format!("{other:?}"))
                .with("found", "[height, width, 1 or 3]")),
        }
    }
}

/// Whether bytes are an image file, of whatever format.
pub(crate) fn is_image(bytes: &[u8]) -> bool {
    sniff(bytes) != Format::Unknown
}

/// Reads a folder of images. `None` when it holds none.
pub(crate) fn folder(
    root: &Path,
    options: &ImageOptions,
    schema: Option<&Schema>,
) -> Result<Option<Table>> {
    if !class_folders::holds(root, is_named_as_image) {
        return Ok(None);
    }
    let needed = Needed::of(schema)?;
    let found = match schema {
        Some(_) => class_folders::of_any_kind(root, is_named_as_image)?,
        None => class_folders::with_classes(root, is_named_as_image)?,
    };
    let paths: Vec<PathBuf> = found.files.iter().map(|file| file.path.clone()).collect();
    // Rows of a model are read once.
    let cached = schema.is_none().then_some(root);
    let images = read(&paths, options, needed.shape, cached)?;
    Ok(Some(table(root, &found, images, &needed)))
}

/// Reads one image file.
pub(crate) fn single(
    path: &Path,
    options: &ImageOptions,
    schema: Option<&Schema>,
) -> Result<Table> {
    let needed = Needed::of(schema)?;
    let images = read(&[path.to_path_buf()], options, needed.shape, None)?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let file = ClassFile { path: path.to_path_buf(), name, class: None, part: None };
    Ok(table(path, &Found { files: vec![file], ..Found::default() }, images, &needed))
}

/// Reads the images that the cells of a column name, relative to a folder. The
/// rows of files that are left out are given too.
pub(crate) fn column(
    cells: &Cells,
    base: &Path,
    options: &ImageOptions,
    shape: Option<&[usize]>,
    full_scale: Option<f64>,
) -> Result<(Raw, Vec<usize>, Vec<Notice>)> {
    let shape = match shape {
        Some([height, width, channels @ (1 | 3)]) => Some([*height, *width, *channels]),
        _ => None,
    };
    let paths: Vec<PathBuf> = cells.iter().map(|cell| base.join(cell.trim())).collect();
    let images = read(&paths, options, shape, None)?;
    let (rows, notices) = (images.rows.clone(), images.notices.clone());
    Ok((arrays(images, full_scale.unwrap_or(FULL)), rows, notices))
}

fn table(root: &Path, found: &Found, mut images: Images, needed: &Needed<'_>) -> Table {
    let mut notices = std::mem::take(&mut images.notices);
    if !found.others.is_empty() {
        let listed = found.others.iter().take(LISTED).map(|name| format!("`{name}`"));
        let more = if found.others.len() > LISTED { ", …" } else { "" };
        notices.push(
            Notice::new("data.other_files", sentence::DATA_OTHER_FILES)
                .with("count", found.others.len())
                .with("files", listed.collect::<Vec<_>>().join(", ") + more),
        );
    }
    notices.extend(found.links_notice());
    let files: Vec<&ClassFile> = images.rows.iter().map(|&row| &found.files[row]).collect();
    // The class is a part of the content: it stands in the path.
    let mut digest = Sha256::new();
    let (mut names, mut labels) = (Cells::default(), Cells::default());
    for (file, hash) in files.iter().zip(&images.hashes) {
        digest.update((file.name.len() as u64).to_le_bytes());
        digest.update(&file.name);
        digest.update(hash.0);
        names.push(&file.name);
        labels.push(file.class.as_deref().unwrap_or_default());
    }
    let is_labelled = files.iter().all(|file| file.class.is_some());
    let parts: Option<Vec<_>> = files.iter().map(|file| file.part).collect();
    let mut table = Table {
        name: stem(root),
        origin: Origin::File(root.to_path_buf()),
        content_hash: ContentHash(digest.finalize().into()),
        names: vec![FILE.to_string(), needed.image.to_string()],
        named: true,
        kinds: vec![Some(ColumnType::Id), Some(ColumnType::Image)],
        columns: vec![Raw::Names(names), arrays(images, needed.full_scale)],
        class_names: Vec::new(),
        notices,
        places: Places::Folder(root.to_path_buf()),
        default_target: Some("label"),
        parts,
        credit: None,
        row_hashes: None,
    };
    if is_labelled {
        table.names.push(needed.label.to_string());
        table.kinds.push(Some(ColumnType::Category));
        table.columns.push(Raw::Text(labels));
    }
    table
}

/// The images as a column whose rows are known by the bytes of their files.
fn arrays(images: Images, full_scale: f64) -> Raw {
    let data = if full_scale == FULL {
        ArrayData::U8(images.pixels)
    } else {
        let scaled = |pixel: u8| (f64::from(pixel) * full_scale / FULL) as f32;
        ArrayData::F32(images.pixels.into_iter().map(scaled).collect())
    };
    let content = Some(images.hashes);
    Raw::Arrays { shape: images.shape.to_vec(), data, full_scale, content }
}
