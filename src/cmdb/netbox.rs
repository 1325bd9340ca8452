//! NetBox over REST: pages, lists of fifty, halves where a list is refused.
use super::http::{Answered, Http, HttpError, Method, encoded};
use super::{Answer, Deletion, Step, Target};
use arpenteur_core::cmdb::netbox::{Read, Settings, Snapshot, normalise, reads};
use arpenteur_core::cmdb::{Action, Object, same};
use arpenteur_core::export::{Estate, Mapping};
use serde_json::{Map, Value, json};

/// Objects of a page: the server's own maximum by default (MAX_PAGE_SIZE).
const PAGE: usize = 1000;
/// Objects of one write: larger lists take more than a minute.
const BATCH: usize = 50;
/// Values of one filter, so that an address stays short.
const VALUES: usize = 50;
/// Most objects of a list: no inventory of a client has more.
const MOST: usize = 1_000_000;
/// What changes are labelled with in the server's change log (NetBox 4.4).
const MESSAGE: &str = "Arpenteur";

/// A NetBox.
pub struct Netbox {
    http: Http,
    label: String,
}

/// The header's value for a token of either version.
#[must_use]
pub fn authorization(token: &str) -> String {
    if token.starts_with("nbt_") {
        format!("Bearer {token}")
    } else {
        format!("Token {token}")
    }
}

impl Netbox {
    /// A client; `plan` labels what it writes.
    #[must_use]
    pub fn new(http: Http) -> Self {
        Self {
            http,
            label: MESSAGE.to_owned(),
        }
    }

    /// Names the plan in the labels of changes.
    pub fn labelled(&mut self, plan: &str) {
        self.label = format!("{MESSAGE} {plan}");
    }

    /// Everything that a plan has to know.
    ///
    /// # Errors
    /// Where the server cannot be read, or is too old.
    pub fn snapshot(
        &self,
        estate: &Estate,
        mapping: &Mapping,
        settings: &Settings,
    ) -> Result<Snapshot, HttpError> {
        let mut snapshot = Snapshot::new(self.version()?);
        for round in 0..3 {
            for read in reads(round, estate, mapping, settings, &snapshot) {
                for object in self.list(&read)? {
                    snapshot.add(read.collection, &object);
                }
            }
        }
        Ok(snapshot)
    }

    fn version(&self) -> Result<(u32, u32), HttpError> {
        let status = self.get("/api/status/")?;
        let text = status.body.get("netbox-version").and_then(Value::as_str);
        let text = text.unwrap_or_default();
        let mut parts = text.split(['.', '-']).map(|part| part.parse().unwrap_or(0));
        let version = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
        if version < (4, 2) {
            return Err(HttpError::Settings(format!(
                "NetBox `{text}`: versions below 4.2 have no objects for hardware addresses\nhelp: upgrade it, or check that the address is a NetBox's"
            )));
        }
        Ok(version)
    }

    fn get(&self, path: &str) -> Result<Answered, HttpError> {
        let answered = self.http.send(Method::Get, path, None, None)?;
        if answered.status == 200 {
            return Ok(answered);
        }
        self.http.failed(Method::Get, path, answered)
    }

    fn list(&self, read: &Read) -> Result<Vec<Value>, HttpError> {
        match &read.filter {
            None => self.pages(read.collection, ""),
            Some((filter, values)) => self.with_any(read.collection, filter, values),
        }
    }

    /// Objects that a filter gives for any of some values. An id that is there no more makes the
    /// server refuse the whole question: then each value is asked for alone.
    fn with_any(
        &self,
        collection: &str,
        filter: &str,
        values: &[String],
    ) -> Result<Vec<Value>, HttpError> {
        let mut all = Vec::new();
        for values in values.chunks(VALUES) {
            let query: String = values
                .iter()
                .map(|value| format!("{filter}={}&", encoded(value)))
                .collect();
            match (self.pages(collection, &query), values) {
                (Ok(objects), _) => all.extend(objects),
                (Err(HttpError::Status { status: 400, .. }), [_]) => {}
                (Err(HttpError::Status { status: 400, .. }), _) => {
                    for value in values {
                        all.extend(self.with_any(
                            collection,
                            filter,
                            std::slice::from_ref(value),
                        )?);
                    }
                }
                (Err(error), _) => return Err(error),
            }
        }
        Ok(all)
    }

