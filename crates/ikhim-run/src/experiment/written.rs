//! The hash of a resolved file as it was written. A later build resolves the same
//! file with the keys that it has learned since, so the hash of what it resolves is
//! another one, though nobody changed a value.

use sha2::{Digest, Sha256};

/// Sections that say nothing of what is computed.
const INFORMING: [&str; 2] = ["expect", "resolved"];

/// SHA-256 of the lines that say what is computed, in the form in which a file is
/// written: an empty line before each section, no comments.
pub(crate) fn hash(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut informs = false;
    for line in text.lines() {
        let begins = line.trim_start();
        if begins.is_empty() || begins.starts_with('#') {
            continue;
        }
        if begins.starts_with('[') {
            informs = is_informing(line);
            kept.push_str(if informs { "" } else { "\n" });
        }
        if !informs {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    of(&kept)
}

/// SHA-256 of a text as 64 hexadecimal digits.
pub(super) fn of(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a line is the head of a section that only informs. What is written in
/// another way than ikhim writes it counts.
fn is_informing(line: &str) -> bool {
    let name = line.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
    let first = name.map(|name| name.split('.').next().unwrap_or(name));
    first.is_some_and(|first| INFORMING.contains(&first))
}

#[cfg(test)]
mod tests {
    use crate::experiment::Experiment;

    const FILE: &str = "name = 'a'\n[data]\ndataset = 'iris'\n[training]\nepochs = 3\n\
                        [expect]\nfinding = 'none'\n";

    #[test]
    fn is_that_of_the_experiment_where_no_key_was_added() {
        let experiment = Experiment::parse(FILE, "a.toml", &[]).unwrap();
        let text = experiment.resolved_toml();
        assert!(text.contains("[expect]"));
        assert_eq!(super::hash(&text), experiment.hash());
        let informed =
            format!("# mine\n\n{text}\n[resolved]\nbits = \"fma\"\n\n[resolved.a]\nb = 1\n");
        assert_eq!(super::hash(&informed), experiment.hash());
        assert_eq!(super::hash(&informed.replace('\n', "\r\n")), experiment.hash());
    }

    /// Wherever a value is changed or a section added, the hash is another one.
    #[test]
    fn is_another_one_when_something_is_changed() {
        let experiment = Experiment::parse(FILE, "a.toml", &[]).unwrap();
        let text = format!("{}\n[resolved]\nbits = \"fma\"\n", experiment.resolved_toml());
        for edited in [
            text.replace("epochs = 3", "epochs = 4"),
            format!("{text}\n[fault]\nflip_gradient = true\n"),
            format!("{text}\n  [fault]\nflip_gradient = true\n"),
            format!("{text}\n[ fault ] # [resolved]\nflip_gradient = true\n"),
            text.replace("seed = 0\n\n[data]", "\n[data]"),
            text.replace("[resolved]", "[resolved_too]"),
        ] {
            assert_ne!(edited, text);
            assert_ne!(super::hash(&edited), experiment.hash(), "{edited}");
        }
    }
}
