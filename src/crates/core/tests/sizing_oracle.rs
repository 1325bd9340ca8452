//! The worked example of the sizing method: an estate of 60 users, 2 sites and 45 devices, with
//! every figure that its description prints, at the precision printed there.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at its first surprise"
)]

use std::sync::LazyLock;

use arpenteur_core::model::class::{ClassId, ClassTable, Criticality};
use arpenteur_core::model::estimate::{
    Coverage, CrossCheckId, Effort, Estimate, Item, Level, Line, LineId, OnCallReason, Origin,
    Profile, ProfileShare, Remark, Spread, Verdict,
};
use arpenteur_core::size::format::round;
use arpenteur_core::size::{
    Evidence, RemediationItem, SizedDevice, SizingInput, SizingModel, estimate,
};
use proptest::prelude::*;
use rust_decimal::Decimal;

const CLASSES: &[u8] = include_bytes!("../../../../models/classes.yaml");
const MODEL: &[u8] = include_bytes!("../../../../models/sizing.yaml");

fn classes() -> ClassTable {
    ClassTable::load("models/classes.yaml", CLASSES).unwrap()
}

static LOADED: LazyLock<SizingModel> = LazyLock::new(|| {
    SizingModel::load("models/sizing.yaml", MODEL, &classes()).unwrap_or_else(|e| panic!("{e}"))
});

fn model() -> SizingModel {
    LOADED.clone()
}

fn device(id: String, class: &str) -> SizedDevice {
    SizedDevice {
        id,
        class: ClassId::from(class),
        role: None,
        third_party: false,
        end_of_support: false,
        criticality: None,
        coverage: None,
        evidence: Evidence::Authenticated,
    }
}

/// 45 devices found, 7 of third parties; 29 authenticated, 8 not, 1 not recognised.
fn devices() -> Vec<SizedDevice> {
    let mut all = Vec::new();
    let mut add = |class: &str, roles: &[Option<&str>]| {
        for (index, role) in roles.iter().enumerate() {
            let mut device = device(format!("{class}-{index}"), class);
            device.role = role.map(str::to_owned);
            all.push(device);
        }
    };
    let vms = [
        Some("directory"),
        Some("business_application"),
        Some("database"),
        None,
        None,
        None,
    ];
    add("server", &vms);
    add("server", &[Some("backup")]);
    add("hypervisor", &[None; 2]);
    add("storage", &[Some("production"), Some("backup")]);
    add("firewall", &[None; 2]);
    add("switch", &[Some("core"), None, None, None, None, None]);
    add("access_point", &[None; 8]);
    add("printer", &[None; 6]);
    add("ups", &[None; 3]);
    add("pbx", &[None]);
    add("camera", &[None; 4]);
    add("router", &[None; 2]);
    add("plc", &[None]);
    add("unknown", &[None]);
    let mut third_party_printers = 4;
    let mut unauthenticated = 8;
    for device in &mut all {
        let class = device.class.as_str();
        device.end_of_support = matches!(
            device.id.as_str(),
            "server-4" | "server-5" | "firewall-1" | "switch-4" | "switch-5"
        );
        device.third_party = matches!(class, "router" | "plc");
        if class == "printer" && third_party_printers > 0 {
            third_party_printers -= 1;
            device.third_party = true;
        }
        if class == "unknown" {
            device.evidence = Evidence::Unknown;
        } else if matches!(class, "camera" | "ups" | "pbx") && unauthenticated > 0 {
            unauthenticated -= 1;
            device.evidence = Evidence::Unauthenticated;
        }
    }
    all
}

fn findings() -> Vec<RemediationItem> {
    let efforts = [
        (6, Effort::S),
        (4, Effort::M),
        (3, Effort::L),
        (2, Effort::Xl),
    ];
    let mut items = Vec::new();
    for (count, effort) in efforts {
        for index in 0..count {
            items.push(RemediationItem {
                check: format!("{effort:?}-001"),
                device: Some(format!("switch-{index}")),
                effort,
            });
        }
    }
    items
}

