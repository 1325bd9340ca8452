//! Device classes: what a device is for, and what follows from it.
//!
//! The list is data (`models/classes.yaml`); this module gives it types.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Text;
use crate::data::{Diagnostics, Limits, Location, Source, Spanned};

/// Name of a class of `models/classes.yaml`, such as `firewall`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClassId(pub String);

impl ClassId {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for ClassId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

impl fmt::Display for ClassId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Group of the check catalogue that follows from a device's class alone. The operating-system
/// groups (Linux, Windows) and the estate-wide ones do not, so they are not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CatalogueCode {
    /// Any network gear.
    Net,
    /// Switch.
    Sw,
    /// Router.
    Rtr,
    /// Firewall.
    Fw,
    /// Wireless access point.
    Ap,
    /// Server, hypervisors included.
    Srv,
    /// Network storage.
    Nas,
    /// Hypervisor.
    Hyp,
    /// Printer.
    Prn,
    /// IP telephone.
    Ipt,
    /// Camera or other connected object.
    Iot,
}

/// Under which lines of the sizing a class is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SizingLine {
    /// L1 preventive and L4 reactive, done by N1.
    Peripheral,
    /// L2 preventive and L4 reactive, done by N2 and N3.
    Infrastructure,
    /// Not sized: counts with another device.
    None,
}

/// Service class of a device, which decides its GTI (time to act) and GTR (time to restore).
/// The order is from the least to the most critical, so that `max` is the stricter.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
pub enum Criticality {
    /// Best effort.
    D,
    /// Degraded comfort for a group of users.
    C,
    /// An important service is down.
    B,
    /// The business stops.
    A,
}

impl Criticality {
    /// All classes, the most critical first.
    pub const ALL: [Self; 4] = [Self::A, Self::B, Self::C, Self::D];
}

/// A class's service class, and the roles that change it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CriticalityRule {
    /// Without a role, or with a role not listed.
    pub default: Criticality,
    /// By role (`core`, `directory`, `backup`…).
    #[serde(default)]
    pub roles: BTreeMap<String, Criticality>,
}

/// The kind of object that each configuration database makes of a class.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CmdbKinds {
    /// `network_device.type` of the GLPI inventory format; `Computer` goes to `hardware`.
    pub glpi: String,
    /// Slug of the NetBox device role.
    pub netbox: String,
    /// iTop final class.
    pub itop: String,
    /// ServiceNow table.
    pub servicenow: String,
}

/// One class of devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceClass {
    /// Its name in every data file.
    pub id: ClassId,
    /// Its name for readers.
    pub names: Text,
    /// The coarse group it belongs to (`network`, `power`, `printer`…): the vocabulary that
    /// discovery tools share.
    pub kind: String,
    /// Catalogue groups whose checks apply.
    pub codes: Vec<CatalogueCode>,
    /// Where it is sized.
    pub line: SizingLine,
    /// Unit of the priced offer, such as `UO-SRV`.
    pub work_unit: Option<String>,
    /// Service class; `None` when the class has no service level of its own.
    pub criticality: Option<CriticalityRule>,
    /// Gets the slower probe rate.
    pub fragile: bool,
    /// Operational technology: not contacted unless the mandate allows it.
    pub ot: bool,
    /// What exports make of it.
    pub cmdb: CmdbKinds,
}

impl DeviceClass {
    /// Service class inferred from class and role; `None` when there is none to infer.
    #[must_use]
    pub fn inferred_criticality(&self, role: Option<&str>) -> Option<Criticality> {
        let rule = self.criticality.as_ref()?;
        let by_role = role.and_then(|role| rule.roles.get(role)).copied();
        Some(by_role.unwrap_or(rule.default))
    }
}

/// The classes, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassTable {
    classes: Vec<DeviceClass>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Spanned<u32>,
    classes: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: Spanned<String>,
    names: Text,
    kind: String,
    codes: Vec<CatalogueCode>,
    line: SizingLine,
    work_unit: Option<Spanned<String>>,
    criticality: Option<CriticalityRule>,
    #[serde(default)]
    fragile: bool,
    #[serde(default)]
    ot: bool,
    cmdb: CmdbKinds,
}

impl ClassTable {
    /// Reads `models/classes.yaml`.
    ///
    /// # Errors
    /// Every error found, with its place: a malformed file, an identifier used twice or badly
    /// spelt, a work unit that is none, no class `unknown`.
    pub fn load(path: &str, bytes: &[u8]) -> Result<Self, Diagnostics> {
        let source = Source::new(path, bytes, Limits::default())?;
        let file: File = source.parse()?;
        let mut errors = Diagnostics::default();
        if file.version.value != 1 {
            let message = format!("version {} is not known", file.version.value);
            errors.push(
                source
                    .error(&file.version, message)
                    .help("this program reads version 1"),
            );
        }
        let mut places: BTreeMap<String, Location> = BTreeMap::new();
        for entry in &file.classes {
            check_entry(&source, entry, &mut places, &mut errors);
        }
        if !places.contains_key("unknown") {
            errors.push(source.file_error("no class `unknown`, for what is not recognised"));
        }
        let classes = file.classes.into_iter().map(Entry::into_class).collect();
        errors.into_result(Self { classes })
    }

