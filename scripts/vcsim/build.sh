#!/usr/bin/env bash
# Builds the simulator of vCenter that the tests talk to, once for each version of it, and prints where the program is.
# It takes Go and the sources of govmomi, which Debian has as packages (golang-go, golang-github-vmware-govmomi-dev), and no network.
set -euo pipefail
cd "$(dirname "$0")"

sources="${GOVMOMI_GOPATH:-/usr/share/gocode}"
govmomi="$sources/src/github.com/vmware/govmomi"
if ! command -v go >/dev/null || [ ! -e "$govmomi/simulator/simulator.go" ]; then
  echo "There is no Go, or no govmomi in $sources: on Debian, the packages golang-go and golang-github-vmware-govmomi-dev have them." >&2
  exit 1
fi

version="$({ go version && cat main.go && find "$govmomi" -name '*.go' -printf '%P %s\n' | sort; } | sha256sum | cut -c 1-16)"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/contractor-tests"
program="$cache/vcsim-$version"
mkdir -p "$cache"
# Tests that run beside each other build it once.
exec 9>"$cache/vcsim.lock"
flock 9
if [ ! -x "$program" ]; then
  find "$cache" -maxdepth 1 -name 'vcsim-*' -mtime +30 -delete
  GO111MODULE=off GOPATH="$sources" GOCACHE="$cache/go" GOFLAGS= go build -o "$program.new" main.go
  mv "$program.new" "$program"
fi
echo "$program"
