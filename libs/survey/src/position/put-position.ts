import { checkPattern } from '#api';
import { foundationFor } from '#building';
import type { UnitOfWork } from '#kernel';
import { plotFor } from '#plots';
import type { Position } from './position.ts';
import { position } from './position.ts';
import { MAX_UNIT, rack } from './rack.ts';

/** The farthest from the origin of its plot that a foundation is drawn. */
const MAX_DISTANCE = 1_000_000;

/** Notes what is wrong with where a foundation shall stand, but for whether its place is free. */
export async function checkPosition(work: UnitOfWork, locator: string, value: Position): Promise<void> {
  const { plot, rack: name, unit, height, x, y } = value;
  await foundationFor(work, 'locator', locator);
  await plotFor(work, 'plot', plot);
  checkPattern(work, 'rack', name, 'Invalid');
  if (unit !== null && (name === null || name === '')) work.fault('unit', 'RACK', 'is of a rack: say which');
  if (unit !== null && (unit < 1 || unit > MAX_UNIT)) {
    work.fault('unit', 'RANGE', `is ${unit}, and must be from 1 to ${MAX_UNIT}`);
  }
  if (height < 1 || (unit ?? 1) + height - 1 > MAX_UNIT) {
    work.fault('height', 'RANGE', `is ${height}, and must be at least 1 and end at unit ${MAX_UNIT} at most`);
  }
  for (const [field, at] of Object.entries({ x, y })) {
    if (at !== null && Math.abs(at) > MAX_DISTANCE) {
      work.fault(field, 'RANGE', `is ${at}, and must be from -${MAX_DISTANCE} to ${MAX_DISTANCE}`);
    }
  }
}

/** Says where a foundation stands; what is wrong with that is noted. */
export async function putPosition(work: UnitOfWork, locator: string, value: Position): Promise<void> {
  await checkPosition(work, locator, value);
  const found = await work.load(position, locator);
  if (found.stage === 'active') await freeUnits(work, locator, found.value, value);
  if (value.rack !== null && value.unit !== null) {
    const data = { foundation: locator, unit: value.unit, height: value.height };
    await work.decide(rack, rackOf(value.plot, value.rack), { type: 'TakeUnits', data });
  }
  await (found.stage === 'active'
    ? work.decide(position, locator, { type: 'ChangePosition', data: value })
    : work.decide(position, locator, { type: 'DefinePosition', data: value }));
}

/** A foundation stands nowhere in particular any more. */
export async function removePosition(work: UnitOfWork, locator: string): Promise<void> {
  const found = await work.load(position, locator);
  if (!('value' in found)) return;
  await freeUnits(work, locator, found.value);
  if (found.stage === 'active') await work.decide(position, locator, { type: 'ClosePosition', data: {} });
  await work.decide(position, locator, { type: 'DeletePosition', data: {} });
}

const rackOf = (plot: string, name: string): string => `${plot}/${name}`;

/** Frees the units that a foundation has, unless it stays in the same rack. */
async function freeUnits(work: UnitOfWork, locator: string, before: Position, after?: Position): Promise<void> {
  if (before.rack === null || before.unit === null) return;
  if (after?.unit !== null && after?.rack === before.rack && after.plot === before.plot) return;
  await work.decide(rack, rackOf(before.plot, before.rack), { type: 'FreeUnits', data: { foundation: locator } });
}
