# Sourced by ./run and ./test: steps that are quiet unless they fail.

# step NAME COMMAND...: runs COMMAND with its output in build/logs/NAME.log, and shows that output if it fails.
step() {
    local name="$1" log="build/logs/$1.log" began=$SECONDS
    shift
    mkdir -p build/logs
    if "$@" >"$log" 2>&1 </dev/null; then
        echo "ok      $name ($((SECONDS - began)) s)"
    else
        tail -n 200 "$log" >&2
        echo "FAILED  $name ($((SECONDS - began)) s); all of its output: $log" >&2
        return 1
    fi
}

# The same, but what it says is shown as it goes (apt may ask sudo for a password), and failure ends the script.
step_packages() {
    local name="$1"
    shift
    "$@" || { echo "FAILED  $name" >&2; exit 1; }
}
