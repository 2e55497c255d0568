export const bare: readonly string[]
/** Compiles clang's own arguments, paths relative to the project, to the file `output`. */
export function compile(output: string, args: readonly string[]): Promise<void>
export function compileTexts(texts: Readonly<Record<string, string>>, options: readonly string[]): Promise<void>
export function sourcesChangedAt(): Promise<number>
