//! Brings scope, inventory and findings together into what is sized and reported.
use crate::check::{Catalogue, Check, Coverage, Policy, Status, waiver_checks};
use crate::inventory::{Backup, Context, Declaration, DeclaredAsset, ZonedNetwork};
use crate::model::class::ClassId;
use crate::model::estimate::Effort;
use crate::model::{
    Asset, AssetState, AuditSummary, CheckSummary, DeclaredSummary, EvidenceSummary, Finding,
    Inventory, JudgementCoverage, Licence, Locator, NotSeenItem, PartySummary, Recording, SiteId,
    SiteSummary, Target, ThirdPartySummary,
};
use crate::scope::{
    AuditFile, CredentialKind, DeclaredLicence, Denial, Party, Scope, ScopeNetwork, Window,
};
use crate::size::{Evidence, RemediationItem, SizedDevice, SizingInput};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;

/// Whether evidence of a target may be judged: the place must lie in the scope, and a third
/// party must have consented. Files that name no address belong to the client who sent them.
///
/// # Errors
/// Why not.
pub fn may_be_judged(scope: &Scope, target: &Target) -> Result<(), String> {
    let Locator::Address(address) = target.locator else {
        return Ok(());
    };
    scope
        .place(&target.site, address)
        .map_err(|denial| denial.to_string())?;
    match scope.third_party(&target.site, address) {
        Some(party) if party.authorisation.is_none() => {
            Err(Denial::ThirdParty(party.name.clone()).to_string())
        }
        _ => Ok(()),
    }
}

/// What the inventory needs to know of the audit.
pub fn context(scope: &Scope) -> Context {
    let audit = scope.audit();
    let declarations = audit.declared.devices.iter().map(|device| Declaration {
        site: device.r#match.site.clone().map(SiteId),
        address: device.r#match.address,
        hostname: device.r#match.hostname.clone(),
        serial: device.r#match.serial.clone(),
        mac: device.r#match.mac.clone(),
        class: device.class.clone(),
        role: device.role.clone(),
        criticality: device
            .criticality
            .map(|criticality| format!("{criticality:?}")),
        owner: device.owner.clone(),
        end_of_support: device.end_of_support.map(|date| date.to_string()),
        tags: device.tags.clone(),
        administrators: device.administrators.clone(),
        services: device.services.clone(),
        support_until: device.support_until.map(|date| date.to_string()),
        config_saved_on: device.config_saved_on.map(|date| date.to_string()),
        last_backup: device.last_backup.map(|date| date.to_string()),
        licences: device.licences.as_deref().map(licences),
    });
    let third_parties = audit.third_parties.iter().flat_map(|party| {
        party.devices.iter().map(|device| DeclaredAsset {
            name: device.name.clone(),
            class: device.class.clone(),
            site: SiteId(device.site.clone()),
            address: device.address,
            third_party: Some(party.name.clone()),
        })
    });
    Context {
        audit_id: audit.id,
        declarations: declarations.collect(),
        declared: third_parties.collect(),
        resolvers: audit.declared.resolvers.clone(),
        same_device: audit.declared.same_device.clone(),
        separate_devices: audit.declared.separate_devices.clone(),
        sites: audit
            .sites
            .iter()
            .map(|site| SiteId(site.id.clone()))
            .collect(),
        zones: zones(audit),
        inventory_declared: audit.declared.devices_complete,
        backup: audit.declared.backup.as_ref().map(|backup| Backup {
            offline_copy: backup.offline_copy,
            restore_tested_on: backup.restore_tested_on,
        }),
        ..Context::default()
    }
}

fn licences(declared: &[DeclaredLicence]) -> Vec<Licence> {
    let licence = |declared: &DeclaredLicence| Licence {
        name: declared.name.clone(),
        kind: Some(
            if declared.subscription {
                "subscription"
            } else {
                "licence"
            }
            .to_owned(),
        ),
        until: declared.until.map(|date| date.to_string()),
        active: None,
    };
    declared.iter().map(licence).collect()
}

