/** What the commands are about that begin with the same words; where nothing is said, help names them. */
export const GROUPS: Readonly<Record<string, string>> = {
  context: 'servers by name, and which of them is used',
  dns: 'DNS zones and BIND',
  group: 'groups of users',
  job: 'jobs under way',
  nats: 'NATS, which carries tasks to subcontractors',
  permission: 'what can be granted',
  resources: 'resource files: scripts, blueprints and PXEs',
  service: 'service identities, such as subcontractors',
  session: 'open sessions',
  user: 'users',
};
