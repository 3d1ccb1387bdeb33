//! Bytes of a text file as text.

use super::place::line_of;
use encoding_rs::{EUC_KR, UTF_16BE, UTF_16LE};
use ikhim_text::{Fault, Result};
use std::path::Path;

/// The text of a file without its byte order mark, and the name of its encoding
/// where it is not UTF-8: `CP949`, in which Korean systems write CSV, or UTF-16
/// with a byte order mark.
pub(crate) fn decode(content: Vec<u8>, path: &Path) -> Result<(String, Option<&'static str>)> {
    let error = match String::from_utf8(content) {
        Ok(mut text) => {
            // No program writes it into a table on purpose.
            if text.as_bytes().contains(&0) {
                let place = text.bytes().position(|byte| byte == 0).unwrap_or(0);
                return Err(not_text(text.as_bytes(), place, path));
            }
            if text.starts_with('\u{feff}') {
                text.drain(..'\u{feff}'.len_utf8());
            }
            return Ok((text, None));
        }
        Err(error) => error,
    };
    let bytes = error.as_bytes();
    for (mark, encoding, name) in
        [(b"\xff\xfe", UTF_16LE, "UTF-16"), (b"\xfe\xff", UTF_16BE, "UTF-16")]
    {
        if let Some(rest) = bytes.strip_prefix(mark)
            && let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(rest)
        {
            return Ok((text.into_owned(), Some(name)));
        }
    }
    if bytes.contains(&0) || bytes.starts_with(b"PK\x03\x04") {
        return Err(not_text(bytes, error.utf8_error().valid_up_to(), path));
    }
    if let Some(line) = line_of_other_encoding(bytes) {
        let fault = Fault::of("data.mixed_encodings").with("path", path.display());
        return Err(fault.file(path).line(line, 1));
    }
    match EUC_KR.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) if text.chars().any(is_hangul) => Ok((text.into_owned(), Some("CP949"))),
        _ => Err(not_text(bytes, error.utf8_error().valid_up_to(), path)),
    }
}

/// Whether a text begins as one of UTF-16 does.
pub(crate) fn is_marked(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff")
}

fn is_hangul(letter: char) -> bool {
    matches!(letter, '\u{ac00}'..='\u{d7a3}' | '\u{3131}'..='\u{318e}')
}

/// In a file that has lines with letters in UTF-8, the first line that is not:
/// somebody has put files of two encodings together. One such line by accident is
/// no evidence, so two letters of three bytes are asked for.
fn line_of_other_encoding(bytes: &[u8]) -> Option<usize> {
    let hangul = |line: &[u8]| match std::str::from_utf8(line) {
        Ok(text) => text.chars().filter(|letter| is_hangul(*letter)).count(),
        Err(_) => 0,
    };
    let lines = || bytes.split(|byte| *byte == b'\n');
    let in_utf8: usize = lines().map(hangul).sum();
    if in_utf8 < 2 {
        return None;
    }
    lines().position(|line| std::str::from_utf8(line).is_err()).map(|line| line + 1)
}

fn not_text(bytes: &[u8], valid: usize, path: &Path) -> Fault {
    let (line, start) = line_of(bytes, valid);
    let before = String::from_utf8_lossy(&bytes[start..valid]);
    let column = before.trim_start_matches('\u{feff}').chars().count() + 1;
    let fault = Fault::of("data.not_utf8").with("path", path.display()).with("byte", valid + 1);
    recognized(fault, bytes).file(path).line(line, column)
}

