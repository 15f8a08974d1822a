//! The grammar of a meta line: `##key=value` or `##key=<key=value,…>`.
//!
//! Knows no key's meaning. Lines of keys that the specification does not define are taken as plain text:
//! tools write what they like there.

use crate::error::{Fault, clip, hint};

/// A meta line without its `##`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct MetaLine<'a> {
    pub(crate) key: &'a str,
    pub(crate) value: Value<'a>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Plain(&'a str),
    Fields(Vec<Field<'a>>),
}

/// One `key=value` of a structured line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    pub(crate) key: &'a str,
    /// Without its quotation marks, escapes untouched.
    pub(crate) value: &'a str,
    pub(crate) quoted: bool,
}

/// Keys whose `<…>` is read; the specification defines their fields.
const STRUCTURED: [&str; 7] = ["INFO", "FORMAT", "FILTER", "ALT", "contig", "SAMPLE", "META"];

impl<'a> MetaLine<'a> {
    /// Reads what follows `##`.
    pub(crate) fn parse(text: &'a str) -> Result<MetaLine<'a>, Fault> {
        let Some((key, value)) = text.split_once('=') else {
            return Err(Fault::header(format!("`##{}`", hint(text.as_bytes())), "`##key=value`"));
        };
        // An empty value is left to the keys that need one: several tools write `##reference=`.
        if key.is_empty() {
            return Err(Fault::header(
                format!("`##{}` without a key", hint(text.as_bytes())),
                "`##key=value`",
            ));
        }
        if !(STRUCTURED.contains(&key) || key == "PEDIGREE") || !value.starts_with('<') {
            return Ok(MetaLine { key, value: Value::Plain(value) });
        }
        let inner = value[1..].strip_suffix('>').ok_or_else(|| {
            Fault::header(format!("the {key} line without its closing `>`"), format!("`##{key}=<…>`"))
        })?;
        Ok(MetaLine { key, value: Value::Fields(fields(key, inner)?) })
    }
}

/// The value of the first field called `key`.
pub(crate) fn value<'a>(fields: &[Field<'a>], key: &str) -> Option<&'a str> {
    fields.iter().find(|field| field.key == key).map(|field| field.value)
}

fn fields<'a>(line: &str, mut rest: &'a str) -> Result<Vec<Field<'a>>, Fault> {
    let mut fields = Vec::new();
    loop {
        let piece_end = rest.find(',').unwrap_or(rest.len());
        let Some(equals) = rest[..piece_end].find('=').filter(|at| *at > 0) else {
            let expected = "`key=value` pieces separated by commas";
            // These lines name people; no message repeats them.
            return Err(if matches!(line, "SAMPLE" | "PEDIGREE") {
                Fault::header(format!("a piece of a {line} line without `=`"), expected)
            } else {
                let piece = clip(&rest.as_bytes()[..piece_end]);
                Fault::header(format!("`{piece}` in the {line} line"), expected)
            });
        };
        let (key, after) = (&rest[..equals], &rest[equals + 1..]);
        let (value, quoted, used) = match after.as_bytes().first() {
            Some(b'"') => {
                let end = closing_quote(&after[1..]).ok_or_else(|| {
                    Fault::header(
                        format!("{key} of the {line} line without its closing quotation mark"),
                        "`\"`",
                    )
                })?;
                (&after[1..=end], true, end + 2)
            }
            Some(b'[') => {
                let end = after.find(']').ok_or_else(|| {
                    Fault::header(format!("{key} of the {line} line without its closing bracket"), "`]`")
                })?;
                (&after[..=end], false, end + 1)
            }
            _ => {
                let end = after.find(',').unwrap_or(after.len());
                (&after[..end], false, end)
            }
        };
        fields.push(Field { key, value, quoted });
        match after[used..].strip_prefix(',') {
            Some(next) => rest = next,
            None if after.len() == used => return Ok(fields),
            None => {
                return Err(Fault::header(
                    format!("text after the value of {key} in the {line} line"),
                    "a comma",
                ));
            }
        }
    }
}

/// The closing mark is one before a comma or the end: many tools leave marks inside a text unescaped.
fn closing_quote(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut escaped = false;
    for (at, byte) in bytes.iter().enumerate() {
        if *byte == b'"' && !escaped && matches!(bytes.get(at + 1), None | Some(b',')) {
            return Some(at);
        }
        escaped = *byte == b'\\' && !escaped;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Option<Vec<(String, String)>> {
        match MetaLine::parse(text).ok()?.value {
            Value::Fields(fields) => {
                Some(fields.iter().map(|f| (f.key.to_owned(), f.value.to_owned())).collect())
            }
            Value::Plain(_) => None,
        }
    }

    #[test]
    fn commas_and_escapes_inside_quotes_belong_to_the_text() {
        let read = keys(r#"INFO=<ID=X,Number=1,Type=Float,Description="a, \"b\", c">"#).unwrap();
        assert_eq!(read[3], ("Description".to_owned(), r#"a, \"b\", c"#.to_owned()));
        assert_eq!(keys("META=<ID=A,Values=[x, y]>").unwrap()[1].1, "[x, y]");
    }

    #[test]
    fn broken_structures_are_refused() {
        for text in ["", "INFO", "=x", "INFO=<ID=1,A>", "INFO=<ID=X", "ALT=<ID=D,Description=\"x>", "ALT=<>"]
        {
            assert!(MetaLine::parse(text).is_err(), "{text}");
        }
    }
}
