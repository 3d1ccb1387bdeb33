//! Figures: what they draw, and that nothing leaves the canvas.

mod markup;
mod sample;

use ikhim_report::figure::{self, Figure, Scale};
use ikhim_report::report::{Baseline, Comparison, Confusion, Epoch, Role};
use ikhim_text::Language::{self, English, Korean};
use markup::{Element, read};

fn drawn(figure: &Figure) -> Element {
    read(&figure.to_string())
}

fn number(element: &Element, attribute: &str) -> f64 {
    element.attribute(attribute).parse().unwrap()
}

/// All points of all shapes lie on the canvas.
fn stays_inside(figure: &Figure) {
    let svg = drawn(figure);
    let size: Vec<f64> =
        svg.attribute("viewBox").split(' ').skip(2).map(|side| side.parse().unwrap()).collect();
    let inside = |x: f64, y: f64| {
        let within = (0.0..=size[0]).contains(&x) && (0.0..=size[1]).contains(&y);
        assert!(within, "{} at {x},{y} of {size:?}", figure.title());
    };
    for shape in svg.all() {
        match shape.name.as_str() {
            "text" | "image" => inside(number(shape, "x"), number(shape, "y")),
            "circle" => inside(number(shape, "cx"), number(shape, "cy")),
            "line" => {
                inside(number(shape, "x1"), number(shape, "y1"));
                inside(number(shape, "x2"), number(shape, "y2"));
            }
            "rect" => {
                let (x, y) = (number(shape, "x"), number(shape, "y"));
                inside(x, y);
                inside(x + number(shape, "width"), y + number(shape, "height"));
            }
            "polyline" | "polygon" => {
                for point in shape.attribute("points").split_whitespace() {
                    let (x, y) = point.split_once(',').unwrap();
                    inside(x.parse().unwrap(), y.parse().unwrap());
                }
            }
            _ => {}
        }
    }
}

fn losses(values: &[f64]) -> Vec<Epoch> {
    (1..)
        .zip(values)
        .map(|(epoch, &train_loss)| Epoch { epoch, train_loss, ..Epoch::default() })
        .collect()
}

#[test]
fn any_losses_stay_on_the_canvas() {
    let extremes: [&[f64]; 10] = [
        &[],
        &[0.0],
        &[1e-300, 1e300],
        &[f64::MIN_POSITIVE, 1.0],
        &[f64::MAX, -f64::MAX],
        &[-5.0, -1.0, 3.0],
        &[7.0, 7.0, 7.0],
        &[1e30, 1.0, f64::NAN, f64::INFINITY, 2.0],
        &[1.0, 1.0 + f64::EPSILON],
        &[5e-324, 1e-320],
    ];
    for values in extremes {
        for scale in [Scale::Linear, Scale::Log, Scale::Auto] {
            stays_inside(&figure::loss(&losses(values), Some(2), scale, English));
        }
    }
    let late = Epoch { epoch: u64::MAX, train_loss: 1.0, ..Epoch::default() };
    stays_inside(&figure::loss(&[late], Some(u64::MAX), Scale::Auto, English));
}

#[test]
fn every_figure_of_every_run_stays_on_the_canvas() {
    for (_, report) in sample::all() {
        for language in [English, Korean] {
            stays_inside(&figure::loss(&report.epochs, report.best_epoch, Scale::Auto, language));
            stays_inside(&figure::metric(&report.epochs, "accuracy", None, language));
            stays_inside(&figure::histogram("r", &report.validation.residuals, language));
            stays_inside(&figure::wrong_examples(&report.validation.wrong, language));
            if let Some(comparison) = &report.comparison {
                stays_inside(&figure::baselines(comparison, language));
            }
            if let Some(confusion) = &report.validation.confusion {
                stays_inside(&figure::confusion(confusion, Role::Validation, language));
            }
        }
    }
}

#[test]
fn a_curve_marks_the_best_epoch_and_tells_its_lines_apart() {
    let figure = figure::loss(&sample::epochs(30), Some(29), Scale::Linear, English);
    let description = "train: 2.000 at epoch 1, 0.06667 at epoch 30, lowest 0.06667, highest 2.000. \
                       validation: 2.500 at epoch 1, 0.08333 at epoch 30, lowest 0.08333, \
                       highest 2.500. best epoch 29.";
    assert_eq!(figure.description(), description);
    let svg = drawn(&figure);
    assert_eq!(svg.named("circle").len(), 1);
    let lines: Vec<_> = svg
        .named("polyline")
        .into_iter()
        .filter(|line| number(line, "stroke-width") == 4.0)
        .collect();
    let dashed = lines.iter().filter(|line| !line.attribute("stroke-dasharray").is_empty());
    // Each line and its sample in the legend: train dashed, validation not.
    assert_eq!((lines.len(), dashed.count()), (4, 2));
}

