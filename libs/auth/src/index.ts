export { AuthModule } from './auth.module.ts';
export type { AuthOptions } from './auth-options.ts';
export { authSettings } from './auth.settings.ts';
export { Identities } from './identities.ts';
export { resetPassword } from './reset-password.ts';
export type { LoginTries } from './login-limit.ts';
export type { NatsAccess, NatsService } from './auth-options.ts';
export { natsServices } from './service.api.ts';
