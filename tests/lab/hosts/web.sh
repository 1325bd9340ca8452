# Web server: a login form in clear on 80, an expired certificate with old TLS on 443, a good one on 8443.
snmp_agent 600 'labv3 SHA-256 "lab-auth-256" AES "lab-priv-128"' <<'C'
rouser labv3 priv
sysName web
sysLocation Server room, rack 2
sysContact noc@lab.test
sysServices 72
C
audit_sudo
echo 'UsePAM no' | ssh_server # Debian's own defaults: root by key, passwords accepted
lldp
mkdir -p /srv/www /run/nginx /var/lib/nginx /var/log/nginx
echo '<!doctype html><title>Lab intranet</title><form><input type=password></form>' >/srv/www/index.html
cat >/etc/nginx/nginx.conf <<'C'
worker_processes 1;
daemon off;
pid /run/nginx/pid;
error_log stderr;
user www-data;
events {}
http {
  access_log off;
  root /srv/www;
  default_type text/html;
  server { listen 80; listen [::]:80; }
  server {
    listen 443 ssl;
    ssl_certificate /etc/ssl/lab/expired.crt; ssl_certificate_key /etc/ssl/lab/expired.key;
    ssl_protocols TLSv1 TLSv1.1 TLSv1.2; ssl_ciphers ALL:eNULL:@SECLEVEL=0;
  }
  server {
    listen 8443 ssl;
    ssl_certificate /etc/ssl/lab/tls.crt; ssl_certificate_key /etc/ssl/lab/tls.key;
    ssl_protocols TLSv1.2 TLSv1.3;
  }
}
C
start nginx
