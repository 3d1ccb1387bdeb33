//! Series that cannot be cut into windows.

use crate::case::{case, check};
use crate::project::Project;

fn experiment(path: &str, series: &str, more: &str) -> String {
    format!(
        "[data]\npath = \"{path}\"\ntarget = \"level\"\ntask = \"regression\"\n\
         series = {{ {series} }}\n{more}\n[training]\nepochs = 1\n"
    )
}

/// Levels of the given days of a January.
fn days(days: &[usize]) -> String {
    let rows = days.iter().map(|day| format!("2024-01-{day:02},{}\n", day * 3 % 11 * 10));
    format!("day,level\n{}", rows.collect::<String>())
}

#[test]
fn series_that_repeat_have_gaps_or_are_too_short() {
    let project = Project::new();
    let whole: Vec<usize> = (1..=31).collect();
    let twice: Vec<usize> = whole.iter().copied().chain([31]).collect();
    let pairs: Vec<usize> = (1..=31).filter(|day| day % 3 != 0).collect();
    let gap: Vec<usize> = (1..=31).filter(|day| !(10..=12).contains(day)).collect();
    project.write("whole.csv", days(&whole).as_bytes());
    project.write("twice.csv", days(&twice).as_bytes());
    project.write("pairs.csv", days(&pairs).as_bytes());
    project.write("gap.csv", days(&gap).as_bytes());
    project.write("few.csv", days(&whole[..4]).as_bytes());
    let file = |name: &str, path: &str, series: &str, more: &str| {
        project.write(&format!("{name}.toml"), experiment(path, series, more).as_bytes());
    };
    file("good", "whole.csv", "window = 4", "");
    file("long", "whole.csv", "window = 31", "");
    file("twice", "twice.csv", "window = 4", "");
    file("pairs", "pairs.csv", "window = 2", "");
    file("gap", "gap.csv", "window = 4, gaps = \"error\"", "");
    file("when", "whole.csv", "window = 4, time = \"dey\"", "");
    file("chance", "whole.csv", "window = 4", "[split]\nmethod = \"random\"\n");
    file("empty", "whole.csv", "horizon = 1", "");
    file("zero", "whole.csv", "window = 0", "");
    let trained = project.ikhim(&["train", "good.toml", "--out", "foresees"]);
    assert!(trained.status.success(), "{trained:?}");
    check(
        &project,
        "series",
        true,
        &[
            case("train long.toml", 1, "data.series_too_short", "", "needs 32"),
            case("train twice.toml", 1, "data.series_repeated", "", "rows 31 and 32"),
            case("train pairs.toml", 1, "data.series_all_gaps", "", "ignore"),
            case("train gap.toml", 1, "data.series_gap", "", "4.0 usual steps"),
            case("train when.toml", 1, "data.unknown_split_column", "", "did you mean `day`"),
            case("train chance.toml", 1, "data.series_split", "", "time"),
            case("train empty.toml", 2, "experiment.missing_key", "empty.toml:5:10", "window"),
            case("train zero.toml", 2, "experiment.out_of_range", "zero.toml:5:21", "window"),
            case("predict foresees --row 3", 1, "data.series_too_short", "", "needs 4"),
        ],
    );
}
