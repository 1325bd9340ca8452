//! Verdicts by the measures of published frameworks. The link from check to measure is ours.
use std::collections::BTreeMap;

use super::{Catalogue, Policy};
use crate::model::{Finding, FrameworkView, MeasureView, Outcome};

/// Frameworks, in the order in which they are shown, with their number of measures (reinforced
/// parts of ANSSI's measures not counted apart).
const FRAMEWORKS: [(&str, usize); 4] = [
    ("anssi_hygiene", 42),
    ("cis_v8", 153),
    ("iso27001_2022", 93),
    ("nis2_21_2", 10),
];

impl Catalogue {
    /// What was found for each measure that some check supports. A check whose parameters are
    /// looser than its references allow supports none.
    #[must_use]
    pub fn compliance(&self, policy: &Policy, findings: &[Finding]) -> Vec<FrameworkView> {
        let mut by_check: BTreeMap<&str, MeasureView> = BTreeMap::new();
        for finding in findings {
            let view = by_check.entry(&finding.check).or_default();
            match &finding.outcome {
                Outcome::Pass => view.pass += 1,
                Outcome::Fail if finding.waived.is_some() => view.waived += 1,
                Outcome::Fail => view.fail += 1,
                Outcome::Unknown { .. } | Outcome::Error { .. } => view.unknown += 1,
                Outcome::NotApplicable => {}
            }
        }
        let framework = |(framework, measures): (&str, usize)| {
            let mut views: BTreeMap<(u32, u32, String), MeasureView> = BTreeMap::new();
            for check in self.checks.iter().filter(|check| policy.is_active(check)) {
                if !policy.supports_references(&check.id) {
                    continue;
                }
                let lists = check.refs.lists();
                let own = lists.iter().filter(|(name, _)| *name == framework);
                for measure in own.flat_map(|(_, measures)| measures.iter()) {
                    let name = measure.trim_end_matches('R').to_owned();
                    let view = views.entry(in_order(&name)).or_default();
                    view.measure = name;
                    view.add(&check.id, by_check.get(check.id.as_str()));
                }
            }
            let views: Vec<MeasureView> = views.into_values().collect();
            FrameworkView {
                framework: framework.to_owned(),
                measures,
                assessed: views
                    .iter()
                    .filter(|view| view.pass + view.fail > 0)
                    .count(),
                views,
            }
        };
        FRAMEWORKS.into_iter().map(framework).collect()
    }
}

impl MeasureView {
    fn add(&mut self, check: &str, found: Option<&Self>) {
        if !self.checks.iter().any(|known| known == check) {
            self.checks.push(check.to_owned());
            if let Some(found) = found {
                self.pass += found.pass;
                self.fail += found.fail;
                self.waived += found.waived;
                self.unknown += found.unknown;
            }
        }
    }
}

/// Measures sort by their numbers: 4.10 comes after 4.9.
fn in_order(measure: &str) -> (u32, u32, String) {
    let mut numbers = measure
        .split('.')
        .filter_map(|part| part.parse::<u32>().ok());
    let (first, second) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    (first, second, measure.to_owned())
}
