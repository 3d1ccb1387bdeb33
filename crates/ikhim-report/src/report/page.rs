//! HTML under construction. Text reaches the page escaped, and an element
//! cannot be left open; the page is well-formed XML as well, which the tests
//! read it as.

use crate::figure::{Figure, STYLE};
use crate::markup::escape;
use ikhim_text::Language;
use ikhim_text::sentence::Sentence;

const LAYOUT: &str = include_str!("page.css");

pub(super) struct Page {
    html: String,
    language: Language,
    contents: Vec<(&'static str, String)>,
}

/// A column of a table: its heading, and whether it holds numbers.
pub(super) struct Column {
    heading: String,
    numeric: bool,
}

pub(super) fn words(heading: impl Into<String>) -> Column {
    Column { heading: heading.into(), numeric: false }
}

pub(super) fn numbers(heading: impl Into<String>) -> Column {
    Column { heading: heading.into(), numeric: true }
}

impl Page {
    pub(super) fn new(language: Language) -> Page {
        Page { html: String::new(), language, contents: Vec::new() }
    }

    pub(super) fn language(&self) -> Language {
        self.language
    }

    pub(super) fn say(&self, sentence: Sentence, arguments: &[(&'static str, String)]) -> String {
        sentence.say(self.language, arguments)
    }

    /// A sentence without holes.
    pub(super) fn word(&self, sentence: Sentence) -> String {
        sentence.say(self.language, &[])
    }

    /// `tag` is an element with its attributes as written here, never a text
    /// from outside.
    pub(super) fn within(&mut self, tag: &str, inside: impl FnOnce(&mut Page)) {
        let name = tag.split(' ').next().unwrap_or(tag);
        self.html.push_str(&format!("<{tag}>"));
        inside(self);
        self.html.push_str(&format!("</{name}>"));
    }

    pub(super) fn element(&mut self, tag: &str, text: &str) {
        self.within(tag, |page| page.text(text));
    }

    pub(super) fn text(&mut self, text: &str) {
        self.html.push_str(&escape(text));
    }

    /// A part of the page that the list of contents leads to.
    pub(super) fn section(
        &mut self,
        id: &'static str,
        heading: Sentence,
        inside: impl FnOnce(&mut Page),
    ) {
        let heading = self.word(heading);
        self.contents.push((id, heading.clone()));
        self.html.push('\n');
        self.within(&format!("section id=\"{id}\" aria-labelledby=\"{id}-heading\""), |page| {
            page.element(&format!("h2 id=\"{id}-heading\""), &heading);
            inside(page);
        });
    }

    /// Links to the sections of `body`.
    pub(super) fn contents(&mut self, label: Sentence, body: &Page) {
        let label = escape(&self.word(label));
        self.within(&format!("nav aria-label=\"{label}\""), |page| {
            page.within("ul", |page| {
                for (id, heading) in &body.contents {
                    page.within("li", |page| page.element(&format!("a href=\"#{id}\""), heading));
                }
            });
        });
    }

    pub(super) fn append(&mut self, other: Page) {
        self.html.push_str(&other.html);
    }

    /// A part that is folded until it is asked for.
    pub(super) fn folded(&mut self, summary: &str, inside: impl FnOnce(&mut Page)) {
        self.within("details", |page| {
            page.element("summary", summary);
            inside(page);
        });
    }

    pub(super) fn figure(&mut self, figure: &Figure) {
        // The keyboard must be able to scroll what a small screen cuts off.
        let label = escape(figure.title());
        self.within("figure", |page| {
            page.within(
                &format!(
                    "div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{label}\""
                ),
                |page| {
                    page.html.push_str(&figure.inline());
                },
            );
        });
    }

    pub(super) fn table(
        &mut self,
        caption: &str,
        columns: &[Column],
        rows: impl IntoIterator<Item = Vec<String>>,
    ) {
        let label = escape(caption);
        self.within(
            &format!("div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{label}\""),
            |page| {
                page.within("table", |page| {
                    page.element("caption", caption);
                    page.within("thead", |page| {
                        page.within("tr", |page| {
                            for column in columns {
                                let tag = if column.numeric {
                                    "th scope=\"col\" class=\"n\""
                                } else {
                                    "th scope=\"col\""
                                };
                                page.element(tag, &column.heading);
                            }
                        });
                    });
                    page.within("tbody", |page| {
                        for row in rows {
                            page.within("tr", |page| {
                                for (column, cell) in columns.iter().zip(&row) {
                                    page.element(
                                        if column.numeric { "td class=\"n\"" } else { "td" },
                                        cell,
                                    );
                                }
                            });
                        }
                    });
                });
            },
        );
    }

    /// The whole document around what was written.
    pub(super) fn document(self, title: &str) -> String {
        // The policy forbids every request, so the page stays offline even if
        // a text found a way through the escaping.
        format!(
            "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"/>\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
             style-src 'unsafe-inline'; img-src data:\"/>\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\
             <meta name=\"color-scheme\" content=\"light dark\"/>\
             <title>{}</title><style>\n{LAYOUT}{STYLE}\n</style></head><body>\n{}\n</body></html>\n",
            self.language.tag(),
            escape(title),
            self.html,
        )
    }
}
