//! What one configuration says, and how it becomes facts.
use crate::family::draft::{Pen, path};
use crate::model::{
    Confidence, Config, ConfigAclReference, ConfigInterface, ConfigManagement, ConfigSnooping,
    EvidenceId, FactSchema, FactType, SnmpCommunity, SnmpUser, Ssid, UnreadReason,
    WELL_KNOWN_COMMUNITIES,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Most items of one list; a configuration with more is not understood.
pub(super) const MOST_ITEMS: usize = 20_000;
/// Fields of an interface that checks judge and that are always something: nothing in them means
/// that the reader does not know.
const JUDGED: [&str; 6] = [
    "enabled",
    "mode",
    "bpdu_guard",
    "storm_control",
    "port_security",
    "dot1x",
];

/// The agent's configuration.
#[derive(Debug, Default, Clone)]
pub(super) struct Agent {
    pub(super) versions: BTreeSet<&'static str>,
    pub(super) communities: Vec<SnmpCommunity>,
    pub(super) users: Vec<SnmpUser>,
    pub(super) receivers: Vec<String>,
}

/// What one configuration says.
#[derive(Debug, Default, Clone)]
pub(super) struct Reading {
    pub(super) config: Config,
    /// Paths that this language's reader does not understand; `config.lines[].acl` for that
    /// field of every line.
    pub(super) unread: Vec<&'static str>,
    pub(super) agent: Option<Agent>,
    pub(super) resolvers: Option<Vec<String>>,
    pub(super) ssids: Option<Vec<Ssid>>,
    /// Mode and number of members.
    pub(super) redundancy: Option<(&'static str, u32)>,
    pub(super) version: Option<String>,
    pub(super) model: Option<String>,
    pub(super) class: Option<&'static str>,
    /// Interfaces by name, with their order.
    pub(super) ports: BTreeMap<String, (usize, ConfigInterface)>,
    /// Access lists that are defined.
    pub(super) lists: BTreeSet<String>,
    /// VRF of an interface, by its name.
    pub(super) vrfs: BTreeMap<String, String>,
}

impl Agent {
    /// Adds a community; the mask takes its place where evidence was not redacted before.
    pub(super) fn community(&mut self, name: &str, writes: bool, sources: Vec<String>) {
        let known = name.starts_with('<') || WELL_KNOWN_COMMUNITIES.contains(&name);
        self.versions.extend(["v1", "v2c"]);
        self.communities.push(SnmpCommunity {
            name: if known { name } else { "<hash:community>" }.to_owned(),
            access: if writes { "rw" } else { "ro" }.to_owned(),
            sources,
        });
    }

    /// Adds a user by its protocols, as the maker spells them.
    pub(super) fn user(&mut self, name: &str, auth: Option<&str>, privacy: Option<&str>) {
        self.versions.insert("v3");
        let auth = protocol(auth, &AUTH);
        let privacy = protocol(privacy, &PRIVACY);
        let level = match (auth.as_deref(), privacy.as_deref()) {
            (Some("none"), _) => "noAuthNoPriv",
            (_, Some("none")) => "authNoPriv",
            _ => "authPriv",
        };
        if self.users.iter().any(|user| user.name == name) {
            return;
        }
        self.users.push(SnmpUser {
            name: name.to_owned(),
            auth_protocol: auth,
            priv_protocol: privacy,
            security_level: Some(level.to_owned()),
        });
    }

    fn number(&mut self) {
        let mut seen = BTreeMap::new();
        for community in &mut self.communities {
            let count = seen.entry(community.name.clone()).or_insert(0_u32);
            *count += 1;
            if *count > 1 {
                community.name = format!("{}#{count}", community.name);
            }
        }
    }
}

const AUTH: [(&str, &str); 7] = [
    ("sha512", "sha512"),
    ("sha384", "sha384"),
    ("sha256", "sha256"),
    ("sha224", "sha224"),
    ("sha", "sha1"),
    ("md5", "md5"),
    ("none", "none"),
];
const PRIVACY: [(&str, &str); 7] = [
    ("aes256", "aes256"),
    ("aes192", "aes192"),
    ("aes", "aes128"),
    ("3des", "3des"),
    ("des56", "des"),
    ("des", "des"),
    ("none", "none"),
];

/// Our name of a protocol; nothing where the word is not known, `none` where there is no word.
fn protocol(word: Option<&str>, known: &[(&str, &str)]) -> Option<String> {
    let Some(word) = word else {
        return Some("none".to_owned());
    };
    let word = word.to_lowercase().replace('-', "");
    let word = word.trim_start_matches("hmac").trim_start_matches("usm");
    let found = known
        .iter()
        .find(|(spelling, _)| word.starts_with(spelling));
    found.map(|(_, ours)| (*ours).to_owned())
}

/// What kind of interface a name speaks of, whoever made the device.
pub(super) fn kind(name: &str) -> &'static str {
    const KINDS: [(&str, &str); 34] = [
        ("vlan", "vlan"),
        ("bvi", "vlan"),
        ("bdi", "vlan"),
        ("irb.", "vlan"),
        ("irb", "other"),
        ("loopback", "loopback"),
        ("lo0", "loopback"),
        ("lo.", "loopback"),
        ("port-channel", "aggregate"),
        ("bridge-aggregation", "aggregate"),
        ("route-aggregation", "aggregate"),
        ("eth-trunk", "aggregate"),
        ("bonding", "aggregate"),
        ("trk", "aggregate"),
        ("lag", "aggregate"),
        ("ae", "aggregate"),
        ("tunnel", "tunnel"),
        ("nve", "tunnel"),
        ("gre", "tunnel"),
        ("st0", "tunnel"),
        ("ssl.", "tunnel"),
        ("mgmt", "management"),
        ("meth", "management"),
        ("m-gigabit", "management"),
        ("management", "management"),
        ("fxp0", "management"),
        ("em0", "management"),
        ("me0", "management"),
        ("vme", "management"),
        ("oobm", "management"),
        ("null", "other"),
        ("async", "other"),
        ("dialer", "other"),
        ("virtual-", "other"),
    ];
    let name = name.to_lowercase();
    let known = KINDS.iter().find(|(start, _)| name.starts_with(start));
    match known {
        Some((_, kind)) => kind,
        None if name.contains('.') => "subinterface",
        None if name.contains(|letter: char| letter.is_ascii_digit()) => "physical",
        None => "other",
    }
}

/// Zones that face people nobody vouches for: nobody manages a device from there.
fn is_untrusted(zone: &str) -> bool {
    let zone = zone.to_lowercase();
    let starts = ["wan", "outside", "untrust", "internet"];
    starts.iter().any(|start| zone.starts_with(start))
}

fn is_management_vrf(name: &str) -> bool {
    let name = name.to_lowercase();
    ["mgmt", "management", "oob"]
        .iter()
        .any(|word| name.contains(word))
}

impl Reading {
    /// The interface of a name, new where nothing was said of it yet.
    pub(super) fn port(&mut self, name: &str) -> &mut ConfigInterface {
        let order = self.ports.len();
        let port = self.ports.entry(name.to_owned()).or_insert_with(|| {
            let port = ConfigInterface {
                name: name.to_owned(),
                kind: kind(name).to_owned(),
                ..ConfigInterface::default()
            };
            (order, port)
        });
        &mut port.1
    }

    /// Notes a use of an access list.
    pub(super) fn refer(&mut self, list: &str, by: &str, line: usize) {
        let name = format!("{list} used by {by}");
        let known = self.config.acl_references.last();
        if list.is_empty() || known.is_some_and(|last| last.name == name) {
            return;
        }
        self.config.acl_references.push(ConfigAclReference {
            name,
            acl: list.to_owned(),
            defined: None,
            source_lines: Some(line.to_string()),
        });
    }

    /// Draws what follows from the whole: access VLANs, lists that are missing, management.
    /// Nothing where there is no port, or more than anyone has.
    pub(super) fn finish(mut self) -> Option<Self> {
        if self.ports.is_empty() || self.ports.len() > MOST_ITEMS {
            return None;
        }
        let mut ports: Vec<_> = std::mem::take(&mut self.ports).into_values().collect();
        ports.sort_by_key(|(order, _)| *order);
        self.config.interfaces = ports.into_iter().map(|(_, port)| port).collect();
        self.follow_aggregates();
        let access: BTreeSet<u32> = self.access_vlans();
        self.config.access_vlans = access.iter().copied().collect();
        for snooping in [
            &mut self.config.dhcp_snooping,
            &mut self.config.arp_inspection,
        ] {
            missing(snooping, &access);
        }
        for reference in &mut self.config.acl_references {
            reference.defined = Some(self.lists.contains(&reference.acl));
        }
        if self.config.management == ConfigManagement::default() {
            self.config.management = self.management(&access);
        }
        unique(&mut self.config.acl_references, |item| &mut item.name);
        unique(&mut self.config.routing, |item| &mut item.name);
        unique(&mut self.config.rules, |item| &mut item.name);
        unique(&mut self.config.lines, |item| &mut item.name);
        if let Some(agent) = &mut self.agent {
            agent.number();
        }
        Some(self)
    }

    /// A member of an aggregate is linked as the aggregate is, and the spanning tree runs there.
    fn follow_aggregates(&mut self) {
        let aggregates = self
            .config
            .interfaces
            .iter()
            .filter(|port| port.kind == "aggregate");
        let aggregates: BTreeMap<String, ConfigInterface> = aggregates
            .map(|port| (port.name.clone(), port.clone()))
            .collect();
        for port in &mut self.config.interfaces {
            let Some(whole) = port
                .aggregate
                .as_ref()
                .and_then(|name| aggregates.get(name))
            else {
                continue;
            };
            port.mode.clone_from(&whole.mode);
            port.access_vlan = whole.access_vlan;
            port.native_vlan = whole.native_vlan;
            port.trunk_vlans.clone_from(&whole.trunk_vlans);
            port.trunk_all = whole.trunk_all;
            port.edge = whole.edge;
            port.bpdu_guard = whole.bpdu_guard;
            port.root_guard = whole.root_guard;
            port.loop_guard = whole.loop_guard;
        }
    }

    fn access_vlans(&self) -> BTreeSet<u32> {
        let access = self.config.interfaces.iter().filter(|port| {
            let mode = port.mode.as_deref();
            port.enabled != Some(false) && matches!(mode, Some("access" | "dynamic"))
        });
        access.filter_map(|port| port.access_vlan).collect()
    }

    /// Whether management has an interface of its own: a port or VRF made for it, or the only
    /// address on a VLAN that no user is in.
    fn management(&self, access: &BTreeSet<u32>) -> ConfigManagement {
        let vrf = |port: &ConfigInterface| self.vrfs.get(&port.name).cloned();
        let addressed = self.config.interfaces.iter().filter(|port| {
            let outside = port.zone.as_deref().is_some_and(is_untrusted);
            !port.addresses.is_empty()
                && port.enabled != Some(false)
                && port.kind != "loopback"
                && !outside
        });
        let addressed: Vec<_> = addressed.collect();
        let own = addressed.iter().find_map(|port| match vrf(port) {
            Some(vrf) if is_management_vrf(&vrf) => Some(vrf),
            _ if port.kind == "management" => Some(port.name.clone()),
            _ => None,
        });
        let (dedicated, through) = match (own, addressed.as_slice()) {
            (Some(through), _) => (Some(true), Some(through)),
            (None, []) => (None, None),
            (None, [port]) if port.kind == "vlan" => {
                let digits = port.name.trim_start_matches(|c: char| !c.is_ascii_digit());
                let id: Option<u32> = digits.parse().ok();
                let own = id.map(|id| id != 1 && !access.contains(&id));
                (own, Some(port.name.clone()))
            }
            (None, _) => (Some(false), None),
        };
        ConfigManagement { dedicated, through }
    }

    /// Offers everything that the configuration says.
    pub(super) fn offer(&self, pen: &mut Pen<'_>, evidence: &[EvidenceId]) {
        let config = serde_json::to_value(&self.config).unwrap_or_default();
        self.offer_below("config", &config, pen, evidence);
        for port in &self.config.interfaces {
            self.offer_judged(port, pen, evidence);
        }
        for field in self
            .unread
            .iter()
            .filter_map(|at| at.strip_prefix("config.lines[]."))
        {
            for line in &self.config.lines {
                let at = path("config.lines").item(&line.name).field(field);
                pen.item_unread(at, UnreadReason::Unsupported, evidence);
            }
        }
        let list = |list: &[String]| Value::from(list.to_vec());
        let mut likely = |at: &str, value: Value| {
            pen.offer(&path(at), value, Confidence::Likely, evidence);
        };
        if let Some(name) = &self.config.hostname {
            likely("system.hostname", Value::from(name.as_str()));
        }
        if !self.config.ntp.servers.is_empty() {
            let mut servers = self.config.ntp.servers.clone();
            servers.sort();
            likely("clock.sources", list(&servers));
        }
        if let Some(resolvers) = &self.resolvers {
            likely("dns.resolvers", list(resolvers));
        }
        if let Some((mode, members)) = self.redundancy {
            likely("redundancy.mode", Value::from(mode));
            likely("redundancy.members", Value::from(members));
        }
        if let Some(ssids) = &self.ssids {
            let ssids = (!ssids.is_empty()).then_some(ssids);
            likely(
                "wifi.ssids",
                serde_json::to_value(ssids).unwrap_or_default(),
            );
        }
        if let Some(agent) = &self.agent {
            agent.offer(pen, evidence);
        }
    }

    fn offer_below(&self, at: &str, tree: &Value, pen: &mut Pen<'_>, evidence: &[EvidenceId]) {
        let Value::Object(fields) = tree else { return };
        for (name, value) in fields {
            let below = format!("{at}.{name}");
            let known = FactSchema::get().spec(&path(&below));
            if known.is_some_and(|spec| spec.r#type == FactType::Group) {
                self.offer_below(&below, value, pen, evidence);
                continue;
            }
            let silent = value.is_null() && !known.is_some_and(|spec| spec.absentable);
            if silent || self.unread.iter().any(|unread| below.starts_with(unread)) {
                pen.unread(&below, UnreadReason::Unsupported, evidence);
            } else {
                pen.set(&below, value.clone(), evidence);
            }
        }
    }

    fn offer_judged(&self, port: &ConfigInterface, pen: &mut Pen<'_>, evidence: &[EvidenceId]) {
        let fields = serde_json::to_value(port).unwrap_or_default();
        for name in JUDGED {
            if fields.get(name).is_none_or(Value::is_null) {
                let at = path("config.interfaces").item(&port.name).field(name);
                pen.item_unread(at, UnreadReason::Unsupported, evidence);
            }
        }
    }
}

impl Agent {
    fn offer(&self, pen: &mut Pen<'_>, evidence: &[EvidenceId]) {
        let versions: Vec<&str> = self.versions.iter().copied().collect();
        pen.set("snmp.versions", versions, evidence);
        let communities = (!self.communities.is_empty()).then_some(&self.communities);
        let communities = serde_json::to_value(communities).unwrap_or_default();
        pen.set("snmp.communities", communities, evidence);
        pen.set("snmp.trap_receivers", self.receivers.clone(), evidence);
        if !self.users.is_empty() {
            let users = serde_json::to_value(&self.users).unwrap_or_default();
            let at = path("snmp.v3_users");
            pen.offer(&at, users, Confidence::Likely, evidence);
        } else if self.versions.is_empty() {
            let none = Value::Array(Vec::new());
            pen.offer(&path("snmp.v3_users"), none, Confidence::Likely, evidence);
        }
    }
}

/// VLANs of users that an inspection leaves out; one that is on without a list looks at all.
fn missing(snooping: &mut ConfigSnooping, access: &BTreeSet<u32>) {
    let everywhere = snooping.enabled == Some(true) && snooping.vlans.is_empty();
    let seen: BTreeSet<u32> = match snooping.enabled {
        Some(true) => snooping.vlans.iter().copied().collect(),
        _ => BTreeSet::new(),
    };
    snooping.access_vlans_missing = match everywhere {
        true => Vec::new(),
        false => access.difference(&seen).copied().collect(),
    };
}

/// Numbers names that stand twice: an item's key must be its own.
fn unique<T>(items: &mut Vec<T>, name: impl Fn(&mut T) -> &mut String) {
    items.truncate(MOST_ITEMS);
    let mut seen = BTreeMap::new();
    for item in items {
        let name = name(item);
        let count = seen.entry(name.clone()).or_insert(0_u32);
        *count += 1;
        if *count > 1 {
            *name = format!("{name}#{count}");
        }
    }
}
