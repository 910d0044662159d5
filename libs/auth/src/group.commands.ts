import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { UnitOfWork } from '#kernel';
import type { ChangedValues, NewValues } from '#api';
import { ChangeCommand, CreateCommand, DeleteCommand, deleteHandler } from '#api';
import type { CommandContext } from '#event-store';
import { UnitOfWorkHandler } from '#event-store';
import { GrantPolicy } from './grant-policy.ts';
import type { groupFields } from './group.api.ts';
import { group } from './group.ts';
import { checkName } from './names.ts';

export class CreateGroup extends CreateCommand<NewValues<typeof groupFields>> {}
export class ChangeGroup extends ChangeCommand<ChangedValues<typeof groupFields>> {}
export class DeleteGroup extends DeleteCommand {}

@CommandHandler(CreateGroup)
class CreateGroupHandler extends UnitOfWorkHandler<CreateGroup> {
  constructor(@Inject(GrantPolicy) private readonly policy: GrantPolicy) {
    super();
  }

  async decide(work: UnitOfWork, { values }: CreateGroup, { caller }: CommandContext): Promise<string> {
    const { name, permissions } = values;
    checkName(work, name);
    this.policy.checkAdded(work, caller, [], permissions);
    await work.decide(group, name, { type: 'DefineGroup', data: { name, permissions } });
    return name;
  }
}

@CommandHandler(ChangeGroup)
class ChangeGroupHandler extends UnitOfWorkHandler<ChangeGroup> {
  constructor(@Inject(GrantPolicy) private readonly policy: GrantPolicy) {
    super();
  }

  async decide(work: UnitOfWork, { key, values }: ChangeGroup, { caller }: CommandContext): Promise<void> {
    const { permissions } = values;
    if (permissions === undefined) return;
    const found = await work.load(group, key);
    if (found.stage === 'active') this.policy.checkAdded(work, caller, found.value.permissions, permissions);
    await work.decide(group, key, { type: 'ChangeGroup', data: { permissions } });
  }
}

export const groupHandlers = [
  CreateGroupHandler,
  ChangeGroupHandler,
  deleteHandler(DeleteGroup, 'Auth/Group', { ...group, noun: 'Group' }),
];
