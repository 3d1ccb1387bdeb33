//! One spelling for a letter that Unicode can write in two ways.
//!
//! Names of files on a Mac are decomposed: `한` is three letters there, `é` an `e` with a
//! mark behind it. They look the same and are other bytes, so a class would be two.

use std::borrow::Cow;
use unicode_normalization::char::compose;

/// The text with letters and the marks behind them joined to one letter each, Hangul to
/// syllables: Unicode's composed form (NFC) of what is decomposed (NFD), as names of
/// files are. Without the tables that put marks into another order, which are large.
pub(crate) fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut whole = String::with_capacity(text.len());
    for letter in text.chars() {
        match whole.chars().next_back().and_then(|last| compose(last, letter)) {
            Some(joined) => {
                whole.pop();
                whole.push(joined);
            }
            None => whole.push(letter),
        }
    }
    if whole == text { Cow::Borrowed(text) } else { Cow::Owned(whole) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_joined() {
        assert_eq!(composed("\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af} x"), "한글 x");
        assert_eq!(composed("ㅋㅋ 가\u{11a7}"), "ㅋㅋ 가\u{11a7}");
        // Vietnamese has two marks on a letter.
        assert_eq!(composed("cafe\u{301}, Malmo\u{308}, Vie\u{323}\u{302}t"), "café, Malmö, Việt");
        assert!(matches!(composed("가나다 café"), Cow::Borrowed(_)));
        assert!(matches!(composed("가\u{11a7}"), Cow::Borrowed(_)));
    }
}
