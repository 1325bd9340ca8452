//! The commented `audit.yaml` that `arpenteur init` writes.
use uuid::Uuid;

/// The file's text, with the audit's id and a mandate of three months from `today`.
/// `template` is `templates/audit.LANG.yaml`.
pub fn audit_template(template: &str, id: Uuid, today: jiff::civil::Date) -> String {
    let until = today
        .checked_add(jiff::Span::new().months(3))
        .unwrap_or(today);
    template
        .replace("@ID@", &id.to_string())
        .replace("@FROM@", &today.to_string())
        .replace("@TO@", &until.to_string())
}
