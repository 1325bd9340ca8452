//! Fortinet FortiOS: `show`, `show full-configuration`, a backup file. Defaults from the
//! *FortiOS CLI Reference*.
use super::reading::{Agent, Reading};
use super::text::{Block, Line, address, words};
use crate::model::{
    ConfigAaa, ConfigInterface, ConfigLine, ConfigRouting, ConfigRule, ConfigUser, Ssid,
};

/// Deepest sections that are read.
const DEEPEST: usize = 16;
/// `admintimeout` where the configuration is silent, in minutes.
const ADMIN_TIMEOUT: u32 = 5;

/// The tree of `config`, `edit`, `set`; a `config` block keeps its words without `config`.
fn tree<'t>(lines: &[Line<'t>]) -> Block<'t> {
    let mut open: Vec<Block<'t>> = vec![Block::default()];
    let mut quoted = false;
    for line in lines {
        let text = line.text.trim();
        // A text in quotes may go on over lines: certificates, messages.
        let odd = text.matches('"').count() - text.matches("\\\"").count();
        let inside = quoted;
        quoted ^= odd % 2 == 1;
        if inside || text.starts_with('#') || text.is_empty() {
            continue;
        }
        let mut all = words(text);
        match all.first().copied() {
            Some("config" | "edit") if open.len() < DEEPEST => {
                let section = all.remove(0) == "config";
                // The VDOM sections enclose the others and mean nothing here.
                if section && matches!(all.as_slice(), ["global"] | ["vdom"]) {
                    all = vec![""];
                }
                open.push(Block {
                    number: line.number,
                    last: line.number,
                    words: all,
                    body: Vec::new(),
                });
            }
            Some("end" | "next") if open.len() > 1 => close(&mut open, line.number),
            Some("set" | "append") => {
                let block = Block {
                    number: line.number,
                    last: line.number,
                    words: all.split_off(1),
                    body: Vec::new(),
                };
                if let Some(last) = open.last_mut() {
                    last.body.push(block);
                }
            }
            _ => {}
        }
    }
    while open.len() > 1 {
        close(&mut open, lines.len());
    }
    open.pop().unwrap_or_default()
}

fn close(open: &mut Vec<Block<'_>>, line: usize) {
    let Some(mut block) = open.pop() else { return };
    let Some(parent) = open.last_mut() else {
        return;
    };
    block.last = line;
    // What a VDOM section or one of its VDOMs holds stands as if it were outside.
    let enclosing = block.words == [""] || parent.words == [""];
    match enclosing {
        true => parent.body.append(&mut block.body),
        false => parent.body.push(block),
    }
}

/// A setting of the first section of that name.
fn setting<'t>(root: &Block<'t>, section: &str, name: &str) -> Option<&'t str> {
    root.all(section)
        .filter(|block| block.words.len() == section.split(' ').count())
        .find_map(|block| block.value(name))
}

fn entries<'b, 't>(root: &'b Block<'t>, section: &'b str) -> impl Iterator<Item = &'b Block<'t>> {
    let exact = move |block: &&Block<'t>| block.words.len() == section.split(' ').count();
    root.all(section)
        .filter(exact)
        .flat_map(|block| &block.body)
        .filter(|entry| entry.words.len() == 1)
}

