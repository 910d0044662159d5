import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cases } from '../scripts/cases.ts';

describe('a file of recorded cases', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), 'contractor-cases-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const played = (room: string, content: unknown): [number, string] => {
    const file = path.join(directory, 'cases.json');
    writeFileSync(file, JSON.stringify(content));
    let said = '';
    const code = cases(room, file, (text) => void (said += text));
    return [code, said];
  };

  const good = { id: 'good', values: { a: 1 }, result: { a: 1 } };
  const bad = { id: 'bad', values: { a: 1 }, result: { a: 2 } };

  it('is played, and what failed is told', () => {
    expect(played('core', { merge: [good], other: [good] })).toEqual([
      0,
      'core other: not there yet, not counted\n1 passed, 0 failed\n',
    ]);
    expect(played('core', { merge: [good, bad] })).toEqual([
      1,
      expect.stringMatching(/^bad\n[^]*\n1 passed, 1 failed\n$/),
    ]);
  });

  it('is no fault where nothing in it can be played yet', () => {
    expect(played('core', { other: [good] })).toEqual([
      0,
      'core other: not there yet, not counted\n0 passed, 0 failed\n',
    ]);
  });

  it.each(['core', 'tscript', 'wire'])('of %s is refused where it holds none', (room) => {
    for (const content of [{}, [], null, 'text', { cases: {} }, { cases: [] }, { merge: [] }]) {
      expect(() => played(room, content)).toThrow(`holds no case of the kind "${room}"`);
    }
  });

  it('counts a call by what was decided where that is not what was recorded', () => {
    const call = {
      case: 'bad rc',
      script: "e1 = ssh.execute( host='10.1.0.9', command='false' )",
      exchanges: [
        {
          task: {
            module: 'ssh',
            function: 'execute',
            paramaters: { host: '10.1.0.9', command: 'false', username: null, password: null, timeout: 300 },
          },
          result: { rc: 1 },
        },
      ],
      outcome: 'job aborted',
    };
    const other = { ...call, case: 'good rc', outcome: 'call finished', script_variables: { e1: true } };
    expect(played('wire', { cases: [call] })).toEqual([0, '1 passed, 0 failed\n']);
    expect(played('wire', { cases: [call, other] })).toEqual([
      1,
      expect.stringMatching(/^good rc\n {4}outcome: [^]*\n1 passed, 1 failed\n$/),
    ]);
  });

  it('compares numbers of calls, whole ones too', () => {
    const exchange = {
      task: { module: 'iputils', function: 'ping', paramaters: { target: 'h', count: 5 } },
      result: { result: 80 },
    };
    const call = {
      case: 'ping',
      script: "p1 = iputils.ping( target='h' )",
      exchanges: [exchange],
      outcome: 'call finished',
    };
    expect(played('wire', { cases: [{ ...call, script_variables: { p1: 80 } }] })[0]).toBe(0);
    expect(played('wire', { cases: [{ ...call, script_variables: { p1: 100 } }] })[0]).toBe(1);
  });
});
