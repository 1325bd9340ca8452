//! Facts of each site as a whole, for the checks that judge it as one.
//!
//! What a device does not tell leaves an unread item in the site's list: a check of the site
//! fails on what is known, and passes only where everything is.
use super::Context;
use super::around::{by_inventory, path, unread};
use crate::model::class::{CatalogueCode as Code, ClassTable};
use crate::model::{
    Asset, AssetState, FactSheet, Facts, ModelFirmware, Provenance, SharedHostKey, SiteAsset,
    SiteId, SiteUps, StpRoot, TimeSource, UnreadReason,
};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// One sheet per site of the scope, and per site that an asset names.
pub(super) fn sites(assets: &[Asset], context: &Context, classes: &ClassTable) -> Vec<SiteAsset> {
    let mut ids: BTreeSet<&SiteId> = context.sites.iter().collect();
    ids.extend(assets.iter().map(|asset| &asset.site));
    let site = |id: &SiteId| {
        let members: Vec<Member<'_>> = assets
            .iter()
            .filter(|asset| asset.site == *id && asset.state == AssetState::Observed)
            .map(|asset| Member::new(asset, classes))
            .collect();
        SiteAsset {
            id: id.clone(),
            arpenteur_id: Uuid::new_v5(&context.audit_id, format!("site/{id}").as_bytes()),
            sheet: sheet(&members, context),
        }
    };
    ids.into_iter().map(site).collect()
}

/// One device of the site.
struct Member<'a> {
    asset: &'a Asset,
    facts: Facts,
    codes: Vec<Code>,
}

impl<'a> Member<'a> {
    fn new(asset: &'a Asset, classes: &ClassTable) -> Self {
        let class = classes.get(&asset.class);
        Self {
            asset,
            facts: asset.sheet.facts().unwrap_or_default(),
            codes: class.map_or_else(Vec::new, |class| class.codes.clone()),
        }
    }

    /// Whether it is of that kind, or may be: of what kind it is may be unread.
    fn is(&self, code: Code) -> bool {
        self.codes.contains(&code) || unread(self.asset, "device.codes").is_some()
    }
}

fn sheet(members: &[Member<'_>], context: &Context) -> FactSheet {
    let mut sheet = FactSheet::new();
    host_keys(members, &mut sheet);
    stp_roots(members, &mut sheet);
    firmware(members, &mut sheet);
    time_sources(members, &mut sheet);
    ups(members, &mut sheet);
    backup(context, &mut sheet);
    sheet
}

/// Writes a list, and an unread item for each device that did not tell.
fn list(
    sheet: &mut FactSheet,
    at: &str,
    value: serde_json::Value,
    untold: impl Iterator<Item = (String, UnreadReason)>,
) {
    let at = path(at);
    sheet.set(&at, value, by_inventory());
    for (device, reason) in untold {
        sheet.set_item_unread(&at.item(&device), reason, Provenance::default());
    }
}

/// Devices among some whose fact is unread.
fn untold<'m>(
    members: impl Iterator<Item = &'m Member<'m>> + 'm,
    fact: &'m str,
) -> impl Iterator<Item = (String, UnreadReason)> + 'm {
    members.filter_map(move |member| Some((member.asset.name.clone(), unread(member.asset, fact)?)))
}

