import { domainToASCII } from 'node:url'

/** Characters that no name has. Some of them the functions behind would drop or cut at, and so see another name than was checked. */
const FOREIGN = /[^\w.\-\u0080-\u{10ffff}]/u

/**
 * A host's name as name servers know it: in ASCII, lower case, without the last dot. Undefined for what is none. Full-width digits may
 * come out as a numeric address.
 */
export function canonicalName(text: string): string | undefined {
  const name = FOREIGN.test(text) ? '' : domainToASCII(text).replace(/\.$/, '')
  return name === '' || FOREIGN.test(name) ? undefined : name
}
