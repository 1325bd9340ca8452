//! Factory accounts on web interfaces: where one may be tried, and which were accepted.
use super::http::HTTP_PORTS;
use super::ports::Port;
use super::probed::states;
use crate::family::draft::{Draft, Origin, Pen, path};
use crate::family::factory::FactoryLogins;
use crate::family::view::View;
use crate::model::{Answer, EvidenceId, Question, UnreadReason};
use arpenteur_wire::http::basic_realm;

const AT: &str = "factory_login.accepted";
/// Accounts tried on one device: more could lock it.
const MOST_TRIED: usize = 2;

/// A page that asked for an account by basic authentication.
struct Challenge<'a> {
    port: u16,
    tls: bool,
    path: &'a str,
    realm: String,
}

/// What the web servers of a device said before any account was tried.
#[derive(Default)]
struct Servers<'a> {
    /// Encrypted first: no need to send an account in clear where both ask.
    challenges: Vec<Challenge<'a>>,
    answered: bool,
    failed: Option<UnreadReason>,
    asked: Vec<u16>,
    evidence: Vec<EvidenceId>,
}

/// The accounts to try on a device of this maker, each once, where a page asked for one.
pub(in crate::family) fn questions(
    view: &View<'_>,
    logins: &FactoryLogins,
    (vendor, class): (Option<&str>, Option<&str>),
) -> Vec<Question> {
    let servers = Servers::of(view);
    let ours = vendor.map(|vendor| logins.of(vendor, class));
    let question = |account: &crate::family::factory::FactoryLogin| {
        let mut challenges = servers.challenges.iter();
        let Challenge {
            port, tls, path, ..
        } = challenges.find(|challenge| account.fits(challenge.path, &challenge.realm))?;
        Some(Question::HttpFactory {
            port: *port,
            tls: *tls,
            path: (*path).to_owned(),
            account: account.id.clone(),
        })
    };
    let ours = ours.into_iter().flatten().filter_map(question);
    ours.take(MOST_TRIED).collect()
}

/// The accounts accepted. What asks otherwise than by basic authentication was not tried, and
/// that proves nothing.
pub(in crate::family) fn read(view: &View<'_>, logins: &FactoryLogins, draft: &mut Draft) {
    let known = |draft: &Draft, at: &str| {
        let (value, _) = draft.best(&path(at))?;
        value.as_str().map(str::to_owned)
    };
    let vendor = known(draft, "hardware.mfg_name");
    let class = known(draft, "device.class");
    let could = questions(view, logins, (vendor.as_deref(), class.as_deref()));
    // Whether a page asks for a login of another kind, or may do so, is the other reader's to say.
    let (servers, _) = draft.best(&path("http.servers")).unzip();
    let open = servers
        .and_then(serde_json::Value::as_array)
        .is_some_and(|servers| {
            let no_login = |server: &serde_json::Value| server.get("admin") == Some(&false.into());
            servers.iter().all(no_login)
        });
    let mut pen = draft.pen(Origin::Reader, "net/factory_login");
    if !tried(view, logins, &mut pen) {
        untried(view, !could.is_empty(), open, &mut pen);
    }
}

/// Tells what came of the accounts that were tried; whether any was.
fn tried(view: &View<'_>, logins: &FactoryLogins, pen: &mut Pen<'_>) -> bool {
    let (mut accepted, mut unclear, mut evidence) = (Vec::new(), None, Vec::new());
    for (exchange, id) in view.exchanges() {
        let Question::HttpFactory { port, account, .. } = &exchange.question else {
            continue;
        };
        evidence.push(id.clone());
        match &exchange.answer {
            Answer::Http { status, .. } if (200..300).contains(status) => {
                let user = logins.get(account).map_or(account, |login| &login.user);
                accepted.push(format!("{port} {user}"));
            }
            Answer::Http {
                status: 401 | 403, ..
            } => {}
            Answer::Failed { failure, .. } => unclear = unclear.or(Some(failure.unread())),
            _ => unclear = unclear.or(Some(UnreadReason::Unsupported)),
        }
    }
    match unclear {
        _ if evidence.is_empty() => return false,
        Some(reason) if accepted.is_empty() => pen.unread(AT, reason, &evidence),
        _ => pen.set(AT, accepted, &evidence),
    }
    true
}

