//! Rules of sudo, as sudoers(5) defines them.
use super::Subject;
use super::accounts::{Directory, User};
use super::answers::found;
use crate::family::draft::Pen;
use crate::family::readers::table::MOST_ROWS;
use crate::family::text::line;
use crate::family::view::View;
use crate::model::{EvidenceId, SudoRule, UnreadReason};
use serde_json::Value as Json;
use std::collections::BTreeMap;

const SUDOERS: &str = "cat /etc/sudoers";
/// `FILE:LINE:TEXT` of every line that holds something.
const SUDOERS_D: &str = "grep -Rn . /etc/sudoers.d";
const DIRECTORY: &str = "/etc/sudoers.d";

pub(super) const SUBJECT: Subject = Subject {
    when: |_| true,
    plain: &[],
    guarded: &[SUDOERS, SUDOERS_D],
    fuller: &[],
    read,
};

/// Deepest alias inside an alias that is looked into.
const DEEPEST: usize = 8;
/// First id of people's accounts (login.defs(5) UID_MIN on every distribution of today).
const FIRST_PERSON: u32 = 1000;

/// What is known of sudo here.
pub(super) enum Rules {
    /// sudo is not set up.
    None(Vec<EvidenceId>),
    /// Every rule.
    Known(Vec<SudoRule>, Vec<EvidenceId>),
    /// The rules, or some of them, could not be read.
    Unread(UnreadReason, Vec<EvidenceId>),
}

/// One line of the configuration, continued lines joined.
struct Entry {
    /// `FILE:LINE`.
    place: String,
    text: String,
}

fn read(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "security.sudo";
    let asked = found(view, SUDOERS).is_some() || found(view, SUDOERS_D).is_some();
    let directory = match Directory::of(view) {
        Some(Ok(directory)) => directory,
        _ => Directory::empty(),
    };
    match rules(view, &directory) {
        _ if !asked => {}
        Rules::None(evidence) => pen.set(at, Json::Null, &evidence),
        Rules::Known(list, evidence) => {
            pen.set(
                at,
                serde_json::to_value(list).unwrap_or_default(),
                &evidence,
            );
        }
        Rules::Unread(reason, evidence) => pen.unread(at, reason, &evidence),
    }
}

/// The rules, each for one user or group.
pub(super) fn rules(view: &View<'_>, directory: &Directory) -> Rules {
    let (main, id) = match found(view, SUDOERS) {
        Some(Ok((text, id))) => (entries(numbered(&text)), id),
        Some(Err((reason, id))) => return Rules::Unread(reason, vec![id]),
        None => return Rules::Unread(UnreadReason::NotCollected, Vec::new()),
    };
    let mut evidence = vec![id];
    if main.is_empty() {
        return Rules::None(evidence);
    }
    let mut all = main;
    match includes(&all) {
        Includes::Directory => match found(view, SUDOERS_D) {
            Some(Ok((text, id))) => {
                evidence.push(id);
                all.extend(entries(located(&text)));
            }
            Some(Err((reason, id))) => return Rules::Unread(reason, vec![id]),
            None => return Rules::Unread(UnreadReason::NotCollected, evidence),
        },
        Includes::Elsewhere => return Rules::Unread(UnreadReason::NotCollected, evidence),
        Includes::Nothing => {}
    }
    // What the directory includes in its turn was not asked for.
    if matches!(
        includes(
            all.iter()
                .filter(|entry| entry.place.starts_with(DIRECTORY))
        ),
        Includes::Elsewhere
    ) {
        return Rules::Unread(UnreadReason::NotCollected, evidence);
    }
    let policy = Policy::of(&all, directory);
    let mut rules: BTreeMap<String, SudoRule> = BTreeMap::new();
    for rule in all
        .iter()
        .flat_map(|entry| policy.rules(entry))
        .take(MOST_ROWS)
    {
        rules.insert(rule.name.clone(), rule);
    }
    Rules::Known(rules.into_values().collect(), evidence)
}

enum Includes {
    Nothing,
    Directory,
    Elsewhere,
}

