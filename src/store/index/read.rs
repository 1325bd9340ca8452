//! What the index tells.
use super::rows::{audit_key, bounded, device_key, run_key};
use super::write::{self, newer_of};
use super::{Index, IndexError};
use arpenteur_core::history::{RunState, Snapshot};
use arpenteur_core::model::KnownAsset;
use jiff::Timestamp;
use rayon::prelude::*;
use serde::Serialize;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};
use std::collections::BTreeMap;
use std::path::PathBuf;
use uuid::Uuid;

/// A run of an audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IndexedRun {
    /// Name of its folder.
    pub name: String,
    /// Judgement date.
    pub as_of: Option<Timestamp>,
    /// Whether every target was finished.
    pub complete: bool,
    /// Devices.
    pub devices: i64,
    /// Checks that failed and were not waived.
    pub failed: i64,
}

/// A device in every run of its audit, oldest first; nothing where a run did not see it.
pub type Past = Vec<(IndexedRun, Option<Snapshot>)>;

const RUN: &str = "run.name, run.as_of, run.complete, run.devices, run.failed";

impl Index {
    /// What the audit remembers of its devices, joined with `folder`: what its newest run wrote.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn known(
        &mut self,
        audit: Uuid,
        folder: &[KnownAsset],
    ) -> Result<Vec<KnownAsset>, IndexError> {
        let own = self
            .runtime
            .block_on(write::known(&mut self.connection, audit))?;
        let mut all: BTreeMap<Uuid, KnownAsset> = BTreeMap::new();
        for known in own.iter().chain(folder) {
            let later = match all.get(&known.arpenteur_id) {
                Some(earlier) => newer_of(earlier, known).clone(),
                None => known.clone(),
            };
            all.insert(known.arpenteur_id, later);
        }
        Ok(all.into_values().collect())
    }

    /// Audits and where their folders were last.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn audits(&mut self) -> Result<Vec<(Uuid, PathBuf)>, IndexError> {
        let rows = self.fetch("SELECT uuid, path FROM audit ORDER BY path, uuid", &[])?;
        let mut audits = Vec::new();
        for row in rows {
            let (uuid, path): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            if let Ok(uuid) = uuid.parse() {
                audits.push((uuid, PathBuf::from(path)));
            }
        }
        Ok(audits)
    }

    /// Runs of an audit, oldest first.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn runs(&mut self, audit: Uuid) -> Result<Vec<IndexedRun>, IndexError> {
        let sql = format!("SELECT {RUN} FROM run WHERE audit = $1 ORDER BY name");
        let rows = self.fetch(&sql, &[audit_key(audit)])?;
        rows.iter().map(run_of).collect()
    }

    /// Devices of an audit that carry this name, address, serial number or id; those that
    /// carry it in the newest run that saw them before those that once did.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn find(&mut self, audit: Uuid, word: &str) -> Result<Vec<Uuid>, IndexError> {
        let word = bounded(&word.trim().to_lowercase());
        let rows = self.runtime.block_on(async {
            sqlx::query(
                "SELECT uuid FROM device WHERE audit = $1 AND (uuid = $2 OR device IN \
                 (SELECT device FROM word WHERE audit = $1 AND word = $2)) ORDER BY uuid",
            )
            .bind(audit_key(audit))
            .bind(word.clone())
            .fetch_all(&mut self.connection)
            .await
        })?;
        let mut found: Vec<Uuid> = Vec::new();
        for row in rows {
            let uuid: String = row.try_get(0)?;
            found.extend(uuid.parse::<Uuid>());
        }
        if found.len() < 2 {
            return Ok(found);
        }
        let mut now = Vec::new();
        for id in &found {
            let past = self.history(audit, *id)?;
            let last = past.iter().rev().find_map(|(_, at)| at.as_ref());
            if last.is_some_and(|at| at.words().iter().any(|own| bounded(own) == word)) {
                now.push(*id);
            }
        }
        Ok(if now.is_empty() { found } else { now })
    }

    /// A device in every run of its audit.
    ///
    /// # Errors
    /// Where the database refuses, or a row is damaged.
    pub fn history(&mut self, audit: Uuid, device: Uuid) -> Result<Past, IndexError> {
        let sql = format!(
            "SELECT {RUN}, snapshot.body FROM run \
             LEFT JOIN sighting ON sighting.run = run.run AND sighting.device = $2 \
             LEFT JOIN snapshot ON snapshot.device = sighting.device \
             AND snapshot.digest = sighting.digest WHERE run.audit = $1 ORDER BY run.name"
        );
        let keys = [audit_key(audit), device_key(audit, device)];
        let rows = self.fetch(&sql, &keys)?;
        let past = rows.iter().map(|row| {
            let body: Option<String> = row.try_get(5)?;
            let at = body.map(|body| serde_json::from_str(&body)).transpose()?;
            Ok((run_of(row)?, at))
        });
        past.collect()
    }

    /// All that two runs of an audit saw, each named with the stamp of its judgement; nothing
    /// where one is not indexed, or was judged since.
    ///
    /// # Errors
    /// Where the database refuses, or a row is damaged.
    pub fn states(
        &mut self,
        audit: Uuid,
        before: (&str, &str),
        after: (&str, &str),
    ) -> Result<Option<(RunState, RunState)>, IndexError> {
        let (Some((first, mut earlier)), Some((second, mut later))) = (
            self.run_state(audit, before)?,
            self.run_state(audit, after)?,
        ) else {
            return Ok(None);
        };
        earlier.seen = snapshots(&self.fetch(
            "SELECT device.uuid, snapshot.body FROM sighting \
             JOIN device ON device.device = sighting.device \
             JOIN snapshot ON snapshot.device = sighting.device \
             AND snapshot.digest = sighting.digest WHERE sighting.run = $1",
            &[first],
        )?)?;
        // What did not change is not read again: most devices of two runs.
        let rows = self.fetch(
            "SELECT device.uuid, CASE WHEN was.digest = sighting.digest THEN NULL ELSE snapshot.body END \
             FROM sighting JOIN device ON device.device = sighting.device \
             JOIN snapshot ON snapshot.device = sighting.device \
             AND snapshot.digest = sighting.digest \
             LEFT JOIN sighting was ON was.run = $2 AND was.device = sighting.device \
             WHERE sighting.run = $1",
            &[second, first],
        )?;
        later.seen = snapshots(&rows)?;
        for row in &rows {
            let (uuid, body): (String, Option<String>) = (row.try_get(0)?, row.try_get(1)?);
            if let (None, Ok(uuid)) = (body, uuid.parse())
                && let Some(same) = earlier.seen.get(&uuid)
            {
                later.seen.insert(uuid, same.clone());
            }
        }
        Ok(Some((earlier, later)))
    }

    /// A run's key and what its row holds, its devices left out.
    fn run_state(
        &mut self,
        audit: Uuid,
        (name, stamp): (&str, &str),
    ) -> Result<Option<(i64, RunState)>, IndexError> {
        let key = run_key(audit, name);
        let rows = self.fetch(
            "SELECT as_of, checks, stamp FROM run WHERE run = $1",
            &[key],
        )?;
        let Some(run) = rows.first() else {
            return Ok(None);
        };
        let (as_of, checks, own): (String, String, String) =
            (run.try_get(0)?, run.try_get(1)?, run.try_get(2)?);
        if own != stamp {
            return Ok(None);
        }
        let state = RunState {
            as_of: as_of.parse().ok(),
            checks: serde_json::from_str(&checks)?,
            ..RunState::default()
        };
        Ok(Some((key, state)))
    }

    fn fetch(&mut self, sql: &str, keys: &[i64]) -> Result<Vec<AnyRow>, IndexError> {
        // Only texts of this file, never a value of anybody's.
        let query = sqlx::query(AssertSqlSafe(sql.to_owned()));
        let query = keys.iter().fold(query, |query, key| query.bind(*key));
        let rows = self
            .runtime
            .block_on(query.fetch_all(&mut self.connection))?;
        Ok(rows)
    }
}

/// Devices by id, of rows that have a body.
fn snapshots(rows: &[AnyRow]) -> Result<BTreeMap<Uuid, Snapshot>, IndexError> {
    let mut bodies: Vec<(Uuid, String)> = Vec::with_capacity(rows.len());
    for row in rows {
        let (uuid, body): (String, Option<String>) = (row.try_get(0)?, row.try_get(1)?);
        bodies.extend(uuid.parse().ok().zip(body));
    }
    let read = |(uuid, body): &(Uuid, String)| Ok((*uuid, serde_json::from_str(body)?));
    bodies.par_iter().map(read).collect()
}

fn run_of(row: &AnyRow) -> Result<IndexedRun, IndexError> {
    let as_of: String = row.try_get(1)?;
    let complete: i64 = row.try_get(2)?;
    Ok(IndexedRun {
        name: row.try_get(0)?,
        as_of: as_of.parse().ok(),
        complete: complete != 0,
        devices: row.try_get(3)?,
        failed: row.try_get(4)?,
    })
}
