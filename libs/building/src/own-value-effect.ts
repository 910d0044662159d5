import type { Field } from '#api';
import type { Json, JsonMap, UnitOfWork } from '#kernel';
import { floatOf } from '#kernel';
import type { HostMember } from '#tscript';
import { ParameterError, toJson } from '#tscript';
import { foundation } from './foundation.ts';

/** What a script has set a field of its foundation to; told, and stored, when the pass is over. */
export class OwnValueEffect {
  constructor(
    readonly name: string,
    readonly value: Json,
  ) {}
}

/** A field of the foundation at hand that its scripts may set. */
export function settableField(name: string, { type }: Field, before: Json): Required<HostMember> {
  let now = before;
  return {
    get: () => now,
    set(value, effects) {
      now = fitting(name, type, toJson(value, { float: floatOf }) as Json);
      effects.push(new OwnValueEffect(name, now));
    },
  };
}

/** A value as the field takes it. @throws ParameterError where it does not */
function fitting(name: string, type: Field['type'], value: Json): Json {
  if (value === null) return null;
  if (type.kind === 'Integer') {
    const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
    if (/^\d{1,15}$/.test(text)) return Number(text);
    throw new ParameterError(name, 'must be an integer, or None');
  }
  const most = type.kind === 'String' ? (type.length ?? Infinity) : 0;
  if (typeof value === 'string' && value.length <= most) return value;
  throw new ParameterError(name, `must be text of at most ${most} characters, or None`);
}

/** Stores what a script has set fields of its foundation to, each as it was set last. */
export async function applyOwnValues(work: UnitOfWork, locator: string, effects: readonly unknown[]): Promise<void> {
  const set = effects.filter((effect) => effect instanceof OwnValueEffect);
  if (set.length === 0) return;
  const own: JsonMap = Object.fromEntries(set.map(({ name, value }) => [name, value]));
  await work.decide(foundation, locator, { type: 'ChangeFoundation', data: { own } });
  work.throwIfFaulted();
}
