import { describe, expect, it } from '@jest/globals';
import { parseJson, Refusal } from '#kernel';
import { MAX_PATTERN } from './pattern.ts';
import { MAX_CONDITIONS, MAX_DEPTH, readQuery } from './read-query.ts';

const read = (text: string) => readQuery(parseJson(text));

/** query | document | whether it is what is asked for; each row is what MongoDB answers. */
const TABLE = `
{}                                        | {}                           | yes
{"a": 1}                                  | {"a": 1}                     | yes
{"a": 1}                                  | {"a": 1.0}                   | yes
{"a": 1}                                  | {"a": "1"}                   | no
{"a": 1, "b": 2}                          | {"a": 1}                     | no
{"a": "x"}                                | {"a": ["y", "x"]}            | yes
{"a": null}                               | {}                           | yes
{"a": null}                               | {"a": null}                  | yes
{"a": null}                               | {"a": 0}                     | no
{"a": [1, 2]}                             | {"a": [1, 2]}                | yes
{"a": [1, 2]}                             | {"a": [[1, 2], 3]}           | yes
{"a": [1, 2]}                             | {"a": [1, 2, 3]}             | no
{"a": {"b": 1}}                           | {"a": {"b": 1}}              | yes
{"a": {"b": 1}}                           | {"a": {"b": 1, "c": 2}}      | no
{"a": {"b": 1}}                           | {"a": [{"b": 1}]}            | yes
{"a.b": 1}                                | {"a": {"b": 1}}              | yes
{"a.b": 1}                                | {"a": [{"b": 0}, {"b": 1}]}  | yes
{"a.b": 1}                                | {"a": [[{"b": 1}]]}          | no
{"a.0": 1}                                | {"a": [1, 2]}                | yes
{"a.0": 2}                                | {"a": [1, 2]}                | no
{"a.0": 2}                                | {"a": {"0": 2}}              | yes
{"a.0.b": 1}                              | {"a": [{"b": 1}]}            | yes
{"a.b.c": 1}                              | {"a": [{"b": [{"c": 1}]}]}   | yes
{"a.b": null}                             | {"a": [{"b": 1}, {"c": 1}]}  | yes
{"a.b": null}                             | {"a": []}                    | no
{"a.b": null}                             | {"a": [1, 2]}                | no
{"a.b": null}                             | {"a": 1}                     | yes
{"constructor.name": "Object"}            | {}                           | no
{"a.length": 2}                           | {"a": [1, 2]}                | no
{"__proto__.x": 1}                        | {"x": 1}                     | no
{"a": {"$eq": 1}}                         | {"a": 1}                     | yes
{"a": {"$ne": 1}}                         | {"a": [1, 2]}                | no
{"a": {"$ne": 1}}                         | {}                           | yes
{"a": {"$gt": 1}}                         | {"a": 2.5}                   | yes
{"a": {"$gt": 1}}                         | {"a": 1}                     | no
{"a": {"$gt": 1}}                         | {"a": "2"}                   | no
{"a": {"$gt": 0}}                         | {"a": true}                  | no
{"a": {"$gt": 0}}                         | {"a": null}                  | no
{"a": {"$gte": 1}}                        | {"a": 1}                     | yes
{"a": {"$gte": null}}                     | {}                           | yes
{"a": {"$lt": "b"}}                       | {"a": "a"}                   | yes
{"a": {"$lte": false}}                    | {"a": true}                  | no
{"a": {"$gt": 1, "$lt": 2}}               | {"a": [0, 3]}                | yes
{"a": {"$in": [1, "x"]}}                  | {"a": "x"}                   | yes
{"a": {"$in": [1, 2]}}                    | {"a": [3, 2]}                | yes
{"a": {"$in": [null]}}                    | {}                           | yes
{"a": {"$in": [[1, 2]]}}                  | {"a": [1, 2]}                | yes
{"a": {"$in": []}}                        | {"a": 1}                     | no
{"a": {"$nin": [1]}}                      | {}                           | yes
{"a": {"$nin": [1]}}                      | {"a": [1, 2]}                | no
{"a": {"$exists": true}}                  | {"a": null}                  | yes
{"a": {"$exists": false}}                 | {}                           | yes
{"a.b": {"$exists": true}}                | {"a": [{"b": 1}, {}]}        | yes
{"a.b": {"$exists": false}}               | {"a": [{"b": 1}, {}]}        | no
{"a.b": {"$exists": false}}               | {"a": []}                    | yes
{"a": {"$not": {"$gt": 5}}}               | {}                           | yes
{"a": {"$not": {"$gt": 5}}}               | {"a": 6}                     | no
{"a": {"$not": {"$regex": "^x"}}}         | {"a": "xy"}                  | no
{"a": {"$regex": "b+"}}                   | {"a": "abbc"}                | yes
{"a": {"$regex": "^b"}}                   | {"a": "abc"}                 | no
{"a": {"$regex": "^x"}}                   | {"a": ["y", "xz"]}           | yes
{"a": {"$regex": "^WEB", "$options": "i"}}| {"a": "web1"}                | yes
{"a": {"$regex": "1"}}                    | {"a": 1}                     | no
{"a": {"$size": 2}}                       | {"a": [1, 2]}                | yes
{"a": {"$size": 1}}                       | {"a": 1}                     | no
{"a": {"$all": [1, 2]}}                   | {"a": [2, 1, 3]}             | yes
{"a": {"$all": [1]}}                      | {"a": 1}                     | yes
{"a": {"$all": []}}                       | {"a": [1]}                   | no
{"a": {"$elemMatch": {"$gt": 1, "$lt": 3}}} | {"a": [0, 2]}              | yes
{"a": {"$elemMatch": {"$gt": 1, "$lt": 2}}} | {"a": [0, 3]}              | no
{"a": {"$elemMatch": {"b": 1, "c": 2}}}   | {"a": [{"b": 1}, {"c": 2}]}  | no
{"a": {"$elemMatch": {"b": 1, "c": 2}}}   | {"a": [{"b": 1, "c": 2}]}    | yes
{"a": {"$elemMatch": {"$or": [{"b": 1}]}}}| {"a": [{"b": 1}]}            | yes
{"$and": [{"a": 1}, {"b": 1}]}            | {"a": 1, "b": 1}             | yes
{"$or": [{"a": 1}, {"b": 1}]}             | {"b": 1}                     | yes
{"$nor": [{"a": 1}, {"b": 1}]}            | {"b": 1}                     | no
{"$or": [{"a": 1}], "b": 2}               | {"a": 1, "b": 3}             | no
`;