fn zones(audit: &AuditFile) -> Vec<ZonedNetwork> {
    let of_site = |site: &crate::scope::Site| {
        let id = SiteId(site.id.clone());
        let zoned = site.networks.iter().filter_map(move |network| {
            Some(ZonedNetwork {
                site: id.clone(),
                prefix: network.prefix(),
                zone: network.zone()?.as_str().to_owned(),
            })
        });
        zoned.collect::<Vec<_>>()
    };
    audit.sites.iter().flat_map(of_site).collect()
}

/// What is sized: every asset, what was declared, and one remediation per check and device.
pub fn sizing_input(
    scope: &Scope,
    inventory: &Inventory,
    findings: &[Finding],
    as_of: Timestamp,
) -> SizingInput {
    let declared = &scope.audit().declared;
    let today = as_of.to_zoned(TimeZone::UTC).date();
    let mut input = SizingInput {
        devices: inventory
            .assets
            .iter()
            .map(|asset| sized(asset, today))
            .collect(),
        users: declared.users,
        old_workstations: declared
            .workstations
            .as_ref()
            .map(|stations| stations.older_than_4_years),
        sites: u32::try_from(scope.audit().sites.len()).ok(),
        third_parties: u32::try_from(scope.audit().third_parties.len()).ok(),
        on_call: declared.on_call,
        coverage: declared.coverage,
        ..SizingInput::default()
    };
    if let Some(stations) = &declared.workstations {
        input
            .declared
            .insert(ClassId::from("workstation"), stations.count);
    }
    let failed = findings.iter().filter(|finding| finding.is_open());
    input.remediation = failed
        .filter_map(|finding| {
            let effort: Effort = serde_json::from_value(finding.effort.clone().into()).ok()?;
            let device = Some(finding.asset.to_string());
            Some(RemediationItem {
                check: finding.check.clone(),
                device,
                effort,
            })
        })
        .collect();
    input
}

fn sized(asset: &Asset, today: Date) -> SizedDevice {
    let facts = asset.sheet.facts().unwrap_or_default();
    let ended = facts
        .device
        .end_of_support
        .and_then(|date| date.parse::<Date>().ok());
    let evidence = match asset.state {
        AssetState::Observed if asset.class == "unknown" => Evidence::Unknown,
        AssetState::Observed if asset.authenticated => Evidence::Authenticated,
        AssetState::Observed => Evidence::Unauthenticated,
        AssetState::Declared | AssetState::NotContacted => Evidence::Declared,
    };
    SizedDevice {
        id: asset.arpenteur_id.to_string(),
        class: ClassId::from(asset.class.as_str()),
        role: facts.device.role,
        third_party: asset.third_party.is_some(),
        end_of_support: ended.is_some_and(|date| date < today),
        criticality: asset
            .criticality
            .as_ref()
            .and_then(|letter| serde_json::from_value(letter.clone().into()).ok()),
        coverage: None,
        evidence,
    }
}

/// `audit.yaml` for a reader of the report.
pub fn summary(scope: &Scope) -> AuditSummary {
    let audit = scope.audit();
    AuditSummary {
        id: audit.id,
        client: party(&audit.client),
        provider: party(&audit.provider),
        auditors: audit
            .auditors
            .iter()
            .map(|auditor| (auditor.name.clone(), auditor.email.clone()))
            .collect(),
        mandate: audit.mandate.reference.clone(),
        signed_by: audit.mandate.signed_by.clone(),
        valid_from: audit.mandate.valid_from,
        valid_to: audit.mandate.valid_to,
        source_addresses: audit.mandate.source_addresses.clone(),
        default_credentials: audit.mandate.probes.default_credentials,
        sites: sites(audit),
        third_parties: third_parties(audit),
        credentials: credentials(audit),
        rate: (
            audit.limits.packets_per_second,
            audit.limits.packets_per_second_per_host,
        ),
        declared: declared(audit),
    }
}

