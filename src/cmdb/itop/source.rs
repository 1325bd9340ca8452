//! Synchronisation data sources: made by the plan, made ready before the first load.
use super::{Itop, VALUES, literal, text};
use crate::cmdb::http::HttpError;
use arpenteur_core::cmdb::Object;
use arpenteur_core::cmdb::itop::{Class, SOURCE, normalise, source_name};
use serde_json::{Value, json};

/// A source that is ready.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// The server's id.
    pub(super) id: String,
}

impl Itop {
    /// The source of a class, ready for loads; nothing where the server has none.
    pub(super) fn ready(&mut self, class: &'static Class) -> Result<Option<Source>, HttpError> {
        if let Some(source) = self.sources.get(class.name) {
            return Ok(Some(source.clone()));
        }
        let Some(source) = self.source(class)? else {
            return Ok(None);
        };
        let name = source.text("name");
        // Each load is a part of the inventory: what it does not name must be left alone.
        if source.text("delete_policy") != "ignore" || source.text("scope_class") != class.name {
            return Err(HttpError::Settings(format!(
                "the data source `{name}` of iTop is not as it was made: its class must be {} and its deletion policy `ignore`, else objects that a load does not name would be changed\nhelp: set it back in iTop, or delete the source; `apply` goes on from there",
                class.name
            )));
        }
        let source = Source {
            id: text(&source.id),
        };
        self.attributes(class, &source)?;
        self.sweep(&source)?;
        self.sources.insert(class.name, source.clone());
        Ok(Some(source))
    }

    fn source(&self, class: &Class) -> Result<Option<Object>, HttpError> {
        let attributes = ["name", "scope_class", "delete_policy"];
        let name = [source_name(self.audit, class.name)];
        let found = self.with_any(SOURCE, &attributes, "name", &name)?;
        Ok(found.first().and_then(normalise))
    }

    /// Sets which attributes are written and compared, and that people may edit them.
    fn attributes(&self, class: &Class, source: &Source) -> Result<(), HttpError> {
        let of = format!(" WHERE sync_source_id = {}", literal("id", &source.id));
        let attributes = ["attcode", "update", "reconcile", "update_policy"];
        for raw in self.select("SynchroAttribute", &attributes, &of)? {
            let Some(attribute) = normalise(&raw) else {
                continue;
            };
            let code = attribute.text("attcode");
            let ours = class.has(code);
            let flag = |on: bool| if on { "1" } else { "0" };
            let mut wanted = vec![
                ("update", flag(ours)),
                ("reconcile", flag(class.reconciled_by.contains(&code))),
            ];
            if ours {
                wanted.push(("update_policy", "master_unlocked"));
            }
            self.settle(&attribute, &wanted)?;
        }
        // References are written as ids: a name that the server does not find would only be a
        // warning, and the field empty.
        let attributes = ["attcode", "reconciliation_attcode"];
        for raw in self.select("SynchroAttExtKey", &attributes, &of)? {
            if let Some(attribute) = normalise(&raw)
                && class.has(attribute.text("attcode"))
            {
                self.settle(&attribute, &[("reconciliation_attcode", "")])?;
            }
        }
        Ok(())
    }

    /// Changes what is not as it should be.
    fn settle(&self, attribute: &Object, wanted: &[(&str, &str)]) -> Result<(), HttpError> {
        let changes: serde_json::Map<String, Value> = wanted
            .iter()
            .filter(|(field, value)| attribute.text(field) != *value)
            .map(|(field, value)| ((*field).to_owned(), json!(value)))
            .collect();
        if changes.is_empty() {
            return Ok(());
        }
        let class = attribute.text("finalclass");
        let told = self.call(
            &json!({
                "operation": "core/update",
                "class": class,
                "key": attribute.id,
                "comment": self.label,
                "fields": changes,
                "output_fields": "attcode",
            }),
            true,
        )?;
        if told.code == 0 {
            return Ok(());
        }
        Err(HttpError::Told {
            what: format!("setting up {class} {}", attribute.text("attcode")),
            words: told.words(),
        })
    }

    /// Deletes rows that are no object: those that the server refused, and those whose object was
    /// deleted, which it would pass over for ever. Gives what it said of them.
    pub(super) fn sweep(&self, source: &Source) -> Result<Vec<String>, HttpError> {
        let of = format!(
            " WHERE sync_source_id = {} AND status_last_error != \"\"",
            literal("id", &source.id)
        );
        let attributes = ["dest_id", "status", "status_last_error"];
        let mut words = Vec::new();
        for raw in self.select("SynchroReplica", &attributes, &of)? {
            let Some(replica) = normalise(&raw) else {
                continue;
            };
            words.push(replica.text("status_last_error").to_owned());
            if replica.text("dest_id").is_empty() || replica.text("status") == "orphan" {
                self.call(
                    &json!({
                        "operation": "core/delete",
                        "class": "SynchroReplica",
                        "key": replica.id,
                    }),
                    true,
                )?;
            }
        }
        Ok(words)
    }

    /// Which of some objects hang on rows of ours.
    pub(super) fn held(
        &self,
        class: &'static Class,
        objects: &[String],
    ) -> Result<Vec<String>, HttpError> {
        if objects.is_empty() {
            return Ok(Vec::new());
        }
        let source = match self.sources.get(class.name) {
            Some(source) => source.id.clone(),
            None => match self.source(class)? {
                Some(source) => text(&source.id),
                None => return Ok(Vec::new()),
            },
        };
        let mut held = Vec::new();
        for ids in objects.chunks(VALUES) {
            let ids: Vec<String> = ids.iter().map(|id| literal("id", id)).collect();
            let of = format!(
                " WHERE sync_source_id = {} AND status != \"orphan\" AND dest_id IN ({})",
                literal("id", &source),
                ids.join(",")
            );
            let raw = self.select("SynchroReplica", &["dest_id"], &of)?;
            let replicas = raw.iter().filter_map(normalise);
            held.extend(replicas.map(|replica| replica.text("dest_id").to_owned()));
        }
        Ok(held)
    }
}
