//! Audits that nobody watches: the schedule, what changed, and who is told.
use crate::support::{Ran, arpenteur, folder, head, latest, run, run_command};
use base64::Engine;
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::mpsc;

const NAS: &str = "1.3.6.1.2.1.1.1.0|4|Linux nas 5.10.0 #1 SMP x86_64\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.8072.3.2.10\n1.3.6.1.2.1.1.5.0|4|nas\n";

/// An audit folder with one device to replay.
fn audit(more: &str) -> tempfile::TempDir {
    let folder = folder(&format!(
        "{}sites: [{{id: a, networks: [10.0.0.0/24]}}]\nreplay: [{{file: d.snmprec, address: 10.0.0.9}}]\n{more}",
        head()
    ));
    std::fs::write(folder.path().join("d.snmprec"), NAS).unwrap();
    folder
}

fn dir(folder: &tempfile::TempDir) -> &str {
    folder.path().to_str().unwrap()
}

/// A server that takes one request a status and hands its body on.
fn hook(statuses: &'static [&'static str]) -> (String, mpsc::Receiver<(String, Value)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        for status in statuses {
            let (mut stream, _) = listener.accept().unwrap();
            let mut bytes = Vec::new();
            let mut piece = [0; 4096];
            loop {
                let count = stream.read(&mut piece).unwrap();
                bytes.extend(&piece[..count]);
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else {
                    continue;
                };
                let length = head
                    .lines()
                    .find_map(|line| {
                        line.to_lowercase()
                            .strip_prefix("content-length: ")
                            .map(str::to_owned)
                    })
                    .unwrap();
                if body.len() >= length.parse().unwrap() {
                    let body = serde_json::from_str(body).unwrap();
                    send.send((head.to_owned(), body)).unwrap();
                    break;
                }
            }
            let answer =
                format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    (url, receive)
}

fn audited(folder: &tempfile::TempDir, with: &[&str]) -> Ran {
    let mut command = arpenteur(&["audit", dir(folder)]);
    run_command(command.args(with).env("HOOK_TOKEN", "hook-canary-4711"))
}

#[test]
fn a_webhook_hears_what_is_new_and_that_a_run_could_not_be_made() {
    let (url, heard) = hook(&[
        "429 Too Many Requests\r\nretry-after: 0",
        "204 No Content",
        "200 OK",
        "200 OK",
    ]);
    let folder = audit(&format!(
        "notify: {{webhook: {{url: '{url}', token: {{env: HOOK_TOKEN}}}}}}\n"
    ));
    audited(&folder, &["--as-of", "2026-11-20", "--notify"]).code(0);
    let (_, first) = heard.recv().unwrap();
    let (head, again) = heard.recv().unwrap();
    assert_eq!(first, again, "sent again after 429");
    assert!(head.contains("Bearer hook-canary-4711"), "{head}");
    assert_eq!(
        (&first["exit"], &first["devices_new"]),
        (&0.into(), &1.into())
    );

    // A month later the device offers an old SSH: a finding that was not there before.
    std::fs::write(
        folder.path().join("d.snmprec"),
        format!("{NAS}1.3.6.1.2.1.25.2.2.0|2|1024\n1.3.6.1.2.1.25.2.3.1.2.31|6|1.3.6.1.2.1.25.2.1.4\n1.3.6.1.2.1.25.2.3.1.3.31|4|/\n1.3.6.1.2.1.25.2.3.1.4.31|2|4096\n1.3.6.1.2.1.25.2.3.1.5.31|2|1000000\n1.3.6.1.2.1.25.2.3.1.6.31|2|990000\n"),
    )
    .unwrap();
    let ran = audited(
        &folder,
        &["--as-of", "2026-12-20", "--notify", "--fail-on", "new-low"],
    )
    .code(1);
    let (_, second) = heard.recv().unwrap();
    assert_eq!(second["exit"], 1, "{}", ran.stdout);
    assert_eq!(second["worse"][0]["device"], "nas", "{second}");
    let drift = std::fs::read(latest(folder.path()).join("drift.json")).unwrap();
    let drift: Value = serde_json::from_slice(&drift).unwrap();
    assert_eq!(drift["counts"], second["changes"]);

    std::fs::write(folder.path().join("d.snmprec"), "\u{1}\u{2}junk").unwrap();
    audited(&folder, &["--as-of", "2026-12-21", "--notify"]).code(2);
    let (_, third) = heard.recv().unwrap();
    assert_eq!(third["exit"], 2);
    assert!(
        third["error"].as_str().unwrap().contains("d.snmprec"),
        "{third}"
    );
    holds_no(folder.path(), "hook-canary-4711");
}

fn holds_no(folder: &Path, word: &str) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            holds_no(&path, word);
        } else {
            let bytes = std::fs::read(&path).unwrap();
            let there = bytes
                .windows(word.len())
                .any(|window| window == word.as_bytes());
            assert!(!there, "{}", path.display());
        }
    }
}

