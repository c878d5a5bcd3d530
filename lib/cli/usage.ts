/** What was asked for cannot be run: the command line is wrong. The message is one sentence. Exit status 2. */
export class Usage extends Error {
  readonly code = 'ERR_USAGE';
}

/** One of several words. @throws Usage */
export function oneOf<Word extends string>(option: string, words: readonly Word[], given: string): Word {
  const found = words.find(word => word === given);
  if (found === undefined) throw new Usage(`${option} must be one of ${words.join(', ')}, got ${JSON.stringify(given)}`);
  return found;
}

/** A list with commas; undefined where the option was not given. @throws Usage where it names nothing */
export function listed(option: string, given: string | undefined): readonly string[] | undefined {
  const parts = given?.split(',').map(part => part.trim()).filter(part => part !== '');
  if (parts?.length === 0) throw new Usage(`${option} names nothing; give one name, or several with commas`);
  return parts;
}
