//! Numbers as the VCF specification writes them.

/// An Integer of 32 bits; the eight lowest numbers are reserved (version 4.3, section 1.3).
pub(crate) fn is_integer(text: &[u8]) -> bool {
    const LOWEST: i64 = i32::MIN as i64 + 8;
    let digits = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    if digits.is_empty() || digits.len() > 18 || !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    if digits.len() < 10 {
        return true;
    }
    let size = digits.iter().fold(0i64, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    let value = if text.starts_with(b"-") { -size } else { size };
    (LOWEST..=i64::from(i32::MAX)).contains(&value)
}

/// A Float: decimal or scientific, or an infinity or NaN in any case.
pub(crate) fn is_float(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| text.parse::<f64>().is_ok())
}

/// One character, perhaps written as `%3B`.
pub(crate) fn is_character(text: &[u8]) -> bool {
    let is_escape = text.len() == 3 && text[0] == b'%' && text[1..].iter().all(u8::is_ascii_hexdigit);
    is_escape || std::str::from_utf8(text).is_ok_and(|text| text.chars().count() == 1)
}

/// CIGAR: lengths and operations; a lone operation stands for a length of one.
pub(crate) fn is_cigar(text: &[u8]) -> bool {
    text.last().is_some_and(|last| !last.is_ascii_digit())
        && text.iter().all(|byte| byte.is_ascii_digit() || b"MIDNSHP=X".contains(byte))
        && text.windows(2).all(|pair| pair[0].is_ascii_digit() || pair[1].is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_end_where_bcf_s_do() {
        for text in ["0", "-5", "+5", "2147483647", "-2147483640"] {
            assert!(is_integer(text.as_bytes()), "{text}");
        }
        for text in ["", "-", "1.0", "2147483648", "-2147483641", "99999999999999999999", "a"] {
            assert!(!is_integer(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn floats_have_their_spellings() {
        for text in ["1", "-0.5", "2e+1", "Inf", "+Inf", "NaN", "-inf"] {
            assert!(is_float(text.as_bytes()), "{text}");
        }
        assert!(!is_float(b"quality") && !is_float(b"") && !is_float(b"1,5"));
    }

    #[test]
    fn cigars_are_lengths_and_operations() {
        assert!(is_cigar(b"1M3D2M") && is_cigar(b"1X"));
        assert!(!is_cigar(b"123MYCIGAR") && !is_cigar(b"0.05") && !is_cigar(b"12"));
    }
}
