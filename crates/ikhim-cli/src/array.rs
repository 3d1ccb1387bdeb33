//! Arrays as a person and as a program read them.

use ikhim_graph::{Array, Data};
use ikhim_run::non_finite;
use serde_json::{Value, json};

/// The elements as a person reads them: the shortest digits that are exact.
pub(crate) fn words(array: &Array) -> Vec<String> {
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

/// The elements as a program reads them, `null` where they are not finite.
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

/// The array as nested lists for a program, and beside it, when some of its
/// elements are not finite, the words for them.
pub(crate) fn lists(array: &Array) -> (Value, Option<Value>) {
    let special: Vec<Value> =
        array.to_f64().iter().map(|value| json!(non_finite(*value))).collect();
    let any = special.iter().any(|word| !word.is_null());
    let shape = array.shape();
    (nested_json(&values(array), shape), any.then(|| nested_json(&special, shape)))
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

/// Elements that a person still reads one by one.
const SHOWN: usize = 12;

/// The elements in four significant digits; of a large array the first ones.
pub(crate) fn shortened(array: &Array) -> String {
    let elements = rounded(array);
    if elements.len() <= SHOWN {
        return nested(&elements, array.shape());
    }
    format!("[{}, …]", elements[..SHOWN / 2].join(", "))
}

/// The elements in at most four significant digits, as wide as the widest.
fn rounded(array: &Array) -> Vec<String> {
    let short = |value: f64| match value {
        0.0 => "0".to_string(),
        value if value == value.trunc() && value.abs() < 1e4 => format!("{value}"),
        value => ikhim_report::number(value),
    };
    let elements: Vec<String> = match array.data() {
        Data::F32(_) | Data::F64(_) => array.to_f64().into_iter().map(short).collect(),
        _ => words(array),
    };
    let shown = &elements[..elements.len().min(SHOWN)];
    let widest = shown.iter().map(String::len).max().unwrap_or(0);
    let widest = if array.shape().is_empty() { 0 } else { widest };
    elements.iter().map(|element| format!("{element:>widest$}")).collect()
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

    #[test]
    fn what_is_not_finite_has_a_word_beside_it() {
        let (value, special) = lists(&Array::f32(&[2], vec![f32::INFINITY, 1.0]));
        assert_eq!((value, special), (json!([null, 1.0]), Some(json!(["inf", null]))));
        assert_eq!(lists(&Array::scalar(2.0)).1, None);
    }

    #[test]
    fn large_arrays_are_shortened() {
        assert_eq!(shortened(&Array::f32(&[2, 1], vec![-8.0, 0.25])), "[[    -8], [0.2500]]");
        assert_eq!(shortened(&Array::scalar(f32::NAN)), "nan");
        let large = Array::i32(&[5, 4], (0..20).collect());
        assert_eq!(shortened(&large), "[ 0,  1,  2,  3,  4,  5, …]");
    }
}
