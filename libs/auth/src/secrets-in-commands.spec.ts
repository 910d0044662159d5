import { inspect } from 'node:util';
import { expect, it } from '@jest/globals';
import { Secret } from '#kernel';
import { CreateFirstUser } from './first-user.commands.ts';
import { ChangePassword, SetPassword } from './password.commands.ts';
import { Login } from './session.commands.ts';

const PASSWORD = 'correct horse';

it.each([
  new Login('root', new Secret(PASSWORD)),
  new ChangePassword(new Secret(PASSWORD), new Secret(PASSWORD)),
  new SetPassword('root', new Secret(PASSWORD)),
  new CreateFirstUser(new Secret(PASSWORD)),
])('a password stands in nothing that is written of $commandName', (command) => {
  const values = Object.values(command) as unknown[];
  const written = [
    JSON.stringify(command),
    inspect(command, { depth: 9, showHidden: true }),
    values.map(String).join(),
  ];
  for (const text of written) {
    expect(text).not.toContain(PASSWORD);
    expect(text).toContain('********');
  }
});

it('a password is revealed to whoever checks it', () => {
  expect(new Secret(PASSWORD).reveal()).toBe(PASSWORD);
});
