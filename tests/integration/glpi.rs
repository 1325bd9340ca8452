//! Plan and apply against a GLPI inventory interface as its documentation has it.
use crate::company;
use crate::server::{Handler, Reply, Request, serve};
use crate::support::run_command;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Read;
use std::ops::Deref;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const SECRET: &str = "canary-glpi-6f1d";

#[derive(Default)]
struct State {
    /// Last message of each device, and how often it came.
    devices: BTreeMap<String, (Value, usize)>,
    posts: usize,
    tokens: usize,
    /// Tokens that are no longer taken.
    expired: usize,
    zlib: bool,
    /// Seconds that a token lives.
    life: Option<u64>,
    /// The header that is wanted, where one is.
    basic: Option<String>,
    /// Answers of single POSTs, by number.
    replies: BTreeMap<usize, Reply>,
    /// Told at this POST, whose answer never comes.
    hang: Option<(usize, Sender<()>)>,
}

#[derive(Clone, Default)]
struct FakeGlpi(Arc<Mutex<State>>);

impl FakeGlpi {
    fn handler(&self) -> Handler {
        let state = self.0.clone();
        Arc::new(move |request| answer(&state, request))
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    fn devices(&self) -> BTreeMap<String, Value> {
        let devices = self.state();
        let devices = devices.devices.iter();
        devices
            .map(|(id, (body, _))| (id.clone(), body.clone()))
            .collect()
    }
}

fn answer(state: &Mutex<State>, request: &Request) -> Reply {
    let mut state = state.lock().unwrap();
    if request.path == "/api.php/token" {
        let form = String::from_utf8_lossy(&request.bytes).into_owned();
        let expected = format!(
            "grant_type=client_credentials&client_id=scan&client_secret={SECRET}&scope=inventory"
        );
        if form != expected {
            return Reply::new(400, json!({"error": "invalid_client"}));
        }
        state.tokens += 1;
        let token = format!("jeton-{}", state.tokens);
        let life = state.life.unwrap_or(3600);
        return Reply::new(200, json!({"access_token": token, "expires_in": life}));
    }
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("POST", "/front/inventory.php")
    );
    let bearer = request
        .header("authorization")
        .and_then(|value| value.strip_prefix("Bearer jeton-"));
    if let Some(number) = bearer
        && number.parse::<usize>().unwrap() <= state.expired
    {
        return Reply::new(
            401,
            json!({"status": "error", "message": "Authorization expired"}),
        );
    }
    let basic = state.basic.as_deref();
    if basic.is_some() && basic != request.header("authorization") {
        return Reply::new(
            401,
            json!({"status": "error", "message": "Authorization header required"}),
        );
    }
    state.posts += 1;
    let number = state.posts;
    if let Some(reply) = state.replies.remove(&number) {
        return reply;
    }
    let body = match request.header("content-type") {
        Some("application/x-compress-zlib") => {
            state.zlib = true;
            let mut text = String::new();
            flate2::read::ZlibDecoder::new(&*request.bytes)
                .read_to_string(&mut text)
                .unwrap();
            serde_json::from_str(&text).unwrap()
        }
        other => {
            assert_eq!(other, Some("application/json"));
            request.body.clone()
        }
    };
    let id = request.header("GLPI-Agent-ID").unwrap().to_owned();
    assert_eq!(body["deviceid"], format!("arpenteur-{id}"));
    let device = state.devices.entry(id).or_insert((Value::Null, 0));
    *device = (body, device.1 + 1);
    if let Some((at, tell)) = &state.hang
        && *at == number
    {
        tell.send(()).unwrap();
        state.hang = None;
        return Reply {
            stall: Duration::from_secs(30),
            ..Reply::new(200, Value::Null)
        };
    }
    Reply::new(200, json!({"status": "ok", "expiration": 24}))
}

/// A company with a GLPI of its own.
struct Company {
    audit: company::Company,
    glpi: FakeGlpi,
}

impl Deref for Company {
    type Target = company::Company;

    fn deref(&self) -> &company::Company {
        &self.audit
    }
}

