//! Facts as values of the expression language.
use std::collections::HashMap;

use cel::common::types::{
    CelBool, CelDouble, CelInt, CelList, CelMap, CelMapKey, CelNull, CelString, CelUInt,
};
use cel::common::value::Val;
use serde_json::Value as Json;

use crate::model::{FactPath, FactSchema, FactType};

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
        Json::Array(values) => list(values.iter().map(from_json)),
        Json::Object(object) => map(object.iter().map(|(name, v)| (name.as_str(), from_json(v)))),
    }
}

/// A list value.
pub(super) fn list<'a>(values: impl Iterator<Item = Boxed<'a>>) -> Boxed<'a> {
    Box::new(CelList::from(values.collect::<Vec<_>>()))
}

/// A map value.
pub(super) fn map<'a>(entries: impl IntoIterator<Item = (&'a str, Boxed<'a>)>) -> Boxed<'a> {
    let entries = entries
        .into_iter()
        .map(|(name, value)| (CelMapKey::from(name), value));
    Box::new(CelMap::from(entries.collect::<HashMap<_, _>>()))
}

/// Fields of an item, all of which are bound: an expression never fails on a missing key.
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
