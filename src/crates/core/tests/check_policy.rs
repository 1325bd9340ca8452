//! What a client's profile changes: selection, parameters, severities, approved exceptions; and
//! a user's own checks beside the built-in ones.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]
#[path = "check_files/mod.rs"]
mod check_files;

use arpenteur_core::check::{Catalogue, Judged, Policy};
use arpenteur_core::model::{
    Asset, AssetState, Confidence, FactSheet, Finding, Identity, Inventory, Locator, Outcome,
    Provenance, Severity, SiteId, Target,
};
use serde_json::{Value, json};
use std::sync::LazyLock;
use uuid::Uuid;

const AS_OF: &str = "2026-11-22T12:00:00Z";

static CATALOGUE: LazyLock<Catalogue> =
    LazyLock::new(|| Catalogue::load(&check_files::files()).unwrap());

fn profile(text: &str) -> Policy {
    Policy::load("profile.yaml", text.as_bytes(), &CATALOGUE).unwrap()
}

fn refused(text: &str) -> String {
    let error = Policy::load("profile.yaml", text.as_bytes(), &CATALOGUE).unwrap_err();
    error.to_string()
}

fn device(number: u128, name: &str, facts: &[(&str, Value)]) -> Asset {
    let mut sheet = FactSheet::new();
    for (path, value) in facts {
        sheet.set(&path.parse().unwrap(), value.clone(), Provenance::default());
    }
    let site = SiteId("siege".to_owned());
    Asset {
        arpenteur_id: Uuid::from_u128(number),
        identity: Identity {
            key: "hostname".to_owned(),
            value: name.to_owned(),
        },
        name: name.to_owned(),
        site: site.clone(),
        state: AssetState::Observed,
        targets: vec![Target {
            site,
            locator: Locator::Address(format!("10.0.0.{number}").parse().unwrap()),
        }],
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

fn filesystems(used: &[(&str, u8)]) -> Value {
    let one = |(mount, used): &(&str, u8)| json!({"mount_point": mount, "size": 21_474_836_480_u64, "used_percent": used});
    used.iter().map(one).collect()
}

/// One server with two full file systems, one with room.
fn judge(policy: &Policy) -> Judged {
    let inventory = Inventory {
        assets: vec![
            device(
                1,
                "srv-paie",
                &[(
                    "capacity.filesystems",
                    filesystems(&[("/", 95), ("/srv", 97)]),
                )],
            ),
            device(
                2,
                "srv-web",
                &[("capacity.filesystems", filesystems(&[("/", 40)]))],
            ),
        ],
        ..Inventory::default()
    };
    CATALOGUE.judge(&inventory, policy, AS_OF.parse().unwrap())
}

fn of<'f>(judged: &'f Judged, check: &str) -> Vec<&'f Finding> {
    let findings = judged.findings.iter();
    findings.filter(|finding| finding.check == check).collect()
}

fn waiver(scope: &str, until: &str) -> Policy {
    profile(&format!(
        "profile: p\nselect: [CAP-001]\nwaivers:\n  - {{check: CAP-001, scope: {scope}, reason: r, owner: o, approved_by: a, until: {until}}}\n"
    ))
}

#[test]
fn selection_parameters_and_severities_are_the_clients() {
    let judged = judge(&profile(
        "profile: pme\nselect: [\"CAP-00*\", SSH]\nexclude: [CAP-002]\noverride:\n  CAP-001: {params: {limit: 30}, severity: low, reason: Politique}\n",
    ));
    let ids: std::collections::BTreeSet<&str> = judged
        .findings
        .iter()
        .map(|finding| finding.check.as_str())
        .collect();
    assert!(
        ids.iter()
            .all(|id| id.starts_with("CAP-00") || id.starts_with("SSH-")),
        "{ids:?}"
    );
    assert!(ids.contains("SSH-006") && !ids.contains("CAP-002"));
    let capacity = of(&judged, "CAP-001");
    assert_eq!(
        capacity[1].outcome,
        Outcome::Fail,
        "40 % is above the client's 30 %"
    );
    assert_eq!(capacity[1].severity, Severity::Low);
}

