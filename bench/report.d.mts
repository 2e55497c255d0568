import type { Row } from './figures.mjs'

export interface Report {
  readonly version: 1
  readonly machine: { readonly processor: string; readonly cores: number; readonly system: string }
  readonly rounds: number
  readonly warmMs: number
  readonly runMs: number
  readonly pinned: boolean
  readonly columns: readonly { readonly id: string; readonly kind: string; readonly node: string | null }[]
  readonly missing: readonly { readonly kind: string; readonly node: string | null; readonly reason: string }[]
  readonly rows: readonly Row[]
  readonly remarks: readonly string[]
}

export function checked(report: unknown): Report
