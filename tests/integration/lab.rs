//! The program against real daemons (tests/lab). Needs root.
#[path = "responder.rs"]
mod responder;

use crate::support::{Lab, data_home, latest, results, run, run_command};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// The catalogue's checks by scope (`device`, `site`).
pub(crate) fn catalogue() -> BTreeMap<String, BTreeSet<String>> {
    let listed = crate::support::run(&["--json", "checks", "list"]).code(0);
    let listed: Value = serde_json::from_str(&listed.stdout).unwrap();
    let mut scopes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for check in listed["checks"].as_array().unwrap() {
        let text = |field: &str| check[field].as_str().unwrap().to_owned();
        scopes.entry(text("scope")).or_default().insert(text("id"));
    }
    scopes
}

fn asset<'a>(results: &'a Value, address: &str) -> Option<&'a Value> {
    results["inventory"]["assets"]
        .as_array()
        .unwrap()
        .iter()
        .find(|asset| {
            asset["targets"]
                .as_array()
                .unwrap()
                .iter()
                .any(|target| target["locator"] == address)
        })
}

fn address(host: &Value) -> String {
    let first = host["interfaces"]
        .as_array()
        .unwrap()
        .iter()
        .find_map(|interface| interface["ipv4"].as_str());
    first.unwrap().split('/').next().unwrap().to_owned()
}

fn outcomes<'a>(results: &'a Value, asset: &Value) -> BTreeMap<&'a str, &'a Value> {
    let findings = results["findings"].as_array().unwrap().iter();
    findings
        .filter(|finding| finding["asset"] == asset["arpenteur_id"])
        .map(|finding| (finding["check"].as_str().unwrap(), finding))
        .collect()
}

fn audit(lab: &Lab, folder: &Path, more: &[&str]) -> Value {
    let mut arguments = vec!["audit", folder.to_str().unwrap()];
    arguments.extend(more);
    run_command(&mut lab.arpenteur(&arguments)).code(0);
    results(folder)
}

