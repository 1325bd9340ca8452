//! The ledger as CSV (RFC 4180): what the client receives.
use crate::model::LedgerRow;

/// One line per target, protocol and port; `packets` are datagrams, and connections of TCP.
#[must_use]
pub fn ledger_csv(rows: &[LedgerRow]) -> String {
    let mut out = "site,address,protocol,port,packets,logins,failed_logins\r\n".to_owned();
    for row in rows {
        let cells = [
            row.target.site.to_string(),
            row.target.locator.to_string(),
            row.protocol.as_str().to_owned(),
            row.port.to_string(),
            row.packets.to_string(),
            row.logins.to_string(),
            row.failed_logins.to_string(),
        ];
        out.push_str(&cells.map(|cell| super::csv::quoted(&cell)).join(","));
        out.push_str("\r\n");
    }
    out
}
