# The switch: Linux bridges with an agent. A bridge forwards no LLDP, it speaks it.
SNMP_NIC=br0 snmp_agent 600 <<'C'
rocommunity lab-ro
sysName sw1
sysLocation Comms room, rack 1
sysContact noc@lab.test
sysServices 2
C
LLDP_PORTS='p-*' lldp
