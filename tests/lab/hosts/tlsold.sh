# A web server that offers TLS 1.0 and 1.1 only, its certificate about to end.
snmp_agent 600 <<'C'
rocommunity lab-ro
sysName tlsold
sysLocation Workshop, cabinet A
sysContact workshop@lab.test
sysServices 72
C
audit_sudo
ordinary_ssh
lldp
mkdir -p /run/nginx /var/lib/nginx /var/log/nginx
cat >/etc/nginx/nginx.conf <<'C'
worker_processes 1;
daemon off;
pid /run/nginx/pid;
error_log stderr;
user www-data;
events {}
http {
  access_log off;
  server {
    listen 443 ssl;
    ssl_certificate /etc/ssl/lab/tls.crt; ssl_certificate_key /etc/ssl/lab/tls.key;
    ssl_protocols TLSv1 TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0;
    location / { return 200 'old'; }
  }
}
C
start nginx
