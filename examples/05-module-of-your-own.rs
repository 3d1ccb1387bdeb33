//! A block with a skip connection as a module, in a training loop written by
//! hand.

use ikhim::prelude::*;

/// relu(x + f(x)), f two dense layers.
struct Residual(usize);

impl Module for Residual {
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        let y = x.apply(Dense::new(self.0)).relu().apply(Dense::new(self.0));
        (x + y).relu()
    }
}

fn main() -> Result<()> {
    let parts = Dataset::digits().load()?.split(Split::new())?;
    let data = TrainingData::fit(&parts.train, &parts.validation)?;
    let network = from_fn(|image| {
        image.flatten().apply(Dense::new(32)).relu().apply(Residual(32)).apply(Dense::new(10))
    });
    let step = Step::new(network, CrossEntropy::default(), Sgd::new(0.05).momentum(0.9))
        .fetch("gradient_norm")
        .seed(7)
        .compile(&data.spec())?;
    let mut state = step.init();
    for epoch in 0..5 {
        for batch in data.train().batches(32).shuffled(7, epoch) {
            let out = step.run(&mut state, &batch?)?;
            if state.get("optimizer.step").is_some_and(|step| step.to_f64()[0] % 40.0 == 0.0) {
                let norm = out.tensor("gradient_norm")?.to_f64()[0];
                println!("epoch {epoch}: loss {:.4}, norm of the gradient {norm:.3}", out.loss());
            }
        }
    }
    let model = step.model(&data, &state)?;
    let judgement = model.judge(data.validation().encoded(), &[Metric::Accuracy])?;
    println!("validation accuracy {:.4}", judgement.first().map_or(f64::NAN, |(_, value)| value));
    Ok(())
}