fn party(party: &Party) -> PartySummary {
    PartySummary {
        name: party.name.clone(),
        activity: party.activity.clone(),
        contact: party.contact.clone(),
        legal_id: party.legal_id.clone(),
        insurance: party.insurance.clone(),
    }
}

fn sites(audit: &AuditFile) -> Vec<SiteSummary> {
    let texts =
        |networks: &[ipnetwork::IpNetwork]| networks.iter().map(ToString::to_string).collect();
    let site = |site: &crate::scope::Site| SiteSummary {
        id: SiteId(site.id.clone()),
        name: site.name.clone().unwrap_or_else(|| site.id.clone()),
        timezone: site.timezone.clone(),
        networks: texts(
            &site
                .networks
                .iter()
                .map(ScopeNetwork::prefix)
                .collect::<Vec<_>>(),
        ),
        exclusions: texts(&site.exclusions),
        window: site.window.as_ref().map(|Window { from, to, .. }| {
            format!("{}–{}", from.strftime("%H:%M"), to.strftime("%H:%M"))
        }),
    };
    audit.sites.iter().map(site).collect()
}

fn third_parties(audit: &AuditFile) -> Vec<ThirdPartySummary> {
    let summary = |party: &crate::scope::ThirdParty| ThirdPartySummary {
        name: party.name.clone(),
        networks: party.networks.iter().map(ToString::to_string).collect(),
        devices: party.devices.len(),
        authorisation: party
            .authorisation
            .as_ref()
            .map(|consent| (consent.reference.clone(), consent.date)),
    };
    audit.third_parties.iter().map(summary).collect()
}

fn credentials(audit: &AuditFile) -> Vec<(String, String, Vec<String>)> {
    let kind = |kind: Option<CredentialKind>| match kind {
        Some(CredentialKind::SnmpV1) => "SNMPv1",
        Some(CredentialKind::SnmpV2c) => "SNMPv2c",
        Some(CredentialKind::SnmpV3) => "SNMPv3",
        Some(CredentialKind::Ssh) => "SSH",
        None => "",
    };
    let credential = |credential: &crate::scope::Credential| {
        let networks = credential
            .networks
            .iter()
            .map(ToString::to_string)
            .collect();
        (
            credential.name.clone(),
            kind(credential.kind()).to_owned(),
            networks,
        )
    };
    audit.credentials.iter().map(credential).collect()
}

fn declared(audit: &AuditFile) -> DeclaredSummary {
    let declared = &audit.declared;
    let kinds = [
        ("saas", &declared.saas),
        ("telephony", &declared.telephony),
        ("cloud", &declared.cloud),
        ("video_rooms", &declared.video_rooms),
    ];
    let services = kinds.into_iter().flat_map(|(kind, items)| {
        items
            .iter()
            .map(move |item| (kind.to_owned(), item.name.clone(), item.count))
    });
    DeclaredSummary {
        by: declared.by.clone(),
        on: declared.on,
        users: declared.users,
        workstations: declared
            .workstations
            .as_ref()
            .map(|stations| (stations.count, stations.older_than_4_years)),
        coverage: declared.coverage,
        on_call: declared.on_call,
        services: services.collect(),
        devices: declared.devices.len(),
    }
}

/// When and how evidence was taken.
pub fn evidence(recording: &Recording) -> EvidenceSummary {
    let times = || {
        recording
            .exchanges
            .iter()
            .filter_map(|exchange| exchange.at)
    };
    EvidenceSummary {
        started: times().min(),
        ended: recording.end(),
        complete: recording.complete,
        addresses: recording.addresses,
        exchanges: recording.exchanges.len(),
        source_addresses: recording.header.source_addresses.clone(),
        privileged: times().next().map(|_| recording.header.privileged),
        left_out: Vec::new(),
    }
}

