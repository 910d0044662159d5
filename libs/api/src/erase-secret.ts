import { secretOwner } from '#config';
import { refuse } from '#kernel';
import type { Secrets } from '#secrets';
import { integer, text } from './field.ts';
import type { Action } from './model.ts';
import { asText } from './values.ts';

/**
 * Has a secret of an object forgotten for good, with every value it ever had: for objects of a kind that keep theirs under
 * `<kind> <id> <key>`. The answer is how many values there were.
 */
export const eraseSecret = (kind: string, grant: string, secrets: Secrets): Action => ({
  doc: 'Forgets every value a secret ever had, for good: looking back will find it erased, too.',
  faces: ['rest'],
  parameters: { key: text(undefined, { required: true }) },
  returns: integer(),
  permission: { grant },
  run: {
    freely: async (id, { key }) => {
      const erased = await secrets.erase(secretOwner(`${kind} ${id}`, asText(key)));
      if (erased === 0) throw refuse('key', 'NO_SECRET', `${kind} ${id} has no secret "${asText(key)}"`);
      return erased;
    },
  },
});
