//! A definition as text, so that a model file carries its own network and is
//! usable without the program that built it.

use crate::definition::CompositeSpan;
use crate::{Array, DType, Data, Definition, Graph, NodeId, Op, Result, Role, Tensor};
use ikhim_text::Fault;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Serialize, Deserialize)]
struct Stored {
    nodes: Vec<StoredNode>,
    inputs: Vec<String>,
    variables: Vec<StoredVariable>,
    outputs: BTreeMap<String, u32>,
    composites: Vec<StoredSpan>,
}

#[derive(Serialize, Deserialize)]
struct StoredNode {
    op: Op,
    inputs: Vec<u32>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    scope: String,
}

#[derive(Serialize, Deserialize)]
struct StoredVariable {
    path: String,
    role: Role,
    trainable: bool,
}

#[derive(Serialize, Deserialize)]
struct StoredSpan {
    name: String,
    inputs: Vec<u32>,
    outputs: Vec<u32>,
    start: u32,
    end: u32,
}

impl Definition {
    /// The definition as JSON, without updates and initial values: what is
    /// needed for using it.
    ///
    /// # Errors
    /// None that a finished graph can cause.
    pub fn to_json(&self) -> Result<String> {
        let ids = |nodes: &[NodeId]| nodes.iter().map(|id| id.0).collect();
        let stored = Stored {
            nodes: self
                .nodes
                .iter()
                .map(|node| StoredNode {
                    op: node.op.clone(),
                    inputs: ids(&node.inputs),
                    scope: node.scope.clone(),
                })
                .collect(),
            inputs: self.inputs.iter().map(|input| input.name.clone()).collect(),
            variables: self
                .variables
                .iter()
                .map(|variable| StoredVariable {
                    path: variable.path.clone(),
                    role: variable.role,
                    trainable: variable.trainable,
                })
                .collect(),
            outputs: self.outputs.iter().map(|(name, id)| (name.clone(), id.0)).collect(),
            composites: self
                .composites
                .iter()
                .map(|span| StoredSpan {
                    name: span.name.to_string(),
                    inputs: ids(&span.inputs),
                    outputs: ids(&span.outputs),
                    start: span.start.0,
                    end: span.end.0,
                })
                .collect(),
        };
        serde_json::to_string(&stored).map_err(|error| damaged(error.to_string()))
    }

    /// Reads [`Definition::to_json`]. Every node goes through its shape rule
    /// again, so that an altered text is refused and never computed wrongly.
    ///
    /// # Errors
    /// The text is cut, altered, or of an op that this version does not know.
    pub fn from_json(text: &str) -> Result<Definition> {
        let stored: Stored =
            serde_json::from_str(text).map_err(|error| damaged(error.to_string()))?;
        let graph = Graph::new();
        let mut tensors: Vec<Tensor<'_>> = Vec::with_capacity(stored.nodes.len());
        for node in &stored.nodes {
            let tensor = add(&graph, &stored, node, &tensors)?;
            tensors.push(tensor);
        }
        let within = |id: &u32| (*id as usize) < tensors.len();
        for (name, id) in &stored.outputs {
            let tensor = tensors.get(*id as usize).ok_or_else(|| damaged(outside(*id)))?;
            graph.output(name, *tensor);
        }
        let spans: Vec<CompositeSpan> = stored
            .composites
            .iter()
            .filter(|span| span.start <= span.end && span.end as usize <= tensors.len())
            .filter(|span| span.inputs.iter().chain(&span.outputs).all(within))
            .map(|span| CompositeSpan {
                name: span.name.clone().into(),
                inputs: span.inputs.iter().map(|id| NodeId(*id)).collect(),
                outputs: span.outputs.iter().map(|id| NodeId(*id)).collect(),
                start: NodeId(span.start),
                end: NodeId(span.end),
            })
            .collect();
        drop(tensors);
        let mut definition = graph.finish()?;
        definition.composites = spans;
        Ok(definition)
    }
}

fn add<'g>(
    graph: &'g Graph,
    stored: &Stored,
    node: &StoredNode,
    earlier: &[Tensor<'g>],
) -> Result<Tensor<'g>> {
    let inputs = node
        .inputs
        .iter()
        .map(|id| earlier.get(*id as usize).copied().ok_or_else(|| damaged(outside(*id))))
        .collect::<Result<Vec<_>>>()?;
    if inputs.len() != node.op.arity().unwrap_or(inputs.len()) {
        let count = inputs.len();
        return Err(damaged(format!("{} stands with {count} inputs", node.op.name())));
    }
    graph.within(node.scope.clone(), false, || {
        Ok(match &node.op {
            Op::Input(input) => {
                let name =
                    stored.inputs.get(input.index).ok_or_else(|| damaged("inputs".into()))?;
                graph.input(name, input.dtype, &input.shape)
            }
            Op::Read(read) => {
                let variable = stored
                    .variables
                    .get(read.index)
                    .ok_or_else(|| damaged("variables".to_string()))?;
                let shape =
                    read.shape.fixed().ok_or_else(|| damaged("a variable with N".into()))?;
                let zeros = Arc::new({
                    let (shape, dtype) = (shape.clone(), read.dtype);
                    move |_| zeros(&shape, dtype)
                });
                let (role, trainable) = (variable.role, variable.trainable);
                graph.variable_at(&variable.path, &shape, read.dtype, role, zeros, false, trainable)
            }
            op => graph.push(op.clone(), &inputs),
        })
    })
}

