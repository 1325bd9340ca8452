//! What NetBox holds, normalised: references are ids, choices their values, custom fields stand
//! beside the others as `custom_fields.NAME`.
use crate::cmdb::{Object, Objects};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::ops::Deref;

/// Fields that say nothing of the object itself, or follow from others.
const DERIVED: [&str; 13] = [
    "url",
    "display_url",
    "display",
    "created",
    "last_updated",
    "config_context",
    "link_peers",
    "link_peers_type",
    "connected_endpoints",
    "connected_endpoints_type",
    "connected_endpoints_reachable",
    "assigned_object",
    "member_count",
];

/// What was read of a NetBox.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Snapshot {
    /// Version of the server: major, minor.
    pub version: (u32, u32),
    objects: Objects,
}

impl Deref for Snapshot {
    type Target = Objects;

    fn deref(&self) -> &Objects {
        &self.objects
    }
}

impl Snapshot {
    /// An empty one of a server of this version.
    #[must_use]
    pub fn new(version: (u32, u32)) -> Self {
        Self {
            version,
            objects: Objects::default(),
        }
    }

    /// Takes in an object as the server sent it.
    pub fn add(&mut self, collection: &str, raw: &Value) {
        if let Some(object) = normalise(raw) {
            self.objects.add(collection, object);
        }
    }
}

/// An object as it is compared; nothing where it has no id.
#[must_use]
pub fn normalise(raw: &Value) -> Option<Object> {
    let map = raw.as_object()?;
    let id = map.get("id").filter(|id| id.is_u64())?.clone();
    let mut fields = BTreeMap::new();
    for (name, value) in map {
        if name == "custom_fields" {
            for (name, value) in value.as_object().into_iter().flatten() {
                fields.insert(format!("custom_fields.{name}"), plain(value));
            }
        } else if name != "id" && !DERIVED.contains(&name.as_str()) {
            fields.insert(name.clone(), plain(value));
        }
    }
    if let Some(ends) = terminations(map) {
        fields.insert("terminations".to_owned(), ends);
    }
    Some(Object { id, fields })
}

fn plain(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            if let (Some(value), true) = (map.get("value"), map.contains_key("label")) {
                return value.clone();
            }
            if let Some(id) = map.get("id").filter(|id| id.is_u64()) {
                return id.clone();
            }
            let kept = map.iter().filter(|(name, _)| *name != "object");
            Value::Object(
                kept.map(|(name, value)| (name.clone(), plain(value)))
                    .collect(),
            )
        }
        Value::Array(items) => items.iter().map(plain).collect(),
        other => other.clone(),
    }
}

/// The two interfaces of a cable, the lower id first.
fn terminations(map: &Map<String, Value>) -> Option<Value> {
    let end = |name: &str| {
        let ends = map.get(name)?.as_array()?;
        let [end] = ends.as_slice() else { return None };
        (end.get("object_type")?.as_str()? == "dcim.interface")
            .then(|| end.get("object_id")?.as_u64())?
    };
    let (a, b) = (end("a_terminations")?, end("b_terminations")?);
    Some(json!([a.min(b), a.max(b)]))
}
