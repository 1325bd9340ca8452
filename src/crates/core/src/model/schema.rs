//! The published schema of facts, generated from the types.
use super::{FactPath, Facts};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What kind of value a path holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FactType {
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// Text.
    String,
    /// A list of plain values.
    List,
    /// A list of objects with a key.
    Items,
    /// Names and values.
    Map,
    /// A group of facts.
    Group,
}

/// Which access answers a fact first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Ports, greetings and handshakes: no login.
    Probe,
    /// An SNMP credential.
    Snmp,
    /// A login, or the configuration as a file.
    Login,
    /// The client's word.
    Declaration,
    /// What the inventory works out of the others.
    Inventory,
}

impl Tier {
    fn of(name: &str) -> Option<Self> {
        serde_json::from_value(name.into()).ok()
    }
}

/// What the schema says of one path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FactSpec {
    /// Kind of value.
    pub r#type: FactType,
    /// Meaning, the type's own docstring.
    pub description: String,
    /// Where a value comes from.
    pub source: Option<String>,
    /// Unit.
    pub unit: Option<String>,
    /// Whether a device may rightly have none.
    pub absentable: bool,
    /// Whether it changes by itself between two runs.
    pub volatile: bool,
    /// Field that names an item of the list.
    pub key: Option<String>,
    /// Which access answers it first.
    pub tier: Option<Tier>,
}

/// The schema of [`Facts`], by schema path (`tls.endpoints[].ssl3`).
#[derive(Debug, Clone, Serialize)]
pub struct FactSchema {
    specs: BTreeMap<FactPath, FactSpec>,
    #[serde(skip)]
    json: Value,
}

static SCHEMA: LazyLock<FactSchema> = LazyLock::new(FactSchema::build);

impl FactSchema {
    /// The one schema.
    pub fn get() -> &'static Self {
        &SCHEMA
    }

    /// JSON Schema (draft 2020-12) of the facts, with the `x-` extensions.
    pub fn json(&self) -> &Value {
        &self.json
    }

    /// What is said of a path; item keys do not matter. Below a map every name exists.
    pub fn spec(&self, path: &FactPath) -> Option<&FactSpec> {
        let path = path.schema_path();
        self.specs.get(&path).or_else(|| {
            self.specs
                .get(&path.parent())
                .filter(|parent| parent.r#type == FactType::Map)
        })
    }

    /// Every path, sorted.
    pub fn paths(&self) -> impl Iterator<Item = (&FactPath, &FactSpec)> {
        self.specs.iter()
    }

    fn build() -> Self {
        let json = schemars::schema_for!(Facts).to_value();
        let mut schema = Self {
            specs: BTreeMap::new(),
            json: Value::Null,
        };
        schema.object(&json, &json, &FactPath::root());
        schema.json = json;
        schema
    }

    fn object(&mut self, root: &Value, node: &Value, path: &FactPath) {
        let Some(properties) = node.get("properties").and_then(Value::as_object) else {
            return;
        };
        for (name, property) in properties {
            self.property(root, property, &path.field(name));
        }
    }

    fn property(&mut self, root: &Value, property: &Value, path: &FactPath) {
        let node = resolve(root, property);
        let text = |name: &str| {
            property
                .get(name)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        let flag = |name: &str| property.get(name).and_then(Value::as_bool).unwrap_or(false);
        let items = node.get("items").map(|items| resolve(root, items));
        let kind = match type_name(node) {
            Some("boolean") => FactType::Boolean,
            Some("integer" | "number") => FactType::Integer,
            Some("array") if items.is_some_and(|items| items.get("properties").is_some()) => {
                FactType::Items
            }
            Some("array") => FactType::List,
            Some("object") if node.get("properties").is_some() => FactType::Group,
            Some("object") => FactType::Map,
            _ => FactType::String,
        };
        let spec = FactSpec {
            r#type: kind,
            description: text("description").unwrap_or_default(),
            source: text("x-source"),
            unit: text("x-unit"),
            absentable: flag("x-absentable"),
            volatile: flag("x-volatile"),
            key: text("x-key"),
            tier: text("x-tier")
                .and_then(|name| Tier::of(&name))
                .or_else(|| self.specs.get(&path.parent())?.tier),
        };
        self.specs.insert(path.clone(), spec);
        match (kind, items) {
            (FactType::Items, Some(items)) => self.object(root, items, &path.item("")),
            (FactType::Group, _) => self.object(root, node, path),
            _ => {}
        }
    }
}

/// Follows `$ref`, and takes the non-null side of an `anyOf`.
fn resolve<'a>(root: &'a Value, node: &'a Value) -> &'a Value {
    if let Some(reference) = node.get("$ref").and_then(Value::as_str) {
        return root
            .pointer(reference.trim_start_matches('#'))
            .unwrap_or(node);
    }
    let sides = node.get("anyOf").and_then(Value::as_array);
    match sides.and_then(|sides| sides.iter().find(|side| type_name(side) != Some("null"))) {
        Some(side) => resolve(root, side),
        None => node,
    }
}

fn type_name(node: &Value) -> Option<&str> {
    match node.get("type")? {
        Value::Array(names) => names
            .iter()
            .filter_map(Value::as_str)
            .find(|name| *name != "null"),
        name => name.as_str(),
    }
}
