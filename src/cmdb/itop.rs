//! iTop: REST for what is read and for single objects, rows of a synchronisation data source for
//! devices and interfaces. Errors come inside successful answers.
mod load;
mod source;

use super::http::{Http, HttpError};
use super::{Answer, Deletion, Step, Target};
use arpenteur_core::cmdb::itop::{
    Class, PRIMARY_KEY, ROUNDS, Read, Settings, Snapshot, class, normalise, reads,
};
use arpenteur_core::cmdb::{Object, Written, same};
use arpenteur_core::export::Estate;
use load::Load;
use serde_json::{Value, json};
use source::Source;
use std::collections::BTreeMap;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Address of the REST interface (iTop 2.2 and newer know version 1.3).
const REST: &str = "/webservices/rest.php?version=1.3";
/// Values of one question.
const VALUES: usize = 50;
/// Rows of one load: about fifteen seconds of a server's work.
const BATCH: usize = 100;
/// What changes are labelled with in the server's history.
const MESSAGE: &str = "Arpenteur";

/// An iTop.
pub struct Itop {
    http: Http,
    user: String,
    password: Zeroizing<String>,
    audit: Uuid,
    label: String,
    /// Sources that are ready for loads, by class.
    sources: BTreeMap<&'static str, Source>,
}

/// What an operation came to.
struct Told {
    code: i64,
    message: String,
    objects: Vec<Value>,
}

impl Told {
    /// The server's words, where it refuses.
    fn words(&self) -> String {
        format!("{}: {}", self.code, self.message)
    }
}

impl Itop {
    /// A client; the audit's id names its sources.
    #[must_use]
    pub fn new(http: Http, user: String, password: Zeroizing<String>, audit: Uuid) -> Self {
        Self {
            http,
            user,
            password,
            audit,
            label: MESSAGE.to_owned(),
            sources: BTreeMap::new(),
        }
    }

    /// Names the plan in the labels of changes.
    pub fn labelled(&mut self, plan: &str) {
        self.label = format!("{MESSAGE} {plan}");
    }

