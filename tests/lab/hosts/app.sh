# Application server behind the router: password and keyboard-interactive logins, no sudo.
snmp_agent 644 <<'C'
rocommunity lab-ro
sysName app
sysLocation Unknown
sysContact apps@lab.test
sysServices 72
C
set_password audit audit
rm -r /home/audit/.ssh
printf '%s\n' 'UsePAM yes' 'PasswordAuthentication yes' 'KbdInteractiveAuthentication yes' | ssh_server
lldp
