use super::Source;
use super::function::{self, As, Function, Kind, Setting, Settings};
use super::syntax::{Argument, Expression, Form, Subscript};
use crate::{Array, DType, Data, Evaluator, Feed, Graph, Result, State, Tensor};
use ikhim_text::nearest::nearest;
use ikhim_text::{Fault, Language};
use std::ops::Range;

/// How many elements a value may have.
const LIMIT: usize = 1_000_000;

/// The functions behind the operators.
const OPERATORS: [(&str, &str); 12] = [
    ("==", "equal"),
    ("!=", "not_equal"),
    ("<", "less"),
    ("<=", "less_equal"),
    (">", "greater"),
    (">=", "greater_equal"),
    ("+", "add"),
    ("-", "subtract"),
    ("*", "multiply"),
    ("/", "divide"),
    ("@", "matmul"),
    ("**", "pow"),
];

/// The value of a part of an expression.
pub(super) fn value(source: &Source, expression: &Expression) -> Result<Array> {
    let span = &expression.span;
    match &expression.form {
        Form::Number(digits) => number(source, digits, span),
        Form::Name(name) => constant(source, name, span),
        Form::List(elements) => list(source, elements, span),
        Form::Minus(inner) => negative(source, value(source, inner)?, span),
        Form::Binary(sign, sides) => {
            let name = OPERATORS.iter().find(|(known, _)| known == sign).map(|(_, name)| *name);
            let function = named(source, name.unwrap_or(sign), span)?;
            let [left, right] = &**sides;
            let arrays = vec![value(source, left)?, value(source, right)?];
            run(source, function, arrays, &Settings(Vec::new()), span)
        }
        Form::Call(name, arguments) => call(source, name, arguments, span),
        Form::Part(whole, subscripts) => part(source, value(source, whole)?, subscripts, span),
    }
}

/// A number without a point is whole when an i32 can hold it.
fn number(source: &Source, digits: &str, span: &Range<usize>) -> Result<Array> {
    if let Ok(whole) = digits.parse::<i32>() {
        return Ok(Array::i32(&[], vec![whole]));
    }
    match digits.parse::<f32>() {
        Ok(real) => Ok(Array::scalar(real)),
        Err(_) => Err(source.unexpected(span, "a number")),
    }
}

fn constant(source: &Source, name: &str, span: &Range<usize>) -> Result<Array> {
    match name {
        "true" | "True" => Ok(Array::bool(&[], vec![true])),
        "false" | "False" => Ok(Array::bool(&[], vec![false])),
        "inf" => Ok(Array::scalar(f32::INFINITY)),
        "nan" => Ok(Array::scalar(f32::NAN)),
        "pi" => Ok(Array::scalar(std::f32::consts::PI)),
        _ => Err(match function::find(name) {
            Some(function) => source.unexpected(span, &format!("`{}`", function.signature())),
            None => unknown(source, "value", name, span, &["true", "false", "inf", "nan", "pi"]),
        }),
    }
}

/// The fault of a name that is not known, with the nearest one that is.
fn unknown(
    source: &Source,
    kind: &str,
    name: &str,
    span: &Range<usize>,
    known: &[&'static str],
) -> Fault {
    let fault = source.fault("usage.unknown_name", span).with("kind", kind).with("found", name);
    match nearest(name, known.iter().copied()) {
        Some(near) => fault.help(format!("the nearest name is `{near}`")),
        None => fault,
    }
}

fn named(source: &Source, name: &str, span: &Range<usize>) -> Result<&'static Function> {
    function::find(name).ok_or_else(|| {
        let known: Vec<&str> = function::names().collect();
        unknown(source, "function", name, span, &known)
    })
}

/// Elements of one shape as the entries of a new first axis.
fn list(source: &Source, elements: &[Expression], span: &Range<usize>) -> Result<Array> {
    let mut arrays = Vec::with_capacity(elements.len());
    for element in elements {
        let array = value(source, element)?;
        let first: &Array = arrays.first().unwrap_or(&array);
        if array.shape() != first.shape() {
            return Err(source
                .fault("usage.expression", &element.span)
                .with("expected", format!("an element of shape {:?}", first.shape()))
                .with("found", format!("one of {:?}", array.shape())));
        }
        arrays.push(array);
    }
    let arrays = alike(arrays);
    let inner = arrays.first().map_or(&[][..], Array::shape);
    let shape = [&[arrays.len()], inner].concat();
    small(source, shape.iter().copied(), span)?;
    let data = match arrays.first().map(Array::data) {
        Some(Data::I32(_)) => Data::I32(arrays.iter().flat_map(whole_numbers).collect()),
        Some(Data::Bool(_)) => {
            Data::Bool(arrays.iter().flat_map(|array| truth(array).to_vec()).collect())
        }
        _ => Data::F32(arrays.iter().flat_map(Array::to_f32).collect()),
    };
    Ok(Array::new(&shape, data))
}

