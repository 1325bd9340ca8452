//! Runs into the index, each in one transaction.
use super::rows::{Cell, audit_key, bounded, device_key, digest, insert, run_key};
use super::{Index, IndexError};
use crate::store::{AuditFolder, RunFolder, StoreError};
use arpenteur_core::history::{Judged, RunState, Snapshot};
use arpenteur_core::model::KnownAsset;
use jiff::Timestamp;
use sqlx::AnyConnection;
use sqlx::{Connection, Row};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// What came of reading an audit folder.
#[derive(Debug, Default)]
pub struct Indexed {
    /// Runs that were new, or judged again.
    pub runs: usize,
    /// Runs that could not be indexed, by name, and why.
    pub left_out: Vec<(String, String)>,
}

/// One run, read from its folder.
struct ReadRun {
    audit: Uuid,
    client: String,
    path: String,
    name: String,
    stamp: String,
    as_of: Timestamp,
    complete: bool,
    state: RunState,
    known: Vec<KnownAsset>,
}

/// A device's row, ready to be written.
struct Seen<'r> {
    device: i64,
    digest: i64,
    body: String,
    snapshot: &'r Snapshot,
}

impl Index {
    /// Indexes every judged run of the folder that is new or was judged again, oldest first.
    /// Encrypted runs are left to their folder, unless the index is in memory: others are in clear.
    ///
    /// # Errors
    /// Where the database refuses. What was indexed before stays.
    pub fn catch_up(&mut self, folder: &AuditFolder, audit: Uuid) -> Result<Indexed, IndexError> {
        let stamps = self.runtime.block_on(stamps(&mut self.connection, audit))?;
        let mut indexed = Indexed::default();
        for run in folder.all_runs() {
            let Some(stamp) = run.judged_stamp() else {
                continue;
            };
            if stamps.get(&run.name()) == Some(&stamp) {
                continue;
            }
            match read_run(folder, &run, (audit, stamp), self.in_memory) {
                Ok(Some(read)) => {
                    self.runtime
                        .block_on(write_run(&mut self.connection, &read))?;
                    indexed.runs += 1;
                }
                Ok(None) => {}
                Err(reason) => indexed.left_out.push((run.name(), reason)),
            }
        }
        let path = folder_path(folder);
        self.runtime.block_on(async {
            sqlx::query("UPDATE audit SET path = $1 WHERE audit = $2 AND path <> $1")
                .bind(path)
                .bind(audit_key(audit))
                .execute(&mut self.connection)
                .await
        })?;
        Ok(indexed)
    }

    /// Forgets what the index holds of an audit's runs; identities stay.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn forget_runs(&mut self, audit: Uuid) -> Result<(), IndexError> {
        let audit = audit_key(audit);
        self.runtime.block_on(async {
            let mut tx = self.connection.begin().await?;
            for sql in [
                "DELETE FROM run WHERE audit = $1",
                "DELETE FROM word WHERE audit = $1",
            ] {
                sqlx::query(sql).bind(audit).execute(&mut *tx).await?;
            }
            prune(&mut tx, audit).await?;
            tx.commit().await
        })?;
        Ok(())
    }

    /// Forgets the runs of an audit whose folder is gone; how many they were.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn forget_gone(&mut self, folder: &AuditFolder, audit: Uuid) -> Result<usize, IndexError> {
        let there: Vec<String> = folder.all_runs().iter().map(RunFolder::name).collect();
        let known = self.runtime.block_on(stamps(&mut self.connection, audit))?;
        let gone: Vec<&String> = known.keys().filter(|name| !there.contains(name)).collect();
        self.runtime.block_on(async {
            let mut tx = self.connection.begin().await?;
            for name in &gone {
                sqlx::query("DELETE FROM run WHERE run = $1")
                    .bind(run_key(audit, name))
                    .execute(&mut *tx)
                    .await?;
            }
            prune(&mut tx, audit_key(audit)).await?;
            tx.commit().await
        })?;
        Ok(gone.len())
    }
}

fn folder_path(folder: &AuditFolder) -> String {
    let path = std::fs::canonicalize(folder.path());
    let path = path.unwrap_or_else(|_| folder.path().to_owned());
    path.to_string_lossy().replace('\0', "")
}

