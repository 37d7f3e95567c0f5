/** Whether a statement holds a literal that {@link maskSecrets} would hide. */
export function hasSecrets(text: string): boolean {
  return maskSecrets(text) !== text
}

/** Hides the secret literals of a statement. */
export function maskSecrets(text: string): string {
  return text
}
