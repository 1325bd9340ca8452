//! What has to be read of an iTop before a plan can be made, in four rounds: each asks for what
//! the one before named.
use super::classes::{DEVICES, INTERFACE, LINK, MEMBERSHIP, NETWORK, PHYSICAL, SOURCE};
use super::matching::matches;
use super::{Settings, Snapshot, setup, source_name};
use crate::cmdb::matching::Match;
use crate::export::Estate;
use std::collections::BTreeSet;

/// A list to read: every object of a class, or those with one of some values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// Class.
    pub class: &'static str,
    /// Attribute and its values; none is every object.
    pub filter: Option<(&'static str, Vec<String>)>,
    /// Whether the server may lack the class, or not let us see it.
    pub optional: bool,
}

impl Read {
    fn all(class: &'static str) -> Self {
        Self {
            class,
            filter: None,
            optional: false,
        }
    }

    fn of(
        class: &'static str,
        attribute: &'static str,
        values: impl IntoIterator<Item = String>,
    ) -> Option<Self> {
        let values: BTreeSet<String> = values.into_iter().collect();
        (!values.is_empty()).then(|| Self {
            class,
            filter: Some((attribute, values.into_iter().collect())),
            optional: false,
        })
    }
}

/// How many rounds there are.
pub const ROUNDS: u8 = 4;

/// The lists of a round, counted from 0.
#[must_use]
pub fn reads(round: u8, estate: &Estate, settings: &Settings, snapshot: &Snapshot) -> Vec<Read> {
    match round {
        0 => shared(estate, settings),
        1 => of_organization(settings, snapshot),
        2 => below(estate, settings, snapshot),
        _ => memberships(snapshot),
    }
}

/// What all clients share, and what says who we are.
fn shared(estate: &Estate, settings: &Settings) -> Vec<Read> {
    let classes = DEVICES.iter().map(|class| class.name).chain([INTERFACE]);
    let sources = classes.map(|class| source_name(estate.audit, class));
    let mut reads: Vec<Read> = [
        "Brand",
        "Model",
        "NetworkDeviceType",
        "IOSVersion",
        "OSFamily",
        "OSVersion",
    ]
    .map(Read::all)
    .into();
    reads.extend(Read::of(
        "Organization",
        "name",
        [settings.organization.clone()],
    ));
    reads.extend(Read::of(SOURCE, "name", sources));
    let user = Read::of("User", "login", [settings.user.clone()]);
    reads.extend(user.map(|read| Read {
        optional: true,
        ..read
    }));
    reads
}

/// The organisation's own.
fn of_organization(settings: &Settings, snapshot: &Snapshot) -> Vec<Read> {
    // Without one nothing is found; but which classes there are must be known.
    let organization = setup::organization(settings, snapshot);
    let id = organization.and_then(|organization| organization.id.as_str());
    let id = id.unwrap_or("0").to_owned();
    // Another module for addresses may stand in the place of networks.
    let classes = [("Location", false), ("VLAN", true), ("Subnet", true)];
    let devices = DEVICES.iter().map(|class| (class.name, class.optional));
    // Last, so that it adds but those of classes that we know nothing of.
    let all = classes
        .into_iter()
        .chain(devices)
        .chain([(PHYSICAL, false)]);
    all.filter_map(|(class, optional)| {
        let read = Read::of(class, "org_id", [id.clone()])?;
        Some(Read { optional, ..read })
    })
    .collect()
}

/// What stands below the devices that were recognised.
fn below(estate: &Estate, settings: &Settings, snapshot: &Snapshot) -> Vec<Read> {
    let matches = matches(estate, settings, snapshot);
    let found: Vec<_> = matches
        .values()
        .filter_map(|found| match found {
            Match::Found(object, _) => Some(*object),
            Match::New(_) | Match::Conflict(_) => None,
        })
        .collect();
    let ids = |network: bool| -> Vec<String> {
        let found = found
            .iter()
            .filter(|object| !network || object.text("finalclass") == NETWORK);
        found
            .filter_map(|object| object.id.as_str().map(str::to_owned))
            .collect()
    };
    [
        Read::of(INTERFACE, "connectableci_id", ids(false)),
        Read::of(LINK, "networkdevice_id", ids(true)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn memberships(snapshot: &Snapshot) -> Vec<Read> {
    let ids = snapshot
        .all(INTERFACE)
        .iter()
        .filter_map(|port| port.id.as_str().map(str::to_owned));
    Read::of(MEMBERSHIP, "physicalinterface_id", ids)
        .into_iter()
        .collect()
}
