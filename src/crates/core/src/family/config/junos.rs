//! Juniper Junos: `show configuration`, in braces or as `set` lines. Defaults from the *Junos OS
//! User Access*, *Network Management* and *Ethernet Switching User Guides*.
use super::junos_ports;
use super::reading::{Agent, Reading};
use super::text::{Line, words};
use crate::model::{ConfigAaa, ConfigLine, ConfigRouting, ConfigRule, ConfigUser};
use std::collections::{BTreeMap, BTreeSet};

/// Deepest braces that are read.
const DEEPEST: usize = 32;

/// One statement with every word that leads to it.
pub(super) struct Statement<'t> {
    pub(super) line: usize,
    pub(super) words: Vec<&'t str>,
}

/// Every active statement.
pub(super) struct Statements<'t>(Vec<Statement<'t>>);

impl<'t> Statements<'t> {
    pub(super) fn of(lines: &[Line<'t>]) -> Self {
        let in_braces = lines.iter().any(|line| line.text.trim_end().ends_with('{'));
        Self(if in_braces {
            braces(lines)
        } else {
            sets(lines)
        })
    }

    /// The words behind a path, `*` for any word, with the words that `*` stood for before them.
    pub(super) fn below(&self, path: &str) -> impl Iterator<Item = (usize, Vec<&'t str>)> {
        let path: Vec<String> = path.split(' ').map(str::to_owned).collect();
        self.0.iter().filter_map(move |statement| {
            let mut found = Vec::new();
            for (place, wanted) in path.iter().enumerate() {
                let word = statement.words.get(place)?;
                if wanted == "*" {
                    found.push(*word);
                } else if word != wanted {
                    return None;
                }
            }
            found.extend(statement.words.get(path.len()..)?);
            Some((statement.line, found))
        })
    }

    pub(super) fn has(&self, path: &str) -> bool {
        self.below(path).next().is_some()
    }

    /// The first word behind a path.
    pub(super) fn value(&self, path: &str) -> Option<&'t str> {
        self.below(path)
            .find_map(|(_, words)| words.first().copied())
    }

    /// The first word behind a path of every statement, each once.
    pub(super) fn values(&self, path: &str) -> Vec<String> {
        let mut values: Vec<String> = Vec::new();
        for (_, words) in self.below(path) {
            if let Some(word) = words.first()
                && values.iter().rev().take(4).all(|known| known != word)
            {
                values.push((*word).to_owned());
            }
        }
        values.dedup();
        values
    }
}

fn braces<'t>(lines: &[Line<'t>]) -> Vec<Statement<'t>> {
    let mut statements = Vec::new();
    // How many words each open brace added, and whether it is inactive.
    let mut path: Vec<&'t str> = Vec::new();
    let mut open: Vec<(usize, bool)> = Vec::new();
    for line in lines {
        let text = line.text.trim();
        if text.starts_with('#') || text.starts_with("/*") {
            continue;
        }
        let text = text.split(" ##").next().unwrap_or_default().trim_end();
        if text.starts_with('}') {
            let (count, _) = open.pop().unwrap_or_default();
            path.truncate(path.len().saturating_sub(count));
            continue;
        }
        let active = text.strip_prefix("inactive: ");
        let inactive = active.is_some() || open.last().is_some_and(|(_, inactive)| *inactive);
        let text = active
            .unwrap_or(text)
            .trim_start_matches("protect: ")
            .trim_start_matches("replace: ");
        let below = words(text.trim_end_matches(['{', ';']));
        let below = below
            .into_iter()
            .filter(|word| !matches!(*word, "[" | "]"))
            .map(|word| word.trim_end_matches(';'));
        if text.ends_with('{') && open.len() < DEEPEST {
            let before = path.len();
            path.extend(below);
            open.push((path.len() - before, inactive));
        } else if !text.ends_with('{') && !inactive {
            let mut words = path.clone();
            words.extend(below);
            statements.push(Statement {
                line: line.number,
                words,
            });
        } else if text.ends_with('{') {
            open.push((0, inactive));
        }
    }
    statements
}

fn sets<'t>(lines: &[Line<'t>]) -> Vec<Statement<'t>> {
    let off: BTreeSet<&str> = lines
        .iter()
        .filter_map(|line| line.text.strip_prefix("deactivate "))
        .collect();
    let statements = lines.iter().filter_map(|line| {
        let text = line.text.trim().strip_prefix("set ")?;
        // A statement is off where it, or anything above it, is.
        let inactive = !off.is_empty()
            && (text
                .match_indices(' ')
                .map(|(at, _)| at)
                .chain([text.len()]))
            .any(|at| text.get(..at).is_some_and(|start| off.contains(start)));
        let words = words(text)
            .into_iter()
            .filter(|word| !matches!(*word, "[" | "]"));
        (!inactive).then(|| Statement {
            line: line.number,
            words: words.collect(),
        })
    });
    statements.collect()
}

