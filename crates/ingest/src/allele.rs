//! What the text of an allele means: bases, or one of the kinds that give no row.
//!
//! VCF specification, section 1.6.1 (REF, ALT) and section 5 (breakends).

use crate::error::{Fault, clip};
use crate::gvcf::is_non_ref;
use gj_model::variant::is_bases;
use std::borrow::Cow;

/// One alternate allele.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alternate {
    /// Spelled in bases.
    Bases,
    /// `*`
    Star,
    /// `<NON_REF>` or `<*>`: any allele that is not named.
    NonRef,
    /// Another `<…>`, or bases before or after such a name.
    Symbolic,
    /// A join to another place, or an open end.
    Breakend,
    /// `.`
    None,
}

/// Recognises one alternate allele.
pub(crate) fn alternate(text: &[u8]) -> Result<Alternate, Fault> {
    if is_bases(text) {
        return Ok(Alternate::Bases);
    }
    let kind = match text {
        b"." => Some(Alternate::None),
        b"*" => Some(Alternate::Star),
        [b'.', bases @ ..] | [bases @ .., b'.'] if is_bases(bases) => Some(Alternate::Breakend),
        _ if is_non_ref(text) => Some(Alternate::NonRef),
        _ if is_symbolic(text) => Some(Alternate::Symbolic),
        _ if is_breakend(text) => Some(Alternate::Breakend),
        _ => None,
    };
    kind.ok_or_else(|| {
        Fault::record(
            format!("ALT `{}`", clip(text)),
            "bases A, C, G, T or N, `*`, `<ID>`, a breakend or `.`, separated by commas",
        )
    })
}

fn is_symbolic(text: &[u8]) -> bool {
    let Some(open) = text.iter().position(|byte| *byte == b'<') else { return false };
    let Some(close) = text.iter().position(|byte| *byte == b'>') else { return false };
    let Some(name) = text.get(open + 1..close) else { return false };
    let (before, after) = (&text[..open], &text[close + 1..]);
    let is_name = !name.is_empty() && name.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'<');
    // `C<contig1>`: a whole assembled contig is inserted.
    let bases_fit = (before.is_empty() || is_bases(before)) && (after.is_empty() || is_bases(after));
    is_name && bases_fit && (before.is_empty() || after.is_empty())
}

/// `t[p[`, `t]p]`, `]p]t` or `[p[t`, where `p` is `contig:position` and `t` is bases.
fn is_breakend(text: &[u8]) -> bool {
    let mut parts = text.split(|byte| matches!(byte, b'[' | b']'));
    let (Some(before), Some(mate), Some(after), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let marks: Vec<u8> = text.iter().copied().filter(|byte| matches!(byte, b'[' | b']')).collect();
    let has_bases = |part: &[u8]| is_bases(part) || part == b".";
    let one_side = (before.is_empty() && has_bases(after)) || (after.is_empty() && has_bases(before));
    let place = mate.iter().rposition(|byte| *byte == b':').is_some_and(|colon| {
        colon > 0 && mate.len() > colon + 1 && mate[colon + 1..].iter().all(u8::is_ascii_digit)
    });
    let is_contig = mate.starts_with(b"<") && mate.ends_with(b">");
    marks[0] == marks[1] && one_side && (place || is_contig)
}

/// REF in upper case. An ambiguity code other than N becomes the first of its bases in the alphabet, as
/// the specification (4.3, section 1.6.1) tells writers to do.
pub(crate) fn reference(text: &[u8]) -> Result<Cow<'_, [u8]>, Fault> {
    if is_bases(text) && !text.iter().any(u8::is_ascii_lowercase) {
        return Ok(Cow::Borrowed(text));
    }
    let bases: Option<Vec<u8>> = text.iter().map(|byte| base(*byte)).collect();
    bases.filter(|bases| !bases.is_empty()).map(Cow::Owned).ok_or_else(|| {
        Fault::record(format!("REF `{}`", clip(text)), "one or more of the bases A, C, G, T or N")
    })
}

fn base(byte: u8) -> Option<u8> {
    Some(match byte.to_ascii_uppercase() {
        base @ (b'A' | b'C' | b'G' | b'T' | b'N') => base,
        b'R' | b'M' | b'W' | b'D' | b'H' | b'V' => b'A',
        b'Y' | b'S' | b'B' => b'C',
        b'K' => b'G',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_apart() {
        for (text, kind) in [
            ("a", Alternate::Bases),
            ("*", Alternate::Star),
            ("<*>", Alternate::NonRef),
            ("<NON_REF>", Alternate::NonRef),
            ("<DEL>", Alternate::Symbolic),
            ("<DUP:TANDEM>", Alternate::Symbolic),
            ("G<ctg1>", Alternate::Symbolic),
            ("]13:123456]AGTNNNNNCAT", Alternate::Breakend),
            ("C[<ctg1>:1[", Alternate::Breakend),
            (".A", Alternate::Breakend),
            (".", Alternate::None),
        ] {
            assert_eq!(alternate(text.as_bytes()), Ok(kind), "{text}");
        }
        for text in ["", "R", "<>", "<INS>BLAH>", "[1:100[", "A[1:x[", "A[1:5]", "..", "A T"] {
            assert!(alternate(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn ambiguity_codes_in_ref_take_their_first_base() {
        assert_eq!(reference(b"aRyN").as_deref(), Ok(&b"AACN"[..]));
        assert!(reference(b"A,C").is_err() && reference(b"").is_err() && reference(b"E").is_err());
    }
}