/// What the evidence cannot show.
pub fn not_seen(
    scope: &Scope,
    inventory: &Inventory,
    evidence: &EvidenceSummary,
) -> Vec<NotSeenItem> {
    let mut items = BTreeSet::new();
    for asset in &inventory.assets {
        let name = asset.name.clone();
        match (asset.state, &asset.third_party) {
            (AssetState::NotContacted, party) => {
                let party = party.clone().unwrap_or_default();
                items.insert(NotSeenItem::ThirdPartyDevice { name, party });
            }
            (AssetState::Declared, _) => {
                items.insert(NotSeenItem::DeclaredNotFound { name });
            }
            (AssetState::Observed, _) => {
                if asset.class == "unknown" {
                    items.insert(NotSeenItem::NotRecognised { name: name.clone() });
                }
                if !asset.authenticated {
                    items.insert(NotSeenItem::NotAuthenticated { name });
                }
            }
        }
    }
    items.extend(
        inventory
            .neighbours
            .iter()
            .map(|neighbour| NotSeenItem::Neighbour {
                name: neighbour.name.clone(),
            }),
    );
    for site in &scope.audit().sites {
        items.extend(site.exclusions.iter().map(|network| NotSeenItem::Excluded {
            site: SiteId(site.id.clone()),
            network: network.to_string(),
        }));
    }
    if evidence.privileged == Some(false) {
        items.insert(NotSeenItem::Unprivileged);
    }
    if !evidence.complete {
        items.insert(NotSeenItem::Interrupted);
    }
    items.into_iter().collect()
}

/// Fields of the cover that are blank: with one of them the report is a draft.
pub fn draft(scope: &Scope) -> Vec<String> {
    let audit = scope.audit();
    let fields = [
        ("client.contact", audit.client.contact.is_none()),
        ("provider.legal_id", audit.provider.legal_id.is_none()),
        ("provider.insurance", audit.provider.insurance.is_none()),
        ("mandate.signed_by", audit.mandate.signed_by.is_none()),
        (
            "mandate.source_addresses",
            audit.mandate.source_addresses.is_empty(),
        ),
    ];
    fields
        .into_iter()
        .filter(|(_, blank)| *blank)
        .map(|(name, _)| name.to_owned())
        .collect()
}

/// The checks that judged, as the report prints them.
pub fn check_summaries(catalogue: &Catalogue, policy: &Policy) -> Vec<CheckSummary> {
    let summary = |check: &Check| CheckSummary {
        id: check.id.clone(),
        title: check.title.clone(),
        why: check.why.clone(),
        fix: check.fix.clone(),
        severity: policy
            .overrides
            .get(&check.id)
            .and_then(|change| change.severity)
            .unwrap_or(check.severity),
        refs: check
            .refs
            .lists()
            .into_iter()
            .filter(|(_, measures)| !measures.is_empty())
            .map(|(name, measures)| (name.to_owned(), measures.to_vec()))
            .collect(),
    };
    let checks = catalogue.checks().iter();
    let judging =
        checks.filter(|check| check.status != Status::Deprecated && policy.is_active(check));
    let waivers = waiver_checks().filter(|_| !policy.waivers.is_empty());
    judging.map(summary).chain(waivers).collect()
}

/// How much could be judged.
pub fn coverage(findings: &[Finding]) -> JudgementCoverage {
    let tally = Coverage::of(findings).all;
    let count = |figure: u32| figure as usize;
    JudgementCoverage {
        assessed: count(tally.assessed()),
        total: count(tally.total()),
        pass: count(tally.pass),
        fail: count(tally.fail),
        unknown: count(tally.unknown),
        not_applicable: count(tally.not_applicable),
        error: count(tally.error),
        score: tally.score().map(u32::from),
        unknown_by_reason: tally
            .unknown_by_reason
            .into_iter()
            .map(|(reason, figure)| (reason, count(figure)))
            .collect(),
    }
}
