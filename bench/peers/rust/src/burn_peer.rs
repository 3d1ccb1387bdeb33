use crate::{RESNET, Spec, Step};
use burn::{
    module::Module,
    nn::{self, PaddingConfig2d, loss::*, pool::*},
    optim::{AdamConfig, GradientsParams, SgdConfig, momentum::MomentumConfig},
    tensor::{
        Device, Int, Tensor, TensorData,
        activation::{relu, sigmoid},
    },
};

#[derive(Module, Debug)]
struct Net {
    conv: Vec<nn::conv::Conv2d>,
    pool: MaxPool2d,
    fc: Vec<nn::Linear>,
    drop: nn::Dropout,
}

impl Net {
    fn new(s: &Spec, d: &Device) -> Self {
        Self {
            conv: s
                .conv
                .windows(2)
                .map(|w| {
                    nn::conv::Conv2dConfig::new([w[0], w[1]], [3, 3])
                        .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
                        .init(d)
                })
                .collect(),
            pool: MaxPool2dConfig::new([2, 2]).with_ceil_mode(true).init(),
            fc: s.fc.windows(2).map(|w| nn::LinearConfig::new(w[0], w[1]).init(d)).collect(),
            drop: nn::DropoutConfig::new(s.drop).init(),
        }
    }
    fn drop<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        if self.drop.prob > 0. { self.drop.forward(x) } else { x }
    }
    fn image(&self, mut x: Tensor<4>) -> Tensor<2> {
        for c in &self.conv {
            x = self.drop(self.pool.forward(relu(c.forward(x))))
        }
        self.flat(x.flatten(1, 3), false)
    }
    fn flat(&self, mut x: Tensor<2>, sig: bool) -> Tensor<2> {
        let last = self.fc.len() - 1;
        for l in &self.fc[..last] {
            x = l.forward(x);
            x = if sig { sigmoid(x) } else { self.drop(relu(x)) }
        }
        self.fc[last].forward(x)
    }
}

#[derive(Module, Debug)]
struct ConvBn {
    c: nn::conv::Conv2d,
    b: nn::BatchNorm,
}
impl ConvBn {
    fn new(i: usize, o: usize, k: usize, s: usize, d: &Device) -> Self {
        let p = k / 2;
        Self {
            c: nn::conv::Conv2dConfig::new([i, o], [k, k])
                .with_stride([s, s])
                .with_bias(false)
                .with_padding(PaddingConfig2d::Explicit(p, p, p, p))
                .init(d),
            b: nn::BatchNormConfig::new(o).init(d),
        }
    }
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        self.b.forward(self.c.forward(x))
    }
}
#[derive(Module, Debug)]
struct Block {
    a: ConvBn,
    b: ConvBn,
    s: Option<ConvBn>,
}
#[derive(Module, Debug)]
struct ResNet {
    stem: ConvBn,
    blocks: Vec<Block>,
    fc: nn::Linear,
}
impl ResNet {
    fn new(d: &Device) -> Self {
        Self {
            stem: ConvBn::new(3, 16, 3, 1, d),
            fc: nn::LinearConfig::new(64, 10).init(d),
            blocks: RESNET
                .iter()
                .map(|&(i, o, s)| Block {
                    a: ConvBn::new(i, o, 3, s, d),
                    b: ConvBn::new(o, o, 3, 1, d),
                    s: (i != o).then(|| ConvBn::new(i, o, 1, s, d)),
                })
                .collect(),
        }
    }
    fn forward(&self, x: Tensor<4>) -> Tensor<2> {
        let mut x = relu(self.stem.forward(x));
        for b in &self.blocks {
            let h = b.b.forward(relu(b.a.forward(x.clone())));
            x = relu(
                h + match &b.s {
                    Some(s) => s.forward(x),
                    None => x,
                },
            );
        }
        let [n, c, h, w] = x.dims();
        self.fc.forward(x.reshape([n, c, h * w]).mean_dim(2).reshape([n, c]))
    }
}

