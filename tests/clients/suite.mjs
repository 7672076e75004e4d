// Runs named checks against the API whose address is the first argument, one after
// another, and prints one JSON line for each: {"name", "problem"}.
import assert from 'node:assert/strict'

const LIMIT_MS = 10_000

export const url = `${process.argv[2]}/graphql`
export const socketUrl = url.replace('http', 'ws')

export const HEALTH = 'query Health { health { status } }'
export const NOBODY = 'query Nobody { nobody }'
export const CHAT = `mutation Chat($history: [MessageInput!]!) {
  chat(history: $history) { message { role content } tokenUsage { totalTokens } }
}`
export const STREAM = `subscription Stream($history: [MessageInput!]!) {
  chatStream(history: $history) {
    __typename cursor
    ... on GenerationDelta { delta }
    ... on GenerationEnded { status message { content } }
  }
}`
export const asking = (content) => ({ history: [{ role: 'USER', content }] })

export function assertAnswer(events, text) {
  const deltas = events.map((event) => event.delta ?? '').join('')
  assert.equal(events[0].__typename, 'GenerationStarted')
  assert.equal(deltas, text)
  assert.equal(events.at(-1).message.content, text)
}

export async function suite(checks) {
  for (const [name, run] of Object.entries(checks)) {
    const problem = await outcome(run)
    console.log(JSON.stringify({ name, problem }))
  }
  process.exit()
}

async function outcome(run) {
  const { promise: late, reject } = Promise.withResolvers()
  const timer = setTimeout(() => reject(new Error(`over ${LIMIT_MS} ms`)), LIMIT_MS)
  try {
    await Promise.race([run(), late])
    return null
  } catch (error) {
    return String(error?.stack ?? JSON.stringify(error))
  } finally {
    clearTimeout(timer)
  }
}