#[test]
fn a_mail_file_is_a_message_that_a_mail_program_reads() {
    let folder = audit(
        "notify: {mail: {folder: outbox, from: audit@example.org, to: [a@example.org, b@example.org]}}\n",
    );
    let yaml = std::fs::read_to_string(folder.path().join("audit.yaml")).unwrap();
    let yaml = yaml.replace(
        "{name: Lab}",
        "{name: \"Société Élan\\nBcc: evil@example.org\"}",
    );
    std::fs::write(folder.path().join("audit.yaml"), yaml).unwrap();
    run(&[
        "--lang",
        "fr",
        "audit",
        dir(&folder),
        "--as-of",
        "2026-11-20",
        "--notify",
    ])
    .code(0);
    let mut files = std::fs::read_dir(folder.path().join("outbox")).unwrap();
    let file = files.next().unwrap().unwrap().path();
    assert!(files.next().is_none());
    // Python's own parser is the mail program here.
    let script = "import email, email.policy, json, sys\n\
        m = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)\n\
        print(json.dumps({**{k.lower(): str(v) for k, v in m.items()}, 'body': m.get_content(), 'defects': [str(d) for d in m.defects]}))";
    let read = std::process::Command::new("python3")
        .args(["-c", script])
        .arg(&file)
        .output()
        .unwrap();
    let mail: Value = serde_json::from_slice(&read.stdout).unwrap();
    assert_eq!(mail["to"], "a@example.org, b@example.org");
    assert_eq!(
        mail["subject"],
        "Audit de Société Élan Bcc: evil@example.org\u{202f}: rien de nouveau"
    );
    assert_eq!(mail["defects"], serde_json::json!([]));
    assert!(mail.get("bcc").is_none(), "{mail}");
    let body = mail["body"].as_str().unwrap();
    assert!(
        body.contains("1 équipements") && body.contains("Le mandat finit le"),
        "{body}"
    );
}

