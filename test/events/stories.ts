import type { Decider, Message } from '#kernel';
import { evolve, Refusal } from '#kernel';
import type { Machine, Program } from '#tscript';
import { begin, compile, emptyHost, run } from '#tscript';
import { secretNamesRegister } from '../../libs/api/src/declared-secrets.ts';
import { secret } from '../../libs/api/src/erase-secret.ts';
import { group } from '../../libs/auth/src/group.ts';
import { service } from '../../libs/auth/src/service.ts';
import type { Session } from '../../libs/auth/src/session-holder.ts';
import { person } from '../../libs/auth/src/person.ts';
import { superusers } from '../../libs/auth/src/superusers.ts';
import { user } from '../../libs/auth/src/user.ts';
import { blueprint } from '../../libs/blueprint/src/blueprint.ts';
import { pxe } from '../../libs/blueprint/src/pxe.ts';
import { scriptLink } from '../../libs/blueprint/src/script-link.ts';
import { script } from '../../libs/blueprint/src/script.ts';
import { complexStructure } from '../../libs/building/src/complex/complex-structure.ts';
import { complex } from '../../libs/building/src/complex/complex.ts';
import { dependency } from '../../libs/building/src/dependency/dependency.ts';
import { foundation } from '../../libs/building/src/foundation.ts';
import { foundationInterfaces } from '../../libs/building/src/interface/foundation-interfaces.ts';
import { logicalInterface } from '../../libs/building/src/interface/logical-interface.ts';
import { structureInterfaces } from '../../libs/building/src/interface/structure-interfaces.ts';
import { realInterface } from '../../libs/building/src/interface/real-interface.ts';
import { networked } from '../../libs/building/src/networked/networked.ts';
import { hostName } from '../../libs/building/src/structure/host-name.ts';
import { structure } from '../../libs/building/src/structure/structure.ts';
import { entry } from '../../libs/directory/src/entry.ts';
import { image } from '../../libs/images/src/image.ts';
import { zoneNames } from '../../libs/directory/src/zone-names.ts';
import { zone } from '../../libs/directory/src/zone.ts';
import { address } from '../../libs/ipam/src/address/address.ts';
import { holderAddresses } from '../../libs/ipam/src/address/holder-addresses.ts';
import { addressBlock } from '../../libs/ipam/src/block/address-block.ts';
import { siteBlocks } from '../../libs/ipam/src/block/site-blocks.ts';
import { addressLoans } from '../../libs/ipam/src/loan/address-loans.ts';
import { networkAddressBlock } from '../../libs/ipam/src/network/network-address-block.ts';
import { complexPorts } from '../../libs/docker-ports/src/complex-ports.ts';
import { dockerPort } from '../../libs/docker-ports/src/docker-port.ts';
import { networkName } from '../../libs/ipam/src/network/network-name.ts';
import { network } from '../../libs/ipam/src/network/network.ts';
import { holdRules } from '../../libs/foreman/src/holds/hold-rules.ts';
import { job } from '../../libs/foreman/src/job.ts';
import { limit } from '../../libs/foreman/src/limits/limit.ts';
import { program } from '../../libs/foreman/src/program.ts';
import { subcontractor } from '../../libs/foreman/src/subcontractor/subcontractor.ts';
import { jobLogPruning } from '../../libs/foreman/src/job-log-pruning.ts';
import { wave } from '../../libs/foreman/src/waves/wave.ts';
import { maintenanceWindow } from '../../libs/foreman/src/windows/window.ts';
import type { Box } from '../../libs/post-office/src/box.ts';
import { box } from '../../libs/post-office/src/box.ts';
import { post } from '../../libs/post-office/src/post.ts';
import type { Subscription } from '../../libs/post-office/src/subscription.ts';
import { subscription } from '../../libs/post-office/src/subscription.ts';
import { preview } from '../../libs/preview/src/preview.ts';
import { deprovision } from '../../libs/provision/src/deprovision.ts';
import { site } from '../../libs/site/src/site.ts';
import { dhcpLease } from '../../libs/dhcp/src/lease/lease.ts';
import { cartographer } from '../../libs/survey/src/cartographer/cartographer.ts';
import { intakeRule } from '../../libs/survey/src/intake/intake-rule.ts';
import { plot } from '../../libs/plots/src/plot.ts';
import { adoption } from '../../libs/inventory/src/adoption.ts';
import { position } from '../../libs/survey/src/position/position.ts';
import { rack } from '../../libs/survey/src/position/rack.ts';

/** What the decider of a stream says to these commands, one after the other, as the log holds it. */
export interface Story {
  readonly category: string;
  readonly events: readonly Message[];
}

/** Lets a decider speak. @throws where it refuses */
function story<S, C extends Message, E extends Message>(
  decider: Decider<S, C, E>,
  ...commands: readonly NoInfer<C>[]
): Story {
  let state = decider.initial();
  const events: Message[] = [];
  for (const { type, data } of commands) {
    const decision = (decider.decide as Record<string, (data: unknown, state: S) => unknown>)[type]?.(data, state);
    if (decision instanceof Refusal) throw decision;
    for (const event of JSON.parse(JSON.stringify([decision].flat())) as Message[]) {
      events.push(event);
      state = evolve(decider, state, structuredClone(event));
    }
  }
  return { category: decider.category, events };
}

const session: Session = {
  session: 'hash-of-a-token',
  user: 'alice',
  source: '192.0.2.1',
  opened: '2026-01-01T00:00:00.000000+00:00',
  expires: '2026-01-15T00:00:00.000000+00:00',
};
const hostAddress = {
  kind: 'Address',
  block: 1,
  offset: '2',
  holder: 3,
  interfaceName: 'eth0',
  aliasIndex: null,
  pointer: null,
  primary: true,
  reason: null,
  pxe: null,
} as const;
const diskImage = {
  name: 'debian-12',
  version: '2026.1',
  format: 'raw.zst',
  size: 1_000_000,
  sha256: 'a'.repeat(64),
  url: null,
  description: '',
} as const;
const zoneTimers = { ttl: 3600, refresh: 86400, retry: 7200, expire: 36000, minimum: 172800 };

