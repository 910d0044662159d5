import { hostname } from 'node:os';
import type { SettingsOf } from '#runtime/settings';
import {
  choice,
  defineSettings,
  directory,
  integer,
  InvalidValue,
  list,
  logLevelSetting,
  parser,
  seconds,
  secretText,
  setting,
  text,
  tracingFields,
  tracingOf,
} from '#runtime/settings';
import { USUAL_DIRECTORY } from '#platforms/libvirt/usual-directory';
import { bootFields, wantsBoot } from './boot.settings.ts';
import { dhcpFields, wantsDhcp } from './dhcp.settings.ts';
import { installationSetting, isNatsName, natsTransportFields, natsTransportOf, readNatsAddresses } from '#wire';

/** Limit of a module for which none is given. */
const USUAL_LIMIT = 5;
const MAX_LIMIT = 1000;
/** The most sites that one process serves. */
const MAX_SITES = 100;

const natsUrl = parser(
  (value) => {
    try {
      readNatsAddresses(value);
      return value;
    } catch (fault) {
      throw new InvalidValue((fault as Error).message, { cause: fault });
    }
  },
  { secret: true },
);

const SITE_RULE = 'must be the name of a site: letters, digits, "_" and "-", beginning with a letter or digit';

/** Sites, separated by commas. */
const sites = parser((value) => {
  const named = list(isNatsName, SITE_RULE).read(value);
  if (named.length === 0) throw new InvalidValue(SITE_RULE);
  if (new Set(named).size < named.length) throw new InvalidValue('must name each site once');
  if (named.length > MAX_SITES) throw new InvalidValue(`must be at most ${MAX_SITES} sites`);
  return named;
});

const agentName = parser((value) => {
  if (/^[\x21-\x7e]{1,100}$/.test(value)) return value;
  throw new InvalidValue('must be 1 to 100 printable ASCII characters without spaces');
});

/** The address of a server or proxy, which may hold a password. */
const address = (schemes: readonly string[], { slash = false } = {}) =>
  parser(
    (value) => {
      const rule = `must begin with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`;
      if (!schemes.some((scheme) => value.startsWith(`${scheme}//`))) throw new InvalidValue(rule);
      if (!URL.canParse(value)) throw new InvalidValue('must be a URL');
      if (!slash && value.endsWith('/')) throw new InvalidValue('must not end with "/"');
      const { pathname, search, hash } = new URL(value);
      if (pathname + search + hash !== '/') throw new InvalidValue('must be without a path');
      return value;
    },
    { secret: true },
  );
const WEB = ['http:', 'https:'];

/** Where a hypervisor is, as libvirt has it. */
const libvirtUri = parser((value) => {
  if (/^[a-z]+(?:\+[a-z0-9]+)?:\/\/\S*$/.test(value)) return value;
  throw new InvalidValue('must be a URI of libvirt, such as qemu+ssh://{host}/system');
});

/** What INI files of Python take for true and false. */
const yesOrNo = parser((value) => {
  const word = value.toLowerCase();
  if (['1', 'yes', 'true', 'on'].includes(word)) return true;
  if (['0', 'no', 'false', 'off'].includes(word)) return false;
  throw new InvalidValue('must be true or false');
});

/** Reads `iputils:5,manual`; modules may be written as Python paths (`subcontractor_plugins.iputils`). */
const limits = (known: readonly string[]) =>
  parser((value) => {
    const found = new Map<string, number>();
    for (const entry of value.split(',').map((part) => part.trim())) {
      const [path = '', limit = String(USUAL_LIMIT), ...more] = entry.split(':').map((part) => part.trim());
      const module = path.replace(/^subcontractor_plugins\./, '');
      if (!known.includes(module)) throw new InvalidValue(`"${module}" must be one of ${known.join(', ')}`);
      if (found.has(module)) throw new InvalidValue(`"${module}" must be named once`);
      if (more.length > 0 || !/^\d+$/.test(limit) || Number(limit) > MAX_LIMIT) {
        throw new InvalidValue(`the limit of "${module}" must be a whole number from 0 (off) to ${MAX_LIMIT}`);
      }
      found.set(module, Number(limit));
    }
    if ([...found.values()].every((limit) => limit === 0)) throw new InvalidValue('must leave at least one module on');
    return Object.fromEntries(found);
  });

/**
 * The settings of an agent daemon.
 * @param known names of the modules this program has
 */
