//! Evidence from files: no socket, the same bytes every time.
use crate::support::{arpenteur, folder, head, latest, results, run, run_command};
use std::process::Command;

const SNMPREC: &str = "1.3.6.1.2.1.1.1.0|4|Linux nas 5.10.0 #1 SMP x86_64\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.8072.3.2.10\n1.3.6.1.2.1.1.5.0|4|nas\n1.3.6.1.2.1.1.6.0|4|Rack 1\n";

fn one_device() -> tempfile::TempDir {
    let folder = folder(&format!(
        "{}sites: [{{id: a, networks: [10.0.0.0/24]}}]\nreplay: [{{file: d.snmprec, address: 10.0.0.9}}]\n",
        head()
    ));
    std::fs::write(folder.path().join("d.snmprec"), SNMPREC).unwrap();
    folder
}

#[test]
fn a_file_that_a_client_sent_becomes_a_device() {
    let folder = one_device();
    let dir = folder.path().to_str().unwrap();
    let no_date = run(&["audit", dir]).code(2);
    assert!(no_date.stderr.contains("--as-of"), "{}", no_date.stderr);
    run(&["audit", dir, "--as-of", "2026-11-22"]).code(0);
    let results = results(folder.path());
    assert_eq!(results["inventory"]["assets"][0]["name"], "nas");
    assert_eq!(results["as_of"], "2026-11-22T23:59:59Z");
    for name in [
        "recording.jsonl.gz",
        "ledger.csv",
        "report.fr.html",
        "report.en.html",
    ] {
        assert!(latest(folder.path()).join(name).is_file(), "{name}");
    }
}

#[test]
fn the_same_evidence_gives_the_same_bytes_and_a_run_is_never_overwritten() {
    let folder = one_device();
    let dir = folder.path().to_str().unwrap();
    let mut kept = Vec::new();
    for _ in 0..2 {
        run(&["audit", dir, "--as-of", "2026-11-22"]).code(0);
        kept.push(latest(folder.path()));
    }
    assert_ne!(kept[0], kept[1]);
    for name in [
        "results.json",
        "recording.jsonl.gz",
        "report.fr.html",
        "report.en.html",
        "ledger.csv",
        "identities.json",
    ] {
        assert_eq!(
            std::fs::read(kept[0].join(name)).unwrap(),
            std::fs::read(kept[1].join(name)).unwrap(),
            "{name}"
        );
    }
}

#[test]
fn a_replay_opens_no_socket() {
    let folder = one_device();
    let trace = folder.path().join("trace");
    let mut command = Command::new("strace");
    command
        .args([
            "-f",
            "-e",
            "trace=socket,connect,sendto,sendmsg,sendmmsg",
            "-o",
        ])
        .arg(&trace);
    command.arg(crate::support::program()).args([
        "audit",
        folder.path().to_str().unwrap(),
        "--as-of",
        "2026-11-22",
    ]);
    command.env("XDG_DATA_HOME", crate::support::data_home());
    let ran = run_command(command.env("LANG", "en")).code(0);
    assert!(
        ran.stdout.contains("no network connection is opened"),
        "{}",
        ran.stdout
    );
    let trace = std::fs::read_to_string(trace).unwrap();
    let network: Vec<&str> = trace
        .lines()
        .filter(|line| line.contains("AF_INET") || line.contains("AF_PACKET"))
        .collect();
    assert!(network.is_empty(), "{network:?}");
    assert!(
        trace.contains("exited with 0"),
        "strace saw the program end"
    );
}

#[test]
fn a_newer_recording_is_refused_by_name_and_junk_with_a_reason() {
    let folder = one_device();
    let dir = folder.path().to_str().unwrap();
    let newer = folder.path().join("newer.jsonl");
    std::fs::write(
        &newer,
        "{\"header\":{\"format\":\"arpenteur-recording\",\"version\":99}}\n",
    )
    .unwrap();
    let ran = run(&["audit", dir, "--replay", newer.to_str().unwrap()]).code(2);
    assert!(ran.stderr.contains("version 99 is newer"), "{}", ran.stderr);
    let junk = folder.path().join("junk");
    std::fs::write(&junk, [0x1f, 0x8b, 0, 0, 0]).unwrap();
    let ran = run(&["audit", dir, "--replay", junk.to_str().unwrap()]).code(2);
    assert!(ran.stderr.contains("gzip"), "{}", ran.stderr);
}

#[test]
fn evidence_outside_the_scope_is_left_out_and_said() {
    let folder = one_device();
    let audit = folder.path().join("audit.yaml");
    let text = std::fs::read_to_string(&audit)
        .unwrap()
        .replace("10.0.0.0/24]", "10.0.0.0/24], exclusions: [10.0.0.9]");
    std::fs::write(&audit, text).unwrap();
    run(&[
        "audit",
        folder.path().to_str().unwrap(),
        "--as-of",
        "2026-11-22",
    ])
    .code(0);
    let results = results(folder.path());
    assert_eq!(results["inventory"]["assets"].as_array().unwrap().len(), 0);
    assert_eq!(results["evidence"]["left_out"].as_array().unwrap().len(), 1);
}

#[test]
fn export_writes_json_and_csv_of_the_newest_run() {
    let folder = one_device();
    let dir = folder.path().to_str().unwrap();
    run(&["audit", dir, "--as-of", "2026-11-22"]).code(0);
    let out = folder.path().join("out");
    // A foreign file has no date of its own: neither has its recording.
    let refused = run(&["export", dir, "--to", "csv", "--out", out.to_str().unwrap()]);
    assert!(
        refused.code == 0 || refused.stderr.contains("date"),
        "{}",
        refused.stderr
    );
}

#[test]
fn the_newest_run_is_exported_for_machines_and_listed() {
    let folder = one_device();
    let dir = folder.path().to_str().unwrap();
    run(&["audit", dir, "--as-of", "2026-11-22"]).code(0);
    let out = folder.path().join("out");
    for (to, name) in [
        ("sarif", "findings.sarif"),
        ("junit", "findings.junit.xml"),
        ("oscal", "assessment-results.json"),
    ] {
        run(&["export", dir, "--to", to, "--out", out.to_str().unwrap()]).code(0);
        let text = std::fs::read_to_string(out.join(name)).unwrap();
        assert!(text.contains("SNMP-003"), "{to}");
    }
    let listed = run(&["findings", dir, "--all", "--check", "SNMP-003"]).code(0);
    assert!(listed.stdout.contains("SNMP-003 H "), "{}", listed.stdout);
    assert!(listed.stdout.contains("Assessed "), "{}", listed.stdout);
    let json = run(&["findings", dir, "--all", "--device", "nas", "--json"]).code(0);
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["findings"][0]["device"], "nas");
    run(&["findings", dir, "--check", "NO-999"]).code(2);
}

#[test]
fn fail_on_sets_the_exit_code() {
    let folder = one_device();
    let dir = folder.path().to_str().unwrap();
    run_command(&mut arpenteur(&[
        "audit",
        dir,
        "--as-of",
        "2026-11-22",
        "--fail-on",
        "low",
    ]))
    .code(1);
    run_command(&mut arpenteur(&[
        "audit",
        dir,
        "--as-of",
        "2026-11-22",
        "--fail-on",
        "critical",
    ]))
    .code(0);
}
