import { TASK_NAMESPACE } from './domain-xml.ts';
import { parseDomains } from './domains.ts';
import { AT_ONCE, MAC } from './mac-addresses.ts';
import type { Virsh } from './virsh.ts';

/** Behind this stand the names of the domains. */
const NAMES = '=all ';

/** What virsh is asked for all domains at once; the names come last, since they may be any text. */
const LISTING = [
  'echo "=on "',
  'list --state-running --uuid',
  'echo "=off "',
  'list --state-shutoff --uuid',
  'echo "=paused "',
  'list --state-paused --uuid',
  `echo "${NAMES}"`,
  'list --all --uuid --name',
].join('; ');

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
/** What is told of one domain, behind its UUID. */
const TOLD = /^=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/gm;
const TASK = /<task[^>]*>([^<]*)<\/task>/;

/**
 * The domains of a host, running or not. virsh is asked once for all of them, and once for the MACs and marks of every two
 * hundred; libvirt has no call that lists those.
 */
export async function listDomains(virsh: Virsh) {
  const text = await virsh([LISTING]);
  const names = text.indexOf(NAMES);
  const states = text.slice(0, names);
  const power = new Map<string, string>();
  for (const part of states.split('=').slice(1)) {
    const [word = '', uuids = ''] = part.split(' ', 2);
    for (const uuid of uuids.match(UUID) ?? []) power.set(uuid, word);
  }
  const domains = parseDomains(text.slice(names + NAMES.length));
  const told = await detailsOf(
    virsh,
    domains.map(({ uuid }) => uuid),
  );
  return domains.map(({ uuid, name }) => {
    const { macs, task } = told.get(uuid) ?? { macs: null, task: null };
    return { id: uuid, name, power: power.get(uuid) ?? 'unknown', macs, task };
  });
}

/** MACs of domains, and the tasks that made them; one that is gone meanwhile, or has no mark, is complained of and passed. */
async function detailsOf(virsh: Virsh, uuids: readonly string[]) {
  const found = new Map<string, { readonly macs: readonly string[]; readonly task: string | null }>();
  for (let n = 0; n < uuids.length; n += AT_ONCE) {
    const commands = uuids
      .slice(n, n + AT_ONCE)
      .flatMap((uuid) => [`echo "\n=${uuid} "`, `domiflist ${uuid}`, `metadata ${uuid} ${TASK_NAMESPACE}`]);
    const text = await virsh([[...commands, 'uri'].join('; ')]);
    const heads = [...text.matchAll(TOLD)];
    for (const [index, { 1: uuid = '', index: from }] of heads.entries()) {
      const part = text.slice(from, heads[index + 1]?.index);
      const task = TASK.exec(part)?.[1]?.trim();
      found.set(uuid, { macs: (part.match(MAC) ?? []).map((mac) => mac.toLowerCase()), task: task || null });
    }
  }
  return found;
}
