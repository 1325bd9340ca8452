//! NTP as a client of one question (RFC 5905).

use crate::reader::{Reader, WireError};

/// Octets of a packet without extensions.
const LENGTH: usize = 48;
/// Version 4, mode 3: a client's.
const CLIENT: u8 = (4 << 3) | 3;
const MODE_SERVER: u8 = 4;
const UNSYNCHRONISED: u8 = 3;

/// Seconds since 1900 in the upper half, their fractions in the lower (RFC 5905 §6). Era 0
/// ends in 2036; differences are right across its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Time(pub u64);

impl Time {
    /// From microseconds since 1970.
    #[must_use]
    pub fn from_unix_micros(micros: i64) -> Self {
        const FROM_1900: i64 = 2_208_988_800;
        let seconds = micros.div_euclid(1_000_000).wrapping_add(FROM_1900);
        let fraction = (micros.rem_euclid(1_000_000) << 32) / 1_000_000;
        Self(((seconds << 32) | fraction).cast_unsigned())
    }

    /// Microseconds from `earlier` to this, wrapped into ±68 years.
    #[must_use]
    pub fn micros_since(self, earlier: Self) -> i64 {
        let difference = i128::from(self.0.wrapping_sub(earlier.0).cast_signed());
        // 2^63 * 10^6 / 2^32 is far inside an i64.
        i64::try_from((difference * 1_000_000) >> 32).unwrap_or(i64::MAX)
    }
}

/// What a server answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// 1 is a primary server, 16 unsynchronised; 0 a refusal ("kiss of death").
    pub stratum: u8,
    /// Whether the server says that its clock follows a reference.
    pub synchronised: bool,
    /// Reference id: the server's own server as IPv4 address, a hash of an IPv6 address, or
    /// four letters at stratum 1.
    pub reference: [u8; 4],
    /// The time that we gave as ours (T1).
    pub originate: Time,
    /// When the request came in (T2).
    pub receive: Time,
    /// When the answer left (T3).
    pub transmit: Time,
}

impl Answer {
    /// Offset of the server's clock and round trip, microseconds (RFC 5905 §8); `arrived` is T4.
    #[must_use]
    pub fn offset(&self, arrived: Time) -> (i64, i64) {
        let there = self.receive.micros_since(self.originate);
        let back = self.transmit.micros_since(arrived);
        let offset = i128::midpoint(i128::from(there), i128::from(back));
        let away = i128::from(arrived.micros_since(self.originate));
        let inside = i128::from(self.transmit.micros_since(self.receive));
        let narrow = |wide: i128| i64::try_from(wide).unwrap_or(i64::MAX);
        (narrow(offset), narrow((away - inside).max(0)))
    }
}

/// A question that carries our time.
#[must_use]
pub fn request(now: Time) -> [u8; LENGTH] {
    let mut packet = [0; LENGTH];
    let (head, transmit) = packet.split_at_mut(LENGTH - 8);
    if let Some(first) = head.first_mut() {
        *first = CLIENT;
    }
    transmit.copy_from_slice(&now.0.to_be_bytes());
    packet
}

/// Reads a server's answer.
///
/// # Errors
/// When it is too short or not a server's.
pub fn parse(bytes: &[u8]) -> Result<Answer, WireError> {
    let what = "the NTP answer";
    let mut reader = Reader::new(bytes);
    let first = reader.u8(what)?;
    if first & 7 != MODE_SERVER {
        let why = "it is not a server's";
        return Err(WireError::Invalid { what, why });
    }
    let stratum = reader.u8(what)?;
    reader.take(10, what)?; // poll, precision, root delay and dispersion
    let reference = reader.array(what)?;
    reader.take(8, what)?; // reference timestamp
    let mut time = || {
        let octets = reader.array(what)?;
        Ok::<_, WireError>(Time(u64::from_be_bytes(octets)))
    };
    Ok(Answer {
        stratum,
        synchronised: first >> 6 != UNSYNCHRONISED && (1..16).contains(&stratum),
        reference,
        originate: time()?,
        receive: time()?,
        transmit: time()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(t1: i64, t2: i64, t3: i64) -> Vec<u8> {
        let mut bytes = vec![
            (4 << 3) | 4,
            2,
            6,
            0xe9,
            0,
            0,
            0,
            1,
            0,
            0,
            0,
            1,
            192,
            0,
            2,
            1,
        ];
        for micros in [t2, t1, t2, t3] {
            bytes.extend(Time::from_unix_micros(micros).0.to_be_bytes());
        }
        bytes
    }

    #[test]
    fn offset_and_round_trip_come_from_four_times() {
        let base = 1_800_000_000_000_000;
        let read = parse(&answer(base, base + 2_500_000, base + 2_501_000)).unwrap();
        assert!(read.synchronised && read.stratum == 2);
        assert_eq!(read.reference, [192, 0, 2, 1]);
        let (offset, delay) = read.offset(Time::from_unix_micros(base + 3_000));
        assert!((offset - 2_499_000).abs() <= 2, "{offset}");
        assert!((delay - 2_000).abs() <= 2, "{delay}");
    }

    #[test]
    fn a_clock_of_another_era_is_far_off_and_no_panic() {
        let (before, after) = (2_085_978_495_000_000, 2_085_978_497_000_000);
        let wrapped = Time::from_unix_micros(after).micros_since(Time::from_unix_micros(before));
        assert!((wrapped - 2_000_000).abs() <= 2, "{wrapped}");
        let wild = Answer {
            originate: Time(0),
            receive: Time(u64::MAX / 2),
            transmit: Time(u64::MAX),
            ..parse(&answer(0, 0, 0)).unwrap()
        };
        let (offset, delay) = wild.offset(Time(1 << 63));
        assert!(
            delay >= 0 && offset.abs() < i64::MAX / 2,
            "{offset} {delay}"
        );
    }

    #[test]
    fn the_request_is_a_clients_and_other_packets_are_refused() {
        let sent = request(Time(0x0102_0304_0506_0708));
        assert_eq!((sent[0], sent.len()), (0x23, 48));
        assert_eq!(sent[40..], [1, 2, 3, 4, 5, 6, 7, 8]);
        assert!(parse(&sent).is_err() && parse(&[0x24; 47]).is_err());
        assert!(!parse(&[0xe4; 48]).unwrap().synchronised);
    }
}