const code: Program = compile('begin( description="wait" )\n  list = [ 1, "two" ]\n  delay( seconds=8 )\nend\n');
/** A script in the middle: it waits. */
const machine: Machine = run(begin(code), code, emptyHost, {
  now: Date.parse('2026-01-01T00:00:00.000Z'),
  newCookie: () => 'cookie-of-the-script',
}).machine;
/** When something was made that is put back. */
const moment = '2026-01-01T00:00:00.000000+00:00';
const wakeAt = '2026-01-01T00:00:08.000Z';
/** What unknown machines are taken in as. */
const intake = {
  enabled: false,
  order: 100,
  fingerprint: { 'hardware.total_ram': { min: 65536 } },
  blueprint: 'base',
  type: 'Manual',
  site: 'site1',
  locator: 'rack4-{serial}',
  plot: 'row',
  network: 2,
  values: {},
};
/** Where a machine stands. */
const placed = { plot: 'row', rack: 'r1', unit: 12, height: 2, x: null, y: null };
/** A standing request, and the hold that comes of it. */
const holdRule = {
  description: 'Release the volumes',
  site: 'site1',
  blueprint: null,
  kind: 'Foundation',
  target: null,
  labels: { role: 'storage' },
  scripts: ['destroy'],
  holder: 'storage',
  seconds: 3600,
  whenOver: 'proceed',
} as const;
const hold = {
  hold: '12-3',
  rule: 3,
  description: 'Release the volumes',
  holder: 'storage',
  seconds: 3600,
  until: '2026-01-01T01:00:00.000Z',
  whenOver: 'proceed',
  job: 12,
  site: 'site1',
  target: { kind: 'Foundation', id: 'host1' },
  blueprint: 'host-base',
  script: 'destroy',
} as const;
const created = {
  site: 'site1',
  target: { kind: 'Foundation', id: 'host1' },
  description: 'host1',
  script: 'create',
  program: code.hash,
  creator: 'root',
} as const;
const order = { task: '12-1', module: 'iputils', function: 'ping', parameters: { target: '192.0.2.1' } };
const dispatch = {
  task: '12-1',
  cookie: 'cookie1',
  transport: 'poll',
  holder: { user: 'subcontractor', source: '192.0.2.9', session: 'hash-of-a-token' },
  deadline: wakeAt,
} as const;
const begun = [
  { type: 'CreateJob', data: created },
  { type: 'StartJob', data: { machine } },
] as const;
const ordered = [...begun, { type: 'OrderTask', data: { machine, message: 'at work', wakeAt, order } }] as const;
const dispatched = [...ordered, { type: 'DispatchTask', data: dispatch }] as const;

const subscribed: Subscription = {
  token: '6f0c2f0e-6b1d-4a53-9d2b-6f3c1a7f0d11',
  description: 'The inventory',
  url: 'https://inventory.example.org/hook',
  kinds: ['foundation.*'],
  site: 'site1',
  blueprint: 'base',
  proxy: null,
  expires: null,
  headers: [['X-Api-Key', { $secret: 'secret1' }]],
  enabled: true,
  key: { $secret: 'secret2' },
  oldKey: null,
  oldKeyUntil: null,
};

const boxed: Box = {
  kind: 'Foundation',
  target: 'host1',
  url: 'http://hooks.example.org/',
  proxy: null,
  type: 'post',
  oneShot: false,
  extraData: { k: 'v' },
  expires: '2026-01-02T00:00:00.000000+00:00',
};

