import type { Provider } from '@nestjs/common';
import { HoldBook } from './hold-book.ts';
import { holdRuleHandlers } from './hold-rule.commands.ts';
import { holdHandlers } from './hold.commands.ts';

/** What keeps holds, for Nest. */
export const holdProviders: readonly Provider[] = [HoldBook, ...holdRuleHandlers, ...holdHandlers];