fn example() -> SizingInput {
    SizingInput {
        devices: devices(),
        declared: [(ClassId::from("workstation"), 60)].into(),
        users: Some(60),
        old_workstations: Some(20),
        sites: Some(2),
        third_parties: Some(3),
        on_call: Some(true),
        remediation: findings(),
        ..SizingInput::default()
    }
}

fn sized() -> Estimate {
    estimate(&example(), &model(), &classes()).unwrap()
}

/// `value` at the precision of `printed`, half-up.
#[track_caller]
fn prints(value: Decimal, printed: &str) {
    let expected: Decimal = printed.replace(' ', "").parse().unwrap();
    let rounded = round(value, expected.scale());
    assert_eq!(rounded, expected, "{value} does not print {printed}");
}

fn line(estimate: &Estimate, id: LineId) -> &Line {
    estimate.line(id).unwrap()
}

fn part(line: &Line, item: &Item) -> Decimal {
    line.parts
        .iter()
        .find(|part| part.item == *item)
        .unwrap()
        .hours
        .likely
}

fn class(id: &str) -> Item {
    Item::Class(ClassId::from(id))
}

fn level(line: &Line, level: Level) -> Decimal {
    line.levels.get(&level).copied().unwrap_or_default().likely
}

fn share(shares: &[ProfileShare], profile: Profile) -> ProfileShare {
    shares
        .iter()
        .find(|share| share.profile == profile)
        .unwrap()
        .clone()
}

#[test]
fn estate_is_counted() {
    let estimate = sized();
    assert_eq!(example().devices.len(), 45);
    assert_eq!(estimate.in_scope, 38);
    assert_eq!(estimate.third_party_devices, 7);
    let visibility = &estimate.visibility;
    assert_eq!(
        (visibility.authenticated, visibility.unauthenticated),
        (29, 8)
    );
    assert_eq!((visibility.unknown, visibility.declared_only), (1, 60));
    let workstations = estimate
        .counts
        .iter()
        .find(|count| count.class.as_str() == "workstation")
        .unwrap();
    assert_eq!((workstations.observed, workstations.sized), (0, 60));
    assert_eq!(workstations.difference(), Some(60));
    assert_eq!(workstations.origin, Origin::Declared);
}

#[test]
fn preventive_lines() {
    let estimate = sized();
    let l1 = line(&estimate, LineId::L1);
    for (item, hours) in [
        ("printer", "0.20"),
        ("camera", "0.40"),
        ("unknown", "0.25"),
        ("workstation", "15.00"),
    ] {
        prints(part(l1, &class(item)), hours);
    }
    prints(l1.hours.likely, "15.85");
    prints(level(l1, Level::N1), "15.85");
    let l2 = line(&estimate, LineId::L2);
    for (item, hours) in [
        ("server", "10.5"),
        ("hypervisor", "3.0"),
        ("storage", "1.5"),
        ("firewall", "2.0"),
        ("switch", "1.5"),
        ("access_point", "0.8"),
        ("ups", "0.3"),
        ("pbx", "0.5"),
    ] {
        prints(part(l2, &class(item)), hours);
    }
    prints(l2.hours.likely, "20.10");
    prints(level(l2, Level::N2), "16.08");
    prints(level(l2, Level::N3), "4.02");
}

#[test]
fn users_line() {
    let estimate = sized();
    let tickets = &estimate.tickets;
    // The example's quotient is exact: not 52.79999….
    assert_eq!(tickets.total, "52.8".parse::<Decimal>().unwrap());
    prints(tickets.n1, "36.96");
    prints(tickets.n2, "13.2");
    prints(tickets.n3, "2.64");
    prints(tickets.n2 + tickets.n3, "15.84");
    let l3 = line(&estimate, LineId::L3);
    prints(part(l3, &Item::TicketsN1), "18.48");
    prints(part(l3, &Item::TicketIntake), "1.584");
    prints(part(l3, &Item::TicketsN2), "9.90");
    prints(part(l3, &Item::TicketsN3), "3.96");
    prints(l3.hours.likely, "33.924");
}