#[test]
fn a_live_audit_finds_every_host_and_every_planted_weakness_and_keeps_to_its_scope() {
    let lab = Lab::up();
    let folder = lab.audit_folder("");
    let capture = folder.path().join("capture.pcap");
    run_command(lab.script("capture").arg("start").arg(&capture)).code(0);
    let results = audit(&lab, folder.path(), &[]);
    run_command(lab.script("capture").arg("stop")).code(0);
    let mut wrong = Vec::new();
    identities(&lab, &results, &mut wrong);
    weaknesses(&lab, &results, &mut wrong);
    hardened(&lab, &results, &mut wrong);
    shown_without_login(&lab, &results, &mut wrong);
    untouched(&lab, &mut wrong);
    wrong.extend(crate::proof::not_shown_by_the_lab(&results));
    ledger_equals_capture(&lab, folder.path(), &capture, &mut wrong);
    no_secret_leaves(folder.path(), &mut wrong);
    replay_equals_live(&lab, folder.path(), &results, &mut wrong);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every reachable host is there, with its name, class and serial; clones are two devices,
/// hosts with two addresses one.
fn identities(lab: &Lab, results: &Value, wrong: &mut Vec<String>) {
    for host in lab.hosts() {
        let (name, at) = (host["name"].as_str().unwrap(), address(host));
        let found = asset(results, &at);
        if host["reachable"] != true {
            if found.is_some_and(|asset| asset["state"] == "observed" && name != "silent") {
                wrong.push(format!("{name}: found, though it must not be contacted"));
            }
            continue;
        }
        let Some(asset) = found else {
            wrong.push(format!("{name}: not found"));
            continue;
        };
        if asset["name"] != host["hostname"] {
            wrong.push(format!("{name}: named {}", asset["name"]));
        }
        // A bridge that answers with the net-snmp Linux OID shows nothing of its class yet.
        if asset["class"] != host["class"] && name != "sw1" {
            wrong.push(format!(
                "{name}: class {} instead of {}",
                asset["class"], host["class"]
            ));
        }
        let serial = &asset["sheet"]["values"]["hardware"]["serial_num"];
        let readable = host["sudo"] == true && !host["ssh"].as_array().unwrap().is_empty();
        if readable && *serial != host["serial"] {
            wrong.push(format!(
                "{name}: serial {serial} instead of {}",
                host["serial"]
            ));
        }
    }
    for group in lab.truth["one_device"].as_array().unwrap() {
        let all: Vec<&str> = group["addresses"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .filter(|a| !a.contains(':'))
            .collect();
        let ids: BTreeSet<String> = all
            .iter()
            .filter_map(|at| asset(results, at))
            .map(|asset| asset["arpenteur_id"].to_string())
            .collect();
        if ids.len() != 1 {
            wrong.push(format!(
                "{}: {} assets for {all:?}",
                group["name"],
                ids.len()
            ));
        }
    }
    for pair in lab.truth["stay_apart"].as_array().unwrap() {
        let ids: BTreeSet<String> = pair
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|name| asset(results, &address(lab.host(name.as_str().unwrap()))))
            .map(|asset| asset["arpenteur_id"].to_string())
            .collect();
        if ids.len() != 2 {
            wrong.push(format!("{pair}: merged, though they are two devices"));
        }
    }
}

/// Every planted weakness that the catalogue covers is a failed check, and no other.
fn weaknesses(lab: &Lab, results: &Value, wrong: &mut Vec<String>) {
    let device = &catalogue()["device"];
    let bare = listed(&lab.truth["bare"]);
    let machine = listed(&lab.truth["machine"]);
    for host in lab.hosts().filter(|host| host["reachable"] == true) {
        let Some(asset) = asset(results, &address(host)) else {
            continue;
        };
        let outcomes = outcomes(results, asset);
        let planted: BTreeSet<&str> = host["weaknesses"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|weakness| weakness["check"].as_str())
            .collect();
        for check in planted.iter().filter(|check| device.contains(**check)) {
            let outcome = outcomes
                .get(check)
                .map_or(&Value::Null, |finding| &finding["outcome"]);
            if outcome != "fail" {
                wrong.push(format!(
                    "{}: {check} is {outcome} {}",
                    host["name"],
                    outcomes.get(check).map_or(&Value::Null, |f| &f["fact"])
                ));
            }
        }
        for (check, finding) in &outcomes {
            let bare = bare.contains(check) && host["sound"].is_null();
            let allowed = bare || machine.contains(check) || planted.contains(check);
            if finding["outcome"] == "fail" && !allowed {
                wrong.push(format!(
                    "{}: {check} fails, though nothing is planted: {}",
                    host["name"], finding["evidence"]
                ));
            }
            if finding["outcome"] == "error" {
                wrong.push(format!(
                    "{}: {check} ended in error {finding}",
                    host["name"]
                ));
            }
        }
    }
}

fn listed(checks: &Value) -> BTreeSet<&str> {
    let checks = checks.as_array().unwrap().iter();
    checks.filter_map(Value::as_str).collect()
}

fn hardened(lab: &Lab, results: &Value, wrong: &mut Vec<String>) {
    let Some(asset) = asset(results, &address(lab.host("hardened"))) else {
        return;
    };
    let outcomes = outcomes(results, asset);
    let judged: BTreeSet<&str> = outcomes.keys().copied().collect();
    let device = &catalogue()["device"];
    if !judged.iter().copied().eq(device) {
        wrong.push(format!("hardened: judged by {judged:?}"));
    }
    let sound = listed(&lab.host("hardened")["sound"]);
    let machine = listed(&lab.truth["machine"]);
    for (check, finding) in outcomes {
        match finding["outcome"].as_str() {
            Some("pass") => {}
            _ if sound.contains(check) => wrong.push(format!("hardened: {check} {finding}")),
            Some("not_applicable") => {}
            Some("fail") if machine.contains(check) => {}
            Some("unknown") if finding["reason"].is_string() && finding["fact"].is_string() => {}
            _ => wrong.push(format!("hardened: {check} {finding}")),
        }
    }
}

/// What services showed of themselves, weak on one host and hardened on another.
fn shown_without_login(lab: &Lab, results: &Value, wrong: &mut Vec<String>) {
    let expected = serde_json::json!({
        "legacy": {
            "/smb/dialects": ["1", "2.0.2", "2.1", "3.0", "3.0.2", "3.1.1"],
            "/smb/signing_required": false,
            "/rdp/security": "nla",
            "/clear/smart_install": true,
            "/clear/small_services": [7, 9, 13, 19],
            "/dns/recursion": true,
            "/dns/transfers": ["lab.test"],
            "/nfs/exports": [{"path": "/srv/exports", "clients": ["*"]}],
            "/ipmi/anonymous": false,
            "/ipmi/cipher_zero": true,
            "/clock/sources": ["192.0.2.1"],
            "/container_apis/0/name": "docker/2375",
        },
        "hardened": {
            "/smb/dialects": ["3.0", "3.0.2", "3.1.1"],
            "/smb/signing_required": true,
            "/rdp/answers": false,
            "/clear/smart_install": false,
            "/dns/recursion": false,
            "/dns/transfers": [],
            "/dns/declared_resolvers": ["10.77.0.12"],
            "/ipmi/answers": false,
        },
        "db": {
            "/data_stores/0/name": "redis/6379",
            "/data_stores/0/authenticated": false,
            "/data_stores/1/name": "memcached/11211",
        },
        "web": {"/http/servers/0/admin": true, "/tls/endpoints/1/weak_ciphers": []},
    });
    for (name, facts) in expected.as_object().unwrap() {
        let Some(asset) = asset(results, &address(lab.host(name))) else {
            continue;
        };
        for (pointer, value) in facts.as_object().unwrap() {
            let found = asset["sheet"]["values"].pointer(pointer);
            if found != Some(value) {
                wrong.push(format!("{name}: {pointer} is {found:?} instead of {value}"));
            }
        }
        let outcomes = outcomes(results, asset);
        let passes = [
            "CLR-005", "EXP-004", "EXP-005", "TIM-001", "TLS-005", "TLS-006",
        ];
        for check in passes.iter().filter(|_| name == "hardened") {
            if outcomes[check]["outcome"] != "pass" {
                wrong.push(format!("{name}: {check} {}", outcomes[check]));
            }
        }
    }
}

/// Counted on the hosts' own side.
fn untouched(lab: &Lab, wrong: &mut Vec<String>) {
    let counts = run_command(&mut lab.script("counts")).code(0);
    let counts: Value = serde_json::from_str(&counts.stdout).unwrap();
    for name in ["thirdparty", "excluded"] {
        let host = &counts[name];
        for (counter, value) in host.as_object().unwrap() {
            if value.as_u64().is_some_and(|count| count > 0) {
                wrong.push(format!("{name}: {counter} is {value}"));
            }
        }
    }
    let printed = &counts["printer"]["print_bytes"];
    if printed.as_u64() != Some(0) && !printed.is_object() {
        wrong.push(format!("printer: {printed} bytes on print ports"));
    }
    if printed
        .as_object()
        .is_some_and(|ports| ports.values().any(|bytes| bytes.as_u64() != Some(0)))
    {
        wrong.push(format!("printer: {printed} bytes on print ports"));
    }
}

/// UDP datagrams, echo requests and connections by target and port: the same numbers; of
/// ARP, in which the kernel has a share, the same targets and no fewer requests.
fn ledger_equals_capture(lab: &Lab, folder: &Path, capture: &Path, wrong: &mut Vec<String>) {
    let scanner = lab.truth["lab"]["scanner"]["mac"].as_str().unwrap();
    let mut seen: BTreeMap<(String, String, u64), u64> = BTreeMap::new();
    let mut count = |filter: &str, fields: &[&str], protocol: &str| {
        let mut command = Command::new("tshark");
        command.args(["-n", "-r"]).arg(capture).args([
            "-Y",
            &format!("eth.src == {scanner} && ({filter})"),
            "-T",
            "fields",
        ]);
        for field in fields {
            command.args(["-e", field]);
        }
        let listed = run_command(&mut command).code(0);
        let lines: Vec<&str> = listed.stdout.lines().collect();
        // A retransmission has the same ports: one connection.
        let unique: BTreeSet<&str> = lines.iter().copied().collect();
        let lines: Vec<&str> = if protocol == "tcp" {
            unique.into_iter().collect()
        } else {
            lines
        };
        for line in lines {
            let mut parts = line.split('\t');
            let target = parts.next().unwrap().to_owned();
            let port = parts.next().and_then(|port| port.parse().ok()).unwrap_or(0);
            *seen.entry((target, protocol.to_owned(), port)).or_default() += 1;
        }
    };
    count("udp && !icmp", &["ip.dst", "udp.dstport"], "udp");
    count("icmp.type == 8", &["ip.dst"], "icmp");
    count(
        "tcp.flags.syn == 1 && tcp.flags.ack == 0",
        &["ip.dst", "tcp.dstport", "tcp.srcport"],
        "tcp",
    );
    count("arp.opcode == 1", &["arp.dst.proto_ipv4"], "neighbour");
    let ledger = std::fs::read_to_string(latest(folder).join("ledger.csv")).unwrap();
    let mut written: BTreeMap<(String, String, u64), u64> = BTreeMap::new();
    for line in ledger.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let key = (
            cells[1].to_owned(),
            cells[2].to_owned(),
            cells[3].parse().unwrap(),
        );
        *written.entry(key).or_default() += cells[4].parse::<u64>().unwrap();
    }
    assert!(written.len() > 100, "the ledger has {} rows", written.len());
    for key in written.keys().chain(seen.keys()).collect::<BTreeSet<_>>() {
        let (sent, caught) = (
            written.get(key).copied().unwrap_or(0),
            seen.get(key).copied().unwrap_or(0),
        );
        // The kernel asks for its next hop by itself.
        let kernels = key.1 == "neighbour" && caught >= sent && (sent > 0 || key.0 == "10.77.0.1");
        if sent != caught && !kernels {
            wrong.push(format!("ledger {sent}, capture {caught} for {key:?}"));
        }
    }
}

