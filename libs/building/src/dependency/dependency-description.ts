import type { View } from '#read-store';
import { structures } from '../structure/structures.ts';
import type { DependencyRow } from './dependencies.ts';
import { dependencies } from './dependencies.ts';

/** The longest chain of dependencies that is followed. */
const MAX_DEPTH = 100;

/** What a dependency is called: what is depended on, a dash, and what has to wait (`switch1-host1`). */
export async function descriptionOf(
  view: View,
  { structure, dependency, foundation }: Pick<DependencyRow, 'structure' | 'dependency' | 'foundation'>,
  depth = 0,
): Promise<string> {
  const right = foundation ?? '';
  if (structure !== null) return `${(await view.get(structures, structure))?.hostname ?? ''}-${right}`;
  const on = dependency === null || depth > MAX_DEPTH ? undefined : await view.get(dependencies, dependency);
  return `${on ? await descriptionOf(view, on, depth + 1) : ''}-${right}`;
}
