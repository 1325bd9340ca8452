//! Cisco IOS and IOS XE: `show running-config`.
//!
//! Defaults are those of Cisco's command references (*Cisco IOS Security Command Reference*,
//! *Configuration Fundamentals Command Reference*, *Catalyst 9300 Layer 2 Configuration Guide*).
use super::ios_ports::{self, Globals};
use super::ios_services::{access_lists, agent, resolvers, routing};
use super::reading::Reading;
use super::text::{Block, Line, tree};
use crate::model::{ConfigAaa, ConfigEnable, ConfigLine, ConfigUser};
use std::collections::BTreeMap;

/// `exec-timeout` where the configuration is silent: ten minutes.
const EXEC_TIMEOUT: u32 = 600;

pub(super) fn read(lines: &[Line<'_>]) -> Reading {
    let (lines, banner) = without_banners(lines);
    let root = tree(&lines, '!');
    let mut reading = Reading::default();
    let config = &mut reading.config;
    config.banner = banner;
    config.hostname = root.value("hostname").map(str::to_owned);
    config.saved = saved(&lines);
    config.users = users(&root);
    let version = root.value("version").unwrap_or_default();
    config.enable = enable(&root, version);
    config.http.plain = Some(root.switch("ip http server").unwrap_or(false));
    config.http.tls = Some(root.switch("ip http secure-server").unwrap_or(false));
    config.http.source_lines = root.child("ip http server").and_then(Block::source);
    config.logging.servers = logging(&root);
    // Without `datetime` messages carry the time since the start.
    let stamped = |block: &Block<'_>| block.says("datetime");
    config.logging.timestamps = Some(root.all("service timestamps log").any(stamped));
    config.vstack = root.switch("vstack");
    config.source_route = Some(root.switch("ip source-route").unwrap_or(true));
    ntp(&root, &mut reading);
    let globals = Globals::of(&root);
    for block in root.all("interface") {
        ios_ports::read(block, &globals, &mut reading);
    }
    reading.config.lines = ways_in(&root, &mut reading);
    reading.config.aaa = aaa(&root);
    ios_ports::spanning_tree(&root, &globals, &mut reading);
    reading.config.routing = routing(&root);
    access_lists(&root, &mut reading);
    reading.agent = Some(agent(&root, &mut reading));
    reading.resolvers = Some(resolvers(&root));
    let members = root
        .all("switch")
        .filter(|block| block.says("provision"))
        .count();
    let paired = root.has("switch virtual domain") || root.has("stackwise-virtual");
    reading.redundancy = match (members, globals.switches) {
        (2.., _) => Some(("stack", u32::try_from(members).unwrap_or(u32::MAX))),
        _ if paired => Some(("stack", 2)),
        // A router may share its work by other means (HSRP, VRRP).
        (_, true) => Some(("standalone", 1)),
        _ => None,
    };
    reading.class = Some(if globals.switches { "switch" } else { "router" });
    reading
}

/// The lines without banners, and the text of the one that is shown before the login.
pub(super) fn without_banners<'t>(lines: &[Line<'t>]) -> (Vec<Line<'t>>, Option<String>) {
    let mut kept = Vec::new();
    let mut banners: Vec<(&str, String)> = Vec::new();
    let mut rest = lines.iter();
    while let Some(line) = rest.next() {
        let Some((kind, text)) = banner_start(line.text) else {
            kept.push(*line);
            continue;
        };
        // The delimiter is one character, which the running configuration writes `^C`.
        let length = if text.starts_with("^C") { 2 } else { 1 };
        let (mark, first) = text.split_at_checked(length).unwrap_or((text, ""));
        let mut shown = String::new();
        let mut next = Some(first);
        while let Some(text) = next {
            if let Some((last, _)) = text.split_once(mark) {
                shown.push_str(last);
                break;
            }
            shown.push_str(text);
            shown.push('\n');
            next = rest.next().map(|line| line.text);
        }
        banners.push((kind, shown.trim().to_owned()));
    }
    // `exec` comes after the login.
    let before = banners
        .into_iter()
        .filter(|(kind, _)| matches!(*kind, "login" | "motd"));
    let shown: Vec<String> = before
        .map(|(_, text)| text)
        .filter(|text| !text.is_empty())
        .collect();
    (kept, (!shown.is_empty()).then(|| shown.join("\n")))
}

