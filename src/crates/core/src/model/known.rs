//! What is remembered of a device between runs.
use super::{Identity, SiteId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An asset of earlier runs: its id, the keys by which it is recognised, and when it was seen.
/// `identities.json` beside each run holds all of an audit's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownAsset {
    /// Its id, kept for ever.
    pub arpenteur_id: Uuid,
    /// Its identity when first seen.
    pub identity: Identity,
    /// Its keys when last seen, strongest first.
    pub keys: Vec<Identity>,
    /// Its name when last seen.
    #[serde(default)]
    pub name: String,
    /// Its site when last seen.
    #[serde(default)]
    pub site: SiteId,
    /// Judgement date of the first run that saw it.
    #[serde(default)]
    pub first_seen: Option<Timestamp>,
    /// Judgement date of the last run that saw it.
    #[serde(default)]
    pub last_seen: Option<Timestamp>,
    /// Complete runs in a row that covered its place and did not see it.
    #[serde(default)]
    pub missed: u32,
    /// Judgement date of the last of these: the same evidence judged again counts once.
    #[serde(default)]
    pub missed_at: Option<Timestamp>,
}
