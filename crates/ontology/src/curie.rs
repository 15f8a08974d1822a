//! Ids of terms with their prefix: `MONDO:0005045`, also where a file writes an address.

/// The prefix of an id: `MONDO`.
pub fn prefix(id: &str) -> Option<&str> {
    id.split_once(':').map(|(prefix, _)| prefix)
}

/// The id that an id or an address stands for: `MONDO:0005045` for itself and for
/// `http://purl.obolibrary.org/obo/MONDO_0005045`; `None` for what names no numbered term.
pub fn curie(text: &str) -> Option<String> {
    let local = match text.split_once("://") {
        Some((_, address)) => address.rsplit(['/', '#']).next()?,
        None => text,
    };
    let (prefix, number) = local.split_once([':', '_'])?;
    let named = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let numbered = number.bytes().any(|byte| byte.is_ascii_digit())
        && number.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    (named && numbered).then(|| format!("{prefix}:{number}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_and_an_id_mean_the_same() {
        let id = Some("MONDO:0005045".to_owned());
        assert_eq!(curie("MONDO:0005045"), id);
        assert_eq!(curie("http://purl.obolibrary.org/obo/MONDO_0005045"), id);
        assert_eq!(curie("https://identifiers.org/NANDO:1200286"), Some("NANDO:1200286".to_owned()));
        for none in ["http://www.w3.org/2002/07/owl#Thing", "owl:Thing", "", "MONDO:", ":1", "a b:1"] {
            assert_eq!(curie(none), None, "{none}");
        }
    }
}
