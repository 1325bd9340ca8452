//! Accounts: passwd(5), group(5), and of shadow(5) what the redactor leaves.
use super::answers::outcome;
use super::sudo::{self, Rules};
use super::{Subject, answers::Outcome};
use crate::family::draft::{Pen, path};
use crate::family::readers::table::MOST_ROWS;
use crate::family::text::line;
use crate::family::view::View;
use crate::model::{Account, EvidenceId, UnreadReason};
use std::collections::{BTreeMap, BTreeSet};

/// passwd(5).
pub(super) const PASSWD: &str = "cat /etc/passwd";
const GROUP: &str = "cat /etc/group";
const SHADOW: &str = "cat /etc/shadow";

pub(super) const SUBJECT: Subject = Subject {
    when: |_| true,
    plain: &[PASSWD, GROUP],
    guarded: &[SHADOW],
    fuller: &[],
    read,
};

/// Groups whose members become root by the custom of a distribution.
const PRIVILEGED: [&str; 3] = ["wheel", "sudo", "admin"];

/// One line of passwd(5).
pub(super) struct User {
    pub(super) name: String,
    pub(super) uid: u32,
    gid: u32,
    /// Second field: `x` where shadow(5) has the password.
    field: String,
    /// Whether it has a shell to log in with.
    pub(super) login: bool,
}

/// Users and groups of the host, as far as read.
pub(super) struct Directory {
    pub(super) users: Vec<User>,
    /// Group id and members by name; nothing where the file was not read.
    groups: Option<BTreeMap<String, (u32, BTreeSet<String>)>>,
    evidence: Vec<EvidenceId>,
}

impl Directory {
    /// A host of which nothing was read.
    pub(super) fn empty() -> Self {
        Self {
            users: Vec::new(),
            groups: None,
            evidence: Vec::new(),
        }
    }

    /// Reads both files; the outcome of passwd(5) where it has no users.
    pub(super) fn of(view: &View<'_>) -> Option<Result<Self, (UnreadReason, EvidenceId)>> {
        let (text, id) = match outcome(view, PASSWD)? {
            Ok(found) => found,
            Err(error) => return Some(Err(error)),
        };
        let users: Vec<User> = text.lines().filter_map(user).take(MOST_ROWS).collect();
        if users.is_empty() {
            return Some(Err((UnreadReason::ParseFailed, id)));
        }
        let mut evidence = vec![id];
        let groups = match outcome(view, GROUP) {
            Some(Ok((text, id))) => {
                evidence.push(id);
                Some(text.lines().filter_map(group).take(MOST_ROWS).collect())
            }
            _ => None,
        };
        Some(Ok(Self {
            users,
            groups,
            evidence,
        }))
    }

    /// Names of the groups that an account is in; nothing where groups were not read.
    pub(super) fn groups_of(&self, user: &User) -> Option<BTreeSet<&str>> {
        let groups = self.groups.as_ref()?.iter();
        let within =
            groups.filter(|(_, (gid, members))| *gid == user.gid || members.contains(&user.name));
        Some(within.map(|(name, _)| name.as_str()).collect())
    }

    /// Accounts in a group; nothing where the host does not know the group.
    pub(super) fn members(&self, wanted: &str) -> Option<Vec<&User>> {
        let (gid, members) = self.groups.as_ref()?.get(wanted)?;
        let within = |user: &&User| user.gid == *gid || members.contains(&user.name);
        Some(self.users.iter().filter(within).collect())
    }
}

/// The fields of a line; what the redactor left of a password holds a colon of its own.
fn fields(row: &str) -> Vec<String> {
    let row = row
        .replace("<hash:", "<hash=")
        .replace("<secret:", "<secret=");
    row.trim_end().split(':').map(str::to_owned).collect()
}

/// `name:x:uid:gid:gecos:home:shell`. Lines of NIS (`+::::::`) are no accounts.
fn user(row: &str) -> Option<User> {
    let fields = fields(row);
    let [name, field, uid, gid, _, _, shell] = fields.as_slice() else {
        return None;
    };
    if name.is_empty() || name.starts_with(['+', '-', '#']) {
        return None;
    }
    // shells(5): without a shell, login takes /bin/sh. `sync`, `halt` and `shutdown` are programs
    // of old that log nobody in.
    let program = shell.rsplit('/').next().unwrap_or_default();
    let closed = ["nologin", "false", "true", "sync", "halt", "shutdown"].contains(&program);
    Some(User {
        name: line(name.as_bytes()),
        uid: uid.parse().ok()?,
        gid: gid.parse().ok()?,
        field: field.clone(),
        login: !closed,
    })
}

