export { type ChangeOptions, generateKeys, retireKeys, type RetireOptions, rotateKeys } from './change-keys.ts';
export { followKeys, type FollowKeysOptions } from './follow-keys.ts';
export { defaultSettings, type Key, type KeySet, type KeySettings, type Phase, phaseOf, publicKeys, retirableAt, signingKey } from './key-set.ts';
export { isSignedBy } from './is-signed-by.ts';
export { KeysError, type KeysErrorCode } from './keys-error.ts';
export { isKeyFile, readKeys, type ReadKeysOptions } from './read-keys.ts';
export { type Change, type Step, upcoming } from './rotation.ts';
export { type Jwk, type KeyAlgorithm, keyAlgorithms, newKey, publicPart, thumbprint } from './signing-key.ts';
