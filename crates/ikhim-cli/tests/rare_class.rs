//! A class that is rare: the metric that selects is one of ranks, what accuracy
//! hides is shown, and everything is said in the language that was asked for.

use std::path::Path;
use std::process::Command;

fn said(project: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_ikhim"))
        .current_dir(project)
        .args(arguments)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let warned = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {text}{warned}");
    text
}

/// 400 rows, every tenth of them in the class `있음`, which lies higher.
fn project() -> tempfile::TempDir {
    let project = tempfile::tempdir().unwrap();
    let mut table = "나이,혈압,질병\n".to_string();
    for row in 0..400_u32 {
        let rare = row % 10 == 0;
        let (age, pressure) = (20 + row * 37 % 41, 90 + row * 53 % 47);
        let (more, class) = if rare { (25, "있음") } else { (0, "없음") };
        table += &format!("{},{},{class}\n", age + more, pressure + more);
    }
    std::fs::write(project.path().join("건강 검진.csv"), table).unwrap();
    project
}

#[test]
fn a_rare_class_is_selected_by_ranks_and_its_matrix_is_shown() {
    let project = project();
    let project = project.path();
    let train = ["train", "건강 검진.csv", "--target", "질병", "--lang", "en", "--epochs", "30"];
    let text = said(project, &train);
    assert!(text.contains("['roc_auc', 'average_precision', 'accuracy']"), "{text}");
    assert!(text.contains("2 classes, the rarest with 10 % of the rows"), "{text}");
    let line = text.lines().find(|line| line.starts_with("validation roc_auc"));
    assert!(line.is_some_and(|line| line.contains("95 % interval")), "{text}");
    matrix(&text, "confusion matrix · validation", [54, 6]);
    let text = said(project, &["test", "latest", "--yes", "--lang", "en"]);
    assert!(text.starts_with("test roc_auc "), "{text}");
    assert!(text.contains("average_precision ") && text.contains("accuracy "), "{text}");
    matrix(&text, "confusion matrix · test", [54, 6]);
}

/// The rows of the matrix have as many rows of the data as the class has: the
/// split is stratified, 15 % of 360 and of 40.
fn matrix(text: &str, title: &str, sizes: [u32; 2]) {
    let (_, table) = text.split_once(title).unwrap_or_else(|| panic!("no {title} in {text}"));
    for (class, size) in ["없음", "있음"].into_iter().zip(sizes) {
        let line = table.lines().find(|line| line.starts_with(class)).unwrap();
        let counts = line.split_whitespace().skip(1).map(|count| count.parse::<u32>().unwrap());
        assert_eq!(counts.sum::<u32>(), size, "{table}");
    }
}

#[test]
fn a_training_in_korean_says_no_english_sentence() {
    let project = project();
    let train = ["train", "건강 검진.csv", "--target", "질병", "--lang", "ko", "--epochs", "3"];
    let text = said(project.path(), &train);
    // What is left in Latin letters are keys, words of an experiment, metrics,
    // names of layers and of findings, and commands.
    let is_shown = [" = [", " = '", "ikhim ", "--set "];
    for line in text.lines().filter(|line| !is_shown.iter().any(|shown| line.contains(shown))) {
        let words = line.split(|c: char| !c.is_ascii_alphabetic() && c != '_' && c != '-');
        for word in words.filter(|word| word.len() > 1) {
            let known =
                ["stratified", "roc_auc", "average_precision", "accuracy", "dense_", "runs"];
            let is_finding = ikhim_doctor::rule(word).is_some();
            assert!(known.contains(&word) || is_finding, "`{word}` in: {line}");
        }
    }
    assert!(text.contains("질병: 클래스 2개, 가장 드문 클래스가 행의 10%"), "{text}");
    let page =
        std::fs::read_to_string(project.path().join("runs/건강-검진-0001/report.html")).unwrap();
    for english in ["the rarest", "train rows", "2 levels"] {
        assert!(!page.contains(english), "{english}");
    }
}
