import type { Extension } from '#api';
import { action, boundTo, parameter } from '#api';
import { complexes } from '#building';
import { refuse } from '#kernel';
import type { ServerHalf } from '#platform';
import type { ReadStore, View } from '#read-store';
import { AdoptMachine, PreviewAdoption } from './adopt.commands.ts';
import { plainId } from './compare.ts';
import { foundationsOf, hostKinds, sharingHost } from './hosts.ts';
import { lookIntervalOf } from './look-interval.ts';
import type { LookLedger } from './look-ledger.ts';

export interface InventoryApiOptions {
  readonly platforms: readonly ServerHalf[];
  readonly ledger: Pick<LookLedger, 'of' | 'want'>;
  readonly reads: Pick<ReadStore, 'now'>;
  /** Seconds between two looks, where a site does not say otherwise. */
  readonly usualSeconds: number;
}

/** What is added to complexes: which machines their hosts have, and how one becomes a foundation. */
export function machinesOfComplexes({ platforms, ledger, reads, usualSeconds }: InventoryApiOptions): Extension {
  const kinds = hostKinds(platforms);

  /** A complex whose host lists its machines. @throws Refusal where it is none */
  const listing = async (view: View, name: string) => {
    const row = await view.get(complexes, name);
    const kind = row?.type == null ? undefined : kinds.get(row.type);
    if (!row || !kind) throw refuse('', 'NOT_LISTED', `nobody lists the machines of complex "${name}"`);
    return { row, machineId: kind.foundationType.machineId };
  };

  return {
    model: 'Building/Complex',
    actions: {
      machines: action({
        doc: 'What its host was found to have when it was last looked at: how many machines, and those that no foundation knows.',
        protocols: ['rest'],
        parameters: {},
        returns: { type: { kind: 'Map' } },
        permission: { grant: 'Building.view_complex' },
        query: async (name, _, { view }) => {
          const { row, machineId } = await listing(view, String(name));
          const interval = await lookIntervalOf(view, row.site, usualSeconds);
          const look = await ledger.of(String(name));
          const known = await foundationsOf(view, await sharingHost(view, String(name), row));
          const ids = new Set([...known.values()].map(({ own }) => plainId(own[machineId])));
          // One that has become a foundation since is known.
          const unknown = (look?.unknown ?? []).filter(({ id }) => !ids.has(plainId(id)));
          const adopted = (look?.unknown.length ?? 0) - unknown.length;
          return {
            looked_at: look?.at ?? null,
            fault: look?.fault ?? ('fault' in interval ? interval.fault : null),
            every_seconds: 'fault' in interval ? usualSeconds : interval.seconds,
            machine_count: look?.machines ?? null,
            unknown_count: look ? look.unknownCount - adopted : null,
            unknown_list: unknown.map((machine) => ({ ...machine })),
          };
        },
      }),
      look: action({
        doc: 'Has its host looked at as soon as an agent can, and not when the time has come; "machines" tells what was found.',
        protocols: ['rest'],
        parameters: {},
        permission: { grant: 'Building.can_look_at_machines' },
        query: async (name) => {
          await listing(reads.now, String(name));
          await ledger.want(String(name));
          return null;
        },
      }),
      adopt: action({
        doc: 'Makes a foundation of a machine that its host has already: located and built, with its interfaces, without a job; all of it or nothing.',
        protocols: ['rest'],
        parameters: {
          machine: parameter.text({ doc: 'What its platform knows it by, as "machines" lists it.' }),
          locator: parameter.text({ default: null, doc: 'What it is called; by default as the machine.' }),
          site: parameter.reference('Site/Site', { default: null, doc: 'By default that of the complex.' }),
          blueprint: parameter.reference('BluePrint/FoundationBluePrint', {
            default: null,
            doc: 'By default that of foundations that the complex makes.',
          }),
          network: parameter.reference('Utilities/Network', { default: null, doc: 'The network of its interfaces.' }),
          dry_run: parameter.boolean({ default: false, doc: 'Tells what it would make, and changes nothing.' }),
        },
        returns: { type: { kind: 'Map' } },
        permission: { grant: 'Building.can_adopt' },
        command: (name, { dry_run: dryRun, machine, network, ...said }, { caller }) => {
          const wanted = {
            ...said,
            machine: machine ?? '',
            network: network === null ? null : Number(network),
            sites: boundTo(caller),
          };
          return dryRun === true ? new PreviewAdoption(name, wanted) : new AdoptMachine(name, wanted);
        },
      }),
    },
  };
}
