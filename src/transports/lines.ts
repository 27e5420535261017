/** Text that arrives in pieces, as lines. */

/** Yields each line without its newline as soon as it is complete; the last one needs none. */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const piece of pieces) {
    const parts = (rest + piece).split('\n')
    rest = parts.pop() ?? ''
    yield* parts
  }
  if (rest !== '') yield rest
}

/** Keeps the last `limit` characters of what it is fed. */
export function keepTail(pieces: NodeJS.ReadableStream, limit: number): () => string {
  let text = ''
  pieces.on('data', (piece: string) => {
    text = (text + piece).slice(-limit)
  })
  return () => text
}
