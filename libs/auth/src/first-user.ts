import type { OnApplicationBootstrap } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#event-store';
import { CLOCK, CommandContext, CommandGateway } from '#event-store';
import { Refusal } from '#kernel';
import { BadSetting } from '#runtime/settings';
import type { AuthOptions } from './auth-options.ts';
import { AUTH_OPTIONS } from './auth-options.ts';
import { Secret } from '#kernel';
import { ADMINISTRATOR, CreateFirstUser } from './first-user.commands.ts';
import { LENGTH_RULE } from './passwords.ts';
import { newToken } from './tokens.ts';

/** Makes the administrator at the first start. */
@Injectable()
export class FirstUser implements OnApplicationBootstrap {
  constructor(
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
    @Inject(CommandGateway) private readonly gateway: Pick<CommandGateway, 'execute'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws BadSetting where the password that was chosen is too short */
  async onApplicationBootstrap(): Promise<void> {
    const password = this.options.adminPassword ?? newToken().slice(0, 20);
    const context = CommandContext.system(this.clock.now());
    try {
      const { value: made } = await this.gateway.execute(new CreateFirstUser(new Secret(password)), context);
      if (made) this.options.made({ name: ADMINISTRATOR, password });
    } catch (error) {
      if (!(error instanceof Refusal) || !error.faults.some(({ code }) => code === 'SHORT')) throw error;
      throw new BadSetting('CONTRACTOR_ADMIN_PASSWORD', '…', LENGTH_RULE);
    }
  }
}