fn includes<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> Includes {
    let mut state = Includes::Nothing;
    for entry in entries {
        let mut words = entry.text.split_whitespace();
        match (words.next(), words.next()) {
            (Some("#includedir" | "@includedir"), Some(place))
                if place.trim_end_matches('/') == DIRECTORY =>
            {
                state = Includes::Directory;
            }
            (Some("#includedir" | "@includedir" | "#include" | "@include"), _) => {
                return Includes::Elsewhere;
            }
            _ => {}
        }
    }
    state
}

/// Lines of one file with their numbers.
fn numbered(text: &str) -> impl Iterator<Item = (String, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, row)| (format!("/etc/sudoers:{}", index + 1), row))
}

/// Lines that grep(1) found. sudo leaves out files whose name holds a dot or ends in `~`.
fn located(text: &str) -> impl Iterator<Item = (String, &str)> {
    text.lines().filter_map(|row| {
        let mut parts = row.splitn(3, ':');
        let (file, number, rest) = (parts.next()?, parts.next()?, parts.next()?);
        let name = file.rsplit('/').next().unwrap_or_default();
        let read = !name.contains('.') && !name.ends_with('~');
        read.then(|| (line(format!("{file}:{number}").as_bytes()), rest))
    })
}

/// Joins continued lines, and drops comments and blanks.
fn entries<'t>(rows: impl Iterator<Item = (String, &'t str)>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut open: Option<Entry> = None;
    for (place, row) in rows {
        let row = row.trim_end();
        let (text, goes_on) = match row.strip_suffix('\\') {
            Some(text) => (text, true),
            None => (row, false),
        };
        let mut entry = open.take().unwrap_or(Entry {
            place,
            text: String::new(),
        });
        entry.text.push_str(text);
        if goes_on {
            open = Some(entry);
        } else {
            entries.push(entry);
        }
    }
    entries.extend(open);
    for entry in &mut entries {
        entry.text = line(uncommented(&entry.text).as_bytes());
    }
    entries.retain(|entry| !entry.text.is_empty());
    entries
}

/// The text before a comment: `#` begins one, unless it includes a file or a user id follows.
fn uncommented(text: &str) -> &str {
    if text.trim_start().starts_with("#include") {
        return text;
    }
    let comment = text.match_indices('#').find(|(at, _)| {
        let next = text.get(at + 1..).and_then(|rest| rest.chars().next());
        !next.is_some_and(|letter| letter.is_ascii_digit())
    });
    comment.and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// Aliases and defaults, by which rules are understood.
struct Policy<'d> {
    users: BTreeMap<String, Vec<String>>,
    commands: BTreeMap<String, Vec<String>>,
    /// Users for whom `!authenticate` is the default; `ALL` for everyone.
    unasked: Vec<String>,
    directory: &'d Directory,
}

impl<'d> Policy<'d> {
    fn of(entries: &[Entry], directory: &'d Directory) -> Self {
        let mut policy = Self {
            users: BTreeMap::new(),
            commands: BTreeMap::new(),
            unasked: Vec::new(),
            directory,
        };
        for entry in entries {
            let (word, rest) = entry.text.split_once(' ').unwrap_or((&entry.text, ""));
            let aliases = match word {
                "User_Alias" => &mut policy.users,
                "Cmnd_Alias" | "Cmd_Alias" => &mut policy.commands,
                _ => {
                    let whom = match word.strip_prefix("Defaults") {
                        Some("") => Some("ALL"),
                        Some(whom) => whom.strip_prefix(':'),
                        None => None,
                    };
                    if rest
                        .split(',')
                        .any(|option| option.trim() == "!authenticate")
                    {
                        policy.unasked.extend(whom.map(str::to_owned));
                    }
                    continue;
                }
            };
            for definition in rest.split(" : ") {
                if let Some((name, members)) = definition.split_once('=') {
                    aliases.insert(name.trim().to_owned(), list(members));
                }
            }
        }
        policy
    }

    /// `who where = (as whom) TAG: commands`.
    fn rules(&self, entry: &Entry) -> Vec<SudoRule> {
        let Some((left, commands)) = entry.text.split_once('=') else {
            return Vec::new();
        };
        let left = left.split(',').map(str::trim).collect::<Vec<_>>().join(",");
        let words: Vec<&str> = left.split_whitespace().collect();
        let [who, hosts @ ..] = words.as_slice() else {
            return Vec::new();
        };
        let other = who.starts_with("Defaults") || who.ends_with("_Alias") || hosts.is_empty();
        if other {
            return Vec::new();
        }
        let whom = who.split(',').map(|who| who.trim_matches('"'));
        let whom = whom.filter(|who| !who.is_empty() && !who.starts_with('!'));
        whom.map(|who| self.rule(entry, who, commands)).collect()
    }

