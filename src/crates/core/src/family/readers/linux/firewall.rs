//! Packet filter: nft(8) and iptables-save(8), which between them show what ufw and firewalld set.
use super::Subject;
use super::answers::{found, privileged};
use crate::family::draft::Pen;
use crate::family::view::View;
use crate::model::UnreadReason;
use std::collections::{BTreeMap, BTreeSet};

const NFT: &str = "nft list ruleset";
const IPTABLES: &str = "iptables-save";
/// sudo refuses a program by list before it looks whether it is there; anyone may look.
const TOOLS: &str = "ls /usr/sbin/nft /sbin/nft /usr/sbin/iptables-save /sbin/iptables-save";

pub(super) const SUBJECT: Subject = Subject {
    when: |_| true,
    plain: &[TOOLS],
    guarded: &[NFT, IPTABLES],
    fuller: &[],
    read,
};

/// A chain: its rules, and whether packets to the host enter by it and are dropped by default.
#[derive(Default)]
struct Chain {
    entry: bool,
    drops: bool,
    next: BTreeSet<String>,
}

/// Chains by table and name.
type Chains = BTreeMap<(String, String), Chain>;

/// How one tool's output is read.
type Parser = fn(&str) -> Chains;

/// True where either tool shows that something is dropped on its way to the host; false where
/// root saw both, or that one or both do not exist.
fn read(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "security.firewall";
    let ways: [(&str, Parser); 2] = [(NFT, nft), (IPTABLES, iptables)];
    let tools = found(view, TOOLS).and_then(Result::ok);
    // Where the other one is in its place, this one would be too.
    let missing = |command: &str| {
        let program = command.split(' ').next().unwrap_or_default();
        let (text, id) = tools.as_ref()?;
        let none = !text.trim().is_empty() && !text.contains(&format!("/{program}\n"));
        none.then(|| id.clone())
    };
    let mut evidence = Vec::new();
    let mut open = None;
    for (command, parse) in ways {
        match privileged(view, command) {
            Some(Ok((text, id))) if filters(&parse(&text)) => return pen.set(at, true, &[id]),
            Some(Ok((_, id)) | Err((UnreadReason::Unsupported, id))) => evidence.push(id),
            _ if let Some(id) = missing(command) => evidence.push(id),
            Some(Err((reason, id))) => open = open.or(Some((reason, vec![id]))),
            None => open = open.or(Some((UnreadReason::NotCollected, Vec::new()))),
        }
    }
    match open {
        None => pen.set(at, false, &evidence),
        Some((UnreadReason::NotCollected, _)) if evidence.is_empty() => {}
        Some((reason, ids)) => pen.unread(at, reason, &ids),
    }
}

/// Whether a chain that packets to the host pass drops by default or by a rule for all.
fn filters(chains: &Chains) -> bool {
    let entries = chains.iter().filter(|(_, chain)| chain.entry);
    let mut open: Vec<_> = entries.map(|(place, _)| place.clone()).collect();
    let mut seen = BTreeSet::new();
    while let Some(place) = open.pop() {
        let Some(chain) = chains.get(&place).filter(|_| seen.insert(place.clone())) else {
            continue;
        };
        if chain.drops {
            return true;
        }
        open.extend(
            chain
                .next
                .iter()
                .map(|name| (place.0.clone(), name.clone())),
        );
    }
    false
}

/// Whether a rule keeps others out: one against some addresses (fail2ban) or against what no
/// connection is (`invalid`) leaves every port open to the rest.
fn narrow(rule: &str) -> bool {
    const MARKS: [&str; 7] = [
        "saddr",
        " -s ",
        "--match-set",
        "-m recent",
        "ct state invalid",
        "invalid :",
        "INVALID",
    ];
    // Against all but some addresses is against the rest.
    let rule = rule.replace("saddr !=", "").replace("! -s ", "");
    MARKS.iter().any(|mark| rule.contains(mark))
}

/// nft's own form: `table inet filter { chain input { type filter hook input …; policy drop; } }`.
fn nft(text: &str) -> Chains {
    let mut chains = Chains::new();
    let mut table = String::new();
    let mut current: Option<(String, String)> = None;
    for row in text.lines() {
        let words: Vec<&str> = row.split_whitespace().collect();
        match words.as_slice() {
            ["table", name @ .., "{"] => {
                table = name.join(" ");
                current = None;
            }
            ["chain", name, "{"] => {
                let place = (table.clone(), (*name).to_owned());
                chains.entry(place.clone()).or_default();
                current = Some(place);
            }
            ["set" | "map" | "flowtable", ..] => current = None,
            words => {
                if let Some(chain) = current.as_ref().and_then(|place| chains.get_mut(place)) {
                    nft_rule(chain, row, words);
                }
            }
        }
    }
    chains
}

fn nft_rule(chain: &mut Chain, row: &str, words: &[&str]) {
    if words.first() == Some(&"type") {
        chain.entry |= row.contains("type filter hook input ");
        chain.drops |= row.contains("policy drop;");
        return;
    }
    // A comment may hold any word.
    let rule = row.split(" comment \"").next().unwrap_or_default();
    let bare = |word: &&str| word.trim_matches([',', ';', '}', '{']).to_owned();
    let words: Vec<String> = rule
        .split_whitespace()
        .collect::<Vec<_>>()
        .iter()
        .map(bare)
        .collect();
    let verdict = words.iter().any(|word| word == "drop" || word == "reject");
    chain.drops |= verdict && !narrow(rule);
    for pair in words.windows(2) {
        if let [verb, name] = pair
            && (verb == "jump" || verb == "goto")
        {
            chain.next.insert(name.clone());
        }
    }
}

/// iptables-save(8): `*filter`, `:INPUT DROP [0:0]`, `-A INPUT -j ufw-before-input`.
fn iptables(text: &str) -> Chains {
    let mut chains = Chains::new();
    let mut filter = false;
    for row in text.lines() {
        let words: Vec<&str> = row.split_whitespace().collect();
        match words.as_slice() {
            [table] if table.starts_with('*') => filter = *table == "*filter",
            _ if !filter => {}
            [name, policy, ..] if name.starts_with(':') => {
                let name = name.trim_start_matches(':');
                let chain = chains.entry((String::new(), name.to_owned())).or_default();
                chain.entry = name == "INPUT";
                chain.drops |= *policy == "DROP";
            }
            ["-A", name, rule @ ..] => {
                let chain = chains
                    .entry((String::new(), (*name).to_owned()))
                    .or_default();
                iptables_rule(chain, row, rule);
            }
            _ => {}
        }
    }
    chains
}

fn iptables_rule(chain: &mut Chain, row: &str, rule: &[&str]) {
    for pair in rule.windows(2) {
        match pair {
            ["-j", "DROP" | "REJECT"] => chain.drops |= !narrow(row),
            ["-j" | "-g", name] => {
                chain.next.insert((*name).to_owned());
            }
            _ => {}
        }
    }
}
