//! Malformed checks: each mistake is told at its own place, with the way to mend it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed"
)]
use arpenteur_core::check::Catalogue;

const GOOD: &str = r#"id: ABC-001
revision: 1
status: preview
title: {fr: "Telnet fermé", en: "Telnet closed"}
why: {fr: "Tout est en clair.", en: "Everything is in clear."}
fix: {fr: "Passer à SSH.", en: "Move to SSH."}
severity: high
confidence: certain
effort: S
applies: "true"
facts: [clear.telnet]
pass: "clear.telnet == false"
evidence: [clear.telnet]
refs: {anssi_hygiene: ["21"], cis_v8: ["4.6"], iso27001_2022: [A.8.21], nis2_21_2: [e]}
tests:
  - {name: closed, facts: {clear: {telnet: false}}, expect: pass}
"#;

fn errors(text: &str) -> String {
    let files = [(
        "checks/abc/ABC-001.yaml".to_owned(),
        text.as_bytes().to_vec(),
    )];
    match Catalogue::load(&files) {
        Ok(_) => panic!("loads:\n{text}"),
        Err(errors) => errors.to_string(),
    }
}

/// Replaces `from` by `to` in the good check; `at` is the place, `says` parts of the message.
fn told(from: &str, to: &str, at: &str, says: &[&str]) {
    assert!(GOOD.contains(from), "{from}");
    let message = errors(&GOOD.replacen(from, to, 1));
    assert!(
        message.contains(&format!(
            "checks/abc/ABC-001.yaml:{at}{}",
            if at.ends_with(':') { "" } else { ": " }
        )),
        "not at {at}:\n{message}"
    );
    for part in says {
        assert!(message.contains(part), "without {part:?}:\n{message}");
    }
}

#[test]
fn the_good_check_loads() {
    let files = [(
        "checks/abc/ABC-001.yaml".to_owned(),
        GOOD.as_bytes().to_vec(),
    )];
    Catalogue::load(&files).unwrap_or_else(|errors| panic!("{errors}"));
}

#[test]
fn names_that_do_not_exist_are_guessed_at() {
    told(
        "facts: [clear.telnet]",
        "facts: [clear.telnt]",
        "11:9",
        &["unknown fact `clear.telnt`", "did you mean `clear.telnet`?"],
    );
    told(
        "facts: [clear.telnet]",
        "facts: [clear]",
        "11:9",
        &["`clear` is a group", "`clear.ftp`"],
    );
    told(
        "pass: \"clear.telnet",
        "pass: \"claer.telnet",
        "12:8",
        &["unknown name `claer`", "did you mean `clear`?"],
    );
    told(
        "\"clear.telnet == false\"",
        "\"size(clear.r_services) == 0\"",
        "12:13",
        &[
            "`clear.r_services` is used and not listed",
            "add `clear.r_services` to `facts`",
        ],
    );
    told(
        "\"clear.telnet == false\"",
        "\"clear.telnet == clear.telnot\"",
        "12:24",
        &["unknown fact `clear.telnot`"],
    );
    told(
        "\"clear.telnet == false\"",
        "\"clear.telnet == false || siez([]) == 0\"",
        "12:33",
        &["unknown function `siez`", "did you mean `size`?"],
    );
    told(
        "\"clear.telnet == false\"",
        "\"clear.telnet == params.on\"",
        "12:24",
        &["unknown parameter `on`"],
    );
    told(
        "\"clear.telnet == false\"",
        "\"item.port == 1 && clear.telnet\"",
        "12:8",
        &["`item` without `for_each`"],
    );
    told(
        "severity: high",
        "severity: hihg",
        "7:11",
        &["unknown value `hihg`", "did you mean `high`?"],
    );
    told(
        "severity: high",
        "severty: high",
        "7:1",
        &["unknown key `severty`", "did you mean `severity`?"],
    );
    told(
        "evidence: [clear.telnet]",
        "evidence: [clear.telnett]",
        "13:12",
        &["unknown fact `clear.telnett`"],
    );
}

#[test]
fn expressions_are_placed_to_the_character() {
    told(
        "\"clear.telnet == false\"",
        "\"clear.telnet == = false\"",
        "12:24",
        &["syntax error"],
    );
    told(
        "\"clear.telnet == false\"",
        "\"has(clear.telnet)\"",
        "12:8",
        &["`has` is not accepted", "compare with null"],
    );
    told(
        "\"clear.telnet == false\"",
        "\"clear.telnet || 'a'.matches('(')\"",
        "12:36",
        &["pattern of `matches`"],
    );
    told(
        "\"clear.telnet == false\"",
        "\"clear.telnet || [1].all(a, [1].all(b, [1].all(c, a + b + c > 0)))\"",
        "12:",
        &["more than 2 comprehensions inside each other", "for_each"],
    );
    told(
        "applies: \"true\"",
        "applies: \"device.codes.exists(c, c == 'net'\"",
        "10:",
        &["syntax error"],
    );
}

#[test]
fn texts_must_be_there_in_both_languages() {
    told(
        "why: {fr: \"Tout est en clair.\", ",
        "why: {",
        "5:6",
        &["`why` has no text in `fr`"],
    );
    told(
        "en: \"Telnet closed\"",
        "en: \"  \"",
        "4:33",
        &["`title` is empty in `en`"],
    );
    told(
        "fix: {fr: \"Passer à SSH.\", en: \"Move to SSH.\"}\n",
        "",
        "14:1",
        &["missing key `fix`"],
    );
}

