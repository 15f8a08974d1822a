//! What anybody was ever shown of whom: cells of the guarded regime, places of both, crowds.
//!
//! Owns the rows, which are never deleted. What they cost and what they forbid is in the gate and in `exposure`.

use crate::error::Error;
use crate::registry::{Reads, Tx};
use crate::revision::Revision;
use crate::row::{self, Columns};

/// A set of people that was counted in some answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCrowd {
    /// Its number, from 1.
    pub crowd: u32,
    /// People.
    pub people: u32,
    /// Numbers of people by the groups they are shown in, as the gate writes them.
    pub members: String,
}

/// A cell that a user of the guarded regime was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownCell {
    /// Who was shown it.
    pub user: String,
    /// The institution then.
    pub institution: String,
    /// Who was counted.
    pub crowd: u32,
    /// Number of the contig, from 0.
    pub contig: u32,
    /// Position, from 1.
    pub position: u32,
    /// The variant, as asked.
    pub variant: String,
    /// 0 a broad band, 1 a fine one, 2 the count.
    pub form: u8,
    /// Billionths of squared shift.
    pub charge: u64,
}

/// Places of a million bases that a payer was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownPlaces {
    /// Who was counted.
    pub crowd: u32,
    /// In which groups: bits of the gate.
    pub splits: u8,
    /// Which million of the contig, from 0.
    pub bin: u32,
    /// Positions, as `exposure` writes them.
    pub places: String,
}

/// A row of places with whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacesOf<'a> {
    /// `user`, `institution` or `anybody`, and the id.
    pub payer: (&'a str, &'a str),
    /// Number of the contig, from 0.
    pub contig: u32,
    /// The row.
    pub shown: ShownPlaces,
}

/// Sites of a release that a payer was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownSites {
    /// `user` or `institution`.
    pub payer_kind: String,
    /// Its id.
    pub payer: String,
    /// The release.
    pub freeze: String,
    /// Distinct sites.
    pub sites: u64,
    /// Billionths: the sum over the sites of one by the people counted.
    pub shift: u64,
}

/// Rows that one statement puts at most. A statement is prepared once for each number of them.
const PUT_TOGETHER: usize = 32;
const CELLS: &str =
    "SELECT user_id, institution, crowd, contig, position, variant, form, charge FROM exposure_cells";

fn small(row: &sqlx::any::AnyRow, column: &'static str) -> Result<u32, Error> {
    u32::try_from(row.number(column)?).map_err(|_| Error::Stored(column))
}

fn cell(row: &sqlx::any::AnyRow) -> Result<ShownCell, Error> {
    Ok(ShownCell {
        user: row.text("user_id")?,
        institution: row.text("institution")?,
        crowd: small(row, "crowd")?,
        contig: small(row, "contig")?,
        position: small(row, "position")?,
        variant: row.text("variant")?,
        form: u8::try_from(row.number("form")?).map_err(|_| Error::Stored("form"))?,
        charge: row.count("charge")?,
    })
}

impl Reads {
    /// Cells shown to a user, wherever they worked.
    pub async fn cells_of_user(&mut self, user: &str) -> Result<Vec<ShownCell>, Error> {
        let sql = sqlx::AssertSqlSafe(format!("{CELLS} WHERE user_id = $1"));
        row::all(sqlx::query(sql).bind(user).fetch_all(self.db()).await?, cell)
    }

    /// Cells shown to users of an institution: of those who are there now also what they were shown elsewhere.
    pub async fn cells_of_institution(&mut self, institution: &str) -> Result<Vec<ShownCell>, Error> {
        let sql = sqlx::AssertSqlSafe(format!(
            "{CELLS} WHERE institution = $1 OR user_id IN (SELECT id FROM users WHERE institution = $1)"
        ));
        row::all(sqlx::query(sql).bind(institution).fetch_all(self.db()).await?, cell)
    }

