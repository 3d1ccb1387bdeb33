//! A fault as a block for the terminal, in the layout that `cargo` and `rustc`
//! have taught everybody:
//!
//! ```text
//! error: unknown key `keep_prob` in layer `dropout_1`
//!   --> bad.toml:8:23
//!    |
//!  8 |   { type = "dropout", keep_prob = 0.7 },
//!    |                       ^^^^^^^^^
//!    = help: here it is `rate` = 1 - keep_prob (TensorFlow 1)
//! ```

use crate::{Fault, Language, Location};

/// Columns of source that are shown; a longer line is cut around its fault.
const SHOWN: usize = 100;
/// Columns that are kept before the fault when a line is cut.
const BEFORE: usize = 40;

/// The fault and its [`others`](Fault::others), one block each, with an empty
/// line between them. `color` adds ANSI colors.
///
/// ```
/// use ikhim_text::{Fault, Language, block::block};
/// let fault = Fault::of("file.missing").with("path", "a.csv").file("x.toml").line(3, 8);
/// let text = block(&fault.source_line("path = \"a.csv\"", 7), Language::English, false);
/// assert!(text.contains("  --> x.toml:3:8\n   |\n 3 | path = \"a.csv\"\n   |        ^^^^^^^\n"));
/// ```
pub fn block(fault: &Fault, language: Language, color: bool) -> String {
    let paint = Paint { color };
    let mut text = one(fault, language, paint);
    for other in fault.others() {
        text.push('\n');
        text.push_str(&block(other, language, color));
    }
    text
}

fn one(fault: &Fault, language: Language, paint: Paint) -> String {
    let (error, help) = match language {
        Language::English => ("error", "help"),
        Language::Korean => ("오류", "도움말"),
    };
    let location = fault.location();
    let gutter = location.line.map_or(1, |line| line.to_string().len());
    let margin = " ".repeat(gutter + 2);
    let mut text = format!(
        "{}{}\n",
        paint.red(error),
        paint.bold(&format!(": {}", clean(&fault.text(language))))
    );
    if let Some(place) = place(location) {
        text.push_str(&format!("{}{} {place}\n", " ".repeat(gutter + 1), paint.blue("-->")));
    }
    if let (Some(line), Some(column), Some(source)) =
        (location.line, location.column, &location.source)
    {
        let (shown, offset, carets) = excerpt(source, column, location.width.unwrap_or(1));
        let bar = paint.blue(&format!("{margin}|"));
        text.push_str(&format!("{bar}\n"));
        text.push_str(&format!("{} {shown}\n", paint.blue(&format!(" {line} |"))));
        text.push_str(&format!("{bar} {}{}\n", " ".repeat(offset), paint.red(&"^".repeat(carets))));
    }
    if let Some(advice) = fault.help_text(language) {
        let advice = clean(&advice);
        text.push_str(&format!("{margin}{} {help}: {advice}\n", paint.blue("=")));
    }
    text
}

/// `file:line:column`, as editors and terminals make it a link.
fn place(location: &Location) -> Option<String> {
    let file = clean(&location.file.as_ref()?.display().to_string());
    Some(match (location.line, location.column) {
        (Some(line), Some(column)) => format!("{file}:{line}:{column}"),
        (Some(line), None) => format!("{file}:{line}"),
        _ => file,
    })
}

/// The part of a line to show, the number of blank columns before the carets
/// and the number of carets, all counted in terminal columns.
fn excerpt(source: &str, column: usize, width: usize) -> (String, usize, usize) {
    let letters: Vec<char> = clean(source).chars().collect();
    let start = column.saturating_sub(1).min(letters.len());
    let end = start.saturating_add(width).min(letters.len());
    let total = columns(&letters);
    let from = if total <= SHOWN { 0 } else { back(&letters, start, BEFORE) };
    let to = if total <= SHOWN { letters.len() } else { forth(&letters, from, SHOWN) };
    let end = end.min(to);
    let head = if from > 0 { "… " } else { "" };
    let tail = if to < letters.len() { " …" } else { "" };
    let shown: String = letters[from..to].iter().collect();
    let offset = head.chars().count() + columns(&letters[from..start]);
    let carets = columns(&letters[start..end.max(start)]).max(1);
    (format!("{head}{shown}{tail}").trim_end().to_string(), offset, carets)
}

/// The first letter of the at most `room` columns that end before `start`.
fn back(letters: &[char], start: usize, room: usize) -> usize {
    let mut used = 0;
    let mut from = start;
    while from > 0 && used + columns_of(letters[from - 1]) <= room {
        from -= 1;
        used += columns_of(letters[from]);
    }
    from
}

/// The letter behind the at most `room` columns that begin at `from`.
fn forth(letters: &[char], from: usize, room: usize) -> usize {
    let mut used = 0;
    let mut to = from;
    while to < letters.len() && used + columns_of(letters[to]) <= room {
        used += columns_of(letters[to]);
        to += 1;
    }
    to
}

/// One letter for each letter: a tab becomes a blank, and what a terminal
/// would obey instead of show, a replacement character.
fn clean(text: &str) -> String {
    let show = |letter: char| match letter {
        '\t' => ' ',
        '\n' => '\n',
        letter if letter.is_control() => '\u{fffd}',
        letter => letter,
    };
    text.chars().map(show).collect()
}