#[derive(Module, Debug)]
struct CharLm {
    e: nn::Embedding,
    l: Vec<nn::Lstm>,
    o: nn::Linear,
}
impl CharLm {
    fn new(d: &Device) -> Self {
        Self {
            e: nn::EmbeddingConfig::new(64, 64).init(d),
            o: nn::LinearConfig::new(128, 64).init(d),
            l: vec![
                nn::LstmConfig::new(64, 128, true).init(d),
                nn::LstmConfig::new(128, 128, true).init(d),
            ],
        }
    }
    fn forward(&self, x: Tensor<2, Int>) -> Tensor<2> {
        let mut x = self.e.forward(x);
        for l in &self.l {
            x = l.forward(x, None).0
        }
        self.o.forward(x).flatten(0, 1)
    }
}

fn train<M: Module + 'static>(
    s: Spec,
    model: M,
    mut loss: impl FnMut(&M) -> Tensor<1> + 'static,
) -> Step {
    let mut opt = if s.adam {
        AdamConfig::new().with_epsilon(1e-8).init()
    } else {
        SgdConfig::new()
            .with_momentum(s.momentum.then(|| MomentumConfig {
                momentum: 0.9,
                dampening: 0.,
                nesterov: false,
            }))
            .init()
    };
    let mut m = Some(model);
    Box::new(move || {
        let net = m.take().unwrap();
        let l = loss(&net);
        let g = GradientsParams::from_grads(l.backward(), &net);
        m = Some(opt.step(s.lr, net, g));
        l.into_scalar::<f32>()
    })
}

pub fn make(s: Spec, dev: Device) -> Step {
    let d = if s.infer { dev } else { dev.autodiff() };
    d.seed(0);
    let x = TensorData::new(s.x.clone(), s.shape.clone());
    let yi = Tensor::<1, Int>::from_data(
        TensorData::new(s.y.iter().map(|v| *v as i32).collect::<Vec<_>>(), [s.y.len()]),
        &d,
    );
    let yf = Tensor::<2>::from_data(TensorData::new(s.y.clone(), [s.y.len(), 1]), &d);
    let ce = CrossEntropyLossConfig::new().init(&d);
    match s.model.as_str() {
        "lstm" => {
            let x = Tensor::<2, Int>::from_data(
                TensorData::new(s.x.iter().map(|v| *v as i32).collect::<Vec<_>>(), [s.batch, 64]),
                &d,
            );
            let m = CharLm::new(&d);
            train(s, m, move |m| ce.forward(m.forward(x.clone()), yi.clone()))
        }
        "resnet20" => {
            let (x, m) = (Tensor::<4>::from_data(x, &d), ResNet::new(&d));
            train(s, m, move |m| ce.forward(m.forward(x.clone()), yi.clone()))
        }
        _ if !s.conv.is_empty() => {
            let (x, m) = (Tensor::<4>::from_data(x, &d), Net::new(&s, &d));
            if s.infer {
                return Box::new(move || m.image(x.clone()).into_data().to_vec::<f32>().unwrap()[0]);
            }
            train(s, m, move |m| ce.forward(m.image(x.clone()), yi.clone()))
        }
        kind => {
            let (x, m) = (Tensor::<2>::from_data(x, &d), Net::new(&s, &d));
            if s.infer {
                return Box::new(move || {
                    m.flat(x.clone(), false).into_data().to_vec::<f32>().unwrap()[0]
                });
            }
            match kind {
                "linreg" => train(s, m, move |m| {
                    MseLoss::new().forward(m.flat(x.clone(), false), yf.clone(), Reduction::Mean)
                }),
                "xor" => train(s, m, move |m| {
                    let p = sigmoid(m.flat(x.clone(), true));
                    -(yf.clone() * p.clone().log() + (-yf.clone() + 1.) * (-p + 1.).log()).mean()
                }),
                _ => train(s, m, move |m| ce.forward(m.flat(x.clone(), false), yi.clone())),
            }
        }
    }
}
