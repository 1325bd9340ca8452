# Every word of the report in English. Each key must stand in fr.ftl as well.

### Cover
report-title = Audit and sizing report
edition-technical = Technical committee edition
cover-as-of = State judged on
draft-mark = Draft
draft-why = This report stays a draft as long as these are blank:
incomplete-mark = Audit interrupted: partial results
client = Client
provider = Provider
auditors = Auditors
mandate = Mandate
insurance = Insurance:
signed-by = Signed by
from = from
to = to
and = and
of = of
not-given = not given
colophon = Arpenteur { $version }. State judged on

draft-client = Name of the client
draft-client-name = Name of the client
draft-client-contact = Counterpart at the client
draft-client-legal-id = Registration number of the client
draft-provider = Name of the provider
draft-provider-name = Name of the provider
draft-provider-contact = Counterpart at the provider
draft-provider-legal-id = Registration number of the provider
draft-provider-insurance = Professional insurance policy of the provider
draft-auditors = Names of the auditors
draft-mandate-reference = Reference of the mandate
draft-mandate-signed-by = Signatory of the mandate
draft-mandate-source-addresses = Source addresses of the mandate
draft-third-parties = Dated consent of third parties
draft-declared = Declared items
draft-declared-by = Author of the declarations
draft-incomplete = Audit interrupted before its end

### Key figures
glance = At a glance
glance-devices = devices in the inventory
glance-devices-detail = { $observed } observed, { $declared } declared, { $not_contacted } not contacted (third parties)
glance-assessed = verdicts assessed
glance-assessed-detail = { $unknown } stay unknown, with their reason
glance-score = compliance score
of-100 = / 100
glance-score-detail = Passes ÷ (passes + failures + unknowns), weighted by severity, rounded down. What was not seen counts against the score.
glance-failed = findings to treat
glance-price = Estimated monthly service
per-month-ex-vat = a month, excl. VAT
per-month = a month
glance-interval = 80% interval: from
on-call-included = on-call included
on-call-excluded = without on-call
glance-transition = Transition (once, excl. VAT)
glance-remediation = Remediation (apart, excl. VAT)
glance-apart = Remediation is never counted in the transition.
chart-likely = Likely
chart-low = Low
chart-high = High
chart-all-low = All at lowest:
chart-all-high = All at highest:
chart-interval-title = Monthly price: low { $low }, likely { $likely }, high { $high }
chart-tornado-title = Effect of each line's uncertainty on the monthly price
chart-grid-title = Findings by severity and effort of the fix
chart-network-title = Drawing of the links between { $count } devices
chart-more = … and { $count } others

### Contents
contents = Contents
section-scope = Mandate, scope and exclusions
section-method = Method, versions and reserves
section-network = Architecture
section-inventory = Inventory
section-declared = Needs and declared items
section-vigilance = Points of vigilance
section-findings = Findings
section-capacity = Capacity
section-levels = GTI and GTR by device
section-sizing = Sizing
section-transition = Transition
section-remediation = Remediation
section-not-seen = What was not seen
annex-evidence = Annex A. Index of evidence
annex-ledger = Annex B. Ledger of what was sent
annex-complaints = Annex C. Answers not understood

### Scope
scope-intro = The audit was made under mandate “{ $reference }”, valid
scope-sources = Source addresses that the mandate allows:
scope-sources-none = The mandate names no source address.
scope-factory-yes = The mandate allows factory credentials to be tried.
scope-factory-no = The mandate does not allow factory credentials to be tried: checks that depend on them stay unknown.
sites = Sites
site = Site
networks = Networks
exclusions = Exclusions
window = Hours
timezone = Time zone
none = none
any-hour = at any hour
sites-none = No site is declared: nothing could be visited.
exclusions-none = No exclusion is declared.
third-parties = Third parties
third-party = Third party
third-parties-rule = A third party's device is contacted only with that party's dated authorisation; without it, it receives no packet.
third-parties-none = No third party is declared.
declared-devices = Declared devices
authorisation = Authorisation
authorisation-none = none: not contacted