#[test]
fn reactive_line() {
    let estimate = sized();
    let l4 = line(&estimate, LineId::L4);
    for (item, hours) in [
        ("server", "2.28"),
        ("hypervisor", "0.60"),
        ("storage", "0.40"),
        ("firewall", "0.69"),
        ("switch", "0.66"),
        ("access_point", "0.40"),
        ("ups", "0.15"),
        ("pbx", "0.20"),
        ("printer", "0.40"),
        ("camera", "0.20"),
        ("unknown", "0.10"),
    ] {
        prints(part(l4, &class(item)), hours);
    }
    prints(level(l4, Level::N2) + level(l4, Level::N3), "5.38");
    prints(level(l4, Level::N2), "4.304");
    prints(level(l4, Level::N3), "1.076");
    prints(level(l4, Level::N1), "0.70");
    prints(l4.hours.likely, "6.08");
}

#[test]
fn other_lines() {
    let estimate = sized();
    for (id, hours) in [
        (LineId::L5, "3.0"),
        (LineId::L6, "1.5"),
        (LineId::L7, "1.5"),
        (LineId::L8, "4.0"),
        (LineId::L9, "0.9"),
    ] {
        prints(line(&estimate, id).hours.likely, hours);
    }
    assert_eq!(estimate.on_call.devices, 9);
    assert_eq!(estimate.on_call.reason, OnCallReason::Requested);
}

#[test]
fn levels_and_profiles_table() {
    let estimate = sized();
    prints(estimate.levels[&Level::N1], "39.614");
    prints(estimate.levels[&Level::N2], "32.784");
    prints(estimate.levels[&Level::N3], "9.556");
    for (profile, hours, euros) in [
        (Profile::Technician, "39.614", "2178.77"),
        (Profile::Administrator, "32.784", "2294.88"),
        (Profile::Engineer, "6.6892", "568.58"),
        (Profile::Architect, "2.8668", "301.01"),
        (Profile::ProjectLead, "4.000", "360.00"),
    ] {
        let share = share(&estimate.profiles, profile);
        prints(share.hours, hours);
        prints(share.euros, euros);
    }
    // N1: 15.85+18.48+1.584+0.70+3.0; N2: 16.08+9.90+4.304+1.5+1.0; N3: 4.02+3.96+1.076+0.5.
    for (id, n1, n2, n3) in [
        (LineId::L1, "15.85", "0", "0"),
        (LineId::L2, "0", "16.08", "4.02"),
        (LineId::L3, "20.064", "9.90", "3.96"),
        (LineId::L4, "0.70", "4.304", "1.076"),
        (LineId::L5, "3.0", "0", "0"),
        (LineId::L6, "0", "1.5", "0"),
        (LineId::L7, "0", "1.0", "0.5"),
    ] {
        prints(level(line(&estimate, id), Level::N1), n1);
        prints(level(line(&estimate, id), Level::N2), n2);
        prints(level(line(&estimate, id), Level::N3), n3);
    }
    prints(estimate.on_call.hours, "0.900");
    prints(estimate.on_call.euros, "544.50");
    prints(estimate.on_call.fee, "450");
    prints(estimate.hours, "86.854");
    prints(estimate.euros, "6247.75");
    // Unrounded intermediates: the printed rows add to one cent less.
    assert_eq!(estimate.euros, "6247.746".parse::<Decimal>().unwrap());
    let printed: Decimal = estimate
        .profiles
        .iter()
        .map(|share| round(share.euros, 2))
        .sum();
    prints(printed + round(estimate.on_call.euros, 2), "6247.74");
}

