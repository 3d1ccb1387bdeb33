/// Ranges whose characters take two columns: those that Unicode's
/// EastAsianWidth.txt calls wide or fullwidth, with small gaps closed where
/// they hold no character in use.
const WIDE: [(u32, u32); 17] = [
    (0x1100, 0x115F),
    (0x2E80, 0x303E),
    (0x3041, 0x33FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xA000, 0xA4CF),
    (0xA960, 0xA97F),
    (0xAC00, 0xD7A3),
    (0xF900, 0xFAFF),
    (0xFE10, 0xFE19),
    (0xFE30, 0xFE6F),
    (0xFF00, 0xFF60),
    (0xFFE0, 0xFFE6),
    (0x1F300, 0x1F64F),
    (0x1F680, 0x1F6FF),
    (0x1F900, 0x1F9FF),
    (0x20000, 0x3FFFD),
];

/// Ranges whose characters take none: combining marks, joiners, and the vowels
/// and finals of Korean syllables written letter by letter, as file names of a
/// Mac are.
const NONE: [(u32, u32); 10] = [
    (0x0300, 0x036F),
    (0x1160, 0x11FF),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x200B, 0x200F),
    (0x20D0, 0x20FF),
    (0xD7B0, 0xD7FF),
    (0xFE00, 0xFE0F),
    (0xFE20, 0xFE2F),
    (0xFEFF, 0xFEFF),
];

/// Columns of a terminal that the text takes.
///
/// ```
/// use ikhim_report::terminal::width;
/// assert_eq!(width("loss"), 4);
/// assert_eq!(width("월 소득"), 7);
/// ```
pub fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

fn columns(character: char) -> usize {
    let code = u32::from(character);
    let within =
        |ranges: &[(u32, u32)]| ranges.iter().any(|(from, to)| (*from..=*to).contains(&code));
    if character.is_control() || within(&NONE) {
        0
    } else if within(&WIDE) {
        2
    } else {
        1
    }
}

/// The text, or its beginning and an ellipsis where it takes more than
/// `columns`.
///
/// ```
/// use ikhim_report::terminal::truncate;
/// assert_eq!(truncate("정확도", 6), "정확도");
/// assert_eq!(truncate("정확도", 5), "정확…");
/// ```
pub fn truncate(text: &str, columns_left: usize) -> String {
    if width(text) <= columns_left {
        return text.to_string();
    }
    let mut taken = 1;
    let fits = |character: &char| {
        taken += columns(*character);
        taken <= columns_left
    };
    let mut short: String = text.chars().take_while(fits).collect();
    short.push('…');
    short
}

/// The text with spaces after it up to `columns`.
pub fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_the_columns_of_a_terminal() {
        // Python: sum(2 if unicodedata.east_asian_width(c) in "WF" else
        // 0 if unicodedata.combining(c) else 1 for c in text)
        let cases = [
            ("", 0),
            ("ascii", 5),
            ("한글", 4),
            ("漢字かな", 8),
            ("ｆｕｌｌ", 8),
            ("½ → ∞", 5),
            ("e\u{301}", 1),
            ("\u{1112}\u{1161}\u{11AB}", 2), // 한, decomposed
            ("🚀", 2),
            ("▁█⣿", 3),
        ];
        for (text, expected) in cases {
            assert_eq!(width(text), expected, "{text}");
        }
    }

    #[test]
    fn never_exceeds_the_columns() {
        for columns in 1..8 {
            assert!(width(&truncate("가나다라마", columns)) <= columns);
        }
        assert_eq!(pad("한", 4), "한  ");
        assert_eq!(pad("long", 2), "long");
    }
}
