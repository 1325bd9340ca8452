//! Patterns of secrets in configurations and command outputs, from the vendors' own command
//! references (net-snmp snmpd.conf(5), shadow(5), PEM; Cisco IOS, NX-OS and ASA, ArubaOS,
//! Comware, Junos, FortiOS, RouterOS, Huawei VRP, Alcatel AOS).
use regex::Regex;
use std::sync::LazyLock;

/// One rule: the group `s` of the pattern is the secret.
pub(super) struct Rule {
    pub(super) pattern: Regex,
    pub(super) kind: &'static str,
}

fn rule(kind: &'static str, pattern: &str) -> Option<Rule> {
    // `{v}`: the secret. `{t}`: what may say how it is written (`7`, `ENC`, `sha512`).
    let pattern = pattern.replace("{v}", VALUE).replace("{t}", MARKS);
    let pattern = Regex::new(&pattern).ok()?;
    Some(Rule { pattern, kind })
}

const VALUE: &str = r#"(?P<s>"[^"\n]*"|'[^'\n]*'|[^\s"']\S*)"#;

const MARKS: &str = concat!(
    r"(?:(?:[0-9]{1,3}|ENC|level[ \t]+[0-9]+|cipher|ciphertext|irreversible-cipher|simple|plain|plaintext|plain-text",
    r"|clear|cleartext|clear-text|encrypted|unencrypted|hash|hashed|md5|hmac-md5|sha[0-9-]*|hmac-sha[0-9-]*|pbkdf2",
    r"|scrypt|bcrypt|ascii|ascii-text|hex|hexadecimal|text|local|remote|wep|auth-pass|priv-pass|localized|localizedkey",
    r"|key-string|set-key|is|manager|operator|user-name[ \t]+\S+)[ \t]+)*",
);

