//! An iTop 3.3 that behaves as its sources say, in memory.
mod deletion;
mod model;
mod objects;
mod oql;
mod rest;
mod synchro;

use crate::server::{Fault, Handler, Reply, Request};
use deletion::*;
use model::*;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, Mutex};

pub(crate) const USER: &str = "arpenteur";
pub(crate) const PASSWORD: &str = "canary-itop-4c7e";

#[derive(Clone)]
struct Object {
    class: &'static str,
    fields: Map<String, Value>,
}

/// The table that holds an object, named after the root of its class, and its number there.
type Place = (&'static str, u64);

/// What an importer left for a replica: its key and the cells that are not NULL.
#[derive(Clone, Default)]
struct Row {
    key: Option<String>,
    cells: BTreeMap<String, String>,
}

#[derive(Clone, Default)]
struct State {
    objects: BTreeMap<Place, Object>,
    rows: BTreeMap<u64, Row>,
    next: BTreeMap<&'static str, u64>,
    /// Seconds that have passed: one an import.
    clock: u64,
    ordinary: bool,
    /// What somebody makes right before the next import into its class.
    race: Option<(String, Value)>,
    /// Classes whose module is not installed.
    lacking: Vec<String>,
    /// The source whose synchronisation runs: what it owns is not locked for it.
    task: u64,
    writes: usize,
    /// Imports that were not simulated.
    imports: usize,
    faults: BTreeMap<usize, Fault>,
}

#[derive(Clone)]
pub(crate) struct FakeItop(Arc<Mutex<State>>);

impl FakeItop {
    pub(crate) fn new() -> Self {
        let mut state = State::default();
        let account = json!({"login": USER, "password": PASSWORD});
        state.make("UserLocal", &account).unwrap();
        Self(Arc::new(Mutex::new(state)))
    }

    pub(crate) fn handler(&self) -> Handler {
        let fake = self.clone();
        Arc::new(move |request| fake.answer(request))
    }

    /// Whether the account is an ordinary one: it then sees no data source.
    pub(crate) fn ordinary(&self, ordinary: bool) {
        self.0.lock().unwrap().ordinary = ordinary;
    }

    /// Somebody makes an object right before the next import into its class.
    pub(crate) fn race(&self, class: &str, fields: Value) {
        self.0.lock().unwrap().race = Some((class.to_owned(), fields));
    }

    /// Has no such class: its module is not installed.
    pub(crate) fn lacks(&self, class: &str) {
        self.0.lock().unwrap().lacking.push(class.to_owned());
    }

    /// Imports that were not simulated.
    pub(crate) fn imports(&self) -> usize {
        self.0.lock().unwrap().imports
    }

    pub(crate) fn writes(&self) -> usize {
        self.0.lock().unwrap().writes
    }

    /// What befalls the n-th write from now.
    pub(crate) fn fault(&self, write: usize, fault: Fault) {
        let mut state = self.0.lock().unwrap();
        let at = state.writes + write;
        state.faults.insert(at, fault);
    }

    /// Objects of a class and of its children: fields as REST shows them, link sets left out, and `id`.
    pub(crate) fn all(&self, class: &str) -> Vec<Value> {
        let state = self.0.lock().unwrap();
        let found = state.select(class, |_, _| true);
        found.into_iter().map(|place| state.plain(place)).collect()
    }

    /// The object with a name (its friendly name, or its attribute `name`).
    pub(crate) fn named(&self, class: &str, name: &str) -> Value {
        let mut all = self.all(class).into_iter();
        all.find(|object| object["friendlyname"] == name || object["name"] == name)
            .unwrap_or_else(|| panic!("no {name} in {class}"))
    }

    /// Makes an object as a person would; fields as for REST.
    pub(crate) fn person(&self, class: &str, fields: Value) -> u64 {
        self.0.lock().unwrap().make(class, &fields).unwrap()
    }

    /// A person changes a field, even one that a source keeps locked.
    pub(crate) fn edit(&self, class: &str, id: u64, field: &str, value: Value) {
        let mut state = self.0.lock().unwrap();
        let place = (root(class).unwrap(), id);
        let object = state.objects.get_mut(&place).unwrap();
        let attribute = find_attribute(object.class, field).unwrap();
        let value = real(attribute, &value).unwrap();
        object.fields.insert(field.to_owned(), value);
    }

    /// A person deletes an object, and all that goes with it, whatever the policy.
    pub(crate) fn remove(&self, class: &str, id: u64) {
        let mut state = self.0.lock().unwrap();
        let mut plan = Plan::default();
        state.plan(&mut plan, (root(class).unwrap(), id), None);
        state.carry_out(&plan);
    }

    /// Replicas of a source: their attributes, and the primary key that REST does not show.
    pub(crate) fn replicas(&self, source: &str) -> Vec<Value> {
        let state = self.0.lock().unwrap();
        let found = state.select(REPLICA, |id, object| {
            state.get(id, object, "sync_source_id_friendlyname") == source
        });
        let found = found.into_iter().map(|place| {
            let mut shown = state.plain(place);
            shown["primary_key"] = json!(state.rows[&place.1].key);
            shown
        });
        found.collect()
    }

    /// The business objects without their numbers: two runs that differ in order alone are equal.
    pub(crate) fn content(&self) -> Vec<String> {
        let state = self.0.lock().unwrap();
        let business = state.objects.iter().filter(|(_, object)| {
            !object.class.starts_with("Synchro") && !is_a(object.class, "User")
        });
        let mut lines: Vec<String> = business
            .map(|((_, id), object)| {
                let stored = attributes(object.class).filter(|own| writable(own));
                let fields = stored.filter_map(|own| {
                    let value = match own.kind {
                        Kind::Set | Kind::Links | Kind::Blob => return None,
                        Kind::Key => state.get(*id, object, &format!("{}_friendlyname", own.code)),
                        _ => state.get(*id, object, &own.code),
                    };
                    (!value.is_null() && value != "").then(|| format!("{}={value}", own.code))
                });
                let fields: Vec<String> = fields.collect();
                format!("{} {}", object.class, fields.join(" "))
            })
            .collect();
        lines.sort();
        lines
    }

    fn answer(&self, request: &Request) -> Reply {
        let form = form(request);
        let mut state = self.0.lock().unwrap();
        let import = match request.path.as_str() {
            "/webservices/rest.php" => false,
            "/synchro/synchro_import.php" => true,
            _ => return Reply::new(404, json!("Not Found")),
        };
        if let Err((code, words)) = login(&form) {
            return match import {
                true => page(format!("<p>{words}</p>\n")),
                false => Reply::new(
                    200,
                    json!({"code": code, "message": format!("Error: {words}")}),
                ),
            };
        }
        let fault = match writes(import, &form) {
            true => {
                state.writes += 1;
                state.imports += usize::from(import);
                let at = state.writes;
                state.faults.remove(&at)
            }
            false => None,
        };
        if let Some(reply) = fault.as_ref().and_then(Fault::in_place) {
            return reply;
        }
        let reply = match import {
            true => page(state.import(&form)),
            false => Reply::new(200, state.rest(&form)),
        };
        match fault {
            Some(fault) => fault.after(reply),
            None => reply,
        }
    }
}

type Form = BTreeMap<String, String>;

fn form(request: &Request) -> Form {
    let body = String::from_utf8_lossy(&request.bytes);
    let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
    let pairs = pairs.map(|(name, value)| (decoded(name), decoded(value)));
    request.query.iter().cloned().chain(pairs).collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let hex = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap()
            }
            other => other,
        });
    }
    String::from_utf8(bytes).unwrap()
}

fn login(form: &Form) -> Result<(), (u64, &'static str)> {
    match (form.get("auth_user"), form.get("auth_pwd")) {
        (None, _) => Err((5, "Missing parameter 'auth_user'")),
        (_, None) => Err((6, "Missing parameter 'auth_pwd'")),
        (Some(user), Some(password)) if user == USER && password == PASSWORD => Ok(()),
        _ => Err((1, "Invalid login")),
    }
}

fn page(text: String) -> Reply {
    Reply {
        text: Some(text),
        ..Reply::new(200, Value::Null)
    }
}

/// Whether a request means to change something.
fn writes(import: bool, form: &Form) -> bool {
    if import {
        return form.get("simulate").is_none_or(|simulate| simulate != "1");
    }
    let data = form.get("json_data").map_or("", String::as_str);
    let data: Value = serde_json::from_str(data).unwrap_or_default();
    match data["operation"].as_str() {
        Some("core/create" | "core/update") => true,
        Some("core/delete") => data["simulate"] != true,
        _ => false,
    }
}
