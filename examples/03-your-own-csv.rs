//! From a CSV file to a model file, on any table:
//! `cargo run --release -p ikhim --example 03-your-own-csv -- FILE TARGET`.
//! Without arguments it takes the wines that ikhim carries.

use ikhim::prelude::*;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let source = match arguments.as_slice() {
        [file, target] => Dataset::csv(file).target(target),
        _ => Dataset::named("wine"),
    };
    let data = source.load()?;
    println!("{}: {} rows, task {}", data.name(), data.len(), data.task().word());
    data.notices().iter().for_each(|notice| println!("{notice}"));

    let mut parts = data.split(Split::new())?;
    let run = Trainer::new(Mlp::new([32])).fit(&parts.train, &parts.validation)?;
    println!("{run}");
    println!("test {}", parts.test.open(run.model(), "the example")?);

    let file = std::env::temp_dir().join("ikhim-example.safetensors");
    run.model().save(&file)?;
    println!("saved as {}", file.display());
    Ok(())
}
