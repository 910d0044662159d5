import { describe, expect, it } from '@jest/globals';
import { statusStack } from './status-stack.ts';

describe('what a script is in the middle of', () => {
  it('is read as the server writes it', () => {
    const status = `[[10.5, 'Scope', None], [5.25, 'Scope', {'description': "it's \\x07 \\n here", 'time_elapsed': '00:02', 'time_remaining': '-00:30'}], [0.0, 'While', {'doing': 'condition'}], [0.0, 'Function', {'module': 'test', 'name': 'act', 'dispatched': True}]]`;
    expect(statusStack(status)).toEqual([
      level(10.5, {}),
      level(5.25, { description: "it's \u0007 \n here", elapsed: '00:02', remaining: '-00:30', isOverdue: true }),
      level(0, { call: 'test.act', isDispatched: true }),
    ]);
  });

  it('is read as JSON, too', () => {
    expect(statusStack('[[100, "Scope", null], [3, "Function", {"module": null, "name": "delay"}]]')).toEqual([
      level(100, {}),
      level(3, { call: 'delay' }),
    ]);
  });

  it.each(['', '[', '"None"', '[1, ["x", "Scope", None]]', null])('is nothing where it is %j', (status) =>
    expect(statusStack(status)).toEqual([]),
  );

  it('takes words in texts for texts', () => {
    expect(statusStack(`[[1.0, 'Scope', {'description': 'True or None "so"'}]]`)[0]?.description).toBe(
      'True or None "so"',
    );
  });
});

const level = (percent: number, more: object) => ({
  percent,
  description: '',
  elapsed: undefined,
  remaining: undefined,
  isOverdue: false,
  call: undefined,
  isDispatched: false,
  ...more,
});
