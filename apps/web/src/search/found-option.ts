import { nounOf } from '../model/labels.ts';
import { objectPath } from '../model/places.ts';
import type { Found } from './found.ts';
import { reasonOf } from './found.ts';
import type { Option } from './option-list.tsx';

/** What leads to an object that was found. */
export const foundOption = (found: Found): Option => ({
  group: nounOf(found.model),
  label: found.name,
  reason: reasonOf(found),
  site: found.site ?? '',
  opens: objectPath(found.model, found.id),
});
