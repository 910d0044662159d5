import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { element, written, Xml } from '../src/xml/xml.ts';

/**
 * A small server that answers as the web service of VirtualBox (`vboxwebsrv`) does for the calls that agents make, written
 * from the names of its methods and parameters; no VirtualBox was at hand. It checks who is logged on, that handles are of
 * that session, that a registered machine is changed under a lock alone and removed without one, and that no method or
 * parameter is used that it does not know. It does not check types of guests, sizes, what is on the disk of its host, and
 * the forms in which later versions want some calls; its progresses end after a number of looks.
 */
export interface VirtualboxStandIn {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** Registered machines, by UUID. */
  readonly machines: Map<string, VboxMachine>;
  /** Locations of disks that there are. */
  readonly disks: Map<string, number>;
  /** Methods that were called, in their order. */
  readonly calls: string[];
  /** Sessions that are logged on. */
  readonly sessions: Set<string>;
  /** Whether guests heed the power button. */
  deaf: boolean;
  /** The next call of a method has its effect, and then is never answered. */
  hangAfter: string | undefined;
  /** Progresses of the next such call fail with this text. */
  failNext(method: string, reason: string): void;
  stop(): Promise<void>;
}

export interface VboxMachine {
  readonly uuid: string;
  /** What its guest sees, where that is another one than its own. */
  hardwareUuid?: string;
  readonly name: string;
  state: string;
  /** How often it is looked at until its process has let go of it. */
  ending: number;
  lockedBy: string | undefined;
  readonly values: Record<string, string>;
  /** Extra data that has not been saved. */
  unsaved: Record<string, string>;
  readonly adapters: Record<string, string>[];
  readonly boot: string[];
  readonly attached: string[];
}

export const VBOX_LOGIN = { username: 'vbox', password: 'open sesame' };

/** How often a progress is looked at until it is complete. */
const LOOKS = 2;

class Fault extends Error {}
const notFound = (what: string): Fault => new Fault(`VirtualBox error: rc=0x80bb0001 Could not find ${what}`);

type Values = Readonly<Record<string, string>>;
type Handle = { readonly kind: string; readonly of: object; readonly session: string };

/** Starts one. @param port 0: one that is free */
export async function startVirtualbox(port = 0): Promise<VirtualboxStandIn> {
  const stand = new StandIn();
  const server = createServer((request, response) => void stand.answer(request, response));
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
  stand.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  stand.stop = () =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return stand;
}

interface Progress {
  looks: number;
  readonly failure: string | undefined;
}

interface VboxSession {
  readonly id: string;
  machine: VboxMachine | undefined;
}

interface Medium {
  readonly location: string;
}

class StandIn implements VirtualboxStandIn {
  host = '';
  deaf = false;
  hangAfter: string | undefined;
  readonly machines = new Map<string, VboxMachine>();
  readonly disks = new Map<string, number>();
  readonly calls: string[] = [];
  readonly sessions = new Set<string>();
  readonly #handles = new Map<string, Handle>();
  readonly #failures = new Map<string, string>();
  stop: () => Promise<void> = async () => undefined;

  failNext(method: string, reason: string): void {
    this.#failures.set(method, reason);
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const envelope = await Xml.read(await text(request));
    const call = envelope.at('Body')?.all()[0];
    const method = call?.name ?? '';
    const values: Record<string, string> = {};
    for (const one of call?.all() ?? []) values[one.name] = one.text;
    this.calls.push(method);
    const [status, body] = this.#answered(method, values);
    if (this.hangAfter === method) {
      this.hangAfter = undefined;
      return;
    }
    response.writeHead(status, { 'content-type': 'text/xml' }).end(
      written(
        element('SOAP-ENV:Envelope', element('SOAP-ENV:Body', body), {
          'xmlns:SOAP-ENV': 'http://schemas.xmlsoap.org/soap/envelope/',
          'xmlns:vbox': 'http://www.virtualbox.org/',
        }),
      ),
    );
  }

