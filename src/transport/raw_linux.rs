//! ARP and neighbour solicitation over a packet socket (pnet_datalink), ICMP over a raw socket
//! (socket2). Every answer wakes the one task that waits for its address.
use super::{Heard, NotPrivileged};
use arpenteur_wire::packet::{Mac, arp, icmp, ndp};
use ipnetwork::IpNetwork;
use pnet_datalink::{
    self as datalink, Channel, DataLinkReceiver, DataLinkSender, NetworkInterface,
};
use socket2::{Domain, Protocol, Socket, Type};
use std::collections::HashMap;
use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// Receive buffers of this size hold the answers of a whole swept network.
const RECEIVE_BUFFER: usize = 4 << 20;
/// How often a receiving thread looks whether it should end.
const HEARTBEAT: Duration = Duration::from_millis(100);
/// Largest frame or packet read.
const FRAME: usize = 2048;

type Waiting<T> = Arc<Mutex<HashMap<IpAddr, Vec<oneshot::Sender<T>>>>>;

/// The raw sockets of a run.
pub struct RawSockets {
    links: Vec<Link>,
    neighbours: Waiting<Mac>,
    echoes: Waiting<()>,
    icmp4: Socket,
    icmp6: Option<Socket>,
    sequence: AtomicU16,
    identifier: u16,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

struct Link {
    networks: Vec<IpNetwork>,
    mac: Mac,
    sender: Mutex<Box<dyn DataLinkSender>>,
}

impl RawSockets {
    /// Opens a packet socket per attached interface, and the ICMP sockets.
    ///
    /// # Errors
    /// Where the system refuses raw sockets.
    pub fn open() -> Result<Self, NotPrivileged> {
        let refused = |error: std::io::Error| {
            NotPrivileged(format!(
                "raw sockets are refused ({error}): run as root or with CAP_NET_RAW for ARP and ICMP"
            ))
        };
        let icmp4 = open_icmp(Domain::IPV4, Protocol::ICMPV4).map_err(refused)?;
        let icmp6 = open_icmp(Domain::IPV6, Protocol::ICMPV6).ok();
        let mut raw = Self {
            links: Vec::new(),
            neighbours: Arc::default(),
            echoes: Arc::default(),
            icmp4,
            icmp6,
            sequence: AtomicU16::new(1),
            identifier: u16::try_from(std::process::id() & 0xffff).unwrap_or(1),
            stop: Arc::default(),
            threads: Vec::new(),
        };
        for interface in datalink::interfaces() {
            if interface.is_up()
                && !interface.is_loopback()
                && interface.mac.is_some()
                && !interface.ips.is_empty()
            {
                raw.open_link(&interface).map_err(refused)?;
            }
        }
        raw.listen_icmp().map_err(refused)?;
        Ok(raw)
    }

    fn open_link(&mut self, interface: &NetworkInterface) -> std::io::Result<()> {
        let Some(mac) = interface.mac else {
            return Ok(());
        };
        let config = datalink::Config {
            read_timeout: Some(HEARTBEAT),
            ..datalink::Config::default()
        };
        let Channel::Ethernet(sender, receiver) = datalink::channel(interface, config)? else {
            return Ok(());
        };
        self.links.push(Link {
            networks: networks(interface),
            mac: mac.octets(),
            sender: Mutex::new(sender),
        });
        let (waiting, stop) = (Arc::clone(&self.neighbours), Arc::clone(&self.stop));
        self.threads.push(std::thread::spawn(move || {
            hear_neighbours(receiver, &waiting, &stop)
        }));
        Ok(())
    }

    fn listen_icmp(&mut self) -> std::io::Result<()> {
        let sockets = [
            Some(self.icmp4.try_clone()?),
            self.icmp6.as_ref().map(Socket::try_clone).transpose()?,
        ];
        for (socket, v6) in sockets.into_iter().zip([false, true]) {
            let Some(socket) = socket else { continue };
            let (waiting, stop, identifier) = (
                Arc::clone(&self.echoes),
                Arc::clone(&self.stop),
                self.identifier,
            );
            self.threads.push(std::thread::spawn(move || {
                hear_echoes(&socket, v6, identifier, &waiting, &stop)
            }));
        }
        Ok(())
    }

    fn link(&self, address: IpAddr) -> Option<(&Link, IpAddr)> {
        self.links.iter().find_map(|link| {
            let network = link
                .networks
                .iter()
                .find(|network| network.contains(address))?;
            Some((link, network.ip()))
        })
    }

    /// Whether an address lies on an attached network, and is not our own.
    pub(crate) fn attached(&self, address: IpAddr) -> bool {
        self.link(address).is_some_and(|(_, own)| own != address)
    }

    /// Asks one ARP or neighbour solicitation question.
    pub(crate) async fn neighbour(&self, address: IpAddr, patience: Duration) -> Heard<[u8; 6]> {
        let Some((link, own)) = self.link(address) else {
            return Heard::Inapplicable;
        };
        let frame = match (own, address) {
            (IpAddr::V4(own), IpAddr::V4(address)) => {
                arp::Arp::request(link.mac, own, address).encode()
            }
            (IpAddr::V6(own), IpAddr::V6(address)) => ndp::solicitation(link.mac, own, address),
            _ => return Heard::Inapplicable,
        };
        let heard = wait_for(&self.neighbours, address);
        let sent = link
            .sender
            .lock()
            .ok()
            .and_then(|mut sender| sender.send_to(&frame, None));
        if !matches!(sent, Some(Ok(()))) {
            return Heard::No;
        }
        match tokio::time::timeout(patience, heard).await {
            Ok(Ok(mac)) => Heard::Yes(mac),
            _ => Heard::No,
        }
    }

