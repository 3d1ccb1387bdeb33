//! The files of a folder, each an image or a text: a class for each folder of
//! files, and a part for each folder of such folders.
//!
//! ```text
//! photos/cat/1.png               photos/train/cat/1.png
//! photos/dog/2.jpg               photos/validation/dog/2.jpg
//!                                photos/test/cat/3.png
//! ```

use super::bytes::unreadable;
use crate::{Notice, Part};
use ikhim_text::{Fault, Result, sentence};
use std::fs;
use std::path::{Path, PathBuf};

/// Folders within folders are read so deep.
const DEEPEST: usize = 16;

/// Whether a file's name says that it is one of those that are looked for.
pub(crate) type IsWanted = fn(&str) -> bool;

/// One file of a folder.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ClassFile {
    pub(crate) path: PathBuf,
    /// The path within the folder, with `/`.
    pub(crate) name: String,
    pub(crate) class: Option<String>,
    pub(crate) part: Option<Part>,
}

/// What stands in a folder.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The files, by part, class and name.
    pub(crate) files: Vec<ClassFile>,
    /// Files whose names say that they are something else.
    pub(crate) others: Vec<String>,
    /// Links that lead back to a folder that they stand in. They are not followed:
    /// there would be no end, and files would come in under the class of another
    /// folder.
    pub(crate) links_back: Vec<String>,
}

/// What a folder directly holds; hidden entries are left out.
#[derive(Debug, Default)]
struct Listing {
    folders: Vec<String>,
    files: Vec<String>,
    others: Vec<String>,
}

/// Finds the files of a folder to learn from: every one has a class.
pub(crate) fn with_classes(root: &Path, wanted: IsWanted) -> Result<Found> {
    let top = list(root, wanted)?;
    let mut found = Found { others: top.others.clone(), ..Found::default() };
    let part_of = |name: &String| part(name).map(|part| (part, name.clone()));
    let parts: Vec<(Part, String)> = top.folders.iter().filter_map(part_of).collect();
    let is_in_parts = !parts.is_empty()
        && parts.len() == top.folders.len()
        && parts.iter().any(|(part, _)| *part == Part::Train);
    if !top.files.is_empty() {
        return Err(no_class(root, &top.files[0]));
    }
    if !is_in_parts {
        found.classes(root, "", &top.folders, None, wanted)?;
        return Ok(found);
    }
    for meant in [Part::Train, Part::Validation, Part::Test] {
        for (_, name) in parts.iter().filter(|(part, _)| *part == meant) {
            let folder = root.join(name);
            let listing = list(&folder, wanted)?;
            if let Some(file) = listing.files.first() {
                return Err(no_class(&folder, file));
            }
            found.others.extend(listing.others.iter().map(|other| format!("{name}/{other}")));
            found.classes(&folder, &format!("{name}/"), &listing.folders, Some(meant), wanted)?;
        }
    }
    Ok(found)
}

/// Finds the files of a folder of new rows. They have classes when every one
/// stands in a folder of its class.
pub(crate) fn of_any_kind(root: &Path, wanted: IsWanted) -> Result<Found> {
    let top = list(root, wanted)?;
    if top.files.is_empty()
        && !top.folders.is_empty()
        && let Ok(mut found) = with_classes(root, wanted)
    {
        found.files.iter_mut().for_each(|file| file.part = None);
        return Ok(found);
    }
    let mut found = Found::default();
    found.within(root, "", None, None, 0, wanted)?;
    Ok(found)
}

/// Whether a folder holds such files, directly or in folders.
pub(crate) fn holds(root: &Path, wanted: IsWanted) -> bool {
    let mut found = Found::default();
    found.within(root, "", None, None, 0, wanted).is_ok() && !found.files.is_empty()
}

impl Found {
    /// What must be said of links that are not followed.
    pub(crate) fn links_notice(&self) -> Option<Notice> {
        let (first, count) = (self.links_back.first()?, self.links_back.len());
        let more = if count > 1 { ", …" } else { "" };
        let notice = Notice::new("data.links_back", sentence::DATA_LINKS_BACK);
        Some(notice.with("count", count).with("files", format!("`{first}`{more}")))
    }

    /// A class for each folder; one without a file is a fault, because the
    /// network could never answer it.
    fn classes(
        &mut self,
        root: &Path,
        before: &str,
        folders: &[String],
        part: Option<Part>,
        wanted: IsWanted,
    ) -> Result<()> {
        let mut empty = Vec::new();
        for class in folders {
            let (count, folder) = (self.files.len(), root.join(class));
            self.within(&folder, &format!("{before}{class}/"), Some(class), part, 1, wanted)?;
            if self.files.len() == count {
                let fault = Fault::of("data.empty_class").with("path", folder.display());
                empty.push(fault.with("class", class).file(&folder));
            }
        }
        let mut empty = empty.into_iter();
        match empty.next() {
            Some(fault) => Err(fault.also(empty)),
            None => Ok(()),
        }
    }

    /// All files of a folder and of those within it.
    fn within(
        &mut self,
        folder: &Path,
        before: &str,
        class: Option<&String>,
        part: Option<Part>,
        depth: usize,
        wanted: IsWanted,
    ) -> Result<()> {
        if leads_back(folder, depth) {
            self.links_back.push(before.trim_end_matches('/').to_string());
            return Ok(());
        }
        let listing = list(folder, wanted)?;
        self.others.extend(listing.others.iter().map(|name| format!("{before}{name}")));
        self.files.extend(listing.files.into_iter().map(|name| ClassFile {
            path: folder.join(&name),
            name: format!("{before}{name}"),
            class: class.cloned(),
            part,
        }));
        if depth < DEEPEST {
            for name in &listing.folders {
                let before = format!("{before}{name}/");
                self.within(&folder.join(name), &before, class, part, depth + 1, wanted)?;
            }
        }
        Ok(())
    }
}

