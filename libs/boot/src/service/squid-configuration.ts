/** A Squid that keeps packages for the machines of a site. */
export interface SquidSettings {
  /** Where it listens: `3128`, `10.0.0.2:3128`. */
  readonly listen: string;
  /** The hosts it fetches from: `deb.debian.org`; with a dot before, those below them too. */
  readonly mirrors: readonly string[];
  /** The proxy it fetches through: `http://[user:password@]proxy:3128`; undefined: none. */
  readonly upstream: string | undefined;
  /** Where it keeps what it has fetched, and how much at most, in MB. */
  readonly folder: string;
  readonly megabytes: number;
}

/** The largest file that is kept, in MB: of images of installers. */
const MAX_FILE_MB = 4096;
/** Files whose content never changes under their name: packages, and indexes by their digest. */
const FOREVER = ['\\.(u?deb|rpm|apk|pkg\\.tar\\.[a-z]+)$', '/by-hash/'];
/** How long those are kept without a question, in minutes: a quarter of a year. */
const FOREVER_MINUTES = 129_600;

/**
 * The configuration of a Squid that serves the machines in subnets, from mirrors alone, and plain HTTP alone: what is
 * encrypted cannot be kept. Nobody else is served, and nothing else.
 */
export function squidConfiguration(subnets: readonly string[], settings: SquidSettings): string {
  const { listen, mirrors, folder, megabytes } = settings;
  return [
    '# Written by the subcontractor: what is changed here is lost.',
    `http_port ${listen}`,
    ...subnets.map((subnet) => `acl machines src ${subnet}`),
    ...mirrors.map((mirror) => `acl mirrors dstdomain -n ${mirror}`),
    'acl plain proto HTTP',
    'acl web port 80',
    'http_access deny CONNECT',
    'http_access deny !web',
    ...(subnets.length > 0 && mirrors.length > 0 ? ['http_access allow machines mirrors plain'] : []),
    'http_access deny all',
    `maximum_object_size ${Math.min(MAX_FILE_MB, megabytes)} MB`,
    `cache_dir ufs ${folder} ${megabytes} 16 256`,
    ...FOREVER.map((pattern) => `refresh_pattern -i ${pattern} ${FOREVER_MINUTES} 100% ${FOREVER_MINUTES}`),
    // Everything else is asked for again, and sent only where it has changed.
    'refresh_pattern . 0 0% 0',
    ...upstreamLines(settings.upstream),
    'visible_hostname proxy',
    'forwarded_for delete',
    'shutdown_lifetime 3 seconds',
    '',
  ].join('\n');
}

function upstreamLines(upstream: string | undefined): readonly string[] {
  if (upstream === undefined) return [];
  const { hostname, port, username, password } = new URL(upstream);
  const login = username === '' ? '' : ` login=${username}:${password}`;
  return [`cache_peer ${hostname} parent ${port || 80} 0 no-query no-digest default${login}`, 'never_direct allow all'];
}