#[test]
fn a_looser_parameter_supports_no_reference() {
    let strict = profile("profile: p\noverride: {CAP-001: {params: {limit: 90}, reason: r}}\n");
    assert!(
        strict.supports_references("CAP-001"),
        "as strict as the references need"
    );
    let loose = profile("profile: p\noverride: {CAP-001: {params: {limit: 95}, reason: r}}\n");
    assert!(!loose.supports_references("CAP-001"));
    let measures = |policy: &Policy| {
        let views = CATALOGUE.compliance(policy, &judge(policy).findings);
        let iso = views
            .into_iter()
            .find(|view| view.framework == "iso27001_2022")
            .unwrap();
        let measure = iso
            .views
            .into_iter()
            .find(|view| view.measure == "A.8.6")
            .unwrap();
        measure.checks.contains(&"CAP-001".to_owned())
    };
    assert!(measures(&strict) && !measures(&loose));
}

#[test]
fn a_waiver_is_written_beside_the_verdict_and_ends_after_its_last_day() {
    for (until, covered) in [
        ("2026-11-21", false),
        ("2026-11-22", true),
        ("2027-03-31", true),
    ] {
        let judged = judge(&waiver("{device: srv-paie}", until));
        let finding = of(&judged, "CAP-001")[0];
        assert_eq!(
            finding.outcome,
            Outcome::Fail,
            "a waiver changes no outcome"
        );
        assert_eq!(finding.waived.is_some(), covered, "{until}");
        assert_eq!(
            of(&judged, "WVR-001").len(),
            usize::from(!covered),
            "{until}"
        );
        assert_eq!(judged.waivers[0].covers, u32::from(covered));
    }
    let by_address = judge(&waiver("{device: 10.0.0.1, site: siege}", "2027-01-01"));
    assert!(of(&by_address, "CAP-001")[0].waived.is_some());
    let elsewhere = judge(&waiver("{site: agence}", "2027-01-01"));
    assert!(of(&elsewhere, "CAP-001")[0].waived.is_none());
}

#[test]
fn an_items_waiver_covers_that_item_and_the_verdict_once_all_are_covered() {
    let judged = judge(&waiver("{device: \"srv-*\", item: /srv}", "2027-01-01"));
    let finding = of(&judged, "CAP-001")[0];
    let waived: Vec<(&str, bool)> = finding
        .items
        .iter()
        .map(|item| (item.item.as_str(), item.waived))
        .collect();
    assert_eq!(waived, [("/", false), ("/srv", true)]);
    assert!(finding.waived.is_none(), "/ is still full");
    let both = judge(&waiver("{device: srv-paie, item: \"/*\"}", "2027-01-01"));
    assert!(of(&both, "CAP-001")[0].waived.is_some());
}

#[test]
fn a_waiver_that_names_nothing_or_covers_nothing_is_a_finding() {
    let nothing = judge(&waiver("{device: srv-parti}", "2027-01-01"));
    assert_eq!(of(&nothing, "WVR-002").len(), 1);
    let passes = judge(&waiver("{device: srv-web}", "2027-01-01"));
    assert_eq!(of(&passes, "WVR-003").len(), 1);
    assert!(
        of(&passes, "CAP-001")[1].waived.is_none(),
        "what passes needs none"
    );
    let needed = judge(&waiver("{}", "2027-01-01"));
    assert!(
        needed
            .findings
            .iter()
            .all(|finding| !finding.check.starts_with("WVR"))
    );
}

