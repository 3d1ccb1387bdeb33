//! Least squares against the certified values of the NIST Statistical Reference
//! Datasets. The values come from the reference data, which the project does
//! not hold.

use ikhim_train::least_squares;
use serde_json::Value;
use std::path::PathBuf;

/// The folder of the reference data; `None`, with a plain message, where it is
/// not at hand.
fn reference_data() -> Option<PathBuf> {
    let folder = std::env::var_os("IKHIM_SHARED_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if folder.join("nist").is_dir() {
        return Some(folder);
    }
    assert!(
        std::env::var_os("IKHIM_REQUIRE_DATA").is_none(),
        "the reference data are required but not in {}",
        folder.display()
    );
    println!("skipped: the certified values need the reference data");
    None
}

fn number(value: &Value) -> f64 {
    value.as_str().unwrap().parse().unwrap()
}

/// The smallest number of correct digits over all coefficients:
/// −log₁₀ |found − certified| / |certified|.
fn digits(set: &Value) -> f64 {
    let certified: Vec<f64> = set["certified"]["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|parameter| number(&parameter["estimate"]))
        .collect();
    let intercept = set["intercept"].as_bool().unwrap();
    let polynomial = set["polynomial"].as_bool().unwrap();
    let (mut design, mut target) = (Vec::new(), Vec::new());
    for row in set["data"].as_array().unwrap() {
        let row: Vec<f64> = row.as_array().unwrap().iter().map(number).collect();
        target.push(row[0]);
        if intercept {
            design.push(1.0);
        }
        if polynomial {
            let powers = certified.len() - usize::from(intercept);
            design.extend((1..=powers as i32).map(|power| row[1].powi(power)));
        } else {
            design.extend(&row[1..]);
        }
    }
    let found = least_squares(certified.len(), &design, &target).unwrap();
    found
        .iter()
        .zip(&certified)
        .map(|(found, certified)| {
            let error = (found - certified).abs() / certified.abs();
            if error == 0.0 { 15.0 } else { -error.log10() }
        })
        .fold(f64::INFINITY, f64::min)
}

#[test]
fn linear_sets() {
    let Some(folder) = reference_data() else { return };
    let bars = [
        ("Norris", 9.0),
        ("NoInt1", 9.0),
        ("Longley", 9.0),
        ("Wampler1", 9.0),
        ("Wampler2", 9.0),
        ("Wampler4", 7.0),
    ];
    for (name, bar) in bars {
        let path = folder.join(format!("nist/linear/{name}.json"));
        let set: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let digits = digits(&set);
        println!("{name}: {digits:.1} digits");
        assert!(digits >= bar, "{name}: {digits:.1} digits, expected at least {bar}");
    }
}
