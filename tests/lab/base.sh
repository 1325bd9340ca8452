# The part of /etc that is the same on all hosts. Sourced by `up`. Nothing of the machine's own
# accounts, names or keys goes in: only system accounts that the daemons run under.

LAB_PASSWORD=lab-Audit-2026

make_base() {
  local etc=$LAB_DIR/base/etc user entry
  rm -rf "$LAB_DIR/base"
  mkdir -p "$etc"/{ssh,ssl,pam.d,snmp,sudoers.d,frr,nginx}
  for entry in ld.so.cache alternatives localtime debian_version services protocols ssl/openssl.cnf security lsb-release; do
    [ ! -e "/etc/$entry" ] || cp -a "/etc/$entry" "$etc/$entry"
  done
  ln -s ../usr/lib/os-release "$etc/os-release"
  printf 'passwd: files\ngroup: files\nshadow: files\nhosts: files\nservices: files\nprotocols: files\n' >"$etc/nsswitch.conf"
  printf '/bin/sh\n/bin/bash\n' >"$etc/shells"
  printf 'LOG_UNKFAIL_ENAB no\nUID_MIN 1000\nENCRYPT_METHOD SHA512\n' >"$etc/login.defs"
  {
    echo 'root:x:0:0:root:/root:/bin/sh'
    for user in daemon nobody www-data sshd Debian-snmp _lldpd frr redis ftp tftp tcpdump; do getent passwd "$user" || true; done
    echo 'audit:x:5000:5000:Audit account:/home/audit:/bin/sh'
  } >"$etc/passwd"
  {
    for user in root tty daemon nogroup www-data Debian-snmp _lldpd frr frrvty redis ftp tftp tcpdump shadow utmp; do getent group "$user" || true; done | sed 's/:[^:]*$/:/'
    echo 'audit:x:5000:'
  } >"$etc/group"
  # Accounts without a usable password, until a host says otherwise.
  cut -d: -f1 "$etc/passwd" | sed 's/$/:*:19000:0:99999:7:::/' >"$etc/shadow"
  chmod 640 "$etc/shadow"
  openssl passwd -6 -salt arpenteurlab "$LAB_PASSWORD" >"$etc/audit.hash"
  openssl passwd -6 -salt arpenteurlab toor >"$etc/root.hash"
  printf 'auth required pam_unix.so nullok\naccount required pam_unix.so\npassword required pam_deny.so\nsession required pam_permit.so\n' >"$etc/pam.d/other"
}
