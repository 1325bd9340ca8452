//! A plan: what is to be written where, in order, and what is not and why.
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;
use uuid::Uuid;

/// Version of the format that this program writes and reads.
const VERSION: u32 = 1;

/// What a plan is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Bring the inventory into the target.
    Sync,
    /// Mark the devices that are no longer found.
    Retire,
}

/// Everything that a run of `apply` would do to one target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Format version: 1.
    pub version: u32,
    /// First 16 digits of the SHA-256 of the rest: names its files.
    pub id: String,
    /// Name of the target in `audit.yaml`.
    pub target: String,
    /// Address of its server: a plan is of no use for another.
    pub server: String,
    /// What it is for.
    pub purpose: Purpose,
    /// Id of the audit.
    pub audit: Uuid,
    /// Judgement date of the run that it is made of.
    pub as_of: Timestamp,
    /// How many journals of the target were ended before: the same change planned again after a
    /// rollback is another plan.
    pub revision: usize,
    /// What is written, in this order.
    pub operations: Vec<Operation>,
    /// What contradicts the target, and is left alone.
    pub conflicts: Vec<Note>,
    /// Values that people edited, and that stay.
    pub kept: Vec<Kept>,
    /// What has no place in the target, or none that is sure.
    pub unplaced: Vec<Note>,
    /// Devices of earlier runs that this one did not see.
    pub missing: Vec<Missing>,
    /// Objects that are as they should be.
    pub unchanged: usize,
}

/// Whether an operation makes an object or changes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Make it.
    Create,
    /// Change fields of it.
    Update,
}

/// One write. A value may refer to an object of the plan, see [`references`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// Natural key, unique in the plan.
    pub key: String,
    /// Kind of object, in the target's own words: `dcim/devices`.
    pub collection: String,
    /// What people call the object.
    pub label: String,
    /// What is done.
    pub action: Action,
    /// The object that is updated: the server's id, or a reference.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub object: Value,
    /// Fields by name.
    pub fields: BTreeMap<String, Change>,
    /// Fields that are as they should be already, remembered as ours once this is written.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub agreed: BTreeMap<String, Value>,
    /// How an object to be made is looked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub find: Option<Find>,
}

/// One field's change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Value in the target when the plan was made; null where the object is new.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub before: Value,
    /// Value to write.
    pub after: Value,
    /// What we wrote there last, where we did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Value>,
}

/// A look-up by natural key: one question to the server, the rest compared on our side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Find {
    /// Filter of the server that takes several values.
    pub filter: String,
    /// Its value, or a reference.
    pub value: Value,
    /// Fields that the object has.
    pub fields: BTreeMap<String, Value>,
}

/// Something to say of an object: `cmdb-note-CODE` of the message files has the words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// Which sentence.
    pub code: String,
    /// The object.
    pub object: String,
    /// What the sentence needs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub with: BTreeMap<String, String>,
}

impl Note {
    /// A note of an object.
    #[must_use]
    pub fn new(code: &str, object: impl Into<String>, with: &[(&str, &str)]) -> Self {
        let with = with.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Self {
            code: code.to_owned(),
            object: object.into(),
            with: with.collect(),
        }
    }
}

/// A value that people edited, and that stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// The object.
    pub object: String,
    /// Its field.
    pub field: String,
    /// Value in the target.
    pub theirs: Value,
    /// Value that we would write.
    pub ours: Value,
}

/// A device of earlier runs that this one did not see.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Missing {
    /// Its id.
    pub arpenteur_id: Uuid,
    /// Its name when last seen.
    pub name: String,
    /// Complete runs in a row that missed it.
    pub missed: u32,
    /// Whether `retire` would take it.
    pub due: bool,
}

impl Plan {
    /// An empty plan.
    #[must_use]
    pub fn new(
        target: &str,
        server: &str,
        purpose: Purpose,
        (audit, as_of): (Uuid, Timestamp),
    ) -> Self {
        Self {
            version: VERSION,
            id: String::new(),
            target: target.to_owned(),
            server: server.to_owned(),
            purpose,
            audit,
            as_of,
            revision: 0,
            operations: Vec::new(),
            conflicts: Vec::new(),
            kept: Vec::new(),
            unplaced: Vec::new(),
            missing: Vec::new(),
            unchanged: 0,
        }
    }

    /// Gives the plan its id, after which it is not to be changed.
    #[must_use]
    pub fn sealed(mut self) -> Self {
        self.id = self.digest();
        self
    }

    fn digest(&self) -> String {
        let bare = Self {
            id: String::new(),
            ..self.clone()
        };
        let bytes = serde_json::to_vec(&bare).unwrap_or_default();
        let digest = Sha256::digest(&bytes);
        digest.iter().take(8).fold(String::new(), |mut text, byte| {
            // Writing to a string does not fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Its file.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Reads a plan's file.
    ///
    /// # Errors
    /// In words, where it is none, of another version, or was changed by hand.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        const AGAIN: &str = "help: make a new one with `arpenteur cmdb plan`";
        let plan: Self = serde_json::from_slice(bytes)
            .map_err(|error| format!("no plan of this version: {error}\n{AGAIN}"))?;
        if plan.version != VERSION {
            return Err(format!(
                "plan of version {}; this program reads version {VERSION}\n{AGAIN}",
                plan.version
            ));
        }
        if plan.id != plan.digest() {
            return Err(format!("the plan was changed since it was made\n{AGAIN}"));
        }
        Ok(plan)
    }
}

/// The keys of the plan's objects that a value refers to: `{"ref": KEY}`, also inside lists.
#[must_use]
pub fn references(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(map) => match map.get("ref") {
            Some(Value::String(key)) if map.len() == 1 => vec![key],
            _ => map.values().flat_map(references).collect(),
        },
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}