#[test]
fn lines_and_swings_table() {
    let estimate = sized();
    let rows = [
        (
            LineId::L3,
            "33.924",
            "2156.88",
            "0.625",
            "2.5",
            "63.61",
            "4044.15",
        ),
        (LineId::L4, "6.080", "437.70", "0.5", "2", "9.12", "656.54"),
        (
            LineId::L2,
            "20.100",
            "1491.42",
            "0.83",
            "1.17",
            "6.83",
            "507.08",
        ),
        (
            LineId::L1,
            "15.850",
            "871.75",
            "0.83",
            "1.17",
            "5.39",
            "296.40",
        ),
        (LineId::L9, "0.900", "94.50", "0", "3", "2.70", "283.50"),
        (
            LineId::L5,
            "3.000",
            "165.00",
            "0.5",
            "1.5",
            "3.00",
            "165.00",
        ),
        (LineId::L6, "1.500", "105.00", "0.5", "2", "2.25", "157.50"),
        (
            LineId::L8,
            "4.000",
            "360.00",
            "0.9",
            "1.2",
            "1.20",
            "108.00",
        ),
        (LineId::L7, "1.500", "115.50", "0.8", "1.2", "0.60", "46.20"),
    ];
    for (id, hours, euros, low, high, swing_hours, swing_euros) in rows {
        let line = line(&estimate, id);
        prints(line.hours.likely, hours);
        prints(line.euros.likely, euros);
        prints(line.hours.low / line.hours.likely, low);
        prints(line.hours.high / line.hours.likely, high);
        prints(line.hours.swing(), swing_hours);
        prints(line.euros.swing(), swing_euros);
    }
    // The table is printed by decreasing swing in euros.
    let order: Vec<_> = rows.iter().map(|row| row.0).collect();
    assert_eq!(estimate.sensitivity, order);
}

#[test]
fn interval() {
    let estimate = sized();
    prints(estimate.visibility.v, "0.6429");
    prints(estimate.visibility.widening, "1.3571");
    let hours = &estimate.hours_interval;
    prints(hours.expected, "94.063");
    prints(hours.sigma, "10.837");
    prints(hours.widened_sigma, "14.708");
    prints(hours.low, "75.21");
    prints(hours.high, "112.91");
    prints(hours.likely, "86.85");
    prints(hours.envelope.low, "61.13");
    prints(hours.envelope.high, "155.83");
    let euros = &estimate.euros_interval;
    prints(euros.expected, "6719.14");
    prints(euros.sigma, "692.77");
    prints(euros.widened_sigma, "940.18");
    prints(euros.low, "5514");
    prints(euros.likely, "6248");
    prints(euros.high, "7924");
    prints(euros.envelope.low, "4530");
    prints(euros.envelope.high, "10794");
}

#[test]
fn declining_on_call_removes_its_price() {
    let mut input = example();
    input.on_call = Some(false);
    let without = estimate(&input, &model(), &classes()).unwrap();
    prints(sized().euros - without.euros, "544.50");
    assert_eq!(without.on_call.reason, OnCallReason::Declined);
}

#[test]
fn scopes() {
    let estimate = sized();
    for (id, hours, euros) in [
        ("globale", "86.854", "6247.75"),
        ("support", "56.774", "3553.63"),
        ("infrastructure", "34.08", "3054.12"),
        ("renfort_n2n3", "39.34", "2943.98"),
    ] {
        let scope = estimate.scope(id).unwrap();
        prints(scope.hours, hours);
        prints(scope.euros, euros);
    }
}

#[test]
fn service_classes() {
    let levels = sized().service_levels;
    let counts: Vec<_> = levels
        .levels
        .iter()
        .map(|level| (level.class, level.recommended, level.tenable))
        .collect();
    use Criticality::{A, B, C, D};
    assert_eq!(counts, [(A, 9, 8), (B, 6, 4), (C, 16, 19), (D, 7, 7)]);
    let terms: Vec<_> = levels
        .levels
        .iter()
        .map(|level| {
            (
                level.gti_minutes.to_string(),
                level.gtr_hours.map(|h| h.to_string()),
            )
        })
        .collect();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        terms,
        [
            ("15".to_owned(), some("4")),
            ("60".to_owned(), some("8")),
            ("240".to_owned(), some("24")),
            ("480".to_owned(), None)
        ]
    );
    let blocked: Vec<_> = levels
        .devices
        .iter()
        .filter(|device| !device.reasons.is_empty())
        .map(|device| device.id.as_str())
        .collect();
    assert_eq!(blocked, ["firewall-1", "server-4", "server-5"]);
    assert!(levels.restore_reserve);
}

