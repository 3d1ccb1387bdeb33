//! Expressions over arrays, for trying operations without a program:
//! `matmul([[1, 2]], [[3], [4]])`.
//!
//! - Literals: `3`, `0.5`, `1e-3`, `true`, `inf`, `nan`, `pi`, lists of equal
//!   shapes in brackets.
//! - Operators, the weakest first: `== != < <= > >=`, `+ -`, `* / @`, a minus
//!   sign, `**`, and parts in brackets as NumPy writes them: `x[0:2, ::2]`,
//!   `x[-1]`.
//! - Functions: every operation of the graph by its name, see [`functions`];
//!   settings may be named: `sum(x, axis=0)`.
//!
//! A list of whole numbers is i32, as in NumPy, and stays so where it is moved,
//! compared or used as an index. Arithmetic is done in real numbers, f32, so
//! `7 / 2` is 3.5 and `1 + 1` the real number 2.

mod evaluation;
mod function;
mod syntax;
mod token;
mod window;

use crate::{Array, Result};
use ikhim_text::Fault;
use std::ops::Range;

pub use function::functions;

/// The value of an expression.
///
/// ```
/// use ikhim_graph::{Array, expression::evaluate};
/// let product = evaluate("matmul([[1, 2]], [[3], [4]])")?;
/// assert_eq!(product, Array::f32(&[1, 1], vec![11.0]));
/// assert_eq!(evaluate("argmax([[1, 5, 2]], axis=1)")?, Array::i32(&[1], vec![1]));
///
/// let fault = evaluate("1 + sqart(2)").unwrap_err();
/// assert_eq!(fault.to_string(), "no function is called `sqart`");
/// assert_eq!(fault.location().column, Some(5));
/// # Ok::<(), ikhim_text::Fault>(())
/// ```
///
/// # Errors
/// A text that is no expression, a name that is not known, shapes that do not
/// fit, an index out of range, a value of more than a million elements; with
/// the line and column.
pub fn evaluate(text: &str) -> Result<Array> {
    let source = Source { characters: text.chars().collect() };
    let tokens = token::tokens(&source)?;
    let expression = syntax::parse(&source, &tokens)?;
    evaluation::value(&source, &expression)
}

/// The text of an expression.
struct Source {
    characters: Vec<char>,
}

impl Source {
    fn part(&self, span: &Range<usize>) -> String {
        self.characters.get(span.clone()).unwrap_or_default().iter().collect()
    }

    /// A fault of a part of the text.
    fn fault(&self, code: &'static str, span: &Range<usize>) -> Fault {
        self.place(Fault::of(code), span)
    }

    /// The fault of something else than was expected.
    fn unexpected(&self, span: &Range<usize>, expected: &str) -> Fault {
        let found = match self.part(span) {
            part if part.is_empty() => "the end".to_string(),
            part => format!("`{part}`"),
        };
        self.fault("usage.expression", span).with("expected", expected).with("found", found)
    }

    /// Gives a fault the line and the column of a part of the text.
    fn place(&self, fault: Fault, span: &Range<usize>) -> Fault {
        let start = span.start.min(self.characters.len());
        let before = &self.characters[..start];
        let line_start = before.iter().rposition(|c| *c == '\n').map_or(0, |at| at + 1);
        let rest = &self.characters[line_start..];
        let line: String = rest.iter().take_while(|c| **c != '\n').collect();
        let number = before.iter().filter(|c| **c == '\n').count() + 1;
        let width = (span.end.saturating_sub(start)).max(1);
        fault.line(number, start - line_start + 1).source_line(line, width)
    }
}

#[cfg(test)]
mod tests;
