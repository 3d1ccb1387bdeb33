//! Every row of the course has a place, or a reason why it has none.

use ikhim_lessons::rows::{Row, rows};
use ikhim_lessons::{Lesson, lessons};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What must be there: the rows of the seven lectures, the labs, the fixtures,
/// the pitfalls, and how many concepts and further faults there are.
fn expected() -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for (lecture, count) in [(1, 7), (2, 7), (3, 7), (4, 7), (5, 6), (6, 8), (7, 7)] {
        ids.extend((1..=count).map(|row| format!("P{lecture}.{row}")));
    }
    ids.extend((1..=14).map(|fixture| format!("F{fixture}")));
    ids.extend((1..=12).map(|pitfall| format!("pitfall {pitfall}")));
    let labs = "01 02-1 02-2 02-3 03-1 03-2 03-3 03-X 04-1 04-2 04-3 04-4 05-1 05-2 06-1 06-2 \
        07-1 07-2 07-3 07-4 08 tests 09-1 09-2 09-3 09-4 09-5 09-6 09-7 09-x 10-X1 10-1 10-2 10-3 \
        10-4 10-5 10-6 10-7 10-8 11-1 11-2 11-3 11-4 11-5 11-X 12-0 12-1 12-2 12-3 12-4 12-4b \
        12-5 13-1 13-2 13-3 seq2seq";
    ids.extend(labs.split_whitespace().map(|lab| format!("lab {lab}")));
    ids
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn every_row_of_the_course_is_listed_once() {
    let rows = rows().unwrap();
    let ids: BTreeSet<String> = rows.iter().map(|row| row.id.clone()).collect();
    assert_eq!(ids.len(), rows.len(), "a row is listed twice");
    let missing: Vec<String> = expected().difference(&ids).cloned().collect();
    assert!(missing.is_empty(), "{missing:?}");
    let count = |kind: &str| ids.iter().filter(|id| id.starts_with(kind)).count();
    assert_eq!((count("concept "), count("detect ")), (34, 8));
}

#[test]
fn every_row_has_a_place_or_a_reason() {
    let lessons = lessons().unwrap();
    for row in rows().unwrap() {
        let place = [&row.lesson, &row.command, &row.finding, &row.test];
        let has_place = place.iter().any(|place| place.is_some());
        let reason = row.reason.as_deref().unwrap_or_default();
        assert!(has_place || reason.len() > 30, "{} has neither a place nor a reason", row.id);
        check(&row, &lessons);
    }
}

/// Every place that a row names is there.
fn check(row: &Row, lessons: &[Lesson]) {
    if let Some(name) = &row.lesson {
        let lesson = lessons.iter().find(|lesson| lesson.name == *name);
        let lesson = lesson.unwrap_or_else(|| panic!("{}: no lesson {name}", row.id));
        assert!(
            is_numberless(&row.id) || lesson.claims.iter().any(|claim| claim.row == row.id),
            "{}: {name} has no claim of this row",
            row.id
        );
    }
    if let Some(finding) = &row.finding {
        assert!(ikhim_doctor::rule(finding).is_some(), "{}: {finding}", row.id);
    }
    if let Some(command) = &row.command {
        let page = std::fs::read_to_string(repository().join("docs/commands.md")).unwrap();
        assert!(page.contains(&format!("| `{command}")), "{}: {command}", row.id);
    }
    if let Some(test) = &row.test {
        let (file, name) = test.split_once('#').unwrap_or((test, "#[test]"));
        let text = std::fs::read_to_string(repository().join(file));
        let text = text.unwrap_or_else(|error| panic!("{}: {file}: {error}", row.id));
        assert!(text.contains(name), "{}: {test}", row.id);
    }
}

/// Rows that say something without a number: their text is the lesson, or the
/// lesson shows them by the claims of another row.
fn is_numberless(id: &str) -> bool {
    const TEXT: [&str; 5] = ["P1.1", "P2.2", "P4.1", "P4.2", "P6.1"];
    TEXT.contains(&id)
        || ["concept ", "pitfall ", "detect "].iter().any(|kind| id.starts_with(kind))
}

#[test]
fn every_claim_belongs_to_a_row() {
    let ids: BTreeSet<String> = rows().unwrap().into_iter().map(|row| row.id).collect();
    for lesson in lessons().unwrap() {
        for claim in &lesson.claims {
            assert!(ids.contains(&claim.row), "{}: {}", lesson.name, claim.row);
        }
    }
}