pub(super) fn read(lines: &[Line<'_>]) -> Reading {
    let root = tree(lines);
    let mut reading = Reading::default();
    let global = |name: &str| setting(&root, "system global", name);
    for entry in entries(&root, "system interface") {
        port(entry, &root, &mut reading);
    }
    let config = &mut reading.config;
    config.hostname = global("hostname").map(str::to_owned);
    let banner = global("pre-login-banner") == Some("enable");
    config.banner = banner.then(|| "pre-login-banner".to_owned());
    config.users = entries(&root, "system admin").map(user).collect();
    let allowed =
        |protocol: &str| entries(&root, "system interface").any(|entry| allows(entry, protocol));
    // HTTP is answered by a redirection unless that is switched off.
    config.http.plain = Some(allowed("http") && global("admin-https-redirect") == Some("disable"));
    config.http.tls = Some(allowed("https"));
    config.logging.servers = log_servers(&root);
    config.logging.timestamps = Some(true);
    ntp(&root, &mut reading);
    let recorded = global("cli-audit-log") == Some("enable");
    reading.config.aaa = aaa(&root, recorded);
    reading.config.lines = ways_in(&root, &allowed);
    reading.config.rules = rules(&root, &reading);
    reading.config.routing = routing(&root);
    reading.agent = Some(agent(&root));
    let resolvers = ["primary", "secondary"]
        .iter()
        .filter_map(|name| setting(&root, "system dns", name));
    reading.resolvers = Some(resolvers.map(str::to_owned).collect());
    let ssids: Vec<Ssid> = entries(&root, "wireless-controller vap")
        .map(ssid)
        .collect();
    reading.ssids = Some(ssids);
    reading.redundancy = Some(match setting(&root, "system ha", "mode") {
        Some("a-p") => ("active-passive", 2),
        Some("a-a") => ("active-active", 2),
        _ => ("standalone", 1),
    });
    if global("cfg-save") == Some("manual") {
        reading.unread.push("config.saved");
    }
    let header = lines
        .iter()
        .find_map(|line| line.text.strip_prefix("#config-version="));
    reading.version = header
        .and_then(|text| text.split('-').nth(1))
        .map(str::to_owned);
    reading.class = Some("firewall");
    reading.unread.extend([
        "config.dhcp_snooping",
        "config.arp_inspection",
        "config.acl_references",
    ]);
    reading
}

fn user(entry: &Block<'_>) -> ConfigUser {
    // After ENC the first letters name the hash, and outlive the redaction.
    let hash = entry
        .body
        .iter()
        .find_map(|line| line.after("password"))
        .and_then(|words| words.get(1));
    let (storage, kind) = match hash {
        _ if entry.value("remote-auth") == Some("enable") => ("external", ""),
        Some(hash) if hash.starts_with("PB2") => ("strong", "PB2"),
        Some(hash) if hash.starts_with("SH2") => ("strong", "SH2"),
        Some(hash) if hash.starts_with("AK1") => ("weak", "AK1"),
        Some(_) => ("unknown", "ENC"),
        None if entry.has("password") => ("clear", ""),
        None => ("none", ""),
    };
    ConfigUser {
        name: entry.word(0).to_owned(),
        administrator: Some(entry.value("accprofile") == Some("super_admin")),
        storage: Some(storage.to_owned()),
        storage_type: Some(kind.to_owned()).filter(|kind| !kind.is_empty()),
        source_lines: entry.source(),
    }
}

fn allows(entry: &Block<'_>, protocol: &str) -> bool {
    let said = entry.body.iter().find_map(|line| line.after("allowaccess"));
    said.is_some_and(|words| words.contains(&protocol))
}

fn log_servers(root: &Block<'_>) -> Vec<String> {
    let mut sections = Vec::new();
    for number in ["", "2", "3", "4"] {
        sections.push(format!("log syslogd{number} setting"));
        sections.push(format!("log fortianalyzer{number} setting"));
    }
    let on = |section: &String| setting(root, section, "status") == Some("enable");
    let servers = sections.iter().filter(|section| on(section));
    servers
        .filter_map(|section| setting(root, section, "server"))
        .map(str::to_owned)
        .collect()
}

/// `type fortiguard`, the default, asks the maker's two servers.
fn ntp(root: &Block<'_>, reading: &mut Reading) {
    let ntp = &mut reading.config.ntp;
    ntp.from_dhcp = Some(false);
    ntp.authenticated = Some(false);
    if setting(root, "system ntp", "ntpsync") == Some("disable") {
        return;
    }
    if setting(root, "system ntp", "type") != Some("custom") {
        ntp.servers = vec![
            "ntp1.fortiguard.com".to_owned(),
            "ntp2.fortiguard.com".to_owned(),
        ];
        return;
    }
    let sections = root
        .all("system ntp")
        .flat_map(|block| block.all("ntpserver"));
    let servers: Vec<&Block<'_>> = sections.flat_map(|block| &block.body).collect();
    let proven = |entry: &&Block<'_>| entry.value("authentication") == Some("enable");
    ntp.authenticated = Some(!servers.is_empty() && servers.iter().all(proven));
    ntp.servers = servers
        .iter()
        .filter_map(|entry| entry.value("server"))
        .map(str::to_owned)
        .collect();
}

/// Local accounts are known by name; the others are asked of a server.
fn aaa(root: &Block<'_>, recorded: bool) -> ConfigAaa {
    let mut login = Vec::new();
    let mut servers = Vec::new();
    let remote =
        entries(root, "system admin").any(|entry| entry.value("remote-auth") == Some("enable"));
    for (section, name) in [
        ("user tacacs+", "tacacs"),
        ("user radius", "radius"),
        ("user ldap", "ldap"),
    ] {
        let found: Vec<String> = entries(root, section)
            .filter_map(|entry| entry.value("server"))
            .map(str::to_owned)
            .collect();
        if remote && !found.is_empty() {
            login.push(name.to_owned());
        }
        servers.extend(found);
    }
    login.push("local".to_owned());
    ConfigAaa {
        login,
        servers,
        command_accounting: Some(recorded),
    }
}

/// Who may log in from where is said account by account: one without trusted hosts opens all.
fn ways_in(root: &Block<'_>, allowed: &dyn Fn(&str) -> bool) -> Vec<ConfigLine> {
    let transports = ["ssh", "telnet"]
        .into_iter()
        .filter(|protocol| allowed(protocol));
    let trusted = |name: &str| {
        let mut accounts = entries(root, "system admin").peekable();
        let some = accounts.peek().is_some();
        let all =
            accounts.all(|entry| entry.body.iter().any(|line| line.word(0).starts_with(name)));
        (some && all).then(|| name.to_owned())
    };
    let ipv6 = |entry: &Block<'_>| entry.all("ipv6").any(|block| block.has("ip6-allowaccess"));
    let minutes = setting(root, "system global", "admintimeout");
    let minutes = minutes
        .and_then(|text| text.parse::<u32>().ok())
        .unwrap_or(ADMIN_TIMEOUT);
    let line = |kind: &str| ConfigLine {
        name: kind.to_owned(),
        kind: kind.to_owned(),
        exec_timeout: Some(minutes.saturating_mul(60)),
        exec: Some(true),
        ..ConfigLine::default()
    };
    vec![
        ConfigLine {
            transports: transports.map(str::to_owned).collect(),
            acl: trusted("trusthost"),
            acl_ipv6: trusted("ip6-trusthost"),
            ipv6: Some(entries(root, "system interface").any(ipv6)),
            ..line("vty")
        },
        line("console"),
    ]
}

fn port(entry: &Block<'_>, root: &Block<'_>, reading: &mut Reading) {
    let kind = match entry.value("type") {
        Some("aggregate" | "redundant") => "aggregate",
        Some("tunnel") => "tunnel",
        Some("loopback") => "loopback",
        Some("physical") => "physical",
        _ if entry.has("vlanid") => "vlan",
        _ => "other",
    };
    let role = entry.value("role").filter(|role| *role != "undefined");
    let zones = entries(root, "system zone");
    let member = zones.into_iter().find(|zone| {
        zone.body
            .iter()
            .any(|line| line.word(0) == "interface" && line.says(entry.word(0)))
    });
    let speaks = match entry.value("lldp-transmission") {
        None | Some("vdom") => setting(root, "system global", "lldp-transmission"),
        said => said,
    };
    let port: &mut ConfigInterface = reading.port(entry.word(0));
    port.kind = if entry.value("dedicated-to") == Some("management") {
        "management"
    } else {
        kind
    }
    .to_owned();
    port.description = entry
        .value("alias")
        .or(entry.value("description"))
        .map(str::to_owned);
    port.enabled = Some(entry.value("status") != Some("down"));
    port.mode = Some("routed".to_owned());
    port.zone = role.or(member.map(|zone| zone.word(0))).map(str::to_owned);
    port.lldp = Some(speaks == Some("enable"));
    port.proxy_arp = Some(false);
    port.directed_broadcast = Some(entry.value("broadcast-forward") == Some("enable"));
    port.source_lines = entry.source();
    let said = entry.body.iter().find_map(|line| line.after("ip"));
    match (entry.value("mode"), said) {
        (Some("dhcp" | "pppoe"), _) => port.addresses.push("dhcp".to_owned()),
        (_, Some([ip, mask, ..])) if *ip != "0.0.0.0" => port.addresses.extend(address(ip, mask)),
        _ => {}
    }
}

/// A rule goes to the Internet where every interface behind it has that role.
fn rules(root: &Block<'_>, reading: &Reading) -> Vec<ConfigRule> {
    let is = |entry: &Block<'_>, name: &str, wanted: &str| {
        let said = entry.body.iter().find_map(|line| line.after(name));
        said.is_some_and(|words| words.iter().any(|word| word.eq_ignore_ascii_case(wanted)))
    };
    let faces_out = |name: &str| {
        let role = reading
            .ports
            .get(name)
            .and_then(|(_, port)| port.zone.as_deref());
        role == Some("wan") || name == "virtual-wan-link"
    };
    let rule = |entry: &Block<'_>| {
        let towards = entry
            .body
            .iter()
            .find_map(|line| line.after("dstintf"))
            .unwrap_or_default();
        let out = !towards.is_empty() && towards.iter().all(|name| faces_out(name));
        let known = entry.has("internet-service") || entry.has("internet-service-name");
        ConfigRule {
            name: entry.word(0).to_owned(),
            enabled: Some(entry.value("status") != Some("disable")),
            permits: Some(entry.value("action") == Some("accept")),
            source_any: Some(is(entry, "srcaddr", "all")),
            destination_any: Some(is(entry, "dstaddr", "all")),
            service_any: Some(is(entry, "service", "ALL") && !known),
            destination_zone: Some(if out {
                "wan".to_owned()
            } else {
                towards.join(" ")
            }),
            source_lines: entry.source(),
        }
    };
    entries(root, "firewall policy").map(rule).collect()
}

