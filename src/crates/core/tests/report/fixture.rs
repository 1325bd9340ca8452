//! An audit with findings of every outcome, third parties, hostile names, and the sizing of the
//! example estate.

use arpenteur_core::model::class::{ClassId, ClassTable, Criticality};
use arpenteur_core::model::estimate::{Coverage, Effort, Estimate};
use arpenteur_core::model::*;
use arpenteur_core::size::{
    Evidence, RemediationItem, SizedDevice, SizingInput, SizingModel, estimate,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use uuid::Uuid;

/// Names that a device may give itself to get out of its place in the page.
pub(crate) const HOSTILE: [&str; 5] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(2)>",
    "{{audit.id}} ' onmouseover='alert(3)",
    "=HYPERLINK(\"http://evil.example/\",\"x\")",
    "nom\u{202e}gnp.exe\u{0}",
];

const CLASSES: &[u8] = include_bytes!("../../../../../models/classes.yaml");
const MODEL: &[u8] = include_bytes!("../../../../../models/sizing.yaml");

pub(crate) fn classes() -> ClassTable {
    ClassTable::load("models/classes.yaml", CLASSES).unwrap()
}

/// Every file below `templates/`.
pub(crate) fn files() -> Vec<(String, Vec<u8>)> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../templates");
    let mut files = Vec::new();
    for folder in ["", "report", "i18n"] {
        for entry in std::fs::read_dir(format!("{root}/{folder}")).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.file_name().unwrap().to_str().unwrap();
                let separator = if folder.is_empty() { "" } else { "/" };
                let name = format!("templates/{folder}{separator}{name}");
                files.push((name, std::fs::read(&path).unwrap()));
            }
        }
    }
    files
}

/// Ids in the order of the devices, of the form of a UUIDv5.
fn id(index: usize) -> Uuid {
    Uuid::from_u128(0x00a2_7000_0000_5000_8000_0000_0000_0000 + index as u128)
}

fn evidence_id(index: usize) -> EvidenceId {
    EvidenceId(format!("{:012x}", 0x5eed_0000_u64 + index as u64))
}

fn text(fr: &str, en: &str) -> Text {
    Text {
        fr: fr.to_owned(),
        en: en.to_owned(),
    }
}

/// Class, name stem, role.
const ESTATE: [(&str, &str, Option<&str>); 20] = [
    ("router", "rtr-operateur", None),
    ("firewall", "fw-siege", None),
    ("firewall", "fw-agence", None),
    ("switch", "sw-coeur", Some("core")),
    ("switch", "sw-etage-1", Some("access")),
    ("switch", "sw-etage-2", Some("access")),
    ("access_point", "ap-accueil", None),
    ("access_point", "ap-atelier", None),
    ("hypervisor", "hyp-01", None),
    ("server", "srv-annuaire", Some("directory")),
    (
        "server",
        "srv-gestion-commerciale-et-comptabilite-analytique.siege.exemple-de-tres-long-nom.internal",
        Some("database"),
    ),
    ("server", HOSTILE[0], None),
    ("server", HOSTILE[1], Some("backup")),
    ("storage", "nas-production", Some("production")),
    ("storage", "שרת-גיבוי", Some("backup")),
    ("printer", HOSTILE[2], None),
    ("ups", HOSTILE[3], None),
    ("camera", HOSTILE[4], None),
    ("plc", "automate-ligne-1", None),
    ("unknown", "10.20.1.99", None),
];

