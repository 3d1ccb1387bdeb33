//! PNG and JPEG files as rows: decoding against Pillow's, folders by class,
//! bad files, and the cache.

use ikhim_data::{
    ArrayData, ColumnType, Dataset, ImageOptions, Ledger, Part, Preprocessing, Resize, Scaling,
    Split, SplitMethod, Unreadable, Values,
};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/images")
}

fn expected() -> Value {
    serde_json::from_slice(&fs::read(fixtures().join("expected.json")).unwrap()).unwrap()
}

fn numbers(value: &Value) -> Vec<u8> {
    value.as_array().unwrap().iter().map(|number| number.as_u64().unwrap() as u8).collect()
}

/// Shape and bytes of all images.
fn pixels(data: &Dataset) -> (Vec<usize>, Vec<u8>) {
    match data.column("image").map(|column| &column.values) {
        Some(Values::Array { shape, data: ArrayData::U8(bytes), .. }) => {
            (shape.clone(), bytes.clone())
        }
        other => panic!("{other:?}"),
    }
}

/// A folder with copies of files of the fixtures, or of given bytes.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (place, from) in files {
        put(root.path(), place, &fs::read(fixtures().join(from)).unwrap());
    }
    root
}

fn put(root: &Path, place: &str, bytes: &[u8]) {
    let path = root.join(place);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// One file as the only image of a class, beside another class.
fn alone(file: &str, options: ImageOptions) -> (Vec<usize>, Vec<u8>) {
    let root = folder(&[("a/x", file), ("b/x", file)]);
    let extension = file.rsplit('.').next().unwrap();
    for class in ["a", "b"] {
        let old = root.path().join(class).join("x");
        fs::rename(&old, old.with_extension(extension)).unwrap();
    }
    let (shape, bytes) =
        pixels(&Dataset::images(root.path()).image_options(options).load().unwrap());
    let half = bytes.len() / 2;
    assert_eq!(bytes[..half], bytes[half..]);
    (shape, bytes[..half].to_vec())
}

#[test]
fn every_kind_of_png_is_pillows_to_the_bit() {
    let expected = expected();
    let files = expected["files"].as_object().unwrap();
    let mut count = 0;
    for (name, known) in files.iter().filter(|(name, _)| name.ends_with(".png")) {
        let (shape, bytes) = alone(name, ImageOptions::new());
        let known_shape: Vec<usize> = known["shape"]
            .as_array()
            .unwrap()
            .iter()
            .map(|n| n.as_u64().unwrap() as usize)
            .collect();
        assert_eq!(shape, known_shape, "{name}");
        assert!(bytes == numbers(&known["pixels"]), "{name}");
        count += 1;
    }
    assert_eq!(count, 10);
}

/// A decoder may round its cosine transform and its colors in its own way; what
/// is upside down or of another color is off by far more.
#[test]
fn jpeg_is_pillows_within_rounding() {
    let expected = expected();
    let files = expected["files"].as_object().unwrap();
    let mut count = 0;
    for (name, known) in files.iter().filter(|(name, _)| name.ends_with(".jpg")) {
        let (shape, bytes) = alone(name, ImageOptions::new());
        let known_shape: Vec<usize> = known["shape"]
            .as_array()
            .unwrap()
            .iter()
            .map(|n| n.as_u64().unwrap() as usize)
            .collect();
        assert_eq!(shape, known_shape, "{name}");
        let apart: Vec<i32> = bytes
            .iter()
            .zip(numbers(&known["pixels"]))
            .map(|(found, known)| (i32::from(*found) - i32::from(known)).abs())
            .collect();
        let mean = f64::from(apart.iter().sum::<i32>()) / apart.len() as f64;
        let most = apart.iter().max().unwrap();
        assert!(mean < 0.6 && *most <= 6, "{name}: {mean} {most}");
        count += 1;
    }
    assert_eq!(count, 13);
}

#[test]
fn sizes_are_pillows_triangle() {
    let expected = expected();
    for (size, known) in expected["sizes"].as_object().unwrap() {
        let (height, width) = size.split_once(' ').unwrap();
        let (height, width) = (height.parse().unwrap(), width.parse().unwrap());
        for (word, resize) in [("stretch", Resize::Stretch), ("crop", Resize::Crop)] {
            let options = ImageOptions::new().size(height, width).resize(resize);
            let (shape, bytes) = alone("noise.png", options);
            assert_eq!(shape, [height, width, 3]);
            let known = numbers(&known[word]);
            let off = bytes.iter().zip(&known).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
            assert!(off <= 1, "{size} {word}: {off}");
        }
    }
}

#[test]
fn folders_are_classes_and_sizes_are_said() {
    let root = folder(&[
        ("고양이/1.png", "rgb.png"),
        ("고양이/밤에 찍은 사진.jpg", "full.jpg"),
        ("개/1.png", "grey.png"),
        ("개/2.png", "rgba.png"),
    ]);
    put(root.path(), "읽어 주세요.txt", b"-");
    put(root.path(), ".DS_Store", b"-");
    let data = Dataset::images(root.path()).load().unwrap();
    assert_eq!(data.classes(), ["개", "고양이"]);
    assert_eq!(pixels(&data).0, [64, 64, 3]);
    let Values::Text(files) = &data.column("file").unwrap().values else { panic!() };
    assert_eq!(files[3].as_deref(), Some("고양이/밤에 찍은 사진.jpg"));
    assert_eq!(data.column("file").unwrap().kind, ColumnType::Id);
    let told: Vec<String> = data.notices().iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "images of 2 sizes, from 9×12 to 24×32: each becomes 64×64 by `crop` \
             (data.image_size, data.resize)",
            "1 grey and 3 color images: all are read in color (data.channels)",
            "1 images have transparency, which is laid over white",
            "1 files are no images and are left out: `읽어 주세요.txt`",
        ]
    );
    assert_eq!(data.inputs().count(), 1);
}

