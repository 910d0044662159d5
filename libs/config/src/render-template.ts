import type { Json } from '#kernel';
import { atOnce } from '#kernel';
import { TemplateFault } from './jinja/fault.ts';
import { unmarked } from './jinja/secret-mark.ts';
import { namesOf, renderOnce } from './jinja/render-template.ts';
import type { ConfigFault } from './layer.ts';
import type { Limits } from './limits.ts';
import { LIMITS } from './limits.ts';
import { mergeMarked, mergingClear } from './merge.ts';
import { secretNamesIn } from './secret-names.ts';

/** A boot script or template that cannot be rendered. */
export class Unrenderable extends Error {}

/** A template that was rendered, and the values it was rendered with that are at fault themselves. */
export interface Rendered {
  readonly text: string;
  readonly faults: readonly ConfigFault[];
}

const words = (fault: TemplateFault): string =>
  fault.inText
    ? `Error parsing template: "${fault.message}" on line: "${fault.line ?? 1}"`
    : `Error rendering template: "${fault.message}"`;

/** How a template is rendered. */
interface RenderOptions {
  readonly limits?: Limits;
  /** Names of secrets beside those that the values declare. */
  readonly secretNames?: readonly string[];
  /** Whether the values of secrets stand there in clear text, and are to be seen: for the machine that they are for. */
  readonly clear?: boolean;
}

/**
 * Renders a boot script or template with a configuration: once, and again while something to render comes out. Text
 * without anything to render stays as it is.
 * @throws Unrenderable
 */
export function renderTemplate(
  template: string,
  values: Iterable<readonly [string, Json]>,
  { limits = LIMITS, secretNames = [], clear = false }: RenderOptions = {},
): Rendered {
  const merged = clear ? atOnce(mergingClear(values, secretNames)) : mergeMarked(values, limits, secretNames);
  const isSecret = clear ? () => false : secretNamesIn([...merged.values], secretNames);
  const names = namesOf(merged.values, isSecret);
  const deadline = performance.now() + limits.time;
  let text = template;
  for (let round = 0; /\{[{%]/.test(text); round += 1) {
    if (round === limits.rounds) throw new Unrenderable(`the template does not settle in ${limits.rounds} rounds`);
    const before = text;
    try {
      text = renderOnce(before, names, { steps: limits.steps, length: limits.length, deadline }).text;
    } catch (error) {
      throw error instanceof TemplateFault ? new Unrenderable(unmarked(words(error))) : error;
    }
    if (text === before) break;
  }
  return { text: unmarked(text), faults: merged.faults };
}
