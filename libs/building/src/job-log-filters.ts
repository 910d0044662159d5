import type { Extension, Filter } from '#api';
import { asText, parameter } from '#api';

/** What was done to one object. */
const ofTarget = (kind: string): Filter => {
  const name = kind.toLowerCase();
  return {
    parameters: { [name]: parameter.reference(`Building/${kind}`) },
    where: ({ [name]: id }) => (id === null ? null : { target: `${kind} ${asText(id)}` }),
  };
};

/** The job log can be asked for what was done to a structure, foundation or dependency. */
export const jobLogFilters: Extension = {
  model: 'Foreman/JobLog',
  filters: {
    structure: ofTarget('Structure'),
    foundation: ofTarget('Foundation'),
    dependency: ofTarget('Dependency'),
  },
};
