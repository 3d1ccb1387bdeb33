//! HTML under construction: text is escaped, and no element is left open.

use ikhim_report::escape;
use ikhim_report::figure::{Figure, STYLE};
use ikhim_text::Language;
use sha2::{Digest, Sha256};

const LAYOUT: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

pub(super) struct Html(String);

impl Html {
    pub(super) fn new() -> Html {
        Html(String::new())
    }

    /// Markup as it is written here, never a text from outside.
    pub(super) fn raw(&mut self, markup: &str) {
        self.0.push_str(markup);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.0.push_str(&escape(text));
    }

    /// A text for reading: what belongs together stays on one line, such as a
    /// number with its power of ten, or a pair in parentheses.
    pub(super) fn prose(&mut self, text: &str) {
        let mut rest = text;
        while let Some((start, end)) = whole(rest) {
            self.text(&bound(&rest[..start]));
            self.element("span class=\"whole\"", &rest[start..end]);
            rest = &rest[end..];
        }
        self.text(&bound(rest));
    }

    /// A formula, whose lines are broken at wide gaps first where a page is narrow.
    pub(super) fn formula(&mut self, text: &str) {
        const GAP: &str = "   ";
        self.within("pre class=\"formula\" tabindex=\"0\"", |html| {
            for (at, line) in text.lines().enumerate() {
                html.raw(if at > 0 { "\n" } else { "" });
                let sides = line.split(GAP).map(str::trim).filter(|side| !side.is_empty());
                let sides: Vec<&str> = sides.collect();
                match sides[..] {
                    [_] => html.text(&grouped(line)),
                    _ => sides.iter().enumerate().for_each(|(at, side)| {
                        html.raw(if at > 0 { "     " } else { "" });
                        html.element("span class=\"side\"", &grouped(side));
                    }),
                }
            }
        });
    }

    pub(super) fn within(&mut self, tag: &str, inside: impl FnOnce(&mut Html)) {
        let name = tag.split(' ').next().unwrap_or(tag);
        self.0.push_str(&format!("<{tag}>"));
        inside(self);
        self.0.push_str(&format!("</{name}>"));
    }

    pub(super) fn element(&mut self, tag: &str, text: &str) {
        self.within(tag, |html| html.text(text));
    }

    /// What may be wider than the page; the keyboard can scroll it.
    pub(super) fn scroll(&mut self, label: &str, inside: impl FnOnce(&mut Html)) {
        let label = escape(label);
        let tag =
            format!("div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{label}\"");
        self.within(&tag, inside);
    }

    pub(super) fn figure(&mut self, figure: &Figure) {
        self.within("figure", |html| {
            html.scroll(figure.title(), |html| html.raw(&figure.inline()));
        });
    }

    /// The whole document. The policy forbids every request, and every script
    /// but the page's own.
    pub(super) fn document(self, title: &str, language: Language) -> String {
        let digest = base64(&Sha256::digest(SCRIPT.as_bytes()));
        format!(
            "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"/>\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
             style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{digest}'\"/>\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\
             <meta name=\"color-scheme\" content=\"light dark\"/>\
             <title>{}</title><style>\n{LAYOUT}{STYLE}\n</style></head><body>\n{}\n\
             <script>{SCRIPT}</script></body></html>\n",
            language.tag(),
            escape(title),
            self.0,
        )
    }
}

