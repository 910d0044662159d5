import type { Noun } from './noun.ts';

export const site: Noun = {
  words: 'site',
  model: 'Site/Site',
  called: ['a site', 'sites'],
  id: 'SITE',
  needs: 'requires a Site Id/Name argument',
  list: { ID: 'name', DESCRIPTION: 'description', PARENT: 'parent', CREATED: 'created', UPDATED: 'updated' },
  get: {
    Id: 'name',
    Name: 'name',
    Description: 'description',
    Parent: 'parent',
    Zone: 'zone',
    'Config Values': 'config_values',
    Created: 'created',
    Updated: 'updated',
  },
  options: {
    name: { short: 'n', does: 'its name', required: true, only: 'create' },
    description: { short: 'd', value: 'TEXT', does: 'what it is', required: true },
    parent: { short: 'p', value: 'SITE', does: 'the site it is within', of: 'Site/Site' },
    zone: { short: 'z', value: 'ID', kind: 'integer', does: 'the DNS zone of its hosts', of: 'Directory/Zone' },
  },
};

export const plot: Noun = {
  words: 'plot',
  model: 'Survey/Plot',
  called: ['a plot', 'plots'],
  id: 'PLOT',
  needs: 'requires a Plot Id argument',
  list: { ID: 'name', PARENT: 'parent', CREATED: 'created', UPDATED: 'updated' },
  get: { Id: 'name', Name: 'name', Corners: 'corners', Parent: 'parent', Created: 'created', Updated: 'updated' },
  options: {
    name: { short: 'n', does: 'its name', required: true, only: 'create' },
    corners: { short: 'c', value: 'CORNERS', does: 'where it is', required: true },
    parent: { short: 'p', value: 'PLOT', does: 'the plot it is within', of: 'Survey/Plot' },
  },
};
