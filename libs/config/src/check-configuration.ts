import type { Json } from '#kernel';
import { inSlices, isSecretReference, MASK, writeJson } from '#kernel';
import { TEMPLATE_MARK } from './check-template.ts';
import type { DeclaredKey } from './config-schema.ts';
import { sourceOf } from './explain.ts';
import type { Layer, Source } from './layer.ts';
import { LIMITS } from './limits.ts';
import { merging } from './merge.ts';
import type { Step } from './overlay.ts';
import { overlaying } from './overlay.ts';
import type { FitFault } from './schema-fit.ts';
import { fitFault, MAX_MATCHING_MS, readRendered } from './schema-fit.ts';
import { secretNamesIn } from './secret-names.ts';
import { shownValue } from './shown-values.ts';

/** What is declared of a key, and by which object. */
export interface Declaration {
  readonly declared: DeclaredKey;
  readonly by: Source;
}

/** What is declared of a configuration, by key: of several declarations of a key, the one that counts. */
export type Declarations = ReadonlyMap<string, Declaration>;

/** One way in which a configuration is not what is declared. */
export interface ConfigFailure {
  readonly key: string;
  /** The rule that is broken; `template`: the value cannot be rendered. */
  readonly rule: FitFault['rule'] | 'required' | 'template';
  /** For people: `"port" must be an integer, is text "http" of Site site1 (declared by BluePrint web)`. */
  readonly text: string;
  /** Who declares the key. */
  readonly declaredBy: Source;
  /** What it is, secrets masked; undefined: there is none. */
  readonly value?: Json;
  /** The layer that gave it, by the event it was written with where that is known. */
  readonly source?: Source;
}

/** The longest value that is shown in the text of a failure, in characters. */
const MAX_SHOWN = 100;

/**
 * Holds the configuration that layers come to, rendered, against what is declared of it. Where no text is declared, a
 * text that came out of a template counts as what it says (`"8080"` is an integer); a text that was written as it is
 * stays text. Of a secret, and of a text in which one stands, it is only looked whether it is there.
 * @returns every failure, in the order in which keys are declared; nothing: it is as declared
 */
export const checkConfiguration = (
  declarations: Declarations,
  layers: readonly Layer[],
  classes: readonly string[],
): Promise<readonly ConfigFailure[]> =>
  declarations.size === 0 ? Promise.resolve([]) : inSlices(checking(declarations, layers, classes));

function* checking(
  declarations: Declarations,
  layers: readonly Layer[],
  classes: readonly string[],
): Generator<unknown, readonly ConfigFailure[]> {
  const last = new Map<string, Step>();
  const overlaid = yield* overlaying(layers, classes, { note: (step) => last.set(step.name, step) });
  const declaredSecrets = [...declarations].flatMap(([key, { declared }]) => (declared.secret === true ? [key] : []));
  const others = [...overlaid.secretNames, ...declaredSecrets];
  const merged = yield* merging(overlaid.values, LIMITS, others);
  const deadline = performance.now() + MAX_MATCHING_MS;
  const isSecret = secretNamesIn([...overlaid.values], others);
  const failures: ConfigFailure[] = [];
  for (const [key, { declared, by }] of declarations) {
    yield;
    const written = overlaid.values.get(key);
    const value = merged.values.get(key);
    const fail = ({ rule, text }: Pick<ConfigFailure, 'rule' | 'text'>): void => {
      const step = last.get(key);
      const source = step && sourceOf(step.layer, step.key);
      const shown = value === undefined ? undefined : shownValue(key, value, isSecret);
      failures.push({
        key,
        rule,
        text: failureText({ key, text, value: shown, source, by }),
        declaredBy: by,
        ...(shown === undefined ? {} : { value: shown }),
        ...(source ? { source } : {}),
      });
    };
    const fault = merged.faults.find((one) => one.key === key || one.key.startsWith(`${key}.`));
    if (value === undefined || value === null) {
      if (declared.required === true) fail({ rule: 'required', text: value === null ? 'is null' : 'is missing' });
    } else if (fault) {
      fail({ rule: 'template', text: `can not be rendered (${fault.message})` });
    } else if (!isSecret(key) && !isSecretReference(written)) {
      const isRendered = typeof written === 'string' && TEMPLATE_MARK.test(written);
      const read = isRendered && typeof value === 'string' ? readRendered(value, declared.type) : value;
      // What it is where a secret stands in it is not known here.
      const hidden = typeof read === 'string' && isRendered && read.includes(MASK);
      const unfit = hidden ? undefined : fitFault(declared, read, deadline);
      if (unfit) fail(unfit);
    }
  }
  return failures;
}

const nameOf = ({ kind, id }: Source): string => `${kind} ${id}`;

function failureText({
  key,
  text,
  value,
  source,
  by,
}: {
  readonly key: string;
  readonly text: string;
  readonly value: Json | undefined;
  readonly source: Source | undefined;
  readonly by: Source;
}): string {
  const json = value === undefined || value === null ? '' : writeJson(value);
  const shown = json.length > MAX_SHOWN ? `${json.slice(0, MAX_SHOWN)}…` : json;
  const given = source ? ` (${shown === '' ? '' : `${shown} `}of ${nameOf(source)})` : '';
  return `"${key}" ${text}${given}, as ${nameOf(by)} declares`;
}
