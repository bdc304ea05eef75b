#!/bin/sh
# Makes sure there is a Chromium for the browser tests. Only root on Debian gets one installed.
set -u
cd "$(dirname "$0")/.." || exit 1
LOG=.cache/logs/chromium.log

for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "No Chromium here: the browser tests need one, please install it." >&2
    exit 0
fi
echo "Installing Chromium for the browser tests ..." >&2
mkdir -p .cache/logs
if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium; } >"$LOG" 2>&1; then
    echo "Chromium could not be installed. Log: $LOG" >&2
    exit 1
fi
