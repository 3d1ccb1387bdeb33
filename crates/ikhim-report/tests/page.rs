//! The page of a run: its structure, for every kind of run, in both languages.

mod markup;
mod sample;

use ikhim_report::RunReport;
use ikhim_text::Language;
use markup::{Element, read};
use sample::HOSTILE;
use std::collections::BTreeSet;

const LANGUAGES: [Language; 2] = [Language::English, Language::Korean];

fn texts(page: &Element, name: &str) -> Vec<String> {
    page.named(name).iter().map(|element| element.text.clone()).collect()
}

#[test]
fn every_page_is_whole_offline_and_reachable() {
    for (name, report) in sample::all() {
        for language in LANGUAGES {
            let html = report.html(language);
            let page = read(&html);
            let context = format!("{name} {}", language.tag());
            assert_eq!(page.attribute("lang"), language.tag(), "{context}");

            // Nothing is fetched and nothing runs.
            assert!(!html.contains("http:") && !html.contains("https:"), "{context}");
            for element in page.all() {
                assert!(
                    !["script", "link", "iframe", "object", "base"].contains(&&*element.name),
                    "{context}"
                );
                for (key, value) in &element.attributes {
                    assert!(!key.starts_with("on"), "{context}: {key}");
                    if ["src", "href", "action", "data"].contains(&&**key) {
                        let inside = value.starts_with('#') || value.starts_with("data:image/png;");
                        assert!(inside, "{context}: {value}");
                    }
                }
            }

            // Every link leads somewhere, and every id is one.
            let ids: Vec<&str> =
                page.all().iter().map(|e| e.attribute("id")).filter(|id| !id.is_empty()).collect();
            assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{context}");
            for link in page.named("a") {
                assert!(ids.contains(&&link.attribute("href")[1..]), "{context}");
            }
            for section in page.named("section") {
                assert!(ids.contains(&section.attribute("aria-labelledby")), "{context}");
            }

            // Figures and tables say what they are, and scroll by keyboard.
            for figure in page.named("svg") {
                figure_has_a_text_alternative(figure, &context);
            }
            for table in page.named("table") {
                assert_eq!(table.children[0].name, "caption", "{context}");
                assert!(table.named("th").iter().all(|th| th.attribute("scope") == "col"));
                let columns = table.named("th").len();
                for row in table.named("tr").iter().skip(1) {
                    assert_eq!(row.children.len(), columns, "{context}");
                }
            }
            for scrolled in page.all().iter().filter(|e| e.attribute("class") == "scroll") {
                assert_eq!(scrolled.attribute("tabindex"), "0", "{context}");
                assert!(!scrolled.attribute("aria-label").is_empty(), "{context}");
            }

            // No hole of a sentence is left open.
            let body = page.named("body")[0];
            assert!(!body.text.contains('{'), "{context}");
        }
    }
}

fn figure_has_a_text_alternative(figure: &Element, context: &str) {
    assert_eq!(figure.attribute("role"), "img", "{context}");
    let [title, description] =
        ["title", "desc"].map(|name| figure.children.iter().find(|e| e.name == name).unwrap());
    assert!(!title.text.is_empty() && !description.text.is_empty(), "{context}");
    assert!(figure.attribute("aria-label").contains(&description.text), "{context}");
    assert!(!figure.named("text").is_empty(), "{context}");
    for element in figure.all() {
        for (key, value) in element.attributes.iter().filter(|(key, _)| *key != "aria-label") {
            assert!(!value.contains("NaN") && !value.contains("inf"), "{context}: {key}={value}");
        }
    }
}

#[test]
fn figures_are_files_of_their_own() {
    for (name, report) in sample::all() {
        for language in LANGUAGES {
            for (file, svg) in report.figures(language) {
                let figure = read(&svg);
                figure_has_a_text_alternative(&figure, &format!("{name} {file}"));
                // The namespace is a name, not an address that is fetched.
                assert_eq!(svg.matches("http").count(), 1, "{name} {file}");
                assert_eq!(figure.attribute("xmlns"), "http://www.w3.org/2000/svg");
                let stem = file.strip_suffix(".svg").unwrap();
                assert!(stem.chars().all(|c| c.is_alphanumeric() || c == '_'), "{file}");
            }
        }
    }
    let names: Vec<String> =
        sample::opened().figures(Language::English).into_iter().map(|(name, _)| name).collect();
    let expected = [
        "loss.svg",
        "metric_accuracy.svg",
        "baselines.svg",
        "confusion_validation.svg",
        "wrong_validation.svg",
        "confusion_test.svg",
        "wrong_test.svg",
    ];
    assert_eq!(names, expected);
}

#[test]
fn text_from_outside_stays_text() {
    for language in LANGUAGES {
        let html = sample::hostile().html(language);
        let page = read(&html);
        // The control character, which no XML may hold, is replaced.
        let shown = HOSTILE.replace('\u{1}', "\u{FFFD}");
        assert_eq!(texts(&page, "h1").concat(), shown);
        // Name, finding and its place, evidence, treatment, notice, layer,
        // column, row of the table: wherever a text may stand.
        assert!(page.text.matches(&shown).count() > 20);
        assert!(!html.contains("<script"));
    }
}

