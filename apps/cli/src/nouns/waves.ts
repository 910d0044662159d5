import type { Asked, Command, CommandOption } from '../command.ts';
import { Misuse, told, valueOf } from '../command.ts';
import { inColumns } from '../in-columns.ts';
import type { Values } from '../rest-client.ts';
import { selection } from './filters.ts';
import { known } from './known-models.ts';
import { integerIn } from './noun-option.ts';
import type { Noun } from './noun.ts';
import { commandsOf, ofOne, pathOf } from './noun.ts';

const wave: Noun = {
  words: 'wave',
  model: 'Foreman/Wave',
  called: ['a wave', 'waves: utility scripts on many targets, batch by batch'],
  id: 'WAVE',
  needs: 'requires a Wave Id argument',
  list: {
    ID: 'id',
    STATE: 'state',
    SCRIPT: 'script_name',
    TOTAL: 'total',
    WAITING: 'waiting',
    RUNNING: 'running',
    DONE: 'done',
    FAILED: 'failed',
    SKIPPED: 'skipped',
    DESCRIPTION: 'description',
  },
  get: {
    Id: 'id',
    Description: 'description',
    State: 'state',
    Message: 'message',
    Kind: 'kind',
    Script: 'script_name',
    Batch: ({ batch, batches, batch_size: size }) =>
      `${String(batch)} of ${String(batches)}, ${String(size)} targets each`,
    'Max Failures': 'max_failures',
    Total: 'total',
    Waiting: 'waiting',
    Running: 'running',
    Done: 'done',
    Failed: 'failed',
    Skipped: 'skipped',
    Creator: 'creator',
    Created: 'created',
    Updated: 'updated',
  },
  verbs: ['list', 'get', 'delete'],
};

const SELECTING = selection('BluePrint/BluePrint', ['planned', 'located', 'built']);
const asOptions = Object.fromEntries(
  Object.entries(SELECTING).map(([name, { filter: _, parameter: __, ...option }]): [string, CommandOption] => [
    name,
    option,
  ]),
);

/** What a command line selects, as it is written down. */
function selected({ options }: Asked): Values {
  const given = Object.entries(SELECTING).flatMap(([name, { parameter }]) =>
    options[name] === undefined ? [] : [[parameter, options[name]] as const],
  );
  return Object.fromEntries(given);
}

const numberOf = (asked: Asked, name: string): number | string | null => {
  const text = valueOf(asked, name);
  return text === undefined ? null : integerIn(`--${name}`, text);
};

/** The wave that a command line asks for. @throws Misuse where it does not say what it has to */
function wanted(asked: Asked): Values {
  const script = valueOf(asked, 'script');
  if (script === undefined) throw new Misuse('say --script');
  const targets = [asked.options['target'] ?? []].flat();
  const by = selected(asked);
  return {
    kind: valueOf(asked, 'kind') ?? 'Foundation',
    script_name: script,
    targets,
    selection: Object.keys(by).length > 0 ? by : null,
    batch_size: numberOf(asked, 'batch'),
    batch_percent: numberOf(asked, 'percent'),
  };
}

interface Preview extends Values {
  readonly total: number;
  readonly batches: number;
  readonly targets: readonly { readonly target: string; readonly batch: number; readonly problem: string | null }[];
}

interface Progress extends Values {
  readonly total: number;
  readonly targets: readonly {
    readonly target: string;
    readonly batch: number;
    readonly state: string;
    readonly job: string | null;
    readonly reason: string;
  }[];
}

const previewText = ({ total, batches, targets }: Preview): string =>
  [
    `would work on ${total} in ${batches} ${batches === 1 ? 'batch' : 'batches'}; nothing was made`,
    inColumns([
      ['TARGET', 'BATCH', 'PROBLEM'],
      ...targets.map(({ target, batch, problem }) => [target, String(batch), problem ?? '-']),
    ]),
  ].join('\n');

const progressText = ({ targets }: Progress): string =>
  inColumns([
    ['TARGET', 'BATCH', 'STATE', 'JOB', 'REASON'],
    ...targets.map(({ target, batch, state, job, reason }) => [
      target,
      String(batch),
      state,
      job ?? '-',
      reason || '-',
    ]),
  ]);

/** Does something to a wave. */
const acting = (action: 'pause' | 'resume' | 'cancel', done: string, does: string): Command =>
  known(wave.model, {
    usage: wave.id,
    does,
    ...ofOne(wave),
    run: async ({ names: [id] }, { client }) => {
      await client.call(pathOf(wave.model, id, action), {});
      return told(`${done} wave ${id}`, { id });
    },
  });

/** Commands about waves: maintenance of many machines, batch by batch. */
export const waveCommands: Readonly<Record<string, Command>> = {
  ...commandsOf(wave),
  'wave create': known(wave.model, {
    usage:
      '--script NAME (--target ID… | --site SITE | --blueprint BLUEPRINT | --label KEY[=VALUE]… | --complex COMPLEX …) ' +
      '(--batch N | --percent N) [--max-failures N] [--kind KIND] [--description TEXT] [--dry-run]',
    does: 'run a utility script on many foundations or structures, batch by batch',
    names: [0, 0],
    options: {
      script: { type: 'string', value: 'NAME', does: 'the utility script of their blueprints' },
      target: { type: 'string', value: 'ID', multiple: true, does: 'one of its targets, in their order' },
      ...asOptions,
      batch: { type: 'string', value: 'N', does: 'how many at a time' },
      percent: { type: 'string', value: 'N', does: 'how many at a time, in percent of all' },
      'max-failures': { type: 'string', value: 'N', does: 'it pauses when so many have failed; 1 unless said' },
      kind: {
        type: 'string',
        value: 'KIND',
        does: 'Foundation unless said, or Structure',
        completes: ['Foundation', 'Structure'],
      },
      description: { type: 'string', short: 'd', value: 'TEXT', does: 'what it is for' },
      'dry-run': { type: 'boolean', does: 'tell who would be in it, and why some would be skipped; make nothing' },
    },
    run: async (asked, { client }) => {
      const values = wanted(asked);
      if (asked.options['dry-run'] === true) {
        const preview = (await client.call(`${wave.model}/preview`, values)) as Preview;
        return told(previewText(preview), preview);
      }
      const description = valueOf(asked, 'description') ?? String(values['script_name']);
      const made = await client.create(wave.model, {
        ...values,
        description,
        max_failures: numberOf(asked, 'max-failures') ?? 1,
      });
      return told(
        `made wave ${String(made['id'])}: ${String(made['total'])} targets, ${String(made['batches'])} batches`,
        made,
      );
    },
  }),
  'wave progress': known(wave.model, {
    usage: wave.id,
    does: 'show how far each target of a wave is',
    ...ofOne(wave),
    run: async ({ names: [id] }, { client }) => {
      const progress = (await client.call(pathOf(wave.model, id, 'progress'), {})) as Progress;
      return told(progressText(progress), progress);
    },
  }),
  'wave pause': acting('pause', 'paused', 'make no more jobs of a wave until it is resumed'),
  'wave resume': acting('resume', 'resumed', 'go on with a wave, and count its failures anew'),
  'wave cancel': acting('cancel', 'cancelled', 'end a wave: its jobs that have not begun are cancelled, others go on'),
};
