//! Protection, backup, arrays, shares, Proxmox VE.
use super::upkeep::{now, processes, units};
use super::*;

#[test]
fn agents_run_or_not_and_have_an_age() {
    let at = "antivirus.agents";
    let stat = "stat -c %Y /var/lib/clamav/daily.cld /var/lib/clamav/daily.cvd";
    let gone = "stat: cannot statx '/var/lib/clamav/daily.cvd': No such file or directory";
    let all = [
        units(
            "clamav-daemon.service loaded active running Clam\nfalcon-sensor.service loaded failed failed CrowdStrike\nmdatp.service loaded active running Defender\neea.service not-found inactive dead eea.service\n",
        ),
        exec(stat, false, 1, "1795000000\n", gone),
        now(),
        said(
            "mdatp health --field definitions_updated_minutes_ago",
            "120\n",
        ),
    ];
    let agents = sheet(&all).facts().unwrap().antivirus.agents;
    let found: Vec<_> = agents
        .iter()
        .map(|a| (a.name.as_str(), a.running, a.signatures.as_deref()))
        .collect();
    assert_eq!(
        found,
        [
            ("ClamAV", Some(true), Some("2026-11-18T11:06:40Z")),
            ("CrowdStrike Falcon", Some(false), None),
            (
                "Microsoft Defender",
                Some(true),
                Some("2026-11-21T22:30:00Z")
            ),
        ]
    );
    assert_eq!(fact(&sheet(&[units("")]), at), Fact::Absent);
    let alpine = processes(&["clamd"]);
    assert!(matches!(fact(&sheet(&alpine), at), Fact::Known(_)));
    let alpine = processes(&["crond"]);
    assert_eq!(fact(&sheet(&alpine), at), Fact::Absent);
}

const CRON: &str = super::super::backup::SUBJECT.guarded[0];
const SHOW: &str = super::super::backup::SUBJECT.plain[0];

fn no_cron() -> Exchange {
    let gone = "grep: /etc/crontabs: No such file or directory";
    refused(CRON, false, 2, gone)
}

#[test]
fn backup_jobs_have_the_date_of_a_run_that_ended_well() {
    let block = |id: &str, result: &str, ended: &str| {
        format!(
            "Type=oneshot\nResult={result}\nExecMainExitTimestampMonotonic={ended}\nExecMainStatus=0\nId={id}\nLoadState=loaded\n"
        )
    };
    let text = [
        block("borgmatic.service", "success", "3600000000"),
        block("dpkg-db-backup.service", "success", "3600000000"),
        block("restic.service", "exit-code", "3600000000"),
        block("backup.service", "success", "0"),
        block("odd-backup.service", "success", "x"),
    ]
    .join("\n");
    let all = [
        units(""),
        now(),
        said("cat /proc/uptime", "7200.55 100.0\n"),
        said(SHOW, &text),
        no_cron(),
    ];
    let jobs = sheet(&all).facts().unwrap().backup.jobs;
    let found: Vec<_> = jobs
        .iter()
        .map(|j| (j.name.as_str(), j.last_success.as_deref()))
        .collect();
    // Half past midnight UTC, less two hours, plus one.
    let expected = [
        ("backup.service", None),
        ("borgmatic.service", Some("2026-11-21T23:30:00Z")),
        ("restic.service", None),
    ];
    assert_eq!(found, expected);
}

#[test]
fn that_nothing_saves_a_host_takes_its_cron_tables() {
    let at = "backup.jobs";
    let none = [units(""), said(SHOW, ""), no_cron()];
    assert_eq!(fact(&sheet(&none), at), Fact::Absent);
    let denied = refused(CRON, false, 2, "grep: /var/spool/cron: Permission denied");
    assert_eq!(
        fact(&sheet(&[units(""), said(SHOW, ""), denied]), at),
        Fact::Unread(UnreadReason::Denied)
    );
    let cron = said(CRON, "/etc/cron.d/nightly:borg\n/etc/cron.d/nightly:borg\n");
    let jobs = sheet(&[
        units("bareos-fd.service loaded active running Bareos\n"),
        said(SHOW, ""),
        cron,
    ])
    .facts()
    .unwrap()
    .backup
    .jobs;
    let found: Vec<_> = jobs.iter().map(|j| j.name.as_str()).collect();
    assert_eq!(found, ["Bareos", "borg (/etc/cron.d/nightly)"]);
}

