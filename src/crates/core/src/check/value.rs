//! Facts as values of the expression language.
use std::collections::{BTreeMap, HashMap};

use cel::common::types::{
    CelBool, CelDouble, CelInt, CelList, CelMap, CelMapKey, CelNull, CelString, CelUInt,
};
use cel::common::value::Val;
use serde_json::Value as Json;

use crate::model::{Fact, FactPath, FactSchema, FactSheet, FactType};

pub(super) type Boxed<'a> = Box<dyn Val + 'a>;

/// A JSON value as the expressions see it; strings are borrowed.
pub(super) fn from_json(json: &Json) -> Boxed<'_> {
    match json {
        Json::Null => Box::new(CelNull),
        Json::Bool(flag) => Box::new(CelBool::from(*flag)),
        Json::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(whole), _) => Box::new(CelInt::from(whole)),
            (None, Some(large)) => Box::new(CelUInt::from(large)),
            (None, None) => Box::new(CelDouble::from(number.as_f64().unwrap_or(f64::NAN))),
        },
        Json::String(text) => Box::new(CelString::from(text.as_str())),
        Json::Array(list) => {
            let list: Vec<Boxed<'_>> = list.iter().map(from_json).collect();
            Box::new(CelList::from(list))
        }
        Json::Object(object) => map(object.iter().map(|(name, v)| (name.as_str(), from_json(v)))),
    }
}

/// A map value.
pub(super) fn map<'a>(entries: impl IntoIterator<Item = (&'a str, Boxed<'a>)>) -> Boxed<'a> {
    let entries = entries
        .into_iter()
        .map(|(name, value)| (CelMapKey::from(name), value));
    Box::new(CelMap::from(entries.collect::<HashMap<_, _>>()))
}

/// The facts that a catalogue's expressions use, as a tree: what is bound for each asset.
///
/// Every fact in it has a value in every asset, `null` where it is absent, so that an
/// expression never fails on a missing key.
#[derive(Debug, Default)]
pub(super) struct Layout {
    roots: BTreeMap<String, Node>,
}

#[derive(Debug)]
enum Node {
    Group(BTreeMap<String, Node>),
    /// A map of facts and the names in it that some expression uses.
    Map(FactPath, Vec<String>),
    Items(FactPath, Shape),
    Leaf(FactPath),
}

/// Fields of an item, all of which are bound.
#[derive(Debug, Default)]
pub(super) struct Shape(Vec<(String, Option<Shape>)>);

impl Shape {
    /// The fields that the schema gives the items (or the group) at `path`.
    pub(super) fn of(path: &FactPath) -> Self {
        let fields = FactSchema::get().paths().filter_map(|(below, spec)| {
            let name = last_name(below)?;
            (below.parent() == *path && *below != FactPath::root()).then(|| {
                let nested = (spec.r#type == FactType::Group).then(|| Self::of(below));
                (name, nested)
            })
        });
        Self(fields.collect())
    }

    /// One item with all its fields.
    pub(super) fn bind<'a>(&'a self, item: &'a Json) -> Boxed<'a> {
        map(self.0.iter().map(|(name, nested)| {
            let value = item.get(name).unwrap_or(&Json::Null);
            let bound = match nested {
                Some(shape) if value.is_object() => shape.bind(value),
                _ => from_json(value),
            };
            (name.as_str(), bound)
        }))
    }
}

/// The last field name of a path.
fn last_name(path: &FactPath) -> Option<String> {
    let text = path.to_string();
    let name = text.rsplit(['.', ']']).next()?;
    (!name.is_empty()).then(|| name.to_owned())
}

impl Layout {
    /// Adds a fact that an expression uses.
    pub(super) fn add(&mut self, path: &FactPath) {
        let schema = FactSchema::get();
        let mut at = FactPath::root();
        let mut level = &mut self.roots;
        for name in path.fields() {
            at = at.field(name);
            let kind = schema
                .spec(&at)
                .map_or(FactType::String, |spec| spec.r#type);
            let node = level.entry(name.to_owned()).or_insert_with(|| match kind {
                FactType::Group => Node::Group(BTreeMap::new()),
                FactType::Map => Node::Map(at.clone(), Vec::new()),
                FactType::Items => Node::Items(at.clone(), Shape::of(&at.item(""))),
                _ => Node::Leaf(at.clone()),
            });
            match node {
                Node::Group(below) => level = below,
                Node::Map(map, names) => {
                    let used = path.fields().nth(map.fields().count());
                    if let Some(used) = used
                        && !names.iter().any(|name| name == used)
                    {
                        names.push(used.to_owned());
                    }
                    return;
                }
                Node::Items(..) | Node::Leaf(_) => return,
            }
        }
    }

    /// Binds one asset's facts: values by the name of the outermost group.
    pub(super) fn bind<'a>(&'a self, sheet: &'a FactSheet) -> HashMap<&'a str, Boxed<'a>> {
        self.roots
            .iter()
            .map(|(name, node)| (name.as_str(), node.bind(sheet)))
            .collect()
    }
}

impl Node {
    fn bind<'a>(&'a self, sheet: &'a FactSheet) -> Boxed<'a> {
        let known = |path: &FactPath| match sheet.get(path) {
            Fact::Known(value) => Some(value),
            _ => None,
        };
        match self {
            Self::Group(below) => map(below
                .iter()
                .map(|(name, node)| (name.as_str(), node.bind(sheet)))),
            Self::Leaf(path) => known(path).map_or_else(|| from_json(&Json::Null), from_json),
            Self::Items(path, shape) => {
                let items = known(path).and_then(Json::as_array).map(Vec::as_slice);
                let Some(items) = items else {
                    return from_json(&Json::Null);
                };
                let items: Vec<Boxed<'a>> = items.iter().map(|item| shape.bind(item)).collect();
                Box::new(CelList::from(items))
            }
            Self::Map(path, names) => {
                let object = known(path).and_then(Json::as_object);
                let given = object.into_iter().flatten();
                let given = given.map(|(name, value)| (name.as_str(), from_json(value)));
                let nulls = names.iter().filter(|name| {
                    !object.is_some_and(|object| object.contains_key(name.as_str()))
                });
                let nulls = nulls.map(|name| (name.as_str(), from_json(&Json::Null)));
                map(given.chain(nulls))
            }
        }
    }
}
