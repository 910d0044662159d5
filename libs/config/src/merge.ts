import type { Json } from '#kernel';
import { atOnce, IntegralFloat } from '#kernel';
import { TEMPLATE_MARK } from './check-template.ts';
import { TemplateFault } from './jinja/fault.ts';
import type { Names } from './jinja/render-template.ts';
import { unmarked } from './jinja/secret-mark.ts';
import { namesOf, renderOnce } from './jinja/render-template.ts';
import type { ConfigFault } from './layer.ts';
import type { Limits } from './limits.ts';
import { LIMITS } from './limits.ts';
import type { IsSecretName } from './secret-names.ts';
import { MOMENT } from './moment.ts';
import { secretNamesIn } from './secret-names.ts';
import { isUnsettled } from './unsettled.ts';

/** Values whose texts have been rendered, and the texts that could not be. */
export interface Merged {
  readonly values: Map<string, Json>;
  readonly faults: readonly ConfigFault[];
  /** Whether a text of it asked for the moment at which it is rendered. */
  readonly tellsMoment: boolean;
}

/**
 * Renders every text in a configuration as a template that sees the configuration, over and over until nothing changes.
 * Keys, and values that are no text, stay as they are. A text that is no template, that cannot be rendered or that does
 * not settle keeps the words it had at first, and is reported; the rest is rendered all the same.
 */
export const merge = (values: Iterable<readonly [string, Json]>, limits?: Limits): Merged =>
  atOnce(merging(values, limits));

/** The same, as work that may pause after each value; only the time it works counts. */
export const merging = (
  values: Iterable<readonly [string, Json]>,
  limits: Limits = LIMITS,
  secretNames: readonly string[] = [],
): Generator<unknown, Merged> => new Merging(values, { limits, secretNames }).run();

/**
 * The same where the values of secrets stand in clear text: templates see them, and they stay as they are to the letter,
 * whatever they look like.
 */
export const mergingClear = (
  values: Iterable<readonly [string, Json]>,
  secretNames: readonly string[] = [],
): Generator<unknown, Merged> => new Merging(values, { limits: LIMITS, secretNames, clear: true }).run();

/** As {@link merge}, with the marks of secrets still in the texts: for whoever renders with them. */
export const mergeMarked = (
  values: Iterable<readonly [string, Json]>,
  limits: Limits,
  secretNames: readonly string[] = [],
): Merged => atOnce(new Merging(values, { limits, secretNames }).marked());

interface MergingOptions {
  readonly limits: Limits;
  /** Names of secrets beside those that the values declare. */
  readonly secretNames?: readonly string[];
  /** Whether the values of secrets stand there in clear text. */
  readonly clear?: boolean;
}

class Merging {
  readonly #limits: Limits;
  readonly #values: Map<string, Json>;
  /** The values that have something to render, as they were in the beginning. */
  readonly #first: ReadonlyMap<string, Json>;
  readonly #faults = new Map<string, ConfigFault>();
  readonly #isSecret: IsSecretName;
  /** Whether the values of secrets are there, in clear text. */
  readonly #clear: boolean;
  #deadline: number;
  #steps: number;
  #length = 0;
  #tellsMoment = false;
  /** What changed in the round under way: the texts with something to render, by path. */
  #changed = new Map<string, boolean>();

  constructor(values: Iterable<readonly [string, Json]>, { limits, secretNames, clear = false }: MergingOptions) {
    this.#limits = limits;
    this.#clear = clear;
    this.#values = new Map(values);
    this.#isSecret = secretNamesIn(this.#values, secretNames);
    this.#first = new Map(
      Array.from(this.#values).filter(([key, value]) => !this.#isLiteral(key) && isUnsettled(value)),
    );
    this.#steps = limits.allSteps;
    this.#deadline = performance.now() + limits.time;
  }

