use std::collections::BTreeMap;

use serde::Deserialize;

use super::*;

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Device {
    name: String,
    #[serde(default)]
    fragile: bool,
    #[serde(default)]
    rate: Option<rust_decimal::Decimal>,
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Kind {
    #[default]
    Server,
    Printer,
}

fn refused(yaml: &str) -> Diagnostic {
    parse::<Device>("a.yaml", yaml.as_bytes()).unwrap_err()
}

fn place(diagnostic: &Diagnostic) -> (usize, usize) {
    (diagnostic.line, diagnostic.column)
}

#[test]
fn decimals_are_read_from_their_text() {
    let device: Device = parse("a.yaml", b"name: x\nrate: 0.1000\n").unwrap();
    assert_eq!(device.rate.unwrap().to_string(), "0.1000");
}

#[test]
fn byte_order_mark_and_crlf_are_read() {
    let device: Device = parse("a.yaml", b"\xef\xbb\xbfname: x\r\nfragile: true\r\n").unwrap();
    assert!(device.fragile);
}

#[test]
fn unknown_key_is_shown_with_the_near_one() {
    let error = refused("name: x\nfragle: true\n");
    assert_eq!(place(&error), (2, 1));
    assert_eq!(
        error.to_string(),
        "a.yaml:2:1: unknown key `fragle`\n 2 | fragle: true\n   | ^\nhelp: did you mean `fragile`?"
    );
}

#[test]
fn unknown_value_lists_the_known_ones() {
    let error = refused("name: x\nkind: toaster\n");
    assert_eq!(place(&error), (2, 7));
    assert_eq!(error.help.unwrap(), "known here: `server`, `printer`");
}

#[test]
fn duplicate_key_at_the_second_one() {
    let error = refused("name: x\ntags:\n  a: b\n  a: c\n");
    assert_eq!(place(&error), (4, 3));
    assert!(error.message.contains("`a` stands twice"), "{error}");
    let error = refused("name: x\nname: y\n");
    assert_eq!(place(&error), (2, 1));
}

#[test]
fn missing_key_and_wrong_type_have_a_place() {
    let error = refused("fragile: true\n");
    assert!(error.message.contains("missing key `name`"), "{error}");
    assert!(error.line > 0);
    let error = refused("name: [x]\n");
    assert_eq!(place(&error), (1, 7), "{error}");
    let error = refused("name: x\nrate: cheap\n");
    assert_eq!(error.line, 2, "{error}");
}

#[test]
fn yaml_1_1_booleans_are_refused_bare_and_read_quoted() {
    for word in ["no", "NO", "Off", "on", "yes"] {
        let error = refused(&format!("name: {word}\n"));
        assert_eq!(place(&error), (1, 7));
        assert!(error.help.unwrap().contains("quote it"));
        let device: Device = parse("a.yaml", format!("name: '{word}'\n").as_bytes()).unwrap();
        assert_eq!(device.name, word);
    }
    assert_eq!(place(&refused("name: x\nfragile: yes\n")), (2, 10));
    // A key is a name, whatever it spells.
    assert!(parse::<Device>("a.yaml", b"name: x\ntags: {on: a}\n").is_ok());
}

#[test]
fn what_hides_meaning_is_refused_where_it_stands() {
    let cases = [
        ("name: &a x\n", (1, 10), "anchors"),
        ("name: x\ntags: {a: *b}\n", (2, 11), "aliases"),
        ("name: !secret x\n", (1, 7), "tags"),
        ("name: !!str x\n", (1, 7), "tags"),
        ("name: x\ntags:\n  <<: {a: b}\n", (3, 3), "merge"),
        ("name: x\n---\nname: y\n", (2, 1), "second document"),
    ];
    for (yaml, at, word) in cases {
        let error = refused(yaml);
        assert!(error.message.contains(word), "{error}");
        assert_eq!(place(&error), at, "{error}");
        assert!(error.help.is_some());
    }
}

#[test]
fn empty_files_are_said_to_be_empty() {
    for yaml in ["", "\n", "# only a comment\n"] {
        assert!(refused(yaml).message.contains("no content"), "{yaml:?}");
    }
}

#[test]
fn encoding_errors_point_at_the_byte() {
    let error = parse::<Device>("a.yaml", b"name: x\nkind: \xe9t\xe9\n").unwrap_err();
    assert_eq!(place(&error), (2, 7));
    assert!(error.message.contains("UTF-8"));
    let error = parse::<Device>("a.yaml", b"name: a\0b\n").unwrap_err();
    assert_eq!(place(&error), (1, 8));
    assert!(error.message.contains("U+0000"));
    // The message must not carry the control character to the terminal.
    assert!(!error.to_string().contains('\0'));
    assert!(parse::<Device>("a.yaml", &[0; 4096]).is_err());
}

#[test]
fn size_depth_and_node_budgets_hold() {
    let big = vec![b'a'; 5 * 1024 * 1024];
    assert!(
        parse::<Device>("a.yaml", &big)
            .unwrap_err()
            .message
            .contains("at most 1048576")
    );

    for (open, close) in [("[", "]"), ("{a: ", "}"), ("[", "")] {
        let deep = format!("{}x{}", open.repeat(10_000), close.repeat(10_000));
        let error = parse::<serde_json::Value>("a.yaml", deep.as_bytes()).unwrap_err();
        assert!(error.message.contains("nested deeper than 64"), "{error}");
    }
    let block: String = (0..1_000)
        .map(|n| format!("{}a:\n", " ".repeat(n)))
        .collect();
    let error = parse::<serde_json::Value>("a.yaml", block.as_bytes()).unwrap_err();
    assert!(error.message.contains("nested deeper"), "{error}");
    let dashes = "- ".repeat(10_000);
    assert!(parse::<serde_json::Value>("a.yaml", dashes.as_bytes()).is_err());

    let many = format!("[{}]", "1,".repeat(200_000));
    let error = parse::<serde_json::Value>("a.yaml", many.as_bytes()).unwrap_err();
    assert!(error.message.contains("more than 100000 values"), "{error}");
    // The shown line is cut, whatever its length.
    assert!(error.to_string().len() < 1_000);
}

#[test]
fn billion_laughs_stops_at_the_first_anchor() {
    let mut yaml = String::from("a0: &a0 [lol, lol]\n");
    for n in 1..40 {
        yaml.push_str(&format!("a{n}: &a{n} [*a{0}, *a{0}]\n", n - 1));
    }
    let error = parse::<serde_json::Value>("a.yaml", yaml.as_bytes()).unwrap_err();
    assert_eq!(error.line, 1);
    assert!(error.message.contains("anchors"));
}

#[test]
fn a_semantic_error_points_at_the_value() {
    #[derive(Debug, Deserialize)]
    struct Limits2 {
        rate: Spanned<u32>,
    }
    let bytes = b"# limits\nrate: 99\n";
    let source = Source::new("a.yaml", bytes, Limits::default()).unwrap();
    let read: Limits2 = source.parse().unwrap();
    assert_eq!(read.rate.value, 99);
    let error = source.error(&read.rate, "too fast").help("at most 40");
    assert_eq!(
        error.to_string(),
        "a.yaml:2:7: too fast\n 2 | rate: 99\n   |       ^\nhelp: at most 40"
    );
}

#[test]
fn suggestions_need_a_near_name() {
    assert_eq!(did_you_mean("sever", ["server", "storage"]), Some("server"));
    assert_eq!(
        did_you_mean("load-balancer", ["load_balancer"]),
        Some("load_balancer")
    );
    assert_eq!(did_you_mean("ab", ["xy"]), None);
    assert_eq!(did_you_mean(&"a".repeat(1 << 20), ["a"]), None);
}

#[test]
fn hash_is_the_standard_one() {
    // FIPS 180-4 example, "abc".
    assert_eq!(
        sha256_hex(b"abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

proptest::proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
        let _ = parse::<serde_json::Value>("a.yaml", &bytes);
    }

    #[test]
    fn no_yaml_like_text_panics(text in "[-a:\\[\\]{},&*!#'\"|> \n0yno<]{0,120}") {
        let _ = parse::<serde_json::Value>("a.yaml", text.as_bytes()).map_err(|e| e.to_string());
    }
}
