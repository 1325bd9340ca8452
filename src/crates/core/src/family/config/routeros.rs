//! MikroTik RouterOS: `/export`. It shows what differs from the defaults, which are those of the
//! *RouterOS* manual.
use super::reading::{Agent, Reading};
use super::text::Line;
use crate::model::{ConfigAaa, ConfigLine, ConfigRule, Ssid};
use std::collections::BTreeMap;

/// One command: its menu, its verb, what it sets.
struct Item {
    line: usize,
    menu: String,
    values: BTreeMap<String, String>,
    /// What stands without a name: `set telnet`.
    subject: String,
}

impl Item {
    fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    fn is_on(&self) -> bool {
        self.get("disabled") != Some("yes")
    }
}

struct Export(Vec<Item>);

impl Export {
    fn of(lines: &[Line<'_>]) -> Self {
        let mut items = Vec::new();
        let mut menu = String::new();
        let mut whole = String::new();
        let mut first = 0;
        for line in lines {
            let text = line.text.trim();
            if whole.is_empty() {
                first = line.number;
            }
            match text.strip_suffix('\\') {
                // A long line goes on behind a backslash.
                Some(part) => {
                    whole.push_str(part);
                    continue;
                }
                None => whole.push_str(text),
            }
            let text = std::mem::take(&mut whole);
            if text.starts_with('#') || text.is_empty() {
                continue;
            }
            let (path, command) = split(&text);
            if let Some(path) = path {
                menu = path;
            }
            if !command.is_empty() {
                items.push(item(&menu, &command, first));
            }
        }
        Self(items)
    }

    fn at<'e>(&'e self, menu: &'e str) -> impl Iterator<Item = &'e Item> {
        self.0.iter().filter(move |item| item.menu == menu)
    }

    fn value(&self, menu: &str, name: &str) -> Option<&str> {
        let mut found = self.0.iter().filter(|item| item.menu == menu);
        found.find_map(|item| item.values.get(name).map(String::as_str))
    }
}

/// The menu that a line opens, and the command behind it.
fn split(text: &str) -> (Option<String>, String) {
    let Some(rest) = text.strip_prefix('/') else {
        return (None, text.to_owned());
    };
    let verbs = [" add ", " set ", " remove "];
    let verb = verbs.iter().filter_map(|verb| text.find(verb)).min();
    match verb {
        Some(at) => {
            let menu = rest.get(..at.saturating_sub(1)).unwrap_or_default();
            (
                Some(menu.to_owned()),
                text.get(at..).unwrap_or_default().trim().to_owned(),
            )
        }
        None => (Some(rest.to_owned()), String::new()),
    }
}

/// `set [ find default-name=ether1 ] comment="to the core" disabled=yes`.
fn item(menu: &str, command: &str, line: usize) -> Item {
    let mut values = BTreeMap::new();
    let mut subject = String::new();
    let mut rest = command
        .split_once(' ')
        .map_or("", |(_verb, rest)| rest)
        .trim_start();
    while !rest.is_empty() {
        let end = rest.find([' ', '=']).unwrap_or(rest.len());
        let (name, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let (value, after) = match after.strip_prefix('=') {
            None => ("", after),
            Some(after) => match after.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
                None => after.split_once(' ').unwrap_or((after, "")),
            },
        };
        if !value.is_empty() {
            values.insert(name.to_owned(), value.to_owned());
        } else if !matches!(name, "[" | "]" | "find" | "") && subject.is_empty() {
            subject = name.to_owned();
        }
        rest = after.trim_start();
    }
    Item {
        line,
        menu: menu.to_owned(),
        values,
        subject,
    }
}

pub(super) fn read(lines: &[Line<'_>]) -> Reading {
    let export = Export::of(lines);
    let mut reading = Reading::default();
    let config = &mut reading.config;
    config.hostname = Some(
        export
            .value("system identity", "name")
            .unwrap_or("MikroTik")
            .to_owned(),
    );
    let note = export.value("system note", "note").map(str::to_owned);
    config.banner = note.filter(|_| export.value("system note", "show-at-login") != Some("no"));
    let service = |name: &str| export.at("ip service").find(|item| item.subject == name);
    let works = |name: &str, default: bool| {
        service(name)
            .and_then(|item| item.get("disabled"))
            .map_or(default, |word| word == "no")
    };
    config.http.plain = Some(works("www", true));
    config.http.tls = Some(works("www-ssl", false));
    config.logging.servers = log_servers(&export);
    config.logging.timestamps = Some(true);
    ntp(&export, &mut reading);
    let central = export.value("user aaa", "use-radius") == Some("yes");
    let servers = export.at("radius").filter(|item| item.is_on());
    let servers = servers
        .filter_map(|item| item.get("address"))
        .map(str::to_owned);
    reading.config.aaa = ConfigAaa {
        // Accounts of its own come first there and cannot be put last.
        login: if central {
            vec!["radius", "local"]
        } else {
            vec!["local"]
        }
        .into_iter()
        .map(str::to_owned)
        .collect(),
        servers: servers.collect(),
        // It writes changes to its log, and knows no accounting of commands.
        command_accounting: None,
    };
    let open: Vec<&str> = ["ssh", "telnet"]
        .into_iter()
        .filter(|name| works(name, true))
        .collect();
    let limited = open
        .iter()
        .all(|name| service(name).is_some_and(|item| item.get("address").is_some()));
    let list = (limited && !open.is_empty()).then(|| "ip service address".to_owned());
    reading.config.lines = vec![ConfigLine {
        name: "vty".to_owned(),
        kind: "vty".to_owned(),
        transports: open.iter().map(|name| (*name).to_owned()).collect(),
        // The list counts for both families of addresses.
        acl: list.clone(),
        acl_ipv6: list,
        ipv6: Some(export.0.iter().any(|item| item.menu == "ipv6 address")),
        exec: Some(true),
        source_lines: service("ssh")
            .or(service("telnet"))
            .map(|item| item.line.to_string()),
        ..ConfigLine::default()
    }];
    reading.config.source_route =
        Some(export.value("ip settings", "accept-source-route") == Some("yes"));
    ports(&export, &mut reading);
    reading.config.rules = rules(&export);
    reading.agent = Some(agent(&export));
    let resolvers = export.value("ip dns", "servers").unwrap_or_default();
    let resolvers = resolvers.split(',').filter(|server| !server.is_empty());
    reading.resolvers = Some(resolvers.map(str::to_owned).collect());
    reading.ssids = Some(ssids(&export));
    let header = lines
        .iter()
        .find_map(|line| line.text.split_once("by RouterOS "))
        .map(|(_, text)| text);
    reading.version = header
        .and_then(|text| text.split_whitespace().next())
        .map(str::to_owned);
    let model = lines
        .iter()
        .take(10)
        .find_map(|line| line.text.strip_prefix("# model = "));
    reading.model = model.map(str::to_owned);
    reading.class = Some("router");
    // An export leaves accounts out.
    reading.unread = vec!["config.users", "config.routing", "config.acl_references"];
    reading
}

/// An action named `remote` exists from the start; it sends where a rule uses it.
fn log_servers(export: &Export) -> Vec<String> {
    let used: Vec<&str> = export
        .at("system logging")
        .filter(|item| item.is_on())
        .filter_map(|item| item.get("action"))
        .collect();
    let actions = export.at("system logging action").filter(|item| {
        let name = item.get("name").unwrap_or("remote");
        used.contains(&name) || used.contains(&"remote") && item.get("name").is_none()
    });
    actions
        .filter_map(|item| item.get("remote"))
        .map(str::to_owned)
        .collect()
}

fn ntp(export: &Export, reading: &mut Reading) {
    let ntp = &mut reading.config.ntp;
    ntp.authenticated = Some(false);
    let peers = |item: &&Item| item.is_on() && item.get("use-peer-ntp") != Some("no");
    ntp.from_dhcp = Some(export.at("ip dhcp-client").any(|item| peers(&item)));
    if export.value("system ntp client", "enabled") != Some("yes") {
        return;
    }
    let old = [
        "primary-ntp",
        "secondary-ntp",
        "servers",
        "server-dns-names",
    ];
    let old = old
        .iter()
        .filter_map(|name| export.value("system ntp client", name));
    ntp.servers = old
        .flat_map(|text| text.split(','))
        .filter(|text| *text != "0.0.0.0")
        .map(str::to_owned)
        .collect();
    let servers: Vec<&Item> = export
        .at("system ntp client servers")
        .filter(|item| item.is_on())
        .collect();
    ntp.servers.extend(
        servers
            .iter()
            .filter_map(|item| item.get("address"))
            .map(str::to_owned),
    );
    let keyed = servers
        .iter()
        .all(|item| item.get("auth-key").is_some_and(|key| key != "none"));
    ntp.authenticated = Some(!servers.is_empty() && keyed);
}

fn ports(export: &Export, reading: &mut Reading) {
    const MENUS: [(&str, &str); 8] = [
        ("interface ethernet", "physical"),
        ("interface bridge", "other"),
        ("interface vlan", "vlan"),
        ("interface bonding", "aggregate"),
        ("interface wireguard", "tunnel"),
        ("interface wireless", "physical"),
        ("interface wifi", "physical"),
        ("interface pppoe-client", "other"),
    ];
    for (menu, kind) in MENUS {
        for item in export.at(menu) {
            let Some(name) = item.get("name").or(item.get("default-name")) else {
                continue;
            };
            let port = reading.port(name);
            port.kind = kind.to_owned();
            port.description = item.get("comment").map(str::to_owned);
            port.enabled = Some(item.is_on());
            port.proxy_arp = Some(matches!(
                item.get("arp"),
                Some("proxy-arp" | "local-proxy-arp")
            ));
            port.source_lines = Some(item.line.to_string());
        }
    }
    for item in export
        .at("interface bridge port")
        .filter(|item| item.is_on())
    {
        let Some(name) = item.get("interface") else {
            continue;
        };
        let port = reading.port(name);
        port.mode = Some("access".to_owned());
        port.access_vlan = Some(item.get("pvid").and_then(|id| id.parse().ok()).unwrap_or(1));
        port.edge = Some(item.get("edge").is_some_and(|word| word.starts_with("yes")));
        port.bpdu_guard = Some(item.get("bpdu-guard") == Some("yes"));
        port.root_guard = Some(item.get("restricted-role") == Some("yes"));
        port.dhcp_trusted = Some(item.get("trusted") == Some("yes"));
    }
    for item in export.at("interface bridge vlan") {
        for name in item
            .get("tagged")
            .unwrap_or_default()
            .split(',')
            .filter(|name| !name.is_empty())
        {
            reading.port(name).mode = Some("trunk".to_owned());
        }
    }
    for item in export
        .at("ip address")
        .chain(export.at("ipv6 address"))
        .filter(|item| item.is_on())
    {
        if let (Some(name), Some(ip)) = (item.get("interface"), item.get("address")) {
            reading.port(name).addresses.push(ip.to_owned());
        }
    }
    for item in export.at("ip dhcp-client").filter(|item| item.is_on()) {
        if let Some(name) = item.get("interface") {
            reading.port(name).addresses.push("dhcp".to_owned());
        }
    }
    let mut zones: BTreeMap<&str, &str> = BTreeMap::new();
    for item in export.at("interface list member") {
        if let (Some(name), Some(list)) = (item.get("interface"), item.get("list")) {
            zones.insert(name, list);
        }
    }
    let heard = export
        .value("ip neighbor discovery-settings", "discover-interface-list")
        .unwrap_or("static");
    for (_, port) in reading.ports.values_mut() {
        port.enabled.get_or_insert(true);
        port.mode.get_or_insert_with(|| "routed".to_owned());
        port.proxy_arp.get_or_insert(false);
        port.directed_broadcast = Some(false);
        let zone = zones.get(port.name.as_str()).copied();
        port.zone = zone.map(str::to_owned);
        // Neighbours are told of the device by LLDP and CDP together.
        let told = match heard {
            "all" | "static" => true,
            "none" => false,
            heard => match heard.strip_prefix('!') {
                Some(but) => zone != Some(but),
                None => zone == Some(heard),
            },
        };
        (port.cdp, port.lldp) = (Some(told), Some(told));
    }
    let modes = export
        .at("interface bridge")
        .map(|item| item.get("protocol-mode").unwrap_or("rstp"));
    reading.config.stp.mode = modes.max().map(str::to_owned);
    let snooping = export
        .at("interface bridge")
        .any(|item| item.get("dhcp-snooping") == Some("yes"));
    reading.config.dhcp_snooping.enabled = Some(snooping);
    reading.config.arp_inspection.enabled = Some(false);
}

/// What narrows a rule of the filter.
fn rules(export: &Export) -> Vec<ConfigRule> {
    let mut rules = Vec::new();
    for (place, item) in export.at("ip firewall filter").enumerate() {
        let none = |names: &[&str]| names.iter().all(|name| item.get(name).is_none());
        let state = ["connection-state", "connection-nat-state"];
        rules.push(ConfigRule {
            name: format!("{} {}", item.get("chain").unwrap_or_default(), place + 1),
            enabled: Some(item.is_on()),
            permits: Some(item.get("action").is_none_or(|action| action == "accept")),
            source_any: Some(none(&[
                "src-address",
                "src-address-list",
                "in-interface",
                "in-interface-list",
                "src-mac-address",
                "ipsec-policy",
            ])),
            destination_any: Some(none(&["dst-address", "dst-address-list"])),
            service_any: Some(none(&["protocol", "dst-port", "connection-mark"]) && none(&state)),
            destination_zone: item
                .get("out-interface-list")
                .or(item.get("out-interface"))
                .map(str::to_owned),
            source_lines: Some(item.line.to_string()),
        });
    }
    rules
}

/// One community, `public`, is there from the start and only reads.
fn agent(export: &Export) -> Agent {
    let mut agent = Agent::default();
    if export.value("snmp", "enabled") != Some("yes") {
        return agent;
    }
    let communities: Vec<&Item> = export.at("snmp community").collect();
    if communities.is_empty() {
        agent.community("public", false, Vec::new());
    }
    for item in communities.into_iter().filter(|item| item.is_on()) {
        let sources = item.get("addresses").unwrap_or_default().split(',');
        let sources = sources.filter(|source| !matches!(*source, "" | "0.0.0.0/0" | "::/0"));
        let name = item.get("name").unwrap_or("public");
        let auth = item.get("authentication-protocol").unwrap_or("MD5");
        let privacy = item.get("encryption-protocol").unwrap_or("DES");
        match item.get("security") {
            Some("private") => agent.user(name, Some(auth), Some(privacy)),
            Some("authorized") => agent.user(name, Some(auth), None),
            _ => agent.community(
                name,
                item.get("write-access") == Some("yes"),
                sources.map(str::to_owned).collect(),
            ),
        }
    }
    let receivers = export
        .value("snmp", "trap-target")
        .unwrap_or_default()
        .split(',');
    agent.receivers = receivers
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .collect();
    agent
}

/// The weakest that a profile accepts.
fn ssids(export: &Export) -> Vec<Ssid> {
    let mut profiles: BTreeMap<&str, &str> = BTreeMap::new();
    let menus = [
        "interface wireless security-profiles",
        "interface wifi security",
    ];
    for item in menus.iter().flat_map(|menu| export.at(menu)) {
        let types = item.get("authentication-types").unwrap_or_default();
        let has = |word: &str| types.split(',').any(|kind| kind.starts_with(word));
        let security = match item.get("mode") {
            Some("static-keys-required" | "static-keys-optional") => "wep",
            Some("none") => "open",
            _ if has("wpa-") => "wpa",
            _ if has("wpa2-") => "wpa2",
            _ if has("wpa3-") => "wpa3",
            _ if has("owe") => "owe",
            _ => "open",
        };
        profiles.insert(item.get("name").unwrap_or("default"), security);
    }
    let menus = [
        "interface wireless",
        "interface wifi",
        "interface wifi configuration",
    ];
    let radios = menus.iter().flat_map(|menu| export.at(menu));
    let radios = radios.filter_map(|item| {
        let name = item
            .get("ssid")
            .or(item.get("configuration.ssid"))
            .or(item.get(".ssid"))?;
        let profile = item
            .get("security-profile")
            .or(item.get("security"))
            .unwrap_or("default");
        Some(Ssid {
            name: name.to_owned(),
            enabled: Some(item.is_on()),
            security: Some((*profiles.get(profile).unwrap_or(&"open")).to_owned()),
            guest: None,
        })
    });
    radios.collect()
}
