export { ErasedFile } from './erased-file.ts';
export { erasedIn, namedIn, People } from './people.ts';
export type { PeopleOptions } from './people.ts';
export { erasedName, isPersonId, newPersonId, PERSON_PREFIX } from './person-id.ts';