### Method
method-intro = The program walks the networks of the scope, questions each device read-only, joins the answers into an inventory, judges it by a catalogue of checks, then computes the workload. Each result names the exchanges that prove it; the same evidence always gives the same report.
method-rate = Rate limited to { $all } packets a second in all and { $host } to one device.
method-readonly = No SNMP write, no configuration command, no byte to print ports.
evidence-started = First answer
evidence-ended = Last answer
judged-on = Judgement date
addresses-asked = Addresses asked
exchanges-judged = Exchanges judged
addresses-from = Sent from
not-known = not known
credentials = Read accounts
credentials-intro = Accounts given by the client, by name; no value stands in this report.
credentials-none = No account was given: only what devices show to everyone was read.
whole-scope = whole scope
name = Name
kind = Kind
versions = Versions
element = Element
origin = Origin
program = Program
built-in = built into the program
own-file = the user's own file
reserves = Reserves
reserve-view = Ports and services are those seen from the probe's place.
reserve-unknown = Information that was not read gives “unknown”, never “compliant”.
reserve-complete = Every planned address was dealt with.
reserve-incomplete = The audit was interrupted: some addresses were not dealt with.
reserve-privileged = ARP and ICMP were used for discovery.
reserve-unprivileged = ARP and ICMP could not be used: silent devices may have escaped discovery.
reserve-foreign = The evidence comes from files that were supplied: how it was taken is not known.

### Architecture
network-intro = The drawing shows the links that devices announce themselves. Devices without a known link stand in the inventory only.
network-caption = Solid: device of the inventory; dashed: neighbour seen and not reached.
links = Links
links-none = No link: no device that was read announces a neighbour (LLDP absent, closed or not read).
device = Device
port = Port
seen-through = Seen through
evidence = Evidence
neighbours = Neighbours seen and not reached
neighbours-none = None: every announced neighbour is in the inventory, or no neighbour is announced.
addresses = Addresses
description = Description
seen-by = Seen by
layer-outside = Not reached
layer-edge = Edge
layer-switching = Switching
layer-wireless = Wireless
layer-servers = Servers
layer-other = Others

### Inventory
inventory-intro = { $count ->
    [one] { $count } device, by site and class.
   *[other] { $count } devices, by site and class.
    } “not read”: the information could not be read; “–”: the device has none, or was not contacted.
inventory-none = No device answered and none was declared.
count-devices = { $count ->
    [one] { $count } device
   *[other] { $count } devices
    }
address = Address
system = System
model = Model
serial = Serial no.
evidence-level = Evidence level
details = Details
identity = Identity
family = Family
location = Location
role = Role
owner = Owner
criticality = Declared criticality
end-of-support = End of support
tags = Tags
merged = Merged
merged-by = weight { $weight }:
unread = not read

### Declared
declared-by = Declared by
declared-by-nobody = Nobody is named as author of the declarations.
not-declared = not declared
users = Users
workstations = Workstations
older = of which { $count } older than 4 years
coverage-hours = Hours of service
on-call = On-call
services = Declared services
services-none = No service (SaaS, telephony, cloud, video room) is declared.
quantity = Quantity

### Vigilance
points = What needs attention first
points-none = No finding of medium severity or above.
expected = Expected:
point-fails = { $count ->
    [one] Not so on { $count } device.
   *[other] Not so on { $count } devices.
    }
ends-of-support = Ends of support
support-none = No end of support past or within a year is declared.
support-past = past
support-soon = within a year
support-source = Dates declared by the client.
class = Class
state = State

### Findings
findings-intro = { $assessed } of { $total } verdicts assessed: { $pass } pass, { $fail } fail; { $unknown } stay unknown.
findings-none = No check was run.
grid = Severity and effort
grid-caption = Number of findings. Upper left: severe and quickly mended.
checks-summary = Overview
check-sheets = Sheets
check = Check
desired-state = Desired state
severity = Severity
fail = Fail
pass = Pass
unknown = Unknown
not-applicable = Not applicable
error = Error
effort-of-fix = Effort:
check-counts = { $fail } fail, { $pass } pass, { $unknown } unknown, { $not_applicable } not applicable, { $error } error
why = Why.
fix = Fix.
references = References.
values-seen = Values seen
exchanges = Exchanges
check-all-pass = { $count ->
    [one] No failure: the device judged complies.
   *[other] No failure: the { $count } devices judged comply.
    }
check-none-judged = No device could be judged.
check-none-concerned = No device is concerned.
unknown-devices = { $count ->
    [one] { $count } device unknown:
   *[other] { $count } devices unknown:
    }
