//! How a client names things in its configuration database (`docs/cmdb.md`): a file that renames
//! roles, statuses and custom fields, and says which fields may be overwritten.
use crate::data::{Diagnostics, Limits, Source, Spanned, suggest};
use crate::model::Confidence;
use crate::model::class::ClassTable;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A field of a device in a target, by one name for every target.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Field {
    Name,
    Serial,
    Address,
    Status,
    Site,
    Role,
    Manufacturer,
    Model,
    Platform,
    Location,
    Contact,
    Contract,
    Description,
    Criticality,
    AssetTag,
}

/// State of a device, for which each target has a status of its own.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Lifecycle {
    /// It answered.
    Seen,
    /// Declared by the client, not met.
    Declared,
    /// No longer found: what `retire` sets.
    Retired,
}

/// What a mapping file says. The default one renames nothing.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// Format version: 1.
    pub version: u32,
    /// Facts less sure than this are not exported.
    pub minimum_confidence: Confidence,
    /// Name of the role by class id (`switch: Access switch`).
    pub roles: BTreeMap<String, String>,
    /// Name of the site by site id.
    pub sites: BTreeMap<String, String>,
    /// Name of the manufacturer by the name that was read.
    pub manufacturers: BTreeMap<String, String>,
    /// Status by state; default: the target's own words.
    pub statuses: BTreeMap<Lifecycle, String>,
    /// Name of a custom field in the target by our name for it (`arpenteur_id`, `last_seen`, …).
    pub custom_fields: BTreeMap<String, String>,
    /// Fields written although people may have edited them.
    pub overwrite: BTreeSet<Field>,
    /// Fields never written.
    pub ignore: BTreeSet<Field>,
}

impl Default for Mapping {
    fn default() -> Self {
        Self {
            version: 1,
            minimum_confidence: Confidence::Likely,
            roles: BTreeMap::new(),
            sites: BTreeMap::new(),
            manufacturers: BTreeMap::new(),
            statuses: BTreeMap::new(),
            custom_fields: BTreeMap::new(),
            overwrite: BTreeSet::new(),
            ignore: BTreeSet::new(),
        }
    }
}

/// The values that a check must point at.
#[derive(Deserialize)]
struct Places {
    version: Option<Spanned<u32>>,
    #[serde(default)]
    roles: BTreeMap<String, Spanned<String>>,
}

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// Every error with its place: a malformed file, a class or version that is not known.
    pub fn load(path: &str, bytes: &[u8], classes: &ClassTable) -> Result<Self, Diagnostics> {
        let source = Source::new(path, bytes, Limits::default())?;
        let mapping: Self = source.parse()?;
        let places: Places = source.parse()?;
        let mut errors = Diagnostics::default();
        match places.version {
            Some(version) if version.value != 1 => {
                let message = format!("version {} is not known", version.value);
                let error = source.error(&version, message);
                errors.push(error.help("this program reads version 1"));
            }
            Some(_) => {}
            None => errors.push(source.file_error("`version: 1` is missing")),
        }
        for (class, role) in &places.roles {
            if classes.get(class).is_none() {
                let message = format!("class `{class}` is not known");
                let known: Vec<&str> = classes.ids().collect();
                let help = suggest(class, known.iter().copied());
                let help = help.unwrap_or_else(|| "`arpenteur models explain` lists them".into());
                errors.push(source.error(role, message).help(help));
            }
        }
        errors.into_result(mapping)
    }

    /// The role of a class: the client's name, else the target's own word.
    #[must_use]
    pub fn role<'a>(&'a self, class: &str, own: &'a str) -> &'a str {
        self.roles.get(class).map_or(own, String::as_str)
    }

    /// The client's name of a site, else the audit's.
    #[must_use]
    pub fn site<'a>(&'a self, id: &str, own: &'a str) -> &'a str {
        self.sites.get(id).map_or(own, String::as_str)
    }

    /// The client's name of a manufacturer, else the one read.
    #[must_use]
    pub fn manufacturer<'a>(&'a self, own: &'a str) -> &'a str {
        self.manufacturers.get(own).map_or(own, String::as_str)
    }

    /// The status of a state, else the target's own word.
    #[must_use]
    pub fn status<'a>(&'a self, state: Lifecycle, own: &'a str) -> &'a str {
        self.statuses.get(&state).map_or(own, String::as_str)
    }

    /// The name of a custom field.
    #[must_use]
    pub fn custom_field<'a>(&'a self, own: &'a str) -> &'a str {
        self.custom_fields.get(own).map_or(own, String::as_str)
    }
}
