/**
 * Refuses what is neither an IP address nor a range of them: `10.1.2.3`, `10.0.0.0/8`, `2001:db8::/32`.
 *
 * @throws with what was given
 */
export function addressBlock(where: string, block: string): string {
  const [address = '', length, ...more] = block.split('/');
  const bits = isV4(address) ? 32 : isV6(address) ? 128 : undefined;
  const legal = bits !== undefined && more.length === 0 && (length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= bits));
  if (legal) return block;
  throw new Error(`${where}: an address is written as 10.1.2.3, a range as 10.0.0.0/8 or 2001:db8::/32, got ${JSON.stringify(block)}`);
}

function isV4(address: string): boolean {
  const parts = address.split('.');
  return parts.length === 4 && parts.every(part => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

function isV6(address: string): boolean {
  // The parser of URLs knows every form that RFC 4291 allows.
  return address.includes(':') && /^[0-9a-fA-F:.]+$/.test(address) && URL.canParse(`http://[${address}]/`);
}
