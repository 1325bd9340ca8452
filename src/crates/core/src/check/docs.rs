//! The catalogue's reference pages, generated from the files.
use std::fmt::Write as _;

use super::explain::{confidence_key, severity_key};
use super::{Catalogue, Check};
use crate::model::Language;

/// A colon as the language writes it.
pub(super) fn colon(language: Language) -> &'static str {
    match language {
        Language::Fr => "\u{202f}:",
        Language::En => ":",
    }
}

/// Words of the pages: key, French, English.
const LABELS: [(&str, &str, &str); 31] = [
    ("severity", "Gravité", "Severity"),
    ("confidence", "Confiance", "Confidence"),
    ("effort", "Effort", "Effort"),
    ("applies", "Concerne", "Applies"),
    ("facts", "Faits lus", "Facts"),
    ("for_each", "Pour chaque élément de", "For each item of"),
    ("where", "Parmi", "Where"),
    ("pass", "Réussi si", "Passes when"),
    ("param", "Paramètre", "Parameter"),
    ("strictest", "le plus lâche admis", "loosest allowed"),
    ("why", "Pourquoi", "Why"),
    ("fix", "Corriger", "Fix"),
    ("refs", "Références", "References"),
    (
        "anssi_hygiene",
        "ANSSI, Guide d’hygiène",
        "ANSSI hygiene guide",
    ),
    ("cis_v8", "CIS Controls v8", "CIS Controls v8"),
    (
        "iso27001_2022",
        "ISO/CEI 27001:2022, annexe A",
        "ISO/IEC 27001:2022 Annex A",
    ),
    ("nis2_21_2", "NIS 2, article 21(2)", "NIS2, article 21(2)"),
    ("critical", "critique", "critical"),
    ("high", "élevée", "high"),
    ("medium", "moyenne", "medium"),
    ("low", "faible", "low"),
    ("info", "information", "info"),
    ("certain", "certaine", "certain"),
    ("likely", "probable", "likely"),
    ("heuristic", "indicative", "heuristic"),
    ("heading", "Catalogue des contrôles", "Catalogue of checks"),
    ("check", "Contrôle", "Check"),
    ("desired", "État attendu", "Desired state"),
    (
        "generated",
        "Page produite à partir de `checks/`. Ne pas la modifier à la main.",
        "Generated from `checks/`. Do not edit by hand.",
    ),
    (
        "mapping",
        "Le lien entre un contrôle et une mesure est le nôtre et ne vaut pas certification.",
        "The link between a check and a measure is ours and is not a certification.",
    ),
    ("tests", "Tests", "Tests"),
];

/// A word of the pages; the key itself when there is none.
pub(super) fn label(key: &str, language: Language) -> &str {
    let found = LABELS.iter().find(|(known, _, _)| *known == key);
    found.map_or(key, |(_, fr, en)| match language {
        Language::Fr => fr,
        Language::En => en,
    })
}

/// The reference page of a catalogue, in Markdown: `docs/checks.fr.md`, `docs/checks.en.md`.
#[must_use]
pub fn reference(catalogue: &Catalogue, language: Language) -> String {
    let word = |key| label(key, language);
    let mut page = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(page, "# {}\n\n{}\n", word("heading"), word("generated"));
    let _ = writeln!(
        page,
        "| {} | {} | {} | {} |\n|-|-|-|-|",
        word("check"),
        word("desired"),
        word("severity"),
        word("effort")
    );
    for check in &catalogue.checks {
        let (id, title) = (&check.id, language.of(&check.title));
        let anchor = id.to_lowercase();
        let severity = word(severity_key(check));
        let effort = super::effort_name(check.effort);
        let _ = writeln!(
            page,
            "| [{id}](#{anchor}) | {title} | {severity} | {effort} |"
        );
    }
    for check in &catalogue.checks {
        section(&mut page, check, language);
    }
    let _ = writeln!(page, "\n{}", word("mapping"));
    page
}

fn section(page: &mut String, check: &Check, language: Language) {
    let word = |key| label(key, language);
    let colon = colon(language);
    let _ = writeln!(
        page,
        "\n## {}\n\n**{}**\n",
        check.id,
        language.of(&check.title)
    );
    let _ = writeln!(page, "{}\n", language.of(&check.why));
    let _ = writeln!(page, "{}{colon} {}\n", word("fix"), language.of(&check.fix));
    let mut line = |key, value: String| {
        let _ = writeln!(page, "- {}{colon} {value}", word(key));
    };
    line("severity", word(severity_key(check)).to_owned());
    line("confidence", word(confidence_key(check)).to_owned());
    line("effort", super::effort_name(check.effort));
    if check.applies() != "true" {
        line("applies", code(check.applies()));
    }
    let facts: Vec<_> = check
        .facts
        .iter()
        .map(|fact| code(&fact.to_string()))
        .collect();
    line("facts", facts.join(", "));
    if let Some(list) = check.for_each() {
        line("for_each", code(&list.to_string()));
    }
    if let Some(filter) = check.filter() {
        line("where", code(filter));
    }
    line("pass", code(check.pass()));
    for (name, param) in &check.params {
        let text = format!(
            "`{name}` = `{}` ({} `{}`)",
            param.default,
            word("strictest"),
            param.strictest
        );
        line("param", text);
    }
    for (framework, references) in check.refs.lists() {
        if !references.is_empty() {
            line(framework, references.join(", "));
        }
    }
}

/// Markdown code; expressions hold no backquote, the parser refuses it.
fn code(text: &str) -> String {
    format!(
        "`{}`",
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    )
}
