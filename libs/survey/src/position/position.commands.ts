import type { ChangedValues, NewValues } from '#api';
import { ChangeCommand, changeHandler, CreateCommand, createHandler, DeleteCommand } from '#api';
import { deleteUnreferencedHandler, given } from '#api';
import type { positionFields } from './position.api.ts';
import { position } from './position.ts';
import { putPosition, removePosition } from './put-position.ts';

export class CreatePosition extends CreateCommand<NewValues<typeof positionFields>> {}
export class ChangePosition extends ChangeCommand<ChangedValues<typeof positionFields>> {}
export class DeletePosition extends DeleteCommand {}

export const positionHandlers = [
  createHandler(CreatePosition, async (work, { locator, height, ...value }) => {
    if ((await work.load(position, locator)).stage === 'active') {
      work.fault('locator', 'TAKEN', 'Position with this Locator already exists.');
    } else await putPosition(work, locator, { ...value, height: height ?? 1 });
    return locator;
  }),
  changeHandler(ChangePosition, async (work, locator, { height, ...changed }) => {
    const found = await work.load(position, locator);
    if (found.stage !== 'active') return work.fault('', 'NOT_FOUND', 'Position does not exist');
    const after = { ...found.value, ...given(changed), height: height ?? found.value.height };
    return putPosition(work, String(locator), after);
  }),
  deleteUnreferencedHandler(DeletePosition, 'Survey/Position', (work, locator) =>
    removePosition(work, String(locator)),
  ),
];
