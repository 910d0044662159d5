/** Version of the public events: raised when one of them goes, or its data lose a field or change its meaning. */
export const PUBLIC_EVENTS_VERSION = 1;

/** What outsiders may be told of one kind of stream. */
interface PublicStream {
  /** The model of the object its events are about; where there are several kinds of these, what they have in common. */
  readonly model: string;
  /** Other models of such objects, where they have none in common. */
  readonly alsoOf?: readonly string[];
  /** The field of their data that holds the id of the object, where that is not in the name of the stream. */
  readonly idIn?: string;
  /** By the type of event: the kind it is told as. What is not here is nobody else's business. */
  readonly kinds: Readonly<Record<string, string>>;
  /** The fields of their data that are told; all of them unless said. */
  readonly fields?: readonly string[];
}

/** How far a job has come, without the machine of its script and the cookies of its tasks. */
const JOB_FIELDS = [
  'message',
  'task',
  'reason',
  'retry',
  'answer',
  'state',
  'by',
  'pxe',
  'wakeAt',
  'transport',
  'note',
  'hold',
  'rule',
  'holder',
  'until',
  'seconds',
  'whenOver',
];

/**
 * The public events, by the category of their streams: a contract with outsiders, so kinds stay when types of events get
 * other names. What is missing is how Contractor keeps its own order (names that are taken, things that are closed to be
 * looked at) or goes to nobody (programs of scripts).
 */