/// Rows are known by the bytes of their files: not by their names, and at every
/// size.
#[test]
fn a_row_is_its_file_at_every_size_and_under_every_name() {
    let root = folder(&[("a/1.png", "rgb.png"), ("a/2.png", "grey.png"), ("b/3.png", "rgba.png")]);
    let load = |size| {
        let options = ImageOptions::new().size(size, size);
        Dataset::images(root.path()).image_options(options).load().unwrap()
    };
    let (small, large) = (load(8), load(30));
    assert_eq!(small.row_hashes(), large.row_hashes());
    assert_eq!(small.content_hash(), large.content_hash());
    fs::rename(root.path().join("a/1.png"), root.path().join("a/9.png")).unwrap();
    let renamed = load(8);
    assert_eq!(
        renamed.row_hashes(),
        [small.row_hashes()[1], small.row_hashes()[0], small.row_hashes()[2]]
    );
    assert_ne!(renamed.content_hash(), small.content_hash());
    // Another class is another row with the same input.
    fs::rename(root.path().join("a/9.png"), root.path().join("b/9.png")).unwrap();
    let moved = load(8);
    assert_ne!(moved.row_hashes()[2], small.row_hashes()[0]);
    assert_eq!(moved.input_hashes()[2], small.input_hashes()[0]);
}

#[test]
fn parts_are_kept_and_test_is_sealed() {
    let files: Vec<(String, &str)> = ["train", "validation", "test"]
        .iter()
        .flat_map(|part| ["a", "b"].map(|class| format!("{part}/{class}")))
        .zip(["rgb.png", "grey.png", "rgba.png", "grey_alpha.png", "palette.png", "two_levels.png"])
        .map(|(place, from)| (format!("{place}/{from}"), from))
        .collect();
    let files: Vec<(&str, &str)> =
        files.iter().map(|(place, from)| (place.as_str(), *from)).collect();
    let root = folder(&files);
    let data = Dataset::images(root.path()).load().unwrap();
    assert_eq!(data.parts().unwrap()[4..], [Part::Test; 2]);
    let parts = data.split(Split::new()).unwrap();
    assert_eq!(parts.report.method, SplitMethod::Files);
    assert_eq!([parts.train.len(), parts.validation.len(), parts.test.len()], [2, 2, 2]);
    // Its rows are known again when the folder of the part is read alone.
    let ledger = tempfile::tempdir().unwrap();
    let test = parts.test.in_ledger(Ledger::in_project(ledger.path()));
    test.seal().unwrap();
    let schema = data.schema();
    let again = Dataset::path(root.path().join("test")).schema(&schema).load().unwrap();
    assert_eq!(again.row_hashes(), &data.row_hashes()[4..]);
    assert_eq!(again.parts(), None);
}

#[test]
fn new_images_take_the_shape_of_the_model() {
    let root =
        folder(&[("a/1.png", "rgb.png"), ("b/2.png", "grey.png"), ("b/3.png", "palette.png")]);
    let options = ImageOptions::new().size(6, 6).resize(Resize::Pad);
    let data = Dataset::images(root.path()).image_options(options.clone()).load().unwrap();
    let schema: ikhim_data::Schema =
        serde_json::from_str(&serde_json::to_string(&data.schema()).unwrap()).unwrap();
    let one = Dataset::path(root.path().join("a/1.png")).schema(&schema).load().unwrap();
    assert_eq!((one.len(), pixels(&one).0), (1, vec![6, 6, 3]));
    assert_eq!(pixels(&one).1, pixels(&data).1[..6 * 6 * 3]);
    assert!(one.column("label").is_none() && one.notices().is_empty(), "{:?}", one.notices());
    // A folder without classes has rows without labels.
    let loose = folder(&[("1.png", "rgb.png"), ("2.jpg", "full.jpg")]);
    let new = Dataset::path(loose.path()).schema(&schema).load().unwrap();
    assert_eq!((new.len(), new.targets().count()), (2, 0));

    // A drawing for a model of the digits, whose full intensity is 16.
    let digits = Dataset::digits().load().unwrap();
    let drawn = Dataset::path(root.path().join("b/2.png")).schema(&digits.schema()).load().unwrap();
    let Values::Array { shape, data: ArrayData::F32(values), full_scale } =
        &drawn.column("image").unwrap().values
    else {
        panic!()
    };
    assert_eq!((shape.as_slice(), *full_scale), (&[8, 8, 1][..], 16.0));
    assert!(values.iter().all(|value| (0.0..=16.0).contains(value)));
}

