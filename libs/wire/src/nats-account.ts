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
 * The accounts of an installation in the configuration of a NATS server: one of the server, which has the streams, and
 * one of every subcontractor, which reaches the server's only through what it imports of its own sites and modules. In an
 * account of the server's a subcontractor could have JetStream send its answers to whatever subject it likes, for NATS
 * does not look who may publish to a reply subject; so they stay in its own. It holds no secret.
 */
export function natsAccount({ installation, server, subcontractors }: NatsAccount): string {
  const names = natsNames(installation);
  const account = `CONTRACTOR_${installation}`;
  const others = subcontractors.flatMap((one) => {
    const { publish, deny } = permissionsOf(names, one);
    if (publish.length === 0) return [];
    const allow = `allow: [${publish.map(quoted).join(', ')}]`;
    const denied = deny.length > 0 ? `, deny: [${deny.map(quoted).join(', ')}]` : '';
    return [
      `  # ${one.name}`,
      `  ${account}_${one.publicKey}: {`,
      '    users: [',
      `      { nkey: ${one.publicKey}, permissions: {`,
      `        publish: { ${allow}${denied} }`,
      `        subscribe: { allow: ["_INBOX_${one.publicKey}.>"] }`,
      '      } }',
      '    ]',
      '    imports: [',
      ...publish.map((subject) => importOf(account, names, subject)),
      '    ]',
      '  }',
    ];
  });
  return [
    `  ${account}: {`,
    '    jetstream: enabled',
    '    # the servers',
    `    users: [{ nkey: ${server} }]`,
    '    exports: [',
    ...EXPORTS.map((subject) => `      { service: ${quoted(subject)}, response: stream }`),
    '    ]',
    '  }',
    ...others,
    '',
  ].join('\n');
}

/** What the accounts of subcontractors may import, where they are told to. */
const EXPORTS = ['contractor.>', '$JS.API.CONSUMER.INFO.>', '$JS.API.CONSUMER.MSG.NEXT.>', '$JS.ACK.>'];

/** A service of the account of the servers; the API of JetStream is known under another name, for every account has one of its own. */
function importOf(account: string, { importedApi }: NatsNames, subject: string): string {
  const isApi = subject.startsWith(`${importedApi}.`);
  const theirs = isApi ? `$JS.API${subject.slice(importedApi.length)}` : subject;
  const to = isApi ? `, to: ${quoted(subject)}` : '';
  return `      { service: { account: ${account}, subject: ${quoted(theirs)} }${to} }`;
}

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
