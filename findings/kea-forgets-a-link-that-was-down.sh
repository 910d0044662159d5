#!/bin/sh
# Kea 2.2.0 (Debian 12): a configuration that is set while the link of its interface is down is taken with result 0, and once the
# link is up again nobody is offered a lease, for good: `status-get` tells nothing of it. Only another config-set (or a start)
# opens the socket. With `service-sockets-max-retries` in `interfaces-config` Kea opens it by itself. A bridge without any machine
# that is on has its link down, so a DHCP server of virtual or of directly wired machines meets this each time they are all off.
#
# Seen: "at first: lease", "set while the link is down: result 0", "link up again: no lease", "set again: lease",
# "with retries, set while the link is down, up again: lease".
#
# Needs kea-dhcp4 (kea-dhcp4-server), busybox, ip, node, and to be root. Exits 1 where it behaves otherwise.
set -eu
if [ "${1-}" != inside ]; then exec unshare --net sh "$0" inside; fi

folder=$(mktemp -d)
pid=
trap 'test -z "$pid" || kill "$pid" 2>/dev/null || true; rm -rf "$folder"' EXIT
PATH="$PATH:/usr/sbin:/sbin"
export KEA_PIDFILE_DIR="$folder" KEA_LOCKFILE_DIR="$folder"
ip link set lo up
ip link add srv0 type veth peer name cli0
ip addr add 192.0.2.1/24 dev srv0
ip link set srv0 up
ip link set cli0 up

# config <more of interfaces-config>
config() {
  cat <<END
{ "Dhcp4": { "interfaces-config": { "interfaces": ["srv0"] $1 },
  "control-socket": { "socket-type": "unix", "socket-name": "$folder/kea.sock" },
  "lease-database": { "type": "memfile", "persist": false },
  "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "pools": [{ "pool": "192.0.2.10 - 192.0.2.200" }] }] } }
END
}
# set_config <more of interfaces-config>: the result
set_config() {
  config "$1" | node -e '
    const config = JSON.parse(require("fs").readFileSync(0, "utf8"));
    const socket = require("net").connect(process.argv[1], () => socket.end(JSON.stringify({ command: "config-set", arguments: config })));
    let text = "";
    socket.on("data", (part) => (text += part)).on("end", () => console.log(`result ${JSON.parse(text).result}`));
  ' "$folder/kea.sock"
}
lease() { if busybox udhcpc -i cli0 -f -q -n -t 5 -T 1 -s /bin/true >/dev/null 2>&1; then echo lease; else echo 'no lease'; fi; }

config '' > "$folder/kea.json"
kea-dhcp4 -c "$folder/kea.json" >/dev/null 2>&1 &
pid=$!
until [ -S "$folder/kea.sock" ]; do sleep 0.1; done
retries=', "service-sockets-max-retries": 1000, "service-sockets-retry-wait-time": 200'
{
  echo "at first: $(lease)"
  ip link set cli0 down
  echo "set while the link is down: $(set_config '')"
  ip link set cli0 up
  echo "link up again: $(lease)"
  set_config '' >/dev/null
  echo "set again: $(lease)"
  ip link set cli0 down
  set_config "$retries" >/dev/null
  ip link set cli0 up
  echo "with retries, set while the link is down, up again: $(lease)"
} > "$folder/seen"
cat "$folder/seen"
printf '%s\n' 'at first: lease' 'set while the link is down: result 0' 'link up again: no lease' 'set again: lease' \
  'with retries, set while the link is down, up again: lease' | cmp -s - "$folder/seen"
