use serde::{Deserialize, Serialize};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Information,
    /// Likely to harm the result.
    Warning,
    /// The result cannot be trusted, or the run could not go on.
    Error,
}

/// Something that is wrong, or may be, with a run: what, where, with what
/// numbers, and what to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Kebab-case name of the rule, e.g. `loss-not-finite`.
    pub id: String,
    /// How much it weighs.
    pub severity: Severity,
    /// How sure the rule is, 0 to 1.
    pub confidence: f64,
    /// Path of the layer, name of the column, or `training`.
    #[serde(rename = "where")]
    pub place: String,
    /// First and last step that show it.
    pub steps: (u64, u64),
    /// The numbers that show it, as sentences.
    pub evidence: Vec<String>,
    /// What to try, most promising first.
    pub treatments: Vec<Treatment>,
}

/// A change of the experiment that may cure a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Treatment {
    /// What to do, as a sentence.
    pub text: String,
    /// The same as `--set` arguments, empty when it is no change of a key.
    pub set: Vec<String>,
}