facts-missing = Information missing:
check-error = Error of the check:

### Capacity
capacity-intro = File systems, memory and processors at the time of the audit. A file system at { $full }% or more is marked.
capacity-none = No device gave its capacity: it is read with an SNMP or SSH account.
capacity-unread = { $count ->
    [one] The capacity of { $count } observed device was not read.
   *[other] The capacity of { $count } observed devices was not read.
    }
capacity-limits = Backups and licences are not collected by this version: they remain to be checked with the client.
processors = Processors
memory = Memory
free = available
filesystem = File system
size = Size
used = Used
nearly-full = nearly full
percentage = { $value }%

### Service levels
levels-intro = GTI: guaranteed time to act. GTR: guaranteed time to restore. Service window:
hours-a-year = hours a year
service-class = Service class
availability = Availability
allowed-downtime = Allowed downtime
recommended = Recommended
tenable = Tenable today
minutes = min
best-effort = best effort
a-year = a year
levels-lower = { $count ->
    [one] { $count } device cannot hold the recommended class today.
   *[other] { $count } devices cannot hold the recommended class today.
    }
levels-all-tenable = Every device can hold the recommended class today.
restore-reserve = Under reserve: no restore was demonstrated.
by-device = By device
what-blocks = What blocks
levels-none = No device in scope has a service class.

### Sizing
sizing-intro = Workload and price of one month of service, excluding VAT. Each volume is observed, declared or a default; coefficients are those of the model named at the end of the section.
interval-caption = Band: 80% interval. Mark: likely value. Axis: all coefficients at their lowest, all at their highest.
volumes = Volumes
volumes-intro = { $in_scope } devices in scope, { $third_party } managed by third parties and not sized.
observed = Observed
declared = Declared
sized = Sized
past-support = Past support
at-third-party = At a third party
counts-none = No device to size.
lines = Lines of the service
line = Line
hours = Hours
euros-ex-vat = Euros excl. VAT
low-high = Low – high
on-call-fee = On-call fee
total = Total
total-per-month = Total a month
rounding = Exact decimal arithmetic, intermediate values unrounded; rounded to the nearest at print, half up. A sum of printed values may thus differ from the total by a cent.
total-interval = The interval of the total is at 80%: it is narrower than the sum of the lines' bounds.
lines-detail = Detail of each line
item = Item
line-empty = Nothing to count on this line.
profiles = Profiles
profile = Profile
on-call-detail = Devices covered: { $devices }; a month:
fte = Full-time equivalents:
tickets = Tickets a month:
uncertainty = Uncertainty
uncertainty-intro = Devices read with an account: { $authenticated }; recognised without: { $unauthenticated }; not recognised: { $unknown }; items known by declaration alone: { $declared }. Visibility
widening = the interval is widened by a factor of
low = Low
likely = Likely
high = High
all-low = All low
all-high = All high
hours-per-month = Hours a month
euros-per-month = Euros a month
reasons-intro = What widens the interval:
reasons-none = Nothing widens the interval.
reason-not-authenticated = { $count ->
    [one] { $count } device seen without an account or not recognised.
   *[other] { $count } devices seen without an account or not recognised.
    }
reason-declared-only = { $count ->
    [one] { $count } item known by declaration alone.
   *[other] { $count } items known by declaration alone.
    }
reason-no-ticket-history = No ticket history of the client: ticket volumes are the model's. This is the first lever.
reason-assumed-coefficients = { $count ->
    [one] { $count } coefficient rests on an assumption to be calibrated.
   *[other] { $count } coefficients rest on an assumption to be calibrated.
    }
tornado-caption = By how much each line, alone, moves the monthly price.
scopes = By contract
scopes-intro = The same estate, by type of contract.
scopes-none = The model defines no type of contract.
scope = Contract
cross-checks = Comparison with published ratios
cross-checks-intro = As a control; never used in the calculation.
cross-checks-none = The model quotes no published ratio.
ratio = Ratio
here = Here
published = Published
verdict = Position
published-by = Source
coefficients = Coefficients
coefficients-built-in = Model built into the program: no coefficient was changed.
coefficients-own = The user's own model: its coefficients differ from those built into the program.

