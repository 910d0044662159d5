import type { AnyDecider } from '#kernel';
import type { Upcasters } from '#event-store';
import { mergeUpcasters } from '#event-store';
import type { ReadModel } from '#read-store';
import { secretNamesRegister, secretNamesRows } from '../../libs/api/src/declared-secrets.ts';
import { secret } from '../../libs/api/src/erase-secret.ts';
import { group } from '../../libs/auth/src/group.ts';
import { groups } from '../../libs/auth/src/groups.ts';
import { accessTokens } from '../../libs/auth/src/access-tokens.ts';
import { openSessions } from '../../libs/auth/src/open-sessions.ts';
import { person } from '../../libs/auth/src/person.ts';
import { service } from '../../libs/auth/src/service.ts';
import { services } from '../../libs/auth/src/services.ts';
import { superusers } from '../../libs/auth/src/superusers.ts';
import { user } from '../../libs/auth/src/user.ts';
import { users } from '../../libs/auth/src/users.ts';
import { blueprint } from '../../libs/blueprint/src/blueprint.ts';
import { blueprints } from '../../libs/blueprint/src/blueprints.ts';
import { pxe } from '../../libs/blueprint/src/pxe.ts';
import { pxes } from '../../libs/blueprint/src/pxes.ts';
import { scriptLink } from '../../libs/blueprint/src/script-link.ts';
import { scriptLinks } from '../../libs/blueprint/src/script-links.ts';
import { script } from '../../libs/blueprint/src/script.ts';
import { scripts } from '../../libs/blueprint/src/scripts.ts';
import { complexStructure } from '../../libs/building/src/complex/complex-structure.ts';
import { complexStructures } from '../../libs/building/src/complex/complex-structures.ts';
import { complex } from '../../libs/building/src/complex/complex.ts';
import { complexes } from '../../libs/building/src/complex/complexes.ts';
import { dependencies } from '../../libs/building/src/dependency/dependencies.ts';
import { dependency } from '../../libs/building/src/dependency/dependency.ts';
import { foundation } from '../../libs/building/src/foundation.ts';
import { foundations } from '../../libs/building/src/foundations.ts';
import { foundationInterfaces } from '../../libs/building/src/interface/foundation-interfaces.ts';
import { logicalInterface } from '../../libs/building/src/interface/logical-interface.ts';
import { logicalInterfaces } from '../../libs/building/src/interface/logical-interfaces.ts';
import { structureInterfaces } from '../../libs/building/src/interface/structure-interfaces.ts';
import { realInterface } from '../../libs/building/src/interface/real-interface.ts';
import { realInterfaces } from '../../libs/building/src/interface/real-interfaces.ts';
import { networked } from '../../libs/building/src/networked/networked.ts';
import { networkeds } from '../../libs/building/src/networked/networkeds.ts';
import { hostName } from '../../libs/building/src/structure/host-name.ts';
import { structure } from '../../libs/building/src/structure/structure.ts';
import { structures } from '../../libs/building/src/structure/structures.ts';
import { complexPorts } from '../../libs/docker-ports/src/complex-ports.ts';
import { dockerPort } from '../../libs/docker-ports/src/docker-port.ts';
import { dockerPorts } from '../../libs/docker-ports/src/docker-ports.ts';
import { entries } from '../../libs/directory/src/entries.ts';
import { entry } from '../../libs/directory/src/entry.ts';
import { zoneNames } from '../../libs/directory/src/zone-names.ts';
import { zone } from '../../libs/directory/src/zone.ts';
import { zones } from '../../libs/directory/src/zones.ts';
import { image } from '../../libs/images/src/image.ts';
import { images } from '../../libs/images/src/images.ts';
import { address } from '../../libs/ipam/src/address/address.ts';
import { addresses } from '../../libs/ipam/src/address/addresses.ts';
import { addressLoans } from '../../libs/ipam/src/loan/address-loans.ts';
import { holderAddresses } from '../../libs/ipam/src/address/holder-addresses.ts';
import { usedOffsets } from '../../libs/ipam/src/address/used-offsets.ts';
import { addressBlock } from '../../libs/ipam/src/block/address-block.ts';
import { addressBlocks } from '../../libs/ipam/src/block/address-blocks.ts';
import { siteBlocks } from '../../libs/ipam/src/block/site-blocks.ts';
import { networkAddressBlock } from '../../libs/ipam/src/network/network-address-block.ts';
import { networkAddressBlocks } from '../../libs/ipam/src/network/network-address-blocks.ts';
import { networkName } from '../../libs/ipam/src/network/network-name.ts';
import { network } from '../../libs/ipam/src/network/network.ts';
import { networks } from '../../libs/ipam/src/network/networks.ts';
import { holdRuleRows, holds } from '../../libs/foreman/src/holds/hold-rows.ts';
import { holdRules } from '../../libs/foreman/src/holds/hold-rules.ts';
import { jobLog } from '../../libs/foreman/src/job-log.ts';
import { job } from '../../libs/foreman/src/job.ts';
import { jobs } from '../../libs/foreman/src/jobs.ts';
import { limit } from '../../libs/foreman/src/limits/limit.ts';
import { limitAdmissions, limits } from '../../libs/foreman/src/limits/limits.ts';
import { program, programs } from '../../libs/foreman/src/program.ts';
import { subcontractor } from '../../libs/foreman/src/subcontractor/subcontractor.ts';
import { subcontractors } from '../../libs/foreman/src/subcontractor/subcontractors.ts';
import { jobLogPruning } from '../../libs/foreman/src/job-log-pruning.ts';
import { wave } from '../../libs/foreman/src/waves/wave.ts';
import { waveLists, waves, waveTargets } from '../../libs/foreman/src/waves/waves.ts';
import { maintenanceWindows } from '../../libs/foreman/src/windows/maintenance-windows.ts';
import { maintenanceWindow } from '../../libs/foreman/src/windows/window.ts';
import { box } from '../../libs/post-office/src/box.ts';
import { boxes } from '../../libs/post-office/src/boxes.ts';
import { post, posts } from '../../libs/post-office/src/post.ts';
import { subscription } from '../../libs/post-office/src/subscription.ts';
import { subscriptions } from '../../libs/post-office/src/subscriptions.ts';
import { preview } from '../../libs/preview/src/preview.ts';
import { adoption } from '../../libs/inventory/src/adoption.ts';
import { deprovision } from '../../libs/provision/src/deprovision.ts';
import { deprovisions } from '../../libs/provision/src/deprovisions.ts';
import { searchables } from '../../libs/search/src/find/searchables.ts';
import { site } from '../../libs/site/src/site.ts';
import { sites } from '../../libs/site/src/sites.ts';
import { dhcpLease } from '../../libs/dhcp/src/lease/lease.ts';
import { leases } from '../../libs/dhcp/src/lease/leases.ts';
import { cartographer } from '../../libs/survey/src/cartographer/cartographer.ts';
import { cartographers } from '../../libs/survey/src/cartographer/cartographers.ts';
import { intakeRule } from '../../libs/survey/src/intake/intake-rule.ts';
import { intakeRules } from '../../libs/survey/src/intake/intake-rules.ts';
import { plot } from '../../libs/plots/src/plot.ts';
import { plots } from '../../libs/plots/src/plots.ts';
import { position } from '../../libs/survey/src/position/position.ts';
import { positions } from '../../libs/survey/src/position/positions.ts';
import { rack } from '../../libs/survey/src/position/rack.ts';

