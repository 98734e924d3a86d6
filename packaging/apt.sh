# Sourced by the scripts beside it: apt without questions, quiet unless it fails.

privilege=()

# become_root WHAT_TO_DO: prepares apt_quietly, or says what root would have to do and ends.
become_root() {
    if ((EUID != 0)); then
        if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
            privilege=(sudo)
        elif command -v sudo >/dev/null && [[ -t 0 ]]; then
            privilege=(sudo)
        else
            echo "Packages are missing and this is not root. Please, as root, $1" >&2
            exit 1
        fi
    fi
}

apt_quietly() {
    local output status=0
    output="$("${privilege[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -qq \
        -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 "$@" 2>&1)" || status=$?
    if ((status != 0)); then
        printf '%s\n' "$output" >&2
        echo "apt-get $1 failed" >&2
        return "$status"
    fi
}

# with_fresh_lists COMMAND...: runs COMMAND; should it fail, refreshes apt's lists (they may not know a package yet, or
# name a version the archive no longer has) and runs it once more.
with_fresh_lists() {
    "$@" 2>/dev/null && return
    become_root "run: apt-get update"
    apt_quietly update
    "$@"
}
