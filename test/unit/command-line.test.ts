import { describe, expect, test } from 'vitest'
import { readCommandLine } from '../../src/toolchain/command-line.js'

const read = (text: string) => readCommandLine(text === '' ? [] : text.split(' '))

describe('whether the compiler will link', () => {
  test.each([
    ['a.c', true],
    ['a.o b.a -lm -o prog', true],
    ['-x c -', true],
    ['-lm', true],
    ['', false],
    ['-v', false],
    ['--version', false],
    ['-dumpmachine', false],
    ['-print-prog-name=ld a.c', false],
    ['-c a.c', false],
    ['-S a.c', false],
    ['-E a.c', false],
    ['-M a.c', false],
    ['-MMD -MF a.d a.c', true],
    ['-fsyntax-only a.c', false],
    ['-### a.c', false],
    ['-o prog', false],
    ['-I include -include config.h -D NAME', false],
    ['@/there/is/no/such.rsp', true],
  ])('%s', (text, links) => {
    expect(read(text).links).toBe(links)
  })
})

describe('what has no meaning for WebAssembly is left out', () => {
  test.each([
    ['-rdynamic a.c', 'a.c'],
    ['-pthread -pie a.c', 'a.c'],
    ['-Wl,--as-needed a.c', 'a.c'],
    ['-Wl,-z,relro -Wl,-z,now a.c', 'a.c'],
    ['-Wl,-z,relro,-z,stack-size=65536 a.c', '-Wl,-z,stack-size=65536 a.c'],
    ['-Wl,-O1,--export=f,--hash-style=gnu a.c', '-Wl,--export=f a.c'],
    ['-Wl,-rpath,/usr/lib a.c', 'a.c'],
    ['-Wl,-rpath=/usr/lib,-soname,libx.so.1 a.c', 'a.c'],
    ['-Wl,--start-group liba.a libb.a -Wl,--end-group', 'liba.a libb.a'],
    ['-Wl,--no-entry -O2 a.c', '-Wl,--no-entry -O2 a.c'],
  ])('%s', (text, left) => {
    expect(read(text).args.join(' ')).toBe(left)
  })

  test('but not where it is the value of another option', () => {
    expect(read('-o -pie a.c').args).toEqual(['-o', '-pie', 'a.c'])
  })
})

test.each([
  ['a.c -o prog', 'prog'],
  ['a.c -oprog', 'prog'],
  ['a.c --output prog', 'prog'],
  ['a.c', undefined],
  ['-c a.c -o', undefined],
])('the output of %s', (text, output) => {
  expect(read(text).output).toBe(output)
})

test.each([
  ['-nostdlib a.c', true],
  ['-nodefaultlibs a.c', true],
  ['a.c', false],
])('whose libraries %s has', (text, own) => {
  expect(read(text).ownLibraries).toBe(own)
})

describe('sanitizers', () => {
  test.each([
    '-fsanitize=undefined -fsanitize-trap=all a.c',
    '-fsanitize=undefined -fsanitize-trap=undefined a.c',
    '-fsanitize=undefined -fsanitize-trap a.c',
    '-fsanitize=bounds,null -fsanitize-undefined-trap-on-error a.c',
    '-fsanitize=shift -fsanitize-trap=shift-base,shift-exponent a.c',
    '-fsanitize=local-bounds a.c',
    '-fsanitize=address -fno-sanitize=all a.c',
    '-fsanitize=address,null -fno-sanitize=address -fsanitize-trap=null a.c',
    '-fsanitize=undefined -fno-sanitize-link-runtime a.c handlers.c',
    '-fsanitize=address --version',
    '-fsanitize=no-such a.c',
  ])('%s is for the compiler', (text) => {
    expect(() => read(text)).not.toThrow()
  })

  test.each([
    ['-fsanitize=address a.c', /^error: there is no -fsanitize=address for WebAssembly; .*-fsanitize-trap=all works/],
    ['-c -fsanitize=undefined,thread -fsanitize-trap=all a.c', /there is no -fsanitize=thread for/],
    ['-fsanitize=undefined a.c', /^error: there is no run-time library for sanitizers that report; /],
    ['-fsanitize=undefined -fsanitize-minimal-runtime a.c', /there is no run-time library/],
    ['-fsanitize=undefined -fsanitize-trap=null a.c', /there is no run-time library/],
    ['-fsanitize=null -fsanitize-trap=all -fno-sanitize-trap=null a.c', /there is no run-time library/],
  ])('%s is refused in one line', (text, line) => {
    expect(() => read(text)).toThrow(line)
    expect(() => read(text)).toThrow(/^[^\n]*$/)
  })
})
