//! The packing of a file: plain, gzip, or BGZF blocks that are whole, cut, damaged or in the wrong place.

use crate::inflate::PLAIN_BYTES_MAX;
use crate::input::Input;
use flate2::read::MultiGzDecoder;
use gj_ingest::probe::unpack;
use libdeflater::{CompressionLvl, Compressor, Decompressor, crc32};
use std::io::Read;

const END: [u8; 28] =
    [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, b'B', b'C', 2, 0, 0x1b, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// Parts of a file, each `kind, length (2 bytes), bytes`; the bytes become a block, or stand as they are.
pub fn probe(bytes: &[u8]) {
    let mut input = Input(bytes);
    let (mut file, mut plain, mut is_sound) = (Vec::new(), Vec::new(), true);
    while !input.0.is_empty() {
        let (kind, length) = (input.byte(), input.short());
        let part = input.take(length);
        match kind & 7 {
            0 | 1 => {
                block(&mut file, &deflate(part, kind >> 3), part);
                plain.extend_from_slice(part);
            }
            2 | 3 => {
                // Deflated bytes of the fuzzer's own; the checksum and the size are made to fit.
                let mut inflated = vec![0; PLAIN_BYTES_MAX];
                match Decompressor::new().deflate_decompress(part, &mut inflated) {
                    Ok(size) if part.len() < PLAIN_BYTES_MAX - 26 => {
                        block(&mut file, part, &inflated[..size]);
                        plain.extend_from_slice(&inflated[..size]);
                    }
                    _ => is_sound = false,
                }
            }
            4 => file.extend_from_slice(&END),
            5 => {
                let place = usize::from(kind >> 3) * 7 % file.len().max(1);
                if let (Some(byte), Some(mask)) =
                    (file.get_mut(place), part.first().filter(|mask| **mask > 0))
                {
                    *byte ^= mask;
                    is_sound = false;
                }
            }
            6 => {
                file.truncate(file.len().saturating_sub(length % 64));
                is_sound = false;
            }
            _ => {
                file.extend_from_slice(part);
                is_sound = false;
            }
        }
    }
    let is_ended = file.ends_with(&END);
    let found = unpack(file.clone());
    if is_sound && is_ended {
        assert!(found.as_ref().is_ok_and(|found| *found == plain), "a sound file is not read as it is");
    } else if is_sound && !file.is_empty() {
        assert!(found.is_err(), "a file without its end is read");
    }
    // Whatever was read of a packed file is what zlib reads.
    if let (Ok(found), true) = (found, file.starts_with(&[0x1f, 0x8b])) {
        let mut expected = Vec::new();
        let read = MultiGzDecoder::new(&file[..]).read_to_end(&mut expected);
        assert!(read.is_err() || found == expected, "zlib reads other bytes");
    }
}

fn deflate(plain: &[u8], level: u8) -> Vec<u8> {
    let level = CompressionLvl::new(i32::from(level % 13)).unwrap_or_default();
    let mut compressor = Compressor::new(level);
    let mut deflated = vec![0; compressor.deflate_compress_bound(plain.len())];
    let size = compressor.deflate_compress(plain, &mut deflated).expect("there is room for the bound");
    deflated.truncate(size);
    deflated
}

fn block(file: &mut Vec<u8>, deflated: &[u8], plain: &[u8]) {
    let size = u16::try_from(deflated.len() + 25).expect("parts are shorter than 64 KiB");
    file.extend_from_slice(&END[..16]);
    file.extend_from_slice(&size.to_le_bytes());
    file.extend_from_slice(deflated);
    file.extend_from_slice(&crc32(plain).to_le_bytes());
    file.extend_from_slice(&(plain.len() as u32).to_le_bytes());
}
