//! HTTP servers.
use super::ports::{Port, tried};
use crate::family::draft::{Draft, Origin, Pen, path};
use crate::family::text::{header, line};
use crate::family::view::View;
use crate::model::{Answer, EvidenceId, HttpServer, Question, UnreadReason};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Where web interfaces of devices are looked for.
pub(super) const HTTP_PORTS: [u16; 6] = [80, 443, 8006, 8080, 8443, 9443];
const AT: &str = "http.servers";

/// What `GET /` gave, port by port; where it leads on to another page of the same server,
/// that page tells whether the device is administered there.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    let mut pen = draft.pen(Origin::Reader, "net/http");
    let mut servers: BTreeMap<u16, HttpServer> = BTreeMap::new();
    let mut pages = Pages::new();
    let mut evidence = Vec::new();
    let mut unclear = None;
    for (exchange, id) in view.exchanges() {
        let Question::Http {
            port,
            tls,
            path: page,
        } = &exchange.question
        else {
            continue;
        };
        if let Answer::Http { .. } = &exchange.answer {
            pages.insert((*port, *tls, page.as_str()), (&exchange.answer, id));
        }
        let expected = HTTP_PORTS.contains(port);
        if page != "/" {
            continue;
        }
        evidence.push(id.clone());
        match (server(*port, *tls, &exchange.answer), &exchange.answer) {
            (Some(server), _) => {
                servers.insert(*port, server);
            }
            (None, Answer::Failed { failure, .. }) if expected => unclear = Some(failure.unread()),
            (None, _) if expected => unclear = Some(UnreadReason::ParseFailed),
            (None, _) => {}
        }
    }
    for server in servers.values_mut() {
        administration(server, &pages, &mut pen);
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

/// Pages by port, TLS and path.
type Pages<'a> = BTreeMap<(u16, bool, &'a str), (&'a Answer, &'a EvidenceId)>;

/// Whether the device is administered here, by the page that `/` leads on to.
fn administration(server: &mut HttpServer, pages: &Pages<'_>, pen: &mut Pen<'_>) {
    let first = pages.get(&(server.port, server.tls, "/"));
    let led = first.and_then(|(answer, _)| redirect(answer, server.port, server.tls));
    let last = match &led {
        Some(Lead::Here(path)) => pages.get(&(server.port, server.tls, path.as_str())),
        _ => first,
    };
    server.admin = match (&led, last) {
        (Some(Lead::Elsewhere), _) => Some(false),
        (_, Some((answer, _))) => is_admin(answer),
        _ => None,
    };
    if server.admin.is_none() {
        let field = path(AT).item(&server.port.to_string()).field("admin");
        let evidence: Vec<_> = last.iter().map(|(_, id)| (*id).clone()).collect();
        pen.item_unread(field, UnreadReason::Unsupported, &evidence);
    }
}

fn server(port: u16, tls: bool, answer: &Answer) -> Option<HttpServer> {
    let Answer::Http {
        status,
        headers,
        body,
    } = answer
    else {
        return None;
    };
    let text = |name: &str| header(headers, name).map(|text| line(text.as_bytes()));
    Some(HttpServer {
        port,
        tls,
        status: *status,
        server: text("server"),
        title: arpenteur_wire::http::title(body.as_bytes()),
        location: text("location"),
        admin: None,
    })
}

/// Where a page leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::family) enum Lead {
    /// Another path of the same server.
    Here(String),
    /// Another server, or the same one over TLS.
    Elsewhere,
}

/// Where a redirection (RFC 9110 section 15.4) leads to.
pub(in crate::family) fn redirect(answer: &Answer, port: u16, tls: bool) -> Option<Lead> {
    let Answer::Http {
        status: 301 | 302 | 303 | 307 | 308,
        headers,
        ..
    } = answer
    else {
        return None;
    };
    let location = header(headers, "location")?.trim();
    let (scheme, usual) = if tls {
        ("https://", 443)
    } else {
        ("http://", 80)
    };
    let target = match location.split_once("://") {
        None => location,
        Some(_) => match location.strip_prefix(scheme) {
            None => return Some(Lead::Elsewhere),
            Some(rest) => {
                let (host, _) = rest.split_once('/').unwrap_or((rest, ""));
                let given = host
                    .rsplit_once(':')
                    .and_then(|(_, port)| port.parse().ok());
                if given.unwrap_or(usual) != port {
                    return Some(Lead::Elsewhere);
                }
                rest.get(host.len()..).unwrap_or_default()
            }
        },
    };
    let path = target.split('#').next().unwrap_or_default();
    let path = match path {
        "" => return None,
        path if path.starts_with("//") => return Some(Lead::Elsewhere),
        path if path.starts_with('/') => path.to_owned(),
        path => format!("/{path}"),
    };
    (path != "/").then_some(Lead::Here(path))
}

/// A login form or a challenge shows where a device is administered. A page that scripts build
/// does not show what it asks for, nor does one that is refused or missing.
fn is_admin(answer: &Answer) -> Option<bool> {
    let Answer::Http {
        status,
        headers,
        body,
    } = answer
    else {
        return None;
    };
    if *status == 401 && header(headers, "www-authenticate").is_some() {
        return Some(true);
    }
    let page = body.to_lowercase();
    let form = ["type=\"password\"", "type='password'", "type=password"];
    if form.iter().any(|mark| page.contains(mark)) {
        return Some(true);
    }
    (*status == 200 && !page.contains("<script") && !page.contains("<frame")).then_some(false)
}