#[test]
fn scaling_is_fitted_on_train_rows_only() {
    let root = folder(&[
        ("train/a/1.png", "rgb.png"),
        ("train/a/5.png", "rgba.png"),
        ("train/b/2.png", "palette.png"),
        ("train/b/6.png", "palette_clear.png"),
        ("test/a/3.png", "grey.png"),
        ("test/b/4.png", "two_levels.png"),
    ]);
    let data = Dataset::images(root.path())
        .defaults(ColumnType::Image, ikhim_data::Column::image().scaling(Scaling::Standard))
        .load()
        .unwrap();
    let parts = data.split(Split::files().validation(0)).unwrap();
    let preprocessing = Preprocessing::fit(&parts.train).unwrap();
    let train = preprocessing.encode_train(&parts.train).unwrap();
    let values = train.encoded().inputs[0].values.as_f32().unwrap();
    for channel in 0..3 {
        let of_channel: Vec<f64> =
            values.iter().skip(channel).step_by(3).map(|&value| f64::from(value)).collect();
        let n = of_channel.len() as f64;
        let mean = of_channel.iter().sum::<f64>() / n;
        let variance = of_channel.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
        assert!(mean.abs() < 1e-6 && (variance - 1.0).abs() < 1e-2, "{mean} {variance}");
    }
}

#[test]
fn a_damaged_image_among_many_is_named_or_skipped() {
    let names: Vec<String> =
        (0..120).map(|i| format!("{}/{i:03}.png", ["a", "b"][i % 2])).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "grey.png")).collect();
    let root = folder(&files);
    let good = fs::read(fixtures().join("grey.png")).unwrap();
    let mut flipped = good.clone();
    flipped[good.len() / 2] ^= 0x40;
    put(root.path(), "a/050.png", &flipped);
    put(root.path(), "b/051.png", &good[..good.len() / 2]);
    put(root.path(), "b/099.png", b"");
    put(root.path(), "a/100.png", b"<html>not found</html>");
    put(root.path(), "a/102.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
    let jpeg = fs::read(fixtures().join("full.jpg")).unwrap();
    put(root.path(), "a/103.jpg", &jpeg[..jpeg.len() * 2 / 3]);

    let fault = Dataset::images(root.path()).load().unwrap_err();
    let told: Vec<String> = std::iter::once(&fault)
        .chain(fault.others())
        .map(|fault| {
            let path = fault.location().file.clone().unwrap_or_default();
            let name =
                path.file_name().map_or(String::new(), |name| name.to_string_lossy().into_owned());
            format!("{} {name}", fault.code())
        })
        .collect();
    assert_eq!(
        told,
        [
            "data.image_broken 050.png",
            "data.no_image 100.png",
            "data.image_format 102.heic",
            "data.image_broken 103.jpg",
            "data.image_broken 051.png",
            "file.empty 099.png",
            "data.images_unreadable ",
        ]
    );
    assert!(fault.others()[1].to_string().ends_with("is HEIC: images are read as PNG and JPEG"));
    let counted = fault.others().last().unwrap().to_string();
    assert_eq!(counted, "6 of 122 images cannot be read");

    let options = ImageOptions::new().unreadable(Unreadable::Skip);
    let data = Dataset::images(root.path()).image_options(options).load().unwrap();
    assert_eq!(data.len(), 116);
    let skipped = data.notices().iter().find(|notice| notice.code() == "data.images_skipped");
    let told = skipped.unwrap().to_string();
    assert!(told.starts_with("6 of 122 images cannot be read and are left out: "), "{told}");
    assert!(told.contains("050.png is damaged"), "{told}");
}

