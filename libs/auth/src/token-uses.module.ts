import { Module } from '@nestjs/common';
import type { Logger } from '#kernel';
import { DATABASE, LOGGER } from '#runtime';
import type { Pool } from 'pg';
import { TokenUses } from './token-uses.ts';

/** When tokens were used last. */
@Module({
  providers: [
    {
      provide: TokenUses,
      inject: [DATABASE, LOGGER],
      useFactory: (pool: Pool, log: Logger) =>
        new TokenUses(pool, (error) =>
          log.warn('it could not be noted which tokens are used', { error: String(error) }),
        ),
    },
  ],
  exports: [TokenUses],
})
export class TokenUsesModule {}