    /// The class of that name.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&DeviceClass> {
        self.classes.iter().find(|class| class.id.as_str() == id)
    }

    /// All classes, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &DeviceClass> {
        self.classes.iter()
    }

    /// All names, for messages about an unknown one.
    pub fn ids(&self) -> impl Iterator<Item = &str> + Clone {
        self.classes.iter().map(|class| class.id.as_str())
    }

    /// Classes of a catalogue group.
    pub fn with_code(&self, code: CatalogueCode) -> impl Iterator<Item = &DeviceClass> {
        self.classes
            .iter()
            .filter(move |class| class.codes.contains(&code))
    }

    /// Every role that some class's service level depends on, sorted.
    #[must_use]
    pub fn roles(&self) -> Vec<&str> {
        let rules = self
            .classes
            .iter()
            .filter_map(|class| class.criticality.as_ref());
        let mut roles: Vec<_> = rules
            .flat_map(|rule| rule.roles.keys())
            .map(String::as_str)
            .collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    }
}

impl Entry {
    fn into_class(self) -> DeviceClass {
        DeviceClass {
            id: ClassId(self.id.value),
            names: self.names,
            kind: self.kind,
            codes: self.codes,
            line: self.line,
            work_unit: self.work_unit.map(|unit| unit.value),
            criticality: self.criticality,
            fragile: self.fragile,
            ot: self.ot,
            cmdb: self.cmdb,
        }
    }
}

fn check_entry(
    source: &Source<'_>,
    entry: &Entry,
    places: &mut BTreeMap<String, Location>,
    errors: &mut Diagnostics,
) {
    let id = &entry.id.value;
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if id.is_empty() || !id.chars().all(word) {
        let error = source.error(&entry.id, format!("`{id}` is not a class name"));
        errors.push(error.help("use lower-case letters, digits and `_`"));
    }
    if let Some(first) = places.insert(id.clone(), entry.id.referenced) {
        let error = source.error(&entry.id, format!("class `{id}` stands twice"));
        errors.push(error.help(format!("first at line {}", first.line())));
    }
    if let Some(unit) = &entry.work_unit
        && !unit.value.starts_with("UO-")
    {
        let error = source.error(unit, format!("`{}` is not a work unit", unit.value));
        errors.push(error.help("work units begin with `UO-`"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &[u8] = include_bytes!("../../../../../models/classes.yaml");

    fn table() -> ClassTable {
        ClassTable::load("models/classes.yaml", FILE).unwrap()
    }

    #[test]
    fn every_class_bound_catalogue_code_has_a_class() {
        use CatalogueCode::*;
        let table = table();
        for code in [Net, Sw, Rtr, Fw, Ap, Srv, Nas, Hyp, Prn, Ipt, Iot] {
            assert!(table.with_code(code).next().is_some(), "{code:?}");
        }
    }

    #[test]
    fn criticality_follows_class_and_role() {
        use Criticality::*;
        let cases = [
            ("firewall", None, Some(A)),
            ("switch", Some("core"), Some(A)),
            ("switch", Some("access"), Some(C)),
            ("switch", None, Some(C)),
            ("hypervisor", None, Some(A)),
            ("server", Some("directory"), Some(A)),
            ("server", Some("backup"), Some(B)),
            ("server", Some("print"), Some(B)),
            ("storage", Some("backup"), Some(B)),
            ("storage", None, Some(A)),
            ("pbx", None, Some(B)),
            ("router", None, Some(B)),
            ("ups", None, Some(C)),
            ("printer", None, Some(D)),
            ("unknown", None, Some(D)),
            ("workstation", None, None),
        ];
        for (class, role, expected) in cases {
            let class = table().get(class).unwrap().clone();
            assert_eq!(
                class.inferred_criticality(role),
                expected,
                "{} {role:?}",
                class.id
            );
        }
        assert!(A > B && B > C && C > D, "max must be the stricter");
    }

    #[test]
    fn small_stacks_get_the_slow_rate_and_only_plcs_are_ot() {
        let table = table();
        let names = |keep: fn(&DeviceClass) -> bool| -> Vec<String> {
            table
                .iter()
                .filter(|class| keep(class))
                .map(|class| class.id.0.clone())
                .collect()
        };
        for id in ["printer", "ups", "camera", "pbx", "ip_phone", "plc"] {
            assert!(
                names(|class| class.fragile).contains(&id.to_owned()),
                "{id}"
            );
        }
        assert_eq!(names(|class| class.ot), ["plc"]);
    }

    #[test]
    fn mistakes_are_shown_where_they_stand() {
        let text = String::from_utf8(FILE.to_vec()).unwrap();
        let load = |text: String| ClassTable::load("c.yaml", text.as_bytes()).unwrap_err();
        let twice = load(text.replace("id: pdu", "id: ups"));
        assert!(
            twice.to_string().contains("class `ups` stands twice"),
            "{twice}"
        );
        let unknown = load(text.replace("line: none", "lines: none"));
        assert!(
            unknown.to_string().contains("did you mean `line`?"),
            "{unknown}"
        );
        let several = load(
            text.replace("UO-SRV", "SRV")
                .replace("id: unknown", "id: un-known"),
        );
        assert_eq!(several.0.len(), 3, "{several}");
    }
}