  *run(): Generator<unknown, Merged> {
    const { values, ...others } = yield* this.marked();
    // What was not rendered holds no marks.
    for (const key of this.#first.keys()) values.set(key, masked(values.get(key) as Json));
    return { values, ...others };
  }

  /** As {@link run}, with the marks of secrets still in the texts. */
  *marked(): Generator<unknown, Merged> {
    let due = [...this.#first.keys()];
    for (let round = 0; round < this.#limits.rounds; round += 1) {
      yield* this.#round(due);
      if (this.#changed.size === 0) return this.#done();
      due = due.filter((key) => isUnsettled(this.#values.get(key) as Json));
    }
    for (const [key, isTemplate] of this.#changed) {
      if (isTemplate) this.#faulty(key, 'NotSettled', `does not settle in ${this.#limits.rounds} rounds`);
    }
    return this.#done();
  }

  /** Renders the values of some keys; all others are left as they are, the very same. */
  *#round(due: readonly string[]): Generator<unknown, void> {
    this.#changed = new Map();
    this.#length = 0;
    const names = namesOf(this.#values, this.#clear ? NO_SECRETS : this.#isSecret);
    const rendered: (readonly [string, Json])[] = [];
    for (const key of due) {
      rendered.push([key, this.#each(this.#values.get(key) as Json, key, names)]);
      const paused = performance.now();
      yield;
      this.#deadline += performance.now() - paused;
    }
    // Only now: templates of one round see what there was before it.
    for (const [key, value] of rendered) this.#values.set(key, value);
    this.#tellsMoment ||= names.wasAsked(MOMENT);
  }

  /** The value under a name: that of a secret in clear text is no template. */
  #under(name: string, value: Json, path: string, names: Names): Json {
    return this.#isLiteral(name) ? value : this.#each(value, path, names);
  }

  #isLiteral(name: string): boolean {
    return this.#clear && this.#isSecret(name);
  }

  #each(value: Json, path: string, names: Names): Json {
    if (typeof value === 'string') return this.#text(value, path, names);
    if (Array.isArray(value)) return value.map((item, n) => this.#each(item as Json, `${path}.${n}`, names));
    if (typeof value === 'object' && value !== null && !IntegralFloat.is(value)) {
      const entries = Object.entries(value);
      return Object.fromEntries(entries.map(([key, item]) => [key, this.#under(key, item, `${path}.${key}`, names)]));
    }
    return value;
  }

  #text(text: string, path: string, names: Names): string {
    if (this.#faults.has(path)) return text;
    const isTemplate = TEMPLATE_MARK.test(text);
    const rendered = isTemplate ? this.#render(text, path, names) : plain(text);
    if (rendered !== text) this.#changed.set(path, isTemplate);
    return rendered;
  }

  #render(template: string, path: string, names: Names): string {
    const { steps, length, allLength } = this.#limits;
    if (this.#steps <= 0 || performance.now() > this.#deadline) {
      this.#faulty(path, 'LimitError', 'the configuration as a whole takes too long to render');
      return template;
    }
    try {
      const { text, steps: used } = renderOnce(template, names, {
        steps: Math.min(steps, this.#steps),
        length: Math.min(length, allLength - this.#length),
        deadline: this.#deadline,
      });
      this.#steps -= used;
      this.#length += text.length;
      return text;
    } catch (error) {
      if (!(error instanceof TemplateFault)) throw error;
      if (error.kind === 'LimitError') this.#steps -= Math.min(steps, this.#steps);
      this.#faulty(path, error.kind, error.message);
      return template;
    }
  }

  #faulty(key: string, error: string, message: string): void {
    this.#faults.set(key, { key, error, message: unmarked(message) });
  }

  /** The values as they are in the end: what could not be rendered has its first words again. */
  #done(): Merged {
    const values = this.#values;
    for (const [key, first] of this.#first) values.set(key, this.#finish(values.get(key) as Json, key, first));
    return { values, faults: [...this.#faults.values()], tellsMoment: this.#tellsMoment };
  }

  #finish(value: Json, path: string, first: Json | undefined): Json {
    if (typeof value === 'string') {
      if (this.#faults.has(path)) return first ?? value;
      return TEMPLATE_MARK.test(value) ? value : value.replace(/\n+$/, '');
    }
    if (Array.isArray(value)) {
      const before = first as readonly Json[];
      return value.map((item, n) => this.#finish(item as Json, `${path}.${n}`, before[n]));
    }
    if (typeof value === 'object' && value !== null && !IntegralFloat.is(value)) {
      const before = first as Readonly<Record<string, Json>>;
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [
          key,
          this.#isLiteral(key) ? item : this.#finish(item, `${path}.${key}`, before[key]),
        ]),
      );
    }
    return value;
  }
}

const NO_SECRETS: IsSecretName = () => false;

/** Text without anything to render comes out of a round with plain newlines, and without the one at its end. */
const plain = (text: string): string => text.replace(/\r\n|\r/g, '\n').replace(/\n$/, '');

/** A value with masks in the place of the marks of secrets. */
function masked(value: Json): Json {
  if (typeof value === 'string') return unmarked(value);
  if (value === null || typeof value !== 'object' || IntegralFloat.is(value)) return value;
  if (Array.isArray(value)) return value.map((item) => masked(item as Json));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item)]));
}
