//! Several files as one table: a list of paths, or a pattern that files match.

use super::bytes;
use super::columnar::Columnar;
use super::csv::{self, Options, Typed, list, shortened};
use super::place::Places;
use super::table::{Raw, Table, stem};
use super::{idx, json_lines, numpy};
use crate::{ContentHash, Notice, Origin, image};
use ikhim_text::{Fault, Result, sentence};
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

/// Whether a path is a pattern and no file: `*` stands for any letters of a name,
/// `?` for one.
pub(crate) fn is_pattern(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?']) && !path.exists()
}

/// Reads files one after the other into one table. The names of their columns must
/// be the same; where they stand in another order, they are brought into that of
/// the first file.
pub(crate) fn read(meant: &[PathBuf], options: &Options) -> Result<Table> {
    let files = expand(meant)?;
    let mut tables = Vec::with_capacity(files.len());
    for file in &files {
        let options = match tables.first() {
            Some(first) => like(first, options),
            None => options.clone(),
        };
        tables.push(table(file, &options)?);
    }
    let mut tables = tables.into_iter();
    let Some(mut whole) = tables.next() else { return Err(no_match(meant)) };
    let mut hashes = whole.content_hash.0.to_vec();
    let width = whole.names.len();
    let mut rows: Vec<(u32, u32)> = (0..whole.len() as u32).map(|row| (0, row)).collect();
    let mut places = vec![(std::mem::take(&mut whole.places), (0..width).collect::<Vec<_>>())];
    for (number, mut table) in tables.enumerate() {
        let order = order(&whole, &table)?;
        hashes.extend(table.content_hash.0);
        rows.extend((0..table.len() as u32).map(|row| (number as u32 + 1, row)));
        let in_place = order.iter().enumerate().all(|(place, from)| place == *from);
        whole.row_hashes = match (whole.row_hashes.take(), table.row_hashes.take()) {
            (Some(mut hashes), Some(more)) if in_place => {
                hashes.extend(more);
                Some(hashes)
            }
            _ => None,
        };
        for (index, (column, from)) in whole.columns.iter_mut().zip(&order).enumerate() {
            let more = std::mem::replace(&mut table.columns[*from], Raw::Numbers(Vec::new()));
            if let (Raw::Typed(typed), Raw::Typed(more)) = (&mut *column, &more) {
                let pieces = [&*typed, more].map(|piece| piece.as_ref().clone());
                let joined = Typed::joined(pieces.into());
                if !matches!(joined, Typed::Mixed(_)) {
                    *column = Raw::Typed(joined.into());
                    continue;
                }
            }
            // Where one file has words among numbers, all are text.
            if let Raw::Typed(_) = column {
                let known = Places::Files { parts: std::mem::take(&mut places), rows: Vec::new() };
                *column = Raw::Text(known.cells(&[index]).remove(0));
                if let Places::Files { parts, .. } = known {
                    places = parts;
                }
            }
            let more = match more {
                Raw::Typed(_) => Raw::Text(table.places.cells(&[*from]).remove(0)),
                more => more,
            };
            if let (Raw::Text(cells), Raw::Text(mut more)) = (column, more) {
                cells.append(&mut more);
            }
        }
        for notice in table.notices {
            if !whole.notices.contains(&notice) {
                whole.notices.push(notice);
            }
        }
        places.push((table.places, order));
    }
    let names: Vec<String> = files.iter().map(|file| format!("`{}`", file.display())).collect();
    let notice = Notice::new("data.files", sentence::DATA_FILES)
        .with("count", files.len())
        .with("files", shortened(&names));
    whole.notices.insert(0, notice);
    whole.name = name(meant, &files);
    whole.content_hash = ContentHash::of(&hashes);
    whole.places = Places::Files { parts: places, rows };
    whole.origin = Origin::Files(files);
    Ok(whole)
}

/// How a further file is read: with a header where the first has one.
fn like(first: &Table, options: &Options) -> Options {
    let mut options = options.clone();
    if let (Places::File { header, .. }, true) = (&first.places, first.class_names.is_empty())
        && options.header.is_none()
        && options.names.is_none()
    {
        options.header = Some(header.is_some());
    }
    options
}

fn table(file: &Path, options: &Options) -> Result<Table> {
    let content = bytes::read(file)?;
    let is_columnar = Columnar::of(&content).is_some();
    if idx::is_idx(&content)
        || image::is_image(&content)
        || numpy::is_numpy(&content, file)
        || is_columnar
    {
        return Err(Fault::of("data.several_tables").with("path", file.display()).file(file));
    }
    if json_lines::is_json_lines(&content, file) {
        return json_lines::parse(content, file);
    }
    csv::parse_file(content, file, options)
}

