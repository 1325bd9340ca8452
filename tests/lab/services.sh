# What the hosts' scripts are written with. Sourced by process 1 of each host, in its own root.

start() { "$@" & } # in the foreground of the daemon, in the background of the host

mkdir -p /run/sshd /run/lldpd /var/agentx /run/sudo
chown _lldpd /run/lldpd

# sshd: further configuration lines on standard input.
ssh_server() {
  local key
  {
    for key in ed25519 ecdsa rsa; do
      [ ! -f /etc/ssh/ssh_host_${key}_key ] || echo "HostKey /etc/ssh/ssh_host_${key}_key"
    done
    echo 'PidFile none'
    cat
  } >/etc/ssh/sshd_config
  start /usr/sbin/sshd -D -e
}

ordinary_ssh() { # key logins, no root, no passwords
  printf '%s\n' 'UsePAM no' 'PermitRootLogin no' 'PasswordAuthentication no' 'KbdInteractiveAuthentication no' | ssh_server
}

set_password() { # account, name of the hash
  local hash; hash=$(cat "/etc/$2.hash")
  sed -i "s|^$1:[^:]*:|$1:$hash:|" /etc/shadow
}

# The audit account may run, as root, what an auditor reads and nothing else.
audit_sudo() {
  local dmi=/sys/class/dmi/id
  cat >/etc/sudoers <<C
Defaults !syslog, env_reset, secure_path="/usr/sbin:/usr/bin"
root ALL=(ALL:ALL) ALL
audit ALL=(root) NOPASSWD: /usr/sbin/sshd -T, /usr/bin/cat /etc/snmp/snmpd.conf, /usr/bin/cat $dmi/product_serial, /usr/bin/cat $dmi/product_uuid, /usr/bin/cat $dmi/board_serial, /usr/bin/cat $dmi/chassis_serial, /usr/bin/cat /etc/shadow, /usr/bin/cat /etc/sudoers, /usr/bin/grep -Rn . /etc/sudoers.d, /usr/sbin/nft list ruleset
C
  chmod 440 /etc/sudoers
}

# A process of this name that does nothing: the machine's /usr may not have the real one.
stand_in() {
  cp /usr/bin/sleep "/opt/$1"
  start "/opt/$1" infinity
}

# snmpd: access lines on standard input; arguments: mode of snmpd.conf, then `createUser` lines,
# which net-snmp keeps in its persistent file, out of snmpd.conf, as on a real host.
snmp_agent() {
  local mode=$1 user; shift
  {
    echo 'agentaddress udp:161'
    echo 'master agentx'
    echo 'agentXPerms 0777 0777'
    echo 'engineIDType 3' # the engine ID comes from the address of eth0, so truth.yaml knows it
    echo "engineIDNic ${SNMP_NIC:-eth0}"
    cat
  } >/etc/snmp/snmpd.conf
  chmod "$mode" /etc/snmp/snmpd.conf
  echo 'mibs :' >/etc/snmp/snmp.conf
  for user in "$@"; do echo "createUser $user"; done >/var/lib/snmp/snmpd.conf
  chmod 600 /var/lib/snmp/snmpd.conf
  start snmpd -f -Lo -I -smux
  for _ in $(seq 100); do [ -S /var/agentx/master ] && return; sleep 0.02; done
}

# lldpd, its MIB through AgentX where there is an agent; arguments go to lldpd.
lldp() {
  local agentx=()
  [ ! -S /var/agentx/master ] || agentx=(-x)
  # In the file, not by lldpcli afterwards: lldpd starts paused, and a change that comes between
  # its reading of the file and its "resume" would leave it paused for good.
  echo 'configure lldp tx-interval 2' >/etc/lldpd.conf
  start lldpd -d "${agentx[@]}" -u /run/lldpd.socket -I "${LLDP_PORTS:-eth*}" "$@"
}

# The frames that reach the host's interface, before its own firewall: what was addressed to its
# MAC, and who asked for its addresses.
count_frames() { # MAC, IPv4, link-local address as 32 hexadecimal digits
  nft -f - <<C
table netdev lab {
  counter frames_to_mac {}
  counter arp_requests {}
  counter nd_requests {}
  counter print_payload_frames {}
  counter print_syn_frames {}
  chain ingress {
    type filter hook ingress device "eth0" priority -500;
    ether daddr $1 counter name frames_to_mac
    arp operation request arp daddr ip $2 counter name arp_requests
    icmpv6 type nd-neighbor-solicit @th,64,128 0x$3 counter name nd_requests
    tcp dport { 515, 631, 9100-9107 } tcp flags & psh == psh counter name print_payload_frames
    tcp dport { 515, 631, 9100-9107 } tcp flags & (syn | ack) == syn counter name print_syn_frames
  }
}
C
}

# smbd alone: further lines of the global section on standard input.
smb_server() {
  mkdir -p /etc/samba /run/samba /srv/share
  {
    printf '[global]\nsecurity = user\ndisable netbios = no\nload printers = no\n'
    local place
    for place in 'private dir' 'state directory' 'cache directory' 'lock directory' 'pid directory' 'ncalrpc dir'; do
      echo "$place = /run/samba"
    done
    cat
    printf '[share]\npath = /srv/share\nread only = yes\n'
  } >/etc/samba/smb.conf
  start smbd -F --no-process-group --debug-stdout -d 0 -s /etc/samba/smb.conf
}

# named, master of lab.test and of the name that resolvers are probed with; options on standard input.
name_server() {
  mkdir -p /run/named
  local zone
  {
    printf 'options { directory "/run/named"; pid-file none; session-keyfile none; listen-on-v6 { none; };\n'
    cat
    printf '};\ncontrols { };\n'
    for zone in lab.test example.com; do
      echo "zone \"$zone\" { type master; file \"$zone\"; };"
      printf '$TTL 60\n@ SOA ns.lab.test. root.lab.test. 1 3600 600 86400 60\n@ NS ns.lab.test.\n@ A 192.0.2.80\n' >"/run/named/$zone"
    done
  } >/etc/named.conf
  echo 'ns A 192.0.2.53' >>/run/named/lab.test
  start named -g -n 1 -U 1 -c /etc/named.conf
}
