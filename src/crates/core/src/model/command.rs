//! Which commands may be typed into a device's command line.

/// Longest command line that is typed.
const LONGEST_COMMAND: usize = 200;

/// What follows `|` in filters that only choose lines: others write files.
const FILTERS: [&str; 11] = [
    "include", "exclude", "begin", "section", "count", "no-more", "match", "except", "grep",
    "display", "find",
];

/// Beginnings of FortiOS and ScreenOS commands that show without doing: `get test` and
/// `diagnose hardware test` act.
const SHOWN: [&[&str]; 13] = [
    &["get", "system"],
    &["get", "hardware"],
    &["get", "router"],
    &["get", "interface"],
    &["get", "vpn"],
    &["get", "switch"],
    &["get", "config"],
    &["get", "license"],
    &["get", "chassis"],
    &["diagnose", "hardware", "deviceinfo"],
    &["diagnose", "hardware", "sysinfo"],
    &["diagnose", "lldprx", "neighbor"],
    &["diagnose", "sys", "ha", "status"],
];

/// Menus of RouterOS that `print` may stand at the end of. No word here is a verb: `/import
/// print` would run a file.
const MENUS: [&str; 46] = [
    "system",
    "resource",
    "routerboard",
    "identity",
    "package",
    "license",
    "health",
    "clock",
    "ntp",
    "client",
    "server",
    "history",
    "logging",
    "interface",
    "ethernet",
    "bridge",
    "port",
    "host",
    "vlan",
    "wireless",
    "wifi",
    "registration-table",
    "lte",
    "bonding",
    "poe",
    "ip",
    "ipv6",
    "address",
    "arp",
    "route",
    "neighbor",
    "dns",
    "service",
    "settings",
    "dhcp-server",
    "dhcp-client",
    "lease",
    "firewall",
    "filter",
    "nat",
    "routing",
    "ospf",
    "bgp",
    "snmp",
    "user",
    "certificate",
];

/// What may follow `print`: `file=` would write one, `follow` never ends.
const PRINTED: [&str; 5] = ["detail", "terse", "brief", "stats", "without-paging"];

/// Whether a command line only shows, whatever maker's device reads it. Conservative: what is
/// not known to be harmless is refused, for a scanner must not be able to change a device even
/// by a wrong data file. The empty line shows the prompt.
pub fn only_shows(command: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || " -_./:,|".contains(letter);
    if command.is_empty() {
        return true;
    }
    if command.len() > LONGEST_COMMAND || !command.chars().all(plain) {
        return false;
    }
    let mut parts = command.split('|').map(|part| part.split_whitespace());
    let Some(first) = parts.next() else {
        return false;
    };
    let filtered = |mut part: std::str::SplitWhitespace<'_>| {
        part.next().is_some_and(|word| FILTERS.contains(&word))
    };
    shows(&first.collect::<Vec<_>>()) && parts.all(filtered)
}

fn shows(words: &[&str]) -> bool {
    match words {
        ["show" | "display", ..] => true,
        // RouterOS prints its configuration; with a word behind it may write a file.
        ["export" | "/export"] => true,
        [menu, ..] if menu.starts_with('/') || MENUS.contains(menu) => {
            let words = words.iter().flat_map(|word| word.split('/'));
            let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
            let mut halves = words.splitn(2, |word| *word == "print");
            let (Some(menus), Some(options)) = (halves.next(), halves.next()) else {
                return false;
            };
            !menus.is_empty()
                && menus.iter().all(|word| MENUS.contains(word))
                && options.iter().all(|word| PRINTED.contains(word))
        }
        words => SHOWN.iter().any(|start| words.starts_with(start)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shows_is_typed() {
        for command in [
            "",
            "show",
            "show version",
            "show running-config",
            "show interfaces GigabitEthernet1/0/1 status",
            "show configuration | display set | no-more",
            "display current-configuration",
            "display version | include Uptime",
            "get system status",
            "diagnose hardware deviceinfo nic",
            "/export",
            "system resource print",
            "/system resource print",
            "/system/resource print",
            "/interface print detail without-paging",
        ] {
            assert!(only_shows(command), "{command}");
        }
    }

    #[test]
    fn what_may_change_a_device_is_not() {
        for command in [
            " ",
            "|",
            "configure terminal",
            "conf t",
            "reload",
            "enable",
            "shutdown",
            "write memory",
            "copy running-config tftp:",
            "clear counters",
            "debug all",
            "execute reboot",
            "get test dnsproxy 99",
            "diagnose hardware test suite all",
            "diagnose sys kill 9 1",
            "show version\nreload",
            "show version\rreload",
            "show version; reload",
            "show version && reboot",
            "show running-config > flash:x",
            "show running-config | redirect flash:x",
            "show running-config | tee flash:x",
            "show configuration | save x",
            "show version | include x | append flash:x",
            "show version $(reboot)",
            "show version `reboot`",
            "show version ?",
            "showx",
            "Show version",
            "/export file=x",
            "/system reboot",
            "/system reboot print",
            "/import print",
            "/system script run print",
            "/interface print file=x",
            "/interface print follow",
            "/interface print where [/system reboot]",
            "/print",
            "print",
            "/system resource print /system reboot",
        ] {
            assert!(!only_shows(command), "{command:?}");
        }
    }
}
