//! Pictures without what they tell about their making: place, time, camera, names, editing history.
//!
//! The parts of a file are copied or left out as they are; no pixel is touched. Kept is what a viewer needs to show the
//! picture as it was meant: colour profile, transparency, animation, and which side is up. All else goes, known or not,
//! and so does what stands after the end of the picture. A picture that cannot be read to its end is refused.

use std::io::Cursor;

/// Makes the picture without metadata; the fault says why it cannot be made.
pub fn stripped(bytes: &[u8]) -> Result<Vec<u8>, &'static str> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => jpeg(bytes).ok_or(CUT_SHORT),
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => png(bytes).ok_or(CUT_SHORT),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => gif(bytes).ok_or(CUT_SHORT),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => webp(bytes).ok_or(CUT_SHORT),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => {
            // The parts of these lie at places that other parts name: nothing can be left out without writing it anew.
            let holds = |mark: &[u8]| memchr::memmem::find(bytes, mark).is_some();
            if holds(b"Exif") || holds(b"application/rdf+xml") {
                Err("it holds metadata that cannot be taken out of an AVIF file")
            } else {
                Ok(bytes.to_vec())
            }
        }
        _ => Err("it is no JPEG, PNG, GIF, WebP or AVIF"),
    }
}

const CUT_SHORT: &str = "it is damaged or cut short";

/// Which side is up, as EXIF tells it: 1 to 8, and 1 is as it stands.
fn orientation(tiff: &[u8]) -> u8 {
    let tiff = tiff.strip_prefix(b"Exif\0\0").unwrap_or(tiff);
    let Ok(exif) = exif::Reader::new().read_raw(tiff.to_vec()) else { return 1 };
    let field = exif.get_field(exif::Tag::Orientation, exif::In::PRIMARY);
    let value = field.and_then(|field| field.value.get_uint(0)).unwrap_or(1);
    u8::try_from(value).ok().filter(|value| (1..=8).contains(value)).unwrap_or(1)
}

/// EXIF that tells the orientation alone (TIFF 6.0: header, one entry of type SHORT, no further directory).
fn only_orientation(value: u8) -> [u8; 26] {
    let mut tiff = *b"MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0";
    tiff[19] = value;
    tiff
}

/// JPEG (ITU-T T.81, annex B): segments up to the end of the image, scans with their entropy-coded data among them.
fn jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len());
    out.extend_from_slice(&bytes[..2]);
    let mut at = 2;
    loop {
        // Fill bytes may stand before a marker.
        if *bytes.get(at)? != 0xFF {
            return None;
        }
        while *bytes.get(at + 1)? == 0xFF {
            at += 1;
        }
        let marker = bytes[at + 1];
        match marker {
            0xD9 => {
                out.extend_from_slice(&[0xFF, 0xD9]);
                return Some(out);
            }
            0x01 | 0xD0..=0xD7 => {
                out.extend_from_slice(&bytes[at..at + 2]);
                at += 2;
                continue;
            }
            0x00 | 0xD8 => return None,
            _ => {}
        }
        let length = usize::from(u16::from_be_bytes([*bytes.get(at + 2)?, *bytes.get(at + 3)?]));
        let end = at + 2 + length;
        let segment = bytes.get(at..end).filter(|_| length >= 2)?;
        let payload = &segment[4..];
        match marker {
            // JFIF, the colour profile, and how Adobe's encoder mixed the colours.
            0xE0 if payload.starts_with(b"JFIF\0") && payload.len() >= 14 => {
                // Without the thumbnail, which may show more than the picture does.
                out.extend_from_slice(&[0xFF, 0xE0, 0, 16]);
                out.extend_from_slice(&payload[..12]);
                out.extend_from_slice(&[0, 0]);
            }
            0xE2 if payload.starts_with(b"ICC_PROFILE\0") => out.extend_from_slice(segment),
            0xEE if payload.starts_with(b"Adobe") => out.extend_from_slice(segment),
            0xE1 if payload.starts_with(b"Exif\0\0") => {
                let value = orientation(payload);
                if value != 1 {
                    out.extend_from_slice(b"\xFF\xE1\0\x22Exif\0\0");
                    out.extend_from_slice(&only_orientation(value));
                }
            }
            0xE0..=0xEF | 0xFE => {}
            _ => out.extend_from_slice(segment),
        }
        at = end;
        if marker == 0xDA {
            // Entropy-coded data: up to the next marker that is neither a stuffed byte nor a restart.
            let from = at;
            loop {
                at += memchr::memchr(0xFF, bytes.get(at..)?)?;
                match *bytes.get(at + 1)? {
                    0x00 | 0xD0..=0xD7 => at += 2,
                    _ => break,
                }
            }
            out.extend_from_slice(&bytes[from..at]);
        }
    }
}

