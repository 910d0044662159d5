import { describe, expect, it } from '@jest/globals';
import { pxeLint } from './pxe-lint.ts';

describe('what machines are told', () => {
  it.each(['plain', '#!ipxe\n{# remark', 'kernel {{ url }}'])('has no fault: %j', (text) =>
    expect(pxeLint(text)).toEqual({ faults: [] }),
  );

  it('has its fault at the line where it is', () => {
    expect(pxeLint('one\n{% if aa %}\nkernel {{ url|nothing }}\n{% endif %}')).toEqual({
      faults: [
        {
          severity: 'error',
          kind: 'template',
          line: 3,
          column: 1,
          length: 24,
          message: expect.stringContaining('nothing'),
        },
      ],
    });
  });
});
