//! What the client declares: of devices that were found, and of those that were not.
use super::Context;
use super::keys::Keys;
use crate::model::class::ClassTable;
use crate::model::{
    Asset, AssetState, BackupJob, Confidence, FactPath, FactSheet, Identity, Licence, Locator,
    Provenance, SiteId, Target, UnreadReason,
};
use jiff::civil::Date;
use serde_json::{Value, json};
use std::net::IpAddr;
use uuid::Uuid;

/// What the client says of one device. Every key given must agree for it to match.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Declaration {
    /// Site.
    pub site: Option<SiteId>,
    /// One of its addresses.
    pub address: Option<IpAddr>,
    /// Host name.
    pub hostname: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// One of its hardware addresses.
    pub mac: Option<String>,
    /// Class.
    pub class: Option<String>,
    /// Role.
    pub role: Option<String>,
    /// Criticality, A to D.
    pub criticality: Option<String>,
    /// Owner.
    pub owner: Option<String>,
    /// End of support (RFC 3339 full-date).
    pub end_of_support: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Accounts with full privilege.
    pub administrators: Option<Vec<String>>,
    /// Services that should listen.
    pub services: Option<Vec<String>>,
    /// Last day of the support contract (RFC 3339 full-date).
    pub support_until: Option<String>,
    /// When the configuration was last saved elsewhere (RFC 3339 full-date).
    pub config_saved_on: Option<String>,
    /// When a backup last ended well (RFC 3339).
    pub last_backup: Option<String>,
    /// Licences and subscriptions.
    pub licences: Option<Vec<Licence>>,
}

/// What the client says of its backups.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Backup {
    /// Whether a copy is offline or cannot be changed.
    pub offline_copy: Option<bool>,
    /// When a restoration was last tried.
    pub restore_tested_on: Option<Date>,
}

/// A device known by declaration alone.
#[derive(Debug, Clone, PartialEq)]
pub struct DeclaredAsset {
    /// Name.
    pub name: String,
    /// Class.
    pub class: String,
    /// Site.
    pub site: SiteId,
    /// Address.
    pub address: Option<IpAddr>,
    /// Third party that it belongs to.
    pub third_party: Option<String>,
}

/// Applies declarations to the assets that they match, adds devices known by declaration
/// alone, and marks third parties' devices.
pub(super) fn apply(assets: &mut Vec<Asset>, context: &Context, classes: &ClassTable) {
    for declared in &context.declared {
        let found = assets.iter_mut().find(|asset| {
            asset.site == declared.site
                && declared.address.is_some_and(|address| {
                    asset
                        .targets
                        .iter()
                        .any(|target| target.locator.address() == Some(address))
                })
        });
        match found {
            Some(asset) => asset.third_party.clone_from(&declared.third_party),
            None => assets.push(declared_asset(declared)),
        }
    }
    for declaration in &context.declarations {
        let mut matched = false;
        for asset in assets.iter_mut().filter(|asset| declaration.matches(asset)) {
            matched = true;
            declaration.tell(asset);
        }
        if let (false, Some(class)) = (matched, &declaration.class) {
            let mut asset = declared_asset(&DeclaredAsset {
                name: declaration.label(),
                class: class.clone(),
                site: declaration
                    .site
                    .clone()
                    .or_else(|| assets.first().map(|asset| asset.site.clone()))
                    .unwrap_or(SiteId(String::new())),
                address: declaration.address,
                third_party: None,
            });
            declaration.tell(&mut asset);
            assets.push(asset);
        }
    }
    for asset in assets.iter_mut() {
        set_class(asset, classes);
        undeclared(asset, context);
        resolvers(asset, &context.resolvers);
    }
}

/// Marks what the client did not say of a device: absent, once it said so much of any other.
fn undeclared(asset: &mut Asset, context: &Context) {
    if asset.state != AssetState::Observed {
        return;
    }
    let told = |says: fn(&Declaration) -> bool| context.declarations.iter().any(says);
    for (fact, told) in [
        (
            "declared.administrators",
            told(|device| device.administrators.is_some()),
        ),
        (
            "declared.services",
            told(|device| device.services.is_some()),
        ),
        (
            "declared.support_until",
            told(|device| device.support_until.is_some()),
        ),
    ] {
        let Ok(path) = fact.parse::<FactPath>() else {
            continue;
        };
        if told && asset.sheet.state(&path).is_none() {
            asset.sheet.set(&path, Value::Null, provenance());
        }
    }
    if context.inventory_declared
        && let Ok(path) = "device.owner".parse::<FactPath>()
        && asset.sheet.state(&path).is_none()
    {
        asset.sheet.set(&path, Value::Null, provenance());
    }
    if context.inventory_declared
        && let Ok(path) = "declared.known".parse::<FactPath>()
    {
        let known = context
            .declarations
            .iter()
            .any(|declaration| declaration.matches(asset));
        asset.sheet.set(&path, json!(known), provenance());
    }
}

/// The resolvers that every device should use; unread where the client declares none.
fn resolvers(asset: &mut Asset, declared: &[IpAddr]) {
    let Ok(path) = "dns.declared_resolvers".parse::<FactPath>() else {
        return;
    };
    if !declared.is_empty() {
        let mut list: Vec<String> = declared.iter().map(IpAddr::to_string).collect();
        list.sort();
        list.dedup();
        asset.sheet.set(&path, json!(list), provenance());
    }
}

impl Declaration {
    /// How the client calls the device.
    pub fn label(&self) -> String {
        let address = self.address.map(|address| address.to_string());
        [&self.hostname, &address, &self.serial, &self.mac]
            .into_iter()
            .flatten()
            .next()
            .cloned()
            .unwrap_or_default()
    }

