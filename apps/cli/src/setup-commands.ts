import path from 'node:path';
import { isIP } from 'node:net';
import { BIND_ETC, bindSettings, setForwarders, setUpBind } from './bind-setup.ts';
import type { Asked, Command, Result, Tools } from './command.ts';
import { listOf, Misuse, valueOf } from './command.ts';
import type { OwnMachine } from './own-machine.ts';
import { machineFiles, ownMachine } from './own-machine.ts';
import type { Values } from './rest-client.ts';
import { RestClient } from './rest-client.ts';

const ACTION = 'Setup/Installation/setUp';

/** What set-up came to, as the server tells it. */
interface SetUpResult {
  readonly dry_run: boolean;
  readonly objects: readonly {
    readonly kind: string;
    readonly name: string;
    readonly id: string | number | null;
    readonly outcome: string;
  }[];
  readonly warnings: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
  readonly resolver: readonly string[];
}

const commaList = (text: string): string[] => text.split(',').flatMap((part) => part.trim() || []);

/** Commands that set an installation up. */
export const setup: Readonly<Record<string, Command>> = {
  setup: {
    usage: '[--site-name SITE] [--site-domain DOMAIN] [--primary-interface IF] [--dry-run] [--offline] [OPTION…]',
    does:
      'set up a new installation: its site, zones, network, a stand-in for the server itself, names and groups; as often ' +
      'as you like, what is there stays as it is',
    about: `What is not said is found out on this machine (interface, address, gateway, VLAN, name servers), or asked for on a
terminal. --offline works on the data of a server that is stopped, and on none at all: run it as the user of the server.
The accounts that existing agents and boot images expect have passwords that everybody knows. --legacy-accounts makes them,
and they can log in from that block of addresses only; /health warns while they exist.
As root, BIND on this machine is made ready as well, unless --no-bind is said.`,
    names: [0, 0],
    options: {
      'site-name': { type: 'string', value: 'SITE', does: 'name of the site (site1)' },
      'site-domain': { type: 'string', value: 'DOMAIN', does: 'domain of its hosts (site1.test)' },
      'contractor-hostname': { type: 'string', value: 'HOST', does: 'host name of the server (contractor)' },
      'contractor-cnames': { type: 'string', value: 'NAMES', does: 'more names of it, by commas (static,proxy)' },
      'primary-interface': { type: 'string', value: 'IF', does: 'interface of the server, or IF.VLAN' },
      address: { type: 'string', value: 'ADDRESS/PREFIX', does: 'address of the server on it' },
      gateway: { type: 'string', value: 'ADDRESS', does: 'gateway of its network; none: there is none' },
      vlan: { type: 'string', value: 'ID', does: 'VLAN of its network' },
      'network-name': { type: 'string', value: 'NAME', does: 'name of its network and address block (main)' },
      'dns-server': { type: 'string', value: 'ADDRESS', multiple: true, does: 'name server of the hosts (the server)' },
      'ntp-server': {
        type: 'string',
        value: 'HOST',
        multiple: true,
        does: 'time server of the hosts (ntp.ubuntu.com)',
      },
      'proxy-server': { type: 'string', value: 'URL', does: 'HTTP proxy of the hosts' },
      'no-proxy': { type: 'string', value: 'LIST', does: 'what they reach without it, by commas' },
      'no-ip-reservation': { type: 'boolean', does: 'set no addresses aside' },
      'superuser-username': { type: 'string', value: 'NAME', does: 'who may do everything (root)' },
      'superuser-password': { type: 'string', value: 'PASSWORD', does: 'asked for unless given' },
      'additional-plugin': { type: 'string', value: 'PLATFORM', multiple: true, does: 'enable this platform too' },
      'legacy-accounts': { type: 'string', value: 'BLOCK', multiple: true, does: 'accounts for existing agents' },
      'dry-run': { type: 'boolean', does: 'only tell what would come of it' },
      offline: { type: 'boolean', does: 'on the data of a server that is stopped' },
      yes: { type: 'boolean', short: 'y', does: 'ask nothing' },
      'no-bind': { type: 'boolean', does: 'leave BIND on this machine alone' },
      'bind-etc': { type: 'string', value: 'DIRECTORY', does: `where BIND's configuration is (${BIND_ETC})` },
      'bind-user': { type: 'string', value: 'USER', does: 'whom the server runs as, for BIND' },
    },
    run: async (asked, tools) => {
      const machine = ownMachine(await machineFiles(), valueOf(asked, 'primary-interface'));
      const wanted = await parametersFrom(asked, tools, machine);
      const result = await (asked.options['offline'] === true
        ? setUpOffline(asked, tools, wanted)
        : setUpOnline(asked, tools, wanted));
      const bind = result.dry_run ? NO_BIND : await makeBindReady(asked, machine);
      return shown({ ...result, settings: { ...result.settings, ...bind.settings } }, bind.changes);
    },
  },
};

