//! HTTP servers.
use super::ports::{Port, tried};
use crate::family::draft::{Draft, Origin};
use crate::family::text::{header, line};
use crate::family::view::View;
use crate::model::{Answer, HttpServer, Question, UnreadReason};
use serde_json::Value as Json;
use std::collections::BTreeMap;

const HTTP_PORTS: [u16; 6] = [80, 443, 8006, 8080, 8443, 9443];
const AT: &str = "http.servers";

/// What `GET /` gave, port by port.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    let mut pen = draft.pen(Origin::Reader, "net/http");
    let mut servers: BTreeMap<u16, HttpServer> = BTreeMap::new();
    let mut evidence = Vec::new();
    let mut unclear = None;
    for (exchange, id) in view.exchanges() {
        let Question::Http { port, tls, path } = &exchange.question else {
            continue;
        };
        if path != "/" {
            continue;
        }
        evidence.push(id.clone());
        match &exchange.answer {
            Answer::Http {
                status,
                headers,
                body,
            } => {
                let text = |name: &str| header(headers, name).map(|text| line(text.as_bytes()));
                servers.insert(
                    *port,
                    HttpServer {
                        port: *port,
                        tls: *tls,
                        status: *status,
                        server: text("server"),
                        title: arpenteur_wire::http::title(body.as_bytes()),
                        location: text("location"),
                        admin: None,
                    },
                );
            }
            Answer::Failed { failure, .. } => unclear = Some(failure.unread()),
            _ => unclear = Some(UnreadReason::ParseFailed),
        }
    }
    let tried = tried(view);
    for (state, id) in HTTP_PORTS.iter().filter_map(|port| tried.get(port)) {
        evidence.push(id.clone());
        if *state == Port::Silent {
            unclear = unclear.or(Some(UnreadReason::Timeout));
        }
    }
    let servers: Vec<HttpServer> = servers.into_values().collect();
    match unclear {
        _ if evidence.is_empty() => {}
        _ if !servers.is_empty() => {
            pen.set(
                AT,
                serde_json::to_value(servers).unwrap_or(Json::Null),
                &evidence,
            );
        }
        Some(reason) => pen.unread(AT, reason, &evidence),
        None => pen.set(AT, Json::Null, &evidence),
    }
}
