import type { Command, Tools } from '../command.ts';
import { Refused } from '../rest-client.ts';

/** A command about a model, which says so where the server has no such model. */
export const known = (model: string, command: Command): Command => ({
  ...command,
  run: async (asked, tools) => {
    try {
      return await command.run(asked, tools);
    } catch (error) {
      if (error instanceof Refused && error.status === 404 && !(await hasModel(tools, model))) {
        throw new Error(`this server has no ${model}`, { cause: error });
      }
      throw error;
    }
  },
});

async function hasModel({ client }: Tools, model: string): Promise<boolean> {
  try {
    const { paths } = await client.get(`${model.split('/')[0]}/openapi.json`);
    return Object.keys(paths as object).some((path) => path === `/${model}` || path.startsWith(`/${model}/`));
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return false;
    throw error;
  }
}
