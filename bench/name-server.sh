# Sourced by bench/policy after the harness: Knot at 127.0.0.2 with everything that rules ask, in a control group of its own.
# Clients 198.20.0.0/16 have names that lead back to them, 198.21.0.0/16 have none. Three lists have 198.20.255.1, .2 and
# .3, and the entry by which they are tested.
NAME_SERVER=127.0.0.2
LISTS="one.lists.example two.lists.example three.lists.example"

zone() { # DOMAIN: its file, from records on standard input
  { printf '$TTL 300\n@ SOA ns.bench.example. hostmaster.bench.example. 1 3600 600 86400 300\n@ NS ns.bench.example.\n'; cat; } >"$RUN/dns/$1.zone"
}

write_zones() {
  local list number=0
  zone root <<ZONE
ns.bench.example. A $NAME_SERVER
sender.example. MX 10 mx.sender.example.
mx.sender.example. A 192.0.2.25
ZONE
  zone clients.example </dev/null
  zone 20.198.in-addr.arpa </dev/null
  for list in $LISTS; do
    number=$((number + 1))
    printf '%s A 127.0.0.2\n%s TXT "for the bench"\n' 2.0.0.127 2.0.0.127 $number.255.20.198 $number.255.20.198 | zone $list
  done
}

knot_configuration() {
  cat <<CONF
server:
    rundir: "$RUN/dns"
    listen: $NAME_SERVER@53
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "$RUN/dns"
log:
  - target: stderr
    any: warning
mod-synthrecord:
  - id: forward
    type: forward
    prefix: client-
    ttl: 300
    network: 198.20.0.0/16
  - id: reverse
    type: reverse
    prefix: client-
    origin: clients.example
    ttl: 300
    network: 198.20.0.0/16
template:
  - id: default
    storage: "$RUN/dns"
    file: "%s.zone"
    zonefile-sync: -1
    journal-content: none
zone:
  - domain: "."
    file: root.zone
  - domain: clients.example
    module: mod-synthrecord/forward
  - domain: 20.198.in-addr.arpa
    module: mod-synthrecord/reverse
CONF
  printf '  - domain: %s\n' $LISTS
}

launch_dns() {
  mkdir -p "$RUN/dns"
  write_zones
  knot_configuration >"$RUN/dns/knot.conf"
  CG[dns]=$CGROOT/peer_dns.$$; mkdir -p "${CG[dns]}"
  local libraries; libraries=$(printf '%s:' "$PWD"/build/peers/*/usr/lib/*-linux-gnu)
  ( echo $BASHPID >"${CG[dns]}/cgroup.procs"; export LD_LIBRARY_PATH=$libraries; exec build/peers/knot/usr/sbin/knotd -c "$RUN/dns/knot.conf" ) \
    >"$RUN/dns/log" 2>&1 </dev/null & MAIN[dns]=$!
  for _ in $(seq 100); do is_answering && return; kill -0 "${MAIN[dns]}" 2>/dev/null || break; sleep .1; done
  echo "knot did not start:" >&2; tail -5 "$RUN/dns/log" >&2; return 1
}

is_answering() { # the SOA of the root
  python3 -c '
import socket, sys
asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
asking.settimeout(0.2)
asking.connect((sys.argv[1], 53))
asking.send(bytes.fromhex("0001 0000 0001 0000 0000 0000 00 0006 0001"))
asking.recv(512)' $NAME_SERVER 2>/dev/null
}

datagrams() { awk '$1 == "Udp:" && $2 ~ /^[0-9]/ { print $2 }' /proc/net/snmp; }   # that anybody here has received
