import type { CheckedLog } from '../../contractor/src/tools/log-tools.ts';
import type { Asked, Command } from './command.ts';
import { listOf, Misuse, nameOf, told, valueOf } from './command.ts';

const checkpointTools = () => import('../../contractor/src/tools/checkpoint-tools.ts');

/** What somebody brings along who does not rely on the database. */
export const outsideOptions = {
  checkpoint: {
    type: 'string',
    multiple: true,
    value: 'FILE',
    does: 'checkpoints exported before: the log has to have them still',
  },
  key: { type: 'string', value: 'FILE', does: 'public key that has to have signed: a PEM file, or its base64url' },
} as const;

export const outsideIn = (asked: Asked) => ({ checkpoints: listOf(asked, 'checkpoint'), key: valueOf(asked, 'key') });

/** What is signed of a log, and what lies behind that. */
export function signedText({ last, keys, behind }: CheckedLog['signed']): string {
  if (!last) return 'nothing of it is signed yet';
  const by = `checkpoint ${last.checkpoint} of ${last.at} with the key ${keys.at(-1)}`;
  const rest = behind === 0 ? 'nothing lies behind it' : `${behind} events behind it are not signed yet`;
  return `${last.events} events up to ${last.position} are signed by ${by}; ${rest}`;
}

/** Commands on the signed checkpoints of a log, by the settings of its server. */
export const checkpointCommands: Readonly<Record<string, Command>> = {
  'log checkpoint show': {
    usage: '[NUMBER]',
    does: 'show the last signed checkpoint of the log, or one of them',
    names: [0, 1],
    local: true,
    run: async ({ names: [number] }, { environment }) => {
      if (number !== undefined && !/^[1-9]\d{0,14}$/.test(number)) throw new Misuse('NUMBER is a whole number from 1');
      const { showCheckpoint } = await checkpointTools();
      const found = await showCheckpoint(environment, number === undefined ? undefined : Number(number));
      const lines = Object.entries(found).map(([name, value]) => `${name.padEnd(12)}${value ?? '-'}`);
      return { json: { ...found }, text: lines.join('\n') };
    },
  },
  'log checkpoint export': {
    usage: 'FILE [--all]',
    does: 'write the last signed checkpoint into a file, to be kept elsewhere and given to log verify later',
    names: [1, 1],
    local: true,
    options: { all: { type: 'boolean', does: 'all of them, the first one first' } },
    run: async (asked, { environment }) => {
      const { exportCheckpoints } = await checkpointTools();
      const file = nameOf(asked);
      const { count, last } = await exportCheckpoints(environment, { file, all: asked.options['all'] === true });
      const what = count === 1 ? `checkpoint ${last.checkpoint}` : `${count} checkpoints`;
      return told(`wrote ${what} to ${file}: ${last.events} events up to ${last.position}`, { file, count });
    },
  },
  'log checkpoint key': {
    usage: '',
    does: 'show the public key that the server signs the log with, as PEM',
    names: [0, 0],
    local: true,
    run: async (_, { environment }) => {
      const { showCheckpointKey } = await checkpointTools();
      const { key, pem } = await showCheckpointKey(environment);
      return { json: { key, pem }, text: pem.trimEnd() };
    },
  },
  'log checkpoint rotate': {
    usage: '',
    does: 'make a new key in the data directory of a server; it signs from the next start on, and the key before endorses it',
    names: [0, 0],
    local: true,
    run: async (_, { environment }) => {
      const { rotateKey } = await checkpointTools();
      const key = await rotateKey(environment);
      return told(`the log is signed with the new key ${key} from the next start of the server on`, { key });
    },
  },
  'log checkpoint accept': {
    usage: '',
    does: 'sign the log as it is now, although a later one was known here, or the key of its checkpoints is lost',
    names: [0, 0],
    local: true,
    run: async (_, { environment }) => {
      const { acceptLog } = await checkpointTools();
      const { last, aside } = await acceptLog(environment);
      const kept = aside === undefined ? '' : `; what was known here is kept in ${aside}`;
      return told(`checkpoint ${last.checkpoint} covers ${last.events} events up to ${last.position}${kept}`, {
        checkpoint: last.checkpoint,
        events: last.events,
        aside: aside ?? null,
      });
    },
  },
};