fn banner_start(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix("banner ")?;
    let (kind, text) = rest.split_once(' ').unwrap_or(("motd", rest));
    let known = [
        "login",
        "motd",
        "exec",
        "incoming",
        "slip-ppp",
        "prompt-timeout",
    ];
    known.contains(&kind).then_some((kind, text.trim_start()))
}

/// Whether the comments at the top say that nothing changed since it was last saved.
fn saved(lines: &[Line<'_>]) -> Option<bool> {
    let at = |start: &str| {
        let found = lines
            .iter()
            .take(30)
            .find_map(|line| line.text.strip_prefix(start));
        found.and_then(clock)
    };
    let changed = at("! Last configuration change at ")?;
    let saved = at("! NVRAM config last updated at ")?;
    Some(saved >= changed)
}

/// `10:11:12 UTC Mon Mar 1 2021` as (year, month, day, time).
fn clock(text: &str) -> Option<(u32, usize, u32, String)> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let words: Vec<&str> = text.split_whitespace().collect();
    let [time, _zone, _weekday, month, day, year, ..] = words.as_slice() else {
        return None;
    };
    let month = MONTHS.iter().position(|known| known == month)?;
    Some((
        year.parse().ok()?,
        month,
        day.parse().ok()?,
        (*time).to_owned(),
    ))
}

/// How Cisco numbers the ways to keep a secret: 0 clear, 7 and 6 can be turned back, 5 is MD5,
/// 4 is one unsalted SHA-256, 8 PBKDF2, 9 scrypt.
pub(super) fn storage(keyword: &str, number: &str) -> (&'static str, &'static str) {
    match (keyword, number) {
        (_, "7") => ("reversible", "7"),
        (_, "6") => ("reversible", "6"),
        (_, "4") => ("weak", "4"),
        (_, "5") => ("weak", "5"),
        (_, "8") => ("strong", "8"),
        (_, "9") => ("strong", "9"),
        ("secret", "0") | ("password", _) => ("clear", "0"),
        _ => ("unknown", ""),
    }
}

fn users(root: &Block<'_>) -> Vec<ConfigUser> {
    let mut users: BTreeMap<&str, ConfigUser> = BTreeMap::new();
    for block in root.all("username") {
        let user = users.entry(block.word(1)).or_insert_with(|| ConfigUser {
            name: block.word(1).to_owned(),
            administrator: Some(false),
            storage: Some("none".to_owned()),
            storage_type: None,
            source_lines: block.source(),
        });
        if let Some(level) = block.word_after("privilege") {
            user.administrator = Some(level == "15");
        }
        for keyword in ["password", "secret"] {
            if let Some(number) = block.word_after(keyword) {
                let (kept, number) = storage(keyword, number);
                user.storage = Some(kept.to_owned());
                user.storage_type = Some(number.to_owned()).filter(|number| !number.is_empty());
            }
        }
    }
    users.into_values().collect()
}

fn enable(root: &Block<'_>, version: &str) -> ConfigEnable {
    let mut enable = ConfigEnable {
        storage: Some("none".to_owned()),
        strong_supported: strong_supported(version),
        ..ConfigEnable::default()
    };
    // The secret wins over the password where both are set.
    for keyword in ["password", "secret"] {
        let lines = root.all("enable").filter(|block| block.word(1) == keyword);
        let full = |block: &&Block<'_>| block.word_after("level").is_none_or(|level| level == "15");
        if let Some(block) = lines.filter(full).last() {
            let place = if block.says("level") { 4 } else { 2 };
            let (kept, number) = storage(keyword, block.word(place));
            enable.storage = Some(kept.to_owned());
            enable.storage_type = Some(number.to_owned()).filter(|number| !number.is_empty());
            enable.source_lines = block.source();
        }
    }
    enable
}

