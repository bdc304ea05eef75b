#!/bin/sh
# Finds Python 3.10, keeps the virtual environments in step with the locks, then runs a command in one.
#   bootstrap.sh run   COMMAND...   in .venv        (requirements.lock)
#   bootstrap.sh dev   COMMAND...   in .venv        (requirements-dev.lock)
#   bootstrap.sh tools COMMAND...   in .venv-tools  (requirements-tools.lock)
#   bootstrap.sh find | uv          prints the Python or the uv that would be used
set -u
cd "$(dirname "$0")/.." || exit 1
LOG=.cache/logs/install.log
UV=

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# A name on PATH is not enough: a pyenv shim exists for every version and fails for those not chosen.
runs_310() {
    "$1" -c 'import ssl, sqlite3, sys
sys.exit(sys.version_info[:2] != (3, 10) or sys.implementation.name != "cpython")' >/dev/null 2>&1
}

first_310() {
    for candidate in "$@"; do
        if [ -x "$candidate" ] && runs_310 "$candidate"; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    return 1
}

python_on_path() {
    old_ifs=$IFS; IFS=:; set -f
    # shellcheck disable=SC2086
    set -- $PATH
    set +f; IFS=$old_ifs
    for folder in "$@"; do
        first_310 "${folder:-.}/python3.10" && return 0
    done
    return 1
}

python_from_pyenv() {
    first_310 "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/3.10.*/bin/python3.10
}

python_from_uv() {
    find_uv || return 1
    "$UV" python find --managed-python 3.10 2>/dev/null && return 0
    say "Fetching Python 3.10 ..."
    # No launcher outside the tool's own folder: nothing else on the machine should change.
    UV_PYTHON_INSTALL_BIN=0 "$UV" python install 3.10 >>"$LOG" 2>&1 || return 1
    "$UV" python find --managed-python 3.10 2>/dev/null
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        chosen=$(command -v "$PYTHON" 2>/dev/null) && runs_310 "$chosen" && { printf '%s\n' "$chosen"; return 0; }
        die "PYTHON is set to '$PYTHON', which is not a working Python 3.10."
    fi
    python_on_path || python_from_pyenv || python_from_uv ||
        die "Python 3.10 was not found and could not be fetched: install it, or name it with PYTHON=/path/to/python3.10."
}

find_uv() {
    for UV in "$(command -v uv 2>/dev/null)" .cache/uv/bin/uv .cache/uv-target/bin/uv; do
        [ -n "$UV" ] && "$UV" --version >/dev/null 2>&1 && return 0
    done
    say "Fetching the package installer ..."
    for helper in "$@" python3 python; do
        runs_pip_for_uv "$helper" && return 0
    done
    UV=
    return 1
}

# Debian's python3 may lack venv, or lack pip: either one is enough.
runs_pip_for_uv() {
    if "$1" -m venv .cache/uv >>"$LOG" 2>&1 && .cache/uv/bin/python -m pip install -q --retries 1 uv >>"$LOG" 2>&1; then
        UV=.cache/uv/bin/uv
    elif "$1" -m pip install -q --retries 1 --target .cache/uv-target uv >>"$LOG" 2>&1; then
        UV=.cache/uv-target/bin/uv
    else
        return 1
    fi
    "$UV" --version >/dev/null 2>&1
}

# Runs a step with its output in the log. In the background, so that a signal can end it with us.
logged() {
    "$@" >>"$LOG" 2>&1 </dev/null &
    step=$!
    trap 'kill "$step" 2>/dev/null; wait "$step"; exit 130' INT
    trap 'kill "$step" 2>/dev/null; wait "$step"; exit 143' TERM HUP
    wait "$step"
    status=$?
    trap - INT TERM HUP
    return $status
}

hash_of() {
    "$venv/bin/python" -c 'import hashlib, pathlib, sys
for name in sys.argv[1:]: print(hashlib.sha256(pathlib.Path(name).read_bytes()).hexdigest())' "$@"
}

# The development lock holds all of the other one, so the stamp lists every lock the environment satisfies.
locks_for() {
    case $1 in
        run) echo requirements.lock ;;
        dev) echo requirements-dev.lock requirements.lock ;;
        tools) echo requirements-tools.lock ;;
    esac
}

is_current() {
    runs_310 "$venv/bin/python" && [ -f "$venv/stamp" ] || return 1
    for sum in $(hash_of "$@"); do
        grep -q "$sum" "$venv/stamp" || return 1
    done
}

reason() {
    found=$(grep -iE 'error|×|no space' "$LOG" | head -n 1)
    printf '%s' "${found:-$(tail -n 1 "$LOG")}" | sed 's/^ *[×] *//' | cut -c 1-200
}

prepare() {
    # shellcheck disable=SC2046
    set -- "$1" $(locks_for "$1")
    kind=$1; shift
    is_current "$@" && return 0
    # Elsewhere the locks would install nothing at all, and say nothing.
    case "$(uname -s) $(uname -m)" in
        Linux\ x86_64 | Linux\ aarch64 | Darwin\ x86_64 | Darwin\ arm64) ;;
        *) die "Rasa 3.6 has no packages for this kind of machine ($(uname -s) $(uname -m))." ;;
    esac
    : >"$LOG"
    find_python >.cache/python || exit 1
    python=$(cat .cache/python)
    find_uv "$python" || die "The package installer (uv) could not be had: install uv yourself. Log: $LOG"
    [ "$kind" = tools ] || say "[1/5] Installing the packages (first time a few minutes) ..."
    rm -f "$venv/stamp"
    runs_310 "$venv/bin/python" || logged "$UV" venv --clear --python "$python" "$venv" ||
        die "The environment $venv could not be made: $(reason). Log: $LOG"
    logged "$UV" pip sync --python "$venv/bin/python" --require-hashes "$1" ||
        die "The packages could not be installed: $(reason). Log: $LOG"
    hash_of "$@" >"$venv/stamp"
}

# Speech is an extra: where its packages cannot be had, the guide is typed to. One try for each state of its lock.
prepare_voice() {
    lock=requirements-voice.lock
    [ "$1" != tools ] && [ -f "$lock" ] || return 0
    sum=$(hash_of "$lock" "$venv/stamp" | tr '\n' ' ')
    [ -f "$venv/stamp-voice" ] && [ "$(cat "$venv/stamp-voice")" = "$sum" ] && return 0
    mkdir -p .cache/logs
    : >"$LOG"
    find_python >.cache/python && find_uv "$(cat .cache/python)" || return 0
    logged "$UV" pip install --python "$venv/bin/python" --require-hashes --no-build -r "$lock" ||
        say "Speech is left out, its packages could not be installed: $(reason). Log: $LOG"
    printf '%s' "$sum" >"$venv/stamp-voice"
}

[ $# -gt 0 ] || die "usage: bootstrap.sh run|dev|tools COMMAND..., or find, or uv"
mode=$1; shift
mkdir -p .cache/logs || die "Cannot write to .cache in $(pwd)."
case $mode in
    find) find_python ;;
    uv) find_uv && printf '%s\n' "$UV" ;;
    run | dev | tools)
        venv=.venv
        [ "$mode" = tools ] && venv=.venv-tools
        prepare "$mode"
        prepare_voice "$mode"
        command=$1; shift
        exec "$venv/bin/$command" "$@"
        ;;
    *) die "bootstrap.sh: unknown word '$mode'" ;;
esac
