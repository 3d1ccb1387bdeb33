//! Going through the list of keys, and from a dotted path to its key.

use super::{ENTRY, FILE, Key, Kind, LAYERS, Table, Type};

/// A key with its place in the file.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its dotted path; a name that the person gives is `<name>`.
    pub path: String,
    /// The word of a choice that it belongs to, e.g. `adam`.
    pub of: Option<&'static Kind>,
    /// The key.
    pub key: &'static Key,
}

/// Visits every key of the file, each under every path that it has.
pub fn walk(visit: &mut dyn FnMut(&Entry)) {
    table(&FILE, "", None, visit);
}

fn table(
    table: &'static Table,
    prefix: &str,
    of: Option<&'static Kind>,
    visit: &mut dyn FnMut(&Entry),
) {
    keys(table.keys, prefix, of, visit);
}

fn keys(
    keys: &'static [Key],
    prefix: &str,
    of: Option<&'static Kind>,
    visit: &mut dyn FnMut(&Entry),
) {
    for key in keys {
        let path = join(prefix, key.name);
        visit(&Entry { path: path.clone(), of, key });
        inside(&key.holds, &path, visit);
    }
}

fn inside(holds: &'static Type, path: &str, visit: &mut dyn FnMut(&Entry)) {
    match holds {
        Type::Table(inner) => table(inner, path, None, visit),
        Type::Choice(choices) => {
            choices.kinds().for_each(|kind| keys(kind.keys, path, Some(kind), visit));
        }
        Type::Either(types) => types.iter().for_each(|holds| inside(holds, path, visit)),
        Type::Map(value) => inside(value, &join(path, "<name>"), visit),
        Type::Layers => {
            let path = join(path, "<name>");
            table(&ENTRY, &path, None, visit);
            LAYERS.kinds().for_each(|kind| keys(kind.keys, &path, Some(kind), visit));
        }
        _ => {}
    }
}

fn join(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_string() } else { format!("{prefix}.{name}") }
}

/// The type of what a path points to. Where the path goes through a choice,
/// all its words are tried, for which one is chosen stands in the file.
///
/// # Errors
/// The number of the first part of the path that is no key there, and the
/// names that are.
pub fn find(path: &[&str]) -> Result<Type, (usize, Vec<&'static str>)> {
    let mut places = vec![Type::Table(&FILE)];
    for (depth, part) in path.iter().enumerate() {
        let next: Vec<Type> = places.iter().flat_map(|holds| step(holds, part)).collect();
        if next.is_empty() {
            return Err((depth, places.iter().flat_map(names).collect()));
        }
        places = next;
    }
    // Keys of one name under several words of a choice hold the same values.
    Ok(places[0])
}

/// The types of the key `part` of a value of type `holds`.
fn step(holds: &Type, part: &str) -> Vec<Type> {
    match holds {
        Type::Map(value) => vec![**value],
        Type::Layers => vec![LAYER],
        Type::Either(types) => types.iter().flat_map(|holds| step(holds, part)).collect(),
        _ => tables(holds)
            .into_iter()
            .flatten()
            .filter(|key| key.name == part)
            .map(|key| key.holds)
            .collect(),
    }
}

/// Whether a value of this type may have keys of its own.
pub fn has_keys(holds: &Type) -> bool {
    match holds {
        Type::Map(_) | Type::Layers => true,
        Type::Either(types) => types.iter().any(has_keys),
        _ => tables(holds).iter().any(|keys| !keys.is_empty()),
    }
}

fn names(holds: &Type) -> Vec<&'static str> {
    tables(holds).into_iter().flatten().map(|key| key.name).collect()
}

fn tables(holds: &Type) -> Vec<&'static [Key]> {
    match holds {
        Type::Table(table) => vec![table.keys],
        Type::Choice(choices) => choices.kinds().map(|kind| kind.keys).collect(),
        Type::Either(types) => types.iter().flat_map(tables).collect(),
        _ => Vec::new(),
    }
}

/// One layer: the keys of all layers and those of its type.
const LAYER: Type = Type::Either(&[Type::Table(&ENTRY), Type::Choice(&LAYERS)]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_its_type() {
        assert!(matches!(find(&["training", "learning_rate"]), Ok(Type::Number(_))));
        assert!(matches!(find(&["training", "optimizer", "beta_1"]), Ok(Type::Number(_))));
        assert!(matches!(find(&["model", "layers", "dense_1", "units"]), Ok(Type::Either(_))));
        assert!(matches!(find(&["data", "columns", "월 소득", "missing"]), Ok(Type::Choice(_))));
        let (depth, names) = find(&["training", "epoch"]).expect_err("no such key");
        assert_eq!(depth, 1);
        assert!(names.contains(&"epochs"));
    }

    #[test]
    fn every_key_is_visited_with_a_doc() {
        let mut paths = Vec::new();
        walk(&mut |entry| {
            assert!(entry.key.doc.ends_with('.'), "{} has no sentence", entry.path);
            paths.push(entry.path.clone());
        });
        for path in
            ["training.loss.delta", "model.layers.<name>.units", "data.columns.<name>.scaling"]
        {
            assert!(paths.iter().any(|known| known == path), "{path}");
        }
    }
}
