//! A NetBox that behaves as version 4.6 was seen to (docs/cmdb.md), in memory.
use crate::server::{Fault, Handler, Reply, Request};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

#[derive(Default)]
pub(crate) struct State {
    pub(crate) objects: BTreeMap<String, BTreeMap<u64, Map<String, Value>>>,
    pub(crate) writes: usize,
    pub(crate) faults: BTreeMap<usize, Fault>,
    pub(crate) page: usize,
    /// A name that the server takes for nothing.
    pub(crate) refused: Option<String>,
    /// Interfaces that a device of a type comes with.
    pub(crate) templates: BTreeMap<u64, Vec<String>>,
    /// What somebody changes right after the next look at an object alone.
    pub(crate) race: Option<(String, u64, String, Value)>,
    next: u64,
    change: u64,
}

#[derive(Clone)]
pub(crate) struct FakeNetbox(pub(crate) Arc<Mutex<State>>);

pub(crate) const TOKEN: &str = "nbt_canary0key.canary0secret0value";
/// A token of version 1.
pub(crate) const OLD_TOKEN: &str = "canary0version1";

type Refused = (u16, Value);

/// Fields that refer to an object of a collection.
fn reference(field: &str) -> Option<&'static str> {
    Some(match field {
        "tenant" => "tenancy/tenants",
        "site" => "dcim/sites",
        "manufacturer" => "dcim/manufacturers",
        "device_type" => "dcim/device-types",
        "role" => "dcim/device-roles",
        "platform" => "dcim/platforms",
        "location" => "dcim/locations",
        "device" | "master" => "dcim/devices",
        "lag" => "dcim/interfaces",
        "untagged_vlan" => "ipam/vlans",
        "primary_ip4" | "primary_ip6" => "ipam/ip-addresses",
        "primary_mac_address" => "dcim/mac-addresses",
        "vrf" => "ipam/vrfs",
        "virtual_chassis" => "dcim/virtual-chassis",
        "cable" => "dcim/cables",
        _ => return None,
    })
}

fn references(field: &str) -> Option<&'static str> {
    Some(match field {
        "tags" => "extras/tags",
        "tagged_vlans" => "ipam/vlans",
        _ => return None,
    })
}

const CHOICES: [&str; 6] = [
    "status",
    "type",
    "mode",
    "duplex",
    "protocol",
    "filter_logic",
];

fn required(collection: &str) -> &'static [&'static str] {
    match collection {
        "tenancy/tenants" | "dcim/sites" | "dcim/manufacturers" | "dcim/device-roles"
        | "dcim/platforms" | "extras/tags" => &["name", "slug"],
        "dcim/locations" => &["name", "slug", "site"],
        "dcim/device-types" => &["manufacturer", "model", "slug"],
        "dcim/devices" => &["device_type", "role", "site"],
        "dcim/interfaces" => &["device", "name", "type"],
        "dcim/mac-addresses" => &["mac_address"],
        "dcim/inventory-items" => &["device", "name"],
        "ipam/ip-addresses" => &["address"],
        "ipam/vlans" => &["vid", "name"],
        "ipam/prefixes" => &["prefix"],
        "ipam/services" => &[
            "name",
            "protocol",
            "ports",
            "parent_object_type",
            "parent_object_id",
        ],
        "extras/custom-fields" => &["object_types", "type", "name"],
        "dcim/virtual-chassis" | "ipam/vrfs" => &["name"],
        "dcim/cables" => &["a_terminations", "b_terminations"],
        other => panic!("the fake has no {other}"),
    }
}

/// Fields whose values together are unique, whatever the case of their letters.
fn unique(collection: &str) -> &'static [&'static [&'static str]] {
    match collection {
        "tenancy/tenants" | "dcim/sites" | "dcim/manufacturers" | "dcim/device-roles"
        | "extras/tags" => &[&["name"], &["slug"]],
        "dcim/platforms" => &[&["manufacturer", "name"], &["manufacturer", "slug"]],
        "dcim/device-types" => &[&["manufacturer", "model"], &["slug"]],
        "dcim/locations" => &[&["site", "name"], &["site", "slug"]],
        "dcim/devices" => &[&["name", "site", "tenant"], &["custom_fields.arpenteur_id"]],
        "dcim/interfaces" => &[&["device", "name"]],
        "dcim/inventory-items" => &[&["device", "name"]],
        "extras/custom-fields" => &[&["name"]],
        _ => &[],
    }
}

