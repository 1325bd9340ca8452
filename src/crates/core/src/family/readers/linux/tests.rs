//! Facts of Linux hosts from outputs as real systems print them.
#![allow(clippy::unwrap_used)]
use crate::family::draft::Draft;
use crate::family::view::View;
use crate::model::*;
use serde_json::{Value as Json, json};

mod access;
mod keeping;
mod upkeep;

pub(super) fn answer(command: &str, sudo: bool, answer: Answer) -> Exchange {
    Exchange {
        target: Target::new("site", [192, 0, 2, 7].into()),
        question: Question::SshExec {
            port: 22,
            credential: "audit".to_owned(),
            command: command.to_owned(),
            sudo,
        },
        answer,
        at: None,
        elapsed_us: 0,
    }
}

pub(super) fn exec(command: &str, sudo: bool, status: u32, stdout: &str, stderr: &str) -> Exchange {
    let redactor = crate::model::Redactor::default();
    let said = Answer::Exec {
        status: Some(status),
        stdout: stdout.to_owned(),
        stderr: stderr.to_owned(),
        truncated: false,
    };
    answer(command, sudo, redactor.answer(said))
}

/// A command that went well, as the account that we are.
pub(super) fn said(command: &str, stdout: &str) -> Exchange {
    exec(command, false, 0, stdout, "")
}

/// A command that another program than a shell's own refuses.
pub(super) fn refused(command: &str, sudo: bool, status: u32, stderr: &str) -> Exchange {
    exec(command, sudo, status, "", stderr)
}

/// What was cut by the bound on outputs.
pub(super) fn cut(command: &str, stdout: &str) -> Exchange {
    let said = Answer::Exec {
        status: None,
        stdout: stdout.to_owned(),
        stderr: String::new(),
        truncated: true,
    };
    answer(command, false, said)
}

pub(super) fn sheet(exchanges: &[Exchange]) -> FactSheet {
    let linux = said("uname -srm", "Linux 6.1.0-18-amd64 x86_64\n");
    let all: Vec<Exchange> = exchanges.iter().cloned().chain([linux]).collect();
    let mut draft = Draft::default();
    super::read(&View::new(&all), &mut draft);
    let (sheet, _) = draft.finish();
    sheet.facts().unwrap();
    sheet
}

pub(super) fn fact(sheet: &FactSheet, path: &str) -> Fact<Json> {
    match sheet.get(&path.parse().unwrap()) {
        Fact::Known(value) => Fact::Known(value.clone()),
        Fact::Absent => Fact::Absent,
        Fact::Unread(reason) => Fact::Unread(reason),
    }
}

/// What one command's output makes of one fact.
pub(super) fn one(command: &str, stdout: &str, path: &str) -> Fact<Json> {
    fact(&sheet(&[said(command, stdout)]), path)
}

/// The same where it was refused, cut, or empty; never a value that a check passes on.
pub(super) fn refuses(command: &str, path: &str) {
    let denied = refused(command, false, 1, "x: Permission denied");
    assert_eq!(
        fact(&sheet(&[denied]), path),
        Fact::Unread(UnreadReason::Denied),
        "{path}"
    );
    let broken = cut(command, "a:b c\n");
    assert_eq!(
        fact(&sheet(&[broken]), path),
        Fact::Unread(UnreadReason::ParseFailed),
        "{path}"
    );
}

pub(super) fn known(value: Json) -> Fact<Json> {
    Fact::Known(value)
}

#[test]
fn every_command_is_asked_and_no_other() {
    let linux = said("uname -srm", "Linux 6.1.0 x86_64\n");
    let user = said("id -u", "1000\n");
    let all = [linux, user];
    let asks = super::asks(&View::new(&all));
    for ask in &asks {
        let crate::family::families::Ask::SshExec { command, .. } = ask else {
            unreachable!("{ask}");
        };
        assert!(super::runs(command), "{command}");
        let safe = |letter: char| {
            letter.is_ascii_alphanumeric() || " ./-_+%:=*?,^|[]()<>\"'{}\\$".contains(letter)
        };
        assert!(command.chars().all(safe), "{command}");
    }
    assert!(!super::runs("reboot"));
}

#[test]
fn sudo_is_asked_only_where_it_may_show_more() {
    let linux = said("uname -srm", "Linux 6.1.0 x86_64\n");
    let sudo = |all: &[Exchange], wanted: &str| {
        super::asks(&View::new(all)).iter().any(|ask| {
            matches!(ask, crate::family::families::Ask::SshExec { command, sudo: true } if command == wanted)
        })
    };
    let shadow = "cat /etc/shadow";
    let denied = refused(shadow, false, 1, "cat: /etc/shadow: Permission denied");
    let missing = refused(
        shadow,
        false,
        1,
        "cat: /etc/shadow: No such file or directory",
    );
    let user = said("id -u", "1000\n");
    let root = said("id -u", "0\n");
    assert!(sudo(&[linux.clone(), user.clone(), denied.clone()], shadow));
    assert!(!sudo(&[linux.clone(), user.clone(), missing], shadow));
    assert!(!sudo(&[linux.clone(), root.clone(), denied], shadow));
    assert!(sudo(&[linux.clone(), user], "ss -H -l -n -t -u -p"));
    assert!(!sudo(&[linux, root], "ss -H -l -n -t -u -p"));
}
