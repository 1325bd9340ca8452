# A network printer: one stray byte on these ports is a sheet of paper.
count_frames 02:77:00:00:00:11 10.77.0.17 fe80000000000000007700fffe000011
snmp_agent 600 <<'C'
rocommunity public
sysObjectID .1.3.6.1.4.1.11.2.3.9.1
sysDescr HP ETHERNET MULTI-ENVIRONMENT,ROM none,JETDIRECT,JD149,EEPROM V.33.19,CIDATE 11/10/2006
sysName NPI7700AB
sysLocation First floor, copy room
sysContact it@lab.test
sysServices 64
C
start python3 /opt/printer.py
for _ in $(seq 100); do [ -z "$(ss -Hltn sport = :9107)" ] || break; sleep 0.02; done
lldp -S 'HP ETHERNET MULTI-ENVIRONMENT,JETDIRECT'
