use crate::array::{lists, nested, words};
use crate::command::Answer;
use crate::console::Console;
use crate::document::Document;
use clap::Args;
use ikhim_graph::expression::{evaluate, functions};
use ikhim_text::Result;

/// Compute an expression such as "matmul([[1, 2]], [[3], [4]])"
#[derive(Debug, Args)]
#[command(after_long_help = help())]
pub(crate) struct Arguments {
    /// Numbers, lists, operators and functions, as NumPy writes them
    #[arg(allow_hyphen_values = true)]
    expression: String,
}

pub(crate) fn run(arguments: Arguments, console: &Console) -> Result<Answer> {
    let array = evaluate(&arguments.expression)?;
    let shape = array.shape();
    console.line(nested(&words(&array), shape));
    if !shape.is_empty() {
        let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
        console.line(format!("{} [{}]", array.dtype(), sizes.join(", ")));
    }
    let (value, special) = lists(&array);
    let document = Document::new("eval")
        .with("expression", &arguments.expression)
        .with("dtype", array.dtype().to_string())
        .with("shape", shape)
        .with("value", value);
    let document = match special {
        Some(words) => document.with("value_is", words),
        None => document,
    };
    Ok(Answer::done(document))
}

/// The operators and all functions with what they give.
fn help() -> String {
    let mut text = String::from(
        "Operators, the weakest first: == != < <= > >=, + -, * / @, a minus sign, **\n\
         Parts: x[0], x[-1], x[0:2, ::2]\n\nFunctions:\n",
    );
    let widest = functions().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (signature, about) in functions() {
        text.push_str(&format!("  {signature:widest$}  {about}\n"));
    }
    text.push_str("\nExample: ikhim eval \"softmax([1, 2, 3])\"");
    text
}