/** What the server is asked for. @throws Misuse where something has to be said and is not */
async function parametersFrom(asked: Asked, { asker }: Tools, machine: OwnMachine): Promise<Values> {
  const choose = async (question: string, option: string, preset: string): Promise<string> => {
    const given = valueOf(asked, option);
    return given ?? (asked.options['yes'] === true ? preset : asker.choose(question, preset));
  };
  const site = await choose('Name of the site', 'site-name', 'site1');
  const domain = await choose('Domain of its hosts', 'site-domain', 'site1.test');
  const hostname = await choose('Host name of the server', 'contractor-hostname', 'contractor');
  const device = machine.interface ?? (await choose('Interface of the server', 'primary-interface', ''));
  const address = await choose(`Address of the server on ${device}`, 'address', machine.address ?? '');
  if (device === '') throw new Misuse('no interface has a default route: say which one, with --primary-interface');
  if (address === '') throw new Misuse(`${device} has no address: say it, with --address ADDRESS/PREFIX`);
  // The gateway of this machine says nothing about an address that it does not have.
  const known = address === machine.address ? machine.gateway : undefined;
  const gateway = await choose('Its gateway ("none": there is none)', 'gateway', known ?? 'none');
  const vlan = valueOf(asked, 'vlan') ?? machine.vlan;
  if (vlan !== undefined && !/^\d{1,4}$/.test(String(vlan))) throw new Misuse(`"${vlan}" is no VLAN`);
  const proxy = valueOf(asked, 'proxy-server');
  const ntp = listOf(asked, 'ntp-server');
  return {
    site,
    domain,
    hostname,
    interface: device,
    address,
    ...(gateway === 'none' || gateway === '' ? {} : { gateway }),
    ...(vlan === undefined || Number(vlan) === 0 ? {} : { vlan: Number(vlan) }),
    network: valueOf(asked, 'network-name') ?? 'main',
    dns_servers: listOf(asked, 'dns-server'),
    ...(ntp.length > 0 ? { ntp_servers: ntp } : {}),
    ...(proxy === undefined ? {} : { proxy }),
    no_proxy: commaList(valueOf(asked, 'no-proxy') ?? ''),
    cnames: commaList(valueOf(asked, 'contractor-cnames') ?? 'static,proxy'),
    reserve: asked.options['no-ip-reservation'] !== true,
    legacy_networks: listOf(asked, 'legacy-accounts'),
    dry_run: asked.options['dry-run'] === true,
  };
}

/** The administrator whom the first start of a server makes. */
const ADMINISTRATOR = 'root';

/** The password that is given, or asked for. */
const passwordOf = async (asked: Asked, { asker }: Tools, name: string): Promise<string> =>
  valueOf(asked, 'superuser-password') ?? asker.askNew(`Password of ${name}`);

