//! The sentences that a wrong value, word or key gets.

use super::key::{Choices, Key, Kind, KnownAs, LAYERS, Type, walk};
use super::source::Span;
use super::tree::{Node, Pair, Raw};
use ikhim_text::Fault;
use ikhim_text::nearest::nearest;

/// A fault with its place.
pub(super) type Placed = (Span, Fault);

/// English and Korean.
pub(super) type Words<'a> = (&'a str, &'a str);

/// The keys that a table may have, and how to speak of the table.
pub(super) struct Scope {
    /// What stands in messages: ("layer `dense_1`", "층 `dense_1`").
    pub(super) place: (String, String),
    pub(super) keys: Vec<&'static Key>,
    /// Words of other libraries that have no key here.
    pub(super) foreign: Vec<&'static KnownAs>,
    /// The choice that the table belongs to and its word.
    pub(super) of: Option<(&'static Choices, &'static Kind)>,
}

/// What the TOML parser says, in plainer words where it is a frequent error.
pub(super) fn syntax(problem: &str) -> Fault {
    let fault = Fault::of("experiment.syntax");
    let frequent = SYNTAX.iter().find(|(start, ..)| problem.starts_with(start));
    let Some((_, english, korean, help, help_korean)) = frequent else {
        return fault.with("problem", problem);
    };
    fault.with_words("problem", *english, *korean).help_words(*help, *help_korean)
}

/// How the parser's message begins; what is wrong and what to do, in both
/// languages.
const SYNTAX: &[(&str, &str, &str, &str, &str)] = &[
    (
        "string values must be quoted",
        "a word without quotes",
        "따옴표 없는 단어가 있습니다",
        "put the word in quotes: key = \"word\"",
        "단어를 따옴표로 감싸세요: key = \"word\"",
    ),
    (
        "invalid unquoted key",
        "a key without quotes has letters of English, digits, `_` and `-` only",
        "따옴표 없는 키에는 영문자, 숫자, `_`, `-`만 쓸 수 있습니다",
        "put the key in quotes: \"key\" = value",
        "키를 따옴표로 감싸세요: \"키\" = 값",
    ),
    (
        "duplicate key",
        "the same key stands twice",
        "같은 키가 두 번 나옵니다",
        "keep one of them",
        "하나만 남기세요",
    ),
    (
        "invalid basic string",
        "a string that does not end on its line",
        "따옴표가 그 줄에서 닫히지 않았습니다",
        "close the string by `\"`",
        "`\"`로 닫으세요",
    ),
    (
        "unclosed inline table",
        "a table `{` that does not end on its line",
        "`{`로 연 표가 그 줄에서 닫히지 않았습니다",
        "close it by `}`",
        "`}`로 닫으세요",
    ),
    (
        "unclosed table",
        "a section `[` that does not end on its line",
        "`[`로 연 섹션 이름이 그 줄에서 닫히지 않았습니다",
        "close it by `]`",
        "`]`로 닫으세요",
    ),
    (
        "unclosed array",
        "a list that does not end",
        "목록이 닫히지 않았습니다",
        "close it by `]`",
        "`]`로 닫으세요",
    ),
    (
        "missing comma between array elements",
        "no comma between two values of a list",
        "목록의 두 값 사이에 쉼표가 없습니다",
        "put a comma before this value",
        "이 값 앞에 쉼표를 넣으세요",
    ),
    (
        "key with no value",
        "a key without a value",
        "키에 값이 없습니다",
        "write key = value",
        "키 = 값으로 쓰세요",
    ),
];

pub(super) fn wrong_type(key: &str, holds: &Type, node: &Node) -> Placed {
    let expected = holds.describe();
    let (english, korean) = found(&node.raw);
    let fault = Fault::of("experiment.wrong_type")
        .with("key", key)
        .with_words("expected", expected.english, expected.korean)
        .with_words("found", english, korean);
    let fault = if list_takes(holds, node) {
        let list = format!("[{}]", literal(&node.raw));
        fault.help_words(
            format!("a list of one is `{list}`"),
            format!("하나짜리 목록은 `{list}`입니다"),
        )
    } else {
        fault
    };
    (node.span.clone(), fault)
}

/// Whether a list of this one value would be right.
fn list_takes(holds: &Type, node: &Node) -> bool {
    match (holds, &node.raw) {
        (Type::Either(types), _) => types.iter().any(|holds| list_takes(holds, node)),
        (Type::List(item) | Type::NonEmpty(item), raw) => match (item, raw) {
            (Type::Choice(choices), Raw::Text(word)) => choices.kind(word).is_some(),
            (Type::Text(_), Raw::Text(_)) => true,
            (Type::Number(_), Raw::Integer(_) | Raw::Float(_)) => true,
            (Type::Integer(_), Raw::Integer(_)) => true,
            _ => false,
        },
        _ => false,
    }
}