/// 30,000 × 30,000 grey pixels in a few bytes: what is announced is refused
/// before a byte of it is decoded.
#[test]
fn a_bomb_is_refused_by_its_header() {
    let good = fs::read(fixtures().join("grey.png")).unwrap();
    let mut bomb = good.clone();
    bomb[16..20].copy_from_slice(&30_000_u32.to_be_bytes());
    bomb[20..24].copy_from_slice(&30_000_u32.to_be_bytes());
    let sum = crc(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&sum.to_be_bytes());
    let root = folder(&[("a/1.png", "grey.png"), ("b/2.png", "grey.png")]);
    put(root.path(), "b/9.png", &bomb);
    let fault = Dataset::images(root.path()).load().unwrap_err();
    assert_eq!(fault.code(), "data.image_too_large");
    assert!(
        fault.to_string().ends_with("has 30000×30000 pixels, more than 100 million"),
        "{fault}"
    );
}

/// CRC-32 as in Annex D of the PNG specification.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |mut crc, &byte| {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
        }
        crc
    })
}

#[test]
fn folders_that_cannot_be_learned_from() {
    let code = |root: &Path| Dataset::images(root).load().unwrap_err().code();
    let root = folder(&[("a/1.png", "rgb.png")]);
    assert_eq!(code(root.path()), "data.one_class");
    fs::create_dir(root.path().join("b")).unwrap();
    assert_eq!(code(root.path()), "data.empty_class");
    let root = folder(&[("1.png", "rgb.png")]);
    assert_eq!(code(root.path()), "data.no_class_folder");
    let root = folder(&[]);
    assert_eq!(code(root.path()), "file.is_folder");
}

#[test]
fn a_table_may_name_image_files() {
    let root = folder(&[
        ("사진/1.png", "rgb.png"),
        ("사진/2.png", "grey.png"),
        ("사진/3.png", "rgba.png"),
    ]);
    let table = "photo,weight,kind\n사진/1.png,1.5,cat\n사진/2.png,2.5,dog\n사진/3.png,3.5,cat\n";
    put(root.path(), "labels.csv", table.as_bytes());
    let data = Dataset::path(root.path().join("labels.csv"))
        .target("kind")
        .column("photo", ikhim_data::Column::image())
        .load()
        .unwrap();
    let inputs: Vec<&str> = data.inputs().map(|column| column.name.as_str()).collect();
    assert_eq!(inputs, ["photo", "weight"]);
    let parts = data.split(Split::none()).unwrap();
    let preprocessing = Preprocessing::fit(&parts.train).unwrap();
    let shapes = preprocessing.inputs();
    assert_eq!(shapes[0].1, [1]);
    assert_eq!(shapes[1], ("photo".to_string(), vec![9, 12, 3]));
    // New rows name their files too.
    put(root.path(), "new.csv", "weight,photo\n2.0,사진/3.png\n".as_bytes());
    let new =
        Dataset::path(root.path().join("new.csv")).schema(preprocessing.schema()).load().unwrap();
    assert_eq!(preprocessing.encode_new(&new).unwrap().encoded.rows, 1);
    let missing = table.replace("2.png", "7.png");
    put(root.path(), "labels.csv", missing.as_bytes());
    let fault = Dataset::path(root.path().join("labels.csv"))
        .target("kind")
        .column("photo", ikhim_data::Column::image())
        .load()
        .unwrap_err();
    assert_eq!(fault.code(), "file.missing");
}

#[test]
fn a_cache_changes_nothing_and_may_be_deleted_or_damaged() {
    let names: Vec<String> =
        (0..100).map(|i| format!("{}/{i:03}.png", ["a", "b"][i % 2])).collect();
    let kinds = ["rgb.png", "palette.png", "noise.png"];
    let files: Vec<(&str, &str)> =
        names.iter().enumerate().map(|(i, name)| (name.as_str(), kinds[i % 3])).collect();
    let root = folder(&files);
    let cache = root.path().join(".ikhim-cache");
    let load = || Dataset::images(root.path()).load().unwrap();
    let without = Dataset::images(root.path()).image_options(ImageOptions::new().cache(false));
    let plain = without.load().unwrap();
    assert!(!cache.exists());
    let first = load();
    assert!(pixels(&first) == pixels(&plain) && first.row_hashes() == plain.row_hashes());
    let file = fs::read_dir(&cache).unwrap().next().unwrap().unwrap().path();
    let written = fs::read(&file).unwrap();
    assert!(load() == first);
    let mut damaged = written.clone();
    damaged[200] ^= 1;
    fs::write(&file, &damaged).unwrap();
    assert!(load() == first);
    assert!(fs::read(&file).unwrap() == written);
    fs::remove_dir_all(&cache).unwrap();
    assert!(load() == first);
    // A changed file is decoded again.
    put(root.path(), "a/000.png", &fs::read(fixtures().join("rgba.png")).unwrap());
    let changed = load();
    assert!(pixels(&changed).1 != pixels(&first).1);
    assert!(pixels(&changed).1[64 * 64 * 3..] == pixels(&first).1[64 * 64 * 3..]);
}