  #answered(method: string, values: Values) {
    try {
      const result = this.#call(method, values);
      const list = Array.isArray(result) ? (result as readonly string[]) : [result as string | undefined];
      const returned = list.filter((one) => one !== undefined).map((one) => element('returnval', one));
      return [200, element(`vbox:${method}Response`, returned)] as const;
    } catch (thrown) {
      const text = (thrown as Error).message;
      return [
        500,
        element('SOAP-ENV:Fault', [element('faultcode', 'SOAP-ENV:Client'), element('faultstring', text)]),
      ] as const;
    }
  }

  #handle(kind: string, of: object, session: string): string {
    const handle = `${session}-${randomUUID().slice(0, 8)}`;
    this.#handles.set(handle, { kind, of, session });
    return handle;
  }

  #progress(method: string, session: string): string {
    const failure = this.#failures.get(method);
    this.#failures.delete(method);
    return this.#handle('IProgress', { looks: 0, failure } satisfies Progress, session);
  }

  #call(method: string, values: Values): string | readonly string[] | undefined {
    if (method === 'IWebsessionManager_logon') {
      const { username, password } = VBOX_LOGIN;
      if (values['username'] !== username || values['password'] !== password) throw new Fault('Invalid login');
      const session = randomUUID().slice(0, 8);
      this.sessions.add(session);
      return this.#handle('IVirtualBox', { id: session }, session);
    }
    const on = values['_this'] ?? values['refIVirtualBox'] ?? '';
    const found = this.#handles.get(on);
    if (!found || !this.sessions.has(found.session))
      throw new Fault(`VirtualBox error: Invalid managed object reference "${on}"`);
    const { kind, of, session } = found;
    if (method === 'IWebsessionManager_logoff') {
      this.sessions.delete(session);
      // What it has locked is locked no more.
      for (const machine of this.machines.values()) {
        if (machine.lockedBy?.startsWith(session)) Object.assign(machine, { lockedBy: undefined, unsaved: {} });
      }
      return undefined;
    }
    if (method === 'IWebsessionManager_getSessionObject') {
      return this.#handle('ISession', { id: session, machine: undefined } satisfies VboxSession, session);
    }
    const [wanted, name = ''] = method.split('_');
    if (wanted !== kind) throw new Fault(`VirtualBox error: "${on}" is no ${wanted}`);
    if (kind === 'IVirtualBox') return this.#root(name, values, session);
    if (kind === 'IMachine') return this.#machine(name, of as VboxMachine, values, session);
    if (kind === 'ISession') return this.#session(name, of as VboxSession, session);
    if (kind === 'INetworkAdapter') return adapter(name, of as Record<string, string>, values);
    if (kind === 'IMedium') return this.#medium(name, of as Medium, values, session);
    if (kind === 'IConsole') return this.#console(name, of as VboxMachine, session);
    if (kind === 'ISystemProperties' && name === 'getMaxBootPosition') return '4';
    if (kind === 'IVirtualBoxErrorInfo' && name === 'getText') return (of as Progress).failure ?? '';
    if (kind === 'IProgress') return this.#look(name, of as Progress, session);
    throw unknown(method);
  }

  #look(name: string, progress: Progress, session: string): string | undefined {
    if (name === 'getCompleted') return String((progress.looks += 1) >= LOOKS);
    if (name === 'getResultCode') return progress.failure === undefined ? '0' : '-2135228411';
    if (name !== 'getErrorInfo') throw unknown(`IProgress_${name}`);
    return progress.failure === undefined ? undefined : this.#handle('IVirtualBoxErrorInfo', progress, session);
  }

  #root(name: string, values: Values, session: string): string | readonly string[] {
    if (name === 'getSystemProperties') return this.#handle('ISystemProperties', {}, session);
    if (name === 'composeMachineFilename') return `/vms/${values['name']}/${values['name']}.vbox`;
    if (name === 'getMachines') return [...this.machines.values()].map((one) => this.#handle('IMachine', one, session));
    if (name === 'findMachine') {
      const wanted = values['nameOrId'] ?? '';
      const found = [...this.machines.values()].find((one) => one.uuid === wanted || one.name === wanted);
      if (!found) throw notFound(`a registered machine named '${wanted}'`);
      return this.#handle('IMachine', found, session);
    }
    if (name === 'createMachine') {
      const machine: VboxMachine = {
        uuid: randomUUID(),
        name: values['name'] ?? '',
        state: 'PoweredOff',
        ending: 0,
        lockedBy: undefined,
        values: { SettingsFilePath: values['settingsFile'] ?? '', OSTypeId: values['osTypeId'] ?? '' },
        unsaved: {},
        adapters: [0, 1, 2, 3].map((slot) => ({ Enabled: String(slot === 0), MACAddress: `08002700000${slot}` })),
        boot: ['Floppy', 'DVD', 'HardDisk', 'Null'],
        attached: [],
      };
      return this.#handle('IMachine', machine, session);
    }
    if (name === 'registerMachine') {
      const machine = this.#handles.get(values['machine'] ?? '')?.of as VboxMachine;
      if ([...this.machines.values()].some((one) => one.name === machine.name))
        throw new Fault('VirtualBox error: rc=0x80bb000c already exists');
      this.machines.set(machine.uuid, machine);
      return '';
    }
    const location = values['location'] ?? '';
    if (name === 'createMedium') return this.#handle('IMedium', { location } satisfies Medium, session);
    if (name === 'openMedium') {
      if (!this.disks.has(location))
        throw new Fault(`VirtualBox error: rc=0x80bb0004 Could not open the medium '${location}'`);
      return this.#handle('IMedium', { location } satisfies Medium, session);
    }
    throw unknown(`IVirtualBox_${name}`);
  }

  #machine(
    name: string,
    machine: VboxMachine,
    values: Values,
    session: string,
  ): string | readonly string[] | undefined {
    const isRegistered = this.machines.has(machine.uuid);
    const changing = /^(set(?!ExtraData)|attachDevice|addStorageController|saveSettings)/.test(name);
    if (changing && isRegistered && machine.lockedBy === undefined) {
      throw new Fault('VirtualBox error: rc=0x80bb0002 The machine is not mutable');
    }
    switch (name) {
      case 'getState':
        return machine.state;
      case 'getHardwareUUID':
        if (machine.state === 'Inaccessible') throw new Fault('VirtualBox error: rc=0x80070005 not accessible');
        return machine.hardwareUuid ?? machine.uuid;
      case 'getSessionState':
        if (machine.lockedBy !== undefined) return 'Locked';
        return (machine.ending = Math.max(0, machine.ending - 1)) > 0 ? 'Unlocking' : 'Unlocked';
      case 'getId':
        return machine.uuid;
      case 'getName':
        return machine.name;
      case 'getAccessible':
        return String(machine.state !== 'Inaccessible');
      case 'saveSettings':
        Object.assign(machine.values, machine.unsaved);
        return '';
      case 'addStorageController':
        return '';
      case 'setExtraData':
        machine.unsaved[`extra ${values['key']}`] = values['value'] ?? '';
        return undefined;
      case 'getExtraData':
        return machine.values[`extra ${values['key']}`] ?? '';
      case 'lockMachine':
        return this.#lock(machine, values);
      case 'getNetworkAdapter':
        return this.#handle('INetworkAdapter', machine.adapters[Number(values['slot'])] ?? {}, session);
      case 'setBootOrder':
        machine.boot[Number(values['position']) - 1] = values['device'] ?? '';
        return undefined;
      case 'attachDevice': {
        const medium = this.#handles.get(values['medium'] ?? '')?.of as Medium;
        machine.attached.push(`${values['name']}:${values['controllerPort']} ${values['type']} ${medium.location}`);
        return undefined;
      }
      case 'launchVMProcess': {
        this.#lock(machine, values);
        const progress = this.#progress('IMachine_launchVMProcess', session);
        machine.state = 'Running';
        return progress;
      }
      case 'unregister': {
        if (machine.lockedBy !== undefined || machine.ending > 0)
          throw new Fault(`VirtualBox error: rc=0x80bb0007 Cannot unregister '${machine.name}' while it is locked`);
        this.machines.delete(machine.uuid);
        const locations = machine.attached
          .filter((one) => one.includes('HardDisk'))
          .map((one) => one.split(' ')[2] ?? '');
        return locations.map((location) => this.#handle('IMedium', { location } satisfies Medium, session));
      }
      case 'deleteConfig':
        for (const one of machine.attached) this.disks.delete(one.split(' ')[2] ?? '');
        return this.#progress('IMachine_deleteConfig', session);
      default:
        return property(`IMachine_${name}`, machine.values, values);
    }
  }

  #lock(machine: VboxMachine, { session = '', lockType = 'Shared' }: Values): undefined {
    if (
      (machine.lockedBy !== undefined || machine.ending > 0) &&
      !(lockType === 'Shared' && machine.state === 'Running')
    ) {
      throw new Fault(`VirtualBox error: rc=0x80bb0007 The machine '${machine.name}' is already locked by a session`);
    }
    machine.lockedBy = session;
    const its = this.#handles.get(session)?.of as VboxSession | undefined;
    if (its) its.machine = machine;
    return undefined;
  }

  #session(name: string, its: VboxSession, session: string): string | undefined {
    const { machine } = its;
    if (!machine) throw new Fault('VirtualBox error: rc=0x8000ffff The session is not locked');
    if (name === 'getMachine') return this.#handle('IMachine', machine, session);
    if (name === 'getConsole') return this.#handle('IConsole', machine, session);
    if (name !== 'unlockMachine') throw unknown(`ISession_${name}`);
    machine.lockedBy = undefined;
    its.machine = undefined;
    return undefined;
  }

  #medium(name: string, { location }: Medium, values: Values, session: string): string {
    if (name === 'getState') return this.disks.has(location) ? 'Created' : 'NotCreated';
    if (name === 'deleteStorage') {
      this.disks.delete(location);
      return this.#progress('IMedium_deleteStorage', session);
    }
    if (name !== 'createBaseStorage') throw unknown(`IMedium_${name}`);
    if (this.disks.has(location)) throw new Fault(`VirtualBox error: rc=0x80bb0004 '${location}' exists`);
    if (!this.#failures.has('IMedium_createBaseStorage')) this.disks.set(location, Number(values['logicalSize']));
    return this.#progress('IMedium_createBaseStorage', session);
  }

  #console(name: string, machine: VboxMachine, session: string): string | undefined {
    if (name === 'powerDown') {
      switchOff(machine);
      return this.#progress('IConsole_powerDown', session);
    }
    if (name !== 'powerButton') throw unknown(`IConsole_${name}`);
    if (machine.state !== 'Running')
      throw new Fault(`VirtualBox error: rc=0x80bb0002 Invalid machine state: ${machine.state}`);
    if (!this.deaf) switchOff(machine);
    return undefined;
  }
}

