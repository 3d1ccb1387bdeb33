//! A lesson as one page that needs no other file: text, figures, numbers and
//! exercises; and the map of the course.

mod html;
mod map;

pub use map::map;

use crate::text::{Block, Piece, pieces};
use crate::{Answer, Checked, Exercise, Lesson, Study, Verdict};
use html::Html;
use ikhim_report::escape;
use ikhim_text::{Language, Result};

/// The page of a lesson with the figures that are made now, and with what its
/// claims have found.
///
/// # Errors
/// A figure that cannot be drawn.
pub fn page(
    lesson: &Lesson,
    study: &Study,
    checked: &[Checked],
    changed: &[String],
    language: Language,
) -> Result<String> {
    let words = Words::of(language);
    let mut html = Html::new();
    // `Lec 04`, as the other lessons call it.
    let title = lesson.title.say(language);
    let number = title.split_once(" · ").map_or(lesson.name.as_str(), |(number, _)| number);
    html.within("header", |html| {
        html.element("p class=\"quiet\"", &format!("{} · {number}", words.course));
    });
    if !changed.is_empty() {
        html.within("div class=\"notice\"", |html| {
            html.element("p", &format!("{} {}", words.changed, changed.join(", ")));
        });
    }
    html.raw("<main id=\"main\">");
    let (mut questions, mut exercises) = (0, 0);
    let blocks = lesson.blocks(language);
    let said = |name: &str| finding(name, checked, language);
    for block in &blocks {
        match block {
            Block::Title(text) => {
                html.within("h1", |html| line(html, text, &said));
                html.element("p class=\"goal\"", lesson.goal.say(language));
            }
            Block::Section(text) => html.within("h2", |html| line(html, text, &said)),
            Block::Paragraph(text) => html.within("p", |html| line(html, text, &said)),
            Block::List(items) => html.within("ul", |html| {
                for item in items {
                    html.within("li", |html| line(html, item, &said));
                }
            }),
            Block::Table(rows) => table(&mut html, words.table, rows, &said),
            Block::Formula(text) => html.formula(text),
            Block::Question(text) => {
                questions += 1;
                html.within("div class=\"question\"", |html| {
                    html.element("h3", &format!("{} {questions}", words.question));
                    html.within("p", |html| line(html, text, &said));
                });
            }
            Block::Answer(text) => html.within("details", |html| {
                html.element("summary", words.answer);
                html.within("p", |html| line(html, text, &said));
            }),
            Block::Figure(name) => {
                let figures = lesson.draw(study, name, language)?;
                html.within("div class=\"figures\"", |html| {
                    figures.iter().for_each(|figure| html.figure(figure));
                });
            }
            Block::Exercise(number) => {
                if let Some(exercise) = lesson.exercises.get(number.wrapping_sub(1)) {
                    exercises += 1;
                    self::exercise(&mut html, exercises, exercise, &words, language);
                }
            }
            Block::Claims => claims(&mut html, checked, &words, language),
        }
        html.raw("\n");
    }
    files(&mut html, lesson, &words);
    html.raw("</main>");
    Ok(html.document(lesson.title.say(language), language))
}

/// A line with its code, weight and findings.
fn line(html: &mut Html, text: &str, said: &dyn Fn(&str) -> String) {
    for piece in pieces(text) {
        match piece {
            Piece::Plain(text) => html.prose(text),
            Piece::Code(text) if text.chars().count() <= 24 => {
                html.element("code class=\"whole\"", text);
            }
            Piece::Code(text) => html.element("code", text),
            Piece::Strong(text) => html.within("strong", |html| html.prose(text)),
            Piece::Found(name) => html.element("strong class=\"whole\"", &said(name)),
        }
    }
}

/// A text without findings.
fn plain(html: &mut Html, text: &str) {
    line(html, text, &|_| String::new());
}

/// What a claim has found, in few signs; `–` where it was skipped.
fn finding(name: &str, checked: &[Checked], language: Language) -> String {
    let Some(claim) = checked.iter().find(|claim| claim.name == name) else {
        return "–".to_string();
    };
    match (claim.hits, claim.value) {
        (Some((hits, seeds)), _) => {
            let share = 100.0 * hits as f64 / seeds.max(1) as f64;
            match language {
                Language::English => format!("{hits} of {seeds} ({share:.0} %)"),
                Language::Korean => format!("{seeds}개 중 {hits}개({share:.0}%)"),
            }
        }
        (None, Some(value)) => crate::claim::in_text(value),
        (None, None) if claim.found.is_empty() => "–".to_string(),
        (None, None) => claim.found.clone(),
    }
}

