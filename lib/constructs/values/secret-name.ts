/**
 * Refuses what is no name of a Secret. It may be the key itself, by mistake, so that what was given is not shown.
 *
 * @throws with nothing of what was given but its length
 */
export function secretName(where: string, name: string): string {
  if (name.length <= 253 && name.split('.').every(label => /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(label))) return name;
  throw new Error(`${where}: a Secret is named by DNS labels with dots between them, as in "shop-example-com", got ${name.length} characters that are none; keys and certificates stay in the Secret`);
}