fn zeros(shape: &[usize], dtype: DType) -> Array {
    let count = shape.iter().product();
    match dtype {
        DType::F32 => Array::f32(shape, vec![0.0; count]),
        DType::I32 => Array::i32(shape, vec![0; count]),
        DType::Bool => Array::bool(shape, vec![false; count]),
    }
}

fn outside(id: u32) -> String {
    format!("node {id} is used before it stands")
}

fn damaged(reason: String) -> Fault {
    Fault::of("shape.stored_graph").with("found", reason)
}

/// An array as text: its type, its sizes and the hexadecimal digits of its
/// bytes, lowest first. JSON's decimal numbers have no word for infinity.
#[derive(Serialize, Deserialize)]
struct StoredArray {
    dtype: String,
    shape: Vec<usize>,
    bytes: String,
}

impl Serialize for Array {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let (dtype, bytes): (&str, Vec<u8>) = match self.data() {
            Data::F32(values) => ("f32", values.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Data::F64(values) => ("f64", values.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Data::I32(values) => ("i32", values.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Data::Bool(values) => ("bool", values.iter().map(|v| u8::from(*v)).collect()),
        };
        let bytes = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        StoredArray { dtype: dtype.to_string(), shape: self.shape().to_vec(), bytes }
            .serialize(serializer)
            .map_err(ser::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Array {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Array, D::Error> {
        fn numbers<const W: usize, E>(bytes: &[u8], read: fn([u8; W]) -> E) -> Vec<E> {
            bytes.as_chunks::<W>().0.iter().map(|chunk| read(*chunk)).collect()
        }
        let stored = StoredArray::deserialize(from)?;
        let bytes =
            hexadecimal(&stored.bytes).ok_or_else(|| de::Error::custom("no hexadecimal bytes"))?;
        let (width, data) = match stored.dtype.as_str() {
            "f32" => (4, Data::F32(numbers(&bytes, f32::from_le_bytes))),
            "f64" => (8, Data::F64(numbers(&bytes, f64::from_le_bytes))),
            "i32" => (4, Data::I32(numbers(&bytes, i32::from_le_bytes))),
            "bool" => (1, Data::Bool(bytes.iter().map(|byte| *byte != 0).collect())),
            other => return Err(de::Error::custom(format!("unknown type `{other}`"))),
        };
        let count = stored.shape.iter().try_fold(1_usize, |count, size| count.checked_mul(*size));
        if count.and_then(|count| count.checked_mul(width)) != Some(bytes.len()) {
            return Err(de::Error::custom("sizes and bytes do not agree"));
        }
        Ok(Array::new(&stored.shape, data))
    }
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let bytes = pairs.iter().map(|[high, low]| Some((digit(*high)? * 16 + digit(*low)?) as u8));
    if rest.is_empty() { bytes.collect() } else { None }
}

#[cfg(test)]
mod tests {
    use crate::{Array, DType, Definition, Evaluator, Feed, Graph, N, Role, State};
    use std::sync::Arc;

    fn network() -> Definition {
        let graph = Graph::new();
        let x = graph.input("x", DType::F32, &[N, 2.into()]);
        let y = graph.layer("dense", None, || {
            let start = Arc::new(|_| Array::f32(&[2, 3], vec![1.0, -2.0, 0.5, 3.0, 0.25, -1.0]));
            let kernel = graph.variable("kernel", &[2, 3], DType::F32, Role::Parameter, start);
            x.matmul(kernel).softmax(-1)
        });
        graph.output("prediction", y * graph.scalar(f64::INFINITY).minimum(graph.scalar(2.0)));
        graph.finish().unwrap()
    }

    fn run(definition: Definition, state: &mut State) -> Array {
        let x = Array::f32(&[2, 2], vec![0.1, 0.2, -0.3, 0.4]);
        let evaluator = Evaluator::<f32>::new(definition.into(), &["prediction"]).unwrap();
        evaluator.run(state, &Feed::rows(2).input("x", &x)).unwrap().remove(0)
    }

    #[test]
    fn comes_back_and_computes_the_same() {
        let definition = network();
        let mut state = State::initial(&definition, 0);
        let text = definition.to_json().unwrap();
        let again = Definition::from_json(&text).unwrap();
        assert_eq!(again.to_json().unwrap(), text);
        assert_eq!(again.composites().len(), definition.composites().len());
        assert_eq!(again.names(), definition.names());
        assert_eq!(run(again, &mut state), run(definition, &mut state));
    }

    #[test]
    fn an_altered_text_is_refused() {
        let text = network().to_json().unwrap();
        for (from, to) in [
            ("\"Matmul\"", "\"Matmull\""),
            ("\"inputs\":[0,1]", "\"inputs\":[0,9000]"),
            ("\"inputs\":[0,1]", "\"inputs\":[0]"),
            ("\"inputs\":[0,1]", "\"inputs\":[1,0]"),
        ] {
            let altered = text.replacen(from, to, 1);
            assert_ne!(altered, text, "{from}");
            let fault = Definition::from_json(&altered).unwrap_err();
            assert!(fault.code().starts_with("shape."), "{from}: {fault}");
        }
    }
}
