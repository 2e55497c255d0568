export type Row = readonly [what: string, outcome: string, make: (library: unknown) => unknown]

export const outputs: readonly Row[]
export const inputs: readonly Row[]
export const connections: readonly (readonly [what: string, make: () => unknown])[]
export const functions: readonly Row[]
