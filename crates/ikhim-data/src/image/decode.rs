//! Decoding of single files, for which the feature `images` is needed.

use super::fault::Unusable;
use super::format::{Format, sniff};
use super::raster::Raster;

/// What a header says, before anything is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// Height and width as the image is seen, turned upright.
    pub(super) height: usize,
    pub(super) width: usize,
    /// Without any color.
    pub(super) is_grey: bool,
    /// With transparency.
    pub(super) has_alpha: bool,
}

/// The header of a file.
pub(super) fn header(bytes: &[u8]) -> Result<Header, Unusable> {
    match sniff(bytes) {
        Format::Png => codec::png_header(bytes),
        Format::Jpeg => codec::jpeg_header(bytes),
        other => Err(unusable(other, bytes)),
    }
}

/// The image of a file, upright.
pub(super) fn decode(bytes: &[u8]) -> Result<Raster, Unusable> {
    match sniff(bytes) {
        Format::Png => codec::png(bytes),
        Format::Jpeg => codec::jpeg(bytes),
        other => Err(unusable(other, bytes)),
    }
}

fn unusable(format: Format, bytes: &[u8]) -> Unusable {
    match format {
        Format::Other(name) => Unusable::Format(name),
        _ if bytes.is_empty() => Unusable::Empty,
        _ => Unusable::NoImage,
    }
}

#[cfg(feature = "images")]
mod codec {
    use super::{Header, Raster, Unusable};
    use crate::image::MOST_PIXELS;
    use crate::image::orientation::orientation;
    use png::{BitDepth, ColorType, Limits, Transformations};
    use std::io::Cursor;
    use zune_jpeg::JpegDecoder;
    use zune_jpeg::zune_core::bytestream::ZCursor;
    use zune_jpeg::zune_core::colorspace::ColorSpace;
    use zune_jpeg::zune_core::options::DecoderOptions;

    /// Bytes of a pixel of 16-bit RGB with alpha.
    const LARGEST_PIXEL: usize = 8;

    /// Refuses images of too many pixels; gives height and width upright.
    fn checked(height: usize, width: usize, turned: u8) -> Result<[usize; 2], Unusable> {
        let (tall, wide) = (height as u64, width as u64);
        if tall.saturating_mul(wide) > MOST_PIXELS {
            return Err(Unusable::TooLarge { height: tall, width: wide });
        }
        if tall == 0 || wide == 0 {
            return Err(Unusable::Broken("no pixels".to_string()));
        }
        Ok(if turned >= 5 { [width, height] } else { [height, width] })
    }

    type PngReader<'a> = png::Reader<Cursor<&'a [u8]>>;

    /// Reads up to the first pixel. Returns the header and the orientation.
    fn open_png(bytes: &[u8]) -> Result<(PngReader<'_>, Header, u8), Unusable> {
        let bytes_of_limit = MOST_PIXELS as usize * LARGEST_PIXEL;
        let limits = Limits { bytes: bytes_of_limit };
        let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
        decoder.set_transformations(Transformations::EXPAND);
        // A compressed text or profile could grow without bound, and neither is used.
        decoder.set_ignore_text_chunk(true);
        decoder.set_ignore_iccp_chunk(true);
        let size = decoder.read_header_info().map_err(|error| broken(&error))?;
        checked(size.height as usize, size.width as usize, 1)?;
        let reader = decoder.read_info().map_err(|error| broken(&error))?;
        let info = reader.info();
        let turned = info.exif_metadata.as_deref().map_or(1, orientation);
        let [height, width] = checked(info.height as usize, info.width as usize, turned)?;
        let (color, _) = reader.output_color_type();
        let header = Header {
            height,
            width,
            is_grey: matches!(color, ColorType::Grayscale | ColorType::GrayscaleAlpha),
            has_alpha: matches!(color, ColorType::GrayscaleAlpha | ColorType::Rgba),
        };
        Ok((reader, header, turned))
    }

    pub(super) fn png_header(bytes: &[u8]) -> Result<Header, Unusable> {
        open_png(bytes).map(|(_, header, _)| header)
    }

