//! Devices, how they were recognised, and how they are joined.
use super::{Confidence, EvidenceId, FactSheet, SiteId, Target};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use uuid::Uuid;

/// What was learnt of one target, before targets are merged into assets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// Where.
    pub target: Target,
    /// The facts.
    pub sheet: FactSheet,
    /// Families that recognised it, best first, with their score.
    pub families: Vec<(String, u32)>,
    /// What could not be understood, for the report's annex.
    pub complaints: Vec<String>,
    /// Whether a credential gave access (SNMP read or SSH login).
    pub authenticated: bool,
}

/// Why two targets are one asset, or why one asset has this identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeReason {
    /// The targets joined.
    pub targets: Vec<Target>,
    /// Keys that agreed: `serial_num`, `chassis_id`, `engine_id`, `hostname`, `ssh_host_key`,
    /// `machine_id`, `address_table`, with their values.
    pub keys: Vec<(String, String)>,
    /// Sum of the keys' weights.
    pub weight: u32,
}

/// What speaks for and against two targets' being one device.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Comparison {
    /// Keys that agree, with their value and weight.
    pub agreed: Vec<(String, String, i32)>,
    /// Keys that contradict, with both values and their (negative) weight.
    pub contradicted: Vec<(String, String, String, i32)>,
    /// The sum, capped below [`Self::enough`] where a single key agrees.
    pub weight: i32,
    /// From which sum on two targets are one device.
    pub enough: i32,
}

impl Comparison {
    /// Whether the evidence makes them one device.
    pub fn is_one(&self) -> bool {
        self.weight >= self.enough
    }
}

/// Whether and how an asset was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssetState {
    /// It answered us.
    Observed,
    /// Only declared by the client.
    Declared,
    /// Belongs to a third party and was not contacted.
    NotContacted,
}

/// The strongest name that an asset had when first seen; its `arpenteur_id` is derived from it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Identity {
    /// Kind of key, strongest first: `serial_num`, `unit_serial`, `base_mac`, `product_uuid`,
    /// `chassis_id`, `engine_id`, `ssh_host_key`, `machine_id`, `mac_address`, `hostname`, `locator`.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// One device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asset {
    /// UUIDv5 of the audit's id and [`Self::identity`].
    pub arpenteur_id: Uuid,
    /// What the id was derived from.
    pub identity: Identity,
    /// Display name: host name, else address.
    pub name: String,
    /// Site.
    pub site: SiteId,
    /// Whether and how it was met.
    pub state: AssetState,
    /// Every target that is this asset, sorted.
    pub targets: Vec<Target>,
    /// Management address: the lowest address that answered.
    pub address: Option<IpAddr>,
    /// Class id.
    pub class: String,
    /// How sure the class is.
    pub class_confidence: Confidence,
    /// Family that recognised it.
    pub family: Option<String>,
    /// Third party that owns or runs it.
    pub third_party: Option<String>,
    /// Tags declared by the client.
    pub tags: Vec<String>,
    /// Criticality declared by the client, A to D.
    pub criticality: Option<String>,
    /// Whether a credential gave access.
    pub authenticated: bool,
    /// The facts.
    pub sheet: FactSheet,
    /// Why its targets are one device.
    pub merges: Vec<MergeReason>,
    /// What could not be understood.
    pub complaints: Vec<String>,
}

/// One end of a link.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LinkEnd {
    /// Name to print.
    pub name: String,
    /// Port, where known.
    pub port: Option<String>,
    /// Asset, where it is one of ours.
    pub asset: Option<Uuid>,
}

/// A link between two devices, once per pair of ports.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Link {
    /// The smaller end.
    pub a: LinkEnd,
    /// The greater end.
    pub b: LinkEnd,
    /// What told it, sorted: `lldp`, `cdp`, `fdb` (a learnt hardware address).
    pub protocols: Vec<String>,
    /// Exchanges that gave it.
    pub evidence: Vec<EvidenceId>,
}

/// A device that others named and that did not answer us, or that we may not contact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Neighbour {
    /// Its name, chassis id or address.
    pub name: String,
    /// Its addresses, where announced.
    pub addresses: Vec<String>,
    /// Its description, where announced.
    pub description: Option<String>,
    /// Names of the assets that see it.
    pub seen_by: Vec<String>,
    /// Third party it belongs to, where the scope says so.
    pub third_party: Option<String>,
}

/// A site as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SiteAsset {
    /// Id in the scope.
    pub id: SiteId,
    /// UUIDv5 of the audit's id and the site's.
    pub arpenteur_id: Uuid,
    /// The facts below `site`.
    pub sheet: FactSheet,
}

/// Everything found.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Inventory {
    /// Devices, sorted by site, name and id.
    pub assets: Vec<Asset>,
    /// Sites, sorted by id.
    pub sites: Vec<SiteAsset>,
    /// Links, sorted.
    pub links: Vec<Link>,
    /// Seen, not reached; sorted.
    pub neighbours: Vec<Neighbour>,
}

impl Inventory {
    /// The asset with this id.
    pub fn asset(&self, id: Uuid) -> Option<&Asset> {
        self.assets.iter().find(|asset| asset.arpenteur_id == id)
    }
}

/// Whether two names are those of one port: equal, or one short for the other (`Gi1/0/1`,
/// `GigabitEthernet1/0/1`).
#[must_use]
pub fn same_port(a: &str, b: &str) -> bool {
    let split = |name: &str| -> (String, String) {
        let digits = name.find(|letter: char| letter.is_ascii_digit());
        let (kind, number) = name.split_at(digits.unwrap_or(name.len()));
        (kind.to_lowercase(), number.to_owned())
    };
    let ((a_kind, a_number), (b_kind, b_number)) = (split(a), split(b));
    let short = |one: &str, other: &str| one.len() >= 2 && other.starts_with(one);
    a == b
        || !a_number.is_empty()
            && a_number == b_number
            && (short(&a_kind, &b_kind) || short(&b_kind, &a_kind))
}