#[test]
fn transition() {
    let transition = sized().transition;
    let hours = |item: &Item| {
        transition
            .parts
            .iter()
            .find(|part| part.item == *item)
            .unwrap()
            .hours
    };
    for (item, expected) in [
        ("server", "14"),
        ("hypervisor", "4"),
        ("storage", "2"),
        ("firewall", "6"),
        ("switch", "4.5"),
        ("access_point", "2"),
        ("ups", "0.75"),
        ("pbx", "1.5"),
        ("workstation", "30"),
        ("printer", "0.5"),
        ("camera", "0.4"),
        ("unknown", "0.5"),
    ] {
        prints(hours(&class(item)), expected);
    }
    let infrastructure: Decimal = [
        "server",
        "hypervisor",
        "storage",
        "firewall",
        "switch",
        "access_point",
        "ups",
        "pbx",
    ]
    .iter()
    .map(|item| hours(&class(item)))
    .sum();
    prints(infrastructure, "34.75");
    for (item, expected) in [
        (Item::Sites, "8"),
        (Item::ThirdParties, "6"),
        (Item::Shadowing, "16"),
        (Item::Users, "6"),
        (Item::Briefing, "8"),
        (Item::Management, "16.5225"),
    ] {
        prints(hours(&item), expected);
    }
    for (profile, hours, euros) in [
        (Profile::Administrator, "64.75", "4532.50"),
        (Profile::Technician, "45.40", "2497.00"),
        (Profile::ProjectLead, "16.5225", "1487.03"),
    ] {
        let share = share(&transition.profiles, profile);
        prints(share.hours, hours);
        prints(share.euros, euros);
    }
    prints(transition.hours.likely, "126.6725");
    prints(transition.euros.likely, "8516.53");
    prints(transition.euros.low, "6813.22");
    prints(transition.euros.high, "12774.79");
}

#[test]
fn remediation() {
    let remediation = sized().remediation;
    let rows: Vec<_> = remediation
        .parts
        .iter()
        .map(|part| {
            (
                part.effort,
                part.findings,
                part.hours.normalize().to_string(),
            )
        })
        .collect();
    let row = |effort, findings, hours: &str| (effort, findings, hours.to_owned());
    assert_eq!(
        rows,
        [
            row(Effort::S, 6, "3"),
            row(Effort::M, 4, "8"),
            row(Effort::L, 3, "24"),
            row(Effort::Xl, 2, "48")
        ]
    );
    let euros: Vec<_> = remediation.parts.iter().map(|part| part.euros).collect();
    prints(euros[0] + euros[1], "770");
    prints(euros[2], "2040");
    prints(euros[3], "4320");
    prints(
        share(&remediation.profiles, Profile::Administrator).euros,
        "770",
    );
    prints(share(&remediation.profiles, Profile::Architect).hours, "12");
    prints(remediation.hours.likely, "83");
    prints(remediation.euros.likely, "7130");
    prints(remediation.euros.low, "5704");
    prints(remediation.euros.high, "10695");
}

#[test]
fn cross_checks() {
    let estimate = sized();
    prints(estimate.full_time_equivalents.unwrap(), "0.7635");
    let rows = [
        (CrossCheckId::PricePerUser, "104.13", Verdict::Within, None),
        (CrossCheckId::UsersPerFte, "78.6", Verdict::Within, None),
        (
            CrossCheckId::EndpointsPerFte,
            "90.4",
            Verdict::Below,
            Some(Remark::CautiousFirstYear),
        ),
        (
            CrossCheckId::ReactiveHoursPerEndpoint,
            "0.58",
            Verdict::Above,
            Some(Remark::CautiousFirstYear),
        ),
        (
            CrossCheckId::TransitionInMonthlyFees,
            "1.36",
            Verdict::Above,
            Some(Remark::EstateToCleanUp),
        ),
    ];
    assert_eq!(estimate.cross_checks.len(), rows.len());
    for (check, (id, value, verdict, remark)) in estimate.cross_checks.iter().zip(rows) {
        assert_eq!(check.id, id);
        prints(check.value.unwrap(), value);
        assert_eq!((check.verdict, check.remark), (verdict, remark), "{id:?}");
    }
    let bounds = |id: CrossCheckId| {
        let check = estimate
            .cross_checks
            .iter()
            .find(|check| check.id == id)
            .unwrap();
        (check.low.to_string(), check.high.to_string())
    };
    let pair = |low: &str, high: &str| (low.to_owned(), high.to_owned());
    assert_eq!(bounds(CrossCheckId::PricePerUser), pair("50", "120"));
    assert_eq!(bounds(CrossCheckId::UsersPerFte), pair("42", "150"));
    assert_eq!(bounds(CrossCheckId::EndpointsPerFte), pair("200", "300"));
    assert_eq!(
        bounds(CrossCheckId::ReactiveHoursPerEndpoint),
        pair("0.2", "0.5")
    );
}

