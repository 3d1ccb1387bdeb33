//! Arguments that cannot be meant.

use crate::case::{case, check, text};
use crate::project::Project;

#[test]
fn arguments_that_cannot_be_read() {
    let project = Project::new();
    let plain = "usage.arguments";
    let cases = [
        case("trian", 2, plain, "", "subcommands exist: 'trace', 'train'"),
        case("data shwo", 2, plain, "", "a similar subcommand exists: 'show'"),
        case("train --epoch 3", 2, plain, "", "a similar argument exists: '--epochs'"),
        case("train --epochs three", 2, plain, "", "expected a whole number, at least 0"),
        case("train good.csv --seed -1", 2, plain, "", "expected a whole number, at least 0"),
        case("train good.csv --seeds 0", 2, plain, "", "expected a whole number, at least 1"),
        case("train good.csv --target", 2, plain, "", "a value is required for '--target"),
        case("train --out x --seeds 2", 2, plain, "", "cannot be used with"),
        case("predict earlier", 2, plain, "", "<INPUT|--row <VALUES>|--prefix <TEXT>>"),
        case("compare earlier", 2, plain, "", "<OTHERS>"),
    ];
    check(&project, "usage", false, &cases);
    let output = project.ikhim(&["train", "good.csv", "--lang", "fr"]);
    let told = text(output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("expected `en` or `ko`"), "{told}");
}

#[test]
fn arguments_that_mean_nothing() {
    let project = Project::new();
    let cases = [
        case(
            "train good.csv --set training.epochs=ten",
            2,
            "experiment.wrong_type",
            "--set:1:17",
            "takes an integer",
        ),
        case("train good.csv --set epochs", 2, "experiment.set", "--set:1:1", "KEY=VALUE"),
        case(
            "train good.csv --set training.epoch=3",
            2,
            "experiment.unknown_key",
            "--set:1:10",
            "did you mean `epochs`?",
        ),
        case(
            "train good.csv --set data.target=price",
            1,
            "data.unknown_target",
            "--set:1:13",
            "`a`, `b`, `y`",
        ),
        case("predict earlier --row 1", 2, "usage.row", "", "in their order: a, b"),
        case("predict earlier --row 1,x", 1, "data.number_expected", "--row:1:3", "leave it empty"),
        case("test earlier", 2, "usage.confirm", "", "`--yes`"),
        case("doctor earlier --treat --seeds 4", 2, "usage.treatment_seeds", "", "5 to 16 seeds"),
        case("doctor earlier --treat --seeds 33", 2, "usage.treatment_seeds", "", "leave out"),
        case("explain data.raged_row", 2, "usage.unknown_code", "", "`data.ragged_row`"),
    ];
    check(&project, "arguments", true, &cases);
}
