# Up, and saying so by ARP alone.
nft -f - <<'C'
table inet lab {
  chain input { type filter hook input priority 0; policy drop; }
  chain output { type filter hook output priority 0; policy drop; }
}
C
