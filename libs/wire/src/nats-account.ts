import { EVERY_SITE } from './wire.ts';
import type { NatsNames } from './subjects.ts';
import { everyDiscovery, isNatsName, natsNames } from './subjects.ts';

/** A subcontractor as NATS knows it: a service identity with a key. */
export interface NatsSubcontractor {
  readonly name: string;
  /** Public half of its key: `U…`. */
  readonly publicKey: string;
  /** Names of the sites it may serve; `*`: all. */
  readonly sites: readonly string[];
  /** The same of modules. */
  readonly modules: readonly string[];
}

/** Whom an installation lets in on NATS. */
export interface NatsAccount {
  readonly installation: string;
  /** Public half of the key of the servers. */
  readonly server: string;
  readonly subcontractors: readonly NatsSubcontractor[];
}

/** What stands for all sites or modules, in a service and in a subject. */
const ALL = EVERY_SITE;

/**
 * The accounts of an installation in the configuration of a NATS server: one of the servers, which has the streams, and
 * one of each subcontractor, which reaches of that only what is its own: what has its name in the subject, and tasks and
 * claims of its sites and modules. Were two in one account, one could have JetStream, or a server, send its answer to a
 * subject of the other: NATS does not look who may publish to the subject a request is answered on. It holds no secret.
 */
export function natsAccount({ installation, server, subcontractors }: NatsAccount): string {
  const names = natsNames(installation);
  const account = `CONTRACTOR_${installation}`;
  const exported = exportedBy(names);
  return [
    `  ${account}: {`,
    '    jetstream: enabled',
    '    # the servers',
    `    users: [{ nkey: ${server} }]`,
    '    exports: [',
    ...exported.map((subject) => `      { service: ${quoted(subject)}, response: stream }`),
    '    ]',
    '  }',
    ...subcontractors.flatMap((one) => subcontractorAccount(names, account, one)),
    '',
  ].join('\n');
}

/** What subcontractors can reach of the account of the servers. */
const exportedBy = ({ installation }: NatsNames): readonly string[] => [
  everyDiscovery,
  ...['agents.*.*', 'beats.*.*', 'results.*.*.*', 'claims.*.*.*', 'secrets.*.*.*'].map(
    (kind) => `contractor.${installation}.${kind}`,
  ),
  '$JS.API.CONSUMER.INFO.*.*',
  '$JS.API.CONSUMER.MSG.NEXT.*.*',
  '$JS.ACK.>',
];

/** The account of a subcontractor; none where it may do nothing that NATS can name. */
function subcontractorAccount(names: NatsNames, servers: string, one: NatsSubcontractor): readonly string[] {
  const services = servicesOf(names, one);
  if (services.length === 0) return [];
  const deny = deniedOf(names, one);
  const denied = deny.length > 0 ? `, deny: [${deny.map(quoted).join(', ')}]` : '';
  return [
    `  ${servers}_${one.publicKey}: {`,
    `    # ${one.name}`,
    `    users: [{ nkey: ${one.publicKey}, permissions: {`,
    `      publish: { allow: [${services.map(({ as }) => quoted(as)).join(', ')}]${denied} }`,
    `      subscribe: { allow: ["_INBOX_${one.publicKey}.>"] }`,
    '    } }]',
    '    imports: [',
    ...services.map(({ subject, as }) => {
      const to = as === subject ? '' : `, to: ${quoted(numbered(as))}`;
      return `      { service: { account: ${servers}, subject: ${quoted(subject)} }${to} }`;
    }),
    '    ]',
    '  }',
  ];
}

/** A subject of the account of the servers, and what it is called in that of a subcontractor. */
interface ImportedService {
  readonly subject: string;
  readonly as: string;
}

/**
 * What a subcontractor reaches of the account of the servers, and may publish. What an agent of an earlier version says on
 * a subject without its name gets the name on the way.
 */
function servicesOf(names: NatsNames, { publicKey, sites, modules }: NatsSubcontractor): readonly ImportedService[] {
  const its = { sites: nameable(sites), modules: nameable(modules) };
  if (its.modules.length === 0) return [];
  const prefix = `contractor.${names.installation}`;
  const same = (subject: string): ImportedService => ({ subject, as: subject });
  const named = (subject: string): ImportedService[] => [
    same(`${subject}.${publicKey}`),
    { subject: `${subject}.${publicKey}`, as: subject },
  ];
  const call = (subject: string): ImportedService[] =>
    [names.importedApi(publicKey), names.formerImportedApi].map((api) => ({
      subject: `$JS.API.${subject}`,
      as: `${api}.${subject}`,
    }));
  return its.sites.flatMap((site) => {
    const stream = streamOf(names, site);
    return [
      same(`contractor.discover.${site}`),
      ...named(`${prefix}.agents.${site}`),
      ...named(`${prefix}.beats.${site}`),
      ...its.modules.flatMap((module) => [
        ...named(`${prefix}.results.${site}.${module}`),
        same(`${prefix}.claims.${site}.${module}.*`),
        same(`${prefix}.secrets.${site}.${module}.*`),
        ...call(`CONSUMER.INFO.${stream}.${module}`),
        ...call(`CONSUMER.MSG.NEXT.${stream}.${module}`),
        same(`$JS.ACK.${stream}.${module}.>`),
      ]),
    ];
  });
}

/** The stream of the tasks of a site. All sites have none of their own name: any stream, but that of the reports. */
const streamOf = (names: NatsNames, site: string): string => (site === ALL ? ALL : names.tasksStream(site));

/** What a subcontractor of all sites may not do all the same. */
function deniedOf(names: NatsNames, { publicKey, sites }: NatsSubcontractor): readonly string[] {
  if (!sites.includes(ALL)) return [];
  const reports = names.resultsStream;
  return [
    ...[names.importedApi(publicKey), names.formerImportedApi].flatMap((api) => [
      `${api}.CONSUMER.INFO.${reports}.>`,
      `${api}.CONSUMER.MSG.NEXT.${reports}.>`,
    ]),
    `$JS.ACK.${reports}.>`,
  ];
}

/** How an import writes a subject with wildcards that is called otherwise than what it stands for. */
function numbered(subject: string): string {
  let count = 0;
  return subject.replaceAll('*', () => `$${(count += 1)}`);
}

/** The configuration of a NATS server with these accounts and no other: nobody else is let in. */
export const natsConfiguration = (account: NatsAccount): string =>
  `# Written by Contractor. After a change: nats-server --signal reload; twice, where NATS is 2.9
accounts: {
${natsAccount(account)}}
`;

/** All of them where one stands for all; otherwise those that can be named on NATS, each once. */
function nameable(names: readonly string[]): readonly string[] {
  return names.includes(ALL) ? [ALL] : [...new Set(names.filter(isNatsName))].toSorted();
}

const quoted = (text: string): string => JSON.stringify(text);
