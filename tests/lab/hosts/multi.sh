# One server with a foot in each subnet: two addresses, one device.
snmp_agent 600 <<'C'
rocommunity lab-ro
sysName multi
sysLocation Server room, rack 2
sysContact noc@lab.test
sysServices 72
C
audit_sudo
ordinary_ssh
lldp
