/*
 * A Redfish service of one machine, written from the DMTF's specification (DSP0266) and schemas: a ComputerSystem with its
 * Reset action, boot override, BIOS settings and virtual media, a Manager, an update service with an inventory, and
 * subscriptions to events; Basic and sessions, over HTTPS.
 *
 * What it does not check: whether a body has properties it should not have (only the ones it knows are looked at), the
 * privileges of users (there is one), `$expand`, `$select` and other query parameters, message registries (texts are
 * its own), tasks of switching the power (202 without a monitor), images (their version is what their name says), and that
 * events really go out.
 * Real services differ from each other and from the specification in all of these.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createPlain } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

type Json = Record<string, unknown>;

export interface RedfishServiceOptions {
  /** Files of a certificate and its key (PEM); without them it speaks plain HTTP, for other clients than ours. */
  readonly pair?: { readonly cert: string; readonly key: string };
  readonly username?: string;
  readonly password?: string;
  readonly port?: number;
}

/** How the machine behind the service is, and how the service behaves; a test may change all of it. */
export interface RedfishMachine {
  power: string;
  /** What is asked of it: reset types, in their order. */
  readonly resets: string[];
  resetTypes: string[];
  /** A reset type that it allows, and refuses; `''`: none. */
  refuses: string;
  /** Its operating system does not care for being asked to shut down. */
  deaf: boolean;
  /** An `ActionInfo` tells the reset types. */
  actionInfo: boolean;
  /** What it boots in the end, one for each start. */
  readonly booted: string[];
  boot: Json;
  /** It takes changes of the boot override, and forgets them. */
  forgetful: boolean;
  bios: Json;
  pending: Json;
  drive: { Image: string | null; Inserted: boolean };
  readonly subscriptions: Map<string, Json>;
  /** Versions of firmware by the id of the component. */
  firmware: Record<string, string | null>;
  /** Updates: the image, how often the task is still looked at before it is over, and what the task has besides. */
  readonly updates: { readonly image: string; looks: number; readonly task?: Json }[];
  /** Answers to the requests after the next look at the task of an update: a status, or 0 for none; it starts anew. */
  restart: number[];
  /** Answers to the next requests, the same. */
  readonly outage: number[];
  /** How often the tasks of changes are looked at before these are made; undefined: they are made at once. */
  changeLooks: number | undefined;
  /** Why such changes fail; undefined: they do not. */
  changeFails: string | undefined;
  /** Their tasks. */
  readonly changes: { looks: number; readonly act: () => void }[];
  /** Where requests of a path, as it was asked for, are redirected to, and with which status. */
  readonly redirects: Map<string, { readonly status: number; readonly location: string }>;
  /** What the service tells of where a new session is: a path, a URL by a name that only it knows, or only in the body. */
  sessionAt: 'path' | 'url' | 'body';
  /** How often the task of an update is looked at before it is over. */
  updateLooks: number;
  /** Why updates fail; undefined: they do not. */
  updateFails: string | undefined;
  readonly sessions: Map<string, string>;
  /** So often it says that it is busy, before it answers. */
  busy: number;
  /** Basic is off. */
  sessionsOnly: boolean;
  /** Status of actions that went well: 200 with a body, 202 or 204. */
  status: 200 | 202 | 204;
  /** Everything asked, `GET /redfish/v1/…`. */
  readonly asked: string[];
}

export interface RedfishService {
  readonly port: number;
  readonly machine: RedfishMachine;
  stop(): Promise<void>;
}

const V1 = '/redfish/v1';
const SYSTEM = `${V1}/Systems/1`;
const MANAGER = `${V1}/Managers/1`;

const machineOff = (): RedfishMachine => ({
  power: 'Off',
  resets: [],
  resetTypes: ['On', 'ForceOff', 'GracefulShutdown', 'ForceRestart'],
  refuses: '',
  deaf: false,
  actionInfo: false,
  booted: [],
  boot: {
    BootSourceOverrideEnabled: 'Disabled',
    BootSourceOverrideTarget: 'None',
    BootSourceOverrideMode: 'UEFI',
    'BootSourceOverrideTarget@Redfish.AllowableValues': ['None', 'Pxe', 'Hdd', 'Cd', 'BiosSetup', 'UefiHttp'],
  },
  forgetful: false,
  bios: { BootMode: 'Uefi', NumLock: 'On', ProcCores: 8, SriovEnabled: false },
  pending: {},
  drive: { Image: null, Inserted: false },
  subscriptions: new Map(),
  firmware: { BIOS: '2.4.1', NIC: null },
  updates: [],
  updateLooks: 2,
  updateFails: undefined,
  restart: [],
  outage: [],
  changeLooks: undefined,
  changeFails: undefined,
  changes: [],
  redirects: new Map(),
  sessionAt: 'path',
  sessions: new Map(),
  busy: 0,
  sessionsOnly: false,
  status: 204,
  asked: [],
});

