use crate::{RESNET, Spec, Step};
use candle_core::{DType, Device, ModuleT, Result, Tensor, Var, backprop::GradStore};
use candle_nn::{self as nn, AdamW, Module, Optimizer, ParamsAdamW, RNN, VarBuilder, VarMap};

enum Opt {
    Adam(AdamW),
    Sgd(nn::SGD),
    Momentum(Vec<(Var, Option<Tensor>)>, f64),
}
impl Opt {
    fn step(&mut self, g: &GradStore) -> Result<()> {
        match self {
            Opt::Adam(o) => o.step(g),
            Opt::Sgd(o) => o.step(g),
            Opt::Momentum(vs, lr) => {
                // candle-nn's SGD has no momentum
                for (v, m) in vs.iter_mut() {
                    let Some(g) = g.get(v) else { continue };
                    let n = match m.take() {
                        Some(m) => (g + (m * 0.9)?)?,
                        None => g.clone(),
                    }
                    .detach();
                    v.set(&v.sub(&(&n * *lr)?)?)?;
                    *m = Some(n);
                }
                Ok(())
            }
        }
    }
}

fn ce(z: &Tensor, y: &Tensor) -> Result<Tensor> {
    nn::loss::cross_entropy(z, y)
}
fn drop(x: Tensor, p: f64) -> Result<Tensor> {
    if p > 0. { nn::ops::dropout(&x, p as f32) } else { Ok(x) }
}

pub fn make(s: Spec) -> Result<Step> {
    let d = Device::Cpu;
    let vm = VarMap::new();
    let vb = VarBuilder::from_varmap(&vm, DType::F32, &d);
    let x = Tensor::from_vec(s.x.clone(), s.shape.clone(), &d)?;
    let yi = Tensor::from_vec(s.y.iter().map(|v| *v as u32).collect::<Vec<_>>(), s.y.len(), &d)?;
    let yf = Tensor::from_vec(s.y.clone(), (s.y.len(), 1), &d)?;
    let p = s.drop;
    let fwd: Box<dyn Fn() -> Result<Tensor>> = match s.model.as_str() {
        "lstm" => {
            let x = Tensor::from_vec(
                s.x.iter().map(|v| *v as u32).collect::<Vec<_>>(),
                (s.batch, 64),
                &d,
            )?;
            let e = nn::embedding(64, 64, vb.pp("e"))?;
            let l = [
                nn::lstm(64, 128, Default::default(), vb.pp("l0"))?,
                nn::lstm(128, 128, Default::default(), vb.pp("l1"))?,
            ];
            let o = nn::linear(128, 64, vb.pp("o"))?;
            Box::new(move || {
                let mut h = e.forward(&x)?;
                for l in &l {
                    h = l.states_to_tensor(&l.seq(&h)?)?
                }
                ce(&o.forward(&h)?.flatten(0, 1)?, &yi)
            })
        }
        "resnet20" => {
            let cb = |i, o, k, s, n: String| -> Result<(nn::Conv2d, nn::BatchNorm)> {
                let c = nn::Conv2dConfig { padding: k / 2, stride: s, ..Default::default() };
                Ok((
                    nn::conv2d_no_bias(i, o, k, c, vb.pp(format!("{n}c")))?,
                    nn::batch_norm(o, 1e-5, vb.pp(format!("{n}b")))?,
                ))
            };
            let stem = cb(3, 16, 3, 1, "s".into())?;
            let mut bl = vec![];
            for (k, &(i, o, s)) in RESNET.iter().enumerate() {
                bl.push((
                    cb(i, o, 3, s, format!("{k}a"))?,
                    cb(o, o, 3, 1, format!("{k}b"))?,
                    if i != o { Some(cb(i, o, 1, s, format!("{k}s"))?) } else { None },
                ));
            }
            let fc = nn::linear(64, 10, vb.pp("fc"))?;
            let f =
                |x: &Tensor, m: &(nn::Conv2d, nn::BatchNorm)| m.1.forward_t(&m.0.forward(x)?, true);
            Box::new(move || {
                let mut h = f(&x, &stem)?.relu()?;
                for (a, b, s) in &bl {
                    let t = f(&f(&h, a)?.relu()?, b)?;
                    h = (t + match s {
                        Some(s) => f(&h, s)?,
                        None => h,
                    })?
                    .relu()?;
                }
                ce(&fc.forward(&h.mean((2, 3))?)?, &yi)
            })
        }
        kind => {
            let kind = kind.to_string();
            let c = nn::Conv2dConfig { padding: 1, ..Default::default() };
            let conv = s
                .conv
                .windows(2)
                .enumerate()
                .map(|(k, w)| nn::conv2d(w[0], w[1], 3, c, vb.pp(format!("c{k}"))))
                .collect::<Result<Vec<_>>>()?;
            let fc =
                s.fc.windows(2)
                    .enumerate()
                    .map(|(k, w)| nn::linear(w[0], w[1], vb.pp(format!("f{k}"))))
                    .collect::<Result<Vec<_>>>()?;
            let infer = s.infer;
            Box::new(move || {
                let mut h = x.clone();
                for c in &conv {
                    h = c.forward(&h)?.relu()?;
                    if h.dim(2)? % 2 == 1 {
                        // SAME pooling: relu output, so zeros are neutral
                        h = h.pad_with_zeros(2, 0, 1)?.pad_with_zeros(3, 0, 1)?;
                    }
                    h = drop(h.max_pool2d(2)?, p)?;
                }
                if !conv.is_empty() {
                    h = h.flatten_from(1)?
                }
                for l in &fc[..fc.len() - 1] {
                    h = l.forward(&h)?;
                    h = if kind == "xor" { nn::ops::sigmoid(&h)? } else { drop(h.relu()?, p)? };
                }
                let z = fc[fc.len() - 1].forward(&h)?;
                match kind.as_str() {
                    _ if infer => Ok(z),
                    "linreg" => nn::loss::mse(&z, &yf),
                    "xor" => {
                        let q = nn::ops::sigmoid(&z)?;
                        ((&yf * q.log()?)? + ((1. - &yf)? * (1. - q)?.log()?)?)?.mean_all()?.neg()
                    }
                    _ => ce(&z, &yi),
                }
            })
        }
    };
    if s.infer {
        return Ok(Box::new(move || fwd().unwrap().to_vec2::<f32>().unwrap()[0][0]));
    }
    let vars = vm.all_vars();
    let mut opt = if s.adam {
        Opt::Adam(AdamW::new(
            vars,
            ParamsAdamW { lr: s.lr, weight_decay: 0., ..Default::default() },
        )?)
    } else if s.momentum {
        Opt::Momentum(vars.into_iter().map(|v| (v, None)).collect(), s.lr)
    } else {
        Opt::Sgd(nn::SGD::new(vars, s.lr)?)
    };
    Ok(Box::new(move || {
        let l = fwd().unwrap();
        opt.step(&l.backward().unwrap()).unwrap();
        l.to_scalar::<f32>().unwrap()
    }))
}