    pub(super) fn png(bytes: &[u8]) -> Result<Raster, Unusable> {
        let (mut reader, _, turned) = open_png(bytes)?;
        let size = reader.output_buffer_size();
        let size = size.ok_or_else(|| Unusable::Broken("too large".to_string()))?;
        let mut data = vec![0; size];
        let frame = reader.next_frame(&mut data).map_err(|error| broken(&error))?;
        // What stands behind the pixels has a checksum too.
        reader.finish().map_err(|error| broken(&error))?;
        data.truncate(frame.buffer_size());
        if frame.bit_depth == BitDepth::Sixteen {
            data = data.chunks_exact(2).map(|pair| eight_bits([pair[0], pair[1]])).collect();
        }
        let (height, width) = (frame.height as usize, frame.width as usize);
        let channels = frame.color_type.samples();
        Ok(Raster { height, width, channels, data }.upright(turned))
    }

    /// 16 bits to 8: 65535 / 255 is 257, and half of it is added to round.
    fn eight_bits(pair: [u8; 2]) -> u8 {
        ((u32::from(u16::from_be_bytes(pair)) + 128) / 257) as u8
    }

    /// Reads up to the first scan. Returns the header and the orientation.
    fn open_jpeg(bytes: &[u8]) -> Result<(JpegDecoder<ZCursor<&[u8]>>, Header, u8), Unusable> {
        let side = usize::from(u16::MAX);
        let options = DecoderOptions::default()
            .set_max_width(side)
            .set_max_height(side)
            .set_strict_mode(false)
            .jpeg_set_out_colorspace(ColorSpace::RGB);
        let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
        decoder.decode_headers().map_err(|error| broken(&error))?;
        let Some(info) = decoder.info() else {
            return Err(Unusable::Broken("no header".to_string()));
        };
        let turned = decoder.exif().map_or(1, |exif| orientation(exif));
        let [height, width] = checked(usize::from(info.height), usize::from(info.width), turned)?;
        let is_grey = decoder.input_colorspace() == Some(ColorSpace::Luma);
        if is_grey {
            decoder.set_options(options.jpeg_set_out_colorspace(ColorSpace::Luma));
        }
        Ok((decoder, Header { height, width, is_grey, has_alpha: false }, turned))
    }

    pub(super) fn jpeg_header(bytes: &[u8]) -> Result<Header, Unusable> {
        open_jpeg(bytes).map(|(_, header, _)| header)
    }

    pub(super) fn jpeg(bytes: &[u8]) -> Result<Raster, Unusable> {
        let (mut decoder, header, turned) = open_jpeg(bytes)?;
        // The decoder fills up a file that was cut; a whole one has an end.
        if !has_end(bytes) {
            return Err(Unusable::Broken("the end of the image is missing".to_string()));
        }
        let data = decoder.decode().map_err(|error| broken(&error))?;
        let (mut height, mut width) = (header.height, header.width);
        if turned >= 5 {
            std::mem::swap(&mut height, &mut width);
        }
        let channels = if header.is_grey { 1 } else { 3 };
        if data.len() != height * width * channels {
            return Err(Unusable::Broken(format!("{} bytes of pixels", data.len())));
        }
        Ok(Raster { height, width, channels, data }.upright(turned))
    }

    /// Whether an end of image (FF D9) stands behind the last start of scan
    /// (FF DA). A thumbnail in the header has both before them.
    fn has_end(bytes: &[u8]) -> bool {
        let last = |marker: u8| bytes.windows(2).rposition(|pair| pair == [0xff, marker]);
        match (last(0xda), last(0xd9)) {
            (Some(scan), Some(end)) => end > scan,
            _ => false,
        }
    }

    /// What a decoder says, on one line.
    fn broken(error: &dyn std::fmt::Display) -> Unusable {
        let text = error.to_string();
        let line = text.lines().next().unwrap_or_default().trim_matches(['"', '.']);
        Unusable::Broken(line.chars().take(120).collect())
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn sixteen_bits_are_rounded_to_eight() {
            for value in 0..=u16::MAX {
                let exact = (f64::from(value) * 255.0 / 65535.0).round() as u8;
                assert_eq!(eight_bits(value.to_be_bytes()), exact, "{value}");
            }
        }
    }
}

#[cfg(not(feature = "images"))]
mod codec {
    use super::{Header, Raster, Unusable};

    pub(super) fn png_header(_: &[u8]) -> Result<Header, Unusable> {
        Err(Unusable::NotBuilt)
    }

    pub(super) fn jpeg_header(_: &[u8]) -> Result<Header, Unusable> {
        Err(Unusable::NotBuilt)
    }

    pub(super) fn png(_: &[u8]) -> Result<Raster, Unusable> {
        Err(Unusable::NotBuilt)
    }

    pub(super) fn jpeg(_: &[u8]) -> Result<Raster, Unusable> {
        Err(Unusable::NotBuilt)
    }
}
