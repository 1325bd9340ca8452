//! Interfaces and inspections of HPE Comware and Huawei VRP.
use super::reading::Reading;
use super::text::{Block, address, vlan_text, vlans};
use crate::model::ConfigInterface;

/// What the top of the configuration says for every port.
pub(super) struct Globals {
    pub(super) switches: bool,
    huawei: bool,
    stp: bool,
    bpdu_guard: bool,
    lldp: bool,
    dot1x: bool,
    port_security: bool,
}

impl Globals {
    pub(super) fn of(root: &Block<'_>, huawei: bool) -> Self {
        let port = |start: &str| root.all("interface").any(|port| port.has(start));
        Self {
            switches: root.has("vlan batch") || port("port link-type") || port("port access vlan"),
            huawei,
            // Huawei's switches and Comware 7's begin with the spanning tree on.
            stp: root.switch("stp enable") != Some(false)
                && root.switch("stp global enable") != Some(false),
            bpdu_guard: root.has("stp bpdu-protection"),
            lldp: root.has("lldp enable") || root.has("lldp global enable"),
            // VRP switches it on by port alone; Comware needs both.
            dot1x: huawei || root.body.iter().any(|block| block.words == ["dot1x"]),
            port_security: huawei || root.has("port-security enable"),
        }
    }
}

pub(super) fn read(block: &Block<'_>, globals: &Globals, reading: &mut Reading) {
    let name = block.words.get(1..).unwrap_or_default().join("");
    if let Some(vrf) = block.value("ip binding vpn-instance") {
        reading.vrfs.insert(name.clone(), vrf.to_owned());
    }
    let filters = block
        .all("traffic-filter")
        .chain(block.all("packet-filter"));
    let mut lists = Vec::new();
    for line in filters {
        let list = line.word_after("acl").unwrap_or(line.word(1));
        lists.push((line.says("inbound"), list.to_owned()));
        reading.refer(list, &format!("interface {name}"), line.number);
    }
    let port = reading.port(&name);
    port.description = block.text("description");
    port.enabled = Some(block.switch("shutdown") != Some(true));
    port.source_lines = block.source();
    let group = block.value("eth-trunk").map(|id| format!("Eth-Trunk{id}"));
    let aggregation = block.value("port link-aggregation group");
    port.aggregate = group.or(aggregation.map(|id| format!("Bridge-Aggregation{id}")));
    let said = block
        .body
        .iter()
        .filter_map(|line| match line.after("ip address")? {
            ["dhcp-alloc", ..] => Some("dhcp".to_owned()),
            [ip, mask, ..] => address(ip, mask),
            _ => None,
        });
    port.addresses = said.collect();
    let v6 = block
        .body
        .iter()
        .filter_map(|line| line.after("ipv6 address")?.first());
    port.addresses
        .extend(v6.filter_map(|text| address(text, "")));
    port.directed_broadcast = Some(block.has("ip forward-broadcast"));
    port.proxy_arp = Some(block.has("arp-proxy enable") || block.has("proxy-arp enable"));
    let quiet = block.switch("lldp enable") == Some(false)
        || block.value("lldp admin-status") == Some("disable");
    port.lldp = Some(globals.lldp && !quiet);
    let list = |inbound: bool| {
        let found = lists.iter().find(|(way, _)| *way == inbound);
        found.map(|(_, list)| list.clone())
    };
    port.acl_in = list(true);
    port.acl_out = list(false);
    let switched = matches!(port.kind.as_str(), "physical" | "aggregate")
        && globals.switches
        && block.switch("portswitch") != Some(false)
        && block.value("port link-mode") != Some("route")
        && port.addresses.is_empty();
    if switched {
        layer_two_port(block, globals, port);
    } else {
        port.mode = Some("routed".to_owned());
    }
}

