//! One message over TCP and its answer.
use super::gate::Gate;
use super::login::Account;
use super::tcp::{bytes_answer, connect, io_answer, read_up_to};
use super::{FACTORY, random};
use arpenteur_core::model::{Answer, Failure, LedgerProtocol, Target, TcpProbe};
use arpenteur_wire::datastore::{self, Access};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::time::Instant;

/// Most bytes of an answer kept: lists of exports are the longest.
const LONGEST: usize = 64 * 1024;
/// Packets of a short conversation, for the pacer.
const CONVERSATION: u32 = 3;

/// Puts one probe. One that asks for a session is put where the mandate allows it, under the
/// caps of logins, and counted as one.
pub(super) async fn tcp(
    gate: &Gate,
    target: &Target,
    (port, probe): (u16, &TcpProbe),
    patience: Duration,
) -> Answer {
    if !probe.is_login() {
        return exchange(gate, target, (port, probe), patience).await;
    }
    if !gate.scope().audit().mandate.probes.default_credentials {
        return Answer::failed(
            Failure::NotAuthorised,
            "probes.default_credentials is not set",
        );
    }
    let credential = format!("{FACTORY}{probe}");
    if let Err(answer) = gate.login(target, &credential, Account::PerDevice) {
        return answer;
    }
    let answer = exchange(gate, target, (port, probe), patience).await;
    if let Answer::Bytes { hex } = &answer {
        let open = datastore::postgres(&unhex(hex)) == Ok(Access::Open);
        let at = (LedgerProtocol::Tcp, port);
        gate.count_login(target, at, &credential, Account::PerDevice, open);
    }
    answer
}

async fn exchange(
    gate: &Gate,
    target: &Target,
    (port, probe): (u16, &TcpProbe),
    patience: Duration,
) -> Answer {
    let Some(request) = probe.request(port, &random()) else {
        return Answer::failed(Failure::Unsupported, "the question cannot be put");
    };
    let mut connection = match connect(gate, target, port, CONVERSATION).await {
        Ok(connection) => connection,
        Err(answer) => return answer,
    };
    if let Err(error) = connection.stream.write_all(&request).await {
        return io_answer(&error);
    }
    let (whole, started) = (|bytes: &[u8]| probe.is_whole(bytes), Instant::now());
    let bytes = read_up_to(&mut connection.stream, patience, LONGEST, whole).await;
    if bytes.is_empty() && started.elapsed() < patience {
        return Answer::failed(Failure::Refused, "the server hung up");
    }
    bytes_answer(&bytes)
}

fn unhex(hex: &str) -> Vec<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let pairs = hex.as_bytes().chunks(2);
    let byte = |pair: &[u8]| {
        let value = pair
            .iter()
            .try_fold(0, |value, byte| Some(value * 16 + digit(byte)?))?;
        u8::try_from(value).ok()
    };
    pairs.filter_map(byte).collect()
}
