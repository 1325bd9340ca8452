//! net-snmp's snmpd.conf(5): who may read the agent, and who may write.
use super::linux::{SNMPD_CONF, outcome};
use crate::family::draft::{Draft, Origin};
use crate::family::view::View;
use crate::model::{EvidenceId, SnmpCommunity, SnmpUser};
use std::collections::{BTreeMap, BTreeSet};

/// Most directives read.
const MOST_LINES: usize = 10_000;

/// What a configuration grants.
#[derive(Default)]
struct Grants {
    versions: BTreeSet<&'static str>,
    communities: Vec<SnmpCommunity>,
    users: BTreeMap<String, SnmpUser>,
    includes: bool,
}

/// Versions and communities that the configuration enables.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    let mut pen = draft.pen(Origin::Reader, "net-snmp/snmpd.conf");
    match outcome(view, SNMPD_CONF) {
        Some(Ok((text, id))) => {
            let grants = parse(&text);
            let evidence = [id];
            if grants.includes {
                pen.complain("it includes other files, which were not read");
            }
            pen.set(
                "snmp.versions",
                grants.versions.into_iter().collect::<Vec<_>>(),
                &evidence,
            );
            let communities = (!grants.communities.is_empty()).then_some(grants.communities);
            let communities = serde_json::to_value(communities).unwrap_or_default();
            pen.set("snmp.communities", communities, &evidence);
        }
        Some(Err((reason, id))) => {
            for at in ["snmp.versions", "snmp.communities", "snmp.v3_users"] {
                pen.unread(at, reason, std::slice::from_ref(&id));
            }
        }
        None => {}
    }
}

/// Users that the configuration names, with the level it asks of them.
pub(super) fn users(view: &View<'_>) -> Option<(Vec<SnmpUser>, EvidenceId)> {
    let (text, id) = outcome(view, SNMPD_CONF)?.ok()?;
    Some((parse(&text).users.into_values().collect(), id))
}

/// One `com2sec` line: security name, source, community.
type Mapping = (String, String, String);

fn parse(text: &str) -> Grants {
    let mut grants = Grants::default();
    let mut mappings: Vec<Mapping> = Vec::new();
    let mut groups: Vec<[String; 3]> = Vec::new();
    let mut accesses: Vec<Vec<String>> = Vec::new();
    for line in text.lines().take(MOST_LINES) {
        let words = words(line);
        let Some((directive, rest)) = words.split_first() else {
            continue;
        };
        let word = |place: usize| rest.get(place).cloned().unwrap_or_default();
        match directive.to_lowercase().as_str() {
            "rocommunity" | "rocommunity6" => grants.community(&word(0), "ro", &word(1)),
            "rwcommunity" | "rwcommunity6" => grants.community(&word(0), "rw", &word(1)),
            "rouser" | "rwuser" => grants.user(rest),
            "createuser" => grants.create(rest),
            "com2sec" | "com2sec6" => {
                let skip = if word(0) == "-Cn" { 2 } else { 0 };
                mappings.push((word(skip), word(skip + 1), word(skip + 2)));
            }
            "group" => groups.push([word(0), word(1), word(2)]),
            "access" => accesses.push(rest.to_vec()),
            "includefile" | "includedir" | "includealldir" => grants.includes = true,
            _ => {}
        }
    }
    grants.views(&mappings, &groups, &accesses);
    grants.number_masks();
    grants
}

/// Words of a line; quotes hold words together, `#` begins a comment.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() && !rest.starts_with('#') {
        let (word, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    words
}

impl Grants {
    fn community(&mut self, name: &str, access: &str, source: &str) {
        if name.is_empty() {
            return;
        }
        // One directive serves both versions (snmpd.conf(5), traditional access control).
        self.versions.extend(["v1", "v2c"]);
        self.add(name, access, source);
    }

    fn add(&mut self, name: &str, access: &str, source: &str) {
        let any = ["", "default", "0.0.0.0/0", "::/0"].contains(&source);
        let sources = if any {
            Vec::new()
        } else {
            vec![source.to_owned()]
        };
        self.communities.push(SnmpCommunity {
            name: name.to_owned(),
            access: access.to_owned(),
            sources,
        });
    }

    fn user(&mut self, rest: &[String]) {
        let model = rest.first().is_some_and(|word| word == "-s");
        let rest = rest.get(if model { 2 } else { 0 }..).unwrap_or_default();
        let Some(name) = rest.first() else { return };
        let level = rest.get(1).map(|word| word.to_lowercase());
        let level = match level.as_deref() {
            Some("noauth" | "noauthnopriv") => "noAuthNoPriv",
            Some("priv" | "authpriv") => "authPriv",
            // The default, says snmpd.conf(5), is auth.
            _ => "authNoPriv",
        };
        self.grant(name, level);
    }

    /// The least level granted to a user stands.
    fn grant(&mut self, name: &str, level: &str) {
        const LEVELS: [&str; 3] = ["noAuthNoPriv", "authNoPriv", "authPriv"];
        self.versions.insert("v3");
        let user = self.named(name);
        let rank = |level: &str| LEVELS.iter().position(|known| *known == level);
        let lower = user
            .security_level
            .as_deref()
            .is_none_or(|old| rank(level) < rank(old));
        if lower {
            user.security_level = Some(level.to_owned());
        }
    }