/// Nothing for an encrypted run; a reason where its files cannot be read.
fn read_run(
    folder: &AuditFolder,
    run: &RunFolder,
    (audit, stamp): (Uuid, String),
    encrypted_too: bool,
) -> Result<Option<ReadRun>, String> {
    let text = |error: StoreError| error.to_string();
    if !encrypted_too && !run.recipients().map_err(text)?.is_empty() {
        return Ok(None);
    }
    let Some(results) = run.read_results().map_err(text)? else {
        return Ok(None);
    };
    let judged = Judged::parse(&results)?;
    if judged.audit.id != audit {
        return Err(format!("it is of another audit: {}", judged.audit.id));
    }
    let known = run.read_identities().map_err(text)?;
    Ok(Some(ReadRun {
        audit,
        client: bounded(&judged.audit.client.name),
        path: folder_path(folder),
        name: bounded(&run.name()),
        stamp,
        known: known.unwrap_or_default(),
        as_of: judged.as_of,
        complete: judged.evidence.complete,
        state: judged.state(),
    }))
}

/// Stamps of the audit's runs, by name.
async fn stamps(
    connection: &mut AnyConnection,
    audit: Uuid,
) -> sqlx::Result<HashMap<String, String>> {
    let rows = sqlx::query("SELECT name, stamp FROM run WHERE audit = $1")
        .bind(audit_key(audit))
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect()
}

/// The whole run or nothing of it. The first statement writes: two processes never wait for each
/// other with half a transaction each.
async fn write_run(connection: &mut AnyConnection, run: &ReadRun) -> Result<(), IndexError> {
    let mut tx = connection.begin().await?;
    let audit = audit_key(run.audit);
    let row = [vec![
        Cell::Number(audit),
        Cell::Text(run.audit.to_string()),
        Cell::Text(run.client.clone()),
        Cell::Text(run.path.clone()),
    ]];
    let renew = "ON CONFLICT (audit) DO UPDATE SET client = excluded.client, path = excluded.path";
    insert(&mut tx, "audit (audit, uuid, client, path)", &row, renew).await?;
    let key = run_key(run.audit, &run.name);
    let replaced = sqlx::query("DELETE FROM run WHERE run = $1")
        .bind(key)
        .execute(&mut *tx)
        .await?
        .rows_affected();
    let seen = write_head(&mut tx, run, key).await?;
    write_devices(&mut tx, run).await?;
    write_snapshots(&mut tx, run, &seen).await?;
    let sightings: Vec<Vec<Cell>> = seen
        .iter()
        .map(|seen| [seen.device, key, seen.digest].map(Cell::Number).into())
        .collect();
    insert(&mut tx, "sighting (device, run, digest)", &sightings, "").await?;
    if replaced > 0 {
        prune(&mut tx, audit).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The run's own row; what it saw.
async fn write_head<'r>(
    tx: &mut AnyConnection,
    run: &'r ReadRun,
    key: i64,
) -> Result<Vec<Seen<'r>>, IndexError> {
    let state = &run.state;
    let devices = state.seen.values().filter(|at| at.is_device()).count();
    let failed: usize = state.seen.values().map(|at| at.open.len()).sum();
    let number = |count: usize| Cell::Number(i64::try_from(count).unwrap_or(i64::MAX));
    let row = [vec![
        Cell::Number(key),
        Cell::Number(audit_key(run.audit)),
        Cell::Text(run.name.clone()),
        Cell::Text(run.stamp.clone()),
        Cell::Text(run.as_of.to_string()),
        Cell::Number(i64::from(run.complete)),
        number(devices),
        number(failed),
        Cell::Text(serde_json::to_string(&state.checks)?),
    ]];
    let into = "run (run, audit, name, stamp, as_of, complete, devices, failed, checks)";
    insert(tx, into, &row, "").await?;
    let seen = state.seen.iter().map(|(id, snapshot)| {
        let body = serde_json::to_string(snapshot)?;
        Ok(Seen {
            device: device_key(run.audit, *id),
            digest: digest(&body),
            body,
            snapshot,
        })
    });
    seen.collect()
}