#[test]
fn nobody_to_tell_or_nobody_who_listens_is_an_error_and_the_run_is_kept() {
    let nobody = audit("");
    let ran = audited(&nobody, &["--as-of", "2026-11-20", "--notify"]).code(2);
    assert!(ran.stderr.contains("names nobody"), "{}", ran.stderr);
    let (url, _) = hook(&["404 Not Found"]);
    let secret = audit("notify: {webhook: {secret_url: {env: HOOK_URL}}}\n");
    let mut command = arpenteur(&["audit", dir(&secret), "--as-of", "2026-11-20", "--notify"]);
    let ran = run_command(command.env("HOOK_URL", format!("{url}/secret-path"))).code(2);
    assert!(ran.stderr.contains("webhook"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("secret-path"), "{}", ran.stderr);
    assert!(latest(secret.path()).join("results.json").is_file());
}

#[test]
fn a_schedule_is_a_timer_or_a_line_and_ends_with_the_mandate() {
    let folder =
        audit("notify: {mail: {folder: outbox, from: a@example.org, to: [a@example.org]}}\n");
    let out = folder.path().join("units");
    let at = [
        "schedule",
        dir(&folder),
        "--every",
        "weekly",
        "--at",
        "03:15",
        "--out",
    ];
    let mut command = arpenteur(&at);
    run_command(command.arg(&out)).code(0);
    let service = std::fs::read_to_string(out.join("arpenteur-lab.service")).unwrap();
    let timer = std::fs::read_to_string(out.join("arpenteur-lab.timer")).unwrap();
    assert!(
        timer.contains("OnCalendar=Mon *-*-* 03:15:00 Europe/Paris\n"),
        "{timer}"
    );
    let start = service
        .lines()
        .find(|line| line.starts_with("ExecStart="))
        .unwrap();
    let expected = format!(
        "\"audit\" \"{}\" \"--quiet\" \"--fail-on\" \"new-low\" \"--notify\"",
        dir(&folder)
    );
    assert!(start.ends_with(&expected), "{start}");
    assert!(service.contains("SuccessExitStatus=1\n"), "{service}");

    // What cron would hand to the shell runs, and does what it says.
    let line = run(&[
        "schedule",
        dir(&folder),
        "--as",
        "cron",
        "--every",
        "monthly",
    ])
    .code(0)
    .stdout;
    let command = line.trim().strip_prefix("30 2 1 * * ").unwrap();
    let command = command
        .replace("\\%", "%")
        .replace("'--quiet'", "'--as-of' '2026-11-20' '--quiet'");
    let mut shell = std::process::Command::new("sh");
    run_command(shell.args(["-c", &command]).env_clear()).code(0);
    assert_eq!(
        std::fs::read_dir(folder.path().join("outbox"))
            .unwrap()
            .count(),
        1
    );

    let yaml = std::fs::read_to_string(folder.path().join("audit.yaml")).unwrap();
    let from = yaml.find("valid_from: ").unwrap() + 12;
    let to = yaml.find("valid_to: ").unwrap() + 10;
    let mut expired = yaml.clone();
    expired.replace_range(to..to + 10, "2020-02-01");
    expired.replace_range(from..from + 10, "2020-01-01");
    std::fs::write(folder.path().join("audit.yaml"), expired).unwrap();
    let refused = run(&["schedule", dir(&folder)]).code(2);
    assert!(refused.stderr.contains("2020-02-01"), "{}", refused.stderr);
    for wrong in [["--at", "25:00"], ["--every", "hourly"]] {
        run(&["schedule", dir(&folder), wrong[0], wrong[1]]).code(2);
    }
}

#[test]
fn an_expired_mandate_refuses_and_those_to_be_told_hear_why() {
    let folder = folder(
        "version: 1\nid: 6f1c9d9e-6b5e-4c55-9d59-3f3f0a3b1c2d\nclient: {name: Lab}\nprovider: {name: Us}\n\
         auditors: [{name: Test}]\nmandate: {reference: M-1, valid_from: 2020-01-01, valid_to: 2020-02-01}\n\
         sites: [{id: a, networks: [127.0.0.9/32]}]\n\
         notify: {mail: {folder: outbox, from: a@example.org, to: [a@example.org]}}\n",
    );
    run(&["audit", dir(&folder), "--quiet", "--notify"]).code(2);
    let file = std::fs::read_dir(folder.path().join("outbox"))
        .unwrap()
        .next()
        .unwrap();
    let mail = std::fs::read_to_string(file.unwrap().path()).unwrap();
    let (_, body) = mail.split_once("\r\n\r\n").unwrap();
    let body = base64::engine::general_purpose::STANDARD
        .decode(body.replace("\r\n", ""))
        .unwrap();
    let body = String::from_utf8(body).unwrap();
    assert!(
        body.contains("2020-02-01") && body.contains("could not run"),
        "{body}"
    );
}
