//! The form of GA4GH: phenopackets of version 2, one or an array of them.
//!
//! Reads what is said of the subject: phenotypic features, and diseases. Names, dates of birth, files
//! and interpretations of a packet are not read.

use super::{Statement, Status, onset, participant, term};
use crate::problems::Problems;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Packet {
    subject: Option<Subject>,
    #[serde(default)]
    phenotypic_features: Vec<Feature>,
    #[serde(default)]
    diseases: Vec<Disease>,
}

#[derive(Deserialize)]
struct Subject {
    id: String,
}

#[derive(Deserialize)]
struct Class {
    id: String,
}

#[derive(Deserialize)]
struct Feature {
    r#type: Class,
    #[serde(default)]
    excluded: bool,
    onset: Option<TimeElement>,
}

#[derive(Deserialize)]
struct Disease {
    term: Class,
    #[serde(default)]
    excluded: bool,
    onset: Option<TimeElement>,
}

/// When something began; forms other than an age or a class are not kept: a day would be a date of a person's life.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TimeElement {
    age: Option<Age>,
    ontology_class: Option<Class>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Age {
    iso8601duration: String,
}

pub(super) fn read(text: &str, problems: &mut Problems) -> Vec<Statement> {
    let packets: Result<Vec<Packet>, serde_json::Error> = match text.trim_start().starts_with('[') {
        true => serde_json::from_str(text),
        false => serde_json::from_str(text).map(|packet| vec![packet]),
    };
    let packets = match packets {
        Ok(packets) => packets,
        Err(error) => {
            // The parser's own words can repeat a value of the file.
            let (line, column) = (error.line(), error.column());
            problems.add(|| {
                format!("line {line}, character {column}: expected a phenopacket of version 2, or an array of them, as JSON")
            });
            return Vec::new();
        }
    };
    let mut statements = Vec::new();
    for (number, packet) in (1..).zip(packets) {
        read_packet(number, packet, problems, &mut statements);
    }
    statements
}

fn read_packet(number: usize, packet: Packet, problems: &mut Problems, out: &mut Vec<Statement>) {
    let mut problem = |what: String| problems.add(|| format!("packet {number}, {what}"));
    let subject = packet.subject.map(|subject| subject.id).unwrap_or_default();
    let subject = match participant(&subject) {
        Ok(subject) => subject,
        Err(what) => return problem(format!("`subject.id`: {what}")),
    };
    let features = (1..).zip(packet.phenotypic_features);
    let features =
        features.map(|(n, f)| (format!("`phenotypicFeatures` {n}"), f.r#type, f.excluded, f.onset));
    let diseases = (1..).zip(packet.diseases);
    let diseases = diseases.map(|(n, d)| (format!("`diseases` {n}"), d.term, d.excluded, d.onset));
    let before = out.len();
    for (what, class, excluded, began) in features.chain(diseases) {
        let began = began.and_then(|began| {
            began.age.map(|age| age.iso8601duration).or(began.ontology_class.map(|class| class.id))
        });
        let read = term(&class.id).and_then(|id| Ok((id, began.as_deref().map(onset).transpose()?)));
        match read {
            Ok((id, onset)) => out.push(Statement {
                place: format!("packet {number}, {what}"),
                participant: subject.clone(),
                term: Some(id),
                status: if excluded { Status::Excluded } else { Status::Observed },
                onset,
                noted_on: None,
            }),
            Err(expected) => problem(format!("{what}: {expected}")),
        }
    }
    if out.len() == before {
        out.push(Statement {
            place: format!("packet {number}"),
            participant: subject,
            term: None,
            status: Status::Observed,
            onset: None,
            noted_on: None,
        });
    }
}