#[test]
fn arrays_are_healthy_or_not() {
    let mdstat = "Personalities : [raid1] [raid6]\nmd1 : active raid1 sdb2[1] sda2[0]\n      523712 blocks super 1.2 [2/2] [UU]\n\n\
        md0 : active raid1 sda1[0]\n      1046528 blocks super 1.2 [2/1] [U_]\n      bitmap: 0/1 pages [0KB], 65536KB chunk\n\n\
        md2 : inactive sdc1[0](S)\n      100 blocks\nunused devices: <none>\n";
    let pools = said(
        "zpool list -H -o name,health",
        "rpool\tONLINE\ntank\tDEGRADED\n",
    );
    let sensors = sheet(&[said("cat /proc/mdstat", mdstat), pools])
        .facts()
        .unwrap()
        .sensors;
    let found: Vec<_> = sensors
        .iter()
        .map(|s| (s.name.as_str(), s.status.as_deref().unwrap()))
        .collect();
    let expected = [
        ("md0", "warning"),
        ("md1", "ok"),
        ("md2", "failed"),
        ("zpool rpool", "ok"),
        ("zpool tank", "warning"),
    ];
    assert_eq!(found, expected);
    let bare = said(
        "cat /proc/mdstat",
        "Personalities :\nunused devices: <none>\n",
    );
    assert_eq!(
        fact(&sheet(std::slice::from_ref(&bare)), "sensors"),
        Fact::Unread(UnreadReason::Unsupported)
    );
    let guest = said("cat /sys/class/dmi/id/sys_vendor", "QEMU\n");
    assert_eq!(fact(&sheet(&[bare, guest]), "sensors"), Fact::Absent);
}

#[test]
fn shares_tell_guests_and_users() {
    let text = "# Global parameters\n[global]\n\tworkgroup = X\n\tvalid users = @staff\n[homes]\n\tread only = No\n\
        [Sauvegardes]\n\tpath = /srv/sauv\n\tvalid users = svc-veeam, @\"LAB\\Domain Users\"\n\tread only = No\n\
        [public]\n\tpath = /srv/public\n\tguest ok = Yes\n[print$]\n\tpath = /var/lib/samba/printers\n";
    let all = [
        said("testparm -s", text),
        units("smbd.service loaded active running Samba\n"),
    ];
    let shares = sheet(&all).facts().unwrap().smb.shares;
    let found: Vec<_> = shares
        .iter()
        .map(|s| (s.name.as_str(), s.guest, s.writable, s.users.join("|")))
        .collect();
    let expected = [
        (
            "Sauvegardes",
            Some(false),
            Some(true),
            "svc-veeam|@LAB\\Domain Users".to_owned(),
        ),
        ("homes", Some(false), Some(true), "@staff".to_owned()),
        ("public", Some(true), Some(false), "@staff".to_owned()),
    ];
    assert_eq!(found, expected);
    let stopped = [said("testparm -s", text), units("")];
    assert_eq!(fact(&sheet(&stopped), "smb.shares"), Fact::Absent);
    assert_eq!(
        one("testparm -s", "", "smb.shares"),
        Fact::Unread(UnreadReason::ParseFailed)
    );
    refuses("testparm -s", "smb.shares");
    let exports = "# comment\n/srv/data 10.0.0.0/24(rw,sync) \\\n @hosts(ro)\n\"/srv/two words\" (ro)\n/srv/all\n";
    let command = "grep -Rh . /etc/exports /etc/exports.d";
    let found = one(command, exports, "nfs.exports");
    let expected = json!([{"path": "/srv/all", "clients": []}, {"path": "/srv/data", "clients": ["10.0.0.0/24", "@hosts"]}, {"path": "/srv/two words", "clients": ["*"]}]);
    assert_eq!(found, known(expected));
    let none = refused(
        command,
        false,
        2,
        "grep: /etc/exports: No such file or directory",
    );
    assert_eq!(fact(&sheet(&[none]), "nfs.exports"), Fact::Absent);
}