fn routing(root: &Block<'_>) -> Vec<ConfigRouting> {
    let item = |name: String, protocol: &str, asked: bool, entry: &Block<'_>| ConfigRouting {
        name,
        protocol: protocol.to_owned(),
        authenticated: Some(asked),
        source_lines: entry.source(),
    };
    let below = |section: &'static str, list: &'static str| {
        root.all(section)
            .flat_map(move |block| block.all(list))
            .flat_map(|block| &block.body)
    };
    let areas = below("router ospf", "area").map(|entry| {
        let asked = entry
            .value("authentication")
            .is_some_and(|word| word != "none");
        item(format!("ospf area {}", entry.word(0)), "ospf", asked, entry)
    });
    let peers = below("router bgp", "neighbor").map(|entry| {
        item(
            format!("bgp {}", entry.word(0)),
            "bgp",
            entry.has("password"),
            entry,
        )
    });
    areas.chain(peers).collect()
}

/// Communities read alone.
fn agent(root: &Block<'_>) -> Agent {
    let mut agent = Agent::default();
    if setting(root, "system snmp sysinfo", "status") != Some("enable") {
        return agent;
    }
    for entry in entries(root, "system snmp community") {
        let hosts = entry.all("hosts").flat_map(|block| &block.body);
        let hosts: Vec<String> = hosts
            .filter_map(|host| host.value("ip"))
            .map(str::to_owned)
            .collect();
        agent.receivers.extend(hosts.iter().cloned());
        if entry.value("status") != Some("disable") {
            agent.community(entry.value("name").unwrap_or_default(), false, hosts);
        }
    }
    for entry in entries(root, "system snmp user") {
        let level = entry.value("security-level").unwrap_or("no-auth-no-priv");
        let auth = (level != "no-auth-no-priv").then(|| entry.value("auth-proto").unwrap_or("sha"));
        let privacy = (level == "auth-priv").then(|| entry.value("priv-proto").unwrap_or("aes"));
        agent.user(entry.word(0), auth, privacy);
    }
    agent
}

fn ssid(entry: &Block<'_>) -> Ssid {
    let said = entry.value("security").unwrap_or("wpa2-only-personal");
    let security = match said {
        "open" | "captive-portal" => "open",
        "owe" => "owe",
        said if said.starts_with("wep") => "wep",
        said if said.starts_with("wpa3") => "wpa3",
        said if said.starts_with("wpa2") => "wpa2",
        // `wpa-personal` takes WPA too.
        _ => "wpa",
    };
    Ssid {
        name: entry.value("ssid").unwrap_or(entry.word(0)).to_owned(),
        enabled: Some(true),
        security: Some(security.to_owned()),
        guest: None,
    }
}
