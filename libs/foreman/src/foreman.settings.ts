import { defineSettings, seconds, setting } from '#runtime/settings';

/** How long agents may be silent. */
export const foremanSettings = defineSettings('foreman', {
  lease: setting('CONTRACTOR_LEASE', seconds(1, 86_400), {
    default: '30',
    doc: 'seconds a subcontractor may be silent before its task is taken to be lost',
  }),
  pollLease: setting('CONTRACTOR_POLL_LEASE', seconds(1, 86_400), {
    default: '600',
    doc: 'the same for agents that poll over HTTP',
  }),
});