fn table(html: &mut Html, caption: &str, rows: &[Vec<String>], said: &dyn Fn(&str) -> String) {
    html.scroll(caption, |html| {
        html.within("table", |html| {
            for (index, row) in rows.iter().enumerate() {
                html.within("tr", |html| {
                    for cell in row {
                        let tag = if index == 0 { "th scope=\"col\"" } else { "td" };
                        html.within(tag, |html| line(html, cell, said));
                    }
                });
            }
        });
    });
}

fn claims(html: &mut Html, checked: &[Checked], words: &Words, language: Language) {
    for about in words.claims_about {
        html.element("p class=\"quiet\"", about);
    }
    html.scroll(words.claims, |html| {
        html.within("table class=\"claims\"", |html| {
            html.within("tr", |html| {
                for heading in [words.row, words.claim, words.expected, words.found, words.verdict]
                {
                    html.element("th scope=\"col\"", heading);
                }
            });
            for claim in checked {
                let verdict = match claim.verdict {
                    Verdict::Passed => words.passed,
                    Verdict::Failed => words.failed,
                    Verdict::Skipped => words.skipped,
                };
                let found = if claim.found.is_empty() { "–" } else { &claim.found };
                html.within("tr", |html| {
                    html.element("td", &claim.origin(language));
                    html.within("td class=\"wide\"", |html| plain(html, claim.say(language)));
                    // On a narrow page a line of the table is a paragraph, where
                    // each number has its heading before it.
                    for (heading, text) in
                        [(words.expected, claim.expected.as_str()), (words.found, found)]
                    {
                        html.element(&format!("td data-heading=\"{}\"", escape(heading)), text);
                    }
                    html.element("td", verdict);
                });
            }
        });
    });
}

fn exercise(
    html: &mut Html,
    number: usize,
    exercise: &Exercise,
    words: &Words,
    language: Language,
) {
    let attributes = match &exercise.answer {
        Answer::Number { value, within } => {
            format!("data-value=\"{value}\" data-within=\"{within}\"")
        }
        Answer::Choice { right, .. } => format!("data-right=\"{right}\""),
    };
    html.within(&format!("form class=\"exercise\" {attributes}"), |html| {
        html.element("h3", &format!("{} {number}", words.exercise));
        html.within(&format!("p id=\"exercise-{number}\""), |html| {
            plain(html, exercise.question.say(language));
        });
        match &exercise.answer {
            Answer::Number { .. } => html.raw(&format!(
                "<input name=\"answer\" type=\"text\" inputmode=\"decimal\" autocomplete=\"off\" \
                 aria-labelledby=\"exercise-{number}\"/>"
            )),
            Answer::Choice { choices, .. } => html.within("fieldset", |html| {
                html.element("legend", words.choose);
                for (index, choice) in choices.iter().enumerate() {
                    html.within("label", |html| {
                        html.raw(&format!(
                            "<input type=\"radio\" name=\"answer\" value=\"{}\"/> ",
                            index + 1
                        ));
                        plain(html, choice.say(language));
                    });
                }
            }),
        }
        html.element("button type=\"submit\"", words.check);
        html.raw(&format!(
            "<p class=\"verdict\" role=\"status\" data-yes=\"{}\" data-no=\"{}\"></p>",
            escape(words.right),
            escape(words.wrong)
        ));
        html.within("details", |html| {
            html.element("summary", words.answer);
            let answer = match &exercise.answer {
                Answer::Number { value, .. } => match *value == value.round() {
                    true => crate::claim::in_text(*value),
                    false => value.to_string(),
                },
                Answer::Choice { choices, right } => choices
                    .get(right.wrapping_sub(1))
                    .map_or(String::new(), |choice| choice.say(language).to_string()),
            };
            html.within("p", |html| {
                html.within("strong", |html| plain(html, &answer));
                html.text(" — ");
                plain(html, exercise.because.say(language));
            });
        });
    });
}