### Transition and remediation
transition-intro = Work done once, when the estate is taken over. No hour in it comes from a finding.
transition-none = Nothing to take over: no device is sized.
between = between
remediation-intro = Mending the findings, later and apart: never added to the transition or to the monthly service.
remediation-none = No finding to mend.
effort = Effort
findings-count = Findings
project-quotes = { $count ->
    [one] { $count } finding goes to a project quote and is not counted in these hours.
   *[other] { $count } findings go to a project quote and are not counted in these hours.
    }

### Not seen
not-seen-intro = What this report cannot assert, and why.
not-seen-here = In this audit
not-seen-none = Nothing to report: every expected device answered and was read.
not-judged = Unknown verdicts, by reason
not-judged-none = None: every check was judged.
general-reserves = Reserves of every audit of this kind
reason = Reason
verdicts = Verdicts
not-seen-third-party-device = Third parties' devices, not contacted
not-seen-not-authenticated = Devices that let nobody in
not-seen-not-recognised = Devices not recognised
not-seen-neighbour = Neighbours announced and not reached
not-seen-declared-not-found = Devices declared and not found
not-seen-excluded = Excluded ranges
not-seen-unprivileged = Discovery without ARP and ICMP
not-seen-interrupted = Audit interrupted
not-seen-detail-unprivileged = Silent devices may have escaped discovery.
not-seen-detail-interrupted = Some planned addresses were not dealt with.
general-reserve-off-or-unreachable = Devices off or unreachable during the audit
general-reserve-unrouted-vlans = VLANs not routed to the probe
general-reserve-refused-protocols = Protocols that devices refused
general-reserve-cloud-services = SaaS, cloud services and hosted telephony
general-reserve-remote-workers = Remote workers' computers
general-reserve-contracts-licences-tickets = Contracts, licences owned and ticket history
general-reserve-restore-capability = Whether a backup can really be restored
general-reserve-third-party-devices = Devices managed by third parties

### Annexes
annex-evidence-intro = Times in UTC. The exchange numbers quoted in the findings name exchanges of the recording whose digest follows.
audit-id = Id of the audit
sources-none = No data file is named.
left-out = Evidence left out
left-out-intro = Evidence received for addresses that the scope does not allow: it was not judged.
left-out-none = None: all evidence comes from allowed addresses.
target = Target
ledger-intro = Packets sent (TCP: connections opened) and logins tried, per target.
ledger-none = Nothing sent: the evidence comes from a recording, or nothing was sent.
packets = Total
logins = Logins
failed-logins = refused
complaints-intro = Answers that the program could not interpret, in its own terms.
complaints-none = None: every answer was understood.
complaint = Message

