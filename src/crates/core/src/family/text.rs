//! Text from devices, made fit for facts; and the texts that families look at.
use super::view::View;
use crate::model::{Answer, EvidenceId, Question};
use arpenteur_wire::snmp::Value;
use arpenteur_wire::ssh::Identification;
use arpenteur_wire::text::printable;
use arpenteur_wire::{banner, http, telnet, x509};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Longest text taken from one object, characters.
const LONGEST_TEXT: usize = 4096;

/// A text of the evidence that families recognise and read by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum TextSource {
    /// SNMPv2-MIB sysDescr.0, line ends as `\n`.
    SysDescr,
    /// SNMPv2-MIB sysObjectID.0, dotted.
    SysObjectId,
    /// SNMPv2-MIB sysName.0.
    SysName,
    /// Software version and comments of the SSH identification string.
    SshSoftware,
    /// HTTP `Server` header, each server.
    HttpServer,
    /// HTML title of `GET /`, each server.
    HttpTitle,
    /// Subject of the leaf certificate, each endpoint (RFC 4514).
    TlsSubject,
    /// What a Telnet server shows before a login.
    Telnet,
    /// FTP greeting.
    Ftp,
    /// Greeting of any other line-based service.
    Banner,
    /// `ID` of `/etc/os-release`.
    OsReleaseId,
    /// `uname -srm`.
    Uname,
    /// Enabled LLDP capabilities of the device itself (IEEE 802.1AB): words such as `bridge router`.
    LldpCapabilities,
}

impl TextSource {
    /// Every source, with its key in family files.
    pub(super) const ALL: [(Self, &'static str); 13] = [
        (Self::SysDescr, "sys_descr"),
        (Self::SysObjectId, "sys_object_id"),
        (Self::SysName, "sys_name"),
        (Self::SshSoftware, "ssh_software"),
        (Self::HttpServer, "http_server"),
        (Self::HttpTitle, "http_title"),
        (Self::TlsSubject, "tls_subject"),
        (Self::Telnet, "telnet"),
        (Self::Ftp, "ftp"),
        (Self::Banner, "banner"),
        (Self::OsReleaseId, "os_release_id"),
        (Self::Uname, "uname"),
        (Self::LldpCapabilities, "lldp_capabilities"),
    ];
}

/// A text and the exchange that brought it.
pub(super) type Sourced = (String, EvidenceId);

/// The texts of one target, by source.
pub(super) struct Texts(BTreeMap<TextSource, Vec<Sourced>>);

impl Texts {
    /// Takes the texts out of the evidence.
    pub(super) fn of(view: &View<'_>) -> Self {
        let mut texts = Self(BTreeMap::new());
        texts.snmp(view);
        for (exchange, id) in view.exchanges() {
            texts.exchange(&exchange.question, &exchange.answer, id);
        }
        texts
    }

    /// No text at all.
    pub(super) fn none() -> Self {
        Self(BTreeMap::new())
    }

    /// The texts of a source, in the order of the evidence.
    pub(super) fn get(&self, source: TextSource) -> &[Sourced] {
        self.0.get(&source).map_or(&[], Vec::as_slice)
    }

    fn add(&mut self, source: TextSource, text: String, id: &EvidenceId) {
        if !text.is_empty() {
            self.0.entry(source).or_default().push((text, id.clone()));
        }
    }

    fn snmp(&mut self, view: &View<'_>) {
        let objects: [(TextSource, &[u32]); 3] = [
            (TextSource::SysDescr, &[1, 3, 6, 1, 2, 1, 1, 1, 0]),
            (TextSource::SysObjectId, &[1, 3, 6, 1, 2, 1, 1, 2, 0]),
            (TextSource::SysName, &[1, 3, 6, 1, 2, 1, 1, 5, 0]),
        ];
        for (source, oid) in objects {
            if let (Some(value), Some(id)) = (view.value(oid), view.source(oid)) {
                self.add(source, multiline(value), id);
            }
        }
        // lldpLocSysCapEnabled
        let oid = [1, 0, 8802, 1, 1, 2, 1, 3, 6, 0];
        if let (Some(Value::OctetString(bits)), Some(id)) = (view.value(&oid), view.source(&oid)) {
            self.add(TextSource::LldpCapabilities, capabilities(bits), id);
        }
    }

