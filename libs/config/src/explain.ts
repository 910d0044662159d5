import type { Json } from '#kernel';
import { inSlices, maskSecrets, writeJson } from '#kernel';
import type { Operator } from './config-name.ts';
import type { ConfigFault, Layer, Source } from './layer.ts';
import { merging } from './merge.ts';
import { overlay } from './overlay.ts';

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
  const steps = new Map<string, ExplainedStep[]>();
  const { values, faults } = overlay(layers, classes, {
    note: ({ layer, key, name, operator, value, before, after }) => {
      const story = steps.get(name) ?? [];
      story.push({ source: sourceOf(layer, key), key, operator, value, before, after });
      steps.set(name, story);
    },
  });
  yield;
  const merged = yield* merging(values);
  const names: ExplainedName[] = [];
  for (const [name, story] of steps) {
    const value = values.get(name);
    const rendered = merged.values.get(name);
    const differs = writeJson(value) !== writeJson(rendered);
    const explained = { name, value, ...(differs && rendered !== undefined ? { rendered } : {}), steps: story };
    names.push(maskSecrets(explained) as unknown as ExplainedName);
    yield;
  }
  return { names, faults: [...faults, ...merged.faults] };
}

const sourceOf = ({ source, origins = {} }: Layer, key: string): Source => ({
  ...source,
  ...(Object.hasOwn(origins, key) ? origins[key] : {}),
});