    /// Everything that a plan has to know.
    ///
    /// # Errors
    /// Where the server cannot be read.
    pub fn snapshot(
        &self,
        estate: &Estate,
        settings: &Settings,
        written: &Written,
    ) -> Result<Snapshot, HttpError> {
        let mut snapshot = Snapshot::default();
        for round in 0..ROUNDS {
            for read in reads(round, estate, settings, &snapshot) {
                match self.list(&read) {
                    Ok(objects) => {
                        for object in objects {
                            snapshot.add(read.class, &object, written);
                        }
                    }
                    Err(HttpError::Told { .. }) if read.optional => snapshot.lacks(read.class),
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(snapshot)
    }

    fn list(&self, read: &Read) -> Result<Vec<Value>, HttpError> {
        let attributes = known(read.class)?.attributes;
        let Some((attribute, values)) = &read.filter else {
            return self.select(read.class, attributes, "");
        };
        self.with_any(read.class, attributes, attribute, values)
    }

    /// Objects of a class with an attribute of one of some values.
    fn with_any(
        &self,
        class: &str,
        attributes: &[&str],
        attribute: &str,
        values: &[String],
    ) -> Result<Vec<Value>, HttpError> {
        let mut all = Vec::new();
        for values in values.chunks(VALUES) {
            let values: Vec<String> = values.iter().map(|one| literal(attribute, one)).collect();
            let condition = format!(" WHERE {attribute} IN ({})", values.join(","));
            all.extend(self.select(class, attributes, &condition)?);
        }
        Ok(all)
    }

    /// Objects of a class, with some attributes, under a condition of OQL.
    fn select(
        &self,
        class: &str,
        attributes: &[&str],
        condition: &str,
    ) -> Result<Vec<Value>, HttpError> {
        let told = self.call(
            &json!({
                "operation": "core/get",
                "class": class,
                "key": format!("SELECT {class}{condition}"),
                "output_fields": attributes.join(","),
            }),
            true,
        )?;
        if told.code == 0 {
            return Ok(told.objects);
        }
        Err(HttpError::Told {
            what: format!("reading {class}"),
            words: told.words(),
        })
    }

    /// One operation. `repeatable` says that the same twice is the same once.
    fn call(&self, operation: &Value, repeatable: bool) -> Result<Told, HttpError> {
        let text = self.post(REST, &[("json_data", &operation.to_string())], repeatable)?;
        let wrong = |why: &str| HttpError::Answer {
            method: "POST",
            url: REST.to_owned(),
            why: why.to_owned(),
        };
        let mut body: Value = serde_json::from_str(&text).map_err(|_| wrong("no JSON"))?;
        let code = body.get("code").and_then(Value::as_i64);
        let code = code.ok_or_else(|| wrong("no `code`"))?;
        let message = body.get("message").and_then(Value::as_str);
        let message = message.unwrap_or_default().chars().take(600).collect();
        let objects = match body.get_mut("objects").map(Value::take) {
            Some(Value::Object(objects)) => objects.into_iter().map(|(_, object)| object).collect(),
            _ => Vec::new(),
        };
        Ok(Told {
            code,
            message,
            objects,
        })
    }

    /// Sends a form with the account; gives the body of the answer.
    fn post(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        repeatable: bool,
    ) -> Result<String, HttpError> {
        let account = [
            ("auth_user", self.user.as_str()),
            ("auth_pwd", self.password.as_str()),
        ];
        let mut form = Zeroizing::new(String::new());
        for (name, value) in account.iter().chain(fields) {
            if !form.is_empty() {
                form.push('&');
            }
            form.push_str(name);
            form.push('=');
            form.push_str(&super::http::encoded(value));
        }
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let answered = self
            .http
            .post(path, &headers, form.as_bytes(), repeatable)?;
        if answered.status != 200 {
            return self
                .http
                .failed(super::http::Method::Post, path, answered)
                .map(|answered| answered.text);
        }
        Ok(answered.text)
    }

    /// Makes or changes one object over REST.
    fn single(&self, step: &Step<'_>, class: &Class) -> Answer {
        let create = step.object.is_null();
        let mut fields = step.values.clone();
        fields.remove(PRIMARY_KEY);
        let mut operation = json!({
            "operation": if create { "core/create" } else { "core/update" },
            "class": class.name,
            "comment": self.label,
            "fields": fields,
            "output_fields": class.attributes.join(","),
        });
        if let (false, Some(map)) = (create, operation.as_object_mut()) {
            map.insert("key".to_owned(), step.object.clone());
        }
        match self.call(&operation, !create) {
            Ok(told) if told.code == 0 => match told.objects.first().and_then(normalise) {
                Some(object) => Answer::Done(object),
                None => Answer::Refused(told.words()),
            },
            Ok(told) => Answer::Refused(told.words()),
            Err(error) => Answer::Unknown(error),
        }
    }
}

impl Target for Itop {
    fn batch(&self) -> usize {
        BATCH
    }

    fn current(&mut self, steps: &[Step<'_>]) -> Result<Vec<Option<Object>>, HttpError> {
        let [first, ..] = steps else {
            return Ok(Vec::new());
        };
        let class = known(&first.operation.collection)?;
        let (attribute, values): (&str, Vec<String>) = match (&first.find, first.object.is_null()) {
            (Some(find), true) => {
                let finds = steps.iter().filter_map(|step| step.find.as_ref());
                (&find.filter, finds.map(|find| text(&find.value)).collect())
            }
            _ => ("id", steps.iter().map(|step| text(&step.object)).collect()),
        };
        let mut values = values;
        values.sort();
        values.dedup();
        let raw = self.with_any(class.name, class.attributes, attribute, &values)?;
        let objects: Vec<Object> = raw.iter().filter_map(normalise).collect();
        // Whether an object hangs on a row of ours, only the source can say.
        let held = if class.is_loaded() {
            let ids: Vec<String> = objects.iter().map(|object| text(&object.id)).collect();
            self.held(class, &ids)?
        } else {
            Vec::new()
        };
        let of = |step: &Step<'_>| {
            let mut objects = objects.iter();
            let mut object = match &step.find {
                _ if !step.object.is_null() => objects.find(|object| object.id == step.object),
                Some(find) => objects.find(|object| {
                    alike(object.get(&find.filter), &find.value)
                        && find
                            .fields
                            .iter()
                            .all(|(field, value)| alike(object.get(field), value))
                }),
                None => None,
            }
            .cloned()?;
            if let Some(key) = step.values.get(PRIMARY_KEY)
                && held.contains(&text(&object.id))
            {
                object.fields.insert(PRIMARY_KEY.to_owned(), key.clone());
            }
            Some(object)
        };
        Ok(steps.iter().map(of).collect())
    }

    fn write(&mut self, steps: &[Step<'_>]) -> Vec<Answer> {
        let Some(class) = steps
            .first()
            .and_then(|step| class(&step.operation.collection))
        else {
            return Vec::new();
        };
        match steps {
            // A row empties texts alone: what is emptied goes by itself.
            [one] if empties(one) => vec![self.single(one, class)],
            _ if class.is_loaded() => Load::of(self, class).run(steps),
            _ => steps.iter().map(|step| self.single(step, class)).collect(),
        }
    }

    fn read(&mut self, collection: &str, id: &Value) -> Result<Option<Object>, HttpError> {
        let class = known(collection)?;
        let ids = [text(id)];
        let raw = self.with_any(class.name, class.attributes, "id", &ids)?;
        Ok(raw.first().and_then(normalise))
    }

    fn delete(&mut self, collection: &str, id: &Value) -> Result<Deletion, HttpError> {
        let class = known(collection)?;
        let delete = |simulate: bool| {
            json!({
                "operation": "core/delete",
                "class": class.name,
                "comment": self.label,
                "key": id,
                "simulate": simulate,
            })
        };
        let planned = self.call(&delete(true), true)?;
        if planned.code != 0 {
            return Ok(Deletion::Refused(planned.words()));
        }
        // The server would delete or empty what others hang on it, without a word.
        let others = planned.objects.iter().filter(|other| {
            let class = other
                .get("class")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let own = other.get("key").map(text) == Some(text(id)) && class == collection;
            !own && !class.starts_with("Synchro")
        });
        match others.count() {
            0 => {}
            others => {
                return Ok(Deletion::Refused(format!(
                    "{others} other objects hang on it"
                )));
            }
        }
        let told = self.call(&delete(false), true)?;
        Ok(match told.code {
            0 => Deletion::Done,
            _ => Deletion::Refused(told.words()),
        })
    }
}

/// A class that this program writes; a plan that names another was not made by it.
fn known(name: &str) -> Result<&'static Class, HttpError> {
    class(name).ok_or_else(|| HttpError::Settings(format!("`{name}` is no class of iTop's")))
}

/// Whether a step empties an attribute of an object.
fn empties(step: &Step<'_>) -> bool {
    !step.object.is_null() && step.values.values().any(|value| *value == json!(""))
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A value of OQL: a number where the attribute refers to an object, else a quoted text, in which
/// the language knows no escapes but those of the backslash and the quote.
fn literal(attribute: &str, value: &str) -> String {
    let refers = attribute == "id" || attribute.ends_with("_id");
    if refers && !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return value.to_owned();
    }
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Whether two values are one for the server: its comparison knows no case.
fn alike(a: &Value, b: &Value) -> bool {
    match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => a.to_lowercase() == b.to_lowercase(),
        _ => same(a, b),
    }
}
