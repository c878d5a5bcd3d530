// Just enough of ASN.1 DER (ITU-T X.690) to see whether a certificate can be read, when it holds, and whose key it carries.

/** One element: its tag, what is inside, and the elements inside where it is constructed. */
export interface Element {
  readonly tag: number;
  readonly bytes: Uint8Array;
  readonly children: readonly Element[];
}

/** Reads one element; undefined where the bytes are none, or go on behind it. */
export function element(bytes: Uint8Array): Element | undefined {
  const found = elements(bytes, 0);
  return found?.length === 1 ? found[0] : undefined;
}

function elements(bytes: Uint8Array, depth: number): Element[] | undefined {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at] ?? 0;
    const first = bytes[at + 1];
    if (first === undefined || depth > 16) return undefined;
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    if (lengthBytes > 4) return undefined;
    let length = lengthBytes === 0 ? first : 0;
    for (let i = 0; i < lengthBytes; i++) length = length * 256 + (bytes[at + 2 + i] ?? 0);
    const begin = at + 2 + lengthBytes;
    const end = begin + length;
    if (end > bytes.length) return undefined;
    const inside = bytes.subarray(begin, end);
    const children = tag & 0x20 ? elements(inside, depth + 1) : [];
    if (!children) return undefined;
    found.push({ tag, bytes: inside, children });
    at = end;
  }
  return found;
}

/** The blocks of a PEM text: their label and bytes. A block that is no base64 is left out. */
export function pemBlocks(text: string): { readonly label: string; readonly bytes: Uint8Array }[] {
  return [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([\sA-Za-z0-9+/=]*)-----END \1-----/g)].flatMap(([, label = '', body = '']) => {
    const bytes = fromBase64(body);
    return bytes ? [{ label, bytes }] : [];
  });
}

export function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text.replaceAll(/\s/g, '')), character => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
