import type { OnApplicationBootstrap } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#event-store';
import { CLOCK, CommandContext, CommandExecutor, CommandGateway } from '#event-store';
import type { Logger } from '#kernel';
import { Refusal } from '#kernel';
import { LOGGER } from '#runtime';
import { BadSetting } from '#runtime/settings';
import type { AuthOptions } from './auth-options.ts';
import { AUTH_OPTIONS } from './auth-options.ts';
import { Secret } from '#kernel';
import { ADMINISTRATOR, CreateFirstUser } from './first-user.commands.ts';
import { LENGTH_RULE, Passwords } from './passwords.ts';
import { newToken } from './tokens.ts';
import { user } from './user.ts';

/** Makes the administrator at the first start. */
@Injectable()
export class FirstUser implements OnApplicationBootstrap {
  constructor(
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
    @Inject(CommandGateway) private readonly gateway: Pick<CommandGateway, 'execute'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CommandExecutor) private readonly executor: Pick<CommandExecutor, 'preview'>,
    @Inject(Passwords) private readonly passwords: Pick<Passwords, 'matches'>,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** @throws BadSetting where the password that was chosen is too short */
  async onApplicationBootstrap(): Promise<void> {
    const password = this.options.adminPassword ?? newToken().slice(0, 20);
    const context = CommandContext.system(this.clock.now());
    try {
      const { value: made } = await this.gateway.execute(new CreateFirstUser(new Secret(password)), context);
      if (made) this.options.made({ name: ADMINISTRATOR, password });
      else if (this.options.adminPassword !== undefined) await this.#tellIgnored(this.options.adminPassword);
    } catch (error) {
      if (!(error instanceof Refusal) || !error.faults.some(({ code }) => code === 'SHORT')) throw error;
      throw new BadSetting('CONTRACTOR_ADMIN_PASSWORD', '…', LENGTH_RULE);
    }
  }
  /** Whoever sets the password of an administrator that was made before, with another one, would wait for it in vain. */
  async #tellIgnored(password: string): Promise<void> {
    const { value: root } = await this.executor.preview((work) => work.load(user, ADMINISTRATOR));
    if (root && (await this.passwords.matches(root.credential, password, ''))) return;
    this.log.warn(
      root
        ? `CONTRACTOR_ADMIN_PASSWORD is ignored: ${ADMINISTRATOR} has another password already; contractor reset-password sets a new one`
        : 'CONTRACTOR_ADMIN_PASSWORD is ignored: there is an administrator already, of another name',
    );
  }
}
