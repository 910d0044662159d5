import { describe, expect, it } from '@jest/globals';
import { elementsOf, faultIn } from './soap.ts';

const SOAP = 'http://www.w3.org/2003/05/soap-envelope';

describe('a message', () => {
  it('is read by namespaces, whatever their prefixes', async () => {
    const elements = await elementsOf(
      `<x:a xmlns:x="urn:x"><y:b xmlns:y="urn:y"> 1 </y:b><b xmlns="urn:z">&lt;2&gt;</b></x:a>`,
    );
    expect([elements.text('urn:y', 'b'), elements.text('urn:z', 'b'), elements.text('urn:x', 'b')]).toEqual([
      '1',
      '<2>',
      undefined,
    ]);
  });

  it.each(['', '<a>', '<html><br></html>', '<x:a/>', '<!DOCTYPE a><a/>'])(
    'is an error where it is no XML: %s',
    async (text) => {
      await expect(elementsOf(text)).rejects.toThrow('the answer is no XML');
    },
  );
});

describe('a fault', () => {
  it.each([
    [
      `<s:Envelope xmlns:s="${SOAP}"><s:Fault><s:Reason><s:Text>No such thing.</s:Text></s:Reason></s:Fault></s:Envelope>`,
      'No such thing.',
    ],
    [`<s:Fault xmlns:s="${SOAP}"><s:Code><s:Value>s:Sender</s:Value></s:Code></s:Fault>`, 's:Sender'],
    ['<html><br>', ''],
  ])('is told: %s', async (xml, words) => {
    expect(await faultIn(xml)).toBe(words);
  });
});