fn asset(index: usize) -> Asset {
    let (class, stem, role) = ESTATE[index % ESTATE.len()];
    let round = index / ESTATE.len();
    let name = if round == 0 {
        stem.to_owned()
    } else {
        format!("{stem}-{round}")
    };
    let state = match class {
        "router" => AssetState::NotContacted,
        "plc" => AssetState::Declared,
        _ => AssetState::Observed,
    };
    let site = if index.is_multiple_of(3) {
        "agence"
    } else {
        "siege"
    };
    let address = IpAddr::V4(Ipv4Addr::from(0x0a14_0100 + index as u32));
    let observed = state == AssetState::Observed;
    let authenticated = observed && !matches!(class, "camera" | "ups" | "unknown");
    let other = IpAddr::V4(Ipv4Addr::from(0x0a1e_0100 + index as u32));
    let targets = match (observed, class) {
        (true, "firewall") => vec![Target::new(site, address), Target::new(site, other)],
        (true, _) => vec![Target::new(site, address)],
        _ => Vec::new(),
    };
    Asset {
        arpenteur_id: id(index),
        identity: Identity {
            key: if authenticated {
                "serial_num"
            } else {
                "locator"
            }
            .to_owned(),
            value: format!("FJC{index:05}X"),
        },
        name,
        site: SiteId(site.to_owned()),
        state,
        address: observed.then_some(address),
        class: class.to_owned(),
        class_confidence: if authenticated {
            Confidence::Certain
        } else {
            Confidence::Heuristic
        },
        family: authenticated.then(|| format!("vendor/{class}")),
        third_party: (!observed).then(|| "Opérateur Télécom".to_owned()),
        tags: vec!["production".to_owned()],
        criticality: (class == "storage").then(|| "A".to_owned()),
        authenticated,
        sheet: sheet(index, class, role, authenticated),
        merges: merges(class, &targets),
        targets,
        complaints: if class == "printer" {
            vec!["ifTable: row 3 has no ifDescr <b>".to_owned()]
        } else {
            Vec::new()
        },
    }
}

fn merges(class: &str, targets: &[Target]) -> Vec<MergeReason> {
    if class != "firewall" {
        return Vec::new();
    }
    vec![MergeReason {
        targets: targets.to_vec(),
        keys: vec![
            ("serial_num".to_owned(), "FJC00001X".to_owned()),
            ("hostname".to_owned(), "fw-siege".to_owned()),
        ],
        weight: 130,
    }]
}

fn sheet(index: usize, class: &str, role: Option<&str>, authenticated: bool) -> FactSheet {
    let mut sheet = FactSheet::new();
    let mut set = |path: &str, value: Value| {
        sheet.set(&path.parse().unwrap(), value, Provenance::default());
    };
    set("device.role", json!(role));
    let end = match index {
        2 => Some("2025-06-30"),
        4 => Some("2027-03-31"),
        _ => None,
    };
    set("device.end_of_support", json!(end));
    if authenticated {
        set(
            "os.name",
            json!(if class == "server" {
                "Debian GNU/Linux"
            } else {
                "Firmware"
            }),
        );
        set("os.version", json!("12.11"));
        set("hardware.mfg_name", json!("Constructeur SA"));
        set("hardware.model_name", json!(format!("Modèle {class} 48P")));
        set("hardware.serial_num", json!(format!("FJC{index:05}X")));
        set("system.location", json!("Baie 2, salle technique"));
        set("device.owner", json!("Service informatique"));
        if matches!(class, "server" | "storage" | "hypervisor") {
            set("capacity.processors", json!(8));
            set("capacity.memory_total", json!(34_359_738_368_u64));
            set("capacity.memory_available", json!(8_589_934_592_u64));
            set(
                "capacity.filesystems",
                json!([
                    {"mount_point": "/", "size": 53_687_091_200_u64, "used": 21_474_836_480_u64, "used_percent": 40},
                    {"mount_point": "/var/lib/postgresql/donnees", "size": 2_199_023_255_552_u64, "used": 2_001_111_162_552_u64, "used_percent": 91}
                ]),
            );
        }
    } else {
        sheet.set_unread(
            &"hardware".parse().unwrap(),
            UnreadReason::NoCredentials,
            Provenance::default(),
        );
    }
    sheet
}