const TYPES: [&str; 14] = [
    "virtual",
    "bridge",
    "lag",
    "100base-tx",
    "1000base-t",
    "2.5gbase-t",
    "5gbase-t",
    "10gbase-x-sfpp",
    "25gbase-x-sfp28",
    "40gbase-x-qsfpp",
    "50gbase-x-sfp56",
    "100gbase-x-qsfp28",
    "other",
    "ieee802.11a",
];

impl FakeNetbox {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(State {
            page: 1000,
            next: 1,
            ..State::default()
        })))
    }

    pub(crate) fn handler(&self) -> Handler {
        let fake = self.clone();
        Arc::new(move |request| fake.answer(request))
    }

    /// Makes an object as a person would.
    pub(crate) fn person(&self, collection: &str, fields: Value) -> u64 {
        self.0.lock().unwrap().create(collection, &fields).unwrap()
    }

    /// A person changes a field.
    pub(crate) fn edit(&self, collection: &str, id: u64, field: &str, value: Value) {
        let mut state = self.0.lock().unwrap();
        state.change += 1;
        let change = state.change;
        let object = state
            .objects
            .get_mut(collection)
            .unwrap()
            .get_mut(&id)
            .unwrap();
        object.insert(field.to_owned(), value);
        object.insert("last_updated".to_owned(), json!(change));
    }

    /// A person deletes an object.
    pub(crate) fn remove(&self, collection: &str, id: u64) {
        self.0.lock().unwrap().delete(collection, id).unwrap();
    }

    /// Objects of a kind.
    pub(crate) fn all(&self, collection: &str) -> Vec<Map<String, Value>> {
        let state = self.0.lock().unwrap();
        state
            .objects
            .get(collection)
            .map(|all| all.values().cloned().collect())
            .unwrap_or_default()
    }

    /// The object with a name.
    pub(crate) fn named(&self, collection: &str, name: &str) -> Map<String, Value> {
        let mut all = self.all(collection).into_iter();
        all.find(|object| object["name"] == name)
            .unwrap_or_else(|| panic!("no {name} in {collection}"))
    }

    /// Everything, without ids and times: two runs that differ in order alone are equal.
    pub(crate) fn content(&self) -> Vec<String> {
        let state = self.0.lock().unwrap();
        let mut lines = Vec::new();
        for (collection, objects) in &state.objects {
            for object in objects.values() {
                let fields = object
                    .iter()
                    .filter(|(name, _)| !matches!(name.as_str(), "id" | "last_updated"));
                let mut fields: Vec<String> = fields
                    .map(|(name, value)| format!("{name}={}", state.words(name, value)))
                    .collect();
                fields.sort();
                lines.push(format!("{collection} {}", fields.join(" ")));
            }
        }
        lines.sort();
        lines
    }

    pub(crate) fn writes(&self) -> usize {
        self.0.lock().unwrap().writes
    }

    pub(crate) fn fault(&self, write: usize, fault: Fault) {
        let mut state = self.0.lock().unwrap();
        let at = state.writes + write;
        state.faults.insert(at, fault);
    }

    fn answer(&self, request: &Request) -> Reply {
        let sent = request.header("authorization").unwrap_or_default();
        if ![format!("Bearer {TOKEN}"), format!("Token {OLD_TOKEN}")].contains(&sent.to_owned()) {
            return Reply::new(403, json!({"detail": "Invalid v2 token"}));
        }
        if request.path == "/api/status/" {
            return Reply::new(200, json!({"netbox-version": "4.6.8"}));
        }
        let mut state = self.0.lock().unwrap();
        if request.method == "GET" {
            let reply = state.get(request);
            // Somebody is quicker: between our look at an object and our change of it.
            let raced = state.race.take_if(|(collection, id, ..)| {
                place(&request.path) == (collection.clone(), Some(*id))
            });
            drop(state);
            if let Some((collection, id, field, value)) = raced {
                self.edit(&collection, id, &field, value);
            }
            return reply;
        }
        state.writes += 1;
        let at = state.writes;
        let fault = state.faults.remove(&at);
        if let Some(reply) = fault.as_ref().and_then(Fault::in_place) {
            return reply;
        }
        let reply = state.write(request);
        match fault {
            Some(fault) => fault.after(reply),
            None => reply,
        }
    }
}