/// Chunks of PNG that are needed to show it, besides the critical ones (PNG third edition, sections 11.3 and 12).
const PNG_CHUNKS: [&[u8; 4]; 16] = [
    b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI", b"bKGD", b"hIST", b"pHYs",
    b"sPLT", b"acTL", b"fcTL", b"fdAT",
];

fn png(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len());
    out.extend_from_slice(&bytes[..8]);
    let mut at = 8;
    loop {
        let length = u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize;
        let kind: &[u8; 4] = bytes.get(at + 4..at + 8)?.try_into().ok()?;
        let chunk = bytes.get(at..at.checked_add(length)?.checked_add(12)?)?;
        match kind {
            b"eXIf" => {
                let value = orientation(&chunk[8..8 + length]);
                if value != 1 {
                    let tiff = only_orientation(value);
                    out.extend_from_slice(&(tiff.len() as u32).to_be_bytes());
                    let start = out.len();
                    out.extend_from_slice(b"eXIf");
                    out.extend_from_slice(&tiff);
                    let sum = crc(&out[start..]);
                    out.extend_from_slice(&sum.to_be_bytes());
                }
            }
            kind if kind[0].is_ascii_uppercase() || PNG_CHUNKS.contains(&kind) => out.extend_from_slice(chunk),
            _ => {}
        }
        if kind == b"IEND" {
            return Some(out);
        }
        at += chunk.len();
    }
}

/// The check sum of a PNG chunk (ISO 3309).
fn crc(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 };
        }
    }
    !sum
}

/// GIF89a, sections 15 to 27: blocks up to the trailer.
fn gif(bytes: &[u8]) -> Option<Vec<u8>> {
    let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let sub_blocks = |mut at: usize| loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    };
    let mut at = 13 + table(*bytes.get(10)?);
    let mut out = Vec::with_capacity(bytes.len());
    out.extend_from_slice(bytes.get(..at)?);
    loop {
        let (end, kept) = match *bytes.get(at)? {
            0x3B => {
                out.push(0x3B);
                return Some(out);
            }
            0x2C => (sub_blocks(at + 11 + table(*bytes.get(at + 9)?))?, true),
            0x21 => {
                let end = sub_blocks(at + 2)?;
                let loops = |name: &[u8]| bytes.get(at + 3..at + 14) == Some(name);
                let kept = match bytes[at + 1] {
                    0xFE => false,
                    0xFF => loops(b"NETSCAPE2.0") || loops(b"ANIMEXTS1.0"),
                    _ => true,
                };
                (end, kept)
            }
            _ => return None,
        };
        let block = bytes.get(at..end)?;
        if kept {
            out.extend_from_slice(block);
        }
        at = end;
    }
}

