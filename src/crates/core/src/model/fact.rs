//! Facts of one device, each known, absent or unread, with where it comes from.
use super::{EvidenceId, Facts};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound;
use std::str::FromStr;
use thiserror::Error;

/// Why a fact could not be read. A closed list.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum UnreadReason {
    /// The mandate or the scope does not allow the question.
    NotAuthorised,
    /// No credential was given for it.
    NoCredentials,
    /// The device refused.
    Denied,
    /// The device did not answer in time.
    Timeout,
    /// An answer came and could not be understood.
    ParseFailed,
    /// The device cannot answer this.
    Unsupported,
    /// It was not asked.
    NotCollected,
    /// A statistic over time has too few samples.
    NotEnoughSamples,
    /// What was read is too old to be used.
    Stale,
}

impl UnreadReason {
    /// The reason's name in files, `not_authorised`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotAuthorised => "not_authorised",
            Self::NoCredentials => "no_credentials",
            Self::Denied => "denied",
            Self::Timeout => "timeout",
            Self::ParseFailed => "parse_failed",
            Self::Unsupported => "unsupported",
            Self::NotCollected => "not_collected",
            Self::NotEnoughSamples => "not_enough_samples",
            Self::Stale => "stale",
        }
    }
}

impl fmt::Display for UnreadReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How sure a statement is.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Default,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// A rule of thumb (a banner's version, a class by open ports).
    Heuristic,
    /// Strong, but not the device's own statement.
    Likely,
    /// The device's own statement in a field made for it.
    #[default]
    Certain,
}

/// Where a fact comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Provenance {
    /// Exchanges that gave it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EvidenceId>,
    /// Family or reader that interpreted them, `linux/net-snmp` or `mib/if`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// How sure.
    #[serde(default)]
    pub confidence: Confidence,
    /// What other evidence said instead; kept for what a device is, not for lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disagreed: Vec<Dissent>,
}

/// A value that lost against the one chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dissent {
    /// The value.
    pub value: Value,
    /// Family or reader that offered it.
    pub by: String,
    /// How sure it was.
    pub confidence: Confidence,
    /// Exchanges that gave it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EvidenceId>,
}

/// A path into the facts: `sshd.effective`, `tls.endpoints[443].ssl3`.
///
/// A list is addressed by its items' key (the fact schema names the key), or by `[]`
/// in a schema path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct FactPath(Vec<Segment>);

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Segment {
    Field(String),
    Item(String),
}

/// A path is looked up by its segments: a prefix of one needs no copy.
impl Borrow<[Segment]> for FactPath {
    fn borrow(&self) -> &[Segment] {
        &self.0
    }
}

/// A fact path that is not one.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("fact path `{path}`: {reason}")]
pub struct PathError {
    path: String,
    reason: &'static str,
}

impl FactPath {
    /// The root: every path lies below it.
    pub fn root() -> Self {
        Self::default()
    }

    /// Whether `self` is `prefix` or lies below it.
    pub fn starts_with(&self, prefix: &Self) -> bool {
        self.0.starts_with(&prefix.0)
    }

    /// The path of a field below this one.
    #[must_use]
    pub fn field(&self, name: &str) -> Self {
        let mut path = self.clone();
        path.0.push(Segment::Field(name.to_owned()));
        path
    }

    /// The path of a list item below this one, by key.
    #[must_use]
    pub fn item(&self, key: &str) -> Self {
        let mut path = self.clone();
        path.0.push(Segment::Item(key.to_owned()));
        path
    }

    /// The same path with every item key blank, as the schema spells it.
    #[must_use]
    pub fn schema_path(&self) -> Self {
        let blank = |segment: &Segment| match segment {
            Segment::Item(_) => Segment::Item(String::new()),
            field => field.clone(),
        };
        Self(self.0.iter().map(blank).collect())
    }

    /// The path one step up; the root stays the root.
    #[must_use]
    pub fn parent(&self) -> Self {
        let mut path = self.clone();
        path.0.pop();
        path
    }

