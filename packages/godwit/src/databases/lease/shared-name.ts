const LENGTH_BYTES = 4
const NAME_BYTES = 508

/** Room for a name that one thread writes and another reads, without a message that would wake it for each. */
export function sharedName(): SharedArrayBuffer {
  return new SharedArrayBuffer(LENGTH_BYTES + NAME_BYTES)
}

/** Writes a name, as much of it as there is room for. */
export function writeName(shared: SharedArrayBuffer, name: string): void {
  const written = Buffer.from(shared, LENGTH_BYTES).write(name, 'utf8')
  Atomics.store(new Int32Array(shared, 0, 1), 0, written)
}

/** The name; `null` before there was one. It may be of two names where it is just being written: it is for people. */
export function readName(shared: SharedArrayBuffer): string | null {
  const length = Atomics.load(new Int32Array(shared, 0, 1), 0)
  return length === 0 ? null : Buffer.from(shared, LENGTH_BYTES, length).toString('utf8')
}