/// The experiments as files, so that a reader can train them.
fn files(html: &mut Html, lesson: &Lesson, words: &Words) {
    if lesson.files.is_empty() {
        return;
    }
    html.element("h2", words.files);
    html.within("p", |html| plain(html, words.files_about));
    for (name, text) in &lesson.files {
        html.within("details", |html| {
            html.element("summary", name);
            html.element("pre tabindex=\"0\"", text);
        });
    }
}

/// The words of a page.
pub(crate) struct Words {
    course: &'static str,
    changed: &'static str,
    table: &'static str,
    question: &'static str,
    pub(crate) answer: &'static str,
    exercise: &'static str,
    choose: &'static str,
    check: &'static str,
    right: &'static str,
    wrong: &'static str,
    claims: &'static str,
    claims_about: [&'static str; 2],
    row: &'static str,
    claim: &'static str,
    expected: &'static str,
    found: &'static str,
    verdict: &'static str,
    passed: &'static str,
    failed: &'static str,
    skipped: &'static str,
    files: &'static str,
    files_about: &'static str,
}

impl Words {
    pub(crate) fn of(language: Language) -> Words {
        match language {
            Language::English => Words {
                course: "Deep learning you can check",
                changed: "You changed these files; the numbers below are yours:",
                table: "table",
                question: "Before you read on",
                answer: "Show the answer",
                exercise: "Exercise",
                choose: "Choose one",
                check: "Check",
                right: "Right.",
                wrong: "Not yet. Try again, or show the answer.",
                claims: "What this lesson claims",
                claims_about: [
                    "Each line was measured while this page was made, but for those that say skipped.",
                    "from: Lec 04 · 3 is the third point of that lecture; Lab, the course's lab of that number; F, a run from given weights whose numbers are known to many digits. In the numbers ~ is the median of several starts, a … b the least and the greatest of them, and 26/50 = 0.52, 99 % [0.35, 0.69] a share with the interval in which the true share may lie (Wilson's, at 99 %). Expected 0.66 (≥ 1) means: of all starts, 66 % are to reach a value of at least 1. e-5 means · 10⁻⁵.",
                ],
                row: "from",
                claim: "claim",
                expected: "expected",
                found: "found",
                verdict: "result",
                passed: "✓ pass",
                failed: "✗ fail",
                skipped: "– skipped",
                files: "The experiments of this lesson",
                files_about: "They lie beside this page. Change one and train it with `ikhim train FILE`, or make this page again.",
            },
            Language::Korean => Words {
                course: "확인할 수 있는 딥러닝",
                changed: "직접 고친 파일이 있어 아래 수치는 고친 대로 계산했습니다:",
                table: "표",
                question: "읽기 전에 생각해 보기",
                answer: "답 보기",
                exercise: "연습 문제",
                choose: "하나를 고르세요",
                check: "확인",
                right: "맞았습니다.",
                wrong: "아직 아닙니다. 다시 풀어 보거나 답을 확인하세요.",
                claims: "이 수업의 주장과 확인 결과",
                claims_about: [
                    "아래의 값은 모두 이 페이지를 만들 때 실제로 계산한 것입니다.",
                    "출처에서 Lec 04 · 3은 그 강의의 세 번째 내용, 실습은 강의의 같은 번호 실습, F는 정해진 가중치에서 시작하여 여러 자리까지 답이 알려진 학습입니다. 값에서 ~는 여러 시작점의 중앙값, a … b는 가장 작은 값과 가장 큰 값이고, 26/50 = 0.52, 99 % [0.35, 0.69]는 비율과, 참비율이 있을 만한 구간(윌슨의 식, 신뢰 수준 99%)입니다. 기대한 값이 비율이면 괄호 안의 조건에 맞는 것을 셉니다. 예: 0.66 (≥ 1)은 시작점의 66%에서 값이 1 이상이어야 한다는 뜻입니다. e-5는 · 10⁻⁵입니다.",
                ],
                row: "출처",
                claim: "주장",
                expected: "기대한 값",
                found: "나온 값",
                verdict: "결과",
                passed: "✓ 통과",
                failed: "✗ 실패",
                skipped: "– 건너뜀",
                files: "이 수업의 실험 파일",
                files_about: "이 페이지와 같은 폴더에 들어 있습니다. 값을 바꾸어 `ikhim train 파일`로 학습하거나 이 페이지를 다시 만들어 보세요.",
            },
        }
    }
}
