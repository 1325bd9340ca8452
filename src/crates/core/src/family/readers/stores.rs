//! Data stores and interfaces that control containers: do they ask who one is?
use super::ports::Port;
use super::probed::{Probed, over_tcp, states};
use crate::family::draft::{Draft, Origin, path};
use crate::family::text::header;
use crate::family::view::View;
use crate::model::{Answer, EvidenceId, OpenService, Question, TcpProbe, UnreadReason};
use arpenteur_wire::datastore::{self, Access};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Where each product listens (IANA, makers' defaults).
const STORES: [(u16, &str); 8] = [
    (1433, "mssql"),
    (3306, "mysql"),
    (5432, "postgresql"),
    (5984, "couchdb"),
    (6379, "redis"),
    (9200, "elasticsearch"),
    (11211, "memcached"),
    (27017, "mongodb"),
];
const CONTAINERS: [(u16, &str); 4] = [
    (2375, "docker"),
    (2376, "docker"),
    (2379, "etcd"),
    (10250, "kubelet"),
];

/// What is known of one port: the product answered so, or why it is not known.
type Seen = BTreeMap<u16, Result<Option<Access>, UnreadReason>>;

/// Both lists. What speaks another protocol on a product's port is not that product.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    let mut evidence: Vec<EvidenceId> = Vec::new();
    let mut seen = Seen::new();
    for probed in over_tcp(view) {
        if let Some(result) = conversation(&probed) {
            evidence.push(probed.id);
            note(&mut seen, probed.port, result);
        }
    }
    for (exchange, id) in view.exchanges() {
        let Question::Http { port, .. } = exchange.question else {
            continue;
        };
        let product = STORES
            .iter()
            .chain(&CONTAINERS)
            .find(|(known, _)| *known == port);
        if let Some((_, product)) = product {
            evidence.push(id.clone());
            note(&mut seen, port, page(product, &exchange.answer));
        }
    }
    for (at, products) in [
        ("data_stores", &STORES[..]),
        ("container_apis", &CONTAINERS),
    ] {
        list(view, draft, (at, products), (&seen, &evidence));
    }
}

/// Of several answers on a port the one that tells most: a list open to all, a login asked
/// for, the product alone; then what was unread; then another protocol.
fn note(seen: &mut Seen, port: u16, result: Result<Option<Access>, UnreadReason>) {
    let worth = |result: &Result<Option<Access>, UnreadReason>| match result {
        Ok(Some(Access::Open)) => 4,
        Ok(Some(Access::Closed)) => 3,
        Ok(Some(Access::Unclear)) => 2,
        Err(_) => 1,
        Ok(None) => 0,
    };
    let known = seen.entry(port).or_insert(result);
    if worth(&result) > worth(known) {
        *known = result;
    }
}

fn conversation(probed: &Probed<'_>) -> Option<Result<Option<Access>, UnreadReason>> {
    let read = match probed.probe {
        TcpProbe::Redis => datastore::redis,
        TcpProbe::Memcached => datastore::memcached,
        TcpProbe::MongodbDatabases => datastore::mongodb,
        TcpProbe::PostgresTls | TcpProbe::PostgresStartup => datastore::postgres,
        TcpProbe::MysqlGreeting => datastore::mysql,
        TcpProbe::MssqlPrelogin => datastore::mssql,
        _ => return None,
    };
    Some(match &probed.answer {
        Ok(bytes) => Ok(read(bytes).ok()),
        // Hung up without a word: nothing of the product was seen.
        Err(UnreadReason::Denied) => Ok(None),
        Err(reason) => Err(*reason),
    })
}

/// What a web page of the product says.
fn page(product: &str, answer: &Answer) -> Result<Option<Access>, UnreadReason> {
    let (status, headers, body) = match answer {
        Answer::Http {
            status,
            headers,
            body,
        } => (*status, headers, body.as_str()),
        Answer::Failed { failure, .. } => {
            return match failure.unread() {
                // No HTTP, or TLS that wants our certificate: closed to us.
                UnreadReason::Denied | UnreadReason::Unsupported | UnreadReason::ParseFailed => {
                    Ok(None)
                }
                reason => Err(reason),
            };
        }
        _ => return Ok(None),
    };
    let says = |name: &str, words: &str| header(headers, name).is_some_and(|v| v.contains(words));
    let refused = matches!(status, 401 | 403);
    let (own, refusal) = match product {
        "elasticsearch" => (
            body.contains("\"cluster_name\""),
            says("www-authenticate", "security")
                || says("www-authenticate", "Security")
                || body.contains("security_exception"),
        ),
        "couchdb" => {
            let server = says("server", "CouchDB");
            (server && body.trim_start().starts_with('['), server)
        }
        "docker" => (body.contains("\"ApiVersion\""), true),
        "kubelet" => (body.trim() == "ok", true),
        "etcd" => (body.contains("\"etcdserver\""), false),
        _ => return Ok(None),
    };
    Ok(match status {
        // The version is shown to all; whether keys are is asked by POST, which we do not.
        200 if own && product == "etcd" => Some(Access::Unclear),
        200 if own => Some(Access::Open),
        _ if refused && refusal => Some(Access::Closed),
        _ => None,
    })
}

/// One list: absent where nothing of the kind answers, unread where a port that is open did
/// not say enough and no other one did.
fn list(
    view: &View<'_>,
    draft: &mut Draft,
    (at, products): (&str, &[(u16, &str)]),
    (seen, asked): (&Seen, &[EvidenceId]),
) {
    let ports: Vec<u16> = products.iter().map(|(port, _)| *port).collect();
    let states = states(view, &ports);
    let mut evidence: Vec<EvidenceId> = states.iter().map(|(.., id)| id.clone()).collect();
    evidence.extend_from_slice(asked);
    let mut pen = draft.pen(Origin::Reader, "net/stores");
    let (mut found, mut unclear) = (Vec::new(), None);
    for (port, product) in products {
        let access = match seen.get(port) {
            Some(Ok(Some(access))) => *access,
            Some(Ok(None)) => continue,
            Some(Err(reason)) => {
                unclear = Some(*reason);
                continue;
            }
            None => {
                let open = states
                    .iter()
                    .any(|(known, state, _)| known == port && *state == Port::Open);
                unclear = unclear.or(open.then_some(UnreadReason::NotCollected));
                continue;
            }
        };
        let name = format!("{product}/{port}");
        if access == Access::Unclear {
            let field = path(at).item(&name).field("authenticated");
            pen.item_unread(field, UnreadReason::NotAuthorised, asked);
        }
        found.push(OpenService {
            name,
            product: (*product).to_owned(),
            port: *port,
            authenticated: (access != Access::Unclear).then_some(access == Access::Closed),
        });
    }
    match unclear {
        _ if !found.is_empty() => {
            pen.set(
                at,
                serde_json::to_value(found).unwrap_or_default(),
                &evidence,
            );
        }
        Some(reason) => pen.unread(at, reason, &evidence),
        // A recording of fewer ports does not tell of the others.
        None if states.len() < products.len() => {}
        None => pen.set(at, Json::Null, &evidence),
    }
}
