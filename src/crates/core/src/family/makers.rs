//! Who stands behind an IANA enterprise number, an IEEE address block: knowledge below the
//! families.
use crate::data::{Diagnostics, Limits, Source, Spanned, suggest};
use crate::model::class::ClassTable;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Largest `models/makers.yaml`, bytes: a line for each of some thousand makers.
const LIMITS: Limits = Limits {
    bytes: 4 << 20,
    depth: 8,
    nodes: 400_000,
};

/// What an enterprise's subtree proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tree {
    /// Only this maker's devices show it.
    #[default]
    Own,
    /// Others implement some of its objects; a sysObjectID in it is the maker's.
    Shared,
    /// Software or silicon that many makers build on: it says nothing of the maker.
    Toolkit,
}

/// One maker of devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maker {
    /// Brand, in its usual short spelling.
    pub name: String,
    /// The class of device that it makes, where it makes but one.
    pub class: Option<String>,
    /// What its subtree proves.
    pub tree: Tree,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Spanned<u32>,
    makers: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    enterprise: Spanned<u32>,
    name: String,
    class: Option<Spanned<String>>,
    #[serde(default)]
    tree: Tree,
}

/// Makers by enterprise number, and the whole registry behind them.
#[derive(Debug, Clone, Default)]
pub struct Makers {
    makers: BTreeMap<u32, Maker>,
    /// Lines `number TAB organisation`, sorted by number.
    registry: String,
}

impl Makers {
    /// Reads `models/makers.yaml` and `models/enterprises.tsv`.
    ///
    /// # Errors
    /// Numbers that stand twice, classes that do not exist, a registry that is not UTF-8.
    pub fn load(
        (path, bytes): (&str, &[u8]),
        (registry_path, registry): (&str, &[u8]),
        classes: &ClassTable,
    ) -> Result<Self, Diagnostics> {
        let source = Source::new(path, bytes, LIMITS)?;
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
        let mut makers = BTreeMap::new();
        for entry in file.makers {
            if let Some(class) = &entry.class
                && classes.get(&class.value).is_none()
            {
                let error = source.error(class, format!("no class `{}`", class.value));
                errors.push(match suggest(&class.value, classes.ids()) {
                    Some(help) => error.help(help),
                    None => error,
                });
            }
            let number = entry.enterprise.value;
            let maker = Maker {
                name: entry.name,
                class: entry.class.map(|class| class.value),
                tree: entry.tree,
            };
            if makers.insert(number, maker).is_some() {
                let message = format!("enterprise {number} stands twice");
                errors.push(
                    source
                        .error(&entry.enterprise, message)
                        .help("keep one line"),
                );
            }
        }
        let registry = match std::str::from_utf8(registry) {
            Ok(text) => text.to_owned(),
            Err(_) => {
                errors.push(crate::data::Diagnostic::file(registry_path, "is not UTF-8"));
                String::new()
            }
        };
        errors.into_result(Self { makers, registry })
    }

    /// The maker that uses an enterprise number.
    pub fn get(&self, enterprise: u32) -> Option<&Maker> {
        self.makers.get(&enterprise)
    }

    /// How many makers are known.
    pub fn len(&self) -> usize {
        self.makers.len()
    }

    /// Whether no maker is known.
    pub fn is_empty(&self) -> bool {
        self.makers.is_empty()
    }

    /// The organisation that IANA registered a number to: often not the brand on the box.
    pub fn registered(&self, enterprise: u32) -> Option<&str> {
        let (mut low, mut high) = (0, self.registry.len());
        // Halves the bytes, then looks at the line around the middle.
        while low < high {
            let middle = low + (high - low) / 2;
            let start = self.registry.as_bytes().get(..middle)?;
            let start = start
                .iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(0, |place| place + 1);
            let line = self.registry.get(start..)?.lines().next()?;
            let (number, name) = line.split_once('\t')?;
            match number.parse::<u32>().ok()?.cmp(&enterprise) {
                std::cmp::Ordering::Equal => return Some(name.trim()),
                std::cmp::Ordering::Less => low = start + line.len() + 1,
                std::cmp::Ordering::Greater => high = start,
            }
        }
        None
    }
}

/// The organisation that IEEE registered an address block to, for an address in colon
/// hexadecimal; nothing for locally administered addresses.
pub(super) fn address_block(mac: &str) -> Option<&'static str> {
    let first = u8::from_str_radix(mac.get(..2)?, 16).ok()?;
    let universal = first & 0x03 == 0 && mac.len() == 17;
    let record = universal.then(|| oui_data::lookup(mac)).flatten()?;
    Some(record.organization()).filter(|name| !name.is_empty() && *name != "Private")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(yaml: &str, registry: &str) -> Result<Makers, Diagnostics> {
        let classes = ClassTable::load(
            "models/classes.yaml",
            include_bytes!("../../../../../models/classes.yaml"),
        )?;
        let files = (
            ("makers.yaml", yaml.as_bytes()),
            ("enterprises.tsv", registry.as_bytes()),
        );
        Makers::load(files.0, files.1, &classes)
    }

    #[test]
    fn a_number_is_found_wherever_it_stands() {
        let registry = "0\tReserved\n9\tciscoSystems\n11\tHewlett-Packard\n674\tDell Inc.\n";
        let makers = load("version: 1\nmakers: []\n", registry).unwrap();
        for (number, name) in [(0, "Reserved"), (9, "ciscoSystems"), (674, "Dell Inc.")] {
            assert_eq!(makers.registered(number), Some(name));
        }
        for number in [1, 10, 12, 675, u32::MAX] {
            assert_eq!(makers.registered(number), None, "{number}");
        }
    }

    #[test]
    fn mistakes_have_a_place() {
        let yaml = "version: 1\nmakers:\n  - {enterprise: 9, name: Cisco}\n  - {enterprise: 9, name: Cisco, class: swich}\n";
        let errors = load(yaml, "").unwrap_err().to_string();
        assert!(errors.contains("makers.yaml:4:"), "{errors}");
        assert!(errors.contains("did you mean `switch`?"), "{errors}");
        assert!(errors.contains("enterprise 9 stands twice"), "{errors}");
    }

    #[test]
    fn local_addresses_have_no_maker() {
        assert_eq!(address_block("02:00:5e:10:00:01"), None);
        assert!(address_block("00:00:0c:01:02:03").is_some_and(|name| name.contains("Cisco")));
    }
}
