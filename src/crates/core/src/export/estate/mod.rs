//! The inventory as configuration databases see it: what is sure enough, in one place, so that
//! no exporter reads facts by itself.
mod build;

use crate::model::class::CmdbKinds;
use crate::model::{AssetState, KnownAsset, SiteId};
use ipnetwork::IpNetwork;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::net::IpAddr;
use uuid::Uuid;

/// Everything that an audit has to say to a configuration database.
#[derive(Debug, Clone, PartialEq)]
pub struct Estate {
    /// Id of the audit: the scope of every identity in it.
    pub audit: Uuid,
    /// Reference of the mandate.
    pub mandate: String,
    /// Client's name.
    pub client: String,
    /// Sites: id and name to print.
    pub sites: Vec<(SiteId, String)>,
    /// Networks of the scope, each with its site.
    pub networks: Vec<(SiteId, IpNetwork)>,
    /// Judgement date.
    pub as_of: Timestamp,
    /// Whether the run saw its whole scope: only then may anything be retired.
    pub complete: bool,
    /// Devices, in the inventory's order.
    pub devices: Vec<Device>,
    /// Links whose two ends are known, different and have a port, once a pair of ports.
    pub cables: Vec<Cable>,
    /// Links that are no cable, in words: one end unknown, without a port, or a device to itself.
    pub loose_links: Vec<String>,
    /// Devices of earlier runs that this one did not see.
    pub missing: Vec<KnownAsset>,
}

/// One device.
#[derive(Debug, Clone, PartialEq)]
pub struct Device {
    /// The id that every target stores.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Site.
    pub site: SiteId,
    /// Class id of `models/classes.yaml`.
    pub class: String,
    /// What each target calls that class.
    pub kinds: CmdbKinds,
    /// Whether and how it was met.
    pub state: AssetState,
    /// Third party that owns or runs it.
    pub third_party: Option<String>,
    /// Role that the client declared.
    pub role: Option<String>,
    /// Owner that the client declared.
    pub owner: Option<String>,
    /// Criticality, A to D.
    pub criticality: Option<String>,
    /// Tags that the client declared.
    pub tags: Vec<String>,
    /// Manufacturer.
    pub manufacturer: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// Serial number of the chassis.
    pub serial: Option<String>,
    /// DMI product UUID.
    pub uuid: Option<String>,
    /// Hardware revision.
    pub hardware_rev: Option<String>,
    /// Firmware revision, else software revision.
    pub firmware: Option<String>,
    /// Operating system family: `linux`, `ios`, …
    pub os_family: Option<String>,
    /// Operating system.
    pub os_name: Option<String>,
    /// Its version.
    pub os_version: Option<String>,
    /// Processor architecture.
    pub architecture: Option<String>,
    /// Kernel release.
    pub kernel: Option<String>,
    /// sysDescr.
    pub description: Option<String>,
    /// sysLocation.
    pub location: Option<String>,
    /// sysContact.
    pub contact: Option<String>,
    /// Seconds since the start.
    pub uptime: Option<u64>,
    /// End of the maker's support (RFC 3339 full-date).
    pub end_of_support: Option<String>,
    /// Physical memory in bytes.
    pub memory: Option<u64>,
    /// Logical processors.
    pub processors: Option<u32>,
    /// Management address: the lowest that answered.
    pub address: Option<IpAddr>,
    /// Every address that answered, sorted.
    pub seen_at: Vec<IpAddr>,
    /// Whether an SNMP agent let us read.
    pub snmp: bool,
    /// Hardware address seen from the scanner, else that of the bridge.
    pub mac: Option<String>,
    /// Interfaces, in the device's order.
    pub ports: Vec<Port>,
    /// Addresses that it has.
    pub addresses: Vec<Address>,
    /// VLANs, by id.
    pub vlans: BTreeMap<u16, Option<String>>,
    /// Physical components.
    pub components: Vec<crate::model::Component>,
    /// Members of a stack.
    pub units: Vec<crate::model::Unit>,
    /// Virtual machines.
    pub guests: Vec<crate::model::Guest>,
    /// Installed software.
    pub software: Vec<crate::model::Software>,
    /// TCP services that answered: port and name.
    pub services: Vec<(u16, String)>,
}

/// One interface.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Port {
    /// ifName, else ifDescr.
    pub name: String,
    /// ifIndex.
    pub index: Option<u32>,
    /// ifAlias.
    pub description: Option<String>,
    /// IANA ifType.
    pub iftype: Option<u32>,
    /// Administrative state.
    pub enabled: Option<bool>,
    /// RFC 8343 oper-status.
    pub oper_status: Option<String>,
    /// Hardware address, colon hexadecimal in lower case.
    pub mac: Option<String>,
    /// Bits per second.
    pub speed: Option<u64>,
    /// MTU in octets.
    pub mtu: Option<u32>,
    /// `full`, `half` or `unknown`.
    pub duplex: Option<String>,
    /// Name of the aggregate that it is a member of.
    pub aggregate: Option<String>,
    /// Number of the stack member that it stands in.
    pub unit: Option<String>,
    /// Untagged VLAN.
    pub untagged: Option<u16>,
    /// Tagged VLANs, sorted.
    pub tagged: Vec<u16>,
    /// Whether it carries every VLAN tagged.
    pub tagged_all: bool,
    /// Hardware addresses learnt on it, sorted.
    pub learnt: Vec<String>,
    /// What announced itself on it.
    pub neighbour: Option<Neighbour>,
}

/// Who announced itself on a port (LLDP, CDP).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Neighbour {
    /// `lldp` or `cdp`.
    pub protocol: String,
    /// Chassis id, where it is a hardware address.
    pub chassis_mac: Option<String>,
    /// System name, or device id.
    pub name: Option<String>,
    /// System description, or platform.
    pub description: Option<String>,
    /// Port id.
    pub port_id: Option<String>,
    /// Port description.
    pub port_description: Option<String>,
    /// First management address.
    pub address: Option<String>,
}

/// One address of a device.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    /// The address.
    pub ip: IpAddr,
    /// Prefix length, where told.
    pub prefix_length: Option<u8>,
    /// Interface name.
    pub port: Option<String>,
}

/// One cable: two ports of two devices, the smaller end first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cable {
    /// Device and port.
    pub a: (Uuid, String),
    /// Device and port.
    pub b: (Uuid, String),
}

impl Estate {
    /// A site's name to print, else its id.
    #[must_use]
    pub fn site_name<'a>(&'a self, site: &'a SiteId) -> &'a str {
        let mut sites = self.sites.iter();
        let found = sites.find(|(id, _)| id == site);
        found.map_or(&site.0, |(_, name)| name)
    }
}
