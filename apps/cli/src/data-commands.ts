import type { Asked, Command, Result } from './command.ts';
import { checkpointCommands, outsideIn, outsideOptions, signedText } from './checkpoint-commands.ts';
import { listOf, Misuse, nameOf, table, told, valueOf } from './command.ts';
import { plain, shownProgress } from './data-progress.ts';
import { logVerify } from './log-verify-command.ts';

/** How many events are shown unless said otherwise. */
const USUAL_LIMIT = 100;

/** The code of the server is large: only the commands that work on its data load it. */
const logTools = () => import('../../contractor/src/tools/log-tools.ts');
const backupTools = () => import('../../contractor/src/tools/backup-tools.ts');

function position(asked: Asked, name: string): bigint | undefined {
  const value = valueOf(asked, name);
  if (value === undefined) return undefined;
  if (!/^\d+$/.test(value)) throw new Misuse(`--${name} takes a position of the log: a whole number`);
  return BigInt(value);
}

function count(asked: Asked, name: string, usual: number): number {
  const value = valueOf(asked, name);
  if (value === undefined) return usual;
  if (!/^[1-9]\d{0,6}$/.test(value)) throw new Misuse(`--${name} takes a whole number from 1 to 9999999`);
  return Number(value);
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const failed = (result: Result): Result => ({ ...result, failed: true });

/** Commands on the log and the ledgers of a server, by the settings of that server. */
export const dataCommands: Readonly<Record<string, Command>> = {
  'log read': {
    usage: '[--after POSITION] [--until POSITION] [--stream NAME] [--type TYPE…] [--limit COUNT]',
    does: `show events of the log, ${USUAL_LIMIT} unless said otherwise, secrets masked; by the settings of the server, which may run`,
    names: [0, 0],
    local: true,
    options: {
      after: { type: 'string', value: 'POSITION', does: 'only events behind this position' },
      until: { type: 'string', value: 'POSITION', does: 'only events up to this position' },
      stream: { type: 'string', value: 'NAME', does: 'only events of this stream' },
      type: { type: 'string', multiple: true, value: 'TYPE', does: 'only events of this type, or these' },
      limit: { type: 'string', value: 'COUNT', does: 'how many events at most' },
    },
    run: async (asked, { environment }) => {
      const { readLog } = await logTools();
      const events = await readLog(environment, {
        after: position(asked, 'after') ?? 0n,
        until: position(asked, 'until'),
        stream: valueOf(asked, 'stream'),
        types: listOf(asked, 'type'),
        limit: count(asked, 'limit', USUAL_LIMIT),
      });
      const line = ({ position, at, type, stream, revision, actor, data }: (typeof events)[number]) =>
        `${position} ${at} ${type} ${stream}@${revision} ${actor} ${JSON.stringify(data)}`;
      return { json: events, text: events.map(line).join('\n') };
    },
  },
  'log verify': logVerify,
  ...checkpointCommands,
  'log export': {
    usage: 'FILE [--after POSITION] [--until POSITION]',
    does: 'write the events of the log into a file, a line of JSON each, data and metadata to the letter',
    names: [1, 1],
    local: true,
    options: {
      after: { type: 'string', value: 'POSITION', does: 'only events behind this position' },
      until: { type: 'string', value: 'POSITION', does: 'only events up to this position' },
    },
    run: async (asked, tools) => {
      const { exportLog } = await logTools();
      const file = nameOf(asked);
      const range = { after: position(asked, 'after') ?? 0n, until: position(asked, 'until') };
      const events = await shownProgress(tools, (run) => exportLog(tools.environment, { ...run, ...range, file }));
      return told(`wrote ${events} events to ${file}`, { file, events });
    },
  },
  backup: {
    usage: 'FILE',
    does: 'write log and ledgers into one file, as of one moment, while servers run; read models are made anew from it',
    names: [1, 1],
    local: true,
    run: async (asked, tools) => {
      const { backUp } = await backupTools();
      const file = nameOf(asked);
      const { manifest, end, bytes } = await shownProgress(tools, (run) => backUp(tools.environment, file, run));
      const rows = Object.values(end.rows).reduce((sum, one) => sum + one, 0);
      const size = `${(bytes / 1_000_000).toFixed(1)} MB`;
      return told(
        `wrote ${file}: ${end.events} events up to ${manifest.head}, ${rows} rows of ${manifest.tables.length} ledgers, ${size}\n` +
          'secrets in it are encrypted: keep CONTRACTOR_SECRET_KEY (or secret.key) somewhere else',
        { file, bytes, head: manifest.head, ...end },
      );
    },
  },
  'backup verify': {
    usage: 'FILE [--checkpoint FILE…] [--key FILE]',
    does: 'read a backup from its begin to its end, and check its checksum, its counts and the log in it, with what is signed of it',
    names: [1, 1],
    local: true,
    options: outsideOptions,
    run: async (asked, tools) => {
      const { verifyBackup, faultText } = await import('../../contractor/src/tools/fault-text.ts');
      const { outsideKnowledge } = await import('../../contractor/src/tools/checkpoint-tools.ts');
      const outside = await outsideKnowledge(outsideIn(asked));
      const { manifest, end, fault, signed, notCompared } = await verifyBackup(nameOf(asked), {
        outside,
        signal: tools.signal,
      });
      const about = `made ${manifest.made} by contractor ${manifest.product}: ${end.events} events up to ${manifest.head}`;
      const json = plain({
        made: manifest.made,
        product: manifest.product,
        head: manifest.head,
        ...end,
        fault,
        signed,
        notCompared,
      });
      if (fault) return failed(told(`${about}\nthe log in it is damaged: ${faultText(fault)}`, json));
      return told(`${about}\nit is whole\n${signedText(signed)}`, json);
    },
  },
  'backup drill': {
    usage: 'FILE [--database URL | --directory DIR]',
    does: 'restore a backup into a database made for it, rebuild the read models, compare them with those noted in it, and tell how long it took',
    names: [1, 1],
    local: true,
    options: {
      database: {
        type: 'string',
        value: 'URL',
        does: 'make that database on this server of PostgreSQL, not an embedded one',
      },
      directory: { type: 'string', value: 'DIR', does: 'where the embedded one is kept meanwhile' },
    },
    run: async (asked, tools) => {
      const { drill } = await import('../../contractor/src/tools/drill.ts');
      const { faultText } = await import('../../contractor/src/tools/fault-text.ts');
      const where = { file: nameOf(asked), database: valueOf(asked, 'database'), folder: valueOf(asked, 'directory') };
      const came = await shownProgress(tools, (run) => drill({ ...where, ...run }));
      const { restored, models, quarantined, restoreMs, rebuildMs, passed } = came;
      const lines = [
        table(
          models.map(({ name, noted, rebuilt, outcome }) => ({ name, noted, rebuilt, outcome })),
          {
            MODEL: ({ name }) => name,
            NOTED: ({ noted }) => noted ?? '-',
            REBUILT: ({ rebuilt }) => rebuilt ?? '-',
            OUTCOME: ({ outcome }) => outcome,
          },
        ).text,
        '',
        ...(restored.fault ? [`the log is damaged: ${faultText(restored.fault)}`] : []),
        ...Object.entries(quarantined).map(([name, rows]) => `${rows} rows of ${name} are in quarantine`),
        `${restored.end.events} events restored and checked in ${seconds(restoreMs)}, read models rebuilt in ${seconds(rebuildMs)}`,
        signedText(restored.signed),
        passed ? 'passed' : 'failed',
      ];
      const { fault, end } = restored;
      const json = plain({ passed, events: end.events, restoreMs, rebuildMs, fault, quarantined, models });
      return passed ? told(lines.join('\n'), json) : failed(told(lines.join('\n'), json));
    },
  },
  'upgrade check': {
    usage: '',
    does: 'tell whether this version fits the settings, the log and what it stands on, and what its first start would change; exit code 1 where it does not fit',
    names: [0, 0],
    local: true,
    run: async (_, tools) => {
      const { checkUpgrade } = await import('../../contractor/src/tools/upgrade-check.ts');
      const checks = await shownProgress(tools, (run) => checkUpgrade(tools.environment, run));
      const result = table(
        checks.map((check) => ({ ...check })),
        { WHAT: ({ what }) => what, STATE: ({ state }) => state, '': ({ text: found }) => found },
      );
      return checks.some(({ state }) => state === 'fault') ? failed(result) : result;
    },
  },
  restore: {
    usage: 'FILE [--replace] [--damaged] [--erased FILE]',
    does: 'restore a backup into an empty database, by the settings of a server that is stopped: all of it or nothing',
    names: [1, 1],
    local: true,
    options: {
      replace: { type: 'boolean', does: 'what the database holds is removed, for good' },
      damaged: { type: 'boolean', does: 'also where the log in the backup has a fault' },
      erased: {
        type: 'string',
        value: 'FILE',
        does: 'erased-people of the data directory of a server: users to be erased again, beside those known here',
      },
    },
    run: async (asked, tools) => {
      const { restore } = await backupTools();
      const file = nameOf(asked);
      const { replace, damaged } = asked.options;
      const erased = valueOf(asked, 'erased');
      const options = { file, replace: replace === true, damaged: damaged === true, erased };
      const { end, manifest, fault, key, eraseAgain } = await shownProgress(tools, (run) =>
        restore(tools.environment, { ...options, ...run }),
      );
      const { faultText } = await import('../../contractor/src/tools/fault-text.ts');
      const lines = [
        `restored ${end.events} events up to ${manifest.head}, made ${manifest.made}; the server makes the read models when it starts`,
        ...(fault ? [`the log is damaged: ${faultText(fault)}`] : []),
        ...KEYS[key],
        ...(eraseAgain > 0
          ? [`${eraseAgain} in it were erased since it was made: the server erases them again when it starts`]
          : []),
      ];
      return told(lines.join('\n'), plain({ file, head: manifest.head, ...end, fault, key, eraseAgain }));
    },
  },
};

const KEYS = {
  fits: [],
  another: ['the secret key here is another one: put that of the backup in its place before the server starts'],
  missing: [
    'there is no secret key here yet: put that of the backup (CONTRACTOR_SECRET_KEY, or secret.key) here first',
  ],
} as const;
