# Somebody else's machine in the client's range: nothing may be sent to it.
# It answers like any other host, so that a scanner that asks is seen to have asked.
count_frames 02:77:00:00:00:1e 10.77.0.30 fe80000000000000007700fffe00001e
snmp_agent 600 <<'C'
rocommunity public
sysName thirdparty
sysLocation Server room, rack 4
sysContact noc@thirdparty.test
sysServices 72
C
ordinary_ssh
lldp