/// Whether a folder is a link to one that is being walked, of which so many lie above
/// it, or to one that holds such a folder.
fn leads_back(folder: &Path, depth: usize) -> bool {
    if !folder.is_symlink() {
        return false;
    }
    let Ok(real) = fs::canonicalize(folder) else { return false };
    let mut above = folder.ancestors().skip(1).take(depth);
    above.any(|above| fs::canonicalize(above).is_ok_and(|above| above.starts_with(&real)))
}

/// The part that a folder's name stands for.
fn part(name: &str) -> Option<Part> {
    match name.to_lowercase().as_str() {
        "train" | "training" => Some(Part::Train),
        "validation" | "valid" | "val" => Some(Part::Validation),
        "test" | "testing" => Some(Part::Test),
        _ => None,
    }
}

fn no_class(folder: &Path, file: &str) -> Fault {
    Fault::of("data.no_class_folder")
        .with("path", folder.display())
        .with("found", file)
        .file(folder)
}

/// What a folder directly holds, by code point. A name that is no text is
/// shown with signs in the place of what is none.
fn list(folder: &Path, wanted: IsWanted) -> Result<Listing> {
    let mut listing = Listing::default();
    for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, &error))? {
        let entry = entry.map_err(|error| unreadable(folder, &error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_hidden = name.starts_with('.') || ["Thumbs.db", "desktop.ini"].contains(&&*name);
        if is_hidden {
            continue;
        }
        if entry.path().is_dir() {
            listing.folders.push(name);
        } else if wanted(&name) {
            listing.files.push(name);
        } else {
            listing.others.push(name);
        }
    }
    listing.folders.sort();
    listing.files.sort();
    listing.others.sort();
    Ok(listing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(name: &str) -> bool {
        [".png", ".jpg", ".jpeg"].iter().any(|end| name.to_lowercase().ends_with(end))
    }

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            if file.ends_with('/') {
                fs::create_dir_all(path).unwrap();
                continue;
            }
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, b"x").unwrap();
        }
        root
    }

    fn told(found: &Found) -> Vec<(String, Option<String>, Option<Part>)> {
        let of = |file: &ClassFile| (file.name.clone(), file.class.clone(), file.part);
        found.files.iter().map(of).collect()
    }

    #[test]
    fn a_class_is_a_folder() {
        let root = folder(&["개/2.png", "개/1.jpg", "고양이/밤/3.JPEG", "notes.txt", ".x/4.png"]);
        let found = with_classes(root.path(), wanted).unwrap();
        let class = |name: &str| Some(name.to_string());
        let expected = [
            ("개/1.jpg".to_string(), class("개"), None),
            ("개/2.png".to_string(), class("개"), None),
            ("고양이/밤/3.JPEG".to_string(), class("고양이"), None),
        ];
        assert_eq!(told(&found), expected);
        assert_eq!(found.others, ["notes.txt"]);
    }

    #[test]
    fn parts_are_folders_of_classes() {
        let root = folder(&["test/a/1.png", "Train/a/2.png", "Train/b/3.png", "val/b/4.png"]);
        let found = with_classes(root.path(), wanted).unwrap();
        let parts: Vec<Option<Part>> = found.files.iter().map(|file| file.part).collect();
        let train = Some(Part::Train);
        assert_eq!(parts, [train, train, Some(Part::Validation), Some(Part::Test)]);
        assert_eq!(found.files[3].name, "test/a/1.png");
        // Without a train folder the same names are classes.
        let root = folder(&["test/1.png", "val/4.png"]);
        assert_eq!(
            with_classes(root.path(), wanted).unwrap().files[0].class.as_deref(),
            Some("test")
        );
    }

    #[test]
    #[cfg(unix)]
    fn a_link_back_up_is_not_followed() {
        use std::os::unix::fs::symlink;
        let root = folder(&["hor/1.png", "ver/2.png", "ver/in/3.png", "far/4.png"]);
        symlink("..", root.path().join("ver/up")).unwrap();
        symlink("../../ver", root.path().join("ver/in/same")).unwrap();
        // A link to a folder elsewhere is what it says: more files of this class.
        symlink("../far", root.path().join("hor/more")).unwrap();
        let found = with_classes(root.path(), wanted).unwrap();
        let names: Vec<&str> = found.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(
            names,
            ["far/4.png", "hor/1.png", "hor/more/4.png", "ver/2.png", "ver/in/3.png"]
        );
        let class: Vec<&str> =
            found.files.iter().filter_map(|file| file.class.as_deref()).collect();
        assert_eq!(class, ["far", "hor", "hor", "ver", "ver"]);
        assert_eq!(found.links_back, ["ver/in/same", "ver/up"]);
    }

    #[test]
    fn what_has_no_class_or_no_image_is_told() {
        let code = |files: &[&str]| with_classes(folder(files).path(), wanted).unwrap_err().code();
        assert_eq!(code(&["a/1.png", "2.png"]), "data.no_class_folder");
        assert_eq!(code(&["train/1.png", "test/2.png"]), "data.no_class_folder");
        assert_eq!(code(&["a/1.png", "b/", "c/"]), "data.empty_class");
        let root = folder(&["a/1.png", "2.png"]);
        let any = of_any_kind(root.path(), wanted).unwrap();
        assert_eq!(any.files.len(), 2);
        assert!(any.files.iter().all(|file| file.class.is_none()));
    }
}