/** Switches a machine off, whose process holds it for a moment. */
function switchOff(machine: VboxMachine): void {
  machine.state = 'PoweredOff';
  machine.ending = LOOKS;
}

const unknown = (method: string): Fault =>
  new Fault(`Method '${method}' not implemented: method name or namespace not recognized`);

const MACHINE_PROPERTIES = ['Description', 'RTCUseUTC', 'MemorySize', 'CPUCount', 'SettingsFilePath'];
const ADAPTER_PROPERTIES = [
  'Enabled',
  'AdapterType',
  'MACAddress',
  'AttachmentType',
  'HostOnlyInterface',
  'BridgedInterface',
  'NATNetwork',
  'InternalNetwork',
];

/** Reads or sets a property; its parameter is called as it is, with a small letter in front where it is a word. */
function property(
  method: string,
  held: Record<string, string>,
  values: Values,
  known = MACHINE_PROPERTIES,
): string | undefined {
  const [, action, name = ''] = /_(get|set)(\w+)$/.exec(method) ?? [];
  if (!known.includes(name)) throw unknown(method);
  if (action === 'get') return held[name] ?? '';
  const parameter = Object.keys(values).find((one) => one !== '_this') ?? '';
  if (parameter.toLowerCase() !== name.toLowerCase()) throw new Fault(`${method} has no parameter "${parameter}"`);
  held[name] = values[parameter] ?? '';
  return undefined;
}

const adapter = (name: string, held: Record<string, string>, values: Values): string | undefined =>
  property(`INetworkAdapter_${name}`, held, values, ADAPTER_PROPERTIES);
