use crate::command::Answer;
use crate::console::{Console, wrapped};
use crate::document::Document;
use clap::Args;
use ikhim_text::code::{self, Code};
use ikhim_text::nearest::nearest;
use ikhim_text::{Fault, Language, Result, sentence};

/// Show the page of an error code or a finding; without one, list all codes
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ikhim explain data.ragged_row
  ikhim explain double-softmax      `ikhim doctor --list` has them all")]
pub(crate) struct Arguments {
    /// The code, as it stands under "code" in the JSON form of an error, or the id of a finding
    code: Option<String>,
}

pub(crate) fn run(arguments: Arguments, console: &Console) -> Result<Answer> {
    match arguments.code {
        Some(name) => match ikhim_doctor::rule(&name) {
            Some(rule) => Ok(finding(rule, console)),
            None => page(find(&name)?, console),
        },
        None => list(console),
    }
}

fn find(name: &str) -> Result<&'static Code> {
    code::find(name).ok_or_else(|| {
        let fault = Fault::of("usage.unknown_code").with("found", name);
        // The part behind the dot is what people remember.
        let ids = ikhim_doctor::rules().iter().map(|rule| rule.id);
        let near = nearest(name, code::all().map(|entry| entry.code).chain(ids)).or_else(|| {
            let same = |entry: &&Code| entry.code.split('.').nth(1) == Some(name);
            code::all().find(same).map(|entry| entry.code)
        });
        match near {
            Some(near) => {
                fault.help_words(format!("did you mean `{near}`?"), format!("혹시 `{near}`인가요?"))
            }
            None => fault,
        }
    })
}

fn page(entry: &Code, console: &Console) -> Result<Answer> {
    let korean = console.language == Language::Korean && !entry.korean.is_empty();
    let (message, help) =
        if korean { (entry.korean, entry.help_korean) } else { (entry.english, entry.help) };
    console.line(entry.code);
    console.text(&format!("\n{}", wrapped(message, "  ")));
    console.text(&format!("\n{}", wrapped(entry.page, "")));
    if !help.is_empty() {
        let heading = console.word(sentence::EXPLAIN_HELP);
        console.text(&format!("\n{}", wrapped(&format!("{heading}: {help}"), "")));
    }
    let document = Document::new("explain")
        .with("code", entry.code)
        .with("message", entry.english)
        .with("help", entry.help)
        .with("page", entry.page);
    Ok(Answer::done(document))
}

/// The page of a finding, made from its rule.
fn finding(rule: &ikhim_doctor::Rule, console: &Console) -> Answer {
    let language = console.language;
    let say = |sentence: &sentence::Sentence| sentence.say(language, &[]);
    console.line(rule.id);
    console.text(&format!("\n{}", wrapped(&say(&rule.sentence), "  ")));
    let parts = [
        (sentence::EXPLAIN_LESSON, say(&rule.lesson)),
        (sentence::EXPLAIN_NUMBERS, rule.numbers.to_string()),
        (sentence::EXPLAIN_COURSE, rule.course.to_string()),
    ];
    for (heading, text) in parts.iter().filter(|(_, text)| !text.is_empty()) {
        let heading = console.word(*heading);
        console.text(&format!("\n{}", wrapped(&format!("{heading}: {text}"), "")));
    }
    console.line(format!("\n{}:", console.word(sentence::EXPLAIN_EXAMPLE)));
    rule.red.trim().lines().for_each(|line| console.line(format!("  {line}")));
    let english = |sentence: &sentence::Sentence| sentence.say(Language::English, &[]);
    let document = Document::new("explain")
        .with("id", rule.id)
        .with("message", english(&rule.sentence))
        .with("moment", rule.moment.word())
        .with("lesson", rule.course)
        .with("numbers", rule.numbers)
        .with("example", rule.red)
        .with("page", english(&rule.lesson));
    Answer::done(document)
}

fn list(console: &Console) -> Result<Answer> {
    let widest = code::all().map(|entry| entry.code.len()).max().unwrap_or(0);
    for entry in code::all() {
        console.line(format!("{:widest$}  {}", entry.code, entry.english));
    }
    let entry =
        |entry: &Code| Document::part().with("code", entry.code).with("message", entry.english);
    let codes: Vec<Document> = code::all().map(entry).collect();
    Ok(Answer::done(Document::new("explain").with("codes", codes)))
}
