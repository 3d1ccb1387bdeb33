//! The command `ikhim`: arguments in, the work of the library crates, then
//! sentences for a person or one JSON document for a program.

mod arguments;
mod array;
mod bug;
mod calibration;
mod command;
mod console;
mod data_source;
mod document;
mod exit;
mod experiment_source;
mod pictures;
mod project;
mod report;
mod run;
mod score;
mod signal;

use arguments::Arguments;
use clap::Parser;
use console::Console;
use std::process::ExitCode;

fn main() -> ExitCode {
    let beginning = command::Beginning::now();
    bug::keep_quiet();
    let exit = match Arguments::try_parse() {
        Ok(arguments) => {
            let console = Console::new(&arguments.output);
            let answer = bug::guard(|| {
                command::run(arguments.command, &arguments.computing, &beginning, &console)
            });
            console.answer(answer)
        }
        Err(refusal) => arguments::refuse(&refusal, &Console::of_refused_arguments()),
    };
    exit.into()
}