/// Whole numbers stay whole where their negatives exist.
fn negative(source: &Source, array: Array, span: &Range<usize>) -> Result<Array> {
    if let Data::I32(values) = array.data()
        && let Some(values) = values.iter().map(|value| value.checked_neg()).collect()
    {
        return Ok(Array::i32(array.shape(), values));
    }
    run(source, named(source, "negate", span)?, vec![array], &Settings(Vec::new()), span)
}

fn call(source: &Source, name: &str, arguments: &[Argument], span: &Range<usize>) -> Result<Array> {
    let name_span = span.start..span.start + name.chars().count();
    let function = named(source, name, &name_span)?;
    let given = assign(source, function, arguments)?;
    let (arrays, settings) = given.split_at(function.arrays.len());
    let missing = |name: &str| {
        source
            .fault("usage.expression", &name_span)
            .with("expected", format!("`{name}` as in `{}`", function.signature()))
            .with("found", "nothing")
    };
    let mut values = Vec::new();
    for ((name, of), given) in function.arrays.iter().zip(arrays) {
        let given = given.ok_or_else(|| missing(name))?;
        match (&given.form, of) {
            (Form::List(elements), As::List) if !elements.is_empty() => {
                for element in elements {
                    values.push(value(source, element)?);
                }
            }
            (_, As::List) => return Err(source.unexpected(&given.span, "a list of arrays")),
            _ => values.push(value(source, given)?),
        }
    }
    let mut chosen = Vec::new();
    for ((name, kind), given) in function.settings.iter().zip(settings) {
        chosen.push(match given {
            Some(given) => setting(source, *kind, given)?,
            None => default(*kind).ok_or_else(|| missing(name))?,
        });
    }
    run(source, function, values, &Settings(chosen), span)
}

/// Which argument belongs to which parameter.
fn assign<'a>(
    source: &Source,
    function: &Function,
    arguments: &'a [Argument],
) -> Result<Vec<Option<&'a Expression>>> {
    let arrays = function.arrays.iter().map(|(name, _)| *name);
    let names: Vec<&str> = arrays.chain(function.settings.iter().map(|(name, _)| *name)).collect();
    let mut given: Vec<Option<&Expression>> = vec![None; names.len()];
    for (place, argument) in arguments.iter().enumerate() {
        let (place, span) = match &argument.name {
            None => (place, &argument.value.span),
            Some((name, span)) => {
                // NumPy says `axis`, this library `axes` where there may be several.
                let wanted = if name == "axes" { "axis" } else { name };
                match names.iter().position(|known| *known == wanted) {
                    Some(place) => (place, span),
                    None => {
                        let fault = unknown(source, "setting", name, span, &[]);
                        return Err(fault.help(format!("write `{}`", function.signature())));
                    }
                }
            }
        };
        match given.get_mut(place) {
            Some(slot @ None) => *slot = Some(&argument.value),
            _ => {
                let expected = format!("no further argument in `{}`", function.signature());
                return Err(source.unexpected(span, &expected));
            }
        }
    }
    Ok(given)
}

fn default(kind: Kind) -> Option<Setting> {
    match kind {
        Kind::Integer(value) => value.map(|value| Setting::Integers(Some(vec![value]))),
        Kind::Axes => Some(Setting::Integers(None)),
        Kind::Real(value) => value.map(Setting::Real),
        Kind::Truth(value) => Some(Setting::Truth(value)),
        Kind::Padding => Some(Setting::Integers(Some(vec![0]))),
        // Of the other pair's size.
        Kind::Pair("size") => Some(Setting::Integers(None)),
        Kind::Pair(usual) => usual.parse().ok().map(|usual| Setting::Integers(Some(vec![usual]))),
        Kind::Sizes | Kind::Type => None,
    }
}