/** Stories in which every type of event happens at least once; the first one counts as the example of its type. */
export const stories: readonly Story[] = [
  story(
    blueprint,
    {
      type: 'DefineBluePrint',
      data: {
        kind: 'foundation',
        description: 'Base',
        configValues: [['port', 22]],
        parents: ['root'],
        foundationTypes: ['Manual'],
        validationTemplate: { 'cpu.count': 4 },
        physicalInterfaceNames: ['eth0'],
      },
    },
    { type: 'ChangeBluePrint', data: { description: 'Another base', configValues: [['port', 23]], parents: [] } },
    { type: 'ChangeBluePrint', data: { configSchema: { port: { type: 'integer', default: 22 } } } },
    {
      type: 'ChangeBluePrint',
      data: { foundationTypes: [], validationTemplate: {}, physicalInterfaceNames: ['eth1'] },
    },
    { type: 'FillSlot', data: { slot: 'create', link: 1, script: 'make' } },
    { type: 'EmptySlot', data: { slot: 'create', link: 1 } },
    { type: 'CloseBluePrint', data: {} },
    { type: 'ReopenBluePrint', data: {} },
    { type: 'CloseBluePrint', data: {} },
    { type: 'DeleteBluePrint', data: {} },
  ),
  story(
    blueprint,
    {
      type: 'DefineBluePrint',
      data: { kind: 'structure', description: '', configValues: [], parents: [], foundationBluePrints: ['base'] },
    },
    { type: 'ChangeBluePrint', data: { foundationBluePrints: [] } },
    { type: 'LinkFoundationBluePrints', data: { source: 'base.toml', add: ['base', 'metal'] } },
    { type: 'LinkFoundationBluePrints', data: { source: 'base.toml', add: [], keep: ['base'] } },
  ),
  story(
    entry,
    {
      type: 'DefineEntry',
      data: {
        zone: 1,
        name: 'mail',
        service: { type: 'MX', priority: 10, weight: null, port: null },
        target: 'mx.example.',
      },
    },
    {
      type: 'ChangeEntry',
      data: {
        zone: null,
        name: 'post',
        service: { type: 'MX', priority: 20, weight: null, port: null },
        target: 'mx2.example.',
      },
    },
    { type: 'DeleteEntry', data: {} },
  ),
  story(secret, { type: 'EraseSecret', data: {} }),
  story(secretNamesRegister, { type: 'DeclareSecretNames', data: { by: 'BluePrint web', names: ['pin'] } }),
  story(
    foundation,
    {
      type: 'DefineFoundation',
      data: { type: 'Manual', site: 'site1', blueprint: 'base', idMap: null, own: { rack: 'a' } },
    },
    {
      type: 'ChangeFoundation',
      data: { site: 'site2', blueprint: 'other', idMap: { cpu: { count: 4 } }, own: { rack: 'b' } },
    },
    { type: 'TakeFoundation', data: { job: 12, script: 'create' } },
    { type: 'BorrowAddress', data: { job: 12, block: 1, address: 7 } },
    { type: 'ReturnAddress', data: { job: 12 } },
    { type: 'LocateFoundation', data: {} },
    { type: 'FinishFoundation', data: { job: 12 } },
    { type: 'ReleaseFoundation', data: { job: 12 } },
    { type: 'DestroyFoundation', data: { job: 13 } },
    { type: 'OccupyFoundation', data: { structure: 3 } },
    { type: 'VacateFoundation', data: { structure: 3 } },
    { type: 'BindFoundation', data: { dependency: 4 } },
    { type: 'UnbindFoundation', data: { dependency: 4 } },
    { type: 'ChangeFoundation', data: { complex: 'cluster' } },
    { type: 'ChangeFoundation', data: { bmc: { host: 5, address: 6 } } },
    { type: 'ChangeFoundation', data: { labels: { rack: 'r1' }, owner: 'alice' } },
    { type: 'BeginSurvey', data: { cartographer: 'a1b2c3' } },
    { type: 'EndSurvey', data: { cartographer: 'a1b2c3' } },
    { type: 'ReportHardware', data: { idMap: { disks: [{ serial: 's1' }, { serial: 's2' }] } } },
    { type: 'ForceFoundation', data: { state: 'built' } },
    { type: 'ReportHardware', data: { idMap: { disks: [{ serial: 's1' }] } } },
    { type: 'ReportHardware', data: { idMap: { disks: [{ serial: 's1' }, { serial: 's2' }] } } },
    { type: 'ReportHardware', data: { idMap: { disks: [{ serial: 's2' }] } } },
    { type: 'AcceptHardware', data: {} },
    { type: 'ReportMachine', data: { id: 'u1', found: { name: 'm1', power: 'on', macs: [] }, macs: [], worked: 12 } },
    { type: 'ReportMachine', data: { id: 'u1', found: null, macs: [], worked: 12 } },
    { type: 'ReportMachine', data: { id: 'u1', found: { name: 'm1', power: 'on', macs: [] }, macs: [], worked: 12 } },
    { type: 'ReportMachine', data: { id: 'u1', found: { name: 'm1', power: 'off', macs: [] }, macs: [], worked: 12 } },
    { type: 'AcceptMachine', data: {} },
    { type: 'ForceFoundation', data: { state: 'planned' } },
    { type: 'AdoptMachine', data: { name: 'm1', power: 'on' } },
    { type: 'ForceFoundation', data: { state: 'planned' } },
    { type: 'CloseFoundation', data: {} },
    { type: 'ReopenFoundation', data: {} },
    { type: 'CloseFoundation', data: {} },
    { type: 'DeleteFoundation', data: {} },
  ),
  story(
    structure,
    {
      type: 'DefineStructure',
      data: {
        hostname: 'web1',
        site: 'site1',
        zone: 1,
        blueprint: 'web',
        foundation: 'host1',
        configValues: [['port', 80]],
        configUuid: '0e2c1d5e-6c0f-4a53-9d2b-6f3c1a7f0d11',
      },
    },
    { type: 'ChangeStructure', data: { hostname: 'web2', site: 'site2', zone: 2, blueprint: 'proxy' } },
    { type: 'ChangeStructure', data: { foundation: 'host2', configValues: [['port', 81]] } },
    { type: 'ChangeStructure', data: { labels: { env: 'prod', service: 'web' }, owner: 'alice' } },
    { type: 'JoinComplex', data: { complex: 'cluster', membership: 5 } },
    { type: 'LeaveComplex', data: { membership: 5 } },
    { type: 'TakeStructure', data: { job: 12, script: 'create' } },
    { type: 'FinishStructure', data: { job: 12 } },
    { type: 'ReleaseStructure', data: { job: 12 } },
    { type: 'DestroyStructure', data: { job: 13, configUuid: '5a1d8f6a-5a70-4f0e-8a36-1d3b8f7f2c22' } },
    { type: 'ForceStructure', data: { state: 'built', configUuid: '' } },
    { type: 'ForceStructure', data: { state: 'planned', configUuid: '7f9d2c1b-93b5-4a8e-b1f3-0c4f5e6d7a33' } },
    { type: 'CloseStructure', data: {} },
    { type: 'ReopenStructure', data: {} },
    { type: 'CloseStructure', data: {} },
    { type: 'DeleteStructure', data: {} },
  ),
  story(
    hostName,
    { type: 'TakeHostName', data: { holder: 3, taken: 'taken' } },
    { type: 'FreeHostName', data: { holder: 3 } },
  ),
  story(
    complex,
    {
      type: 'DefineComplex',
      data: { type: 'Test', site: 'site1', description: 'Cluster', builtPercentage: 90, members: [], own: {} },
    },
    {
      type: 'ChangeComplex',
      data: {
        site: 'site2',
        description: 'The cluster',
        builtPercentage: 50,
        members: [{ structure: 3, membership: 5 }],
        host: { structure: 3, suffices: true },
        own: { rack: 'a' },
      },
    },
    { type: 'CloseComplex', data: {} },
    { type: 'ReopenComplex', data: {} },
    { type: 'CloseComplex', data: {} },
    { type: 'DeleteComplex', data: {} },
  ),
  story(
    complexStructure,
    { type: 'AddComplexStructure', data: { complex: 'cluster', structure: 3 } },
    { type: 'ChangeComplexStructure', data: { complex: 'other', structure: 3 } },
    { type: 'RemoveComplexStructure', data: {} },
  ),
  story(
    dependency,
    {
      type: 'DefineDependency',
      data: {
        structure: 3,
        dependency: null,
        foundation: 'host2',
        scriptStructure: null,
        link: 'soft',
        createScript: 'open_port',
        destroyScript: 'close_port',
        site: 'site1',
      },
    },
    { type: 'ChangeDependency', data: { link: 'hard' } },
    { type: 'TakeDependency', data: { job: 12, script: 'create' } },
    { type: 'FinishDependency', data: { job: 12 } },
    { type: 'ReleaseDependency', data: { job: 12 } },
    { type: 'DestroyDependency', data: { job: 13 } },
    { type: 'ForceDependency', data: { state: 'built' } },
    { type: 'ForceDependency', data: { state: 'planned' } },
    { type: 'CloseDependency', data: {} },
    { type: 'ReopenDependency', data: {} },
    { type: 'CloseDependency', data: {} },
    { type: 'DeleteDependency', data: {} },
  ),
  story(
    group,
    { type: 'DefineGroup', data: { name: 'readers', permissions: ['Site.view_site'] } },
    { type: 'ChangeGroup', data: { permissions: ['Site.add_site'] } },
    { type: 'CloseGroup', data: {} },
    { type: 'ReopenGroup', data: {} },
    { type: 'CloseGroup', data: {} },
    { type: 'DeleteGroup', data: {} },
  ),
  story(
    job,
    ...dispatched,
    { type: 'LapseTask', data: { cookie: 'cookie1', reason: 'nothing was heard of the agent' } },
    { type: 'ObserveTask', data: { message: 'asking' } },
    { type: 'DispatchTask', data: { task: '12-1', cookie: 'cookie1', transport: 'wire', deadline: wakeAt } },
    { type: 'TellOfTask', data: { cookie: 'cookie1', outcome: 'digest', state: 'not-done', message: 'not done' } },
    { type: 'DispatchTask', data: dispatch },
    { type: 'NoteSlowStep', data: { cookie: 'cookie1', message: 'slow' } },
    { type: 'CompleteTask', data: { cookie: 'cookie1', outcome: 'digest', machine, message: 'done' } },
    { type: 'WaitJob', data: { machine, message: 'waiting', wakeAt } },
    { type: 'PauseJob', data: { machine, message: 'look at it' } },
    { type: 'ResumeJob', data: {} },
    { type: 'ClearDispatched', data: { machine } },
    { type: 'FailJob', data: { machine, message: 'no disk' } },
    { type: 'ResetJob', data: { machine } },
    { type: 'AwaitSignal', data: { pxe: 'disk-wipe' } },
    { type: 'SignalComplete', data: {} },
    { type: 'PostMessage', data: { message: 'half way' } },
    { type: 'SignalAlert', data: { message: 'no disk' } },
    { type: 'RollBackJob', data: { machine, answer: 'Done' } },
    { type: 'EndJob', data: { machine } },
  ),
  story(job, ...dispatched, { type: 'FailTask', data: { cookie: 'cookie1', outcome: 'digest', message: 'no disk' } }),
  story(job, ...dispatched, {
    type: 'RetryTask',
    data: { machine, cookie: 'cookie1', outcome: 'digest', message: 'no disk', wakeAt },
  }),
  story(
    job,
    ...dispatched,
    { type: 'LapseTask', data: { cookie: 'cookie1', reason: 'nothing was heard of the agent' } },
    { type: 'LoseTask', data: { message: 'nobody knows' } },
    { type: 'SettleTask', data: { answer: 'done', cookie: 'cookie2', outcome: 'done', message: 'done' } },
  ),
  story(job, ...dispatched, { type: 'CancelJob', data: { by: 'root' } }),
  story(job, { type: 'CreateJob', data: created }, { type: 'IgnoreWindow', data: { by: 'root' } }),
  story(
    job,
    { type: 'CreateJob', data: { ...created, script: 'destroy' } },
    { type: 'HoldJob', data: { holds: [hold, { ...hold, hold: '12-4', rule: 4, whenOver: 'fail' }] } },
    { type: 'ReleaseHold', data: { hold: '12-3', by: 'storage', reason: 'drained' } },
    { type: 'TimeOutHolds', data: { now: Date.parse(hold.until) } },
    { type: 'OverrideHold', data: { hold: '12-4', by: 'root', reason: 'the service is gone' } },
  ),
  story(
    holdRules,
    { type: 'AddHoldRule', data: { ...holdRule, rule: 3 } },
    { type: 'ChangeHoldRule', data: { rule: 3, seconds: 7200 } },
    { type: 'RemoveHoldRule', data: { rule: 3 } },
  ),
  story(
    limit,
    { type: 'SetLimit', data: { site: 'site1', complex: null, module: null, maxJobs: 5 } },
    { type: 'AdmitJob', data: { job: 12 } },
    { type: 'RemoveLimit', data: {} },
  ),
  story(
    preview,
    { type: 'ApprovePreview', data: { by: 'ann', reason: 'seen', digest: 'digest' } },
    { type: 'BeginPreviewCommit', data: {} },
    { type: 'CommitPreview', data: { by: 'root', digest: 'digest' } },
  ),
  story(
    preview,
    { type: 'BeginPreviewCommit', data: {} },
    { type: 'FailPreviewCommit', data: { reason: 'Not Deletable: used by Site site2' } },
  ),
  story(preview, { type: 'RejectPreview', data: { by: 'ann', reason: 'not now', digest: 'digest' } }),
  story(
    deprovision,
    {
      type: 'BeginDeprovision',
      data: {
        site: 'site1',
        creator: 'root',
        machines: [
          { structure: 1, hostname: 'web1', foundation: 'host1' },
          { structure: 2, hostname: 'web2', foundation: 'host2' },
          { structure: 3, hostname: 'web3', foundation: 'host3' },
        ],
      },
    },
    {
      type: 'NoteMachines',
      data: { removed: [1], kept: [{ structure: 2, reason: 'it is built, and no job destroys it any more' }] },
    },
    { type: 'CancelDeprovision', data: { by: 'root' } },
  ),
  story(
    wave,
    {
      type: 'CreateWave',
      data: {
        description: 'New kernel',
        kind: 'Foundation',
        script: 'upgrade',
        targets: ['host1', 'host2', 'host3'],
        batchSize: 3,
        maxFailures: 1,
        creator: 'root',
      },
    },
    { type: 'BeginBatch', data: {} },
    { type: 'AddJob', data: { target: 'host1', job: 12 } },
    { type: 'AddJob', data: { target: 'host2', job: 13 } },
    { type: 'SkipTarget', data: { target: 'host3', reason: 'target has an existing job' } },
    { type: 'NoteFailed', data: { job: 12, reason: 'its job is in error: no disk', over: false } },
    { type: 'ResumeWave', data: {} },
    { type: 'NoteRunning', data: { job: 12 } },
    { type: 'NoteDone', data: { job: 12 } },
    { type: 'NoteDone', data: { job: 13 } },
    { type: 'FinishWave', data: {} },
    { type: 'DeleteWave', data: {} },
  ),
  story(
    wave,
    {
      type: 'CreateWave',
      data: {
        description: 'x',
        kind: 'Foundation',
        script: 'upgrade',
        targets: ['host1'],
        batchSize: 1,
        maxFailures: 1,
        creator: 'root',
      },
    },
    { type: 'CancelWave', data: { by: 'root' } },
  ),
  story(
    maintenanceWindow,
    {
      type: 'DefineMaintenanceWindow',
      data: {
        site: 'site1',
        description: 'Nights',
        days: ['mon', 'tue'],
        start: '22:00',
        timeZone: 'Europe/Berlin',
        minutes: 480,
        startsAt: null,
      },
    },
    { type: 'ChangeMaintenanceWindow', data: { description: 'Weekends', days: ['sat'] } },
    { type: 'CloseMaintenanceWindow', data: {} },
    { type: 'ReopenMaintenanceWindow', data: {} },
    { type: 'CloseMaintenanceWindow', data: {} },
    { type: 'DeleteMaintenanceWindow', data: {} },
  ),
  story(
    subscription,
    {
      type: 'DefineSubscription',
      data: subscribed,
    },
    {
      type: 'ChangeSubscription',
      data: {
        token: '7f0c2f0e-6b1d-4a53-9d2b-6f3c1a7f0d12',
        description: 'The other inventory',
        url: 'https://inventory.example.org/other',
        kinds: ['*.deleted'],
        proxy: 'http://proxy.example.org:3128',
        expires: '2027-01-01T00:00:00.000000+00:00',
        headers: [],
        enabled: false,
        key: { $secret: 'secret3' },
        oldKey: { $secret: 'secret2' },
        oldKeyUntil: '2026-01-02T00:00:00.000Z',
      },
    },
    { type: 'CloseSubscription', data: {} },
    { type: 'ReopenSubscription', data: {} },
    { type: 'CloseSubscription', data: {} },
    { type: 'DeleteSubscription', data: {} },
  ),
  story(
    box,
    {
      type: 'DefineBox',
      data: boxed,
    },
    { type: 'ChangeBox', data: { kind: 'Structure', target: '3', expires: '2026-01-03T00:00:00.000000+00:00' } },
    { type: 'CloseBox', data: {} },
    { type: 'ReopenBox', data: {} },
    { type: 'CloseBox', data: {} },
    { type: 'DeleteBox', data: {} },
  ),
  story(
    post,
    {
      type: 'MakePost',
      data: { kind: 'Foundation', target: 'host1', name: 'create', about: '6f0c2f0e-6b1d-4a53-9d2b-6f3c1a7f0d11' },
    },
    { type: 'FinishPost', data: {} },
  ),
  story(job, ...begun, { type: 'AbortJob', data: { machine, message: 'no hope' } }),
  story(program, { type: 'StoreProgram', data: { source: 'begin()\nend\n', program: compile('begin()\nend\n') } }),
  story(
    subcontractor,
    { type: 'ShowSubcontractor', data: { site: 'site1', agent: 'agent1', transport: 'wire', modules: { iputils: 5 } } },
    {
      type: 'ShowSubcontractor',
      data: { site: 'site1', agent: 'agent1', transport: 'poll', modules: { iputils: null } },
    },
    { type: 'LoseSubcontractor', data: { lastSeen: wakeAt } },
    { type: 'ForgetSubcontractor', data: {} },
  ),
  story(
    cartographer,
    { type: 'RegisterCartographer', data: {} },
    { type: 'CheckIn', data: { infoMap: { hardware: { total_ram: 65536 } }, at: moment, message: 'unknown' } },
    { type: 'RegisterCartographer', data: {} },
    { type: 'AssignCartographer', data: { foundation: 'host2' } },
    { type: 'MatchCartographer', data: { foundation: 'host1', matchedBy: 'ip_address: "10.0.0.2"', message: 'found' } },
    { type: 'TellMessage', data: { message: 'wiping' } },
    { type: 'FinishCartographer', data: {} },
    { type: 'RegisterCartographer', data: {} },
    { type: 'DropCartographer', data: { silentSince: moment } },
    { type: 'RegisterCartographer', data: {} },
    { type: 'DeleteCartographer', data: {} },
  ),
  story(
    intakeRule,
    { type: 'DefineIntakeRule', data: intake },
    {
      type: 'ChangeIntakeRule',
      data: { enabled: true, order: 5, fingerprint: { 'fingerprint.id': '3f2a00c1d5e6b7a8' }, locator: 'rack5-{n}' },
    },
    { type: 'CloseIntakeRule', data: {} },
    { type: 'ReopenIntakeRule', data: {} },
    { type: 'CloseIntakeRule', data: {} },
    { type: 'DeleteIntakeRule', data: {} },
  ),
  story(
    position,
    { type: 'DefinePosition', data: placed },
    { type: 'ChangePosition', data: { unit: 14, x: 4, y: 9 } },
    { type: 'ClosePosition', data: {} },
    { type: 'ReopenPosition', data: {} },
    { type: 'ClosePosition', data: {} },
    { type: 'DeletePosition', data: {} },
  ),
  story(
    rack,
    { type: 'TakeUnits', data: { foundation: 'host1', unit: 12, height: 2 } },
    { type: 'FreeUnits', data: { foundation: 'host1' } },
  ),
  story(
    dhcpLease,
    {
      type: 'GrantLease',
      data: { site: 'site1', address: '10.0.0.9', mac: '52:54:00:00:00:01', hostName: 'web1', agent: 'agent1' },
    },
    { type: 'EndLease', data: { mac: '52:54:00:00:00:01' } },
  ),
  story(
    plot,
    { type: 'DefinePlot', data: { corners: 'aisle 4', parent: 'hall' } },
    { type: 'ChangePlot', data: { corners: 'aisle 5', parent: null } },
    { type: 'ClosePlot', data: {} },
    { type: 'ReopenPlot', data: {} },
    { type: 'ClosePlot', data: {} },
    { type: 'DeletePlot', data: {} },
  ),
  story(
    pxe,
    { type: 'DefinePxe', data: { bootScript: '#!ipxe', template: 'd-i' } },
    { type: 'ChangePxe', data: { bootScript: '#!ipxe\nexit', template: '' } },
    { type: 'ClosePxe', data: {} },
    { type: 'ReopenPxe', data: {} },
    { type: 'ClosePxe', data: {} },
    { type: 'DeletePxe', data: {} },
  ),
  story(
    image,
    { type: 'DefineImage', data: diskImage },
    { type: 'ChangeImage', data: { description: 'with nginx' } },
    { type: 'CloseImage', data: {} },
    { type: 'ReopenImage', data: {} },
    { type: 'CloseImage', data: {} },
    { type: 'DeleteImage', data: {} },
  ),
  story(image, { type: 'RestoreImage', data: { value: diskImage, shown: { created: moment } } }),
  story(
    script,
    { type: 'DefineScript', data: { description: 'Makes', text: 'begin()\nend\n' } },
    { type: 'ChangeScript', data: { description: 'Makes it', text: 'begin()\n  pause()\nend\n' } },
    { type: 'CloseScript', data: {} },
    { type: 'ReopenScript', data: {} },
    { type: 'CloseScript', data: {} },
    { type: 'DeleteScript', data: {} },
  ),
  story(
    scriptLink,
    { type: 'LinkScript', data: { blueprint: 'base', script: 'make', slot: 'create' } },
    { type: 'RelinkScript', data: { blueprint: 'base', script: 'break', slot: 'destroy' } },
    { type: 'UnlinkScript', data: {} },
  ),
  story(
    service,
    {
      type: 'DefineService',
      data: { name: 'agent', enabled: true, sites: ['site1'], modules: ['*'], permissions: ['Site.view_site'] },
    },
    { type: 'RenewToken', data: { credential: 'hash' } },
    { type: 'OpenSession', data: { ...session, credential: 'hash' } },
    { type: 'ChangeService', data: { enabled: false, sites: [], permissions: ['Site.add_site'] } },
    { type: 'ChangeService', data: { enabled: true } },
    { type: 'RenewToken', data: { credential: 'known', legacy: true } },
    { type: 'DeleteService', data: {} },
    {
      type: 'DefineService',
      data: {
        name: 'agent',
        enabled: true,
        sites: ['*'],
        modules: ['*'],
        permissions: ['Site.view_site'],
        networks: ['10.0.0.0/24'],
      },
    },
  ),
  story(
    site,
    {
      type: 'DefineSite',
      data: { description: 'One', zone: 1, parent: 'top', configValues: [['port', 22]] },
    },
    { type: 'ChangeSite', data: { description: 'The first', zone: null, parent: null, configValues: [] } },
    { type: 'CloseSite', data: {} },
    { type: 'ReopenSite', data: {} },
    { type: 'CloseSite', data: {} },
    { type: 'DeleteSite', data: {} },
  ),
  story(person, { type: 'ErasePerson', data: {} }),
  story(
    superusers,
    { type: 'EnrolSuperuser', data: { name: 'root' } },
    { type: 'EnrolSuperuser', data: { name: 'alice' } },
    { type: 'DismissSuperuser', data: { name: 'alice' } },
  ),
  story(
    user,
    {
      type: 'CreateUser',
      data: {
        name: 'alice',
        superuser: false,
        enabled: true,
        groups: ['readers'],
        permissions: ['Site.view_site'],
        credential: 'verifier1',
      },
    },
    { type: 'OpenSession', data: { ...session, credential: 'verifier1' } },
    { type: 'ChangePassword', data: { credential: 'verifier2' } },
    {
      type: 'ChangeUser',
      data: { superuser: true, enabled: false, groups: ['writers'], permissions: ['Site.add_site'] },
    },
    { type: 'ChangeUser', data: { superuser: false, enabled: true } },
    { type: 'LinkUser', data: { subject: 'hash-of-a-subject' } },
    { type: 'LinkUser', data: { subject: null } },
    {
      type: 'IssueToken',
      data: {
        token: 'hash-of-a-token',
        name: 'reports',
        permissions: ['Site.view_site'],
        readOnly: true,
        sites: ['site1'],
        expires: '2026-03-01T00:00:00.000000+00:00',
        now: '2026-02-01T00:00:00.000000+00:00',
      },
    },
    { type: 'DeleteUser', data: {} },
  ),
  story(
    realInterface,
    {
      type: 'DefineRealInterface',
      data: {
        foundation: 'host1',
        name: 'eth0',
        physicalLocation: 'eth0',
        network: 1,
        mac: null,
        provisioning: true,
        linkName: null,
        pxe: null,
      },
    },
    {
      type: 'ChangeRealInterface',
      data: { foundation: 'host2', name: 'eth1', physicalLocation: 'port1', network: 2, mac: '00:11:22:33:44:55' },
    },
    { type: 'ChangeRealInterface', data: { provisioning: false, linkName: 'switch-0-1-0', pxe: 'bootstrap' } },
    { type: 'CloseRealInterface', data: {} },
    { type: 'ReopenRealInterface', data: {} },
    { type: 'CloseRealInterface', data: {} },
    { type: 'DeleteRealInterface', data: {} },
  ),
  story(
    logicalInterface,
    {
      type: 'DefineLogicalInterface',
      data: {
        kind: 'Aggregated',
        structure: 3,
        name: 'bond0',
        network: 1,
        primary: 5,
        secondaries: [6],
        parameters: { mode: '802.3ad' },
      },
    },
    { type: 'ChangeLogicalInterface', data: { structure: 4, name: 'bond1', network: 2 } },
    { type: 'ChangeLogicalInterface', data: { primary: 6, secondaries: [5], parameters: { mode: 'balance-rr' } } },
    { type: 'CloseLogicalInterface', data: {} },
    { type: 'ReopenLogicalInterface', data: {} },
    { type: 'CloseLogicalInterface', data: {} },
    { type: 'DeleteLogicalInterface', data: {} },
  ),
  story(
    structureInterfaces,
    { type: 'PutLogicalInterface', data: { id: 7, name: 'bond0', primary: 5, secondaries: [6] } },
    { type: 'DropLogicalInterface', data: { id: 7 } },
  ),
  story(
    foundationInterfaces,
    { type: 'PutInterface', data: { id: 5, name: 'eth0', physicalLocation: 'eth0', provisioning: true } },
    { type: 'DropInterface', data: { id: 5 } },
  ),
  story(
    networked,
    { type: 'DefineNetworked', data: { hostname: 'printer', site: 'site1', zone: 1 } },
    { type: 'ChangeNetworked', data: { hostname: 'printer1', site: 'site2', zone: 2 } },
    { type: 'CloseNetworked', data: {} },
    { type: 'ReopenNetworked', data: {} },
    { type: 'CloseNetworked', data: {} },
    { type: 'DeleteNetworked', data: {} },
  ),
  story(
    addressBlock,
    {
      type: 'DefineAddressBlock',
      data: { name: 'main', site: 'site1', subnet: '10.0.0.0', prefix: 24, gatewayOffset: '1' },
    },
    { type: 'ChangeAddressBlock', data: { name: 'wide', site: 'site2', now: wakeAt } },
    { type: 'ChangeAddressBlock', data: { subnet: '10.1.0.0', prefix: 16, gatewayOffset: null, now: wakeAt } },
    { type: 'TakeOffset', data: { offset: '2', address: 7, kind: 'Address', now: wakeAt } },
    { type: 'FreeOffset', data: { offset: '2', address: 7, kind: 'Address' } },
    { type: 'HoldOffset', data: { key: 'order-17', reason: 'a new host', until: '2027', now: wakeAt } },
    { type: 'EndHold', data: { key: 'order-17' } },
    { type: 'CloseAddressBlock', data: {} },
    { type: 'ReopenAddressBlock', data: {} },
    { type: 'CloseAddressBlock', data: {} },
    { type: 'DeleteAddressBlock', data: {} },
  ),
  story(
    siteBlocks,
    { type: 'TakePlace', data: { block: 1, name: 'main', subnet: '10.0.0.0', prefix: 24 } },
    { type: 'FreePlace', data: { block: 1 } },
  ),
  story(
    address,
    { type: 'DefineAddress', data: hostAddress },
    {
      type: 'ChangeAddress',
      data: { block: 2, offset: '3', holder: 4, interfaceName: 'eth1', aliasIndex: 1, primary: false },
    },
    { type: 'ChangeAddress', data: { pointer: 8, reason: 'a printer', pxe: 'bootstrap' } },
    { type: 'CloseAddress', data: {} },
    { type: 'ReopenAddress', data: {} },
    { type: 'CloseAddress', data: {} },
    { type: 'DeleteAddress', data: {} },
  ),
  story(
    holderAddresses,
    { type: 'PutAddress', data: { address: 7, interfaceName: 'eth0', aliasIndex: null, primary: true } },
    { type: 'DropAddress', data: { address: 7 } },
  ),
  story(
    addressLoans,
    { type: 'LendAddress', data: { key: 'job 12', reason: 'Foundation host1', address: 7, offset: '40' } },
    { type: 'TakeAddressBack', data: { key: 'job 12' } },
  ),
  story(
    network,
    { type: 'DefineNetwork', data: { name: 'main', site: 'site1', mtu: null } },
    { type: 'ChangeNetwork', data: { name: 'wide', site: 'site2', mtu: 9000 } },
    { type: 'LinkBlock', data: { link: 3, block: 1 } },
    { type: 'UnlinkBlock', data: { link: 3 } },
    { type: 'CloseNetwork', data: {} },
    { type: 'ReopenNetwork', data: {} },
    { type: 'CloseNetwork', data: {} },
    { type: 'DeleteNetwork', data: {} },
  ),
  story(
    networkName,
    { type: 'TakeNetworkName', data: { network: 1 } },
    { type: 'FreeNetworkName', data: { network: 1 } },
  ),
  story(
    networkAddressBlock,
    { type: 'DefineNetworkAddressBlock', data: { network: 1, block: 1, vlan: null } },
    { type: 'ChangeNetworkAddressBlock', data: { network: 2, block: 2, vlan: 30 } },
    { type: 'CloseNetworkAddressBlock', data: {} },
    { type: 'ReopenNetworkAddressBlock', data: {} },
    { type: 'CloseNetworkAddressBlock', data: {} },
    { type: 'DeleteNetworkAddressBlock', data: {} },
  ),
  story(
    dockerPort,
    {
      type: 'DefineDockerPort',
      data: { complex: 'docker1', port: 5080, addressOffset: 0, foundation: null, foundationIndex: 0 },
    },
    { type: 'ChangeDockerPort', data: { complex: 'docker2', port: 5081, addressOffset: 1 } },
    { type: 'ChangeDockerPort', data: { foundation: 'web1', foundationIndex: 1 } },
    { type: 'CloseDockerPort', data: {} },
    { type: 'ReopenDockerPort', data: {} },
    { type: 'CloseDockerPort', data: {} },
    { type: 'DeleteDockerPort', data: {} },
  ),
  story(
    complexPorts,
    { type: 'PutComplexPort', data: { id: 7, port: 5080, foundation: 'web1', index: 0 } },
    { type: 'DropComplexPort', data: { id: 7 } },
  ),
  story(
    zone,
    { type: 'DefineZone', data: { name: 'example', parent: 1, timers: zoneTimers } },
    { type: 'ChangeZone', data: { name: 'test', parent: null, timers: { ...zoneTimers, ttl: 60 } } },
    { type: 'CloseZone', data: {} },
    { type: 'ReopenZone', data: {} },
    { type: 'CloseZone', data: {} },
    { type: 'DeleteZone', data: {} },
  ),
  story(
    zoneNames,
    { type: 'TakeZoneName', data: { name: 'example', zone: 1 } },
    { type: 'FreeZoneName', data: { name: 'example', zone: 1 } },
  ),
  story(site, {
    type: 'RestoreSite',
    data: {
      value: { description: 'One', zone: 1, parent: 'top', configValues: [['port', 22]] },
      shown: {
        origins: { port: { position: '12', actor: 'root', at: moment } },
        created: moment,
      },
    },
  }),
  story(adoption, { type: 'NoteAdoption', data: { foundation: 'old01' } }),
  story(intakeRule, { type: 'RestoreIntakeRule', data: { value: intake, shown: { created: moment } } }),
  story(position, { type: 'RestorePosition', data: { value: placed, shown: { created: moment } } }),
  story(plot, {
    type: 'RestorePlot',
    data: { value: { corners: 'aisle 4', parent: 'hall' }, shown: { created: moment } },
  }),
  story(pxe, {
    type: 'RestorePxe',
    data: { value: { bootScript: '#!ipxe', template: 'd-i' }, shown: { created: moment } },
  }),
  story(script, {
    type: 'RestoreScript',
    data: { value: { description: 'Makes', text: 'begin()\nend\n' }, shown: { created: moment } },
  }),
  story(scriptLink, {
    type: 'RestoreScriptLink',
    data: { value: { blueprint: 'base', script: 'make', slot: 'create' }, shown: { created: moment } },
  }),
  story(blueprint, {
    type: 'RestoreBluePrint',
    data: {
      value: {
        kind: 'structure',
        description: '',
        configValues: [],
        parents: [],
        foundationBluePrints: ['base'],
        slots: { create: { link: 1, script: 'make' } },
        linkedBy: { base: 'base.toml' },
      },
      shown: { origins: {}, scripts: { create: 'make' }, linkedBy: { base: 'base.toml' }, created: moment },
    },
  }),
  story(entry, {
    type: 'RestoreEntry',
    data: {
      value: {
        zone: 1,
        name: 'mail',
        service: { type: 'MX', priority: 10, weight: null, port: null },
        target: 'mx.example.',
      },
      shown: { created: moment },
    },
  }),
  story(zone, {
    type: 'RestoreZone',
    data: { value: { name: 'example', parent: 1, timers: zoneTimers }, shown: { created: moment } },
  }),
  story(foundation, {
    type: 'RestoreFoundation',
    data: {
      value: {
        type: 'Manual',
        site: 'site1',
        blueprint: 'base',
        idMap: null,
        own: { rack: 'a' },
        located: false,
        built: false,
        job: undefined,
        structure: 3,
      },
      shown: { locatedAt: null, builtAt: null, job: null, dependency: null, created: moment },
    },
  }),
  story(structure, {
    type: 'RestoreStructure',
    data: {
      value: {
        hostname: 'web1',
        site: 'site1',
        zone: 1,
        blueprint: 'web',
        foundation: 'host1',
        configValues: [['port', 80]],
        configUuid: '0e2c1d5e-6c0f-4a53-9d2b-6f3c1a7f0d11',
        built: false,
        job: undefined,
      },
      shown: {
        origins: { port: { position: '12', actor: 'root', at: moment } },
        builtAt: null,
        job: null,
        membership: null,
        created: moment,
      },
    },
  }),
  story(dependency, {
    type: 'RestoreDependency',
    data: {
      value: {
        structure: 3,
        dependency: null,
        foundation: 'host2',
        scriptStructure: null,
        link: 'soft',
        createScript: 'open_port',
        destroyScript: 'close_port',
        site: 'site1',
        built: false,
        job: undefined,
      },
      shown: { builtAt: null, job: null, created: moment },
    },
  }),
  story(complex, {
    type: 'RestoreComplex',
    data: {
      value: { type: 'Test', site: 'site1', description: 'Cluster', builtPercentage: 90, members: [], own: {} },
      shown: { created: moment },
    },
  }),
  story(complexStructure, {
    type: 'RestoreComplexStructure',
    data: { value: { complex: 'cluster', structure: 3 }, shown: { created: moment } },
  }),
  story(networked, {
    type: 'RestoreNetworked',
    data: { value: { hostname: 'printer', site: 'site1', zone: 1 }, shown: { structure: false } },
  }),
  story(realInterface, {
    type: 'RestoreRealInterface',
    data: {
      value: {
        foundation: 'host1',
        name: 'eth0',
        physicalLocation: 'eth0',
        network: 1,
        mac: null,
        provisioning: true,
        linkName: null,
        pxe: null,
      },
      shown: { created: moment },
    },
  }),
  story(logicalInterface, {
    type: 'RestoreLogicalInterface',
    data: {
      value: {
        kind: 'Aggregated',
        structure: 3,
        name: 'bond0',
        network: 1,
        primary: 5,
        secondaries: [6],
        parameters: { mode: '802.3ad' },
      },
      shown: { created: moment },
    },
  }),
  story(addressBlock, {
    type: 'RestoreAddressBlock',
    data: {
      value: { name: 'main', site: 'site1', subnet: '10.0.0.0', prefix: 24, gatewayOffset: '1' },
      shown: { created: moment },
    },
  }),
  story(address, {
    type: 'RestoreAddress',
    data: {
      value: hostAddress,
      shown: { created: moment, given: { since: moment, position: '12', actor: 'root' } },
    },
  }),
  story(network, {
    type: 'RestoreNetwork',
    data: {
      value: { name: 'main', site: 'site1', mtu: null, links: [{ link: 3, block: 1 }] },
      shown: { created: moment },
    },
  }),
  story(networkAddressBlock, {
    type: 'RestoreNetworkAddressBlock',
    data: { value: { network: 1, block: 1, vlan: null }, shown: { created: moment } },
  }),
  story(dockerPort, {
    type: 'RestoreDockerPort',
    data: {
      value: { complex: 'docker1', port: 5080, addressOffset: 0, foundation: null, foundationIndex: 0 },
      shown: { created: moment },
    },
  }),
  story(maintenanceWindow, {
    type: 'RestoreMaintenanceWindow',
    data: {
      value: {
        site: 'site1',
        description: 'Nights',
        days: ['mon', 'tue'],
        start: '22:00',
        timeZone: 'Europe/Berlin',
        minutes: 480,
        startsAt: null,
      },
      shown: { created: moment },
    },
  }),
  story(limit, {
    type: 'RestoreLimit',
    data: { value: { site: 'site1', complex: null, module: null, maxJobs: 5 }, shown: { created: moment } },
  }),
  story(jobLogPruning, { type: 'PruneJobLog', data: { jobs: [1, 2] } }),
];
