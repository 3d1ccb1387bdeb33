//! Where a claim comes from, in words that a reader knows.

use ikhim_text::Language;

/// The lectures by the numbers of the written series.
const LECTURES: [(&str, &str); 7] = [
    ("P1", "Lec 11-1"),
    ("P2", "Lec 10-1"),
    ("P3", "Lec 09"),
    ("P4", "Lec 08"),
    ("P5", "Lec 07-2"),
    ("P6", "Lec 07-1"),
    ("P7", "Lec 04"),
];

/// The row of the course that a claim belongs to, as a page names it: `P7.3` is
/// the third point of Lec 04.
pub(crate) fn origin(row: &str, language: Language) -> String {
    let lecture = row.split_once('.').and_then(|(series, point)| {
        let (_, lecture) = LECTURES.iter().find(|(known, _)| *known == series)?;
        Some(format!("{lecture} · {point}"))
    });
    let kinds = [("lab ", "Lab", "실습"), ("variant ", "Lab", "실습")];
    let lab = || {
        let (english, korean, rest) = kinds.iter().find_map(|(start, english, korean)| {
            Some((english, korean, row.strip_prefix(start)?))
        })?;
        Some(match language {
            Language::English => format!("{english} {rest}"),
            Language::Korean => format!("{korean} {rest}"),
        })
    };
    lecture.or_else(lab).unwrap_or_else(|| row.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_a_claim_has_words() {
        let said = |row| origin(row, Language::Korean);
        assert_eq!(said("P7.3"), "Lec 04 · 3");
        assert_eq!(said("lab 04-2"), "실습 04-2");
        assert_eq!(said("variant keras 12-5"), "실습 keras 12-5");
        assert_eq!(said("F12"), "F12");
        for lesson in crate::lessons().unwrap() {
            for claim in &lesson.claims {
                let words = origin(&claim.row, Language::English);
                let known = ["Lec ", "Lab ", "F"].iter().any(|start| words.starts_with(start));
                assert!(known, "{}: {words}", claim.row);
            }
        }
    }
}
