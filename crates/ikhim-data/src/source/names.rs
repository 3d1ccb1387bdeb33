//! Names of invented languages. Every language has the same syllables, as often and at
//! every place; it is how far one lies behind the one before on a circle of them that
//! tells the language.

use super::place::Places;
use super::table::{Cells, Raw, Table};
use crate::{ColumnType, ContentHash, Origin};
use ikhim_numeric::Stream;

/// Each begins with a letter of its own, so that a name can be read in one way only.
const SYLLABLES: [&str; 13] =
    ["ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te", "vi"];

/// A language steps by one of so many distances, which no other language has.
const DISTANCES: u64 = 3;

/// As many as have distances of their own on the circle.
pub(super) const MOST_LANGUAGES: usize = (SYLLABLES.len() - 1) / DISTANCES as usize;

/// The syllables of a name: from 2 to 6.
const SHORTEST: u64 = 2;
const LENGTHS: u64 = 5;

/// Names and their languages, which take turns. Of a share `noise` of the names the
/// language is drawn from all, whatever the name is.
pub(super) fn table(
    rows: usize,
    languages: usize,
    noise: f64,
    stream: &dyn Fn(&str) -> Stream,
) -> Table {
    let (length, first, step) = (stream("length"), stream("first"), stream("step"));
    let (is_drawn, drawn) = (stream("noise"), stream("label"));
    let (mut names, mut classes) = (Cells::default(), Cells::default());
    let mut content = Vec::new();
    for row in 0..rows {
        let (id, language) = (row as u64, row % languages);
        let mut at = first.below(SYLLABLES.len() as u64, id, 0) as usize;
        let mut name = SYLLABLES[at].to_string();
        for place in 1..SHORTEST + length.below(LENGTHS, id, 0) {
            let nearest = 1 + language * DISTANCES as usize;
            at += nearest + step.below(DISTANCES, id, place) as usize;
            at %= SYLLABLES.len();
            name.push_str(SYLLABLES[at]);
        }
        let is_noise = f64::from(is_drawn.uniform(id, 0)) < noise;
        let said = if is_noise { drawn.below(languages as u64, id, 0) as usize } else { language };
        let class = char::from(b'a' + said as u8).to_string();
        content.extend(name.bytes().chain([0x1f]).chain(class.bytes()).chain([0x1e]));
        names.push(&name);
        classes.push(&class);
    }
    Table {
        name: "names".to_string(),
        origin: Origin::Inline,
        content_hash: ContentHash::of(&content),
        names: vec!["name".to_string(), "y".to_string()],
        named: true,
        columns: vec![Raw::Text(names), Raw::Text(classes)],
        kinds: vec![Some(ColumnType::Text), Some(ColumnType::Category)],
        class_names: Vec::new(),
        notices: Vec::new(),
        places: Places::Inline,
        default_target: Some("y"),
        parts: None,
        credit: None,
        row_hashes: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dataset, Generator, Rule, Values};

    fn made(generator: Generator) -> (Vec<Vec<usize>>, Vec<u32>) {
        let data = Dataset::generated(generator).load().unwrap();
        let Values::Text(names) = &data.column("name").unwrap().values else { panic!() };
        let syllables = |name: &String| -> Vec<usize> {
            let pairs = name.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
            pairs.map(|pair| SYLLABLES.iter().position(|it| *it == pair).unwrap()).collect()
        };
        let names = names.iter().flatten().map(syllables).collect();
        let Values::Category { indices, .. } = &data.column("y").unwrap().values else { panic!() };
        (names, indices.iter().flatten().copied().collect())
    }

    #[test]
    fn neighbors_tell_the_language_and_a_single_syllable_does_not() {
        let rows = 6_000;
        let (names, classes) = made(Generator::new(Rule::Names).rows(rows).classes(4).seed(3));
        let mut last = [[0_f64; 13]; 4];
        for (name, class) in names.iter().zip(&classes) {
            assert!((2..=6).contains(&name.len()));
            for pair in name.windows(2) {
                let distance = (pair[1] + 13 - pair[0]) % 13;
                assert_eq!((distance - 1) / 3, *class as usize, "{name:?}");
            }
            last[*class as usize][name[name.len() - 1]] += 1.0;
        }
        // Each syllable is the last of 1 in 13 names of each language; within five
        // deviations of a share of 1,500.
        let expected: f64 = 1.0 / 13.0;
        let bound = 5.0 * (expected * (1.0 - expected) / 1_500.0).sqrt();
        for share in last.iter().flatten().map(|count| count / 1_500.0) {
            assert!((share - expected).abs() < bound, "{last:?}");
        }
    }

    /// Of a share n of three languages' names 2 in 3 get another language.
    #[test]
    fn noise_is_the_share_of_languages_drawn_anew() {
        let rows = 6_000;
        let (_, classes) = made(Generator::new(Rule::Names).rows(rows).noise(0.3));
        let wrong = classes.iter().enumerate().filter(|(row, class)| row % 3 != **class as usize);
        let (found, expected) = (wrong.count() as f64 / rows as f64, 0.3 * 2.0 / 3.0);
        let bound = 5.0 * (expected * (1.0 - expected) / rows as f64).sqrt();
        assert!((found - expected).abs() < bound, "{found} {expected}");
    }
}