fn no_secret_leaves(folder: &Path, wrong: &mut Vec<String>) {
    let canaries = [
        "lab-ro",
        "lab-auth-256",
        "lab-priv-128",
        "lab-auth-sha-512",
        "lab-priv-aes-256",
        "lab-Audit-2026",
        "BEGIN OPENSSH",
        // Salts of the password hashes.
        "arpenteurlab",
        "$1$arpent",
    ];
    let dir = folder.to_str().unwrap();
    let exports = folder.join("exports");
    for to in [
        "json",
        "csv",
        "sarif",
        "junit",
        "oscal",
        "glpi",
        "cyclonedx",
        "ocsf",
        "prometheus",
        "ansible",
        "xlsx",
        "servicenow",
        "zabbix",
    ] {
        let out = exports.join(to);
        run(&["export", dir, "--to", to, "--out", out.to_str().unwrap()]).code(0);
        assert!(std::fs::read_dir(out).unwrap().count() > 0, "{to}");
    }
    for place in [&latest(folder), &exports, data_home()] {
        search(place, &canaries, wrong);
    }
}

/// Says which files below a folder hold one of the words, also packed ones.
fn search(folder: &Path, words: &[&str], wrong: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            search(&path, words, wrong);
            continue;
        }
        let mut bytes = std::fs::read(&path).unwrap();
        if bytes.starts_with(&[0x1f, 0x8b]) {
            bytes = Command::new("zcat").arg(&path).output().unwrap().stdout;
        } else if bytes.starts_with(b"PK") {
            let script = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\n\
                          for n in z.namelist(): sys.stdout.buffer.write(z.read(n))";
            let unpacked = Command::new("python3")
                .args(["-c", script])
                .arg(&path)
                .output();
            bytes = unpacked.unwrap().stdout;
        }
        let text = String::from_utf8_lossy(&bytes);
        for word in words.iter().filter(|word| text.contains(**word)) {
            wrong.push(format!("{}: holds `{word}`", path.display()));
        }
    }
}