fn checks() -> Vec<CheckSummary> {
    let refs = |n: &str| {
        BTreeMap::from([
            ("anssi_hygiene".to_owned(), vec![n.to_owned()]),
            (
                "cis_v8".to_owned(),
                vec!["4.2".to_owned(), "5.4".to_owned()],
            ),
            ("iso27001_2022".to_owned(), vec!["A.8.20".to_owned()]),
            ("nis2_21_2".to_owned(), vec!["e".to_owned()]),
        ])
    };
    let check = |id: &str, severity, title: Text, why: Text, fix: Text| CheckSummary {
        id: id.to_owned(),
        title,
        why,
        fix,
        severity,
        refs: refs("12"),
    };
    vec![
        check(
            "SNMP-001",
            Severity::Critical,
            text(
                "Aucune communauté SNMP d'usine n'est acceptée",
                "No factory SNMP community is accepted",
            ),
            text(
                "Quiconque atteint l'équipement lit sa configuration, ou l'écrit.",
                "Whoever reaches the device reads its configuration, or writes it.",
            ),
            text(
                "Remplacer les communautés ; préférer SNMPv3 : authPriv.",
                "Replace the communities; prefer SNMPv3 authPriv.",
            ),
        ),
        check(
            "SSH-006",
            Severity::High,
            text(
                "Root ne se connecte pas par mot de passe",
                "Root does not log in by password",
            ),
            text(
                "Un seul mot de passe deviné donne tout le système.",
                "One guessed password gives the whole system.",
            ),
            text(
                "PermitRootLogin prohibit-password, puis recharger sshd.",
                "PermitRootLogin prohibit-password, then reload sshd.",
            ),
        ),
        check(
            "TLS-002",
            Severity::Medium,
            text("TLS 1.0 et 1.1 sont refusés", "TLS 1.0 and 1.1 are refused"),
            text(
                "Ces versions ont des faiblesses publiées.",
                "These versions have published weaknesses.",
            ),
            text(
                "N'accepter que TLS 1.2 et 1.3.",
                "Accept only TLS 1.2 and 1.3.",
            ),
        ),
        check(
            "INV-001",
            Severity::Low,
            text("L'emplacement est renseigné", "The location is set"),
            text(
                "On cherche l'équipement le jour de la panne.",
                "One looks for the device on the day it fails.",
            ),
            text("Renseigner sysLocation.", "Set sysLocation."),
        ),
        check(
            "CLR-003",
            Severity::High,
            text("Aucun serveur TFTP ne répond", "No TFTP server answers"),
            text(
                "TFTP livre ses fichiers à tous.",
                "TFTP gives its files to everyone.",
            ),
            text("Arrêter le service.", "Stop the service."),
        ),
        check(
            "CAP-001",
            Severity::Info,
            text(
                "Les systèmes de fichiers ont de la place",
                "File systems have room",
            ),
            text(
                "Un système plein arrête ses services.",
                "A full system stops its services.",
            ),
            text("Libérer ou agrandir.", "Free or enlarge."),
        ),
    ]
}

fn findings(assets: &[Asset]) -> Vec<Finding> {
    let mut all = Vec::new();
    let checks = checks();
    for (index, asset) in assets.iter().enumerate() {
        for (number, check) in checks.iter().enumerate() {
            if asset.state != AssetState::Observed {
                continue;
            }
            let outcome = match (index * 7 + number * 3) % 11 {
                0 | 4 | 6 => Outcome::Fail,
                1 | 2 | 5 | 9 => Outcome::Pass,
                3 => Outcome::NotApplicable,
                7 if number == 5 => Outcome::Error {
                    message: "no such key: <x>".to_owned(),
                },
                8 => Outcome::Unknown {
                    reason: UnreadReason::Timeout,
                    fact: "snmp.probe.accepted".to_owned(),
                },
                _ => Outcome::Unknown {
                    reason: UnreadReason::NoCredentials,
                    fact: "sshd.effective".to_owned(),
                },
            };
            let failed = outcome == Outcome::Fail;
            all.push(finding(asset, check, number, outcome, failed, index));
        }
    }
    all.sort_by(|a, b| (a.asset, &a.check).cmp(&(b.asset, &b.check)));
    all
}

fn finding(
    asset: &Asset,
    check: &CheckSummary,
    number: usize,
    outcome: Outcome,
    failed: bool,
    index: usize,
) -> Finding {
    let items = if failed && check.id == "TLS-002" {
        vec![ItemOutcome {
            item: "443".to_owned(),
            outcome: Outcome::Fail,
            evidence: vec![("tls.endpoints[443].tls10".to_owned(), json!(true))],
            waived: false,
        }]
    } else {
        Vec::new()
    };
    let evidence = if failed {
        vec![
            ("sshd.effective.permitrootlogin".to_owned(), json!("yes")),
            (
                "snmp.communities".to_owned(),
                json!(["<hash:community>", HOSTILE[0]]),
            ),
        ]
    } else {
        Vec::new()
    };
    Finding {
        check: check.id.clone(),
        revision: 1,
        asset: asset.arpenteur_id,
        severity: check.severity,
        confidence: Confidence::Certain,
        effort: ["S", "M", "L", "S", "XL", "M"][number].to_owned(),
        outcome,
        items,
        evidence,
        exchanges: vec![evidence_id(index), evidence_id(index + 1000)],
        waived: (failed && index.is_multiple_of(17)).then(waived),
    }
}

