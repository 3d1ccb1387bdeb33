//! Sentences with named holes: `{name}` is replaced by the argument `name`.

use crate::brief::{SHOWN, brief};

/// Holes of what a person typed to reach it, which is of no use in part.
const WHOLE: [&str; 4] = ["path", "layer", "model", "other"];

/// Fills the holes of a template. A hole without an argument stays as written,
/// so that a missing argument is seen in a test instead of hidden by a panic.
/// Between quotes stands what comes from data, and of that the beginning is shown.
pub(crate) fn fill(template: &str, arguments: &[(&'static str, String)]) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        text.push_str(&rest[..start]);
        let Some(length) = rest[start..].find('}') else { break };
        let name = &rest[start + 1..start + length];
        match arguments.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => {
                let quotes = ['`', '"'];
                let is_quoted = text.ends_with(quotes)
                    && rest[start + length + 1..].starts_with(quotes)
                    && !WHOLE.contains(&name);
                match is_quoted {
                    true => text.push_str(&brief(value, SHOWN)),
                    false => text.push_str(value),
                }
            }
            None => text.push_str(&rest[start..=start + length]),
        }
        rest = &rest[start + length + 1..];
    }
    text.push_str(rest);
    text
}

/// The names of the holes of a template, in order of appearance.
#[cfg(test)]
pub(crate) fn holes(template: &str) -> Vec<&str> {
    template
        .split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'))
        .map(|(name, _)| name)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_known_holes_and_keeps_unknown_ones() {
        let arguments = [("path", "a.csv".to_string())];
        assert_eq!(fill("no {path}, {other}", &arguments), "no a.csv, {other}");
        assert_eq!(fill("{", &arguments), "{");
        assert_eq!(holes("no {path}, {other}"), ["path", "other"]);
    }

    #[test]
    fn shows_the_beginning_of_what_is_quoted() {
        let long = "가".repeat(50_000);
        let arguments = [("found", long.clone()), ("path", long.clone())];
        let shown = fill("`{found}`, data.missing_values = [\"{found}\"]", &arguments);
        let brief = format!("{}… (50000)", "가".repeat(80));
        assert_eq!(shown, format!("`{brief}`, data.missing_values = [\"{brief}\"]"));
        assert_eq!(fill("`{path}`", &arguments), format!("`{long}`"));
        assert_eq!(fill("{found}", &arguments), long, "words of the program");
        assert_eq!(fill("`{x}`", &[("x", "a\r\nb".to_string())]), "`a\\nb`");
    }
}