pub(super) fn read(lines: &[Line<'_>]) -> Reading {
    let said = Statements::of(lines);
    let mut reading = Reading::default();
    let config = &mut reading.config;
    config.hostname = said.value("system host-name").map(str::to_owned);
    let banner = said.value("system login message");
    config.banner = banner.map(|text| text.replace("\\n", "\n").trim().to_owned());
    config.users = users(&said);
    config.http.plain = Some(said.has("system services web-management http"));
    config.http.tls = Some(said.has("system services web-management https"));
    config.logging.servers = said.values("system syslog host");
    config.logging.timestamps = Some(true);
    config.ntp.servers = said.values("system ntp server");
    let keyed = config.ntp.servers.iter().all(|server| {
        said.below(&format!("system ntp server {server}"))
            .any(|(_, words)| words.contains(&"key"))
    });
    let proven = said.has("system ntp trusted-key");
    config.ntp.authenticated = Some(keyed && proven && !config.ntp.servers.is_empty());
    config.ntp.from_dhcp = Some(false);
    config.aaa = aaa(&said);
    config.lines = ways_in(&said);
    config.routing = routing(&said);
    config.rules = rules(&said);
    junos_ports::read(&said, &mut reading);
    reading.lists.extend(
        ["inet", "inet6"]
            .iter()
            .flat_map(|family| said.values(&format!("firewall family {family} filter"))),
    );
    reading.lists.extend(said.values("firewall filter"));
    for (line, words) in said.below("interfaces * unit * family * filter") {
        if let [port, unit, _, _, list, ..] = words.as_slice() {
            reading.refer(list, &format!("interface {port}.{unit}"), line);
        }
    }
    reading.agent = Some(agent(&said));
    reading.resolvers = Some(said.values("system name-server"));
    if said.has("system management-instance") {
        reading.config.management.dedicated = Some(true);
        reading.config.management.through = Some("mgmt_junos".to_owned());
    }
    reading.version = said.value("version").map(str::to_owned);
    reading.class = Some(if said.has("security zones") {
        "firewall"
    } else if said.has("vlans") {
        "switch"
    } else {
        "router"
    });
    reading
}

/// The crypt(3) mark of a hash: it outlives the redaction.
fn storage(hash: &str) -> (&'static str, &'static str) {
    match hash {
        hash if hash.starts_with("$6$") => ("strong", "sha512"),
        hash if hash.starts_with("$5$") => ("strong", "sha256"),
        hash if hash.starts_with("$1$") => ("weak", "md5"),
        hash if hash.starts_with("$sha1$") => ("weak", "sha1"),
        _ => ("unknown", ""),
    }
}

/// `root` is every device's, and no account that anyone shares by choice.
fn users(said: &Statements<'_>) -> Vec<ConfigUser> {
    let mut users: BTreeMap<&str, ConfigUser> = BTreeMap::new();
    for (line, words) in said.below("system login user") {
        let Some((name, rest)) = words.split_first() else {
            continue;
        };
        let user = users.entry(name).or_insert_with(|| ConfigUser {
            name: (*name).to_owned(),
            administrator: Some(false),
            storage: Some("external".to_owned()),
            storage_type: None,
            source_lines: Some(line.to_string()),
        });
        match rest {
            ["class", class, ..] => user.administrator = Some(*class == "super-user"),
            ["authentication", "encrypted-password", hash, ..] => {
                let (kept, kind) = storage(hash);
                user.storage = Some(kept.to_owned());
                user.storage_type = Some(kind.to_owned()).filter(|kind| !kind.is_empty());
            }
            _ => {}
        }
    }
    users.into_values().collect()
}

fn aaa(said: &Statements<'_>) -> ConfigAaa {
    let order = said
        .below("system authentication-order")
        .flat_map(|(_, words)| words);
    let mut login: Vec<String> = order
        .filter_map(|word| match word {
            "radius" => Some("radius"),
            "tacplus" => Some("tacacs"),
            "ldaps" => Some("ldap"),
            "password" => Some("local"),
            _ => None,
        })
        .map(str::to_owned)
        .collect();
    if login.is_empty() {
        login.push("local".to_owned());
    }
    let mut servers = said.values("system radius-server");
    servers.extend(said.values("system tacplus-server"));
    let events = said
        .below("system accounting events")
        .any(|(_, words)| words.contains(&"interactive-commands"));
    ConfigAaa {
        login,
        servers,
        command_accounting: Some(events && said.has("system accounting destination")),
    }
}

/// Nothing ends an idle session unless its class says so; filters stand on lo0.
fn ways_in(said: &Statements<'_>) -> Vec<ConfigLine> {
    let mut transports = Vec::new();
    for protocol in ["ssh", "telnet", "rlogin"] {
        if said.has(&format!("system services {protocol}")) {
            transports.push(protocol.to_owned());
        }
    }
    let minutes = |path: &str| said.value(path).and_then(|text| text.parse::<u32>().ok());
    let classes: Vec<u32> = said
        .below("system login class * idle-timeout")
        .filter_map(|(_, words)| words.get(1)?.parse().ok())
        .collect();
    let longest = minutes("system login idle-timeout").or(classes.into_iter().max());
    let timeout = longest.unwrap_or(0).saturating_mul(60);
    let list = |family: &str| {
        let path = format!("interfaces lo0 unit * family {family} filter");
        let list = said
            .below(&path)
            .find_map(|(_, words)| words.get(2).copied());
        list.map(str::to_owned)
    };
    let line = |kind: &str| ConfigLine {
        name: kind.to_owned(),
        kind: kind.to_owned(),
        exec_timeout: Some(timeout),
        exec: Some(true),
        ..ConfigLine::default()
    };
    let mut lines = vec![
        ConfigLine {
            transports,
            acl: list("inet"),
            acl_ipv6: list("inet6"),
            ipv6: Some(said.has("interfaces * unit * family inet6")),
            ..line("vty")
        },
        line("console"),
    ];
    if let Some(word) = said.value("system ports auxiliary") {
        lines.push(ConfigLine {
            exec: Some(word != "disable"),
            ..line("aux")
        });
    }
    lines
}

fn routing(said: &Statements<'_>) -> Vec<ConfigRouting> {
    let mut items: BTreeMap<String, ConfigRouting> = BTreeMap::new();
    let mut note = |name: String, protocol: &str, asked: bool, line: usize| {
        let item = items.entry(name.clone()).or_insert_with(|| ConfigRouting {
            name,
            protocol: protocol.to_owned(),
            authenticated: Some(false),
            source_lines: Some(line.to_string()),
        });
        if asked {
            item.authenticated = Some(true);
        }
    };
    for (line, words) in said.below("protocols ospf area * interface") {
        if let [area, port, rest @ ..] = words.as_slice() {
            // A passive interface has no neighbour.
            if !rest.contains(&"passive") {
                note(
                    format!("ospf {area} {port}"),
                    "ospf",
                    rest.contains(&"authentication"),
                    line,
                );
            }
        }
    }
    let groups: BTreeSet<&str> = said
        .below("protocols bgp group * authentication-key")
        .filter_map(|(_, words)| words.first().copied())
        .collect();
    for (line, words) in said.below("protocols bgp group * neighbor") {
        if let [group, peer, rest @ ..] = words.as_slice() {
            let asked = groups.contains(group) || rest.contains(&"authentication-key");
            note(format!("bgp {peer}"), "bgp", asked, line);
        }
    }
    items.into_values().collect()
}

fn rules(said: &Statements<'_>) -> Vec<ConfigRule> {
    let mut rules: Vec<ConfigRule> = Vec::new();
    for (line, words) in said.below("security policies from-zone * to-zone * policy") {
        let [from, to, policy, rest @ ..] = words.as_slice() else {
            continue;
        };
        let name = format!("{from} to {to} {policy}");
        if rules.last().is_none_or(|rule| rule.name != name) {
            rules.push(ConfigRule {
                name,
                enabled: Some(true),
                permits: Some(false),
                source_any: Some(false),
                destination_any: Some(false),
                service_any: Some(false),
                destination_zone: Some((*to).to_owned()),
                source_lines: Some(line.to_string()),
            });
        }
        let Some(rule) = rules.last_mut() else {
            continue;
        };
        match rest {
            ["match", "source-address", words @ ..] if words.contains(&"any") => {
                rule.source_any = Some(true)
            }
            ["match", "destination-address", words @ ..] if words.contains(&"any") => {
                rule.destination_any = Some(true)
            }
            ["match", "application", words @ ..] if words.contains(&"any") => {
                rule.service_any = Some(true)
            }
            ["then", "permit", ..] => rule.permits = Some(true),
            _ => {}
        }
    }
    rules
}

fn agent(said: &Statements<'_>) -> Agent {
    let mut agent = Agent::default();
    let mut names: Vec<&str> = said
        .below("snmp community")
        .filter_map(|(_, words)| words.first().copied())
        .collect();
    names.dedup();
    for name in names {
        let path = format!("snmp community {name}");
        let writes = said.value(&format!("{path} authorization")) == Some("read-write");
        let mut clients = said.values(&format!("{path} clients"));
        clients.extend(said.values(&format!("{path} client-list-name")));
        agent.community(name, writes, clients);
    }
    let mut users: BTreeMap<&str, (Option<&str>, Option<&str>)> = BTreeMap::new();
    for (_, words) in said.below("snmp v3 usm local-engine user") {
        if let [name, protocol, ..] = words.as_slice() {
            let user = users.entry(name).or_default();
            match protocol.strip_prefix("authentication-") {
                Some(auth) => user.0 = Some(auth),
                None => user.1 = protocol.strip_prefix("privacy-"),
            }
        }
    }
    for (name, (auth, privacy)) in users {
        agent.user(name, auth, privacy);
    }
    for (_, words) in said.below("snmp trap-group * targets") {
        agent
            .receivers
            .extend(words.get(1).map(|word| (*word).to_owned()));
    }
    let targets = said.below("snmp v3 target-address * address");
    agent
        .receivers
        .extend(targets.filter_map(|(_, words)| Some((*words.get(1)?).to_owned())));
    agent
}
