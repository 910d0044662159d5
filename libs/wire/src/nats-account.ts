import { EVERY_SITE } from './wire.ts';
import type { NatsNames } from './subjects.ts';
import { isNatsName, natsNames } from './subjects.ts';

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
 * one of the subcontractors, who have permissions for their own sites and modules, and reach of the other account only
 * what is imported. Were they in one, a subcontractor could have JetStream, or a server, send its answer to a subject such
 * as that which deletes a stream: NATS does not look who may publish to the subject a request is answered on. It holds no
 * secret.
 */
export function natsAccount({ installation, server, subcontractors }: NatsAccount): string {
  const names = natsNames(installation);
  const account = `CONTRACTOR_${installation}`;
  const users = subcontractors.flatMap((one) => {
    const { publish, deny } = permissionsOf(names, one);
    if (publish.length === 0) return [];
    const allow = `allow: [${publish.map(quoted).join(', ')}]`;
    const denied = deny.length > 0 ? `, deny: [${deny.map(quoted).join(', ')}]` : '';
    return [
      `      # ${one.name}`,
      `      { nkey: ${one.publicKey}, permissions: {`,
      `        publish: { ${allow}${denied} }`,
      `        subscribe: { allow: ["_INBOX_${one.publicKey}.>"] }`,
      '      } }',
    ];
  });
  const services = servicesOf(names);
  return [
    `  ${account}: {`,
    '    jetstream: enabled',
    '    # the servers',
    `    users: [{ nkey: ${server} }]`,
    '    exports: [',
    ...services.map(({ subject }) => `      { service: ${quoted(subject)}, response: stream }`),
    '    ]',
    '  }',
    `  ${account}_SUBCONTRACTORS: {`,
    '    users: [',
    ...users,
    '    ]',
    '    imports: [',
    ...services.map(({ subject, to }) => {
      const name = to === undefined ? '' : `, to: ${quoted(to)}`;
      return `      { service: { account: ${account}, subject: ${quoted(subject)} }${name} }`;
    }),
    '    ]',
    '  }',
    '',
  ].join('\n');
}

/** What subcontractors reach of the account of the servers. Every account has an API of JetStream of its own, so this one has another name there. */
const servicesOf = ({ installation, importedApi }: NatsNames): { readonly subject: string; readonly to?: string }[] => [
  { subject: 'contractor.discover.*' },
  ...['agents.*', 'beats.*', 'results.*.*', 'claims.*.*.*'].map((kind) => ({
    subject: `contractor.${installation}.${kind}`,
  })),
  ...['CONSUMER.INFO.*.*', 'CONSUMER.MSG.NEXT.*.*'].map((call) => ({
    subject: `$JS.API.${call}`,
    to: `${importedApi}.${call}`,
  })),
  { subject: '$JS.ACK.>' },
];

/** The configuration of a NATS server with this account and no other: nobody else is let in. */
export const natsConfiguration = (account: NatsAccount): string =>
  `# Written by Contractor. After a change: nats-server --signal reload\naccounts: {\n${natsAccount(account)}}\n`;

/** What a subcontractor may publish: nothing that has to do with other sites or modules. */
function permissionsOf(names: NatsNames, { sites, modules }: NatsSubcontractor) {
  const its = { sites: nameable(sites), modules: nameable(modules) };
  const publish = its.sites.flatMap((site) => {
    // All sites have no stream of their own name: any stream of the account, but that of the reports.
    const stream = site === ALL ? ALL : names.tasksStream(site);
    const prefix = `contractor.${names.installation}`;
    return [
      `contractor.discover.${site}`,
      `${prefix}.agents.${site}`,
      `${prefix}.beats.${site}`,
      ...its.modules.flatMap((module) => [
        `${prefix}.results.${site}.${module}`,
        `${prefix}.claims.${site}.${module}.*`,
        `${names.importedApi}.CONSUMER.INFO.${stream}.${module}`,
        `${names.importedApi}.CONSUMER.MSG.NEXT.${stream}.${module}`,
        `$JS.ACK.${stream}.${module}.>`,
      ]),
    ];
  });
  const reports = names.resultsStream;
  const deny = its.sites.includes(ALL)
    ? [
        `${names.importedApi}.CONSUMER.INFO.${reports}.>`,
        `${names.importedApi}.CONSUMER.MSG.NEXT.${reports}.>`,
        `$JS.ACK.${reports}.>`,
      ]
    : [];
  return { publish: its.modules.length === 0 ? [] : publish, deny };
}

/** All of them where one stands for all; otherwise those that can be named on NATS, each once. */
function nameable(names: readonly string[]): readonly string[] {
  return names.includes(ALL) ? [ALL] : [...new Set(names.filter(isNatsName))].toSorted();
}

const quoted = (text: string): string => JSON.stringify(text);
