//! Secrets leave evidence before anything else sees it, live as in replay.
//!
//! A credential that we were given becomes `<secret:NAME>`; a secret found in evidence
//! becomes `<hash:TYPE>` (`<hash:community>`, `<hash:password>`, ...). Well-known
//! defaults stay literal: that they are in use is the finding.
use super::Answer;
use arpenteur_wire::snmp::Value;
use regex::{Captures, Regex};
use std::sync::LazyLock;

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

/// One rule: the group `s` of the pattern is the secret.
struct Rule {
    pattern: Regex,
    kind: &'static str,
}

/// Patterns of secrets in configurations and command outputs, from the vendors' own
/// command references (net-snmp snmpd.conf(5), Cisco IOS, ArubaOS-Switch, Junos,
/// FortiOS, shadow(5), PEM).
static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let rule = |kind, pattern| {
        Regex::new(pattern)
            .ok()
            .map(|pattern| Rule { pattern, kind })
    };
    [
        rule("private-key", r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----(?P<s>.*?)-----END"),
        rule("password", r"(?m)(?P<s>\$(?:1|2[aby]|5|6|7|8|9|y|gy|sha1)\$[./A-Za-z0-9$=,]{8,})"),
        rule("community", r#"(?m)^\s*r[ow]community6?\s+(?P<s>"[^"\n]+"|\S+)"#),
        rule("community", r#"(?m)^\s*com2sec6?\s+(?:-Cn\s+\S+\s+)?\S+\s+\S+\s+(?P<s>\S+)"#),
        rule("community", r#"(?m)^\s*(?:trap2?sink|informsink)\s+\S+\s+(?P<s>\S+)"#),
        rule("community", r#"(?m)^\s*trapcommunity\s+(?P<s>\S+)"#),
        rule("community", r#"(?mi)^\s*snmp-server community\s+(?P<s>"[^"\n]+"|\S+)"#),
        rule("community", r#"(?mi)^\s*snmp-agent community (?:read|write)\s+(?:cipher\s+|simple\s+)?(?P<s>\S+)"#),
        rule("password", r#"(?m)^\s*createUser\s+(?:-e\s+\S+\s+)?\S+\s+\S+\s+(?P<s>"[^"\n]+"|\S+)"#),
        rule("password", r#"(?m)^\s*createUser\s+(?:-e\s+\S+\s+)?\S+\s+\S+\s+(?:"[^"\n]+"|\S+)\s+\S+\s+(?P<s>"[^"\n]+"|\S+)"#),
        rule("password", r#"(?m)^\s*usmUser\s+(?P<s>.+)$"#),
        rule("password", r#"(?mi)^\s*(?:set\s+)?(?:enable\s+)?(?:secret|passw(?:or)?d|passphrase|psk|pre-shared-key)\s+(?:[0-9]\s+|ENC\s+|cipher\s+|encrypted\s+|hash\s+\S+\s+)?(?P<s>"[^"\n]+"|[^\s"]\S*)"#),
        rule("password", r#"(?mi)^\s*username\s+\S+\s.*?(?:secret|password)\s+(?:[0-9]\s+)?(?P<s>"[^"\n]+"|\S+)"#),
    ]
    .into_iter()
    .flatten()
    .collect()
});

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
        let mut clean = text.to_owned();
        for (name, value) in &self.secrets {
            if clean.contains(value.as_str()) {
                clean = clean.replace(value.as_str(), &format!("<secret:{name}>"));
            }
        }
        for rule in RULES.iter() {
            if rule.pattern.is_match(&clean) {
                clean = rule
                    .pattern
                    .replace_all(&clean, |found: &Captures<'_>| mask(found, rule.kind))
                    .into_owned();
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
                stdout: self.text(&stdout),
                stderr: self.text(&stderr),
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

/// The whole match with its group `s` masked, unless it is masked already or well known.
fn mask(found: &Captures<'_>, kind: &str) -> String {
    let whole = found.get(0).map_or("", |all| all.as_str());
    let (Some(all), Some(secret)) = (found.get(0), found.name("s")) else {
        return whole.to_owned();
    };
    let value = secret.as_str().trim_matches('"');
    let known = kind == "community" && WELL_KNOWN_COMMUNITIES.contains(&value);
    if known || value.starts_with("<secret:") || value.starts_with("<hash:") {
        return whole.to_owned();
    }
    let start = secret.start() - all.start();
    let end = secret.end() - all.start();
    let (before, after) = (
        whole.get(..start).unwrap_or(""),
        whole.get(end..).unwrap_or(""),
    );
    format!("{before}<hash:{kind}>{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(text: &str) -> String {
        Redactor::new([("snmp-ro".to_owned(), "s3cret-ro".to_owned())]).text(text)
    }

    #[test]
    fn our_own_credential_is_named() {
        assert_eq!(
            clean("rocommunity s3cret-ro 10.0.0.0/8"),
            "rocommunity <secret:snmp-ro> 10.0.0.0/8"
        );
    }

    #[test]
    fn a_well_known_community_stays() {
        assert_eq!(
            clean("rocommunity public\nrwcommunity private"),
            "rocommunity public\nrwcommunity private"
        );
    }

    #[test]
    fn found_secrets_are_masked() {
        let cases = [
            ("rwcommunity hunter22", "rwcommunity <hash:community>"),
            (
                "createUser bob SHA \"authpass1\" AES \"privpass1\"",
                "createUser bob SHA <hash:password> AES <hash:password>",
            ),
            (
                "createUser bob MD5 authpass1",
                "createUser bob MD5 <hash:password>",
            ),
            (
                "root:$6$salt$abcdefghijkl.:19000:0",
                "root:<hash:password>:19000:0",
            ),
            (
                "enable secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX7m0",
                "enable secret 5 <hash:password>",
            ),
            (
                "snmp-server community topsecret RO 10",
                "snmp-server community <hash:community> RO 10",
            ),
            (
                "username joe privilege 15 password 7 0822455D0A16",
                "username joe privilege 15 password 7 <hash:password>",
            ),
        ];
        for (before, after) in cases {
            assert_eq!(clean(before), after);
        }
    }

    #[test]
    fn sshd_options_are_not_taken_for_passwords() {
        let text = "permitrootlogin no\npasswordauthentication no\npermitemptypasswords no";
        assert_eq!(clean(text), text);
    }

    #[test]
    fn redaction_twice_changes_nothing_more() {
        let once =
            clean("rwcommunity hunter22\ncreateUser bob SHA \"authpass1\" AES \"privpass1\"");
        assert_eq!(clean(&once), once);
    }
}