export const subcontractorSettings = (known: readonly string[]) =>
  defineSettings(
    'subcontractor',
    {
      natsUrl: setting('NATS_URL', natsUrl, {
        unset: 'none, then it polls',
        doc: 'NATS, over which the server is reached; it wins over `SUBCONTRACTOR_SERVER`',
      }),
      ...natsTransportFields,
      server: setting('SUBCONTRACTOR_SERVER', address(WEB), {
        unset: 'none',
        doc: 'the server itself, polled over HTTP where there is no NATS: `https://contractor.example`',
      }),
      sites: setting('SUBCONTRACTOR_SITE', sites, {
        required: SITE_RULE,
        doc: 'the site it serves, or several, separated by commas',
      }),
      token: setting('SUBCONTRACTOR_TOKEN', secretText(), {
        unset: 'none',
        doc: 'token of its service, by which NATS knows it (`contractor service add`)',
      }),
      user: setting('SUBCONTRACTOR_USER', text(), {
        default: 'subcontractor',
        doc: 'with `SUBCONTRACTOR_SERVER`: name of its service',
      }),
      password: setting('SUBCONTRACTOR_PASSWORD', secretText(), {
        unset: '`SUBCONTRACTOR_TOKEN`, else `subcontractor`',
        doc: 'with `SUBCONTRACTOR_SERVER`: token of its service',
      }),
      proxy: setting('SUBCONTRACTOR_PROXY', address(['http:'], { slash: true }), {
        unset: 'none',
        doc: 'HTTP proxy before `SUBCONTRACTOR_SERVER`',
      }),
      ca: setting('SUBCONTRACTOR_CA', text(), {
        unset: 'those Node brings along',
        doc: 'with `SUBCONTRACTOR_SERVER`: file with the certificates (PEM) of those who may have signed that of the server',
      }),
      pollInterval: setting('SUBCONTRACTOR_POLL_INTERVAL', seconds(1, 3600), {
        default: '20',
        doc: 'seconds between two polls',
      }),
      maxRequested: setting('SUBCONTRACTOR_MAX_REQUESTED', integer(1, 100), {
        default: '100',
        doc: 'how many tasks a poll asks for at most',
      }),
      installation: installationSetting({
        unset: 'the one that has the site',
        doc: 'id of the installation it works for, where several on one NATS have its site',
      }),
      name: setting('SUBCONTRACTOR_NAME', agentName, {
        unset: 'made up and kept in `SUBCONTRACTOR_STATE`; else host name and process id',
        doc: 'how it is called in the log',
      }),
      limits: setting('SUBCONTRACTOR_MODULES', limits(known), {
        unset: `all, ${USUAL_LIMIT} each`,
        doc: 'modules and how many tasks of each at a time, over all its sites: `iputils:5,manual:5`',
      }),
      maxTasks: setting('SUBCONTRACTOR_MAX_TASKS', integer(1, MAX_LIMIT), {
        unset: 'as many as its modules take',
        doc: 'how many tasks at a time over all modules',
      }),
      state: setting('SUBCONTRACTOR_STATE', directory(), {
        unset: '`STATE_DIRECTORY` of systemd; with a configuration file `/var/lib/subcontractor`; else none',
        doc: 'folder for results that could not be sent yet, its name, and the socket of `status`',
      }),
      stopTimeout: setting('SUBCONTRACTOR_STOP_TIMEOUT', seconds(0, 86_400), {
        default: '60',
        doc: 'seconds tasks may take to end when it is stopped; then they are handed back',
      }),
      metricsPort: setting('SUBCONTRACTOR_METRICS_PORT', integer(1, 65_535), {
        unset: 'none',
        doc: 'port on loopback where Prometheus finds `/metrics`',
      }),
      sshHostKeys: setting('SUBCONTRACTOR_SSH_HOST_KEYS', choice('first-use', 'strict'), {
        default: 'first-use',
        doc: '`first-use`: the key a host shows first is kept and counts from then on; `strict`: only known hosts',
      }),
      sshKnownHosts: setting('SUBCONTRACTOR_SSH_KNOWN_HOSTS', text(), {
        unset: '`ssh_known_hosts` in `SUBCONTRACTOR_STATE`; without it, memory',
        doc: 'file of host keys, as `ssh` has it',
      }),
      sshKeys: setting(
        'SUBCONTRACTOR_SSH_KEYS',
        list(() => true, 'must be files, separated by commas'),
        {
          unset: 'those of `ssh` in `~/.ssh`',
          doc: 'files with private keys, for hosts no password or key is given of',
        },
      ),
      libvirtUri: setting('SUBCONTRACTOR_LIBVIRT_URI', libvirtUri, {
        unset: '`qemu:///system` for its own machine, `qemu+ssh://{host}/system?no_tty=1` for others',
        doc: 'where hypervisors of libvirt are; `{host}` stands for the host of a complex: `qemu+tls://{host}/system`',
      }),
      libvirtPool: setting('SUBCONTRACTOR_LIBVIRT_POOL', text(), {
        unset: '`default`, where the host has it',
        doc: 'storage pool of the hypervisor that disks are made in',
      }),
      libvirtDirectory: setting('SUBCONTRACTOR_LIBVIRT_DIRECTORY', text(), {
        default: USUAL_DIRECTORY,
        doc: 'folder for disks, where the hypervisor is its own machine and has no such pool',
      }),
      libvirtType: setting('SUBCONTRACTOR_LIBVIRT_TYPE', choice('kvm', 'qemu'), {
        unset: '`kvm` where the hypervisor offers it, else `qemu`',
        doc: 'whether hardware runs the guests, or QEMU imitates it',
      }),
      libvirtMachine: setting('SUBCONTRACTOR_LIBVIRT_MACHINE', text(), {
        unset: 'what the hypervisor takes',
        doc: 'kind of machine that guests see, of those the hypervisor has: `pc`, `q35`',
      }),
      ipmiCipherSuite: setting('SUBCONTRACTOR_IPMI_CIPHER_SUITE', integer(1, 17), {
        default: '3',
        doc: 'cipher suite of sessions over IPMI; BMCs that take no SHA-1 have 17',
      }),
      redfishLogin: setting('SUBCONTRACTOR_REDFISH_LOGIN', choice('basic', 'session'), {
        default: 'basic',
        doc: '`basic`: name and password go with each request to Redfish services; `session`: they open a session',
      }),
      redfishVerifyTls: setting('SUBCONTRACTOR_REDFISH_VERIFY_TLS', yesOrNo, {
        default: 'false',
        doc: 'whether the certificates of Redfish services have to be good',
      }),
      redfishCa: setting('SUBCONTRACTOR_REDFISH_CA', text(), {
        unset: 'those Node brings along',
        doc: 'with that: file with the certificates (PEM) of those who may have signed them',
      }),
      dockerCerts: setting('SUBCONTRACTOR_DOCKER_CERTS', text(), {
        unset: 'none: engines are reached without TLS',
        doc: 'folder with `ca.pem`, `cert.pem` and `key.pem` for engines of Docker, or with a folder for each host',
      }),
      vault: setting('SUBCONTRACTOR_VAULT', choice('hashicorp'), {
        unset: 'none',
        doc: 'where tasks find credentials that are named and not sent',
      }),
      vaultUrl: setting('SUBCONTRACTOR_VAULT_URL', address(WEB), { unset: 'none', doc: 'address of the vault' }),
      vaultToken: setting('SUBCONTRACTOR_VAULT_TOKEN', secretText(), { unset: 'none', doc: 'token for the vault' }),
      vaultProxy: setting('SUBCONTRACTOR_VAULT_PROXY', address(['http:'], { slash: true }), {
        unset: 'none',
        doc: 'HTTP proxy before the vault',
      }),
      vaultVerifyTls: setting('SUBCONTRACTOR_VAULT_VERIFY_TLS', yesOrNo, {
        default: 'true',
        doc: 'whether the certificate of the vault has to be good',
      }),
      ...dhcpFields,
      ...bootFields,
      logLevel: logLevelSetting,
      ...tracingFields,
    },
    (values, refuse) => {
      if (values.natsUrl === undefined && values.server === undefined) {
        refuse('NATS_URL', undefined, NO_SERVER);
      }
      if (wantsDhcp(values) && values.server === undefined) {
        refuse('SUBCONTRACTOR_SERVER', undefined, 'must name the server where there is DHCP: it says what is served');
      }
      if (wantsBoot(values) && values.server === undefined) {
        refuse(
          'SUBCONTRACTOR_SERVER',
          undefined,
          'must name the server where machines boot: it is told what they ask for',
        );
      }
      if (values.squid !== undefined && values.squidMirrors === undefined) {
        refuse('SUBCONTRACTOR_SQUID_MIRRORS', undefined, 'must name the hosts that Squid fetches from');
      }
      if (values.sshHostKeys === 'strict' && values.sshKnownHosts === undefined) {
        refuse('SUBCONTRACTOR_SSH_KNOWN_HOSTS', undefined, 'must be the file of the known hosts where only they count');
      }
      if (values.vault !== undefined && values.vaultUrl === undefined) {
        refuse('SUBCONTRACTOR_VAULT_URL', undefined, 'must name the vault, such as https://vault.example:8200');
      }
      if (values.vault !== undefined && values.vaultToken === undefined) {
        refuse('SUBCONTRACTOR_VAULT_TOKEN', undefined, 'must be the token for the vault');
      }
      return {
        ...values,
        /** How NATS is reached. */
        natsTransport: natsTransportOf(values, refuse),
        /** Where traces go; undefined: nowhere. */
        tracing: tracingOf(values),
        /** How many tasks of each module at a time. */
        limits: values.limits ?? Object.fromEntries(known.map((module) => [module, USUAL_LIMIT])),
        /** What it logs in with where it polls. */
        password: values.password ?? values.token ?? 'subcontractor',
      };
    },
  );

const NO_SERVER =
  'must name a server, such as nats://localhost:4222; or SUBCONTRACTOR_SERVER one that is polled over HTTP';

/** How an agent daemon is set up. */
export type Settings = SettingsOf<ReturnType<typeof subcontractorSettings>>;

/** What an agent is called that nobody has named. */
export const usualName = (): string => `${hostname()}-${process.pid}`;
