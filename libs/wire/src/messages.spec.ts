import { describe, expect, it } from '@jest/globals';
import { floatOf } from '#kernel';
import { encode, MAX_REPORT_BYTES, readBeat, readPresence, readReport, readTask } from './messages.ts';
import type { Report, Task } from './wire.ts';

const task: Task = { task: 't', cookie: 'c', job: 1, site: 's', module: 'm', function: 'f', parameters: { a: [1] } };
const report: Report = { task: 't', cookie: 'c', job: 1, agent: 'a', outcome: { result: { b: null } } };
const bytes = (message: unknown) => new TextEncoder().encode(JSON.stringify(message));

describe('messages of the wire', () => {
  it('come back as they went', () => {
    expect(readTask(encode(task))).toEqual(task);
    expect(readTask(encode({ ...task, once: true }))).toEqual({ ...task, once: true });
    expect(readReport(encode(report))).toEqual({ report });
    expect(readReport(encode({ ...report, outcome: { error: '' } })).report).toEqual({
      ...report,
      outcome: { error: '' },
    });
    const beat = { job: 1, cookie: 'c', agent: 'a' };
    expect(readBeat(encode(beat))).toEqual(beat);
    const presence = { agent: 'a', modules: { ipmi: 2 }, every: 1000, lacking: ['ipmi'] };
    expect(readPresence(encode(presence))).toEqual(presence);
    const missing = [{ module: 'ipmi', program: 'ipmitool', package: 'ipmitool' }];
    expect(readPresence(encode({ ...presence, missing }))).toEqual({ ...presence, missing });
    const secret = { ...task, secrets: [['a', 0], ['b']] };
    expect(readTask(encode(secret))).toEqual(secret);
  });

  it('keep whole floats', () => {
    const result = { share: floatOf(100), list: [1, floatOf(2)] };
    expect(readReport(encode({ ...report, outcome: { result } }))).toEqual({
      report: { ...report, outcome: { result } },
    });
    const parameters = { ver: floatOf(1) };
    expect(readTask(encode({ ...task, parameters }))).toEqual({ ...task, parameters });
  });

  it('of a result with a number that would be rounded are a failure', () => {
    const text = JSON.stringify({ ...report, outcome: { result: { vm: [{ size: 0 }] } } });
    expect(readReport(new TextEncoder().encode(text.replace('"size":0', '"size":9007199254740993')))).toEqual({
      report: { ...report, outcome: { error: 'result: vm.0.size is a number too large to be exact' } },
    });
  });

  it('of a result that is larger than is taken are a failure', () => {
    const flaw = `it is larger than ${MAX_REPORT_BYTES} bytes`;
    const large = (length: number) => bytes({ ...report, outcome: { result: { text: 'x'.repeat(length) } } });
    const most = MAX_REPORT_BYTES - large(0).length;
    expect(readReport(large(most)).flaw).toBeUndefined();
    expect(readReport(large(most + 1))).toEqual({
      report: { ...report, outcome: { error: `the outcome cannot be taken: ${flaw}` } },
      flaw,
    });
  });

  it.each([[[]], ['done'], [null], [7]])('of a result that is no map (%j) are a failure', (result) => {
    const error = `result was not a map, but ${JSON.stringify(result)}`;
    expect(readReport(bytes({ ...report, outcome: { result } }))).toEqual({
      report: { ...report, outcome: { error } },
    });
  });

  it.each([
    ['missing', { agent: 'a', modules: {}, every: 1, lacking: [], missing: [{ program: 'ping' }, 'ping', null] }, []],
    ['missing', { agent: 'a', modules: {}, every: 1, lacking: [], missing: 'ping' }, undefined],
  ])('leave out of %s what cannot be read', (_, presence, missing) => {
    expect(readPresence(bytes(presence))?.missing).toEqual(missing);
  });

  it('take only so much of an announcement', () => {
    const modules = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`m${n}`, 1]));
    const read = readPresence(bytes({ agent: 'a', modules, every: 1e12, lacking: [] }));
    expect([Object.keys(read?.modules ?? {}).length, read?.every]).toEqual([100, 60_000]);
  });

  it.each([['all'], [[['a'], 'b']], [[[{}]]]])('leave out of secrets what leads nowhere: %j', (secrets) => {
    expect(readTask(bytes({ ...task, secrets }))).toEqual(task);
  });

  it.each([
    ['no JSON', new TextEncoder().encode('{')],
    ['no map', bytes([task])],
    ['nothing', bytes(null)],
    ['no job', bytes({ ...task, job: '1' })],
    ['no cookie', bytes({ ...task, ...report, cookie: undefined })],
    ['parameters and outcome of another shape', bytes({ ...task, ...report, parameters: [], outcome: 'done' })],
    ['an outcome of neither kind', bytes({ ...report, outcome: { answer: [] } })],
  ])('are nothing when there is %s', (_, data) => {
    expect([readTask(data), readReport(data).report, readPresence(data)]).toEqual([undefined, undefined, undefined]);
  });
});
