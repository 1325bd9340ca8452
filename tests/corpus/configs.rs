//! How well configurations of the collection are recognised and read: platform, host name,
//! number of interfaces.
use super::support::{corpus, json_lines};
use arpenteur::data::Knowledge;
use arpenteur_core::family::config::config_exchange;
use arpenteur_core::model::{Locator, SiteId, Target};
use serde_json::Value;

/// Platforms of the collection by the name of our language.
const PLATFORMS: [(&str, &str); 14] = [
    ("cisco_ios", "cisco_ios"),
    ("ios", "cisco_ios"),
    ("cisco_asa", "cisco_asa"),
    ("cisco_nxos", "cisco_nxos"),
    ("nxos", "cisco_nxos"),
    ("hp_procurve", "procurve"),
    ("aoscx", "aos_cx"),
    ("juniper_junos", "junos"),
    ("junos", "junos"),
    ("fortigate", "fortios"),
    ("routeros", "routeros"),
    ("vrp", "vrp"),
    ("comware", "comware"),
    ("aos", "aos"),
];

#[test]
fn configurations_are_read() {
    let knowledge = Knowledge::load(None).unwrap();
    let (mut cases, mut named, mut hosts, mut ports) = (0, 0, (0, 0), (0, 0));
    let mut foreign = (0, 0);
    for case in json_lines(&corpus().join("cli/truth.jsonl")) {
        if case["kind"] != "config" {
            continue;
        }
        let file = case["file"].as_str().unwrap();
        let bytes = std::fs::read(corpus().join("cli").join(file)).unwrap();
        let target = Target {
            site: SiteId(String::new()),
            locator: Locator::File("configuration".to_owned()),
        };
        let exchange = config_exchange(target.clone(), &String::from_utf8_lossy(&bytes));
        let Knowledge {
            families, classes, ..
        } = &knowledge;
        let sheet = families.observe(&target, &[exchange], classes).sheet;
        let config = &sheet.values().get("config").cloned().unwrap_or(Value::Null);
        let platform = case["platform"].as_str().unwrap_or_default();
        let Some((_, ours)) = PLATFORMS.iter().find(|(theirs, _)| *theirs == platform) else {
            foreign.0 += 1;
            if !config["platform"].is_null() {
                foreign.1 += 1;
                println!("{file}: taken for {}", config["platform"]);
            }
            continue;
        };
        cases += 1;
        if config["platform"] == *ours {
            named += 1;
        } else {
            println!("{file}: {} for {ours}", config["platform"]);
        }
        let expected = &case["expected"];
        if let Some(name) = expected["hostname"].as_str() {
            hosts.1 += 1;
            hosts.0 += usize::from(config["hostname"] == name);
        }
        if let Some(count) = expected["interfaces"].as_u64() {
            let read = config["interfaces"].as_array().map_or(0, Vec::len) as u64;
            ports.1 += 1;
            ports.0 += usize::from(read == count);
            if read != count {
                println!("{file}: {read} interfaces for {count}");
            }
        }
    }
    println!(
        "{named} of {cases} read in their language; host names {} of {}; interfaces {} of {}",
        hosts.0, hosts.1, ports.0, ports.1
    );
    println!(
        "{} of {} in other languages taken for ours",
        foreign.1, foreign.0
    );
    assert!(cases > 0, "no case");
}
