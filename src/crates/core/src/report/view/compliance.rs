//! What access would answer, and what was found for the measures of published frameworks.
use super::View;
use crate::model::{FrameworkView, MeasureView, TierSummary};
use serde_json::{Value, json};

/// Unknown verdicts by the access that would answer them.
pub(super) fn tiers(view: &View<'_>) -> Value {
    let tier = |tier: &TierSummary| {
        json!({
            "tier": tier.tier,
            "unknown": tier.unknown,
            "checks": tier.checks,
            "devices": tier.devices,
            "access": tier.for_want_of_access,
        })
    };
    view.results.tiers.iter().map(tier).collect()
}

/// One table per framework; measures that no verdict was given for are told in one line.
pub(super) fn frameworks(view: &View<'_>) -> Value {
    view.results.compliance.iter().map(framework).collect()
}

fn framework(framework: &FrameworkView) -> Value {
    let judged = |view: &&MeasureView| view.pass + view.fail + view.waived + view.unknown > 0;
    let rows: Vec<Value> = framework.views.iter().filter(judged).map(measure).collect();
    let silent = framework.views.iter().filter(|view| !judged(view));
    json!({
        "framework": framework.framework,
        "measures": framework.measures,
        "supported": framework.views.len(),
        "assessed": framework.assessed,
        "rows": rows,
        "silent": silent.map(|view| view.measure.as_str()).collect::<Vec<_>>(),
    })
}

fn measure(view: &MeasureView) -> Value {
    let state = match view {
        MeasureView { fail: 1.., .. } => "fail",
        MeasureView {
            pass: 0,
            waived: 0,
            unknown: 1..,
            ..
        } => "unjudged",
        MeasureView { unknown: 1.., .. } => "unknown",
        MeasureView { waived: 1.., .. } => "waived",
        _ => "pass",
    };
    json!({
        "measure": view.measure,
        "state": state,
        "checks": view.checks,
        "pass": view.pass,
        "fail": view.fail,
        "waived": view.waived,
        "unknown": view.unknown,
    })
}