const RESOURCES: &str = "pvesh get /cluster/resources --output-format json";
const GUESTS: &str = super::super::hypervisor::SUBJECT.guarded[2];

#[test]
fn a_cluster_tells_what_it_keeps_without_a_host() {
    let text = r#"[{"type":"node","node":"pve1","maxmem":100,"status":"online","id":"node/pve1"},{"type":"node","node":"pve2","maxmem":60,"status":"online"},
        {"type":"qemu","node":"pve1","vmid":100,"name":"web","maxmem":30,"status":"running","template":0},{"type":"qemu","node":"pve1","vmid":101,"maxmem":900,"status":"stopped"},
        {"type":"lxc","node":"pve2","maxmem":15,"status":"running"},{"type":"storage","node":"pve1","storage":"local","disk":849,"maxdisk":1000,"plugintype":"dir"},
        {"type":"storage","node":"pve2","storage":"local","disk":1,"maxdisk":1000},{"type":"storage","node":"pve1","storage":"off","disk":0,"maxdisk":0},{"type":"sdn","node":"pve1","sdn":"x"}]"#;
    let all = [
        said(RESOURCES, text),
        said("hostname", "pve1\n"),
        said(
            "ha-manager status",
            "quorum OK\nmaster pve1 (active, Sun Nov 22 09:00:00 2026)\nservice vm:100 (pve1, started)\n",
        ),
        said(
            GUESTS,
            "/etc/pve/local/qemu-server/100.conf:name: web\n/etc/pve/local/qemu-server/100.conf:[avant-maj]\n/etc/pve/local/qemu-server/100.conf:name: web\n/etc/pve/local/qemu-server/100.conf:snaptime: 1700000000\n/etc/pve/local/lxc/200.conf:[PENDING]\n",
        ),
    ];
    let found = sheet(&all);
    assert_eq!(fact(&found, "hypervisor.hosts"), known(json!(2)));
    assert_eq!(
        fact(&found, "hypervisor.load_without_one"),
        known(json!(75))
    );
    assert_eq!(
        fact(&found, "hypervisor.high_availability"),
        known(json!(true))
    );
    let stores = json!([{"name": "local", "size": 1000, "used_percent": 85}, {"name": "off", "size": null, "used_percent": null}]);
    assert_eq!(fact(&found, "hypervisor.datastores"), known(stores));
    assert_eq!(
        fact(&found, "hypervisor.snapshots"),
        known(json!([{"name": "100 web/avant-maj", "created": "2023-11-14T22:13:20Z"}]))
    );
    let quiet = "quorum OK\n";
    assert_eq!(
        one("ha-manager status", quiet, "hypervisor.high_availability"),
        known(json!(false))
    );
    assert_eq!(
        fact(
            &sheet(&[refused(GUESTS, false, 1, "")]),
            "hypervisor.snapshots"
        ),
        Fact::Absent
    );
}

#[test]
fn a_broken_or_refused_cluster_is_unread() {
    for at in [
        "hypervisor.hosts",
        "hypervisor.load_without_one",
        "hypervisor.datastores",
    ] {
        refuses(RESOURCES, at);
        for text in ["", "{}", "[{\"type\":1}]", "[1"] {
            assert_eq!(
                one(RESOURCES, text, at),
                Fact::Unread(UnreadReason::ParseFailed),
                "{at} {text}"
            );
        }
    }
    assert_eq!(
        one(RESOURCES, "[]", "hypervisor.hosts"),
        Fact::Unread(UnreadReason::ParseFailed)
    );
    let alone = "[{\"type\":\"node\",\"node\":\"a\",\"maxmem\":1}]";
    assert_eq!(
        one(RESOURCES, alone, "hypervisor.load_without_one"),
        Fact::Absent
    );
    let huge = "[{\"type\":\"node\",\"node\":\"a\",\"maxmem\":1},{\"type\":\"node\",\"node\":\"b\",\"maxmem\":1},{\"type\":\"qemu\",\"status\":\"running\",\"maxmem\":18446744073709551615}]";
    assert_eq!(
        one(RESOURCES, huge, "hypervisor.load_without_one"),
        Fact::Unread(UnreadReason::ParseFailed)
    );
    refuses("ha-manager status", "hypervisor.high_availability");
}
