#!/bin/sh
# Makes sure there are Redis, PostgreSQL and nginx for `make run-cluster`, `make chaos` and the tests of both, and with
# the word "clock" what sets a clock for these (without it those scenes and tests are left out).
# Only root on Debian gets them installed; they are started by our scripts, on ports of their own.
set -u
cd "$(dirname "$0")/.." || exit 1
LOG=.cache/logs/services.log

has() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || ls /usr/lib/postgresql/*/bin/"$1" >/dev/null 2>&1; }

packages=
has redis-server || packages="$packages redis-server"
has postgres || packages="$packages postgresql"
has nginx || packages="$packages nginx-light"
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    [ -z "$packages" ] || echo "Not here:$packages. A cluster and its tests need them, please install them." >&2
    exit 0
fi
[ "${1:-}" != clock ] || has faketime || packages="$packages faketime"
[ -z "$packages" ] && exit 0
echo "Installing$packages ..." >&2
mkdir -p .cache/logs
# shellcheck disable=SC2086
if ! { apt-get update && DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y --no-install-recommends $packages; } >"$LOG" 2>&1; then
    echo "They could not be installed. Log: $LOG" >&2
    exit 1
fi
