# A server that nobody touched for fifteen years.
snmp_agent 600 <<'C'
com2sec lab default public
group lab v1 lab
view all included .1
access lab "" v1 noauth exact all none none
sysName legacy
sysLocation Workshop, cabinet B
sysContact workshop@lab.test
sysServices 72
C
set_password root root
set_password audit audit
echo 'guest:x:5001:5001:Guest:/tmp:/bin/sh' >>/etc/passwd
echo 'guest::19000:0:99999:7:::' >>/etc/shadow
echo 'toor:x:0:0:Old root:/root:/bin/sh' >>/etc/passwd
echo 'toor:*:19000:0:99999:7:::' >>/etc/shadow
echo 'marie:x:1000:1000:Marie:/tmp:/bin/sh' >>/etc/passwd
echo "marie:$(openssl passwd -1 -salt arpent lab-marie-1998):19000:0:99999:7:::" >>/etc/shadow
audit_sudo
chmod 640 /etc/sudoers
echo 'marie ALL=(ALL) NOPASSWD: ALL' >>/etc/sudoers
chmod 440 /etc/sudoers
ssh_server <<'C'
UsePAM no
PermitRootLogin yes
PasswordAuthentication yes
PermitEmptyPasswords yes
KexAlgorithms diffie-hellman-group1-sha1,diffie-hellman-group14-sha1
HostKeyAlgorithms ssh-rsa
Ciphers 3des-cbc,aes128-cbc
MACs hmac-md5,hmac-sha1
RequiredRSASize 1024
C
lldp
cat >/etc/inetd.conf <<'C'
telnet stream tcp nowait root /usr/sbin/telnetd telnetd -h
login stream tcp nowait nobody /usr/bin/python3 python3 /opt/rservice.py
shell stream tcp nowait nobody /usr/bin/python3 python3 /opt/rservice.py
echo stream tcp nowait root internal
discard stream tcp nowait root internal
daytime stream tcp nowait root internal
chargen stream tcp nowait root internal
C
start inetd -i /etc/inetd.conf
mkdir -p /run/vsftpd/empty /srv/ftp /srv/tftp
echo 'Lab price list' >/srv/ftp/prices.txt
cat >/etc/vsftpd.conf <<'C'
listen=YES
background=NO
anonymous_enable=YES
local_enable=NO
anon_root=/srv/ftp
secure_chroot_dir=/run/vsftpd/empty
seccomp_sandbox=NO
ftpd_banner=Lab FTP
C
start vsftpd /etc/vsftpd.conf
start in.tftpd -L -u tftp -s /srv/tftp
smb_server <<'C'
server min protocol = NT1
server signing = disabled
C
name_server <<'C'
recursion yes; allow-recursion { any; }; allow-transfer { any; }; dnssec-validation no;
C
start python3 /opt/answers.py