/** Every decider there is. */
export const deciders: readonly AnyDecider[] = [
  address,
  addressBlock,
  adoption,
  blueprint,
  complex,
  complexStructure,
  dependency,
  deprovision,
  dhcpLease,
  dockerPort,
  complexPorts,
  entry,
  secret,
  secretNamesRegister,
  foundation,
  foundationInterfaces,
  group,
  holdRules,
  holderAddresses,
  addressLoans,
  hostName,
  job,
  limit,
  logicalInterface,
  maintenanceWindow,
  network,
  networkAddressBlock,
  networkName,
  networked,
  box,
  person,
  post,
  subscription,
  cartographer,
  intakeRule,
  plot,
  position,
  rack,
  preview,
  program,
  pxe,
  image,
  realInterface,
  script,
  scriptLink,
  service,
  site,
  siteBlocks,
  structure,
  structureInterfaces,
  subcontractor,
  superusers,
  user,
  jobLogPruning,
  wave,
  zone,
  zoneNames,
];

/** Every read model there is. */
export const readModels: readonly ReadModel[] = [
  addressBlocks,
  addresses,
  blueprints,
  complexStructures,
  complexes,
  dependencies,
  deprovisions,
  leases,
  dockerPorts,
  entries,
  foundations,
  groups,
  holdRuleRows,
  holds,
  jobLog,
  jobs,
  limitAdmissions,
  limits,
  maintenanceWindows,
  networkAddressBlocks,
  networkeds,
  searchables,
  networks,
  accessTokens,
  openSessions,
  boxes,
  posts,
  subscriptions,
  programs,
  cartographers,
  intakeRules,
  plots,
  positions,
  pxes,
  images,
  logicalInterfaces,
  realInterfaces,
  scriptLinks,
  scripts,
  secretNamesRows,
  services,
  sites,
  structures,
  subcontractors,
  usedOffsets,
  users,
  waveLists,
  waveTargets,
  waves,
  zones,
];

