//! One HTTP GET, in clear or over TLS.
use super::FACTORY;
use super::gate::Gate;
use super::login::Account;
use super::tcp::{connect, read_up_to};
use super::tls::TlsClient;
use arpenteur_core::family::FactoryLogin;
use arpenteur_core::model::{Answer, Failure, LedgerProtocol, Target};
use arpenteur_wire::http::{self, Login};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

/// Most bytes of a page kept.
const LONGEST_BODY: usize = 16 * 1024;
/// Packets of a GET, for the pacer.
const GET_COST: u32 = 4;
/// Packets of a TLS handshake, for the pacer.
const HANDSHAKE_COST: u32 = 4;

/// What is asked for, and where.
#[derive(Clone, Copy)]
pub(super) struct Page<'a> {
    pub(super) port: u16,
    pub(super) path: &'a str,
    /// The client to ask with, over TLS.
    pub(super) tls: Option<&'a TlsClient>,
}

/// `GET path`.
pub(super) async fn get(
    gate: &Gate,
    target: &Target,
    page: Page<'_>,
    patience: Duration,
) -> Answer {
    request(gate, target, page, None, patience).await
}

/// `GET path` with a factory account, where the mandate allows it, under the caps of logins and
/// counted as one. Of the answer the status alone is kept: a page shown after a login is not ours
/// to read.
pub(super) async fn factory(
    gate: &Gate,
    target: &Target,
    page: Page<'_>,
    account: &FactoryLogin,
    patience: Duration,
) -> Answer {
    if !gate.scope().audit().mandate.probes.default_credentials {
        let detail = "probes.default_credentials is not set";
        return Answer::failed(Failure::NotAuthorised, detail);
    }
    let credential = format!("{FACTORY}{}", account.id);
    if let Err(answer) = gate.login(target, &credential, Account::PerDevice) {
        return answer;
    }
    let answer = request(gate, target, page, Some(account.login()), patience).await;
    let Answer::Http { status, .. } = answer else {
        return answer;
    };
    let (at, accepted) = (
        (LedgerProtocol::Tcp, page.port),
        (200..300).contains(&status),
    );
    gate.count_login(target, at, &credential, Account::PerDevice, accepted);
    Answer::Http {
        status,
        headers: Vec::new(),
        body: String::new(),
    }
}

async fn request(
    gate: &Gate,
    target: &Target,
    Page { port, path, tls }: Page<'_>,
    login: Option<Login<'_>>,
    patience: Duration,
) -> Answer {
    let cost = if tls.is_some() {
        GET_COST + HANDSHAKE_COST
    } else {
        GET_COST
    };
    let mut connection = match connect(gate, target, port, cost).await {
        Ok(connection) => connection,
        Err(answer) => return answer,
    };
    let host = connection
        .stream
        .peer_addr()
        .map(|peer| peer.to_string())
        .unwrap_or_default();
    let Ok(request) = http::request(http::Method::Get, &host, path, login) else {
        return Answer::failed(Failure::Unsupported, "not a path");
    };
    if let Some(tls) = tls {
        match tokio::time::timeout(patience, tls.open(&mut connection.stream)).await {
            Ok(Ok(mut stream)) => exchange(&mut stream, &request, patience).await,
            Ok(Err(error)) => Answer::failed(Failure::Unsupported, error.to_string()),
            Err(_) => Answer::failed(Failure::Timeout, "no answer to the handshake"),
        }
    } else {
        exchange(&mut connection.stream, &request, patience).await
    }
}

async fn exchange(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    request: &[u8],
    patience: Duration,
) -> Answer {
    if let Err(error) = stream.write_all(request).await {
        return super::tcp::io_answer(&error);
    }
    let bytes = read_up_to(stream, patience, http::MAX_HEAD + LONGEST_BODY, |_| false).await;
    match http::parse(&bytes) {
        Ok(Some(response)) => {
            let body = bytes.get(response.head_len..).unwrap_or_default();
            Answer::Http {
                status: response.status,
                headers: response.headers,
                body: String::from_utf8_lossy(body.get(..LONGEST_BODY).unwrap_or(body))
                    .into_owned(),
            }
        }
        Ok(None) if bytes.is_empty() => Answer::failed(Failure::Timeout, "no response"),
        Ok(None) => Answer::failed(Failure::ParseFailed, "the response's head does not end"),
        Err(error) => Answer::failed(Failure::ParseFailed, error.to_string()),
    }
}