impl Company {
    fn new(more: &str) -> Self {
        let glpi = FakeGlpi::default();
        let url = format!("http://127.0.0.1:{}", serve(glpi.handler()));
        let more = more.replace("URL", &url);
        let kind = format!("{{url: \"{url}/front/inventory.php\"{more}}}");
        let audit = company::Company::demo(("glpi", &kind), ("GLPI_SECRET", SECRET));
        Self { audit, glpi }
    }
}

const OAUTH2: &str = ", oauth2: {token_url: \"URL/api.php/token\", client_id: scan, client_secret: {env: GLPI_SECRET}}";

#[test]
fn every_device_is_sent_once_and_a_second_apply_sends_nothing() {
    let company = Company::new("");
    let planned = company.cmdb(&["plan"]).code(0);
    assert!(
        planned.stdout.contains("+ inventory sw-coeur"),
        "{}",
        planned.stdout
    );
    assert_eq!(company.glpi.state().posts, 0);
    company.cmdb(&["apply"]).code(0);
    assert_eq!(company.glpi.state().posts, 45);
    assert_eq!(company.glpi.devices().len(), 45);
    let plan = company.plan();
    assert_eq!(
        (&plan["operations"], &plan["unchanged"]),
        (&json!([]), &json!(45))
    );
    company.cmdb(&["apply"]).code(0);
    assert_eq!(company.glpi.state().posts, 45);
}

#[test]
fn a_message_that_changed_is_sent_again_alone() {
    let company = Company::new("");
    company.write();
    company.mapping("version: 1\nmanufacturers: {Synology: \"Synology Inc.\"}\n");
    let plan = company.plan();
    let operations = plan["operations"].as_array().unwrap();
    assert!((1..45).contains(&operations.len()), "{}", operations.len());
    assert!(
        operations
            .iter()
            .all(|operation| operation["action"] == "update")
    );
    company.cmdb(&["apply"]).code(0);
    assert_eq!(company.glpi.state().posts, 45 + operations.len());
}

#[test]
fn compressed_messages_are_the_same_messages() {
    let (plain, packed) = (Company::new(""), Company::new(", compress: true"));
    for company in [&plain, &packed] {
        company.write();
    }
    assert!(packed.glpi.state().zlib && !plain.glpi.state().zlib);
    let strip = |company: &Company| -> Vec<Value> {
        company
            .glpi
            .devices()
            .into_values()
            .map(|mut body| {
                // Each copy of the demo is another audit, whose devices have other ids.
                body["deviceid"] = Value::Null;
                body
            })
            .collect()
    };
    let sorted = |mut bodies: Vec<Value>| {
        bodies.sort_by_key(Value::to_string);
        bodies
    };
    assert_eq!(sorted(strip(&plain)), sorted(strip(&packed)));
}

#[test]
fn a_token_is_asked_for_once_and_renewed_when_it_is_refused() {
    let company = Company::new(OAUTH2);
    company.cmdb(&["plan"]).code(0);
    assert_eq!(company.glpi.state().tokens, 0);
    company.glpi.state().expired = 1;
    company.cmdb(&["apply"]).code(0);
    assert_eq!(company.glpi.state().tokens, 2);
    assert_eq!(company.glpi.devices().len(), 45);
    // Neither the secret nor a token is in any file, message or argument of ours.
    let told = company.cmdb(&["apply"]).code(0);
    for text in company.files() {
        for canary in [SECRET, "jeton-"] {
            assert!(!text.contains(canary), "{canary}");
        }
    }
    assert!(!format!("{}{}", told.stdout, told.stderr).contains("jeton-"));
}

