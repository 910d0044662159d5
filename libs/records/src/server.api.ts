import { defineModel, shape, shaped, staticAction } from '#api';
import type { ServerFacts } from '#runtime';
import { productVersion } from '#runtime';

const aboutShape = shape.record({
  version: shape.text('Of the product.'),
  node: shape.text('Version of Node.js.'),
  installation: shape.text('Tells it apart from others on the same NATS.'),
  started: shape.text('When its process began, ISO 8601.'),
  now: shape.text('What its clock says, ISO 8601.'),
});

const settingsShape = shape.record({
  settings: shape.list(
    shape.record({
      name: shape.text(),
      table: shape.text('What it is a setting of: `http`.'),
      value: shape.textOrNull('As it was written; masked where it may hold a secret, null where it is not set.'),
      secret: shape.flag(),
      from: shape.text('`environment`, `file`, `default` or `unset`.'),
      otherwise: shape.text('What holds where it is not set.'),
      doc: shape.text('What it means, in Markdown.'),
    }),
  ),
});

const permission = { grant: 'Records.view_server' } as const;

/** The server that is asked, for those who operate it. */
export const serverModel = ({ installation, started, settings }: ServerFacts) => {
  const version = productVersion();
  return defineModel({
    path: 'Records/Server',
    doc: 'The server that is asked: what it is, and the settings it goes by.',
    protocols: ['rest'],
    fields: {},
    actions: {
      about: staticAction({
        doc: 'Which version it is, and since when it runs.',
        parameters: {},
        returns: shaped(aboutShape),
        permission,
        query: async (_, { now }) => ({ version, node: process.versions.node, installation, started, now }),
      }),
      settings: staticAction({
        doc: 'The settings it goes by, each with where its value comes from; secrets are masked.',
        parameters: {},
        returns: shaped(settingsShape),
        permission,
        query: async () => ({ settings }),
      }),
    },
  });
};
