import { valueText } from '../model/value-text.ts';

/** One entry that had a part in a value: where it stands, what it says, and what came of it. */
export interface Step {
  readonly source: {
    readonly kind: string;
    readonly id: string | number;
    readonly position?: string;
    readonly actor?: string;
    readonly at?: string;
  };
  readonly key: string;
  readonly operator: string;
  readonly value?: unknown;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** How a configuration value came about (docs/configuration.md). */
export interface ExplainedName {
  readonly name: string;
  readonly value?: unknown;
  readonly rendered?: unknown;
  readonly steps: readonly Step[];
}

export interface Explained {
  readonly names: readonly ExplainedName[];
  readonly faults: readonly { readonly key?: string; readonly text?: string }[];
}

/** The models whose values are layers of a configuration, by how explanations call them. */
const LAYERS: Readonly<Record<string, string>> = {
  Site: 'Site/Site',
  BluePrint: 'BluePrint/BluePrint',
  Foundation: 'Building/Foundation',
  Structure: 'Building/Structure',
  Complex: 'Building/Complex',
};

export const layerModel = (kind: string): string | undefined => LAYERS[kind];

export const originOf = ({ kind, id }: Step['source']): string => `${kind} ${id}`;

/** The values that have a text in their name, value or layers. */
export function filterNames(names: readonly ExplainedName[], text: string): readonly ExplainedName[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return names;
  return names.filter(({ name, value, rendered, steps }) =>
    [name, valueText(value), valueText(rendered), ...steps.map(({ source }) => originOf(source))]
      .join('\n')
      .toLowerCase()
      .includes(wanted),
  );
}