fn setting(source: &Source, kind: Kind, given: &Expression) -> Result<Setting> {
    let span = &given.span;
    if kind == Kind::Type {
        return match &given.form {
            Form::Name(name) if name == "f32" => Ok(Setting::Type(DType::F32)),
            Form::Name(name) if name == "i32" => Ok(Setting::Type(DType::I32)),
            Form::Name(name) if name == "bool" => Ok(Setting::Type(DType::Bool)),
            _ => Err(source.unexpected(span, "`f32`, `i32` or `bool`")),
        };
    }
    match &given.form {
        Form::Name(name) if kind == Kind::Padding && name == "same" => return Ok(Setting::Same),
        Form::Name(name) if kind == Kind::Padding && name == "valid" => {
            return Ok(Setting::Integers(Some(vec![0])));
        }
        Form::Name(_) if kind == Kind::Padding => {
            return Err(source.unexpected(span, "`valid`, `same` or whole numbers"));
        }
        _ => {}
    }
    let array = value(source, given)?;
    let single = array.shape().is_empty();
    let fit = match kind {
        Kind::Integer(_) if single => integers(&array).map(|all| Setting::Integers(Some(all))),
        Kind::Axes | Kind::Sizes | Kind::Pair(_) | Kind::Padding if array.shape().len() <= 1 => {
            integers(&array).map(|all| Setting::Integers(Some(all)))
        }
        Kind::Real(_) if single => array.to_f64().first().copied().map(Setting::Real),
        Kind::Truth(_) if single => truth(&array).first().copied().map(Setting::Truth),
        _ => None,
    };
    if let (Kind::Sizes, Some(Setting::Integers(Some(sizes)))) = (kind, &fit) {
        small(source, sizes.iter().map(|size| size.unsigned_abs().max(1) as usize), span)?;
    }
    fit.ok_or_else(|| {
        let expected = match kind {
            Kind::Integer(_) => "a whole number",
            Kind::Real(_) => "a number",
            Kind::Truth(_) => "`true` or `false`",
            Kind::Padding => "`valid`, `same` or whole numbers",
            _ => "whole numbers",
        };
        source.unexpected(span, expected)
    })
}

/// The elements as whole numbers, when all of them are.
fn integers(array: &Array) -> Option<Vec<i32>> {
    let whole = |value: f64| {
        let near = value as i32;
        (f64::from(near) == value).then_some(near)
    };
    array.to_f64().into_iter().map(whole).collect()
}

/// The parts of an array that subscripts name, one for each axis.
fn part(
    source: &Source,
    whole: Array,
    subscripts: &[Subscript],
    span: &Range<usize>,
) -> Result<Array> {
    let mut array = whole;
    let mut axis = 0;
    for subscript in subscripts {
        let size = array.shape().get(axis).copied().unwrap_or(0) as i64;
        let bound = |bound: &Option<Expression>, default: i64| -> Result<i64> {
            match bound {
                None => Ok(default),
                Some(bound) => match setting(source, Kind::Integer(None), bound)? {
                    Setting::Integers(Some(at)) => Ok(at.first().map_or(0, |at| i64::from(*at))),
                    _ => Ok(default),
                },
            }
        };
        let from_end = |at: i64| if at < 0 { at + size } else { at };
        let along = axis as isize;
        array = match subscript {
            Subscript::Index(index) => {
                let Setting::Integers(Some(at)) = setting(source, Kind::Integer(None), index)?
                else {
                    return Err(source.unexpected(&index.span, "a whole number"));
                };
                let given = at.first().map_or(0, |at| i64::from(*at));
                let at = from_end(given);
                if axis < array.shape().len() && !(0..size).contains(&at) {
                    return Err(source
                        .fault("usage.expression", &index.span)
                        .with("expected", format!("an index from {} to {}", -size, size - 1))
                        .with("found", given));
                }
                let at = at.max(0) as usize;
                apply(source, &[array], span, |_, x| {
                    x[0].slice(along, at..at + 1).squeeze(&[along])
                })?
            }
            Subscript::Range([start, end, step]) => {
                let start = from_end(bound(start, 0)?).clamp(0, size);
                let end = from_end(bound(end, size)?).clamp(start, size);
                let given = bound(step, 1)?;
                if given < 1 {
                    let fault = source.fault("usage.expression", span);
                    return Err(fault.with("expected", "a step of 1 or more").with("found", given));
                }
                axis += 1;
                apply(source, &[array], span, |_, x| {
                    x[0].slice_step(along, start as usize..end as usize, given as usize)
                })?
            }
        };
    }
    Ok(array)
}