/** Old shapes of events, of every module that has some. */
export const upcasters: Upcasters = mergeUpcasters([]);

/** Types of events that several deciders share, and why. */
export const SHARED: Readonly<Record<string, string>> = {
  SessionOpened: 'users and services have sessions of one kind, by one set of rules',
  SessionClosed: 'users and services have sessions of one kind, by one set of rules',
};

const LOOK = 'the thing is closed only while it is looked whether others use it; its row stays until it is deleted';
const REGISTER = 'kept for the decisions of the stream alone; the things in it have rows of their own';

/** Read from its stream by whoever asks for a preview. */
const OWN_STREAM = 'a preview is looked at by its id, with what its own stream says';

/** Types of events that no read model folds, and why. */
export const IGNORED: Readonly<Record<string, string>> = {
  AdoptionNoted: 'the foundation shows what it is of',
  AddressBlockClosed: LOOK,
  AddressBlockReopened: LOOK,
  AddressClosed: LOOK,
  AddressReopened: LOOK,
  BoxClosed: LOOK,
  BoxReopened: LOOK,
  SubscriptionClosed: LOOK,
  SubscriptionReopened: LOOK,
  BluePrintClosed: LOOK,
  BluePrintReopened: LOOK,
  ComplexClosed: LOOK,
  ComplexReopened: LOOK,
  DockerPortClosed: LOOK,
  DockerPortReopened: LOOK,
  DependencyClosed: LOOK,
  DependencyReopened: LOOK,
  FoundationClosed: LOOK,
  FoundationReopened: LOOK,
  GroupClosed: LOOK,
  GroupReopened: LOOK,
  MaintenanceWindowClosed: LOOK,
  MaintenanceWindowReopened: LOOK,
  NetworkAddressBlockClosed: LOOK,
  NetworkAddressBlockReopened: LOOK,
  NetworkClosed: LOOK,
  NetworkReopened: LOOK,
  NetworkedClosed: LOOK,
  NetworkedReopened: LOOK,
  PreviewApproved: OWN_STREAM,
  PreviewCommitBegun: OWN_STREAM,
  PreviewCommitFailed: OWN_STREAM,
  PreviewCommitted: OWN_STREAM,
  PreviewRejected: OWN_STREAM,
  PlotClosed: LOOK,
  PlotReopened: LOOK,
  PositionClosed: LOOK,
  PositionReopened: LOOK,
  IntakeRuleClosed: LOOK,
  IntakeRuleReopened: LOOK,
  PxeClosed: LOOK,
  ImageClosed: LOOK,
  ImageReopened: LOOK,
  PxeReopened: LOOK,
  LogicalInterfaceClosed: LOOK,
  LogicalInterfaceReopened: LOOK,
  RealInterfaceClosed: LOOK,
  RealInterfaceReopened: LOOK,
  ScriptClosed: LOOK,
  ScriptReopened: LOOK,
  SiteClosed: LOOK,
  SiteReopened: LOOK,
  StructureClosed: LOOK,
  StructureReopened: LOOK,
  ZoneClosed: LOOK,
  ZoneReopened: LOOK,
  SecretErased: 'on record; what was erased is gone from the ledger of secrets',
  PersonErased: 'on record; who it was is gone from the ledger of people',
  SuperuserEnrolled: REGISTER,
  SuperuserDismissed: REGISTER,
  UnitsTaken: REGISTER,
  UnitsFreed: REGISTER,
  InterfacePut: REGISTER,
  InterfaceDropped: REGISTER,
  LogicalInterfacePut: REGISTER,
  LogicalInterfaceDropped: REGISTER,
  AddressPut: REGISTER,
  ComplexPortPut: REGISTER,
  ComplexPortDropped: REGISTER,
  AddressDropped: REGISTER,
  BlockPlaceTaken: REGISTER,
  BlockPlaceFreed: REGISTER,
  NetworkNameTaken: REGISTER,
  NetworkNameFreed: REGISTER,
  NetworkedZoneChosen: 'kept for freeing the host name; the row shows no zone',
  HostNameTaken: REGISTER,
  HostNameFreed: REGISTER,
  ZoneNameTaken: REGISTER,
  ZoneNameFreed: REGISTER,
};
