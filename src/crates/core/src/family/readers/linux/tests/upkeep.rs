//! Services, logs, updates, restarts.
use super::*;

const DATE: &str = "date +%Y-%m-%dT%H:%M:%S%z";
const UNITS: &str = "systemctl list-units --type=service --all --no-legend --plain";
const FILES: &str = "systemctl list-unit-files --no-legend";
const COMM: &str = "grep . /proc/[0-9]*/comm";

pub(super) fn units(rows: &str) -> Exchange {
    let text = format!("ssh.service loaded active running OpenBSD Secure Shell server\n{rows}");
    said(UNITS, &text)
}

pub(super) fn now() -> Exchange {
    said(DATE, "2026-11-22T01:30:00+0100\n")
}

/// An Alpine or a container: processes and no systemd.
pub(super) fn processes(names: &[&str]) -> Vec<Exchange> {
    let rows: String = names
        .iter()
        .enumerate()
        .map(|(n, name)| format!("/proc/{}/comm:{name}\n", n + 2))
        .collect();
    let gone = "grep: /proc/99/comm: No such file or directory";
    let none = "System has not been booted with systemd as init system (PID 1). Can't operate.";
    vec![
        exec(COMM, false, 2, &format!("/proc/1/comm:init\n{rows}"), gone),
        refused(UNITS, false, 1, none),
    ]
}

fn with(base: &[Exchange], more: &[Exchange], path: &str) -> Fact<Json> {
    let all: Vec<Exchange> = base.iter().chain(more).cloned().collect();
    fact(&sheet(&all), path)
}

const CONFIG: &str = "systemd-analyze cat-config systemd/journald.conf";
const FOLDER: &str = "ls -d /var/log/journal";

#[test]
fn a_journal_lasts_where_it_has_a_folder_or_a_daemon_writes() {
    let at = "logs.persistent";
    let there = said(FOLDER, "/var/log/journal\n");
    let gone = refused(
        FOLDER,
        false,
        2,
        "ls: cannot access '/var/log/journal': No such file or directory",
    );
    let auto = said(
        CONFIG,
        "# /etc/systemd/journald.conf\n[Journal]\n#Storage=auto\n",
    );
    let volatile = said(
        CONFIG,
        "[Journal]\nStorage=persistent\n# drop-in\n[Journal]\nStorage=volatile\n",
    );
    let base = [units(
        "auditd.service loaded inactive dead Security Auditing Service\n",
    )];
    assert_eq!(
        with(&base, &[there.clone(), auto.clone()], at),
        known(json!(true))
    );
    assert_eq!(
        with(&base, &[gone.clone(), auto.clone()], at),
        known(json!(false))
    );
    assert_eq!(with(&base, &[there, volatile], at), known(json!(false)));
    let daemon = [units(
        "rsyslog.service loaded active running System Logging Service\n",
    )];
    assert_eq!(with(&daemon, &[gone, auto], at), known(json!(true)));
    assert_eq!(with(&base, &[], "logs.auditd"), known(json!(false)));
    let alpine = processes(&["syslogd", "crond"]);
    assert_eq!(with(&alpine, &[], at), known(json!(true)));
    assert_eq!(
        with(&alpine, &[], "logs.servers"),
        Fact::Unread(UnreadReason::Unsupported)
    );
    assert_eq!(with(&alpine, &[], "logs.auditd"), known(json!(false)));
}

#[test]
fn processes_hidden_from_us_may_be_anything() {
    let hidden = exec(COMM, false, 2, "/proc/77/comm:sh\n", "");
    let none = refused(UNITS, false, 127, "sh: systemctl: not found");
    let all = [hidden, none];
    for at in [
        "logs.auditd",
        "logs.servers",
        "antivirus.agents",
        "backup.jobs",
    ] {
        assert!(matches!(with(&all, &[], at), Fact::Unread(_)), "{at}");
    }
    let denied = [refused(UNITS, false, 1, "Access denied")];
    assert_eq!(
        with(&denied, &[], "logs.auditd"),
        Fact::Unread(UnreadReason::Denied)
    );
    let empty = [said(UNITS, "")];
    assert_eq!(
        with(&empty, &[], "antivirus.agents"),
        Fact::Unread(UnreadReason::ParseFailed)
    );
}