    /// Every page of a list. The address of the next is ours, not the one that the server names.
    fn pages(&self, collection: &str, query: &str) -> Result<Vec<Value>, HttpError> {
        let mut all: Vec<Value> = Vec::new();
        loop {
            let path = format!(
                "/api/{collection}/?{query}limit={PAGE}&offset={}",
                all.len()
            );
            let answered = self.get(&path)?;
            let wrong = || HttpError::Answer {
                method: "GET",
                url: format!("/api/{collection}/"),
                why: "no `count` and `results`".to_owned(),
            };
            let count = answered
                .body
                .get("count")
                .and_then(Value::as_u64)
                .ok_or_else(wrong)?;
            let Some(Value::Array(results)) = answered.body.get("results") else {
                return Err(wrong());
            };
            all.extend(results.iter().cloned());
            if results.is_empty() || all.len() as u64 >= count || all.len() > MOST {
                return Ok(all);
            }
        }
    }

    /// Writes a list; halves it where it is refused, until the row at fault stands alone.
    fn list_write(&self, steps: &[Step<'_>]) -> Vec<Answer> {
        let [first, ..] = steps else {
            return Vec::new();
        };
        let path = format!("/api/{}/", first.operation.collection);
        let method = if first.object.is_null() {
            Method::Post
        } else {
            Method::Patch
        };
        let body: Value = steps.iter().map(|step| self.body(step)).collect();
        match self.http.send(method, &path, Some(&body), None) {
            Ok(answered) if matches!(answered.status, 200 | 201) => self.done(steps, &answered),
            Ok(answered) if answered.status == 400 && steps.len() > 1 => {
                let (left, right) = steps.split_at(steps.len() / 2);
                let mut answers = self.list_write(left);
                answers.extend(self.list_write(right));
                answers
            }
            Ok(answered) => steps
                .iter()
                .map(|_| Answer::Refused(format!("{}: {}", answered.status, answered.words)))
                .collect(),
            Err(error) => {
                let mut answers: Vec<Answer> = Vec::new();
                let text = error.to_string();
                answers.push(Answer::Unknown(error));
                answers.resize_with(steps.len(), || {
                    Answer::Unknown(HttpError::Settings(text.clone()))
                });
                answers
            }
        }
    }

    /// The objects of an answer to a list. Those that were made come in the order of the request,
    /// those that were changed in the server's own. A device counts what hangs on it only once it
    /// is read again: its type may have brought interfaces along.
    fn done(&self, steps: &[Step<'_>], answered: &Answered) -> Vec<Answer> {
        let mut objects: Vec<Object> = match &answered.body {
            Value::Array(items) => items.iter().filter_map(normalise).collect(),
            _ => Vec::new(),
        };
        let collection = steps.first().map(|step| step.operation.collection.as_str());
        if collection == Some("dcim/devices") {
            let ids: Vec<String> = objects.iter().map(|object| object.id.to_string()).collect();
            let again = self
                .with_any("dcim/devices", "id", &ids)
                .unwrap_or_default();
            for now in again.iter().filter_map(normalise) {
                if let Some(object) = objects.iter_mut().find(|object| object.id == now.id) {
                    *object = now;
                }
            }
        }
        let of = |(place, step): (usize, &Step<'_>)| {
            let found = if step.object.is_null() {
                objects.get(place)
            } else {
                objects.iter().find(|object| object.id == step.object)
            };
            match found {
                Some(object) => Answer::Done(object.clone()),
                None => Answer::Unknown(HttpError::Answer {
                    method: "POST",
                    url: "/api/".to_owned(),
                    why: "an object is missing in it".to_owned(),
                }),
            }
        };
        steps.iter().enumerate().map(of).collect()
    }

    /// Writes one object that was there before, provided that nobody changes it meanwhile.
    fn one_write(&self, step: &Step<'_>) -> Answer {
        let path = format!("/api/{}/{}/", step.operation.collection, step.object);
        let now = match self.http.send(Method::Get, &path, None, None) {
            Ok(answered) if answered.status == 200 => answered,
            Ok(_) => return Answer::Changed,
            Err(error) => return Answer::Unknown(error),
        };
        let planned = normalise(&now.body).is_some_and(|object| {
            step.operation.fields.iter().all(|(field, change)| {
                let value = object.get(field);
                same(value, &change.before)
                    || step
                        .values
                        .get(field)
                        .is_some_and(|after| same(value, after))
            })
        });
        if !planned {
            return Answer::Changed;
        }
        let mut body = self.body(step);
        if let Some(map) = body.as_object_mut() {
            map.remove("id");
        }
        match self
            .http
            .send(Method::Patch, &path, Some(&body), now.etag.as_deref())
        {
            Ok(answered) if answered.status == 200 => match normalise(&answered.body) {
                Some(object) => Answer::Done(object),
                None => Answer::Refused(answered.words),
            },
            Ok(answered) if answered.status == 412 => Answer::Changed,
            Ok(answered) => Answer::Refused(format!("{}: {}", answered.status, answered.words)),
            Err(error) => Answer::Unknown(error),
        }
    }

    /// What is sent for a step; custom fields go into their own map.
    fn body(&self, step: &Step<'_>) -> Value {
        let (mut body, mut custom) = (Map::new(), Map::new());
        for (field, value) in &step.values {
            match field.strip_prefix("custom_fields.") {
                Some(name) => custom.insert(name.to_owned(), value.clone()),
                None => body.insert(field.clone(), value.clone()),
            };
        }
        if !custom.is_empty() {
            body.insert("custom_fields".to_owned(), Value::Object(custom));
        }
        if !step.object.is_null() {
            body.insert("id".to_owned(), step.object.clone());
        }
        body.insert("changelog_message".to_owned(), json!(self.label));
        Value::Object(body)
    }
}

impl Target for Netbox {
    fn batch(&self) -> usize {
        BATCH
    }

    fn keeps(&self, field: &str) -> bool {
        // A template knows the kind of its interface better than we do.
        field == "type"
    }

    fn current(&mut self, steps: &[Step<'_>]) -> Result<Vec<Option<Object>>, HttpError> {
        let [first, ..] = steps else {
            return Ok(Vec::new());
        };
        let text = |value: &Value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        };
        let (filter, values): (&str, Vec<String>) = match (&first.find, first.object.is_null()) {
            (Some(find), true) => {
                let finds = steps.iter().filter_map(|step| step.find.as_ref());
                (&find.filter, finds.map(|find| text(&find.value)).collect())
            }
            _ => ("id", steps.iter().map(|step| text(&step.object)).collect()),
        };
        let mut values = values;
        values.sort();
        values.dedup();
        let raw = self.with_any(&first.operation.collection, filter, &values)?;
        let objects: Vec<Object> = raw.iter().filter_map(normalise).collect();
        let of = |step: &Step<'_>| {
            let mut objects = objects.iter();
            match &step.find {
                _ if !step.object.is_null() => objects.find(|object| object.id == step.object),
                Some(find) => objects.find(|object| {
                    is_of(object, &find.filter, &find.value)
                        && find
                            .fields
                            .iter()
                            .all(|(field, value)| same(object.get(field), value))
                }),
                None => None,
            }
            .cloned()
        };
        Ok(steps.iter().map(of).collect())
    }

    fn write(&mut self, steps: &[Step<'_>]) -> Vec<Answer> {
        // What this plan made itself nobody else can have changed: it goes by lists.
        let alone = |step: &Step<'_>| {
            step.operation.action == Action::Update && !step.operation.object.is_object()
        };
        if steps.iter().any(alone) {
            return steps.iter().map(|step| self.one_write(step)).collect();
        }
        self.list_write(steps)
    }

    fn read(&mut self, collection: &str, id: &Value) -> Result<Option<Object>, HttpError> {
        let path = format!("/api/{collection}/{id}/");
        let answered = self.http.send(Method::Get, &path, None, None)?;
        match answered.status {
            200 => Ok(normalise(&answered.body)),
            404 => Ok(None),
            _ => self.http.failed(Method::Get, &path, answered).map(|_| None),
        }
    }

    fn delete(&mut self, collection: &str, id: &Value) -> Result<Deletion, HttpError> {
        let path = format!("/api/{collection}/{id}/");
        let answered = self.http.send(Method::Delete, &path, None, None)?;
        Ok(match answered.status {
            200 | 204 | 404 => Deletion::Done,
            status => Deletion::Refused(format!("{status}: {}", answered.words)),
        })
    }
}

/// Whether an object is one that a filter gave for this value: several values go in one question.
fn is_of(object: &Object, filter: &str, value: &Value) -> bool {
    let field = match filter.strip_prefix("cf_") {
        Some(name) => format!("custom_fields.{name}"),
        None => filter.strip_suffix("_id").unwrap_or(filter).to_owned(),
    };
    let Some(now) = object.fields.get(&field) else {
        // A filter over what stands elsewhere: the fields decide.
        return true;
    };
    if filter == "address" {
        let host = |text: &str| text.split('/').next().unwrap_or(text).to_owned();
        return now.as_str().map(host) == value.as_str().map(host);
    }
    match (now.as_str(), value.as_str()) {
        (Some(now), Some(value)) => now.eq_ignore_ascii_case(value),
        _ => same(now, value),
    }
}