/** Somebody beside the administrator who may do everything. */
async function superuserOf(asked: Asked, tools: Tools): Promise<Values> {
  const name = valueOf(asked, 'superuser-username');
  if (name === undefined || name === ADMINISTRATOR) return {};
  return { superuser_username: name, superuser_password: await passwordOf(asked, tools, name) };
}

async function carryOut(asked: Asked, client: RestClient, wanted: Values): Promise<SetUpResult> {
  const result = (await client.call(ACTION, wanted)) as SetUpResult;
  for (const name of listOf(asked, 'additional-plugin')) {
    if (result.dry_run) continue;
    await client.call('Setup/Platform/enable', { name });
  }
  return result;
}

async function setUpOnline(asked: Asked, tools: Tools, wanted: Values): Promise<SetUpResult> {
  return carryOut(asked, tools.client, { ...wanted, ...(await superuserOf(asked, tools)) });
}

/** Starts the server for as long as it takes, on nothing or on its data. */
async function setUpOffline(asked: Asked, tools: Tools, wanted: Values): Promise<SetUpResult> {
  const superuser = await superuserOf(asked, tools);
  const password = await passwordOf(asked, tools, ADMINISTRATOR);
  // The server's code is large: only this command loads it.
  const { withTemporaryServer } = await import('../../contractor/src/temporary-server.ts');
  return withTemporaryServer(tools.environment, password, async (url) => {
    const token = await new RestClient(url).call('Auth/User/login', { username: ADMINISTRATOR, password });
    const session = { user: ADMINISTRATOR, token: String(token) };
    return carryOut(asked, new RestClient(url, { session }), { ...wanted, ...superuser });
  });
}

/** What was changed about BIND, in words, and what the server has to be told of it. */
interface BindReady {
  readonly changes: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
}

const NO_BIND: BindReady = { changes: [], settings: {} };

/** Makes BIND on this machine ready, where there is one and this may be done. */
async function makeBindReady(asked: Asked, { resolvers }: OwnMachine): Promise<BindReady> {
  if (asked.options['no-bind'] === true) return NO_BIND;
  const given = valueOf(asked, 'bind-etc');
  if (given === undefined && process.getuid?.() !== 0) return NO_BIND;
  const etc = path.resolve(given ?? BIND_ETC);
  const directory = path.join(etc, 'contractor');
  try {
    const changes = await setUpBind({ etc, directory, user: valueOf(asked, 'bind-user') });
    const forwarders = await setForwarders(
      etc,
      resolvers.filter((one) => isIP(one) > 0),
    );
    return {
      changes: [...changes, ...forwarders],
      settings: bindSettings(etc, directory),
    };
  } catch (error) {
    // The rest of the set-up stands; BIND can be made ready by itself later.
    const reason = (error as Error).message;
    return { ...NO_BIND, changes: [`BIND is left as it is: ${reason} (contractor dns bind-setup)`] };
  }
}

function shown(result: SetUpResult, bind: readonly string[]): Result {
  const made = result.objects.filter(({ outcome }) => outcome === 'created' || outcome === 'changed');
  const lines = made.map(({ kind, name, id, outcome }) => {
    return `${outcome} ${kind} ${name}${typeof id === 'number' ? ` (${id})` : ''}`;
  });
  const unchanged = result.objects.filter(({ outcome }) => outcome === 'unchanged').length;
  const settings = Object.entries(result.settings).map(([name, value]) => `${name}=${value}`);
  const text = [
    ...result.warnings.map((warning) => `warning: ${warning}`),
    ...lines,
    `${result.dry_run ? 'would be: ' : ''}${made.length} made, ${unchanged} there already`,
    ...bind,
    'settings of the server from now on:',
    ...settings.map((line) => `  ${line}`),
    'resolver of this machine (/etc/resolv.conf), once BIND serves the zones:',
    ...result.resolver.map((line) => `  ${line}`),
  ].join('\n');
  return { json: { ...result, bind }, text };
}