    fn matches(&self, asset: &Asset) -> bool {
        let keys = Keys::of(&asset.sheet);
        let same = |given: &Option<String>, own: Option<&String>| {
            given
                .as_ref()
                .is_none_or(|given| own.is_some_and(|own| own.eq_ignore_ascii_case(given)))
        };
        let macs = || {
            keys.interface_macs
                .iter()
                .chain(&keys.mac_address)
                .any(|own| {
                    self.mac
                        .as_ref()
                        .is_some_and(|mac| mac.eq_ignore_ascii_case(own))
                })
        };
        let addresses = || {
            asset
                .targets
                .iter()
                .any(|target| target.locator.address() == self.address)
        };
        self.site.as_ref().is_none_or(|site| *site == asset.site)
            && (self.address.is_none() || addresses())
            && same(&self.hostname, keys.hostname.as_ref().or(Some(&asset.name)))
            && same(&self.serial, keys.serial_num.as_ref())
            && (self.mac.is_none() || macs())
    }

    fn tell(&self, asset: &mut Asset) {
        let mut set = |path: &str, value: &Option<String>| {
            if let (Ok(path), Some(value)) = (path.parse::<FactPath>(), value) {
                asset
                    .sheet
                    .set(&path, Value::String(value.clone()), provenance());
            }
        };
        set("device.role", &self.role);
        set("device.owner", &self.owner);
        set("device.end_of_support", &self.end_of_support);
        set("declared.support_until", &self.support_until);
        set("backup.config_saved", &self.config_saved_on);
        let mut list = |path: &str, value: Option<Value>| {
            if let (Ok(path), Some(value)) = (path.parse::<FactPath>(), value) {
                asset.sheet.set(&path, value, provenance());
            }
        };
        list(
            "declared.administrators",
            self.administrators.as_ref().map(|list| json!(list)),
        );
        list(
            "declared.services",
            self.services.as_ref().map(|list| json!(list)),
        );
        list("licences", self.licences.as_ref().map(|list| json!(list)));
        let job = |date: &String| {
            json!([BackupJob {
                name: "declared".to_owned(),
                last_success: Some(date.clone()),
            }])
        };
        list("backup.jobs", self.last_backup.as_ref().map(job));
        if let Some(class) = &self.class {
            asset.class.clone_from(class);
            asset.class_confidence = Confidence::Certain;
        }
        if self.criticality.is_some() {
            asset.criticality.clone_from(&self.criticality);
        }
        asset.tags.extend(self.tags.iter().cloned());
        asset.tags.sort();
        asset.tags.dedup();
    }
}

pub(super) fn provenance() -> Provenance {
    Provenance {
        by: "declared".to_owned(),
        ..Provenance::default()
    }
}

fn declared_asset(declared: &DeclaredAsset) -> Asset {
    let locator = match declared.address {
        Some(address) => Locator::Address(address),
        None => Locator::File(declared.name.clone()),
    };
    Asset {
        arpenteur_id: Uuid::nil(),
        identity: Identity {
            key: String::new(),
            value: String::new(),
        },
        name: declared.name.clone(),
        site: declared.site.clone(),
        state: if declared.third_party.is_some() {
            AssetState::NotContacted
        } else {
            AssetState::Declared
        },
        targets: vec![Target {
            site: declared.site.clone(),
            locator,
        }],
        address: declared.address,
        class: declared.class.clone(),
        class_confidence: Confidence::Certain,
        family: None,
        third_party: declared.third_party.clone(),
        tags: Vec::new(),
        criticality: None,
        authenticated: false,
        sheet: FactSheet::new(),
        merges: Vec::new(),
        complaints: Vec::new(),
    }
}

/// Why the kind of a device is unread: all that is known of it is a configuration of which a part
/// is missing, and no check on configurations may count as not applicable for that.
fn cut_configuration(asset: &Asset) -> Option<UnreadReason> {
    let config = "config".parse().ok()?;
    let cut = asset.class == "unknown" && asset.sheet.state(&config).is_some();
    cut.then(|| asset.sheet.unread(&config)).flatten()
}

/// Brings class and catalogue codes of the sheet in line with the asset's class.
fn set_class(asset: &mut Asset, classes: &ClassTable) {
    let (Ok(class), Ok(codes), Ok(family)) = (
        "device.class".parse::<FactPath>(),
        "device.codes".parse::<FactPath>(),
        "os.family".parse::<FactPath>(),
    ) else {
        return;
    };
    if super::keys::text(&asset.sheet, &class).as_deref() != Some(asset.class.as_str()) {
        let from = Provenance {
            confidence: asset.class_confidence,
            ..provenance()
        };
        asset
            .sheet
            .set(&class, Value::String(asset.class.clone()), from);
    }
    if let Some(reason) = cut_configuration(asset) {
        // What the class said before is no knowledge: it gives way.
        asset.sheet.set_item_unread(&codes, reason, provenance());
        return;
    }
    let mut list: Vec<String> = classes
        .get(&asset.class)
        .into_iter()
        .flat_map(|class| class.codes.iter())
        .filter_map(|code| serde_json::to_value(code).ok()?.as_str().map(str::to_owned))
        .collect();
    // Codes that follow from the operating system, whatever the class.
    match super::keys::text(&asset.sheet, &family).as_deref() {
        Some("linux") => list.push("lin".to_owned()),
        Some("windows") => list.push("win".to_owned()),
        _ => {}
    }
    list.sort();
    asset.sheet.set(
        &codes,
        json!(list),
        Provenance {
            confidence: asset.class_confidence,
            ..provenance()
        },
    );
}