/// Nothing was tried: there was nothing to try, or there was and we may not or cannot.
fn untried(view: &View<'_>, could: bool, open: bool, pen: &mut Pen<'_>) {
    let servers = Servers::of(view);
    let states = states(view, &HTTP_PORTS);
    let mut evidence = servers.evidence;
    evidence.extend(states.iter().map(|(.., id)| id.clone()));
    let not_asked = |(port, state, _): &&(u16, Port, EvidenceId)| {
        *state != Port::Closed && !servers.asked.contains(port)
    };
    let missed = states
        .iter()
        .find(not_asked)
        .map(|(_, state, _)| match state {
            Port::Silent => UnreadReason::Timeout,
            _ => UnreadReason::NotCollected,
        });
    let reason = match servers.failed.or(missed) {
        _ if evidence.is_empty() => return,
        _ if could => UnreadReason::NotAuthorised,
        _ if servers.answered && !open => UnreadReason::Unsupported,
        Some(reason) if !servers.answered => reason,
        // A recording of fewer ports does not tell of the others.
        None if !servers.answered && states.len() < HTTP_PORTS.len() => UnreadReason::NotCollected,
        _ => return pen.set(AT, Vec::<String>::new(), &evidence),
    };
    pen.unread(AT, reason, &evidence);
}

