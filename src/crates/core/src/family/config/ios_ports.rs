//! Interfaces and spanning tree of Cisco IOS and IOS XE.
use super::reading::Reading;
use super::text::{Block, address, vlan_text, vlans};
use crate::model::ConfigInterface;

/// What the top of the configuration says for every port.
pub(super) struct Globals {
    /// Whether the device switches at all.
    pub(super) switches: bool,
    edge: bool,
    bpdu_guard: bool,
    loop_guard: bool,
    cdp: bool,
    pub(super) lldp: bool,
    pub(super) proxy_arp: bool,
}

impl Globals {
    pub(super) fn of(root: &Block<'_>) -> Self {
        let stp = |start: &[&str]| start.iter().any(|start| root.has(start));
        Self {
            switches: root.has("spanning-tree mode")
                || root.all("interface").any(|port| port.has("switchport")),
            edge: stp(&[
                "spanning-tree portfast default",
                "spanning-tree portfast edge default",
            ]),
            bpdu_guard: stp(&[
                "spanning-tree portfast bpduguard default",
                "spanning-tree portfast edge bpduguard default",
            ]),
            loop_guard: root.has("spanning-tree loopguard default"),
            // CDP is on, LLDP off, unless the configuration says otherwise.
            cdp: root.switch("cdp run").unwrap_or(true),
            lldp: root.has("lldp run"),
            proxy_arp: !root.has("ip arp proxy disable"),
        }
    }
}

pub(super) fn read(block: &Block<'_>, globals: &Globals, reading: &mut Reading) {
    let name = block.words.get(1..).unwrap_or_default().join("");
    let vrf = block
        .value("vrf forwarding")
        .or(block.value("ip vrf forwarding"));
    if let Some(vrf) = vrf {
        reading.vrfs.insert(name.clone(), vrf.to_owned());
    }
    for line in block.all("ip access-group") {
        let by = format!("interface {name} {}", line.word(3));
        reading.refer(line.word(2), &by, line.number);
    }
    let port = reading.port(&name);
    port.description = block.text("description");
    port.enabled = Some(block.switch("shutdown") != Some(true));
    port.source_lines = block.source();
    port.addresses = addresses(block);
    port.aggregate = block
        .value("channel-group")
        .map(|group| format!("Port-channel{group}"));
    port.mode = Some(mode(block, port, globals).to_owned());
    port.directed_broadcast = Some(block.switch("ip directed-broadcast").unwrap_or(false));
    port.proxy_arp = Some(block.switch("ip proxy-arp").unwrap_or(globals.proxy_arp));
    port.zone = block.value("zone-member security").map(str::to_owned);
    if block.has("ip nat outside") {
        port.zone.get_or_insert_with(|| "outside".to_owned());
    }
    port.acl_in = access_group(block, "in");
    port.acl_out = access_group(block, "out");
    port.cdp = Some(globals.cdp && block.switch("cdp enable") != Some(false));
    let lldp = globals.lldp && block.switch("lldp transmit") != Some(false);
    port.lldp = Some(lldp);
    if port.mode.as_deref() != Some("routed") {
        switched(block, globals, port);
    }
}

pub(super) fn addresses(block: &Block<'_>) -> Vec<String> {
    let v4 = block
        .body
        .iter()
        .filter_map(|line| match line.after("ip address")? {
            ["dhcp", ..] => Some("dhcp".to_owned()),
            [ip, mask, ..] => address(ip, mask),
            [ip] => address(ip, ""),
            [] => None,
        });
    let v6 = block
        .body
        .iter()
        .filter_map(|line| address(line.after("ipv6 address")?.first()?, ""));
    v4.chain(v6).collect()
}

fn access_group(block: &Block<'_>, way: &str) -> Option<String> {
    let mut lines = block
        .body
        .iter()
        .filter_map(|line| line.after("ip access-group"));
    let found = lines.find(|words| words.get(1) == Some(&way))?;
    found.first().map(|list| (*list).to_owned())
}