fn waived() -> Waived {
    Waived {
        reason: HOSTILE[1].to_owned(),
        owner: "DSI".to_owned(),
        approved_by: "RSSI".to_owned(),
        until: "2027-03-31".parse().unwrap(),
    }
}

fn waivers() -> Vec<WaiverState> {
    vec![WaiverState {
        check: "SSH-006".to_owned(),
        device: Some("srv-*".to_owned()),
        site: None,
        item: None,
        waived: waived(),
        in_force: true,
        covers: 2,
    }]
}

fn compliance() -> Vec<FrameworkView> {
    let measure = |measure: &str, fail| MeasureView {
        measure: measure.to_owned(),
        checks: vec!["SSH-006".to_owned()],
        pass: 12,
        fail,
        waived: 1,
        unknown: 3,
    };
    vec![FrameworkView {
        framework: "anssi_hygiene".to_owned(),
        measures: 42,
        assessed: 2,
        views: vec![measure("8", 4), measure("21", 0)],
    }]
}

/// One entry of each change.
fn drift(assets: &[Asset]) -> Drift {
    use Change::{Fixed, Gone, Lost, New, Unchanged, Worsened};
    let entries: Vec<DriftEntry> = [New, Worsened, Lost, Unchanged, Fixed, Gone]
        .into_iter()
        .zip(assets)
        .map(|(change, asset)| DriftEntry {
            change,
            check: "TLS-002".to_owned(),
            asset: asset.arpenteur_id,
            name: asset.name.clone(),
            severity: Severity::Medium,
            items_new: vec!["443".to_owned()],
            items_fixed: Vec::new(),
        })
        .collect();
    let counts = entries.iter().map(|entry| (entry.change, 1)).collect();
    Drift {
        since: Some("2026-08-20T18:00:00Z".parse().unwrap()),
        counts,
        entries,
    }
}

fn links(assets: &[Asset]) -> Vec<Link> {
    let switches: Vec<&Asset> = assets.iter().filter(|a| a.class == "switch").collect();
    let end = |asset: &Asset, port: &str| LinkEnd {
        asset: Some(asset.arpenteur_id),
        name: asset.name.clone(),
        port: Some(port.to_owned()),
    };
    let mut links = Vec::new();
    for (index, asset) in assets.iter().enumerate() {
        if asset.state == AssetState::Observed && asset.class != "camera" && !switches.is_empty() {
            let switch = switches[index % switches.len()];
            if switch.arpenteur_id != asset.arpenteur_id {
                links.push(Link {
                    a: end(asset, "eth0"),
                    b: end(switch, &format!("GigabitEthernet1/0/{index}")),
                    protocols: vec!["lldp".to_owned()],
                    evidence: vec![evidence_id(index)],
                });
            }
        }
    }
    links.sort();
    links
}

/// The worked example of the sizing method, on the given devices' levels.
fn sized(assets: &[Asset]) -> Estimate {
    let classes = classes();
    let model = SizingModel::load("models/sizing.yaml", MODEL, &classes).unwrap();
    let devices = assets
        .iter()
        .enumerate()
        .map(|(index, asset)| SizedDevice {
            id: asset.arpenteur_id.to_string(),
            class: ClassId(asset.class.clone()),
            role: ESTATE[index % ESTATE.len()].2.map(str::to_owned),
            third_party: asset.third_party.is_some(),
            end_of_support: index == 2,
            criticality: (asset.class == "storage").then_some(Criticality::A),
            coverage: None,
            evidence: if asset.authenticated {
                Evidence::Authenticated
            } else {
                Evidence::Unauthenticated
            },
        })
        .collect();
    let efforts = [
        (6, Effort::S),
        (4, Effort::M),
        (3, Effort::L),
        (2, Effort::Xl),
    ];
    let remediation = efforts
        .iter()
        .flat_map(|(count, effort)| {
            (0..*count).map(move |index| RemediationItem {
                check: format!("{effort:?}-001"),
                device: Some(index.to_string()),
                effort: *effort,
            })
        })
        .collect();
    let input = SizingInput {
        devices,
        declared: [(ClassId::from("workstation"), 60)].into(),
        users: Some(60),
        old_workstations: Some(20),
        sites: Some(2),
        third_parties: Some(3),
        on_call: Some(true),
        remediation,
        ..SizingInput::default()
    };
    estimate(&input, &model, &classes).unwrap()
}

