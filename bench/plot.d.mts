import type { Report } from './report.mjs'

export function plot(report: Report): string
