//! `arpenteur plan DIR`: the dry run.
use super::args::Secrets;
use super::exit::Exit;
use super::{Outcome, Output, open};
use crate::data::Data;
use crate::discover::MANAGEMENT_PORTS;
use arpenteur_core::scope::{Plan, ProbeCost};
use jiff::Timestamp;
use std::path::Path;

/// Packets to an address that stays silent: two ARP or echo requests.
const SILENT: u32 = 2;
/// Packets of collection from a host that answers, beside its ports: SNMP walks and the
/// conversations with open services, as measured in the project's lab.
const COLLECTION: u32 = 200;

pub(crate) fn run(dir: &Path, secrets: &Secrets, data: &Data, output: &Output<'_>) -> Outcome {
    let (_, scope) = open(dir, data, secrets.allow_inline_secrets)?;
    let ports = u32::try_from(MANAGEMENT_PORTS.len()).unwrap_or(u32::MAX);
    let plan = scope.plan(
        Timestamp::now(),
        ProbeCost {
            silent: SILENT,
            answering: SILENT + ports * 3 + COLLECTION,
        },
    );
    if !scope.audit().replay.is_empty() {
        output.say("cli-replay-only", &[]);
    }
    if output.json {
        output.json(&plan);
        return Ok(Exit::Complete);
    }
    print(&plan, output);
    for (a, b) in scope.overlapping_sites() {
        output.say("cli-plan-overlap", &[("a", &a.0), ("b", &b.0)]);
    }
    Ok(Exit::Complete)
}

fn print(plan: &Plan, output: &Output<'_>) {
    for site in &plan.sites {
        let (targets, excluded) = (site.targets.to_string(), site.excluded.to_string());
        output.say(
            "cli-plan-site",
            &[
                ("site", &site.site.0),
                ("targets", &targets),
                ("excluded", &excluded),
            ],
        );
        for (party, count) in &site.third_parties {
            output.say(
                "cli-plan-third-party",
                &[("party", party), ("count", &count.to_string())],
            );
        }
        for (_, names) in &site.credentials {
            output.say("cli-plan-credentials", &[("names", &names.join(", "))]);
        }
        if let Some(reason) = &site.closed {
            output.say("cli-plan-closed", &[("reason", reason)]);
        }
    }
    let text = |figure: u64| figure.to_string();
    let ports: Vec<String> = MANAGEMENT_PORTS.iter().map(u16::to_string).collect();
    output.say("cli-plan-probes", &[("ports", &ports.join(", "))]);
    output.say(
        "cli-plan-total",
        &[
            ("targets", &text(plan.targets)),
            ("min", &text(plan.packets_min)),
            ("max", &text(plan.packets_max)),
            ("logins", &text(plan.failed_logins_max)),
            ("shortest", &text(plan.seconds_min)),
            ("longest", &text(plan.seconds_max)),
        ],
    );
}