/// A port of a switch that says nothing negotiates (`dynamic auto`); one that routes always shows
/// `ip address` or `no ip address`.
fn mode(block: &Block<'_>, port: &ConfigInterface, globals: &Globals) -> &'static str {
    if !matches!(port.kind.as_str(), "physical" | "aggregate") {
        return "routed";
    }
    let said = block
        .body
        .iter()
        .rev()
        .find_map(|line| line.after("switchport mode"));
    match said {
        _ if block.switch("switchport") == Some(false) => "routed",
        Some(["access" | "dot1q-tunnel", ..]) => "access",
        Some(["trunk", ..]) => "trunk",
        Some(_) => "dynamic",
        None if block.switch("ip address").is_some() || !globals.switches => "routed",
        None => "dynamic",
    }
}

/// What counts on a port that switches alone.
fn switched(block: &Block<'_>, globals: &Globals, port: &mut ConfigInterface) {
    let id = |start: &str| block.value(start).and_then(|id| id.parse::<u32>().ok());
    let mode = port.mode.clone().unwrap_or_default();
    if mode == "trunk" {
        port.native_vlan = Some(id("switchport trunk native vlan").unwrap_or(1));
        trunk(block, port);
    } else {
        port.access_vlan = Some(id("switchport access vlan").unwrap_or(1));
        port.voice_vlan = id("switchport voice vlan");
    }
    // `switchport mode access` does not negotiate; a trunk still sends DTP.
    port.dtp = Some(mode != "access" && !block.has("switchport nonegotiate"));
    let edge = match block
        .body
        .iter()
        .rev()
        .find_map(|b| b.after("spanning-tree portfast"))
    {
        Some(["disable", ..]) => false,
        Some(["trunk", ..] | ["edge", "trunk", ..]) => true,
        Some(_) => mode != "trunk",
        None => globals.edge && mode != "trunk",
    };
    port.edge = Some(edge);
    port.bpdu_guard = Some(match block.value("spanning-tree bpduguard") {
        Some(word) => word == "enable",
        None => globals.bpdu_guard && edge,
    });
    let guard = block.value("spanning-tree guard");
    port.root_guard = Some(guard == Some("root"));
    port.loop_guard = Some(match guard {
        Some(guard) => guard == "loop",
        None => globals.loop_guard,
    });
    port.storm_control = Some(block.has("storm-control broadcast level"));
    let secured = |line: &Block<'_>| line.after("switchport port-security") == Some(&[]);
    port.port_security = Some(block.body.iter().any(secured));
    let proofs = [
        "dot1x port-control auto",
        "authentication port-control auto",
        "access-session port-control auto",
        "mab",
    ];
    port.dot1x = Some(proofs.iter().any(|proof| block.has(proof)));
    port.dhcp_trusted = Some(block.has("ip dhcp snooping trust"));
    port.arp_trusted = Some(block.has("ip arp inspection trust"));
}

/// The VLANs of a trunk; further lines `add` to the first.
pub(super) fn trunk(block: &Block<'_>, port: &mut ConfigInterface) {
    let mut ids = Vec::new();
    let mut said = false;
    for words in block
        .body
        .iter()
        .filter_map(|b| b.after("switchport trunk allowed vlan"))
    {
        said = !matches!(words.first(), Some(&"all"));
        ids.extend(vlans(words.iter().copied()));
    }
    ids.sort_unstable();
    ids.dedup();
    let all = !said || ids.len() >= 4094;
    port.trunk_all = Some(all);
    port.trunk_vlans = (!all).then(|| vlan_text(&ids));
}

pub(super) fn spanning_tree(root: &Block<'_>, globals: &Globals, reading: &mut Reading) {
    let config = &mut reading.config;
    if globals.switches {
        // Catalyst switches begin with PVST+.
        let mode = root.value("spanning-tree mode").unwrap_or("pvst");
        config.stp.mode = Some(if mode == "mst" { "mstp" } else { mode }.to_owned());
    }
    let priority = root
        .all("spanning-tree")
        .find_map(|block| block.word_after("priority"));
    config.stp.priority = priority.and_then(|text| text.parse().ok());
    let listed = |start: &str| {
        let lines = root.body.iter().filter_map(|block| block.after(start));
        vlans(lines.flatten().copied())
    };
    config.dhcp_snooping.vlans = listed("ip dhcp snooping vlan");
    // Without a VLAN it looks at none.
    let on = root
        .body
        .iter()
        .any(|block| block.after("ip dhcp snooping") == Some(&[]));
    config.dhcp_snooping.enabled = Some(on && !config.dhcp_snooping.vlans.is_empty());
    config.arp_inspection.vlans = listed("ip arp inspection vlan");
    config.arp_inspection.enabled = Some(!config.arp_inspection.vlans.is_empty());
}
