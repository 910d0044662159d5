import { isIP } from 'node:net';
import { directory, integer, InvalidValue, list, parser, setting, text } from '#runtime/settings';

const isPort = (value: string): boolean => /^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535;

/** Reads `10.0.0.2`, `10.0.0.2:80`, `[::]:80` or `::`. */
const listenAt = (usualPort: number) =>
  parser((value) => {
    const [, bracketed, plain, port = String(usualPort)] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(value) ?? [];
    const address = bracketed ?? plain ?? value;
    if (isIP(address) === 0 || !isPort(port)) {
      throw new InvalidValue(`must be an address of this machine, perhaps with a port: 10.0.0.2:${usualPort}`);
    }
    return { address, port: Number(port) };
  });

/** Reads `3128` or `10.0.0.2:3128`, as Squid has it. */
const squidPort = parser((value) => {
  const [port = '', ...address] = value.split(':').toReversed();
  const host = address
    .toReversed()
    .join(':')
    .replace(/^\[(.+)\]$/, '$1');
  if (!isPort(port) || (host !== '' && isIP(host) === 0))
    throw new InvalidValue('must be a port, perhaps with an address before it');
  return value;
});

const HOST = /^\.?[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i;

/** The upstream proxy, which may hold a password. */
const upstream = parser(
  (value) => {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    const isPlain = url?.protocol === 'http:' && url.pathname === '/' && url.search === '' && url.hash === '';
    if (!isPlain) throw new InvalidValue('must be a proxy: http://[user:password@]host[:port]');
    return value;
  },
  { secret: true },
);

/** The settings of what machines boot from; all is off unless it is named. */
export const bootFields = {
  tftp: setting('SUBCONTRACTOR_TFTP', listenAt(69), {
    unset: 'none, then no files are served over TFTP',
    doc: 'address of this machine at which boot files are served over TFTP: `10.0.0.2`, `10.0.0.2:69`',
  }),
  http: setting('SUBCONTRACTOR_HTTP', listenAt(80), {
    unset: 'none, then no files are served over HTTP',
    doc: 'address of this machine at which boot files are served over HTTP: `10.0.0.2`, `10.0.0.2:80`',
  }),
  bootFiles: setting('SUBCONTRACTOR_FILES', directory(), {
    unset: 'none, then the boot files of iPXE alone are served',
    doc: 'folder whose files everybody may read over TFTP and HTTP: `/var/www/static`',
  }),
  ipxe: setting('SUBCONTRACTOR_IPXE', directory(), {
    default: '/usr/lib/ipxe',
    doc: 'folder with the boot files of iPXE: `undionly.kpxe`, and `snponly.efi` or `ipxe.efi`',
  }),
  squid: setting('SUBCONTRACTOR_SQUID', text(), {
    unset: 'none is written',
    doc: 'file for the configuration of a Squid that keeps packages for the machines of its sites',
  }),
  squidPid: setting('SUBCONTRACTOR_SQUID_PID', text(), {
    unset: 'it is not told',
    doc: 'file with the process of Squid, which is told when its configuration changes: `/run/squid.pid`',
  }),
  squidMirrors: setting(
    'SUBCONTRACTOR_SQUID_MIRRORS',
    list(
      (value) => HOST.test(value),
      'must be names of hosts, such as deb.debian.org or .ubuntu.com, separated by commas',
    ),
    {
      unset: 'none, then Squid fetches nothing',
      doc: 'hosts that Squid fetches from; with a dot before, those below them too: `deb.debian.org,.ubuntu.com`',
    },
  ),
  squidUpstream: setting('SUBCONTRACTOR_SQUID_UPSTREAM', upstream, {
    unset: 'none, then it fetches by itself',
    doc: 'proxy that Squid fetches through: `http://[user:password@]host[:port]`',
  }),
  squidListen: setting('SUBCONTRACTOR_SQUID_LISTEN', squidPort, {
    default: '3128',
    doc: 'port at which Squid listens, perhaps with an address before it',
  }),
  squidFolder: setting('SUBCONTRACTOR_SQUID_FOLDER', directory(), {
    default: '/var/spool/squid',
    doc: 'folder in which Squid keeps what it has fetched',
  }),
  squidMegabytes: setting('SUBCONTRACTOR_SQUID_SIZE', integer(16, 100_000_000), {
    default: '10000',
    doc: 'how much Squid keeps at most, in MB',
  }),
  chrony: setting('SUBCONTRACTOR_CHRONY', text(), {
    unset: 'none is written',
    doc: 'file that has chrony tell the machines of its sites the time',
  }),
  chronyServers: setting(
    'SUBCONTRACTOR_CHRONY_SERVERS',
    list((value) => HOST.test(value) || isIP(value) !== 0, 'must be names or addresses of hosts, separated by commas'),
    {
      unset: 'those of its own configuration',
      doc: 'hosts that chrony asks for the time, besides those of its own configuration',
    },
  ),
};

/** Whether anything of it is wanted. */
export const wantsBoot = ({
  tftp,
  http,
  squid,
  chrony,
}: {
  readonly tftp?: unknown;
  readonly http?: unknown;
  readonly squid?: unknown;
  readonly chrony?: unknown;
}): boolean => (tftp ?? http ?? squid ?? chrony) !== undefined;