/** Starts the service on loopback. */
export async function startRedfishService(options: RedfishServiceOptions = {}): Promise<RedfishService> {
  const { pair, port = 0 } = options;
  const machine = machineOff();
  const serve = (request: IncomingMessage, response: ServerResponse) =>
    void answer(machine, options, request, response);
  const server = pair
    ? createServer({ cert: readFileSync(pair.cert), key: readFileSync(pair.key) }, serve)
    : createPlain(serve);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    machine,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** What is refused, with its status. */
class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function answer(
  machine: RedfishMachine,
  { username = 'admin', password = 'secret' }: RedfishServiceOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const path = (request.url ?? '').replace(/\?.*$/, '').replace(/(?<=.)\/$/, '');
  const method = request.method ?? '';
  machine.asked.push(`${method} ${path}`);
  const send = (status: number, body?: Json, headers: Record<string, string> = {}) => {
    const content = body === undefined ? '' : JSON.stringify(body);
    response.writeHead(status, { 'Content-Type': 'application/json', 'OData-Version': '4.0', ...headers });
    response.end(content);
  };
  try {
    const away = machine.outage.shift();
    if (away === 0) return void request.socket.destroy();
    if (away !== undefined) return send(away, undefined, { 'Retry-After': '0' });
    const redirect = machine.redirects.get((request.url ?? '').replace(/\?.*$/, ''));
    if (redirect) return send(redirect.status, undefined, { Location: redirect.location });
    if (machine.busy > 0) {
      machine.busy -= 1;
      return send(503, undefined, { 'Retry-After': '0' });
    }
    if (text !== '' && !/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
      throw new Refusal(415, 'The body is no JSON.');
    }
    const body = text === '' ? {} : (JSON.parse(text) as Json);
    const basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const token = request.headers['x-auth-token'];
    const known =
      (!machine.sessionsOnly && request.headers.authorization === basic) ||
      (typeof token === 'string' && machine.sessions.has(token));
    if (method === 'POST' && path === `${V1}/SessionService/Sessions`) {
      if (body['UserName'] !== username || body['Password'] !== password) throw new Refusal(401, 'No such user.');
      const fresh = randomBytes(16).toString('hex');
      const location = `${path}/${machine.sessions.size + 1}`;
      machine.sessions.set(fresh, location);
      const told = machine.sessionAt === 'url' ? `https://bmc.internal${location}` : location;
      const headers = { 'X-Auth-Token': fresh, ...(machine.sessionAt === 'body' ? {} : { Location: told }) };
      return send(201, { '@odata.id': location, Id: '1' }, headers);
    }
    if (!known && path !== '/redfish' && path !== V1) throw new Refusal(401, 'Log in first.');
    const tag = `W/"${JSON.stringify(machine.boot).length}"`;
    if (method === 'GET') return send(200, resourceAt(machine, path), { ETag: tag });
    const match = request.headers['if-match'];
    if (match !== undefined && match !== tag) throw new Refusal(412, 'The resource was changed meanwhile.');
    // As some services have it of systems alone.
    if (method === 'PATCH' && path === SYSTEM && match === undefined) throw new Refusal(428, 'Its ETag is missing.');
    if (machine.changeLooks !== undefined && /Boot|Bios|VirtualMedia|Subscriptions/.test(`${path} ${text}`)) {
      machine.changes.push({ looks: machine.changeLooks, act: () => void change(machine, method, path, body) });
      return send(202, undefined, { Location: changePath(machine.changes.length - 1) });
    }
    const location = change(machine, method, path, body);
    if (location !== undefined) return send(201, undefined, { Location: location });
    return send(machine.status, machine.status === 200 ? { done: true } : undefined);
  } catch (error) {
    const status = error instanceof Refusal ? error.status : 500;
    const message = (error as Error).message;
    send(status, {
      error: {
        code: 'Base.1.8.GeneralError',
        message: 'See ExtendedInfo.',
        '@Message.ExtendedInfo': [{ Message: message }],
      },
    });
  }
}

const collection = (path: string, members: readonly string[]): Json => ({
  '@odata.id': path,
  '@odata.type': '#Collection.Collection',
  Name: path.split('/').at(-1),
  'Members@odata.count': members.length,
  Members: members.map((one) => ({ '@odata.id': one })),
});
const linked = (path: string): Json => ({ '@odata.id': path });

function resourceAt(machine: RedfishMachine, path: string): Json {
  const resets = {
    target: `${SYSTEM}/Actions/ComputerSystem.Reset`,
    ...(machine.actionInfo
      ? { '@Redfish.ActionInfo': `${SYSTEM}/ResetActionInfo` }
      : { 'ResetType@Redfish.AllowableValues': machine.resetTypes }),
  };
  const resources: Readonly<Record<string, Json>> = {
    '/redfish': { v1: `${V1}/` },
    [V1]: {
      '@odata.type': '#ServiceRoot.v1_5_0.ServiceRoot',
      Id: 'RootService',
      Name: 'Root Service',
      RedfishVersion: '1.6.0',
      UUID: '92384634-2938-2342-8820-489239905423',
      Systems: linked(`${V1}/Systems`),
      Managers: linked(`${V1}/Managers`),
      Chassis: linked(`${V1}/Chassis`),
      SessionService: linked(`${V1}/SessionService`),
      UpdateService: linked(`${V1}/UpdateService`),
      EventService: linked(`${V1}/EventService`),
      Tasks: linked(`${V1}/TaskService`),
      Links: { Sessions: linked(`${V1}/SessionService/Sessions`) },
    },
    [`${V1}/Systems`]: collection(`${V1}/Systems`, [SYSTEM]),
    [SYSTEM]: {
      '@odata.type': '#ComputerSystem.v1_10_0.ComputerSystem',
      Id: '1',
      Name: 'node01',
      SystemType: 'Physical',
      Manufacturer: 'Acme',
      Model: 'T1000',
      SerialNumber: 'SN0001',
      UUID: '11111111-2222-3333-4444-0000000000aa',
      BiosVersion: '2.4.1',
      PowerState: machine.power,
      Status: { State: 'Enabled', Health: 'OK' },
      Boot: machine.boot,
      Bios: linked(`${SYSTEM}/Bios`),
      Links: { ManagedBy: [linked(MANAGER)] },
      Actions: { '#ComputerSystem.Reset': resets },
    },
    [`${SYSTEM}/ResetActionInfo`]: {
      '@odata.type': '#ActionInfo.v1_1_2.ActionInfo',
      Id: 'ResetActionInfo',
      Name: 'Reset Action Info',
      Parameters: [{ Name: 'ResetType', Required: true, DataType: 'String', AllowableValues: machine.resetTypes }],
    },
    [`${SYSTEM}/Bios`]: {
      '@odata.type': '#Bios.v1_1_0.Bios',
      Id: 'Bios',
      Name: 'BIOS',
      Attributes: machine.bios,
      '@Redfish.Settings': { SettingsObject: linked(`${SYSTEM}/Bios/Settings`), SupportedApplyTimes: ['OnReset'] },
    },
    [`${SYSTEM}/Bios/Settings`]: { Id: 'Settings', Name: 'BIOS Settings', Attributes: machine.pending },
    [`${V1}/Managers`]: collection(`${V1}/Managers`, [MANAGER]),
    [MANAGER]: {
      '@odata.type': '#Manager.v1_5_0.Manager',
      Id: '1',
      Name: 'BMC',
      FirmwareVersion: '1.33.7',
      VirtualMedia: linked(`${MANAGER}/VirtualMedia`),
    },
    [`${MANAGER}/VirtualMedia`]: collection(`${MANAGER}/VirtualMedia`, [`${MANAGER}/VirtualMedia/Cd`]),
    [`${MANAGER}/VirtualMedia/Cd`]: {
      Id: 'Cd',
      Name: 'Virtual CD',
      MediaTypes: ['CD', 'DVD'],
      ...machine.drive,
      Actions: {
        '#VirtualMedia.InsertMedia': { target: `${MANAGER}/VirtualMedia/Cd/Actions/VirtualMedia.InsertMedia` },
        '#VirtualMedia.EjectMedia': { target: `${MANAGER}/VirtualMedia/Cd/Actions/VirtualMedia.EjectMedia` },
      },
    },
    [`${V1}/Chassis`]: collection(`${V1}/Chassis`, []),
    [`${V1}/UpdateService`]: {
      '@odata.type': '#UpdateService.v1_8_0.UpdateService',
      Id: 'UpdateService',
      Name: 'Update Service',
      ServiceEnabled: true,
      FirmwareInventory: linked(`${V1}/UpdateService/FirmwareInventory`),
      Actions: { '#UpdateService.SimpleUpdate': { target: `${V1}/UpdateService/Actions/UpdateService.SimpleUpdate` } },
    },
    [`${V1}/UpdateService/FirmwareInventory`]: {
      ...collection(`${V1}/UpdateService/FirmwareInventory`, [`${V1}/UpdateService/FirmwareInventory/BIOS`]),
      'Members@odata.nextLink': `${V1}/UpdateService/FirmwareInventory/more`,
    },
    [`${V1}/UpdateService/FirmwareInventory/more`]: collection(`${V1}/UpdateService/FirmwareInventory/more`, [
      `${V1}/UpdateService/FirmwareInventory/NIC`,
    ]),
    [`${V1}/UpdateService/FirmwareInventory/BIOS`]: {
      Id: 'BIOS',
      Name: 'System BIOS',
      Version: machine.firmware['BIOS'],
      Updateable: true,
    },
    [`${V1}/UpdateService/FirmwareInventory/NIC`]: {
      Id: 'NIC',
      Name: 'Network adapter',
      Version: machine.firmware['NIC'],
    },
    [`${V1}/TaskService`]: { Id: 'TaskService', Tasks: linked(`${V1}/TaskService/Tasks`) },
    [`${V1}/TaskService/Tasks`]: collection(
      `${V1}/TaskService/Tasks`,
      machine.updates.map((_, n) => taskPath(n)),
    ),
    ...Object.fromEntries(machine.updates.map((_, n) => [taskPath(n), taskAt(machine, n)])),
    ...Object.fromEntries(
      machine.changes.map(({ looks }, n) => [changePath(n), taskState(looks, machine.changeFails)]),
    ),
    [`${V1}/EventService`]: { Id: 'EventService', Subscriptions: linked(`${V1}/EventService/Subscriptions`) },
    [`${V1}/EventService/Subscriptions`]: collection(`${V1}/EventService/Subscriptions`, [
      ...machine.subscriptions.keys(),
    ]),
    ...Object.fromEntries(machine.subscriptions),
    [`${V1}/SessionService`]: {
      '@odata.type': '#SessionService.v1_0_2.SessionService',
      Id: 'SessionService',
      Name: 'Session Service',
      ServiceEnabled: true,
      SessionTimeout: 600,
      Sessions: linked(`${V1}/SessionService/Sessions`),
    },
    [`${V1}/SessionService/Sessions`]: collection(`${V1}/SessionService/Sessions`, [...machine.sessions.values()]),
  };
  const resource = resources[path];
  lookAtTask(machine, path);
  if (!resource) throw new Refusal(404, `There is no ${path}.`);
  return { '@odata.id': path, ...resource };
}

const taskPath = (n: number): string => `${V1}/TaskService/Tasks/${n + 1}`;

const changePath = (n: number): string => `${V1}/TaskService/Tasks/c${n + 1}`;

function taskAt({ updates, updateFails }: RedfishMachine, n: number): Json {
  const { looks = 0, task = {} } = updates[n] ?? {};
  return { Id: String(n + 1), Name: 'Update', ...taskState(looks, updateFails), ...task };
}

function taskState(looks: number, fails: string | undefined): Json {
  const isOver = looks === 0;
  return {
    '@odata.type': '#Task.v1_5_0.Task',
    TaskState: !isOver ? 'Running' : fails === undefined ? 'Completed' : 'Exception',
    TaskStatus: isOver && fails !== undefined ? 'Critical' : 'OK',
    Messages: isOver && fails !== undefined ? [{ Message: fails }] : [],
  };
}

/** An update goes on as it is looked at; with its end there is the version that its image is called by: `BIOS-2.5.0.bin`. */
function lookAtTask(machine: RedfishMachine, path: string): void {
  const made = machine.changes.find((_, n) => changePath(n) === path);
  if (made && made.looks > 0) {
    made.looks -= 1;
    if (made.looks === 0 && machine.changeFails === undefined) made.act();
  }
  const update = machine.updates.find((_, n) => taskPath(n) === path);
  if (!update || update.looks === 0) return;
  update.looks -= 1;
  if (machine.restart.length > 0) {
    machine.outage.push(...machine.restart);
    machine.restart = [];
    machine.sessions.clear();
  }
  const [, id, version] = /([A-Z]+)-([\d.]+\d)\.bin$/.exec(update.image) ?? [];
  if (update.looks === 0 && machine.updateFails === undefined && id !== undefined && version !== undefined) {
    machine.firmware[id] = version;
  }
}

/** Does what is asked. @returns where the new member of a collection is; undefined: there is none */
function change(machine: RedfishMachine, method: string, path: string, body: Json): string | undefined {
  switch (`${method} ${path}`) {
    case `POST ${SYSTEM}/Actions/ComputerSystem.Reset`:
      reset(machine, String(body['ResetType']));
      return undefined;
    case `POST ${V1}/UpdateService/Actions/UpdateService.SimpleUpdate`: {
      const image = String(body['ImageURI']);
      if (machine.updates.some(({ looks, task }) => looks > 0 && task?.['TaskState'] !== 'Pending'))
        throw new Refusal(503, 'An update is at work.');
      machine.updates.push({ image, looks: machine.updateLooks });
      return taskPath(machine.updates.length - 1);
    }
    case `PATCH ${SYSTEM}`:
      if (!machine.forgetful) machine.boot = { ...machine.boot, ...(body['Boot'] as Json) };
      return undefined;
    case `PATCH ${SYSTEM}/Bios/Settings`: {
      const attributes = body['Attributes'] as Json;
      if (attributes['ProcCores'] === 0) throw new Refusal(400, 'The value 0 for ProcCores is not in the list.');
      machine.pending = { ...machine.pending, ...attributes };
      return undefined;
    }
    case `POST ${MANAGER}/VirtualMedia/Cd/Actions/VirtualMedia.InsertMedia`:
      if (machine.drive.Inserted) throw new Refusal(409, 'There is a medium in the drive.');
      machine.drive = { Image: String(body['Image']), Inserted: true };
      return undefined;
    case `POST ${MANAGER}/VirtualMedia/Cd/Actions/VirtualMedia.EjectMedia`:
      machine.drive = { Image: null, Inserted: false };
      return undefined;
    case `POST ${V1}/EventService/Subscriptions`: {
      const location = `${V1}/EventService/Subscriptions/${machine.subscriptions.size + 1}`;
      machine.subscriptions.set(location, body);
      return location;
    }
    default:
      if (method === 'DELETE' && machine.subscriptions.delete(path)) return undefined;
      for (const [token, location] of machine.sessions) {
        if (method === 'DELETE' && location === path) return void machine.sessions.delete(token);
      }
      throw new Refusal(405, `${method} is not for ${path}.`);
  }
}

function reset(machine: RedfishMachine, type: string): void {
  if (!machine.resetTypes.includes(type)) throw new Refusal(400, `The value ${type} for ResetType is not in the list.`);
  if (type === machine.refuses) throw new Refusal(400, `The machine does not take ${type}.`);
  machine.resets.push(type);
  if (type === 'GracefulShutdown' && machine.deaf) return;
  if (type === 'ForceOff' || type === 'GracefulShutdown') {
    if (machine.power === 'Off') throw new Refusal(409, 'The machine is off.');
    machine.power = 'Off';
    return;
  }
  if (type === 'On' && machine.power === 'On') throw new Refusal(409, 'The machine is on.');
  machine.power = 'On';
  machine.bios = { ...machine.bios, ...machine.pending };
  machine.pending = {};
  const { BootSourceOverrideEnabled: enabled, BootSourceOverrideTarget: target } = machine.boot;
  machine.booted.push(enabled === 'Disabled' ? 'Hdd' : String(target));
  if (enabled === 'Once') {
    machine.boot = { ...machine.boot, BootSourceOverrideEnabled: 'Disabled', BootSourceOverrideTarget: 'None' };
  }
}
