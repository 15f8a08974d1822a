//! What a grant lets an analysis see: counts per class of exactly the people granted.

use crate::acts::plan::Use;
use crate::error::GateError;
use crate::gate::Gate;
use crate::grant::Grant;
use gj_model::{Counts, Region, ReleaseClass, Variant};
use gj_store::{Merge, Panel};
use std::fmt;
use std::sync::Arc;

/// Where a question looks.
#[derive(Debug, Clone)]
pub enum Place {
    /// Every variant whose position lies in the region.
    Region(Region),
    /// One variant.
    Variant(Variant),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Region(region) => region.fmt(f),
            Place::Variant(variant) => variant.fmt(f),
        }
    }
}

impl Place {
    /// The region that holds the place.
    pub fn region(&self) -> Region {
        match self {
            Place::Region(region) => *region,
            Place::Variant(v) => Region { contig: v.contig, start: v.position, end: v.position },
        }
    }
}

/// One site's counts per class, before disclosure control. Cannot be serialised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteCounts {
    /// The variant.
    pub variant: Variant,
    pub(crate) counts: Vec<Counts>,
}

/// What an analysis found: it becomes readable through [`Gate::release`] only.
#[derive(Debug)]
pub struct Finding<T> {
    pub(crate) value: T,
    pub(crate) classes: Arc<[ReleaseClass]>,
    /// People of the release in each class.
    pub(crate) people: Arc<[u32]>,
}

impl<T> Finding<T> {
    /// The same finding with its value changed, classes kept.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Finding<U> {
        Finding { value: change(self.value), classes: self.classes, people: self.people }
    }
}

/// Reads one release for one grant.
#[derive(Debug)]
pub struct View {
    source: Source,
    classes: Arc<[ReleaseClass]>,
    people: Arc<[u32]>,
    counted: Vec<bool>,
    sites_max: usize,
}

#[derive(Debug)]
enum Source {
    /// The counted panel.
    Panel(Arc<Panel>),
    /// What is stored without those who left since it was counted.
    Live(Merge),
}

impl Gate {
    /// Opens what a grant lets see.
    ///
    /// # Errors
    /// When the release's files cannot be read.
    pub async fn view(&self, grant: &Grant) -> Result<View, GateError> {
        let source = if grant.stale {
            let mut reads = self.inner.registry.read().await?;
            let Some(freeze) = reads.freeze(&grant.freeze).await? else { return Err(GateError::Changed) };
            let stock = self.stock(&mut reads, &freeze.batches).await?;
            let store = self.inner.store.clone();
            let live = tokio::task::spawn_blocking(move || stock.plan(&store, Use::Stored)?.counted_live());
            Source::Live(live.await??)
        } else {
            Source::Panel(self.panel(&grant.panel)?)
        };
        let classes: Arc<[ReleaseClass]> = match &source {
            Source::Panel(panel) => panel.manifest().classes.clone().into(),
            Source::Live(merge) => merge.classes.clone().into(),
        };
        let people: Arc<[u32]> = match &source {
            Source::Panel(panel) => panel.manifest().people.clone().into(),
            Source::Live(merge) => merge.people.clone().into(),
        };
        let counted = classes.iter().map(|class| grant.sight.sees_class(class)).collect();
        Ok(View { source, classes, people, counted, sites_max: self.inner.config.limits.sites_max })
    }
}

impl View {
    /// Counts of every site of a place at which somebody granted has a call, ascending.
    ///
    /// Blocks: call it from a blocking task.
    ///
    /// # Errors
    /// [`GateError::TooManySites`], or what the files say.
    pub fn sites(&self, place: &Place) -> Result<Finding<Vec<SiteCounts>>, GateError> {
        let region = place.region();
        let mut sites = Vec::new();
        let mut add = |variant: Variant, counts: Vec<Counts>| {
            let wanted = match place {
                Place::Region(_) => true,
                Place::Variant(asked) => *asked == variant,
            };
            // A site without a call of anybody granted is not there for this grant.
            let called =
                counts.iter().zip(&self.counted).any(|(counts, counted)| *counted && !counts.is_empty());
            if wanted && called {
                sites.push(SiteCounts { variant, counts });
            }
            if sites.len() > self.sites_max {
                return Err(GateError::TooManySites { limit: self.sites_max });
            }
            Ok(())
        };
        match &self.source {
            Source::Panel(panel) => {
                let mut rows = panel.rows(Some(&region))?;
                while let Some(chunk) = rows.next_rows()? {
                    chunk.into_iter().try_for_each(|(variant, counts)| add(variant, counts))?;
                }
            }
            Source::Live(merge) => {
                let mut counted = merge.sites(Some(&region))?;
                while let Some((variant, counts)) = counted.next_site()? {
                    add(variant, counts)?;
                }
            }
        }
        Ok(Finding { value: sites, classes: self.classes.clone(), people: self.people.clone() })
    }
}