### Closed lists
severity-critical = Critical
severity-high = High
severity-medium = Medium
severity-low = Low
severity-info = Information
effort-S = S – small
effort-M = M – medium
effort-L = L – large
effort-XL = XL – very large
effort-Project = Project
confidence-certain = certain
confidence-likely = likely
confidence-heuristic = heuristic
unread-not-authorised = not authorised by the mandate
unread-no-credentials = no account given
unread-denied = refused by the device
unread-timeout = no answer in time
unread-parse-failed = answer not understood
unread-unsupported = the device cannot answer this
unread-not-collected = not asked
unread-not-enough-samples = too few samples
unread-stale = reading too old
level-authenticated = read with an account
level-unauthenticated = seen without an account
level-declared = declared
level-unknown = not recognised
level-not-contacted = not contacted
credential-snmp-v1 = SNMP v1 community
credential-snmp-v2c = SNMP v2c community
credential-snmp-v3 = SNMP v3 user
credential-ssh = SSH account
source-catalogue = Catalogue of checks
source-families = Device families
source-sizing = Sizing model
source-classes = Device classes
source-recording = Recording of the evidence
protocol-lldp = LLDP
chart-devices = { $count } devices
protocol-cdp = CDP
protocol-fdb = learnt address
identity-serial-num = serial number
identity-machine-id = machine-id
identity-engine-id = SNMP engine
identity-mac-address = MAC address
identity-chassis-id = chassis
identity-hostname = host name
identity-locator = address
identity-ssh-host-key = SSH host key
identity-address-table = address table
identity-product-uuid = product UUID
identity-declared = declaration
coverage-business-hours = business hours
coverage-extended = extended hours
coverage-always = 24 hours a day, 7 days a week
on-call-wish-yes = wanted for class A
on-call-wish-no = declined
on-call-wish-not-declared = not declared
service-saas = SaaS
service-telephony = Telephony
service-cloud = Cloud
service-video-rooms = Video room
criticality-A = the business stops
criticality-B = an important service is down
criticality-C = degraded comfort of a group
criticality-D = best effort
role-core = network core
role-access = access
role-directory = directory
role-database = database
role-business-application = business application
role-backup = backup
role-production = production
role-print = printing
origin-observed = observed
origin-declared = declared
origin-default = default
level-origin-observed = inferred
level-origin-declared = declared
level-origin-default = inferred
tenable-end-of-support = past end of support
profile-technician = Technician
profile-administrator = Administrator
profile-engineer = Engineer
profile-architect = Architect
profile-project-lead = Technical project lead
line-l1 = Preventive, workstations and peripherals
line-l2 = Preventive, infrastructure
line-l3 = Users' tickets
line-l4 = Reactive, devices
line-l5 = Presence on site
line-l6 = Coordination of third parties
line-l7 = Compliance audit
line-l8 = Governance
line-l9 = On-call
level-of-service-governance = Governance
level-of-service-on-call = On-call
input-users = Users
input-old-workstations = Workstations older than 4 years
input-sites = Sites
input-third-parties = Third parties
item-tickets-n1 = Tickets solved by N1
item-ticket-intake = Intake by N1 of the tickets of N2 and N3
item-tickets-n2 = Tickets solved by N2
item-tickets-n3 = Tickets solved by N3
item-users = Users
item-sites = Sites
item-third-parties = Third parties
item-reaudit = Re-audit of the estate
item-committees = Committees
item-call-outs = Class A devices under on-call
item-shadowing = Shadowing of the outgoing team
item-briefing = Briefing of N1
item-management = Management of the transition
on-call-reason-requested = On-call asked for by the client.
on-call-reason-coverage = On-call required: a class A device is covered beyond business hours.
on-call-reason-declined = On-call declined by the client.
on-call-reason-not-needed = No class A device asks for on-call.
contract-globale = Full outsourcing
contract-support = User support
contract-infrastructure = Infrastructure
contract-renfort-n2n3 = N2/N3 reinforcement
ratio-price-per-user = Euros a month per user
ratio-users-per-fte = Users per full-time equivalent
ratio-endpoints-per-fte = Workstations and servers per full-time equivalent
ratio-reactive-hours-per-endpoint = Reactive hours a month per workstation or server
ratio-transition-in-monthly-fees = Transition in monthly fees
verdict-below = below
verdict-within = within
verdict-above = above
verdict-not-computable = not computable
remark-cautious-first-year = Cautious: first year after a take-over.
remark-estate-to-clean-up = The take-over costs more than one monthly fee: estate to clean up.
framework-anssi-hygiene = ANSSI hygiene guide
framework-cis-v8 = CIS Controls v8
framework-iso27001-2022 = ISO/IEC 27001:2022
framework-nis2-21-2 = NIS 2, art. 21.2
denial-unknown-site = unknown site
denial-out-of-scope = out of scope
denial-excluded = excluded
denial-third-party-without-authorisation = third party without authorisation
denial-not-a-host-address = not a host address
denial-outside-the-site-s-hours = outside the site's hours
denial-outside-the-mandate-s-dates = outside the mandate's dates

### Dates and units
date = { $day } { $month } { $year }
datetime = { $date }, { $time } ({ $zone })
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
unit-b = { $value } B
unit-kib = { $value } KiB
unit-mib = { $value } MiB
unit-gib = { $value } GiB
unit-tib = { $value } TiB

