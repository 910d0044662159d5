import type { IsSecretName, Pairs } from '#config';
import { readConfigName, templateFlaw } from '#config';
import type { Json } from '#kernel';
import { floatOf } from '#kernel';
import type { InlineFunction } from '#tscript';
import { ParameterError, toJson } from '#tscript';

/** What a script has done to the configuration values of its structure, told when the pass is over. */
export interface ConfigEffect {
  readonly configValues: Pairs;
}

export const isConfigEffect = (effect: unknown): effect is ConfigEffect =>
  typeof effect === 'object' && effect !== null && 'configValues' in effect;

const isBranch = (value: unknown): value is Record<string, Json> | Json[] =>
  typeof value === 'object' && value !== null;

/** A place in what is being changed, by a part of a path. @throws ParameterError where there is none */
function step(at: Json, part: string): { readonly in: Record<string, Json> | Json[]; readonly key: string } {
  if (!isBranch(at) || Object.getPrototypeOf(at) !== (Array.isArray(at) ? Array.prototype : Object.prototype)) {
    throw new ParameterError('name', `"${part}" at non indexable level`);
  }
  const there = Array.isArray(at) ? /^\d+$/.test(part) && Number(part) < at.length : Object.hasOwn(at, part);
  if (!there) throw new ParameterError('name', `"${part}" not found`);
  return { in: at, key: Array.isArray(at) ? String(Number(part)) : part };
}

/**
 * Configuration values with another value at a path, which has to be there: `dns.servers.0`. What the path does not lead
 * to stays as it was, in its order.
 * @throws ParameterError as scripts are told
 */
export function withConfigValue(values: Pairs, path: string, value: Json, isSecret: IsSecretName): Pairs {
  const [name = '', ...parts] = path.split('.');
  if (!readConfigName(name)) throw new ParameterError('name', 'invalid');
  const secret = [name, ...parts].find(isSecret);
  if (secret !== undefined)
    throw new ParameterError('name', `"${secret}" is that of a secret, which scripts do not set`);
  const n = values.findIndex(([key]) => key === name);
  if (n < 0) throw new ParameterError('name', `"${name}" not found`);
  const last = parts.pop();
  if (last === undefined) return values.with(n, [name, value]);
  const changed = copyOf(values[n]?.[1] ?? null);
  let at = changed;
  for (const part of parts) {
    const { in: branch, key } = step(at, part);
    at = (branch as Record<string, Json>)[key] ?? null;
  }
  const { in: branch, key } = step(at, last);
  (branch as Record<string, Json>)[key] = value;
  return values.with(n, [name, changed]);
}

/** A copy in which branches can be changed; whole floats stay what they are. */
function copyOf(value: Json): Json {
  if (Array.isArray(value)) return value.map((one) => copyOf(one as Json));
  if (!isBranch(value) || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, copyOf(one)]));
}

/** Refuses what is no value of a configuration, or would be a secret in clear text. */
function check(value: Json, isSecret: IsSecretName): void {
  if (typeof value === 'string') {
    const flaw = templateFlaw(value);
    if (flaw !== undefined) throw new ParameterError('value', flaw);
  }
  if (!isBranch(value)) return;
  for (const [key, one] of Object.entries(value)) {
    if (key === '$secret' || key === '$text') throw new ParameterError('value', 'holds a secret');
    if (isSecret(key)) throw new ParameterError('value', `"${key}" is that of a secret, which scripts do not set`);
    check(one, isSecret);
  }
}

/**
 * The script function `structure.set_config`: changes a configuration value of the structure itself.
 * @param now the values as they are, with all that the script has changed in this pass
 * @param change takes the values over
 * @param isSecret tells the names of secrets, which a script does not set
 */
export const setConfig = (
  now: () => Pairs,
  change: (values: Pairs) => void,
  isSecret: IsSecretName,
): InlineFunction => ({
  kind: 'inline',
  call: ({ name, value }, context) => {
    if (name === undefined) throw new ParameterError('name', 'required');
    if (value === undefined) throw new ParameterError('value', 'required');
    if (typeof name !== 'string') throw new ParameterError('name', 'invalid');
    const json = toJson(value, { float: floatOf }) as Json;
    check(json, isSecret);
    const configValues = withConfigValue(now(), name, json, isSecret);
    change(configValues);
    context.effect({ configValues } satisfies ConfigEffect);
    return null;
  },
});
