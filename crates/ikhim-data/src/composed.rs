//! One spelling for a letter that Unicode can write in two ways.
//!
//! Names of files on a Mac are decomposed: `한` is three letters there, `é` an `e` with a
//! mark behind it. They look the same and are other bytes, so a class would be two.

use std::borrow::Cow;

/// First letter, vowel and last letter of a syllable: where they begin, and how many
/// there are (Unicode, section 3.12).
const FIRST: [u32; 3] = [0x1100, 0x1161, 0x11a7];
const COUNT: [u32; 3] = [19, 21, 28];
const SYLLABLE: u32 = 0xac00;

/// Marks with the letters that they stand on and what the two make together: those of
/// Latin-1 and of the languages of Central Europe.
const MARKS: [(char, &str, &str); 9] = [
    ('\u{300}', "AEIOUaeiou", "ÀÈÌÒÙàèìòù"),
    ('\u{301}', "AEIOUYCLNRSZaeiouyclnrsz", "ÁÉÍÓÚÝĆĹŃŔŚŹáéíóúýćĺńŕśź"),
    ('\u{302}', "AEIOUaeiou", "ÂÊÎÔÛâêîôû"),
    ('\u{303}', "ANOano", "ÃÑÕãñõ"),
    ('\u{308}', "AEIOUYaeiouy", "ÄËÏÖÜŸäëïöüÿ"),
    ('\u{30a}', "AUau", "ÅŮåů"),
    ('\u{30c}', "CDENRSTZcdenrstz", "ČĎĚŇŘŠŤŽčďěňřšťž"),
    ('\u{327}', "CSTcst", "ÇŞŢçşţ"),
    ('\u{328}', "AEae", "ĄĘąę"),
];

/// The text with letters and the marks behind them joined to one letter each, Hangul to
/// syllables.
pub(crate) fn composed(text: &str) -> Cow<'_, str> {
    let joins = |letter: char| matches!(letter, '\u{300}'..='\u{328}' | '\u{1161}'..='\u{11c2}');
    if text.is_ascii() || !text.contains(joins) {
        return Cow::Borrowed(text);
    }
    let mut whole = String::with_capacity(text.len());
    for letter in text.chars() {
        let last = whole.chars().next_back();
        match last.and_then(|last| syllable(last, letter).or_else(|| marked(last, letter))) {
            Some(joined) => {
                whole.pop();
                whole.push(joined);
            }
            None => whole.push(letter),
        }
    }
    Cow::Owned(whole)
}

fn syllable(before: char, letter: char) -> Option<char> {
    let before = u32::from(before);
    let index = |class: usize, from: u32| {
        let index = u32::from(letter).wrapping_sub(FIRST[class]);
        (from..COUNT[class]).contains(&index).then_some(index)
    };
    let lead = before.wrapping_sub(FIRST[0]);
    let open = before.wrapping_sub(SYLLABLE);
    match (index(1, 0), index(2, 1)) {
        (Some(vowel), _) if lead < COUNT[0] => {
            char::from_u32(SYLLABLE + (lead * COUNT[1] + vowel) * COUNT[2])
        }
        (_, Some(tail)) if open < COUNT.iter().product() && open.is_multiple_of(COUNT[2]) => {
            char::from_u32(before + tail)
        }
        _ => None,
    }
}

fn marked(before: char, mark: char) -> Option<char> {
    let (_, letters, joined) = MARKS.iter().find(|(known, ..)| *known == mark)?;
    joined.chars().nth(letters.chars().position(|letter| letter == before)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_joined() {
        assert_eq!(composed("\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af} x"), "한글 x");
        assert_eq!(composed("ㅋㅋ 가\u{11a7}"), "ㅋㅋ 가\u{11a7}");
        assert_eq!(
            composed("cafe\u{301}, Malmo\u{308}, gar\u{327}on"),
            "café, Malmö, gar\u{327}on"
        );
        assert!(matches!(composed("가나다 café"), Cow::Borrowed(_)));
    }

    #[test]
    fn each_mark_has_a_letter_for_each_letter() {
        for (mark, letters, joined) in MARKS {
            assert_eq!(letters.chars().count(), joined.chars().count(), "{mark:?}");
        }
    }
}
