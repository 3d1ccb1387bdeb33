use super::Source;
use crate::Result;
use std::ops::Range;

/// A word of an expression and its place.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Number(String),
    Name(String),
    Sign(&'static str),
    End,
}

/// All signs, longer ones before their beginnings.
const SIGNS: [&str; 19] = [
    "**", "==", "!=", "<=", ">=", "<", ">", "=", "+", "-", "*", "/", "@", "(", ")", "[", "]", ",",
    ":",
];

/// Cuts a text into words; the last one is the end.
pub(super) fn tokens(source: &Source) -> Result<Vec<Token>> {
    let characters = &source.characters;
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = characters.get(at) {
        let rest = &characters[at..];
        let word = |belongs: &dyn Fn(char) -> bool| {
            rest.iter().take_while(|c| belongs(**c)).collect::<String>()
        };
        let (kind, length) = if first.is_whitespace() {
            at += 1;
            continue;
        } else if first.is_alphabetic() || *first == '_' {
            let name = word(&|c| c.is_alphanumeric() || c == '_');
            let length = name.chars().count();
            (Kind::Name(name), length)
        } else if let Some(length) = number(rest) {
            (Kind::Number(rest[..length].iter().collect()), length)
        } else if let Some(sign) = SIGNS.iter().find(|sign| starts_with(rest, sign)) {
            (Kind::Sign(sign), sign.len())
        } else {
            return Err(source.unexpected(&(at..at + 1), "a number, a name, a list or an operator"));
        };
        tokens.push(Token { kind, span: at..at + length });
        at += length;
    }
    tokens.push(Token { kind: Kind::End, span: at..at });
    Ok(tokens)
}

fn starts_with(characters: &[char], sign: &str) -> bool {
    characters.len() >= sign.len() && sign.chars().zip(characters).all(|(sign, c)| sign == *c)
}

/// The length of the number that a text starts with: digits with at most one
/// point, and an exponent.
fn number(characters: &[char]) -> Option<usize> {
    let digits =
        |from: usize| characters.iter().skip(from).take_while(|c| c.is_ascii_digit()).count();
    let whole = digits(0);
    let mut length = whole;
    if characters.get(length) == Some(&'.') {
        let fraction = digits(length + 1);
        if whole + fraction == 0 {
            return None;
        }
        length += 1 + fraction;
    } else if whole == 0 {
        return None;
    }
    if matches!(characters.get(length), Some('e' | 'E')) {
        let sign = usize::from(matches!(characters.get(length + 1), Some('+' | '-')));
        let exponent = digits(length + 1 + sign);
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    Some(length)
}
