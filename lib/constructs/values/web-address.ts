/** How an address is spoken of. */
export interface WebAddressWords {
  /** What it must be. @default - an http or https URL */
  readonly as?: string | undefined;
  /** What becomes of a password in it, and what to do instead. */
  readonly password: string;
}

/** Refuses what is no http or https URL, or carries a password: what is written is read by many. */
export function webAddress(where: string, what: string, url: string, { as = 'an http or https URL', password }: WebAddressWords): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed && (parsed.username !== '' || parsed.password !== '')) throw new Error(`${where}: ${what} carries a password, ${password}`);
  if (!parsed || !/^https?:$/.test(parsed.protocol)) throw new Error(`${where}: ${what} must be ${as}, got ${JSON.stringify(url)}`);
  return url;
}
