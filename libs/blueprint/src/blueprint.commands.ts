import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { ChangedValues, ConfigHolder, NewValues } from '#api';
import {
  ChangeCommand,
  CreateCommand,
  declaredSecrets,
  declareSecretNames,
  DeleteCommand,
  deleteHandler,
  given,
  checkPattern,
  SecretSealing,
} from '#api';
import type { ConfigOwner, ConfigSchema, Pairs } from '#config';
import { configValuesFrom, schemaFaults, schemaSecretNames } from '#config';
import type { CommandContext } from '#event-store';
import type { NamedCommand, ResultOf } from '#event-store';
import { UnitOfWorkHandler } from '#event-store';
import type { JsonMap, UnitOfWork } from '#kernel';
import { Secrets } from '#secrets';
import type { foundationBluePrintFields, structureBluePrintFields } from './blueprint.api.ts';
import type { BluePrint, BluePrintChanges } from './blueprint.ts';
import { blueprint } from './blueprint.ts';
import { blueprints } from './blueprints.ts';
import { checkParents, foundationBluePrintFor, blueprintSecretNames } from './find-blueprint.ts';
import { unlink } from './script-link.commands.ts';
import { scriptLinks } from './script-links.ts';
import { templateFaults } from './validation-template.ts';

type FoundationFields = typeof foundationBluePrintFields;
type StructureFields = typeof structureBluePrintFields;
type Changes = ChangedValues<FoundationFields> & ChangedValues<StructureFields>;
type Kind = BluePrint['kind'];

export class CreateFoundationBluePrint extends CreateCommand<NewValues<FoundationFields>> {
  readonly kind = 'foundation';
}
export class ChangeFoundationBluePrint extends ChangeCommand<ChangedValues<FoundationFields>> {
  readonly kind = 'foundation';
}
export class CreateStructureBluePrint extends CreateCommand<NewValues<StructureFields>> {
  readonly kind = 'structure';
}
export class ChangeStructureBluePrint extends ChangeCommand<ChangedValues<StructureFields>> {
  readonly kind = 'structure';
}
/** Deletes blueprints of either kind, and unlinks the scripts in their slots. */
export class DeleteBluePrint extends DeleteCommand {}

/** What is given of a blueprint; what is wrong with it is noted. */
export async function changesFrom(
  work: UnitOfWork,
  name: string,
  values: Changes,
  kind: Kind,
  whose: Pick<ConfigOwner, 'secrets' | 'request'> & { readonly before?: BluePrint | undefined },
): Promise<BluePrintChanges> {
  const config = values.config_values;
  const configValues = async (): Promise<Pairs> => {
    const { before, ...kept } = whose;
    const secretNames = [
      ...(await blueprintSecretNames(work, values.parent_list ?? before?.parents ?? [])),
      ...(await declaredSecrets(work)),
      ...schemaSecretNames(schema),
    ];
    const owner = { ...kept, owner: `BluePrint ${name}`, before: before?.configValues, secretNames };
    return configValuesFrom(work, config, owner);
  };
  const validationTemplate = values.validation_template === null ? {} : values.validation_template;
  const schema = (values.config_schema === null ? {} : values.config_schema) as ConfigSchema | undefined;
  const changes = given({
    description: values.description,
    foundationTypes: values.foundation_type_list,
    validationTemplate,
    physicalInterfaceNames: values.physical_interface_names,
    parents: values.parent_list,
    foundationBluePrints: values.foundation_blueprint_list,
    configSchema: whose.before || Object.keys(schema ?? {}).length > 0 ? schema : undefined,
    configValues: config === undefined ? undefined : await configValues(),
  });
  for (const fault of templateFaults(validationTemplate ?? {})) work.fault('validation_template', 'TEMPLATE', fault);
  for (const fault of schemaFaults((schema ?? {}) as unknown as JsonMap)) work.fault('config_schema', 'SCHEMA', fault);
  if (changes.foundationTypes?.length === 0) {
    work.fault('foundation_type_list', 'BLANK', 'This field cannot be blank.');
  }
  await checkParents(work, name, changes.parents ?? [], kind);
  for (const foundation of changes.foundationBluePrints ?? []) {
    await foundationBluePrintFor(work, 'foundation_blueprint_list', foundation);
  }
  return changes;
}

