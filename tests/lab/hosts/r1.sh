# Router between the two subnets: FRR with its MIBs through AgentX.
version=$(/usr/lib/frr/zebra --version | sed -n 's/^zebra version //p')
snmp_agent 600 'noc MD5 "noc-auth-2026" DES "noc-priv-2026"' 'monitor' <<C
rocommunity lab-ro
rouser noc priv
rouser monitor noauth
sysDescr FRRouting $version on r1
sysName r1
sysLocation Comms room, rack 1
sysContact noc@lab.test
sysServices 4
C
cat >/etc/frr/zebra.conf <<'C'
hostname r1
log stdout
agentx
interface eth0
 description LAN users
interface eth1
 description LAN servers
C
cat >/etc/frr/ospfd.conf <<'C'
hostname r1
log stdout
agentx
interface eth0
 ip ospf passive
interface eth1
 ip ospf passive
router ospf
 ospf router-id 10.77.0.1
 network 10.77.0.0/24 area 0
 network 10.78.0.0/24 area 0
C
mkdir -p /run/frr
printf 'username audit nopassword\n' >/etc/frr/vtysh.conf
chown -R frr:frr /run/frr /etc/frr
chmod 640 /etc/frr/{zebra,ospfd}.conf
audit_sudo
sed -i 's/^frrvty:.*:$/&frr,audit/' /etc/group # who may use vtysh
ordinary_ssh
lldp
start /usr/lib/frr/zebra -A 127.0.0.1 -f /etc/frr/zebra.conf -u frr -g frr -M snmp
for _ in $(seq 100); do [ -S /run/frr/zserv.api ] && break; sleep 0.02; done
start /usr/lib/frr/ospfd -A 127.0.0.1 -f /etc/frr/ospfd.conf -u frr -g frr -M snmp
