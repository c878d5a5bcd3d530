/** How an address is spoken of. */
export interface WebAddressWords {
  /** What it must be. @default - an http or https URL */
  readonly as?: string | undefined;
  /** The schemes that it may have. @default - http and https */
  readonly schemes?: readonly string[] | undefined;
  /** What becomes of a password in it, and what to do instead. */
  readonly password: string;
}

/** Refuses what is no URL of the schemes, or carries a password: what is written is read by many. */
export function webAddress(where: string, what: string, url: string, { as = 'an http or https URL', schemes = ['http', 'https'], password }: WebAddressWords): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  // One that is misspelled is not shown either.
  if (parsed ? /^(?:[^/?#]*:\/\/)?[^/?#]*@/.test(url) : url.includes('@')) throw new Error(`${where}: ${what} carries a password, ${password}`);
  if (!parsed || !schemes.includes(parsed.protocol.slice(0, -1))) throw new Error(`${where}: ${what} must be ${as}, got ${JSON.stringify(url)}`);
  return url;
}
