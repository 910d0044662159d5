import type { Json, JsonMap } from '#kernel';
import { IntegralFloat, isSecretReference } from '#kernel';
import type { TemplateFault } from './jinja/fault.ts';
import { templateFault } from './jinja/render-template.ts';
import { LIMITS } from './limits.ts';
import type { IsSecretName } from './secret-names.ts';

/** Whether a value of a configuration has something to render. */
export const TEMPLATE_MARK = /\{[{%#]/;

/**
 * What is wrong with a text as a template: it cannot be read, or names a filter or test there is not, wherever in it that
 * stands. Undefined: nothing, or it is no template.
 */
export function faultOfTemplate(
  text: string,
  mark: RegExp = TEMPLATE_MARK,
): Pick<TemplateFault, 'message' | 'line'> | undefined {
  if (!mark.test(text)) return undefined;
  const { steps, length, time } = LIMITS;
  return templateFault(text, { steps, length, deadline: performance.now() + time });
}

/** The same in words, with the line. */
export function templateFlaw(text: string, mark?: RegExp): string | undefined {
  const fault = faultOfTemplate(text, mark);
  return fault && `${fault.message}${fault.line === undefined ? '' : ` (line ${fault.line})`}`;
}

/** A value, where it stands, the name it stands under, and what stood there before. */
interface Standing {
  readonly path: string;
  readonly name: string;
  readonly value: Json;
  readonly before: Json | undefined;
}

/**
 * The flaws of the templates in a value, at any depth, each with its place. Secrets are no templates, and what stood
 * there before is not looked at: what is in the log may be written back.
 */
export function* templateFlaws(
  { path, name, value, before }: Standing,
  isSecret: IsSecretName,
): Generator<readonly [path: string, flaw: string]> {
  if (isSecret(name) || value === null || value === before || isSecretReference(value)) return;
  if (typeof value === 'string') {
    const flaw = templateFlaw(value);
    if (flaw !== undefined) yield [path, flaw];
  } else if (typeof value === 'object' && !IntegralFloat.is(value)) {
    const old = typeof before === 'object' && before !== null ? (before as JsonMap) : {};
    for (const [key, inner] of Object.entries(value as JsonMap)) {
      const standing = { path: `${path}.${key}`, name: Array.isArray(value) ? '' : key, value: inner };
      yield* templateFlaws({ ...standing, before: Object.hasOwn(old, key) ? old[key] : undefined }, isSecret);
    }
  }
}
