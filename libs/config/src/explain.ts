import type { Json } from '#kernel';
import { inSlices, writeJson } from '#kernel';
import type { Operator } from './config-name.ts';
import type { ConfigFault, Layer, Source } from './layer.ts';
import { LIMITS } from './limits.ts';
import { merging } from './merge.ts';
import type { Step } from './overlay.ts';
import { overlaying } from './overlay.ts';
import { secretNamesIn } from './secret-names.ts';
import { shownValue } from './shown-values.ts';

/** What one entry did to a name: where it stands, who wrote it and when, and the value before and after. */
export interface ExplainedStep {
  readonly source: Source;
  readonly key: string;
  readonly operator: Operator;
  readonly value: Json;
  /** Undefined: there was, or is, no value. */
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** How a name came by its value, in the order in which it happened; the last step that changed something gave it. */
export interface ExplainedName {
  readonly name: string;
  /** Undefined: it was dropped again. */
  readonly value: Json | undefined;
  /** The value with its texts rendered, where that makes a difference. */
  readonly rendered?: Json;
  readonly steps: readonly ExplainedStep[];
}

/** How the names of a configuration came by their values, and what is at fault in it. */
export interface Explained {
  readonly names: readonly ExplainedName[];
  readonly faults: readonly ConfigFault[];
}

/**
 * Runs the same overlay that makes a configuration, and tells what each entry did, secrets masked. Others have their turn meanwhile:
 * for thousands of values it takes longer than they should wait.
 */
export const explain = (layers: readonly Layer[], classes: readonly string[] = []): Promise<Explained> =>
  inSlices(explaining(layers, classes));

function* explaining(layers: readonly Layer[], classes: readonly string[]): Generator<unknown, Explained> {
  const stories = new Map<string, Step[]>();
  const { values, faults, secretNames } = yield* overlaying(layers, classes, {
    note: (step) => {
      const story = stories.get(step.name);
      if (story) story.push(step);
      else stories.set(step.name, [step]);
    },
  });
  const merged = yield* merging(values, LIMITS, secretNames);
  const isSecret = secretNamesIn([...values], secretNames);
  const names: ExplainedName[] = [];
  for (const [name, story] of stories) {
    const shown = <V extends Json | undefined>(value: V): V | Json =>
      value === undefined ? value : shownValue(name, value, isSecret);
    const [value, rendered] = [shown(values.get(name)), shown(merged.values.get(name))];
    const differs = rendered !== undefined && writeJson(value) !== writeJson(rendered);
    const steps = story.map(({ layer, key, operator, value: given, before, after }) => ({
      source: sourceOf(layer, key),
      key,
      operator,
      value: shown(given),
      before: shown(before),
      after: shown(after),
    }));
    names.push({ name, value, ...(differs ? { rendered } : {}), steps });
    yield;
  }
  return { names, faults: [...faults, ...merged.faults] };
}

/** Where an entry comes from, with the event it was written with where that is known. */
export const sourceOf = ({ source, origins = {} }: Layer, key: string): Source => ({
  ...source,
  ...(Object.hasOwn(origins, key) ? origins[key] : {}),
});