    /// Sends one ICMP echo request.
    pub(crate) async fn echo(&self, address: IpAddr, patience: Duration) -> Heard<()> {
        let echo = icmp::Echo {
            reply: false,
            identifier: self.identifier,
            sequence: self.sequence.fetch_add(1, Ordering::Relaxed),
            payload: b"arpenteur audit",
        };
        let heard = wait_for(&self.echoes, address);
        let to = SocketAddr::new(address, 0).into();
        let sent = match (address, &self.icmp6) {
            (IpAddr::V4(_), _) => self.icmp4.send_to(&echo.encode_v4(), &to),
            // The kernel fills in source address and checksum (RFC 3542 section 3.1).
            (IpAddr::V6(destination), Some(socket)) => socket.send_to(
                &echo.encode_v6(std::net::Ipv6Addr::UNSPECIFIED, destination),
                &to,
            ),
            (IpAddr::V6(_), None) => return Heard::Inapplicable,
        };
        if sent.is_err() {
            return Heard::No;
        }
        match tokio::time::timeout(patience, heard).await {
            Ok(Ok(())) => Heard::Yes(()),
            _ => Heard::No,
        }
    }
}

impl Drop for RawSockets {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            // A listener that panicked has nothing left to give back.
            let _ = thread.join();
        }
    }
}

fn open_icmp(domain: Domain, protocol: Protocol) -> std::io::Result<Socket> {
    let socket = Socket::new(domain, Type::RAW, Some(protocol))?;
    socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
    socket.set_read_timeout(Some(HEARTBEAT))?;
    Ok(socket)
}

fn wait_for<T>(waiting: &Waiting<T>, address: IpAddr) -> oneshot::Receiver<T> {
    let (sender, receiver) = oneshot::channel();
    if let Ok(mut waiting) = waiting.lock() {
        let queue = waiting.entry(address).or_default();
        queue.retain(|sender| !sender.is_closed());
        queue.push(sender);
    }
    receiver
}

fn wake<T: Clone>(waiting: &Waiting<T>, address: IpAddr, value: &T) {
    let senders = waiting
        .lock()
        .ok()
        .and_then(|mut waiting| waiting.remove(&address));
    for sender in senders.into_iter().flatten() {
        // Whoever stopped waiting needs no answer.
        let _ = sender.send(value.clone());
    }
}

fn hear_neighbours(
    mut receiver: Box<dyn DataLinkReceiver>,
    waiting: &Waiting<Mac>,
    stop: &AtomicBool,
) {
    while !stop.load(Ordering::Relaxed) {
        let Ok(frame) = receiver.next() else { continue };
        if let Ok(arp) = arp::Arp::decode(frame) {
            if arp.operation == arp::Operation::Reply {
                wake(waiting, IpAddr::V4(arp.sender_ip), &arp.sender_mac);
            }
        } else if let Ok(advertisement) = ndp::Advertisement::decode(frame) {
            wake(
                waiting,
                IpAddr::V6(advertisement.target),
                &advertisement.mac,
            );
        }
    }
}

fn hear_echoes(
    mut socket: &Socket,
    v6: bool,
    identifier: u16,
    waiting: &Waiting<()>,
    stop: &AtomicBool,
) {
    let mut buffer = [0_u8; FRAME];
    while !stop.load(Ordering::Relaxed) {
        if v6 {
            // The kernel keeps the IPv6 header to itself: the source comes with the call.
            let mut space = [std::mem::MaybeUninit::<u8>::uninit(); FRAME];
            let Ok((_, from)) = socket.peek_sender_of(&mut space) else {
                continue;
            };
            let Ok(length) = socket.read(&mut buffer) else {
                continue;
            };
            let echo = buffer
                .get(..length)
                .and_then(|bytes| icmp::decode_v6(bytes).ok());
            if echo.is_some_and(|echo| echo.reply && echo.identifier == identifier) {
                wake(waiting, from, &());
            }
            continue;
        }
        let Ok(length) = socket.read(&mut buffer) else {
            continue;
        };
        let Some((source, payload)) = buffer.get(..length).and_then(ipv4) else {
            continue;
        };
        if icmp::decode_v4(payload).is_ok_and(|echo| echo.reply && echo.identifier == identifier) {
            wake(waiting, IpAddr::V4(source), &());
        }
    }
}

/// Source and payload of an IPv4 packet (RFC 791).
fn ipv4(packet: &[u8]) -> Option<(Ipv4Addr, &[u8])> {
    let header = usize::from(packet.first()? & 0x0f) * 4;
    let source: [u8; 4] = packet.get(12..16)?.try_into().ok()?;
    Some((source.into(), packet.get(header..)?))
}

/// The sender of the datagram that waits in a socket.
trait PeekSender {
    fn peek_sender_of(
        &self,
        space: &mut [std::mem::MaybeUninit<u8>],
    ) -> std::io::Result<(usize, IpAddr)>;
}

impl PeekSender for Socket {
    fn peek_sender_of(
        &self,
        space: &mut [std::mem::MaybeUninit<u8>],
    ) -> std::io::Result<(usize, IpAddr)> {
        let (length, from) = self.peek_from(space)?;
        let from = from.as_socket().ok_or(std::io::ErrorKind::InvalidData)?;
        Ok((length, from.ip()))
    }
}

/// An interface's networks, in the version of the crate that the rest of us uses.
fn networks(interface: &NetworkInterface) -> Vec<IpNetwork> {
    let addresses = interface.ips.iter();
    addresses
        .filter_map(|network| IpNetwork::new(network.ip(), network.prefix()).ok())
        .collect()
}
