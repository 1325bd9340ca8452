# A small appliance: dropbear, factory communities, factory names.
snmp_agent 644 <<'C'
rocommunity public
rwcommunity private
sysName localhost
sysLocation Unknown
sysContact root@localhost
sysServices 72
C
start dropbear -F -E -s -r /etc/ssh/dropbear_rsa -r /etc/ssh/dropbear_ed25519 -p 22 -P ''
lldp