/// The recording, replayed outside the lab: the same inventory and findings, twice the same bytes.
fn replay_equals_live(lab: &Lab, folder: &Path, live: &Value, wrong: &mut Vec<String>) {
    let recording = folder.join("kept.jsonl.gz");
    std::fs::copy(latest(folder).join("recording.jsonl.gz"), &recording).unwrap();
    let elsewhere = lab.audit_folder("");
    let dir = elsewhere.path().to_str().unwrap();
    let mut kept = Vec::new();
    for _ in 0..2 {
        crate::support::run(&["audit", dir, "--replay", recording.to_str().unwrap()]).code(0);
        kept.push(latest(elsewhere.path()));
    }
    let replayed = results(elsewhere.path());
    for part in ["inventory", "findings", "estimate", "coverage"] {
        if live[part] != replayed[part] {
            wrong.push(format!(
                "{part} differs between live and replay: {}",
                difference(&live[part], &replayed[part], part)
            ));
        }
    }
    for name in ["results.json", "report.fr.html", "recording.jsonl.gz"] {
        if std::fs::read(kept[0].join(name)).unwrap() != std::fs::read(kept[1].join(name)).unwrap()
        {
            wrong.push(format!("{name} differs between two replays"));
        }
    }
}

/// The first place where two values differ.
fn difference(a: &Value, b: &Value, at: &str) -> String {
    match (a, b) {
        (Value::Object(left), Value::Object(right)) => {
            let keys: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
            let differs = keys
                .into_iter()
                .find(|key| left.get(*key) != right.get(*key));
            differs.map_or_else(String::new, |key| {
                difference(&a[key], &b[key], &format!("{at}.{key}"))
            })
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            let index = left
                .iter()
                .zip(right)
                .position(|(x, y)| x != y)
                .unwrap_or(0);
            difference(&a[index], &b[index], &format!("{at}[{index}]"))
        }
        _ => format!("{at}: {a} / {b}"),
    }
}

