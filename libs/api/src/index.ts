export { ANONYMOUS, boundTo, may } from './caller.ts';
export { ApiModule, ProtocolApis } from './api.module.ts';
export { ApiCatalogue, ApiFeatures } from './api-features.ts';
export type { ApiFeature } from './api-features.ts';
export { Catalogue, modelNameOf, namespaceOf, permissionFor, REST_ROOT, restUriOf, ROOT, uriOf } from './catalogue.ts';
export type { Namespace, NamespaceDeclaration, RefusalKind } from './catalogue.ts';
export {
  declaredSecrets,
  declaredSecretsNow,
  declareSecretNames,
  maskingLayer,
  secretNamesRegister,
  secretNamesRows,
} from './declared-secrets.ts';
export type { SecretNamesCommand, SecretNamesEvent } from './declared-secrets.ts';
export { SecretSealing } from './secret-sealing.ts';
export type { ConfigHolder } from './secret-sealing.ts';
export {
  DeleteCommand,
  DeletionHandler,
  deletionsOf,
  DeletionRegistry,
  named,
  notDeletable,
  usersOf,
} from './deletion.ts';
export {
  ChangeCommand,
  changeHandler,
  CreateCommand,
  createHandler,
  deleteHandler,
  deleteUnreferencedHandler,
  given,
} from './entity-commands.ts';
export { EraseSecret, eraseSecret, EraseSecretHandler, secret } from './erase-secret.ts';
export type { EraseSecretCommand, SecretEvent } from './erase-secret.ts';
export { boolean, dateTime, integer, map, numberReference, parameter, reference, text, wideInteger } from './field.ts';
export type { ChangedValues, Field, Fields, NewValues, Parameter, Parameters, ValuesOf, ValueType } from './field.ts';
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
  Place,
  Release,
  Sites,
  Values,
} from './model.ts';
export { answers, guarded, permissionsOf, restrictedFields } from './permissions.ts';
export type { Guarded } from './permissions.ts';
export { Forbidden, NotFound } from './errors.ts';
export { keyKind, toKey } from './keys.ts';
export { exactNumber } from './exact-number.ts';
export { PlainText } from './plain-text.ts';
export { toPosition } from './to-position.ts';
export { shownMoment, toMoment } from './moment.ts';
export { AS_THEY_ARE, showFound } from './objects.ts';
export type { Making, Shown } from './objects.ts';
export { differences } from './differences.ts';
export type { Difference } from './differences.ts';
export type { LineChange } from './line-changes.ts';
export type { HistoryEntry, ListDifference, ObjectDifference, Span } from './past-of-objects.ts';
export { shape, shaped } from './shape.ts';
export type { Shape, Shaped } from './shape.ts';
export { validate } from './validate.ts';
export { whyNot } from './why-not.ts';
export { action, defineModel, staticAction } from './model.ts';
export type { ApprovalRules } from './approvals.ts';
export { PreviewMaker } from './previews.ts';
export type { PreviewOrder, PreviewProtocol, PreviewReport, PreviewStep, WrittenRequest } from './previews.ts';
export { ApiService } from './service.ts';
export { SiteGuard } from './site-guard.ts';
export type { SiteGuardParts } from './site-guard.ts';
export type { Answer, Change, Listing, Request } from './request.ts';
export { checkPattern, isAddressable, NAME } from './names.ts';
export type { NamePattern } from './names.ts';
export { asText, byReference } from './values.ts';
export type { FeedListener, FeedMessage, FeedPage, FeedSelection, FeedSource } from './feed.ts';
export { objectPlace } from './object-place.ts';
export type { ObjectPlace, RowSource } from './object-place.ts';
export { shownAs, TouchedObjects } from './touched-objects.ts';
export type { TouchedObject } from './touched-objects.ts';
export type { EventListener, EventMessage, EventPage, EventSource, NamedObject, NarrowedEvents } from './event-feed.ts';
