/** Names in a row, the first ten of them: a thousand that are in each other's way would say a million. */
export function listed(names: readonly string[]): string {
  return names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and more`;
}

const most = 10;