/// Where a text first has numbers that stay on one line: `(1, 2)`, `[3, 1]`,
/// `4.5e-5`.
fn whole(text: &str) -> Option<(usize, usize)> {
    const LONGEST: usize = 18;
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    text.char_indices().find_map(|(at, sign)| match sign {
        '(' | '[' => {
            let close = if sign == '(' { ')' } else { ']' };
            let end = text[at..].find(close)? + at;
            let inside = &text[at + 1..end];
            let numbers = inside.chars().all(|c| c.is_ascii_digit() || " ,.-−".contains(c));
            (numbers && inside.contains(", ") && inside.len() <= LONGEST).then_some((at, end + 1))
        }
        'e' if at > 0 && digit(at - 1) && bytes.get(at + 1) == Some(&b'-') && digit(at + 2) => {
            let part = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
            let before = bytes[..at].iter().rev().take_while(|byte| part(byte)).count();
            let after = bytes[at + 2..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            Some((at - before, at + 2 + after))
        }
        _ => None,
    })
}

/// What stands in short parentheses is not broken.
fn grouped(formula: &str) -> String {
    const LONGEST: usize = 16;
    let mut said = String::new();
    let mut rest = formula;
    while let Some(open) = rest.find(['(', '[']) {
        let close = if rest[open..].starts_with('(') { ')' } else { ']' };
        said.push_str(&rest[..=open]);
        rest = &rest[open + 1..];
        let inside = rest.find(['(', '[', ')', ']']).filter(|end| rest[*end..].starts_with(close));
        if let Some(end) = inside.filter(|end| rest[..*end].chars().count() <= LONGEST) {
            said.push_str(&rest[..end].replace(' ', "\u{a0}"));
            rest = &rest[end..];
        }
    }
    said + rest
}

/// Short sides of an equation stay together, and so do a lecture and its number.
fn bound(text: &str) -> String {
    const SHORT: usize = 8;
    let short = |side: Option<&str>| side.is_some_and(|side| side.chars().count() <= SHORT);
    let mut parts = text.split(" = ");
    let mut said = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let near = short(said.rsplit(' ').next()) && short(part.split(' ').next());
        said.push_str(if near { "\u{a0}=\u{a0}" } else { " = " });
        said.push_str(part);
    }
    said.replace("Lec ", "Lec\u{a0}")
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for part in bytes.chunks(3) {
        let bits = part.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - part.len()));
        for place in 0..4 {
            let sign = SIGNS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= part.len() { char::from(sign) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        let cases =
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")];
        for (text, expected) in cases {
            assert_eq!(base64(text.as_bytes()), expected);
        }
    }

    #[test]
    fn what_belongs_together_stays_on_one_line() {
        let said = |text| {
            let mut html = Html::new();
            html.prose(text);
            html.0
        };
        let whole = |text| format!("<span class=\"whole\">{text}</span>");
        assert_eq!(
            said("at 4.5e-5, (1, 2)."),
            format!("at {}, {}.", whole("4.5e-5"), whole("(1, 2)"))
        );
        assert_eq!(said("[3, 1] (so, so)"), format!("{} (so, so)", whole("[3, 1]")));
        assert_eq!(said("W = 5 in Lec 04"), "W\u{a0}=\u{a0}5 in Lec\u{a0}04");
        assert_eq!(said("세 = a < b"), "세\u{a0}=\u{a0}a &lt; b");
        assert_eq!(said("a = 구십아홉이천삼백사십오"), "a = 구십아홉이천삼백사십오");
        assert_eq!(said("the-end 1e- (1, 2"), "the-end 1e- (1, 2");
    }

    #[test]
    fn formulas_break_at_wide_gaps_and_not_in_short_parentheses() {
        let said = |text| {
            let mut html = Html::new();
            html.formula(text);
            let open = "<pre class=\"formula\" tabindex=\"0\">";
            html.0.strip_prefix(open).unwrap().strip_suffix("</pre>").unwrap().to_string()
        };
        assert_eq!(said("a = 1/3 · ((W − 1)² + b)"), "a = 1/3 · ((W\u{a0}−\u{a0}1)² + b)");
        assert_eq!(said("ŷ  = f(\nb"), "ŷ  = f(\nb");
        let side = |text| format!("<span class=\"side\">{text}</span>");
        assert_eq!(
            said("a < b      [5, 3] · c"),
            side("a &lt; b") + "     " + &side("[5,\u{a0}3] · c")
        );
    }

    #[test]
    fn markup_of_a_text_is_text() {
        let mut html = Html::new();
        html.element("p", "<script>alert('x')</script>\u{0}");
        assert_eq!(html.0, "<p>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;\u{FFFD}</p>");
    }
}
