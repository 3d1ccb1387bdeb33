//! Properties over random experiments, drawn from the list of keys itself, and
//! over texts that are none.

use ikhim_run::experiment::Experiment;
use ikhim_run::experiment::key::{
    ALTERNATIVES, Choices, Default, FILE, JOINING, Key, Kind, LAYERS, Range, Rule, Table, Type,
};
use ikhim_text::{Language, block::block};
use proptest::prelude::*;

/// Draws values of keys, as one would write them.
struct Writer {
    state: u64,
}

impl Writer {
    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    fn coin(&mut self) -> bool {
        self.below(2) == 0
    }

    fn number(&mut self, range: Range) -> f64 {
        let unit = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        let scale = 10f64.powi(self.below(20) as i32 - 10);
        match range {
            Range::Any => (unit - 0.5) * scale,
            Range::AtLeast(least) => least + unit * scale,
            Range::Above(bound) => bound + f64::MIN_POSITIVE.max(unit * scale),
            // Two shares leave rows for a third.
            Range::Share => unit * 0.49,
            Range::Between(least, most) => least + unit * (most - least),
        }
    }

    fn text(&mut self, rule: Rule) -> String {
        const ANY: &[&str] = &[
            "",
            "y",
            "월 소득",
            "a\"b",
            "tab\there",
            "back\\slash",
            "line\nbreak",
            "\u{7f}\u{1}",
            "é🦀",
        ];
        let words: &[&str] = match rule {
            Rule::Any => ANY,
            Rule::Character => &[",", ";", "\t", "|", "#", "\"", "~"],
            Rule::FileName => &["run", "월 소득 예측", "a-b_c.d"],
            Rule::LayerName => &["stem", "층-1", "a_b"],
            Rule::Monitor => &["validation.loss", "validation.rmse", "train.loss"],
        };
        quoted(words[self.below(words.len())])
    }

    fn value(&mut self, holds: &Type) -> String {
        match holds {
            Type::Boolean => self.coin().to_string(),
            Type::Integer(least) => (least + self.below(1000) as i64).to_string(),
            Type::Number(range) if self.below(5) == 0 && range_has_one(*range) => "1".to_string(),
            Type::Number(range) => format!("{:?}", self.number(*range)),
            Type::Text(rule) => self.text(*rule),
            Type::List(item) => {
                let items: Vec<String> = (0..self.below(4)).map(|_| self.value(item)).collect();
                format!("[{}]", items.join(", "))
            }
            Type::NonEmpty(Type::Text(rule)) => format!("[{}]", self.text(*rule)),
            // Sizes of images are two numbers.
            Type::NonEmpty(item @ (Type::Integer(_) | Type::Either(_))) => {
                format!("[{}, {}]", self.value(item), self.value(item))
            }
            Type::NonEmpty(item) => format!("[{}]", self.value(item)),
            Type::Choice(choices) => self.choice(choices),
            Type::Table(table) => self.table(table),
            Type::Map(value) => {
                let names = ["x", "월 소득", "a.b", ""];
                let entries: Vec<String> = names[..self.below(5)]
                    .iter()
                    .map(|name| format!("{} = {}", quoted(name), self.value(value)))
                    .collect();
                format!("{{ {} }}", entries.join(", "))
            }
            Type::Either(types) => {
                let index = self.below(types.len());
                self.value(&types[index])
            }
            Type::Layers => self.layers(),
            Type::Parameters => {
                "{ training.learning_rate = { min = 1e-4, max = 0.1, distribution = \"log_uniform\" }, \
                 model.hidden = { values = [[3], [4, 5]] }, \
                 data.columns.\"월 소득\".missing = { values = [\"mean\", \"median\"] } }"
                    .to_string()
            }
            Type::Record => "{ ikhim = \"0.1.0\", rows = [1, 2.5, true, { a = \"b\" }] }".to_string(),
        }
    }

    fn choice(&mut self, choices: &Choices) -> String {
        let kinds: Vec<&Kind> = choices.kinds().collect();
        let kind = kinds[self.below(kinds.len())];
        let required = kind.keys.iter().any(|key| key.default == Default::Required);
        if kind.keys.is_empty() || (!required && self.coin()) {
            return quoted(kind.name);
        }
        let mut parts = if kind.implied() {
            Vec::new()
        } else {
            vec![format!("{} = {}", choices.tag, quoted(kind.name))]
        };
        parts.extend(self.keys(kind.keys.iter(), &[]));
        format!("{{ {} }}", parts.join(", "))
    }

    fn table(&mut self, table: &Table) -> String {
        format!("{{ {} }}", self.keys(table.keys.iter(), &[]).join(", "))
    }