## Command line: messages
cli-init-written = { $file } is written: fill it in, then run `arpenteur plan`.
cli-replay-only = audit.yaml names recordings to replay (replay:): no packet will be sent.
cli-replaying = Replaying recordings: no network connection is opened.
cli-unprivileged = Without privilege: { $reason }. ARP and ICMP will not be used; silent devices may be missed.
cli-unread-lines = { $file }: { $count } lines could not be read and were left out.
cli-plan-site = Site { $site }: { $targets } addresses to ask, { $excluded } excluded.
cli-plan-third-party = { "  " }Third party without authorisation "{ $party }": { $count } addresses never contacted.
cli-plan-credentials = { "  " }Credentials tried, in this order: { $names }.
cli-plan-closed = { "  " }At this moment nothing would be sent: { $reason }.
cli-plan-probes = Probes: ARP on attached networks, ICMP echo, SNMP (UDP 161), TFTP (UDP 69), TCP { $ports }.
cli-plan-total = In all: { $targets } addresses, { $min } to { $max } packets, at most { $logins } refused logins, { $shortest } to { $longest } s.
cli-plan-overlap = Note: sites { $a } and { $b } share addresses; their devices are told apart by site.
cli-found = Found: { $target }
cli-finished = Finished: { $target }
cli-progress = { $done }/{ $total } addresses, { $hosts } devices
cli-progress-hosts = { $hosts } devices
cli-interrupted = Interrupted: what was seen is kept and marked incomplete. `arpenteur resume { $dir }` finishes and repeats nothing.
cli-scanned = Evidence recorded in { $dir }
cli-audited = { $devices } devices; { $assessed } checks assessed of { $total }; { $fail } failed, { $unknown } unknown.
cli-sized = Monthly workload: { $likely } (between { $low } and { $high }).
cli-report = Report: { $file }
cli-exported = Written: { $file }
cli-explain-families = Recognised as { $families }
cli-explain-absent = absent
cli-explain-unread = not read: { $why }
cli-explain-disagreed = otherwise: { $value } ({ $sure }; { $by })
cli-explain-items = { $count } items
cli-explain-single = One address: nothing was merged.
cli-explain-undo = To undo a merge, list the addresses under declared.separate_devices in audit.yaml; to force one, under declared.same_device.
cli-explain-one = One device: { $weight } (from { $enough } on).
cli-explain-two = Two devices: { $weight } (one from { $enough } on).
cli-explain-several = Several devices are called "{ $name }": name one by its address.
cli-tests-passed = { $count } tests passed.
cli-tests-failed = { $failed } tests failed of { $count }.
cli-mutant-survives = { $check }: no test of its own notices this change: { $change }
cli-mutants = { $count } changes made on purpose, { $survivors } unnoticed.
cli-lint-clean = Nothing to object to: { $count } files.
cli-family-recognise = Recognised by:
cli-family-ask = Asks:
cli-family-read = Reads:
cli-unknown-id = "{ $id }" is not known.

