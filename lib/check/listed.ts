/** How many names are told of those in each other's way: a thousand would say a million. */
export const mostListed = 10;

/** Names in a row, no more than are told. */
export function listed(names: readonly string[]): string {
  return names.length <= mostListed ? names.join(', ') : `${names.slice(0, mostListed).join(', ')} and more`;
}
