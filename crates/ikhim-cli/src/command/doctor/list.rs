use crate::command::Answer;
use crate::console::Console;
use crate::document::Document;
use ikhim_doctor::rules;
use ikhim_text::Language;

/// Everything that the doctor can find, a line for each.
pub(super) fn list(console: &Console) -> Answer {
    let widest = rules().iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    for rule in rules() {
        let sentence = rule.sentence.say(console.language, &[]);
        console.line(format!("{:widest$}  {sentence}", rule.id));
    }
    let rule = |rule: &&ikhim_doctor::Rule| {
        Document::part()
            .with("id", rule.id)
            .with("moment", rule.moment.word())
            .with("sentence", rule.sentence.say(Language::English, &[]))
            .with("lesson", rule.course)
    };
    let rules: Vec<Document> = rules().iter().map(rule).collect();
    let none: Vec<Document> = Vec::new();
    Answer::done(Document::new("doctor").with("findings", none).with("rules", rules))
}
