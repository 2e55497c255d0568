import type { Row } from './figures.mjs'
import type { Report } from './report.mjs'

export function cellOf(row: Row, column: { readonly id: string }, options?: { readonly withUnit?: boolean }): string
export function targetText(row: Row): string
export function verdict(report: Report): string[]