#[test]
fn identity_is_checked() {
    told(
        "id: ABC-001",
        "id: abc1",
        "1:5",
        &["`abc1` is not a check id"],
    );
    told(
        "id: ABC-001",
        "id: ABC-002",
        "1:5",
        &["not named after the check", "ABC-002.yaml"],
    );
    told("revision: 1", "revision: 0", "2:11", &["count from 1"]);
    told(
        "status: preview",
        "status: preview\nreplaced_by: ABC-002",
        "4:14",
        &["not replaced"],
    );
    let file = |folder: &str| (format!("{folder}/ABC-001.yaml"), GOOD.as_bytes().to_vec());
    let twice = Catalogue::load(&[file("checks/abc"), file("mine")])
        .unwrap_err()
        .to_string();
    assert!(
        twice.contains("mine/ABC-001.yaml:1:5: check `ABC-001` stands in two files"),
        "{twice}"
    );
    assert!(
        twice.contains("the first is checks/abc/ABC-001.yaml"),
        "{twice}"
    );
}

#[test]
fn absence_parameters_and_references_must_be_said() {
    let telnet = "facts: [clear.telnet]\npass: \"clear.telnet == false\"";
    told(
        telnet,
        "facts: [clear.telnet, system.hostname]\npass: \"clear.telnet == false && system.hostname != ''\"",
        "11:23",
        &[
            "a device may have no `system.hostname`",
            "system.hostname: pass|fail|not_applicable|evaluate",
        ],
    );
    told(
        telnet,
        &format!("{telnet}\nabsent: {{clear.telnet: pass}}"),
        "13:24",
        &["`clear.telnet` cannot be absent"],
    );
    told(
        telnet,
        &format!("{telnet}\nabsent: {{clear.ftp: pass}}"),
        "13:21",
        &["`clear.ftp` is not a listed fact"],
    );
    told(
        telnet,
        &format!("{telnet}\nparams: {{n: {{default: 1}}}}"),
        "13:13",
        &["parameter `n` has no `strictest`"],
    );
    told(
        telnet,
        &format!("{telnet}\nparams: {{n: {{default: 1, strictest: \"2\"}}}}"),
        "13:13",
        &["`default` is a number and `strictest` a text"],
    );
    told(
        telnet,
        &format!("{telnet}\nparams: {{n: {{default: 1, strictest: 1}}}}"),
        "13:13",
        &["parameter `n` is not used"],
    );
    told(
        "cis_v8: [\"4.6\"]",
        "cis_v8: [\"4.13\"]",
        "14:40",
        &["`4.13` is not in the published list", "18.5"],
    );
    told(
        "facts: [clear.telnet]",
        "facts: [clear.telnet, clear.ftp]",
        "11:23",
        &["`clear.ftp` is listed and no expression uses it"],
    );
}

#[test]
fn items_are_listed_field_by_field() {
    let telnet = "facts: [clear.telnet]\npass: \"clear.telnet == false\"";
    told(
        telnet,
        "facts: [clear.telnet, tls.endpoints]\nabsent: {tls.endpoints: pass}\nfor_each: tls.endpoints\npass: \"clear.telnet == item.ssl3\"",
        "14:24",
        &["`tls.endpoints[].ssl3` is used and not listed"],
    );
    told(
        telnet,
        &format!("{telnet}\nfor_each: clear.telnet"),
        "13:11",
        &["not a list of items", "`tls.endpoints`"],
    );
    told(
        telnet,
        &format!("{telnet}\nwhere: \"true\""),
        "13:8",
        &["`where` without `for_each`"],
    );
}

#[test]
fn tests_are_checked_against_the_schema() {
    told(
        "facts: {clear: {telnet: false}}, expect",
        "facts: {clear: {telnte: false}}, expect",
        "16:5",
        &["facts of test `closed`", "telnte"],
    );
    told(
        "facts: {clear: {telnet: false}}, expect",
        "facts: {clear: {telnet: maybe}}, expect",
        "16:5",
        &["invalid type: string \"maybe\""],
    );
    told(
        "expect: pass",
        "expect: passs",
        "16:",
        &["unknown value `passs`"],
    );
    told(
        "expect: pass",
        "unread: {clear.telnet: tiemout}, expect: pass",
        "16:",
        &["unknown value `tiemout`", "`timeout`"],
    );
    told(
        "expect: pass",
        "as_of: soon, expect: pass",
        "16:",
        &["`soon` is not a date"],
    );
    told(
        "expect: pass",
        "params: {x: 1}, expect: pass",
        "16:",
        &["unknown parameter `x`"],
    );
}

#[test]
fn every_problem_of_every_file_is_told_at_once() {
    let text = GOOD
        .replacen("facts: [clear.telnet]", "facts: [clear.telnt]", 1)
        .replacen("revision: 1", "revision: 0", 1)
        .replacen("\"21\"", "\"99\"", 1);
    let other = GOOD
        .replacen("ABC-001", "ABC-002", 1)
        .replacen("S\n", "XS\n", 1);
    let files = [
        ("checks/abc/ABC-001.yaml".to_owned(), text.into_bytes()),
        ("checks/abc/ABC-002.yaml".to_owned(), other.into_bytes()),
        ("checks/abc/ABC-003.yaml".to_owned(), b"\xff".to_vec()),
    ];
    let errors = Catalogue::load(&files).unwrap_err();
    assert_eq!(errors.0.len(), 6, "{errors}");
    assert!(errors.to_string().contains("not UTF-8"), "{errors}");
}

#[test]
fn an_empty_catalogue_is_an_error() {
    assert!(
        Catalogue::load(&[])
            .unwrap_err()
            .to_string()
            .contains("no check found")
    );
    let deep = format!("id: {}", "[".repeat(200));
    assert!(errors(&deep).contains("nested deeper"));
}
