//! Whole models as plain values: what `[model]` of an experiment file holds.

mod autoencoder;
mod cnn;
mod convnet;
mod ensemble;
mod inception;
mod linear;
mod mlp;
mod network;
mod residual;

pub use autoencoder::Autoencoder;
pub use cnn::Cnn;
pub use convnet::{CourseNet, Lab, LeNet5, Vgg};
pub use ensemble::{Combine, Ensemble};
pub use inception::{Inception, InceptionNet};
pub use linear::Linear;
pub use mlp::Mlp;
pub use network::{Entry, Network};
pub use residual::ResNet;
