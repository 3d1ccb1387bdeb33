//! From text to tokens and back.

use crate::column::words;

words! {
    /// What a text is cut into.
    Tokenizer {
        /// Unicode characters.
        Char = "char",
        /// The bytes of UTF-8.
        Byte = "byte",
        /// Words of letters and digits; everything between them character by
        /// character.
        Word = "word",
        /// Characters, with each Hangul syllable as its letters.
        Jamo = "jamo",
    }
}

/// The first syllable, 가, and how many letters of each place there are.
const SYLLABLES: u32 = 0xAC00;
const VOWELS: u32 = 21;
const FINALS: u32 = 28;
/// The first letters of each place: ㄱ at the start, ㅏ, and the one before ㄱ at the
/// end, which stands for none.
const INITIAL: u32 = 0x1100;
const VOWEL: u32 = 0x1161;
const FINAL: u32 = 0x11A7;

impl Tokenizer {
    /// Calls `each` with every token and the byte of the text at which it stands.
    pub(crate) fn cut(self, text: &str, mut each: impl FnMut(usize, &str)) {
        match self {
            Tokenizer::Char => {
                for (place, character) in text.char_indices() {
                    each(place, &text[place..place + character.len_utf8()]);
                }
            }
            Tokenizer::Byte => {
                for (place, byte) in text.bytes().enumerate() {
                    each(place, &format!("{byte:02x}"));
                }
            }
            Tokenizer::Word => {
                let mut start = None;
                for (place, character) in text.char_indices() {
                    if character.is_alphanumeric() {
                        start.get_or_insert(place);
                        continue;
                    }
                    if let Some(start) = start.take() {
                        each(start, &text[start..place]);
                    }
                    each(place, &text[place..place + character.len_utf8()]);
                }
                if let Some(start) = start {
                    each(start, &text[start..]);
                }
            }
            Tokenizer::Jamo => {
                let mut buffer = [0; 4];
                for (place, character) in text.char_indices() {
                    for letter in letters(character) {
                        each(place, letter.encode_utf8(&mut buffer));
                    }
                }
            }
        }
    }

    /// The text of tokens; for bytes that are no UTF-8 the sign of replacement.
    pub fn join<'a>(self, tokens: impl IntoIterator<Item = &'a str>) -> String {
        match self {
            Tokenizer::Char | Tokenizer::Word => tokens.into_iter().collect(),
            Tokenizer::Byte => {
                let bytes =
                    tokens.into_iter().filter_map(|token| u8::from_str_radix(token, 16).ok());
                String::from_utf8_lossy(&bytes.collect::<Vec<u8>>()).into_owned()
            }
            Tokenizer::Jamo => composed(tokens.into_iter().flat_map(str::chars)),
        }
    }

    /// A token as a message shows it.
    pub(crate) fn shown(self, token: &str) -> String {
        match self {
            Tokenizer::Byte => format!("byte {token}"),
            _ => format!("{token:?}"),
        }
    }

    /// How many characters of a text a token stands for, so that losses of
    /// different tokenizers can be compared: a byte that goes on with a character
    /// and a letter that goes on with a syllable are none.
    pub fn characters(self, token: &str) -> usize {
        match self {
            Tokenizer::Char | Tokenizer::Word => token.chars().count(),
            Tokenizer::Byte => {
                let byte = u8::from_str_radix(token, 16).unwrap_or_default();
                usize::from(byte & 0b1100_0000 != 0b1000_0000)
            }
            Tokenizer::Jamo => {
                let goes_on = |letter: char| (VOWEL..=FINAL + FINALS).contains(&(letter as u32));
                token.chars().filter(|letter| !goes_on(*letter)).count()
            }
        }
    }
}

/// The letters of a syllable; another character is itself.
fn letters(character: char) -> impl Iterator<Item = char> {
    let place = (character as u32).wrapping_sub(SYLLABLES);
    let parts = if place < 19 * VOWELS * FINALS {
        let (vowel, end) = (place / FINALS % VOWELS, place % FINALS);
        let end = (end > 0).then_some(FINAL + end);
        [Some(INITIAL + place / FINALS / VOWELS), Some(VOWEL + vowel), end]
    } else {
        [Some(character as u32), None, None]
    };
    parts.into_iter().flatten().filter_map(char::from_u32)
}

/// Letters put together to syllables wherever they make one.
fn composed(letters: impl Iterator<Item = char>) -> String {
    let mut text: Vec<char> = Vec::new();
    for letter in letters {
        let last = text.last().map_or(0, |last| *last as u32);
        let code = letter as u32;
        let start = last.wrapping_sub(INITIAL);
        let vowel = code.wrapping_sub(VOWEL);
        let open = last.wrapping_sub(SYLLABLES);
        let end = code.wrapping_sub(FINAL);
        let joined = if start < 19 && vowel < VOWELS {
            char::from_u32(SYLLABLES + (start * VOWELS + vowel) * FINALS)
        } else if open < 19 * VOWELS * FINALS
            && open.is_multiple_of(FINALS)
            && (1..FINALS).contains(&end)
        {
            char::from_u32(last + end)
        } else {
            None
        };
        match joined {
            Some(joined) => {
                text.pop();
                text.push(joined);
            }
            None => text.push(letter),
        }
    }
    text.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tokens(tokenizer: Tokenizer, text: &str) -> Vec<String> {
        let mut tokens = Vec::new();
        tokenizer.cut(text, |_, token| tokens.push(token.to_string()));
        tokens
    }

    #[test]
    fn cuts_as_its_word_says() {
        assert_eq!(tokens(Tokenizer::Char, "가 b"), ["가", " ", "b"]);
        assert_eq!(tokens(Tokenizer::Byte, "가"), ["ea", "b0", "80"]);
        assert_eq!(tokens(Tokenizer::Word, "a1, b."), ["a1", ",", " ", "b", "."]);
        // 값 is ㄱ, ㅏ and ㅄ (Unicode 15, section 3.12: U+AC12).
        assert_eq!(tokens(Tokenizer::Jamo, "값a"), ["\u{1100}", "\u{1161}", "\u{11b9}", "a"]);
        assert_eq!(tokens(Tokenizer::Jamo, "힣"), ["\u{1112}", "\u{1175}", "\u{11c2}"]);
    }

    #[test]
    fn letters_that_make_no_syllable_stay() {
        assert_eq!(composed(['\u{1100}', '\u{1100}', '\u{1161}'].into_iter()), "\u{1100}가");
        assert_eq!(composed(['a', '\u{11b9}'].into_iter()), "a\u{11b9}");
        assert_eq!(Tokenizer::Byte.join(["ea", "b0"]), "\u{fffd}");
    }

    #[test]
    fn characters_are_counted_once() {
        for tokenizer in [Tokenizer::Char, Tokenizer::Byte, Tokenizer::Word, Tokenizer::Jamo] {
            let text = "값을 2번, 써라! x";
            let counted: usize =
                tokens(tokenizer, text).iter().map(|token| tokenizer.characters(token)).sum();
            assert_eq!(counted, text.chars().count(), "{tokenizer}");
        }
    }

    proptest! {
        #[test]
        fn a_text_is_what_its_tokens_join_to(text in "[가-힣a-c ,.0-9\u{1F600}]{0,40}") {
            for tokenizer in [Tokenizer::Char, Tokenizer::Byte, Tokenizer::Word, Tokenizer::Jamo] {
                let tokens = tokens(tokenizer, &text);
                prop_assert_eq!(tokenizer.join(tokens.iter().map(String::as_str)), &*text);
            }
        }
    }
}
