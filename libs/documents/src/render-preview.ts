import type { Shape, Shaped } from '#api';
import { maskingLayer, shape } from '#api';
import { pxes } from '#blueprint';
import { bootScript } from '#boot';
import type { BuildingLayers, FindType } from '#building';
import {
  bootedByFoundation,
  bootedByStructure,
  connectionOf,
  foundationLayers,
  layersFor,
  structureLayers,
} from '#building';
import type { Layer, Served } from '#config';
import { mergedConfiguration, overlay, renderTemplate, servedLayer, Unrenderable } from '#config';
import { imageLayer } from '#images';
import type { Caller, Json, JsonMap } from '#kernel';
import { refuse } from '#kernel';
import type { ReadStore, View } from '#read-store';
import type { About } from './find-target.ts';

const object: Shape<Readonly<Record<string, Json>>> = { schema: { type: 'object' } };

const textShape = shape.record({
  text: shape.textOrNull('What it comes to; null where it cannot be rendered.'),
  error: shape.textOrNull('Why it cannot be rendered, with its line.'),
});

/** What a machine would be told. */
export const renderedShape = shape.record({
  pxe: shape.textOrNull('What it boots; null where nothing is.'),
  configuration: object,
  faults: shape.list(
    shape.record({ key: shape.text(), error: shape.text(), message: shape.text() }),
    'What is at fault in the configuration.',
  ),
  boot_script: shape.orNull(textShape),
  template: shape.orNull(textShape),
});

/** What is to be rendered; what is null is as it was saved. */
export interface Drafts {
  readonly pxe: string | null;
  readonly bootScript: string | null;
  readonly template: string | null;
  /** Values in the place of those that the blueprint, or else the object itself, sets. */
  readonly configValues: JsonMap | null;
  readonly blueprint: string | null;
}

export interface RenderParts {
  readonly reads: Pick<ReadStore, 'now'>;
  readonly served: Served;
  readonly findType: FindType;
}

type Machine = Extract<About, { readonly kind: 'Structure' | 'Foundation' }>;

/** The layers with the values of one of them replaced by a draft. @throws Refusal where there is no such layer */
function drafted(layers: readonly Layer[], about: Machine, { configValues, blueprint }: Drafts): readonly Layer[] {
  if (configValues === null) return layers;
  const values = Object.entries(configValues);
  const own = about.kind === 'Structure' ? about.id : about.locator;
  const isMeant = ({ source: { kind, id }, attributes }: Layer): boolean =>
    blueprint === null
      ? kind === about.kind && id === own && attributes !== undefined
      : kind === 'BluePrint' && id === blueprint;
  const at = layers.findIndex(isMeant);
  const layer = layers[at];
  if (!layer || (blueprint === null && about.kind === 'Foundation')) {
    throw refuse(
      'config_values',
      'INVALID_VALUE',
      blueprint === null ? 'a foundation has no values of its own' : `${blueprint} is no blueprint that reaches it`,
    );
  }
  return layers.with(at, { ...layer, values, origins: {} });
}

/** What a machine would be told with drafts in the place of what is saved; secrets are masked. Nothing is saved. */
export async function renderDrafts(
  view: View,
  about: Machine,
  drafts: Drafts,
  { caller, now, reads, served, findType }: RenderParts & { readonly caller: Caller; readonly now: string },
): Promise<Shaped<typeof renderedShape> | null> {
  const found: BuildingLayers | undefined =
    about.kind === 'Structure'
      ? await structureLayers(view, about.id, findType)
      : await foundationLayers(view, about.locator, findType);
  if (!found) return null;
  const names = await maskingLayer(reads);
  const own = drafted(layersFor(caller, found.layers), about, drafts);
  const all = [...own, names, servedLayer(served, { now, changed: found.changed })];
  const layers = [...all, ...(await imageLayer(view, { layers: all, classes: found.classes }, served))];
  const { configuration, faults } = await mergedConfiguration(layers, found.classes);
  const booted =
    drafts.pxe ??
    (about.kind === 'Structure'
      ? await bootedByStructure(view, about.id)
      : await bootedByFoundation(view, about.locator)) ??
    null;
  const pxe = booted === null ? undefined : await view.get(pxes, booted);
  const connection = about.kind === 'Structure' ? await connectionOf(view, about.id, findType) : undefined;
  const reached: readonly Layer[] = connection
    ? [{ source: { kind: 'Structure', id: 0 }, attributes: [['__connection_paramaters', connection]] }]
    : [];
  const [script, template] = [drafts.bootScript ?? pxe?.bootScript, drafts.template ?? pxe?.template];
  return {
    pxe: booted,
    configuration,
    faults,
    boot_script: script === undefined ? null : rendered(script, layers, found.classes, bootScript),
    template: template === undefined ? null : rendered(template, [...layers, ...reached], found.classes, String),
  };
}

/** A text as it comes out, or why it does not. */
function rendered(
  source: string,
  layers: readonly Layer[],
  classes: readonly string[],
  finish: (text: string) => string,
): Shaped<typeof textShape> {
  const { values, secretNames } = overlay(layers, classes);
  try {
    return { text: finish(renderTemplate(source, values, { secretNames }).text), error: null };
  } catch (error) {
    if (!(error instanceof Unrenderable)) throw error;
    return { text: null, error: error.message };
  }
}