## Help
help = Automated audit and inventory scanner for IT outsourcing providers
help-init = Write a commented audit.yaml
help-plan = Say what a scan would send; sends nothing
help-scan = Scan: the only command that sends audit traffic
help-audit = Scan, judge, size and report
help-audit-last = Judge the newest run again; sends nothing
help-audit-replay = Take evidence from recordings, .snmprec files or snmpwalk output; sends nothing
help-audit-config = Add a network device's running configuration to the evidence; @ADDRESS: of the device there, else of the one that the file names
help-audit-offline = Send nothing: judge the files alone
help-resume = Finish an interrupted run, then judge, size and report
help-export = Export the newest run's results
help-export-to = Format: everything (json), the inventory (csv), the verdicts (sarif, junit, oscal)
help-export-out = Folder to write into
help-checks = The catalogue of checks
help-checks-list = List every check
help-checks-explain = Say why a check says what it says of a device
help-checks-explain-id = Check id, such as SSH-006
help-checks-test = Run the tests inside the checks
help-checks-test-ids = Check ids; all of them where none is given
help-checks-test-mutants = Also break every stable check on purpose: its own tests must notice
help-checks-lint = Look for what a reviewer would object to
help-identify = Say what recorded devices are
help-identify-files = Recordings, .snmprec files or snmpwalk output
help-identify-jsonl = Print one JSON line for each device
help-explain = Show what an answer rests on
help-explain-device = Every fact of a device, with its evidence and what disagreed
help-explain-device-path = The audit folder, or a recording of one device
help-explain-device-device = Name, address or id of a device of the audit folder
help-explain-merge = Why addresses are one device, or are not
help-explain-merge-device = An address, or the name or id of a device
help-explain-merge-other = Another address: why the two are one device or two
help-families-read = Print the facts that a family reads from the output of commands
help-families-read-id = Family id, such as cisco/ios
help-families-read-outputs = A command line and the file that holds its output, such as "show version=version.txt"
help-families-docs = Write a page in Markdown for each family
help-families-docs-out = Folder to write into
help-families-lint = Look for what a reviewer would object to
help-identify-banner = The files hold greetings of services: JSON lines with protocol and banner, or protocol TAB banner
help-banners = The greetings of services
help-banners-list = List the protocols and their number of fingerprints
help-banners-test = Compile the patterns and run the examples
help-banners-explain = Say what a greeting tells
help-banners-explain-protocol = Protocol, such as ssh
help-banners-explain-text = The greeting
help-families = The families of devices
help-families-list = List every family
help-families-explain = Explain one family
help-families-explain-id = Family id, such as net-snmp/linux
help-families-test = Run the examples inside the families
help-models = The sizing model and the device classes
help-models-lint = Check the models
help-models-explain = Print the device classes
help-schema = Print a published schema
help-schema-which = Which one
help-option-dir = The audit folder
help-option-lang = Language of messages, fr or en; default: that of the locale
help-option-json = Print results as JSON
help-option-quiet = Print errors only
help-option-verbose = Say more; twice: every question
cli-store-unusable = The store cannot be used; the audit goes on with the folder’s files alone. { $reason }
help-option-store = Store of the runs: sqlite:PATH or postgres://USER@HOST/DATABASE; default: ARPENTEUR_STORE, else a file of the user
help-history = Say what each run saw of a device, and what changed between runs
help-history-device = Name, address, serial number or id
help-show = List the judged runs, or show a device as the newest run saw it
help-show-device = Name, address, serial number or id
help-store = The store of the runs of all audits
help-store-rebuild = Make the index again from the run folders
help-store-rebuild-dirs = Audit folders, beside those that the store knows
cli-history-unseen = (not seen)
cli-several-devices = Several devices answer to “{ $id }”: name one by its id: { $ids }
cli-show-run = { $date }  { $name }  { $devices } devices, { $failed } failures
cli-show-run-incomplete = { $date }  { $name }  { $devices } devices, { $failed } failures (incomplete)
cli-show-identity = Identity: { $key } { $value }; seen from { $first } to { $last }. Recognised by:
cli-store-folder-gone = { $dir } is not there: its runs stay in the index. If it has moved, name it.
cli-store-left-out = Run { $run } left out: { $reason }
cli-store-rebuilt = { $dir }: { $runs } runs indexed.
device-event-appeared = new
device-event-disappeared = gone
device-event-altered = changed
device-field-name = name
device-field-site = site
device-field-class = class
device-field-state = state
device-field-addresses = addresses
device-field-vendor = vendor
device-field-model = model
device-field-serial = serial number
device-field-os = system
device-field-version = version
device-field-units = stack members
device-field-criticality = criticality
help-gc = Remove old runs; without --apply only say which
help-gc-dir = The audit folder; default: all that the store knows
help-gc-keep = Judged runs that stay, the newest ones
help-gc-apply = Remove them
cli-gc-keep = The newest run is never removed: --keep is at least 1.
cli-gc-would = { $runs } runs would be removed; --apply removes them.
cli-gc-done = { $runs } runs removed.
help-option-data = Folder whose checks/, families/, models/ and templates/ extend or override the built-in files
help-option-allow-inline-secrets = Accept secrets that stand in clear in audit.yaml
help-option-unprivileged = Do not use raw sockets (ARP, ICMP) even where they are allowed
help-option-as-of = Judgement date (RFC 3339); default: the end of the evidence
help-option-fail-on = Exit with 1 where a check of this severity or worse fails; new-…: where it is new or worse than in the run compared with
help-option-profile = The client’s choices: checks, parameters, approved exceptions; default: profile.yaml of the audit folder
help-option-baseline = Compare with this run; default: the newest run judged before
help-exit-codes =
    Exit codes:
      0  complete, no finding at or above --fail-on
      1  findings at or above --fail-on
      2  could not run
      3  incomplete, or a check ended in error

# What changed between two runs.
help-diff = Say what changed between two judged runs
help-diff-before = The earlier run’s folder, or its results.json
help-diff-after = The later run’s folder, or its results.json
cli-drift = { $new } new, { $worsened } worse, { $unchanged } unchanged, { $lost } no longer visible, { $fixed } fixed, { $gone } gone.
change-new = new
change-worsened = worse
change-unchanged = unchanged
change-lost = not visible
change-fixed = fixed
change-gone = gone

