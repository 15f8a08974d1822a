//! The `Range` header: one range of bytes. Several at once, or what cannot be read, is answered with the
//! whole, as RFC 9110, section 14.2, allows.

/// What part of a file is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// All of it.
    Whole,
    /// From `start` to before `end`.
    Part { start: u64, end: u64 },
    /// Nothing that is there.
    Beyond,
}

/// Reads the header for a file of that length.
pub(super) fn asked(header: &str, length: u64) -> Asked {
    let Some((first, last)) = header.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Asked::Whole;
    };
    let (first, last) = (first.trim(), last.trim());
    let number = |text: &str| text.parse::<u64>().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
    match (number(first), number(last)) {
        // The last so many bytes.
        (None, Some(count)) if first.is_empty() => match count.min(length) {
            0 => Asked::Beyond,
            count => Asked::Part { start: length - count, end: length },
        },
        (Some(start), _) if start >= length && (last.is_empty() || number(last) >= Some(start)) => {
            Asked::Beyond
        }
        (Some(start), None) if last.is_empty() => Asked::Part { start, end: length },
        (Some(start), Some(end)) if start <= end => {
            Asked::Part { start, end: end.saturating_add(1).min(length) }
        }
        _ => Asked::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        let part = |start, end| Asked::Part { start, end };
        for (header, expected) in [
            ("bytes=0-9", part(0, 10)),
            ("bytes=90-", part(90, 100)),
            ("bytes=90-1000", part(90, 100)),
            ("bytes=-7", part(93, 100)),
            ("bytes=-700", part(0, 100)),
            ("bytes=99-99", part(99, 100)),
            ("bytes=100-", Asked::Beyond),
            ("bytes=100-200", Asked::Beyond),
            ("bytes=-0", Asked::Beyond),
            ("bytes=9-8", Asked::Whole),
            ("bytes=0-1,5-6", Asked::Whole),
            ("bytes=a-b", Asked::Whole),
            ("bytes=+1-5", Asked::Whole),
            ("bytes=-", Asked::Whole),
            ("lines=1-2", Asked::Whole),
            ("bytes=0-18446744073709551615", part(0, 100)),
        ] {
            assert_eq!(asked(header, 100), expected, "{header}");
        }
        assert_eq!(asked("bytes=0-", 0), Asked::Beyond);
    }
}
