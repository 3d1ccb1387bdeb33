use crate::command::Answer;
use crate::console::{Console, wrapped};
use crate::document::Document;
use clap::Args;
use ikhim_text::code::{self, Code};
use ikhim_text::nearest::nearest;
use ikhim_text::{Fault, Language, Result, sentence};

/// Show the page of an error code; without one, list them all
#[derive(Debug, Args)]
#[command(after_help = "Example: ikhim explain data.ragged_row")]
pub(crate) struct Arguments {
    /// The code, as it stands under "code" in the JSON form of an error
    code: Option<String>,
}

pub(crate) fn run(arguments: Arguments, console: &Console) -> Result<Answer> {
    match arguments.code {
        Some(name) => page(find(&name)?, console),
        None => list(console),
    }
}

fn find(name: &str) -> Result<&'static Code> {
    code::find(name).ok_or_else(|| {
        let fault = Fault::of("usage.unknown_code").with("found", name);
        // The part behind the dot is what people remember.
        let near = nearest(name, code::all().map(|entry| entry.code)).or_else(|| {
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
