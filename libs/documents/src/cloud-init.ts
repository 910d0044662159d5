import type { Json, JsonMap } from '#kernel';
import { writeJson } from '#kernel';
import { networkConfig, textsOf } from './cloud-network.ts';

/** The files of the data source NoCloud of cloud-init. */
export const CLOUD_INIT_FILES = ['user-data', 'meta-data', 'vendor-data', 'network-config'] as const;
export type CloudInitFile = (typeof CLOUD_INIT_FILES)[number];

/** What a template begins with that is the user data of an installer itself. */
export const CLOUD_CONFIG = '#cloud-config';

type Values = Readonly<Record<string, Json>>;

/** A file of the seed of an installed machine, made of its configuration: JSON, which is YAML too whatever stands in it. */
export function cloudInitFile(file: CloudInitFile, values: Values): string {
  switch (file) {
    case 'user-data':
      return `${CLOUD_CONFIG}\n${writeJson(userData(values))}\n`;
    case 'meta-data':
      return `${writeJson({
        'instance-id': values['_structure_config_uuid'] ?? null,
        'local-hostname': values['_hostname'] ?? null,
      })}\n`;
    case 'vendor-data':
      return `${CLOUD_CONFIG}\n{}\n`;
    default:
      return `${writeJson(networkConfig(values))}\n`;
  }
}

const isMap = (value: Json | undefined): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function userData(values: Values): JsonMap {
  const { _hostname: hostname = null, _fqdn: fqdn = null, root_password_hash: hash, cloud_config: more } = values;
  const keys = textsOf(values['ssh_authorized_keys']);
  const packages = textsOf(values['package_list']);
  const servers = textsOf(values['ntp_servers']);
  const commands = [...textsOf(values['postinstall_command_list']), ...fetchedScripts(values['postinstall_script'])];
  const root: JsonMap = {
    name: 'root',
    ...(isGiven(hash) ? { lock_passwd: false, hashed_passwd: hash } : { lock_passwd: true }),
    ...(keys.length > 0 ? { ssh_authorized_keys: [...keys] } : {}),
  };
  return {
    hostname,
    fqdn,
    manage_etc_hosts: true,
    disable_root: false,
    users: [root],
    ...(servers.length > 0 ? { ntp: { enabled: true, servers: [...servers] } } : {}),
    ...aptOf(values),
    ...(packages.length > 0 ? { package_update: true, packages: [...packages] } : {}),
    ...(commands.length > 0 ? { runcmd: [...commands] } : {}),
    ...(isMap(more) ? more : {}),
  };
}

/** Fetches a script and runs it. */
const fetchedScripts = (url: Json | undefined): readonly string[] =>
  textsOf(url).map((one) => {
    const quoted = `'${one.replaceAll("'", "'\\''")}'`;
    const file = '/run/postinstall';
    return `{ curl -fsSLo ${file} ${quoted} || wget -qO ${file} ${quoted}; } && sh ${file}`;
  });

/** Where Debian and Ubuntu have their packages from. */
function aptOf(values: Values): JsonMap {
  const { distro, mirror_server: mirror, http_proxy: proxy } = values;
  if (distro !== 'debian' && distro !== 'ubuntu') return {};
  const apt: JsonMap = {
    ...(isGiven(mirror)
      ? {
          // Images of Debian keep the list they have unless they are told.
          preserve_sources_list: false,
          primary: uriOf(mirror, distro),
          ...(distro === 'debian' ? debianUpdates(values) : {}),
        }
      : {}),
    ...(isGiven(proxy) ? { proxy } : {}),
  };
  return Object.keys(apt).length > 0 ? { apt } : {};
}

/** The suites of Debian besides the release itself; cloud-init lists each that is not disabled. */
const SUITES = ['security', 'updates', 'backports'];

/**
 * Which updates of Debian are used, and where those of security come from: they are an archive of their own, and cloud-init would
 * look for them beside the release.
 */
function debianUpdates({ security_server: server, apt_services: services }: Values): JsonMap {
  const used = services === undefined ? ['security', 'updates'] : textsOf(services);
  return {
    security: uriOf(isGiven(server) ? server : 'security.debian.org', 'debian-security'),
    disable_suites: SUITES.filter((suite) => !used.includes(suite)),
  };
}

const uriOf = (server: string, folder: string): Json => [{ arches: ['default'], uri: `http://${server}/${folder}` }];
const isGiven = (value: Json | undefined): value is string => typeof value === 'string' && value !== '';
