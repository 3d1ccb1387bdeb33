//! The messages of an event file: numbers of fields are those of
//! TensorFlow's `event.proto`, `summary.proto` and `graph.proto`.

use super::protobuf::Message;

/// Buckets of a histogram, as many as TensorFlow's own summaries have.
const BUCKETS: usize = 30;

/// A layer or an operation in the graph that TensorBoard draws.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Node {
    /// Its path; a `/` makes a box around the nodes of one prefix.
    pub name: String,
    /// What it does, e.g. `dense`.
    pub op: String,
    /// Names of the nodes that it takes.
    pub inputs: Vec<String>,
    /// The shape of its output; `None` is the symbolic number of rows.
    pub shape: Vec<Option<usize>>,
    /// Number of its parameters.
    pub parameters: u64,
}

/// What is said at a step.
#[derive(Debug, Clone)]
pub(super) enum Content<'a> {
    /// The first event of a file.
    Version,
    /// All earlier events of this step or a later one are void.
    Start,
    Scalar {
        tag: &'a str,
        value: f64,
    },
    Histogram {
        tag: &'a str,
        values: &'a [f32],
    },
    Graph(&'a [Node]),
}

/// `tensorflow.Event`; `wall_time` in seconds since 1970.
pub(super) fn event(wall_time: f64, step: u64, content: Content<'_>) -> Vec<u8> {
    let event = Message::default().double(1, wall_time).integer(2, step);
    let summary = |tag: &str, value: Message| Message::default().message(1, value.text(1, tag));
    match content {
        Content::Version => event.text(3, "brain.Event:2"),
        Content::Graph(nodes) => event.message(4, graph(nodes)),
        Content::Scalar { tag, value } => {
            event.message(5, summary(tag, Message::default().float(2, value as f32)))
        }
        Content::Histogram { tag, values } => {
            event.message(5, summary(tag, Message::default().message(5, histogram(values))))
        }
        Content::Start => event.message(7, Message::default().integer(1, 1)),
    }
    .into_bytes()
}

/// `tensorflow.HistogramProto` over the finite values, of which there is one
/// at least.
fn histogram(values: &[f32]) -> Message {
    let finite = || values.iter().filter(|value| value.is_finite()).map(|value| f64::from(*value));
    let low = finite().fold(f64::INFINITY, f64::min);
    let high = finite().fold(f64::NEG_INFINITY, f64::max);
    let mut counts = [0.0; BUCKETS];
    for value in finite() {
        // Equal values give 0/0, which the cast makes the first bucket.
        let bucket = ((value - low) / (high - low) * BUCKETS as f64) as usize;
        counts[bucket.min(BUCKETS - 1)] += 1.0;
    }
    let limit = |bucket: usize| low + (high - low) * (bucket + 1) as f64 / BUCKETS as f64;
    Message::default()
        .double(1, low)
        .double(2, high)
        .double(3, counts.iter().sum())
        .double(4, finite().sum())
        .double(5, finite().map(|value| value * value).sum())
        .doubles(6, (0..BUCKETS).map(limit))
        .doubles(7, counts)
}

/// `tensorflow.GraphDef`.
fn graph(nodes: &[Node]) -> Message {
    let versions = Message::default().integer(1, 22);
    nodes
        .iter()
        .fold(Message::default(), |graph, described| graph.message(1, node(described)))
        .message(4, versions)
}

/// `tensorflow.NodeDef`; the attributes have the names that TensorBoard shows.
fn node(node: &Node) -> Message {
    let dimension = |size: &Option<usize>| {
        // -1 is TensorFlow's unknown size.
        Message::default().integer(1, size.map_or(-1_i64 as u64, |size| size as u64))
    };
    let shape =
        node.shape.iter().fold(Message::default(), |shape, size| shape.message(2, dimension(size)));
    let shapes = Message::default().message(1, Message::default().message(7, shape));
    let parameters = Message::default().integer(3, node.parameters);
    let attribute = |name: &str, value: Message| Message::default().text(1, name).message(2, value);
    node.inputs
        .iter()
        .fold(Message::default().text(1, &node.name).text(2, &node.op), |message, input| {
            message.text(3, input)
        })
        .message(5, attribute("_output_shapes", shapes))
        .message(5, attribute("parameters", parameters))
}