#[test]
fn logs_go_where_the_running_daemon_sends_them() {
    let at = "logs.servers";
    let rsyslog = "module(load=\"imuxsock\")\n*.* @@(o)syslog.example.org:6514;RSYSLOG_SyslogProtocol23Format\n#*.* @old.example.org\n\
        auth.* @192.0.2.9\naction(type=\"omfwd\"\n  Target=\"192.0.2.8\" Port=\"514\"\n  queue.type=\"linkedList\")\n\
        action(type=\"omfile\" File=\"/var/log/x\")\n";
    let conf = said("grep -Rh . /etc/rsyslog.conf /etc/rsyslog.d", rsyslog);
    let runs = [units(
        "rsyslog.service loaded active running System Logging Service\n",
    )];
    let sent = json!(["192.0.2.8:514", "192.0.2.9", "syslog.example.org:6514"]);
    assert_eq!(with(&runs, std::slice::from_ref(&conf), at), known(sent));
    let stopped = [units(
        "rsyslog.service loaded inactive dead System Logging Service\n",
    )];
    assert_eq!(with(&stopped, &[conf], at), known(json!([])));
    let denied = refused(
        "grep -Rh . /etc/rsyslog.conf /etc/rsyslog.d",
        true,
        1,
        "sudo: a password is required",
    );
    assert_eq!(
        with(&runs, &[denied], at),
        Fact::Unread(UnreadReason::Denied)
    );
    let shipper = [units("filebeat.service loaded active running Filebeat\n")];
    assert_eq!(
        with(&shipper, &[], at),
        Fact::Unread(UnreadReason::Unsupported)
    );
    let ng = "destination d_net { network(\"192.0.2.7\" port(514)); };\ndestination d_file { file(\"/var/log/tcp\"); };\nlog { source(s); destination(d_net); };\n";
    let ng = said(
        "grep -Rh . /etc/syslog-ng/syslog-ng.conf /etc/syslog-ng/conf.d",
        ng,
    );
    let runs = [units(
        "syslog-ng.service loaded active running System Logger Daemon\n",
    )];
    assert_eq!(with(&runs, &[ng], at), known(json!(["192.0.2.7"])));
}

const UPGRADE: &str = "apt-get -s -o Debug::NoLocking=1 dist-upgrade";
const LISTS: &str = "ls /var/lib/apt/lists";

#[test]
fn apt_counts_security_updates_of_a_security_archive() {
    let at = "updates.security_pending";
    let text = "Reading package lists...\nInst bash [5.2.15-2+b8] (5.2.15-2+b13 Debian:12.15/oldstable [amd64])\n\
        Inst libgcrypt20 [1.10.1-3] (1.10.1-3+deb12u1 Debian:12.15/oldstable, Debian-Security:12/oldstable-security [amd64]) []\n\
        Inst libssl3 [3.0.2-0ubuntu1] (3.0.2-0ubuntu1.15 Ubuntu:22.04/jammy-updates, Ubuntu:22.04/jammy-security [amd64])\n\
        Conf libssl3 (3.0.2-0ubuntu1.15 Ubuntu:22.04/jammy-security [amd64])\n3 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n";
    let lists = said(
        LISTS,
        "lock\ndeb.debian.org_debian-security_dists_bookworm-security_InRelease\n",
    );
    let plain = said(LISTS, "lock\nmirror_debian_dists_bookworm_InRelease\n");
    let upgrade = said(UPGRADE, text);
    assert_eq!(
        with(
            std::slice::from_ref(&upgrade),
            std::slice::from_ref(&lists),
            at
        ),
        known(json!(2))
    );
    assert_eq!(
        with(&[upgrade], &[plain], at),
        Fact::Unread(UnreadReason::Unsupported)
    );
    let none = said(
        UPGRADE,
        "0 mis à jour, 0 nouvellement installés, 0 à enlever et 0 non mis à jour.\n",
    );
    assert_eq!(
        with(&[none], std::slice::from_ref(&lists), at),
        known(json!(0))
    );
    let broken = said(UPGRADE, "Reading package lists...\n");
    assert_eq!(
        with(&[broken], &[lists], at),
        Fact::Unread(UnreadReason::ParseFailed)
    );
    refuses(UPGRADE, at);
}

