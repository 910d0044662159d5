import { defineModel, map, parameter, staticAction, text } from '#api';
import type { JsonMap } from '#kernel';
import { refuse } from '#kernel';
import type { OutsideKnowledge } from './checkpoint-chain.ts';
import { publicKeyIn } from './checkpoint-key.ts';
import { checkpointsIn } from './checkpoint-record.ts';
import type { LogVerification } from './log-verification.ts';
import { StopVerifyingLog, VerifyLog } from './log.commands.ts';

/** How many exported checkpoints one request may bring along. */
const MAX_CHECKPOINTS = 1000;

/** What somebody brings along who does not rely on the database. @throws Refusal */
function outsideIn(lines: readonly string[], key: string): OutsideKnowledge {
  if (lines.length > MAX_CHECKPOINTS) {
    throw refuse('checkpoints', 'TOO_MANY', `must be at most ${MAX_CHECKPOINTS}, not ${lines.length}`);
  }
  const read = <R>(field: string, task: () => R): R => {
    try {
      return task();
    } catch (error) {
      throw refuse(field, 'INVALID', (error as Error).message);
    }
  };
  return {
    checkpoints: lines.flatMap((line, n) => read('checkpoints', () => checkpointsIn(line, `checkpoint ${n + 1}`))),
    ...(key === '' ? {} : { key: read('key', () => publicKeyIn(key)) }),
  };
}

/** The log itself, for those who operate the server. */
export const logModel = (verification: Pick<LogVerification, 'underWay' | 'last'>) =>
  defineModel({
    path: 'Records/Log',
    doc: 'The log that everything is made from: whether it is as it was written and signed.',
    protocols: ['rest'],
    fields: {},
    actions: {
      verify: staticAction({
        doc: 'Begins to check every event of the log and answers with an id, by which `state` tells of it; one at a time.',
        parameters: {
          checkpoints: parameter.text({
            list: true,
            default: [],
            doc: 'Signed checkpoints that were exported before, a line of JSON each: the log has to have them still.',
          }),
          key: text(undefined, { default: '', doc: 'Public key that has to have signed: PEM, or its base64url.' }),
        },
        returns: text(),
        permission: { grant: 'Records.can_verify' },
        command: ({ checkpoints, key }) => new VerifyLog(outsideIn(checkpoints, key ?? '')),
      }),
      state: staticAction({
        doc: 'How far the check has come that this server is at (`verification`), and how its last one ended (`last`).',
        parameters: {},
        returns: map(),
        permission: { grant: 'Records.can_verify' },
        query: async () => {
          const { underWay, last } = verification;
          return { verification: underWay as JsonMap | null, last: last as unknown as JsonMap | null };
        },
      }),
      stop: staticAction({
        doc: 'Ends the check that this server is at; the answer is its id.',
        parameters: {},
        returns: text(),
        permission: { grant: 'Records.can_verify' },
        command: () => new StopVerifyingLog(),
      }),
    },
  });
