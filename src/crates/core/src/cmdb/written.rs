//! What we wrote last, by object and field: the third side of the comparison.
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Last values that we wrote. The journals are its source; `written.json` sums up the ended ones.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Written {
    /// Journals that are summed up in it.
    #[serde(default)]
    pub journals: BTreeSet<String>,
    /// Value by `collection/id` and field.
    #[serde(default)]
    pub values: BTreeMap<String, BTreeMap<String, Value>>,
}

impl Written {
    fn key(collection: &str, id: &Value) -> String {
        format!("{collection}/{}", id.to_string().trim_matches('"'))
    }

    /// What we wrote to a field last.
    #[must_use]
    pub fn last(&self, collection: &str, id: &Value, field: &str) -> Option<&Value> {
        self.values.get(&Self::key(collection, id))?.get(field)
    }

    /// Remembers a value; nothing where it is no longer ours.
    pub fn set(&mut self, collection: &str, id: &Value, field: &str, value: Option<Value>) {
        let object = self.values.entry(Self::key(collection, id)).or_default();
        match value {
            Some(value) => object.insert(field.to_owned(), value),
            None => object.remove(field),
        };
    }

    /// Forgets an object.
    pub fn forget(&mut self, collection: &str, id: &Value) {
        self.values.remove(&Self::key(collection, id));
    }
}
