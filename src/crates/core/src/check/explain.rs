//! One check in words, for a terminal.
use std::fmt::Write as _;

use super::docs::{colon, label};
use super::{Catalogue, Check};
use crate::model::Language;

impl Catalogue {
    /// What a check asks, of whom, why, and how to mend a failure; `None` for an unknown id.
    #[must_use]
    pub fn explain(&self, id: &str, language: Language) -> Option<String> {
        self.get(id).map(|check| check.explain(language))
    }

    /// The whole catalogue for programs: every check with its expressions, facts, texts,
    /// references and the names of its tests.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        let checks: Vec<_> = self.checks.iter().map(Check::json).collect();
        serde_json::json!({ "version": 1, "sha256": self.sha256, "checks": checks })
    }
}

impl Check {
    fn explain(&self, language: Language) -> String {
        let mut out = String::new();
        let colon = colon(language);
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{}  {}", self.id, language.of(&self.title));
        let mut line = |key: &str, value: &str| {
            let _ = writeln!(out, "  {}{colon} {value}", label(key, language));
        };
        line("severity", label(severity_key(self), language));
        line("confidence", label(confidence_key(self), language));
        line("effort", &super::effort_name(self.effort));
        line("applies", self.applies());
        let facts: Vec<_> = self.facts.iter().map(ToString::to_string).collect();
        line("facts", &facts.join(", "));
        if let Some(list) = self.for_each() {
            line("for_each", &list.to_string());
        }
        if let Some(filter) = self.filter() {
            line("where", filter);
        }
        line("pass", self.pass());
        for (name, param) in &self.params {
            line(
                "param",
                &format!(
                    "{name} = {} ({} {})",
                    param.default,
                    label("strictest", language),
                    param.strictest
                ),
            );
        }
        line("why", language.of(&self.why));
        line("fix", language.of(&self.fix));
        for (framework, references) in self.refs.lists() {
            if !references.is_empty() {
                line(framework, &references.join(", "));
            }
        }
        out
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "id": self.id, "family": self.family, "revision": self.revision, "status": self.status,
            "replaced_by": self.replaced_by, "aliases": self.aliases, "scope": self.scope,
            "title": self.title, "why": self.why, "fix": self.fix,
            "severity": self.severity, "confidence": self.confidence, "effort": self.effort,
            "applies": self.applies(), "facts": self.facts, "for_each": self.for_each(),
            "where": self.filter(), "pass": self.pass(), "absent": self.absent,
            "params": self.params, "evidence": self.evidence, "masks": self.masks,
            "refs": self.refs, "tests": self.tests,
        })
    }
}

pub(super) fn severity_key(check: &Check) -> &'static str {
    use crate::model::Severity::{Critical, High, Info, Low, Medium};
    match check.severity {
        Critical => "critical",
        High => "high",
        Medium => "medium",
        Low => "low",
        Info => "info",
    }
}

pub(super) fn confidence_key(check: &Check) -> &'static str {
    use crate::model::Confidence::{Certain, Heuristic, Likely};
    match check.confidence {
        Certain => "certain",
        Likely => "likely",
        Heuristic => "heuristic",
    }
}