#[test]
fn a_wrong_profile_is_told_where_and_how() {
    let base = "profile: p\n";
    for (text, at, says) in [
        ("select: [SHH]\n", "2:10", "names no check"),
        ("select: [\"LIN-9*\"]\n", "2:10", "names no check"),
        (
            "override: {CAP-999: {reason: r}}\n",
            "2:21",
            "no check `CAP-999`",
        ),
        (
            "override: {CAP-001: {params: {limt: 80}, reason: r}}\n",
            "2:37",
            "did you mean `limit`?",
        ),
        (
            "override: {CAP-001: {params: {limit: high}, reason: r}}\n",
            "2:38",
            "is a number, not a text",
        ),
        (
            "override: {CAP-001: {severity: grave, reason: r}}\n",
            "2:32",
            "grave",
        ),
        (
            "override: {CAP-001: {severity: low, reason: \" \"}}\n",
            "2:45",
            "`reason` is empty",
        ),
        (
            "waivers: [{check: CAP-001, reason: r, owner: o, approved_by: a}]\n",
            "2:",
            "until",
        ),
        (
            "waivers: [{check: CAP-001, reason: r, owner: o, until: 2027-01-01}]\n",
            "2:",
            "approved_by",
        ),
        (
            "waivers: [{check: CAP-01, reason: r, owner: o, approved_by: a, until: 2027-01-01}]\n",
            "2:19",
            "did you mean",
        ),
        (
            "waivers: [{check: CAP-001, reason: r, owner: o, approved_by: a, until: 31/03/2027}]\n",
            "2:72",
            "is not a date",
        ),
        (
            "waivers: [{check: CAP-001, reason: r, owner: o, approved_by: a, from: 2027-02-01, until: 2027-01-01}]\n",
            "2:90",
            "before `from`",
        ),
        (
            "waivers: [{check: CAP-001, scope: {host: x}, reason: r, owner: o, approved_by: a, until: 2027-01-01}]\n",
            "2:",
            "host",
        ),
        ("waviers: []\n", "2:", "waviers"),
    ] {
        let error = refused(&format!("{base}{text}"));
        assert!(
            error.contains(&format!("profile.yaml:{at}")),
            "{text}{error}"
        );
        assert!(error.contains(says), "{text}{error}");
    }
}

fn own(path: &str, id: &str, extra: &str) -> (String, Vec<u8>) {
    let text = include_str!("../../../../templates/check.yaml").replace("@ID@", id);
    (
        path.to_owned(),
        text.replace("status: preview", &format!("status: preview\n{extra}"))
            .into_bytes(),
    )
}

#[test]
fn own_checks_have_a_prefix_of_their_own_or_say_what_they_override() {
    let built_in = check_files::files();
    let load = |file| Catalogue::load_over(&built_in, &[file]);
    let added = load(own("checks/acme/ACME-001.yaml", "ACME-001", "")).unwrap();
    assert_eq!(added.checks().len(), built_in.len() + 1);
    let collides = load(own("checks/ssh/SSH-006.yaml", "SSH-006", ""))
        .unwrap_err()
        .to_string();
    assert!(
        collides.contains("`SSH` is a prefix of the built-in catalogue"),
        "{collides}"
    );
    assert!(collides.contains("overrides: SSH-006"), "{collides}");
    let squats = load(own("checks/ssh/SSH-099.yaml", "SSH-099", ""))
        .unwrap_err()
        .to_string();
    assert!(
        squats.contains("is a prefix of the built-in catalogue"),
        "{squats}"
    );
    let replaced = load(own(
        "checks/ssh/SSH-006.yaml",
        "SSH-006",
        "overrides: SSH-006",
    ))
    .unwrap();
    assert_eq!(replaced.checks().len(), built_in.len());
    assert!(
        replaced
            .get("SSH-006")
            .unwrap()
            .title
            .en
            .starts_with("Host name")
    );
    let wrong = load(own(
        "checks/acme/ACME-001.yaml",
        "ACME-001",
        "overrides: SSH-666",
    ))
    .unwrap_err();
    assert!(
        wrong
            .to_string()
            .contains("no check that could be overridden"),
        "{wrong}"
    );
}

#[test]
fn what_was_renamed_is_found_by_its_former_id() {
    let file = own(
        "checks/acme/ACME-002.yaml",
        "ACME-002",
        "aliases: [ACME-001]",
    );
    let catalogue = Catalogue::load_over(&check_files::files(), &[file]).unwrap();
    assert_eq!(catalogue.get("ACME-001").unwrap().id, "ACME-002");
    let text = "profile: p\nselect: [ACME-001]\nwaivers: [{check: ACME-001, reason: r, owner: o, approved_by: a, until: 2027-01-01}]\n";
    let policy = Policy::load("profile.yaml", text.as_bytes(), &catalogue).unwrap();
    assert_eq!(policy.waivers[0].check, "ACME-002");
    assert!(policy.is_active(catalogue.get("ACME-002").unwrap()));
}
