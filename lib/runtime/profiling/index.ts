export { Profiles, type ProfilesServerProps } from './profiles.ts';
export { ListenError, type ListenErrorCode, type Listening } from '../http/server.ts';
