//! What a file is, by its first bytes.

/// A format that is read or named in a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Png,
    Jpeg,
    /// A known format that is not read.
    Other(&'static str),
    Unknown,
}

/// Brands of the ISO base media format (ISO/IEC 14496-12) that hold images.
const BRANDS: [(&[u8], &str); 9] = [
    (b"heic", "HEIC"),
    (b"heix", "HEIC"),
    (b"hevc", "HEIC"),
    (b"heim", "HEIC"),
    (b"heis", "HEIC"),
    (b"mif1", "HEIF"),
    (b"msf1", "HEIF"),
    (b"avif", "AVIF"),
    (b"avis", "AVIF"),
];

/// The format of a file.
pub(crate) fn sniff(bytes: &[u8]) -> Format {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Format::Png;
    }
    if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        return Format::Jpeg;
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        let brand = bytes.get(8..12).unwrap_or_default();
        let known = BRANDS.iter().find(|(known, _)| *known == brand);
        return known.map_or(Format::Unknown, |(_, name)| Format::Other(name));
    }
    let is_webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    let named: [(bool, &str); 6] = [
        (is_webp, "WebP"),
        (bytes.starts_with(b"GIF8"), "GIF"),
        (bytes.starts_with(b"BM"), "BMP"),
        (bytes.starts_with(b"II*\0") || bytes.starts_with(b"MM\0*"), "TIFF"),
        (bytes.starts_with(b"\xff\x0a") || bytes.get(4..8) == Some(b"JXL "), "JPEG XL"),
        (bytes.starts_with(b"\0\0\x01\0"), "ICO"),
    ];
    named.iter().find(|(is, _)| *is).map_or(Format::Unknown, |(_, name)| Format::Other(name))
}

/// Whether a file's name says that it is an image, of whatever format.
pub(crate) fn is_named_as_image(name: &str) -> bool {
    const EXTENSIONS: [&str; 16] = [
        "png", "jpg", "jpeg", "jpe", "jfif", "apng", "heic", "heif", "avif", "webp", "gif", "bmp",
        "tif", "tiff", "jxl", "ico",
    ];
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase());
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_tell_the_format() {
        let heic = b"\0\0\0\x18ftypheic\0\0\0\0";
        let cases: [(&[u8], Format); 8] = [
            (b"\x89PNG\r\n\x1a\nIHDR", Format::Png),
            (b"\xff\xd8\xff\xe0", Format::Jpeg),
            (heic, Format::Other("HEIC")),
            (b"RIFF\0\0\0\0WEBP", Format::Other("WebP")),
            (b"GIF89a", Format::Other("GIF")),
            (b"II*\0", Format::Other("TIFF")),
            (b"a,b\n1,2\n", Format::Unknown),
            (b"", Format::Unknown),
        ];
        for (bytes, format) in cases {
            assert_eq!(sniff(bytes), format);
        }
    }

    #[test]
    fn names_of_images() {
        assert!(is_named_as_image("고양이.JPG") && is_named_as_image("a.b.heic"));
        assert!(!is_named_as_image("labels.csv") && !is_named_as_image("png"));
    }
}