/// WebP: chunks of a RIFF file (WebP Container Specification).
fn webp(bytes: &[u8]) -> Option<Vec<u8>> {
    let end = 8 + u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?) as usize;
    let bytes = bytes.get(..end)?;
    let mut out = bytes.get(..12)?.to_vec();
    let (mut at, mut flags, mut turned) = (12, None, 1);
    while at < bytes.len() {
        let kind = bytes.get(at..at + 4)?;
        let length = u32::from_le_bytes(bytes.get(at + 4..at + 8)?.try_into().ok()?) as usize;
        let data = bytes.get(at + 8..(at + 8).checked_add(length)?)?;
        match kind {
            b"EXIF" => turned = orientation(data),
            b"VP8 " | b"VP8L" | b"VP8X" | b"ANIM" | b"ANMF" | b"ALPH" | b"ICCP" => {
                if kind == b"VP8X" {
                    flags = Some(out.len() + 8).filter(|_| length > 0);
                }
                out.extend_from_slice(&bytes[at..at + 8 + length]);
                if length % 2 == 1 {
                    out.push(0);
                }
            }
            _ => {}
        }
        at += 8 + length + length % 2;
    }
    if let Some(flags) = flags {
        // Bit 2 says that there is XMP, bit 3 that there is EXIF.
        out[flags] &= !0x0C;
        if turned != 1 {
            out[flags] |= 0x08;
            let tiff = only_orientation(turned);
            out.extend_from_slice(b"EXIF");
            out.extend_from_slice(&(tiff.len() as u32).to_le_bytes());
            out.extend_from_slice(&tiff);
        }
    }
    let length = u32::try_from(out.len() - 8).ok()?;
    out[4..8].copy_from_slice(&length.to_le_bytes());
    Some(out)
}

