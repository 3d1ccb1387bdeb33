//! Texts with their names, and the places of faults in them: from bytes, as
//! the TOML parser counts, to lines and columns in characters, as editors do.

use ikhim_text::Fault;
use std::ops::Range;
use std::path::PathBuf;

/// A file, or the argument of `--set`.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// The file as the person named it, or `--set`.
    pub file: PathBuf,
    /// Its text.
    pub text: String,
}

/// A part of one of several sources.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    /// The number of the source; [`NOWHERE`] for defaults.
    pub(crate) source: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The source of what no file says.
pub(crate) const NOWHERE: usize = usize::MAX;

impl Span {
    pub(crate) fn new(source: usize, bytes: Range<usize>) -> Span {
        Span { source, start: bytes.start, end: bytes.end }
    }

    pub(crate) fn nowhere() -> Span {
        Span::new(NOWHERE, 0..0)
    }
}

impl Source {
    /// Tells a fault its file, line, column, source line and width. A fault of
    /// several lines is marked on the first.
    pub(crate) fn locate(&self, fault: Fault, bytes: Range<usize>) -> Fault {
        let text = self.text.as_str();
        let start = floor(text, bytes.start);
        let end = floor(text, bytes.end).max(start);
        let line_start = text[..start].rfind('\n').map_or(0, |byte| byte + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |byte| start + byte);
        let line = text[..line_start].matches('\n').count() + 1;
        let column = text[line_start..start].chars().count() + 1;
        let width = text[start..end.min(line_end)].chars().count().max(1);
        let shown = text[line_start..line_end].trim_end_matches('\r');
        fault.file(&self.file).line(line, column).source_line(shown, width)
    }
}

/// The nearest border of a character at or before a byte.
fn floor(text: &str, byte: usize) -> usize {
    let byte = byte.min(text.len());
    (0..=byte).rev().find(|byte| text.is_char_boundary(*byte)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn locate(text: &str, bytes: Range<usize>) -> (usize, usize, usize, String) {
        let source = Source { file: "x.toml".into(), text: text.into() };
        let fault = source.locate(Fault::of("file.missing"), bytes);
        let place = fault.location().clone();
        (
            place.line.unwrap_or(0),
            place.column.unwrap_or(0),
            place.width.unwrap_or(0),
            place.source.unwrap_or_default(),
        )
    }

    #[test]
    fn counts_lines_and_characters() {
        let text = "a = 1\n\"월 소득\" = 오류 # x\r\nc = 3\n";
        let start = text.find("오류").expect("it is there");
        assert_eq!(
            locate(text, start..start + "오류".len()),
            (2, 10, 2, "\"월 소득\" = 오류 # x".to_string())
        );
        assert_eq!(locate(text, 0..1), (1, 1, 1, "a = 1".to_string()));
        assert_eq!(locate(text, text.len()..text.len()), (4, 1, 1, String::new()));
        // Two lines: marked to the end of the first.
        assert_eq!(locate("ab\ncd", 1..5), (1, 2, 1, "ab".to_string()));
    }

    proptest! {
        #[test]
        fn any_bytes_have_a_place(text in "\\PC{0,40}(\n\\PC{0,40}){0,3}", start in 0usize..200, length in 0usize..200) {
            let (line, column, width, _) = locate(&text, start..start + length);
            prop_assert!(line >= 1 && column >= 1 && width >= 1);
        }
    }
}
