//! Cisco NX-OS: `show running-config`. Defaults from the *Nexus 9000 Series NX-OS Security*,
//! *Interfaces* and *Layer 2 Switching Configuration Guides*.
use super::ios::{methods, storage, without_banners};
use super::ios_ports::{self, Globals};
use super::ios_services::{access_lists, agent, resolvers, routing};
use super::reading::Reading;
use super::text::{Block, Line, tree};
use crate::model::{ConfigAaa, ConfigLine, ConfigUser};

/// `exec-timeout` where the configuration is silent: thirty minutes.
const EXEC_TIMEOUT: u32 = 1800;

pub(super) fn read(lines: &[Line<'_>]) -> Reading {
    let (lines, banner) = without_banners(lines);
    let root = tree(&lines, '!');
    let mut reading = Reading::default();
    let config = &mut reading.config;
    config.banner = banner;
    let name = root.value("hostname").or(root.value("switchname"));
    config.hostname = name.map(str::to_owned);
    config.users = users(&root);
    config.http.plain = Some(root.has("nxapi http port"));
    config.http.tls = Some(root.has("feature nxapi"));
    config.logging.servers = root.values("logging server");
    config.logging.timestamps = Some(true);
    config.ntp.servers = root.values("ntp server");
    let keyed = root.all("ntp server").all(|block| block.says("key"));
    let proven = root.has("ntp authenticate") && root.has("ntp trusted-key");
    config.ntp.authenticated = Some(keyed && proven && !config.ntp.servers.is_empty());
    config.ntp.from_dhcp = Some(false);
    config.source_route = Some(root.switch("ip source-route").unwrap_or(true));
    config.aaa = aaa(&root);
    let mut globals = Globals::of(&root);
    globals.switches = true;
    globals.lldp = root.has("feature lldp");
    globals.proxy_arp = false;
    let edges = (
        root.has("spanning-tree port type edge default"),
        root.has("spanning-tree port type edge bpduguard default"),
    );
    for block in root.all("interface") {
        port(block, edges, &globals, &mut reading);
    }
    reading.config.lines = ways_in(&root, &mut reading);
    ios_ports::spanning_tree(&root, &globals, &mut reading);
    let mode = root.value("spanning-tree mode").unwrap_or("rapid-pvst");
    reading.config.stp.mode = Some(if mode == "mst" { "mstp" } else { mode }.to_owned());
    reading.config.routing = routing(&root);
    access_lists(&root, &mut reading);
    reading.agent = Some(agent(&root, &mut reading));
    reading.resolvers = Some(resolvers(&root));
    reading.redundancy = root.has("vpc domain").then_some(("mlag", 2));
    reading.version = root.value("version").map(str::to_owned);
    reading.class = Some("switch");
    // The configuration does not tell when it was saved.
    reading.unread.push("config.saved");
    reading
}

fn users(root: &Block<'_>) -> Vec<ConfigUser> {
    let mut users: Vec<ConfigUser> = Vec::new();
    for block in root.all("username") {
        let name = block.word(1);
        let admin = block.says("network-admin") || block.says("vdc-admin");
        if let Some(known) = users.iter_mut().find(|user| user.name == name) {
            known.administrator = Some(admin || known.administrator == Some(true));
            continue;
        }
        // Type 5 is MD5 in old releases and SHA-256 since: the hash's own mark tells.
        let number = block.word_after("password").unwrap_or_default();
        let hash = block.word_after(number).unwrap_or_default();
        let (kept, number) = match number {
            "5" if hash.starts_with("$1$") => ("weak", "5"),
            "5" if hash.starts_with("$5$") => ("strong", "5"),
            "5" => ("unknown", "5"),
            "" => ("external", ""),
            number => storage("password", number),
        };
        users.push(ConfigUser {
            name: name.to_owned(),
            administrator: Some(admin),
            storage: Some(kept.to_owned()),
            storage_type: Some(number.to_owned()).filter(|number| !number.is_empty()),
            source_lines: block.source(),
        });
    }
    users
}

fn aaa(root: &Block<'_>) -> ConfigAaa {
    let said = root
        .body
        .iter()
        .find_map(|block| block.after("aaa authentication login default"));
    let mut servers = root.values("tacacs-server host");
    servers.extend(root.values("radius-server host"));
    servers.extend(root.values("ldap-server host"));
    let groups = root.all("aaa group server");
    servers.extend(groups.flat_map(|group| group.values("server")));
    servers.sort();
    servers.dedup();
    ConfigAaa {
        login: methods(root, said.unwrap_or(&["local"])),
        servers,
        // It reports every command that configures.
        command_accounting: Some(root.has("aaa accounting default group")),
    }
}

/// A port says little of itself: what NX-OS spells its own way stands here.
fn port(
    block: &Block<'_>,
    (edge_default, guard_default): (bool, bool),
    globals: &Globals,
    reading: &mut Reading,
) {
    ios_ports::read(block, globals, reading);
    let name = block.word(1).to_owned();
    if let Some(vrf) = block.value("vrf member") {
        reading.vrfs.insert(name.clone(), vrf.to_owned());
    }
    let port = reading.port(&name);
    port.dtp = None;
    if port.mode.as_deref() == Some("dynamic") {
        port.mode = Some("access".to_owned());
    }
    port.aggregate = block
        .value("channel-group")
        .map(|group| format!("port-channel{group}"));
    if matches!(port.mode.as_deref(), Some("access" | "trunk")) {
        let access = port.mode.as_deref() == Some("access");
        let edge = match block
            .body
            .iter()
            .find_map(|b| b.after("spanning-tree port type"))
        {
            Some(["edge", "trunk", ..]) => true,
            Some(["edge", ..]) => access,
            Some(_) => false,
            None => access && edge_default,
        };
        port.edge = Some(edge);
        port.bpdu_guard = Some(match block.value("spanning-tree bpduguard") {
            Some(word) => word == "enable",
            None => edge && guard_default,
        });
        if port.kind == "vlan" {
            port.mode = Some("routed".to_owned());
        }
    }
}

fn ways_in(root: &Block<'_>, reading: &mut Reading) -> Vec<ConfigLine> {
    let line = |start: &str| root.child(start).filter(|block| block.words.len() == 2);
    let timeout = |start: &str| {
        let said = line(start).and_then(|block| block.value("exec-timeout"));
        let minutes = said.and_then(|text| text.parse::<u32>().ok());
        minutes.map_or(EXEC_TIMEOUT, |minutes| minutes.saturating_mul(60))
    };
    let mut transports = Vec::new();
    if root.switch("feature ssh").unwrap_or(true) {
        transports.push("ssh".to_owned());
    }
    if root.has("feature telnet") {
        transports.push("telnet".to_owned());
    }
    let vty = line("line vty");
    let list = |start: &str| vty.and_then(|block| block.value(start)).map(str::to_owned);
    let (acl, acl_ipv6) = (list("access-class"), list("ipv6 access-class"));
    for list in acl.iter().chain(&acl_ipv6) {
        reading.refer(list, "line vty", vty.map_or(0, |block| block.number));
    }
    let ipv6 = root.all("interface").any(|port| port.has("ipv6 address"));
    vec![
        ConfigLine {
            name: "vty".to_owned(),
            kind: "vty".to_owned(),
            transports,
            acl,
            acl_ipv6,
            ipv6: Some(ipv6),
            // The list counts whatever the VRF.
            acl_in_vrf: None,
            exec_timeout: Some(timeout("line vty")),
            exec: Some(true),
            source_lines: vty.and_then(Block::source),
        },
        ConfigLine {
            name: "console".to_owned(),
            kind: "console".to_owned(),
            exec_timeout: Some(timeout("line console")),
            exec: Some(true),
            source_lines: line("line console").and_then(Block::source),
            ..ConfigLine::default()
        },
    ]
}