const declarerOf = (name: string): string => `BluePrint ${name}`;

/** Has the names of secrets that a blueprint declares known to whoever writes values. */
export async function declare(work: UnitOfWork, name: string, { configSchema }: BluePrintChanges): Promise<void> {
  if (configSchema) await declareSecretNames(work, declarerOf(name), schemaSecretNames(configSchema));
}

abstract class Declaring<
  C extends { readonly values: { readonly config_schema?: unknown } } & NamedCommand<unknown>,
> extends UnitOfWorkHandler<C, CommandContext> {
  override readonly completesBySealing = true;

  constructor(
    @Inject(Secrets) protected readonly secrets: Secrets,
    @Inject(SecretSealing) protected readonly sealing: SecretSealing,
  ) {
    super();
  }

  override prepare(_: C, context: CommandContext): Promise<CommandContext> {
    return Promise.resolve(context);
  }

  /** What was written in clear text before the names of secrets were declared is sealed before the answer. */
  override async complete({ values }: C, result: ResultOf<C>, context: CommandContext): Promise<ResultOf<C>> {
    if (schemaSecretNames((values.config_schema ?? {}) as ConfigSchema).length > 0) await this.sealing.seal(context);
    return result;
  }
}

class Creation<C extends CreateFoundationBluePrint | CreateStructureBluePrint> extends Declaring<C> {
  async decide(work: UnitOfWork, command: C, { metadata: { request } }: CommandContext) {
    const { kind } = command;
    const { name, ...values } = command.values;
    checkPattern(work, 'name', name, 'invalid');
    const changes = await changesFrom(work, name, values, kind, { secrets: this.secrets, request });
    await work.decide(blueprint, name, { type: 'DefineBluePrint', data: { kind, ...changes } as BluePrint });
    await declare(work, name, changes);
    return name as never;
  }
}

class Change<C extends ChangeFoundationBluePrint | ChangeStructureBluePrint> extends Declaring<C> {
  async decide(work: UnitOfWork, { key, values, kind }: C, { metadata: { request } }: CommandContext) {
    const name = String(key);
    const state = await work.load(blueprint, name);
    const before = state.stage === 'active' ? state.value : undefined;
    const data = await changesFrom(work, name, values, kind, { secrets: this.secrets, before, request });
    await work.decide(blueprint, name, { type: 'ChangeBluePrint', data });
    await declare(work, name, data);
    return undefined as never;
  }
}

@CommandHandler(CreateFoundationBluePrint)
class CreateFoundationBluePrintHandler extends Creation<CreateFoundationBluePrint> {}
@CommandHandler(ChangeFoundationBluePrint)
class ChangeFoundationBluePrintHandler extends Change<ChangeFoundationBluePrint> {}
@CommandHandler(CreateStructureBluePrint)
class CreateStructureBluePrintHandler extends Creation<CreateStructureBluePrint> {}
@CommandHandler(ChangeStructureBluePrint)
class ChangeStructureBluePrintHandler extends Change<ChangeStructureBluePrint> {}

/** Blueprints, as far as they hold configuration values. */
export const blueprintsWithSecrets: ConfigHolder = {
  kind: 'BluePrint',
  rows: blueprints,
  async change(work, key, become) {
    const found = await work.load(blueprint, key);
    if (found.stage !== 'active') return;
    const configValues = await become(found.value.configValues);
    await work.decide(blueprint, key, { type: 'ChangeBluePrint', data: { configValues } });
  },
};

export const blueprintHandlers = [
  CreateFoundationBluePrintHandler,
  ChangeFoundationBluePrintHandler,
  CreateStructureBluePrintHandler,
  ChangeStructureBluePrintHandler,
  deleteHandler(DeleteBluePrint, 'BluePrint/BluePrint', blueprint, async (work, name, view) => {
    const { keys } = await view.keys(scriptLinks, { where: { blueprint: String(name) } });
    for (const key of keys) await unlink(work, Number(key));
    await declareSecretNames(work, declarerOf(String(name)), []);
  }),
];
