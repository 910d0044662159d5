import type { Action, Extension } from '#api';
import { action, parameter, shaped } from '#api';
import type { Key } from '#read-store';
import type { About } from './find-target.ts';
import type { RenderParts } from './render-preview.ts';
import { renderDrafts, renderedShape } from './render-preview.ts';

type Machine = Extract<About, { readonly kind: 'Structure' | 'Foundation' }>;

const render = (parts: RenderParts, grant: string, about: (key: Key) => Machine): Action =>
  action({
    doc: 'What the machine would be told with what is given in the place of what is saved: configuration, boot script and template. Nothing is saved, secrets are masked.',
    protocols: ['rest'],
    asOf: true,
    parameters: {
      pxe: parameter.reference('BluePrint/PXE', { default: null, doc: 'Instead of the one it boots.' }),
      boot_script: parameter.text({ default: null, doc: 'Instead of that of the PXE.' }),
      template: parameter.text({ default: null, doc: 'Instead of that of the PXE.' }),
      config_values: parameter.map({ default: null, doc: 'Instead of those of the blueprint, or else its own.' }),
      blueprint: parameter.text({ default: null, doc: 'Whose values are replaced.' }),
    },
    returns: shaped(renderedShape),
    permission: { grant },
    query: (
      key,
      { pxe, boot_script: bootScript, template, config_values: configValues, blueprint },
      { view, caller, now },
    ) =>
      renderDrafts(view, about(key), { pxe, bootScript, template, configValues, blueprint }, { ...parts, caller, now }),
  });

/** What machines would be told. */
export const renderPreviews = (parts: RenderParts): readonly Extension[] => [
  {
    model: 'Building/Structure',
    actions: { render: render(parts, 'Building.view_structure', (key) => ({ kind: 'Structure', id: Number(key) })) },
  },
  {
    model: 'Building/Foundation',
    actions: {
      render: render(parts, 'Building.view_foundation', (key) => ({ kind: 'Foundation', locator: String(key) })),
    },
  },
];