/// A port that does not say how it is linked is in VLAN 1, and may be brought to negotiate.
fn layer_two_port(block: &Block<'_>, globals: &Globals, port: &mut ConfigInterface) {
    let id = |start: &str| block.value(start).and_then(|id| id.parse::<u32>().ok());
    let listed = |start: &str| {
        let words = block.body.iter().filter_map(|line| line.after(start));
        vlans(words.flatten().copied())
    };
    let permitted = if globals.huawei {
        "port trunk allow-pass vlan"
    } else {
        "port trunk permit vlan"
    };
    match block.value("port link-type") {
        Some("trunk") => {
            port.mode = Some("trunk".to_owned());
            port.native_vlan = Some(id("port trunk pvid vlan").unwrap_or(1));
            let ids = listed(permitted);
            let all = ids.len() >= 4093 || block.text(permitted).is_some_and(|text| text == "all");
            port.trunk_all = Some(all);
            // VLAN 1 is carried unless it is taken out.
            port.trunk_vlans = (!all).then(|| vlan_text(&ids));
        }
        Some("hybrid") if !hybrid_tagged(block).is_empty() => {
            port.mode = Some("trunk".to_owned());
            port.native_vlan = Some(id("port hybrid pvid vlan").unwrap_or(1));
            port.trunk_all = Some(false);
            port.trunk_vlans = Some(vlan_text(&hybrid_tagged(block)));
        }
        _ => {
            port.mode = Some("access".to_owned());
            let own = [
                "port default vlan",
                "port access vlan",
                "port hybrid pvid vlan",
            ];
            port.access_vlan = Some(own.iter().find_map(|start| id(start)).unwrap_or(1));
        }
    }
    port.voice_vlan = block
        .body
        .iter()
        .find_map(|line| match line.after("voice-vlan")? {
            [id, "enable", ..] => id.parse().ok(),
            _ => None,
        });
    let stp = globals.stp && block.switch("stp enable") != Some(false);
    let edge = block.switch("stp edged-port") == Some(true)
        && block.value("stp edged-port") != Some("disable");
    port.edge = Some(edge);
    // It counts on edge ports alone.
    port.bpdu_guard =
        Some(stp && edge && (globals.bpdu_guard || block.has("stp port bpdu-protection enable")));
    port.root_guard = Some(stp && block.has("stp root-protection"));
    port.loop_guard = Some(stp && block.has("stp loop-protection"));
    port.storm_control = Some(
        block.has("broadcast-suppression")
            || block.has("storm-control broadcast")
            || block.has("storm-constrain broadcast"),
    );
    let limited = [
        "port-security enable",
        "port-security port-mode",
        "port-security max-mac-count",
        "mac-limit maximum",
        "mac-address max-mac-count",
    ];
    port.port_security =
        Some(limited.iter().any(|start| block.has(start)) && globals.port_security);
    let asked = [
        "dot1x",
        "mac-authen",
        "mac-authentication",
        "authentication-profile",
    ];
    port.dot1x = Some(globals.dot1x && asked.iter().any(|start| block.has(start)));
    let trusted = block.has("dhcp snooping trusted") || block.has("dhcp snooping trust");
    port.dhcp_trusted = Some(trusted);
    port.arp_trusted = Some(block.has("arp detection trust") || trusted);
}

fn hybrid_tagged(block: &Block<'_>) -> Vec<u32> {
    let words = block
        .body
        .iter()
        .filter_map(|line| match line.after("port hybrid")? {
            ["tagged", "vlan", rest @ ..] => Some(rest),
            ["vlan", rest @ .., "tagged"] => Some(rest),
            _ => None,
        });
    vlans(words.flatten().copied())
}

/// Spanning tree and the inspections by VLAN.
pub(super) fn layer_two(root: &Block<'_>, huawei: bool, reading: &mut Reading) {
    let globals = Globals::of(root, huawei);
    let config = &mut reading.config;
    if globals.switches {
        let mode = if globals.stp {
            root.value("stp mode").unwrap_or("mstp")
        } else {
            "none"
        };
        config.stp.mode = Some(mode.to_owned());
    }
    let priority = root
        .all("stp")
        .find_map(|block| block.word_after("priority"));
    let primary = root
        .all("stp")
        .any(|block| block.says("root") && block.says("primary"));
    config.stp.priority = priority
        .and_then(|text| text.parse().ok())
        .or(primary.then_some(0));
    let listed = |start: &str| {
        let on = root.all("vlan").filter(|vlan| vlan.has(start));
        vlans(on.map(|vlan| vlan.word(1)).collect::<Vec<_>>())
    };
    let snooping = root.has("dhcp snooping enable");
    config.dhcp_snooping.vlans = listed("dhcp snooping enable");
    // Comware's switch looks at every VLAN; VRP's waits for a VLAN.
    let looks = !huawei || !config.dhcp_snooping.vlans.is_empty();
    config.dhcp_snooping.enabled = Some(snooping && looks);
    let inspect = if huawei {
        "arp anti-attack check user-bind enable"
    } else {
        "arp detection enable"
    };
    config.arp_inspection.vlans = listed(inspect);
    config.arp_inspection.enabled = Some(!config.arp_inspection.vlans.is_empty());
}
