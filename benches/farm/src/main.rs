//! `arpenteur-farm COMMUNITY [THREADS]`: answers SNMP v1 and v2c on UDP port 161 of every
//! address of this machine, each address a switch with a name and a serial number of its own.
//! Meant for a network namespace whose route table holds a whole prefix as local.
mod switch;

use arpenteur_wire::snmp::{Message, Pdu, PduKind, Value, Version};
use nix::sys::socket::sockopt::{Ipv4PacketInfo, RcvBuf, ReusePort};
use nix::sys::socket::{
    AddressFamily, ControlMessage, ControlMessageOwned, MsgFlags, SockFlag, SockType, SockaddrIn,
    bind, recvmsg, sendmsg, setsockopt, socket,
};
use nix::{cmsg_space, libc};
use std::io::{IoSlice, IoSliceMut};
use std::net::Ipv4Addr;
use std::os::fd::{AsRawFd, OwnedFd};
use std::process::ExitCode;
use std::sync::Arc;
use switch::Switch;

/// The agent's port (RFC 3417 section 3.1).
const PORT: u16 = 161;
/// Largest request that is read.
const REQUEST: usize = 2048;
/// Holds what arrives while one answer is made.
const RECEIVE_BUFFER: usize = 4 << 20;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(community) = arguments.next() else {
        eprintln!("usage: arpenteur-farm COMMUNITY [THREADS]");
        return ExitCode::from(2);
    };
    let threads = arguments.next().and_then(|number| number.parse().ok());
    match serve(&community, threads.unwrap_or(2)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("arpenteur-farm: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(community: &str, threads: usize) -> Result<(), Box<dyn std::error::Error>> {
    let switch = Arc::new(Switch::new()?);
    let mut workers = Vec::new();
    for _ in 0..threads.max(1) {
        let (switch, community) = (Arc::clone(&switch), community.as_bytes().to_vec());
        let socket = open()?;
        workers.push(std::thread::spawn(move || {
            answer_all(&socket, &switch, &community)
        }));
    }
    println!("{} objects, {threads} threads", switch.len());
    for worker in workers {
        worker.join().map_err(|_| "a thread died")??;
    }
    Ok(())
}

/// A socket that tells which of the machine's addresses was asked. Several share the port,
/// and the kernel deals the senders out among them.
fn open() -> nix::Result<OwnedFd> {
    let fd = socket(
        AddressFamily::Inet,
        SockType::Datagram,
        SockFlag::SOCK_CLOEXEC,
        None,
    )?;
    setsockopt(&fd, ReusePort, &true)?;
    setsockopt(&fd, Ipv4PacketInfo, &true)?;
    setsockopt(&fd, RcvBuf, &RECEIVE_BUFFER)?;
    bind(fd.as_raw_fd(), &SockaddrIn::new(0, 0, 0, 0, PORT))?;
    Ok(fd)
}

fn answer_all(fd: &OwnedFd, switch: &Switch, community: &[u8]) -> nix::Result<()> {
    let mut bytes = vec![0_u8; REQUEST];
    let mut control = cmsg_space!(libc::in_pktinfo);
    loop {
        let mut space = [IoSliceMut::new(&mut bytes)];
        let received = recvmsg::<SockaddrIn>(
            fd.as_raw_fd(),
            &mut space,
            Some(&mut control),
            MsgFlags::empty(),
        );
        let (length, from, asked) = match received {
            Ok(message) => {
                let asked = message.cmsgs()?.find_map(|control| match control {
                    ControlMessageOwned::Ipv4PacketInfo(info) => Some(info.ipi_addr),
                    _ => None,
                });
                (message.bytes, message.address, asked)
            }
            Err(nix::Error::EINTR) => continue,
            Err(error) => return Err(error),
        };
        let (Some(from), Some(asked)) = (from, asked) else {
            continue;
        };
        let address = Ipv4Addr::from(u32::from_be(asked.s_addr));
        let request = bytes.get(..length).unwrap_or_default();
        let Some(reply) = reply(request, switch, community, address) else {
            continue;
        };
        // From the address that was asked; the route decides the interface.
        let source = libc::in_pktinfo {
            ipi_ifindex: 0,
            ipi_spec_dst: asked,
            ipi_addr: asked,
        };
        // A reply that the kernel refuses is a lost one: the other side asks again.
        let _ = sendmsg(
            fd.as_raw_fd(),
            &[IoSlice::new(&reply)],
            &[ControlMessage::Ipv4PacketInfo(&source)],
            MsgFlags::empty(),
            Some(&from),
        );
    }
}

/// The answer; none to another community or to what is no question.
fn reply(bytes: &[u8], switch: &Switch, community: &[u8], address: Ipv4Addr) -> Option<Vec<u8>> {
    let mut message = Message::decode(bytes).ok()?;
    if message.community != community {
        return None;
    }
    let asked = message.pdu;
    let varbinds = match asked.kind {
        PduKind::Get => switch.get(&asked.varbinds, address),
        PduKind::GetNext => switch.next(&asked.varbinds, 1, address),
        PduKind::GetBulk => {
            let repetitions = usize::try_from(asked.error_index).unwrap_or(0);
            switch.next(&asked.varbinds, repetitions, address)
        }
        PduKind::Response | PduKind::Report => return None,
    };
    let missing = varbinds
        .iter()
        .position(|varbind| varbind.value.is_exception());
    message.pdu = Pdu::response(asked.request_id, varbinds);
    // SNMPv1 has no exceptions: the whole request fails (RFC 1157 section 4.1.2).
    if let (Version::V1, Some(place)) = (message.version, missing) {
        message.pdu.varbinds = asked.varbinds;
        for varbind in &mut message.pdu.varbinds {
            varbind.value = Value::Null;
        }
        message.pdu.error_status = 2;
        message.pdu.error_index = i32::try_from(place).unwrap_or(0) + 1;
    }
    Some(message.encode())
}
