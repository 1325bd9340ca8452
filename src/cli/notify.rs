//! What came of a run, for those who were not there: a webhook, a mail file.
use super::exit::Exit;
use super::{Failure, Output};
use crate::cmdb::http::{Http, Method};
use crate::seal;
use crate::store::AuditFolder;
use crate::transport::Sources;
use arpenteur_core::model::{Change, RunResults};
use arpenteur_core::scope::{AuditFile, MailFile, Webhook};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use std::path::Path;

/// Findings that a message lists: the run's `drift.json` has them all.
const LISTED: usize = 50;
/// Days before the end of a mandate from which on every message says so.
const SOON: i32 = 30;

/// What a message says.
pub(crate) struct Summary {
    exit: Exit,
    run: Option<String>,
    error: Option<String>,
    value: Value,
}

impl Summary {
    /// Of a run that came to its end.
    pub(crate) fn of(
        run: &str,
        results: &RunResults,
        (new, missing): (usize, usize),
        exit: Exit,
    ) -> Self {
        let drift = results.drift.as_ref();
        let entries = drift.into_iter().flat_map(|drift| &drift.entries);
        let worse: Vec<Value> = entries
            .filter(|entry| matches!(entry.change, Change::New | Change::Worsened))
            .take(LISTED)
            .map(|entry| {
                json!({"change": entry.change, "check": entry.check, "severity": entry.severity,
                       "device": entry.name, "items": entry.items_new})
            })
            .collect();
        let value = json!({
            "as_of": results.as_of,
            "complete": results.evidence.complete,
            "devices": results.inventory.assets.len(),
            "devices_new": new,
            "devices_missing": missing,
            "since": drift.and_then(|drift| drift.since),
            "changes": drift.map(|drift| &drift.counts),
            "worse": worse,
        });
        Self {
            exit,
            run: Some(run.to_owned()),
            error: None,
            value,
        }
    }

    /// Of a run that could not be made.
    pub(crate) fn failed(error: &str) -> Self {
        Self {
            exit: Exit::CouldNotRun,
            run: None,
            error: Some(error.to_owned()),
            value: json!({}),
        }
    }
}

/// Tells everyone whom `audit.yaml` names. What cannot be delivered is told at the end, after the
/// others were served.
pub(crate) fn send(
    folder: &AuditFolder,
    audit: &AuditFile,
    summary: &Summary,
    output: &Output<'_>,
) -> Result<(), Failure> {
    let notify = &audit.notify;
    if notify.webhook.is_none() && notify.mail.is_none() {
        return Err(
            "--notify: audit.yaml names nobody\nhelp: add `notify:` with `webhook:` or `mail:`"
                .into(),
        );
    }
    let mut undelivered = Vec::new();
    if let Some(webhook) = &notify.webhook
        && let Err(error) = post(folder.path(), audit, webhook, summary)
    {
        undelivered.push(format!("webhook: {error}"));
    }
    if let Some(mail) = &notify.mail
        && let Err(error) = write_mail(folder.path(), audit, mail, summary, output)
    {
        undelivered.push(format!("mail: {error}"));
    }
    if undelivered.is_empty() {
        Ok(())
    } else {
        Err(format!("nobody was told: {}", undelivered.join("; ")).into())
    }
}

fn post(
    folder: &Path,
    audit: &AuditFile,
    webhook: &Webhook,
    summary: &Summary,
) -> Result<(), Failure> {
    let sources = Sources {
        folder,
        environment: &|name| std::env::var(name).ok(),
        identities: &seal::unlocked(),
    };
    let fetch = |source| sources.fetch("notify", source);
    let secret = webhook.secret_url.as_ref().map(fetch).transpose()?;
    let token = webhook.token.as_ref().map(fetch).transpose()?;
    let url = secret
        .as_ref()
        .map(|url| url.trim())
        .or(webhook.url.as_deref());
    let authorization = token.map_or_else(String::new, |token| format!("Bearer {}", token.trim()));
    let told = || {
        let http = Http::new(
            url.unwrap_or_default(),
            authorization.into(),
            &webhook.connection,
            folder,
        )?;
        let answered = http.send(Method::Post, "", Some(&message(audit, summary)), None)?;
        if (200..300).contains(&answered.status) {
            Ok(())
        } else {
            http.failed(Method::Post, "", answered).map(drop)
        }
    };
    told().map_err(|error| match &secret {
        // Messages name the address, which is a secret here.
        Some(_) => "the server at the secret address did not take it".into(),
        None => error.into(),
    })
}

