import { expect, it } from '@jest/globals';
import { may, canServe } from './caller.ts';
import type { Caller, Principal } from '#kernel';
import { NamedCommand } from '#event-store';
import { Catalogue } from './catalogue.ts';
import { text } from './field.ts';
import type { Model } from './model.ts';
import { answers, guarded, permissionsOf } from './permissions.ts';

const rows = { name: 'sites', version: 1, key: 'text', history: false, indexes: {}, on: {} } as const;
const run = { query: async () => undefined };
class FoundSite extends NamedCommand<string> {}
const site: Model = {
  path: 'Site/Site',
  fields: {},
  rows,
  create: () => new FoundSite(),
  permissions: { add: { grant: 'Site.can_found' } },
  actions: {
    look: { static: true, parameters: {}, permission: 'anybody', run },
    paint: { parameters: {}, permission: { grant: 'Site.paint' }, run },
    count: { parameters: {}, permission: 'session', run },
  },
};
const hidden: Model = { path: 'Site/Hidden', fields: {}, rows, readable: false };
const catalogue = new Catalogue([site, hidden]);

it('everything that can be asked takes a permission', () => {
  expect(guarded(catalogue)).toEqual([
    { model: 'Site/Site', what: 'view', permission: { grant: 'Site.view_site' } },
    { model: 'Site/Site', what: 'add', permission: { grant: 'Site.can_found' } },
    { model: 'Site/Site', what: '(look)', permission: 'anybody' },
    { model: 'Site/Site', what: '(paint)', permission: { grant: 'Site.paint' } },
    { model: 'Site/Site', what: '(count)', permission: 'session' },
  ]);
});

it('those permissions exist that something asks for', () => {
  expect([...permissionsOf(catalogue)]).toEqual(['Site.can_found', 'Site.paint', 'Site.view_site']);
  const fields = { code: text(20, { shownTo: { grant: 'Site.read_code' } }), name: text(20) };
  expect([...permissionsOf(new Catalogue([{ ...hidden, fields }]))]).toEqual(['Site.read_code']);
});

it('a model answers the verbs it was declared with', () => {
  const verbs = (model: Model) => (['view', 'add', 'change', 'delete'] as const).filter((verb) => answers(model, verb));
  expect([verbs(site), verbs(hidden)]).toEqual([['view', 'add'], []]);
});

const principal = (values: Partial<Principal>): Caller => ({
  source: '',
  principal: { name: 'one', superuser: false, permissions: new Set(), session: '', ...values },
});

it.each<[string, Caller, boolean, boolean, boolean]>([
  ['nobody in particular', { source: '' }, true, false, false],
  ['somebody', principal({}), true, true, false],
  ['who was granted something else', principal({ permissions: new Set(['Site.look']) }), true, true, false],
  ['who was granted it', principal({ permissions: new Set(['Site.paint']) }), true, true, true],
  ['a superuser', principal({ superuser: true }), true, true, true],
  ['a machine that was booted', principal({ booted: { job: 1 } }), true, false, false],
])('%s may what is open to all, to any session, granted: %#', (_, caller, anybody, session, granted) => {
  expect([may(caller, 'anybody'), may(caller, 'session'), may(caller, { grant: 'Site.paint' })]).toEqual([
    anybody,
    session,
    granted,
  ]);
});

it.each<[Principal['serviceScope'], string, string[], boolean]>([
  [undefined, 'berlin', ['iputils'], true],
  [{ sites: ['berlin'], modules: ['iputils', 'manual'] }, 'berlin', ['iputils'], true],
  [{ sites: ['berlin'], modules: ['iputils'] }, 'berlin', [], true],
  [{ sites: ['berlin'], modules: ['iputils'] }, 'berlin', ['iputils', 'manual'], false],
  [{ sites: ['berlin'], modules: ['*'] }, 'paris', ['iputils'], false],
  [{ sites: ['*'], modules: ['*'] }, 'paris', ['iputils'], true],
  [{ sites: [], modules: [] }, 'berlin', [], false],
])('who serves %j works at %s with %j: %s', (scope, where, modules, works) => {
  expect(canServe(principal(scope ? { serviceScope: scope } : {}), where, modules)).toBe(works);
});
