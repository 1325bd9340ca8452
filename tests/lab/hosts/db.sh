# Database server: redis and memcached open to all, a full file system, weak SNMPv3 users.
mkdir -p /srv/data
mount -t tmpfs -o size=96m,mode=755 data /srv/data
head -c 95630131 /dev/zero >/srv/data/dump.rdb # 95 % of 96 MiB
snmp_agent 600 'labmd5 MD5 "lab-auth-md5" DES "lab-priv-des"' 'x' <<'C'
rocommunity lab-ro
rouser labmd5 priv
rouser x noauth
disk /srv/data 10%
sysName db
sysLocation Server room, rack 2
sysContact dba@lab.test
sysServices 72
C
audit_sudo
echo 'UsePAM no' | ssh_server
lldp
start redis-server --port 6379 --bind 0.0.0.0 --protected-mode no --save '' --dir /run
start memcached -u nobody -l 0.0.0.0 -U 0 -m 4 -t 1