/// Types 8 and 9 came with 15.3(3)M; `version` names no more than 15.3.
fn strong_supported(version: &str) -> Option<bool> {
    let (major, minor) = version.split_once('.')?;
    let (major, minor): (u32, u32) = (major.parse().ok()?, minor.parse().ok()?);
    match (major, minor) {
        (16.., _) | (15, 4..) => Some(true),
        (15, _) => None,
        _ => Some(false),
    }
}

fn logging(root: &Block<'_>) -> Vec<String> {
    let servers = root.all("logging").filter_map(|block| match block.word(1) {
        "host" => Some(block.word(2))
            .filter(|word| *word != "ipv6")
            .or(Some(block.word(3))),
        word => word.parse::<std::net::IpAddr>().ok().map(|_| word),
    });
    servers
        .filter(|server| !server.is_empty())
        .map(str::to_owned)
        .collect()
}

fn ntp(root: &Block<'_>, reading: &mut Reading) {
    let mut keyed = true;
    for block in root
        .body
        .iter()
        .filter(|block| matches!(block.word(0), "ntp" | "sntp"))
    {
        if !matches!(block.word(1), "server" | "peer") {
            continue;
        }
        let rest = block.words.get(2..).unwrap_or_default();
        let mut rest = rest.iter().copied().peekable();
        while let Some(word) = rest.next_if(|word| matches!(*word, "vrf" | "ip" | "ipv6")) {
            if word == "vrf" {
                rest.next();
            }
        }
        if let Some(server) = rest.next() {
            keyed &= block.says("key");
            reading.config.ntp.servers.push(server.to_owned());
        }
    }
    let on = root.has("ntp authenticate") && root.has("ntp trusted-key");
    reading.config.ntp.authenticated = Some(on && keyed && !reading.config.ntp.servers.is_empty());
    let learns = |block: &Block<'_>| block.has("ip address dhcp");
    reading.config.ntp.from_dhcp = Some(root.all("interface").any(learns));
}

fn ways_in(root: &Block<'_>, reading: &mut Reading) -> Vec<ConfigLine> {
    let vrfs = root.has("vrf definition") || root.has("ip vrf");
    let speaks = |block: &Block<'_>| block.has("ipv6 address") || block.has("ipv6 enable");
    let ipv6 = root.has("ipv6 unicast-routing") || root.all("interface").any(speaks);
    let mut lines = Vec::new();
    for block in root.all("line") {
        let kind = match block.word(1) {
            "vty" => "vty",
            "con" | "console" => "console",
            "aux" => "aux",
            _ => continue,
        };
        let list = |start: &str| {
            let mut found = block
                .body
                .iter()
                .filter_map(|line| Some((line, line.after(start)?)));
            let found = found.find(|(_, words)| words.contains(&"in"));
            found.map(|(line, words)| (line, words.first().copied().unwrap_or_default()))
        };
        let (v4, v6) = (list("access-class"), list("ipv6 access-class"));
        for (line, acl) in v4.iter().chain(&v6) {
            reading.refer(acl, &format!("line {}", name_of(block)), line.number);
        }
        lines.push(ConfigLine {
            name: name_of(block),
            kind: kind.to_owned(),
            transports: transports(block, kind),
            acl: v4.map(|(_, acl)| acl.to_owned()),
            acl_ipv6: v6.map(|(_, acl)| acl.to_owned()),
            ipv6: Some(ipv6),
            acl_in_vrf: v4.filter(|_| vrfs).map(|(line, _)| line.says("vrf-also")),
            exec_timeout: Some(timeout(block)),
            exec: Some(block.switch("exec").unwrap_or(true)),
            source_lines: block.source(),
        });
    }
    lines
}

