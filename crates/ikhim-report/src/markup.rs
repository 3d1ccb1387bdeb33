//! Escaping of user text for HTML and SVG.

/// Text that is safe as content and inside a double-quoted attribute of HTML
/// and XML. Control characters, which XML forbids even when escaped, become
/// U+FFFD.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(printable(other)),
        }
    }
    escaped
}

/// The text without characters that XML forbids, for a writer that escapes
/// the rest itself.
pub(crate) fn clean(text: &str) -> String {
    text.chars().map(printable).collect()
}

fn printable(character: char) -> char {
    let forbidden = (character.is_control() && !matches!(character, '\n' | '\t' | '\r'))
        || matches!(character, '\u{FFFE}' | '\u{FFFF}');
    if forbidden { char::REPLACEMENT_CHARACTER } else { character }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_markup_and_control_characters() {
        assert_eq!(
            escape("<a href='x'>&\"</a>"),
            "&lt;a href=&#39;x&#39;&gt;&amp;&quot;&lt;/a&gt;"
        );
        assert_eq!(escape("월 소득\0"), "월 소득\u{FFFD}");
        assert_eq!(clean("a\u{1}<b>"), "a\u{FFFD}<b>");
    }
}