/// Gives a function its arrays in the types that it takes.
fn run(
    source: &Source,
    function: &Function,
    arrays: Vec<Array>,
    settings: &Settings,
    span: &Range<usize>,
) -> Result<Array> {
    let many = function.arrays.first().is_some_and(|(_, of)| *of == As::List);
    let of = |index: usize| if many { As::List } else { function.arrays[index].1 };
    let (mut together, mut places) = (Vec::new(), Vec::new());
    let mut taken: Vec<Array> = Vec::with_capacity(arrays.len());
    for (index, array) in arrays.into_iter().enumerate() {
        let array = match of(index) {
            As::Real => real(array),
            As::Truth => Array::bool(array.shape(), truth(&array)),
            As::Number if array.dtype() == DType::Bool => {
                Array::i32(array.shape(), whole_numbers(&array))
            }
            _ => array,
        };
        if matches!(of(index), As::Alike | As::Number | As::List) {
            together.push(array.clone());
            places.push(index);
        }
        taken.push(array);
    }
    for (place, array) in places.into_iter().zip(alike(together)) {
        taken[place] = array;
    }
    apply(source, &taken, span, |graph, x| (function.build)(graph, x, settings))
}

/// Arrays of one type: as they are when they have one, else real.
fn alike(arrays: Vec<Array>) -> Vec<Array> {
    let mixed = arrays.iter().any(|array| array.dtype() != arrays[0].dtype());
    if mixed { arrays.into_iter().map(real).collect() } else { arrays }
}

fn real(array: Array) -> Array {
    Array::f32(array.shape(), array.to_f32())
}

fn truth(array: &Array) -> Vec<bool> {
    array.to_f64().into_iter().map(|value| value != 0.0).collect()
}

fn whole_numbers(array: &Array) -> Vec<i32> {
    array.to_f64().into_iter().map(|value| value as i32).collect()
}

/// Builds a graph over arrays and evaluates it.
fn apply(
    source: &Source,
    arrays: &[Array],
    span: &Range<usize>,
    build: impl for<'g> FnOnce(&'g Graph, &[Tensor<'g>]) -> Tensor<'g>,
) -> Result<Array> {
    let placed = |fault: Fault| placed(source, &fault, span);
    let graph = Graph::new();
    let tensors: Vec<Tensor<'_>> =
        arrays.iter().map(|array| graph.constant(array.clone())).collect();
    let built = build(&graph, &tensors);
    graph.output("value", built);
    drop(tensors);
    let definition = graph.finish().map_err(placed)?;
    for node in definition.nodes() {
        small(source, node.shape.sizes(0).into_iter(), span)?;
    }
    let evaluator = Evaluator::<f32>::new(definition.into(), &["value"]).map_err(placed)?;
    let values = evaluator.run(&mut State::new(), &Feed::rows(0)).map_err(placed)?;
    values.into_iter().next().ok_or_else(|| source.unexpected(span, "a value"))
}

/// The fault of an operation as one of a part of the text: an expression has
/// neither layers nor lines of a program.
fn placed(source: &Source, fault: &Fault, span: &Range<usize>) -> Fault {
    let message = fault.to_string();
    let message = message.strip_prefix("layer `the network`: ").unwrap_or(&message);
    let mut placed = Fault::of(fault.code()).message(message);
    if let Some(expected) = fault.expected() {
        placed = placed.with("expected", expected);
    }
    if let Some(found) = fault.found() {
        placed = placed.with("found", found);
    }
    if let Some(help) = fault.help_text(Language::English) {
        placed = placed.help(help);
    }
    source.place(placed, span)
}

/// Refuses a value that would fill the memory.
fn small(
    source: &Source,
    mut sizes: impl Iterator<Item = usize>,
    span: &Range<usize>,
) -> Result<()> {
    let count = sizes.try_fold(1_usize, |count, size| {
        count.checked_mul(size.max(1)).filter(|count| *count <= LIMIT)
    });
    match count {
        Some(_) => Ok(()),
        None => Err(source
            .fault("usage.expression", span)
            .with("expected", format!("a value of at most {LIMIT} elements"))
            .with("found", "more")),
    }
}
