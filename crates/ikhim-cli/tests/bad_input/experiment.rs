//! Experiment files that say what cannot be.

use crate::case::{case, check};
use crate::project::Project;

const DATA: &str = "[data]\npath = \"good.csv\"\n";

#[test]
fn experiments_that_cannot_be_meant() {
    let project = Project::new();
    let sections = [
        ("key.toml", "[model]\nhiden = [4]\n"),
        (
            "libraries.toml",
            "[model]\nlayers = [\n  { type = \"dense\", units = 8 },\n  \
             { type = \"dropout\", keep_prob = 0.7 },\n  { type = \"dense\", units = \"auto\" },\n]\n\
             [training]\nlr = 0.1\noptimizer = \"adm\"\n",
        ),
        (
            "types.toml",
            "[training]\nepochs = \"ten\"\nbatch_size = -4\nlearning_rate = true\noptimiser = 1\n",
        ),
        (
            "add.toml",
            "[model]\nlayers = [\n  { type = \"dense\", units = 8, activation = \"relu\" },\n  \
             { type = \"dense\", units = 4, name = \"narrow\" },\n  \
             { type = \"add\", inputs = [\"previous\", \"dense_1\"] },\n  \
             { type = \"dense\", units = \"auto\" },\n]\n",
        ),
        (
            "reshape.toml",
            "[model]\nlayers = [\n  { type = \"reshape\", target_shape = [5] },\n  \
             { type = \"dense\", units = \"auto\" },\n]\n",
        ),
        (
            "unknown_input.toml",
            "[model]\nlayers = [\n  { type = \"dense\", units = 8, name = \"stem\" },\n  \
             { type = \"add\", inputs = [\"previous\", \"stm\"] },\n  \
             { type = \"dense\", units = \"auto\" },\n]\n",
        ),
        ("syntax.toml", "[model\nhidden = [4]\n"),
    ];
    for (name, section) in sections {
        project.write(name, format!("{DATA}{section}").as_bytes());
    }
    project.write(
        "images.toml",
        b"[data]\ndataset = \"digits\"\n[model]\nlayers = [\n  { type = \"dense\", units = 10 },\n]\n",
    );
    project.write(
        "width.toml",
        b"[data]\ndataset = \"digits\"\n[model]\nlayers = [\n  { type = \"flatten\" },\n  \
          { type = \"dense\", units = 3, name = \"output\" },\n]\n",
    );
    project.write("gone.toml", b"[data]\npath = \"gone.csv\"\n");
    project.write("target.toml", b"[data]\npath = \"good.csv\"\ntarget = \"price\"\n");
    project.write(
        "column.toml",
        "[data]\npath = \"good.csv\"\n[data.columns]\nroms = { type = \"number\" }\n\
         \"가격\" = { type = \"number\" }\n"
            .as_bytes(),
    );
    project.write("empty.toml", b"");
    project.write("not_text.toml", b"[data]\npath = \"\xc1\xfd\xb0\xaa.csv\"\n");
    let cases = [
        case("train missing.toml", 1, "file.missing", "missing.toml", "check the spelling"),
        case("check empty.toml", 2, "experiment.missing_key", "empty.toml", "needs the key `data`"),
        case("check not_text.toml", 2, "experiment.not_text", "not_text.toml:2:9", "as UTF-8"),
        case("check syntax.toml", 2, "experiment.syntax", "syntax.toml:3:7", "close it by `]`"),
        case("check key.toml", 2, "experiment.unknown_key", "key.toml:4:1", "mean `hidden`?"),
        case(
            "check libraries.toml",
            2,
            "experiment.unknown_key",
            "libraries.toml:6:23",
            "here it is `rate` = 1 - keep_prob",
        )
        .others(2),
        case(
            "check types.toml",
            2,
            "experiment.wrong_type",
            "types.toml:4:10",
            "takes an integer, at least 0, or `auto`, found the string",
        )
        .others(3),
        case("check add.toml", 2, "shape.unequal", "add.toml:7:3", "got [N, 4] and [N, 8]"),
        case("train add.toml", 2, "shape.unequal", "add.toml:7:3", "got [N, 4] and [N, 8]"),
        case(
            "check reshape.toml",
            2,
            "shape.elements",
            "reshape.toml:5:3",
            "2 elements a row, got [5]",
        ),
        case("check images.toml", 2, "shape.rank", "images.toml:5:3", "add `flatten` before it"),
        case(
            "check width.toml",
            2,
            "shape.loss",
            "width.toml:6:3",
            "the last layer needs 10 units",
        ),
        case(
            "train width.toml",
            2,
            "shape.loss",
            "width.toml:6:3",
            "the last layer needs 10 units",
        ),
        case(
            "check unknown_input.toml",
            2,
            "experiment.unknown_layer",
            "unknown_input.toml:6:41",
            "`stem`",
        ),
        case("check gone.toml", 1, "file.missing", "gone.toml:2:8", "check the spelling"),
        case("check target.toml", 1, "data.unknown_target", "target.toml:3:10", "`a`, `b`, `y`"),
        case("check column.toml", 1, "data.unknown_column", "column.toml:4:1", "`a`, `b`, `y`")
            .others(1),
    ];
    check(&project, "experiment", true, &cases);
}

/// Networks for images that do not fit.
#[test]
fn images_and_layers_that_do_not_fit() {
    let project = Project::new();
    let files = [
        ("filter.toml", "{ type = \"conv2d\", filters = 4, kernel_size = 9 }"),
        ("pool.toml", "{ type = \"max_pool2d\", pool_size = [2, 10] }"),
        ("groups.toml", "{ type = \"conv2d\", filters = 4, kernel_size = 3, groups = 3 }"),
        ("pair.toml", "{ type = \"conv2d\", filters = 4, kernel_size = [3, 3, 3] }"),
        (
            "row.toml",
            "{ type = \"flatten\" },\n  { type = \"conv2d\", filters = 4, kernel_size = 3 }",
        ),
    ];
    for (name, layer) in files {
        let text = format!(
            "[data]\ndataset = \"digits\"\n[model]\nlayers = [\n  {layer},\n  \
             {{ type = \"flatten\" }},\n  {{ type = \"dense\", units = \"auto\" }},\n]\n\
             [training]\nepochs = 1\n"
        );
        project.write(name, text.as_bytes());
    }
    let cases = [
        case(
            "check filter.toml",
            2,
            "shape.window",
            "filter.toml:5:3",
            "(8 + 0 + 0 - 9) / 1 + 1 = 0",
        ),
        case("train pool.toml", 2, "shape.window", "pool.toml:5:3", "along the width"),
        case("check groups.toml", 2, "shape.groups", "groups.toml:5:3", "3 groups do not divide 1"),
        case("check pair.toml", 2, "experiment.parameter_shape", "pair.toml:5:49", "3 numbers"),
        case("check row.toml", 2, "shape.rank", "row.toml:6:3", "target_shape = [28, 28, 1]"),
    ];
    check(&project, "images", true, &cases);
}