/// The summary as JSON.
fn message(audit: &AuditFile, summary: &Summary) -> Value {
    let mut message = json!({
        "program": concat!("arpenteur ", env!("CARGO_PKG_VERSION")),
        "client": audit.client.name,
        "audit": audit.id,
        "run": summary.run,
        "exit": summary.exit as u8,
        "error": summary.error,
        "mandate_valid_to": audit.mandate.valid_to.to_string(),
    });
    if let (Some(all), Some(more)) = (message.as_object_mut(), summary.value.as_object()) {
        all.extend(more.clone());
    }
    message
}

/// Writes the message as a file of its own, whole or not at all.
fn write_mail(
    folder: &Path,
    audit: &AuditFile,
    mail: &MailFile,
    summary: &Summary,
    output: &Output<'_>,
) -> Result<(), Failure> {
    let now = Timestamp::now();
    let out = folder.join(&mail.folder);
    std::fs::create_dir_all(&out)?;
    let stamp = now.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ");
    let name = format!("{stamp}-{}.eml", uuid::Uuid::new_v4().simple());
    let beside = out.join(format!(".{name}.part"));
    std::fs::write(&beside, letter(audit, mail, summary, now, output))?;
    std::fs::rename(&beside, out.join(name))?;
    Ok(())
}

fn letter(
    audit: &AuditFile,
    mail: &MailFile,
    summary: &Summary,
    now: Timestamp,
    output: &Output<'_>,
) -> String {
    let outcome = output.text(&format!("notify-exit-{}", summary.exit as u8), &[]);
    let subject = output.text(
        "notify-subject",
        &[("client", &audit.client.name), ("outcome", &outcome)],
    );
    let date = jiff::fmt::rfc2822::to_string(&now.to_zoned(TimeZone::UTC)).unwrap_or_default();
    let to: Vec<String> = mail.to.iter().map(|to| one_line(to)).collect();
    let body: String = body(audit, summary, &outcome, now, output)
        .iter()
        .map(|line| format!("{}\r\n", one_line(line)))
        .collect();
    let body = BASE64.encode(body).into_bytes();
    let lines: Vec<String> = body
        .chunks(76)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    format!(
        "From: {}\r\nTo: {}\r\nSubject: {}\r\nDate: {date}\r\nMessage-ID: <{}@arpenteur.invalid>\r\n\
         Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n",
        one_line(&mail.from),
        to.join(", "),
        encoded_word(&one_line(&subject)),
        uuid::Uuid::new_v4(),
        lines.join("\r\n"),
    )
}

fn body(
    audit: &AuditFile,
    summary: &Summary,
    outcome: &str,
    now: Timestamp,
    output: &Output<'_>,
) -> Vec<String> {
    let value = &summary.value;
    let number = |key: &str| {
        value
            .get(key)
            .and_then(Value::as_u64)
            .unwrap_or(0)
            .to_string()
    };
    let mut lines = vec![outcome.to_owned()];
    lines.extend(summary.error.clone());
    if let Some(run) = &summary.run {
        let figures = [
            ("run", run.clone()),
            ("devices", number("devices")),
            ("new", number("devices_new")),
            ("missing", number("devices_missing")),
        ];
        let figures: Vec<(&str, &str)> = figures.iter().map(|(k, v)| (*k, v.as_str())).collect();
        lines.push(output.text("notify-devices", &figures));
    }
    let worse = value.get("worse").and_then(Value::as_array);
    for entry in worse.into_iter().flatten() {
        let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default();
        lines.push(format!(
            "{} {} {} {}",
            output.word("change", text("change")),
            text("check"),
            output.word("severity", text("severity")),
            text("device"),
        ));
    }
    let today = now.to_zoned(TimeZone::UTC).date();
    let end = audit.mandate.valid_to;
    if today.until(end).is_ok_and(|left| left.get_days() <= SOON) {
        lines.push(output.text("notify-mandate", &[("date", &end.to_string())]));
    }
    lines
}

/// Text on one line, whatever a device or a file put into it: no header can be smuggled in.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// A header's text in encoded words (RFC 2047), where it is not ASCII alone.
fn encoded_word(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut words: Vec<String> = Vec::new();
    let mut piece = String::new();
    for letter in text.chars() {
        // 75 characters a word at the most, 12 of which are the frame; base64 makes 4 of 3.
        if piece.len() + letter.len_utf8() > 45 {
            words.push(std::mem::take(&mut piece));
        }
        piece.push(letter);
    }
    words.push(piece);
    let words = words
        .iter()
        .map(|word| format!("=?utf-8?B?{}?=", BASE64.encode(word)));
    words.collect::<Vec<_>>().join("\r\n ")
}
