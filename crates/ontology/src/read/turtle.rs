//! RDF in Turtle: classes of OWL with labels of RDFS and SKOS. What is no class is passed over.

mod token;

use crate::draft::Draft;
use crate::read::Wrong;
use crate::term::{Language, Match, MatchKind, Name};
use token::{Token, Tokens};

const RDFS: &str = "http://www.w3.org/2000/01/rdf-schema#";
const SKOS: &str = "http://www.w3.org/2004/02/skos/core#";
const OWL: &str = "http://www.w3.org/2002/07/owl#";
const TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";

/// What stands behind a predicate.
struct Object {
    /// An address, or the text of a literal.
    text: String,
    is_address: bool,
    language: String,
    line: usize,
}

pub(super) fn read(text: &str, draft: &mut Draft) -> Result<(), Wrong> {
    let mut tokens = Tokens::of(text);
    while let Some(token) = tokens.next()? {
        if tokens.directive(&token)? {
            continue;
        }
        let subject = tokens.address(token)?;
        let mut said: Vec<(String, Object)> = Vec::new();
        'statement: loop {
            let predicate = match tokens.expect("a predicate")? {
                Token::Word(word) if word == "a" => TYPE.to_owned(),
                // `; .` and `; ;` are allowed.
                Token::Mark(b';') => continue,
                Token::Mark(b'.') => break,
                other => tokens.address(other)?,
            };
            loop {
                let line = tokens.line();
                match tokens.expect("an object")? {
                    Token::Literal { text, language } => {
                        let object = Object { text, is_address: false, language, line };
                        said.push((predicate.clone(), object));
                    }
                    // Restrictions without a name say nothing about kinds.
                    Token::Mark(open @ (b'[' | b'(')) => tokens.skip(open)?,
                    other => {
                        let text = tokens.address(other)?;
                        let object = Object { text, is_address: true, language: String::new(), line };
                        said.push((predicate.clone(), object));
                    }
                }
                match tokens.expect("`,`, `;` or `.`")? {
                    Token::Mark(b',') => {}
                    Token::Mark(b';') => break,
                    Token::Mark(b'.') => break 'statement,
                    _ => return Err((tokens.line(), "expected `,`, `;` or `.`".to_owned())),
                }
            }
        }
        take(draft, &subject, said);
    }
    Ok(())
}

/// What is said of one subject.
fn take(draft: &mut Draft, subject: &str, said: Vec<(String, Object)>) {
    let is = |class: &str| {
        let class = format!("{OWL}{class}");
        said.iter().any(|(predicate, object)| predicate == TYPE && object.text == class)
    };
    if is("Ontology") {
        let version = said.iter().find(|(predicate, _)| *predicate == format!("{OWL}versionInfo"));
        if let Some((_, version)) = version {
            draft.named_version(&version.text);
        }
        return;
    }
    let Some(id) = crate::curie(subject) else { return };
    if !is("Class") || !draft.is_own(&id) {
        return;
    }
    draft.term(&id);
    for (predicate, object) in said {
        let (space, name) = [RDFS, SKOS, OWL]
            .into_iter()
            .find_map(|space| predicate.strip_prefix(space).map(|name| (space, name)))
            .unwrap_or_default();
        if (space, name) == (RDFS, "subClassOf") {
            if let Some(parent) = crate::curie(&object.text).filter(|_| object.is_address) {
                draft.parent(&id, parent, object.line);
            }
            continue;
        }
        let Some(term) = draft.term(&id) else { return };
        let language = match object.language.as_str() {
            "ja" => Language::Ja,
            "ja-Hira" | "ja-Hrkt" | "ja-Kana" => Language::Kana,
            _ => Language::En,
        };
        let kind = match name {
            "exactMatch" => Some(MatchKind::Exact),
            "closeMatch" => Some(MatchKind::Close),
            _ => None,
        };
        match (space, name) {
            (RDFS, "label") => {
                let label = match language {
                    Language::En => &mut term.en,
                    Language::Ja => &mut term.ja,
                    Language::Kana => &mut term.kana,
                };
                label.get_or_insert(object.text);
            }
            (SKOS, "altLabel") => term.names.push(Name { language, text: object.text }),
            (OWL, "deprecated") => term.obsolete = object.text == "true",
            _ => {
                term.matches.extend(kind.zip(crate::curie(&object.text)).map(|(kind, id)| Match { kind, id }))
            }
        }
    }
}
