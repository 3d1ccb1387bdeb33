//! Text files as a table: the name of each file, its text, its class.

use super::class_folders::{self, ClassFile, Found};
use super::place::Places;
use super::table::{Cells, Raw, Table, stem};
use super::{bytes, encoding};
use crate::{ColumnType, ContentHash, Notice, Origin, Role, Schema};
use ikhim_text::{Result, sentence};
use sha2::{Digest, Sha256};
use std::path::Path;

/// Names that a notice lists.
const LISTED: usize = 3;

/// Reads a folder of files `*.txt`: a class for each folder of them. `None` when
/// there are none; for rows to learn from also when none stands in a folder of its
/// own, and for rows of a model when that model reads no text.
pub(crate) fn folder(root: &Path, schema: Option<&Schema>) -> Result<Option<Table>> {
    let text = |schema: &Schema| {
        let is_text = |role, kind| role == Role::Input && kind == ColumnType::Text;
        let column = schema.columns.iter().find(|it| is_text(it.role, it.kind));
        column.map(|column| column.name.clone())
    };
    let (found, name) = match schema {
        Some(schema) => match text(schema) {
            Some(name) if class_folders::holds(root, is_named_as_text) => {
                (class_folders::of_any_kind(root, is_named_as_text)?, name)
            }
            _ => return Ok(None),
        },
        None if folders_hold_texts(root) => {
            (class_folders::with_classes(root, is_named_as_text)?, "text".to_string())
        }
        None => return Ok(None),
    };
    let target = schema.and_then(|it| it.columns.iter().find(|it| it.role == Role::Target));
    let label = target.map_or("label".to_string(), |target| target.name.clone());
    Ok(Some(table(root, &found, name, label)?))
}

fn is_named_as_text(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("txt"))
}

/// Whether a folder in this one holds texts.
fn folders_hold_texts(root: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(root) else { return false };
    let folders = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir());
    folders.into_iter().any(|folder| class_folders::holds(&folder, is_named_as_text))
}

fn table(root: &Path, found: &Found, name: String, label: String) -> Result<Table> {
    let mut digest = Sha256::new();
    let (mut names, mut texts, mut labels) = <(Cells, Cells, Cells)>::default();
    for ClassFile { path, name, class, .. } in &found.files {
        let content = bytes::read(path)?;
        digest.update((name.len() as u64).to_le_bytes());
        digest.update(name);
        digest.update(ContentHash::of(&content).0);
        let (text, _) = encoding::decode(content, path)?;
        names.push(name);
        texts.push(&text);
        labels.push(class.as_deref().unwrap_or_default());
    }
    let mut notices = Vec::new();
    if !found.others.is_empty() {
        let listed = found.others.iter().take(LISTED).map(|name| format!("`{name}`"));
        let more = if found.others.len() > LISTED { ", …" } else { "" };
        notices.push(
            Notice::new("data.other_files", sentence::DATA_FILES_NO_TEXT)
                .with("count", found.others.len())
                .with("files", listed.collect::<Vec<_>>().join(", ") + more),
        );
    }
    notices.extend(found.links_notice());
    let mut table = Table {
        name: stem(root),
        origin: Origin::File(root.to_path_buf()),
        content_hash: ContentHash(digest.finalize().into()),
        names: vec!["file".to_string(), name],
        named: true,
        kinds: vec![Some(ColumnType::Id), Some(ColumnType::Text)],
        columns: vec![Raw::Names(names), Raw::Text(texts)],
        class_names: Vec::new(),
        notices,
        places: Places::Folder(root.to_path_buf()),
        default_target: Some("label"),
        parts: found.files.iter().map(|file| file.part).collect(),
        credit: None,
        row_hashes: None,
    };
    if found.files.iter().all(|file| file.class.is_some()) {
        table.names.push(label);
        table.kinds.push(Some(ColumnType::Category));
        table.columns.push(Raw::Text(labels));
    }
    Ok(table)
}
