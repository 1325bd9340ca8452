//! A JUnit test report: the XML that Ant's `junitreport` task started and build servers read. It
//! has no standard; what is written here is what its readers have in common.
use super::verdict::{Audit, Subject, severity_name, values};
use crate::model::{Finding, Outcome, RunResults};
use crate::report::{Messages, plain};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io;
use uuid::Uuid;

/// Tests of a suite by what they came to.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Counts {
    fn of(findings: &[&Finding]) -> Self {
        let mut counts = Self::default();
        for finding in findings {
            counts.tests += 1;
            match Status::of(finding) {
                Status::Passed => {}
                Status::Failed => counts.failures += 1,
                Status::Broken => counts.errors += 1,
                Status::Skipped => counts.skipped += 1,
            }
        }
        counts
    }

    fn attributes(self) -> [(&'static str, String); 4] {
        [
            ("tests", self.tests.to_string()),
            ("failures", self.failures.to_string()),
            ("errors", self.errors.to_string()),
            ("skipped", self.skipped.to_string()),
        ]
    }
}

/// The four things that a test can come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Passed,
    Failed,
    Broken,
    Skipped,
}

impl Status {
    fn of(finding: &Finding) -> Self {
        match finding.outcome {
            Outcome::Pass => Self::Passed,
            Outcome::Fail if finding.waived.is_some() => Self::Skipped,
            Outcome::Fail => Self::Failed,
            Outcome::Error { .. } => Self::Broken,
            Outcome::Unknown { .. } | Outcome::NotApplicable => Self::Skipped,
        }
    }
}

/// One suite per device or site, one test per check, texts in the language of `messages`: the
/// same results give the same bytes. A failure that an approved exception covers is skipped.
#[must_use]
pub fn junit(results: &RunResults, messages: &Messages) -> String {
    let audit = Audit::new(results, messages);
    // Writing to memory does not fail, and everything written is UTF-8.
    let bytes = write(&audit).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

fn write(audit: &Audit<'_>) -> io::Result<Vec<u8>> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all: Vec<&Finding> = audit.results.findings.iter().collect();
    let mut root = element("testsuites", &[("name", "Arpenteur")]);
    push(&mut root, &Counts::of(&all).attributes());
    xml.write_event(Event::Start(root))?;
    for (number, (asset, findings)) in suites(&all).into_iter().enumerate() {
        suite(&mut xml, audit, number, asset, &findings)?;
    }
    xml.write_event(Event::End(BytesEnd::new("testsuites")))?;
    let mut bytes = xml.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

/// Findings by asset, in the order of the results.
fn suites<'a>(findings: &[&'a Finding]) -> Vec<(Uuid, Vec<&'a Finding>)> {
    let mut suites: Vec<(Uuid, Vec<&Finding>)> = Vec::new();
    for finding in findings {
        match suites.last_mut() {
            Some((asset, suite)) if *asset == finding.asset => suite.push(finding),
            _ => suites.push((finding.asset, vec![finding])),
        }
    }
    suites
}

fn suite(
    xml: &mut Writer<Vec<u8>>,
    audit: &Audit<'_>,
    number: usize,
    asset: Uuid,
    findings: &[&Finding],
) -> io::Result<()> {
    let subject = audit.subject(asset, "");
    let name = audit.name(&subject);
    let full_name = place(audit, &subject);
    let number = number.to_string();
    let at = audit.results.as_of.to_string();
    let attributes = [
        ("name", full_name.as_str()),
        ("id", &number),
        ("hostname", &name),
        ("timestamp", at.trim_end_matches('Z')),
        ("time", "0"),
    ];
    let mut start = element("testsuite", &attributes);
    push(&mut start, &Counts::of(findings).attributes());
    xml.write_event(Event::Start(start))?;
    xml.write_event(Event::Start(element("properties", &[])))?;
    for (name, value) in [
        ("arpenteur_id", asset.to_string()),
        ("site", plain(subject.site)),
    ] {
        let property = element("property", &[("name", name), ("value", &value)]);
        xml.write_event(Event::Empty(property))?;
    }
    xml.write_event(Event::End(BytesEnd::new("properties")))?;
    for finding in findings {
        case(xml, audit, &full_name, finding)?;
    }
    xml.write_event(Event::End(BytesEnd::new("testsuite")))
}

fn case(
    xml: &mut Writer<Vec<u8>>,
    audit: &Audit<'_>,
    class: &str,
    finding: &Finding,
) -> io::Result<()> {
    let name = format!("{} {}", finding.check, audit.title(&finding.check));
    let attributes = [("classname", class), ("name", &name), ("time", "0")];
    let case = element("testcase", &attributes);
    let said = audit.statement(&finding.check, &finding.outcome);
    let severity = severity_name(finding.severity);
    match Status::of(finding) {
        Status::Passed => return xml.write_event(Event::Empty(case)),
        Status::Failed => {
            xml.write_event(Event::Start(case))?;
            let start = element("failure", &[("message", &said), ("type", severity)]);
            text(xml, start, &details(audit, finding))?;
        }
        Status::Broken => {
            xml.write_event(Event::Start(case))?;
            let start = element("error", &[("message", &said), ("type", "check")]);
            xml.write_event(Event::Empty(start))?;
        }
        Status::Skipped => {
            let waived = finding.waived.as_ref();
            let reason = waived.map_or(said, |waived| audit.exception(waived));
            xml.write_event(Event::Start(case))?;
            xml.write_event(Event::Empty(element("skipped", &[("message", &reason)])))?;
        }
    }
    xml.write_event(Event::End(BytesEnd::new("testcase")))
}

/// Evidence, one line for each item that fails, and how to mend it.
fn details(audit: &Audit<'_>, finding: &Finding) -> String {
    let mut lines = vec![values(&finding.evidence)];
    for item in &finding.items {
        if item.outcome == Outcome::Fail && !item.waived {
            lines.push(format!("{}: {}", plain(&item.item), values(&item.evidence)));
        }
    }
    if let Some(check) = audit.check(&finding.check) {
        lines.push(audit.text(&check.fix));
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

/// Site and device.
fn place(audit: &Audit<'_>, subject: &Subject<'_>) -> String {
    let name = audit.name(subject);
    match subject.device {
        Some(_) if !subject.site.is_empty() => format!("{}/{name}", plain(subject.site)),
        _ => name,
    }
}

fn element<'a>(name: &'a str, attributes: &[(&'a str, &str)]) -> BytesStart<'a> {
    BytesStart::new(name).with_attributes(attributes.iter().copied())
}

fn push(start: &mut BytesStart<'_>, attributes: &[(&str, String)]) {
    for (name, value) in attributes {
        start.push_attribute((*name, value.as_str()));
    }
}

fn text(xml: &mut Writer<Vec<u8>>, start: BytesStart<'_>, text: &str) -> io::Result<()> {
    let end = start.to_end().into_owned();
    xml.write_event(Event::Start(start))?;
    xml.write_event(Event::Text(BytesText::new(text)))?;
    xml.write_event(Event::End(end))
}