#[test]
fn observed_and_declared_are_reconciled() {
    let mut input = SizingInput {
        users: Some(10),
        declared: [
            (ClassId::from("workstation"), 10),
            (ClassId::from("switch"), 1),
        ]
        .into(),
        ..SizingInput::default()
    };
    for n in 0..4 {
        input.devices.push(device(format!("w{n}"), "workstation"));
        input.devices.push(device(format!("s{n}"), "switch"));
    }
    let mut foreign = device("s9".to_owned(), "switch");
    foreign.third_party = true;
    input.devices.push(foreign);
    input.devices.push(device("bmc".to_owned(), "bmc"));
    let result = estimate(&input, &model(), &classes()).unwrap();
    let count = |id: &str| {
        result
            .counts
            .iter()
            .find(|c| c.class.as_str() == id)
            .cloned()
    };
    let workstations = count("workstation").unwrap();
    assert_eq!((workstations.observed, workstations.sized), (4, 10));
    let switches = count("switch").unwrap();
    assert_eq!((switches.sized, switches.difference()), (4, Some(-3)));
    assert_eq!(
        (switches.third_party, switches.origin),
        (1, Origin::Observed)
    );
    // Observed workstations count as observed, only the excess as declared; the management
    // controller counts with its server.
    assert_eq!(result.visibility.authenticated, 8);
    assert_eq!(result.visibility.declared_only, 6);
    assert_eq!(result.in_scope, 8);
    prints(line(&result, LineId::L1).hours.likely, "2.5");
    prints(line(&result, LineId::L2).hours.likely, "1.0");
}

#[test]
fn on_call_follows_coverage_of_class_a_devices() {
    let mut input = example();
    input.on_call = None;
    let size = |input: &SizingInput| estimate(input, &model(), &classes()).unwrap();
    assert_eq!(size(&input).on_call.reason, OnCallReason::NotNeeded);
    prints(size(&input).euros, "5703.25");
    // A class-C device beyond business hours needs none; a class-A one does.
    let set = |input: &mut SizingInput, id: &str, coverage| {
        let device = input
            .devices
            .iter_mut()
            .find(|device| device.id == id)
            .unwrap();
        device.coverage = Some(coverage);
    };
    set(&mut input, "access_point-0", Coverage::Always);
    assert!(!size(&input).on_call.needed);
    set(&mut input, "firewall-0", Coverage::Extended);
    let one = size(&input).on_call;
    assert_eq!((one.reason, one.devices), (OnCallReason::Coverage, 1));
    input.coverage = Some(Coverage::Always);
    let all = size(&input);
    assert_eq!(all.on_call.devices, 9);
    // 99.9 % of 24 × 7.
    prints(
        all.service_levels.levels[0].allowed_downtime.unwrap(),
        "8.76",
    );
    assert_eq!(all.service_levels.levels[3].allowed_downtime, None);
}

#[test]
fn declared_criticality_only_raises() {
    let mut input = example();
    for device in &mut input.devices {
        device.criticality = Some(Criticality::C);
    }
    let levels = estimate(&input, &model(), &classes())
        .unwrap()
        .service_levels
        .levels;
    let counts: Vec<_> = levels.iter().map(|level| level.recommended).collect();
    assert_eq!(counts, [9, 6, 23, 0]);
}