    /// Names of the leading fields, up to the first list item.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map_while(|segment| match segment {
            Segment::Field(name) => Some(name.as_str()),
            Segment::Item(_) => None,
        })
    }
}

impl fmt::Display for FactPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Field(name) if index == 0 => f.write_str(name)?,
                Segment::Field(name) => write!(f, ".{name}")?,
                Segment::Item(key) => write!(f, "[{key}]")?,
            }
        }
        Ok(())
    }
}

impl FromStr for FactPath {
    type Err = PathError;
    fn from_str(text: &str) -> Result<Self, PathError> {
        let error = |reason| PathError {
            path: text.to_owned(),
            reason,
        };
        let mut path = Self::root();
        let mut rest = text;
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('[') {
                let (key, after) = after
                    .split_once(']')
                    .ok_or_else(|| error("`[` without `]`"))?;
                path.0.push(Segment::Item(key.to_owned()));
                rest = after;
                continue;
            }
            if !path.0.is_empty() {
                rest = rest
                    .strip_prefix('.')
                    .ok_or_else(|| error("a dot is missing"))?;
            }
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            let well_formed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if name.is_empty() || !name.chars().all(well_formed) {
                return Err(error("names are lower case letters, digits and `_`"));
            }
            path.0.push(Segment::Field(name.to_owned()));
            rest = after;
        }
        Ok(path)
    }
}

impl Serialize for FactPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FactPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// The tree without its nulls: what is absent has the type's default, a list none.
fn present(tree: &Map<String, Value>) -> Map<String, Value> {
    let entries = tree.iter().filter(|(_, value)| !value.is_null());
    let kept = entries.map(|(name, value)| {
        let value = match value {
            Value::Object(below) => Value::Object(present(below)),
            other => other.clone(),
        };
        (name.clone(), value)
    });
    kept.collect()
}

/// What we know of the facts at and below one path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum FactState {
    /// Read; a null below it is an absence.
    Known(Provenance),
    /// Asked, answered, and not there.
    Absent(Provenance),
    /// Not read.
    Unread {
        /// Why.
        reason: UnreadReason,
        /// What was tried.
        #[serde(flatten)]
        provenance: Provenance,
    },
}

/// One fact as a reader meets it.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact<T> {
    /// Read.
    Known(T),
    /// Asked, answered, and not there.
    Absent,
    /// Not read, and why.
    Unread(UnreadReason),
}

/// The facts of one device and the state of every path.
///
/// `values` is the tree that [`Facts`] types; `states` holds what is known of the tree
/// by longest prefix. What nobody spoke of is unread ([`UnreadReason::NotCollected`]).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct FactSheet {
    values: Map<String, Value>,
    states: BTreeMap<FactPath, FactState>,
}

impl FactSheet {
    /// Nothing known yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The whole tree, absences as nulls or missing keys.
    pub fn values(&self) -> &Map<String, Value> {
        &self.values
    }

    /// Every state that was set, by path.
    pub fn states(&self) -> &BTreeMap<FactPath, FactState> {
        &self.states
    }

    /// The typed view of the tree.
    ///
    /// # Errors
    /// Where a value does not have its schema's type.
    pub fn facts(&self) -> Result<Facts, serde_json::Error> {
        serde_json::from_value(Value::Object(present(&self.values)))
    }

    /// Sets a field path (no list items in it) to a value, known by `provenance`.
    /// A null marks the path absent.
    pub fn set(&mut self, path: &FactPath, value: Value, provenance: Provenance) {
        let absent = value.is_null();
        let mut names: Vec<&str> = path.fields().collect();
        let Some(last) = names.pop() else { return };
        let mut node = &mut self.values;
        for name in names {
            let child = node
                .entry(name)
                .or_insert_with(|| Value::Object(Map::new()));
            if !child.is_object() {
                *child = Value::Object(Map::new());
            }
            let Value::Object(object) = child else { return };
            node = object;
        }
        node.insert(last.to_owned(), value);
        // What was said of paths below gives way to the new value.
        self.states
            .retain(|known, _| known == path || !known.starts_with(path));
        let state = if absent {
            FactState::Absent(provenance)
        } else {
            FactState::Known(provenance)
        };
        self.states.insert(path.clone(), state);
    }