#[test]
fn ages_are_counted_by_the_hosts_own_clock() {
    let log = "zgrep -h \" upgrade \" /var/log/dpkg.log*";
    let rows = "2026-09-22 04:51:17 upgrade nodejs:amd64 20 21\n2026-11-20 23:00:00 upgrade openssh-client:amd64 1 2\n2026-11-2x broken upgrade\n";
    let days = "updates.days_since_update";
    assert_eq!(with(&[now()], &[said(log, rows)], days), known(json!(1)));
    assert_eq!(
        with(&[now()], &[refused(log, false, 1, "")], days),
        Fact::Unread(UnreadReason::ParseFailed)
    );
    let ahead = said(log, "2030-01-01 00:00:00 upgrade x:amd64 1 2\n");
    assert_eq!(
        with(&[now()], &[ahead], days),
        Fact::Unread(UnreadReason::ParseFailed)
    );
    let partial = "stat -c %Y /var/lib/apt/lists/partial";
    let age = "updates.index_age";
    // 2026-11-14 00:30 UTC
    assert_eq!(
        with(&[now()], &[said(partial, "1794616200\n")], age),
        known(json!(8))
    );
    assert_eq!(
        with(&[now()], &[said(partial, "-99999999999999999999\n")], age),
        Fact::Unread(UnreadReason::ParseFailed)
    );
    assert!(matches!(
        with(&[], &[said(partial, "1794616200\n")], age),
        Fact::Unread(_)
    ));
}

#[test]
fn unattended_upgrades_take_an_interval_a_program_a_timer_and_an_origin() {
    let at = "updates.automatic";
    let periodic = "APT::Periodic \"\";\nAPT::Periodic::Update-Package-Lists \"1\";\nAPT::Periodic::Unattended-Upgrade \"1\";\n";
    let conf = said("apt-config dump APT::Periodic", periodic);
    let program = said(
        "ls /usr/bin/unattended-upgrade",
        "/usr/bin/unattended-upgrade\n",
    );
    let origins = said(
        "apt-config dump Unattended-Upgrade",
        "Unattended-Upgrade::Allowed-Origins:: \"${distro_id}:${distro_codename}-security\";\n",
    );
    let others = said(
        "apt-config dump Unattended-Upgrade",
        "Unattended-Upgrade::Allowed-Origins:: \"Mine:stable\";\n",
    );
    let timer = |state: &str| {
        [
            units(""),
            said(FILES, &format!("apt-daily-upgrade.timer {state} enabled\n")),
        ]
    };
    let all = [conf.clone(), program.clone(), origins.clone()];
    assert_eq!(with(&all, &timer("enabled"), at), known(json!(true)));
    assert_eq!(with(&all, &timer("masked"), at), known(json!(false)));
    assert_eq!(
        with(
            &[conf.clone(), program.clone(), others],
            &timer("enabled"),
            at
        ),
        known(json!(false))
    );
    let mut idle = processes(&["cron"]);
    idle.push(said(FILES, "apt-daily-upgrade.timer disabled enabled\n"));
    assert_eq!(
        with(&all, &idle, at),
        known(json!(true)),
        "no systemd: cron starts it"
    );
    let removed = refused(
        "ls /usr/bin/unattended-upgrade",
        false,
        2,
        "ls: cannot access: No such file or directory",
    );
    assert_eq!(
        with(&[conf, removed, origins], &timer("enabled"), at),
        known(json!(false))
    );
    assert_eq!(
        with(
            &[said("apt-config dump APT::Periodic", ""), program],
            &[],
            at
        ),
        known(json!(false))
    );
}

fn red_hat(id: &str) -> Exchange {
    said(
        "cat /etc/os-release",
        &format!("NAME=\"X\"\nID=\"{id}\"\nID_LIKE=\"rhel centos fedora\"\nVERSION_ID=\"9.4\"\n"),
    )
}

