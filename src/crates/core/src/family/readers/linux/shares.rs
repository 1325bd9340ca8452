//! What is shared: smb.conf(5) as testparm(1) reads it, exports(5).
use super::Subject;
use super::answers::{found, privileged};
use super::services::Services;
use crate::family::draft::Pen;
use crate::family::readers::table::MOST_ROWS;
use crate::family::text::line;
use crate::family::view::View;
use crate::model::{NfsExport, SmbShare, UnreadReason};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

const TESTPARM: &str = "testparm -s";
const EXPORTS: &str = "grep -Rh . /etc/exports /etc/exports.d";

pub(super) const SUBJECT: Subject = Subject {
    when: |_| true,
    plain: &[EXPORTS],
    guarded: &[TESTPARM],
    fuller: &[],
    read,
};

fn read(view: &View<'_>, pen: &mut Pen<'_>) {
    samba(view, pen);
    nfs(view, pen);
}

/// A configuration without a server that runs shares nothing.
fn samba(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "smb.shares";
    let services = Services::of(view);
    let stopped = services.as_ref().is_some_and(|services| {
        services.running(&["smbd", "smb", "samba", "samba-ad-dc", "ksmbd"]) == Ok(false)
    });
    match privileged(view, TESTPARM) {
        Some(Ok((_, id)) | Err((_, id))) if stopped => pen.set(at, Json::Null, &[id]),
        Some(Ok((text, id))) if !text.contains("[global]") => {
            pen.unread(at, UnreadReason::ParseFailed, &[id]);
        }
        Some(Ok((text, id))) => {
            let shares = shares(&text);
            let list = serde_json::to_value(&shares).unwrap_or_default();
            pen.set(at, if shares.is_empty() { Json::Null } else { list }, &[id]);
        }
        // A server without Samba's own tool is not read.
        Some(Err((reason, id))) => pen.unread(at, reason, &[id]),
        None => {}
    }
}

/// Sections of smb.conf(5); what the global one says holds for all. testparm leaves out what
/// is as by default: no guests, read only, every account.
fn shares(text: &str) -> Vec<SmbShare> {
    let mut sections: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut current = String::new();
    for row in text.lines().map(str::trim).take(MOST_ROWS) {
        let section = row.strip_prefix('[').and_then(|row| row.strip_suffix(']'));
        if let Some(name) = section {
            current = line(name.as_bytes());
            sections.entry(current.clone()).or_default();
        } else if let Some((name, value)) =
            row.split_once('=').filter(|_| !row.starts_with(['#', ';']))
        {
            let options = sections.entry(current.clone()).or_default();
            options.insert(name.trim().to_lowercase(), line(value.as_bytes()));
        }
    }
    let global = sections.remove("global").unwrap_or_default();
    let apart = |name: &str| ["print$", "printers", ""].contains(&name);
    let sections = sections.into_iter().filter(|(name, _)| !apart(name));
    sections
        .map(|(name, options)| share(name, &options, &global))
        .collect()
}

fn share(
    name: String,
    options: &BTreeMap<String, String>,
    global: &BTreeMap<String, String>,
) -> SmbShare {
    let option = |names: &[&str]| {
        let own = names.iter().find_map(|name| options.get(*name));
        own.or_else(|| names.iter().find_map(|name| global.get(*name)))
    };
    let yes = |value: &String| ["yes", "true", "1"].contains(&value.to_lowercase().as_str());
    let writable = match (
        option(&["read only"]),
        option(&["writable", "writeable", "write ok"]),
    ) {
        (Some(value), _) => !yes(value),
        (None, Some(value)) => yes(value),
        (None, None) => false,
    };
    let users = option(&["valid users"])
        .map(|users| names(users))
        .unwrap_or_default();
    SmbShare {
        path: option(&["path", "directory"]).cloned(),
        guest: Some(option(&["guest ok", "public", "guest only"]).is_some_and(yes)),
        writable: Some(writable),
        users,
        name,
    }
}

/// Names between blanks or commas; a quoted one may hold blanks.
fn names(text: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut quoted = false;
    for letter in text.chars() {
        match letter {
            '"' => quoted = !quoted,
            ' ' | ',' | '\t' if !quoted => names.push(String::new()),
            letter => {
                if let Some(name) = names.last_mut() {
                    name.push(letter);
                }
            }
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// exports(5): `/srv 10.0.0.0/24(rw) @group(ro)`; a path with blanks is quoted.
fn nfs(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "nfs.exports";
    let (text, id) = match found(view, EXPORTS) {
        Some(Ok(found)) => found,
        Some(Err((reason, id))) => return pen.unread(at, reason, &[id]),
        None => return,
    };
    let text = text.replace("\\\n", " ");
    let mut exports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let rows = text
        .lines()
        .map(str::trim)
        .filter(|row| row.starts_with(['/', '"']));
    for row in rows.take(MOST_ROWS) {
        let (path, clients) = match row.strip_prefix('"') {
            Some(rest) => rest.split_once('"').unwrap_or((rest, "")),
            None => row.split_once(char::is_whitespace).unwrap_or((row, "")),
        };
        let known = exports.entry(line(path.as_bytes())).or_default();
        for client in clients
            .split_whitespace()
            .filter(|word| !word.starts_with(['#', '-']))
        {
            // Options without a host are for anyone.
            let host = client.split('(').next().unwrap_or_default();
            known.insert(if host.is_empty() {
                "*".to_owned()
            } else {
                line(host.as_bytes())
            });
        }
    }
    let export = |(path, clients): (String, BTreeSet<String>)| NfsExport {
        path,
        clients: clients.into_iter().collect(),
    };
    let list: Vec<NfsExport> = exports.into_iter().map(export).collect();
    let value = serde_json::to_value(&list).unwrap_or_default();
    pen.set(at, if list.is_empty() { Json::Null } else { value }, &[id]);
}
