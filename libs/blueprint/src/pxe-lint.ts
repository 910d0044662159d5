import type { Shaped } from '#api';
import { shape } from '#api';
import { faultOfTemplate } from '#config';
import { TEMPLATE_MARK } from './pxe.commands.ts';

/** What is wrong with a text that machines are told, as the lint of scripts tells it. */
export const pxeLintShape = shape.record({
  faults: shape.list(
    shape.record({
      severity: shape.text('`error`: it cannot be rendered so, whatever the machine.'),
      kind: shape.text('`template`.'),
      line: shape.count('From 1.'),
      column: shape.count('From 1.'),
      length: shape.count('In UTF-16 units.'),
      message: shape.text(),
    }),
  ),
});

/** Why a boot script or template cannot be rendered, whatever the machine: the first fault, with its line. */
export function pxeLint(text: string): Shaped<typeof pxeLintShape> {
  const fault = faultOfTemplate(text, TEMPLATE_MARK);
  if (!fault) return { faults: [] };
  const { line = 1, message } = fault;
  const length = text.split(/\r\n|\r|\n/)[line - 1]?.length ?? 0;
  return { faults: [{ severity: 'error', kind: 'template', line, column: 1, length: Math.max(1, length), message }] };
}
