import { Client } from 'pg';

/** How many transactions a database has had so far, this question among them. */
export async function transactionsOf(connectionString: string): Promise<number> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const text = 'SELECT sum(xact_commit) AS n FROM pg_stat_database WHERE datname = current_database()';
    return Number((await client.query<{ n: string }>(text)).rows[0]?.n);
  } finally {
    await client.end();
  }
}
