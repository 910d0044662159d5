/**
 * The names under which the wire meets on NATS. The id of the installation is in all of them, so several can share a
 * NATS. A site or module is one token of a subject, so permissions can be given for one site: a wildcard stands for whole
 * tokens only.
 */

/** The durable consumer of the foreman on the stream of the reports. */
export const RESULTS_READER = 'foreman';

/** Where an agent asks which installations there are, and whether they have its site. */
export const discoverySubject = (site: string): string => `contractor.discover.${siteToken(site)}`;
export const everyDiscovery = 'contractor.discover.*';

/** The names of one installation. @throws Error where the id cannot be one */
export function natsNames(installation: string) {
  if (!isInstallationId(installation)) throw new Error(`the installation ${JSON.stringify(installation)} ${ID_RULE}`);
  const prefix = `contractor.${installation}`;
  return {
    installation,
    /** The stream with the reports of all sites. */
    resultsStream: `CONTRACTOR_${installation}_RESULTS`,
    /** What the API of JetStream is called in the account of a subcontractor, which imports it from that of the servers. */
    importedApi: (agent: string): string => `${prefix}.js.${agentToken(agent)}`,
    /** The same as agents of an earlier version call it. */
    formerImportedApi: `${prefix}.js`,
    everyResult: `${prefix}.results.>`,
    everyAnnouncement: `${prefix}.agents.*.*`,
    everyBeat: `${prefix}.beats.*.*`,
    /** The same of agents of an earlier version, whose subjects carry no name. */
    formerAnnouncements: `${prefix}.agents.*`,
    formerBeats: `${prefix}.beats.*`,

    /** The stream with the tasks of one site; stream names compare with case. */
    tasksStream: (site: string): string => `CONTRACTOR_${installation}_TASKS_${siteToken(site)}`,
    everyTask: (site: string): string => `${prefix}.tasks.${siteToken(site)}.*`,
    taskSubject: (site: string, module: string): string => `${prefix}.tasks.${siteToken(site)}.${moduleToken(module)}`,
    resultSubject: (site: string, module: string, agent: string): string =>
      `${prefix}.results.${siteToken(site)}.${moduleToken(module)}.${agentToken(agent)}`,
    announcementSubject: (site: string, agent: string): string =>
      `${prefix}.agents.${siteToken(site)}.${agentToken(agent)}`,
    beatSubject: (site: string, agent: string): string => `${prefix}.beats.${siteToken(site)}.${agentToken(agent)}`,

    /** Where an agent asks for the secrets of a task it has taken; the answer is on no disk. */
    everySecret: `${prefix}.secrets.*.*.*`,
    secretsSubject: (site: string, module: string, cookie: string): string =>
      `${prefix}.secrets.${siteToken(site)}.${moduleToken(module)}.${token('cookie', cookie)}`,

    /** The stream with the claims of one site, a subject for each dispatch. */
    claimsStream: (site: string): string => `CONTRACTOR_${installation}_CLAIMS_${siteToken(site)}`,
    everyClaim: (site: string): string => `${prefix}.claims.${siteToken(site)}.*.*`,
    claimSubject: (site: string, module: string, cookie: string): string =>
      `${prefix}.claims.${siteToken(site)}.${moduleToken(module)}.${token('cookie', cookie)}`,
  };
}

/** The names of one installation on NATS. */
export type NatsNames = ReturnType<typeof natsNames>;

/** The durable consumer of a module on its site's stream. */
export const taskReader = (module: string): string => moduleToken(module);

/** Where the answers to the requests of an agent without a key arrive, apart from those of other sites. */
export const inboxOf = (site: string): string => `_INBOX_${siteToken(site)}`;

/**
 * The name of an agent in subjects: the public key by which NATS knows it, or, where it has none, what it is called, with
 * `=` and two hexadecimal digits for whatever cannot be in a token.
 */
export const agentIdentity = (name: string, publicKey: string | undefined): string =>
  publicKey ??
  name.replaceAll(/[^a-zA-Z0-9_-]/gu, (one) => Buffer.from(one).toString('hex').toUpperCase().replaceAll(/../g, '=$&'));

/** Who says something, as the subject of the message tells: NATS sees to that an agent uses its own only. */
export interface Origin {
  readonly site: string;
  /** Of reports. */
  readonly module?: string;
  /** Identity of the agent; undefined: it is of an earlier version and does not say. */
  readonly agent?: string;
}

/** The origin of a report, from its subject. */
export function originOfReport(subject: string): Origin {
  const [, , , site = '', module = '', agent] = subject.split('.');
  return { site, module, ...(agent === undefined ? {} : { agent }) };
}

/** The origin of a beat or an announcement, from its subject. */
export function originOf(subject: string): Origin {
  const [, , , site = '', agent] = subject.split('.');
  return { site, ...(agent === undefined ? {} : { agent }) };
}

/** The origin of a question for secrets, from its subject, and the dispatch it is about. */
export function originOfQuestion(subject: string): Origin & { readonly module: string; readonly cookie: string } {
  const [, , , site = '', module = '', cookie = ''] = subject.split('.');
  return { site, module, cookie };
}

/** The last token of a subject: the site of a question. */
export const siteOf = (subject: string): string => subject.slice(subject.lastIndexOf('.') + 1);

/** Whether a site or module can be named on NATS. */
export const isNatsName = (name: string): boolean => /^[a-zA-Z0-9][a-zA-Z0-9_-]*$/.test(name);

/** What the id of an installation has to be. */
export const ID_RULE = 'must be 1 to 32 of a-z, 0-9 and "-", beginning with a letter or digit';

/** Whether a text can be the id of an installation. `discover` is a word of the subjects. */
export const isInstallationId = (id: string): boolean => /^[a-z0-9][a-z0-9-]{0,31}$/.test(id) && id !== 'discover';

const siteToken = (site: string): string => token('site', site);
const moduleToken = (module: string): string => token('module', module);

/** An identity as `agentIdentity` gives it, as it is. */
function agentToken(agent: string): string {
  if (/^[a-zA-Z0-9_=-]+$/.test(agent)) return agent;
  throw new Error(`the agent ${JSON.stringify(agent)} cannot be named on NATS`);
}

/** The name, if it can be one token of a subject; throws otherwise. */
function token(kind: string, name: string): string {
  if (isNatsName(name)) return name;
  throw new Error(`the ${kind} ${JSON.stringify(name)} cannot be named on NATS: only letters, digits, "_" and "-"`);
}
