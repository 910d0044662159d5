/**
 * The names under which the wire meets on NATS. A site or module is one token of a subject, so permissions can be
 * given for one site: a wildcard stands for whole tokens only.
 */

/** The stream with the reports of all sites. */
export const RESULTS = 'RESULTS';
/** The durable consumer of the foreman on it. */
export const RESULTS_READER = 'foreman';

export const everyResult = 'results.>';
export const everyAnnouncement = 'agents.*';
export const everyBeat = 'beats.*';

/** The stream with the tasks of one site; stream names compare with case. */
export const tasksStream = (site: string): string => `TASKS_${token('site', site)}`;
export const everyTask = (site: string): string => `tasks.${token('site', site)}.*`;
export const taskSubject = (site: string, module: string): string =>
  `tasks.${token('site', site)}.${token('module', module)}`;
/** The durable consumer of a module on its site's stream. */
export const taskReader = (module: string): string => token('module', module);

export const resultSubject = (site: string, module: string): string =>
  `results.${token('site', site)}.${token('module', module)}`;
export const announcementSubject = (site: string): string => `agents.${token('site', site)}`;
export const beatSubject = (site: string): string => `beats.${token('site', site)}`;
/** Where the answers to an agent's own requests arrive, apart from those of other sites. */
export const inboxOf = (site: string): string => `_INBOX_${token('site', site)}`;

/** The site in the subject of an announcement. */
export const siteOf = (subject: string): string => subject.split('.')[1] ?? '';

/** Whether a site or module can be named on NATS. */
export const isNatsName = (name: string): boolean => /^[a-zA-Z0-9][a-zA-Z0-9_-]*$/.test(name);

/** The name, if it can be one token of a subject; throws otherwise. */
function token(kind: string, name: string): string {
  if (isNatsName(name)) return name;
  throw new Error(`the ${kind} ${JSON.stringify(name)} cannot be named on NATS: only letters, digits, "_" and "-"`);
}