    /// Marks a path unread, unless it is already known or absent.
    pub fn set_unread(&mut self, path: &FactPath, reason: UnreadReason, provenance: Provenance) {
        let known = matches!(
            self.state(path),
            Some(FactState::Known(_) | FactState::Absent(_))
        );
        if !known {
            self.states
                .insert(path.clone(), FactState::Unread { reason, provenance });
        }
    }

    /// Marks one item, or a field of one item, of a known list as unread.
    pub fn set_item_unread(
        &mut self,
        path: &FactPath,
        reason: UnreadReason,
        provenance: Provenance,
    ) {
        self.states
            .insert(path.clone(), FactState::Unread { reason, provenance });
    }

    /// The state that governs a path: that of its longest prefix.
    pub fn state(&self, path: &FactPath) -> Option<&FactState> {
        let mut prefix = path.0.as_slice();
        loop {
            if let Some(state) = self.states.get(prefix) {
                return Some(state);
            }
            (_, prefix) = prefix.split_last()?;
        }
    }

    /// The states at and below a path, in the order of paths.
    pub fn states_below<'s>(
        &'s self,
        path: &'s FactPath,
    ) -> impl Iterator<Item = (&'s FactPath, &'s FactState)> {
        let from = (Bound::Included(path.0.as_slice()), Bound::Unbounded);
        self.states
            .range::<[Segment], _>(from)
            .take_while(|(known, _)| known.starts_with(path))
    }

    /// Why a path cannot be used: it, a prefix of it, or something below it is unread.
    ///
    /// A field that holds a value nobody vouched for cannot occur: [`Self::set`] is the
    /// only way in.
    pub fn unread(&self, path: &FactPath) -> Option<UnreadReason> {
        let below = || {
            self.states_below(path).find_map(|(known, state)| {
                match state {
                    // Items are judged one by one: one unread item does not hide the list.
                    FactState::Unread { reason, .. }
                        if known
                            .0
                            .iter()
                            .skip(path.0.len())
                            .all(|s| matches!(s, Segment::Field(_))) =>
                    {
                        Some(*reason)
                    }
                    _ => None,
                }
            })
        };
        match self.state(path) {
            Some(FactState::Unread { reason, .. }) => Some(*reason),
            Some(_) => below(),
            None if self.has_state_below(path) => below(),
            None => Some(UnreadReason::NotCollected),
        }
    }

    fn has_state_below(&self, path: &FactPath) -> bool {
        self.states_below(path).next().is_some()
    }

    /// The value at a field path.
    pub fn get(&self, path: &FactPath) -> Fact<&Value> {
        match (self.unread(path), self.value(path)) {
            (Some(reason), _) => Fact::Unread(reason),
            (None, Some(value)) => Fact::Known(value),
            (None, None) => Fact::Absent,
        }
    }

    /// The value at a field path, whatever is known of it; `None` where there is none.
    pub(crate) fn value(&self, path: &FactPath) -> Option<&Value> {
        let mut names = path.fields();
        let first = self.values.get(names.next()?);
        let value = names.fold(first, |node, name| node?.get(name));
        value.filter(|value| !value.is_null())
    }

    /// The value at a field path, to be completed; what is known of it stays.
    pub(crate) fn value_mut(&mut self, path: &FactPath) -> Option<&mut Value> {
        let mut names = path.fields();
        let first = self.values.get_mut(names.next()?);
        names.fold(first, |node, name| node?.get_mut(name))
    }

    /// Where the fact at a path comes from.
    pub fn provenance(&self, path: &FactPath) -> Option<&Provenance> {
        match self.state(path)? {
            FactState::Known(provenance)
            | FactState::Absent(provenance)
            | FactState::Unread { provenance, .. } => Some(provenance),
        }
    }
}