describe('a query', () => {
  it.each(
    TABLE.trim()
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()) as [string, string, string]),
  )('%s of %s: %s', (query, document, answer) =>
    expect(read(query)(parseJson(document) as never) ? 'yes' : 'no').toBe(answer),
  );

  it.each([
    ['{"$where": "1"}', 'UNKNOWN', '"$where" is not taken'],
    ['{"a": {"$where": "1"}}', 'UNKNOWN', 'the operator "$where" at "a" is not taken'],
    ['{"$expr": {}}', 'UNKNOWN', '"$expr"'],
    ['{"a": {"$type": 2}}', 'UNKNOWN', '"$type" at "a"'],
    ['{"$eq": 1}', 'UNKNOWN', 'stands behind a path only'],
    ['{"a": {"$not": {"$function": 1}}}', 'UNKNOWN', '"$function"'],
    ['[]', 'TYPE', 'must be a map'],
    ['1.0', 'TYPE', 'must be a map'],
    ['{"$and": []}', 'INVALID', '$and takes a list of queries'],
    ['{"$or": {"a": 1}}', 'INVALID', '$or takes a list'],
    ['{"a": {"$gt": [1]}}', 'INVALID', '$gt at "a" takes a number'],
    ['{"a": {"$in": 1}}', 'INVALID', '$in at "a" takes a list'],
    ['{"a": {"$exists": 1}}', 'INVALID', '$exists at "a" takes true or false'],
    ['{"a": {"$not": 1}}', 'INVALID', '$not at "a" takes operators'],
    ['{"a": {"$size": -1}}', 'INVALID', '$size at "a" takes a whole number'],
    ['{"a": {"$regex": 1}}', 'INVALID', 'take text'],
    ['{"a": {"$regex": "["}}', 'PATTERN', '"[" is no pattern'],
    ['{"a": {"$regex": "(a)\\\\1"}}', 'PATTERN', 'no pattern that can be used'],
    ['{"a": {"$regex": "(?=a)"}}', 'PATTERN', 'no pattern that can be used'],
    ['{"a": {"$regex": "a", "$options": "x"}}', 'INVALID', 'not "x"'],
    ['{"a": {"$options": "i"}}', 'INVALID', '$options at "a" goes with $regex'],
    ['{"a": {"$elemMatch": 1}}', 'INVALID', '$elemMatch at "a"'],
    ['{"a": {"$gt": 1, "b": 2}}', 'INVALID', 'operators and "b" side by side'],
    ['{"a..b": 1}', 'INVALID', '"a..b" is no path'],
    [`{"a": {"$regex": "${'a'.repeat(MAX_PATTERN + 1)}"}}`, 'TOO_LONG', `at most ${MAX_PATTERN}`],
    [`{"a": {"$in": [${'1,'.repeat(1000)}1]}}`, 'INVALID', 'at most 1000 values'],
    [`{"$and": [`.repeat(MAX_DEPTH + 2) + '{}' + ']}'.repeat(MAX_DEPTH + 2), 'TOO_DEEP', `at most ${MAX_DEPTH} levels`],
    [`{"a": ${'{"$not": '.repeat(MAX_DEPTH + 2)}{"$eq": 1}${'}'.repeat(MAX_DEPTH + 2)}}`, 'TOO_DEEP', 'levels'],
    [`{"$or": [${'{"a": 1},'.repeat(MAX_CONDITIONS)}{"a": 1}]}`, 'TOO_MANY', `at most ${MAX_CONDITIONS} conditions`],
  ])('%s is refused, %s', (query, code, text) => {
    expect.assertions(3);
    try {
      read(query);
    } catch (error) {
      expect(error).toBeInstanceOf(Refusal);
      const [fault] = (error as Refusal).faults;
      expect(fault).toMatchObject({ field: 'query', code });
      expect(fault?.text).toContain(text);
    }
  });

  it('takes time in proportion to the text, whatever the pattern', () => {
    const evil = read('{"a": {"$regex": "^(([a-z])+.)+[A-Z]([a-z])+$"}}');
    const begun = performance.now();
    expect(evil({ a: 'a'.repeat(10_000) })).toBe(false);
    expect(performance.now() - begun).toBeLessThan(5000);
  });

  it('holds no pattern against texts that are too long', () =>
    expect(read('{"a": {"$regex": "a"}}')({ a: 'a'.repeat(10_001) })).toBe(false));
});
