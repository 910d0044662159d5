import { defineModel, integer, parameter, shape, shaped, staticAction, text } from '#api';
import { formatAddress, InvalidAddress, parseAddress, parseMac } from '#ipam';
import { refuse } from '#kernel';
import { BOOT_KINDS, BOOT_OUTCOMES } from './boot-request.ts';
import { MAX_LISTED } from './boot-ledger.ts';
import type { ReportEntry } from './boot-trace.commands.ts';
import { ReportBootRequests } from './boot-trace.commands.ts';
import type { BootTraces } from './boot-traces.ts';
import { MAX_REPORTED } from './read-report.ts';

/** How many are answered unless said otherwise. */
const USUAL_COUNT = 100;

const tracesShape = shape.record({
  requests: shape.list(
    shape.record({
      time: shape.text('When it was asked for, ISO 8601.'),
      site: shape.textOrNull(),
      mac: shape.textOrNull('Of the machine; null where it is not known.'),
      ip_address: shape.text('Where it asked from; of a lease the address it has got.'),
      foundation: shape.textOrNull('The locator of the foundation.'),
      structure: shape.orNull(shape.count(), 'The id of the structure.'),
      kind: shape.text(`How it asked: ${BOOT_KINDS.join(', ')}.`),
      what: shape.text('The file, the path, the kind of document, or the name with a lease.'),
      outcome: shape.text(`What became of it: ${BOOT_OUTCOMES.join(', ')}.`),
      size: shape.count('How many octets it has got.'),
      duration_ms: shape.count('How long that took.'),
      detail: shape.text('What else there is to be said.'),
      agent: shape.text('The subcontractor that has served it; empty: the server.'),
    }),
  ),
});

/** An address as it is kept. @throws Refusal where it is none */
function addressOf(value: string): string {
  try {
    return formatAddress(parseAddress(value));
  } catch (error) {
    if (!(error instanceof InvalidAddress)) throw error;
    throw refuse('ip_address', 'INVALID_VALUE', `must be an address, not ${JSON.stringify(value)}`);
  }
}

/** A MAC as it is kept. @throws Refusal where it is none */
function macAs(value: string): string {
  const mac = parseMac(value);
  if (mac) return mac;
  throw refuse('mac', 'INVALID_VALUE', `must be a MAC, not ${JSON.stringify(value)}`);
}

/** What machines do while they boot. */
export const bootTraceModel = (traces: Pick<BootTraces, 'list'>) =>
  defineModel({
    path: 'SubContractor/BootTrace',
    doc: 'What machines ask for while they boot, and what they are given: leases, files over TFTP and HTTP, documents.',
    fields: {},
    actions: {
      show: staticAction({
        doc: 'The last requests of a machine, or of all, in the order in which they were made.',
        parameters: {
          site: parameter.reference('Site/Site', { default: null, doc: 'Only those at a site.' }),
          mac: text(undefined, { default: '', doc: 'Only those of a machine, by its MAC in any notation.' }),
          ip_address: text(undefined, { default: '', doc: 'Only those from an address.' }),
          foundation: parameter.reference('Building/Foundation', { default: null, doc: 'Only those of a foundation.' }),
          structure: parameter.reference('Building/Structure', { default: null, doc: 'Only those of a structure.' }),
          count: integer({ default: USUAL_COUNT, doc: `${MAX_LISTED} at the most.` }),
        },
        returns: shaped(tracesShape),
        permission: { grant: 'SubContractor.view_boottrace' },
        query: async ({ site, mac, ip_address: address, foundation, structure, count }) => {
          const found = await traces.list({
            ...(site === null ? {} : { site }),
            ...(mac ? { mac: macAs(mac) } : {}),
            ...(address ? { address: addressOf(address) } : {}),
            ...(foundation === null ? {} : { foundation }),
            ...(structure === null ? {} : { structure: Number(structure) }),
            count: Math.min(Math.max(1, count ?? USUAL_COUNT), MAX_LISTED),
          });
          return {
            requests: found.map(({ address: ip, durationMs, ...one }) => ({
              ...one,
              ip_address: ip,
              duration_ms: durationMs,
            })),
          };
        },
      }),
      report: staticAction({
        doc: 'Takes what an agent has seen: maps with `id` (its own, for each), `time`, `ip_address`, `mac`, `kind`, `what`, `outcome`, `size`, `duration_ms` and `detail`.',
        parameters: {
          site: parameter.reference('Site/Site'),
          agent: parameter.text({ doc: 'The name of the agent.' }),
          requests: parameter.map({ list: true, doc: `${MAX_REPORTED} at the most.` }),
        },
        permission: { grant: 'SubContractor.can_dispatch' },
        command: ({ site, agent, requests }) =>
          new ReportBootRequests(String(site), String(agent), requests as ReportEntry[]),
      }),
    },
  });