    /// Cells shown to anybody between two positions of a contig, both included.
    pub async fn cells_at(&mut self, contig: u32, from: u32, to: u32) -> Result<Vec<ShownCell>, Error> {
        let sql = sqlx::AssertSqlSafe(format!(
            "{CELLS} WHERE contig = $1 AND position >= $2 AND position <= $3 ORDER BY audit_seq"
        ));
        let query = sqlx::query(sql).bind(i64::from(contig)).bind(i64::from(from)).bind(i64::from(to));
        row::all(query.fetch_all(self.db()).await?, cell)
    }

    /// Users and institutions with an account of the guarded regime, each once.
    pub async fn guarded_payers(&mut self) -> Result<Vec<(String, String)>, Error> {
        let sql = "SELECT DISTINCT user_id, institution FROM exposure_cells ORDER BY user_id, institution";
        row::all(sqlx::query(sql).fetch_all(self.db()).await?, |row| {
            Ok((row.text("user_id")?, row.text("institution")?))
        })
    }

    /// Places shown to a payer in some millions of a contig.
    pub async fn places_shown(
        &mut self,
        payer: (&str, &str),
        contig: u32,
        bins: std::ops::RangeInclusive<u32>,
    ) -> Result<Vec<ShownPlaces>, Error> {
        let sql = "SELECT crowd, splits, bin, places FROM exposure_places WHERE payer_kind = $1 AND payer = $2 \
            AND contig = $3 AND bin >= $4 AND bin <= $5 ORDER BY bin, crowd, splits";
        let query = sqlx::query(sql).bind(payer.0).bind(payer.1).bind(i64::from(contig));
        let query = query.bind(i64::from(*bins.start())).bind(i64::from(*bins.end()));
        row::all(query.fetch_all(self.db()).await?, |row| {
            Ok(ShownPlaces {
                crowd: small(row, "crowd")?,
                splits: u8::try_from(row.number("splits")?).map_err(|_| Error::Stored("splits"))?,
                bin: small(row, "bin")?,
                places: row.text("places")?,
            })
        })
    }

    /// Sites shown, by payer and release; of one payer, or all.
    pub async fn sites_shown(&mut self, payer: Option<(&str, &str)>) -> Result<Vec<ShownSites>, Error> {
        let (kind, id) = payer.unwrap_or_default();
        let sql = "SELECT payer_kind, payer, freeze_name, sites, shift FROM exposure_sites \
            WHERE $1 = '' OR (payer_kind = $1 AND payer = $2) ORDER BY payer_kind, payer, freeze_name";
        row::all(sqlx::query(sql).bind(kind).bind(id).fetch_all(self.db()).await?, |row| {
            Ok(ShownSites {
                payer_kind: row.text("payer_kind")?,
                payer: row.text("payer")?,
                freeze: row.text("freeze_name")?,
                sites: row.count("sites")?,
                shift: row.count("shift")?,
            })
        })
    }

    /// The number of a crowd by its digest.
    pub async fn crowd_numbered(&mut self, digest: &str) -> Result<Option<u32>, Error> {
        let sql = "SELECT crowd FROM exposure_crowds WHERE digest = $1";
        let row = sqlx::query(sql).bind(digest).fetch_optional(self.db()).await?;
        row.map(|row| small(&row, "crowd")).transpose()
    }

    /// A crowd by its number.
    pub async fn crowd(&mut self, number: u32) -> Result<Option<StoredCrowd>, Error> {
        let sql = "SELECT crowd, people, members FROM exposure_crowds WHERE crowd = $1";
        let row = sqlx::query(sql).bind(i64::from(number)).fetch_optional(self.db()).await?;
        row.map(|row| {
            Ok(StoredCrowd {
                crowd: small(&row, "crowd")?,
                people: small(&row, "people")?,
                members: row.text("members")?,
            })
        })
        .transpose()
    }

    /// Digest of the secret in use; `None` before the first.
    pub async fn exposure_secret(&mut self) -> Result<Option<String>, Error> {
        let row = sqlx::query("SELECT digest FROM exposure_secret").fetch_optional(self.db()).await?;
        row.map(|row| row.text("digest")).transpose()
    }
}

