const verbs = (namespace: string, models: readonly string[]): string[] =>
  models.flatMap((model) => ['view', 'add', 'change', 'delete'].map((verb) => `${namespace}.${verb}_${model}`));

/** The groups a set-up makes, and the permissions of each. */
export const STANDARD_GROUPS: Readonly<Record<string, readonly string[]>> = {
  worker: [
    'Building.can_create_foundation_job',
    'Building.can_create_structure_job',
    'Building.can_create_dependency_job',
    'Foreman.can_base_job',
    'Foreman.can_foundation_job',
    'Foreman.can_structure_job',
    'Foreman.can_dependency_job',
    'Survey.delete_cartographer',
    'Survey.can_assign_foundation',
  ],
  builder: [
    'Building.can_config_structure',
    'Building.can_create_foundation',
    ...verbs('Building', ['structure', 'complexstructure', 'dependency']),
    ...verbs('Utilities', [
      'address',
      'abstractnetworkinterface',
      'aggregatednetworkinterface',
      'realnetworkinterface',
      'networked',
    ]),
  ],
  infrastructure: [
    ...verbs('Site', ['site']),
    ...verbs('Directory', ['entry', 'zone']),
    ...verbs('Survey', ['plot']),
    ...verbs('Utilities', ['addressblock', 'dynamicaddress', 'reservedaddress', 'network', 'networkaddressblock']),
  ],
  designer: verbs('BluePrint', ['blueprintscript', 'foundationblueprint', 'structureblueprint', 'script', 'pxe']),
};

/** The group that builds on a platform's foundations, and the one that looks after its complexes. */
export const BUILDERS = 'builder';
export const INFRASTRUCTURE = 'infrastructure';
