import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { testAuthority } from '#testing';

/**
 * A small server that answers as the API of Proxmox VE does, written from its documented paths; no Proxmox was at hand. It
 * checks who logs in, the CSRF token, and the parameters of a new machine by name and form. It does not check permissions,
 * storages and what they hold, templates, HA, quotas, firewalls, and whatever a real node refuses for its own reasons; its
 * tasks end after a number of looks, and its guests shut themselves down at once, or never.
 */
export interface ProxmoxStandIn {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** All machines, by id. */
  readonly machines: Map<number, StandInMachine>;
  /** Requests, as `POST /nodes/pve1/qemu`. */
  readonly requests: string[];
  /** How the next task of a kind (`qmcreate`, `qmstart`, …) ends, in the words of Proxmox. */
  failNext(kind: string, exitstatus: string): void;
  /** Whether guests shut themselves down. */
  deaf: boolean;
  /** Whether nodes tell the cluster how their machines are: where they do not yet, it lists them with no name. */
  silent: boolean;
  /** A node that can not be reached. */
  away: string | undefined;
  stop(): Promise<void>;
}

export interface StandInMachine {
  readonly node: string;
  status: 'running' | 'stopped';
  lock: string | undefined;
  readonly config: Record<string, string>;
}

export const PROXMOX_LOGIN = { username: 'svc@pve', password: 'open sesame' };
export const PROXMOX_TOKEN = { id: 'svc@pve!builder', value: '0e2c1d5e-6c0f-4a53-9d2b-6f3c1a7f0d11' };

/** How often a task is looked at until it has ended. */
const LOOKS = 2;
const BRIDGES: Readonly<Record<string, readonly string[]>> = { pve1: ['vmbr0', 'vmbr1'], pve2: ['vmbr0'] };
const GIB = 2 ** 30;
const NODES = [
  { node: 'pve1', status: 'online', maxmem: 64 * GIB, mem: 60 * GIB, cpu: 0.9 },
  { node: 'pve2', status: 'online', maxmem: 64 * GIB, mem: 8 * GIB, cpu: 0.1 },
  { node: 'pve3', status: 'offline' },
];

