//! The page and the exports of one audit with every kind of content, hostile names included.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at its first surprise"
)]

#[path = "report/fixture.rs"]
mod fixture;

use arpenteur_core::export;
use arpenteur_core::model::Language::{self, En, Fr};
use arpenteur_core::model::{RESULTS_VERSION, RunResults};
use arpenteur_core::report::Reports;
use fixture::{HOSTILE, classes, empty, files, full};
use regex::Regex;
use std::collections::BTreeSet;

fn reports() -> Reports {
    Reports::load(&files()).unwrap_or_else(|errors| panic!("{errors}"))
}

fn page(results: &RunResults, language: Language) -> String {
    let page = reports().html(results, &classes(), language);
    page.unwrap_or_else(|error| panic!("{error}"))
}

/// Writes the pages for whoever wants to look at them.
#[test]
fn pages_are_written_where_asked() {
    let Ok(folder) = std::env::var("ARPENTEUR_REPORT_OUT") else {
        return;
    };
    for (name, results) in [
        ("full", full(20)),
        ("empty", empty()),
        ("large", full(1000)),
    ] {
        for language in Language::ALL {
            let path = format!("{folder}/{name}.{}.html", language.code());
            std::fs::write(path, page(&results, language)).unwrap();
        }
    }
}

#[test]
fn no_message_is_missing() {
    for results in [full(20), empty()] {
        for language in Language::ALL {
            assert!(!page(&results, language).contains('⟦'));
        }
    }
}

#[test]
fn both_languages_have_the_same_messages() {
    let mut files = files();
    let french = files.iter_mut().find(|(path, _)| path.ends_with("fr.ftl"));
    french
        .unwrap()
        .1
        .extend_from_slice(b"\nonly-here = seulement\n");
    let errors = Reports::load(&files).unwrap_err().to_string();
    assert!(
        errors.contains("`only-here` is missing in i18n/en.ftl"),
        "{errors}"
    );
}

#[test]
fn hostile_names_stay_text() {
    for language in Language::ALL {
        let page = page(&full(20), language);
        for raw in [
            "<script",
            "<img",
            "onerror=alert(2)>",
            "' onmouseover='",
            "\u{202e}",
            "\u{0}",
        ] {
            assert!(!page.contains(raw), "{raw:?} stands raw in the page");
        }
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
        // A name that looks like a template is not one.
        assert!(page.contains("{{audit.id}}"));
    }
}

#[test]
fn the_same_results_give_the_same_bytes() {
    for language in Language::ALL {
        assert!(page(&full(20), language) == page(&full(20), language));
    }
    assert!(export::json(&full(20)) == export::json(&full(20)));
}

/// Tags that have no end.
const VOID: [&str; 4] = ["meta", "br", "rect", "line"];

/// Names of the page's tags, `/` before an end tag; attributes checked on the way.
fn tags(page: &str) -> Vec<String> {
    let (head, rest) = page.split_once("<style>").unwrap();
    let (_, body) = rest.split_once("</style>").unwrap();
    let mut tags = Vec::new();
    for piece in head.split('<').chain(body.split('<')).skip(1) {
        // Text never holds `<` or `>`: both are escaped.
        let Some((tag, text)) = piece.split_once('>') else {
            continue;
        };
        assert!(!text.contains('>'), "stray > after {tag}");
        let name = tag.split([' ', '\n', '/']).find(|part| !part.is_empty());
        let slash = if tag.starts_with('/') { "/" } else { "" };
        if !tag.ends_with('/') {
            tags.push(format!("{slash}{}", name.unwrap_or("")));
        }
    }
    tags
}

#[test]
fn every_tag_is_closed_in_order() {
    for results in [full(20), empty()] {
        let mut open: Vec<String> = Vec::new();
        for tag in tags(&page(&results, Fr)) {
            match tag.strip_prefix('/') {
                Some(name) => assert_eq!(open.pop().as_deref(), Some(name)),
                None if tag.starts_with('!') || VOID.contains(&tag.as_str()) => {}
                None => open.push(tag),
            }
        }
        assert!(open.is_empty(), "{open:?}");
    }
}

