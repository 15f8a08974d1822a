//! Where a user can go on from an answer: the page, the file, the form of an application. Only what the user may
//! follow is listed.

use super::sites::Set;
use gj_gate::{Gate, Place, Session};
use serde_json::{Value, json};

/// What a user may follow from here.
#[derive(Debug, Clone)]
pub(crate) struct Ways {
    /// The server's address as the client wrote it.
    root: String,
    /// Whether an application could be begun.
    may_apply: bool,
}

impl Ways {
    /// Of a user; nobody follows nothing.
    pub(crate) async fn of(root: String, gate: &Gate, session: Option<&Session>) -> Ways {
        let may_apply = match session {
            Some(session) => gate.may_apply(&session.asker).await.unwrap_or(false),
            None => false,
        };
        Ways { root, may_apply }
    }

    #[cfg(test)]
    pub(crate) fn for_test() -> Ways {
        Ways { root: "http://localhost:8080".to_owned(), may_apply: true }
    }

    /// From a release's sites: whoever was answered may see the same as a page and as a file.
    pub(crate) fn after_sites(&self, set: &Set) -> Vec<Value> {
        let Some(place) = set.places.first() else { return Vec::new() };
        let (page, query) = match place {
            Place::Variant(variant) => {
                (format!("variant/{}/{variant}", set.release), format!("variant={variant}"))
            }
            Place::Region(region) => (format!("region/{}/{region}", set.release), format!("region={region}")),
        };
        let file = format!("{}/api/frequency.vcf?freeze={}&{query}", self.root, set.release);
        vec![
            handover(
                "CUSTOM:page",
                "Web page",
                format!("{}/{page}", self.root),
                "The same numbers as a page.",
            ),
            handover("EDAM:3016", "VCF", file, "The same numbers as a sites-only VCF file."),
        ]
    }

    /// From an answer as a whole.
    pub(crate) fn after_answer(&self) -> Vec<Value> {
        if !self.may_apply {
            return Vec::new();
        }
        let url = format!("{}/applications/new", self.root);
        vec![handover("CUSTOM:data-access-request", "Data access request", url, "Apply for detailed use.")]
    }
}

fn handover(id: &str, label: &str, url: String, note: &str) -> Value {
    json!({ "handoverType": { "id": id, "label": label }, "url": url, "note": note })
}