/** What the values of a new machine look like. */
const PARAMETERS: readonly (readonly [RegExp, RegExp])[] = [
  [/^vmid$/, /^[1-9]\d{2,8}$/],
  [/^name$/, /^[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?$/],
  [/^(sockets|cores|memory)$/, /^\d+$/],
  [/^cpu$/, /^x86-64-v2-AES$/],
  [/^ostype$/, /^(l26|win11|other)$/],
  [/^scsihw$/, /^virtio-scsi-single$/],
  [/^boot$/, /^order=[a-z0-9]+(;[a-z0-9]+)*$/],
  [/^tags$/, /^[a-z0-9_][a-z0-9_+.-]*(;[a-z0-9_][a-z0-9_+.-]*)*$/],
  [/^description$/, /^[^]{0,8192}$/],
  [/^scsi\d+$/, /^[a-z0-9-]+:\d+$/],
  [/^net\d+$/, /^virtio,bridge=vmbr\d+,macaddr=([0-9a-f]{2}:){5}[0-9a-f]{2}(,tag=\d{1,4})?$/],
];

interface RunningTask {
  looks: number;
  readonly exitstatus: string;
  readonly effect: () => void;
}

/** Starts one, over HTTPS with a certificate of its own making. */
export async function startProxmox(): Promise<ProxmoxStandIn> {
  const authority = await testAuthority('proxmox');
  const pair = await authority.sign('pve1', 'IP:127.0.0.1');
  const stand = new StandIn();
  const server = createServer({ cert: readFileSync(pair.cert), key: readFileSync(pair.key) }, (request, response) => {
    void stand.answer(request, response);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  stand.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  stand.stop = async () => {
    await closed(server);
    await authority.remove();
  };
  return stand;
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  });

/** What is refused. */
class Refused extends Error {
  constructor(
    readonly status: number,
    readonly reason: string,
    readonly errors?: object,
  ) {
    super(reason);
  }
}

class StandIn implements ProxmoxStandIn {
  host = '';
  deaf = false;
  silent = false;
  away: string | undefined;
  readonly machines = new Map<number, StandInMachine>();
  readonly requests: string[] = [];
  readonly #tasks = new Map<string, RunningTask>();
  readonly #failures = new Map<string, string>();
  #taskCount = 0;
  stop: () => Promise<void> = async () => undefined;

  failNext(kind: string, exitstatus: string): void {
    this.#failures.set(kind, exitstatus);
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'https://pve1');
    const path = url.pathname.replace(/^\/api2\/json/, '');
    const method = request.method ?? 'GET';
    const values = new URLSearchParams(await text(request));
    this.requests.push(`${method} ${path}`);
    try {
      if (path !== '/access/ticket') authorize(request);
      const data = this.#route(method, path, values);
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data }));
    } catch (thrown) {
      const { status, reason, errors } = thrown instanceof Refused ? thrown : new Refused(500, String(thrown));
      response.writeHead(status, reason).end(JSON.stringify({ data: null, ...(errors ? { errors } : {}) }));
    }
  }

  #route(method: string, path: string, values: URLSearchParams): unknown {
    if (path === '/access/ticket') return ticketFor(values);
    if (path === '/nodes') return NODES;
    if (path === '/cluster/nextid') return String(Math.max(99, ...this.machines.keys()) + 1);
    if (path === '/cluster/resources') {
      return [...this.machines].map(([vmid, { node, status, config }]) => {
        const { name, tags } = config;
        const told = this.silent ? { status: 'unknown' } : { status, name };
        return { id: `qemu/${vmid}`, type: 'qemu', vmid, node, tags, ...told };
      });
    }
    const [, , node = '', kind = '', third, ...rest] = path.split('/').map(decodeURIComponent);
    if (!Object.hasOwn(BRIDGES, node)) throw new Refused(596, `no such node '${node}'`);
    if (kind === 'network') return (BRIDGES[node] ?? []).map((iface) => ({ iface, type: 'bridge' }));
    if (kind === 'tasks') return this.#look(third ?? '');
    if (kind === 'qemu' && method === 'POST' && third === undefined) return this.#create(node, values);
    return this.#machine(method, node, Number(third), rest.join('/'));
  }

  #machine(method: string, node: string, vmid: number, action: string): unknown {
    const machine = this.machines.get(vmid);
    if (!machine || machine.node !== node) {
      throw new Refused(500, `Configuration file 'nodes/${node}/qemu-server/${vmid}.conf' does not exist`);
    }
    if (node === this.away) throw new Refused(595, 'No route to host');
    if (method === 'GET' && action === 'config')
      return { ...machine.config, ...(machine.lock ? { lock: machine.lock } : {}) };
    if (method === 'GET' && action === 'status/current') return { status: machine.status };
    if (method === 'DELETE' && action === '') {
      if (machine.status === 'running') throw new Refused(500, `unable to remove VM ${vmid} - it is running`);
      return this.#begin(node, 'qmdestroy', vmid, () => void this.machines.delete(vmid));
    }
    if (method !== 'POST') throw new Refused(501, `Method '${method} ${action}' not implemented`);
    if (action === 'status/start') return this.#begin(node, 'qmstart', vmid, () => void (machine.status = 'running'));
    if (action === 'status/stop') return this.#begin(node, 'qmstop', vmid, () => void (machine.status = 'stopped'));
    if (action === 'status/shutdown') {
      if (machine.lock) throw new Refused(500, `VM is locked (${machine.lock})`);
      if (this.deaf) this.failNext('qmshutdown', 'VM quit/powerdown failed - got timeout');
      return this.#begin(node, 'qmshutdown', vmid, () => void (machine.status = 'stopped'));
    }
    throw new Refused(501, `Method '${method} ${action}' not implemented`);
  }

  #create(node: string, values: URLSearchParams): string {
    const errors: Record<string, string> = {};
    for (const [name, value] of values) {
      const known = PARAMETERS.find(([key]) => key.test(name));
      if (!known)
        errors[name] = 'property is not defined in schema and the schema does not allow additional properties';
      else if (!known[1].test(value)) errors[name] = `invalid format - value '${value}' does not match`;
    }
    if (Object.keys(errors).length > 0) throw new Refused(400, 'Parameter verification failed.', errors);
    const vmid = Number(values.get('vmid'));
    if (this.machines.has(vmid))
      throw new Refused(500, `unable to create VM ${vmid} - VM ${vmid} already exists on node '${node}'`);
    const config = Object.fromEntries([...values].filter(([name]) => name !== 'vmid').map(written));
    const machine: StandInMachine = { node, status: 'stopped', lock: 'create', config };
    this.machines.set(vmid, machine);
    return this.#begin(
      node,
      'qmcreate',
      vmid,
      () => void (machine.lock = undefined),
      () => void this.machines.delete(vmid),
    );
  }

  #begin(node: string, kind: string, vmid: number, effect: () => void, failed: () => void = () => undefined): string {
    const exitstatus = this.#failures.get(kind) ?? 'OK';
    this.#failures.delete(kind);
    this.#taskCount += 1;
    const upid = `UPID:${node}:0000${this.#taskCount}:00000000:00000000:${kind}:${vmid}:svc@pve:`;
    this.#tasks.set(upid, { looks: 0, exitstatus, effect: exitstatus === 'OK' ? effect : failed });
    return upid;
  }

  #look(upid: string): object {
    const task = this.#tasks.get(upid);
    if (!task) throw new Refused(500, `no such task '${upid}'`);
    task.looks += 1;
    if (task.looks < LOOKS) return { upid, status: 'running' };
    if (task.looks === LOOKS) task.effect();
    return { upid, status: 'stopped', exitstatus: task.exitstatus };
  }
}

/** An interface as the configuration shows it: the MAC stands beside the model. */
function written([name, value]: readonly [string, string]): readonly [string, string] {
  const [, bridge, mac = '', tag = ''] = /^virtio,bridge=([^,]+),macaddr=([^,]+)(.*)$/.exec(value) ?? [];
  return name.startsWith('net') ? [name, `virtio=${mac.toUpperCase()},bridge=${bridge}${tag}`] : [name, value];
}

const TICKET = 'PVE:svc@pve:65000000::signature';
const CSRF = '65000000:csrf';

function ticketFor(values: URLSearchParams): object {
  const { username, password } = PROXMOX_LOGIN;
  if (values.get('username') !== username || values.get('password') !== password) {
    throw new Refused(401, 'authentication failure');
  }
  return { username, ticket: TICKET, CSRFPreventionToken: CSRF };
}

function authorize({ headers, method }: IncomingMessage): void {
  if (headers.authorization === `PVEAPIToken=${PROXMOX_TOKEN.id}=${PROXMOX_TOKEN.value}`) return;
  if (headers.cookie !== `PVEAuthCookie=${TICKET}`) throw new Refused(401, 'No ticket');
  if (method !== 'GET' && headers.csrfpreventiontoken !== CSRF)
    throw new Refused(401, 'Permission denied - invalid csrf token');
}
