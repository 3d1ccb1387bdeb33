//! The types of keys in words, English and Korean.

use super::{Choices, Range, Rule, Type};

/// A phrase in both languages.
pub(crate) struct Phrase {
    pub(crate) english: String,
    pub(crate) korean: String,
}

impl Phrase {
    fn new(english: impl Into<String>, korean: impl Into<String>) -> Phrase {
        Phrase { english: english.into(), korean: korean.into() }
    }
}

impl Type {
    /// What a value of this type is: "an integer, at least 1".
    pub(crate) fn describe(&self) -> Phrase {
        match self {
            Type::Boolean => Phrase::new("`true` or `false`", "`true` 또는 `false`"),
            Type::Integer(least) if *least == i64::MIN => Phrase::new("an integer", "정수"),
            Type::Integer(least) => {
                Phrase::new(format!("an integer, at least {least}"), format!("{least} 이상의 정수"))
            }
            Type::Number(range) => range.describe(),
            Type::Text(rule) => rule.describe(),
            Type::List(item) => {
                let item = item.describe();
                Phrase::new(
                    format!("a list of: {}", item.english),
                    format!("목록 (값: {})", item.korean),
                )
            }
            Type::NonEmpty(item) => {
                let item = item.describe();
                Phrase::new(
                    format!("a list of one or more: {}", item.english),
                    format!("값이 하나 이상인 목록 (값: {})", item.korean),
                )
            }
            Type::Choice(choices) => choices.describe(),
            Type::Table(_) => Phrase::new("a table `{ … }`", "표 `{ … }`"),
            Type::Map(_) => Phrase::new("a table `{ name = … }`", "표 `{ 이름 = … }`"),
            Type::Either(types) => {
                let phrases: Vec<Phrase> = types.iter().map(Type::describe).collect();
                let join = |pick: fn(&Phrase) -> &str, or: &str| {
                    phrases.iter().map(pick).collect::<Vec<_>>().join(or)
                };
                Phrase::new(
                    join(|phrase| &phrase.english, ", or "),
                    join(|phrase| &phrase.korean, " 또는 "),
                )
            }
            Type::Layers => Phrase::new(
                "a list of one or more layers `[{ type = … }, …]`",
                "층이 하나 이상인 목록 `[{ type = … }, …]`",
            ),
            Type::Parameters => Phrase::new(
                "a table of keys with `values` or `min` and `max`",
                "`values`나 `min`과 `max`를 가진 키들의 표",
            ),
            Type::Record => Phrase::new("anything", "아무 값"),
        }
    }
}

impl Range {
    fn describe(self) -> Phrase {
        match self {
            Range::Any => Phrase::new("a finite number", "유한한 수"),
            Range::AtLeast(least) => {
                Phrase::new(format!("a number, at least {least}"), format!("{least} 이상의 수"))
            }
            Range::Above(bound) => {
                Phrase::new(format!("a number above {bound}"), format!("{bound}보다 큰 수"))
            }
            Range::Share => Phrase::new("a number from 0 to below 1", "0 이상 1 미만의 수"),
            Range::Between(least, most) => Phrase::new(
                format!("a number from {least} to {most}"),
                format!("{least} 이상 {most} 이하의 수"),
            ),
        }
    }

    /// Whether a number lies in the range.
    pub(crate) fn holds(self, number: f64) -> bool {
        number.is_finite()
            && match self {
                Range::Any => true,
                Range::AtLeast(least) => number >= least,
                Range::Above(bound) => number > bound,
                Range::Share => (0.0..1.0).contains(&number),
                Range::Between(least, most) => (least..=most).contains(&number),
            }
    }
}

impl Rule {
    fn describe(self) -> Phrase {
        match self {
            Rule::Any => Phrase::new("a string", "문자열"),
            Rule::Character => Phrase::new("one ASCII character", "ASCII 글자 하나"),
            Rule::FileName => {
                Phrase::new("a name that can be a folder", "폴더 이름으로 쓸 수 있는 이름")
            }
            Rule::LayerName => Phrase::new(
                "a name of letters, digits, `_` and `-` (but not `previous` or `features`)",
                "글자, 숫자, `_`, `-`로 된 이름 (`previous`와 `features`는 제외)",
            ),
            Rule::Monitor => Phrase::new(
                "`validation.loss`, `validation.<metric>` or `train.loss`",
                "`validation.loss`, `validation.<지표>` 또는 `train.loss`",
            ),
        }
    }

    /// Whether a string obeys the rule.
    pub(crate) fn holds(self, text: &str) -> bool {
        match self {
            Rule::Any => true,
            Rule::Character => text.chars().count() == 1 && text.is_ascii(),
            Rule::FileName => {
                // What Windows forbids is forbidden everywhere, so that a run
                // folder can move.
                let forbidden =
                    |letter: char| letter.is_control() || r#"<>:"/\|?*"#.contains(letter);
                !text.is_empty()
                    && text.len() <= 200
                    && text.trim() == text
                    && !text.starts_with('.')
                    && !text.ends_with('.')
                    && !text.chars().any(forbidden)
            }
            Rule::LayerName => {
                let allowed = |letter: char| letter.is_alphanumeric() || "_-".contains(letter);
                !text.is_empty()
                    && text.chars().all(allowed)
                    && !["previous", "features"].contains(&text)
            }
            Rule::Monitor => match text.split_once('.') {
                Some(("train", measure)) => measure == "loss",
                Some(("validation", measure)) => {
                    measure == "loss" || super::metric::CHOICES.kind(measure).is_some()
                }
                _ => false,
            },
        }
    }
}

impl Choices {
    fn describe(&self) -> Phrase {
        let words: Vec<String> = self.kinds().map(|kind| format!("`{}`", kind.name)).collect();
        match words.as_slice() {
            [word] => Phrase::new(word, word),
            words => Phrase::new(
                format!("one of {}", words.join(", ")),
                format!("{} 가운데 하나", words.join(", ")),
            ),
        }
    }
}
