//! Ethernet II frames (IEEE 802.3 §3.2.6).

use crate::reader::{Reader, WireError};

/// A hardware address.
pub type Mac = [u8; 6];

pub(super) const BROADCAST: Mac = [0xff; 6];
pub(super) const ARP: u16 = 0x0806;
pub(super) const IPV6: u16 = 0x86dd;
const VLAN_TAG: u16 = 0x8100;

/// Destination, source and EtherType before a payload.
pub(super) fn header(destination: Mac, source: Mac, ether_type: u16) -> Vec<u8> {
    let mut frame = Vec::with_capacity(96);
    frame.extend_from_slice(&destination);
    frame.extend_from_slice(&source);
    frame.extend_from_slice(&ether_type.to_be_bytes());
    frame
}

/// The payload of a frame with this EtherType, behind one VLAN tag at most.
pub(super) fn payload<'a>(
    frame: &'a [u8],
    ether_type: u16,
    what: &'static str,
) -> Result<Reader<'a>, WireError> {
    let mut reader = Reader::new(frame);
    reader.take(12, what)?;
    let mut found = reader.u16(what)?;
    if found == VLAN_TAG {
        reader.u16(what)?;
        found = reader.u16(what)?;
    }
    if found != ether_type {
        let why = "the frame carries another protocol";
        return Err(WireError::Invalid { what, why });
    }
    Ok(reader)
}

/// The hardware address that sent a frame.
///
/// # Errors
/// When the frame is cut before it.
pub fn source_of(frame: &[u8]) -> Result<Mac, WireError> {
    let mut reader = Reader::new(frame);
    reader.take(6, "the frame")?;
    reader.array("the frame's source")
}
