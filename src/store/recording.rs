//! Recordings as files: ours, gzip or plain, and what clients send.
use super::folder::{RunFolder, StoreError, read};
use crate::transport::read_foreign;
use arpenteur_core::data::sha256_hex;
use arpenteur_core::model::{Recording, RecordingError};
use arpenteur_wire::snmp::VarBind;
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use std::io::{BufWriter, Read, Write};
use std::path::Path;

/// Bytes handed to the compressor at a time.
const PIECE: usize = 64 * 1024;
/// Largest recording once unpacked, bytes: a small file must not fill the memory.
const LARGEST: u64 = 4 << 30;

/// What a file of evidence holds.
pub enum Evidence {
    /// A recording of ours, and the hash of its bytes.
    Ours(Box<Recording>, String),
    /// Objects of one device, the number of lines that could not be read, and the hash.
    Foreign(Vec<VarBind>, usize, String),
}

/// Reads a recording, a `.snmprec` file or `snmpwalk -On` output.
///
/// # Errors
/// Where the file is none of these, or newer than this program.
pub fn read_evidence(path: &Path) -> Result<Evidence, StoreError> {
    let packed = read(path)?;
    let wrong = |reason: String| StoreError::Evidence {
        path: path.to_owned(),
        reason,
    };
    let hash = sha256_hex(&packed);
    let bytes = if packed.starts_with(&[0x1f, 0x8b]) {
        let mut bytes = Vec::new();
        let unpacked = MultiGzDecoder::new(packed.as_slice())
            .take(LARGEST)
            .read_to_end(&mut bytes);
        unpacked.map_err(|error| wrong(format!("damaged gzip: {error}")))?;
        bytes
    } else {
        packed
    };
    match Recording::parse(&bytes) {
        Ok(recording) => Ok(Evidence::Ours(Box::new(recording), hash)),
        Err(RecordingError::NotARecording) => match read_foreign(&bytes) {
            Ok((objects, unread)) => Ok(Evidence::Foreign(objects, unread, hash)),
            Err(error) => Err(wrong(error.to_string())),
        },
        Err(error) => Err(wrong(error.to_string())),
    }
}

/// Writes a run's recording in its canonical form, compressed, whole or not at all.
///
/// # Errors
/// Where the system refuses.
pub fn write_recording(run: &RunFolder, recording: &Recording) -> Result<(), StoreError> {
    let packed = || {
        // No time stamp in the gzip header: the same recording gives the same bytes.
        // The encoder starts anew at every write: it gets large pieces.
        let packer = GzEncoder::new(Vec::new(), Compression::default());
        let mut packer = BufWriter::with_capacity(PIECE, packer);
        for line in recording.lines() {
            serde_json::to_writer(&mut packer, &line)?;
            packer.write_all(b"\n")?;
        }
        packer
            .into_inner()
            .map_err(std::io::IntoInnerError::into_error)?
            .finish()
    };
    let packed = packed().map_err(StoreError::io("pack", run.path()))?;
    run.write_recording(&packed).map(drop)
}