#[test]
fn dnf_counts_packages_of_advisories() {
    let at = "updates.security_pending";
    let dnf = "dnf -C -q updateinfo list --security";
    let text = "RHSA-2024:1234 Important/Sec. openssl-1:3.0.7-27.el9.x86_64\nRHSA-2024:1234 Important/Sec. openssl-libs-1:3.0.7-27.el9.x86_64\n\
        RHSA-2024:2000 Moderate/Sec.  openssl-1:3.0.7-27.el9.x86_64\n";
    assert_eq!(
        with(&[red_hat("rhel")], &[said(dnf, text)], at),
        known(json!(2))
    );
    assert_eq!(
        with(&[red_hat("rocky")], &[said(dnf, "")], at),
        known(json!(0))
    );
    assert_eq!(
        with(&[red_hat("centos")], &[said(dnf, "")], at),
        Fact::Unread(UnreadReason::Unsupported)
    );
    let missing = refused(dnf, false, 127, "sh: dnf: command not found");
    assert_eq!(
        with(&[red_hat("rhel")], &[missing], at),
        Fact::Unread(UnreadReason::Denied)
    );
    refuses(dnf, at);
    let automatic = "updates.automatic";
    let conf = |value: &str| {
        said(
            "cat /etc/dnf/automatic.conf",
            &format!("[commands]\nupgrade_type = security\napply_updates = {value}\n"),
        )
    };
    let timer = |state: &str| {
        [
            units(""),
            said(FILES, &format!("dnf-automatic.timer {state} disabled\n")),
            said(dnf, ""),
        ]
    };
    assert_eq!(
        with(&timer("enabled"), &[conf("yes")], automatic),
        known(json!(true))
    );
    assert_eq!(
        with(&timer("enabled"), &[conf("no")], automatic),
        known(json!(false))
    );
    assert_eq!(
        with(&timer("disabled"), &[conf("yes")], automatic),
        known(json!(false))
    );
    let ages = [
        now(),
        said(
            "rpm -qa --qf \"%{INSTALLTIME}\\n\"",
            "1700000000\n1795000000\nx\n",
        ),
    ];
    assert_eq!(
        with(&ages, &[], "updates.days_since_update"),
        known(json!(3))
    );
}

#[test]
fn zypper_counts_patches_that_are_needed() {
    let zypper = "zypper --no-refresh -q list-patches --category security";
    let text = "Repository | Name | Category | Severity | Interactive | Status | Since | Summary\n-----------+---\n\
        SLE-Updates | SUSE-SLE-2024-1 | security | important | reboot | needed | - | Security update for the Linux Kernel\n\
        SLE-Updates | SUSE-SLE-2024-2 | security | moderate | --- | needed | - | Security update for curl\n";
    let at = "updates.security_pending";
    assert_eq!(one(zypper, text, at), known(json!(2)));
    assert_eq!(one(zypper, "No updates found.\n", at), known(json!(0)));
    assert_eq!(
        one(zypper, "a security thing\n", at),
        Fact::Unread(UnreadReason::ParseFailed)
    );
    refuses(zypper, at);
}

#[test]
fn a_restart_waits_for_a_newer_kernel_or_a_flag() {
    let at = "updates.reboot_pending";
    let flags = "ls /var/run/reboot-required /run/reboot-needed";
    let missing = "ls: cannot access '/var/run/reboot-required': No such file or directory";
    let none = refused(flags, false, 2, missing);
    let kernels = |names: &str| said("ls /lib/modules", names);
    assert_eq!(
        with(
            std::slice::from_ref(&none),
            &[kernels("6.1.0-9-amd64\n6.1.0-18-amd64\n")],
            at
        ),
        known(json!(false))
    );
    assert_eq!(
        with(
            std::slice::from_ref(&none),
            &[kernels("6.1.0-18-amd64\n6.1.0-21-amd64\n")],
            at
        ),
        known(json!(true))
    );
    assert_eq!(
        with(
            std::slice::from_ref(&none),
            &[kernels("6.1.0-21-amd64\n")],
            at
        ),
        known(json!(true)),
        "gone from the disk"
    );
    assert_eq!(
        with(std::slice::from_ref(&none), &[kernels("6.5.0-1-rt\n")], at),
        Fact::Unread(UnreadReason::Unsupported)
    );
    let gone = refused(
        "ls /lib/modules",
        false,
        2,
        "ls: cannot access '/lib/modules': No such file or directory",
    );
    assert_eq!(
        with(std::slice::from_ref(&none), &[gone], at),
        Fact::Unread(UnreadReason::Unsupported)
    );
    let flag = exec(flags, false, 2, "/var/run/reboot-required\n", missing);
    assert_eq!(
        with(&[flag], &[kernels("6.1.0-18-amd64\n")], at),
        known(json!(true))
    );
    let needs = |status, text: &str| exec("needs-restarting -r", false, status, text, "");
    let base = [none, kernels("6.1.0-18-amd64\n")];
    assert_eq!(
        with(
            &base,
            &[needs(
                1,
                "Core libraries or services have been updated\nReboot is required\n"
            )],
            at
        ),
        known(json!(true))
    );
    assert_eq!(
        with(
            &base,
            &[needs(
                0,
                "No core libraries\nReboot should not be necessary.\n"
            )],
            at
        ),
        known(json!(false))
    );
    refuses(flags, at);
}
