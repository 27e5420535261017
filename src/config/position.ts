/** Where an offset of a text is, for people. Without a parser, which only a config with problems needs. */
import type { Place } from '../model/place.ts'

/** Line and column of an offset, both from 1. */
export function positionOf(text: string, offset: number): Pick<Place, 'line' | 'column'> {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}
