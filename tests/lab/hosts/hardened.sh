# Everything as it should be: no check may fail here.
snmp_agent 600 'audit512 SHA-512 "lab-auth-sha-512" AES-256 "lab-priv-aes-256"' <<'C'
rouser audit512 priv
sysName hardened
sysLocation Server room, rack 3
sysContact security@lab.test
sysServices 72
C
audit_sudo
set_password audit audit # SHA-512
nft -f - <<'C'
table inet filter {
  chain input {
    type filter hook input priority filter; policy accept;
    tcp dport 4444 reject with tcp reset
  }
}
C
# Logs leave for another host, an agent runs whose signatures are of today, updates are automatic,
# and a backup is scheduled.
stand_in rsyslogd
echo '*.* @@10.78.0.20:6514' >/etc/rsyslog.conf
stand_in clamd
mkdir -p /var/lib/clamav /etc/cron.d
touch /var/lib/clamav/daily.cld
echo '30 1 * * * root borgmatic' >/etc/cron.d/borgmatic
# Its own view of /usr/bin: the program that the machine may not have.
mkdir -p /opt/bin /etc/apt/apt.conf.d
install -m 755 /dev/null /opt/bin/unattended-upgrade
mount -t overlay -o lowerdir=/opt/bin:/usr/bin overlay /usr/bin
printf 'APT::Periodic::Unattended-Upgrade "1";\n' >/etc/apt/apt.conf.d/20auto-upgrades
ssh_server <<'C'
UsePAM no
PermitRootLogin no
PasswordAuthentication no
PermitEmptyPasswords no
KbdInteractiveAuthentication no
AllowUsers audit
KexAlgorithms sntrup761x25519-sha512@openssh.com,curve25519-sha256,curve25519-sha256@libssh.org,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512
HostKeyAlgorithms ssh-ed25519,rsa-sha2-512,rsa-sha2-256
Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr
MACs hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com
C
lldp
mkdir -p /srv/www /run/nginx /var/lib/nginx /var/log/nginx
echo '<!doctype html><title>Hardened</title><p>Lab' >/srv/www/index.html
cat >/etc/nginx/nginx.conf <<'C'
worker_processes 1;
daemon off;
pid /run/nginx/pid;
error_log stderr;
user www-data;
events {}
http {
  access_log off;
  server_tokens off;
  root /srv/www;
  default_type text/html;
  server {
    listen 443 ssl;
    ssl_certificate /etc/ssl/lab/tls.crt; ssl_certificate_key /etc/ssl/lab/tls.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ciphers ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-CHACHA20-POLY1305;
  }
}
C
start nginx
smb_server <<'C'
server min protocol = SMB3_00
server signing = mandatory
smb ports = 445
C
name_server <<'C'
recursion no; allow-transfer { none; }; dnssec-validation no;
C
printf 'local stratum 10\nallow\ncmdport 0\nbindcmdaddress /\npidfile /run/chronyd.pid\n' >/etc/chrony.conf
start chronyd -d -x -u root -f /etc/chrony.conf
