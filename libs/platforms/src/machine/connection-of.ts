import type { Json, JsonMap } from '#kernel';
import { floatOf } from '#kernel';
import type { CallContext } from '#tscript';
import { ExecutionError, NotDefined, ParameterError, toJson } from '#tscript';

/** A value of the foundation at hand as JSON, in which secrets are references. @throws ParameterError where it has none such */
export function foundationValue({ read }: Pick<CallContext, 'read'>, name: string): Json {
  try {
    return toJson(read('foundation', name), { float: floatOf }) as Json;
  } catch (thrown) {
    if (thrown instanceof NotDefined) throw new ParameterError('foundation', `has no ${name}`);
    throw thrown;
  }
}

/** A text of the foundation at hand; null where it is not set. */
export function foundationText(context: Pick<CallContext, 'read'>, name: string): string | null {
  const value = foundationValue(context, name);
  return value === null ? null : String(value as string | number);
}

/**
 * How the foundation at hand is reached: what its platform makes of its own fields, or of those of its complex.
 * @throws ParameterError where it is not reached at all; ExecutionError where what it takes is not there
 */
export function connectionOf<C extends object = JsonMap>(context: Pick<CallContext, 'read'>): C {
  const connection = foundationValue(context, 'connection');
  if (connection === null) throw new ExecutionError('the foundation has no connection to its platform');
  return connection as unknown as C;
}
