//! Secrets leave evidence before anything else sees it, live as in replay.
//!
//! A credential that we were given becomes `<secret:NAME>`; a secret found in evidence
//! becomes `<hash:TYPE>` (`<hash:community>`, `<hash:password>`, of an account `<hash:sha512>`, ...). Well-known
//! defaults stay literal: that they are in use is the finding.
mod rules;
mod shadow;

use super::Answer;
use arpenteur_wire::snmp::Value;
use regex::Captures;
use rules::{ANYWHERE, CONFIGURATION, Rule};

/// Communities that every attacker tries first; they are no secret.
pub const WELL_KNOWN_COMMUNITIES: [&str; 10] = [
    "public",
    "private",
    "community",
    "manager",
    "admin",
    "snmp",
    "snmpd",
    "cisco",
    "monitor",
    "write",
];

/// Shortest credential that is searched for in evidence: shorter ones would blank ordinary words.
const SHORTEST_SECRET: usize = 4;

/// Takes secrets out of answers.
#[derive(Default)]
pub struct Redactor {
    /// (name, value) of the credentials that we hold, longest value first.
    secrets: Vec<(String, String)>,
}

impl Redactor {
    /// A redactor that also knows the values of our own credentials.
    pub fn new(secrets: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut secrets: Vec<_> = secrets
            .into_iter()
            .filter(|(_, value)| {
                value.len() >= SHORTEST_SECRET && !WELL_KNOWN_COMMUNITIES.contains(&value.as_str())
            })
            .collect();
        secrets.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| a.cmp(b)));
        Self { secrets }
    }

    /// The text without secrets.
    pub fn text(&self, text: &str) -> String {
        masked(self.named(text), &ANYWHERE)
    }

    /// A command's output without secrets: it may be a configuration.
    fn output(&self, text: &str) -> String {
        let clean = fortios_communities(shadow::hashes(self.named(text)));
        masked(masked(clean, &CONFIGURATION), &ANYWHERE)
    }

    /// The text with the names of our own credentials in place of their values.
    fn named(&self, text: &str) -> String {
        let mut clean = text.to_owned();
        for (name, value) in &self.secrets {
            if clean.contains(value.as_str()) {
                clean = clean.replace(value.as_str(), &format!("<secret:{name}>"));
            }
        }
        clean
    }

    /// The answer without secrets.
    #[must_use]
    pub fn answer(&self, answer: Answer) -> Answer {
        match answer {
            Answer::Exec {
                status,
                stdout,
                stderr,
                truncated,
            } => Answer::Exec {
                status,
                stdout: self.output(&stdout),
                stderr: self.output(&stderr),
                truncated,
            },
            Answer::Http {
                status,
                headers,
                body,
            } => Answer::Http {
                status,
                headers: headers
                    .into_iter()
                    .map(|(name, value)| (name, self.text(&value)))
                    .collect(),
                body: self.text(&body),
            },
            Answer::Snmp { mut varbinds, end } => {
                for varbind in &mut varbinds {
                    if let Value::OctetString(bytes) = &varbind.value
                        && let Ok(text) = std::str::from_utf8(bytes)
                        && self
                            .secrets
                            .iter()
                            .any(|(_, value)| text.contains(value.as_str()))
                    {
                        varbind.value = Value::OctetString(self.text(text).into_bytes());
                    }
                }
                Answer::Snmp { varbinds, end }
            }
            Answer::Failed { failure, detail } => Answer::Failed {
                failure,
                detail: self.text(&detail),
            },
            Answer::Bytes { .. }
            | Answer::Hardware { .. }
            | Answer::Present
            | Answer::Closed
            | Answer::Engine { .. }
            | Answer::HostKeys { .. }
            | Answer::Tls(_) => answer,
        }
    }
}

fn masked(mut text: String, rules: &[Rule]) -> String {
    for rule in rules {
        if rule.pattern.is_match(&text) {
            text = rule
                .pattern
                .replace_all(&text, |found: &Captures<'_>| mask(found, rule.kind))
                .into_owned();
        }
    }
    text
}

/// FortiOS calls a community `name`: only its block tells what it is.
fn fortios_communities(text: String) -> String {
    const BLOCK: &str = "config system snmp community";
    if !text.contains(BLOCK) {
        return text;
    }
    let mut depth = 0_usize;
    let mut clean = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let words = line.trim();
        if depth > 0 && words.starts_with("config ") || words == BLOCK {
            depth += 1;
        } else if words == "end" {
            depth = depth.saturating_sub(1);
        }
        let name = words.strip_prefix("set name ").unwrap_or_default();
        let value = name.trim_matches('"');
        let masked = value.starts_with("<secret:") || value.starts_with("<hash:");
        if depth > 0 && !name.is_empty() && !masked && !WELL_KNOWN_COMMUNITIES.contains(&value) {
            clean.push_str(&line.replace(name, "<hash:community>"));
        } else {
            clean.push_str(line);
        }
    }
    clean
}

/// The whole match with its group `s` masked, unless it is masked already or well known.
fn mask(found: &Captures<'_>, kind: &str) -> String {
    let whole = found.get(0).map_or("", |all| all.as_str());
    let (Some(all), Some(secret)) = (found.get(0), found.name("s")) else {
        return whole.to_owned();
    };
    let value = secret.as_str().trim_matches(['"', '\'']);
    let known = kind == "community" && WELL_KNOWN_COMMUNITIES.contains(&value);
    // No password at all is a finding, not a secret.
    let empty = secret.as_str() != value && value.is_empty();
    let tag = sudo_tag(whole, value);
    let scheme = scheme(value);
    let hidden = value.get(scheme.len()..).unwrap_or_default();
    if known || empty || tag || hidden.starts_with("<secret:") || hidden.starts_with("<hash:") {
        return whole.to_owned();
    }
    let start = secret.start() - all.start();
    let end = secret.end() - all.start();
    let (before, after) = (
        whole.get(..start).unwrap_or(""),
        whole.get(end..).unwrap_or(""),
    );
    format!("{before}{scheme}<hash:{kind}>{after}")
}

/// What a kept password begins with to say how it is kept (crypt(5) and the makers' own marks):
/// that is no secret, and a weak way is a finding.
fn scheme(value: &str) -> &str {
    const SCHEMES: [&str; 19] = [
        "$1$", "$5$", "$6$", "$8$", "$9$", "$2a$", "$2b$", "$2y$", "$7$", "$y$", "$gy$", "$sha1$",
        "$sha512$", "$1a$", "$1c$", "$h$", "SH2", "PB2", "AK1",
    ];
    /// Shorter than any hash: what begins alike and is so short is a password in clear.
    const SHORTEST_HASH: usize = 20;
    let found = SCHEMES.iter().find(|scheme| value.starts_with(**scheme));
    let masked = |rest: &str| rest.starts_with("<hash:") || rest.starts_with("<secret:");
    let kept = found.filter(|scheme| {
        let rest = value.get(scheme.len()..).unwrap_or_default();
        masked(rest) || rest.len() >= SHORTEST_HASH
    });
    kept.and_then(|scheme| value.get(..scheme.len()))
        .unwrap_or_default()
}

/// `NOPASSWD: ALL` of sudoers(5) is a tag and the commands that it is for.
fn sudo_tag(whole: &str, value: &str) -> bool {
    let commands = value.starts_with(['/', '!']) || value.trim_end_matches(',') == "ALL";
    whole.contains("NOPASSWD:") || whole.contains("PASSWD:") && commands
}

#[cfg(test)]
mod tests;
