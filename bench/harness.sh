# Sourced by the scripts of bench/: the harness copied under build/bench, where it measures, with Cursus as one more peer.
# $BENCH_HARNESS says where it is; $CURSUS is the program to measure.
harness=${BENCH_HARNESS:-../shared/bench}
export CURSUS=${CURSUS:-$PWD/build/release/src/main/cursus}
[ -x "$CURSUS" ] || { echo "$0: $CURSUS is not built: cmake --preset release && cmake --build --preset release" >&2; exit 1; }
[ -e "$harness/run.sh" ] || { echo "$0: no harness at $harness; set BENCH_HARNESS" >&2; exit 1; }

fetched=build/bench/work
mkdir -p "$fetched"/haraka/node_modules/Haraka   # a peer that is not compared: the setup need not fetch it
cp -r "$harness"/{conf,src,*.sh,*.py} build/bench/
printf '\n. "%s"\n' "$PWD/bench/cursus-peer.sh" >>build/bench/lib.sh
[ -e "$fetched"/bin/smtpblast ] || bash build/bench/setup.sh >build/bench/setup.log 2>&1 || { tail -5 build/bench/setup.log >&2; exit 1; }
