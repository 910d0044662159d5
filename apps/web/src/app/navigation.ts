/** An entry of the navigation: its label, where it leads, and whether it shows the selected site alone. */
export interface NavigationEntry {
  readonly label: string;
  readonly path: string;
  readonly scoped?: boolean;
  /** The permission without which there is nothing to see. */
  readonly permission?: string;
  /** A name the same page had before. */
  readonly alias?: string;
}

/** The navigation of old, in its order; what came later stands behind. */
export const navigation: readonly NavigationEntry[] = [
  { label: 'Home', path: '/' },
  { label: 'Sites', path: '/sites', permission: 'Site.view_site' },
  { label: 'Plots', path: '/plots', permission: 'Survey.view_plot' },
  { label: 'Networks', path: '/networks', scoped: true, permission: 'Utilities.view_network' },
  { label: 'BluePrints', path: '/blueprints', permission: 'BluePrint.view_blueprint' },
  { label: 'PXEs', path: '/pxes', permission: 'BluePrint.view_pxe' },
  { label: 'Foundations', path: '/foundations', scoped: true, permission: 'Building.view_foundation' },
  {
    label: 'Dependencies',
    path: '/dependencies',
    alias: '/dependancies',
    scoped: true,
    permission: 'Building.view_dependency',
  },
  { label: 'Structures', path: '/structures', scoped: true, permission: 'Building.view_structure' },
  { label: 'Complexes', path: '/complexes', scoped: true, permission: 'Building.view_complex' },
  { label: 'Address Blocks', path: '/addressblocks', scoped: true, permission: 'Utilities.view_addressblock' },
  { label: 'Jobs', path: '/jobs', scoped: true, permission: 'Foreman.view_basejob' },
  { label: 'Cartographer', path: '/cartographer', permission: 'Survey.view_cartographer' },
  { label: 'Job Log', path: '/joblog', scoped: true, permission: 'Foreman.view_joblog' },
  { label: 'Todo', path: '/todo', scoped: true, permission: 'Building.view_foundation' },
  { label: 'Graph', path: '/graph', scoped: true, permission: 'Site.view_site' },
  { label: 'Timeline', path: '/timeline', scoped: true },
  { label: 'Operation', path: '/operation' },
];