#[test]
fn largest_inputs_and_figures_stay_in_range() {
    let mut text = String::from_utf8(MODEL.to_vec()).unwrap();
    for key in [
        "high",
        "hours",
        "technician",
        "fee",
        "factor",
        "rate_factor",
        "high_factor",
        "intake_hours",
        "per_year",
        "quantile",
        "gti_minutes",
        "business_hours",
    ] {
        let pattern = format!(r"(?m)([ {{]{key}:) [0-9.]+");
        text = regex::Regex::new(&pattern)
            .unwrap()
            .replace_all(&text, "$1 10000")
            .into_owned();
    }
    // Shares must go on summing to 1.
    text = text.replace("{technician: 10000}", "{technician: 1}");
    text = text.replace(
        "hours: {n1: 0.5, n2: 0.75, n3: 1.5}",
        "hours: {n1: 10000, n2: 10000, n3: 10000}",
    );
    let classes = classes();
    let model =
        SizingModel::load("m.yaml", text.as_bytes(), &classes).unwrap_or_else(|e| panic!("{e}"));
    let most = arpenteur_core::size::MAX_COUNT;
    let mut input = SizingInput {
        declared: classes.ids().map(|id| (ClassId::from(id), most)).collect(),
        users: Some(most),
        old_workstations: Some(most),
        sites: Some(most),
        third_parties: Some(most),
        on_call: Some(true),
        coverage: Some(Coverage::Always),
        remediation: findings(),
        ..SizingInput::default()
    };
    let result = estimate(&input, &model, &classes).unwrap();
    assert!(result.euros_interval.high > result.euros);
    input.users = Some(most + 1);
    let error = estimate(&input, &model, &classes).unwrap_err();
    assert_eq!(error.to_string(), "100001 users: at most 100000 are sized");
    // Nothing at all is an estate too.
    let nothing = estimate(&SizingInput::default(), &model, &classes).unwrap();
    assert_eq!(nothing.cross_checks[0].verdict, Verdict::NotComputable);
    prints(nothing.visibility.widening, "2");
}

fn any_device() -> impl Strategy<Value = SizedDevice> {
    let ids: Vec<String> = classes().ids().map(str::to_owned).collect();
    let criticality = prop::option::of(prop::sample::select(&Criticality::ALL[..]));
    let evidence = prop::sample::select(
        &[
            Evidence::Authenticated,
            Evidence::Unauthenticated,
            Evidence::Declared,
            Evidence::Unknown,
        ][..],
    );
    (
        prop::sample::select(ids),
        any::<[bool; 2]>(),
        criticality,
        evidence,
        any::<u32>(),
    )
        .prop_map(
            |(class, [third_party, end_of_support], criticality, evidence, n)| SizedDevice {
                third_party,
                end_of_support,
                criticality,
                evidence,
                ..device(format!("d{n}"), &class)
            },
        )
}

fn any_input() -> impl Strategy<Value = SizingInput> {
    let devices = prop::collection::vec(any_device(), 0..40);
    let ids: Vec<String> = classes().ids().map(str::to_owned).collect();
    let declared = prop::collection::btree_map(
        prop::sample::select(ids).prop_map(|id| ClassId::from(id.as_str())),
        0..300_u32,
        0..5,
    );
    let counts = prop::array::uniform4(prop::option::of(0..500_u32));
    (devices, declared, counts, prop::option::of(any::<bool>())).prop_map(
        |(devices, declared, [users, old_workstations, sites, third_parties], on_call)| {
            SizingInput {
                devices,
                declared,
                users,
                old_workstations,
                sites,
                third_parties,
                on_call,
                ..SizingInput::default()
            }
        },
    )
}

