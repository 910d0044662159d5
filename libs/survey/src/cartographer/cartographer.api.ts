import type { Action } from '#api';
import { action, dateTime, defineModel, map, parameter, reference, staticAction, text } from '#api';
import { FitBluePrints } from '../intake/fit-blueprints.commands.ts';
import { PreviewTakeIn, TakeInMachine } from '../intake/take-in.commands.ts';
import {
  AssignFoundation,
  DeleteCartographer,
  FinishSurvey,
  LookUpMachine,
  RegisterCartographer,
  SetMessage,
} from './cartographer.commands.ts';
import { cartographers } from './cartographers.ts';
import { fingerprintOf } from './fingerprint.ts';

const fields = {
  identifier: text(64, { mode: 'RC', required: true }),
  foundation: reference('Building/Foundation'),
  message: text(200, { required: true }),
  info_map: map({ default: {} }),
  last_checkin: dateTime(),
  fingerprint: map({
    mode: 'RO',
    protocols: ['rest'],
    doc: 'what kind of machine it is; `id` is the same for all of one make and fitting',
  }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};

/** What machines in the boot image are granted. */
const BOOTSTRAP = { grant: 'Building.can_bootstrap' };

/** What machines in the boot image ask, in the order in which they do. */
const ofMachines: Readonly<Record<string, Action>> = {
  register: staticAction({
    doc: 'A machine says that it is there, by an identifier of its own choice.',
    parameters: { identifier: parameter.text() },
    permission: BOOTSTRAP,
    command: ({ identifier }) => new RegisterCartographer(identifier),
  }),
  lookup: action({
    doc: 'A machine reports what it is; answers by what it was matched, and as which foundation.',
    parameters: { info_map: parameter.map({ default: null }) },
    returns: { type: { kind: 'Map' } },
    permission: BOOTSTRAP,
    command: (identifier, { info_map: infoMap }) => new LookUpMachine(identifier, infoMap),
  }),
  setMessage: action({
    doc: 'A machine tells how far it is.',
    parameters: { message: parameter.text() },
    permission: BOOTSTRAP,
    command: (identifier, { message }) => new SetMessage(identifier, message),
  }),
  done: action({
    doc: 'A machine has told everything: its foundation is located, and this is gone. It may be said again.',
    parameters: {},
    mayBeGone: true,
    permission: BOOTSTRAP,
    command: (identifier) => new FinishSurvey(identifier),
  }),
};

const assign = action({
  doc: 'Says which foundation it is; that has to be planned, and of no other machine.',
  parameters: { foundation: parameter.reference('Building/Foundation') },
  permission: { grant: 'Survey.can_assign_foundation' },
  command: (identifier, { foundation }) => new AssignFoundation(identifier, foundation),
});

const takeIn = action({
  doc: 'Makes the foundation that it is, with its interfaces and its place in a plot; all of it or nothing.',
  protocols: ['rest'],
  parameters: {
    rule: parameter.reference('Survey/IntakeRule', {
      default: null,
      doc: 'An intake rule, in force or not, that says what is not said here.',
    }),
    blueprint: parameter.reference('BluePrint/FoundationBluePrint', { default: null }),
    foundation_type: parameter.text({
      default: null,
      doc: 'Type of the foundation; by default that of the rule, or the only one that the blueprint lists.',
    }),
    site: parameter.reference('Site/Site', { default: null }),
    locator: parameter.text({ default: null, doc: 'What it is called; placeholders as in a rule.' }),
    plot: parameter.reference('Survey/Plot', { default: null }),
    network: parameter.reference('Utilities/Network', { default: null, doc: 'The network of its interfaces.' }),
    values: parameter.map({ default: {}, doc: 'Fields of its platform.' }),
    dry_run: parameter.boolean({ default: false, doc: 'Tells what it would make, and changes nothing.' }),
  },
  returns: { type: { kind: 'Map' } },
  permission: { grant: 'Survey.can_take_in' },
  command: (identifier, { dry_run: dryRun, foundation_type: type, network, values, ...said }) => {
    const wanted = { ...said, type, network: network === null ? null : Number(network), values: values ?? {} };
    return dryRun === true ? new PreviewTakeIn(identifier, wanted) : new TakeInMachine(identifier, wanted);
  },
});

const blueprints = action({
  doc: 'The foundation blueprints that say what machines have to be: whether it is that, else what is missing.',
  protocols: ['rest'],
  parameters: {},
  returns: { type: { kind: 'Map' }, list: true },
  permission: { grant: 'Survey.view_cartographer' },
  command: (identifier) => new FitBluePrints(identifier),
});

/** Machines in the boot image. */
export const cartographerModel = defineModel({
  path: 'Survey/Cartographer',
  doc: 'A machine in the boot image that has called in, of which it is found out which foundation it is.',
  idField: 'identifier',
  fields,
  rows: cartographers,
  sites: 'none',
  present: ({ infoMap, checkedIn, ...row }, identifier) => ({
    ...row,
    identifier,
    info_map: infoMap,
    last_checkin: checkedIn,
    fingerprint: { ...fingerprintOf(infoMap) },
  }),
  deletion: { command: (identifiers) => new DeleteCartographer(identifiers) },
  filters: {
    waiting: {
      protocols: ['rest'],
      doc: 'Those of which nobody knows which foundations they are.',
      parameters: {},
      where: () => ({ waiting: 'yes' }),
    },
  },
  actions: { assign, ...ofMachines, takeIn, blueprints },
});
