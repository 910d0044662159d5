import { describe, expect, it } from '@jest/globals';
import type { EndedSpan } from './tracer.ts';
import { tracer } from './tracer.ts';

const TRACE = '1234567890abcdef1234567890abcdef';
const CLIENT = `00-${TRACE}-00000000000000a1-01`;

describe('spans', () => {
  const ended: EndedSpan[] = [];
  const all = tracer(1, (span) => ended.push(span));
  const told = () => ended.splice(0);

  it('stand below each other as what they do was begun, in the trace of the client', async () => {
    await all.span('outer', { root: true, parent: CLIENT, kind: 'server' }, async () => {
      await all.span('inner', { attributes: { a: 1 } }, async () => all.note({ b: true }));
    });
    const [inner, outer] = told();
    expect(outer).toMatchObject({ traceId: TRACE, parentId: '00000000000000a1', name: 'outer', kind: 'server' });
    expect(inner).toMatchObject({ traceId: TRACE, parentId: outer?.spanId, kind: 'internal', failed: false });
    expect(inner?.attributes).toEqual({ a: 1, b: true });
    expect(inner!.ended - inner!.begun).toBeGreaterThanOrEqual(0);
    expect(inner!.begun).toBeGreaterThanOrEqual(outer!.begun);
  });

  it('begin a trace only where they may', async () => {
    expect(await all.span('lonely', {}, async () => all.traceparent())).toBeUndefined();
    expect(await all.span('first', { root: true }, async () => all.traceparent())).toMatch(
      /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/,
    );
    expect(told()).toMatchObject([{ name: 'first', parentId: undefined }]);
  });

  it('belong to no span under way where they are said to belong to none', async () => {
    await all.span('outer', { root: true }, () =>
      all.span('apart', { parent: undefined }, async () => expect(all.traceparent()).toBeUndefined()),
    );
    expect(told()).toMatchObject([{ name: 'outer' }]);
  });

  it('that fail tell the kind of the error, and not what it says', async () => {
    const failing = all.span('failing', { root: true }, () => Promise.reject(new RangeError('a secret')));
    await expect(failing).rejects.toThrow('a secret');
    const [span] = told();
    expect(span).toMatchObject({ failed: true, attributes: { 'error.type': 'RangeError' } });
    expect(JSON.stringify(span)).not.toContain('secret');
  });

  it.each([
    ['of a trace that is not kept', `00-${TRACE}-00000000000000a1-00`],
    ['of a trace that is not kept, of a later version', `01-${TRACE}-00000000000000a1-00-more`],
  ])('%s are passed on and not told', async (_, parent) => {
    const seen = await all.span('outer', { root: true, parent }, async () => all.traceparent());
    expect(seen).toMatch(new RegExp(`^00-${TRACE}-(?!00000000000000a1)[0-9a-f]{16}-00$`));
    expect(told()).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['a trace of zeros', `00-${'0'.repeat(32)}-00000000000000a1-01`],
    ['a span of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['the version that is none', `ff-${TRACE}-00000000000000a1-01`],
    ['capitals', `00-${TRACE.toUpperCase()}-00000000000000a1-01`],
  ])('begin a trace of their own where the client sends %s', async (_, parent) => {
    await all.span('outer', { root: true, parent }, async () => undefined);
    expect(told()).toMatchObject([{ parentId: undefined, traceId: expect.not.stringContaining('0'.repeat(32)) }]);
  });

  it('are kept as the ratio says, of a trace all or none', async () => {
    const some: EndedSpan[] = [];
    const half = tracer(0.5, (span) => some.push(span));
    for (let n = 0; n < 200; n += 1) {
      await half.span('outer', { root: true }, () => half.span('inner', {}, async () => undefined));
    }
    const inner = some.filter(({ name }) => name === 'inner').length;
    expect(inner).toBe(some.length / 2);
    expect(inner).toBeGreaterThan(50);
    expect(inner).toBeLessThan(150);
    const kept: EndedSpan[] = [];
    const none = tracer(0, (span) => kept.push(span));
    expect(await none.span('outer', { root: true }, async () => none.traceparent())).toMatch(/-00$/);
    expect(kept).toEqual([]);
  });
});
