//! The demo company is the estate of the sizing model's worked example, and stays it.
use crate::support::{latest, results, root, run};
use serde_json::Value;
use std::path::Path;

pub(crate) fn copied() -> tempfile::TempDir {
    fn copy(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap().flatten() {
            let (path, target) = (entry.path(), to.join(entry.file_name()));
            if path.is_dir() && entry.file_name() != "runs" {
                copy(&path, &target);
            } else if path.is_file() {
                std::fs::copy(&path, &target).unwrap();
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    copy(&root().join("fixtures/demo"), folder.path());
    folder
}

fn figure(value: &Value, decimals: usize) -> String {
    // Half up on the decimal text: the values are exact.
    let value: f64 = value.as_str().unwrap().parse().unwrap();
    format!("{:.decimals$}", value + 1e-9)
}

#[test]
fn the_demo_prints_the_worked_example() {
    let folder = copied();
    run(&["audit", folder.path().to_str().unwrap()]).code(0);
    let results = results(folder.path());
    let assets = results["inventory"]["assets"].as_array().unwrap();
    assert_eq!(assets.len(), 45);
    let estimate = &results["estimate"];
    assert_eq!(
        (
            estimate["in_scope"].as_u64(),
            estimate["third_party_devices"].as_u64()
        ),
        (Some(38), Some(7))
    );
    let visibility = &estimate["visibility"];
    for (key, count) in [
        ("authenticated", 29),
        ("unauthenticated", 8),
        ("unknown", 1),
        ("declared_only", 60),
    ] {
        assert_eq!(visibility[key], count, "{key}");
    }
    let lines = [
        ("l1", "15.85", "871.75"),
        ("l2", "20.10", "1491.42"),
        ("l3", "33.92", "2156.88"),
        ("l4", "6.08", "437.70"),
        ("l5", "3.00", "165.00"),
        ("l6", "1.50", "105.00"),
        ("l7", "1.50", "115.50"),
        ("l8", "4.00", "360.00"),
        ("l9", "0.90", "94.50"),
    ];
    for (line, (id, hours, euros)) in estimate["lines"].as_array().unwrap().iter().zip(lines) {
        let got = (
            line["id"].as_str().unwrap(),
            figure(&line["hours"]["likely"], 2),
            figure(&line["euros"]["likely"], 2),
        );
        assert_eq!(got, (id, hours.to_owned(), euros.to_owned()));
    }
    let levels = &estimate["levels"];
    assert_eq!(
        [
            figure(&levels["n1"], 3),
            figure(&levels["n2"], 3),
            figure(&levels["n3"], 3)
        ],
        ["39.614", "32.784", "9.556"]
    );
    assert_eq!(figure(&estimate["hours"], 3), "86.854");
    assert_eq!(figure(&estimate["euros"], 2), "6247.75");
    let interval = |name: &str, bound: &str, decimals| figure(&estimate[name][bound], decimals);
    assert_eq!(
        [
            interval("hours_interval", "low", 2),
            interval("hours_interval", "high", 2)
        ],
        ["75.21", "112.91"]
    );
    assert_eq!(
        [
            interval("euros_interval", "low", 0),
            interval("euros_interval", "high", 0)
        ],
        ["5514", "7924"]
    );
    let scopes: Vec<(String, String)> = estimate["scopes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|scope| {
            (
                scope["id"].as_str().unwrap().to_owned(),
                figure(&scope["euros"], 2),
            )
        })
        .collect();
    let expected = [
        ("globale", "6247.75"),
        ("support", "3553.63"),
        ("infrastructure", "3054.12"),
        ("renfort_n2n3", "2943.98"),
    ];
    assert_eq!(
        scopes,
        expected.map(|(id, euros)| (id.to_owned(), euros.to_owned()))
    );
    let levels: Vec<(&str, u64, u64)> = estimate["service_levels"]["levels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|level| {
            (
                level["class"].as_str().unwrap(),
                level["recommended"].as_u64().unwrap(),
                level["tenable"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        levels,
        [("A", 9, 8), ("B", 6, 4), ("C", 16, 19), ("D", 7, 7)]
    );
    let transition = &estimate["transition"];
    assert_eq!(
        [
            figure(&transition["hours"]["likely"], 4),
            figure(&transition["euros"]["likely"], 2)
        ],
        ["126.6725", "8516.53"]
    );
}

#[test]
fn the_demos_report_shows_those_figures_in_both_languages() {
    let folder = copied();
    run(&["audit", folder.path().to_str().unwrap()]).code(0);
    let page = |language: &str| {
        std::fs::read_to_string(latest(folder.path()).join(format!("report.{language}.html")))
            .unwrap()
    };
    let french = page("fr");
    for figure in [
        "6\u{202f}247,75\u{202f}€",
        "5\u{202f}514\u{202f}€",
        "7\u{202f}924\u{202f}€",
        "Lumigraphe SAS",
        "sw-coeur",
    ] {
        assert!(french.contains(figure), "{figure}");
    }
    let english = page("en");
    for figure in [
        "€6,247.75",
        "€5,514",
        "€7,924",
        "Lumigraphe SAS",
        "sw-coeur",
    ] {
        assert!(english.contains(figure), "{figure}");
    }
}
