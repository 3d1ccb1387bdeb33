//! Five seeds on the handwritten digits: each network is chosen on validation
//! rows and then looks at the sealed test rows once.

use ikhim::prelude::*;

/// Trains with seeds 1 to 5 and tests each run once.
pub(crate) fn train_and_test(ledger: Ledger) -> Result<Vec<(Run, Look)>> {
    let parts = Dataset::digits().load()?.split(Split::new())?;
    let data = TrainingData::fit(&parts.train, &parts.validation)?;
    let mut test = parts.test.in_ledger(ledger);
    let train_one = |seed| {
        let trainer = Trainer::new(Cnn::new()).schedule(Cosine::new()).epochs(30);
        let run = trainer.seed(seed).fit_encoded(&data)?;
        let look = test.open(run.model(), "the digits example")?;
        Ok((run, look))
    };
    (1..=5).map(train_one).collect()
}

#[allow(dead_code)] // The test of this example calls the function above.
fn main() -> Result<()> {
    for (run, look) in train_and_test(Ledger::find("."))? {
        println!("seed {}: {run}; test {look}", run.seed);
    }
    Ok(())
}
