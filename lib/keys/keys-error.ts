export type KeysErrorCode =
  | 'ERR_KEYS_MISSING'
  | 'ERR_KEYS_UNREADABLE'
  | 'ERR_KEYS_PERMISSIONS'
  | 'ERR_KEYS_EXIST'
  | 'ERR_KEYS_LOCKED'
  | 'ERR_KEYS_NEEDED'
  | 'ERR_KEYS_UNKNOWN'
  | 'ERR_KEYS_ROTATING'
  | 'ERR_KEYS_SETTINGS'
  | 'ERR_KEYS_CLOCK'
  | 'ERR_KEYS_NOT_WRITTEN';

/** What was asked of a key folder cannot be done; the folder is as it was. The message is one sentence and holds no key. */
export class KeysError extends Error {
  readonly code: KeysErrorCode;

  constructor(code: KeysErrorCode, message: string) {
    // No cause: what Node says of a file that is no JSON quotes it.
    super(message);
    this.code = code;
  }
}