pub(super) fn out_of_range(key: &str, holds: &Type, node: &Node) -> Placed {
    let expected = holds.describe();
    let fault = Fault::of("experiment.out_of_range")
        .with("key", key)
        .with_words("expected", expected.english, expected.korean)
        .with("found", literal(&node.raw));
    (node.span.clone(), fault)
}

/// A word that a choice does not have.
pub(super) fn unknown_word(
    key: &str,
    choices: &'static Choices,
    whole: &Type,
    node: &Node,
) -> Placed {
    let word = node.text().unwrap_or_default();
    let names: Vec<&str> = choices.kinds().map(|kind| kind.name).collect();
    let known = choices.kinds().flat_map(|kind| kind.known_as).find(|known| known.word() == word);
    let near = nearest(word, names.iter().copied());
    if known.is_none() && near.is_none() {
        if names.len() == 1 {
            // A string where `none` is the only one: not that word was meant.
            return wrong_type(key, whole, node);
        }
        if choices.what == LAYERS.what {
            let fault = Fault::of("experiment.unknown_layer_type")
                .with("found", word)
                .with("expected", names.join(", "));
            return (node.span.clone(), fault);
        }
    }
    let expected = whole.describe();
    let fault = Fault::of("experiment.unknown_word")
        .with("key", key)
        .with("found", word)
        .with_words("what", choices.what.0, choices.what.1)
        .with_words("expected", expected.english, expected.korean);
    let fault = match (known, near) {
        (Some(known), _) => advise(fault, known),
        (None, Some(near)) => did_you_mean(fault, near),
        (None, None) => fault,
    };
    (node.span.clone(), fault)
}

/// A key that a table does not have, and the key of it that was meant, if that
/// can be told.
pub(super) fn unknown_key(pair: &Pair, scope: &Scope) -> (Placed, Option<&'static str>) {
    let word = pair.key.as_str();
    let fault = Fault::of("experiment.unknown_key").with("key", word).with_words(
        "place",
        &scope.place.0,
        &scope.place.1,
    );
    let (fault, meant) = advise_on_key(fault, word, scope);
    ((pair.key_span.clone(), fault), meant)
}

/// In order: the word of another library, a parameter of another word of the
/// choice, a typing error, a key of another section, the list of what there is.
fn advise_on_key(fault: Fault, word: &str, scope: &Scope) -> (Fault, Option<&'static str>) {
    let of_key = scope.keys.iter().find_map(|key| {
        key.known_as.iter().find(|known| known.word() == word).map(|known| (known, key.name))
    });
    if let Some((known, key)) = of_key {
        return (advise(fault, known), Some(key));
    }
    if let Some(known) = scope.foreign.iter().find(|known| known.word() == word) {
        return (advise(fault, known), None);
    }
    if let Some((choices, kind)) = scope.of {
        let has = |kind: &&Kind| kind.keys.iter().any(|key| key.name == word);
        let others: Vec<String> =
            choices.kinds().filter(has).map(|kind| format!("`{}`", kind.name)).collect();
        if choices.kind(word).is_some_and(Kind::implied) {
            let tag = choices.tag;
            // Each of two words has a key of its own name: only one can be meant.
            if kind.implied() {
                let kind = kind.name;
                let english = format!(
                    "the key of {tag} `{kind}` is `{kind}`; `{word}` is another {tag}, and says it by itself"
                );
                let korean = format!(
                    "{tag} `{kind}`의 키는 `{kind}`입니다. `{word}`는 다른 {tag}이며, 그것만으로 충분합니다"
                );
                return (fault.help_words(english, korean), None);
            }
            let english = format!("`{word}` says the {tag} by itself: leave `{tag}` out");
            let korean = format!("`{word}`만으로 충분합니다: `{tag}`를 빼세요");
            return (fault.help_words(english, korean), None);
        }
        if !others.is_empty() {
            let (others, kind) = (others.join(", "), kind.name);
            let english = format!("it is a key of {others}; this is `{kind}`");
            let korean = format!("{others}의 키입니다. 여기는 `{kind}`입니다");
            return (fault.help_words(english, korean), None);
        }
    }
    let names = scope.keys.iter().map(|key| key.name);
    if let Some(near) = nearest(word, names.clone()) {
        return (did_you_mean(fault, near), Some(near));
    }
    if let Some((english, korean)) = elsewhere(word) {
        return (fault.help_words(english, korean), None);
    }
    let names = names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if names.is_empty() {
        return (fault.help_words("it takes no keys", "여기에는 키가 없습니다"), None);
    }
    let fault =
        fault.help_words(format!("the keys here are {names}"), format!("여기에 있는 키: {names}"));
    (fault, None)
}

