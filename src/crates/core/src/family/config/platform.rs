//! Which maker's language a configuration is written in, and whether all of it is there.
use super::text::Line;
use crate::model::UnreadReason;

/// A configuration language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Platform {
    Ios,
    NxOs,
    Asa,
    ProCurve,
    AosCx,
    Comware,
    Vrp,
    Junos,
    FortiOs,
    RouterOs,
    Aos,
}

/// What the language says of the device before a line of it is read.
pub(super) struct Maker {
    pub(super) family: &'static str,
    pub(super) name: &'static str,
    pub(super) maker: Option<&'static str>,
}

/// Most lines of an answer that refuses: what is longer quotes one.
const LONGEST_REFUSAL: usize = 12;

impl Platform {
    pub(super) const ALL: [Self; 11] = [
        Self::Ios,
        Self::NxOs,
        Self::Asa,
        Self::ProCurve,
        Self::AosCx,
        Self::Comware,
        Self::Vrp,
        Self::Junos,
        Self::FortiOs,
        Self::RouterOs,
        Self::Aos,
    ];

    /// The name in `config.platform`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ios => "cisco_ios",
            Self::NxOs => "cisco_nxos",
            Self::Asa => "cisco_asa",
            Self::ProCurve => "procurve",
            Self::AosCx => "aos_cx",
            Self::Comware => "comware",
            Self::Vrp => "vrp",
            Self::Junos => "junos",
            Self::FortiOs => "fortios",
            Self::RouterOs => "routeros",
            Self::Aos => "aos",
        }
    }

    /// The names that the families of the platform use.
    pub(super) fn maker(self) -> Maker {
        let (family, name, maker) = match self {
            Self::Ios => ("ios", "Cisco IOS", Some("Cisco")),
            Self::NxOs => ("nx-os", "Cisco NX-OS", Some("Cisco")),
            Self::Asa => ("asa", "Cisco ASA", Some("Cisco")),
            Self::ProCurve => ("procurve", "ArubaOS-Switch", Some("HPE")),
            Self::AosCx => ("arubaos-cx", "AOS-CX", Some("HPE Aruba")),
            // 3Com, H3C and HPE sell it.
            Self::Comware => ("comware", "Comware", None),
            Self::Vrp => ("vrp", "VRP", Some("Huawei")),
            Self::Junos => ("junos", "Junos", Some("Juniper")),
            Self::FortiOs => ("fortios", "FortiOS", Some("Fortinet")),
            Self::RouterOs => ("routeros", "RouterOS", Some("MikroTik")),
            Self::Aos => ("aos", "AOS", Some("Alcatel-Lucent")),
        };
        Maker {
            family,
            name,
            maker,
        }
    }

    /// The language that a text is written in, by signs that no other has.
    pub(super) fn of(lines: &[Line<'_>]) -> Option<Self> {
        if lines.iter().any(|line| is_foreign(line.text)) {
            return None;
        }
        let signed = lines.iter().find_map(|line| signature(line.text));
        signed.or_else(|| looks_like_ios(lines).then_some(Self::Ios))
    }

    /// Whether the text is all of the configuration.
    ///
    /// # Errors
    /// `denied` where the device refused, `parse_failed` where something is missing.
    pub(super) fn whole(self, lines: &[Line<'_>]) -> Result<(), UnreadReason> {
        refused(lines)?;
        let told = lines.iter().rev().map(|line| line.text.trim());
        let mut told = told.filter(|text| !text.is_empty() && !is_prompt(text));
        let last = match self {
            Self::Ios => told.find(|text| !text.starts_with('!')),
            _ => told.next(),
        };
        let last = last.unwrap_or_default();
        let ended = match self {
            Self::Ios => last == "end",
            Self::Asa => last == ": end" || last.starts_with("Cryptochecksum:"),
            Self::Comware | Self::Vrp => last == "return",
            Self::FortiOs => last == "end" && is_balanced(lines, opens_fortios),
            Self::Junos => is_balanced(lines, opens_junos),
            // No end is written: what was cut must be told by whoever cut it.
            Self::NxOs | Self::ProCurve | Self::AosCx | Self::RouterOs | Self::Aos => true,
        };
        if ended {
            Ok(())
        } else {
            Err(UnreadReason::ParseFailed)
        }
    }
}

/// Languages that resemble one of ours: IOS XR, EOS.
fn is_foreign(line: &str) -> bool {
    line.starts_with("!! IOS XR")
        || line.contains("IOS XR Configuration")
        || line.starts_with("line template ")
        || line.starts_with(" ipv4 address ")
        || (line.starts_with("! device: ") && line.contains("EOS"))
}

fn signature(line: &str) -> Option<Platform> {
    const STARTS: [(&str, Platform); 32] = [
        ("#config-version=", Platform::FortiOs),
        ("config system global", Platform::FortiOs),
        ("config system interface", Platform::FortiOs),
        ("/interface", Platform::RouterOs),
        ("/ip address", Platform::RouterOs),
        ("/system identity", Platform::RouterOs),
        ("!Version ArubaOS-CX", Platform::AosCx),
        ("!export-password", Platform::AosCx),
        ("ASA Version ", Platform::Asa),
        ("PIX Version ", Platform::Asa),
        (": Hardware:   ASA", Platform::Asa),
        ("!Command: show running-config", Platform::NxOs),
        ("feature interface-vlan", Platform::NxOs),
        ("feature lacp", Platform::NxOs),
        ("feature vpc", Platform::NxOs),
        ("vrf context ", Platform::NxOs),
        ("boot nxos ", Platform::NxOs),
        ("vdc ", Platform::NxOs),
        ("## Last c", Platform::Junos),
        ("set version ", Platform::Junos),
        ("set system host-name ", Platform::Junos),
        ("set system root-authentication ", Platform::Junos),
        ("set interfaces ", Platform::Junos),
        ("system {", Platform::Junos),
        ("interfaces {", Platform::Junos),
        ("system name \"", Platform::Aos),
        (" sysname ", Platform::Comware),
        (" version 5.20", Platform::Comware),
        (" version 7.1", Platform::Comware),
        ("!Software Version V", Platform::Vrp),
        ("sysname ", Platform::Vrp),
        ("vlan batch ", Platform::Vrp),
    ];
    let found = STARTS.iter().find(|(start, _)| line.starts_with(start));
    let header = || {
        if line.starts_with('#') && line.contains("by RouterOS") {
            Some(Platform::RouterOs)
        } else if line.starts_with(';') && line.contains("Configuration Editor") {
            Some(Platform::ProCurve)
        } else if matches!(line, "! Chassis:" | "! Chassis :" | "! Configuration:") {
            Some(Platform::Aos)
        } else {
            None
        }
    };
    found.map(|(_, platform)| *platform).or_else(header)
}

/// IOS has no sign of its own: several lines together are one.
fn looks_like_ios(lines: &[Line<'_>]) -> bool {
    let release = |text: &str| {
        let number = text
            .strip_prefix("version ")
            .and_then(|rest| rest.split_once('.'));
        number.is_some_and(|(major, minor)| {
            let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            (10..=30).contains(&major.parse::<u32>().unwrap_or(0)) && digits(minor)
        })
    };
    let has = |test: &dyn Fn(&str) -> bool| lines.iter().any(|line| test(line.text));
    let starts = |starts: &'static [&'static str]| {
        has(&|text| starts.iter().any(|start| text.starts_with(start)))
    };
    let named = starts(&["hostname "]);
    let ways_in = starts(&[
        "line vty",
        "line con",
        "service timestamps",
        "boot-start-marker",
    ]);
    let ports = starts(&[
        "interface FastEthernet",
        "interface GigabitEthernet",
        "interface TenGigabitEthernet",
        "interface TwoGigabitEthernet",
        "interface Serial",
    ]);
    (has(&release) && (named || ways_in)) || (named && ways_in && ports)
}

/// Whether the device refused, or a pager or a missing right cut the text.
fn refused(lines: &[Line<'_>]) -> Result<(), UnreadReason> {
    const REFUSALS: [&str; 9] = [
        "% invalid input",
        "% authorization failed",
        "% permission denied",
        "permission denied",
        "command authorization failed",
        "not authorized",
        "unrecognized command",
        "unknown command",
        "bad command name",
    ];
    let told = lines.iter().map(|line| line.text.trim().to_lowercase());
    let told: Vec<String> = told.filter(|text| !text.is_empty()).collect();
    let refusal = |text: &String| REFUSALS.iter().any(|refusal| text.contains(refusal));
    if told.len() <= LONGEST_REFUSAL && told.iter().any(refusal) {
        return Err(UnreadReason::Denied);
    }
    // Junos puts it where a section would be (Access Privilege Administration Guide).
    if told.iter().any(|text| text.contains("access-denied")) {
        return Err(UnreadReason::Denied);
    }
    let pagers = [
        "--more--",
        "-- more --",
        "---- more ----",
        "<--- more --->",
        "---(more",
    ];
    if told
        .iter()
        .any(|text| pagers.iter().any(|pager| text.starts_with(pager)))
    {
        return Err(UnreadReason::ParseFailed);
    }
    Ok(())
}

/// `sw1#`, `<sw1>`, `user@fw>`: what stands behind a copied configuration.
fn is_prompt(text: &str) -> bool {
    let ended = text.ends_with(['#', '>', '$']) && text.len() > 1;
    ended && !text.contains(' ') && !text.starts_with(['#', '!'])
}

/// Whether every section that is opened is closed; `step` tells of one line.
fn is_balanced(lines: &[Line<'_>], step: impl Fn(&str) -> i32) -> bool {
    let mut depth = 0;
    for line in lines {
        depth += step(line.text.trim());
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

fn opens_fortios(line: &str) -> i32 {
    i32::from(line.starts_with("config ")) - i32::from(line == "end")
}

fn opens_junos(line: &str) -> i32 {
    if line.starts_with('#') || line.starts_with("/*") {
        return 0;
    }
    let line = line.split(" ##").next().unwrap_or_default().trim_end();
    i32::from(line.ends_with('{')) - i32::from(line.starts_with('}'))
}
