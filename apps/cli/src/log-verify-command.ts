import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckedLog } from '../../contractor/src/tools/log-tools.ts';
import { outsideIn, outsideOptions, signedText } from './checkpoint-commands.ts';
import type { Asked, Command, Result, Tools } from './command.ts';
import { plain, shownProgress } from './data-progress.ts';
import { told } from './command.ts';
import { Interrupted } from './rest-client.ts';

/** Time between two looks how far the server has come, in milliseconds. */
const LOOK_MS = 500;

/** A verification as the server tells it. */
interface Course {
  readonly id: string;
  readonly events: number;
  readonly position: number;
  readonly head: number;
}

interface Ended extends Course {
  readonly outcome: 'whole' | 'damaged' | 'failed' | 'stopped';
  readonly message: string | null;
  readonly streams: number;
  readonly fault: {
    readonly rule: string;
    readonly position: number;
    readonly stream: string;
    readonly revision: number;
    readonly text: string;
  } | null;
  readonly signed: CheckedLog['signed'];
}

interface State {
  readonly verification: Course | null;
  readonly last: Ended | null;
}

const wholeText = (events: number, streams: number, head: string, signed: CheckedLog['signed']): string =>
  `the log is whole: ${events} events in ${streams} streams, up to ${head}\n${signedText(signed)}`;

const courseText = ({ events, position, head }: Course): string =>
  `${events} events, ${head === 0 ? 0 : Math.min(100, Math.floor((position / head) * 100))} %`;

/** Whether a file is meant, and not a key itself. */
const isKey = (key: string): boolean => /^[\w-]{43}$/.test(key);

/** What somebody brings along, as the server takes it. */
async function outsideTexts(asked: Asked) {
  const { checkpoints, key } = outsideIn(asked);
  const texts = await Promise.all(checkpoints.map((file) => readFile(file, 'utf8')));
  return {
    checkpoints: texts.flatMap((text) => text.split('\n').filter((line) => line !== '')),
    key: key === undefined || isKey(key) ? (key ?? '') : await readFile(key, 'utf8'),
  };
}

/** Has the server check its log, and shows how far it has come. */
async function verifiedByServer(asked: Asked, tools: Tools): Promise<Result> {
  const { client, progress, signal } = tools;
  const id = String(await client.call('Records/Log/verify', await outsideTexts(asked)));
  const ended = await followed(id, tools).finally(() => progress.end());
  const { outcome, message, events, streams, head, fault, signed } = ended;
  if (signal.aborted) throw new Interrupted('given up');
  if (outcome === 'whole') return told(wholeText(events, streams, String(head), signed), ended);
  if (!fault) throw new Error(`the log was not verified to its end: ${message}`);
  const { faultText } = await import('../../contractor/src/tools/fault-text.ts');
  const text = faultText({ ...fault, position: BigInt(fault.position) } as Parameters<typeof faultText>[0]);
  return { ...told(`the log is damaged: ${text}`, ended), failed: true };
}

/** @throws Error where the server knows nothing of it any more */
async function followed(id: string, { client, progress }: Tools): Promise<Ended> {
  for (;;) {
    const { verification, last } = (await client.call('Records/Log/state')) as State;
    if (last?.id === id) return last;
    if (verification?.id !== id) {
      throw new Error(
        'the server knows nothing of the check any more: it was started again, or another one has answered',
      );
    }
    progress.show(courseText(verification));
    await sleep(LOOK_MS);
  }
}

/** Checks the log on the machine of a server, or has a server do it. */
export const logVerify: Command = {
  usage: '[--server URL] [--checkpoint FILE…] [--key FILE]',
  does: 'check that the log is as it was written and signed: names the first event that was touched, added or removed, and tells what is not signed yet',
  about:
    'Works on the data, by the settings of the server, which may run. With --server (or --context) the server itself checks its\n' +
    'log, one check at a time; it goes on with that where the command is interrupted.',
  names: [0, 0],
  local: 'without-server',
  options: outsideOptions,
  run: async (asked, tools) => {
    if (tools.choice) return verifiedByServer(asked, tools);
    const { checkLog } = await import('../../contractor/src/tools/log-tools.ts');
    const found = await shownProgress(tools, (run) => checkLog(tools.environment, { ...outsideIn(asked), ...run }));
    const { fault, events, streams, head, signed } = found;
    if (!fault) return told(wholeText(events, streams, head, signed), plain(found));
    const { faultText } = await import('../../contractor/src/tools/fault-text.ts');
    return { ...told(`the log is damaged: ${faultText(fault)}`, plain(found)), failed: true };
  },
};
