# Adds Cursus to the harness as one more peer; sourced at the end of the harness' lib.sh.
# CURSUS is the program to measure. Its queue, journal and log stay on, as it ships.
PORT[cursus]=3533
eval "$(declare -f prepare | sed '1s/prepare/prepare_other/')"
eval "$(declare -f launch | sed '1s/launch/launch_other/')"

cursus_configuration() { # MODE(hold|relay) RUNDIR
  cat <<TOML
hostname = "cursus.test"
data_dir = "$2/data"
[[listener]]
name = "bench"
address = ["127.0.0.1:${PORT[cursus]}"]
[limits]
message_size = "100MiB"
connections = 20000
connections_per_client = 20000
[delivery]
loopback = true
[admin]
socket = "$2/admin.sock"
[[route]]
domain = "dead.test"
hosts = ["127.0.0.1:9"]
[[route]]
domain = "*"
hosts = ["$([ "$1" = hold ] && echo 127.0.0.1:9 || echo 127.0.0.2:3599)"]
TOML
}

prepare() {
  [ "$1" = cursus ] || { prepare_other "$@"; return; }
  local r=$RUN/cursus
  rm -rf "$r"; mkdir -p "$r"
  cursus_configuration "$2" "$r" >"$r/cursus.toml"
}

launch() {
  [ "$1" = cursus ] || { launch_other "$@"; return; }
  local r=$RUN/cursus line
  CG[cursus]=$CGROOT/peer_cursus.$$; mkdir -p "${CG[cursus]}"
  ( echo $BASHPID >"${CG[cursus]}/cgroup.procs"; exec "$CURSUS" serve --config "$r/cursus.toml" ) >"$r/log" 2>&1 </dev/null & MAIN[cursus]=$!
  for _ in $(seq 300); do
    (exec 3<>"/dev/tcp/127.0.0.1/${PORT[cursus]}"; read -t 10 -r line <&3; [[ $line == 220* ]]) 2>/dev/null && return 0
    kill -0 "${MAIN[cursus]}" 2>/dev/null || break
    sleep .1
  done
  echo "cursus did not start:" >&2; tail -5 "$r/log" >&2; return 1
}
