//! What an iTop holds, normalised: every value is a text, a reference to nothing is empty.
use crate::cmdb::{Object, Objects, Written};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

/// Field that holds the key of an object's row in its source: our id of it. The server keeps it
/// in the source's table, where REST does not reach; here it is known from the journals.
pub const PRIMARY_KEY: &str = "primary_key";
/// Field that holds the class of an object that was read by one above it.
pub(super) const CLASS: &str = "finalclass";

/// What was read of an iTop.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Snapshot {
    objects: Objects,
    absent: BTreeSet<String>,
}

impl Deref for Snapshot {
    type Target = Objects;

    fn deref(&self) -> &Objects {
        &self.objects
    }
}

impl Snapshot {
    /// Takes in an object as the server sent it, with the row's key that we gave it.
    pub fn add(&mut self, class: &str, raw: &Value, written: &Written) {
        let Some(mut object) = normalise(raw) else {
            return;
        };
        let own = object.text(CLASS).to_owned();
        if let Some(key) = written.last(&own, &object.id, PRIMARY_KEY) {
            object.fields.insert(PRIMARY_KEY.to_owned(), key.clone());
        }
        self.objects.add(class, object);
    }

    /// Notes that the server has no such class.
    pub fn lacks(&mut self, class: &str) {
        self.absent.insert(class.to_owned());
    }

    /// Whether the server has a class.
    #[must_use]
    pub fn has_class(&self, class: &str) -> bool {
        !self.absent.contains(class)
    }
}

/// An object as it is compared, from an entry of `objects` of an answer; nothing where it has no
/// id.
#[must_use]
pub fn normalise(raw: &Value) -> Option<Object> {
    let id = match raw.get("key")? {
        Value::String(id) => id.clone(),
        Value::Number(id) => id.to_string(),
        _ => return None,
    };
    let mut fields: BTreeMap<String, Value> = BTreeMap::new();
    for (name, value) in raw.get("fields")?.as_object()? {
        fields.insert(name.clone(), json!(text(name, value)));
    }
    fields.insert(CLASS.to_owned(), raw.get("class")?.clone());
    Some(Object {
        id: json!(id),
        fields,
    })
}

fn text(name: &str, value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => u8::from(*flag).to_string(),
        _ => String::new(),
    };
    match name {
        _ if name.ends_with("_id") && text == "0" => String::new(),
        // AttributeDecimal keeps its zeros: 1000.00.
        "speed" if text.contains('.') => {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        _ => text,
    }
}
