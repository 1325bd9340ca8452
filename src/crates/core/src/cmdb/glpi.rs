//! GLPI, over its native inventory interface: whole devices are sent and nothing can be read
//! back, so that a plan compares each message with the one that was sent last, by its digest.
use super::merge::{Builder, Object, Rule, Wanted};
use super::plan::{Missing, Plan};
use super::written::Written;
use crate::export::{Estate, GlpiMessage, Mapping};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The one kind of object.
pub const COLLECTION: &str = "inventory";
/// The one field of it: the message's digest.
pub const DIGEST: &str = "digest";

/// The id that the server knows a device's sender by (`deviceid`, `GLPI-Agent-ID`).
#[must_use]
pub fn agent(message: &GlpiMessage) -> String {
    format!("arpenteur-{}", message.device)
}

/// SHA-256 of a message, in hexadecimal.
#[must_use]
pub fn digest(body: &Value) -> String {
    let bytes = serde_json::to_vec(body).unwrap_or_default();
    let digest = Sha256::digest(&bytes);
    digest.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Which messages are new, changed, or the same as those that were sent last. `empty` is a plan
/// without operations.
#[must_use]
pub fn plan(
    estate: &Estate,
    messages: &[GlpiMessage],
    mapping: &Mapping,
    empty: Plan,
    written: &Written,
) -> Plan {
    let mut builder = Builder::new(empty, mapping, written);
    for message in messages {
        let mut devices = estate.devices.iter();
        let device = devices.find(|device| device.id == message.device);
        let name = device.map_or("", |device| &device.name);
        let agent = agent(message);
        let id = json!(agent);
        let wanted =
            Wanted::new(COLLECTION, &agent, name).with(DIGEST, digest(&message.body), Rule::Ours);
        let sent = written.last(COLLECTION, &id, DIGEST).map(|last| Object {
            id: id.clone(),
            fields: BTreeMap::from([(DIGEST.to_owned(), last.clone())]),
        });
        builder.put(wanted, sent.as_ref());
    }
    let mut plan = builder.plan;
    let missing = estate.missing.iter().map(|known| Missing {
        arpenteur_id: known.arpenteur_id,
        name: known.name.clone(),
        missed: known.missed,
        // The interface retires nothing.
        due: false,
    });
    plan.missing = missing.collect();
    plan
}
