//! ARP over Ethernet (RFC 826).

use std::net::Ipv4Addr;

use super::ethernet::{self, Mac};
use crate::reader::{Reader, WireError};

/// Hardware type Ethernet, protocol IPv4, address lengths 6 and 4.
const ETHERNET_IPV4: [u8; 6] = [0, 1, 8, 0, 6, 4];

/// What an ARP packet is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Who has the target address?
    Request,
    /// The sender has its address.
    Reply,
}

/// An ARP packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arp {
    /// Request or reply.
    pub operation: Operation,
    /// The sender's hardware address, which need not be the frame's source.
    pub sender_mac: Mac,
    /// The sender's address, 0.0.0.0 in a probe (RFC 5227).
    pub sender_ip: Ipv4Addr,
    /// The hardware address asked for: zeros in a request.
    pub target_mac: Mac,
    /// The address asked for.
    pub target_ip: Ipv4Addr,
}

impl Arp {
    /// The question who has `target_ip`.
    #[must_use]
    pub fn request(sender_mac: Mac, sender_ip: Ipv4Addr, target_ip: Ipv4Addr) -> Self {
        Self {
            operation: Operation::Request,
            sender_mac,
            sender_ip,
            target_mac: [0; 6],
            target_ip,
        }
    }

    /// The frame to send: a request to everyone, a reply to its target.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let (destination, operation) = match self.operation {
            Operation::Request => (ethernet::BROADCAST, 1_u16),
            Operation::Reply => (self.target_mac, 2),
        };
        let mut frame = ethernet::header(destination, self.sender_mac, ethernet::ARP);
        frame.extend_from_slice(&ETHERNET_IPV4);
        frame.extend_from_slice(&operation.to_be_bytes());
        frame.extend_from_slice(&self.sender_mac);
        frame.extend_from_slice(&self.sender_ip.octets());
        frame.extend_from_slice(&self.target_mac);
        frame.extend_from_slice(&self.target_ip.octets());
        frame
    }

    /// Reads a frame; padding behind the packet is normal.
    ///
    /// # Errors
    /// When it is no ARP request or reply for IPv4 over Ethernet.
    pub fn decode(frame: &[u8]) -> Result<Self, WireError> {
        let what = "the ARP packet";
        let mut reader = ethernet::payload(frame, ethernet::ARP, what)?;
        if reader.array::<6>(what)? != ETHERNET_IPV4 {
            let why = "it is not about IPv4 over Ethernet";
            return Err(WireError::Invalid { what, why });
        }
        let operation = match reader.u16(what)? {
            1 => Operation::Request,
            2 => Operation::Reply,
            _ => {
                let why = "it is neither request nor reply";
                return Err(WireError::Invalid { what, why });
            }
        };
        let address = |reader: &mut Reader<'_>| reader.array::<4>(what).map(Ipv4Addr::from);
        Ok(Self {
            operation,
            sender_mac: reader.array(what)?,
            sender_ip: address(&mut reader)?,
            target_mac: reader.array(what)?,
            target_ip: address(&mut reader)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: Mac = [2, 0, 0, 0, 0, 1];
    const THEIRS: Mac = [2, 0, 0, 0, 0, 2];

    #[test]
    fn a_request_is_the_bytes_of_the_rfc() {
        let ours = Ipv4Addr::new(192, 0, 2, 1);
        let request = Arp::request(OURS, ours, Ipv4Addr::new(192, 0, 2, 9));
        let frame = request.encode();
        let expected = [
            &[0xff; 6][..],
            &OURS,
            &[8, 6, 0, 1, 8, 0, 6, 4, 0, 1],
            &OURS,
            &[192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 192, 0, 2, 9],
        ];
        assert_eq!(frame, expected.concat());
        assert_eq!(Arp::decode(&frame), Ok(request));
    }

    #[test]
    fn a_padded_or_tagged_reply_is_read() {
        let reply = Arp {
            operation: Operation::Reply,
            target_mac: OURS,
            ..Arp::request(
                THEIRS,
                Ipv4Addr::new(192, 0, 2, 9),
                Ipv4Addr::new(192, 0, 2, 1),
            )
        };
        let mut frame = reply.encode();
        assert_eq!(frame[..6], OURS);
        frame.resize(60, 0);
        assert_eq!(Arp::decode(&frame), Ok(reply));
        frame.splice(12..12, [0x81, 0, 0, 10]);
        assert_eq!(Arp::decode(&frame), Ok(reply));
        for end in 0..42 {
            assert!(Arp::decode(&reply.encode()[..end]).is_err(), "{end}");
        }
    }
}
