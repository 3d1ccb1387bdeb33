//! The map of the course: which idea leads to which, each with its lesson, what
//! the doctor watches, and what a program calls.

use super::html::Html;
use crate::{Lesson, Progress};
use ikhim_text::Language;

/// The map as one page. `pages` tells the page of a lesson by its name; a
/// lesson without one is shown without a link.
pub fn map(
    lessons: &[Lesson],
    progress: &Progress,
    pages: &dyn Fn(&str) -> Option<String>,
    language: Language,
) -> String {
    let say = |english: &'static str, korean: &'static str| match language {
        Language::English => english,
        Language::Korean => korean,
    };
    let title = say("The map of the course", "수업 지도");
    let mut html = Html::new();
    html.within("header", |html| html.element("h1", title));
    html.raw("<main id=\"main\">");
    for lesson in lessons {
        let standing = progress.lessons.get(&lesson.name);
        let passed = standing.is_some_and(|standing| standing.is_passed());
        html.within(&format!("section id=\"{}\"", lesson.name), |html| {
            html.within("h2", |html| {
                html.text(if passed { "✓ " } else { "" });
                match pages(&lesson.name) {
                    Some(page) => {
                        let tag = format!("a href=\"{}\"", ikhim_report::escape(&page));
                        html.element(&tag, lesson.title.say(language));
                    }
                    None => html.text(lesson.title.say(language)),
                }
            });
            html.element("p", lesson.goal.say(language));
            html.within("ul", |html| {
                for idea in &lesson.ideas {
                    html.within("li", |html| {
                        html.text(idea.words.say(language));
                        for finding in &idea.findings {
                            html.text(" · ");
                            html.element("code", &format!("ikhim explain {finding}"));
                        }
                        for call in &idea.library {
                            html.text(" · ");
                            html.element("code", &format!("ikhim::{call}"));
                        }
                    });
                }
            });
            if !lesson.leads_to.is_empty() {
                html.within("p", |html| {
                    html.text(say("leads to: ", "다음으로 이어지는 수업: "));
                    for (at, name) in lesson.leads_to.iter().enumerate() {
                        html.text(if at > 0 { ", " } else { "" });
                        let target = lessons.iter().find(|other| other.name == *name);
                        let words = target.map_or(name.as_str(), |other| other.title.say(language));
                        html.element(&format!("a href=\"#{name}\""), words);
                    }
                });
            }
        });
    }
    html.raw("</main>");
    html.document(title, language)
}
