import type { Report } from './report.mjs'

export function withTable(text: string, table: string): string
export function markdown(report: Report): string