/// The orientation that a picture tells, for tests and messages.
pub fn told_orientation(bytes: &[u8]) -> u8 {
    let exif = exif::Reader::new().read_from_container(&mut Cursor::new(bytes));
    exif.map_or(1, |exif| orientation(exif.buf()))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    const SECRET: &[u8] = b"zqkanari";

    fn segment(marker: u8, payload: &[u8]) -> Vec<u8> {
        let mut segment = vec![0xFF, marker];
        segment.extend_from_slice(&(payload.len() as u16 + 2).to_be_bytes());
        segment.extend_from_slice(payload);
        segment
    }

    fn exif(value: u8) -> Vec<u8> {
        // The secret stands in the file after the directory.
        [&only_orientation(value)[..], SECRET].concat()
    }

    /// A photograph of three columns and two rows that is full of secrets.
    pub(crate) fn sample_jpeg(value: u8) -> Vec<u8> {
        [
            vec![0xFF, 0xD8],
            segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0zqkanari thumbnail"),
            segment(0xE1, &[b"Exif\0\0", &exif(value)[..]].concat()),
            segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0zqkanari"),
            segment(0xE2, b"ICC_PROFILE\0\x01\x01colours"),
            segment(0xE2, b"MPF\0zqkanari"),
            segment(0xED, b"Photoshop 3.0\0zqkanari"),
            segment(0xFE, b"zqkanari"),
            segment(0xDB, &[0; 65]),
            segment(0xC0, &[8, 0, 2, 0, 3, 1, 1, 0x11, 0]),
            segment(0xDA, &[1, 1, 0, 0, 63, 0]),
            vec![1, 0xFF, 0, 2, 0xFF, 0xD0, 3],
            segment(0xFE, b"zqkanari"),
            segment(0xDA, &[1, 1, 0, 0, 63, 0]),
            vec![4, 0xFF, 0xFF, 0xD9],
            b"zqkanari after the end \xFF\xD8".to_vec(),
        ]
        .concat()
    }

    fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let named = [&kind[..], data].concat();
        [&(data.len() as u32).to_be_bytes()[..], &named, &crc(&named).to_be_bytes()].concat()
    }

    fn sample_png(value: u8) -> Vec<u8> {
        [
            b"\x89PNG\r\n\x1A\n".to_vec(),
            chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]),
            chunk(b"iCCP", b"colours"),
            chunk(b"tEXt", b"Author\0zqkanari"),
            chunk(b"iTXt", b"XML:com.adobe.xmp\0zqkanari"),
            chunk(b"tIME", SECRET),
            chunk(b"prVt", SECRET),
            chunk(b"eXIf", &exif(value)),
            chunk(b"IDAT", b"pixels"),
            chunk(b"IEND", b""),
            SECRET.to_vec(),
        ]
        .concat()
    }

    fn riff(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let pad: &[u8] = if data.len() % 2 == 1 { &[0] } else { &[] };
        [&kind[..], &(data.len() as u32).to_le_bytes(), data, pad].concat()
    }

    fn sample_webp(value: u8) -> Vec<u8> {
        let chunks = [
            riff(b"VP8X", &[0x2C, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            riff(b"ICCP", b"colours"),
            riff(b"VP8L", b"pixels."),
            riff(b"EXIF", &exif(value)),
            riff(b"XMP ", SECRET),
            riff(b"zqka", SECRET),
        ]
        .concat();
        [b"RIFF", &(chunks.len() as u32 + 4).to_le_bytes()[..], b"WEBP", &chunks, SECRET].concat()
    }

    fn sample_gif() -> Vec<u8> {
        [
            &b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xFF\xFF\xFF"[..],
            b"\x21\xFF\x0BNETSCAPE2.0\x03\x01\0\0\0",
            b"\x21\xFF\x0BXMP DataXMP\x08zqkanari\0",
            b"\x21\xFE\x08zqkanari\0",
            b"\x21\xF9\x04\0\0\0\0\0",
            b"\x2C\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0",
            b"\x3Bzqkanari",
        ]
        .concat()
    }

    fn holds(bytes: &[u8], what: &[u8]) -> bool {
        memchr::memmem::find(bytes, what).is_some()
    }

    #[test]
    fn metadata_goes_and_the_picture_stays() {
        for sample in
            [sample_jpeg(1), sample_jpeg(6), sample_png(1), sample_png(8), sample_webp(1), sample_webp(3), sample_gif()]
        {
            let made = stripped(&sample).expect("a whole picture");
            assert!(!holds(&made, SECRET), "{}", String::from_utf8_lossy(&made));
            assert_eq!(holds(&made, b"colours"), holds(&sample, b"colours"));
            assert_eq!(holds(&made, b"NETSCAPE"), holds(&sample, b"NETSCAPE"));
            assert_eq!(told_orientation(&made), told_orientation(&sample));
            assert_eq!(stripped(&made).as_deref(), Ok(&made[..]), "once is enough");
        }
        assert_eq!(told_orientation(&stripped(&sample_jpeg(6)).expect("a picture")), 6);
        let made = stripped(&sample_jpeg(1)).expect("a picture");
        assert!(holds(&made, &[1, 0xFF, 0, 2, 0xFF, 0xD0, 3]) && made.ends_with(&[4, 0xFF, 0xD9]), "{made:?}");
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for sample in [sample_jpeg(6), sample_png(8), sample_webp(3), sample_gif()] {
            let whole = stripped(&sample).expect("a picture").len();
            let refused = (8..sample.len()).filter(|length| stripped(&sample[..*length]).is_err()).count();
            assert!(refused + 40 > whole.min(sample.len() - SECRET.len() - 24), "{refused} of {whole}");
        }
        assert!(stripped(b"<svg/>").is_err() && stripped(b"").is_err());
        assert!(stripped(b"\0\0\0\x20ftypavif....Exif").is_err());
        assert!(stripped(b"\0\0\0\x20ftypavif....").is_ok());
    }

    #[test]
    fn no_bytes_make_it_panic() {
        let mut state = 0x1234_5678_9ABC_DEF1_u64;
        let samples = [sample_jpeg(6), sample_png(8), sample_webp(3), sample_gif()];
        for round in 0..20_000 {
            let mut bytes = samples[round % samples.len()].clone();
            for _ in 0..1 + round % 5 {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                let at = state as usize % bytes.len();
                bytes[at] = (state >> 32) as u8;
            }
            let _ = stripped(&bytes);
        }
    }
}