fn host_keys(members: &[Member<'_>], sheet: &mut FactSheet) {
    let mut keys: BTreeMap<&str, BTreeMap<String, &str>> = BTreeMap::new();
    for member in members {
        for key in &member.facts.ssh.host_keys {
            // Members of one pair or cluster share keys rightly: the model stands for them all.
            let redundancy = &member.facts.redundancy;
            let clustered = redundancy.members.is_some_and(|members| members > 1);
            let who = match (&member.facts.hardware.model_name, clustered) {
                (Some(model), true) => format!("cluster of {model}"),
                _ => member.asset.arpenteur_id.to_string(),
            };
            let devices = keys.entry(&key.fingerprint).or_default();
            devices.entry(who).or_insert(&member.asset.name);
        }
    }
    let keys: Vec<SharedHostKey> = keys
        .into_iter()
        .map(|(fingerprint, devices)| SharedHostKey {
            fingerprint: fingerprint.to_owned(),
            devices: devices.into_values().map(str::to_owned).collect(),
        })
        .collect();
    let missing = untold(members.iter(), "ssh.host_keys");
    list(sheet, "site.host_keys", json!(keys), missing);
}

fn stp_roots(members: &[Member<'_>], sheet: &mut FactSheet) {
    let switches = || members.iter().filter(|member| member.is(Code::Sw));
    let address = |text: &str| text.rsplit('.').next().unwrap_or_default().to_lowercase();
    let any_declared = members.iter().any(|member| is_declared_root(&member.facts));
    let mut roots: BTreeMap<&str, StpRoot> = BTreeMap::new();
    for member in switches() {
        let Some(root) = member.facts.bridge.stp.root.as_deref() else {
            continue;
        };
        let entry = roots.entry(root).or_insert_with(|| {
            let device = members.iter().find(|other| {
                let own = other.facts.bridge.address.as_deref();
                own.is_some_and(|own| own.eq_ignore_ascii_case(&address(root)))
            });
            StpRoot {
                root: root.to_owned(),
                device: device.map(|device| device.asset.name.clone()),
                declared: any_declared
                    .then(|| device.is_some_and(|device| is_declared_root(&device.facts))),
                followed_by: 0,
            }
        });
        entry.followed_by += 1;
    }
    let roots: Vec<StpRoot> = roots.into_values().collect();
    let missing = untold(switches(), "bridge.stp.root");
    list(sheet, "site.stp_roots", json!(roots), missing);
    if !any_declared {
        let at = path("site.stp_roots");
        for root in &roots {
            let declared = at.item(&root.root).field("declared");
            sheet.set_item_unread(&declared, UnreadReason::NotCollected, Provenance::default());
        }
    }
}

/// A switch that the client calls its core is meant to be the root.
fn is_declared_root(facts: &Facts) -> bool {
    let role = facts.device.role.as_deref().unwrap_or_default();
    role.starts_with("core") || role == "stp root"
}

fn firmware(members: &[Member<'_>], sheet: &mut FactSheet) {
    let network = || members.iter().filter(|member| member.is(Code::Net));
    let mut models: BTreeMap<String, (BTreeSet<String>, Vec<String>)> = BTreeMap::new();
    for member in network() {
        let hardware = &member.facts.hardware;
        let (Some(model), Some(version)) = (&hardware.model_name, &member.facts.os.version) else {
            continue;
        };
        let maker = hardware.mfg_name.as_deref().unwrap_or_default();
        let (versions, devices) = models
            .entry(format!("{maker} {model}").trim().to_owned())
            .or_default();
        versions.insert(version.clone());
        devices.push(member.asset.name.clone());
    }
    let models: Vec<ModelFirmware> = models
        .into_iter()
        .map(|(model, (versions, devices))| ModelFirmware {
            model,
            versions: versions.into_iter().collect(),
            devices,
        })
        .collect();
    let missing = untold(network(), "os.version");
    list(sheet, "site.firmware", json!(models), missing);
}

/// Of network devices and servers alone: a printer's clock serves nobody's logs.
fn time_sources(members: &[Member<'_>], sheet: &mut FactSheet) {
    let keepers = || {
        members
            .iter()
            .filter(|member| member.is(Code::Net) || member.is(Code::Srv))
    };
    let mut sources: BTreeMap<&str, u32> = BTreeMap::new();
    let mut devices = 0_u32;
    for member in keepers().filter(|member| !member.facts.clock.sources.is_empty()) {
        devices += 1;
        for source in &member.facts.clock.sources {
            *sources.entry(source).or_default() += 1;
        }
    }
    let agree = sources.values().any(|count| *count == devices);
    let sources: Vec<TimeSource> = sources
        .into_iter()
        .map(|(source, devices)| TimeSource {
            source: source.to_owned(),
            devices,
        })
        .collect();
    let (all, count) = (path("site.time_sources"), path("site.time_devices"));
    let mut missing = untold(keepers(), "clock.sources");
    // Those that are known to differ differ, whatever the others use.
    match missing.next().filter(|_| agree || devices == 0) {
        Some((_, reason)) => {
            sheet.set_unread(&all, reason, Provenance::default());
            sheet.set_unread(&count, reason, Provenance::default());
        }
        None => {
            sheet.set(&all, json!(sources), by_inventory());
            sheet.set(&count, json!(devices), by_inventory());
        }
    }
}

fn ups(members: &[Member<'_>], sheet: &mut FactSheet) {
    let supplies = || members.iter().filter(|member| member.asset.class == "ups");
    let list_of: Vec<SiteUps> = supplies()
        .map(|member| SiteUps {
            name: member.asset.name.clone(),
            battery_status: member.facts.ups.battery_status.clone(),
            alarms: member.facts.ups.alarms,
        })
        .collect();
    let at = path("site.ups");
    let none = list_of.is_empty();
    let value = if none {
        serde_json::Value::Null
    } else {
        json!(list_of)
    };
    sheet.set(&at, value, by_inventory());
    for member in supplies() {
        let item = at.item(&member.asset.name);
        for (fact, field) in [
            ("ups.battery_status", "battery_status"),
            ("ups.alarms", "alarms"),
        ] {
            if let Some(reason) = unread(member.asset, fact) {
                sheet.set_item_unread(&item.field(field), reason, Provenance::default());
            }
        }
    }
}

/// What the client declares of its backups; without a declaration nothing is known.
fn backup(context: &Context, sheet: &mut FactSheet) {
    let Some(backup) = &context.backup else {
        return;
    };
    let from = super::declared::provenance;
    if let Some(copy) = backup.offline_copy {
        sheet.set(&path("site.backup_offline_copy"), json!(copy), from());
    }
    let tested = backup.restore_tested_on.map(|date| date.to_string());
    sheet.set(&path("site.restore_tested_on"), json!(tested), from());
}
