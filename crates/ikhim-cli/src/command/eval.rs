use crate::command::Answer;
use crate::console::Console;
use crate::document::Document;
use clap::Args;
use ikhim_graph::expression::{evaluate, functions};
use ikhim_graph::{Array, Data};
use ikhim_run::non_finite;
use ikhim_text::Result;
use serde_json::{Value, json};

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
    let document = Document::new("eval")
        .with("expression", &arguments.expression)
        .with("dtype", array.dtype().to_string())
        .with("shape", shape)
        .with("value", nested_json(&values(&array), shape));
    let special: Vec<Value> =
        array.to_f64().iter().map(|value| json!(non_finite(*value))).collect();
    let document = match special.iter().any(|word| !word.is_null()) {
        true => document.with("value_is", nested_json(&special, shape)),
        false => document,
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

/// The elements as a person reads them: the shortest digits that are exact.
fn words(array: &Array) -> Vec<String> {
    let real = |value: f64, exact: String| match non_finite(value) {
        Some(word) => word.to_string(),
        None => exact,
    };
    match array.data() {
        Data::F32(values) => values.iter().map(|v| real(f64::from(*v), v.to_string())).collect(),
        Data::F64(values) => values.iter().map(|v| real(*v, v.to_string())).collect(),
        Data::I32(values) => values.iter().map(i32::to_string).collect(),
        Data::Bool(values) => values.iter().map(bool::to_string).collect(),
        _ => Vec::new(),
    }
}

fn values(array: &Array) -> Vec<Value> {
    match array.data() {
        // Through its shortest digits, so that 0.1 stays 0.1.
        Data::F32(values) => values
            .iter()
            .map(|value| value.to_string().parse::<f64>().map_or(Value::Null, |value| json!(value)))
            .collect(),
        Data::F64(values) => values.iter().map(|value| json!(value)).collect(),
        Data::I32(values) => values.iter().map(|value| json!(value)).collect(),
        Data::Bool(values) => values.iter().map(|value| json!(value)).collect(),
        _ => Vec::new(),
    }
}

/// Elements in brackets, one pair for each axis.
pub(crate) fn nested(elements: &[String], shape: &[usize]) -> String {
    let Some((first, rest)) = shape.split_first() else {
        return elements.first().cloned().unwrap_or_default();
    };
    let width: usize = rest.iter().product();
    let parts = (0..*first).map(|part| nested(&elements[part * width..(part + 1) * width], rest));
    format!("[{}]", parts.collect::<Vec<_>>().join(", "))
}

fn nested_json(elements: &[Value], shape: &[usize]) -> Value {
    let Some((first, rest)) = shape.split_first() else {
        return elements.first().cloned().unwrap_or_default();
    };
    let width: usize = rest.iter().product();
    (0..*first).map(|part| nested_json(&elements[part * width..(part + 1) * width], rest)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_stand_in_brackets() {
        let elements: Vec<String> = (1..=4).map(|n| n.to_string()).collect();
        assert_eq!(nested(&elements, &[2, 2]), "[[1, 2], [3, 4]]");
        assert_eq!(nested(&elements[..1], &[]), "1");
        assert_eq!(nested(&[], &[2, 0]), "[[], []]");
        assert_eq!(nested_json(&values(&Array::f32(&[1], vec![0.1])), &[1]), json!([0.1]));
        assert_eq!(words(&Array::f32(&[2], vec![f32::NAN, -0.5])), ["nan", "-0.5"]);
    }
}
