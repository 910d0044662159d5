import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestNetwork } from './test-network.ts';

/** Lets this machine's loopback and a network of a test's own talk to each other, over sockets of files. */
export interface NetworkRelay {
  /** Of TCP: on loopback here, or there. */
  readonly port: number;
  stop(): Promise<void>;
}

/** Joins whoever connects to one end with the other one; an end is a path, or an address and a port in JSON. */
const JOIN = `
  const net = require('node:net');
  const [from, to] = process.argv.slice(1).map((end) => (end.startsWith('{') ? JSON.parse(end) : { path: end }));
  const server = net.createServer((one) => {
    const other = net.connect(to);
    for (const socket of [one, other]) socket.on('error', () => undefined);
    one.on('close', () => other.destroy()).pipe(other);
    other.on('close', () => one.destroy()).pipe(one);
  });
  server.listen(from, () => console.log('ready'));
  process.stdin.on('end', () => process.exit()).resume();
`;

function join(one: Socket, other: Socket): void {
  for (const end of [one, other]) end.on('error', () => undefined);
  one.on('close', () => other.destroy()).pipe(other);
  other.on('close', () => one.destroy()).pipe(one);
}

async function relay(
  network: TestNetwork,
  ends: (socket: string) => readonly [string, string],
): Promise<{ readonly socket: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'contractor-relay-'));
  const socket = path.join(folder, 'socket');
  const [enter = '', ...within] = network.within;
  const child = spawn(enter, [...within, process.execPath, '-e', JOIN, ...ends(socket)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`no relay into the network (${code})`))),
  ]);
  const stop = async (): Promise<void> => {
    const ended = once(child, 'exit');
    child.stdin.end();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  return { socket, stop };
}

/** A port here that is one of the network: `10.77.0.1`, 80. */
export async function relayInto(network: TestNetwork, host: string, port: number): Promise<NetworkRelay> {
  const { socket, stop } = await relay(network, (file) => [file, JSON.stringify({ host, port })]);
  const server = createServer((one) => join(one, connect(socket))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      server.close();
      await stop();
    },
  };
}

/** A port of the network's loopback that is one here. */
export async function relayOutOf(network: TestNetwork, port: number): Promise<NetworkRelay> {
  const ends = { host: '127.0.0.1', port };
  const folder = await mkdtemp(path.join(tmpdir(), 'contractor-relay-'));
  const outside = path.join(folder, 'outside');
  const server = createServer((one) => join(one, connect(ends))).listen(outside);
  await once(server, 'listening');
  const { stop } = await relay(network, () => [JSON.stringify(ends), outside]);
  return {
    port,
    async stop() {
      await stop();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
