# One of two virtual machines cloned from one image: same machine-id, same DMI, two devices.
snmp_agent 600 <<'C'
rocommunity lab-ro
sysName clone2
sysLocation Server room, rack 5
sysContact noc@lab.test
sysServices 72
C
audit_sudo
ordinary_ssh
lldp
