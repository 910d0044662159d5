import type { GivenDocument } from '#boot';
import type { ConfigPath } from '#config';
import type { HttpRequest } from '#http';
import type { MadeDocument } from './documents.ts';
import type { Target } from './find-target.ts';

/** The longest kind of document that is noted, in characters: whoever asks for others may write anything. */
const MAX_TYPE = 40;

/** What there is to be noted of an answer to a machine that asks for what is its own; undefined: it was somebody else. */
export function givenDocument(
  { type, by }: ConfigPath,
  { source }: Pick<HttpRequest, 'source'>,
  { answer, pxe, target }: MadeDocument & { readonly target?: Target | undefined },
): Omit<GivenDocument, 'time' | 'durationMs'> | undefined {
  const isOwn = target?.itself ?? (by === 'caller' || by === 'uuid');
  if (!isOwn) return undefined;
  const { status, text = '' } = answer;
  const whole = status === 200 && text !== '';
  return {
    address: source,
    what: type.slice(0, MAX_TYPE),
    outcome: whole ? 'served' : status === 200 || status === 404 ? 'missing' : status < 500 ? 'refused' : 'broken off',
    size: whole ? Buffer.byteLength(text) : 0,
    detail: [
      // The words of a fault may hold a secret of the machine.
      ...(whole ? [] : [status === 200 ? 'nothing is to be booted' : status < 500 ? text : 'it cannot be rendered']),
      ...(pxe === undefined ? [] : [`PXE ${pxe}`]),
      ...(by === 'uuid' ? ['by config_uuid'] : []),
    ].join(', '),
    structure: target?.about.kind === 'Structure' ? target.about.id : undefined,
  };
}
