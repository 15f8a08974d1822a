//! The right of a granted project: what an extract may be approved and written for.

use crate::acts::extract::ApprovalRequest;
use crate::error::GateError;
use crate::gate::Gate;
use gj_casework::{ProjectScope, right};
use gj_model::{ApplicationId, ExtractId, UserId};
use gj_registry::Reads;

impl Gate {
    /// What may be used today under an application; `None` when nothing may.
    pub(crate) async fn right_of(
        &self,
        reads: &mut Reads,
        id: &ApplicationId,
    ) -> Result<Option<ProjectScope>, GateError> {
        let Some(loaded) = self.load(reads, id).await? else { return Ok(None) };
        let Some(grant) = &loaded.case.grant else { return Ok(None) };
        let granted = reads.application_scope(id, grant.scope).await?;
        Ok(right(&loaded.case, &granted, &loaded.scope, self.inner.clock.today()))
    }

    /// Whether what the committee approves lies within a grant.
    pub(crate) async fn check_grant(
        &self,
        reads: &mut Reads,
        id: &ApplicationId,
        request: &ApprovalRequest,
    ) -> Result<(), GateError> {
        let wrong = |what: String| Err(GateError::Extract(what));
        let Some(right) = self.right_of(reads, id).await? else {
            return wrong(format!("no grant of application `{id}` is in force"));
        };
        if !right.people.iter().any(|person| person.user == request.recipient.as_str()) {
            return wrong(format!("`{}` takes no part in the grant of `{id}`", request.recipient));
        }
        if right.purpose != request.purpose {
            return wrong(format!("application `{id}` was granted for `{}`", right.purpose));
        }
        if right.tier != gj_casework::Tier::Detailed {
            return wrong(format!("application `{id}` was granted for overview only"));
        }
        if request.valid_to > right.until {
            return wrong(format!("the grant of `{id}` ends on {}", right.until));
        }
        let release = right.datasets.iter().any(|dataset| dataset == request.freeze.as_str());
        let all = |id: &gj_model::InstitutionId| right.datasets.iter().any(|dataset| dataset == id.as_str());
        if !release && (request.institutions.is_empty() || !request.institutions.iter().all(all)) {
            return wrong(format!("application `{id}` was granted for {}", right.datasets.join(", ")));
        }
        Ok(())
    }

    /// Whether an extract that rests on a grant may be written by its recipient today; one that rests on
    /// none may as far as this is concerned.
    pub(crate) async fn grant_holds(
        &self,
        reads: &mut Reads,
        extract: &ExtractId,
        recipient: &UserId,
    ) -> Result<bool, GateError> {
        let Some(id) = reads.application_of_extract(extract).await? else { return Ok(true) };
        let right = self.right_of(reads, &id).await?;
        Ok(right.is_some_and(|right| right.people.iter().any(|person| person.user == recipient.as_str())))
    }
}
