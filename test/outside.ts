import { foundations, structures } from '#building';
import type { Json } from '#kernel';
import { silentLogger } from '#kernel';
import { serverHalves } from '#platforms/servers';
import type { View } from '#read-store';
import type { Secrets } from '#secrets';
import { sites } from '#site';
import { zonesOf } from '../libs/dns/src/live-zones.ts';
import { Documents } from '../libs/documents/src/documents.ts';
import { dynamicPools } from '../libs/documents/src/dynamic-pools.ts';
import type { About } from '../libs/documents/src/find-target.ts';
import { objectOf } from '../libs/documents/src/find-target.ts';
import { staticLeases } from '../libs/documents/src/static-leases.ts';

const TYPES = serverHalves.flatMap(({ foundationTypes }) => foundationTypes);
const findType = (name: string) => TYPES.find(({ type }) => type === name);

/** The host with this id serves the zones, once it is there. */
const ZONES = { nameServers: [1], soaEmail: undefined };

/** What tells when a document was made, or when its parts were changed. */
const MOMENTS = new Set(['__timestamp', '__last_modified']);

/**
 * What others than operators are told of everything: the documents of every machine, as it fetches them itself, with the
 * secrets in them; the zones; and what DHCP servers lease. By what it is.
 * @param present what is now, by which it is masked what others are shown
 */
export async function outside(
  view: View,
  { secrets, present }: { readonly secrets: Pick<Secrets, 'read'>; readonly present: View },
): Promise<Map<string, unknown>> {
  const told = new Map<string, unknown>();
  const documents = new Documents({
    view: () => view,
    present: () => present,
    now: () => '',
    served: { contractorUrl: 'http://contractor', pxeUrl: 'http://static' },
    findType,
    readSecret: (reference) => secrets.read(reference),
    noteSecrets: () => undefined,
    log: silentLogger,
  });
  const all: readonly About[] = [
    ...(await view.keys(structures)).keys.map((key) => ({ kind: 'Structure', id: Number(key) }) as const),
    ...(await view.keys(foundations)).keys.map((key) => ({ kind: 'Foundation', locator: String(key) }) as const),
  ];
  for (const about of all) {
    const name = objectOf(about).join(' ');
    for (const type of ['config', 'boot_script', 'pxe_template']) {
      const { answer } = await documents.make({ about, itself: true }, type, undefined);
      const { status, text } = answer;
      told.set(`${type} of ${name}`, [status, type === 'config' ? withoutMoments(text ?? '') : text]);
    }
  }
  for (const key of (await view.keys(sites)).keys) {
    told.set(`leases of ${key}`, await staticLeases(view, String(key), findType, (uuid) => uuid));
    told.set(`pools of ${key}`, await dynamicPools(view, String(key)));
  }
  for (const [name, zone] of await zonesOf(view, ZONES)) told.set(`zone ${name}`, [zone.text(1), zone.leftOut]);
  return told;
}

/** The values of a document in their order. */
const withoutMoments = (text: string): unknown =>
  Object.entries(JSON.parse(text) as Record<string, Json>).filter(([key]) => !MOMENTS.has(key));
