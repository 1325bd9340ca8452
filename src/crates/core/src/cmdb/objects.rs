//! Objects of a target that were read, by kind.
use super::Object;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What was read of a target; an object once, however often it was read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Objects {
    objects: BTreeMap<String, Vec<Object>>,
    ids: BTreeSet<(String, String)>,
}

impl Objects {
    /// Takes in an object.
    pub fn add(&mut self, collection: &str, object: Object) {
        let id = (collection.to_owned(), object.id.to_string());
        if self.ids.insert(id) {
            self.objects
                .entry(collection.to_owned())
                .or_default()
                .push(object);
        }
    }

    /// Every object of a kind that was read.
    #[must_use]
    pub fn all(&self, collection: &str) -> &[Object] {
        self.objects.get(collection).map_or(&[], Vec::as_slice)
    }

    /// The object with an id.
    #[must_use]
    pub fn get(&self, collection: &str, id: &Value) -> Option<&Object> {
        self.all(collection).iter().find(|object| object.id == *id)
    }

    /// Objects by what a key function says of them.
    pub(super) fn index<K: Ord>(
        &self,
        collection: &str,
        key: impl Fn(&Object) -> Option<K>,
    ) -> BTreeMap<K, Vec<&Object>> {
        let mut found: BTreeMap<K, Vec<&Object>> = BTreeMap::new();
        for object in self.all(collection) {
            if let Some(key) = key(object) {
                found.entry(key).or_default().push(object);
            }
        }
        found
    }
}