    fn rule(&self, entry: &Entry, who: &str, commands: &str) -> SudoRule {
        let (all_commands, tagged) = self.granted(commands);
        let unasked = self.unasked.iter().any(|whom| whom == "ALL" || whom == who);
        SudoRule {
            name: format!("{} {who}", entry.place),
            who: who.to_owned(),
            person: self.person(who, 0),
            commands: commands.trim().to_owned(),
            all_commands,
            nopasswd: tagged || unasked,
        }
    }

    /// Whether every command is given as root, and whether no password is asked: for that one
    /// where it is given, else for any. A tag holds for what follows it.
    fn granted(&self, commands: &str) -> (bool, bool) {
        let (mut as_root, mut nopasswd) = (true, false);
        let (mut all, mut all_nopasswd, mut any_nopasswd) = (false, false, false);
        let mut rest = commands.trim();
        while !rest.is_empty() {
            let (item, more) = next_command(rest);
            let mut item = item.trim();
            if let Some(inner) = item.strip_prefix('(') {
                let (whom, after) = inner.split_once(')').unwrap_or((inner, ""));
                let users = whom.split(':').next().unwrap_or_default();
                let root = |user: &str| ["ALL", "root", "#0"].contains(&user.trim());
                as_root = users.split(',').any(root);
                item = after.trim_start();
            }
            while let Some((tag, after)) = item.split_once(':').filter(|(tag, _)| is_tag(tag)) {
                match tag.trim() {
                    "NOPASSWD" => nopasswd = true,
                    "PASSWD" => nopasswd = false,
                    _ => {}
                }
                item = after.trim_start();
            }
            any_nopasswd |= nopasswd;
            if as_root && self.is_all(item, 0) {
                all = true;
                all_nopasswd |= nopasswd;
            }
            rest = more;
        }
        (all, if all { all_nopasswd } else { any_nopasswd })
    }

    fn is_all(&self, command: &str, depth: usize) -> bool {
        let members = self.commands.get(command).filter(|_| depth < DEEPEST);
        command == "ALL"
            || members.is_some_and(|all| all.iter().any(|one| self.is_all(one, depth + 1)))
    }

    /// Whether people are meant: nothing for whom this host does not know.
    fn person(&self, who: &str, depth: usize) -> Option<bool> {
        let is_person = |user: &&User| user.uid >= FIRST_PERSON && user.login;
        if who == "ALL" {
            return Some(true);
        }
        if let Some(members) = self.users.get(who).filter(|_| depth < DEEPEST) {
            let kinds: Vec<_> = members
                .iter()
                .map(|one| self.person(one, depth + 1))
                .collect();
            return match () {
                () if kinds.contains(&Some(true)) => Some(true),
                () if kinds.contains(&None) => None,
                () => Some(false),
            };
        }
        if let Some(group) = who.strip_prefix('%') {
            return Some(self.directory.members(group)?.iter().any(is_person));
        }
        let id = who.strip_prefix('#').and_then(|id| id.parse::<u32>().ok());
        let mut users = self.directory.users.iter();
        let user = users.find(|user| user.name == who || Some(user.uid) == id)?;
        Some(is_person(&user))
    }
}

fn is_tag(text: &str) -> bool {
    let tag = text.trim();
    !tag.is_empty()
        && tag
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

/// The command before the next comma, and what follows: a comma inside parentheses (a list of
/// users) or after a backslash ends none.
fn next_command(text: &str) -> (&str, &str) {
    let (mut depth, mut escaped) = (0_u32, false);
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                return (
                    text.get(..at).unwrap_or(""),
                    text.get(at + 1..).unwrap_or(""),
                );
            }
            _ => {}
        }
    }
    (text, "")
}

fn list(text: &str) -> Vec<String> {
    let items = text.split(',').map(|item| item.trim().to_owned());
    items.filter(|item| !item.is_empty()).collect()
}