/// The inventory without what changes by itself: volatile facts, times.
fn steady(results: &Value) -> Value {
    let schema = crate::support::run(&["schema", "facts"]).code(0);
    assert!(schema.stdout.contains("x-volatile"));
    let mut inventory = results["inventory"].clone();
    for asset in inventory["assets"].as_array_mut().unwrap() {
        // Which sources agree on a volatile value is as volatile as the value.
        let states = asset["sheet"]["states"].as_object_mut().unwrap();
        for path in [
            "system.uptime",
            "capacity.memory_available",
            "capacity.filesystems",
            "capacity.cpu_load",
            "interfaces",
            "clear.tftp",
        ] {
            states.remove(path);
        }
        // What ICMP tells is rationed, and a clock runs.
        let volatile = |path: &str| {
            ["clock.", "dns.", "ipmi."]
                .iter()
                .any(|room| path.starts_with(room))
        };
        states.retain(|path, _| !volatile(path));
        // Of two addresses of one device either may have answered first: the state counts.
        for state in states.values_mut() {
            state.as_object_mut().unwrap().remove("evidence");
        }
        let values = &mut asset["sheet"]["values"];
        values["system"]["uptime"] = Value::Null;
        values["capacity"]["cpu_load"] = Value::Null;
        for room in ["clock", "dns", "ipmi"] {
            values[room] = Value::Null;
        }
        values["clear"]["tftp"] = Value::Null;
        values["capacity"]["memory_available"] = Value::Null;
        for list in ["filesystems"] {
            for item in values["capacity"][list]
                .as_array_mut()
                .into_iter()
                .flatten()
            {
                item["used"] = Value::Null;
                item["used_percent"] = Value::Null;
            }
        }
        for item in values["interfaces"].as_array_mut().into_iter().flatten() {
            for field in [
                "oper_status",
                "in_errors",
                "out_errors",
                "in_discards",
                "out_discards",
                "in_packets",
                "out_packets",
                "in_octets",
                "out_octets",
                "last_change",
            ] {
                item[field] = Value::Null;
            }
        }
    }
    inventory
}

