import type { Interval } from './conditions.ts';

/** An IP address as 32 hexadecimal digits, IPv4 as `::ffff:a.b.c.d`; undefined for what is no address. */
export function addressText(address: string): string | undefined {
  const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  if (v4) {
    const bytes = v4.slice(1).map(Number);
    return bytes.every(byte => byte < 256) ? `${'0'.repeat(20)}ffff${bytes.map(byte => hex(byte, 2)).join('')}` : undefined;
  }
  return v6Text(address);
}

/** The address that 32 hexadecimal digits stand for. */
export function addressOf(text: string): string {
  const v4 = /^0{20}ffff([0-9a-f]{8})$/.exec(text)?.[1];
  if (v4 !== undefined) return (v4.match(/../g) ?? []).map(byte => Number.parseInt(byte, 16)).join('.');
  return (text.match(/.{4}/g) ?? []).map(group => group.replace(/^0{1,3}/, '')).join(':');
}

/** The addresses of `10.0.0.0/8`, or of one address; undefined for what is neither. */
export function intervalOf(block: string): Interval | undefined {
  const [address = '', bits, ...rest] = block.split('/');
  const text = addressText(address);
  if (text === undefined || rest.length > 0) return undefined;
  const width = address.includes(':') ? 128 : 32;
  if (bits !== undefined && (!/^\d{1,3}$/.test(bits) || Number(bits) > width)) return undefined;
  const free = BigInt(bits === undefined ? 0 : width - Number(bits));
  const low = (BigInt(`0x${text}`) >> free) << free;
  return { low: hex(low, 32), high: hex(low | ((1n << free) - 1n), 32) };
}

/** A port as 4 hexadecimal digits. */
export function portText(port: number): string {
  return hex(port, 4);
}

/** The interval of one port. */
export function portInterval(port: number): Interval {
  return { low: portText(port), high: portText(port) };
}

function v6Text(address: string): string | undefined {
  const mapped = /^(.*:)(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})$/.exec(address);
  if (mapped) {
    const tail = addressText(mapped[2] ?? '')?.slice(-8);
    return tail === undefined ? undefined : v6Text(`${mapped[1]}${tail.slice(0, 4)}:${tail.slice(4)}`);
  }
  if (!/^[0-9a-fA-F:]+$/.test(address) || !address.includes(':')) return undefined;
  const halves = address.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map(half => (half === '' ? [] : half.split(':')));
  const [before = [], after = []] = groups;
  const missing = 8 - before.length - after.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...before, ...Array.from({ length: missing }, () => '0'), ...after];
  return all.every(group => /^[0-9a-fA-F]{1,4}$/.test(group)) ? all.map(group => group.toLowerCase().padStart(4, '0')).join('') : undefined;
}

function hex(value: number | bigint, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
