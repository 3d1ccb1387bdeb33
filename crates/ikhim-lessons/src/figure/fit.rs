//! Polynomials through noisy points of a sine.

use super::{Desk, label};
use crate::measure::Polynomial;
use crate::measure::{Sample, fit_polynomial, polynomial_value};
use ikhim_report::figure::{Figure, Line, Plot, Shown, plot};
use serde::Deserialize;
use std::f64::consts::PI;

/// Polynomials of several degrees through the same points.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fits {
    degrees: Vec<usize>,
    seed: u64,
}

/// Errors over the weight of the penalty.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ridge {
    degree: usize,
    weights: Vec<f64>,
}

impl Fits {
    pub(super) fn draw(&self, desk: &Desk<'_>) -> Vec<Figure> {
        let sample = Sample::draw(10, 0.2, self.seed, "train");
        let places: Vec<f64> = (-250..=250).map(|at| f64::from(at) / 250.0).collect();
        let points = sample.x.iter().copied().zip(sample.y.iter().copied()).collect();
        let truth = places.iter().map(|x| (*x, (PI * x).sin())).collect();
        let mut lines: Vec<Line> = self
            .degrees
            .iter()
            .map(|degree| {
                let coefficients = fit_polynomial(&sample, *degree, 0.0);
                let value = |x: f64| polynomial_value(&coefficients, x);
                Line {
                    name: match desk.language {
                        ikhim_text::Language::English => format!("degree {degree}"),
                        ikhim_text::Language::Korean => format!("{degree}차"),
                    },
                    points: places.iter().map(|x| (*x, value(*x))).collect(),
                    shown: Shown::Line,
                }
            })
            .collect();
        let name = label(desk.language, "sin(πx)", "sin(πx)");
        lines.push(Line { name, points: truth, shown: Shown::Line });
        let name = label(desk.language, "10 points with noise", "잡음이 섞인 점 10개");
        lines.push(Line { name, points, shown: Shown::Dots });
        let drawn = Plot {
            title: desk.title.to_string(),
            x_label: "x".to_string(),
            y_label: "y".to_string(),
            y_range: Some((-2.5, 2.5)),
            lines,
            ..Plot::default()
        };
        vec![plot(&drawn, desk.language)]
    }
}

impl Ridge {
    pub(super) fn draw(&self, desk: &Desk<'_>) -> Vec<Figure> {
        let line = |of: &str, name: String| Line {
            name,
            points: self
                .weights
                .iter()
                .map(|ridge| (*ridge, Polynomial::of(self.degree, *ridge, of).take()))
                .collect(),
            shown: Shown::Dotted,
        };
        let drawn = Plot {
            title: desk.title.to_string(),
            x_label: "λ".to_string(),
            y_label: label(desk.language, "mean squared error, ‖w‖", "평균 제곱 오차, ‖w‖"),
            x_log: true,
            y_log: true,
            lines: vec![
                line("fresh", label(desk.language, "fresh points", "새 점")),
                line("train", label(desk.language, "train points", "훈련 점")),
                line("norm", label(desk.language, "size of the coefficients", "계수의 크기")),
            ],
            ..Plot::default()
        };
        vec![plot(&drawn, desk.language)]
    }
}
