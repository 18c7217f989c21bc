/** A pattern of names: `*` matches any run of characters, everything else is itself. Pure. */
export function globPattern(glob: string, flags = ''): RegExp {
  const literal = glob.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`, `s${flags}`);
}
