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
cli-tests-passed = { $count } tests passed.
cli-tests-failed = { $failed } tests failed of { $count }.
cli-lint-clean = Nothing to object to: { $count } files.
cli-unknown-id = "{ $id }" is not known.

## Help
help = Automated audit and inventory scanner for IT outsourcing providers
help-init = Write a commented audit.yaml
help-plan = Say what a scan would send; sends nothing
help-scan = Scan: the only command that sends audit traffic
help-audit = Scan, judge, size and report
help-audit-last = Judge the newest run again; sends nothing
help-audit-replay = Take evidence from recordings, .snmprec files or snmpwalk output; sends nothing
help-resume = Finish an interrupted run, then judge, size and report
help-export = Export the newest run's results
help-export-to = Format
help-export-out = Folder to write into
help-checks = The catalogue of checks
help-checks-list = List every check
help-checks-explain = Explain one check
help-checks-explain-id = Check id, such as SSH-006
help-checks-test = Run the tests inside the checks
help-checks-lint = Look for what a reviewer would object to
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
help-option-data = Folder whose checks/, families/, models/ and templates/ extend or override the built-in files
help-option-allow-inline-secrets = Accept secrets that stand in clear in audit.yaml
help-option-unprivileged = Do not use raw sockets (ARP, ICMP) even where they are allowed
help-option-as-of = Judgement date (RFC 3339); default: the end of the evidence
help-option-fail-on = Exit with 1 where a check of this severity or worse fails
help-exit-codes =
    Exit codes:
      0  complete, no finding at or above --fail-on
      1  findings at or above --fail-on
      2  could not run
      3  incomplete, or a check ended in error
