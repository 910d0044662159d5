#!/bin/sh
# @nats-io/transport-node 3.4.0: the kind of transport belongs to the process and not to the connection. A connection made
# with `connect` (TCP) that has to reconnect after another one was made with `wsconnect` dials its TCP address as a
# WebSocket, and does not get there; without the other one it reconnects at once.
#
# Seen: "alone: reconnected", "beside a WebSocket: not reconnected in 10 s", though both addresses answer again.
#
# Needs Debian 12 with apt, node 22 and npm. Exits 1 where it behaves otherwise.
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
npm install --silent --no-audit --no-fund @nats-io/transport-node@3.4.0 ws@8.23.0

free() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'; }
tcp=$(free)
ws=$(free)
printf 'listen: 127.0.0.1:%s\nwebsocket: { listen: "127.0.0.1:%s", no_tls: true }\n' "$tcp" "$ws" > nats.conf
start() {
  : > nats.log
  "$server" --config nats.conf > nats.log 2>&1 &
  pid=$!
  until grep -qs 'Server is ready' nats.log; do sleep 0.1; done
}

cat > client.mjs <<'END'
import { connect, wsconnect } from '@nats-io/transport-node';
import { WebSocket } from 'ws';
globalThis.WebSocket ??= WebSocket;
const [tcp, ws, kind] = process.argv.slice(2);
const options = { maxReconnectAttempts: -1, reconnectTimeWait: 200 };
const connection = await connect({ ...options, servers: `127.0.0.1:${tcp}` });
if (kind === 'beside') await wsconnect({ ...options, servers: `ws://127.0.0.1:${ws}` });
const back = (async () => {
  for await (const status of connection.status()) if (status.type === 'reconnect') return 'reconnected';
})();
console.log('connected');
process.on('SIGUSR2', async () => {
  const late = new Promise((resolve) => setTimeout(resolve, 10_000, 'not reconnected in 10 s'));
  console.log(await Promise.race([back, late]));
  process.exit();
});
setInterval(() => undefined, 1000);
END

# reconnects <alone|beside>: whether the TCP connection comes back after the server was started again
reconnects() {
  start
  node client.mjs "$tcp" "$ws" "$1" > client.log 2>&1 &
  client=$!
  until grep -q connected client.log; do sleep 0.1; done
  kill "$pid"; wait "$pid" 2>/dev/null || true
  start
  kill -USR2 "$client"
  wait "$client" || true
  tail -n 1 client.log
  kill "$pid"; wait "$pid" 2>/dev/null || true; pid=
}

{ echo "alone: $(reconnects alone)"; echo "beside a WebSocket: $(reconnects beside)"; } > seen
cat seen
printf 'alone: reconnected\nbeside a WebSocket: not reconnected in 10 s\n' | cmp -s - seen