    fn exchange(&mut self, question: &Question, answer: &Answer, id: &EvidenceId) {
        match (question, answer) {
            (Question::SshKex { .. }, Answer::Bytes { hex }) => {
                if let Ok(Some(ident)) = Identification::parse(&unhex(hex)) {
                    let comments = ident.comments.map(|text| format!(" {text}"));
                    let text = ident.software + comments.as_deref().unwrap_or("");
                    self.add(TextSource::SshSoftware, text, id);
                }
            }
            (Question::Http { .. }, Answer::Http { headers, body, .. }) => {
                if let Some(server) = header(headers, "server") {
                    self.add(TextSource::HttpServer, server.to_owned(), id);
                }
                if let Some(title) = http::title(body.as_bytes()) {
                    self.add(TextSource::HttpTitle, title, id);
                }
            }
            (Question::Tls { .. }, Answer::Tls(tls)) => {
                let leaf = tls.chain.first().map(|hex| unhex(hex));
                if let Some(Ok(certificate)) = leaf.as_deref().map(x509::parse) {
                    self.add(TextSource::TlsSubject, certificate.subject, id);
                }
            }
            (Question::Telnet { .. }, Answer::Bytes { hex }) => {
                let text = telnet::parse(&unhex(hex)).text;
                self.add(TextSource::Telnet, text.trim().to_owned(), id);
            }
            (Question::Banner { port }, Answer::Bytes { hex }) => {
                let source = match port {
                    21 => TextSource::Ftp,
                    _ => TextSource::Banner,
                };
                self.add(source, banner::lines(&unhex(hex)).join("\n"), id);
            }
            (Question::SshExec { command, .. }, Answer::Exec { stdout, .. }) => {
                if command == "uname -srm" {
                    self.add(TextSource::Uname, line(stdout.as_bytes()), id);
                }
                if command == super::readers::OS_RELEASE
                    && let Some(name) = assignments(stdout).get("ID")
                {
                    self.add(TextSource::OsReleaseId, name.clone(), id);
                }
            }
            _ => {}
        }
    }
}

/// A header's value; names are in lower case.
pub(super) fn header<'h>(headers: &'h [(String, String)], wanted: &str) -> Option<&'h str> {
    headers
        .iter()
        .find(|(name, _)| name == wanted)
        .map(|(_, value)| value.as_str())
}

/// Bytes of an even number of hexadecimal digits; nothing where they are not.
pub(super) fn unhex(text: &str) -> Vec<u8> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pair = |&[high, low]: &[u8; 2]| u8::try_from(digit(high)? << 4 | digit(low)?).ok();
    let bytes: Option<Vec<u8>> = pairs.iter().map(pair).collect();
    bytes.filter(|_| rest.is_empty()).unwrap_or_default()
}

/// One line of printable text, white space joined, NULs and padding gone.
pub(super) fn line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(until_nul(bytes)).replace(['\n', '\r'], " ");
    let text = printable(text.as_bytes(), LONGEST_TEXT);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text of a C program's buffer: what follows its end is not the agent's to say.
fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// A value as text for patterns: line ends kept as `\n`, numbers in decimal, OIDs dotted.
pub(super) fn multiline(value: &Value) -> String {
    match value {
        Value::OctetString(bytes) | Value::Opaque(bytes) => {
            let lines = until_nul(bytes).split(|byte| *byte == b'\n');
            let lines = lines.map(|part| printable(part, LONGEST_TEXT).trim().to_owned());
            lines.collect::<Vec<_>>().join("\n").trim().to_owned()
        }
        other => plain(other),
    }
}

/// A value as one line of text; octets that are no text give nothing.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::OctetString(bytes) => line(bytes),
        Value::ObjectIdentifier(oid) => oid.to_string(),
        Value::IpAddress(octets) => std::net::Ipv4Addr::from(*octets).to_string(),
        other => number(other).map_or_else(String::new, |number| number.to_string()),
    }
}

/// A value as a number.
pub(super) fn number(value: &Value) -> Option<i128> {
    match value {
        Value::Integer(number) => Some(i128::from(*number)),
        Value::Counter32(number) | Value::Gauge32(number) | Value::TimeTicks(number) => {
            Some(i128::from(*number))
        }
        Value::Counter64(number) => Some(i128::from(*number)),
        _ => None,
    }
}

/// A number that fits the wanted type.
pub(super) fn integer<T: TryFrom<i128>>(value: &Value) -> Option<T> {
    T::try_from(number(value)?).ok()
}

/// A hardware address in colon hexadecimal; nothing for other lengths and for all zeros.
pub(super) fn mac(bytes: &[u8]) -> Option<String> {
    let real = bytes.len() == 6 && bytes.iter().any(|byte| *byte != 0);
    real.then(|| {
        let octets: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        octets.join(":")
    })
}

/// `NAME=value` lines of a shell fragment such as os-release(5), quotes removed.
pub(super) fn assignments(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| line.trim().split_once('='))
        .filter(|(name, _)| !name.starts_with('#'))
        .map(|(name, value)| {
            let value = value.trim();
            let bare = ['"', '\'']
                .iter()
                .find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote))
                .unwrap_or(value);
            (name.trim().to_owned(), line(bare.as_bytes()))
        })
        .collect()
}

/// LldpSystemCapabilitiesMap (LLDP-MIB): the highest bit of the first octet is `other`.
fn capabilities(bits: &[u8]) -> String {
    const NAMES: [&str; 8] = [
        "other",
        "repeater",
        "bridge",
        "wlan",
        "router",
        "telephone",
        "docsis",
        "station",
    ];
    let first = bits.first().copied().unwrap_or(0);
    let set = NAMES
        .iter()
        .enumerate()
        .filter(|(bit, _)| first & (0x80 >> bit) != 0);
    set.map(|(_, name)| *name).collect::<Vec<_>>().join(" ")
}