fn audit() -> AuditSummary {
    let networks = |list: &[&str]| list.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
    let site = |id: &str, name: &str, exclusions: &[&str]| SiteSummary {
        id: SiteId(id.to_owned()),
        name: name.to_owned(),
        timezone: "Europe/Paris".to_owned(),
        networks: networks(&["10.20.1.0/24", "10.30.1.0/24", "2001:db8:20::/120"]),
        exclusions: networks(exclusions),
        window: (id == "agence").then(|| "19:00-06:00".to_owned()),
    };
    AuditSummary {
        id: Uuid::from_u128(0xa0d1),
        client: PartySummary {
            name: "Menuiseries du Val & Fils".to_owned(),
            activity: Some("Fabrication de fermetures".to_owned()),
            contact: Some("Mme Hélène Marchand, directrice administrative".to_owned()),
            legal_id: Some("RCS Annecy 123 456 789".to_owned()),
            insurance: None,
        },
        provider: PartySummary {
            name: "Infogérance des Alpes".to_owned(),
            activity: None,
            contact: Some("M. Karim Benali".to_owned()),
            legal_id: None,
            insurance: Some("RC Pro no 4471".to_owned()),
        },
        auditors: vec![
            (
                "Chloé Durand".to_owned(),
                Some("c.durand@alpes.example".to_owned()),
            ),
            ("Yann Le Goff".to_owned(), None),
        ],
        mandate: "MAND-2026-041".to_owned(),
        signed_by: Some("Hélène Marchand".to_owned()),
        valid_from: "2026-11-01".parse().unwrap(),
        valid_to: "2027-01-31".parse().unwrap(),
        source_addresses: vec!["10.20.1.250".parse().unwrap()],
        default_credentials: false,
        sites: vec![
            site("siege", "Siège d'Annecy", &["10.20.1.64/28"]),
            site("agence", "Agence de Chambéry", &[]),
        ],
        third_parties: vec![
            ThirdPartySummary {
                name: "Opérateur Télécom".to_owned(),
                networks: networks(&["10.20.1.1/32"]),
                devices: 2,
                authorisation: None,
            },
            ThirdPartySummary {
                name: "Automatismes Réunis".to_owned(),
                networks: networks(&[]),
                devices: 1,
                authorisation: Some(("AUT-7".to_owned(), "2026-10-12".parse().unwrap())),
            },
        ],
        credentials: vec![
            (
                "lecture-snmp".to_owned(),
                "snmp_v3".to_owned(),
                networks(&["10.20.1.0/24"]),
            ),
            ("ssh-audit".to_owned(), "ssh".to_owned(), networks(&[])),
        ],
        rate: (1000, 40),
        declared: DeclaredSummary {
            by: Some("Hélène Marchand".to_owned()),
            on: Some("2026-11-03".parse().unwrap()),
            users: Some(60),
            workstations: Some((60, 20)),
            coverage: Some(Coverage::BusinessHours),
            on_call: Some(true),
            services: vec![
                ("saas".to_owned(), "Messagerie".to_owned(), Some(60)),
                ("video_rooms".to_owned(), "Salle Semnoz".to_owned(), None),
            ],
            devices: 3,
        },
    }
}

fn coverage(findings: &[Finding]) -> JudgementCoverage {
    let mut coverage = JudgementCoverage::default();
    for finding in findings {
        match &finding.outcome {
            Outcome::Pass => coverage.pass += 1,
            Outcome::Fail => coverage.fail += 1,
            Outcome::NotApplicable => coverage.not_applicable += 1,
            Outcome::Error { .. } => coverage.error += 1,
            Outcome::Unknown { reason, .. } => {
                coverage.unknown += 1;
                *coverage.unknown_by_reason.entry(*reason).or_default() += 1;
            }
        }
    }
    coverage.assessed = coverage.pass + coverage.fail;
    coverage.total = coverage.assessed + coverage.unknown;
    coverage.score = Some(41);
    coverage
}

fn sources() -> Vec<DataSource> {
    ["catalogue", "families", "sizing", "classes", "recording"]
        .iter()
        .map(|name| DataSource {
            name: (*name).to_owned(),
            sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
            built_in: *name != "recording",
        })
        .collect()
}