#[test]
fn a_scan_killed_half_way_resumes_to_the_same_inventory() {
    let lab = Lab::up();
    // LLDP neighbours come a few seconds after the lab: both runs shall see them.
    std::thread::sleep(Duration::from_secs(8));
    let whole = lab.audit_folder("");
    let undisturbed = audit(&lab, whole.path(), &[]);
    let folder = lab.audit_folder("");
    let dir = folder.path().to_str().unwrap();
    let mut scan = lab.arpenteur(&["audit", dir]).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(4));
    scan.kill().unwrap();
    scan.wait().unwrap();
    assert!(
        !folder.path().join("runs/latest").exists(),
        "the scan was over before it was killed"
    );
    let done = |folder: &Path| -> BTreeMap<String, u64> {
        let run = std::fs::read_dir(folder.join("runs"))
            .unwrap()
            .flatten()
            .find(|entry| entry.path().is_dir())
            .unwrap();
        let journal = std::fs::read_to_string(run.path().join("journal.jsonl")).unwrap();
        let finished = journal.lines().filter_map(|line| {
            serde_json::from_str::<Value>(line)
                .ok()?
                .get("done")
                .map(Value::to_string)
        });
        finished.map(|target| (target, 1)).collect()
    };
    let finished = done(folder.path());
    assert!(!finished.is_empty());
    run_command(&mut lab.arpenteur(&["resume", dir])).code(0);
    let resumed = results(folder.path());
    let (expected, got) = (steady(&undisturbed), steady(&resumed));
    assert!(
        expected == got,
        "{}",
        difference(&expected, &got, "inventory")
    );
}

#[test]
fn without_privilege_every_host_with_an_open_service_is_found() {
    let lab = Lab::up();
    let folder = lab.audit_folder("");
    let results = audit(&lab, folder.path(), &["--unprivileged"]);
    assert_eq!(results["evidence"]["privileged"], false);
    for host in lab.hosts().filter(|host| host["reachable"] == true) {
        assert!(
            asset(&results, &address(host)).is_some(),
            "{} was not found",
            host["name"]
        );
    }
    let counts = run_command(&mut lab.script("counts")).code(0);
    let counts: Value = serde_json::from_str(&counts.stdout).unwrap();
    for name in ["thirdparty", "excluded"] {
        for (counter, value) in counts[name].as_object().unwrap() {
            assert!(
                value.as_u64().is_none_or(|count| count == 0),
                "{name}: {counter} is {value}"
            );
        }
    }
}

#[test]
fn ctrl_c_keeps_what_was_seen_and_resume_finishes() {
    let lab = Lab::up();
    let folder = lab.audit_folder("");
    let dir = folder.path().to_str().unwrap();
    let scan = lab
        .arpenteur(&["audit", dir])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_secs(4));
    let killed = Command::new("kill")
        .args(["-INT", &scan.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let ran = scan.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert_eq!(ran.status.code(), Some(3), "{said}");
    assert!(said.contains("Interrupted"), "{said}");
    let part = results(folder.path());
    assert_eq!(part["evidence"]["complete"], false);
    assert!(
        part["not_seen"]
            .as_array()
            .unwrap()
            .iter()
            .any(|item| item["kind"] == "interrupted")
    );
    run_command(&mut lab.arpenteur(&["resume", dir])).code(0);
    let whole = results(folder.path());
    assert_eq!(whole["evidence"]["complete"], true);
    assert!(whole["inventory"]["assets"].as_array().unwrap().len() >= 14);
    let nothing_left = run_command(&mut lab.arpenteur(&["resume", dir])).code(2);
    assert!(
        nothing_left.stderr.contains("no interrupted run"),
        "{}",
        nothing_left.stderr
    );
}

#[test]
fn a_machine_that_the_mandate_does_not_name_sends_nothing() {
    let lab = Lab::up();
    let folder = lab.audit_folder("");
    let audit = folder.path().join("audit.yaml");
    let text = std::fs::read_to_string(&audit)
        .unwrap()
        .replace("probes:", "source_addresses: [10.77.0.99], probes:");
    std::fs::write(&audit, text).unwrap();
    let ran = run_command(&mut lab.arpenteur(&["scan", folder.path().to_str().unwrap()])).code(2);
    assert!(ran.stderr.contains("10.77.0.100"), "{}", ran.stderr);
}