export const PUBLIC_STREAMS: Readonly<Record<string, PublicStream>> = {
  address: {
    model: 'Utilities/BaseAddress',
    kinds: {
      AddressDefined: 'address.created',
      AddressPlaced: 'address.moved',
      AddressAssigned: 'address.assigned',
      AddressInterfaceChosen: 'address.interface_changed',
      AddressPointed: 'address.pointer_changed',
      AddressPrimaryChosen: 'address.primary_changed',
      AddressReasonGiven: 'address.reason_changed',
      AddressPxeChosen: 'address.pxe_changed',
      AddressDeleted: 'address.deleted',
      AddressRestored: 'address.restored',
    },
  },
  addressBlock: {
    model: 'Utilities/AddressBlock',
    kinds: {
      AddressBlockDefined: 'address_block.created',
      AddressBlockRenamed: 'address_block.renamed',
      AddressBlockMoved: 'address_block.moved',
      AddressBlockResized: 'address_block.resized',
      AddressBlockGatewayChosen: 'address_block.gateway_changed',
      OffsetTaken: 'address_block.offset_taken',
      OffsetFreed: 'address_block.offset_freed',
      OffsetHeld: 'address_block.offset_held',
      OffsetHoldEnded: 'address_block.hold_ended',
      AddressBlockDeleted: 'address_block.deleted',
      AddressBlockRestored: 'address_block.restored',
    },
  },
  blueprint: {
    model: 'BluePrint/BluePrint',
    kinds: {
      BluePrintDefined: 'blueprint.created',
      BluePrintDescribed: 'blueprint.described',
      BluePrintConfigured: 'blueprint.configured',
      BluePrintParentsChosen: 'blueprint.parents_changed',
      FoundationTypesChosen: 'blueprint.foundation_types_changed',
      ValidationTemplateChosen: 'blueprint.validation_template_changed',
      PhysicalInterfacesNamed: 'blueprint.physical_interfaces_changed',
      FoundationBluePrintsAllowed: 'blueprint.foundation_blueprints_changed',
      FoundationBluePrintsLinked: 'blueprint.foundation_blueprints_linked',
      FoundationBluePrintsUnlinked: 'blueprint.foundation_blueprints_unlinked',
      ConfigSchemaChosen: 'blueprint.config_schema_changed',
      SlotFilled: 'blueprint.script_linked',
      SlotEmptied: 'blueprint.script_unlinked',
      BluePrintDeleted: 'blueprint.deleted',
      BluePrintRestored: 'blueprint.restored',
    },
  },
  box: {
    model: 'PostOffice/FoundationBox',
    alsoOf: ['PostOffice/StructureBox'],
    kinds: {
      BoxDefined: 'box.created',
      BoxChanged: 'box.changed',
      BoxExpiryChosen: 'box.expiry_changed',
      BoxDeleted: 'box.deleted',
    },
    // Addresses of receivers, and what they are sent besides, may be what they know their caller by.
    fields: ['kind', 'target', 'type', 'oneShot', 'expires'],
  },
  cartographer: {
    model: 'Survey/Cartographer',
    kinds: {
      CartographerRegistered: 'cartographer.registered',
      CartographerRestarted: 'cartographer.restarted',
      CartographerReported: 'cartographer.reported',
      CartographerMatched: 'cartographer.matched',
      CartographerAssigned: 'cartographer.assigned',
      CartographerMessaged: 'cartographer.message_changed',
      CartographerDone: 'cartographer.done',
      CartographerDropped: 'cartographer.dropped',
      CartographerDeleted: 'cartographer.deleted',
    },
    // A whole report is read from the object.
    fields: ['foundation', 'matchedBy', 'message', 'silentSince'],
  },
  complex: {
    model: 'Building/Complex',
    kinds: {
      ComplexDefined: 'complex.created',
      ComplexMoved: 'complex.moved',
      ComplexDescribed: 'complex.described',
      ComplexThresholdSet: 'complex.threshold_changed',
      ComplexMembersChanged: 'complex.members_changed',
      ComplexHostChosen: 'complex.host_changed',
      ComplexOwnFieldsChanged: 'complex.changed',
      ComplexDeleted: 'complex.deleted',
      ComplexRestored: 'complex.restored',
    },
  },
  complexStructure: {
    model: 'Building/ComplexStructure',
    kinds: {
      ComplexStructureAdded: 'complex_structure.created',
      ComplexStructureChanged: 'complex_structure.changed',
      ComplexStructureRemoved: 'complex_structure.deleted',
      ComplexStructureRestored: 'complex_structure.restored',
    },
  },
  dependency: {
    model: 'Building/Dependency',
    kinds: {
      DependencyDefined: 'dependency.created',
      DependencyChanged: 'dependency.changed',
      DependencyTaken: 'dependency.job_begun',
      DependencyReleased: 'dependency.job_ended',
      DependencyBuilt: 'dependency.built',
      DependencyDestroyed: 'dependency.destroyed',
      DependencyForced: 'dependency.forced',
      DependencyDeleted: 'dependency.deleted',
      DependencyRestored: 'dependency.restored',
    },
  },
  deprovision: {
    model: 'Building/Deprovision',
    kinds: {
      DeprovisionBegun: 'deprovision.begun',
      MachinesRemoved: 'deprovision.machines_removed',
      MachinesKept: 'deprovision.machines_kept',
      DeprovisionCanceled: 'deprovision.canceled',
    },
  },
  entry: {
    model: 'Directory/Entry',
    kinds: {
      EntryDefined: 'entry.created',
      EntryMoved: 'entry.moved',
      EntryRenamed: 'entry.renamed',
      EntryServiceChosen: 'entry.service_changed',
      EntryPointed: 'entry.target_changed',
      EntryDeleted: 'entry.deleted',
      EntryRestored: 'entry.restored',
    },
  },
  foundation: {
    model: 'Building/Foundation',
    kinds: {
      FoundationDefined: 'foundation.created',
      FoundationSiteChosen: 'foundation.moved',
      FoundationBluePrintChosen: 'foundation.blueprint_changed',
      FoundationIdentified: 'foundation.identified',
      FoundationOwnFieldsChanged: 'foundation.changed',
      FoundationCarrierChosen: 'foundation.carrier_changed',
      FoundationLabelsChanged: 'foundation.labels_changed',
      FoundationOwnerChosen: 'foundation.owner_changed',
      FoundationTaken: 'foundation.job_begun',
      FoundationReleased: 'foundation.job_ended',
      FoundationLocated: 'foundation.located',
      FoundationBuilt: 'foundation.built',
      FoundationDestroyed: 'foundation.destroyed',
      FoundationForced: 'foundation.forced',
      FoundationOccupied: 'foundation.occupied',
      FoundationVacated: 'foundation.vacated',
      FoundationBound: 'foundation.bound',
      FoundationUnbound: 'foundation.unbound',
      FoundationAddressBorrowed: 'foundation.address_borrowed',
      FoundationAddressReturned: 'foundation.address_returned',
      FoundationSurveyBegun: 'foundation.survey_begun',
      FoundationSurveyEnded: 'foundation.survey_ended',
      FoundationHardwareDrifted: 'foundation.hardware_drifted',
      FoundationHardwareAccepted: 'foundation.hardware_accepted',
      FoundationHardwareReturned: 'foundation.hardware_returned',
      FoundationMachineDrifted: 'foundation.machine_drifted',
      FoundationMachineAccepted: 'foundation.machine_accepted',
      FoundationMachineReturned: 'foundation.machine_returned',
      FoundationAdopted: 'foundation.adopted',
      FoundationDeleted: 'foundation.deleted',
      FoundationRestored: 'foundation.restored',
    },
  },
  group: {
    model: 'Auth/Group',
    kinds: {
      GroupDefined: 'group.created',
      GroupPermissionGranted: 'group.permission_granted',
      GroupPermissionRevoked: 'group.permission_revoked',
      GroupDeleted: 'group.deleted',
    },
  },
  holdRules: {
    model: 'Foreman/HoldRule',
    idIn: 'rule',
    kinds: {
      HoldRuleAdded: 'hold_rule.created',
      HoldRuleChanged: 'hold_rule.changed',
      HoldRuleRemoved: 'hold_rule.deleted',
    },
  },
  intakeRule: {
    model: 'Survey/IntakeRule',
    kinds: {
      IntakeRuleDefined: 'intake_rule.created',
      IntakeRuleSwitched: 'intake_rule.switched',
      IntakeRuleOrdered: 'intake_rule.ordered',
      IntakeRuleNarrowed: 'intake_rule.fingerprint_changed',
      IntakeRuleAimed: 'intake_rule.changed',
      IntakeRuleDeleted: 'intake_rule.deleted',
      IntakeRuleRestored: 'intake_rule.restored',
    },
  },
  job: {
    model: 'Foreman/BaseJob',
    fields: JOB_FIELDS,
    kinds: {
      JobCreated: 'job.created',
      JobStarted: 'job.started',
      JobStepRequested: 'job.step_requested',
      JobTaskDispatched: 'job.task_dispatched',
      JobStepCompleted: 'job.step_completed',
      JobStepFailed: 'job.step_failed',
      JobStepSlow: 'job.step_slow',
      JobTaskLapsed: 'job.task_lapsed',
      JobTaskObserved: 'job.task_observed',
      JobTaskSettled: 'job.task_settled',
      JobRetryScheduled: 'job.retry_scheduled',
      JobPaused: 'job.paused',
      JobResumed: 'job.resumed',
      JobFailed: 'job.failed',
      JobReset: 'job.reset',
      JobRolledBack: 'job.rolled_back',
      JobAborted: 'job.aborted',
      JobAlerted: 'job.alerted',
      JobMessagePosted: 'job.message_posted',
      JobSignalReceived: 'job.signal_received',
      JobWindowIgnored: 'job.window_ignored',
      JobHeld: 'job.held',
      JobHoldReleased: 'job.hold_released',
      JobHoldOverridden: 'job.hold_overridden',
      JobHoldTimedOut: 'job.hold_timed_out',
      JobCanceled: 'job.canceled',
      JobEnded: 'job.ended',
    },
  },
  limit: {
    model: 'Foreman/Limit',
    kinds: { LimitSet: 'limit.set', LimitRemoved: 'limit.deleted', LimitRestored: 'limit.restored' },
  },
  logicalInterface: {
    model: 'Utilities/NetworkInterface',
    kinds: {
      LogicalInterfaceDefined: 'logical_interface.created',
      LogicalInterfaceMoved: 'logical_interface.moved',
      LogicalInterfaceRenamed: 'logical_interface.renamed',
      LogicalInterfaceAttached: 'logical_interface.network_changed',
      LogicalInterfaceAggregated: 'logical_interface.members_changed',
      LogicalInterfaceParametersSet: 'logical_interface.parameters_changed',
      LogicalInterfaceDeleted: 'logical_interface.deleted',
      LogicalInterfaceRestored: 'logical_interface.restored',
    },
  },
  maintenanceWindow: {
    model: 'Foreman/MaintenanceWindow',
    kinds: {
      MaintenanceWindowDefined: 'maintenance_window.created',
      MaintenanceWindowDescribed: 'maintenance_window.described',
      MaintenanceWindowScheduled: 'maintenance_window.scheduled',
      MaintenanceWindowDeleted: 'maintenance_window.deleted',
      MaintenanceWindowRestored: 'maintenance_window.restored',
    },
  },
  network: {
    model: 'Utilities/Network',
    kinds: {
      NetworkDefined: 'network.created',
      NetworkRenamed: 'network.renamed',
      NetworkMoved: 'network.moved',
      NetworkMtuChosen: 'network.mtu_changed',
      NetworkDeleted: 'network.deleted',
      NetworkRestored: 'network.restored',
    },
  },
  networkAddressBlock: {
    model: 'Utilities/NetworkAddressBlock',
    kinds: {
      NetworkAddressBlockDefined: 'network_address_block.created',
      NetworkAddressBlockMoved: 'network_address_block.moved',
      NetworkAddressBlockTagged: 'network_address_block.tagged',
      NetworkAddressBlockDeleted: 'network_address_block.deleted',
      NetworkAddressBlockRestored: 'network_address_block.restored',
    },
  },
  networked: {
    model: 'Utilities/Networked',
    kinds: {
      NetworkedDefined: 'networked.created',
      NetworkedRenamed: 'networked.renamed',
      NetworkedMoved: 'networked.moved',
      NetworkedZoneChosen: 'networked.zone_changed',
      NetworkedDeleted: 'networked.deleted',
      NetworkedRestored: 'networked.restored',
    },
  },
  plot: {
    model: 'Survey/Plot',
    kinds: {
      PlotDefined: 'plot.created',
      PlotBounded: 'plot.changed',
      PlotMoved: 'plot.moved',
      PlotDeleted: 'plot.deleted',
      PlotRestored: 'plot.restored',
    },
  },
  position: {
    model: 'Survey/Position',
    kinds: {
      PositionDefined: 'position.created',
      PositionChosen: 'position.moved',
      PositionDrawn: 'position.drawn',
      PositionDeleted: 'position.deleted',
      PositionRestored: 'position.restored',
    },
  },
  image: {
    model: 'Image/Image',
    kinds: {
      ImageDefined: 'image.created',
      ImageDescribed: 'image.described',
      ImageDeleted: 'image.deleted',
      ImageRestored: 'image.restored',
    },
  },
  pxe: {
    model: 'BluePrint/PXE',
    kinds: {
      PxeDefined: 'pxe.created',
      BootScriptWritten: 'pxe.boot_script_changed',
      PxeTemplateWritten: 'pxe.template_changed',
      PxeDeleted: 'pxe.deleted',
      PxeRestored: 'pxe.restored',
    },
    // Boot scripts are long, and may hold what is nobody else's business.
    fields: ['name'],
  },
  realInterface: {
    model: 'Utilities/RealNetworkInterface',
    kinds: {
      RealInterfaceDefined: 'interface.created',
      RealInterfaceMoved: 'interface.moved',
      RealInterfaceRenamed: 'interface.renamed',
      RealInterfaceLocated: 'interface.physical_location_changed',
      RealInterfaceAttached: 'interface.network_changed',
      RealInterfaceMacChosen: 'interface.mac_changed',
      RealInterfaceProvisioningChosen: 'interface.provisioning_changed',
      RealInterfaceLinkNamed: 'interface.link_changed',
      RealInterfacePxeChosen: 'interface.pxe_changed',
      RealInterfaceDeleted: 'interface.deleted',
      RealInterfaceRestored: 'interface.restored',
    },
  },
  script: {
    model: 'BluePrint/Script',
    kinds: {
      ScriptWritten: 'script.created',
      ScriptDescribed: 'script.described',
      ScriptRewritten: 'script.changed',
      ScriptDeleted: 'script.deleted',
      ScriptRestored: 'script.restored',
    },
    fields: ['description'],
  },
  service: {
    model: 'Auth/Service',
    kinds: {
      ServiceDefined: 'service.created',
      ServiceAssigned: 'service.assigned',
      ServiceEnabled: 'service.enabled',
      ServiceDisabled: 'service.disabled',
      ServicePermissionGranted: 'service.permission_granted',
      ServicePermissionRevoked: 'service.permission_revoked',
      ServiceTokenRenewed: 'service.token_renewed',
      ServiceDeleted: 'service.deleted',
    },
    fields: ['enabled', 'serves', 'permissions', 'permission'],
  },
  site: {
    model: 'Site/Site',
    kinds: {
      SiteDefined: 'site.created',
      SiteDescribed: 'site.described',
      SiteZoneChosen: 'site.zone_changed',
      SiteMoved: 'site.moved',
      SiteConfigured: 'site.configured',
      SiteDeleted: 'site.deleted',
      SiteRestored: 'site.restored',
    },
  },
  structure: {
    model: 'Building/Structure',
    kinds: {
      StructureDefined: 'structure.created',
      StructureRenamed: 'structure.renamed',
      StructureMoved: 'structure.moved',
      StructureZoneChosen: 'structure.zone_changed',
      StructureBluePrintChosen: 'structure.blueprint_changed',
      StructurePlaced: 'structure.placed',
      StructureConfigured: 'structure.configured',
      StructureLabelsChanged: 'structure.labels_changed',
      StructureOwnerChosen: 'structure.owner_changed',
      StructureTaken: 'structure.job_begun',
      StructureReleased: 'structure.job_ended',
      StructureBuilt: 'structure.built',
      StructureDestroyed: 'structure.destroyed',
      StructureForced: 'structure.forced',
      ComplexJoined: 'structure.complex_joined',
      ComplexLeft: 'structure.complex_left',
      StructureDeleted: 'structure.deleted',
      StructureRestored: 'structure.restored',
    },
  },
  dhcpLease: {
    model: 'SubContractor/DHCPLease',
    kinds: { DhcpLeaseGranted: 'dhcp_lease.granted', DhcpLeaseEnded: 'dhcp_lease.ended' },
  },
  subcontractor: {
    model: 'SubContractor/Subcontractor',
    kinds: {
      SubcontractorAppeared: 'subcontractor.appeared',
      SubcontractorModulesChanged: 'subcontractor.modules_changed',
      SubcontractorGone: 'subcontractor.gone',
      SubcontractorForgotten: 'subcontractor.forgotten',
    },
  },
  subscription: {
    model: 'PostOffice/Subscription',
    kinds: {
      SubscriptionDefined: 'subscription.created',
      SubscriptionDescribed: 'subscription.described',
      SubscriptionUrlChosen: 'subscription.url_changed',
      SubscriptionSelectionChosen: 'subscription.selection_changed',
      SubscriptionProxyChosen: 'subscription.proxy_changed',
      SubscriptionExpiryChosen: 'subscription.expiry_changed',
      SubscriptionHeadersChosen: 'subscription.headers_changed',
      SubscriptionSwitched: 'subscription.switched',
      SubscriptionKeyRenewed: 'subscription.key_renewed',
      SubscriptionDeleted: 'subscription.deleted',
    },
    // Neither keys nor headers, and no addresses, which may be what receivers know their caller by.
    fields: ['description', 'kinds', 'site', 'blueprint', 'expires', 'enabled'],
  },
  user: {
    model: 'Auth/Account',
    kinds: {
      UserCreated: 'user.created',
      UserPromoted: 'user.promoted',
      UserDemoted: 'user.demoted',
      UserEnabled: 'user.enabled',
      UserDisabled: 'user.disabled',
      UserJoinedGroup: 'user.group_joined',
      UserLeftGroup: 'user.group_left',
      UserPermissionGranted: 'user.permission_granted',
      UserPermissionRevoked: 'user.permission_revoked',
      PasswordChanged: 'user.password_changed',
      UserDeleted: 'user.deleted',
    },
    fields: ['superuser', 'enabled', 'groups', 'permissions', 'group', 'permission'],
  },
  wave: {
    model: 'Foreman/Wave',
    kinds: {
      WaveCreated: 'wave.created',
      WaveBatchBegun: 'wave.batch_begun',
      WaveJobCreated: 'wave.job_created',
      WaveTargetSkipped: 'wave.target_skipped',
      WaveTargetDone: 'wave.target_done',
      WaveTargetFailed: 'wave.target_failed',
      WaveTargetResumed: 'wave.target_resumed',
      WavePaused: 'wave.paused',
      WaveResumed: 'wave.resumed',
      WaveCanceled: 'wave.canceled',
      WaveFinished: 'wave.finished',
      WaveDeleted: 'wave.deleted',
    },
    // As many targets as there are machines.
    fields: [
      'description',
      'kind',
      'script',
      'batchSize',
      'maxFailures',
      'creator',
      'batch',
      'target',
      'job',
      'reason',
      'by',
    ],
  },
  zone: {
    model: 'Directory/Zone',
    kinds: {
      ZoneDefined: 'zone.created',
      ZoneRenamed: 'zone.renamed',
      ZoneMoved: 'zone.moved',
      ZoneTimed: 'zone.timing_changed',
      ZoneDeleted: 'zone.deleted',
      ZoneRestored: 'zone.restored',
    },
  },
};

/** Categories of the streams that public events come from. */
export const PUBLIC_CATEGORIES: readonly string[] = Object.keys(PUBLIC_STREAMS);

/** Every kind of public event, sorted. */
export const PUBLIC_KINDS: readonly string[] = Object.values(PUBLIC_STREAMS)
  .flatMap(({ kinds }) => Object.values(kinds))
  .toSorted();
