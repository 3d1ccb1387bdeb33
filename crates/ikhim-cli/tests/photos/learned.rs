//! From a folder of images to a model and what it says of new ones.

use crate::picture::{Photos, bar, png, text};
use serde_json::Value;
use std::fs;

const SIZE: [&str; 2] = ["--set", "data.image_size=8"];

#[test]
fn a_folder_is_trained_tested_and_predicted() {
    let photos = Photos::new();
    let told =
        photos.told(&[&["train", "사진", "--epochs", "20", "--out", "run"], &SIZE[..]].concat());
    assert!(told.contains("48 rows"), "{told}");
    let told = photos.told(&["test", "run", "--yes", "--json"]);
    let look: Value = serde_json::from_str(told.lines().next().unwrap()).unwrap();
    assert_eq!(look["look"], 1);

    // One file, a folder of loose files, and a folder of classes.
    let told = photos.told(&["predict", "run", "사진/세로/03.png"]);
    let mut lines = told.lines();
    assert_eq!(lines.next(), Some("file,prediction,probability_가로,probability_세로"));
    assert!(lines.next().unwrap().starts_with("03.png,세로,0."), "{told}");
    photos.put("새 사진/하나.png", &png(20, 30, 3, &[200; 20 * 30 * 3]));
    photos.put("새 사진/둘.png", &png(9, 9, 1, &bar(40, 9, false)));
    let told = photos.told(&["predict", "run", "새 사진"]);
    let files: Vec<&str> =
        told.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(files, ["둘.png", "하나.png"]);
    let told = photos.told(&["predict", "run", "사진", "-o", "all.csv"]);
    assert!(told.contains("all.csv"), "{told}");
    let table = fs::read_to_string(photos.path().join("all.csv")).unwrap();
    assert!(table.starts_with("file,label,prediction,"), "{table}");
    assert_eq!(table.lines().count(), 49);

    // Sealed rows are known again among these.
    let told = photos.told(&["evaluate", "run", "사진", "--json"]);
    let document: Value = serde_json::from_str(told.lines().next().unwrap()).unwrap();
    assert_eq!((&document["sealed_rows"], &document["look"]), (&7.into(), &2.into()), "{document}");
}

/// The file that `init` writes for a folder has the keys of its images, and is
/// what would be trained without it.
#[test]
fn a_folder_has_a_file_with_keys_of_images() {
    let photos = Photos::new();
    photos.told(&["init", "사진", "-o", "net.toml"]);
    let text = fs::read_to_string(photos.path().join("net.toml")).unwrap();
    for line in ["image_size = 64", "resize = \"crop\"", "channels = 1", "unreadable = \"error\""] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(text.contains("blocks = [[16], [16], [32, 32], [64]]"), "{text}");
    let changed = text.replace("# augmentation", "augmentation").replace("= 64 ", "= [6, 9] ");
    assert_ne!(changed, text);
    fs::write(photos.path().join("net.toml"), changed).unwrap();
    let told = photos.told(&["check", "net.toml", "--json"]);
    let document: Value = serde_json::from_str(told.lines().next().unwrap()).unwrap();
    let first = &document["layers"][0];
    assert_eq!(first["layer"], "conv2d_1");
    assert!(first["shape"].to_string().contains("6, 9"), "{document}");
    photos.told(&["train", "net.toml", "--epochs", "1", "--out", "run"]);
}

/// Rows that are images get convolutions, whose number follows their size; what
/// is said chooses otherwise.
#[test]
fn a_folder_is_trained_by_convolutions() {
    let photos = Photos::new();
    let told = photos.told(&[&["check", "사진", "--lang", "en"], &SIZE[..]].concat());
    assert!(told.contains("conv2d_3") && !told.contains("conv2d_4"), "{told}");
    let larger = ["check", "사진", "--lang", "en", "--set", "data.image_size=[30, 60]"];
    let told = photos.told(&larger);
    // 1,800 cells, 450, 120.
    assert!(told.contains("conv2d_5") && !told.contains("conv2d_6"), "{told}");
    let dense = [&["check", "사진", "--set", "model.hidden=[4]"], &SIZE[..]].concat();
    let told = photos.told(&dense);
    assert!(told.contains("dense_2") && !told.contains("conv2d"), "{told}");
}

