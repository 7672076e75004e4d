// The reference client of GraphQL over server-sent events, distinct connections mode.
import assert from 'node:assert/strict'
import { createClient } from 'graphql-sse'
import { asking, assertAnswer, CHAT, HEALTH, NOBODY, STREAM, suite, url } from './suite.mjs'

const client = createClient({ url, retryAttempts: 0 })
const results = (query, variables) => Array.fromAsync(client.iterate({ query, variables }))

await suite({
  'runs a query': async () => {
    assert.deepEqual(await results(HEALTH), [{ data: { health: { status: 'OK' } } }])
  },
  'runs a mutation': async () => {
    const [{ data }] = await results(CHAT, asking('Pow!'))
    assert.equal(data.chat.message.content, 'Pow!')
  },
  'follows an answer': async () => {
    const seen = await results(STREAM, asking('one two'))
    assertAnswer(seen.map((result) => result.data.chatStream), 'one two')
  },
  'is told what is wrong with a document': async () => {
    const [{ errors }] = await results(NOBODY)
    assert.equal(errors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED')
  },
  'is told what is wrong with an argument': async () => {
    const [{ errors }] = await results(STREAM, asking(' '))
    assert.equal(errors[0].extensions.reason, 'BLANK')
  },
  'may leave an answer at any time': async () => {
    const request = { query: STREAM, variables: asking('__slow__ one two three') }
    for await (const { data } of client.iterate(request)) {
      assert.equal(data.chatStream.__typename, 'GenerationStarted')
      break
    }
    assert.equal((await results(HEALTH)).length, 1)
  },
})
