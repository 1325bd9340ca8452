//! One socket for all targets: requests find their replies by number and address.
use super::super::gate::Gate;
use super::{PORT, Reply};
use arpenteur_core::model::{Answer, Failure, LedgerProtocol, SnmpVersion, Target};
use arpenteur_wire::snmp::v3::Incoming;
use arpenteur_wire::snmp::{Message, Pdu, Version, version_number};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

/// Requests in flight: more than this overran the kernel's default receive buffer.
const WINDOW: usize = 256;
/// Least time that an answer is given: agents are slower than their network.
const SHORTEST_PATIENCE: Duration = Duration::from_millis(500);
/// Asked of the kernel; it gives what its limit allows.
const RECEIVE_BUFFER: usize = 8 << 20;
/// Largest UDP payload.
const DATAGRAM: usize = 65_535;

type Pending = Arc<Mutex<HashMap<i32, (IpAddr, oneshot::Sender<Vec<u8>>)>>>;

/// The socket pair, its receivers and the requests that wait.
pub(in crate::transport) struct SnmpSocket {
    v4: Arc<UdpSocket>,
    v6: Option<Arc<UdpSocket>>,
    pending: Pending,
    window: Semaphore,
    next: AtomicI32,
    retries: u32,
    receivers: Vec<JoinHandle<()>>,
}

impl SnmpSocket {
    /// Binds both address families; IPv6 may be missing on a host.
    pub(super) async fn bind(retries: u32) -> std::io::Result<Self> {
        let v4 = Arc::new(open("0.0.0.0:0").await?);
        let v6 = open("[::]:0").await.ok().map(Arc::new);
        let pending = Pending::default();
        let sockets = std::iter::once(&v4).chain(&v6);
        let receivers = sockets
            .map(|socket| tokio::spawn(receive(Arc::clone(socket), Arc::clone(&pending))))
            .collect();
        // A random start keeps late replies of an earlier run apart.
        let start = i32::try_from(uuid::Uuid::new_v4().as_u128() & 0x3fff_ffff).unwrap_or(1);
        Ok(Self {
            v4,
            v6,
            pending,
            window: Semaphore::new(WINDOW),
            next: AtomicI32::new(start),
            retries,
            receivers,
        })
    }

    /// A number that no request in flight has.
    pub(super) fn number(&self) -> i32 {
        self.next.fetch_add(1, Ordering::Relaxed) & i32::MAX
    }

    /// One v1 or v2c request.
    pub(super) async fn request(
        &self,
        gate: &Gate,
        target: &Target,
        version: SnmpVersion,
        community: &str,
        pdu: &(dyn Fn(i32) -> Pdu + Sync),
    ) -> Reply {
        let version = if version == SnmpVersion::V1 {
            Version::V1
        } else {
            Version::V2c
        };
        let encode = |id| {
            Message {
                version,
                community: community.as_bytes().to_vec(),
                pdu: pdu(id),
            }
            .encode()
        };
        let bytes = self.exchange(gate, target, &encode).await?;
        Message::decode(&bytes)
            .map(|message| message.pdu)
            .map_err(|error| Answer::failed(Failure::ParseFailed, error.to_string()))
    }

    /// Sends until a reply with the same number comes from the same address; each try has
    /// its own number and waits half as long again as the one before.
    pub(super) async fn exchange(
        &self,
        gate: &Gate,
        target: &Target,
        encode: &(dyn Fn(i32) -> Vec<u8> + Sync),
    ) -> Result<Vec<u8>, Answer> {
        let mut longer = 1.0;
        for _ in 0..=self.retries {
            let Ok(_slot) = self.window.acquire().await else {
                break;
            };
            let to = gate.datagram(target, LedgerProtocol::Udp, PORT).await?;
            let id = self.number();
            let reply = self.expect(id, to.ip());
            // Asked for each try: another question may have shown meanwhile how near the host is.
            let patience = gate.patience(target).max(SHORTEST_PATIENCE).mul_f32(longer);
            let started = Instant::now();
            if let Err(error) = self.socket(to)?.send_to(&encode(id), to).await {
                self.forget(id);
                return Err(super::super::tcp::io_answer(&error));
            }
            if let Ok(Ok(bytes)) = timeout(patience, reply).await {
                gate.answered(target, started.elapsed());
                return Ok(bytes);
            }
            self.forget(id);
            longer *= 1.5;
        }
        Err(Answer::failed(Failure::Timeout, "no answer"))
    }

    fn socket(&self, to: SocketAddr) -> Result<&UdpSocket, Answer> {
        match (to.is_ipv4(), &self.v6) {
            (true, _) => Ok(&self.v4),
            (false, Some(socket)) => Ok(socket),
            (false, None) => Err(Answer::failed(Failure::Local, "no IPv6 on this machine")),
        }
    }

    fn expect(&self, id: i32, from: IpAddr) -> oneshot::Receiver<Vec<u8>> {
        let (sender, receiver) = oneshot::channel();
        if let Ok(mut pending) = self.pending.lock() {
            pending.insert(id, (from, sender));
        }
        receiver
    }

    fn forget(&self, id: i32) {
        if let Ok(mut pending) = self.pending.lock() {
            pending.remove(&id);
        }
    }
}

impl Drop for SnmpSocket {
    fn drop(&mut self) {
        for receiver in &self.receivers {
            receiver.abort();
        }
    }
}

async fn open(address: &str) -> std::io::Result<UdpSocket> {
    let socket = UdpSocket::bind(address).await?;
    // Best effort: the kernel caps it.
    let _ = socket2::SockRef::from(&socket).set_recv_buffer_size(RECEIVE_BUFFER);
    Ok(socket)
}

async fn receive(socket: Arc<UdpSocket>, pending: Pending) {
    let mut buffer = vec![0_u8; DATAGRAM];
    loop {
        let Ok((length, from)) = socket.recv_from(&mut buffer).await else {
            // An ICMP error of an earlier datagram; the request's own time-out tells.
            tokio::task::yield_now().await;
            continue;
        };
        let bytes = buffer.get(..length).unwrap_or_default();
        let Some(id) = reply_number(bytes) else {
            continue;
        };
        let Ok(mut pending) = pending.lock() else {
            return;
        };
        // Only the host that was asked may answer.
        if pending
            .get(&id)
            .is_some_and(|(expected, _)| *expected == from.ip())
            && let Some((_, sender)) = pending.remove(&id)
        {
            // A request that gave up needs no reply.
            let _ = sender.send(bytes.to_vec());
        }
    }
}

/// The number by which a reply finds its request: msgID in v3, request-id before.
fn reply_number(bytes: &[u8]) -> Option<i32> {
    if version_number(bytes).ok()? == 3 {
        return Incoming::decode(bytes).ok().map(|incoming| incoming.msg_id);
    }
    Message::decode(bytes)
        .ok()
        .map(|message| message.pdu.request_id)
}