#[test]
fn what_a_curve_leaves_out_it_says() {
    let values = [1.0, 2.0, f64::NAN, 4.0, f64::INFINITY, f64::NEG_INFINITY, 7.0, 8.0];
    let figure = figure::loss(&losses(&values), None, Scale::Linear, English);
    assert!(figure.description().ends_with("3 values are not finite and left out."));
    let svg = drawn(&figure);
    assert!(svg.named("text").iter().any(|t| t.text.contains("3 values are not finite")));
    // The gaps cut the line into three: epochs 1 to 2, 4, and 7 to 8.
    let is_train = |line: &&Element| !line.attribute("stroke-dasharray").is_empty();
    assert_eq!(svg.named("polyline").into_iter().filter(is_train).count(), 3 + 1);

    let log = figure::loss(&losses(&[0.0, -1.0, 10.0]), None, Scale::Log, Korean);
    assert!(log.description().contains("로그 축에 그리지 못한 값: 2개"));
}

#[test]
fn equal_ratios_are_equal_steps_of_a_log_axis() {
    let heights = |scale| {
        let figure = figure::loss(&losses(&[1000.0, 100.0, 10.0]), None, scale, English);
        let circles = drawn(&figure).named("circle").iter().map(|c| number(c, "cy")).collect();
        let [a, b, c]: [f64; 3] = Vec::try_into(circles).unwrap();
        (b - a, c - b)
    };
    let (first, second) = heights(Scale::Log);
    assert!((first - second).abs() <= 1.0, "{first} {second}");
    let (first, second) = heights(Scale::Linear);
    assert!((first / second - 10.0).abs() < 0.5, "{first} {second}");
}

#[test]
fn bars_are_as_long_as_their_values() {
    let comparison = Comparison {
        is_uncertain: false,
        metric: "r2".into(),
        network: 0.8,
        baselines: vec![Baseline::new("half", 0.4), Baseline::new("below", -0.2)],
        ..Comparison::default()
    };
    let svg = drawn(&figure::baselines(&comparison, English));
    let widths: Vec<f64> = svg.named("rect")[1..].iter().map(|bar| number(bar, "width")).collect();
    // 420 units for the span of 1 from -0.2 to 0.8.
    assert_eq!(widths, [336.0, 168.0, 84.0]);
    let lefts: Vec<f64> = svg.named("rect")[1..].iter().map(|bar| number(bar, "x")).collect();
    assert_eq!(lefts[0], lefts[2] + 84.0, "a negative bar ends where the others begin");
}

#[test]
fn a_confusion_matrix_shows_every_count() {
    let confusion = Confusion {
        classes: vec!["고양이".into(), "개".into()],
        counts: vec![vec![1234, 5], vec![0, 67]],
    };
    let figure = figure::confusion(&confusion, Role::Test, Korean);
    assert_eq!(figure.title(), "혼동 행렬 · 테스트");
    assert_eq!(
        figure.description(),
        "클래스 2개, 전체 1,306행 가운데 1,301행을 맞혔습니다. 실제 고양이, 예측 개: 5행."
    );
    let svg = drawn(&figure);
    let texts: Vec<String> = svg.named("text").iter().map(|t| t.text.trim().to_string()).collect();
    for expected in ["1,234", "5", "·", "67", "고양이", "개"] {
        assert!(texts.iter().any(|text| text == expected), "{expected} in {texts:?}");
    }
}

#[test]
fn many_classes_become_a_list_of_mistakes() {
    let whole = figure::confusion(&sample::confusion(20), Role::Validation, English);
    assert!(whole.title().starts_with("confusion matrix"));
    let list = figure::confusion(&sample::confusion(1000), Role::Validation, English);
    assert_eq!(list.title(), "most frequent mistakes · validation");
    let svg = drawn(&list);
    assert_eq!(svg.named("rect").len(), 1 + 20);
    assert!(svg.text.contains("class 4 → class 5"));
    assert!(list.description().starts_with("Of 22,000 rows in 1,000 classes, 20,000 are right."));
}

#[test]
fn wrong_images_are_drawn_with_what_they_were_taken_for() {
    let examples: Vec<_> = (0..6).map(sample::wrong_image).collect();
    let figure = figure::wrong_examples(&examples, English);
    let svg = drawn(&figure);
    assert_eq!(svg.named("image").len(), 6);
    assert!(svg.named("image")[0].attribute("href").starts_with("data:image/png;base64,"));
    assert_eq!(svg.text.matches("3 → 8").count(), 6);
    assert!(figure.description().contains("Row 5: 3, predicted 8 with probability 0.71."));
}

#[test]
fn figures_speak_both_languages() {
    let titled = |language: Language| {
        figure::loss(&[], None, Scale::Auto, language).description().to_string()
    };
    assert_eq!(titled(English), "No epoch was trained.");
    assert_eq!(titled(Korean), "학습한 에포크가 없습니다.");
}
