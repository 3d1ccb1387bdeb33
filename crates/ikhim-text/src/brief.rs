//! Values of a person's data within a sentence: a cell may be as long as its file.

use std::borrow::Cow;

/// The letters of a value that a sentence shows.
pub const SHOWN: usize = 80;

/// A value on one line, of no more than so many letters; what is cut off is told by how
/// much there was.
///
/// ```
/// use ikhim_text::brief::brief;
/// assert_eq!(brief("two\nlines", 80), "two\\nlines");
/// assert_eq!(brief("a long cell", 4), "a lo… (11)");
/// assert_eq!(brief("a long cell", 2), "a… (11)");
/// ```
pub fn brief(value: &str, letters: usize) -> Cow<'_, str> {
    let mut ends = value.char_indices().skip(letters);
    let shown = match ends.next() {
        Some((end, _)) => {
            let all = letters + 1 + ends.count();
            Cow::Owned(format!("{}… ({all})", value[..end].trim_end()))
        }
        None => Cow::Borrowed(value),
    };
    match shown.contains(['\n', '\r']) {
        true => Cow::Owned(shown.replace('\r', "").replace('\n', "\\n")),
        false => shown,
    }
}
