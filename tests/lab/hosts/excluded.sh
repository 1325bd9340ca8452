# Excluded by the mandate: nothing may be sent to it.
# It answers like any other host, so that a scanner that asks is seen to have asked.
count_frames 02:77:00:00:00:1f 10.77.0.31 fe80000000000000007700fffe00001f
snmp_agent 600 <<'C'
rocommunity public
sysName excluded
sysLocation Server room, rack 4
sysContact noc@excluded.test
sysServices 72
C
ordinary_ssh
lldp
