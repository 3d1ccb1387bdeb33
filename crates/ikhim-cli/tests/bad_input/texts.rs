//! Texts that cannot be learned from or gone on with.

use crate::case::{case, check};
use crate::project::Project;

fn experiment(path: &str, length: usize) -> String {
    format!(
        "[data]\npath = \"{path}\"\ntask = \"next_token\"\nwindow = {{ length = {length} }}\n\n\
         [model]\nlayers = [\n  {{ type = \"embedding\", output_dim = 4 }},\n  \
         {{ type = \"gru\", units = 4 }},\n  {{ type = \"dense\", units = \"auto\" }},\n]\n\n\
         [training]\nepochs = 1\n"
    )
}

#[test]
fn texts_that_cannot_be_read_learned_or_gone_on_with() {
    let project = Project::new();
    let whole = "the cat sat on the mat\n".repeat(20);
    let texts = [
        ("whole", whole.clone().into_bytes(), 8),
        ("short", b"abc".to_vec(), 8),
        ("exact", b"abcdefgh".to_vec(), 8),
        ("bytes", b"good\nbad \xff text".to_vec(), 4),
        ("late", format!("{whole}a ~ stands in no train row, it is sealed").into_bytes(), 8),
        ("flat", whole.into_bytes(), 0),
    ];
    for (name, content, length) in texts {
        project.write(&format!("{name}.txt"), &content);
        project
            .write(&format!("{name}.toml"), experiment(&format!("{name}.txt"), length).as_bytes());
    }
    let trained = project.ikhim(&["train", "whole.toml", "--out", "wrote"]);
    assert!(trained.status.success(), "{trained:?}");
    check(
        &project,
        "texts",
        true,
        &[
            case("train short.toml", 1, "data.text_too_short", "short.txt", "needs 9"),
            case("train exact.toml", 1, "data.text_too_short", "exact.txt", "has 8 tokens"),
            case("train bytes.toml", 1, "data.not_utf8", "bytes.txt:2:5", "byte 10"),
            case("train late.toml", 1, "data.token_outside", "late.txt:21:3", "data.unknown"),
            case("train flat.toml", 2, "experiment.out_of_range", "flat.toml:4:21", "length"),
            case("predict wrote --prefix c~t", 1, "data.unknown_token", "", "character 2"),
            case("predict wrote good.csv", 2, "usage.text_model", "", "--prefix"),
            case("predict earlier --prefix the", 2, "usage.not_a_text", "", "--prefix"),
        ],
    );
}
