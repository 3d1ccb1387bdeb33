//! Descriptive statistics against the certified values of NIST's Statistical
//! Reference Datasets.

use ikhim_data::statistics::{lag_1_autocorrelation, mean, standard_deviation};
use std::path::PathBuf;

/// The folder of reference data, or `None` after saying what is skipped.
fn reference(what: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("IKHIM_SHARED_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if folder.is_dir() {
        return Some(folder);
    }
    let required = std::env::var_os("IKHIM_REQUIRE_DATA").is_some_and(|value| value == "1");
    assert!(!required, "{what} needs the reference data in {}", folder.display());
    println!("skipped: {what} needs the reference data");
    None
}

/// Digits on which two numbers agree: −log₁₀ of the relative error, at most 15.
fn digits(found: f64, certified: f64) -> f64 {
    if found == certified { 15.0 } else { -((found - certified) / certified).abs().log10() }
}

#[test]
fn univariate_sets() {
    let Some(folder) = reference("the certified statistics") else { return };
    for (name, of_mean, of_deviation, of_autocorrelation) in
        [("Lew", 13.0, 13.0, 13.0), ("NumAcc1", 13.0, 13.0, 13.0), ("NumAcc3", 13.0, 9.0, 11.0)]
    {
        let path = folder.join(format!("nist/univariate/{name}.json"));
        let set: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let number = |value: &serde_json::Value| value.as_str().unwrap().parse::<f64>().unwrap();
        let values: Vec<f64> = set["data"].as_array().unwrap().iter().map(number).collect();
        for (statistic, found, least) in [
            ("mean", mean(&values), of_mean),
            ("std_dev_n_minus_1", standard_deviation(&values), of_deviation),
            ("autocorrelation_lag1", lag_1_autocorrelation(&values), of_autocorrelation),
        ] {
            let agree = digits(found, number(&set["certified"][statistic]));
            println!("{name} {statistic}: {agree:.1} digits");
            assert!(agree >= least, "{name} {statistic}: {agree} digits of {least}");
        }
    }
}
