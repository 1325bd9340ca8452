//! The engine's promises, on checks written for the purpose.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]
#[path = "check_files/mod.rs"]
mod check_files;

use std::time::Instant;

use arpenteur_core::check::{Catalogue, CheckScope, Coverage, Policy};
use arpenteur_core::model::{
    Asset, AssetState, Confidence, EvidenceId, FactPath, FactSheet, Finding, Identity, Inventory,
    Outcome, Provenance, Severity, SiteId, UnreadReason,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

fn check(id: &str, body: &str) -> (String, Vec<u8>) {
    let text = format!(
        "id: {id}\nrevision: 3\nstatus: preview\n\
         title: {{fr: \"État\", en: \"State\"}}\nwhy: {{fr: \"Car\", en: \"Because\"}}\n\
         fix: {{fr: \"Faire\", en: \"Do\"}}\nseverity: critical\nconfidence: certain\neffort: M\n\
         refs: {{}}\ntests: []\n{body}"
    );
    (format!("checks/x/{id}.yaml"), text.into_bytes())
}

fn catalogue(checks: &[(&str, &str)]) -> Catalogue {
    let files: Vec<_> = checks.iter().map(|(id, body)| check(id, body)).collect();
    Catalogue::load(&files).unwrap_or_else(|errors| panic!("{errors}"))
}

fn path(text: &str) -> FactPath {
    text.parse().unwrap()
}

fn known_by(evidence: &str, confidence: Confidence) -> Provenance {
    Provenance {
        evidence: vec![EvidenceId(evidence.to_owned())],
        by: "test".to_owned(),
        confidence,
        ..Provenance::default()
    }
}

fn sheet(facts: &[(&str, Value)]) -> FactSheet {
    let mut sheet = FactSheet::new();
    for (name, value) in facts {
        sheet.set(
            &path(name),
            value.clone(),
            known_by(name, Confidence::Certain),
        );
    }
    sheet
}

fn asset(number: u128, sheet: FactSheet) -> Asset {
    Asset {
        arpenteur_id: Uuid::from_u128(number),
        identity: Identity {
            key: "hostname".to_owned(),
            value: number.to_string(),
        },
        name: format!("host-{number}"),
        site: SiteId("hq".to_owned()),
        state: AssetState::Observed,
        targets: Vec::new(),
        address: None,
        class: "server".to_owned(),
        class_confidence: Confidence::Certain,
        family: None,
        third_party: None,
        tags: Vec::new(),
        criticality: None,
        authenticated: true,
        sheet,
        merges: Vec::new(),
        complaints: Vec::new(),
    }
}

fn judge(catalogue: &Catalogue, sheet: FactSheet) -> Vec<Finding> {
    let inventory = Inventory {
        assets: vec![asset(1, sheet)],
        ..Inventory::default()
    };
    findings(
        catalogue,
        &inventory,
        "2026-11-22T00:00:00Z".parse().unwrap(),
    )
}

fn findings(catalogue: &Catalogue, inventory: &Inventory, as_of: Timestamp) -> Vec<Finding> {
    catalogue
        .judge(inventory, &Policy::default(), as_of)
        .findings
}

fn one(body: &str, sheet: FactSheet) -> Finding {
    judge(&catalogue(&[("X-001", body)]), sheet).remove(0)
}

fn unknown(reason: UnreadReason, fact: &str) -> Outcome {
    Outcome::Unknown {
        reason,
        fact: fact.to_owned(),
    }
}

const TELNET: &str = "applies: \"os.family == 'linux'\"\nfacts: [os.family, clear.telnet]\n\
    absent: {os.family: evaluate}\npass: \"clear.telnet == false\"\nevidence: [clear.telnet]";

#[test]
fn applicability_comes_first_then_what_was_read() {
    let windows = sheet(&[("os.family", json!("windows"))]);
    assert_eq!(
        one(TELNET, windows).outcome,
        Outcome::NotApplicable,
        "though telnet is unread"
    );
    let nothing = one(TELNET, FactSheet::new());
    assert_eq!(
        nothing.outcome,
        unknown(UnreadReason::NotCollected, "os.family")
    );
    let mut linux = sheet(&[("os.family", json!("linux"))]);
    linux.set_unread(
        &path("clear"),
        UnreadReason::Denied,
        known_by("asked", Confidence::Certain),
    );
    let finding = one(TELNET, linux);
    assert_eq!(
        finding.outcome,
        unknown(UnreadReason::Denied, "clear.telnet")
    );
    let exchanges: Vec<_> = finding.exchanges.iter().map(|id| id.0.as_str()).collect();
    assert_eq!(
        exchanges,
        ["asked", "os.family"],
        "what was tried is told too, sorted"
    );
    assert!(
        finding.evidence.is_empty(),
        "an unread fact has no value to show"
    );
}

#[test]
fn an_unread_fact_is_not_hidden_by_an_operator() {
    // CEL's `||` would swallow the missing side.
    let body = "applies: \"true\"\nfacts: [clear.telnet, clear.ftp]\n\
        pass: \"clear.telnet == false || clear.ftp == false\"\nevidence: []";
    let finding = one(body, sheet(&[("clear.telnet", json!(false))]));
    assert_eq!(
        finding.outcome,
        unknown(UnreadReason::NotCollected, "clear.ftp")
    );
}

#[test]
fn absence_means_what_the_check_says() {
    let body = |rule: &str| {
        format!(
            "applies: \"true\"\nfacts: [system.location]\nabsent: {{system.location: {rule}}}\n\
            pass: \"system.location == null\"\nevidence: [system.location]"
        )
    };
    let judged = |rule: &str| one(&body(rule), sheet(&[("system.location", Value::Null)]));
    assert_eq!(judged("pass").outcome, Outcome::Pass);
    assert_eq!(judged("fail").outcome, Outcome::Fail);
    assert_eq!(judged("not_applicable").outcome, Outcome::NotApplicable);
    assert_eq!(
        judged("evaluate").outcome,
        Outcome::Pass,
        "null in the expression"
    );
    assert_eq!(
        judged("fail").evidence,
        [("system.location".to_owned(), Value::Null)]
    );
    // A fact that the schema never leaves out, left out: the reader broke its word.
    let broken = one(
        "applies: \"true\"\nfacts: [ssh.kex]\npass: \"size(ssh.kex) > 0\"\nevidence: []",
        sheet(&[("ssh.kex", Value::Null)]),
    );
    assert_eq!(
        broken.outcome,
        unknown(UnreadReason::Unsupported, "ssh.kex")
    );
}

const PORTS: &str = "applies: \"true\"\nfacts: [tls.endpoints, \"tls.endpoints[].ssl3\", \"tls.endpoints[].tls12\"]\n\
    absent: {tls.endpoints: not_applicable}\nfor_each: tls.endpoints\nwhere: \"item.tls12\"\n\
    pass: \"!item.ssl3\"\nevidence: [item.ssl3]";

#[test]
fn items_are_judged_one_by_one_and_the_worst_counts() {
    let endpoint =
        |port: u16, ssl3: Value, tls12: bool| json!({"port": port, "ssl3": ssl3, "tls12": tls12});
    let mut facts = sheet(&[(
        "tls.endpoints",
        json!([
            endpoint(443, json!(false), true),
            endpoint(444, json!(null), true),
            endpoint(445, json!(true), false),
        ]),
    )]);
    facts.set_item_unread(
        &path("tls.endpoints[444].ssl3"),
        UnreadReason::Timeout,
        Provenance::default(),
    );
    facts.set_item_unread(
        &path("tls.endpoints[446]"),
        UnreadReason::ParseFailed,
        Provenance::default(),
    );
    let finding = one(PORTS, facts.clone());
    let items: Vec<_> = finding
        .items
        .iter()
        .map(|item| (item.item.as_str(), &item.outcome))
        .collect();
    let (timeout, parse) = (
        unknown(UnreadReason::Timeout, "tls.endpoints[444].ssl3"),
        unknown(UnreadReason::ParseFailed, "tls.endpoints[446]"),
    );
    assert_eq!(
        items,
        [("443", &Outcome::Pass), ("444", &timeout), ("446", &parse)],
        "445 is not chosen"
    );
    assert_eq!(finding.outcome, timeout, "the first of the worst");
    assert_eq!(finding.items[0].evidence, [], "what passes shows nothing");
    let failing = sheet(&[(
        "tls.endpoints",
        json!([
            endpoint(1, json!(null), true),
            endpoint(2, json!(true), true)
        ]),
    )]);
    let failing = one(PORTS, failing);
    assert_eq!(
        failing.outcome,
        Outcome::Fail,
        "a failure outweighs an unknown"
    );
    assert_eq!(
        failing.items[1].evidence,
        [("tls.endpoints[2].ssl3".to_owned(), json!(true))]
    );
    let none = sheet(&[("tls.endpoints", json!([endpoint(445, json!(true), false)]))]);
    let none = one(PORTS, none);
    assert_eq!(
        (none.outcome, none.items.len()),
        (Outcome::NotApplicable, 0)
    );
}

#[test]
fn a_field_that_where_needs_and_nobody_read_makes_the_item_unknown() {
    let endpoints = json!([{"port": 443, "ssl3": false, "tls12": null}]);
    let finding = one(PORTS, sheet(&[("tls.endpoints", endpoints)]));
    assert_eq!(
        finding.outcome,
        unknown(UnreadReason::NotCollected, "tls.endpoints[443].tls12")
    );
    let body = "applies: \"sshd.accounts_with_keys > 0\"\nfacts: [sshd.accounts_with_keys]\n\
        pass: \"true\"\nevidence: []";
    let finding = one(body, sheet(&[("sshd.accounts_with_keys", Value::Null)]));
    assert_eq!(
        finding.outcome,
        unknown(UnreadReason::Unsupported, "sshd.accounts_with_keys")
    );
}

#[test]
fn raw_tests_go_through_the_parser_that_the_caller_hands_in() {
    let (name, text) = check("X-001", TELNET);
    let tests = "tests:\n  - name: raw\n    raw: {parser: ports, text: \"23 open\"}\n    \
        facts: {os: {family: linux}}\n    expect: fail";
    let text = String::from_utf8(text).unwrap().replace("tests: []", tests);
    let catalogue = Catalogue::load(&[(name, text.into_bytes())]).unwrap();
    let parser = |parser: &str, text: &str| {
        assert_eq!(parser, "ports");
        Ok(sheet(&[("clear.telnet", json!(text == "23 open"))]))
    };
    assert_eq!(catalogue.test(&parser)[0].failure, None);
    let broken = |_: &str, _: &str| Err("no such parser".to_owned());
    assert_eq!(
        catalogue.test(&broken)[0].failure.as_deref(),
        Some("raw text: no such parser")
    );
    let other = |_: &str, _: &str| Ok(sheet(&[("clear.telnet", json!(false))]));
    let failure = catalogue.test(&other)[0].failure.clone().unwrap();
    assert!(
        failure.starts_with("expected fail, got {\"outcome\":\"pass\"}"),
        "{failure}"
    );
}

#[test]
fn a_list_longer_than_the_bound_is_never_passed_whole() {
    let many: Vec<Value> = (0..5000)
        .map(|n| json!({"port": n, "ssl3": false, "tls12": true}))
        .collect();
    let finding = one(PORTS, sheet(&[("tls.endpoints", json!(many))]));
    assert_eq!(finding.items.len(), 4097);
    assert_eq!(finding.items[4096].item, "+904");
    assert_eq!(
        finding.outcome,
        unknown(UnreadReason::Unsupported, "tls.endpoints")
    );
}

#[test]
fn a_loop_without_end_in_sight_is_stopped_and_the_others_go_on() {
    let endless = "applies: \"true\"\nfacts: [ssh.kex]\nevidence: []\n\
        pass: \"ssh.kex.all(a, ssh.kex.all(b, a + b != 'x')) || true\"";
    let catalogue = catalogue(&[("X-001", endless), ("X-002", TELNET)]);
    let kex: Vec<String> = (0..20_000).map(|n| format!("kex-{n}")).collect();
    let start = Instant::now();
    let findings = judge(
        &catalogue,
        sheet(&[
            ("ssh.kex", json!(kex)),
            ("os.family", json!("linux")),
            ("clear.telnet", json!(false)),
        ]),
    );
    let Outcome::Error { message } = &findings[0].outcome else {
        panic!("{:?}", findings[0])
    };
    assert!(message.contains("100000 steps"), "{message}");
    assert_eq!(findings[1].outcome, Outcome::Pass);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn what_a_device_sends_is_not_the_checks_fault() {
    let body = "applies: \"true\"\nfacts: [device.end_of_support]\n\
        absent: {device.end_of_support: not_applicable}\n\
        pass: \"days_until(device.end_of_support) >= 0\"\nevidence: []";
    let until = |date: &str| one(body, sheet(&[("device.end_of_support", json!(date))])).outcome;
    assert_eq!(
        until("2026-11-22"),
        Outcome::Pass,
        "a day lasts until its end"
    );
    assert_eq!(until("2026-11-21"), Outcome::Fail);
    assert_eq!(until("2026-11-22T00:00:00Z"), Outcome::Pass);
    assert_eq!(until("2026-11-21T23:59:59Z"), Outcome::Fail);
    assert_eq!(
        until("2026-11-22T00:30:00+02:00"),
        Outcome::Fail,
        "offsets count"
    );
    for broken in ["", "tomorrow", "2026-13-01", "2026-11-22[Europe/Paris]"] {
        assert_eq!(
            until(broken),
            unknown(UnreadReason::ParseFailed, "device.end_of_support"),
            "{broken}"
        );
    }
}

#[test]
fn an_expression_of_the_wrong_type_is_an_error_of_the_check() {
    let body = "applies: \"true\"\nfacts: [system.hostname]\nabsent: {system.hostname: fail}\n\
        pass: \"system.hostname\"\nevidence: []";
    let finding = one(body, sheet(&[("system.hostname", json!("sw1"))]));
    let Outcome::Error { message } = finding.outcome else {
        panic!("{finding:?}")
    };
    assert!(message.contains("string"), "{message}");
}

#[test]
fn confidence_is_the_least_and_caps_severity() {
    let mut facts = FactSheet::new();
    facts.set(
        &path("os.family"),
        json!("linux"),
        known_by("b", Confidence::Heuristic),
    );
    facts.set(
        &path("clear.telnet"),
        json!(true),
        known_by("a", Confidence::Certain),
    );
    let finding = one(TELNET, facts.clone());
    assert_eq!(
        (finding.outcome, finding.confidence, finding.severity),
        (Outcome::Fail, Confidence::Heuristic, Severity::Medium)
    );
    let exchanges: Vec<_> = finding.exchanges.iter().map(|id| id.0.as_str()).collect();
    assert_eq!(exchanges, ["a", "b"]);
    facts.set(
        &path("os.family"),
        json!("linux"),
        known_by("b", Confidence::Likely),
    );
    let finding = one(TELNET, facts);
    assert_eq!(
        (finding.confidence, finding.severity),
        (Confidence::Likely, Severity::Critical)
    );
    assert_eq!((finding.revision, finding.effort.as_str()), (3, "M"));
}

#[test]
fn masked_evidence_shows_defaults_and_placeholders_alone() {
    let body = "applies: \"true\"\nfacts: [snmp.communities, \"snmp.communities[].access\"]\n\
        absent: {snmp.communities: pass}\nfor_each: snmp.communities\npass: \"item.access == 'ro'\"\n\
        evidence: [item.name, item.access, snmp.communities]\nmasks: [\"snmp.communities[].name\"]";
    let communities = json!([
        {"name": "s3cr3t-string", "access": "rw", "sources": []},
        {"name": "public", "access": "ro", "sources": []},
        {"name": "<hash:community>#2", "access": "ro", "sources": []},
    ]);
    let mut facts = sheet(&[("snmp.communities", communities)]);
    for unread in [
        "snmp.communities[s3cr3t-string].access",
        "snmp.communities[s3cr3t-other]",
    ] {
        facts.set_item_unread(&path(unread), UnreadReason::Denied, Provenance::default());
    }
    let finding = one(body, facts);
    let printed = serde_json::to_string(&finding).unwrap();
    assert!(!printed.contains("s3cr3t"), "{printed}");
    let items: Vec<_> = finding
        .items
        .iter()
        .map(|item| item.item.as_str())
        .collect();
    assert_eq!(
        items,
        ["<masked>#1", "public", "<hash:community>#2", "<masked>#4"]
    );
}

#[test]
fn only_what_answered_is_judged() {
    let mut inventory = Inventory::default();
    for (number, state) in [
        AssetState::Observed,
        AssetState::Declared,
        AssetState::NotContacted,
    ]
    .into_iter()
    .enumerate()
    {
        let mut asset = asset(number as u128, FactSheet::new());
        asset.state = state;
        inventory.assets.push(asset);
    }
    let catalogue = catalogue(&[("X-001", TELNET)]);
    let findings = findings(&catalogue, &inventory, Timestamp::UNIX_EPOCH);
    let assets: Vec<_> = findings.iter().map(|finding| finding.asset).collect();
    assert_eq!(assets, [Uuid::from_u128(0)]);
}

#[test]
fn a_deprecated_check_is_not_judged() {
    let (name, text) = check("X-001", TELNET);
    let text = String::from_utf8(text)
        .unwrap()
        .replace("preview", "deprecated");
    let catalogue = Catalogue::load(&[(name, text.into_bytes())]).unwrap();
    assert!(judge(&catalogue, FactSheet::new()).is_empty());
    assert_eq!(catalogue.lint()[0].1, "deprecated without `replaced_by`");
}

#[test]
fn coverage_counts_unknown_in_the_denominator() {
    let second = TELNET.replace("clear.telnet", "clear.ftp");
    let third = TELNET.replace("clear.telnet", "clear.tftp");
    let catalogue = catalogue(&[("X-001", TELNET), ("X-002", &second), ("X-003", &third)]);
    let mut facts = sheet(&[
        ("os.family", json!("linux")),
        ("clear.telnet", json!(false)),
        ("clear.ftp", json!(true)),
    ]);
    facts.set_unread(
        &path("clear.tftp"),
        UnreadReason::Timeout,
        Provenance::default(),
    );
    let mut inventory = Inventory::default();
    inventory.assets.push(asset(1, facts));
    inventory
        .assets
        .push(asset(2, sheet(&[("os.family", json!("ios"))])));
    let coverage = Coverage::of(&findings(&catalogue, &inventory, Timestamp::UNIX_EPOCH));
    assert_eq!(
        (
            coverage.all.assessed(),
            coverage.all.total(),
            coverage.all.not_applicable
        ),
        (2, 3, 3)
    );
    assert_eq!(
        (coverage.all.score(), coverage.all.score_of_assessed()),
        (Some(33), Some(50))
    );
    assert_eq!(
        coverage.all.unknown_by_reason.get(&UnreadReason::Timeout),
        Some(&1)
    );
    let [(_, first), (other, second)] = coverage.assets.as_slice() else {
        panic!("{coverage:?}")
    };
    assert_eq!((first.pass, first.fail, first.unknown), (1, 1, 1));
    assert_eq!(
        (*other, second.total(), second.score()),
        (Uuid::from_u128(2), 0, None)
    );
}

/// An estate of realistic facts, some of them unread.
fn estate(size: u128) -> Inventory {
    let assets = (0..size).map(|n| {
        let interfaces: Vec<Value> = (0..48)
            .map(|i| json!({"name": format!("Gi1/0/{i}"), "if_index": i, "type": 6, "admin_status": "up", "speed": 1_000_000_000_u64, "mtu": 1500}))
            .collect();
        let mut sheet = sheet(&[
            ("os.family", json!("linux")),
            ("system.hostname", json!(format!("host-{n}"))),
            ("system.hostname_shared_with", json!([])),
            ("system.location", json!(if n % 3 == 0 { "Unknown" } else { "Lyon, baie 4" })),
            ("hardware.serial_num", json!(format!("SN{n}"))),
            ("interfaces", json!(interfaces)),
            ("snmp.versions", json!(["v2c", "v3"])),
            ("snmp.communities", json!([{"name": "<hash:community>", "access": "ro"}])),
            ("snmp.v3_users", json!([{"name": "noc", "security_level": "authPriv", "auth_protocol": "sha256", "priv_protocol": "aes128"}])),
            ("ssh.software", json!("OpenSSH_9.2p1")),
            ("ssh.protocols", json!(["2"])),
            ("ssh.kex", json!(["sntrup761x25519-sha512@openssh.com", "curve25519-sha256", "ecdh-sha2-nistp256", "diffie-hellman-group14-sha256", "kex-strict-s-v00@openssh.com"])),
            ("ssh.ciphers", json!(["chacha20-poly1305@openssh.com", "aes128-ctr", "aes192-ctr", "aes256-ctr", "aes128-gcm@openssh.com"])),
            ("ssh.macs", json!(["umac-64-etm@openssh.com", "hmac-sha2-256-etm@openssh.com", "hmac-sha2-512", "hmac-sha1"])),
            ("ssh.host_keys", json!([{"algorithm": "ed25519", "bits": 256, "fingerprint": "SHA256:a"}, {"algorithm": "rsa", "bits": 3072, "fingerprint": "SHA256:b"}])),
            ("sshd.effective", json!({"permitrootlogin": "without-password", "passwordauthentication": "no", "kbdinteractiveauthentication": "no", "permitemptypasswords": "no"})),
            ("sshd.accounts_with_keys", json!(2)),
            ("tls.endpoints", json!([{"port": 443, "ssl2": false, "ssl3": false, "tls10": n % 5 == 0, "tls11": false, "certificate": {"not_before": "2026-01-01T00:00:00Z", "not_after": "2027-01-01T00:00:00Z"}}])),
            ("clear.telnet", json!(false)),
            ("clear.ftp", json!(false)),
            ("clear.r_services", json!([])),
            ("capacity.filesystems", json!((0..6).map(|i| json!({"mount_point": format!("/m{i}"), "size": 21_474_836_480_u64, "used": 1, "used_percent": (n + i) % 100})).collect::<Vec<_>>())),
        ]);
        sheet.set_unread(&path("snmp.probe"), UnreadReason::NotAuthorised, Provenance::default());
        sheet.set_unread(&path("clear.tftp"), UnreadReason::Timeout, Provenance::default());
        asset(n, sheet)
    });
    Inventory {
        assets: assets.collect(),
        ..Inventory::default()
    }
}

#[test]
fn two_runs_give_the_same_bytes_in_the_order_of_assets_and_ids() {
    let catalogue =
        Catalogue::load(&check_files::files()).unwrap_or_else(|errors| panic!("{errors}"));
    let inventory = estate(64);
    let run = || {
        serde_json::to_string(&findings(
            &catalogue,
            &inventory,
            "2026-11-22T00:00:00Z".parse().unwrap(),
        ))
        .unwrap()
    };
    let first = run();
    assert_eq!(first, run());
    let findings: Vec<Finding> = serde_json::from_str(&first).unwrap();
    let of_devices = catalogue
        .checks()
        .iter()
        .filter(|check| check.scope == CheckScope::Device);
    assert_eq!(findings.len(), 64 * of_devices.count());
    assert!(
        findings
            .iter()
            .all(|finding| !matches!(finding.outcome, Outcome::Error { .. }))
    );
    let order: Vec<_> = findings
        .iter()
        .map(|finding| (finding.asset, finding.check.clone()))
        .collect();
    assert!(
        order.is_sorted(),
        "assets were given in the order of their ids"
    );
}
