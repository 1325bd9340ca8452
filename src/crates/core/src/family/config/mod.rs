//! Reads a network device's running configuration, whoever made it, into the facts `config.*`.
//!
//! One file per configuration language. All of them work on redacted text, and a configuration
//! that is not whole is not read at all: half of one says that what is missing is not there.
mod aos;
mod aos_cx;
mod asa;
mod comware;
mod comware_ports;
mod fortios;
mod ios;
mod ios_ports;
mod ios_services;
mod junos;
mod junos_ports;
mod nxos;
mod platform;
mod procurve;
mod reading;
mod routeros;
mod text;

use super::draft::{Draft, Origin, Pen, path};
use super::view::View;
use crate::model::{
    Answer, Confidence, EvidenceId, Exchange, FactSheet, Question, Redactor, Target, UnreadReason,
};
use platform::Platform;
use reading::Reading;
use serde_json::Value;
use text::Line;

/// Largest configuration that is read, bytes; a larger one counts as cut.
pub const MOST_BYTES: usize = text::MOST_BYTES;

/// What a text says of itself before it is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduction {
    /// Its language, as `config.platform` spells it.
    pub platform: &'static str,
    /// The host name that it gives, even where the rest of the text is missing.
    pub hostname: Option<String>,
}

/// Commands whose answer is the configuration.
const COMMANDS: [&str; 8] = [
    "show running-config",
    "display current-configuration",
    "show configuration",
    // FortiOS at the top of its tree.
    "show",
    "show full-configuration",
    "show configuration snapshot",
    "/export",
    "export",
];

/// The exchange that stands for a configuration file that the client gave, secrets taken out.
pub fn config_exchange(target: Target, text: &str) -> Exchange {
    let answer = Answer::Exec {
        status: None,
        stdout: text.to_owned(),
        stderr: String::new(),
        truncated: text.len() > text::MOST_BYTES,
    };
    Exchange {
        target,
        question: Question::Config,
        answer: Redactor::default().answer(answer),
        at: None,
        elapsed_us: 0,
    }
}

/// The language and the host name of a text; nothing where no language of ours has its signs.
pub fn introduce(text: &str) -> Option<Introduction> {
    let lines = text::lines(text);
    let platform = Platform::of(&lines)?;
    let hostname = said(platform, &lines).config.hostname;
    Some(Introduction {
        platform: platform.name(),
        hostname: hostname.filter(|name| !name.trim().is_empty()),
    })
}

/// The facts of a text in the language that `parser` names (`cisco_ios`, `fortios`), for the raw
/// tests inside checks; nothing where no language has that name.
pub fn raw(parser: &str, text: &str) -> Option<FactSheet> {
    let named = |platform: &Platform| platform.name() == parser;
    let platform = Platform::ALL.into_iter().find(named)?;
    let redacted = config_exchange(
        Target::new("test", std::net::Ipv4Addr::LOCALHOST.into()),
        text,
    );
    let Answer::Exec { stdout, .. } = &redacted.answer else {
        return None;
    };
    let mut draft = Draft::default();
    let mut pen = draft.pen(Origin::Reader, "config");
    offer(Some(platform), stdout, &mut pen, &[]);
    Some(draft.finish().0)
}

/// Reads the first configuration that is whole; where none is, says why.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    let mut pen = draft.pen(Origin::Reader, "config");
    let answers = view
        .exchanges()
        .filter(|(exchange, _)| shows_configuration(&exchange.question));
    for (exchange, id) in answers {
        let evidence = std::slice::from_ref(id);
        let unread = match &exchange.answer {
            Answer::Exec {
                truncated: true, ..
            } => UnreadReason::ParseFailed,
            Answer::Exec { status, stdout, .. } if status.unwrap_or(0) == 0 => {
                if offer(None, stdout, &mut pen, evidence) {
                    return;
                }
                continue;
            }
            Answer::Exec { .. } => UnreadReason::Denied,
            Answer::Failed { failure, .. } => failure.unread(),
            _ => UnreadReason::ParseFailed,
        };
        pen.unread("config", unread, evidence);
    }
}

fn shows_configuration(question: &Question) -> bool {
    let command = match question {
        Question::Config => return true,
        Question::SshExec { command, .. } | Question::SshShell { command, .. } => command,
        _ => return false,
    };
    let mut parts = command.split('|').map(str::trim);
    let shown = parts.next().is_some_and(|first| COMMANDS.contains(&first));
    shown && parts.all(|filter| matches!(filter, "display set" | "no-more"))
}

/// Offers the facts of one text; whether it was whole.
fn offer(
    platform: Option<Platform>,
    text: &str,
    pen: &mut Pen<'_>,
    evidence: &[EvidenceId],
) -> bool {
    let lines = text::lines(text);
    let Some(platform) = platform.or_else(|| Platform::of(&lines)) else {
        let reason = match Platform::ProCurve.whole(&lines) {
            Ok(()) => UnreadReason::Unsupported,
            Err(reason) => reason,
        };
        pen.unread("config", reason, evidence);
        return false;
    };
    let reading = match platform_facts(platform, text, &lines) {
        Ok(reading) => reading,
        Err(reason) => {
            identify(platform, None, pen, evidence);
            pen.unread("config", reason, evidence);
            return false;
        }
    };
    identify(platform, Some(&reading), pen, evidence);
    reading.offer(pen, evidence);
    true
}

/// What a whole configuration says.
fn platform_facts(
    platform: Platform,
    text: &str,
    lines: &[Line<'_>],
) -> Result<Reading, UnreadReason> {
    if text.len() > text::MOST_BYTES || text.lines().nth(text::MOST_LINES).is_some() {
        return Err(UnreadReason::ParseFailed);
    }
    platform.whole(lines)?;
    let mut reading = said(platform, lines);
    reading.config.platform = Some(platform.name().to_owned());
    // A configuration without a port is what a login without rights is shown.
    reading.finish().ok_or(UnreadReason::ParseFailed)
}

/// What the lines say, be they all of the configuration or not.
fn said(platform: Platform, lines: &[Line<'_>]) -> Reading {
    match platform {
        Platform::Ios => ios::read(lines),
        Platform::NxOs => nxos::read(lines),
        Platform::Asa => asa::read(lines),
        Platform::ProCurve => procurve::read(lines),
        Platform::AosCx => aos_cx::read(lines),
        Platform::Comware => comware::read(lines, false),
        Platform::Vrp => comware::read(lines, true),
        Platform::Junos => junos::read(lines),
        Platform::FortiOs => fortios::read(lines),
        Platform::RouterOs => routeros::read(lines),
        Platform::Aos => aos::read(lines),
    }
}

/// What the language alone says of the device; a family that recognises it knows better.
fn identify(
    platform: Platform,
    reading: Option<&Reading>,
    pen: &mut Pen<'_>,
    evidence: &[EvidenceId],
) {
    let maker = platform.maker();
    let mut likely = |at: &str, value: Option<&str>| {
        if let Some(value) = value {
            pen.offer(&path(at), Value::from(value), Confidence::Likely, evidence);
        }
    };
    likely("os.family", Some(maker.family));
    likely("os.name", Some(maker.name));
    likely("hardware.mfg_name", maker.maker);
    if let Some(reading) = reading {
        likely("device.class", reading.class);
        likely("os.version", reading.version.as_deref());
        likely("hardware.model_name", reading.model.as_deref());
    }
}
