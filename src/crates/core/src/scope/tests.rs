//! The guard, the windows and the diagnostics of `audit.yaml`.
use super::*;
use crate::model::{SiteId, Target};
use jiff::Timestamp;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

const TEMPLATE_FR: &str = include_str!("../../../../../templates/audit.fr.yaml");
const TEMPLATE_EN: &str = include_str!("../../../../../templates/audit.en.yaml");

fn classes() -> BTreeSet<String> {
    ["server", "router", "plc"].map(str::to_owned).into()
}

fn read(text: &str) -> Result<Scope, crate::data::Diagnostics> {
    load("audit.yaml", text.as_bytes(), &classes(), false)
}

fn base(rest: &str) -> String {
    format!(
        "version: 1\nid: 6f1c9d9e-6b5e-4c55-9d59-3f3f0a3b1c2d\nclient: {{name: C}}\nprovider: {{name: P}}\n\
         auditors: [{{name: A}}]\nmandate: {{reference: R, valid_from: 2026-01-01, valid_to: 2026-12-31}}\n{rest}"
    )
}

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

const SITES: &str = "
sites:
  - id: s
    networks: [10.0.0.0/24]
    exclusions: [10.0.0.8/30]
    window: {from: '22:00:00', to: '06:00:00', days: [fri]}
  - id: t
    networks: [10.0.0.0/24, 'fd00::/126']
third_parties:
  - name: Telco
    site: t
    networks: [10.0.0.1/32]
    authorisation: {date: 2026-06-01, reference: X, valid_to: 2026-06-30}
  - name: Cam
    networks: [10.0.0.2/32]
";

#[test]
fn the_templates_are_valid_audits_in_both_languages() {
    let id = uuid::Uuid::from_u128(7);
    for text in [TEMPLATE_FR, TEMPLATE_EN] {
        let text = audit_template(text, id, "2026-11-22".parse().unwrap());
        let scope = read(&text).unwrap();
        assert_eq!(scope.audit().id, id);
        assert_eq!(scope.audit().mandate.valid_to.to_string(), "2027-02-22");
    }
}

#[test]
fn verdicts() {
    let scope = read(&base(SITES)).unwrap();
    let noon = at("2026-03-03T12:00:00Z");
    let ask = |site: &str, address: &str, now| {
        scope.verdict(&Target::new(site, address.parse().unwrap()), now)
    };
    assert_eq!(ask("t", "10.0.0.20", noon), Ok(()));
    assert_eq!(ask("t", "10.0.0.0", noon), Err(Denial::NotAHost));
    assert_eq!(ask("t", "10.0.0.255", noon), Err(Denial::NotAHost));
    assert_eq!(ask("t", "fd00::", noon), Err(Denial::NotAHost));
    assert_eq!(ask("t", "fd00::3", noon), Ok(()));
    assert_eq!(ask("t", "10.0.1.1", noon), Err(Denial::OutOfScope));
    assert_eq!(ask("x", "10.0.0.20", noon), Err(Denial::UnknownSite));
    assert!(matches!(
        ask("s", "10.0.0.9", noon),
        Err(Denial::Excluded(_))
    ));
    // A third party's range counts with and without a consent, and only on its days.
    assert_eq!(
        ask("t", "10.0.0.1", noon),
        Err(Denial::ThirdParty("Telco".into()))
    );
    assert_eq!(ask("t", "10.0.0.1", at("2026-06-30T23:59:59Z")), Ok(()));
    assert_eq!(
        ask("t", "10.0.0.1", at("2026-07-01T00:00:00Z")),
        Err(Denial::ThirdParty("Telco".into()))
    );
    assert_eq!(
        ask("t", "10.0.0.2", noon),
        Err(Denial::ThirdParty("Cam".into()))
    );
    // The mandate's days are inclusive.
    assert_eq!(ask("t", "10.0.0.20", at("2026-12-31T23:59:59Z")), Ok(()));
    assert_eq!(
        ask("t", "10.0.0.20", at("2027-01-01T00:00:00Z")),
        Err(Denial::OutsideMandate)
    );
    // Friday night in Paris: 22:00 local is 20:00 UTC in summer; it lasts into Saturday.
    assert_eq!(
        ask("s", "10.0.0.20", at("2026-07-03T19:59:00Z")),
        Err(Denial::OutsideWindow)
    );
    assert_eq!(ask("s", "10.0.0.20", at("2026-07-03T20:00:00Z")), Ok(()));
    assert_eq!(ask("s", "10.0.0.20", at("2026-07-04T03:59:00Z")), Ok(()));
    assert_eq!(
        ask("s", "10.0.0.20", at("2026-07-04T04:00:00Z")),
        Err(Denial::OutsideWindow)
    );
    assert_eq!(
        ask("s", "10.0.0.20", at("2026-07-04T20:00:00Z")),
        Err(Denial::OutsideWindow)
    );
}

