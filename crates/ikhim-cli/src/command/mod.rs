//! The commands, one file each.

mod bench;
mod check;
mod compare;
mod completions;
mod data;
mod doctor;
mod eval;
mod evaluate;
mod explain;
mod importance;
mod init;
mod learn;
mod lesson;
mod predict;
mod runs;
mod schema;
mod test;
mod trace;
mod train;
mod tune;
mod verify;

use crate::arguments::Computing;
use crate::console::Console;
use crate::document::Document;
use crate::exit::Exit;
use clap::Subcommand;
use ikhim_text::{Fault, Result, sentence};

pub(crate) use bench::Beginning;

/// What a command gives back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) document: Document,
    pub(crate) exit: Exit,
}

impl Answer {
    pub(crate) fn done(document: Document) -> Answer {
        Answer { document, exit: Exit::Done }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Train(train::Arguments),
    Test(test::Arguments),
    Predict(predict::Arguments),
    Evaluate(evaluate::Arguments),
    Importance(importance::Arguments),
    Learn(learn::Arguments),
    Compare(compare::Arguments),
    Runs(runs::Arguments),
    Tune(tune::Arguments),
    Verify(verify::Arguments),
    Check(check::Arguments),
    Init(init::Arguments),
    Lesson(lesson::Arguments),
    Trace(trace::Arguments),
    Data(data::Arguments),
    Eval(eval::Arguments),
    Doctor(doctor::Arguments),
    Explain(explain::Arguments),
    Schema(schema::Arguments),
    Completions(completions::Arguments),
    // It stands under a heading of its own.
    #[command(hide = true)]
    Bench(bench::Arguments),
}

pub(crate) fn run(
    command: Option<Command>,
    computing: &Computing,
    beginning: &Beginning,
    console: &Console,
) -> Result<Answer> {
    let runtime = &computing.runtime()?;
    match command {
        Some(Command::Train(arguments)) => train::run(arguments, runtime, console),
        Some(Command::Test(arguments)) => test::run(arguments, runtime, console),
        Some(Command::Predict(arguments)) => predict::run(arguments, runtime, console),
        Some(Command::Evaluate(arguments)) => evaluate::run(arguments, runtime, console),
        Some(Command::Importance(arguments)) => importance::run(arguments, runtime, console),
        Some(Command::Learn(arguments)) => learn::run(arguments, runtime, console),
        Some(Command::Compare(arguments)) => compare::run(arguments, runtime, console),
        Some(Command::Verify(arguments)) => verify::run(arguments, runtime, console),
        Some(Command::Tune(arguments)) => tune::run(arguments, runtime, console),
        Some(Command::Runs(arguments)) => runs::run(arguments, console),
        Some(Command::Check(arguments)) => check::run(arguments, console),
        Some(Command::Init(arguments)) => init::run(arguments, console),
        Some(Command::Lesson(arguments)) => lesson::run(arguments, runtime, console),
        Some(Command::Trace(arguments)) => trace::run(arguments, runtime, console),
        Some(Command::Data(arguments)) => data::run(arguments, console),
        Some(Command::Eval(arguments)) => eval::run(arguments, console),
        Some(Command::Doctor(arguments)) => doctor::run(arguments, runtime, console),
        Some(Command::Explain(arguments)) => explain::run(arguments, console),
        Some(Command::Schema(arguments)) => schema::run(arguments, console),
        Some(Command::Completions(arguments)) => completions::run(arguments, console),
        Some(Command::Bench(arguments)) => bench::run(arguments, runtime, beginning, console),
        None => welcome(console),
    }
}

/// What a newcomer sees first.
fn welcome(console: &Console) -> Result<Answer> {
    if console.json {
        return Err(Fault::of("usage.arguments").with("found", "a command is missing"));
    }
    console.say(sentence::WELCOME, &[]);
    Ok(Answer::done(Document::part()))
}