impl<'a> Servers<'a> {
    fn of(view: &View<'a>) -> Self {
        let mut servers = Self::default();
        for (exchange, id) in view.exchanges() {
            let Question::Http { port, tls, path } = &exchange.question else {
                continue;
            };
            if !HTTP_PORTS.contains(port) {
                continue;
            }
            servers.evidence.push(id.clone());
            servers.asked.push(*port);
            match &exchange.answer {
                Answer::Http {
                    status, headers, ..
                } => {
                    servers.answered = true;
                    let realm = headers
                        .iter()
                        .filter(|(name, _)| name == "www-authenticate")
                        .find_map(|(_, field)| basic_realm(field));
                    if let (401, Some(realm)) = (status, realm) {
                        let (port, tls) = (*port, *tls);
                        servers.challenges.push(Challenge {
                            port,
                            tls,
                            path,
                            realm,
                        });
                    }
                }
                Answer::Failed { failure, .. } => servers.failed = Some(failure.unread()),
                _ => servers.failed = Some(UnreadReason::ParseFailed),
            }
        }
        servers.challenges.sort_by_key(|challenge| !challenge.tls);
        servers
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family::readers::http;
    use crate::family::readers::tests::{exchange, fact, tcp};
    use crate::model::class::ClassTable;
    use crate::model::{Exchange, Fact, FactSheet, Failure};
    use serde_json::json;

    fn logins() -> FactoryLogins {
        let list = b"version: 1
logins:
  - {id: one, vendor: Acme, user: admin, password: a, source: s}
  - {id: two, vendor: Acme, class: router, user: root, password: b, source: s}
  - {id: three, vendor: Acme, path: /x, user: guest, password: c, source: s}
  - {id: other, vendor: Else, user: admin, password: d, source: s}
";
        FactoryLogins::load("f.yaml", list, &classes()).unwrap()
    }

    fn classes() -> ClassTable {
        let classes = include_bytes!("../../../../../../models/classes.yaml");
        ClassTable::load("models/classes.yaml", classes).unwrap()
    }

    fn page(port: u16, answer: Answer) -> Exchange {
        let path = "/".to_owned();
        exchange(
            Question::Http {
                port,
                tls: port == 443,
                path,
            },
            answer,
        )
    }

    fn says(status: u16, challenge: &str, body: &str) -> Answer {
        let headers = vec![("www-authenticate".to_owned(), challenge.to_owned())];
        let headers = if challenge.is_empty() {
            vec![]
        } else {
            headers
        };
        Answer::Http {
            status,
            headers,
            body: body.to_owned(),
        }
    }

    fn asks() -> Answer {
        says(401, "Basic realm=\"x\"", "")
    }

    fn try_one(account: &str, answer: Answer) -> Exchange {
        let (path, account) = ("/".to_owned(), account.to_owned());
        exchange(
            Question::HttpFactory {
                port: 80,
                tls: false,
                path,
                account,
            },
            answer,
        )
    }

    fn accepted(vendor: &str, exchanges: &[Exchange]) -> Fact<serde_json::Value> {
        let view = View::new(exchanges);
        let mut draft = Draft::default();
        http::read(&view, &mut draft);
        draft
            .pen(Origin::Reader, "test")
            .set("hardware.mfg_name", vendor, &[]);
        read(&view, &logins(), &mut draft);
        let (sheet, _): (FactSheet, _) = draft.finish();
        fact(&sheet, AT)
    }

    #[test]
    fn accounts_of_the_maker_are_tried_where_a_page_asks() {
        let asked = |vendor, class, exchanges: &[Exchange]| -> Vec<String> {
            let found = questions(&View::new(exchanges), &logins(), (vendor, class));
            found.iter().map(ToString::to_string).collect()
        };
        let both = [page(80, asks()), page(443, asks())];
        let one = "https 443 GET / as factory account one";
        assert_eq!(asked(Some("ACME"), None, &both), [one]);
        let two = "https 443 GET / as factory account two";
        assert_eq!(asked(Some("Acme"), Some("router"), &both), [one, two]);
        assert!(asked(None, None, &both).is_empty());
        let digest = says(401, "Digest realm=\"x\"", "");
        let form = says(200, "", "<input type=password>");
        for other in [digest, form, says(403, "Basic realm=\"x\"", "")] {
            assert!(asked(Some("Acme"), None, &[page(80, other)]).is_empty());
        }
        // A database's page on its own port is none of the maker's.
        assert!(asked(Some("Acme"), None, &[page(9200, asks())]).is_empty());
    }

    #[test]
    fn what_came_of_the_accounts_tried() {
        let after = |answers: &[(&str, Answer)]| {
            let tried = answers
                .iter()
                .map(|(id, answer)| try_one(id, answer.clone()));
            let all: Vec<_> = [page(80, asks())].into_iter().chain(tried).collect();
            accepted("Acme", &all)
        };
        let (yes, no) = (says(200, "", ""), says(401, "", ""));
        assert_eq!(
            after(&[("one", yes.clone())]),
            Fact::Known(json!(["80 admin"]))
        );
        let both = [("one", no.clone()), ("two", yes)];
        assert_eq!(after(&both), Fact::Known(json!(["80 root"])));
        assert_eq!(after(&[("one", no.clone())]), Fact::Known(json!([])));
        let capped = Answer::failed(Failure::LoginCap, "");
        let cut = after(&[("one", no.clone()), ("two", capped)]);
        assert_eq!(cut, Fact::Unread(UnreadReason::NotAuthorised));
        let moved = after(&[("one", no), ("two", says(302, "", ""))]);
        assert_eq!(moved, Fact::Unread(UnreadReason::Unsupported));
    }

    #[test]
    fn where_nothing_was_tried_it_says_why() {
        let unread = |reason| Fact::Unread(reason);
        let (allowed, kind) = (UnreadReason::NotAuthorised, UnreadReason::Unsupported);
        assert_eq!(accepted("Acme", &[page(80, asks())]), unread(allowed));
        assert_eq!(accepted("Nobody", &[page(80, asks())]), unread(kind));
        let form = page(80, says(200, "", "<input type=password>"));
        assert_eq!(accepted("Acme", &[form]), unread(kind));
        // A page that asks for nothing leaves nothing to try.
        let plain = page(80, says(200, "", "<p>hello"));
        assert_eq!(accepted("Acme", &[plain]), Fact::Known(json!([])));
        let closed: Vec<_> = HTTP_PORTS
            .iter()
            .map(|port| tcp(*port, Answer::Closed))
            .collect();
        assert_eq!(accepted("Acme", &closed), Fact::Known(json!([])));
        assert_eq!(
            accepted("Acme", &closed[1..]),
            unread(UnreadReason::NotCollected)
        );
        let silent = Answer::failed(Failure::Timeout, "");
        let mut one_silent = closed;
        one_silent[0] = tcp(HTTP_PORTS[0], silent.clone());
        assert_eq!(accepted("Acme", &one_silent), unread(UnreadReason::Timeout));
        assert_eq!(
            accepted("Acme", &[page(80, silent)]),
            unread(UnreadReason::Timeout)
        );
        assert_eq!(accepted("Acme", &[]), unread(UnreadReason::NotCollected));
    }
}
