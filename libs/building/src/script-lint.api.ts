import type { Extension } from '#api';
import { parameter, shape, shaped, staticAction } from '#api';
import type { ServerHalf } from '#platform';
import type { ModuleSymbols } from '#tscript';
import { lint } from '#tscript';

/** The longest script that is looked at, in characters. */
export const MAX_LINTED = 200_000;

/** What scripts can reach besides platforms; what is in them depends on what a job works on. */
const OPEN = ['config', 'dhcp', 'foundation', 'signaling', 'structure'];

const lintShape = shape.record({
  faults: shape.list(
    shape.record({
      severity: shape.text('`error`: it cannot be run so; or `warning`.'),
      kind: shape.text('`syntax`, `unknown-function`, `unassigned`, …'),
      line: shape.count('From 1.'),
      column: shape.count('From 1.'),
      length: shape.count('In UTF-16 units.'),
      message: shape.text(),
      excerpt: shape.text('The line with a mark under the place.'),
    }),
    'In the order of the script.',
  ),
});

/** The names that scripts may use, by module. */
const scriptSymbols = (platforms: readonly ServerHalf[]): Readonly<Record<string, ModuleSymbols>> => ({
  ...Object.fromEntries(
    platforms.map(({ name, functions }) => [
      name,
      { functions: Object.fromEntries(Object.keys(functions).map((one) => [one, {}])) },
    ]),
  ),
  ...Object.fromEntries(OPEN.map((name) => [name, { open: true }])),
});

/** What is wrong with a script, before it is saved. */
export function scriptLint(platforms: readonly ServerHalf[]): Extension {
  const modules = scriptSymbols(platforms);
  return {
    model: 'BluePrint/Script',
    actions: {
      lint: staticAction({
        doc: `What is, or may be, wrong with a script, each with its place; of ${MAX_LINTED} characters at the most.`,
        protocols: ['rest'],
        sites: 'none',
        parameters: { script: parameter.text() },
        returns: shaped(lintShape),
        permission: { grant: 'BluePrint.view_script' },
        query: async ({ script }) => {
          const text = script ?? '';
          if (text.length <= MAX_LINTED) return { faults: lint(text, { modules }) };
          const message = `the script has ${text.length} characters, and at most ${MAX_LINTED} are looked at`;
          return {
            faults: [{ severity: 'warning', kind: 'length', line: 1, column: 1, length: 1, message, excerpt: '' }],
          };
        },
      }),
    },
  };
}
