//! Allele frequencies of a region or a variant of one release.

use gj_gate::{Asker, FrequencyAnswer, Gate, GateError, Question, Released};

/// Times an answer is made again because somebody left meanwhile.
const TRIES: usize = 3;

/// Answers the question, or says why not.
///
/// # Errors
/// [`GateError::Refused`] with every reason; [`GateError::TooManySites`]; what the files say.
pub async fn answer(
    gate: &Gate,
    asker: &Asker,
    question: &Question,
) -> Result<Released<FrequencyAnswer>, GateError> {
    for _ in 1..TRIES {
        match answer_once(gate, asker, question).await {
            // The panel moved between asking and reading: its old files may be gone.
            Err(GateError::Changed | GateError::Store(gj_gate::StoreError::Missing { .. })) => {}
            done => return done,
        }
    }
    answer_once(gate, asker, question).await
}

async fn answer_once(
    gate: &Gate,
    asker: &Asker,
    question: &Question,
) -> Result<Released<FrequencyAnswer>, GateError> {
    let grant = gate.ask(asker, question).await?;
    let view = gate.view(&grant).await?;
    let finding = if view.is_at_hand(&question.place) {
        view.sites(&question.place)?
    } else {
        let place = question.place.clone();
        tokio::task::spawn_blocking(move || view.sites(&place)).await??
    };
    gate.release(grant, finding, question).await
}
