//! IPv6 neighbour discovery (RFC 4861 §4.3, §4.4) over Ethernet.

use std::net::Ipv6Addr;

use super::ethernet::{self, Mac};
use super::icmp::{fill_checksum, pseudo_header};
use crate::reader::{Reader, WireError};

const ICMPV6: u8 = 58;
const SOLICITATION: u8 = 135;
const ADVERTISEMENT: u8 = 136;
const SOURCE_LINK_LAYER: u8 = 1;
const TARGET_LINK_LAYER: u8 = 2;
/// RFC 4861 §7.1: a packet with another hop limit came through a router.
const HOP_LIMIT: u8 = 255;

/// A neighbour's claim to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advertisement {
    /// The address that it has.
    pub target: Ipv6Addr,
    /// Its hardware address: the option's, or else the frame's source.
    pub mac: Mac,
    /// Whether it says that it is a router.
    pub router: bool,
}

/// The frame that asks who has `target`, to its solicited-node group.
#[must_use]
pub fn solicitation(source_mac: Mac, source: Ipv6Addr, target: Ipv6Addr) -> Vec<u8> {
    let [.., a, b, c] = target.octets();
    let group = Ipv6Addr::from([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, a, b, c]);
    let header = ethernet::header([0x33, 0x33, 0xff, a, b, c], source_mac, ethernet::IPV6);
    let message = message(SOLICITATION, 0, target, SOURCE_LINK_LAYER, source_mac);
    in_ipv6(header, source, group, message)
}

impl Advertisement {
    /// The frame that answers a solicitation from `destination`.
    #[must_use]
    pub fn encode(&self, destination_mac: Mac, destination: Ipv6Addr) -> Vec<u8> {
        let header = ethernet::header(destination_mac, self.mac, ethernet::IPV6);
        let solicited = 0x40;
        let flags = if self.router {
            0x80 | solicited
        } else {
            solicited
        };
        let message = message(
            ADVERTISEMENT,
            flags,
            self.target,
            TARGET_LINK_LAYER,
            self.mac,
        );
        in_ipv6(header, self.target, destination, message)
    }

    /// Reads a frame.
    ///
    /// # Errors
    /// When it is no neighbour advertisement of this very link.
    pub fn decode(frame: &[u8]) -> Result<Self, WireError> {
        let (flags, target, mut options) = open(frame, ADVERTISEMENT)?;
        let mut mac = super::source_of(frame)?;
        while !options.is_empty() {
            let what = "a neighbour discovery option";
            let kind = options.u8(what)?;
            let length = usize::from(options.u8(what)?) * 8;
            let why = "its length is zero";
            let rest = length
                .checked_sub(2)
                .ok_or(WireError::Invalid { what, why })?;
            let mut content = options.sub(rest, what)?;
            if kind == TARGET_LINK_LAYER {
                mac = content.array(what)?;
            }
        }
        let router = flags & 0x80 != 0;
        Ok(Self {
            target,
            mac,
            router,
        })
    }
}

/// The address that a solicitation asks for.
///
/// # Errors
/// When the frame is no neighbour solicitation.
pub fn solicited(frame: &[u8]) -> Result<Ipv6Addr, WireError> {
    open(frame, SOLICITATION).map(|(_, target, _)| target)
}

fn message(kind: u8, flags: u8, target: Ipv6Addr, option: u8, mac: Mac) -> Vec<u8> {
    let mut message = vec![kind, 0, 0, 0, flags, 0, 0, 0];
    message.extend_from_slice(&target.octets());
    message.extend_from_slice(&[option, 1]);
    message.extend_from_slice(&mac);
    message
}

fn in_ipv6(
    mut frame: Vec<u8>,
    source: Ipv6Addr,
    destination: Ipv6Addr,
    mut message: Vec<u8>,
) -> Vec<u8> {
    let sum = pseudo_header(source, destination, message.len());
    fill_checksum(&mut message, sum);
    // Our messages have 32 bytes.
    frame.extend_from_slice(&[0x60, 0, 0, 0, 0, message.len() as u8, ICMPV6, HOP_LIMIT]);
    frame.extend_from_slice(&source.octets());
    frame.extend_from_slice(&destination.octets());
    frame.extend_from_slice(&message);
    frame
}

/// Flags, target and options of a neighbour message of this kind.
fn open(frame: &[u8], kind: u8) -> Result<(u8, Ipv6Addr, Reader<'_>), WireError> {
    let what = "the neighbour message";
    let mut packet = ethernet::payload(frame, ethernet::IPV6, what)?;
    let [first, ..] = packet.array::<4>(what)?;
    let length = usize::from(packet.u16(what)?);
    let next_header = packet.u8(what)?;
    let hop_limit = packet.u8(what)?;
    packet.take(32, what)?;
    if first >> 4 != 6 || next_header != ICMPV6 || hop_limit != HOP_LIMIT {
        let why = "it is not ICMPv6 of this link";
        return Err(WireError::Invalid { what, why });
    }
    let mut message = packet.sub(length, what)?;
    let found = message.u8(what)?;
    if found != kind {
        return Err(WireError::Unexpected { what, found });
    }
    message.take(3, what)?;
    let [flags, ..] = message.array::<4>(what)?;
    let target = Ipv6Addr::from(message.array::<16>(what)?);
    Ok((flags, target, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: Mac = [2, 0, 0, 0, 0, 1];
    const THEIRS: Mac = [2, 0, 0, 0, 0, 2];

    fn addresses() -> (Ipv6Addr, Ipv6Addr) {
        ("fe80::1".parse().unwrap(), "fe80::aa:bbcc".parse().unwrap())
    }

    #[test]
    fn a_solicitation_goes_to_the_right_group() {
        let (ours, theirs) = addresses();
        let frame = solicitation(OURS, ours, theirs);
        assert_eq!(frame.len(), 14 + 40 + 32);
        assert_eq!(frame[..6], [0x33, 0x33, 0xff, 0xaa, 0xbb, 0xcc]);
        let group: Ipv6Addr = "ff02::1:ffaa:bbcc".parse().unwrap();
        assert_eq!(frame[38..54], group.octets());
        assert_eq!(solicited(&frame), Ok(theirs));
        // Worked out by hand from RFC 1071 over pseudo header and message.
        let words: Vec<u16> = frame[54..]
            .chunks(2)
            .chain(frame[22..54].chunks(2))
            .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
            .collect();
        let sum: u64 = words.iter().map(|word| u64::from(*word)).sum::<u64>() + 32 + 58;
        assert_eq!((sum & 0xffff) + (sum >> 16), 0xffff);
    }

    #[test]
    fn an_advertisement_comes_back() {
        let (ours, theirs) = addresses();
        let claim = Advertisement {
            target: theirs,
            mac: THEIRS,
            router: true,
        };
        let frame = claim.encode(OURS, ours);
        assert_eq!(Advertisement::decode(&frame), Ok(claim));
        for end in 0..frame.len() {
            assert!(Advertisement::decode(&frame[..end]).is_err(), "{end}");
        }
        let mut routed = frame.clone();
        routed[21] = 64;
        assert!(Advertisement::decode(&routed).is_err());
        let mut endless = frame.clone();
        endless[79] = 0;
        assert!(Advertisement::decode(&endless).is_err());
        // Without the option the frame's source counts.
        let mut bare = frame;
        bare.truncate(78);
        bare[19] = 24;
        assert_eq!(Advertisement::decode(&bare), Ok(claim));
    }
}