/// For each column of the first file where it stands in another.
fn order(first: &Table, other: &Table) -> Result<Vec<usize>> {
    let path = match &other.places {
        Places::File { path, .. } => path.clone(),
        _ => PathBuf::new(),
    };
    let differ = |expected: String, found: String| {
        let fault = Fault::of("data.columns_differ")
            .with("path", path.display())
            .with("expected", expected)
            .with("found", found);
        other.places.names(fault)
    };
    if first.names.len() != other.names.len() {
        let columns = |table: &Table| format!("{}: {}", table.names.len(), list(&table.names));
        return Err(differ(columns(first), columns(other)));
    }
    let known: HashMap<&String, usize> =
        other.names.iter().enumerate().map(|(index, name)| (name, index)).collect();
    let column = |name: &String| known.get(name).copied();
    let order: Vec<Option<usize>> = first.names.iter().map(column).collect();
    if order.contains(&None) || first.class_names != other.class_names {
        return Err(differ(list(&first.names), list(&other.names)));
    }
    Ok(order.into_iter().flatten().collect())
}

/// The files that are meant, in the order of the list, those of a pattern by
/// name.
pub(crate) fn expand(meant: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = Vec::new();
    for path in meant {
        let found = if is_pattern(path) { matching(path) } else { vec![path.clone()] };
        if found.is_empty() {
            return Err(no_match(std::slice::from_ref(path)));
        }
        for file in found {
            let same = |known: &PathBuf| known.canonicalize().ok() == file.canonicalize().ok();
            if file.exists() && files.iter().any(same) {
                return Err(Fault::of("file.named_twice").with("path", file.display()).file(file));
            }
            files.push(file);
        }
    }
    Ok(files)
}

fn no_match(meant: &[PathBuf]) -> Fault {
    let path = meant.first().cloned().unwrap_or_default();
    Fault::of("file.no_match").with("path", path.display()).file(path)
}

/// The files of a pattern, sorted part by part.
fn matching(pattern: &Path) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::new()];
    for component in pattern.components() {
        let Component::Normal(name) = component else {
            found.iter_mut().for_each(|path| path.push(component));
            continue;
        };
        let name = name.to_string_lossy();
        found = match name.contains(['*', '?']) {
            false => found.into_iter().map(|path| path.join(&*name)).collect(),
            true => found.iter().flat_map(|folder| within(folder, &name)).collect(),
        };
    }
    found.retain(|path| path.is_file());
    found
}

/// What of a folder fits a pattern. A name that begins with a point is hidden.
fn within(folder: &Path, pattern: &str) -> Vec<PathBuf> {
    let place = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = std::fs::read_dir(place).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.') || pattern.starts_with('.'))
        .filter(|name| fits(pattern, name))
        .collect();
    names.sort();
    names.into_iter().map(|name| folder.join(name)).collect()
}

/// Whether a name fits a pattern of `*` and `?`.
fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), name.chars().collect());
    let (mut at, mut of) = (0, 0);
    // The last star and what it has taken, for giving it one letter more.
    let mut star: Option<(usize, usize)> = None;
    while of < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, of));
                at += 1;
            }
            Some(letter) if *letter == '?' || *letter == name[of] => {
                at += 1;
                of += 1;
            }
            _ => {
                let Some((place, taken)) = star else { return false };
                star = Some((place, taken + 1));
                at = place + 1;
                of = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|letter| *letter == '*')
}

/// The name of the data: of a pattern what stands in it, else of the first file.
fn name(meant: &[PathBuf], files: &[PathBuf]) -> String {
    let trimmed = |path: &PathBuf| {
        let name = stem(path).replace(['*', '?'], "");
        name.trim_matches(['-', '_', '.', ' ']).to_string()
    };
    let of_pattern = meant.first().filter(|path| is_pattern(path)).map(trimmed);
    let folder = || {
        let folder = files.first().and_then(|file| file.parent()).and_then(Path::file_name);
        folder.map(|name| name.to_string_lossy().into_owned())
    };
    let first = files.first().map(|file| stem(file)).unwrap_or_default();
    match of_pattern {
        Some(name) if !name.is_empty() => name,
        Some(_) => folder().unwrap_or(first),
        None => first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks() {
        for (pattern, name, expected) in [
            ("part-*.csv", "part-1.csv", true),
            ("part-*.csv", "part-.csv", true),
            ("part-*.csv", "part-1.csv.gz", false),
            ("*", "", true),
            ("a?c", "a가c", true),
            ("a?c", "ac", false),
            ("*ab*ab", "abab", true),
            ("*ab*ab", "abaab", true),
            ("*ab", "abb", false),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }
}
