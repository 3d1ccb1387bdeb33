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
    fn markup_of_a_text_is_text() {
        let mut html = Html::new();
        html.element("p", "<script>alert('x')</script>\u{0}");
        assert_eq!(html.0, "<p>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;\u{FFFD}</p>");
    }
}
