import type { Shaped } from '#api';
import { shape } from '#api';

/** Why a job does not move. */
export const conditionShape = shape.record({
  name: shape.text('What kind of reason it is: `complex-not-built`, `agent-absent`, `timer`.'),
  text: shape.text('The reason in words.'),
  links: shape.list(
    shape.record({
      model: shape.text('Path of the model: `Building/Complex`.'),
      id: shape.text('Id of the object.'),
    }),
    'What the reason is about.',
  ),
  since: shape.textOrNull('Since when it holds, ISO 8601, where that is known.'),
  until: shape.textOrNull('When it ends by itself, ISO 8601, where it does.'),
});

/** A reason for which a job does not move, that has to change before it goes on. */
export type Condition = Shaped<typeof conditionShape>;

/** What a condition is about, by the path of its model and its id. */
export type About = readonly [model: string, id: string | number];

/** A condition by its name, in words, with what it is about. */
export const condition = (
  name: string,
  text: string,
  about: readonly About[] = [],
  { since = null, until = null }: Partial<Pick<Condition, 'since' | 'until'>> = {},
): Condition => ({ name, text, links: about.map(([model, id]) => ({ model, id: String(id) })), since, until });

/** Conditions in words, one after the other. */
export const conditionsText = (conditions: readonly Condition[]): string =>
  conditions.map(({ text }) => text).join('; ');
