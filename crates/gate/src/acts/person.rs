//! A question about one person: refused to everybody, in the same words whether that person exists or not.

use crate::ask::{Asker, Question, READ};
use crate::error::{GateError, Refusal};
use crate::gate::Gate;
use gj_model::{Effect, Reason};
use serde_json::json;

impl Gate {
    /// What is said to somebody who asks for a single person, sample, run or analysis: what the question of
    /// frequencies is refused for, or else that nobody is shown alone. No id is looked up, so that the answer
    /// cannot depend on it, and none is written into the log. Always an error.
    pub async fn refuse_person(&self, asker: &Asker, question: &Question) -> GateError {
        if let Err(refused) = self.ask(asker, question).await {
            return refused;
        }
        let reason = Reason {
            code: "person-not-shown".to_owned(),
            ja: "個人ひとりの情報は、誰にも示しません。人数は条件を指定して尋ねてください。".to_owned(),
            en: "No single person is shown to anybody; ask how many people there are, with filters."
                .to_owned(),
            source: "docs/disclosure.md".to_owned(),
            effect: Effect::Deny,
            ..Reason::default()
        };
        let refusal = Refusal { refused: vec![reason] };
        let detail = json!({ "purpose": question.purpose.to_string(), "reasons": refusal.codes() });
        match self.note_refusal(asker, READ, question.freeze.as_str(), detail).await {
            Ok(()) => refusal.into(),
            Err(error) => error,
        }
    }
}
