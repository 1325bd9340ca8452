//! What every JSON export has in common: harmless texts, no nulls, stable bytes.
use crate::report::plain;
use serde_json::Value;

/// Longest text of a device in an export, in characters: sysDescr has at most 255.
const LONGEST: usize = 1000;

/// One file of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name, in ASCII, without a folder.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

impl File {
    pub(super) fn new(name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.to_owned(),
            bytes: bytes.into(),
        }
    }

    /// Indented JSON that ends with a line end.
    pub(super) fn json(name: &str, value: &Value) -> Self {
        Self::new(name, format!("{value:#}\n"))
    }
}

/// A text without characters that command a terminal or turn the direction of writing, in one
/// line, cut to a length that every target takes.
pub(super) fn clean(text: &str) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    plain(&one_line).chars().take(LONGEST).collect()
}

/// A tree without nulls and empty texts in objects, its keys sorted, its texts [`clean`].
pub(super) fn tidy(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(clean(&text)),
        Value::Array(items) => items.into_iter().map(tidy).collect(),
        Value::Object(members) => {
            let mut members: Vec<(String, Value)> = members
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (key, tidy(value)))
                .filter(|(_, value)| value.as_str() != Some(""))
                .collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(members.into_iter().collect())
        }
        other => other,
    }
}
