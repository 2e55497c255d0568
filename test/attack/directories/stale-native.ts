import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { expect } from 'vitest'
import { compileFrom } from '../../support/wasi-programs.js'
import { linesOf, Outside } from './outside.js'

/** How test/attack/guests/stale.c makes an open directory stale. */
export const ways = [
  'renamed',
  'removed',
  'removed, a link in its place',
  'removed, another in its place',
  'renamed, a link in its place',
  'renamed above, a link in its place',
  'renamed, another in its place',
  'replaced by rename',
] as const

/** The program as a guest and natively, and a place for it. */
export class Stale {
  readonly outside: Outside
  guest = ''
  /** What the program prints natively, by the way. */
  readonly native: Partial<Record<string, Record<string, string>>> = {}

  constructor(name: string) {
    this.outside = new Outside(name)
  }

  async prepare(): Promise<void> {
    this.guest = (await compileFrom('test/attack/guests', ['stale']))['stale'] as string
    const binary = this.outside.at('stale')
    execFileSync('gcc', ['-D_GNU_SOURCE', '-O1', '-o', binary, path.resolve('test/attack/guests/stale.c')])
    const run = (data: string, way: string) => execFileSync(binary, [data, way], { encoding: 'utf8' })
    for (const way of ways) this.native[way] = await this.attempt((data) => run(data, way))
  }

  /** Runs the program, by whatever means, in a new directory beside secrets, which must be the same afterwards. */
  async attempt(run: (data: string) => Promise<string> | string): Promise<Record<string, string>> {
    const data = this.outside.lay()
    fs.mkdirSync(path.join(data, 'in/door'), { recursive: true })
    const lines = linesOf(await run(data))
    expect(this.outside.differences()).toEqual([])
    return lines
  }
}
