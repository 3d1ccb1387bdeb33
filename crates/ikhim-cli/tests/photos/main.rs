//! Folders of images through the command: trained, tested, predicted, refused.

mod bad;
mod learned;
mod picture;