/// `name:x:gid:members`.
fn group(row: &str) -> Option<(String, (u32, BTreeSet<String>))> {
    let fields = fields(row);
    let [name, _, gid, members] = fields.as_slice() else {
        return None;
    };
    let members = members.split(',').map(str::trim);
    let members = members.filter(|member| !member.is_empty());
    let members = members.map(|member| line(member.as_bytes())).collect();
    Some((line(name.as_bytes()), (gid.parse().ok()?, members)))
}

/// State and method of a password field, as shadow(5) and crypt(5) define them.
fn password(field: &str) -> (&'static str, Option<&'static str>) {
    const METHODS: [&str; 9] = [
        "des",
        "md5",
        "bcrypt",
        "sha256",
        "sha512",
        "scrypt",
        "yescrypt",
        "gost-yescrypt",
        "other",
    ];
    let hash = field
        .strip_prefix("<hash=")
        .and_then(|rest| rest.strip_suffix('>'));
    match (field, hash) {
        ("", _) => ("empty", None),
        (_, Some(hash)) => {
            let known = METHODS.iter().find(|method| **method == hash);
            ("set", Some(known.copied().unwrap_or("other")))
        }
        _ if field.starts_with('!') || field.contains("LK*") => ("locked", None),
        // Our own password, of which a redactor told the name alone.
        _ if field.starts_with("<secret=") => ("set", Some("other")),
        _ => ("none", None),
    }
}

fn read(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "accounts";
    let directory = match Directory::of(view) {
        Some(Ok(directory)) => directory,
        Some(Err((reason, id))) => return pen.unread(at, reason, &[id]),
        None => return,
    };
    let rules = sudo::rules(view, &directory);
    let shadow = outcome(view, SHADOW);
    let passwords: BTreeMap<String, String> = match &shadow {
        Some(Ok((text, _))) => text.lines().filter_map(shadow_field).collect(),
        _ => BTreeMap::new(),
    };
    let mut evidence = directory.evidence.clone();
    evidence.extend(shadow.iter().flatten().map(|(_, id)| id.clone()));
    let mut accounts: BTreeMap<String, Account> = BTreeMap::new();
    for user in &directory.users {
        let field = if user.field == "x" {
            passwords.get(&user.name).map(String::as_str)
        } else {
            Some(user.field.as_str())
        };
        let (state, method) = field.map(password).unzip();
        let account = Account {
            name: user.name.clone(),
            uid: user.uid,
            login: user.login,
            administrator: administrator(user, &directory, &rules),
            password: state.map(str::to_owned),
            password_hash: method.flatten().map(str::to_owned),
        };
        // passwd(5) may have one name twice; the system takes the first.
        if accounts.contains_key(&user.name) {
            continue;
        }
        if field.is_none() {
            unread_password(pen, &user.name, &shadow, &evidence);
        }
        accounts.insert(user.name.clone(), account);
    }
    let list: Vec<Account> = accounts.into_values().collect();
    pen.set(
        at,
        serde_json::to_value(list).unwrap_or_default(),
        &evidence,
    );
}

/// `name:password:…`.
fn shadow_field(row: &str) -> Option<(String, String)> {
    let mut fields = fields(row).into_iter();
    fields.next().zip(fields.next())
}

/// Without shadow(5) a password is unread for its reason; where the file was read, its line is
/// missing, and no password is known to open the account.
fn unread_password(
    pen: &mut Pen<'_>,
    name: &str,
    shadow: &Option<Outcome>,
    evidence: &[EvidenceId],
) {
    let reason = match shadow {
        Some(Ok(_)) => UnreadReason::ParseFailed,
        Some(Err((reason, _))) => *reason,
        None => UnreadReason::NotCollected,
    };
    for field in ["password", "password_hash"] {
        pen.item_unread(path("accounts").item(name).field(field), reason, evidence);
    }
}

/// Uid 0, a member of the groups, or named by a rule that gives every command. That someone is
/// none takes groups and rules both.
fn administrator(user: &User, directory: &Directory, rules: &Rules) -> Option<bool> {
    let groups = directory.groups_of(user);
    let privileged = |name: &&str| PRIVILEGED.contains(name);
    if user.uid == 0
        || groups
            .as_ref()
            .is_some_and(|groups| groups.iter().any(privileged))
    {
        return Some(true);
    }
    match rules {
        Rules::Known(rules, _) => {
            let groups = groups?;
            Some(rules.iter().any(|rule| {
                let who = rule.who.as_str();
                let group = who
                    .strip_prefix('%')
                    .is_some_and(|name| groups.contains(name));
                rule.all_commands && (who == "ALL" || who == user.name || group)
            }))
        }
        Rules::None(_) => groups.map(|_| false),
        Rules::Unread(..) => None,
    }
}
