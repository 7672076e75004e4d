// The reference client of graphql-transport-ws.
import assert from 'node:assert/strict'
import { createClient } from 'graphql-ws'
import { asking, assertAnswer, CHAT, HEALTH, NOBODY, socketUrl, STREAM, suite } from './suite.mjs'

const connect = (options = {}) => createClient({ url: socketUrl, retryAttempts: 0, ...options })
const results = (query, variables, client = connect()) =>
  Array.fromAsync(client.iterate({ query, variables }))

await suite({
  'runs a query over the socket': async () => {
    assert.deepEqual(await results(HEALTH), [{ data: { health: { status: 'OK' } } }])
  },
  'runs a mutation over the socket': async () => {
    const [{ data }] = await results(CHAT, asking('Pow!'))
    assert.equal(data.chat.message.content, 'Pow!')
  },
  'follows an answer': async () => {
    const seen = await results(STREAM, asking('one two'))
    assertAnswer(seen.map((result) => result.data.chatStream), 'one two')
  },
  'follows many answers over one socket': async () => {
    const client = connect({ lazy: false })
    const texts = ['one', 'two two', 'three three three']
    const answers = texts.map((text) => results(STREAM, asking(text), client))
    for (const [index, seen] of (await Promise.all(answers)).entries()) {
      assertAnswer(seen.map((result) => result.data.chatStream), texts[index])
    }
  },
  'is told what is wrong with a document': async () => {
    const failing = results(NOBODY)
    const errors = await failing.catch((caught) => caught)
    assert.equal(errors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED')
  },
  'keeps its socket when a document is wrong': async () => {
    const client = connect()
    const answer = results(STREAM, asking('__slow__ one two three'), client)
    await assert.rejects(results('{', {}, client))
    assert.equal((await answer).at(-1).data.chatStream.status, 'COMPLETED')
  },
  'stays connected by its pings': async () => {
    const { promise: ponged, resolve } = Promise.withResolvers()
    connect({ lazy: false, keepAlive: 20, on: { pong: resolve } })
    await ponged
  },
  'may send parameters when it connects': async () => {
    const client = connect({ connectionParams: { locale: 'en' } })
    assert.equal((await results(HEALTH, {}, client)).length, 1)
  },
  'may leave an answer at any time': async () => {
    const client = connect()
    const request = { query: STREAM, variables: asking('__slow__ one two three') }
    for await (const { data } of client.iterate(request)) {
      assert.equal(data.chatStream.__typename, 'GenerationStarted')
      break
    }
    assert.equal((await results(HEALTH, {}, client)).length, 1)
  },
})
