#!/bin/sh
# ssh2 1.17.0: `algorithms: { serverHostKey: { prepend: [...] } }` adds algorithms that are not in the default list; one that
# is in it already stays where it is. So it cannot ask a host for the kind of key that is known of it: the first algorithm of
# the list decides which key the host shows. A list in full does.
#
# Seen: asked to put ecdsa-sha2-nistp256 (in the default list, behind ssh-ed25519) in front, the host shows its Ed25519 key;
# with the same algorithm as a list of one it shows its ECDSA key.
#
# Needs node 20 or newer, npm and ssh-keygen. Exits 1 where it behaves otherwise.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts ssh2@1.17.0
ssh-keygen -q -t ed25519 -N '' -f ed25519
ssh-keygen -q -t ecdsa -b 256 -m PEM -N '' -f ecdsa

cat > shown.mjs <<'END'
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import ssh2 from 'ssh2';
const hostKeys = ['ed25519', 'ecdsa'].map((name) => readFileSync(name));
const server = new ssh2.Server({ hostKeys }, (client) => {
  client.on('authentication', (attempt) => attempt.accept());
  client.on('error', () => undefined);
}).listen(0, '127.0.0.1');
await once(server, 'listening');

/** The kind of the key that the host shows. */
async function shown(serverHostKey) {
  const client = new ssh2.Client();
  let kind = '';
  const hostVerifier = (key) => ((kind = key.subarray(4, 4 + key.readUInt32BE(0)).toString()), true);
  client.connect({ host: '127.0.0.1', port: server.address().port, username: 'x', hostVerifier, algorithms: { serverHostKey } });
  await once(client, 'ready');
  client.end();
  return kind;
}
const wanted = ['ecdsa-sha2-nistp256'];
console.log(`prepended: ${await shown({ prepend: wanted })}`);
console.log(`alone: ${await shown(wanted)}`);
process.exit();
END
node shown.mjs > seen
cat seen
printf 'prepended: ssh-ed25519\nalone: ecdsa-sha2-nistp256\n' | cmp -s - seen
