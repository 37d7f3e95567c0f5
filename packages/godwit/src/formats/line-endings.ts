const cr = 0x0d
const bom = Buffer.from([0xef, 0xbb, 0xbf])

/** Rewrites text that arrives in pieces, as UTF-8 bytes, to one line ending; a lone CR stays as it is. */
export interface LineEndings {
  /** What is known so far of the rewritten text. */
  push: (piece: Buffer) => Buffer
  /** The rest. */
  end: () => Buffer
}

/** Turns every CRLF into LF. */
export function toLf(): LineEndings {
  let held = false
  return {
    push(piece) {
      const text = held ? Buffer.concat([Buffer.of(cr), piece]) : piece
      // A CR at the end may be half of a CRLF: it waits for the next piece.
      held = text.at(-1) === cr
      return withoutCrOfCrlf(held ? text.subarray(0, -1) : text)
    },
    end: () => (held ? Buffer.of(cr) : Buffer.alloc(0)),
  }
}

/** Turns every LF, with or without a CR before it, into CRLF. */
export function toCrlf(): LineEndings {
  const inner = toLf()
  return {
    push: (piece) => withCrBeforeLf(inner.push(piece)),
    end: () => inner.end(),
  }
}

/** The bytes without a UTF-8 byte order mark at the start. */
export function withoutBom(content: Buffer): Buffer {
  return content.subarray(0, 3).equals(bom) ? content.subarray(3) : content
}

/** A whole text, rewritten. */
export function rewrite(content: Buffer, endings: LineEndings): Buffer {
  const text = endings.push(content)
  const rest = endings.end()
  return rest.length === 0 ? text : Buffer.concat([text, rest])
}

// As latin1 each byte is one character and comes back as the same byte, whatever the text's encoding.
function withoutCrOfCrlf(text: Buffer): Buffer {
  return text.includes(cr) ? Buffer.from(text.toString('latin1').replaceAll('\r\n', '\n'), 'latin1') : text
}

function withCrBeforeLf(text: Buffer): Buffer {
  return Buffer.from(text.toString('latin1').replaceAll('\n', '\r\n'), 'latin1')
}
