import { describe, expect, it } from '@jest/globals';
import { readSiteFile } from '../read-site-file.ts';
import { fromCsv } from './from-csv.ts';

const HEADER =
  'site,hostname,blueprint,foundation_type,foundation_blueprint,interface,mac,network,ip,state,label:rack,config:port';

describe('a CSV file of hosts', () => {
  it('becomes a site file: rows of one host belong together', () => {
    const { text, warnings } = fromCsv(
      'hosts.csv',
      [
        HEADER,
        'shop,web1,web,Manual,metal,eth0,52:54:00:00:00:01,internal,10.1.0.5,built,r1,80',
        'shop,web1,,,,eth1,,internal,10.1.0.6,,,',
        '',
        '"shop",db1,db,,,,,,"10.1.0.7",,"rack ""7"", left",text',
      ].join('\r\n'),
      { type: 'Manual', foundationBlueprint: 'metal' },
    );
    expect(warnings).toEqual([]);
    expect(text).toBe(`# hosts of hosts.csv

[site.shop]

[site.shop.structure.web1]
blueprint = "web"
foundation = "web1"
state = "built"
labels = { rack = "r1" }
address = [{ interface = "eth0", ip = "10.1.0.5", primary = true }, { interface = "eth1", ip = "10.1.0.6" }]

[site.shop.structure.web1.config_values]
port = 80

[site.shop.structure.db1]
blueprint = "db"
foundation = "db1"
labels = { rack = 'rack "7", left' }
address = [{ interface = "eth0", ip = "10.1.0.7", primary = true }]

[site.shop.structure.db1.config_values]
port = "text"

[site.shop.foundation.web1]
type = "Manual"
blueprint = "metal"
state = "built"

[site.shop.foundation.web1.interface.eth0]
network = "internal"
physical_location = "eth0"
mac = "52:54:00:00:00:01"

[site.shop.foundation.web1.interface.eth1]
network = "internal"
physical_location = "eth1"

[site.shop.foundation.db1]
type = "Manual"
blueprint = "metal"
`);
    expect(readSiteFile('x', text).faults).toEqual([]);
  });

  it.each([
    ['80', '80'],
    ['-1.5', '-1.5'],
    ['1.10', '"1.10"'],
    ['22.0', '22.0'],
    ['12e4', '"12e4"'],
    ['007', '"007"'],
    ['-0', '"-0"'],
    ['12345678901234567890', '"12345678901234567890"'],
    ['1e999', '"1e999"'],
    ['true', 'true'],
    ['[1.0, 2]', '[1.0, 2]'],
    ['10.1.0.0/24', '"10.1.0.0/24"'],
  ])('has the configuration value %s as %s', (cell, value) => {
    const { text } = fromCsv('h.csv', `hostname;config:x\nweb1;${cell}`, { site: 'shop' });
    expect(text).toContain(`config_values]\nx = ${value}\n`);
    expect(readSiteFile('x', text).faults).toEqual([]);
  });

  it.each([
    ['', 'there is no line with the names of the columns'],
    ['hostname,colour\nweb1,red', 'no such column: colour'],
    ['site\nshop', 'the column hostname is missing'],
    ['hostname\nweb1', 'site: is empty, and no site was given'],
  ])('is refused where it cannot be read: %j', (text, why) => {
    expect(() => fromCsv('hosts.csv', text, {})).toThrow(why);
  });

  it('may have semicolons, and tells what it leaves out', () => {
    const { text, warnings } = fromCsv('h.csv', 'hostname;ip;mac\nweb1;10.1.0.5;52:54:00:00:00:01\n;10.1.0.6;', {
      site: 'shop',
    });
    expect(text).toContain('[site.shop.structure.web1]');
    expect(warnings).toEqual([
      'h.csv:2: mac: an interface without a network was left out',
      'h.csv:3: hostname: is empty; the line was left out',
    ]);
  });
});