/// `dcim/devices` and an id, of a path.
fn place(path: &str) -> (String, Option<u64>) {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    (
        parts[1..3].join("/"),
        parts.get(3).map(|id| id.parse().unwrap()),
    )
}

impl State {
    fn get(&self, request: &Request) -> Reply {
        let (collection, id) = place(&request.path);
        if let Some(id) = id {
            let found = self.objects.get(&collection).and_then(|all| all.get(&id));
            let Some(object) = found else {
                return Reply::new(404, json!({"detail": "Not found."}));
            };
            let mut reply = Reply::new(200, self.shown(&collection, object));
            reply
                .headers
                .push(("etag", format!("\"{}\"", object["last_updated"])));
            return reply;
        }
        let number = |name: &str| {
            request
                .query
                .iter()
                .find(|(own, _)| own == name)
                .map(|(_, value)| value.parse::<usize>().unwrap())
        };
        let mut filters: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, value) in request
            .query
            .iter()
            .filter(|(name, _)| name != "limit" && name != "offset")
        {
            filters.entry(name).or_default().push(value);
        }
        if let Some((name, value)) = self.unknown(&collection, &filters) {
            let words =
                format!("Select a valid choice. {value} is not one of the available choices.");
            return Reply::new(400, json!({name: [words]}));
        }
        let none = BTreeMap::new();
        let all = self.objects.get(&collection).unwrap_or(&none).values();
        let found: Vec<_> = all
            .filter(|object| {
                filters
                    .iter()
                    .all(|(name, values)| self.fits(&collection, object, name, values))
            })
            .collect();
        let (limit, offset) = (
            number("limit").unwrap_or(50).min(self.page),
            number("offset").unwrap_or(0),
        );
        let page: Vec<Value> = found
            .iter()
            .skip(offset)
            .take(limit)
            .map(|object| self.shown(&collection, object))
            .collect();
        Reply::new(
            200,
            json!({"count": found.len(), "next": null, "previous": null, "results": page}),
        )
    }

    /// A value of a filter that chooses among objects, of which there is none.
    fn unknown<'a>(
        &self,
        collection: &str,
        filters: &BTreeMap<&'a str, Vec<&'a str>>,
    ) -> Option<(&'a str, &'a str)> {
        let chooses = [
            ("dcim/interfaces", "device_id", "dcim/devices"),
            ("dcim/inventory-items", "device_id", "dcim/devices"),
            ("dcim/devices", "tenant_id", "tenancy/tenants"),
            ("dcim/locations", "site_id", "dcim/sites"),
            ("ipam/vlans", "site_id", "dcim/sites"),
        ];
        chooses.iter().find_map(|(own, name, to)| {
            let values = filters.get(name).filter(|_| *own == collection)?;
            let value = values.iter().find(|value| {
                **value != "null"
                    && self
                        .find(to, &json!(value.parse::<u64>().unwrap()))
                        .is_none()
            })?;
            Some((*name, *value))
        })
    }

    /// A filter that is not known is not minded.
    fn fits(
        &self,
        collection: &str,
        object: &Map<String, Value>,
        filter: &str,
        values: &[&str],
    ) -> bool {
        let text = |value: &Value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        };
        let any = |value: &Value| {
            values
                .iter()
                .any(|wanted| text(value).eq_ignore_ascii_case(wanted))
        };
        if let Some(name) = filter.strip_prefix("cf_") {
            let mut fields = self
                .objects
                .get("extras/custom-fields")
                .into_iter()
                .flat_map(BTreeMap::values);
            if !fields.any(|field| field["name"] == name) {
                return true;
            }
            return object
                .get("custom_fields")
                .and_then(|custom| custom.get(name))
                .is_some_and(any);
        }
        let port_of = |id: &Value| {
            self.find("dcim/interfaces", id)
                .map(|port| port["device"].clone())
        };
        match (collection, filter) {
            ("ipam/ip-addresses" | "dcim/mac-addresses", "device_id") => object
                .get("assigned_object_id")
                .and_then(port_of)
                .is_some_and(|device| any(&device)),
            ("ipam/services", "device_id") => any(&object["parent_object_id"]),
            ("dcim/cables", "device_id") => {
                ["a_terminations", "b_terminations"].iter().any(|end| {
                    port_of(&object[*end][0]["object_id"]).is_some_and(|device| any(&device))
                })
            }
            ("ipam/ip-addresses", "address") => values.iter().any(|wanted| {
                object["address"].as_str().unwrap().split('/').next() == Some(wanted)
            }),
            (_, "id") => any(&object["id"]),
            _ => {
                let field = filter.strip_suffix("_id").unwrap_or(filter);
                any(object.get(field).unwrap_or(&Value::Null))
            }
        }
    }

    fn find(&self, collection: &str, id: &Value) -> Option<&Map<String, Value>> {
        self.objects.get(collection)?.get(&id.as_u64()?)
    }

    fn words(&self, field: &str, value: &Value) -> String {
        let one = |collection: &str, id: &Value| {
            let object = self.find(collection, id);
            let name = |object: &Map<String, Value>| {
                ["name", "model", "address", "mac_address"]
                    .iter()
                    .find_map(|name| Some(object.get(*name)?.to_string()))
            };
            object
                .and_then(name)
                .unwrap_or_else(|| collection.to_owned())
        };
        if field == "assigned_object_id" {
            return one("dcim/interfaces", value);
        }
        if field == "parent_object_id" {
            return one("dcim/devices", value);
        }
        if field == "scope_id" {
            return one("dcim/sites", value);
        }
        if field.ends_with("_terminations") {
            return one("dcim/interfaces", &value[0]["object_id"]);
        }
        match (reference(field), references(field), value) {
            (Some(collection), _, value) if value.is_u64() => one(collection, value),
            (_, Some(collection), Value::Array(items)) => {
                let mut names: Vec<String> =
                    items.iter().map(|item| one(collection, item)).collect();
                names.sort();
                names.join(",")
            }
            _ => value.to_string(),
        }
    }

    /// An object as the server shows it: references nested, choices with labels.
    fn shown(&self, collection: &str, object: &Map<String, Value>) -> Value {
        let mut shown = Map::new();
        for (name, value) in object {
            let nested = |value: &Value| json!({"id": value, "url": "http://…", "display": "…"});
            let value = match value {
                value if value.is_u64() && reference(name).is_some() => nested(value),
                Value::Array(items) if references(name).is_some() => items.iter().map(nested).collect(),
                Value::String(text) if CHOICES.contains(&name.as_str()) => json!({"value": text, "label": text.to_uppercase()}),
                Value::Array(items) if name.ends_with("_terminations") => items.iter().map(|end| json!({"object_id": end["object_id"], "object_type": end["object_type"], "object": nested(&end["object_id"])})).collect(),
                other => other.clone(),
            };
            shown.insert(name.clone(), value);
        }
        if collection == "dcim/devices" {
            let count = |kind: &str| {
                self.objects.get(kind).map_or(0, |all| {
                    all.values()
                        .filter(|own| own["device"] == object["id"])
                        .count()
                })
            };
            shown.insert(
                "interface_count".to_owned(),
                json!(count("dcim/interfaces")),
            );
            shown.insert(
                "inventory_item_count".to_owned(),
                json!(count("dcim/inventory-items")),
            );
        }
        Value::Object(shown)
    }

    fn write(&mut self, request: &Request) -> Reply {
        let (collection, id) = place(&request.path);
        let before = (self.objects.clone(), self.next);
        let outcome = match (request.method.as_str(), id, &request.body) {
            ("POST", None, Value::Array(items)) => self
                .each(items, |state, item| state.create(&collection, item))
                .map(|ids| (201, ids, true)),
            ("POST", None, item) => self
                .create(&collection, item)
                .map(|id| (201, vec![id], false)),
            ("PATCH", None, Value::Array(items)) => self
                .each(items, |state, item| {
                    state.update(&collection, item["id"].as_u64().unwrap(), item)
                })
                .map(|mut ids| {
                    // In the order of its own, whatever that of the request.
                    ids.sort_by(|a, b| b.cmp(a));
                    (200, ids, true)
                }),
            ("PATCH", Some(id), item) => {
                let now = self
                    .objects
                    .get(&collection)
                    .and_then(|all| all.get(&id))
                    .map(|object| format!("\"{}\"", object["last_updated"]));
                match (request.header("if-match"), now) {
                    (Some(tag), Some(now)) if tag != now => {
                        Err((412, json!({"detail": "changed"})))
                    }
                    _ => self
                        .update(&collection, id, item)
                        .map(|id| (200, vec![id], false)),
                }
            }
            ("DELETE", Some(id), _) => match self.delete(&collection, id) {
                Ok(()) => return Reply::new(204, Value::Null),
                Err(refused) => Err(refused),
            },
            other => panic!("{} {}", other.0, request.path),
        };
        match outcome {
            Ok((status, ids, list)) => {
                let shown: Vec<Value> = ids
                    .iter()
                    .map(|id| self.shown(&collection, &self.objects[&collection][id]))
                    .collect();
                Reply::new(
                    status,
                    if list {
                        Value::Array(shown)
                    } else {
                        shown[0].clone()
                    },
                )
            }
            Err((status, words)) => {
                (self.objects, self.next) = before;
                Reply::new(status, words)
            }
        }
    }

    /// All or nothing; the error does not say which row is at fault.
    fn each(
        &mut self,
        items: &[Value],
        mut one: impl FnMut(&mut Self, &Value) -> Result<u64, Refused>,
    ) -> Result<Vec<u64>, Refused> {
        items
            .iter()
            .map(|item| one(self, item))
            .collect::<Result<_, _>>()
            .map_err(|(status, words)| (status, json!([words])))
    }

    fn create(&mut self, collection: &str, item: &Value) -> Result<u64, Refused> {
        let id = self.next;
        self.next += 1;
        if self.refused.is_some() && item["name"].as_str() == self.refused.as_deref() {
            return Err((400, json!({"name": ["Refused by a validator."]})));
        }
        for field in required(collection) {
            if item.get(field).is_none_or(Value::is_null) {
                return Err((400, json!({*field: ["This field is required."]})));
            }
        }
        let mut object = Map::new();
        object.insert("id".to_owned(), json!(id));
        if collection == "dcim/devices" {
            for (field, value) in [
                ("name", json!(null)),
                ("tenant", json!(null)),
                ("serial", json!("")),
                ("status", json!("active")),
                ("tags", json!([])),
                ("custom_fields", json!({})),
                ("description", json!("")),
            ] {
                object.insert(field.to_owned(), value);
            }
        }
        self.objects
            .entry(collection.to_owned())
            .or_default()
            .insert(id, object);
        self.update(collection, id, item)?;
        self.after_create(collection, id)?;
        Ok(id)
    }

    fn after_create(&mut self, collection: &str, id: u64) -> Result<(), Refused> {
        let object = self.objects[collection][&id].clone();
        if collection == "dcim/devices" {
            let kind = object["device_type"].as_u64().unwrap();
            for name in self.templates.get(&kind).cloned().unwrap_or_default() {
                let port = json!({"device": id, "name": name, "type": "2.5gbase-t"});
                self.create("dcim/interfaces", &port)?;
            }
        }
        if collection == "dcim/cables" {
            for end in ["a_terminations", "b_terminations"] {
                let port = object[end][0]["object_id"].as_u64().unwrap();
                let port = self
                    .objects
                    .get_mut("dcim/interfaces")
                    .unwrap()
                    .get_mut(&port)
                    .unwrap();
                if port.get("cable").is_some_and(|cable| !cable.is_null()) {
                    return Err((400, json!({"__all__": ["Duplicate termination found"]})));
                }
                if matches!(port["type"].as_str(), Some("virtual" | "lag" | "bridge")) {
                    return Err((
                        400,
                        json!({"__all__": ["Cables cannot be terminated to virtual interfaces"]}),
                    ));
                }
                port.insert("cable".to_owned(), json!(id));
            }
        }
        if collection == "dcim/virtual-chassis" {
            let master = object["master"].as_u64().unwrap();
            let master = self
                .objects
                .get_mut("dcim/devices")
                .unwrap()
                .get_mut(&master)
                .unwrap();
            master.insert("virtual_chassis".to_owned(), json!(id));
            master.insert("vc_position".to_owned(), json!(1));
        }
        Ok(())
    }

    fn update(&mut self, collection: &str, id: u64, item: &Value) -> Result<u64, Refused> {
        self.change += 1;
        let mut object = self
            .objects
            .get(collection)
            .and_then(|all| all.get(&id))
            .cloned()
            .ok_or((404, json!({"detail": "Not found."})))?;
        for (name, value) in item.as_object().unwrap() {
            // Dropped without a word since 4.2, as is what the server does not know.
            if (collection == "dcim/interfaces" && name == "mac_address")
                || name == "changelog_message"
                || name == "id"
            {
                continue;
            }
            if name == "custom_fields" {
                let known: Vec<Value> = self
                    .objects
                    .get("extras/custom-fields")
                    .into_iter()
                    .flat_map(BTreeMap::values)
                    .map(|field| field["name"].clone())
                    .collect();
                let custom = object.entry("custom_fields").or_insert(json!({}));
                for (name, value) in value.as_object().unwrap() {
                    if !known.contains(&json!(name)) {
                        return Err((
                            400,
                            json!({"custom_fields": [format!("Custom field '{name}' does not exist")]}),
                        ));
                    }
                    custom[name] = value.clone();
                }
                continue;
            }
            object.insert(name.clone(), value.clone());
        }
        if collection == "ipam/ip-addresses" && !object["address"].as_str().unwrap().contains('/') {
            let text = format!("{}/32", object["address"].as_str().unwrap());
            object.insert("address".to_owned(), json!(text));
        }
        object.insert("last_updated".to_owned(), json!(self.change));
        self.check_move(collection, id, &object)?;
        self.check(collection, id, &object)?;
        self.objects.get_mut(collection).unwrap().insert(id, object);
        Ok(id)
    }

    /// What may not change as it does.
    fn check_move(
        &self,
        collection: &str,
        id: u64,
        object: &Map<String, Value>,
    ) -> Result<(), Refused> {
        let before = &self.objects[collection][&id];
        let moves = before.contains_key("assigned_object_id")
            && before["assigned_object_id"] != object["assigned_object_id"];
        let devices = self.objects.get("dcim/devices").into_iter();
        let mut devices = devices.flat_map(BTreeMap::values);
        if collection == "ipam/ip-addresses"
            && moves
            && devices.any(|device| {
                ["primary_ip4", "primary_ip6"]
                    .iter()
                    .any(|field| device.get(*field) == Some(&json!(id)))
            })
        {
            return Err((
                400,
                json!({"__all__": ["Cannot reassign IP address while it is designated as the primary IP"]}),
            ));
        }
        let tagged = object.get("tagged_vlans").and_then(Value::as_array);
        if collection == "dcim/interfaces"
            && tagged.is_some_and(|tagged| !tagged.is_empty())
            && object.get("mode") != Some(&json!("tagged"))
        {
            return Err((
                400,
                json!({"tagged_vlans": ["Interface mode does not support tagged vlans"]}),
            ));
        }
        let maker = |kind: &str, field: &str| {
            let to = self.find(kind, object.get(field)?)?;
            to.get("manufacturer")
                .filter(|maker| !maker.is_null())
                .cloned()
        };
        if collection == "dcim/devices"
            && let Some(limited) = maker("dcim/platforms", "platform")
            && Some(limited) != maker("dcim/device-types", "device_type")
        {
            return Err((
                400,
                json!({"platform": ["The assigned platform is limited to another manufacturer"]}),
            ));
        }
        Ok(())
    }

    fn check(&self, collection: &str, id: u64, object: &Map<String, Value>) -> Result<(), Refused> {
        for (name, value) in object {
            let ids: Vec<&Value> = match (reference(name), references(name), value) {
                (Some(_), _, Value::Null) => vec![],
                (Some(_), _, value) => vec![value],
                (_, Some(_), Value::Array(items)) => items.iter().collect(),
                _ => vec![],
            };
            let to = reference(name).or(references(name)).unwrap_or_default();
            for one in ids {
                if self.find(to, one).is_none() {
                    return Err((
                        400,
                        json!({name: [format!("Related object not found: {one}")]}),
                    ));
                }
            }
        }
        let others = || {
            self.objects[collection]
                .values()
                .filter(|other| other["id"] != id)
        };
        for fields in unique(collection) {
            let key = |object: &Map<String, Value>| -> Option<Vec<String>> {
                fields
                    .iter()
                    .map(|field| {
                        let value = match field.strip_prefix("custom_fields.") {
                            Some(name) => object.get("custom_fields")?.get(name)?,
                            None => object.get(*field)?,
                        };
                        (!value.is_null()).then(|| value.to_string().to_lowercase())
                    })
                    .collect()
            };
            let own = key(object);
            if own.is_some() && others().any(|other| key(other) == own) {
                return Err((
                    400,
                    json!({"__all__": [format!("{collection} with this {} already exists.", fields.join(", "))]}),
                ));
            }
        }
        if collection == "dcim/interfaces" && !TYPES.contains(&object["type"].as_str().unwrap()) {
            return Err((400, json!({"type": ["is not a valid choice."]})));
        }
        if collection == "ipam/ip-addresses" {
            let host = |object: &Map<String, Value>| {
                (
                    object["address"]
                        .as_str()
                        .unwrap()
                        .split('/')
                        .next()
                        .unwrap()
                        .to_owned(),
                    object.get("vrf").cloned().unwrap_or_default(),
                )
            };
            if others().any(|other| host(other) == host(object)) {
                return Err((
                    400,
                    json!({"address": ["Duplicate IP address found in global table"]}),
                ));
            }
        }
        if collection == "dcim/devices" {
            for field in ["primary_ip4", "primary_ip6"] {
                let Some(address) = object.get(field).filter(|value| !value.is_null()) else {
                    continue;
                };
                let port = self
                    .find("ipam/ip-addresses", address)
                    .map(|address| address["assigned_object_id"].clone())
                    .unwrap_or_default();
                if self
                    .find("dcim/interfaces", &port)
                    .is_none_or(|port| port["device"] != id)
                {
                    return Err((
                        400,
                        json!({field: ["The specified IP address is not assigned to this device."]}),
                    ));
                }
            }
        }
        Ok(())
    }

    fn delete(&mut self, collection: &str, id: u64) -> Result<(), Refused> {
        if self
            .objects
            .get(collection)
            .is_none_or(|all| !all.contains_key(&id))
        {
            return Err((404, json!({"detail": "Not found."})));
        }
        let below = matches!(
            collection,
            "dcim/devices"
                | "dcim/interfaces"
                | "ipam/ip-addresses"
                | "dcim/mac-addresses"
                | "dcim/cables"
                | "dcim/virtual-chassis"
                | "extras/tags"
        );
        if !below {
            for (kind, objects) in &self.objects {
                for object in objects.values() {
                    let uses = object.iter().any(|(name, value)| {
                        (reference(name) == Some(collection) && *value == id)
                            || (references(name) == Some(collection)
                                && value
                                    .as_array()
                                    .is_some_and(|items| items.contains(&json!(id))))
                            || (collection == "dcim/sites" && name == "scope_id" && *value == id)
                    });
                    if uses {
                        return Err((
                            409,
                            json!({"detail": format!("Unable to delete object. 1 dependent objects were found: {kind} ({})", object["id"])}),
                        ));
                    }
                }
            }
        }
        self.objects.get_mut(collection).unwrap().remove(&id);
        if collection == "dcim/devices" {
            for below in ["dcim/interfaces", "dcim/inventory-items"] {
                let all = self.objects.entry(below.to_owned()).or_default();
                all.retain(|_, object| object["device"] != id);
            }
        }
        for objects in self.objects.values_mut() {
            for object in objects.values_mut() {
                let names: Vec<String> = object.keys().cloned().collect();
                for name in names {
                    if reference(&name) == Some(collection) && object[&name] == id {
                        object.insert(name.clone(), Value::Null);
                        if name == "virtual_chassis" {
                            object.insert("vc_position".to_owned(), Value::Null);
                        }
                    }
                }
            }
        }
        Ok(())
    }
}
