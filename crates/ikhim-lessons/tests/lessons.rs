//! The lessons as they stand: nothing is missing, both languages say the same,
//! and every claim holds and can be broken.

use ikhim_lessons::{Answer, Lesson, Progress, Study, Verdict, glossary, lessons, page};
use ikhim_text::Language;
use std::collections::BTreeSet;
use std::path::Path;

const BOTH: [Language; 2] = [Language::English, Language::Korean];

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lessons")
}

#[test]
fn every_file_of_the_lessons_is_part_of_the_executable() {
    let lessons = lessons().unwrap();
    for entry in std::fs::read_dir(folder()).unwrap().filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !entry.path().is_dir() || name == "scripts" {
            continue;
        }
        let lesson = lessons.iter().find(|lesson| lesson.name == name);
        let lesson = lesson.unwrap_or_else(|| panic!("{name} is not among the lessons"));
        let known: BTreeSet<String> =
            lesson.experiments().map(|experiment| format!("{experiment}.toml")).collect();
        for file in std::fs::read_dir(entry.path()).unwrap().filter_map(Result::ok) {
            let file = file.file_name().to_string_lossy().into_owned();
            let own = ["lesson.toml", "en.md", "ko.md"].contains(&file.as_str());
            assert!(own || known.contains(&file), "{name}/{file}");
        }
    }
}

/// The signs of a text that name something, in their order.
fn signs<'a>(text: &'a str, open: &str, close: char) -> Vec<&'a str> {
    let parts = text.split(open).skip(1);
    parts.filter_map(|part| part.split(close).next()).collect()
}

#[test]
fn both_texts_have_the_same_parts_and_name_what_is_there() {
    for lesson in lessons().unwrap() {
        let texts = BOTH.map(|language| lesson.text(language));
        let claims: BTreeSet<&str> =
            lesson.claims.iter().map(|claim| claim.name.as_str()).collect();
        assert_eq!(claims.len(), lesson.claims.len(), "{}: a name twice", lesson.name);
        for open in ["[figure ", "[exercise ", "\n?? ", "\n!! ", "\n## ", "\n    "] {
            let count = |text: &str| text.matches(open).count();
            assert_eq!(count(texts[0]), count(texts[1]), "{}: {open}", lesson.name);
        }
        for text in texts {
            assert!(text.starts_with("# ") && text.contains("\n[claims]"), "{}", lesson.name);
            for found in signs(text, "{found:", '}') {
                assert!(claims.contains(found), "{}: {found}", lesson.name);
            }
            let mut figures = signs(text, "[figure ", ']');
            let mut known = lesson.figure_names();
            figures.sort_unstable();
            known.sort_unstable();
            assert_eq!(figures, known, "{}", lesson.name);
            let exercises: Vec<usize> =
                signs(text, "[exercise ", ']').iter().map(|n| n.parse().unwrap()).collect();
            assert_eq!(exercises.len(), lesson.exercises.len(), "{}", lesson.name);
            assert!(exercises.iter().all(|n| (1..=lesson.exercises.len()).contains(n)));
            let asked = text.matches("\n?? ").count();
            assert!(asked > 0 && asked == text.matches("\n!! ").count(), "{}", lesson.name);
        }
        let korean = lesson.text(Language::Korean);
        let hangul = korean.chars().filter(|c| ('가'..='힣').contains(c)).count();
        assert!(hangul > 300, "{}: {hangul} Korean letters", lesson.name);
    }
}

#[test]
fn lessons_lead_somewhere_and_name_calls_that_exist() {
    let lessons = lessons().unwrap();
    let names: BTreeSet<&str> = lessons.iter().map(|lesson| lesson.name.as_str()).collect();
    for lesson in &lessons {
        for next in &lesson.leads_to {
            assert!(names.contains(next.as_str()), "{} leads to {next}", lesson.name);
        }
        assert!(!lesson.ideas.is_empty(), "{}", lesson.name);
        for call in lesson.ideas.iter().flat_map(|idea| &idea.library) {
            let (place, name) = call.split_once("::").unwrap();
            let file = folder().join(format!("../crates/ikhim-{place}/src/lib.rs"));
            let text = std::fs::read_to_string(file).unwrap();
            let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
            assert!(words.into_iter().any(|word| word == name), "{}: {call}", lesson.name);
        }
        for finding in lesson.ideas.iter().flat_map(|idea| &idea.findings) {
            let known =
                ikhim_doctor::rule(finding).is_some() || ikhim_text::code::find(finding).is_some();
            assert!(known, "{}: {finding}", lesson.name);
        }
    }
}

#[test]
fn answers_of_exercises_are_what_the_claims_measure() {
    for lesson in lessons().unwrap() {
        for exercise in &lesson.exercises {
            if let Answer::Choice { choices, right } = &exercise.answer {
                assert!((1..=choices.len()).contains(right), "{}", lesson.name);
            }
            let Some(name) = &exercise.measured_by else { continue };
            let claim = lesson.claims.iter().find(|claim| claim.name == *name).unwrap();
            let Answer::Number { value, within } = exercise.answer else {
                panic!("{}: {name} measures a number", lesson.name)
            };
            let expected = claim.expect.value.unwrap();
            assert!((value - expected).abs() <= within, "{}: {name}", lesson.name);
        }
    }
}