    fn create(&mut self, rest: &[String]) {
        let engine = rest.first().is_some_and(|word| word == "-e");
        let rest = rest.get(if engine { 2 } else { 0 }..).unwrap_or_default();
        let Some(name) = rest.first() else { return };
        let protocol = |place: usize, known: fn(&str) -> Option<&'static str>| {
            let word = rest
                .get(place)
                .map(|word| word.to_lowercase().replace('-', ""));
            match word {
                Some(word) => known(&word).map(str::to_owned),
                None => Some("none".to_owned()),
            }
        };
        let auth = protocol(1, |word| {
            const KNOWN: [&str; 6] = ["md5", "sha224", "sha256", "sha384", "sha512", "sha1"];
            if word == "sha" {
                Some("sha1")
            } else {
                KNOWN.into_iter().find(|known| *known == word)
            }
        });
        // Authentication takes a protocol and a password; privacy stands after both.
        let privacy = protocol(3, |word| match word {
            "des" => Some("des"),
            "aes" | "aes128" => Some("aes128"),
            "aes192" => Some("aes192"),
            "aes256" => Some("aes256"),
            _ => None,
        });
        let user = self.named(name);
        user.auth_protocol = auth;
        user.priv_protocol = privacy;
    }

    fn named(&mut self, name: &str) -> &mut SnmpUser {
        self.users
            .entry(name.to_owned())
            .or_insert_with(|| SnmpUser {
                name: name.to_owned(),
                ..SnmpUser::default()
            })
    }

    /// com2sec, group and access (View-based Access Control, RFC 3415): a community counts
    /// when its security name is in a group that an `access` line lets in.
    fn views(&mut self, mappings: &[Mapping], groups: &[[String; 3]], accesses: &[Vec<String>]) {
        for access in accesses {
            // access GROUP CONTEXT MODEL LEVEL PREFIX READ WRITE NOTIFY
            let [group, _, model, level, _, read, write, ..] = access.as_slice() else {
                continue;
            };
            let mode = match (read.as_str(), write.as_str()) {
                ("none", "none") => continue,
                (_, "none") => "ro",
                _ => "rw",
            };
            let members = groups
                .iter()
                .filter(|[name, member, _]| name == group && (model == "any" || model == member));
            for [_, member, security] in members {
                match member.as_str() {
                    "v1" => self.versions.insert("v1"),
                    "v2c" => self.versions.insert("v2c"),
                    _ => {
                        self.grant(security, level_word(level));
                        continue;
                    }
                };
                for (name, source, community) in mappings {
                    if name == security && !self.knows(community, mode, source) {
                        self.add(community, mode, source);
                    }
                }
            }
        }
    }

    fn knows(&self, community: &str, access: &str, source: &str) -> bool {
        self.communities.iter().any(|known| {
            let any = known.sources.is_empty() && source == "default";
            known.name == community
                && known.access == access
                && (any || known.sources.iter().any(|old| old == source))
        })
    }

    /// Names are keys: a mask that hides several values is numbered.
    fn number_masks(&mut self) {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for community in &mut self.communities {
            let count = seen.entry(community.name.clone()).or_default();
            *count += 1;
            if *count > 1 {
                community.name = format!("{}#{count}", community.name);
            }
        }
    }
}

fn level_word(level: &str) -> &'static str {
    match level {
        "noauth" => "noAuthNoPriv",
        "priv" => "authPriv",
        _ => "authNoPriv",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_grant_what_the_manual_says() {
        let text = "# rwcommunity commented\nrocommunity <hash:community> 10.0.0.0/8\n\
            rocommunity \"<hash:community>\" default\nrwcommunity private\n\
            rouser x noauth\nrouser y\nrwuser -s usm z priv\ncreateUser y SHA-256 <hash:password> AES <hash:password>\n";
        let grants = parse(text);
        let names: Vec<_> = grants
            .communities
            .iter()
            .map(|c| (c.name.as_str(), c.access.as_str()))
            .collect();
        assert_eq!(
            names,
            [
                ("<hash:community>", "ro"),
                ("<hash:community>#2", "ro"),
                ("private", "rw")
            ]
        );
        assert_eq!(grants.communities[0].sources, ["10.0.0.0/8"]);
        assert!(grants.communities[1].sources.is_empty());
        let levels: Vec<_> = grants
            .users
            .values()
            .map(|user| user.security_level.as_deref().unwrap())
            .collect();
        assert_eq!(levels, ["noAuthNoPriv", "authNoPriv", "authPriv"]);
        assert_eq!(grants.users["y"].auth_protocol.as_deref(), Some("sha256"));
        assert_eq!(grants.users["y"].priv_protocol.as_deref(), Some("aes128"));
        assert_eq!(
            grants.versions.into_iter().collect::<Vec<_>>(),
            ["v1", "v2c", "v3"]
        );
    }

    #[test]
    fn a_v1_group_enables_v1_alone() {
        let text = "com2sec ro default public\ngroup old v1 ro\naccess old \"\" any noauth exact all none none\n\
            com2sec lost default secret\ngroup gone v2c lost\n";
        let grants = parse(text);
        assert_eq!(grants.versions.into_iter().collect::<Vec<_>>(), ["v1"]);
        assert_eq!(
            grants.communities.len(),
            1,
            "a group without access grants nothing"
        );
        assert_eq!(grants.communities[0].access, "ro");
    }
}