#[test]
fn nothing_is_loaded_and_nothing_runs() {
    let page = page(&full(20), Fr);
    assert!(page.contains("default-src 'none'"));
    for attribute in [
        "src=\"", "@import", "url(", "<link", "<script", "<iframe", "style=\"",
    ] {
        assert!(!page.contains(attribute), "{attribute}");
    }
    let targets: BTreeSet<&str> = page
        .split("href=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    let mut ids = BTreeSet::new();
    for rest in page.split(" id=\"").skip(1) {
        let id = rest.split('"').next().unwrap();
        assert!(ids.insert(id), "id {id} stands twice");
    }
    assert!(targets.len() > 20);
    for target in targets {
        let id = target
            .strip_prefix('#')
            .unwrap_or_else(|| panic!("{target} leaves the page"));
        assert!(ids.contains(id), "{target} leads nowhere");
    }
}

/// The page's text without tags.
fn visible(page: &str) -> String {
    let (_, body) = page.split_once("<body>").unwrap();
    let mut out = String::new();
    for piece in body.split('<') {
        let (_, text) = piece.split_once('>').unwrap_or(("", piece));
        out.push(' ');
        out.push_str(text);
    }
    out
}

#[test]
fn no_section_is_empty() {
    for results in [full(20), empty()] {
        for language in Language::ALL {
            let page = page(&results, language);
            assert!(!page.contains("<tbody></tbody>") && !page.contains("<ul></ul>"));
            let mut headings = 0;
            for level in ["h2", "h3"] {
                for after in page.split(&format!("</{level}>")).skip(1) {
                    headings += 1;
                    let own: String = after.split("<h2").next().unwrap().to_owned();
                    let own = own.split("<h3").next().unwrap();
                    // An h2 may be followed at once by its first h3.
                    let text = visible(&format!("<body>{own}"));
                    let enough = text.split_whitespace().count() >= 3 || level == "h2";
                    assert!(enough, "nothing under a heading: {own}");
                }
            }
            assert!(headings > 30);
        }
    }
}

#[test]
fn the_french_page_has_no_english_word() {
    let words = [
        "the",
        "of",
        "and",
        "with",
        "not",
        "device",
        "devices",
        "unknown",
        "pass",
        "fail",
        "none",
        "hours",
        "month",
        "high",
        "low",
        "likely",
        "findings",
        "scope",
        "network",
        "finding",
        "authenticated",
        "declared",
        "observed",
        "business",
        "year",
        "default",
        "severity",
    ];
    // Code, and what is said to be English, are left out.
    let foreign = Regex::new(r#"(?s)<code[^>]*>.*?</code>|<td lang="en">.*?</td>"#).unwrap();
    for results in [full(20), empty()] {
        let page = page(&results, Fr);
        let kept = foreign.replace_all(&page, "");
        assert!(kept.len() > page.len() / 2);
        for word in visible(&kept).split(|c: char| !c.is_alphanumeric()) {
            assert!(
                !words.contains(&word.to_lowercase().as_str()),
                "`{word}` in the French page"
            );
        }
    }
}

/// Digits of every figure of the page, in order, separators removed.
fn figures(page: &str) -> Vec<String> {
    let mut out = Vec::new();
    let cells = page.split("<td class=\"n\">").skip(1);
    for cell in cells.map(|rest| rest.split("</td>").next().unwrap()) {
        out.push(
            visible(&format!("<body>{cell}"))
                .chars()
                .filter(char::is_ascii_digit)
                .collect(),
        );
    }
    out
}

#[test]
fn both_languages_print_the_same_figures() {
    let (french, english) = (page(&full(20), Fr), page(&full(20), En));
    assert!(figures(&french).len() > 200);
    assert_eq!(figures(&french), figures(&english));
    assert!(french.contains("21 novembre 2026 à 19:41 (Europe/Paris)"));
    assert!(english.contains("21 November 2026, 19:41 (Europe/Paris)"));
    assert!(
        french.contains("2026-11-21 18:41:56 UTC"),
        "annexes are in UTC"
    );
    assert!(
        french.contains("MAND-2026-041\u{202f}»"),
        "French quotes hold no breaking blank"
    );
}

#[test]
fn a_mistake_in_a_template_is_shown_where_it_stands() {
    let mut files = files();
    let main = files
        .iter_mut()
        .find(|(path, _)| path.ends_with("report.html.hbs"));
    main.unwrap().1 = b"<p>\n{{#if x}}</p>".to_vec();
    let errors = Reports::load(&files).unwrap_err().to_string();
    assert!(errors.starts_with("report.html.hbs:2:"), "{errors}");
    files.clear();
    let errors = Reports::load(&files).unwrap_err().to_string();
    for missing in [
        "report.css",
        "i18n/fr.ftl",
        "i18n/en.ftl",
        "report.html.hbs",
    ] {
        assert!(
            errors.contains(&format!("{missing}: is missing")),
            "{errors}"
        );
    }
}

#[test]
fn a_template_cannot_ask_for_what_does_not_exist() {
    for mistake in ["{{t \"no-such-message\"}}", "{{glance.no_such_value}}"] {
        let mut files = files();
        let main = files
            .iter_mut()
            .find(|(path, _)| path.ends_with("report.html.hbs"));
        main.unwrap().1 = mistake.as_bytes().to_vec();
        let reports = Reports::load(&files).unwrap_or_else(|errors| panic!("{errors}"));
        assert!(reports.html(&full(1), &classes(), Fr).is_err(), "{mistake}");
    }
}

#[test]
fn a_thousand_devices_take_seconds() {
    let results = full(1000);
    let started = std::time::Instant::now();
    let page = page(&results, Fr);
    assert!(page.len() > 1_000_000);
    // Unoptimised; a release build is some ten times faster.
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

#[test]
fn csv_cells_are_no_formulas() {
    let csv = export::csv(&full(20).inventory, &classes(), Fr);
    let lines: Vec<&str> = csv.split_terminator("\r\n").collect();
    assert_eq!(lines.len(), 21);
    assert!(lines[0].starts_with("arpenteur_id,name,site,state,class,"));
    assert!(csv.contains("\"'=HYPERLINK(\"\"http://evil.example/\"\",\"\"x\"\")\""));
    assert!(csv.contains(HOSTILE[0]), "text is kept as it is");
    for cell in csv.split([',', '\n']) {
        assert!(
            !cell
                .trim_start_matches('"')
                .starts_with(['=', '+', '-', '@']),
            "{cell}"
        );
    }
}

#[test]
fn json_is_versioned_and_complete() {
    let tree: serde_json::Value = serde_json::from_str(&export::json(&full(20))).unwrap();
    assert_eq!(tree["version"], RESULTS_VERSION);
    assert_eq!(tree["inventory"]["assets"].as_array().unwrap().len(), 20);
    assert_eq!(tree["estimate"]["on_call"]["fee"], "450");
    assert!(tree.get("error").is_none());
}
