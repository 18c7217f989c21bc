/** The program's version: put in by the build; a run from the sources says so. */
declare const LUNAROUTE_VERSION: string | undefined;

export const VERSION: string =
  typeof LUNAROUTE_VERSION === 'string' ? LUNAROUTE_VERSION : '0.0.0-source';
