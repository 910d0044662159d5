import { Client } from 'pg';

/** The number in the column `n` of the first row of a query. */
export async function countOf(connectionString: string, text: string): Promise<number> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return Number((await client.query<{ n: string }>(text)).rows[0]?.n);
  } finally {
    await client.end();
  }
}

/** How many transactions a database has had so far, this question among them. */
export const transactionsOf = (connectionString: string): Promise<number> =>
  countOf(connectionString, 'SELECT sum(xact_commit) AS n FROM pg_stat_database WHERE datname = current_database()');