#[test]
fn mistakes_are_pointed_at() {
    let cases = [
        (
            "sites: [{id: a, networks: [10.0.0.5/24]}]",
            "audit.yaml:7:28",
            "did you mean 10.0.0.0/24?",
        ),
        (
            "sites: [{id: a, networks: [8.8.8.0/24]}]",
            "audit.yaml:7:28",
            "public: true",
        ),
        (
            "sites: [{id: a, networks: ['2001:db8::/64']}]",
            "audit.yaml:7:28",
            "cannot be swept",
        ),
        (
            "sites: [{id: a, networks: [10.0.0.0/24], timezone: Europe/Pariss}]",
            "audit.yaml:7:52",
            "IANA",
        ),
        (
            "sites: [{id: a, networks: [10.0.0.0/24], netwroks: []}]",
            "unknown key `netwroks`",
            "did you mean `networks`?",
        ),
        (
            "sites: [{id: a, networks: [10.0.0.0/24]}]\nresolver: 9.9.9.9",
            "audit.yaml:8:11",
            "outside the scope",
        ),
        (
            "sites: [{id: a, networks: [10.0.0.0/24]}]\ncredentials: [{name: x, networks: [10.0.0.0/8], snmp_v2c: {community: {inline: abc}}}]",
            "audit.yaml:8:",
            "--allow-inline-secrets",
        ),
        (
            "sites: [{id: a, networks: [10.0.0.0/24]}]\ndeclared: {devices: [{match: {address: 10.0.0.1}, class: servr}]}",
            "class `servr`",
            "did you mean `server`?",
        ),
        (
            "sites: [{id: a, networks: [10.0.0.0/24]}]\ndeclared: {domains: [example.fr, 'a b.fr']}",
            "audit.yaml:8:34",
            "example.fr",
        ),
        (
            "sites: [{id: a, networks: [nowhere]}]",
            "audit.yaml:7:",
            "10.20.0.0/24",
        ),
    ];
    for (rest, place, help) in cases {
        let text = read(&base(rest)).unwrap_err().to_string();
        assert!(text.contains(place), "{rest}\n{text}");
        assert!(text.contains(help), "{rest}\n{text}");
    }
}

#[test]
fn credentials_stay_where_they_belong_narrowest_first() {
    let text = base(
        "sites: [{id: a, networks: [10.0.0.0/16]}]
credentials:
  - {name: wide, networks: [10.0.0.0/8], snmp_v2c: {community: {env: A}}}
  - {name: near, networks: [10.0.1.0/24], snmp_v2c: {community: {env: B}}}
  - {name: other, networks: [10.9.0.0/16], snmp_v2c: {community: {env: C}}}
  - {name: elsewhere, site: b, networks: [10.0.0.0/8], snmp_v2c: {community: {env: D}}}",
    );
    let scope = read(&text).unwrap();
    let names = |address: &str| -> Vec<String> {
        let target = Target::new("a", address.parse().unwrap());
        scope
            .credentials(&target, &[CredentialKind::SnmpV2c])
            .iter()
            .map(|c| c.name.clone())
            .collect()
    };
    assert_eq!(names("10.0.1.7"), ["near", "wide"]);
    assert_eq!(names("10.0.2.7"), ["wide"]);
}

proptest! {
    /// Whatever the networks: an excluded address is never allowed, nor is one outside every network.
    #[test]
    fn exclusion_beats_inclusion(
        network in any::<u32>(), length in 12u8..=32, excluded in any::<u32>(), short in 8u8..=32, probe in any::<u32>()
    ) {
        let prefix = |bits: u32, length: u8| {
            let mask = if length == 0 { 0 } else { u32::MAX << (32 - length) };
            format!("{}/{length}", Ipv4Addr::from(bits & mask))
        };
        let rest = format!(
            "sites: [{{id: s, networks: [{{prefix: {}, public: true}}], exclusions: [{}]}}]",
            prefix(network, length), prefix(excluded, short)
        );
        let scope = read(&base(&rest)).unwrap();
        let site = &scope.audit().sites[0];
        let (inside, outside) = (site.networks[0].prefix(), site.exclusions[0]);
        let address = IpAddr::V4(Ipv4Addr::from(probe));
        for address in [address, inside.network(), outside.network()] {
            let allowed = scope.place(&SiteId("s".into()), address).is_ok();
            prop_assert!(!allowed || (inside.contains(address) && !outside.contains(address)));
        }
        if length >= 20 {
            for address in scope.addresses(site) {
                prop_assert!(inside.contains(address) && !outside.contains(address));
            }
        }
    }
}
