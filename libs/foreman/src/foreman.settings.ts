import { defineSettings, integer, seconds, setting } from '#runtime/settings';

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
  agentGone: setting('CONTRACTOR_AGENT_GONE', seconds(1, 86_400), {
    default: '60',
    doc: 'seconds nothing is heard of a subcontractor before it is recorded that it is gone; one that polls has `CONTRACTOR_POLL_LEASE`',
  }),
  slowStep: setting('CONTRACTOR_SLOW_STEP', integer(2, 1000), {
    default: '10',
    doc: 'a step that takes this many times as long as it usually does is told in the message of its job',
  }),
});
