/** A package is asked for that belongs to the program that uses posix-wasm, and is not installed there. */
export class MissingPackage extends Error {
  override readonly name = 'MissingPackage'
  /** The package that is missing. */
  readonly packageName: string

  constructor(packageName: string, user: string, options?: ErrorOptions) {
    super(
      `${user} needs the package ${packageName}, which is not installed: run npm install ${packageName} in your project`,
      options,
    )
    this.packageName = packageName
  }
}

const notFound: ReadonlySet<unknown> = new Set(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'])

/** For the `catch` of an import: says which package to install where that is what is wrong. */
export function orMissing(packageName: string, user: string): (error: unknown) => never {
  return (error) => {
    const { code, message } = error as NodeJS.ErrnoException
    const isMissing = notFound.has(code) && message.includes(packageName)
    throw isMissing ? new MissingPackage(packageName, user, { cause: error }) : error
  }
}