#[test]
fn the_glossary_has_korean_terms() {
    let terms = glossary().unwrap();
    assert!(terms.len() >= 25);
    for term in terms {
        assert!(term.ko.chars().any(|c| ('가'..='힣').contains(&c)), "{}", term.en);
    }
}

fn course_files() -> Option<std::path::PathBuf> {
    let shared = std::env::var_os("IKHIM_SHARED_DATA").map(std::path::PathBuf::from);
    let folder: std::path::PathBuf = shared.unwrap_or_else(|| folder().join("../../shared/data"));
    // The course's own tables, but not MNIST, which takes minutes.
    let folder = folder.join("course");
    let found = folder.is_dir().then_some(folder);
    if found.is_none() {
        assert!(std::env::var_os("IKHIM_REQUIRE_DATA").is_none(), "the reference data are missing");
        println!("without the reference data the claims about the course's own files are skipped");
    }
    found
}

fn study(folder: &Path) -> Study {
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get());
    Study::in_folder(folder).threads(threads).data(course_files())
}

#[test]
fn every_claim_holds_and_fails_under_its_change() {
    let folder = tempfile::tempdir().unwrap();
    let study = study(folder.path());
    let mut wrong = Vec::new();
    for lesson in lessons().unwrap() {
        let checked = study.check(&lesson, &|_| {}).unwrap();
        let broken = study.must_fail(&lesson, &|_| {}).unwrap();
        assert_eq!(checked.len(), lesson.claims.len());
        for (what, claims) in [("fails", checked), ("survives its change", broken)] {
            wrong.extend(claims.iter().filter(|claim| claim.verdict == Verdict::Failed).map(
                |claim| {
                    let (expected, found) = (&claim.expected, &claim.found);
                    format!("{}: {} {what}: {expected}, {found}", claim.lesson, claim.name)
                },
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pages_need_nothing_from_elsewhere_and_tell_their_figures_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let study = study(folder.path()).quick(true);
    for lesson in lessons().unwrap() {
        let checked = study.check(&lesson, &|_| {}).unwrap();
        for language in BOTH {
            let html = page::page(&lesson, &study, &checked, &[], language).unwrap();
            check_page(&lesson, &html, language);
        }
    }
}

fn check_page(lesson: &Lesson, html: &str, language: Language) {
    let what = format!("{} {language:?}", lesson.name);
    for outside in ["http:", "https:", "src=\"/", "@import", "url(", "<link"] {
        assert!(!html.contains(outside), "{what}: {outside}");
    }
    assert!(html.contains(&format!("<html lang=\"{}\">", language.tag())), "{what}");
    assert!(html.contains("default-src 'none'"), "{what}");
    let drawn = html.matches("<svg ").count();
    assert!(drawn >= lesson.figure_names().len(), "{what}: {drawn} figures");
    for figure in html.split("<svg ").skip(1) {
        let words = figure.split("<desc>").nth(1).and_then(|rest| rest.split("</desc>").next());
        assert!(words.is_some_and(|words| words.len() > 20), "{what}: a figure without words");
    }
    assert_eq!(html.matches("<form class=\"exercise\"").count(), lesson.exercises.len(), "{what}");
    assert!(!html.contains("{found:"), "{what}");
    assert!(html.len() < 600_000, "{what}: {} bytes", html.len());
    for tag in ["section", "main", "form", "figure", "table", "details", "div", "p", "ul"] {
        let opened =
            html.matches(&format!("<{tag}>")).count() + html.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, html.matches(&format!("</{tag}>")).count(), "{what}: {tag}");
    }
}

#[test]
fn the_map_leads_to_every_lesson_and_nowhere_else() {
    let lessons = lessons().unwrap();
    let page_of = |name: &str| Some(format!("{name}/page.html"));
    for language in BOTH {
        let map = page::map(&lessons, &Progress::default(), &page_of, language);
        for lesson in &lessons {
            assert!(map.contains(&format!("<section id=\"{}\">", lesson.name)));
            assert!(map.contains(&format!("href=\"{}/page.html\"", lesson.name)));
        }
        for link in signs(&map, "href=\"", '"') {
            let name = link.trim_start_matches('#').trim_end_matches("/page.html");
            assert!(lessons.iter().any(|lesson| lesson.name == name), "{link}");
        }
    }
}

#[test]
fn a_changed_file_is_kept_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let study = study(folder.path());
    let lesson = lessons().unwrap().into_iter().find(|lesson| lesson.name == "lec04").unwrap();
    assert!(study.unpack(&lesson).unwrap().is_empty());
    let path = study.place(&lesson).join("line.toml");
    let own = std::fs::read_to_string(&path).unwrap().replace("0.01", "0.02");
    std::fs::write(&path, &own).unwrap();
    assert_eq!(study.unpack(&lesson).unwrap(), ["line.toml"]);
    let checked = study.check(&lesson, &|_| {}).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), own);
    let failed: Vec<&str> = checked
        .iter()
        .filter(|claim| claim.verdict == Verdict::Failed)
        .map(|claim| claim.name.as_str())
        .collect();
    assert!(failed.contains(&"line-20"), "{failed:?}");
}
