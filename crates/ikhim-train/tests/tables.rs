//! Tables as people have them: without a header, with comments, with columns of
//! levels that are embedded.

use ikhim_graph::Array;
use ikhim_run::experiment::Experiment;
use ikhim_run::{Model, Predictor};
use ikhim_text::Result;
use ikhim_train::experiment::Prepared;
use std::collections::BTreeMap;
use std::path::Path;

fn prepared(project: &Path, text: &str) -> Result<Prepared> {
    Prepared::new(&Experiment::parse(text, "table.toml", &[])?, project)
}

#[test]
fn an_experiment_names_the_columns_of_a_file_and_the_sign_of_its_comments() {
    let project = tempfile::tempdir().unwrap();
    let rows: String = (0..40).map(|row| format!("{row};{}\n! note\n", 2 * row + 1)).collect();
    std::fs::write(project.path().join("line.csv"), format!("! a line\n{rows}")).unwrap();
    let text = "
[data]
path = 'line.csv'
header = ['size', 'price']
comment = '!'
target = 'price'
[model]
type = 'linear'
[training]
epochs = 2
";
    let prepared = prepared(project.path(), text).unwrap();
    let names: Vec<&str> =
        prepared.dataset.columns().iter().map(|column| column.name.as_str()).collect();
    assert_eq!((prepared.dataset.len(), names), (40, vec!["size", "price"]));

    // The resolved file says the same.
    let resolved = prepared.experiment.resolved_toml();
    let again = self::prepared(project.path(), &resolved).unwrap();
    assert_eq!(again.dataset.content_hash(), prepared.dataset.content_hash());
    assert_eq!(again.dataset.columns(), prepared.dataset.columns());

    let short = text.replace("'size', ", "");
    let fault = self::prepared(project.path(), &short).unwrap_err();
    assert_eq!(fault.code(), "data.names_width");
    // Without a comment sign the first note is a row, of one column.
    let none = text.replace("'!'", "'none'");
    assert_eq!(self::prepared(project.path(), &none).unwrap_err().code(), "data.names_width");
}

/// A price by city, and 3 for each room.
const PRICES: [(&str, f64); 4] = [("busan", 10.0), ("daegu", 4.0), ("jeju", 25.0), ("seoul", 40.0)];

fn houses(project: &Path) {
    let mut table = "rooms,city,price\n".to_string();
    for row in 0..160 {
        let (rooms, (city, price)) = (row % 7 + 1, PRICES[row * 5 % 4]);
        table += &format!("{rooms},{city},{}\n", price + 3.0 * rooms as f64);
    }
    std::fs::write(project.join("houses.csv"), table).unwrap();
}

fn experiment(encoding: &str) -> String {
    format!(
        "
seed = 3
[data]
path = 'houses.csv'
target = 'price'
task = 'regression'
[data.columns]
city = {{ type = 'category', encoding = {encoding} }}
[model]
type = 'linear'
[training]
optimizer = 'adam'
learning_rate = 0.03
batch_size = 16
epochs = 150
"
    )
}

fn trained(project: &Path, encoding: &str) -> Model {
    let prepared = prepared(project, &experiment(encoding)).unwrap();
    prepared.trainer(3).unwrap().fit_encoded(&prepared.data).unwrap().model
}

fn row(rooms: f64, city: &str) -> BTreeMap<&'static str, serde_json::Value> {
    BTreeMap::from([("rooms", rooms.into()), ("city", city.into())])
}

#[test]
fn embedded_levels_are_learned_kept_and_predicted() {
    let project = tempfile::tempdir().unwrap();
    houses(project.path());
    let model = trained(project.path(), "'embedding'");
    let paths: Vec<&str> = model.state().iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["columns/city.embeddings", "dense_1.bias", "dense_1.kernel"]);
    let numbers = |path: &str| model.state().get(path).map(Array::to_f64).unwrap();
    assert_eq!(model.state().get("columns/city.embeddings").unwrap().shape(), [4, 2]);

    let predictor = Predictor::from_bytes(&model.to_bytes().unwrap()).unwrap();
    for (city, price) in PRICES {
        let found = predictor.predict(&row(2.0, city)).unwrap().number().unwrap();
        assert!((found - price - 6.0).abs() < 0.5, "{city}: {found} {}", price + 6.0);
    }

    // z = (rooms, vector of the city) @ kernel + bias; an unseen city is zeros.
    let (kernel, bias) = (numbers("dense_1.kernel"), numbers("dense_1.bias"));
    let vectors = numbers("columns/city.embeddings");
    let scaled = |city: &str| {
        let rows = model
            .preprocessing()
            .encode_rows(&ikhim_data::RawRows::new().named([("rooms", "2"), ("city", city)]));
        let rows = rows.unwrap().encoded;
        let rooms = f64::from(rows.input("features").unwrap().values.as_f32().unwrap()[0]);
        (rooms, model.scaled_outputs(&rows).unwrap()[0])
    };
    for (level, (city, _)) in PRICES.iter().enumerate() {
        let (rooms, found) = scaled(city);
        let vector = vectors[2 * level] * kernel[1] + vectors[2 * level + 1] * kernel[2];
        assert!((found - (rooms * kernel[0] + vector + bias[0])).abs() < 1e-5, "{city}");
    }
    let (rooms, found) = scaled("ulsan");
    assert!((found - (rooms * kernel[0] + bias[0])).abs() < 1e-5);
    let unseen = predictor.predict(&row(2.0, "ulsan")).unwrap();
    assert_eq!(unseen.warnings().len(), 1);
}

#[test]
fn the_length_of_the_vectors_and_unknown_levels_are_the_experiment_s() {
    let project = tempfile::tempdir().unwrap();
    houses(project.path());
    let encoding = "{ type = 'embedding', output_dim = 5 }, handle_unknown = 'error'";
    let prepared = prepared(project.path(), &experiment(encoding)).unwrap();
    let layers = prepared.layers().unwrap();
    let layers: Vec<_> =
        layers.iter().map(|row| (row.path.as_str(), row.kind.as_str(), row.parameters)).collect();
    assert_eq!(layers, [("columns/city", "embedding", 20), ("dense_1", "dense", 7)]);
    let trainer = prepared.trainer(1).unwrap().epochs(1);
    let predictor = Predictor::new(trainer.fit_encoded(&prepared.data).unwrap().model);
    assert!(predictor.predict(&row(2.0, "jeju")).is_ok());
    let fault = predictor.predict(&row(2.0, "ulsan")).unwrap_err();
    assert_eq!(fault.code(), "data.unseen_level");
}
