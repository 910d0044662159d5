export { ANONYMOUS, may, canServe } from './caller.ts';
export type { Caller, Principal, ServiceScope } from './caller.ts';
export { Catalogue, modelNameOf, namespaceOf, permissionFor, ROOT, uriOf } from './catalogue.ts';
export type { Namespace } from './catalogue.ts';
export { deleteObjects } from './deletion.ts';
export { eraseSecret, eraseSecretOf } from './erase-secret.ts';
export { boolean, dateTime, integer, map, reference, text } from './field.ts';
export type { Field, Parameter, ValueType } from './field.ts';
export type {
  Action,
  ActionRun,
  Call,
  Deletion,
  Extension,
  Protocol,
  Filter,
  Model,
  Permission,
  Values,
} from './model.ts';
export { answers, guarded, permissionsOf } from './permissions.ts';
export type { Guarded } from './permissions.ts';
export { Forbidden, NotFound, NotReady, PreconditionFailed } from './errors.ts';
export { keyKind, toKey } from './keys.ts';
export { shownMoment, toMoment } from './moment.ts';
export { AS_THEY_ARE } from './objects.ts';
export type { Making, Shown } from './objects.ts';
export { validate } from './validate.ts';
export { ApiService } from './service.ts';
export type { Answer, Change, Listing, Request } from './request.ts';
export { NAME } from './names.ts';
export { asText, byReference } from './values.ts';
