import { describe, expect, it } from '@jest/globals';
import { Conflict, floatOf, refuseAs } from '#kernel';
import type { DeadLetter, NewDeadLetter } from '#reactions';
import { recordedLog } from '#testing';
import type { Report } from '#wire';
import { UndeliverableReports } from './undeliverable-reports.ts';

const report: Report = { task: '1-1', cookie: 'c', job: 1, agent: 'a', outcome: { result: {} } };

describe('reports that nobody can take', () => {
  const kept: NewDeadLetter[] = [];
  const taken: Report[] = [];
  let counted = 0;
  let late = 0;
  /** There was a job 1, which waits for a report of this dispatch, and its task was given a secret. */
  const find = async (job: number, cookie: string) =>
    job === 1 ? { pending: cookie === 'c', texts: cookie === 'c' ? ['geheim "x"'] : [] } : undefined;
  const reports = () => {
    kept.length = 0;
    taken.length = 0;
    counted = 0;
    late = 0;
    return new UndeliverableReports({
      letters: {
        add: async (letter) => void kept.push(letter),
        counts: async () => new Map([['reports', { kept: kept.length, dropped: 0 }]]),
      },
      report: async (again) => void taken.push(again),
      find,
      onKept: () => (counted += 1),
      onLate: () => (late += 1),
      log: recordedLog().log,
    });
  };
  const failing = (error: Error) => async () => {
    throw error;
  };

  const refused = (code: string) => failing(refuseAs('ForemanException', code, 'no'));
  const ofNoJob: Report = { ...report, job: 77 };

  it('are put aside at once where their job never was', async () => {
    const undeliverable = reports();
    await undeliverable.taking(ofNoJob, refused('JOB_NOT_FOUND'));
    expect(kept).toMatchObject([{ reaction: 'reports', key: 'c', tries: 1, body: JSON.stringify(ofNoJob) }]);
    expect([counted, await undeliverable.count(), late]).toEqual([1, 1, 0]);
  });

  it.each(['JOB_NOT_FOUND', 'BAD_COOKIE', 'INVALID_RESULT'])(
    'are no more than counted where they are late: %s',
    async (code) => {
      const undeliverable = reports();
      await undeliverable.taking({ ...report, cookie: 'before' }, refused(code));
      expect([kept, counted, late]).toEqual([[], 0, 1]);
    },
  );

  it('are put aside where their job cannot take them for another reason', async () => {
    await reports().taking(report, refused('NOT_THERE'));
    expect([counted, late]).toEqual([1, 0]);
  });

  it('show no secret of the tasks of their job when they are put aside', async () => {
    const undeliverable = reports();
    const told: Report = { ...report, outcome: { error: 'the password geheim "x" is wrong' } };
    await undeliverable.taking(told, refused('NOT_THERE'));
    await undeliverable.unreadable({
      key: 'k',
      source: 's',
      flaw: 'too deep',
      body: JSON.stringify(told),
      report: told,
    });
    await undeliverable.unreadable({ key: 'l', source: 's', flaw: 'no report', body: 'junk' });
    const masked = JSON.stringify({ ...told, outcome: { error: 'the password ******** is wrong' } });
    expect(kept.map(({ body }) => body)).toEqual([masked, masked, 'junk']);
  });

  it('are put aside with their numbers as they are', async () => {
    const whole: Report = { ...ofNoJob, outcome: { result: { share: floatOf(100), count: 3 } } };
    await reports().taking(whole, failing(refuseAs('ForemanException', 'JOB_NOT_FOUND', 'Job Not Found')));
    expect(kept[0]?.body).toContain('"share":100.0,"count":3');
  });

  it('are put aside when taking them has failed ten times, and not while the database is away or others are faster', async () => {
    const undeliverable = reports();
    for (let n = 0; n < 50; n += 1) {
      await expect(undeliverable.taking(report, failing(new Conflict(['job-1'])))).rejects.toThrow(Conflict);
    }
    for (let n = 1; n < 10; n += 1) {
      await expect(undeliverable.taking(report, failing(new RangeError('deep')))).rejects.toThrow('deep');
    }
    expect(kept).toEqual([]);
    await undeliverable.taking(report, failing(new RangeError('deep')));
    expect(kept).toMatchObject([{ error: 'RangeError: deep', tries: 10 }]);
  });

  it('are tried again for an operator, where they can be read', async () => {
    const undeliverable = reports();
    const letter = (body: string): DeadLetter => ({
      id: 1,
      reaction: 'reports',
      key: 'c',
      type: 'report',
      error: '',
      tries: 1,
      at: '',
      retrying: true,
      body,
    });
    await undeliverable.retry(letter(JSON.stringify(report)));
    expect(taken).toEqual([report]);
    await expect(undeliverable.retry(letter('junk'))).rejects.toThrow('it is no report');
  });
});
