import { setTimeout as sleep } from 'node:timers/promises';
import { CinpClient } from '#cinp';
import type { LabMachine } from '#testing';
import { ADMIN_PASSWORD, until } from '#testing';
import { runCommand } from '../../../test/run-command.ts';

export type Values = Readonly<Record<string, unknown>>;

/** How often it is looked how far machines are: they need the processors. */
const LOOK_MS = 250;

/** What a machine has asked for. */
export interface Asked {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `kind what outcome detail` */
  readonly text: string;
}

/** Somebody at the server of a hall, as root. */
export interface HallClient {
  /** Asks over REST; `to` is behind `/api/rest/`. @throws Error where it is refused */
  rest(method: string, to: string, body?: Values): Promise<Values>;
  listed(model: string): Promise<readonly Values[]>;
  stateOf(object: string): Promise<unknown>;
  /** A command of the command line. @returns what it writes @throws Error where it fails */
  contractor(...words: readonly string[]): Promise<string>;
  /** What a machine has asked for, in that order, by its MAC. */
  asked(mac: string): Promise<readonly Asked[]>;
  /** Waits for something that a machine does. @throws Error with what its console shows, and what it has asked for */
  reached(machine: LabMachine, what: () => Promise<boolean>): Promise<void>;
  /** Values of the site besides those it has. */
  setValues(values: Values): Promise<void>;
}

/**
 * @param home a folder where the command line keeps what it keeps
 * @param bootMs how long it is waited for a machine, in milliseconds
 */
export async function hallClient(url: string, home: string, bootMs: number): Promise<HallClient> {
  const token = await new CinpClient(url).login('root', ADMIN_PASSWORD);
  const headers = { Authorization: `Bearer root:${token}`, 'Content-Type': 'application/json' };
  const rest: HallClient['rest'] = async (method, to, body) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(`${url}/api/rest/${to}`, { method, headers, ...sent });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${to}: ${answer.status} ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Values);
  };
  const contractor: HallClient['contractor'] = async (...words) => {
    const root = { CONTRACTOR_USERNAME: 'root', CONTRACTOR_PASSWORD: ADMIN_PASSWORD };
    const environment = { XDG_CONFIG_HOME: home, CONTRACTOR_URL: url, ...root };
    const { code, out, err } = await runCommand(words, { environment });
    if (code !== 0) throw new Error(`contractor ${words.join(' ')}: ${err}`);
    return out;
  };
  return {
    rest,
    contractor,
    listed: async (model) => (await rest('GET', model))['items'] as readonly Values[],
    stateOf: async (object) => (await rest('GET', object))['state'],
    async asked(mac) {
      const { value } = await rest('POST', 'SubContractor/BootTrace/show', { mac, count: 200 });
      const { requests } = value as { readonly requests: readonly Readonly<Record<string, string>>[] };
      return requests.map(({ time = '', kind, what, outcome, detail }) => ({
        at: Date.parse(time),
        text: [kind, what, outcome, detail].join(' ').trim(),
      }));
    },
    async reached(machine, what) {
      try {
        await until(async () => (await what()) || sleep(LOOK_MS, false), bootMs);
      } catch (cause) {
        const told = [await contractor('boot', 'trace'), await contractor('cartographer', 'list')];
        throw new Error([...told, (await machine.console()).slice(-4000)].join('\n'), { cause });
      }
    },
    async setValues(values) {
      const { config_values: before } = await rest('GET', 'Site/Site/site1');
      await rest('PATCH', 'Site/Site/site1', { config_values: { ...(before as Values), ...values } });
    },
  };
}