#[test]
fn a_wrong_secret_is_said_and_nothing_is_sent() {
    let company = Company::new(OAUTH2);
    company.cmdb(&["plan"]).code(0);
    let ran = run_command(
        company
            .command(&["apply"])
            .env("GLPI_SECRET", "autre-secret"),
    )
    .code(2);
    assert!(ran.stderr.contains("invalid_client"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("autre-secret"), "{}", ran.stderr);
    assert_eq!(company.glpi.state().posts, 0);
}

#[test]
fn a_token_is_renewed_before_its_end() {
    let company = Company::new(OAUTH2);
    // Shorter than the margin: one for each message.
    company.glpi.state().life = Some(10);
    company.write();
    assert_eq!(company.glpi.state().tokens, 45);
    assert_eq!(company.glpi.devices().len(), 45);
}

#[test]
fn basic_authentication_is_sent_and_its_refusal_told() {
    let company = Company::new(", basic: {user: scan, password: {env: GLPI_SECRET}}");
    let pair = format!("scan:{SECRET}");
    company.glpi.state().basic = Some(format!("Basic {}", STANDARD.encode(pair)));
    company.cmdb(&["plan"]).code(0);
    let mut wrong = company.command(&["apply"]);
    let ran = run_command(wrong.env("GLPI_SECRET", "autre-secret")).code(2);
    assert!(
        ran.stderr.contains("401") && !ran.stderr.contains("autre-secret"),
        "{}",
        ran.stderr
    );
    assert_eq!(company.glpi.state().posts, 0);
    company.cmdb(&["apply"]).code(0);
    assert_eq!(company.glpi.devices().len(), 45);
}

#[test]
fn a_connection_that_is_cut_is_made_again() {
    let company = Company::new("");
    let cut = || Reply {
        cut: true,
        ..Reply::new(200, Value::Null)
    };
    company.glpi.state().replies = [(5, cut()), (9, cut())].into_iter().collect();
    company.write();
    assert_eq!(company.glpi.devices().len(), 45);
    assert_eq!(company.glpi.state().posts, 47);
}

#[test]
fn refused_devices_are_reported_and_the_others_sent() {
    let company = Company::new("");
    let schema =
        json!({"status": "error", "message": "JSON does not validate. Violations: ifspeed"});
    let several = json!([{"status": 201}, {"status": 400, "message": "one item of it"}]);
    let replies = [
        (3, Reply::new(400, schema.clone())),
        (7, Reply::new(500, schema)),
        (11, Reply::new(207, several)),
        (
            13,
            Reply {
                headers: vec![("retry-after", "0".to_owned())],
                ..Reply::new(429, Value::Null)
            },
        ),
        (
            20,
            Reply {
                headers: vec![("retry-after", "0".to_owned())],
                ..Reply::new(503, Value::Null)
            },
        ),
    ];
    company.glpi.state().replies = replies.into_iter().collect();
    company.cmdb(&["plan"]).code(0);
    let told = company.cmdb(&["apply"]).code(1);
    assert_eq!(
        told.stdout.matches("JSON does not validate").count(),
        2,
        "{}",
        told.stdout
    );
    assert!(told.stdout.contains("one item of it"), "{}", told.stdout);
    assert_eq!(company.glpi.devices().len(), 42);
    assert_eq!(company.plan()["operations"].as_array().unwrap().len(), 3);
    company.cmdb(&["apply"]).code(0);
    assert_eq!(company.glpi.devices().len(), 45);
}

#[test]
fn a_killed_apply_sends_what_was_not_acknowledged() {
    let company = Company::new("");
    company.cmdb(&["plan"]).code(0);
    let (tell, told) = channel();
    company.glpi.state().hang = Some((12, tell));
    company.killed_apply(&told);
    company.cmdb(&["apply"]).code(0);
    let state = company.glpi.state();
    assert_eq!(state.devices.len(), 45);
    let twice = state
        .devices
        .values()
        .filter(|(_, count)| *count == 2)
        .count();
    assert_eq!((twice, state.posts), (1, 46));
}

#[test]
fn nothing_is_taken_back_or_retired() {
    let company = Company::new("");
    company.write();
    for verb in ["rollback", "retire"] {
        let ran = company.cmdb(&[verb]).code(2);
        assert!(ran.stderr.contains("help:"), "{}", ran.stderr);
    }
    assert_eq!(company.glpi.state().posts, 45);
}
