import type { Json } from '#kernel';
import type { ConfigPath } from '../../src/config-path.ts';
import { readConfigPath } from '../../src/config-path.ts';
import { merge } from '../../src/merge.ts';
import { overlay } from '../../src/overlay.ts';
import { renderTemplate, Unrenderable } from '../../src/render-template.ts';
import type { ConfigCases, ConfigGroup, Outcome } from './config-case.ts';

const mapOf = (values: Iterable<readonly [string, Json]>): Json => Object.fromEntries(values);

/** Plays a recorded case against the real code. */
export const playCase = <G extends ConfigGroup>(group: G, row: ConfigCases[G]): Outcome => PLAY[group](row);

const PLAY: { readonly [G in ConfigGroup]: (row: ConfigCases[G]) => Outcome } = {
  overlay: ({ start, layers, classes }) => {
    const source = { kind: 'case', id: '' };
    const laid = overlay(
      layers.map((values) => ({ source, values })),
      classes,
      { start: Object.entries(start) },
    );
    return { result: mapOf(laid.values), faults: laid.faults };
  },
  merge: ({ values }) => {
    const merged = merge(Object.entries(values));
    return { result: mapOf(merged.values), faults: merged.faults };
  },
  render: ({ template, values }) => {
    try {
      const { text, faults } = renderTemplate(template, Object.entries(values));
      return { result: text, faults };
    } catch (error) {
      if (!(error instanceof Unrenderable)) throw error;
      return { faults: [{ error: 'Exception', message: error.message }] };
    }
  },
  config_url: ({ path }) => {
    const read = readConfigPath(path);
    return { result: read ? partsOf(read) : null, faults: [] };
  },
};

const LETTERS = { uuid: 'c', structure: 's', foundation: 'f', address: 'a' } as const;

/** The parts as they were recorded: the target with its letter, once as such and once under what it is. */
function partsOf({ type, by, id }: ConfigPath): Json {
  if (by === 'caller') return { type };
  const target = `${LETTERS[by]}/${id}`;
  return { type, target, [by]: target };
}
