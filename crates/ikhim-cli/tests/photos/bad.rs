//! Images and folders that cannot be learned from: what is told.

use crate::picture::{Photos, bar, png, text};
use std::fs;

/// The first fault and the others of a command that must fail.
fn refused(photos: &Photos, arguments: &[&str], exit: i32) -> String {
    let output = photos.ikhim(&[arguments, &["--lang", "en"]].concat());
    let told = text(output.stderr);
    assert_eq!(output.status.code(), Some(exit), "{arguments:?}: {told}");
    told
}

#[test]
fn unreadable_images_are_named_counted_or_skipped() {
    let photos = Photos::new();
    let good = png(8, 8, 1, &bar(3, 8, true));
    let mut damaged = good.clone();
    damaged[60] ^= 1;
    photos.put("사진/세로/고장.png", &damaged);
    photos.put("사진/가로/전화기.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
    let told = refused(&photos, &["train", "사진"], 1);
    assert!(told.contains("전화기.heic is HEIC: images are read as PNG and JPEG"), "{told}");
    assert!(told.contains("= help: convert it to JPEG or PNG"), "{told}");
    assert!(told.contains("고장.png is damaged: "), "{told}");
    assert!(told.contains("2 of 50 images cannot be read"), "{told}");
    let korean = text(photos.ikhim(&["train", "사진", "--lang", "ko"]).stderr);
    assert!(korean.contains("HEIC 형식입니다. 이미지는 PNG와 JPEG로 읽습니다"), "{korean}");

    let set = ["--set", "data.unreadable=skip", "--set", "data.image_size=8"];
    let train = ["train", "사진", "--epochs", "1", "--out", "run", "--lang", "en"];
    let told = photos.told(&[&train[..], &set[..]].concat());
    assert!(told.contains("2 of 50 images cannot be read and are left out: "), "{told}");
    assert!(told.contains("48 rows"), "{told}");
    let told = refused(&photos, &["predict", "run", "사진/세로/고장.png"], 1);
    assert!(told.contains("고장.png is damaged"), "{told}");
}

#[test]
fn a_bomb_is_refused_by_its_header() {
    let photos = Photos::new();
    // Seven gigabytes of pixels in a hundred bytes: only the header says so.
    let bomb = png(1, 1, 3, &[0; 3]);
    let mut bytes = bomb[..16].to_vec();
    bytes.extend(50_000_u32.to_be_bytes());
    bytes.extend(50_000_u32.to_be_bytes());
    bytes.extend([8, 2, 0, 0, 0]);
    let sum = checksum(&bytes[12..29]);
    bytes.extend(sum.to_be_bytes());
    bytes.extend(&bomb[33..]);
    photos.put("사진/세로/폭탄.png", &bytes);
    let told = refused(&photos, &["train", "사진"], 1);
    let sentence = "폭탄.png has 50000×50000 pixels, more than 100 million";
    assert!(told.contains(sentence), "{told}");
}

/// The checksum of a chunk that a picture of this header has.
fn checksum(header: &[u8]) -> u32 {
    !header.iter().fold(!0_u32, |mut crc, &byte| {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
        }
        crc
    })
}

#[test]
fn folders_without_a_class_or_an_image_are_told() {
    let photos = Photos::new();
    fs::create_dir(photos.path().join("사진/빈 폴더")).unwrap();
    let told = refused(&photos, &["train", "사진"], 1);
    assert!(
        told.starts_with(
            "error: 사진/빈 폴더 holds no file of its kind: class `빈 폴더` would have no row"
        ),
        "{told}"
    );
    fs::remove_dir(photos.path().join("사진/빈 폴더")).unwrap();
    photos.put("사진/밖.png", &png(8, 8, 1, &bar(1, 8, true)));
    let told = refused(&photos, &["train", "사진"], 1);
    assert!(told.starts_with("error: 사진 holds 밖.png outside of any class"), "{told}");

    let one = Photos::empty();
    one.put("사진/개/1.png", &png(8, 8, 1, &bar(1, 8, true)));
    let told = refused(&one, &["train", "사진"], 1);
    assert!(told.starts_with("error: the target `label` has one class only: `개`"), "{told}");
    let told = refused(&one, &["train", "사진/개/1.png"], 1);
    let sentence = "error: there is nothing to learn about: `image` comes without labels";
    assert!(told.starts_with(sentence), "{told}");
    one.put("사진/고양이/1.png", &png(8, 8, 1, &bar(2, 8, true)));
    let told = refused(&one, &["train", "사진"], 1);
    assert!(told.starts_with("error: 2 rows are too few to split"), "{told}");
}

#[test]
fn keys_that_mean_nothing_are_told() {
    let photos = Photos::new();
    let told = refused(&photos, &["train", "사진", "--set", "data.channels=2"], 2);
    assert!(told.contains("data.channels: expected 1 or 3, found 2"), "{told}");
    let told = refused(&photos, &["train", "digits", "--set", "data.image_size=8"], 2);
    assert!(told.contains("data.image_size"), "{told}");
    let told = refused(&photos, &["train", "사진", "--set", "data.resize=zoom"], 2);
    assert!(told.contains("crop"), "{told}");
    let told =
        refused(&photos, &["train", "사진", "--set", "data.augmentation.rotation_range=3"], 2);
    assert!(told.contains("`rotate`"), "{told}");
}

#[test]
fn grey_and_color_are_read_in_color() {
    let photos = Photos::new();
    photos.put("사진/세로/색.png", &png(8, 8, 3, &bar(7, 8, true).repeat(3)));
    let told = photos.told(&["data", "check", "사진", "--lang", "en"]);
    assert!(told.contains("48 grey and 1 color images: all are read in color"), "{told}");
}