/// What to do with bytes that are no text, where one can tell what they are.
fn recognized(fault: Fault, bytes: &[u8]) -> Fault {
    if bytes.starts_with(b"PK\x03\x04") {
        return fault.help_words(
            "this is a packed file, as a workbook of Excel is: save the sheet as \"CSV UTF-8\"",
            "압축된 파일입니다(엑셀 통합 문서도 그렇습니다). 시트를 \"CSV UTF-8\"로 저장하세요",
        );
    }
    if bytes.contains(&0) {
        return fault.help_words(
            "this is no text: a table is a text file with one row on each line (CSV)",
            "텍스트 파일이 아닙니다. 표는 한 줄에 한 행씩 적은 텍스트 파일(CSV)이어야 합니다",
        );
    }
    if is_western(bytes) {
        return fault.help_words(
            "it seems to be Western European text: save the file as UTF-8 (Excel: \"CSV UTF-8\"), or \
             convert it: iconv -f WINDOWS-1252 -t UTF-8",
            "서유럽 글자로 쓴 파일 같습니다. UTF-8로 저장하거나(엑셀: \"CSV UTF-8\") 변환하세요: \
             iconv -f WINDOWS-1252 -t UTF-8",
        );
    }
    fault
}

/// Whether most bytes that are not ASCII stand alone, as é and ü do in Latin-1 and
/// Windows-1252; the encodings of East Asia write two or more for a letter.
fn is_western(bytes: &[u8]) -> bool {
    let runs = || bytes.split(u8::is_ascii).filter(|run| !run.is_empty());
    // Their letters with marks but ÿ, which hardly any word has.
    let is_letter = |run: &&[u8]| matches!(run, [0xc0..=0xfe]);
    let alone = runs().filter(is_letter).count();
    2 * alone > runs().count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ikhim_text::Language;

    fn read(bytes: &[u8]) -> Result<(String, Option<&'static str>)> {
        decode(bytes.to_vec(), Path::new("x.csv"))
    }

    /// name,age and René,1 and Jörg,2 and naïve,3 by Python's `"…".encode("latin-1")`.
    #[test]
    fn western_letters_are_not_taken_for_korean_ones() {
        let fault = read(b"name,age\nRen\xe9,1\nJ\xf6rg,2\nna\xefve,3\n").unwrap_err();
        assert_eq!((fault.code(), fault.location().line), ("data.not_utf8", Some(2)));
        assert!(
            fault.help_text(Language::English).is_some_and(|help| help.contains("WINDOWS-1252"))
        );
        // A letter of CP949 that was cut in two.
        let fault = read(b"a,b\n\xb0\xa1\xb3\xaa\xb0,1\n").unwrap_err();
        assert!(fault.help_text(Language::English).is_some_and(|help| help.contains("CP949")));
    }

    /// 이름,값 and 가나,1 in CP949, by Python's `"…".encode("cp949")`.
    const CP949: &[u8] = b"\xc0\xcc\xb8\xa7,\xb0\xaa\n\xb0\xa1\xb3\xaa,1\n";

    #[test]
    fn korean_encodings_are_recognized() {
        assert_eq!(read("\u{feff}가,나\n".as_bytes()).unwrap(), ("가,나\n".to_string(), None));
        let (text, name) = read(CP949).unwrap();
        assert_eq!((text.as_str(), name), ("이름,값\n가나,1\n", Some("CP949")));
        // 똠 stands in CP949 and not in EUC-KR proper.
        assert_eq!(read(b"\x8c\x63,1\n").unwrap().0, "똠,1\n");
        let utf16: Vec<u8> = [0xfeff]
            .into_iter()
            .chain("가,1\n".encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(read(&utf16).unwrap(), ("가,1\n".to_string(), Some("UTF-16")));
    }

    #[test]
    fn two_encodings_in_one_file_are_told_with_the_line() {
        let fault = read(&["이름,값\n나다,1\n".as_bytes(), CP949].concat()).unwrap_err();
        assert_eq!((fault.code(), fault.location().line), ("data.mixed_encodings", Some(3)));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        for bytes in [
            &b"a,\xff\xff\n"[..],
            b"PK\x03\x04\xff",
            b"a\0\xff\xfe",
            b"caf\xe9,1\n",
            b"a,b\n1,\0\n",
        ] {
            assert_eq!(read(bytes).unwrap_err().code(), "data.not_utf8");
        }
    }
}