impl Tx {
    /// Notes the secret in use.
    pub async fn set_exposure_secret(&mut self, digest: &str) -> Result<(), Error> {
        sqlx::query("INSERT INTO exposure_secret (digest) VALUES ($1)")
            .bind(digest)
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// The number of a crowd, a new one where there is none of its digest.
    pub async fn put_crowd(&mut self, digest: &str, people: u32, members: &str) -> Result<u32, Error> {
        if let Some(number) = self.crowd_numbered(digest).await? {
            return Ok(number);
        }
        let sql = "SELECT COALESCE(MAX(crowd), 0) FROM exposure_crowds";
        let last: i64 = sqlx::query_scalar(sql).fetch_one(self.db()).await?;
        let number = u32::try_from(last + 1).map_err(|_| Error::Stored("crowd"))?;
        sqlx::query("INSERT INTO exposure_crowds (crowd, digest, people, members) VALUES ($1, $2, $3, $4)")
            .bind(i64::from(number))
            .bind(digest)
            .bind(i64::from(people))
            .bind(members)
            .execute(self.db())
            .await?;
        Ok(number)
    }

    /// Notes a cell as shown, with the line of the log it was answered by. Noted before, it stays as it was.
    pub async fn put_shown_cell(&mut self, cell: &ShownCell, audit_seq: i64) -> Result<(), Error> {
        let sql = "INSERT INTO exposure_cells (user_id, institution, crowd, contig, position, variant, form, charge, audit_seq) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (user_id, crowd, variant, form) DO NOTHING";
        sqlx::query(sql)
            .bind(cell.user.as_str())
            .bind(cell.institution.as_str())
            .bind(i64::from(cell.crowd))
            .bind(i64::from(cell.contig))
            .bind(i64::from(cell.position))
            .bind(cell.variant.as_str())
            .bind(i64::from(cell.form))
            .bind(cell.charge as i64)
            .bind(audit_seq)
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// Notes what payers were shown: whole rows of places, and sites to be added. Returns the revision of it.
    pub async fn put_shown(
        &mut self,
        places: &[PlacesOf<'_>],
        sites: &[ShownSites],
    ) -> Result<Revision, Error> {
        for some in places.chunks(PUT_TOGETHER) {
            self.put_places(some).await?;
        }
        for some in sites.chunks(PUT_TOGETHER) {
            self.add_sites(some).await?;
        }
        self.move_shown().await
    }

    async fn put_places(&mut self, rows: &[PlacesOf<'_>]) -> Result<(), Error> {
        let sql = sqlx::AssertSqlSafe(format!(
            "INSERT INTO exposure_places (payer_kind, payer, crowd, splits, contig, bin, places) VALUES {} \
            ON CONFLICT (payer_kind, payer, contig, bin, crowd, splits) DO UPDATE SET places = excluded.places",
            row::marks(rows.len(), 7)
        ));
        let mut query = sqlx::query(sql);
        for PlacesOf { payer, contig, shown } in rows {
            query = query
                .bind(payer.0)
                .bind(payer.1)
                .bind(i64::from(shown.crowd))
                .bind(i64::from(shown.splits))
                .bind(i64::from(*contig))
                .bind(i64::from(shown.bin))
                .bind(shown.places.as_str());
        }
        query.execute(self.db()).await?;
        Ok(())
    }

    /// Adds sites of a release to what a payer was shown.
    async fn add_sites(&mut self, rows: &[ShownSites]) -> Result<(), Error> {
        let sql = sqlx::AssertSqlSafe(format!(
            "INSERT INTO exposure_sites (payer_kind, payer, freeze_name, sites, shift) VALUES {} \
            ON CONFLICT (payer_kind, payer, freeze_name) DO UPDATE SET sites = exposure_sites.sites + excluded.sites, \
            shift = exposure_sites.shift + excluded.shift",
            row::marks(rows.len(), 5)
        ));
        let mut query = sqlx::query(sql);
        for shown in rows {
            query = query
                .bind(shown.payer_kind.as_str())
                .bind(shown.payer.as_str())
                .bind(shown.freeze.as_str())
                .bind(shown.sites as i64)
                .bind(shown.shift as i64);
        }
        query.execute(self.db()).await?;
        Ok(())
    }
}
