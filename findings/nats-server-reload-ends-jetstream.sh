#!/bin/sh
# nats-server 2.9.10 (Debian 12): a server whose JetStream was switched on by its command line (-js) loses it at a reload
# (SIGHUP). One whose configuration file says so keeps it. The reload itself is reported as a success.
#
# Seen: with -js, "JetStream Shutdown" in the log at the reload of a file in which another limit has changed; with
# "jetstream {}" in that file nothing of the kind.
#
# Needs Debian or Ubuntu with apt, and node. Exits 1 where it behaves otherwise.
set -eu

version=2.9.10-1+b3
folder=$(mktemp -d)
pid=
trap 'test -z "$pid" || kill "$pid" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get download -qq "nats-server=$version" 2>/dev/null
dpkg -x nats-server_*.deb .
server=$(find "$folder" -name nats-server -type f -perm -u+x | head -n 1)
"$server" --version

ask() { node -e 'fetch(process.argv[1]).then(async (answer) => console.log(await answer.text()))' "http://127.0.0.1:$monitor/$1"; }
free() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'; }
# jetstream_after_reload <name> <content of the file> [options]: whether JetStream is there before and after a reload
jetstream_after_reload() {
  name=$1; printf '%s\n' "$2" > "$name.conf"; shift 2
  monitor=$(free)
  "$server" --addr 127.0.0.1 --port "$(free)" --http_port "$monitor" --config "$name.conf" "$@" > "$name.log" 2>&1 &
  pid=$!
  until grep -qs 'Server is ready' "$name.log"; do sleep 0.1; done
  ask varz | grep -q '"max_memory"' && printf '%s: on' "$name"
  # What a configuration is reloaded for: something in it is another one.
  echo 'max_payload: 2097152' >> "$name.conf"
  kill -HUP "$pid"
  until grep -q 'Reloaded server configuration\|Reloaded: ' "$name.log"; do sleep 0.1; done
  sleep 1
  if grep -q 'JetStream Shutdown' "$name.log"; then echo ', off after a reload'; else echo ', on after a reload'; fi
  kill "$pid"; wait "$pid" 2>/dev/null || true; pid=
}

jetstream_after_reload by-option 'max_payload: 1048576' -js -sd "$folder/option" > seen
jetstream_after_reload by-file "jetstream: { store_dir: \"$folder/file\" }" >> seen
cat seen
printf 'by-option: on, off after a reload\nby-file: on, on after a reload\n' | cmp -s - seen