#[test]
fn the_page_says_what_the_numbers_are() {
    let page = read(&sample::digits().html(Language::English));
    let tiles: Vec<String> = page.named("li").iter().map(|li| li.text.clone()).collect();
    assert!(tiles.iter().any(|tile| tile.starts_with("validation accuracy0.9741n = 270")));
    let rows = texts(&page, "tr");
    assert!(rows.contains(&"cross_entropytrain0.072101,257".to_string()), "{rows:?}");
    assert!(rows.contains(&"dense_1dense[N, 64]4,160".to_string()));
    assert!(texts(&page, "caption").contains(&"4,810 parameters".to_string()));
    assert!(rows.contains(&"validation27015.0 %".to_string()));
    let sentences = texts(&page, "p");
    let beaten = "A simple rule does as well or better: nearest neighbor, 0.9815.";
    assert!(sentences.contains(&beaten.to_string()));
    assert!(sentences.contains(&"Wrong rows of validation: 7 of 270.".to_string()));
    assert!(texts(&page, "code").contains(&"version = 1\n".to_string()));
}

#[test]
fn a_network_that_beats_all_rules_is_said_to() {
    let ahead = "On these rows the network is ahead of every simple rule.";
    let said = |network: f64, higher_is_better: bool| {
        let mut report = sample::digits();
        let comparison = report.comparison.as_mut().unwrap();
        (comparison.network, comparison.higher_is_better) = (network, higher_is_better);
        report.html(Language::English).contains(ahead)
    };
    assert!(said(0.99, true) && !said(0.9815, true) && !said(f64::NAN, true));
    assert!(said(0.05, false) && !said(0.1, false) && !said(f64::NAN, false));
}

#[test]
fn a_network_without_a_value_is_compared_with_nothing() {
    let mut report = sample::digits();
    let comparison = report.comparison.as_mut().unwrap();
    (comparison.network, comparison.is_uncertain) = (f64::NAN, false);
    comparison.baselines.iter_mut().for_each(|rule| rule.value = f64::INFINITY);
    let page = read(&report.html(Language::English));
    let none = "The network has no accuracy on these rows, so nothing can be said of it beside \
                simple rules.";
    assert!(texts(&page, "p").contains(&none.to_string()));
}

#[test]
fn the_test_part_is_shown_only_after_it_was_opened() {
    let sealed = read(&sample::digits().html(Language::English));
    let heading = |page: &Element| texts(page, "title");
    assert!(sealed.text.contains("The test part (270 rows) is sealed. Looks so far: 0."));
    assert!(texts(&sealed, "code").contains(&"ikhim test".to_string()));
    assert!(!heading(&sealed).contains(&"confusion matrix · test".to_string()));

    let opened = read(&sample::opened().html(Language::English));
    assert!(heading(&opened).contains(&"confusion matrix · test".to_string()));
    assert!(opened.text.contains("[0.9332, 0.9798] · 95 % · wilson"));
    assert!(opened.text.contains("Look 2 at these 270 rows. Models that have looked: 2."));
    assert!(opened.text.contains("Wrong rows of test: 10 of 270."));
    assert!(!opened.named("main")[0].text.contains("sealed"));

    let absent = read(&RunReport::default().html(Language::English));
    assert!(absent.text.contains("These data have no test part"));
}

#[test]
fn korean_pages_speak_korean() {
    for (name, report) in sample::all() {
        let page = read(&report.html(Language::Korean));
        for tag in ["h2", "summary", "caption", "figcaption"] {
            for text in texts(&page, tag).iter().filter(|text| *text != "experiment.toml") {
                assert!(text.chars().any(|c| ('가'..='힣').contains(&c)), "{name}: {text}");
            }
        }
    }
    let page = read(&sample::digits().html(Language::Korean));
    assert!(
        page.text.contains("테스트 데이터 270행은 봉인되어 있습니다. 지금까지 열어 본 횟수: 0번.")
    );
}

#[test]
fn long_runs_stay_small() {
    let report = RunReport { epochs: sample::epochs(100_000), ..sample::digits() };
    let html = report.html(Language::English);
    assert!(html.len() < 400_000, "{}", html.len());
    let rows = read(&html).named("details")[0].named("tr").len();
    assert!((40..45).contains(&rows), "{rows}");
}

#[test]
fn a_report_survives_json_with_numbers_that_are_none() {
    let report = sample::hostile();
    let json = serde_json::to_string(&report).unwrap();
    assert!(json.contains("\"train_loss\":\"inf\"") && !json.contains("null,\"train_loss_mode\""));
    let back: RunReport = serde_json::from_str(&json).unwrap();
    // NaN is not equal to itself, its text is.
    assert_eq!(format!("{back:?}"), format!("{report:?}"));
}
