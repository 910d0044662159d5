import { setTimeout as sleep } from 'node:timers/promises';
import type { Extension } from '#api';
import { action, parameter } from '#api';
import { foundations } from '#building';
import type { JsonMap } from '#kernel';
import { refuse } from '#kernel';
import type { ServerHalf } from '#platform';
import { SETTINGS_MS } from '#platform';
import type { ReadStore } from '#read-store';
import { settingsKind } from './look-at-settings.ts';
import type { SettingsLedger, SettingsLook } from './settings-ledger.ts';
import { MAX_WANTED } from './settings-ledger.ts';
import type { SettingsLooks } from './settings-looks.ts';

/** How often it is looked whether there is an answer, in milliseconds. */
const EVERY_MS = 100;
/** How much longer than for the look itself an answer is waited for: another server may look. */
const WAITING_MS = 10_000;

export interface SettingsApiOptions {
  readonly platforms: readonly ServerHalf[];
  readonly ledger: Pick<SettingsLedger, 'of' | 'want'>;
  readonly looks: Pick<SettingsLooks, 'look'>;
  readonly reads: Pick<ReadStore, 'now'>;
}

const shown = (look: SettingsLook | null): JsonMap => ({
  looked_at: look?.at ?? null,
  fault: look?.fault ?? null,
  declared: look?.declared ?? null,
  difference_list: (look?.differences ?? []).map((one) => ({ ...one })),
});

/** What is added to foundations: what of the settings of a machine is not as its blueprint declares it. */
export function settingsOfMachines({ platforms, ledger, looks, reads }: SettingsApiOptions): Extension {
  /** Has a machine looked at, by whichever server is the foreman, and waits for what is found. @throws Refusal */
  const looked = async (locator: string): Promise<SettingsLook | null> => {
    if (!(await ledger.want(locator))) {
      throw refuse('', 'BUSY', `${MAX_WANTED} machines are being looked at already: try again in a minute`);
    }
    looks.look();
    const limit = performance.now() + SETTINGS_MS + WAITING_MS;
    for (;;) {
      const found = await ledger.of(locator);
      if (found?.wanted !== true) return found?.look ?? null;
      if (performance.now() > limit) {
        throw refuse(
          '',
          'NO_ANSWER',
          'no server has looked at it in time: none is the foreman, or it waits for others',
        );
      }
      await sleep(EVERY_MS);
    }
  };
  return {
    model: 'Building/Foundation',
    actions: {
      settings: action({
        doc: 'What of its BIOS, its BMC and its firmware is not as its configuration declares it: an agent is asked, without a job.',
        protocols: ['rest'],
        parameters: {
          last: parameter.boolean({ default: false, doc: 'What was found last; nobody is asked.' }),
        },
        returns: { type: { kind: 'Map' } },
        permission: { grant: 'Building.can_look_at_machines' },
        query: async (key, { last }) => {
          const locator = String(key);
          const row = await reads.now.get(foundations, locator);
          if (row && !settingsKind(platforms, row.type)) {
            throw refuse('', 'NO_SETTINGS', `machines of the type "${row.type}" have no settings to compare`);
          }
          return shown(last === true ? ((await ledger.of(locator))?.look ?? null) : await looked(locator));
        },
      }),
    },
  };
}