/// Where in the whole file a word is a key, or another library's word has one.
fn elsewhere(word: &str) -> Option<(String, String)> {
    let mut entries = Vec::new();
    walk(&mut |entry| entries.push(entry.clone()));
    // The sections of the file come before what stands inside named tables.
    entries.sort_by_key(|entry| entry.path.contains('<'));
    if let Some(entry) = entries.iter().find(|entry| entry.key.name == word) {
        let path = &entry.path;
        return Some((format!("it is `{path}`"), format!("`{path}`에 씁니다")));
    }
    entries.iter().find_map(|entry| {
        match entry.key.known_as.iter().find(|known| known.word() == word)? {
            KnownAs::Here(_, library, _) => Some(translated(&format!("`{}`", entry.path), library)),
            KnownAs::Note(_, library, english, korean) => {
                Some((format!("{english}{}", of(library)), format!("{korean}{}", of(library))))
            }
        }
    })
}

/// A name that is none of those that the file gives.
pub(super) fn unknown_name<'a>(
    pair: &Pair,
    place: Words<'_>,
    names: impl Iterator<Item = &'a str>,
) -> Placed {
    let names: Vec<&str> = names.collect();
    let fault = Fault::of("experiment.unknown_key")
        .with("key", &pair.key)
        .with_words("place", place.0, place.1);
    let fault = match (nearest(&pair.key, names.iter().copied()), elsewhere(&pair.key)) {
        (Some(near), _) => did_you_mean(fault, near),
        (None, Some((english, korean))) => fault.help_words(english, korean),
        (None, None) => {
            let names = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            fault.help_words(format!("there are {names}"), format!("있는 이름: {names}"))
        }
    };
    (pair.key_span.clone(), fault)
}

/// Says what another library's word is here.
fn advise(fault: Fault, known: &KnownAs) -> Fault {
    let (english, korean) = match known {
        KnownAs::Here(_, library, here) => translated(here, library),
        KnownAs::Note(_, library, english, korean) => {
            (format!("{english}{}", of(library)), format!("{korean}{}", of(library)))
        }
    };
    fault.help_words(english, korean)
}

fn translated(here: &str, library: &str) -> (String, String) {
    let library = of(library);
    (format!("here it is {here}{library}"), format!("여기서는 {here}입니다{library}"))
}

/// The library in parentheses; nothing where several have the word.
fn of(library: &str) -> String {
    if library.is_empty() { String::new() } else { format!(" ({library})") }
}

pub(super) fn did_you_mean(fault: Fault, near: &str) -> Fault {
    fault.help_words(format!("did you mean `{near}`?"), format!("혹시 `{near}`인가요?"))
}

/// A value in words: "the string `"ten"`".
fn found(raw: &Raw) -> (String, String) {
    let value = literal(raw);
    match raw {
        Raw::Boolean(_) => (format!("`{value}`"), format!("`{value}`")),
        Raw::Integer(_) => (format!("the integer `{value}`"), format!("정수 `{value}`")),
        Raw::Float(_) => (format!("the number `{value}`"), format!("수 `{value}`")),
        Raw::Text(_) => (format!("the string `{value}`"), format!("문자열 `{value}`")),
        Raw::Other("a date") => ("a date".into(), "날짜".into()),
        Raw::Other(what) => ((*what).to_string(), "너무 큰 정수".into()),
        Raw::List(_) => ("a list".into(), "목록".into()),
        Raw::Table(_) => ("a table".into(), "표".into()),
    }
}

/// A value as it could be written, cut where it is long.
fn literal(raw: &Raw) -> String {
    match raw {
        Raw::Boolean(value) => value.to_string(),
        Raw::Integer(value) => value.to_string(),
        Raw::Float(value) => format!("{value:?}"),
        Raw::Text(text) if text.chars().count() > 40 => {
            format!("{:?}…", text.chars().take(40).collect::<String>())
        }
        Raw::Text(text) => format!("{text:?}"),
        Raw::Other(what) => (*what).to_string(),
        Raw::List(items) if items.is_empty() => "[]".into(),
        Raw::List(_) => "[…]".into(),
        Raw::Table(_) => "{…}".into(),
    }
}
