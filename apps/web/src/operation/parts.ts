/** A page about how the installation is run. */
export interface Part {
  readonly label: string;
  readonly path: string;
  /** The permissions of which one lets somebody see it; none: everybody with a session. */
  readonly permissions: readonly string[];
}

/** The pages about how the installation is run, in their order. */
export const parts: readonly Part[] = [
  { label: 'Health', path: '/operation/health', permissions: [] },
  {
    label: 'Subcontractors',
    path: '/operation/subcontractors',
    permissions: ['SubContractor.view_subcontractor'],
  },
  { label: 'Holds', path: '/operation/holds', permissions: ['Foreman.view_hold', 'Foreman.view_holdrule'] },
  {
    label: 'Webhooks',
    path: '/operation/webhooks',
    permissions: [
      'PostOffice.view_subscription',
      'PostOffice.view_delivery',
      'PostOffice.view_foundationbox',
      'PostOffice.view_structurebox',
    ],
  },
  { label: 'Dead letters', path: '/operation/deadletters', permissions: ['Records.view_deadletter'] },
  { label: 'Read models', path: '/operation/readmodels', permissions: ['Records.view_readmodel'] },
  { label: 'Log', path: '/operation/log', permissions: ['Records.can_verify'] },
  { label: 'Settings', path: '/operation/settings', permissions: ['Records.view_server'] },
];