/// Rows of devices, and what is remembered of them where this run knows more.
async fn write_devices(tx: &mut AnyConnection, run: &ReadRun) -> Result<(), IndexError> {
    let audit = audit_key(run.audit);
    let rows: Vec<Vec<Cell>> = run
        .state
        .seen
        .keys()
        .map(|id| {
            vec![
                Cell::Number(device_key(run.audit, *id)),
                Cell::Number(audit),
                Cell::Text(id.to_string()),
            ]
        })
        .collect();
    let keep = "ON CONFLICT (device) DO NOTHING";
    insert(tx, "device (device, audit, uuid)", &rows, keep).await?;
    let before: BTreeMap<Uuid, KnownAsset> = known(tx, run.audit)
        .await?
        .into_iter()
        .map(|known| (known.arpenteur_id, known))
        .collect();
    let mut rows = Vec::new();
    for known in &run.known {
        let earlier = before.get(&known.arpenteur_id);
        if earlier.is_some_and(|earlier| newer_of(earlier, known) == earlier) {
            continue;
        }
        rows.push(vec![
            Cell::Number(device_key(run.audit, known.arpenteur_id)),
            Cell::Number(audit),
            Cell::Text(known.arpenteur_id.to_string()),
            Cell::Text(serde_json::to_string(known)?),
        ]);
    }
    let renew = "ON CONFLICT (device) DO UPDATE SET known = excluded.known";
    insert(tx, "device (device, audit, uuid, known)", &rows, renew).await?;
    Ok(())
}

/// Snapshots and words of the devices that look otherwise than in the run before.
async fn write_snapshots(
    tx: &mut AnyConnection,
    run: &ReadRun,
    seen: &[Seen<'_>],
) -> Result<(), IndexError> {
    let audit = audit_key(run.audit);
    let before = sqlx::query(
        "SELECT device, digest FROM sighting WHERE run = \
         (SELECT run FROM run WHERE audit = $1 AND name < $2 ORDER BY name DESC LIMIT 1)",
    )
    .bind(audit)
    .bind(run.name.clone())
    .fetch_all(&mut *tx)
    .await?;
    let before: HashMap<i64, i64> = before
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect::<sqlx::Result<_>>()?;
    let changed = seen
        .iter()
        .filter(|seen| before.get(&seen.device) != Some(&seen.digest));
    let (mut snapshots, mut words) = (Vec::new(), Vec::new());
    for seen in changed {
        snapshots.push(vec![
            Cell::Number(seen.device),
            Cell::Number(seen.digest),
            Cell::Text(seen.body.clone()),
        ]);
        for word in seen.snapshot.words() {
            words.push(vec![
                Cell::Number(audit),
                Cell::Text(bounded(&word)),
                Cell::Number(seen.device),
            ]);
        }
    }
    let keep = "ON CONFLICT DO NOTHING";
    insert(tx, "snapshot (device, digest, body)", &snapshots, keep).await?;
    insert(tx, "word (audit, word, device)", &words, keep).await?;
    Ok(())
}

/// Snapshots that no run shows any more.
async fn prune(tx: &mut AnyConnection, audit: i64) -> sqlx::Result<()> {
    sqlx::query(
        "DELETE FROM snapshot WHERE device IN (SELECT device FROM device WHERE audit = $1) \
         AND NOT EXISTS (SELECT 1 FROM sighting WHERE sighting.device = snapshot.device \
         AND sighting.digest = snapshot.digest)",
    )
    .bind(audit)
    .execute(tx)
    .await?;
    Ok(())
}

/// What the audit remembers of its devices, by id.
pub(super) async fn known(
    connection: &mut AnyConnection,
    audit: Uuid,
) -> Result<Vec<KnownAsset>, IndexError> {
    let rows = sqlx::query(
        "SELECT known FROM device WHERE audit = $1 AND known IS NOT NULL ORDER BY uuid",
    )
    .bind(audit_key(audit))
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| Ok(serde_json::from_str(row.try_get(0)?)?))
        .collect()
}

/// Which of two memories of one device is the later one; the second where they are as old.
#[must_use]
pub(super) fn newer_of<'a>(first: &'a KnownAsset, second: &'a KnownAsset) -> &'a KnownAsset {
    let date = |known: &KnownAsset| known.last_seen.max(known.missed_at);
    if date(first) > date(second) {
        first
    } else {
        second
    }
}