/// Of any text.
pub(super) static ANYWHERE: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    [
        // A key that was cut has no end.
        rule("private-key", r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----(?P<s>.*?)(?:-----END|\z)"),
        rule("password", r"(?m)(?P<s>\$(?:[0-9]{1,2}|1a|1c|2[aby]|y|gy|sha1|sha512|pbkdf2\S*)\$[-./A-Za-z0-9$=,+]{4,})"),
        rule("community", r#"(?m)^\s*r[ow]community6?\s+(?P<s>"[^"\n]+"|\S+)"#),
        rule("community", r#"(?m)^\s*com2sec6?\s+(?:-Cn\s+\S+\s+)?\S+\s+\S+\s+(?P<s>\S+)"#),
        rule("community", r#"(?m)^\s*(?:trap2?sink|informsink)\s+\S+\s+(?P<s>\S+)"#),
        rule("community", r#"(?m)^\s*trapcommunity\s+(?P<s>\S+)"#),
        rule("community", r#"(?mi)^\s*snmp-server community\s+(?:[0-9]\s+)?(?P<s>"[^"\n]+"|\S+)"#),
        rule("community", r#"(?mi)^\s*snmp-agent community (?:read|write)\s+(?:cipher\s+|simple\s+)?(?P<s>\S+)"#),
        rule("password", r#"(?m)^\s*createUser\s+(?:-e\s+\S+\s+)?\S+\s+\S+\s+(?P<s>"[^"\n]+"|\S+)"#),
        rule("password", r#"(?m)^\s*createUser\s+(?:-e\s+\S+\s+)?\S+\s+\S+\s+(?:"[^"\n]+"|\S+)\s+\S+\s+(?P<s>"[^"\n]+"|\S+)"#),
        rule("password", r#"(?m)^\s*usmUser\s+(?P<s>.+)$"#),
        rule("password", r#"(?mi)^\s*(?:set\s+)?(?:enable\s+)?(?:secret|passw(?:or)?d|passphrase|psk|pre-shared-key)[ \t]+{t}{v}"#),
        rule("password", r#"(?mi)^\s*username\s+\S+\s.*?(?:secret|password)[ \t]+{t}{v}"#),
    ]
    .into_iter()
    .flatten()
    .collect()
});

/// Of commands' outputs alone: in them a word such as `password` is a keyword, in a page's title
/// it may be a product's name.
pub(super) static CONFIGURATION: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    [
        // Huawei and Comware, which enclose what they encrypt.
        rule("password", r"(?P<s>%\^%#.*?%\^%#|%\$%\$.*?%\$%\$|%@%@.*?%@%@|@%@%.*?@%@%|%#%#.*?%#%#|%\+%##.*?%\+%#)"),
        rule("password", r#"(?P<s>\$[ch]\$[0-9]\$[^\s"]+)"#),
        // FortiOS.
        rule("password", r"\bENC[ \t]+(?P<s>[A-Za-z0-9+/=]{4,})"),
        // Junos says so itself.
        rule("password", r#"(?m)(?P<s>"[^"\n]*"|[^\s"]+);[ \t]*##[ \t]*SECRET-DATA"#),
        // SNMP communities.
        rule("community", r#"(?mi)\bsnmp[a-z0-9-]*\b[^\n]*?\bcommunity(?:[ \t-]map)?[ \t]+(?:(?:read|write|ro|rw|readonly|readwrite|read-only|read-write|cipher|simple|plain|encrypted|hash|name|string|add|[0-9])[ \t]+)*{v}"#),
        rule("community", r#"(?mi)^\s*community[ \t]+(?P<s>"[^"\n]+"|[^\s{"]+)[ \t]*\{"#),
        rule("community", r#"(?mi)\bcommunity(?:[ -](?:name|index|string))?[ \t]*[:=][ \t]*{v}"#),
        rule("community", r#"(?mi)^\s*snmp-server host[ \t]+\S+(?:[ \t]+(?:traps?|informs?|vrf[ \t]+\S+|use-vrf[ \t]+\S+|version[ \t]+\S+|auth|noauth|priv|udp-port[ \t]+\S+|trap-level[ \t]+\S+|community))*[ \t]+{v}"#),
        rule("community", r#"(?mi)\bsecurityname[ \t]+(?:cipher[ \t]+|simple[ \t]+)?{v}"#),
        // SNMPv3 users, on one line.
        rule("password", r#"(?mi)\bauth[ \t]+(?:md5|sha[0-9-]*)[ \t]+{t}{v}"#),
        rule("password", r#"(?mi)\bpriv[ \t]+(?:(?:3?des[0-9]*|aes[0-9-]*)[ \t]+)(?:(?:128|192|256)[ \t]+)?{t}{v}"#),
        rule("password", r#"(?mi)\bpriv[ \t]+(?P<s>0x[0-9a-f]+|"[^"\n]+")"#),
        rule("password", r#"(?mi)\b(?:authentication|privacy)-mode[ \t]+(?:md5|hmac-md5|sha\S*|hmac-sha\S*|simple|aes\S*|3?des\S*)[ \t]+(?:[0-9]+[ \t]+)?{t}{v}"#),
        // Keys: the word alone names too much that is public.
        rule("password", r#"(?mi)\b(?:radius|tacacs|hwtacacs|aaa|isakmp|failover|server-private|pre-shared-key)\b[^\n]*?[ \t]key[ \t]+{t}{v}"#),
        rule("password", r#"(?mi)^\s*key[ \t]+(?:[0-9]{1,2}|ENC|cipher|simple|encrypted|hexadecimal|ascii|(?:authentication|accounting|authorization)(?:[ \t]+(?:cipher|simple))?)[ \t]+{v}"#),
        rule("password", r#"(?mi)^\s*(?:set[ \t]+)?key[ \t]+(?P<s>"[^"\n]+"|[^\s{]*[^\s{0-9][^\s{]*)[ \t;]*$"#),
        rule("password", r#"(?mi)\bmessage-digest-key[ \t]+[0-9]+[ \t]+md5[ \t]+{t}{v}"#),
        rule("password", r#"(?mi)^\s*(?:standby|vrrp|glbp|isis|ip[ \t]+rip|area)\b[^\n]*?\bauthentication[ \t]+{t}{v}"#),
        // Keywords that any maker may begin with a word of its own, as an option, a line of a
        // table, JSON. What is masked already begins with `<`.
        rule("password", r#"(?mi)(?:^|[^\w<-])(?:[\w-]*(?:password|passwd|passwort|passphrase|secret|psk|shared-key|share-key|auth-key|authentication-key|encryption-key|encrypted-key|privacy-key|priv-key|hash-key|md5-key|wep-key|wpa-key|set-key|api-key|server-key|auth-pass|priv-pass)|key-string|ascii-text|shared[ ]secret)[0-9]?(?:"?[ \t]*[:=][ \t]*|[ \t]+){t}{v}"#),
        rule("password", r#"(?i)<[\w-]*(?:password|passwd|secret|passphrase|psk|phash|auth-key|community)[^<>]*>(?P<s>[^<\n]+)"#),
    ]
    .into_iter()
    .flatten()
    .collect()
});

#[cfg(test)]
mod tests {
    #[test]
    fn every_pattern_compiles() {
        let written = include_str!("rules.rs")
            .lines()
            .filter(|line| line.trim_start().starts_with("rule(\""))
            .count();
        assert_eq!(super::ANYWHERE.len() + super::CONFIGURATION.len(), written);
    }
}