fn ledger(assets: &[Asset]) -> Vec<LedgerRow> {
    let mut rows = Vec::new();
    for target in assets.iter().flat_map(|asset| &asset.targets) {
        for (protocol, port, packets) in [
            (LedgerProtocol::Neighbour, 0, 1),
            (LedgerProtocol::Tcp, 22, 3),
            (LedgerProtocol::Udp, 161, 1250),
        ] {
            rows.push(LedgerRow {
                target: target.clone(),
                protocol,
                port,
                packets,
                logins: u32::from(port == 22),
                failed_logins: 0,
            });
        }
    }
    rows
}

/// An audit of `count` devices.
pub(crate) fn full(count: usize) -> RunResults {
    let mut assets: Vec<Asset> = (0..count).map(asset).collect();
    let estimate = sized(&assets);
    let findings = findings(&assets);
    let links = links(&assets);
    let ledger = ledger(&assets);
    assets.sort_by(|a, b| {
        (&a.site, &a.name, a.arpenteur_id).cmp(&(&b.site, &b.name, b.arpenteur_id))
    });
    RunResults {
        version: RESULTS_VERSION,
        tool_version: "0.1.0".to_owned(),
        audit: audit(),
        evidence: EvidenceSummary {
            started: Some("2026-11-21T18:02:11Z".parse().unwrap()),
            ended: Some("2026-11-21T18:41:56Z".parse().unwrap()),
            complete: true,
            addresses: 1270,
            exchanges: 4312,
            source_addresses: vec!["10.20.1.250".parse().unwrap()],
            privileged: Some(true),
            left_out: vec![(
                Target::new("siege", "10.20.1.70".parse().unwrap()),
                "excluded (10.20.1.64/28)".to_owned(),
            )],
        },
        as_of: "2026-11-21T18:41:56Z".parse().unwrap(),
        sources: sources(),
        checks: checks(),
        coverage: coverage(&findings),
        tiers: arpenteur_core::check::tiers(&findings),
        profile: (count > 0).then(|| "pme-standard".to_owned()),
        waivers: if count > 0 { waivers() } else { Vec::new() },
        compliance: if count > 0 { compliance() } else { Vec::new() },
        drift: (count > 0).then(|| drift(&assets)),
        findings,
        estimate,
        ledger,
        not_seen: vec![
            NotSeenItem::ThirdPartyDevice {
                name: "rtr-operateur".to_owned(),
                party: "Opérateur Télécom".to_owned(),
            },
            NotSeenItem::NotAuthenticated {
                name: HOSTILE[3].to_owned(),
            },
            NotSeenItem::NotRecognised {
                name: "10.20.1.99".to_owned(),
            },
            NotSeenItem::Neighbour {
                name: "00:11:22:33:44:55".to_owned(),
            },
            NotSeenItem::DeclaredNotFound {
                name: "automate-ligne-1".to_owned(),
            },
            NotSeenItem::Excluded {
                site: SiteId("siege".to_owned()),
                network: "10.20.1.64/28".to_owned(),
            },
            NotSeenItem::Unprivileged,
        ],
        draft: vec!["provider.legal_id".to_owned()],
        inventory: Inventory {
            neighbours: vec![Neighbour {
                name: "commutateur-inconnu".to_owned(),
                addresses: vec!["10.20.9.4".to_owned()],
                description: Some(HOSTILE[0].to_owned()),
                seen_by: vec!["sw-coeur".to_owned()],
                third_party: None,
            }],
            links,
            assets,
            sites: Vec::new(),
        },
    }
}

/// An audit that found nothing.
pub(crate) fn empty() -> RunResults {
    let mut results = full(0);
    results.audit = AuditSummary {
        auditors: Vec::new(),
        signed_by: None,
        source_addresses: Vec::new(),
        sites: Vec::new(),
        third_parties: Vec::new(),
        credentials: Vec::new(),
        declared: DeclaredSummary::default(),
        ..results.audit
    };
    results.evidence = EvidenceSummary {
        started: None,
        ended: None,
        complete: false,
        addresses: 0,
        exchanges: 0,
        source_addresses: Vec::new(),
        privileged: None,
        left_out: Vec::new(),
    };
    results.inventory = Inventory::default();
    results.checks.clear();
    results.coverage = JudgementCoverage::default();
    results.sources.clear();
    results.not_seen = vec![NotSeenItem::Interrupted];
    results.draft = vec!["auditors".to_owned(), "autre point".to_owned()];
    results
}