#[test]
fn sizes_are_chosen_and_said() {
    let photos = Photos::new();
    let sentence = "images of 3 sizes, from 8×8 to 10×10: each becomes 64×64 by `crop` \
                    (data.image_size, data.resize)";
    let told = photos.told(&["data", "show", "사진", "--lang", "en"]);
    assert!(told.contains(sentence), "{told}");
    assert!(
        told.contains("64×64×1") || told.contains("64x64x1") || told.contains("[64, 64, 1]"),
        "{told}"
    );
    let told = photos.told(&["data", "check", "사진", "--lang", "ko"]);
    assert!(told.contains("이미지 크기가 3가지(8×8~10×10)라서"), "{told}");
    fs::write(
        photos.path().join("net.toml"),
        "[data]\npath = '사진'\nimage_size = [6, 8]\nresize = 'stretch'\n[model]\n\
         layers = [{ type = 'conv2d', filters = 2, kernel_size = 3 }, { type = 'flatten' }, \
         { type = 'dense', units = 'auto' }]\n[training]\nepochs = 1\n",
    )
    .unwrap();
    let told = photos.told(&["check", "net.toml", "--lang", "en"]);
    assert!(told.contains("[N, 4, 6, 2]"), "{told}");
    // A filter that is larger than the images shows its arithmetic.
    let set = ["--set", "model.layers.conv2d_1.kernel_size=9"];
    let refused = photos.ikhim(&[&["check", "net.toml", "--lang", "en"], &set[..]].concat());
    assert_eq!(refused.status.code(), Some(2));
    let told = text(refused.stderr);
    assert!(told.contains("conv2d_1"), "{told}");
}

#[test]
fn parts_are_subfolders_and_test_stays_sealed() {
    let photos = Photos::empty();
    for number in 0..36 {
        let part = ["train", "train", "train", "val", "test", "train"][number % 6];
        for (class, standing) in [("세로", true), ("가로", false)] {
            let image = png(8, 8, 1, &bar(number, 8, standing));
            photos.put(&format!("부분/{part}/{class}/{number:02}.png"), &image);
        }
    }
    let told = photos.told(&["train", "부분", "--epochs", "2", "--out", "run", "--json"]);
    let document: Value = serde_json::from_str(told.lines().next().unwrap()).unwrap();
    assert_eq!(document["validation"]["n"], 12);
    assert_eq!(document["test"]["n"], 12);
    assert_eq!(document["test"]["sealed"], true);
    let told = photos.told(&["evaluate", "run", "부분/test", "--json"]);
    let document: Value = serde_json::from_str(told.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&document["sealed_rows"], &document["look"]),
        (&12.into(), &1.into()),
        "{document}"
    );
}

/// The same bits on one thread and on two, with everything that is drawn.
#[test]
fn augmented_training_has_the_same_bits_on_every_number_of_threads() {
    let photos = Photos::new();
    fs::write(
        photos.path().join("net.toml"),
        "[data]\npath = '사진'\nimage_size = 8\n[data.augmentation]\nshift = 1\nrotate = 10\n\
         noise = 0.02\nmixup = 0.2\n[model]\nhidden = [16]\nensemble = { members = 3 }\n\
         [training]\nbatch_size = 10\nepochs = 4\n",
    )
    .unwrap();
    let mut models = Vec::new();
    for threads in ["1", "2"] {
        let out = format!("run{threads}");
        photos.told(&["train", "net.toml", "--threads", threads, "--out", &out]);
        models
            .push(fs::read(photos.path().join(out).join("checkpoints/last.safetensors")).unwrap());
    }
    assert!(models[0] == models[1]);
    let names = String::from_utf8_lossy(&models[0]).into_owned();
    assert!(names.contains("member_3/dense_1.kernel"));
    let told = photos.told(&["predict", "run1", "사진/세로/03.png"]);
    assert!(told.lines().nth(1).unwrap().starts_with("03.png,"), "{told}");
    // Traced rows are those of the step.
    photos.told(&["trace", "run1", "--step", "2"]);
    let refused = photos.ikhim(&["train", "iris", "--set", "data.augmentation={shift=1}"]);
    assert_eq!(refused.status.code(), Some(1));
    let told = text(refused.stderr);
    assert!(told.starts_with("error: augmentation by shift: no input is an image"), "{told}");
}
