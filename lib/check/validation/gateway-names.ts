import { isDnsLabel, whyNoFqdn } from './names.ts';
import { shown, warn, type Say } from './said.ts';

/** Names of Gateways. Istio stops looking at the first one without a namespace, so `mesh` hides what follows it. */
export function gatewayNames(say: Say, names: readonly string[], path: string): void {
  if (names.length === 0) return;
  for (const [i, name] of names.entries()) {
    const at = `${path}[${i}]`;
    const parts = name.split('/');
    if (parts.length === 1) {
      const why = whyNoFqdn(name);
      if (why !== undefined) say({ path: at, message: `a Gateway must be namespace/name or a name, got ${shown(name)}: ${why}` });
      else if (name.includes('.')) say(warn(at, `the form ${shown(name)} is an old one; write namespace/name`));
      return;
    }
    if (parts.length !== 2 || parts.some(part => part === '')) say({ path: at, message: `a Gateway must be namespace/name, got ${shown(name)}` });
    else if (!parts.every(isDnsLabel)) say({ path: at, message: `namespace and name of a Gateway must be DNS labels, got ${shown(name)}` });
  }
}
