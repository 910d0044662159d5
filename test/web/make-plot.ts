import type { Journey } from '../start-journey.ts';

type Values = Readonly<Record<string, unknown>>;

/** Where machines stand, by their locators; `rack`, `unit`, `height`, `x` and `y` of each. */
export type Standing = Readonly<Record<string, Values>>;

/** Two racks beside each other, and one machine of the shop beside them. */
export const SHOP_STANDING: Standing = {
  db1: { rack: 'r1', unit: 1, height: 4, x: 0, y: 0 },
  web1: { rack: 'r1', unit: 6, height: 2, x: 0, y: 0 },
  web2: { rack: 'r2', unit: 6, height: 2, x: 1, y: 0 },
};

/** Makes the plot `hall`, with one in it, and puts machines there. */
export async function makePlot({ rest }: Pick<Journey, 'rest'>, standing: Standing): Promise<void> {
  const post = async (path: string, values: Values): Promise<void> => {
    const { status, body } = await rest('POST', path, values);
    if (status >= 300) throw new Error(`${path}: ${JSON.stringify(body)}`);
  };
  await post('Survey/Plot', { name: 'hall', corners: 'Building 4, ground floor, by the loading bay' });
  await post('Survey/Plot', { name: 'cage', corners: 'The cage at the far end', parent: 'hall' });
  for (const [locator, where] of Object.entries(standing)) {
    await post('Survey/Position', { locator, plot: 'hall', ...where });
  }
}
