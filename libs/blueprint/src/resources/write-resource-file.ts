import type { Json, JsonMap } from '#kernel';
import { IntegralFloat, MASK, pairsOf } from '#kernel';
import type { BluePrintRow } from '../blueprints.ts';
import type { Pxe } from '../pxe.ts';
import type { Script } from '../script.ts';
import { writeKey, writeValue } from './write-toml.ts';

/** What is written into a resource file. */
export interface Exported {
  /** What was asked for; the rest is what it needs. */
  readonly names: readonly string[];
  readonly scripts: ReadonlyMap<string, Script>;
  /** Parents before their children, each with its configuration values as they may be shown. */
  readonly blueprints: ReadonlyMap<
    string,
    { readonly row: BluePrintRow; readonly values: readonly (readonly [string, Json])[] }
  >;
  readonly pxes: ReadonlyMap<string, Pxe>;
}

const MASKED_NOTE = '# a secret: as it stands here, it stays what it is on the server that this is loaded on';

/** Writes a resource file that reads as if a person had written it. */
export function writeResourceFile({ names, scripts, blueprints, pxes }: Exported): string {
  const rows = [...blueprints];
  const ofKind = (kind: BluePrintRow['kind']) => rows.filter(([, { row }]) => row.kind === kind);
  const links = ofKind('structure').flatMap(([name, { row }]) =>
    (row.foundationBluePrints ?? []).map((foundation) => [name, foundation]),
  );
  return [
    `# ${names.join(', ')}, and what is needed for it\n`,
    ...(links.length === 0 ? [] : [`sflinks = [\n${links.map((link) => `  ${writeValue(link)},\n`).join('')}]\n`]),
    ...[...scripts].map(([name, { description, text }]) =>
      table(['script', name], [pair('description', description), pair('script', text)]),
    ),
    ...ofKind('foundation').map(([name, one]) => blueprintTables(name, one)),
    ...ofKind('structure').map(([name, one]) => blueprintTables(name, one)),
    ...[...pxes].map(([name, { bootScript, template }]) =>
      table(['pxe', name], [pair('boot_script', bootScript), pair('template', template)]),
    ),
  ].join('\n');
}

const pair = (key: string, value: Json): string => `${writeKey(key)} = ${writeValue(value)}\n`;

const table = (path: readonly string[], lines: readonly string[]): string =>
  `[${path.map(writeKey).join('.')}]\n${lines.join('')}`;

function blueprintTables(
  name: string,
  { row, values }: { readonly row: BluePrintRow; readonly values: readonly (readonly [string, Json])[] },
): string {
  const path = [row.kind, name];
  const lists: readonly (readonly [string, readonly string[] | undefined, boolean])[] = [
    ['foundation_types', row.foundationTypes, true],
    ['physical_interface_names', row.physicalInterfaceNames, false],
    ['parents', row.parents, false],
  ];
  const own = [
    pair('description', row.description),
    ...lists.flatMap(([key, list]) => (list && list.length > 0 ? [pair(key, list)] : [])),
  ];
  const maps: readonly (readonly [string, readonly (readonly [string, Json])[]])[] = [
    ['scripts', Object.entries(row.scripts)],
    ['template', Object.entries(row.validationTemplate ?? {})],
  ];
  return [
    table(path, own),
    ...maps.flatMap(([key, pairs]) =>
      pairs.length === 0
        ? []
        : [
            table(
              [...path, key],
              pairs.map(([one, value]) => pair(one, value)),
            ),
          ],
    ),
    ...Object.entries((row.configSchema ?? {}) as unknown as Readonly<Record<string, JsonMap>>).map(([key, rules]) =>
      table(
        [...path, 'config_schema', key],
        Object.entries(rules).map(([rule, value]) => pair(rule, value)),
      ),
    ),
    configTables([...path, 'config_values'], values),
  ].join('\n');
}

/**
 * Configuration values. Maps stand in tables of their own where that does not change the order of the keys: behind all
 * other values.
 */
function configTables(path: readonly string[], values: readonly (readonly [string, Json])[]): string {
  const plain = values.findLastIndex(([, value]) => !isMap(value)) + 1;
  const lines = values
    .slice(0, plain)
    .map(([key, value]) => `${holdsMask(value) ? `${MASKED_NOTE}\n` : ''}${pair(key, value)}`);
  const tables = values.slice(plain).map(([key, value]) => {
    const pairs = pairsOf(value as JsonMap);
    const noted = holdsMask(value) ? [`${MASKED_NOTE}\n`] : [];
    return table([...path, key], [...noted, ...pairs.map(([one, inner]) => pair(one, inner))]);
  });
  // Without a value, the table says that there are none.
  return [table(path, lines), ...tables].join('\n');
}

const isMap = (value: Json): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !IntegralFloat.is(value);

const holdsMask = (value: Json): boolean =>
  value === MASK ||
  (Array.isArray(value)
    ? value.some((one) => holdsMask(one as Json))
    : isMap(value) && Object.values(value).some(holdsMask));
