export interface Summary {
  readonly median: number
  readonly lowest: number
  readonly highest: number
  readonly rounds: readonly number[]
}
export interface Target {
  readonly atMost?: number
  readonly atLeast?: number
  readonly of?: string
}
export interface Figure<Outcome> {
  readonly id: string
  readonly title: string
  readonly unit: string
  readonly digits: number
  readonly better: 'lower' | 'higher'
  readonly noRatio?: boolean
  readonly of: (outcome: Outcome) => number | undefined
  readonly targets?: Readonly<Record<string, Target>>
}
export interface Column {
  readonly id: string
  readonly kind: string
  readonly node?: object
}
export interface Row {
  readonly id: string
  readonly measurement: string
  readonly title: string
  readonly unit: string
  readonly digits: number
  readonly better: 'lower' | 'higher'
  readonly values: Readonly<Record<string, Summary>>
  readonly ratios: Readonly<Record<string, Summary>>
  readonly targets: Readonly<Record<string, Target & { readonly value: number; readonly isReached: boolean }>>
}

export function median(values: readonly number[]): number
export function summary(values: readonly number[]): Summary | undefined
export function ratios(values: readonly number[], others: readonly number[]): number[]
export function isReached(target: Target, value: number): boolean
export function rowOf<Outcome>(
  measurement: { readonly id: string },
  figure: Figure<Outcome>,
  found: { readonly columns: readonly Column[]; readonly outcomes: Readonly<Record<string, readonly Outcome[]>> },
): Row
