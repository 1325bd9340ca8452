//! What people type, and what they get when they type something wrong.
use crate::support::{arpenteur, folder, head, run, run_command};
use std::time::Duration;

#[test]
fn init_writes_a_folder_that_plan_accepts_in_both_languages() {
    for lang in ["fr", "en"] {
        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().join("client");
        let dir = dir.to_str().unwrap();
        run(&["init", dir, "--lang", lang]).code(0);
        let plan = run(&["plan", dir, "--lang", lang]).code(0);
        assert!(plan.stdout.contains("254"), "{}", plan.stdout);
        let again = run(&["init", dir]).code(2);
        assert!(again.stderr.contains("exists already"), "{}", again.stderr);
    }
}

#[test]
fn help_is_in_the_language_of_the_locale_and_names_the_exit_codes() {
    let french = run_command(arpenteur(&["--help"]).env("LANG", "fr_FR.UTF-8")).code(0);
    assert!(
        french.stdout.contains("Codes de sortie"),
        "{}",
        french.stdout
    );
    assert!(french.stdout.contains("infogérants"), "{}", french.stdout);
    let english = run(&["--help"]).code(0);
    assert!(english.stdout.contains("Exit codes"), "{}", english.stdout);
}

#[test]
fn a_mistake_in_audit_yaml_is_shown_with_its_place_and_a_way_out() {
    let bad = folder(&format!(
        "{}sites: [{{id: a, networks: [10.0.0.0/24], netwroks: []}}]\n",
        head()
    ));
    let ran = run(&["plan", bad.path().to_str().unwrap()]).code(2);
    assert!(ran.stderr.contains("audit.yaml:7:"), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("did you mean `networks`?"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_folder_without_an_audit_is_refused_by_every_command() {
    let empty = tempfile::tempdir().unwrap();
    for command in ["plan", "scan", "audit", "resume"] {
        let ran = run(&[command, empty.path().to_str().unwrap()]).code(2);
        assert!(
            ran.stderr.contains("arpenteur init"),
            "{command}: {}",
            ran.stderr
        );
    }
}

#[test]
fn outside_the_mandate_nothing_is_sent() {
    let old = head()
        .replace("valid_to: ", "valid_to: 2020-01-02 #")
        .replace("valid_from: ", "valid_from: 2020-01-01 #");
    let old = old
        .replace(
            "mandate: {reference: M-1, ",
            "mandate:\n  reference: M-1\n  ",
        )
        .replace(", valid_to", "\n  valid_to");
    let old = format!(
        "{}mandate: {{reference: M-1, valid_from: 2020-01-01, valid_to: 2020-01-02}}\nsites: [{{id: a, networks: [127.0.0.0/30]}}]\n",
        old.split("mandate:").next().unwrap()
    );
    let folder = folder(&old);
    let ran = run(&["scan", folder.path().to_str().unwrap()]).code(2);
    assert!(ran.stderr.contains("2020-01-01"), "{}", ran.stderr);
    assert!(
        !folder.path().join("runs").exists()
            || std::fs::read_dir(folder.path().join("runs"))
                .unwrap()
                .count()
                == 0
    );
}

#[test]
fn a_secret_that_is_not_there_stops_the_run_and_says_which() {
    let folder = folder(&format!(
        "{}sites: [{{id: a, networks: [127.0.0.0/30]}}]\ncredentials: [{{name: ro, networks: [127.0.0.0/8], snmp_v2c: {{community: {{env: NOT_SET_HERE}}}}}}]\n",
        head()
    ));
    let ran = run(&["scan", folder.path().to_str().unwrap()]).code(2);
    assert!(ran.stderr.contains("NOT_SET_HERE"), "{}", ran.stderr);
}

#[test]
fn a_second_run_in_the_same_folder_names_the_first() {
    // 127/8 answers every connection at once with a refusal: slow enough at one packet a second.
    let folder = folder(&format!(
        "{}sites: [{{id: a, networks: [127.9.0.0/28]}}]\nlimits: {{packets_per_second: 1}}\n",
        head()
    ));
    let dir = folder.path().to_str().unwrap();
    let mut first = arpenteur(&["scan", dir, "--unprivileged"]).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(2));
    let second = run(&["scan", dir, "--unprivileged"]);
    first.kill().unwrap();
    first.wait().unwrap();
    let second = second.code(2);
    assert!(
        second.stderr.contains(&format!("pid {}", first.id())),
        "{}",
        second.stderr
    );
}

#[test]
fn the_data_folders_explain_and_test_themselves() {
    let list = run(&["checks", "list"]).code(0);
    assert!(list.stdout.contains("SSH-006"), "{}", list.stdout);
    assert!(
        run(&["checks", "explain", "SSH-006", "--lang", "fr"])
            .code(0)
            .stdout
            .contains("root")
    );
    run(&["checks", "test"]).code(0);
    run(&["checks", "lint"]).code(0);
    run(&["families", "test"]).code(0);
    run(&["families", "lint"]).code(0);
    run(&["banners", "test"]).code(0);
    let told = run(&[
        "banners",
        "explain",
        "ssh",
        "OpenSSH_9.2p1 Debian-2+deb12u3",
    ])
    .code(0);
    assert!(told.stdout.contains("9.2p1"), "{}", told.stdout);
    run(&["banners", "explain", "no-protocol", "x"]).code(2);
    run(&["models", "lint"]).code(0);
    assert!(
        run(&["models", "explain"])
            .code(0)
            .stdout
            .contains("firewall")
    );
    let unknown = run(&["checks", "explain", "NO-999"]).code(2);
    assert!(unknown.stderr.contains("NO-999"));
}

#[test]
fn identify_says_what_can_be_read_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let device = "1.3.6.1.2.1.1.1.0|4|Cisco NX-OS(tm) n9000, Software (n9000-dk9), Version 9.3(8), RELEASE SOFTWARE\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9.12.3.1.3.1812\n1.3.6.1.2.1.1.5.0|4|coeur\n";
    std::fs::write(path("a.snmprec"), device).unwrap();
    std::fs::write(path("b.snmprec"), "no recording\n").unwrap();
    std::fs::write(path("c.snmprec"), [0xff, 0x00, b'|', b'\n']).unwrap();
    let files = [
        path("b.snmprec"),
        path("c.snmprec"),
        path("a.snmprec"),
        path("none.snmprec"),
    ];
    let mut arguments = vec!["identify", "--jsonl"];
    arguments.extend(files.iter().map(String::as_str));
    let told = run(&arguments).code(3);
    let lines: Vec<serde_json::Value> = told
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let errors = lines.iter().filter(|line| line.get("error").is_some());
    assert_eq!(errors.count(), 3, "{}", told.stdout);
    let device = &lines[2];
    for (field, value) in [
        ("file", "a.snmprec"),
        ("vendor", "Cisco"),
        ("type", "network"),
        ("version", "9.3(8)"),
        ("sysName", "coeur"),
    ] {
        assert_eq!(device[field], value, "{device}");
    }
    let fields: Vec<&String> = device.as_object().unwrap().keys().collect();
    let wanted = [
        "file", "vendor", "os", "model", "version", "serial", "type", "sysName",
    ];
    assert_eq!(fields, wanted);
    let told = run(&["--lang", "en", "explain", "device", &path("a.snmprec")]).code(0);
    for line in ["hardware.mfg_name: \"Cisco\"", "certain", "snmp walk"] {
        assert!(told.stdout.contains(line), "{line}\n{}", told.stdout);
    }
}

#[test]
fn schemas_are_json() {
    for which in ["audit", "facts"] {
        let ran = run(&["schema", which]).code(0);
        let schema: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        assert!(schema.get("properties").is_some());
    }
}