# Drift, waivers, access, compliance.
section-drift = What changed since the audit before
drift-since = Compared with the audit of
drift-none = Nothing that failed has changed.
change = Change
items-changed = Items
tiers = What access would answer
tiers-intro = Verdicts that stay unknown, by the access that answers their facts first. The third column counts those that a credential, a permission or a declaration would answer: the first line is what to ask the client for.
access = Access
unknown-verdicts = Unknown
for-want-of-access = For want of access
checks = Checks
devices = Devices
tier-probe = Ports and greetings, without a login
tier-snmp = SNMP credential
tier-login = SSH login, or the configuration as a file
tier-declaration = The client’s declaration
tier-inventory = What the inventory works out
waivers = Approved exceptions
waivers-intro = An exception changes no verdict: it is written beside it. One that has expired or covers nothing is a finding itself (WVR).
waiver-scope = Limited to
everything = everything
approved-by = Approved by
until = Until
covers = Covers
waived = Waived until
waiver-expired = expired
waiver-soon = ends soon
section-compliance = Measures of published frameworks
compliance-intro = The link from our checks to these measures is ours: it is no certification, and no official mapping. A measure asks for more than its checks see.
compliance-coverage = { $assessed } measures assessed of { $supported } that our checks support; the framework has { $measures }.
compliance-silent = Supported, and no verdict here:
measure = Measure
checks-behind = Checks
measure-fail = deviations
measure-unknown = partly unknown
measure-waived = waived
measure-pass = no deviation seen
help-checks-show = Say what one check asks, of whom, why, and how to mend a failure
help-checks-show-id = Check id, such as SSH-006
help-checks-explain-device = Device by name, address or id; a site’s id for a check of the whole site
help-checks-explain-dir = The audit folder
help-checks-new = Write a new check with its tests, to be filled in
help-checks-new-id = Check id with a prefix of your own, such as ACME-001
help-checks-new-out = Data folder to write into (below checks/), as for --data
help-checks-docs = Write the reference of all checks in Markdown, in both languages
help-checks-docs-out = Folder to write into
cli-not-judged = { $check } did not judge { $device }: not selected by the profile, or the device did not answer
cli-waived = waived until { $until }: { $reason }
outcome-pass = pass
outcome-fail = fail
outcome-unknown = unknown
outcome-error = error
# Exports for machines: verdicts in words.
export-passed = Met: { $title }
export-failed = Not met: { $title }
export-unknown = Not known ({ $why }): { $title }
export-not-applicable = Does not apply: { $title }
export-error = The check itself went wrong ({ $message }): { $title }
export-fixed = Failed before, and does so no longer: { $title }
export-gone = Failed before; the device or the check is there no longer: { $title }
export-waived = Accepted until { $until }: { $reason } (owner { $owner }, approved by { $by })
export-interrupted = The scan was interrupted: the evidence is incomplete.
export-own-files = Files of the audit
export-title = Technical audit of { $client }
export-coverage = { $assessed } of { $total } checks assessed; what could not be assessed has an observation and no finding.
export-controls = The checks of Arpenteur’s catalogue, by their ids.
export-role-assessor = Auditor
export-role-client = Client
export-resource-mandate = Mandate of the audit, in place of an assessment plan
export-resource-catalogue = Arpenteur’s catalogue of checks, in place of a catalogue of controls
export-resource-recording = Recording of the answers, recording.jsonl.gz of the run’s folder
export-reason = { $why }: { $fact }
outcome-not-applicable = not applicable
# The command `findings`.
findings-remedy = Fix: { $fix }   Effort: { $effort }
findings-new-since = New since { $date }
findings-coverage = Assessed { $assessed }/{ $total } · passed { $pass } · failed { $fail } · unknown { $unknown } · exceptions { $waivers }
findings-expiry = ({ $count ->
    [one] { $count } expires on { $date }
   *[other] { $count } expire on { $date }
  })
findings-tier = { $tier }: { $unknown } unknown verdicts ({ $checks } checks, { $devices } devices), { $access } of them for want of access
findings-best-tier = The access that would answer most: { $tier }
help-findings = List the findings of the newest run
help-findings-all = Every verdict, not failures and errors alone
help-findings-check = Of this check only, such as SSH-006
help-findings-device = Of this device or site only: name, address or id
measure-unjudged = not judged
waived-count = Waived