    /// Some of the keys, as far as they may stand together.
    fn keys<'a>(&mut self, keys: impl Iterator<Item = &'a Key>, left_out: &[&str]) -> Vec<String> {
        let mut written: Vec<(&str, String)> = Vec::new();
        for key in keys.filter(|key| !left_out.contains(&key.name)) {
            let rival = ALTERNATIVES.iter().any(|group| {
                group.contains(&key.name) && written.iter().any(|(name, _)| group.contains(name))
            });
            let applies = key.only_with.is_none_or(|(other, word)| {
                written
                    .iter()
                    .any(|(name, value)| *name == other && value.trim_matches('"') == word)
            });
            let wanted = key.default == Default::Required || self.coin();
            if !rival && applies && wanted {
                written.push((key.name, self.value(&key.holds)));
            }
        }
        written.into_iter().map(|(name, value)| format!("{name} = {value}")).collect()
    }

    fn layers(&mut self) -> String {
        let mut layers: Vec<String> = Vec::new();
        // Layers of one input, which another line may share.
        let mut single: Vec<String> = Vec::new();
        for index in 0..1 + self.below(6) {
            let kinds: Vec<&Kind> = LAYERS.kinds().collect();
            let kind = kinds[self.below(kinds.len())];
            let mut parts = Vec::new();
            if !single.is_empty() && self.below(5) == 0 {
                parts.push(format!("share = {}", quoted(&single[self.below(single.len())])));
            } else {
                parts.push(format!("type = {}", quoted(kind.name)));
                if JOINING.iter().any(|joining| joining.name == kind.name) {
                    parts.push("inputs = [\"previous\", \"features\"]".to_string());
                } else if self.below(4) == 0 {
                    parts.push("input = \"features\"".to_string());
                }
                parts.extend(self.keys(kind.keys.iter(), &["kernel", "bias"]));
                if kind.name == "dense" && self.coin() {
                    parts.retain(|part| {
                        !part.starts_with("kernel_init") && !part.starts_with("units")
                    });
                    parts.push("units = 2, kernel = [[1, -2.5], [3e-9, 4]]".to_string());
                }
            }
            let name = format!("층{index}");
            parts.push(format!("name = {}", quoted(&name)));
            if !JOINING.iter().any(|joining| joining.name == kind.name) {
                single.push(name);
            }
            layers.push(format!("{{ {} }}", parts.join(", ")));
        }
        format!("[\n{}\n]", layers.join(",\n"))
    }

    fn experiment(&mut self) -> String {
        let mut lines = self.keys(FILE.keys.iter(), &["version", "extends", "data"]);
        let Some(Key { holds: Type::Table(data), .. }) =
            FILE.keys.iter().find(|key| key.name == "data")
        else {
            panic!("`data` is a table");
        };
        let place = self.below(3);
        let mut keys = self.keys(
            data.keys.iter(),
            &[
                "path",
                "rows",
                "dataset",
                "generate",
                "header",
                "separator",
                "image_size",
                "channels",
            ],
        );
        keys.push(match place {
            0 => "path = \"data/월.csv\", header = false, separator = \";\", \
                  missing_values = [\"-\"]"
                .to_string(),
            1 => "rows = [[0, 1.5, \"x\"], [1, -2e-300, \"\"]], header = [\"a\", \"b\", \"y\"]"
                .to_string(),
            _ => "dataset = \"wine\"".to_string(),
        });
        lines.push(format!("data = {{ {} }}", keys.join(", ")));
        lines.join("\n")
    }
}

fn range_has_one(range: Range) -> bool {
    matches!(range, Range::Any | Range::AtLeast(0.0 | 1.0) | Range::Above(0.0))
}

/// A string in TOML's quotes, with the escapes that TOML 1.0 has.
fn quoted(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|letter| match letter {
            '"' | '\\' => format!("\\{letter}"),
            letter if letter.is_control() => format!("\\u{:04X}", u32::from(letter)),
            letter => letter.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}

const HOUSING: &str = include_str!("experiment/files/housing.toml");
const XOR: &str = include_str!("experiment/files/xor.toml");

/// A good file with a part replaced by something else.
fn damaged() -> impl Strategy<Value = String> {
    let parts = prop_oneof![
        "\\PC{0,8}",
        Just(" = ".to_string()),
        Just("[[".to_string()),
        Just("{ type = ".to_string()),
        Just("\"\"\"".to_string()),
        Just("9999999999999999999999".to_string()),
        Just("[model.layers.x]\n".to_string()),
        Just("1979-05-27".to_string()),
    ];
    (prop_oneof![Just(HOUSING), Just(XOR)], any::<prop::sample::Index>(), 0usize..40, parts)
        .prop_map(|(text, at, length, part)| {
            let letters: Vec<char> = text.chars().collect();
            let start = at.index(letters.len());
            let end = (start + length).min(letters.len());
            let kept = |letters: &[char]| letters.iter().collect::<String>();
            format!("{}{part}{}", kept(&letters[..start]), kept(&letters[end..]))
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_resolved_file_reads_back_to_the_same_experiment(seed in any::<u64>()) {
        let text = Writer { state: seed }.experiment();
        let experiment = Experiment::parse(&text, "x.toml", &[])
            .unwrap_or_else(|fault| panic!("{}\n{text}", block(&fault, Language::English, false)));
        let resolved = experiment.resolved_toml();
        let again = Experiment::parse(&resolved, "x.toml", &[])
            .unwrap_or_else(|fault| panic!("{}\n{resolved}", block(&fault, Language::English, false)));
        prop_assert_eq!(&again, &experiment);
        prop_assert_eq!(again.resolved_toml(), resolved);
        prop_assert_eq!(again.hash(), experiment.hash());
        // The bits of every number survive.
        let other = experiment.with(&["training.learning_rate = 1.2345678901234567e-6".to_string()]).unwrap();
        prop_assert_eq!(other.training.learning_rate().to_bits(), 1.2345678901234567e-6f64.to_bits());
    }

    #[test]
    fn no_text_panics(text in "(\\PC|\n){0,200}", setting in "\\PC{0,40}") {
        let _ = Experiment::parse(&text, "x.toml", &[setting]);
    }

    #[test]
    fn no_damaged_file_panics(text in damaged(), setting in "(training|model|data|tune)\\.[a-z_]{0,8}(=|\\.)\\PC{0,10}") {
        if let Err(fault) = Experiment::parse(&text, "x.toml", &[setting]) {
            // Every fault has a sentence, and a place unless it is of the file.
            for fault in std::iter::once(&fault).chain(fault.others()) {
                prop_assert!(!fault.to_string().is_empty());
                prop_assert!(fault.location().file.is_some());
            }
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.toml");
        std::fs::write(&path, bytes).unwrap();
        let _ = Experiment::read(&path, &[]);
    }
}
