//! HPE Comware and Huawei VRP: `display current-configuration`. Both come from one line of
//! software and differ in words. Defaults from the *Comware 7 Security* and *Fundamentals Command
//! References* and from Huawei's *S Series Command Reference*.
use super::comware_ports;
use super::reading::{Agent, Reading};
use super::text::{Block, Line, tree};
use crate::model::{ConfigAaa, ConfigEnable, ConfigLine, ConfigRouting, ConfigUser};

/// `idle-timeout` where the configuration is silent: ten minutes.
const IDLE_TIMEOUT: u32 = 600;

pub(super) fn read(lines: &[Line<'_>], huawei: bool) -> Reading {
    let root = tree(lines, '#');
    let mut reading = Reading::default();
    let config = &mut reading.config;
    config.hostname = root.value("sysname").map(str::to_owned);
    config.banner = banner(&root);
    config.users = users(&root, huawei);
    config.enable = enable(&root);
    let (first, second) = if huawei {
        ("http server enable", "http secure-server enable")
    } else {
        ("ip http enable", "ip https enable")
    };
    config.http.plain = Some(root.switch(first).unwrap_or(false));
    config.http.tls = Some(root.switch(second).unwrap_or(false));
    config.logging.servers = root.values("info-center loghost");
    config.logging.servers.retain(|server| server != "source");
    config.logging.timestamps = Some(root.value("info-center timestamp log") != Some("none"));
    config.saved = if huawei { saved(lines) } else { None };
    ntp(&root, &mut reading);
    reading.config.aaa = aaa(&root);
    reading.config.lines = ways_in(&root, huawei, &mut reading);
    let globals = comware_ports::Globals::of(&root, huawei);
    for block in root.all("interface") {
        comware_ports::read(block, &globals, &mut reading);
    }
    comware_ports::layer_two(&root, huawei, &mut reading);
    reading.config.routing = routing(&root);
    for block in root.all("acl") {
        let name = block.words.iter().skip(1).find(|word| {
            !matches!(
                **word,
                "number" | "name" | "basic" | "advanced" | "mac" | "ipv6"
            )
        });
        reading.lists.extend(name.map(|name| (*name).to_owned()));
    }
    reading.agent = Some(agent(&root, &mut reading));
    reading.resolvers = Some(root.values("dns server"));
    reading.version = if huawei {
        let header = lines
            .iter()
            .find_map(|line| line.text.strip_prefix("!Software Version "));
        header.map(|text| text.trim().to_owned())
    } else {
        root.value("version")
            .map(|text| text.trim_end_matches(',').to_owned())
    };
    reading.class = Some(if globals.switches { "switch" } else { "router" });
    if reading.config.saved.is_none() {
        reading.unread.push("config.saved");
    }
    reading
}

/// `header login` and `header legal` come before the login, `header shell` after it.
fn banner(root: &Block<'_>) -> Option<String> {
    let shown = ["header login", "header legal", "header motd"];
    let found = shown.iter().find_map(|start| root.text(start))?;
    let text = found
        .trim_start_matches("information")
        .trim()
        .trim_matches('%')
        .trim();
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

/// VRP: `!Last configuration was updated at 2021-01-02 10:11:12+01:00 by x`.
fn saved(lines: &[Line<'_>]) -> Option<bool> {
    let at = |start: &str| -> Option<&str> {
        let text = lines
            .iter()
            .take(30)
            .find_map(|line| line.text.strip_prefix(start))?;
        text.get(..19).filter(|text| text.starts_with("20"))
    };
    let changed = at("!Last configuration was updated at ")?;
    Some(at("!Last configuration was saved at ")? >= changed)
}

/// What the makers call the ways to keep a secret. `cipher` can be turned back.
fn storage(words: &[&str]) -> (&'static str, Option<&'static str>) {
    const KINDS: [(&str, &str); 5] = [
        ("irreversible-cipher", "strong"),
        ("hash", "strong"),
        ("cipher", "reversible"),
        ("simple", "clear"),
        ("plain", "clear"),
    ];
    let known = KINDS.iter().find(|(word, _)| words.contains(word));
    known.map_or(("unknown", None), |(word, kept)| (*kept, Some(*word)))
}

fn users(root: &Block<'_>, huawei: bool) -> Vec<ConfigUser> {
    let mut users: Vec<ConfigUser> = Vec::new();
    let scopes = root
        .body
        .iter()
        .filter(|block| huawei && block.words == ["aaa"]);
    for block in std::iter::once(root)
        .chain(scopes)
        .flat_map(|scope| scope.all("local-user"))
    {
        let name = block.word(1);
        // Comware's accounts for guests of the network are no administrators.
        if block.says("network") && block.says("class") {
            continue;
        }
        if users.iter().all(|user| user.name != name) {
            users.push(ConfigUser {
                name: name.to_owned(),
                administrator: Some(false),
                storage: Some("none".to_owned()),
                ..ConfigUser::default()
            });
        }
        let Some(user) = users.iter_mut().find(|user| user.name == name) else {
            continue;
        };
        user.source_lines = user.source_lines.take().or_else(|| block.source());
        for line in std::iter::once(block).chain(&block.body) {
            if line.says("password") {
                let (kept, kind) = storage(&line.words);
                user.storage = Some(kept.to_owned());
                user.storage_type = kind.map(str::to_owned);
            }
            let level = line
                .word_after("level")
                .and_then(|text| text.parse::<u32>().ok());
            let role = line.word_after("user-role");
            if level.is_some_and(|level| level >= 3)
                || matches!(role, Some("network-admin" | "level-15"))
            {
                user.administrator = Some(true);
            }
        }
    }
    users
}

fn enable(root: &Block<'_>) -> ConfigEnable {
    let Some(block) = root.child("super password") else {
        return ConfigEnable::default();
    };
    let (kept, kind) = storage(&block.words);
    ConfigEnable {
        storage: Some(kept.to_owned()),
        storage_type: kind.map(str::to_owned),
        source_lines: block.source(),
        strong_supported: None,
    }
}

fn ntp(root: &Block<'_>, reading: &mut Reading) {
    let ntp = &mut reading.config.ntp;
    let mut keyed = true;
    for start in [
        "ntp-service unicast-server",
        "ntp unicast-server",
        "sntp unicast-server",
    ] {
        for block in root.all(start) {
            keyed &= block.says("authentication-keyid") || block.says("authentication-key");
            let server = block.words.iter().skip(2).find(|word| **word != "ipv6");
            ntp.servers.extend(server.map(|word| (*word).to_owned()));
        }
    }
    let proven = [
        "ntp-service authentication enable",
        "ntp authentication enable",
    ];
    let proven = proven.iter().any(|start| root.has(start));
    ntp.authenticated = Some(keyed && proven && !ntp.servers.is_empty());
    let learns = |block: &Block<'_>| block.has("ip address dhcp-alloc");
    ntp.from_dhcp = Some(root.all("interface").any(learns));
}

fn aaa(root: &Block<'_>) -> ConfigAaa {
    let mut login: Vec<String> = Vec::new();
    let aaa = root.body.iter().find(|block| block.words == ["aaa"]);
    // VRP: schemes below `aaa`. Comware: methods below a domain.
    let schemes = aaa
        .into_iter()
        .flat_map(|aaa| aaa.all("authentication-scheme"));
    let schemes = schemes.filter_map(|scheme| {
        scheme
            .body
            .iter()
            .find_map(|b| b.after("authentication-mode"))
    });
    let domains = root.all("domain").filter_map(|domain| {
        let login = domain
            .body
            .iter()
            .find_map(|b| b.after("authentication login"));
        login.or_else(|| {
            domain
                .body
                .iter()
                .find_map(|b| b.after("authentication default"))
        })
    });
    let central = |words: &&[&str]| {
        words
            .iter()
            .any(|word| protocol(word).is_some_and(|p| p != "local"))
    };
    let said: Vec<&[&str]> = schemes.chain(domains).collect();
    if let Some(words) = said.iter().find(|words| central(words)).or(said.first()) {
        login.extend(
            words
                .iter()
                .filter_map(|word| protocol(word))
                .map(str::to_owned),
        );
    }
    if login.is_empty() {
        login.push("local".to_owned());
    }
    let mut servers = Vec::new();
    let templates = root.body.iter().filter(|block| {
        matches!(
            block.word(0),
            "radius" | "hwtacacs" | "radius-server" | "hwtacacs-server"
        )
    });
    for template in templates {
        for start in [
            "primary authentication",
            "secondary authentication",
            "radius-server authentication",
            "hwtacacs-server authentication",
        ] {
            servers.extend(template.values(start));
        }
    }
    let lines = root.all("line").chain(root.all("user-interface"));
    let reports = lines.into_iter().any(|line| line.has("command accounting"));
    let recorded = aaa.is_some_and(|aaa| aaa.has("cmd recording-scheme"));
    ConfigAaa {
        login,
        servers,
        command_accounting: Some(reports || recorded),
    }
}

fn protocol(word: &str) -> Option<&'static str> {
    match word {
        "hwtacacs" | "hwtacacs-scheme" => Some("tacacs"),
        "radius" | "radius-scheme" => Some("radius"),
        "ldap" | "ldap-scheme" => Some("ldap"),
        "local" => Some("local"),
        "none" => Some("none"),
        _ => None,
    }
}

/// A line lets in what it names and what is served: Telnet and SSH have to be switched on.
fn ways_in(root: &Block<'_>, huawei: bool, reading: &mut Reading) -> Vec<ConfigLine> {
    let ssh = if huawei {
        "stelnet server enable"
    } else {
        "ssh server enable"
    };
    let ssh = root.has(ssh) || root.has("stelnet ipv4 server enable");
    let telnet = root.has("telnet server enable");
    let ipv6 = root.all("interface").any(|port| port.has("ipv6 address"));
    let mut lines = Vec::new();
    for block in root.all("user-interface").chain(root.all("line")) {
        let kind = match block.word(1) {
            "vty" => "vty",
            "con" | "console" => "console",
            "aux" => "aux",
            _ => continue,
        };
        // Comware 7: `line class vty` is a template.
        let said = block
            .value("protocol inbound")
            .unwrap_or(if huawei { "ssh" } else { "all" });
        let mut transports = Vec::new();
        if kind == "vty" && ssh && matches!(said, "ssh" | "all") {
            transports.push("ssh".to_owned());
        }
        if kind == "vty" && telnet && matches!(said, "telnet" | "all") {
            transports.push("telnet".to_owned());
        }
        let list = |start: &str| {
            let line = block.all(start).find(|line| line.says("inbound"))?;
            Some((
                line.words
                    .get(start.split(' ').count())
                    .copied()?
                    .to_owned(),
                line.number,
            ))
        };
        let (v4, v6) = (list("acl"), list("acl ipv6"));
        let v4 = v4.filter(|(name, _)| name != "ipv6");
        let name = block.words.get(1..).unwrap_or_default().join(" ");
        for (acl, line) in v4.iter().chain(&v6) {
            reading.refer(acl, &format!("line {name}"), *line);
        }
        lines.push(ConfigLine {
            kind: kind.to_owned(),
            transports,
            acl: v4.map(|(acl, _)| acl),
            acl_ipv6: v6.map(|(acl, _)| acl),
            ipv6: Some(ipv6),
            acl_in_vrf: None,
            exec_timeout: Some(timeout(block)),
            exec: Some(!block.has("undo shell")),
            source_lines: block.source(),
            name,
        });
    }
    lines
}

fn timeout(block: &Block<'_>) -> u32 {
    let Some(words) = block
        .body
        .iter()
        .rev()
        .find_map(|line| line.after("idle-timeout"))
    else {
        return IDLE_TIMEOUT;
    };
    let number = |place: usize| words.get(place).and_then(|word| word.parse::<u32>().ok());
    let minutes = number(0).unwrap_or(0).saturating_mul(60);
    minutes.saturating_add(number(1).unwrap_or(0))
}

fn routing(root: &Block<'_>) -> Vec<ConfigRouting> {
    let mut items = Vec::new();
    let mut push = |name: String, protocol: &str, asked: bool, block: &Block<'_>| {
        items.push(ConfigRouting {
            name,
            protocol: protocol.to_owned(),
            authenticated: Some(asked),
            source_lines: block.source(),
        });
    };
    let proven = |block: &Block<'_>| block.has("ospf authentication-mode");
    let everywhere = root.all("interface").any(proven);
    for block in root.all("ospf") {
        for area in block.all("area") {
            let name = format!("ospf {} area {}", block.word(1), area.word(1));
            push(
                name,
                "ospf",
                area.has("authentication-mode") || everywhere,
                area,
            );
        }
    }
    for block in root.all("bgp") {
        for peer in block.all("peer").filter(|line| line.word(2) == "as-number") {
            let asked = block.all("peer").any(|line| {
                line.word(1) == peer.word(1) && matches!(line.word(2), "password" | "keychain")
            });
            push(format!("bgp {}", peer.word(1)), "bgp", asked, peer);
        }
    }
    for block in root.all("rip").filter(|block| block.words.len() == 2) {
        let asked = root
            .all("interface")
            .any(|port| port.has("rip authentication-mode"));
        push(format!("rip {}", block.word(1)), "rip", asked, block);
    }
    items
}

fn agent(root: &Block<'_>, reading: &mut Reading) -> Agent {
    let mut agent = Agent::default();
    for block in root.all("snmp-agent community") {
        let writes = block.word(2) == "write" || block.says("write");
        let name = block
            .words
            .iter()
            .skip(3)
            .find(|word| !matches!(**word, "cipher" | "simple"));
        let list: Vec<String> = block
            .word_after("acl")
            .map(str::to_owned)
            .into_iter()
            .collect();
        for acl in &list {
            reading.refer(acl, "snmp-agent community", block.number);
        }
        agent.community(name.copied().unwrap_or_default(), writes, list);
    }
    for block in root.all("snmp-agent usm-user v3") {
        let auth = block.word_after("authentication-mode");
        agent.user(block.word(3), auth, block.word_after("privacy-mode"));
    }
    if root
        .all("snmp-agent group")
        .any(|block| block.word(2) == "v3")
    {
        agent.versions.insert("v3");
    }
    for block in root.all("snmp-agent target-host") {
        let address = block
            .words
            .iter()
            .find(|word| word.parse::<std::net::IpAddr>().is_ok());
        agent
            .receivers
            .extend(address.map(|word| (*word).to_owned()));
    }
    agent
}