fn envelope_covers(spread: Spread) -> bool {
    spread.low <= spread.likely && spread.likely <= spread.high
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_hour_of_a_finding_enters_transition_or_monthly_work(
        input in any_input(), efforts in prop::collection::vec(0..5_usize, 1..50)
    ) {
        let (model, classes) = (model(), classes());
        let all = [Effort::S, Effort::M, Effort::L, Effort::Xl, Effort::Project];
        let mut with = input.clone();
        with.remediation = efforts.iter().enumerate().map(|(n, effort)| RemediationItem {
            check: format!("SSH-{n}"), device: None, effort: all[*effort],
        }).collect();
        let without = estimate(&input, &model, &classes).unwrap();
        let with = estimate(&with, &model, &classes).unwrap();
        prop_assert_eq!(&without.transition, &with.transition);
        prop_assert_eq!(without.euros, with.euros);
        let counted: u32 = with.remediation.parts.iter().map(|part| part.findings).sum();
        prop_assert_eq!(counted + with.remediation.project_quotes, u32::try_from(efforts.len()).unwrap());
        // A finding given twice counts once.
        let mut twice = input.clone();
        twice.remediation = with_twice(&efforts, &all);
        prop_assert_eq!(&estimate(&twice, &model, &classes).unwrap().remediation, &with.remediation);
    }

    #[test]
    fn one_more_device_never_costs_less(input in any_input(), more in any_device()) {
        // The one exception is meant: a further workstation that is not old lowers the share of
        // old ones, and with it the tickets of a given number of users.
        prop_assume!(more.class.as_str() != "workstation" || input.old_workstations.is_none());
        let (model, classes) = (model(), classes());
        let mut larger = input.clone();
        larger.devices.push(more);
        let small = estimate(&input, &model, &classes).unwrap();
        let large = estimate(&larger, &model, &classes).unwrap();
        let monthly = |e: &Estimate| e.euros_interval.envelope;
        for (a, b) in [(monthly(&small), monthly(&large)), (small.transition.euros, large.transition.euros)] {
            prop_assert!(a.low <= b.low && a.likely <= b.likely && a.high <= b.high, "{a:?} {b:?}");
        }
    }

    #[test]
    fn order_of_devices_changes_nothing(
        input in any_input(), seed in any::<u64>()
    ) {
        let (model, classes) = (model(), classes());
        let mut shuffled = input.clone();
        let mut devices = shuffled.devices.clone();
        // Names made unique: two devices of one name have no order to keep.
        for (n, device) in devices.iter_mut().enumerate() { device.id = format!("d{n}"); }
        let mut original = input;
        original.devices = devices.clone();
        devices.sort_by_key(|d| d.id.bytes().fold(seed, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3)));
        shuffled.devices = devices;
        prop_assert_eq!(estimate(&original, &model, &classes).unwrap(), estimate(&shuffled, &model, &classes).unwrap());
    }

    #[test]
    fn bounds_stand_in_order_and_parts_add_up(input in any_input()) {
        let result = estimate(&input, &model(), &classes()).unwrap();
        for line in &result.lines {
            prop_assert!(envelope_covers(line.hours) && envelope_covers(line.euros));
            let parts: Spread = line.parts.iter().map(|part| part.hours).sum();
            prop_assert_eq!(parts, line.hours);
        }
        let interval = &result.euros_interval;
        prop_assert!(interval.low >= Decimal::ZERO && interval.low <= interval.high);
        prop_assert!(result.visibility.v >= Decimal::ZERO && result.visibility.v <= Decimal::ONE);
        let scoped = result.scope("globale").unwrap();
        // Summed in another order, the 28th digit may differ.
        let near = |a: Decimal, b: Decimal| (a - b).abs() < Decimal::new(1, 12);
        prop_assert!(near(scoped.hours, result.hours) && near(scoped.euros, result.euros));
        let levels: u32 = result.service_levels.levels.iter().map(|level| level.recommended).sum();
        let tenable: u32 = result.service_levels.levels.iter().map(|level| level.tenable).sum();
        prop_assert_eq!(levels, tenable);
    }
}

fn with_twice(efforts: &[usize], all: &[Effort]) -> Vec<RemediationItem> {
    let item = |(n, effort): (usize, &usize)| RemediationItem {
        check: format!("SSH-{n}"),
        device: None,
        effort: all[*effort],
    };
    efforts
        .iter()
        .enumerate()
        .chain(efforts.iter().enumerate())
        .map(item)
        .collect()
}
