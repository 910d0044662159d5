/** A stream of numbers from 0 to 1, the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Whether something happens that does so often (0 to 1). */
export function chance(random: () => number, often: number): boolean {
  return random() < often;
}

/** Pieces of the language and some that are none. */
export const pieces: readonly string[] = [
  ...`begin( begin() end while do if then elif else break continue pass not Not exists( True false None and or
    == != <= > = . ^ / % + - & | ( ) [ ] { } , # ' " ; \\ aa bb given lab lab. lab.task lab.cell len( pause(
    array= value= msg= 1 -2 3.5 1:30 99:99:99:99 007 9007199254740992 9007199254740993 1e5 'text' description=
    max_time= expected_time=0:10 note truename x constructor __proto__`.split(/\s+/),
  'goto ',
  ':',
  '\n',
  '\r',
  '\t',
  ' ',
  '\u00a0',
  '\u2028',
  '\ud83d',
  '\u0000',
  'aa[ 0 ]',
  'aa[ -1 ] = 2',
  'append( array=aa, value=',
  'pop( array=aa )',
  'delay( seconds=1 )',
];

/** Scripts that use everything. */
export const seeds: readonly string[] = [
  'num = 0\nwhile ( num < 5 ) do\nbegin( description="round", max_time=0:10 )\n  num = ( num + 1 )\n  if ( num == 3 ) then break else pass\nend\n',
  "aa = [ 1, 'two', None, 3.5, 1:30 ]\nappend( array=aa, value={ kk=aa, ll=[] } )\nbb = aa[ -1 ]\ncc = ( aa . '' )\n",
  'outer = []\ninner = [ 1 ]\nappend( array=outer, value=inner )\nappend( array=inner, value=outer )\nval = ( outer == inner )\ntext = ( outer . inner )\n',
  ':top\nval = lab.task( name="disk" )\nif not exists( count ) then count = 0\ncount = ( count + 1 )\nif ( count < 3 ) then goto top\n',
  'if lab.poll( times=1 ) then # why\n  # and\n  xx = 1\nelif exists( given[ 7 ] ) then\n  xx = 2\n# last\nelse\n  begin()\n  # nothing\n  end\n',
  'val = { aa=lab.poll( times=1 ), bb=[ lab.echo( value=1 ), pause( msg="stop" ) ], cc=( 1 and lab.answer() ) }\n',
  'lab.cell = ( ( lab.cell . "x" ) . lab.items[ 1 ] )\nval = lab.boom( at="run", kind="pause" )\nlab.sink = given\n',
  'aa = [ [] ]\nwhile True do\nbegin()\n  aa = [ aa, aa ]\n  tt = ( aa . "" )\nend\n',
  'ss = "x"\nwhile True do ss = ( ss . ss )\n',
  'vals = [ ( 7 / 2 ), ( -7 % 3 ), ( 2 ^ 53 ), ( 6 & 3 ), ( 1.5 * 2 ), ( "a" < "b" ), ( not 1 == 2 ), ( 0 or "x" ) ]\n',
  'notes = 1\nval = notes\npassword = [ 1 ]\npassword[ 0 ] = ( 1 + 1 )\nslice( array=password, start=none, end=1 )\nindex( array="abc", value="c" )\n',
  'begin( description="all", expected_time=1:00 )\n  begin( max_time=0:01 )\n    delay( seconds=5, minutes=-1 )\n    delay( hours=1 )\n  end\n  error( msg=[ 1 ] )\n  fatal_error( msg="over" )\nend\n',
];
