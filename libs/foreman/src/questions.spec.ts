import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '#kernel';
import type { SentTask, Task } from '#wire';
import { inProcessWire, startAgent } from '#wire';
import { MAX_QUESTIONS, Questions } from './questions.ts';
import { secretResolver } from './task-secrets.ts';

const question = {
  site: 'lab',
  module: 'box',
  function: 'list',
  parameters: { host: 'box1', password: { $secret: 's1' } },
  timeoutMs: 60_000,
};

describe('a question to agents', () => {
  let sent: Task[];
  let withdrawn: SentTask[];
  let served: boolean;
  let broken: Error | undefined;
  let questions: Questions;

  beforeEach(() => {
    [sent, withdrawn, served, broken] = [[], [], true, undefined];
    const wire = {
      serves: () => served,
      send: async (task: Task) => {
        if (broken) throw broken;
        sent.push(task);
        return 'receipt';
      },
      withdraw: async (task: SentTask) => withdrawn.push(task) > 0,
    };
    questions = new Questions({ wire, resolveSecrets: secretResolver(async () => 'open sesame'), log: silentLogger });
  });
  afterEach(() => expect(questions.size).toBe(0));

  const answer = (outcome: { result: { n: number } } | { error: string }) => {
    const { task = '', cookie = '', job = 0 } = sent.at(-1) ?? {};
    return questions.take({ task, cookie, job, agent: 'a', outcome });
  };
  const settled = async () => {
    // Secrets are looked up first.
    for (let n = 0; n < 10; n += 1) await Promise.resolve();
  };

  it('is sent without a job, with its secrets, and answered once', async () => {
    const asked = questions.ask(question);
    await settled();
    expect(sent).toMatchObject([
      { job: 0, site: 'lab', module: 'box', function: 'list', parameters: { host: 'box1', password: 'open sesame' } },
    ]);
    expect(sent[0]?.secrets).toEqual([['password']]);
    expect(questions.isAsked(sent[0]?.cookie ?? '')).toBe(true);
    expect(answer({ result: { n: 1 } })).toBe(true);
    expect(answer({ result: { n: 2 } })).toBe(false);
    expect(await asked).toEqual({ n: 1 });
    expect(withdrawn).toEqual([]);
  });

  it('that fails tells why, in the words of the agent', async () => {
    const asked = questions.ask(question);
    await settled();
    answer({ error: 'box1 refuses "root"' });
    await expect(asked).rejects.toThrow('box1 refuses "root"');
  });

  it('that nobody answers in time is taken back', async () => {
    await expect(questions.ask({ ...question, timeoutMs: 1 })).rejects.toThrow(
      'no agent has answered box.list within 0.001 s',
    );
    expect(withdrawn).toMatchObject([{ cookie: sent[0]?.cookie, site: 'lab', module: 'box', receipt: 'receipt' }]);
  });

  it('is not asked where no agent is, or the wire is broken, or secrets were erased', async () => {
    served = false;
    await expect(questions.ask(question)).rejects.toThrow('no agent serves "box" at site "lab"');
    served = true;
    broken = new Error('there is no connection to NATS');
    await expect(questions.ask(question)).rejects.toThrow('there is no connection to NATS');
    expect(sent).toEqual([]);
  });

  it('is taken back where nobody waits for the answer any more', async () => {
    const waiting = new AbortController();
    const asked = questions.ask({ ...question, signal: waiting.signal });
    await settled();
    waiting.abort();
    await expect(asked).rejects.toThrow('nobody waits for the answer any more');
    expect(withdrawn).toHaveLength(1);
  });

  it('is not answered where another server is the foreman meanwhile', async () => {
    const asked = questions.ask(question);
    await settled();
    questions.end();
    await expect(asked).rejects.toThrow('this server is the foreman no longer');
  });

  it('is one too many where a hundred are out', async () => {
    const asked = Array.from({ length: MAX_QUESTIONS }, () => questions.ask(question).catch(() => undefined));
    await expect(questions.ask(question)).rejects.toThrow(`${MAX_QUESTIONS} questions are out already`);
    await settled();
    questions.end();
    await Promise.all(asked);
  });

  it('is answered by a real agent', async () => {
    const { foreman, agent } = inProcessWire();
    const asking = new Questions({ wire: foreman, resolveSecrets: secretResolver(async () => 'x'), log: silentLogger });
    await foreman.start({
      reported: async (report) => void asking.take(report),
      beat: ({ cookie }) => asking.isAsked(cookie),
      served: () => undefined,
    });
    const half = { functions: { list: async ({ host }: { host: string }) => ({ machines: [host] }) } };
    const running = await startAgent({
      wire: agent,
      name: 'a',
      site: 'lab',
      modules: { box: { limit: 1, half } },
      log: silentLogger,
    });
    expect(await asking.ask(question)).toEqual({ machines: ['box1'] });
    await running.stop();
    await foreman.stop();
  });
});