fn name_of(block: &Block<'_>) -> String {
    block.words.get(1..).unwrap_or_default().join(" ")
}

/// Virtual terminals let Telnet and SSH in where nothing is said; other lines let nothing in
/// (*Terminal Services Command Reference*, `transport input`).
fn transports(block: &Block<'_>, kind: &str) -> Vec<String> {
    let said = block
        .body
        .iter()
        .rev()
        .find_map(|line| line.after("transport input"));
    let words: &[&str] = match said {
        Some(["all"]) => &["ssh", "telnet"],
        Some(["none"]) => &[],
        Some(words) => words,
        None if kind == "vty" => &["ssh", "telnet"],
        None => &[],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn timeout(block: &Block<'_>) -> u32 {
    if block.switch("exec-timeout") == Some(false) {
        return 0;
    }
    let said = block
        .body
        .iter()
        .rev()
        .find_map(|line| line.after("exec-timeout"));
    let Some(words) = said else {
        return EXEC_TIMEOUT;
    };
    let number = |place: usize| words.get(place).and_then(|word| word.parse::<u32>().ok());
    let minutes = number(0).unwrap_or(0).saturating_mul(60);
    minutes.saturating_add(number(1).unwrap_or(0))
}

fn aaa(root: &Block<'_>) -> ConfigAaa {
    let vty = root.child("line vty");
    let list = vty
        .and_then(|line| line.value("login authentication"))
        .unwrap_or("default");
    let mut login = Vec::new();
    if root.has("aaa new-model") {
        let said = root.body.iter().find_map(|block| {
            let (name, methods) = block.after("aaa authentication login")?.split_first()?;
            (*name == list).then_some(methods)
        });
        login = methods(root, said.unwrap_or(&["local"]));
    } else if let Some(line) = vty {
        let method = match (line.has("login local"), line.switch("login")) {
            (true, _) => "local",
            (_, Some(false)) => "none",
            _ => "line",
        };
        login.push(method.to_owned());
    }
    let reports = |block: &Block<'_>| block.word(3) == "15";
    ConfigAaa {
        login,
        servers: servers(root),
        command_accounting: Some(root.all("aaa accounting commands").any(reports)),
    }
}

/// Our names of the methods; a group is named by the protocol of its servers.
pub(super) fn methods(root: &Block<'_>, said: &[&str]) -> Vec<String> {
    let mut methods: Vec<String> = Vec::new();
    for word in said {
        let method = match word.trim_end_matches('+') {
            "group" | "cache" => continue,
            "radius" => "radius",
            "tacacs" => "tacacs",
            "ldap" => "ldap",
            "local-case" | "local" => "local",
            "enable" => "enable",
            "line" => "line",
            "none" => "none",
            group => {
                let of = |kind: &str| root.has(&format!("aaa group server {kind} {group}"));
                match (of("tacacs+") || of("tacacs"), of("radius"), of("ldap")) {
                    (true, _, _) => "tacacs",
                    (_, true, _) => "radius",
                    (_, _, true) => "ldap",
                    _ => continue,
                }
            }
        };
        if !methods.iter().any(|known| known == method) {
            methods.push(method.to_owned());
        }
    }
    methods
}

fn servers(root: &Block<'_>) -> Vec<String> {
    let mut servers = Vec::new();
    for kind in ["radius", "tacacs", "ldap"] {
        servers.extend(root.values(&format!("{kind}-server host")));
        for server in root.all(&format!("{kind} server")) {
            servers.extend(server.values("address ipv4"));
            servers.extend(server.values("address ipv6"));
            servers.extend(server.values("ipv4"));
        }
    }
    for group in root.all("aaa group server") {
        servers.extend(group.values("server-private"));
    }
    servers.sort();
    servers.dedup();
    servers
}
