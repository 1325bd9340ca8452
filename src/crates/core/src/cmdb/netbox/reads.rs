//! What has to be read of a NetBox before a plan can be made, in three rounds: each asks for what
//! the one before named.
use super::{Settings, Snapshot, custom_field, setup};
use crate::cmdb::matching::Match;
use crate::export::{Estate, Mapping};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A list to read: every object, or those that a filter gives for any of its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// Kind of object.
    pub collection: &'static str,
    /// Filter and its values; none is every object.
    pub filter: Option<(String, Vec<String>)>,
}

impl Read {
    fn all(collection: &'static str) -> Self {
        Self {
            collection,
            filter: None,
        }
    }

    /// Those with one of these values: nothing where there is none.
    fn of(
        collection: &'static str,
        filter: &str,
        values: impl IntoIterator<Item = String>,
    ) -> Option<Self> {
        let values: BTreeSet<String> = values.into_iter().collect();
        (!values.is_empty()).then(|| Self {
            collection,
            filter: Some((filter.to_owned(), values.into_iter().collect())),
        })
    }
}

/// The lists of a round; `round` is 0, 1 or 2.
#[must_use]
pub fn reads(
    round: u8,
    estate: &Estate,
    mapping: &Mapping,
    settings: &Settings,
    snapshot: &Snapshot,
) -> Vec<Read> {
    match round {
        0 => first(),
        1 => second(estate, mapping, settings, snapshot),
        _ => third(estate, mapping, settings, snapshot),
    }
}

/// What is shared by all: few objects, of which names and slugs must be known.
fn first() -> Vec<Read> {
    [
        "tenancy/tenants",
        "dcim/sites",
        "dcim/manufacturers",
        "dcim/device-types",
        "dcim/device-roles",
        "dcim/platforms",
        "extras/tags",
        "extras/custom-fields",
        "ipam/vrfs",
    ]
    .map(Read::all)
    .into()
}

/// The tenant's devices, those that have no tenant, and whatever carries our ids.
fn second(
    estate: &Estate,
    mapping: &Mapping,
    settings: &Settings,
    snapshot: &Snapshot,
) -> Vec<Read> {
    let tenant = setup::tenant(settings, snapshot).map(|tenant| tenant.id.to_string());
    let tenants = tenant.into_iter().chain(["null".to_owned()]);
    let sites = setup::sites(estate, mapping, settings, snapshot);
    let sites: Vec<String> = sites.values().map(Value::to_string).collect();
    let mut addresses: Vec<String> = Vec::new();
    for device in &estate.devices {
        addresses.extend(
            device
                .addresses
                .iter()
                .map(|address| address.ip.to_string()),
        );
    }
    let field = custom_field(mapping, "arpenteur_id");
    let mut fields = snapshot.all("extras/custom-fields").iter();
    // Of a filter that it does not know NetBox takes no notice: it would send every device.
    let known = fields.any(|object| {
        let types = object.get("object_types").as_array();
        object.text("name") == field
            && object.text("filter_logic") != "disabled"
            && types.is_none_or(|types| types.contains(&json!("dcim.device")))
    });
    let ids = estate.devices.iter().map(|device| device.id);
    let ids = ids.chain(estate.missing.iter().map(|known| known.arpenteur_id));
    let ids = ids.map(|id| id.to_string()).filter(|_| known);
    let prefixes = crate::cmdb::networks::networks(estate);
    [
        Read::of("dcim/devices", "tenant_id", tenants),
        Read::of("dcim/devices", &format!("cf_{field}"), ids),
        Read::of("dcim/locations", "site_id", sites.clone()),
        Read::of("ipam/vlans", "site_id", sites),
        Read::of(
            "ipam/prefixes",
            "prefix",
            prefixes.into_iter().map(|(_, net)| net.to_string()),
        ),
        Read::of("ipam/ip-addresses", "address", addresses),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What stands below the devices that were recognised.
fn third(
    estate: &Estate,
    mapping: &Mapping,
    settings: &Settings,
    snapshot: &Snapshot,
) -> Vec<Read> {
    let Some(tenant) = setup::tenant(settings, snapshot) else {
        return below(estate, mapping, snapshot, &Value::Null, settings);
    };
    below(estate, mapping, snapshot, &tenant.id, settings)
}

fn below(
    estate: &Estate,
    mapping: &Mapping,
    snapshot: &Snapshot,
    tenant: &Value,
    settings: &Settings,
) -> Vec<Read> {
    let sites = setup::sites(estate, mapping, settings, snapshot);
    let matches = super::matches(estate, mapping, snapshot, tenant, &sites);
    let ids: Vec<String> = matches
        .values()
        .filter_map(|found| match found {
            Match::Found(object, _) => Some(object.id.to_string()),
            Match::New(_) | Match::Conflict(_) => None,
        })
        .collect();
    [
        "dcim/interfaces",
        "dcim/mac-addresses",
        "dcim/inventory-items",
        "dcim/cables",
        "ipam/ip-addresses",
        "ipam/services",
    ]
    .into_iter()
    .filter_map(|collection| Read::of(collection, "device_id", ids.clone()))
    .collect()
}