fn columns(letters: &[char]) -> usize {
    letters.iter().map(|letter| columns_of(*letter)).sum()
}

/// Terminal columns of a letter: 2 for wide ones (Unicode's East Asian Width W
/// and F: Hangul, CJK, kana, full width forms, emoji), 0 for those that join
/// the letter before them, else 1.
fn columns_of(letter: char) -> usize {
    match u32::from(letter) {
        0x0300..=0x036f | 0x1160..=0x11ff | 0x200b..=0x200f | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f
        | 0x2e80..=0x303e
        | 0x3041..=0x33ff
        | 0x3400..=0x4dbf
        | 0x4e00..=0x9fff
        | 0xa000..=0xa4cf
        | 0xa960..=0xa97f
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f
        | 0x1f680..=0x1f6ff
        | 0x1f900..=0x1f9ff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// ANSI colors, or none.
#[derive(Clone, Copy)]
struct Paint {
    color: bool,
}

impl Paint {
    fn red(self, text: &str) -> String {
        self.with("1;31", text)
    }

    fn blue(self, text: &str) -> String {
        self.with("1;34", text)
    }

    fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    fn with(self, style: &str, text: &str) -> String {
        if self.color { format!("\x1b[{style}m{text}\x1b[0m") } else { text.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code;
    use proptest::prelude::*;

    fn at(line: usize, column: usize, source: &str, width: usize) -> Fault {
        Fault::of("file.missing")
            .with("path", "a.csv")
            .help("look again")
            .file("bad.toml")
            .line(line, column)
            .source_line(source, width)
    }

    #[test]
    fn shows_place_line_carets_and_help() {
        let text = block(&at(8, 8, "path = \"a.csv\"", 7), Language::English, false);
        let expected = "\
error: no such file or folder: a.csv
  --> bad.toml:8:8
   |
 8 | path = \"a.csv\"
   |        ^^^^^^^
   = help: look again
";
        assert_eq!(text, expected);
    }

    #[test]
    fn the_gutter_grows_with_the_line_number() {
        let text = block(&at(1234, 1, "x", 1), Language::English, false);
        let expected = "\
error: no such file or folder: a.csv
     --> bad.toml:1234:1
      |
 1234 | x
      | ^
      = help: look again
";
        assert_eq!(text, expected);
    }

    #[test]
    fn wide_letters_take_two_columns() {
        // Four Hangul letters before the fault: eight columns; two in it: four.
        let text = block(&at(3, 8, "\"월 소득값\"오류 = 1", 2), Language::Korean, false);
        let expected = "\
오류: 그런 파일이나 폴더가 없습니다: a.csv
  --> bad.toml:3:8
   |
 3 | \"월 소득값\"오류 = 1
   |            ^^^^
   = 도움말: look again
";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_fault_without_a_line_shows_its_file_only() {
        let fault = Fault::of("file.missing").with("path", "a.csv").file("x.toml");
        let text = block(&fault, Language::English, false);
        assert!(text.starts_with("error: no such file or folder: a.csv\n  --> x.toml\n   = help"));
    }

    #[test]
    fn others_follow_after_an_empty_line() {
        let text = block(
            &at(1, 1, "a", 1).also([at(2, 1, "b", 1), at(3, 1, "c", 1)]),
            Language::English,
            false,
        );
        assert_eq!(text.matches("error: ").count(), 3);
        assert_eq!(text.matches("\n\nerror: ").count(), 2);
    }

    #[test]
    fn a_long_line_is_cut_around_its_fault() {
        let source = format!("kernel = [{}oops{}]", "1, ".repeat(500), ", 1".repeat(500));
        let column = source.find("oops").expect("it is there") + 1;
        let text = block(&at(7, column, &source, 4), Language::English, false);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[3].starts_with(" 7 | … ") && lines[3].ends_with(" …"), "{}", lines[3]);
        assert!(lines[3].chars().count() <= SHOWN + 10);
        assert_eq!(
            lines[3].find("oops").map(|byte| lines[3][..byte].chars().count()),
            lines[4].find('^')
        );
        assert_eq!(lines[4].matches('^').count(), 4);
    }

    #[test]
    fn colors_come_only_when_asked_for() {
        let fault = at(1, 1, "a", 1);
        assert!(block(&fault, Language::English, true).contains("\x1b[1;31merror\x1b[0m"));
        assert!(!block(&fault, Language::English, false).contains('\x1b'));
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        let text = block(&at(1, 1, "a\x1b[2Jb\tc", 1), Language::English, false);
        assert!(text.contains("a\u{fffd}[2Jb c"));
    }

    proptest! {
        #[test]
        fn any_place_on_any_line_is_shown(source in "\\PC{0,200}", column in 0usize..300, width in 0usize..300) {
            let text = block(&at(1, column, &source, width), Language::English, false);
            prop_assert!(text.contains('^'));
        }
    }

    #[test]
    fn every_code_can_be_shown() {
        for entry in code::all() {
            assert!(block(&Fault::of(entry.code), Language::Korean, false).starts_with("오류: "));
        }
    }
}
