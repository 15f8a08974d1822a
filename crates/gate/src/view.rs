//! What a grant lets an analysis see: counts per class of exactly the people granted.

use crate::acts::members::Allowed;
use crate::acts::plan::Use;
use crate::error::GateError;
use crate::gate::Gate;
use crate::grant::Grant;
use gj_model::{Counts, Region, ReleaseClass, Variant};
use gj_store::{Merge, Panel};
use std::fmt;
use std::sync::Arc;

/// Sites counted anew and given together.
const LIVE_TOGETHER: usize = 1_024;

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
            let stock = self.stock(&mut reads, &freeze.batches, Allowed::Since(freeze.consents)).await?;
            let store = self.inner.store.clone();
            let live = tokio::task::spawn_blocking(move || stock.plan(&store, Use::Stored)?.counted_live());
            Source::Live(live.await??)
        } else {
            Source::Panel(self.panel(&grant.panel)?)
        };
        let classes: Arc<[ReleaseClass]> = match &source {
            Source::Panel(panel) => panel.classes(),
            Source::Live(merge) => merge.classes.clone().into(),
        };
        let people: Arc<[u32]> = match &source {
            Source::Panel(panel) => panel.people(),
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
        let mut sites = Vec::new();
        let mut add = |mut found: Vec<SiteCounts>| {
            sites.append(&mut found);
            match sites.len() > self.sites_max {
                true => Err(GateError::TooManySites { limit: self.sites_max }),
                false => Ok(()),
            }
        };
        match (&self.source, place) {
            (Source::Panel(panel), Place::Variant(variant)) => {
                let site = panel.site(variant)?.map(|counts| SiteCounts { variant: variant.clone(), counts });
                add(site.into_iter().filter(|site| self.is_called(&site.counts)).collect())?;
            }
            (Source::Live(_), Place::Variant(variant)) => self.each(Some(&place.region()), |mut found| {
                found.retain(|site| site.variant == *variant);
                add(found)
            })?,
            (_, Place::Region(region)) => self.each(Some(region), add)?,
        }
        Ok(Finding { value: sites, classes: self.classes.clone(), people: self.people.clone() })
    }

    /// Whether [`View::sites`] would take a moment only: then it need not be called from a blocking task.
    pub fn is_at_hand(&self, place: &Place) -> bool {
        match (&self.source, place) {
            (Source::Panel(panel), Place::Variant(variant)) => panel.is_at_hand(variant),
            _ => false,
        }
    }

    /// Gives the sites of a region, or all, at which somebody granted has a call, ascending and some at a
    /// time. Blocks.
    pub(crate) fn each(
        &self,
        region: Option<&Region>,
        mut each: impl FnMut(Vec<SiteCounts>) -> Result<(), GateError>,
    ) -> Result<(), GateError> {
        let site = |(variant, counts): (Variant, Vec<Counts>)| {
            self.is_called(&counts).then_some(SiteCounts { variant, counts })
        };
        match &self.source {
            Source::Panel(panel) => {
                let mut rows = panel.rows(region)?;
                while let Some(chunk) = rows.next_rows()? {
                    each(chunk.into_iter().filter_map(site).collect())?;
                }
            }
            Source::Live(merge) => {
                let mut counted = merge.sites(region)?;
                let mut ended = false;
                while !ended {
                    let mut chunk = Vec::new();
                    while chunk.len() < LIVE_TOGETHER && !ended {
                        match counted.next_site()? {
                            Some(found) => chunk.extend(site(found)),
                            None => ended = true,
                        }
                    }
                    each(chunk)?;
                }
            }
        }
        Ok(())
    }

    /// A site without a call of anybody granted is not there for this grant.
    fn is_called(&self, counts: &[Counts]) -> bool {
        counts.iter().zip(&self.counted).any(|(counts, counted)| *counted && !counts.is_empty())
    }

    /// The classes, with the people in each.
    pub(crate) fn classes(&self) -> (Arc<[ReleaseClass]>, Arc<[u32]>) {
        (self.classes.clone(), self.people.clone())
    }

    /// Which of the classes are counted, as text.
    pub(crate) fn counted_names(&self) -> String {
        self.counted.iter().map(|counted| if *counted { '1' } else { '0' }).collect()
    }
}
